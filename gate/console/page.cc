#include "gate/console/page.h"

#include <algorithm>
#include <array>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/sha256.h"
#include "gate/console/facts.h"

namespace beian::embedded {
std::string_view console_index_html() noexcept;
std::string_view console_console_css() noexcept;
std::string_view console_icon_svg() noexcept;
std::string_view console_api_js() noexcept;
std::string_view console_app_js() noexcept;
std::string_view console_audit_js() noexcept;
std::string_view console_audit_store_js() noexcept;
std::string_view console_audit_table_js() noexcept;
std::string_view console_audit_worker_js() noexcept;
std::string_view console_catalog_js() noexcept;
std::string_view console_check_js() noexcept;
std::string_view console_check_answer_js() noexcept;
std::string_view console_check_form_js() noexcept;
std::string_view console_dom_js() noexcept;
std::string_view console_fields_js() noexcept;
std::string_view console_metrics_js() noexcept;
std::string_view console_operations_js() noexcept;
std::string_view console_package_js() noexcept;
std::string_view console_registry_js() noexcept;
std::string_view console_report_writer_js() noexcept;
std::string_view console_shell_js() noexcept;
std::string_view console_words_js() noexcept;
// From gate/audit.
std::string_view report_html() noexcept;
std::string_view report_css() noexcept;
std::string_view report_js() noexcept;
}  // namespace beian::embedded

namespace beian::console {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain; charset=utf-8";  // a template must not run

struct File {
  std::string_view path;
  std::string_view (*bytes)() noexcept;
  std::string_view content_type;
};

constexpr std::array kFiles = {
    File{"/", embedded::console_index_html, kHtml},
    File{"/console/console.css", embedded::console_console_css, kCss},
    File{"/console/icon.svg", embedded::console_icon_svg, kSvg},
    File{"/console/api.js", embedded::console_api_js, kScript},
    File{"/console/app.js", embedded::console_app_js, kScript},
    File{"/console/audit.js", embedded::console_audit_js, kScript},
    File{"/console/audit_store.js", embedded::console_audit_store_js, kScript},
    File{"/console/audit_table.js", embedded::console_audit_table_js, kScript},
    File{"/console/audit_worker.js", embedded::console_audit_worker_js, kScript},
    File{"/console/catalog.js", embedded::console_catalog_js, kScript},
    File{"/console/check.js", embedded::console_check_js, kScript},
    File{"/console/check_answer.js", embedded::console_check_answer_js, kScript},
    File{"/console/check_form.js", embedded::console_check_form_js, kScript},
    File{"/console/dom.js", embedded::console_dom_js, kScript},
    File{"/console/fields.js", embedded::console_fields_js, kScript},
    File{"/console/metrics.js", embedded::console_metrics_js, kScript},
    File{"/console/operations.js", embedded::console_operations_js, kScript},
    File{"/console/package.js", embedded::console_package_js, kScript},
    File{"/console/registry.js", embedded::console_registry_js, kScript},
    File{"/console/report_writer.js", embedded::console_report_writer_js, kScript},
    File{"/console/shell.js", embedded::console_shell_js, kScript},
    File{"/console/words.js", embedded::console_words_js, kScript},
    File{"/console/report.html", embedded::report_html, kText},
    File{"/console/report.css", embedded::report_css, kText},
    File{"/console/report.js", embedded::report_js, kText},
};

std::string etag_of(std::string_view bytes) {
  constexpr std::size_t kTagBytes = 12;  // of a hash: enough that no two builds share one
  const Sha256 hash = sha256(bytes);
  return '"' + to_hex(ByteView(hash).first(kTagBytes)) + '"';
}

std::vector<Page> make_pages() {
  static const std::string facts = facts_json(embedded::report_css(), embedded::report_js());
  std::vector<Page> made;
  made.reserve(kFiles.size() + 1);
  for (const File& file : kFiles)
    made.push_back({file.path, file.bytes(), file.content_type, etag_of(file.bytes())});
  made.push_back({"/console/facts.json", facts, kJson, etag_of(facts)});
  return made;
}

}  // namespace

const std::string_view kPageFields =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types console\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::span<const Page> pages() {
  static const std::vector<Page> made = make_pages();
  return made;
}

const Page* find_page(std::string_view path) {
  const auto all = pages();
  const auto found = std::ranges::find(all, path, &Page::path);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace beian::console

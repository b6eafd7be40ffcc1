#include "gate/package/jar_manifest.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "gate/package/openssl_handle.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Reads attributes: each is a line with its continuation lines.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  std::size_t offset() const noexcept { return at_; }
  bool is_at_end() const noexcept { return at_ == text_.size(); }

  // The next attribute, unfolded; empty for the line that ends a section.
  std::string attribute() {
    std::string out(line());
    while (!out.empty() && !is_at_end() && text_[at_] == ' ') out += line().substr(1);
    return out;
  }

 private:
  std::string_view line() {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    const std::string_view out = text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    // A line feed after a carriage return belongs to the same line end.
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// nullopt: no more sections.
std::optional<JarSection> read_section(std::string_view text, Lines* lines) {
  std::size_t begin = 0;
  bool is_empty = true;
  while (is_empty) {
    if (lines->is_at_end()) return std::nullopt;
    begin = lines->offset();
    is_empty = lines->attribute().empty();
  }
  while (!lines->is_at_end() && !lines->attribute().empty()) {
  }
  return JarSection{as_bytes(text.substr(begin, lines->offset() - begin))};
}

struct DigestName {
  std::string_view prefix;
  const char* algorithm;  // OpenSSL's name
};
constexpr DigestName kDigests[] = {
    {"SHA-512", "SHA512"}, {"SHA-384", "SHA384"}, {"SHA-256", "SHA256"}, {"SHA1", "SHA1"}};

}  // namespace

std::optional<std::string> JarSection::find(std::string_view name) const {
  for (Lines lines(as_text(bytes)); !lines.is_at_end();) {
    std::string attribute = lines.attribute();
    const std::size_t colon = attribute.find(": ");
    const auto key = std::string_view(attribute).substr(0, colon);
    if (!std::ranges::equal(key, name, {}, lower, lower)) continue;
    return colon == std::string::npos ? std::string() : attribute.substr(colon + 2);
  }
  return std::nullopt;
}

Result<JarManifest> read_jar_manifest(std::string_view text) {
  const auto bad = [](std::string what) {
    return make_error(ErrorKind::kBadInput, std::move(what));
  };
  JarManifest out;
  Lines lines(text);
  auto section = read_section(text, &lines);
  if (!section) return bad("it has no section");
  out.main = *section;
  while ((section = read_section(text, &lines))) {
    auto name = section->find("Name");
    if (!name || name->empty()) return bad("a section has no name");
    if (out.entries.size() == limits::kJarSectionsMax) return bad("it has too many sections");
    if (!out.entries.try_emplace(std::move(*name), *section).second)
      return bad("a section is there twice");
  }
  return out;
}

JarSection read_jar_main(std::string_view text) {
  Lines lines(text);
  return read_section(text, &lines).value_or(JarSection());
}

std::optional<bool> is_digest_of(const JarSection& section, std::string_view what, ByteView bytes) {
  for (const DigestName& digest : kDigests) {
    const auto stated = section.find(std::string(digest.prefix) + std::string(what));
    if (!stated) continue;
    std::vector<std::uint8_t> expected;
    unsigned char actual[EVP_MAX_MD_SIZE];
    std::size_t size = 0;
    return from_base64(*stated, &expected) &&
           EVP_Q_digest(nullptr, digest.algorithm, nullptr, bytes.data(), bytes.size(), actual,
                        &size) == 1 &&
           std::ranges::equal(expected, ByteView(actual, size));
  }
  return std::nullopt;
}

}  // namespace beian::package

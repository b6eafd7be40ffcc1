#include "gate/audit/html_template.h"

#include "cache/base/result.h"

namespace beian::audit {

void render_template(std::string_view text, wire::Language language,
                     const std::function<void(std::string_view slot)>& fill, std::string* out) {
  for (std::size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{")) {
    *out += text.substr(0, open);
    const std::size_t close = text.find("}}", open);
    BEIAN_ASSERT(close != std::string_view::npos);
    const std::string_view inner = text.substr(open + 2, close - open - 2);
    text.remove_prefix(close + 2);
    if (inner.starts_with('@')) {
      fill(inner.substr(1));
      continue;
    }
    const std::size_t bar = inner.find('|');
    BEIAN_ASSERT(bar != std::string_view::npos);
    *out += language == wire::Language::kZh ? inner.substr(0, bar) : inner.substr(bar + 1);
  }
  *out += text;
}

}  // namespace beian::audit

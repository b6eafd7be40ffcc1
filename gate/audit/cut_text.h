// Texts of a catalog, kept within bounds. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace beian::audit {

// At most `bytes_max` bytes of `text`, cut at a character boundary.
inline std::string_view cut_text(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace beian::audit

#include "cache/base/spelling.h"

#include <algorithm>
#include <array>

namespace beian {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t common_beginning(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t i = 0;
  while (i < most && lower(a[i]) == lower(b[i])) ++i;
  return i;
}

}  // namespace

// Optimal string alignment: edit distance in which a swap of neighbours is one edit.
std::size_t edits_between(std::string_view a, std::string_view b) noexcept {
  using Row = std::array<std::size_t, kSpelledBytesMax + 1>;
  Row before_previous{};
  Row previous{};
  Row current{};
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (is_same ? 0U : 1U)});
      const bool is_swap = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (is_swap) current[j] = std::min(current[j], before_previous[j - 2] + 1);
    }
    before_previous = previous;
    previous = current;
  }
  return previous[b.size()];
}

std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> known) noexcept {
  if (word.size() > kSpelledBytesMax) return {};
  std::string_view nearest;
  std::size_t edits_least = kSpelledBytesMax + 1;
  std::size_t alike_most = 0;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kSpelledBytesMax) continue;
    const std::size_t edits = edits_between(word, candidate);
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const std::size_t alike = common_beginning(word, candidate);
    if (edits > allowed || edits > edits_least) continue;
    if (edits == edits_least && alike <= alike_most) continue;
    edits_least = edits;
    alike_most = alike;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace beian

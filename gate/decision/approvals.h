// Content that needs approval by another authority before filing, under all the words that
// registry, stores and developers use for it.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gate/decision/identity_text.h"

namespace beian {

// One approval; which one, is nobody's business but has to be equal for two words that mean it.
using ApprovalId = std::uint8_t;

// The approval that content of this category needs, and by which registries record it. Words are
// compared as names are: full-width letters, case and blanks make no difference. nullopt for a
// category that needs none. Allocates only for words beyond ASCII that are in no other spelling.
std::optional<ApprovalId> approval_of(std::string_view category);

// Calls `visit` with each category of a text that may list several, as registry and forms join
// them, without the blanks around it; until `visit` returns false. No category has a separator in
// its name.
template <class Visit>
void for_each_category(std::string_view text, Visit visit) {
  constexpr std::string_view kSeparators[] = {"、", "，", "；", ",", ";"};
  while (!text.empty()) {
    std::size_t end = text.size();
    std::size_t next = text.size();
    for (const std::string_view separator : kSeparators) {
      const std::size_t at = text.substr(0, end).find(separator);
      if (at == std::string_view::npos) continue;
      end = at;
      next = at + separator.size();
    }
    const std::string_view category = without_margins(text.substr(0, end));
    if (!category.empty() && !visit(category)) return;
    text.remove_prefix(next);
  }
}

}  // namespace beian

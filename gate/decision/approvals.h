// Categories of content that need another authority's approval before filing, under every word that
// the registry, stores and developers use for them.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gate/decision/identity_text.h"

namespace beian {

// Identifies one approval. The value itself means nothing; two words for one approval share it.
using ApprovalId = std::uint8_t;

// Returns the approval that content of this category needs; registries record it by the same words.
// Words are compared like names: full-width letters, case and blanks make no difference. nullopt
// for a category that needs none. Allocates only for a word that is neither plain ASCII nor listed
// as spelt.
std::optional<ApprovalId> approval_of(std::string_view category);

// Splits a text that may list several categories, as the registry and forms join them, and calls
// `visit` with each, trimmed, until `visit` returns false. No category has a separator in its name.
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

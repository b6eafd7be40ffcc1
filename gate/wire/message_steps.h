// Templates, taken apart at compile time, so that filling one is a walk over its pieces: no
// template is parsed while an answer is written, and a slot that does not exist does not compile.
//
//   "{number} 的备案已[于 {date} ]注销。"
//   ""<number> | " 的备案已"[ | "于 "<date> | " "] | "注销。"       text, then what follows it
//
// Texts and words hold nothing that JSON escapes (checked here), so they are copied as they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "gate/wire/message_table.h"

namespace beian::wire {

// In the order of kMessageSlotNames.
// clang-format off
enum class MessageSlot : std::uint8_t {
  kGiven, kExpected, kNumber, kName, kSponsor, kKind, kAct, kDuty, kExample, kPlatform,
  kSuffix, kCount, kReason, kPlace, kRepairs, kRegister, kStage, kDate, kOverdue, kCalendar,
  kFields, kQuery, kSerial, kAsOf, kPortals, kAdministration, kWhere, kMaterials, kOverdueAdvice,
  kCompared, kAgent, kFiled, kField, kSought, kAlgorithms,
};
inline constexpr std::array<std::string_view, 35> kMessageSlotNames = {
  "given", "expected", "number", "name", "sponsor", "kind", "act", "duty", "example",
  "platform", "suffix", "count", "reason", "place", "repairs", "register", "stage", "date",
  "overdue", "calendar", "fields", "query", "serial", "as_of", "portals", "administration",
  "where", "materials", "overdue_advice", "compared", "agent", "filed", "field",
  "sought", "algorithms",
};
// clang-format on
static_assert(kMessageSlotNames.size() == static_cast<std::size_t>(MessageSlot::kAlgorithms) + 1);

// A text and what follows it.
struct MessageStep {
  enum class Then : std::uint8_t { kText, kSlot, kGroupBegin, kGroupEnd };
  std::string_view text;
  Then then = Then::kText;
  MessageSlot slot{};  // of kSlot
};
using MessageSteps = std::span<const MessageStep>;

namespace steps {

constexpr bool is_clean(std::string_view text) {
  return text.find_first_of("\"\\\n\t") == std::string_view::npos &&
         text.find("\u2028") == std::string_view::npos &&
         text.find("\u2029") == std::string_view::npos;
}

// Calls `visit(step)` for each step of a template. A malformed template does not compile.
template <class Visit>
constexpr void for_each(std::string_view text, Visit visit) {
  if (!is_clean(text)) throw "a template with a character that JSON escapes";
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("[]{"), text.size());
    MessageStep step{text.substr(0, plain)};
    text.remove_prefix(plain);
    if (!text.empty()) {
      const char mark = text.front();
      text.remove_prefix(1);
      step.then = mark == '[' ? MessageStep::Then::kGroupBegin : MessageStep::Then::kGroupEnd;
      if (mark == '{') {
        const std::string_view name = text.substr(0, text.find('}'));
        text.remove_prefix(name.size() + 1);
        std::size_t slot = 0;
        while (kMessageSlotNames.at(slot) != name) ++slot;
        step.then = MessageStep::Then::kSlot;
        step.slot = static_cast<MessageSlot>(slot);
      }
    }
    visit(step);
  }
}

template <std::size_t kRows>
constexpr std::size_t count(const std::array<MessageTemplate, kRows>& templates) {
  std::size_t count = 0;
  for (const MessageTemplate& row : templates) {
    for_each(row.message, [&](const MessageStep&) { ++count; });
    for_each(row.remedy, [&](const MessageStep&) { ++count; });
  }
  return count;
}

}  // namespace steps

// The steps of a table: for each row those of the message, then those of the remedy.
template <std::size_t kRows, std::size_t kSteps>
class StepTable {
 public:
  constexpr explicit StepTable(const std::array<MessageTemplate, kRows>& templates) {
    std::uint16_t at = 0;
    const auto add = [&](const MessageStep& step) { steps_[at++] = step; };
    for (std::size_t row = 0; row < kRows; ++row) {
      steps::for_each(templates[row].message, add);
      ends_[2 * row + 1] = at;
      steps::for_each(templates[row].remedy, add);
      ends_[2 * row + 2] = at;
    }
  }

  constexpr MessageSteps message(std::size_t row) const noexcept { return part(2 * row); }
  constexpr MessageSteps remedy(std::size_t row) const noexcept { return part(2 * row + 1); }

 private:
  constexpr MessageSteps part(std::size_t index) const noexcept {
    return MessageSteps(steps_).subspan(ends_[index], std::size_t{ends_[index + 1]} - ends_[index]);
  }

  std::array<MessageStep, kSteps> steps_{};
  std::array<std::uint16_t, 2 * kRows + 1> ends_{};
};

}  // namespace beian::wire

// The sentences of messages.cc as templates: in each language one row per code, then one per case.
//
// {name} stands for a value (message_slots.cc says which). A part in [ ] is dropped when a value in
// it is empty; brackets do not nest. Data only; any thread.
#pragma once

#include <span>
#include <string_view>

#include "gate/wire/messages.h"

namespace beian::wire {

struct MessageTemplate {
  Code code;
  std::string_view message;
  std::string_view remedy;
};

// Whether the first rows are those of the codes, each in its place.
constexpr bool is_in_order(std::span<const MessageTemplate> rows) noexcept {
  for (std::size_t i = 0; i < kCodeCount; ++i)
    if (static_cast<std::size_t>(rows[i].code) != i) return false;
  return true;
}

struct MessageStep;  // message_steps.h

// Cases that the code alone does not tell apart; message_case.h says when they apply. An empty
// sentence means the code's own.
enum class MessageCase : std::uint8_t {
  kFoundSite,        // none claimed; what was found is of a kind the request does not name
  kMissingHere,      // nothing found where an access provider asks by domain or address alone
  kSeveralHere,      // several found where an access provider asks by domain or address alone
  kHostPlatform,     // filed, but not for this host platform of a mini-program or quick app
  kLifted,           // a missing filing that an exemption, or the day, makes unnecessary
  kGrace,            // no filing yet, for an app on offer before the regime
  kGracePending,     // the same, with a filing in review
  kWrongLetter,      // filed as the request's kind, but claimed with the letter of another
  kOtherSerial,      // claimed with a letter, though another kind is filed under that serial
  kStatusUnknown,    // the registry does not hold the filing's status
  kHolderUnknown,    // the same for a service of its subject that has the domain or address
  kUnfiledMissing,   // no number displayed, and the claimed one is not filed either
  kUnfiledMismatch,  // a number displayed other than the claimed one, which is not filed
};
inline constexpr std::size_t kMessageCaseCount = 13;

// A row of the tables.
enum class MessageRow : std::uint8_t {};
inline constexpr std::size_t kMessageRowCount = kCodeCount + kMessageCaseCount;
constexpr MessageRow message_row(Code code) noexcept {
  return MessageRow{static_cast<std::uint8_t>(code)};
}
constexpr MessageRow message_row(MessageCase of) noexcept {
  return MessageRow{static_cast<std::uint8_t>(kCodeCount + static_cast<int>(of))};
}

std::span<const MessageStep> message_steps_zh(MessageRow row) noexcept;
std::span<const MessageStep> message_steps_en(MessageRow row) noexcept;
std::span<const MessageStep> remedy_steps_zh(MessageRow row) noexcept;
std::span<const MessageStep> remedy_steps_en(MessageRow row) noexcept;

}  // namespace beian::wire

// The sentences of messages.cc as templates, one row a code and language; behind them, one a case.
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

struct MessageStep;  // message_steps.h

// Cases that the code alone does not tell; message_case.h says when. An empty sentence is that of
// the code.
enum class MessageCase : std::uint8_t {
  kFoundSite,        // none claimed, and found what a request does not look for by number
  kMissingHere,      // none where an access provider asks by domain or address alone
  kSeveralHere,      // several where an access provider asks by domain or address alone
  kHostPlatform,     // filed, but not for this platform that a mini-program or quick app runs in
  kLifted,           // a filing that an exemption makes unnecessary, or the day
  kGrace,            // none yet, of an app on offer before the regime
  kGracePending,     // the same in review
  kWrongLetter,      // filed as what the request is, and claimed with the letter of another kind
  kOtherSerial,      // claimed by a letter under whose serial another kind is filed
  kStatusUnknown,    // a filing whose status the registry does not hold
  kHolderUnknown,    // the same of the service of its subject that has the domain or address
  kUnfiledMissing,   // no number on display, and the claimed one is not filed either
  kUnfiledMismatch,  // another number on display than the claimed one, which is not filed
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

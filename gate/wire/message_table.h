// The sentences of messages.cc as templates, one row a code and language.
//
// {name} stands for a value (messages.cc says which). A part in [ ] is dropped when a value in it
// is empty; brackets do not nest. Data only; any thread.
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

std::span<const MessageStep> message_steps_zh(Code code) noexcept;
std::span<const MessageStep> message_steps_en(Code code) noexcept;
std::span<const MessageStep> remedy_steps_zh(Code code) noexcept;
std::span<const MessageStep> remedy_steps_en(Code code) noexcept;

}  // namespace beian::wire

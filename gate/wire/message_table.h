// The sentences of messages.cc as templates, one row a code and language.
//
// {name} stands for a value (messages.cc lists them). A part in [ ] is dropped when a value in it
// is empty; brackets do not nest. Data only; any thread.
#pragma once

#include <string_view>

#include "gate/wire/messages.h"

namespace beian::wire {

struct MessageTemplate {
  Code code;
  std::string_view message;
  std::string_view remedy;
};

const MessageTemplate& message_zh(Code code) noexcept;
const MessageTemplate& message_en(Code code) noexcept;

}  // namespace beian::wire

// What the slots of a template (message_steps.h) stand for: each value of an answer that a sentence
// may name, written as its language writes it.
//
// Any thread.
#pragma once

#include "gate/wire/message_steps.h"
#include "gate/wire/messages.h"

namespace beian::wire {

// Writes the value, or nothing when there is none. Values from outside are bounded and escaped.
void write_slot(MessageSlot slot, const MessageContext& context, const Finding& finding, Pen* pen);

}  // namespace beian::wire

// One finding as JSON, in full or only its head. Any thread.
#pragma once

#include "cache/base/pen.h"
#include "gate/wire/messages.h"

namespace beian::wire {

// code, effect, field: the inside of the object of a brief answer, and what a full one begins with.
void write_finding_head(const Finding& finding, Pen* pen);

// The object of a full answer.
void write_finding(const MessageContext& context, const Finding& finding, Pen* pen);

}  // namespace beian::wire

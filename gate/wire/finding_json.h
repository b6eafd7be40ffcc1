// One finding as JSON, in full or only its head. Any thread.
#pragma once

#include "cache/base/pen.h"
#include "gate/wire/messages.h"

namespace beian::wire {

// code, effect, field: the content of the object in a brief answer, and the beginning of a full
// one.
void write_finding_head(const Finding& finding, Pen* pen);

// The object in a full answer.
void write_finding(const MessageContext& context, const Finding& finding, Pen* pen);

}  // namespace beian::wire

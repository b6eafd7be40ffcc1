// What people read: for each finding a message, a remedy and a basis, in zh-CN and en.
//
// Any thread. Written as the inside of a JSON string: our own words as they are, values from
// outside escaped.
#pragma once

#include <string_view>

#include "cache/base/pen.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/decision/suggest.h"
#include "gate/wire/guidance.h"
#include "gate/wire/language.h"

namespace beian::wire {

struct MessageContext {
  const CheckRequest& request;
  const Decision& decision;
  const Guidance& guidance;
  Language language;
};

inline bool is_zh(const MessageContext& context) noexcept {
  return context.language == Language::kZh;
}

// What is wrong, what was given, what the registry holds: one or two sentences.
void write_message(const MessageContext& context, const Finding& finding, Pen* pen);
// What the developer or operator does next, and where; nothing when there is nothing to do.
void write_remedy(const MessageContext& context, const Finding& finding, Pen* pen);
// Instrument and article, as SOURCES.md resolves its keys: "工信部信管〔2023〕105号 (九)"; for a
// finding that rests on no clause, says that it is a rule of this gate. Needs no escaping.
std::string_view basis_of(Code code, Language language) noexcept;

}  // namespace beian::wire

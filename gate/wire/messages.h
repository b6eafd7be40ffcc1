// What people read: for each finding a message, a remedy and a basis, in zh-CN and en.
//
// Any thread; appends to `out`, escaping nothing (the JSON writer escapes).
#pragma once

#include <string>
#include <string_view>

#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/decision/suggest.h"
#include "gate/wire/guidance.h"

namespace beian::wire {

enum class Language : std::uint8_t { kZh, kEn };

// `zh-CN` unless the Accept-Language header or ?lang= text prefers English.
Language choose_language(std::string_view accept_language) noexcept;

struct MessageContext {
  const CheckRequest& request;
  const Decision& decision;
  const Guidance& guidance;
  Language language;
};

// What is wrong, what was given, what the registry has: one or two sentences.
void append_message(const MessageContext& context, const Finding& finding, std::string* out);
// What the developer or operator does next, and where; empty when nothing is to be done.
void append_remedy(const MessageContext& context, const Finding& finding, std::string* out);
// Instrument and article, as SOURCES.md keys resolve: "工信部信管〔2023〕105号 (九)"; empty when
// the finding rests on no rule of law.
std::string_view basis_of(Code code, Language language) noexcept;

void append_suggestion_reason(SuggestionReason reason, Language language, std::string* out);

}  // namespace beian::wire

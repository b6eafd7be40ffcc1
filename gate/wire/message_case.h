// Cases in which a finding has sentences of its own instead of those of its code.
//
// Any thread.
#pragma once

#include <optional>

#include "gate/wire/message_table.h"

namespace beian::wire {

// True when an exemption or grace makes the missing filing unnecessary: policy has made it a note.
bool is_lifted(const Decision& decision, const Finding& finding) noexcept;

// nullopt: use the sentences of the code.
std::optional<MessageCase> case_of(const MessageContext& context, const Finding& finding) noexcept;

}  // namespace beian::wire

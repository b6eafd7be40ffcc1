// Cases in which a finding is told in sentences of its own and not in those of its code.
//
// Any thread.
#pragma once

#include <optional>

#include "gate/wire/message_table.h"

namespace beian::wire {

// True for the number that an exemption or grace makes unnecessary: policy has made a note of it.
bool is_lifted(const Decision& decision, const Finding& finding) noexcept;

// nullopt: the sentences of the code.
std::optional<MessageCase> case_of(const MessageContext& context, const Finding& finding) noexcept;

}  // namespace beian::wire

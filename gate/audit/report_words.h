// The words that reports share, in zh-CN and en.
//
// Pure; any thread; everything returned has static lifetime.
#pragma once

#include <string>
#include <string_view>

#include "gate/audit/row_result.h"
#include "gate/audit/summary.h"
#include "gate/wire/messages.h"
#include "gate/wire/words.h"

namespace beian::audit {

// The order in which reports show outcomes: worst first.
inline constexpr std::array<Outcome, kOutcomeCount> kWorstFirst = {
    Outcome::kDeny, Outcome::kUnknown, Outcome::kReview, Outcome::kBad, Outcome::kAllow};

// A heading or label: 拒绝 / Denied.
wire::Words outcome_words(Outcome outcome) noexcept;
// A sentence on what the outcome requires.
wire::Words outcome_help(Outcome outcome) noexcept;
wire::Words operation_label(Operation operation) noexcept;  // 上架分发 / Distribute
wire::Words effect_words(Effect effect) noexcept;           // 提示 / note
// 有效 / fresh: a registry's state, given by name; empty for an unknown name.
wire::Words state_words(std::string_view state) noexcept;

// The audit in one sentence: how many of all rows may go ahead, and what becomes of the others.
std::string headline(const Summary& summary, wire::Language language);

// A row's finding in words: the code's title, what was given, and what is filed instead.
std::string finding_line(const ListedFinding& finding, wire::Language language);

// What is wrong with a bad row, and where.
std::string problem_line(const ListedRow& row);

// What a reader would call a row: its name, else its id, package or number, else `row 17`.
std::string row_title(const ListedRow& row, wire::Language language);

}  // namespace beian::audit

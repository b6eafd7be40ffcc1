// Fills templates (message_steps.h) with values (message_slots.h).
#include "gate/wire/messages.h"

#include "gate/wire/message_case.h"
#include "gate/wire/message_slots.h"

namespace beian::wire {
namespace {

// Outside brackets, a missing value is stated as missing, except for parts of a sentence that may
// be absent.
void write_absent(const MessageContext& context, MessageSlot slot, Pen* pen) {
  if (slot == MessageSlot::kOverdue || slot == MessageSlot::kCalendar) return;
  if (slot == MessageSlot::kNumber)
    pen->text(is_zh(context) ? "该备案" : "the filing");
  else
    pen->text(is_zh(context) ? "（无）" : "(none)");
}

// These may be empty anywhere.
constexpr bool is_optional(MessageSlot slot) noexcept {
  return slot == MessageSlot::kMaterials || slot == MessageSlot::kOverdueAdvice;
}

void fill(const MessageContext& context, const Finding& finding, MessageSteps steps, Pen* pen) {
  const std::size_t begin = pen->size();
  std::size_t group_begin = 0;
  bool is_in_group = false;
  bool is_group_whole = true;
  for (const MessageStep& step : steps) {
    pen->text(step.text);
    switch (step.then) {
      case MessageStep::Then::kText:
        break;
      case MessageStep::Then::kGroupBegin:
        group_begin = pen->size();
        is_in_group = is_group_whole = true;
        break;
      case MessageStep::Then::kGroupEnd:
        if (!is_group_whole) pen->cut(group_begin);
        is_in_group = false;
        break;
      case MessageStep::Then::kSlot: {
        const std::size_t before = pen->size();
        write_slot(step.slot, context, finding, pen);
        if (pen->size() > before || is_optional(step.slot)) break;
        is_in_group ? void(is_group_whole = false) : write_absent(context, step.slot, pen);
      }
    }
  }
  while (pen->since(begin).ends_with(' ')) pen->cut(pen->size() - 1);
}

// The steps of a sentence: those of the finding's case if it has a sentence of its own, else those
// of its code.
template <class StepsOf>
MessageSteps steps_of(const MessageContext& context, const Finding& finding, StepsOf steps_of_row) {
  if (const auto row = case_of(context, finding))
    if (const MessageSteps own = steps_of_row(message_row(*row)); !own.empty()) return own;
  return steps_of_row(message_row(finding.code));
}

}  // namespace

void write_message(const MessageContext& context, const Finding& finding, Pen* pen) {
  const auto steps = is_zh(context) ? message_steps_zh : message_steps_en;
  fill(context, finding, steps_of(context, finding, steps), pen);
}

void write_remedy(const MessageContext& context, const Finding& finding, Pen* pen) {
  const auto steps = is_zh(context) ? remedy_steps_zh : remedy_steps_en;
  fill(context, finding, steps_of(context, finding, steps), pen);
}

}  // namespace beian::wire

#include "gate/wire/message_case.h"

#include "gate/decision/resolve.h"
#include "gate/decision/rules.h"

namespace beian::wire {
namespace {

bool is_exempt(const Decision& decision) noexcept {
  return decision.has(Code::kExemptOffline) || decision.has(Code::kExemptOverseas) ||
         decision.has(Code::kBeforeRegime);
}

bool is_wrong_letter(const MessageContext& context) noexcept {
  const Decision& decision = context.decision;
  return decision.filing && decision.filing->kind() == context.request.app.kind &&
         decision.is_number_claimed && decision.number.number.kind() != context.request.app.kind;
}

// Only one service is filed under a serial: a letter other than the filing's names nothing.
bool is_other_serial(const MessageContext& context) noexcept {
  const Decision& decision = context.decision;
  return decision.filing && decision.is_number_claimed &&
         decision.number.number.kind() != decision.filing->kind();
}

// A request is about an app, mini-program or quick app, so a website is always of another kind than
// asked for; likewise any filing of a kind that the request does not name.
bool is_found_by_host_alone(const MessageContext& context) noexcept {
  const Decision& decision = context.decision;
  return decision.filing && decision.filing->kind() != context.request.app.kind;
}

bool is_looked_for_by_host(const CheckRequest& request) noexcept {
  return may_be_site(request) && fields_to_look_by(request) != 0;
}

std::optional<MessageCase> lifted_case(const Decision& decision, Code code) noexcept {
  if (is_exempt(decision)) return MessageCase::kLifted;
  // What was returned still has to be submitted again.
  if (code == Code::kReturned) return std::nullopt;
  return code == Code::kPending ? MessageCase::kGracePending : MessageCase::kGrace;
}

// Nobody is told to display a number under which nothing is filed.
bool has_number_to_display(const Decision& decision) noexcept {
  return decision.filing &&
         (is_filed(*decision.filing) || decision.filing->status() == Status::kUnknown);
}

}  // namespace

bool is_lifted(const Decision& decision, const Finding& finding) noexcept {
  if (finding.effect != Effect::kNote) return false;
  switch (finding.code) {
    case Code::kNumberMissing:
    case Code::kNotFiled:
    case Code::kPending:
    case Code::kReturned:
      return is_exempt(decision) || decision.has(Code::kStockGrace);
    default:
      return false;
  }
}

std::optional<MessageCase> case_of(const MessageContext& context, const Finding& finding) noexcept {
  const Decision& decision = context.decision;
  switch (finding.code) {
    case Code::kPlatformNotFiled:
      if (finding.field == FieldId::kHostPlatform) return MessageCase::kHostPlatform;
      return std::nullopt;
    case Code::kNumberResolved:
      if (is_found_by_host_alone(context)) return MessageCase::kFoundSite;
      return std::nullopt;
    case Code::kAmbiguous:
      if (may_be_site(context.request)) return MessageCase::kSeveralHere;
      return std::nullopt;
    case Code::kWrongKind:
      if (is_wrong_letter(context)) return MessageCase::kWrongLetter;
      if (is_other_serial(context)) return MessageCase::kOtherSerial;
      return std::nullopt;
    case Code::kRegistryIncomplete:
      if (finding.field == FieldId::kFilingNumber) return MessageCase::kStatusUnknown;
      if (finding.field != FieldId::kNone) return MessageCase::kHolderUnknown;
      return std::nullopt;
    case Code::kDisplayMissing:
      if (!has_number_to_display(decision)) return MessageCase::kUnfiledMissing;
      return std::nullopt;
    case Code::kDisplayMismatch:
      if (!has_number_to_display(decision)) return MessageCase::kUnfiledMismatch;
      return std::nullopt;
    case Code::kNumberMissing:
    case Code::kNotFiled:
    case Code::kPending:
    case Code::kReturned:
      if (is_lifted(decision, finding)) return lifted_case(decision, finding.code);
      if (finding.code == Code::kNumberMissing && is_looked_for_by_host(context.request))
        return MessageCase::kMissingHere;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace beian::wire

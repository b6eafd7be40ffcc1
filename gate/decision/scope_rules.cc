#include "gate/decision/rules.h"

namespace beian {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

// [MIIT-2023-105 (一)(二)], F-1: stores enforce for new apps from this day on.
constexpr Day kRegimeStart{year{2023} / month{9} / day{1}};
// [MIIT-2023-105], F-2: apps on offer before the regime may file until this day.
constexpr Day kStockGraceEnd{year{2024} / month{3} / day{31}};

bool is_true(const std::optional<bool>& flag) noexcept {
  return flag && *flag;
}
bool is_false(const std::optional<bool>& flag) noexcept {
  return flag && !*flag;
}

FieldSet bit_if(bool condition, FieldId field) noexcept {
  return condition ? field_bit(field) : 0;
}

// [F-17]: a stand-alone app needs no filing; anything that reaches a network contradicts that.
void find_offline(const RuleContext& context) {
  const AppIdentity& app = context.request.app;
  if (!is_true(app.offline)) return;
  const FieldSet contradicted =
      bit_if(is_true(app.network_permission), FieldId::kNetworkPermission) |
      bit_if(!app.domains.empty(), FieldId::kDomains) | bit_if(!app.ips.empty(), FieldId::kIps);
  if (contradicted == 0) {
    context.decision->add(Code::kExemptOffline, FieldId::kOffline);
  } else {
    context.decision->add(Code::kExemptionContradicted, FieldId::kOffline).fields = contradicted;
  }
}

// [F-16]: services offered from abroad by somebody abroad. Both halves have to be declared; one
// declared and the other denied is a contradiction, one alone declares nothing.
void find_overseas(const RuleContext& context) {
  const AppIdentity& app = context.request.app;
  if (is_true(app.operator_overseas) && is_true(app.servers_overseas)) {
    context.decision->add(Code::kExemptOverseas, FieldId::kOperatorOverseas);
  } else if (is_true(app.operator_overseas) && is_false(app.servers_overseas)) {
    context.decision->add(Code::kExemptionContradicted, FieldId::kOperatorOverseas).fields =
        field_bit(FieldId::kServersOverseas);
  } else if (is_true(app.servers_overseas) && is_false(app.operator_overseas)) {
    context.decision->add(Code::kExemptionContradicted, FieldId::kServersOverseas).fields =
        field_bit(FieldId::kOperatorOverseas);
  }
}

}  // namespace

void find_scope(const RuleContext& context) {
  find_offline(context);
  find_overseas(context);
  const auto first_published = context.request.app.first_published;
  if (context.day < kRegimeStart) {
    context.decision->add(Code::kBeforeRegime, FieldId::kAsOf);
  } else if (context.day <= kStockGraceEnd && first_published && *first_published < kRegimeStart) {
    context.decision->add(Code::kStockGrace, FieldId::kFirstPublished);
  }
}

}  // namespace beian

#include "gate/wire/advice.h"

#include <algorithm>
#include <span>

#include "cache/filing/provinces.h"
#include "gate/wire/values.h"

namespace beian::wire {
namespace {

std::string_view in_language(const Guidance::Text& text, Language language) noexcept {
  return language == Language::kZh ? text.zh : text.en;
}

void host_platforms(const MessageContext& context, std::string* out) {
  const auto append_examples = [&] {
    Joined joined(context, out);
    for (const Guidance::HostPlatform& host : context.guidance.host_platforms())
      if (host.kind == Kind::kMiniProgram) joined.add(in_language(host.name, context.language));
  };
  const Guidance::HostPlatform* known =
      context.guidance.host_platform(context.request.app.host_platform);
  // Quick apps run on the devices of many makers, in the same way: the first entry stands for all.
  if (known == nullptr && context.request.app.kind == Kind::kQuickApp) {
    const auto hosts = context.guidance.host_platforms();
    const auto first = std::ranges::find(hosts, Kind::kQuickApp, &Guidance::HostPlatform::kind);
    if (first != hosts.end()) known = &*first;
  }
  if (known != nullptr) {
    *out += in_language(known->where, context.language);
  } else {
    *out += is_zh(context) ? "其运行平台（例如" : "its running platform (for example ";
    append_examples();
    *out += is_zh(context) ? "）" : ")";
  }
}

void checklist(const MessageContext& context, std::string_view head,
               std::span<const Guidance::Text> items, std::string* out) {
  if (items.empty()) return;
  *out += head;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) *out += is_zh(context) ? "；" : "; ";
    *out += in_language(items[i], context.language);
  }
  *out += is_zh(context) ? "。" : ".";
}

}  // namespace

void append_portals(const MessageContext& context, std::string* out) {
  Joined joined(context, out);
  for (const Guidance::Portal& portal : context.guidance.portals())
    joined.add(std::string(in_language(portal.name, context.language)) + " " + portal.url);
}

// The administration of the subject's province; in general words when there is no known subject. A
// licence prints 川, 甘, 贵 or 云 where filings print another character of the same province.
void append_administration(const MessageContext& context, std::string* out) {
  if (context.decision.subject) {
    const std::size_t index = context.decision.subject->number().parts().province;
    const auto same = std::find_if(kProvinces.begin(), kProvinces.end(), [&](const Province& p) {
      return index < kProvinces.size() && p.is_on_filings && p.zh == kProvinces[index].zh;
    });
    const Guidance::Text* text =
        same != kProvinces.end() ? context.guidance.administration(same->character) : nullptr;
    if (text != nullptr) {
      *out += is_zh(context) ? "" : "the ";
      *out += in_language(*text, context.language);
      return;
    }
  }
  *out += is_zh(context) ? "主办者住所所在地的通信管理局"
                         : "the communications administration of the sponsor's province";
}

void append_where(const MessageContext& context, std::string* out) {
  const Kind wanted = context.request.app.kind;
  if (wanted == Kind::kMiniProgram || wanted == Kind::kQuickApp) {
    *out += is_zh(context) ? "在" : "file it in ";
    host_platforms(context, out);
    *out += is_zh(context) ? "提交备案，由" : "; ";
  } else {
    *out += is_zh(context) ? "通过接入服务商或应用分发平台（例如 "
                           : "file it through your access provider or app store (for example ";
    append_portals(context, out);
    *out += is_zh(context) ? "）提交备案，由" : "); ";
  }
  append_administration(context, out);
  *out += is_zh(context) ? "审核" : " decides";
}

void append_materials(const MessageContext& context, std::string* out) {
  const auto individual = is_individual(context.decision);
  if (individual != true)
    checklist(context, is_zh(context) ? "单位主办者需准备：" : "A unit needs: ",
              context.guidance.unit_checklist(), out);
  if (!individual && !is_zh(context)) *out += " ";
  if (individual != false)
    checklist(context, is_zh(context) ? "个人主办者需准备：" : "An individual needs: ",
              context.guidance.individual_checklist(), out);
}

}  // namespace beian::wire

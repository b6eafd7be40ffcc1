#include "gate/wire/advice.h"

#include <algorithm>
#include <span>

#include "cache/base/json_escape.h"
#include "cache/filing/identity.h"
#include "gate/decision/identity_text.h"

namespace beian::wire {
namespace {

const std::string& in_language(const Guidance::Text& text, Language language) noexcept {
  return language == Language::kZh ? text.zh : text.en;
}

// Joins the items as the language lists them; `item(i)` returns each.
template <class Item>
std::string joined(std::size_t count, std::string_view separator, Item item) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += separator;
    out += item(i);
  }
  return out;
}

std::string portals_text(const Guidance& guidance, Language language) {
  const auto portals = guidance.portals();
  return joined(portals.size(), language == Language::kZh ? "、" : ", ", [&](std::size_t i) {
    return in_language(portals[i].name, language) + " " + portals[i].url;
  });
}

// Host platforms for mini-programs, for a request that names none that is known.
std::string any_host_text(const Guidance& guidance, Language language) {
  const bool is_zh = language == Language::kZh;
  std::vector<std::string> names;
  for (const Guidance::HostPlatform& host : guidance.host_platforms())
    if (host.kind == Kind::kMiniProgram) names.push_back(in_language(host.name, language));
  return (is_zh ? "其宿主平台（例如" : "its running platform (for example ") +
         joined(names.size(), is_zh ? "、" : ", ", [&](std::size_t i) { return names[i]; }) +
         (is_zh ? "）" : ")");
}

std::string where_in_text(const std::string& place, Language language) {
  if (language == Language::kEn) return "file it in " + place + "; ";
  // Latin letters stand apart from Chinese text.
  const bool is_latin = !place.empty() && static_cast<unsigned char>(place.back()) < 0x80;
  return "在" + place + (is_latin ? " " : "") + "提交备案，由";
}

std::string where_app_text(const Guidance& guidance, Language language) {
  const std::string portals = portals_text(guidance, language);
  return language == Language::kZh
             ? "通过接入服务商或应用分发平台（例如 " + portals + "）提交备案，由"
             : "file it through your access provider or app store (for example " + portals + "); ";
}

std::string checklist_text(std::string_view head, std::span<const Guidance::Text> items,
                           Language language) {
  const bool is_zh = language == Language::kZh;
  return std::string(head) +
         joined(items.size(), is_zh ? "；" : "; ",
                [&](std::size_t i) { return in_language(items[i], language); }) +
         (is_zh ? "。" : ".");
}

std::string unit_text(const Guidance& guidance, Language language) {
  return checklist_text(language == Language::kZh ? "单位主办者需准备：" : "A unit needs: ",
                        guidance.unit_checklist(), language);
}

std::string individual_text(const Guidance& guidance, Language language) {
  return checklist_text(language == Language::kZh ? "个人主办者需准备：" : "An individual needs: ",
                        guidance.individual_checklist(), language);
}

}  // namespace

template <class Word>
Advice::Text Advice::text(Word word) {
  Text text;
  append_json_text(word(Language::kZh), &text.zh);
  append_json_text(word(Language::kEn), &text.en);
  return text;
}

Advice::Advice(const Guidance& guidance) {
  append_json_text(guidance.query_url(), &query_);
  portals_ = text([&](Language language) { return portals_text(guidance, language); });

  // Licences print 川, 甘, 贵 or 云 where filings print another character for the same province.
  for (std::size_t i = 0; i < kProvinces.size(); ++i) {
    const auto same = std::ranges::find_if(kProvinces, [&](const Province& province) {
      return province.is_on_filings && province.zh == kProvinces[i].zh;
    });
    const Guidance::Text* name =
        same != kProvinces.end() ? guidance.administration(same->character) : nullptr;
    if (name == nullptr) continue;
    administrations_[i] = text([&](Language language) {
      return (language == Language::kZh ? "" : "the ") + in_language(*name, language);
    });
  }
  any_administration_ = {"主办者住所所在地的通信管理局",
                         "the communications administration of the sponsor's province"};

  where_app_ = text([&](Language language) { return where_app_text(guidance, language); });
  where_mini_program_ = text([&](Language language) {
    return where_in_text(any_host_text(guidance, language), language);
  });
  where_quick_app_ = where_mini_program_;
  const auto hosts = guidance.host_platforms();
  for (const Guidance::HostPlatform& host : hosts)
    host_platforms_.push_back(
        {host.id,
         {fold_name(host.id), fold_name(host.name.zh), fold_name(host.name.en)},
         host_platform_index(host.id),
         text([&](Language language) {
           return where_in_text(in_language(host.where, language), language);
         })});
  // Quick apps run the same way on the devices of many makers: the first entry stands for all.
  const auto first = std::ranges::find(hosts, Kind::kQuickApp, &Guidance::HostPlatform::kind);
  if (first != hosts.end())
    where_quick_app_ = host_platforms_[static_cast<std::size_t>(first - hosts.begin())].where;

  unit_materials_ = text([&](Language language) { return unit_text(guidance, language); });
  individual_materials_ =
      text([&](Language language) { return individual_text(guidance, language); });
  materials_ = {unit_materials_.zh + individual_materials_.zh,
                unit_materials_.en + " " + individual_materials_.en};
}

std::string_view Advice::administration(std::optional<std::uint8_t> province,
                                        Language language) const noexcept {
  if (province && *province < administrations_.size())
    if (const auto known = administrations_[*province].in(language); !known.empty()) return known;
  return any_administration_.in(language);
}

const Advice::HostPlatform* Advice::host_platform(std::string_view text) const {
  auto known = std::ranges::find(host_platforms_, text, &HostPlatform::id);
  if (known == host_platforms_.end() && !text.empty()) {
    const std::string word = fold_name(text);
    const auto usual = host_platform_index(text);
    known = std::ranges::find_if(host_platforms_, [&](const HostPlatform& host) {
      return std::ranges::find(host.words, word) != host.words.end() ||
             (usual && host.usual == usual);
    });
  }
  return known == host_platforms_.end() ? nullptr : &*known;
}

std::string_view Advice::where(Kind kind, std::string_view host, Language language) const {
  if (kind != Kind::kMiniProgram && kind != Kind::kQuickApp) return where_app_.in(language);
  if (const HostPlatform* const known = host_platform(host); known != nullptr)
    return known->where.in(language);
  return (kind == Kind::kQuickApp ? where_quick_app_ : where_mini_program_).in(language);
}

std::string_view Advice::where_end(Language language) noexcept {
  return language == Language::kZh ? "审核" : " decides";
}

std::string_view Advice::materials(std::optional<bool> is_individual,
                                   Language language) const noexcept {
  if (!is_individual) return materials_.in(language);
  return (*is_individual ? individual_materials_ : unit_materials_).in(language);
}

}  // namespace beian::wire

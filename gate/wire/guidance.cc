#include "gate/wire/guidance.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/toml_reader.h"
#include "cache/filing/provinces.h"
#include "gate/wire/advice.h"

namespace beian::embedded {
std::string_view guidance_toml() noexcept;
}

namespace beian::wire {
namespace {

constexpr std::array<std::string_view, 5> kTopKeys = {"query_url", "portal", "host_platform",
                                                      "checklist", "administration"};
constexpr std::array<std::string_view, 2> kTextKeys = {"zh", "en"};
constexpr std::array<std::string_view, 2> kPortalKeys = {"name", "url"};
constexpr std::array<std::string_view, 4> kHostPlatformKeys = {"id", "name", "where", "kind"};
constexpr std::array<std::string_view, 2> kChecklistKeys = {"unit", "individual"};
constexpr std::array<std::string_view, 2> kAdministrationKeys = {"province", "name"};

}  // namespace

class GuidanceParser {
 public:
  explicit GuidanceParser(std::string_view name) : reader_(name) {}

  Result<Guidance> parse(std::string_view toml);

 private:
  using Text = Guidance::Text;

  std::string filled(const toml::table& table, std::string_view path, std::string_view key) {
    const auto text = reader_.text(table, path, key, Presence::kRequired);
    if (text && text->empty()) reader_.fail(*table.get(key), join_key(path, key), "empty");
    // Messages are single lines, on a page or a terminal, and show their text as it is written.
    if (text && printable(*text, text->size() + 1) != *text)
      reader_.fail(*table.get(key), join_key(path, key),
                   "holds a line break or another character that does not show");
    return std::string(text.value_or(""));
  }

  // An address that people open, from messages and from pages.
  std::string url(const toml::table& table, std::string_view path, std::string_view key) {
    std::string text = filled(table, path, key);
    std::string_view rest = text;
    for (const std::string_view scheme : {"https://", "http://"})
      if (text.starts_with(scheme)) rest.remove_prefix(scheme.size());
    const bool is_url = rest.size() < text.size() && !rest.empty() && rest.front() != '/' &&
                        rest.find_first_of(" <>\"'`\\{}|^") == std::string_view::npos;
    if (!text.empty() && !is_url)
      reader_.fail(*table.get(key), join_key(path, key),
                   "an address that begins with https:// or http:// is wanted, without blanks, "
                   "quotes and < >");
    return text;
  }

  // A text that must differ between the entries of a list.
  std::string unique(const toml::table& table, std::string_view path, std::string_view key,
                     std::set<std::string>* seen) {
    std::string text = filled(table, path, key);
    if (!text.empty() && !seen->insert(text).second)
      reader_.fail(*table.get(key), join_key(path, key), printable(text) + " is there twice");
    return text;
  }

  Text as_text(const toml::table& table, std::string_view path) {
    reader_.check_keys(table, path, kTextKeys);
    return {filled(table, path, "zh"), filled(table, path, "en")};
  }

  Text text(const toml::table& table, std::string_view path, std::string_view key) {
    const toml::table* value = reader_.subtable(table, path, key, Presence::kRequired);
    return value != nullptr ? as_text(*value, join_key(path, key)) : Text{};
  }

  Kind kind_of(const toml::table& item, std::string_view path) {
    const auto word = reader_.text(item, path, "kind", Presence::kOptional);
    if (!word || *word == name_of(Kind::kMiniProgram)) return Kind::kMiniProgram;
    if (*word != name_of(Kind::kQuickApp))
      reader_.fail(*item.get("kind"), join_key(path, "kind"),
                   "mini_program or quick_app is wanted");
    return Kind::kQuickApp;
  }

  // Calls `read` with each table of the list at `key`.
  template <class Read>
  void for_each(const toml::table& table, std::string_view path, std::string_view key, Read read) {
    const toml::array* list = reader_.array(table, path, key, Presence::kRequired);
    // Sentences name examples, so an empty list would leave a gap; administrations may be unknown.
    if (list != nullptr && list->empty() && key != "administration")
      reader_.fail(*list, join_key(path, key), "at least one is wanted");
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      if (const toml::table* item = (*list)[i].as_table())
        read(*item, join_key(path, key));
      else
        reader_.fail((*list)[i], join_key(path, key), "a table is wanted");
    }
  }

  TomlReader reader_;
};

Result<Guidance> GuidanceParser::parse(std::string_view toml) {
  const auto document = reader_.parse(toml);
  if (!document) return reader_.error();
  reader_.check_keys(*document, "", kTopKeys);

  Guidance guidance;
  guidance.query_url_ = url(*document, "", "query_url");
  for_each(*document, "", "portal", [&](const toml::table& item, std::string_view path) {
    reader_.check_keys(item, path, kPortalKeys);
    guidance.portals_.push_back({text(item, path, "name"), url(item, path, "url")});
  });
  std::set<std::string> ids;
  for_each(*document, "", "host_platform", [&](const toml::table& item, std::string_view path) {
    reader_.check_keys(item, path, kHostPlatformKeys);
    guidance.host_platforms_.push_back({unique(item, path, "id", &ids), text(item, path, "name"),
                                        text(item, path, "where"), kind_of(item, path)});
  });
  const auto has_mini_programs = std::ranges::any_of(
      guidance.host_platforms_,
      [](const Guidance::HostPlatform& host) { return host.kind == Kind::kMiniProgram; });
  if (!guidance.host_platforms_.empty() && !has_mini_programs)
    reader_.fail(*document->get("host_platform"), "host_platform",
                 "at least one for mini-programs is wanted, to be named as an example");
  if (const toml::table* lists =
          reader_.subtable(*document, "", "checklist", Presence::kRequired)) {
    reader_.check_keys(*lists, "checklist", kChecklistKeys);
    for_each(*lists, "checklist", "unit", [&](const toml::table& item, std::string_view path) {
      guidance.unit_checklist_.push_back(as_text(item, path));
    });
    for_each(*lists, "checklist", "individual",
             [&](const toml::table& item, std::string_view path) {
               guidance.individual_checklist_.push_back(as_text(item, path));
             });
  }
  std::set<std::string> provinces;
  for_each(*document, "", "administration", [&](const toml::table& item, std::string_view path) {
    reader_.check_keys(item, path, kAdministrationKeys);
    std::string province = unique(item, path, "province", &provinces);
    const auto known = std::ranges::find(kProvinces, province, &Province::character);
    if (!province.empty() && (known == kProvinces.end() || !known->is_on_filings))
      reader_.fail(*item.get("province"), join_key(path, "province"),
                   "the character that begins filing numbers is wanted, such as 京 or 蜀");
    guidance.administrations_.push_back({std::move(province), text(item, path, "name")});
  });
  if (!reader_.ok()) return reader_.error();
  guidance.advice_ = std::make_shared<const Advice>(guidance);
  return guidance;
}

Result<Guidance> Guidance::parse(std::string_view toml, std::string_view name) {
  return GuidanceParser(name).parse(toml);
}

const Guidance& Guidance::built_in() {
  static const Guidance guidance = [] {
    auto parsed = parse(embedded::guidance_toml(), "conf/guidance.toml");
    BEIAN_ASSERT(parsed.has_value());
    return *std::move(parsed);
  }();
  return guidance;
}

bool Guidance::says_the_same(const Guidance& other) const {
  return query_url_ == other.query_url_ && portals_ == other.portals_ &&
         host_platforms_ == other.host_platforms_ && unit_checklist_ == other.unit_checklist_ &&
         individual_checklist_ == other.individual_checklist_ &&
         administrations_ == other.administrations_;
}

const Guidance::Text* Guidance::administration(std::string_view province) const noexcept {
  const auto found =
      std::find_if(administrations_.begin(), administrations_.end(),
                   [&](const Administration& one) { return one.province == province; });
  return found != administrations_.end() ? &found->name : nullptr;
}

}  // namespace beian::wire

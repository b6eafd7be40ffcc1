#include "gate/decision/policy_toml.h"

#include <algorithm>
#include <array>
#include <set>

#include "cache/base/limits.h"
#include "cache/base/spelling.h"
#include "cache/base/toml_reader.h"
#include "cache/filing/parse.h"
#include "gate/decision/identity_text.h"

namespace beian {
namespace {

constexpr std::array<std::string_view, 4> kTopKeys = {"mode", "codes", "profile", "exception"};
constexpr std::array<std::string_view, 2> kProfileKeys = {"mode", "codes"};
constexpr std::array<std::string_view, 7> kSettingKeys = {
    "all", "distribute", "connect", "preinstall", "mode", "from", "until"};
constexpr std::array<std::string_view, 9> kExceptionKeys = {"owner",   "note",     "filing_number",
                                                            "package", "platform", "operations",
                                                            "codes",   "from",     "expires"};
constexpr std::array<std::string_view, 3> kModes = {"enforce", "warn", "dry_run"};

// The names of the first enumerators, all of them.
template <class Enum, std::size_t kCount>
std::array<std::string_view, kCount> names_of() {
  std::array<std::string_view, kCount> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = name_of(static_cast<Enum>(i));
  return names;
}
const std::array kCodeNames = names_of<Code, kCodeCount>();
const std::array kEffectNames = names_of<Effect, kEffectCount>();
const std::array kOperationNames = names_of<Operation, kOperationCount>();

// "unknown effect \"dney\"; did you mean deny?"
std::string unknown_word(std::string_view what, std::string_view word,
                         std::span<const std::string_view> known) {
  std::string text = "unknown ";
  text.append(what).append(" \"").append(printable(word, 64)).append("\"");
  const std::string_view nearest = nearest_word(word, known);
  if (!nearest.empty()) return text.append("; did you mean ").append(nearest).append("?");
  if (known.size() > kEffectNames.size()) return text;
  text += "; one of";
  for (const std::string_view choice : known) text.append(" ").append(choice);
  return text;
}

class PolicyParser {
 public:
  explicit PolicyParser(std::string_view name) : reader_(name) {}

  Result<PolicyDocument> parse(std::string_view text);

 private:
  using Section = PolicyDocument::Section;

  void read_section(const toml::table& table, std::string_view path, Section* section);
  void read_code(const toml::node& node, std::string_view path, Code code, Section* section);
  void read_setting(const toml::table& table, std::string_view path, Code code, Section* section);
  void read_profiles(const toml::table& profiles, PolicyDocument* document);
  void read_exception(const toml::node& node, PolicyDocument* document);
  std::string answer(const toml::table& table, std::string_view key);
  void read_scope(const toml::table& table, PolicyException* exception);
  void read_exception_codes(const toml::table& table, PolicyException* exception);
  std::optional<Effect> as_effect(const toml::node& node, std::string_view path);
  std::optional<PolicyMode> mode(const toml::table& table, std::string_view path);
  std::optional<Code> as_code(std::string_view name, const toml::source_region& where,
                              std::string_view path);
  void check_dates(const toml::table& document, const Section& section, std::string_view path);

  TomlReader reader_;
};

std::optional<Effect> PolicyParser::as_effect(const toml::node& node, std::string_view path) {
  const auto* text = node.as_string();
  if (text == nullptr) {
    reader_.fail(node, path, "an effect in quotes is wanted");
    return std::nullopt;
  }
  const auto effect = parse_effect(text->get());
  if (!effect) reader_.fail(node, path, unknown_word("effect", text->get(), kEffectNames));
  return effect;
}

std::optional<PolicyMode> PolicyParser::mode(const toml::table& table, std::string_view path) {
  const auto text = reader_.text(table, path, "mode", Presence::kOptional);
  if (!text) return std::nullopt;
  const auto mode = parse_policy_mode(*text);
  if (!mode)
    reader_.fail(*table.get("mode"), join_key(path, "mode"), unknown_word("mode", *text, kModes));
  return mode;
}

std::optional<Code> PolicyParser::as_code(std::string_view name, const toml::source_region& where,
                                          std::string_view path) {
  const auto code = parse_code(name);
  if (!code) reader_.fail(where, path, unknown_word("code", name, kCodeNames));
  return code;
}

void PolicyParser::read_setting(const toml::table& table, std::string_view path, Code code,
                                Section* section) {
  reader_.check_keys(table, path, kSettingKeys);
  PolicySetting setting;
  setting.code = code;
  if (const toml::node* all = table.get("all"))
    setting.effects.fill(as_effect(*all, join_key(path, "all")));
  for (std::size_t i = 0; i < kOperationNames.size(); ++i)
    if (const toml::node* one = table.get(kOperationNames[i]))
      setting.effects[i] = as_effect(*one, join_key(path, kOperationNames[i]));
  setting.mode = mode(table, path);
  setting.from = reader_.day(table, path, "from", Presence::kOptional);
  setting.until = reader_.day(table, path, "until", Presence::kOptional);
  if (setting.from && setting.until && *setting.until < *setting.from)
    reader_.fail(table, path, "until lies before from");
  const auto is_date = [](const auto& item) {
    return item.first.str() == "from" || item.first.str() == "until";
  };
  if (std::all_of(table.begin(), table.end(), is_date))
    reader_.fail(table, path, "changes nothing: all, an operation or a mode is wanted");
  section->settings.push_back(setting);
}

// Reads one effect for all operations, one setting, or a list in which later settings override
// earlier ones.
void PolicyParser::read_code(const toml::node& node, std::string_view path, Code code,
                             Section* section) {
  if (node.is_string()) {
    PolicySetting setting;
    setting.code = code;
    setting.effects.fill(as_effect(node, path));
    section->settings.push_back(setting);
  } else if (const toml::table* table = node.as_table()) {
    read_setting(*table, path, code, section);
  } else if (const toml::array* list = node.as_array()) {
    if (list->empty()) reader_.fail(node, path, "changes nothing: an entry is wanted");
    for (const toml::node& item : *list) {
      if (const toml::table* one = item.as_table())
        read_setting(*one, path, code, section);
      else
        reader_.fail(item, path, "{ distribute = \"…\", … } is wanted");
    }
  } else {
    reader_.fail(node, path, "an effect, a { … } or a list of { … } is wanted");
  }
}

void PolicyParser::read_section(const toml::table& table, std::string_view path, Section* section) {
  section->mode = mode(table, path).value_or(section->mode);
  const toml::table* codes = reader_.subtable(table, path, "codes", Presence::kOptional);
  if (codes == nullptr) return;
  const std::string codes_path = join_key(path, "codes");
  for (const auto& [key, node] : *codes) {
    const std::string code_path = join_key(codes_path, key.str());
    if (const auto code = as_code(key.str(), key.source(), code_path))
      read_code(node, code_path, *code, section);
  }
  check_dates(table, *section, codes_path);
}

void PolicyParser::check_dates(const toml::table& table, const Section& section,
                               std::string_view path) {
  std::set<Day> days;
  for (const PolicySetting& setting : section.settings) {
    if (setting.from) days.insert(*setting.from);
    if (setting.until) days.insert(*setting.until + std::chrono::days{1});
  }
  if (days.size() > limits::kPolicyDatesMax)
    reader_.fail(table, path,
                 "more than " + std::to_string(limits::kPolicyDatesMax) + " different dates");
}

void PolicyParser::read_profiles(const toml::table& profiles, PolicyDocument* document) {
  if (profiles.size() > limits::kPolicyProfilesMax)
    reader_.fail(profiles, "profile",
                 "more than " + std::to_string(limits::kPolicyProfilesMax) + " profiles");
  for (const auto& [key, node] : profiles) {
    const std::string path = join_key("profile", key.str());
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      reader_.fail(node, path, "a table is wanted");
      continue;
    }
    reader_.check_keys(*table, path, kProfileKeys);
    Section section = document->base;
    read_section(*table, path, &section);
    document->profiles.emplace_back(key.str(), std::move(section));
  }
  std::sort(document->profiles.begin(), document->profiles.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
}

void PolicyParser::read_scope(const toml::table& table, PolicyException* exception) {
  const auto number = reader_.text(table, "exception", "filing_number", Presence::kOptional);
  if (number) {
    const ParsedNumber parsed = parse_number(*number);
    if (parsed.is_number() && parsed.repairs == 0)
      exception->number = parsed.number;
    else
      reader_.fail(*table.get("filing_number"), "exception.filing_number", "no filing number");
  }
  // Read like a request: a value that no request can give would never match.
  const auto package =
      reader_.text(table, "exception", "package", Presence::kOptional).value_or("");
  const auto platform =
      reader_.text(table, "exception", "platform", Presence::kOptional).value_or("");
  const auto word = platform_word(without_margins(platform));
  if (!word)
    reader_.fail(*table.get("platform"), "exception.platform",
                 "a lower-case word such as android, ios or harmonyos is wanted");
  exception->package = without_margins(package);
  exception->platform = word.value_or(platform);
  if (exception->package.empty() != exception->platform.empty())
    reader_.fail(table, "exception", "package and platform are given together or not at all");
  if (!number && exception->package.empty())
    reader_.fail(table, "exception", "a filing_number, or a package and platform, is wanted");

  if (table.get("operations") == nullptr) {
    exception->operations = (1U << kOperationCount) - 1;
    return;
  }
  const toml::array* operations =
      reader_.array(table, "exception", "operations", Presence::kRequired);
  if (operations == nullptr) return;
  if (operations->empty())
    reader_.fail(*operations, "exception.operations", "at least one is wanted");
  for (const toml::node& node : *operations) {
    const auto* text = node.as_string();
    const auto operation = text ? parse_operation(text->get()) : std::nullopt;
    if (operation)
      exception->operations |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(*operation));
    else
      reader_.fail(node, "exception.operations",
                   unknown_word("operation", text ? text->get() : std::string(), kOperationNames));
  }
}

void PolicyParser::read_exception_codes(const toml::table& table, PolicyException* exception) {
  const toml::array* codes = reader_.array(table, "exception", "codes", Presence::kRequired);
  if (codes == nullptr) return;
  if (codes->empty()) reader_.fail(*codes, "exception.codes", "at least one is wanted");
  for (const toml::node& node : *codes) {
    const auto* text = node.as_string();
    if (text == nullptr) {
      reader_.fail(node, "exception.codes", "a code in quotes is wanted");
      continue;
    }
    if (const auto code = as_code(text->get(), node.source(), "exception.codes"))
      exception->codes |= code_bit(*code);
  }
}

// A required text that must not be blank.
std::string PolicyParser::answer(const toml::table& table, std::string_view key) {
  const auto text = reader_.text(table, "exception", key, Presence::kRequired);
  if (text && without_margins(*text).empty())
    reader_.fail(*table.get(key), join_key("exception", key), "is empty");
  return std::string(text.value_or(""));
}

void PolicyParser::read_exception(const toml::node& node, PolicyDocument* document) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    reader_.fail(node, "exception", "[[exception]] is wanted");
    return;
  }
  reader_.check_keys(*table, "exception", kExceptionKeys);
  PolicyException exception;
  exception.line = table->source().begin.line;
  exception.owner = answer(*table, "owner");
  exception.note = answer(*table, "note");
  if (const auto expires = reader_.day(*table, "exception", "expires", Presence::kRequired))
    exception.expires = *expires;
  exception.from = reader_.day(*table, "exception", "from", Presence::kOptional);
  if (table->get("expires") != nullptr && exception.from && exception.expires < *exception.from)
    reader_.fail(*table, "exception", "expires lies before from");
  read_scope(*table, &exception);
  read_exception_codes(*table, &exception);
  document->exceptions.push_back(std::move(exception));
}

Result<PolicyDocument> PolicyParser::parse(std::string_view text) {
  const auto table = reader_.parse(text);
  if (!table) return reader_.error();
  reader_.check_keys(*table, "", kTopKeys);

  PolicyDocument document;
  read_section(*table, "", &document.base);
  if (const toml::table* profiles = reader_.subtable(*table, "", "profile", Presence::kOptional))
    read_profiles(*profiles, &document);
  if (const toml::array* exceptions = reader_.array(*table, "", "exception", Presence::kOptional)) {
    if (exceptions->size() > limits::kPolicyExceptionsMax)
      reader_.fail(*exceptions, "exception",
                   "more than " + std::to_string(limits::kPolicyExceptionsMax) + " exceptions");
    for (const toml::node& node : *exceptions) read_exception(node, &document);
  }
  if (!reader_.ok()) return reader_.error();
  return document;
}

}  // namespace

Result<PolicyDocument> parse_policy(std::string_view text, std::string_view name) {
  return PolicyParser(name).parse(text);
}

Result<PolicySet> PolicySet::load(std::string_view text, std::string_view name) {
  auto document = parse_policy(text, name);
  if (!document) return document.error();
  PolicySet set;
  set.name_ = name;
  if (!document->exceptions.empty())
    set.exceptions_ = std::make_shared<PolicyExceptions>(std::move(document->exceptions));
  set.base_ = Policy::compile(document->base.settings, document->base.mode, set.exceptions_);
  for (auto& [profile, section] : document->profiles)
    set.profiles_.emplace_back(profile,
                               Policy::compile(section.settings, section.mode, set.exceptions_));
  return set;
}

}  // namespace beian

#include "gate/cli/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>

#include "cache/base/spelling.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"

namespace beian::cli {
namespace {

std::string fault_of_empty(const std::string& text) {
  return text.empty() ? "an empty value; leave the option out for its default" : "";
}

// Empty if `text` is a number from 0 to 2^63-1. CLI11 itself reads -1 as 2^64-1, and anything
// larger than that as the biggest number that fits.
std::string fault_of_whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end && number >= 0) return {};
  return "a whole number, 0 to 2^63-1, not " + text;
}

// The verb or flag closest to an unknown word; empty if none is close.
std::string nearest_to_extras(const CLI::App& program) {
  const CLI::App* verb = &program;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  std::vector<std::string> known;
  for (const CLI::App* next : verb->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(next->get_name());
  for (const CLI::Option* option : verb->get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  const std::vector<std::string_view> words(known.begin(), known.end());
  for (const std::string& extra : program.remaining(/*recurse=*/true))
    if (const auto near = nearest_word(extra, words); !near.empty()) return std::string(near);
  return {};
}

// CLI11 2.1 itself would name unknown words last one first.
std::string fault_of(const CLI::App& program, const CLI::ParseError& error) {
  const bool has_unknown = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  if (!has_unknown) return error.what();
  std::string fault = "not expected:";
  for (const std::string& extra : program.remaining(/*recurse=*/true)) fault += " " + extra;
  const std::string near = nearest_to_extras(program);
  return near.empty() ? fault : fault + "; did you mean " + near + "?";
}

const CLI::App* verb_below(const CLI::App& app, const std::string& word) {
  const auto verbs =
      app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == word; });
  return verbs.empty() ? nullptr : verbs.front();
}

// Excludes a key in PEM, which begins with hyphens, too.
bool is_flag_word(const std::string& word) {
  return word.size() > 2 && word.starts_with("--") && word[2] >= 'a' && word[2] <= 'z';
}

CLI::ArgumentMismatch has_no_value(const std::string& word, const std::string& name) {
  return CLI::ArgumentMismatch(word + " has no value: write " + name + " alone, or leave it out");
}

CLI::ArgumentMismatch wants_value_not(const std::string& flag, const std::string& name) {
  return CLI::ArgumentMismatch(name + " wants a value, and " + flag +
                               " is a flag; a value like that is written " + name + "=…");
}

// The words of the command line, rewritten where CLI11 2.1 would misread them. For `--name=`, as
// from a script's `--name="$UNSET"`, it would take the next word as the value, whatever it is: here
// the value is empty. For `--name` without its value it would do the same: here that is an error.
// Throws CLI::ParseError.
std::vector<std::string> plain_words(const CLI::App& program, std::span<const char* const> given) {
  const CLI::App* verb = &program;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string word = given[i];
    if (word == "--") {
      words.insert(words.end(), given.begin() + static_cast<std::ptrdiff_t>(i), given.end());
      break;
    }
    if (const CLI::App* const below = verb_below(*verb, word); below != nullptr) verb = below;
    const bool is_emptied = is_flag_word(word) && word.find('=') == word.size() - 1;
    const std::string name = is_emptied ? word.substr(0, word.size() - 1) : word;
    words.push_back(name);
    const CLI::Option* const option =
        is_flag_word(name) ? verb->get_option_no_throw(name) : nullptr;
    const bool wants_value = option != nullptr && option->get_items_expected_min() > 0;
    if (is_emptied && option != nullptr && !wants_value) throw has_no_value(word, name);
    if (is_emptied) words.emplace_back();
    if (!is_emptied && wants_value && i + 1 < given.size() && is_flag_word(given[i + 1]))
      throw wants_value_not(given[i + 1], name);
  }
  return words;
}

}  // namespace

Option Option::required() const {
  option_->required();
  return *this;
}

Option Option::one_of(std::vector<std::string> words) const {
  option_->check(CLI::IsMember(std::move(words)));
  return *this;
}

Option Option::in_range(std::uint64_t least, std::uint64_t most) const {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option Option::named(const std::string& type) const {
  option_->type_name(type);
  return *this;
}

Option Option::split_at(char delimiter) const {
  option_->delimiter(delimiter);
  return *this;
}

Option Option::without_value() const {
  option_->expected(0, 1);
  return *this;
}

Option Option::excludes(const Option& other) const {
  option_->excludes(other.option_);
  return *this;
}

Option Option::needs(const Option& other) const {
  option_->needs(other.option_);
  return *this;
}

Verb Verb::verb(const std::string& name, const std::string& help) const {
  return {app_->add_subcommand(name, help), exit_code_};
}

// CLI11's own check runs before it looks at the words, and so would hide an unknown verb.
void Verb::require_verb() const {
  app_->require_subcommand(0, 1);
  app_->callback([app = app_] {
    if (app->get_subcommands().empty()) throw CLI::RequiredError("A verb");
  });
}

Option Verb::option(const std::string& name, std::string* value, const std::string& help) const {
  return Option(app_->add_option(name, *value, help)->check(&fault_of_empty));
}

Option Verb::option(const std::string& name, std::vector<std::string>* values,
                    const std::string& help) const {
  const Option option = texts(name, values, help);
  if (is_flag_word(name)) option.option_->check(&fault_of_empty);
  return option;
}

Option Verb::texts(const std::string& name, std::vector<std::string>* values,
                   const std::string& help) const {
  CLI::Option* const option = app_->add_option(name, *values, help);
  // A flag takes one value each time: the next word is the catalog, or another positional.
  if (is_flag_word(name)) option->allow_extra_args(false);
  return Option(option);
}

Option Verb::option(const std::string& name, std::uint64_t* value, const std::string& help) const {
  return Option(app_->add_option(name, *value, help)->check(&fault_of_whole_number));
}

Option Verb::option(const std::string& name, std::optional<std::uint64_t>* value,
                    const std::string& help) const {
  return Option(app_->add_option(name, *value, help)->check(&fault_of_whole_number));
}

Option Verb::option(const std::string& name, unsigned* value, const std::string& help) const {
  const auto fault = [](const std::string& text) -> std::string {
    if (std::string what = fault_of_whole_number(text); !what.empty()) return what;
    constexpr unsigned kMost = std::numeric_limits<unsigned>::max();
    return std::stoull(text) <= kMost ? "" : "at most " + std::to_string(kMost) + ", not " + text;
  };
  return Option(app_->add_option(name, *value, help)->check(fault));
}

void Verb::flag(const std::string& name, bool* value, const std::string& help) const {
  app_->add_flag(name, *value, help);
}

Option Verb::each(const std::string& name, const std::function<void(const std::string&)>& take,
                  const std::string& help) const {
  return Option(app_->add_option_function<std::string>(name, take, help));
}

void Verb::run(std::function<int()> body) const {
  app_->callback([app = app_, exit_code = exit_code_, body = std::move(body)] {
    if (app->get_subcommands().empty()) *exit_code = body();
  });
}

CommandLine::CommandLine(const std::string& help, const std::string& version)
    : app_(std::make_unique<CLI::App>(help)) {
  app_->set_version_flag("--version", version);
}

CommandLine::~CommandLine() = default;

Verb CommandLine::program() {
  return {app_.get(), &exit_code_};
}

int CommandLine::run(int argc, const char* const* argv) {
  try {
    std::vector<std::string> words =
        plain_words(*app_, std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    std::ranges::reverse(words);  // the order CLI11 expects
    app_->name(argv[0]);
    app_->parse(std::move(words));
  } catch (const CLI::Success& success) {
    return app_->exit(success);  // --help, --version
  } catch (const CLI::ParseError& error) {
    print_talk(fault_of(*app_, error));
    print_talk("--help, also after a verb, tells what there is");
    return kUsage;
  }
  return exit_code_;
}

}  // namespace beian::cli

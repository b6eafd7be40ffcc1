// The command line of a verb: a thin layer over CLI11, whose headers take longer to compile than a
// verb itself, and which only command_line.cc includes.
//
//   void add_number(Verb parent) {
//     Verb verb = parent.verb("number", "Parse filing numbers");
//     auto texts = std::make_shared<std::vector<std::string>>();
//     verb.option("TEXT", texts.get(), "numbers in any typography");
//     verb.run([texts] { return explain(*texts); });
//   }
//
// A name is a flag (`--key`), both forms of a flag (`-o,--output`), a positional (`FILE`), or a
// positional that is a flag as well (`FILE,--config`). What a pointer refers to must live until
// CommandLine::run() returns: verbs keep it alive by capturing it in run(). Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace beian::cli {

// An option of a verb; its constraints are checked when the command line is parsed.
class Option {
 public:
  Option required() const;
  Option one_of(std::vector<std::string> words) const;
  Option in_range(std::uint64_t least, std::uint64_t most) const;
  Option named(const std::string& type) const;  // shown in --help instead of TEXT
  Option split_at(char delimiter) const;        // one argument may hold several values
  Option without_value() const;                 // the value may be omitted, and is then empty
  Option excludes(const Option& other) const;   // not both
  Option needs(const Option& other) const;

 private:
  friend class Verb;
  explicit Option(CLI::Option* option) : option_(option) {}
  CLI::Option* option_;
};

class Verb {
 public:
  // Adds a subverb.
  Verb verb(const std::string& name, const std::string& help) const;
  // Requires that one of the subverbs is called.
  void require_verb() const;

  // A text must not be empty: `--registry "$FILE"` with FILE unset is a slip, not the built-in
  // registry. A list takes all values given; a flag adds one each time. Numbers are whole, fit
  // their type, and are at most 2^63-1.
  Option option(const std::string& name, std::string* value, const std::string& help) const;
  Option option(const std::string& name, std::vector<std::string>* values,
                const std::string& help) const;
  Option option(const std::string& name, std::uint64_t* value, const std::string& help) const;
  Option option(const std::string& name, std::optional<std::uint64_t>* value,
                const std::string& help) const;
  Option option(const std::string& name, unsigned* value, const std::string& help) const;
  // A list as above, but its texts may be empty.
  Option texts(const std::string& name, std::vector<std::string>* values,
               const std::string& help) const;
  void flag(const std::string& name, bool* value, const std::string& help) const;
  // Calls `take` with each value.
  Option each(const std::string& name, const std::function<void(const std::string&)>& take,
              const std::string& help) const;

  // What the verb does if it is called itself, rather than a subverb; returns the exit code.
  void run(std::function<int()> body) const;

 private:
  friend class CommandLine;
  Verb(CLI::App* app, int* exit_code) : app_(app), exit_code_(exit_code) {}
  CLI::App* app_;
  int* exit_code_;
};

class CommandLine {
 public:
  // `version` is what --version prints.
  CommandLine(const std::string& help, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // The program itself, to which verbs are added.
  Verb program();

  // Parses the command line and runs its verb. Returns the verb's exit code, 0 after --help and
  // --version, or kUsage after reporting an error on standard error.
  int run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
  int exit_code_ = 0;
};

}  // namespace beian::cli

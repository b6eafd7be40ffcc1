// What verbs take from the command line: a thin layer over CLI11, whose headers take longer to
// compile than a verb itself and are included by command_line.cc alone.
//
//   void add_number(Verb parent) {
//     Verb verb = parent.verb("number", "Parse filing numbers");
//     auto texts = std::make_shared<std::vector<std::string>>();
//     verb.option("TEXT", texts.get(), "numbers in any typography");
//     verb.run([texts] { return explain(*texts); });
//   }
//
// A name is a flag (`--key`), both its forms (`-o,--output`), a place (`FILE`) or a place that is a
// flag too (`FILE,--config`). What a pointer leads to has to live until CommandLine::run() is over:
// verbs hold it by what they run. One thread.
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

// One thing that a verb takes; what is said of it is checked when the command line is read.
class Option {
 public:
  Option required() const;
  Option one_of(std::vector<std::string> words) const;
  Option in_range(std::uint64_t least, std::uint64_t most) const;
  Option named(const std::string& type) const;  // in --help, in the place of TEXT
  Option split_at(char delimiter) const;        // one value may be several
  Option without_value() const;                 // the value may be left out, and is empty then
  Option excludes(const Option& other) const;   // not both
  Option needs(const Option& other) const;

 private:
  friend class Verb;
  explicit Option(CLI::Option* option) : option_(option) {}
  CLI::Option* option_;
};

class Verb {
 public:
  // A verb below this one.
  Verb verb(const std::string& name, const std::string& help) const;
  // One of the verbs below this one has to be called.
  void require_verb() const;

  // A text is not empty: `--registry "$FILE"` with FILE unset is a slip, not the built-in registry.
  // A list takes all values that are given: a flag one each time. Numbers are whole, fit, and are
  // at most 2^63-1.
  Option option(const std::string& name, std::string* value, const std::string& help) const;
  Option option(const std::string& name, std::vector<std::string>* values,
                const std::string& help) const;
  Option option(const std::string& name, std::uint64_t* value, const std::string& help) const;
  Option option(const std::string& name, std::optional<std::uint64_t>* value,
                const std::string& help) const;
  Option option(const std::string& name, unsigned* value, const std::string& help) const;
  // A list as above, of texts that may be empty.
  Option texts(const std::string& name, std::vector<std::string>* values,
               const std::string& help) const;
  void flag(const std::string& name, bool* value, const std::string& help) const;
  // Each value as it comes.
  Option each(const std::string& name, const std::function<void(const std::string&)>& take,
              const std::string& help) const;

  // What the verb does when it is called itself, and not a verb below it; returns the exit code.
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

  // The program itself: what its verbs stand below.
  Verb program();

  // Reads the command line and runs its verb. Returns the exit code: that of the verb, 0 after
  // --help and --version, kUsage when something is wrong, which standard error tells.
  int run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
  int exit_code_ = 0;
};

}  // namespace beian::cli

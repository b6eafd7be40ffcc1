#include "gate/cli/verbs.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>

namespace beian::cli {

void require_verb(CLI::App* app) {
  app->require_subcommand(0, 1);
  app->callback([app] {
    if (app->get_subcommands().empty()) throw CLI::RequiredError("A verb");
  });
}

std::string fault_of_whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end && number >= 0) return {};
  return "a whole number, 0 to 2^63-1, not " + text;
}

}  // namespace beian::cli

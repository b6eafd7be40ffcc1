#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cache/filing/parse.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/verbs.h"
#include "gate/wire/number_json.h"

namespace beian::cli {
namespace {

void explain(std::string_view text) {
  std::string line;
  append_number_json(text, parse_number(text), &line);
  print_out(line += '\n');
}

// A malformed number is an answer like any other, so the exit code is 0.
int parse_numbers(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) explain(text);
  if (!texts.empty()) return kAllAllowed;
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.ends_with('\r')) line.pop_back();
    explain(line);
  }
  if (std::ferror(stdin) != 0)
    return fail(make_error(ErrorKind::kUnavailable, "cannot read standard input"));
  return kAllAllowed;
}

}  // namespace

void add_number(Verb program) {
  Verb verb = program.verb(
      "number",
      "Parse filing numbers from arguments or from lines of standard input; one line of "
      "JSON each");
  auto texts = std::make_shared<std::vector<std::string>>();
  verb.option("TEXT", texts.get(), "numbers in any typography");
  verb.run([=] { return parse_numbers(*texts); });
}

}  // namespace beian::cli

// Any bytes as a filing number. Oracles: what parses prints to a text that parses to the same
// number without repairs, the key survives a round trip through a file, and the naive twin agrees.
#include <cstdlib>
#include <memory>

#include "cache/base/limits.h"
#include "cache/filing/parse.h"
#include "tests/support/reference_parser.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_print_and_key(const beian::FilingNumber& number) {
  char text[beian::kCanonicalBytesMax];
  const std::size_t size = beian::print(number, text);
  const beian::ParsedNumber again = beian::parse_number({text, size});
  require(again.is_number() && again.number == number && again.repairs == 0 && !again.folded);
  require(beian::FilingNumber::from_key(number.key(), number.kind()) == number);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > beian::limits::kNumberTextBytesMax + 8) return 0;
  const auto copy = std::make_unique<char[]>(size);  // exact size: nothing beyond it may be read
  std::copy(data, data + size, copy.get());
  const std::string_view text(copy.get(), size);

  const beian::ParsedNumber parsed = beian::parse_number(text);
  require(parsed.offset <= size);
  require((parsed.outcome == beian::ParsedNumber::Outcome::kMalformed) ==
          (parsed.reason != beian::MalformedReason::kNone));
  if (parsed.is_number()) check_print_and_key(parsed.number);
  require(beian::test::same_result(parsed, beian::test::reference_parse(text)));
  return 0;
}

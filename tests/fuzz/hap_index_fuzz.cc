// Any bytes as a HAP's resources.index. The first byte says whether the text is looked up by number
// or by name. Oracles: texts are UTF-8 within their bounds, one per language, the plain one first;
// reading twice gives the same.
#include <cstdint>
#include <set>
#include <string>

#include "gate/package/hap_resources.h"
#include "gate/package/limits.h"
#include "tests/fuzz/die.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian;
  using beian::test::die;
  if (size == 0) return 0;
  const ByteView index{data + 1, size - 1};
  package::HapReference wanted{std::nullopt, "app_name"};
  if (data[0] % 2 == 1) wanted.id = 7;
  const auto labels = read_hap_texts(index, wanted);
  std::set<std::string> locales;
  for (const package::Label& label : labels) {
    if (label.text.empty() || !is_utf8(label.text)) die("a text that is none");
    if (label.text.size() > limits::kPoolTextBytesMax) die("a text beyond its bound");
    if (!locales.insert(label.locale).second) die("two texts for a language");
  }
  if (locales.contains("") && !labels.front().locale.empty()) die("the plain one is not first");
  if (read_hap_texts(index, wanted) != labels) die("read twice, it differs");
  return 0;
}

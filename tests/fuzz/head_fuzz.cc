// Any bytes as the head of a request. Oracles: the verdict does not depend on how the bytes were
// cut; Beast reads whatever HeadReader accepts the same way, field by field; and both agree on
// whether the connection is kept, except for `close` beside `keep-alive` on HTTP/1.0.
#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdlib>
#include <limits>
#include <string>

#include "gate/http/head_reader.h"
#include "gate/http/head_rules.h"

namespace {

using namespace beian::http;
namespace beast = boost::beast;

void require(bool condition) {
  if (!condition) std::abort();
}

// Whether Beast may refuse the fields: head_rules.h refuses the same ones later, while Beast does
// so as it parses and also checks two further fields.
bool beast_minds(std::span<const Field> fields) {
  const HeadFacts facts = facts_of(fields);
  Framing framing;
  if (facts.is_connection_malformed || judge_framing(facts, false, &framing)) return true;
  return std::ranges::any_of(fields, [](const Field& field) {
    const beast::string_view name(field.name.data(), field.name.size());
    return beast::iequals(name, "Upgrade") || beast::iequals(name, "Proxy-Connection");
  });
}

void compare_with_beast(const HeadReader& head, std::string_view bytes) {
  std::array<Field, beian::limits::kHeadFieldsMax> room;
  const auto fields = head.fields(bytes.data(), room);
  if (beast_minds(fields)) return;
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser.body_limit(boost::none);
  boost::system::error_code error;
  const std::string_view text = bytes.substr(head.start(), head.end() - head.start());
  const std::size_t taken = parser.put({text.data(), text.size()}, error);
  require(!error && taken == text.size());
  const auto& message = parser.get();
  require(message.target() == beast::string_view(head.target(bytes.data())));
  require(message.version() == (head.is_http_10() ? 10 : 11));
  if (head.method())
    require(message.method_string() == beast::string_view(name_of(*head.method())));
  // Beast groups fields of one name, so each is looked for among those of its name.
  require(static_cast<std::size_t>(std::distance(message.begin(), message.end())) == fields.size());
  for (const Field& field : fields) {
    const auto [from, to] = message.equal_range(beast::string_view(field.name));
    require(std::any_of(from, to, [&](const auto& theirs) {
      return theirs.value() == beast::string_view(field.value);
    }));
  }
  bool keeps_alive = false;
  const HeadFacts facts = facts_of(fields);
  require(!judge_connection(facts, head.is_http_10(), &keeps_alive));
  require(keeps_alive == (parser.keep_alive() && !facts.says_close));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ServerLimits limits;
  HeadReader whole(limits);
  const Progress progress = whole.advance(bytes);
  HeadReader pieces(limits);
  Progress step = Progress::kNeedMore;
  for (std::size_t cut = 1; cut <= size && step == Progress::kNeedMore; ++cut)
    step = pieces.advance(bytes.substr(0, cut));
  require(step == progress || size == 0);
  if (progress == Progress::kRefused)
    require(!whole.refusal().detail.empty() && whole.refusal().detail == pieces.refusal().detail);
  if (progress != Progress::kComplete) return 0;
  require(whole.start() == pieces.start() && whole.end() == pieces.end());
  compare_with_beast(whole, bytes);
  return 0;
}

#include "bench/load/requests.h"

#include <charconv>
#include <fstream>

namespace beian::load {
namespace {

bool is_batch(std::string_view path) {
  return path.substr(0, path.find('?')) == "/v1/checks";
}

}  // namespace

std::string CommonFields::text() const {
  std::string fields = "Host: " + host + "\r\n";
  if (!key.empty()) fields += "Authorization: Bearer " + key + "\r\n";
  return fields;
}

Result<std::vector<std::string>> read_rows(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> rows;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) rows.push_back(std::move(line));
  if (rows.empty()) return Error{ErrorKind::kBadInput, file + ": no rows"};
  return rows;
}

Result<Target> parse_target(std::string_view method, std::string_view text) {
  Target target;
  target.method = method;
  // A path may have a query that contains `=`; only digits up to the end are a weight.
  const std::size_t at = text.rfind('=');
  const bool has_weight =
      at != std::string_view::npos && text.find_first_not_of("0123456789", at + 1) == text.npos;
  target.path = text.substr(0, has_weight ? at : text.npos);
  if (has_weight) std::from_chars(text.data() + at + 1, text.data() + text.size(), target.weight);
  if (!target.path.starts_with('/') || target.weight == 0)
    return Error{ErrorKind::kUsage, "a target is /PATH or /PATH=WEIGHT: " + std::string(text)};
  return target;
}

std::string batch_body(const std::vector<std::string>& rows, std::size_t first, std::size_t count) {
  std::string body = R"({"checks":[)";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) body += ',';
    body += rows[(first + i) % rows.size()];
  }
  return body + "]}";
}

void write_texts(const CommonFields& fields, const std::vector<std::string>& rows,
                 std::size_t batch_rows, Target* target) {
  const std::string head = target->method + " " + target->path + " HTTP/1.1\r\n" + fields.text();
  if (target->method != "POST") {
    target->texts = {head + "\r\n"};
    return;
  }
  const bool is_joined = is_batch(target->path);
  const std::size_t step = is_joined ? batch_rows : 1;
  for (std::size_t i = 0; i < rows.size(); i += step) {
    const std::string body = is_joined ? batch_body(rows, i, batch_rows) : rows[i];
    target->texts.push_back(head + "Content-Type: application/json\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body);
  }
}

// Picks the target that is furthest behind its share at each turn (nginx's smooth weighted round
// robin).
std::vector<std::uint32_t> spread(const std::vector<Target>& targets) {
  std::int64_t sum = 0;
  for (const Target& target : targets) sum += target.weight;
  std::vector<std::int64_t> credit(targets.size());
  std::vector<std::uint32_t> turns;
  for (std::int64_t i = 0; i < sum; ++i) {
    std::size_t best = 0;
    for (std::size_t t = 0; t < targets.size(); ++t) {
      credit[t] += targets[t].weight;
      if (credit[t] > credit[best]) best = t;
    }
    credit[best] -= sum;
    turns.push_back(static_cast<std::uint32_t>(best));
  }
  return turns;
}

}  // namespace beian::load

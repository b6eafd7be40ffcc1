// Check requests and options from a query string, and percent-decoding.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/decision/request.h"
#include "gate/wire/fields.h"
#include "gate/wire/problem.h"
#include "gate/wire/request_json.h"

namespace beian::wire {

// Decodes %XX, and `+` as a space where `is_query`. Returns false when a % has no two digits behind
// it or the result is not UTF-8 or holds NUL.
bool percent_decode(std::string_view text, bool is_query, std::string* out);

// A decoded query string. Views are valid as long as both this object and the query: what is not
// encoded is not copied. One thread.
class QueryParameters {
 public:
  struct Parameter {
    std::string_view name;
    std::string_view value;
  };

  // Replaces what was held. `query` must outlive it. Returns false after explaining in `problem`.
  bool parse(std::string_view query, Problem* problem);

  const std::vector<Parameter>& all() const noexcept { return parameters_; }
  // First parameter of that name, or empty.
  std::string_view get(std::string_view name) const noexcept;
  // Whether a parameter stands for this field, by any of its names.
  bool has(Slot field) const noexcept;
  // One more parameter, as if it had been in the query. The texts are copied.
  void add(std::string_view name, std::string_view value);

 private:
  // nullopt when it is not percent-encoded UTF-8.
  std::optional<std::string_view> decoded(std::string_view text);

  std::deque<std::string> storage_;  // a deque: views into short strings must survive growth
  std::vector<Parameter> parameters_;
};

// Reads `number=…&operation=…&package=…`. `lang`, `strict` and `callback`-like unknown parameters
// are ignored unless `is_strict`; lists may repeat or be joined by commas; another field given
// twice is an error.
bool read_request(const QueryParameters& parameters, const ReadOptions& options,
                  CheckRequest* request, Problem* problem);

}  // namespace beian::wire

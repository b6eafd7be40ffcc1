// Check requests and options from a query string, and percent-decoding.
#pragma once

#include <deque>
#include <initializer_list>
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
  // The parameter of that name, or empty. False after explaining where it is given twice.
  bool get_once(std::string_view name, std::string_view* value, Problem* problem) const;
  // The same of a boolean, which stays as it is without one: `true`, `false`, `1` or `0`.
  bool get_flag(std::string_view name, bool* flag, Problem* problem) const;
  // Whether each parameter is one that all routes have or that `names` lists. Else explains.
  bool knows_all(std::initializer_list<std::string_view> names, Problem* problem) const;
  // Whether a parameter says anything of this field, by any of its names: blanks are as good as
  // none.
  bool has(Slot field) const noexcept;
  // One more parameter, as if it had been in the query. The texts are copied.
  void add(std::string_view name, std::string_view value);
  // The same for a field of which none says anything; one that is there in vain gives way.
  // REQUIRES: `name` is a field's.
  void fill(std::string_view name, std::string_view value);

 private:
  // nullopt when it is not percent-encoded UTF-8.
  std::optional<std::string_view> decoded(std::string_view text);

  // An empty one, with memory of an earlier query where that is not worth giving back.
  std::string& take();

  std::deque<std::string> storage_;  // a deque: views into short strings must survive growth
  std::size_t used_ = 0;             // of storage_
  std::vector<Parameter> parameters_;
};

// Reads `number=…&operation=…&package=…`. `lang`, `strict` and `callback`-like unknown parameters
// are ignored unless `is_strict`; lists may repeat or be joined by commas; another field given
// twice is an error. All but a missing operation is an `invalid-parameter`.
bool read_request(const QueryParameters& parameters, const ReadOptions& options,
                  CheckRequest* request, Problem* problem);

}  // namespace beian::wire

// Reads check requests and options from a query string, and decodes percent-encoding.
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

// Decodes %XX, and `+` as a space when `is_query`. Returns false when a % is not followed by two
// hex digits, or the result holds NUL or is not UTF-8.
bool percent_decode(std::string_view text, bool is_query, std::string* out);

// A decoded query string. Views are valid as long as both this object and the query live: text that
// is not encoded is not copied. One thread.
class QueryParameters {
 public:
  struct Parameter {
    std::string_view name;
    std::string_view value;
  };

  // Replaces what was held. `query` must outlive it. Returns false after explaining in `problem`.
  bool parse(std::string_view query, Problem* problem);

  const std::vector<Parameter>& all() const noexcept { return parameters_; }
  // Gets the parameter of that name, if any. Returns false after explaining when it is given twice.
  bool get_once(std::string_view name, std::string_view* value, Problem* problem) const;
  // The same for a boolean (`true`, `false`, `1` or `0`); without the parameter, `*flag` is
  // unchanged.
  bool get_flag(std::string_view name, bool* flag, Problem* problem) const;
  // Whether each parameter is one that all routes accept or that `names` lists; explains otherwise.
  bool knows_all(std::initializer_list<std::string_view> names, Problem* problem) const;
  // Whether any parameter gives this field a value, by any of its names; blanks do not count.
  bool has(Slot field) const noexcept;
  // Adds a parameter, as if it had been in the query. The texts are copied.
  void add(std::string_view name, std::string_view value);
  // The same for a field that no parameter gives; replaces one that is present but blank. REQUIRES:
  // `name` is a field's.
  void fill(std::string_view name, std::string_view value);

 private:
  // nullopt when `text` is not percent-encoded UTF-8.
  std::optional<std::string_view> decoded(std::string_view text);

  // Returns an empty string, reusing memory of an earlier query unless it is large enough to
  // release.
  std::string& take();

  std::deque<std::string> storage_;  // a deque, so that views into short strings survive growth
  std::size_t used_ = 0;             // of storage_
  std::vector<Parameter> parameters_;
};

// Reads `number=…&operation=…&package=…`. `lang` and `strict` are skipped, and so are unknown
// parameters such as `callback` unless `is_strict`. Lists may repeat or be joined by commas; any
// other field given twice is an error. Every error but a missing operation is an
// `invalid-parameter`.
bool read_request(const QueryParameters& parameters, const ReadOptions& options,
                  CheckRequest* request, Problem* problem);

}  // namespace beian::wire

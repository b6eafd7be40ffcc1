// Reads access evaluations of the Authorization API 1.0 (OpenID AuthZEN) as check requests. The API
// asks whether a subject may perform an action on a resource; here:
//
//   action.name           the operation
//   resource.type, .id    app, mini_program, quick_app and their package; domain; ip; filing_number
//   resource.properties   further fields of a check, by the names of query parameters
//   context               id, provider, as_of, min_serial, detail; the rest is ignored
//   subject               who is asking: required, but decides nothing
//
// All of it becomes the parameters of a check and is read like those. So valid values are defined
// in one place, and the log holds a request that can be decided again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gate/decision/request.h"
#include "gate/wire/problem.h"
#include "gate/wire/request_query.h"

namespace beian::wire {

// How many evaluations of a body to carry out.
enum class Semantic : std::uint8_t { kExecuteAll, kDenyOnFirstDeny, kPermitOnFirstPermit };

// One body at a time. What was read stays valid until the next read. One thread.
class AuthzenReader {
 public:
  AuthzenReader();
  ~AuthzenReader();
  AuthzenReader(AuthzenReader&&) noexcept;

  // Reads a body that asks for one evaluation. Returns false after explaining in `problem`.
  bool read(std::string_view json, const ReadOptions& options, CheckRequest* request,
            Problem* problem);

  // Parses a body with `evaluations`; the parts beside it are defaults for items that lack them.
  // Without any evaluations, the body itself is the only one, and has_evaluations() is false.
  // Returns false after explaining; otherwise item_count() items can be read, and the body must
  // outlive that. Invalid JSON in one item is that item's fault alone, as in a batch of checks.
  bool parse_batch(std::string_view json, const ReadOptions& options, Problem* problem);
  bool has_evaluations() const noexcept;
  std::size_t item_count() const noexcept;
  Semantic semantic() const noexcept;
  // Reads the next one in order. REQUIRES: called at most item_count() times.
  bool read_next(CheckRequest* request, Problem* problem);

  // What was read last, as the parameters of a check.
  const QueryParameters& parameters() const noexcept;
  // Where its parameter `name` stands in the body, as a JSON Pointer.
  std::string pointer_of(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace beian::wire

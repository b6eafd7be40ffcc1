// The one error channel: a value, or an Error that an operator can act on.
//
// An answer is never an Error: a malformed number, an absent filing and a stale registry are
// findings of a decision. An Error is an operation that did not happen: a damaged file, a bad line
// in a feed, a peer that is gone.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace beian {

// What a caller can do about it; exit codes and HTTP statuses follow from it. Do not renumber: the
// number is logged.
enum class ErrorKind : int {
  kUsage = 1,        // the caller asked for something that does not exist
  kBadInput = 2,     // the input breaks its format; the message names the place
  kDamaged = 3,      // a checksum, bound or order of a stored file does not hold
  kUntrusted = 4,    // a signature is missing, wrong or by an unknown key
  kUnavailable = 5,  // a file, peer or disk cannot be reached now; trying again may help
  kConflict = 6,     // somebody else holds it, or it would go back in time
  kInternal = 7,     // a bug
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // one line: what, where (file, line, column, offset), what to do next
};

template <class T>
using Result = boost::system::result<T, Error>;

inline Error make_error(ErrorKind kind, std::string message) {
  return {kind, std::move(message)};
}

// Reached only by value() on an error, which the project never calls.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error(error.message);
}

}  // namespace beian

// A condition that only a bug of ours can break. Checked in every build: the checks are cheap, and
// going on with a broken invariant could give a wrong answer.
#define BEIAN_ASSERT(condition)                                  \
  do {                                                           \
    if (!(condition)) [[unlikely]]                               \
      ::beian::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)

namespace beian {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace beian

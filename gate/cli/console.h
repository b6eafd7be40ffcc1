// The two streams: data goes to standard output, talk to standard error. One thread.
#pragma once

#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "gate/wire/decision_id.h"

namespace beian::cli {

// Writes all of `text`, some of it perhaps not before finish(). Where standard output takes no more
// the program ends with kUnavailable: quietly for a closed pipe, as in `… | head`, else with the
// reason.
void print_out(std::string_view text);
// At the end of the program: `code` once all that was printed is written, or kUnavailable.
int finish(int code);
// One line of talk, with `beian-gate: ` before it.
void print_talk(std::string_view text);
// Lines of talk as they are, but for what would drive the terminal: names of files and words of the
// command line may be anything.
void print_lines(std::string_view text);
// Tells the error and returns its exit code.
int fail(const Error& error);

bool is_terminal_in() noexcept;
// All of standard input, at most `bytes_max`.
[[nodiscard]] Result<std::string> read_standard_input(std::size_t bytes_max);

// The wall clock: the only place that reads it.
wire::Milliseconds system_now();
// Time from any zero that only grows.
std::chrono::nanoseconds monotonic_now();
Instant now_in_seconds();

}  // namespace beian::cli

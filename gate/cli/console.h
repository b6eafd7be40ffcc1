// The two output streams: data on standard output, messages on standard error. Not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "gate/wire/decision_id.h"

namespace beian::cli {

// Writes all of `text`; some of it may stay buffered until finish(). If standard output fails, the
// program ends with kUnavailable: silently for a closed pipe, as in `… | head`, otherwise with the
// reason.
void print_out(std::string_view text);
// Call at the end of the program: returns `code` once everything is written, or kUnavailable.
int finish(int code);
// Prints a message on standard error, prefixed with `beian-gate: `, escaping what would control the
// terminal: file names and command-line words can contain anything. Its lines stay lines.
void print_talk(std::string_view text);
// Reports the error and returns its exit code.
int fail(const Error& error);

bool is_terminal_in() noexcept;
// Reads all of standard input, at most `bytes_max`.
[[nodiscard]] Result<std::string> read_standard_input(std::size_t bytes_max);

// The wall clock; nothing else reads it.
wire::Milliseconds system_now();
// Monotonic time, from an arbitrary zero.
std::chrono::nanoseconds monotonic_now();
Instant now_in_seconds();

}  // namespace beian::cli

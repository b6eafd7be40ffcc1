// SIGINT and SIGTERM for verbs that work for long: the first one asks the work to end cleanly, a
// second one ends the program at once. `serve` waits for its signals by itself.
#pragma once

namespace beian::cli {

// From now on. Without effect once a first signal has come, which stays asked.
void catch_interrupts() noexcept;
// From now on both end the program at once again.
void release_interrupts() noexcept;
// Whether a first signal has come. Any thread.
bool is_interrupted() noexcept;

}  // namespace beian::cli

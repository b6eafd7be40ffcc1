// The state machine by which a gate follows the registry in Redis: events in, commands out, and
// nothing else.
//
// There is no I/O, clock, thread or sleep here: FollowerDriver runs each command and reports its
// outcome, so every fault is a script of lines in follower_test.cc. One thread at a time.
//
// As a replica does with PSYNC, a gate asks three questions about what Redis holds. Is it my
// history (epoch and chain)? Is what I lack still in the stream (partial resync)? Is it no older
// than what I serve? An answer of no is reported as last_error() and the question is asked again;
// it never changes what is served.
//
//   starting -> connecting -+-> full_resync ------+-> following <-> waiting
//                           +-> partial_resync ---+      (every failure leads to waiting)
//
// Invariants, each with scripts in follower_test.cc:
//   1. held() changes only by kActivate and kApply, and only to a greater (epoch, serial).
//   2. A batch is applied only if its serial is the next one and its `previous` is the held chain.
//   3. A lower serial needs a greater epoch, in a manifest that says which registry it takes back.
//   4. Every failure waits, at most kRedisBackoffMax: nothing spins, and recovery shows soon.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/tip.h"
#include "cache/snapshot/seal.h"

namespace beian::cache {

// A point in a history, which identifies one registry: `chain` covers all that led to it.
using Position = Tip;

// Whether (epoch, serial) of `candidate` is lexicographically greater.
bool is_newer(const Position& candidate, const Position& than) noexcept;

enum class FollowerState : std::uint8_t {
  kStarting,       // the local copy is being read
  kConnecting,     // Redis was asked for the first time
  kFullResync,     // a whole snapshot is being read
  kPartialResync,  // what is missing is being read from the stream
  kFollowing,      // what is served is what Redis holds
  kWaiting,        // last_error() says why; tried again at least every second
};
std::string_view name_of(FollowerState state) noexcept;  // starting, full_resync, …

// Outcomes of commands.
namespace follower_event {

struct Started {  // what the local copy held
  std::optional<Position> local;
};
struct Lost {  // Redis did not answer, or not with what Redis would
  Error error;
};
struct Refused {  // Redis answers, but what it holds is unusable
  Error error;
};
struct Elapsed {};  // a wait is over
struct Looked {
  std::optional<std::string> head;  // id of the newest manifest
  std::optional<Position> tip;      // newest batch or snapshot; not signed, so only a hint
};
struct ManifestRead {  // signature checked
  Position position;
  bool is_rollback = false;
};
struct SnapshotRead {};  // whole, verified, the one its manifest names
// One entry of the stream: the serial of its id, and either what the batch says of itself or why
// the entry is not a batch.
struct Batch {
  std::uint64_t entry = 0;
  std::uint64_t serial = 0;
  Sha256 previous{};
  Sha256 chain{};  // after it
  std::optional<Error> error;
};
struct BatchesRead {
  std::vector<Batch> batches;
};
struct Applied {  // the first `count` were applied; `error` says why the next was not
  std::size_t count = 0;
  std::optional<Error> error;
};
struct Activated {};

}  // namespace follower_event

using FollowerEvent =
    std::variant<follower_event::Started, follower_event::Lost, follower_event::Refused,
                 follower_event::Elapsed, follower_event::Looked, follower_event::ManifestRead,
                 follower_event::SnapshotRead, follower_event::BatchesRead, follower_event::Applied,
                 follower_event::Activated>;

struct FollowerCommand {
  enum class Kind : std::uint8_t {
    kLook,          // read head and tip
    kReadManifest,  // the manifest `head`
    kReadSnapshot,  // the one that the manifest just read describes; it becomes the candidate
    kReadBatches,   // after serial `after`; unless `wait` is zero, waits up to `wait` for one
    kApply,         // the first `count` batches just read, onto the candidate or what is served
    kActivate,      // serve the candidate from now on
    kWait,          // for `wait`
  };
  Kind kind = Kind::kWait;
  std::string head;
  std::uint64_t after = 0;
  std::size_t count = 0;
  bool is_on_candidate = false;
  std::chrono::milliseconds wait{0};
};

class Follower {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `seed` decides the jitter of waits, so that a fleet does not return all at once.
  explicit Follower(std::uint64_t seed) : seed_(seed) {}

  // Takes the outcome of the last command (Started first) and returns the next command. `now` never
  // goes back.
  FollowerCommand on(const FollowerEvent& event, Milliseconds now);

  FollowerState state() const noexcept { return state_; }
  // What is served; nullopt while nothing is, from Redis or from the local copy.
  const std::optional<Position>& held() const noexcept { return held_; }
  // Why it waits, or last waited: kept, for people to read, after it follows again.
  const std::optional<Error>& last_error() const noexcept { return last_error_; }
  // The id of the newest manifest, as of the last look. Not nullopt while following.
  const std::optional<std::string>& head() const noexcept { return looked_.head; }
  // How many batches Redis is ahead, as of the last look; nullopt when that is not known.
  std::optional<std::uint64_t> lag_batches() const noexcept;

 private:
  FollowerCommand take(const follower_event::Started& event);
  FollowerCommand take(const follower_event::Lost& event);
  FollowerCommand take(const follower_event::Refused& event);
  FollowerCommand take(const follower_event::Elapsed& event);
  FollowerCommand take(const follower_event::Looked& event);
  FollowerCommand take(const follower_event::ManifestRead& event);
  FollowerCommand take(const follower_event::SnapshotRead& event);
  FollowerCommand take(const follower_event::BatchesRead& event);
  FollowerCommand take(const follower_event::Applied& event);
  FollowerCommand take(const follower_event::Activated& event);

  // Why a run of batches ends early.
  struct Stop {
    Error error;
    bool is_fork = false;
  };

  // Batches that lead on, to be applied.
  struct Run {
    std::vector<Position> ends;  // of each
    std::optional<Stop> stop;    // why the batch after them does not
  };

  const Position& base() const { return candidate_ ? *candidate_ : *held_; }
  std::optional<Stop> check(const follower_event::Batch& batch, const Position& cursor) const;
  bool is_at_tip() const noexcept { return held_ && looked_.tip == held_; }
  FollowerCommand read_manifest() const;
  FollowerCommand follow();
  FollowerCommand look_or_read();
  FollowerCommand read_batches(Milliseconds wait) const;
  FollowerCommand stop(Stop reason);
  FollowerCommand fail(Error error);

  std::uint64_t seed_;
  Milliseconds now_{0};
  FollowerState state_ = FollowerState::kStarting;
  unsigned failures_ = 0;  // since it last followed
  std::optional<Error> last_error_;
  std::optional<Position> held_;

  follower_event::Looked looked_;  // the last look; empty after Lost
  Milliseconds looked_at_{0};

  // Live from one command to the next event only.
  Position manifest_;  // kReadSnapshot: of the manifest just read
  Run run_;            // kApply: what leads on of the batches just read

  // Live until fail() or Activated, over several commands.
  std::optional<Stop> stop_;  // the stream does not lead on from held_: it needs a snapshot
  std::optional<Position> candidate_;  // from SnapshotRead: the snapshot, with batches on top
  // The head and tip with which a candidate failed; not tried again until one of them changes.
  std::optional<std::pair<std::string, Position>> tried_;
};

}  // namespace beian::cache

// Every bound of the program, in one place: value, unit, why this number, what happens beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace beian::limits {

using namespace std::chrono_literals;

// --- filing numbers ---
inline constexpr std::size_t kNumberTextBytesMax = 512;     // one claimed number; beyond: malformed
inline constexpr std::uint32_t kServiceSerialMax = 99'999;  // seen: 2987; beyond: malformed

// --- one check request ---
inline constexpr std::size_t kTextFieldBytesMax = 4 * 1024;  // names, packages, …; beyond: 400
inline constexpr std::size_t kPublicKeyTextBytesMax = 16 * 1024;  // PEM of RSA 16384; beyond: 400
inline constexpr std::size_t kListItemsMax = 64;  // fingerprints, domains, ips, …; beyond: 400
inline constexpr std::size_t kJsonDepthMax = 16;  // deeper: 400

// --- HTTP (robustness: slow and oversized requests) ---
inline constexpr std::size_t kHeadBytesMax = 16 * 1024;   // request line and fields; beyond: 431
inline constexpr std::size_t kHeadFieldsMax = 64;         // beyond: 431
inline constexpr std::size_t kTargetBytesMax = 8 * 1024;  // beyond: 414
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;   // one check; beyond: 413
inline constexpr std::size_t kBatchBytesMax = 8 * 1024 * 1024;  // POST /v1/checks; beyond: 413
inline constexpr std::size_t kBatchItemsMax = 1'000;            // beyond: 413
inline constexpr std::size_t kStreamLineBytesMax = 64 * 1024;   // a line; beyond: problem line
inline constexpr std::size_t kStreamReadBytes = 64 * 1024;  // of a stream a turn: a few hundred rows
inline constexpr auto kStreamIdleDeadline = 30s;  // no byte of a stream, either way; beyond: closed
inline constexpr std::size_t kChunkLineBytesMax = 256;  // size, extensions of a chunk; beyond: 400
inline constexpr std::size_t kTrailerBytesMax = 4 * 1024;    // read and dropped; beyond: 431
inline constexpr auto kHeadDeadline = 5s;                    // all of the head; beyond: 408
inline constexpr auto kBodyDeadline = 10s;                   // all of a single body; beyond: 408
inline constexpr std::size_t kBodyBytesPerSecondMin = 1024;  // slower: 408
inline constexpr auto kIdleDeadline = 30s;   // between requests; beyond: closed in silence
inline constexpr auto kLingerDeadline = 2s;  // reading on after a refusal, so that it arrives
inline constexpr std::size_t kConnectionsPerAddressMax = 256;  // beyond: closed at once
inline constexpr auto kDrainDeadline = 10s;     // SIGTERM: answers in flight may take this long
inline constexpr auto kDrainIdleGrace = 500ms;  // a request already under way when draining began
inline constexpr auto kBodyRateGrace = 2s;      // before the rate of a body is looked at
inline constexpr auto kWriteDeadline = 30s;     // the peer takes one output buffer; beyond: closed
inline constexpr auto kTick = 250ms;            // resolution of every HTTP deadline and of Date
inline constexpr std::size_t kLingerBytesMax = 32 * 1024 * 1024;  // read and dropped; then closed
inline constexpr std::size_t kInputBytesInitial = 4 * 1024;       // per connection; grows, shrinks
inline constexpr std::size_t kBuffersKeptBytesMax = 32 * 1024;    // idle connections return more
inline constexpr std::size_t kOutputBytesHigh = 64 * 1024;  // answers sent before parsing goes on
inline constexpr std::size_t kBodyUnbounded = SIZE_MAX;    // answered as it comes in, never joined
inline constexpr std::size_t kBodyPaddingBytes = 64;        // readable behind a body, for simdjson
inline constexpr std::size_t kListenBacklog = 1024;  // the kernel cuts it to net.core.somaxconn
inline constexpr int kReadsPerTurnMax = 16;     // then a busy connection gives way to the others
inline constexpr int kStreamStepsPerTurnMax = 1;  // a stream gives way more often: ~0.3 ms a step
inline constexpr int kAcceptsPerTurnMax = 64;   // then new connections give way to the open ones
inline constexpr int kEventsPerRoundMax = 256;  // of the kernel's, at a time
inline constexpr std::size_t kConnectionsSparedMax = 256;  // closed ones kept for reuse, per worker

// --- answers ---
inline constexpr std::size_t kFilingsShownMax = 100;  // one look-up; `total` counts the rest

// --- registry files ---
inline constexpr std::size_t kFeedLineBytesMax = 1024 * 1024;  // one record; beyond: a bad line
inline constexpr std::size_t kFeedPlatformsMax = 1'000;  // of a service, in CSV rows; beyond: bad
inline constexpr std::size_t kSnapshotBlockBytes = 64 * 1024;  // one checksum each
inline constexpr std::size_t kRegistryTextBytesMax = 65'535;   // a stored text; beyond: no snapshot
inline constexpr std::size_t kPlatformDigestsMax = 4'095;  // per platform and list; beyond: same
inline constexpr unsigned kVerifyThreadsMax = 8;  // opening a snapshot; memory is the bound
inline constexpr std::size_t kKeyFileBytesMax = 64 * 1024;  // PEM of a key; beyond: bad input
inline constexpr std::size_t kConfigBytesMax = 4 * 1024 * 1024;

// --- workers ---
inline constexpr int kWorkersMax = 1024;  // beyond: a configuration error

// --- policy ---
inline constexpr std::size_t kPolicyDatesMax = 64;           // days of change; beyond: refused
inline constexpr std::size_t kPolicyExceptionsMax = 10'000;  // beyond: refused
inline constexpr std::size_t kPolicyProfilesMax = 64;        // beyond: refused

// --- freshness defaults, measured from the registry's as_of ---
inline constexpr auto kStaleAfter = 24h;    // REGISTRY_STALE, a note
inline constexpr auto kExpiredAfter = 72h;  // REGISTRY_EXPIRED: absence is no longer asserted

static_assert(kBodyBytesMax <= kBatchBytesMax);
static_assert(kTargetBytesMax < kHeadBytesMax, "a long target is 414 before the head is 431");
static_assert(kChunkLineBytesMax < kInputBytesInitial && kTrailerBytesMax < kHeadBytesMax);
static_assert(kPublicKeyTextBytesMax < kBodyBytesMax, "a key must fit a single check");

}  // namespace beian::limits

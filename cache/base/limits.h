// Every bound of the program in one place: value, unit, why this number, what happens beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace beian::limits {

using namespace std::chrono_literals;

// --- filing numbers ---
inline constexpr std::size_t kNumberTextBytesMax = 512;     // one claimed number; beyond: malformed
inline constexpr std::uint32_t kServiceSerialMax = 99'999;  // largest seen: 2987; beyond: malformed

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
// Read from a stream per turn: about eighty rows. With 64 KiB, single checks on the same worker
// wait twice as long.
inline constexpr std::size_t kStreamReadBytes = 16 * 1024;
inline constexpr auto kStreamIdleDeadline = 30s;           // no byte either way; beyond: closed
inline constexpr std::size_t kChunkLineBytesMax = 256;     // chunk size and extensions; beyond: 400
inline constexpr std::size_t kTrailerBytesMax = 4 * 1024;  // read and dropped; beyond: 431
inline constexpr auto kHeadDeadline = 5s;                  // all of the head; beyond: 408
inline constexpr auto kBodyDeadline = 10s;                 // all of a single body; beyond: 408
inline constexpr std::size_t kBodyBytesPerSecondMin = 1024;  // slower: 408
inline constexpr auto kIdleDeadline = 30s;   // between requests; beyond: closed silently
inline constexpr auto kLingerDeadline = 2s;  // reading on after a refusal, so it arrives
inline constexpr std::size_t kConnectionsPerAddressMax = 256;  // beyond: closed at once
inline constexpr auto kDrainDeadline = 10s;     // SIGTERM: answers in flight may take this long
inline constexpr auto kDrainIdleGrace = 500ms;  // for a request on its way when draining began
inline constexpr auto kBodyRateGrace = 2s;      // before the rate of a body is checked
inline constexpr auto kWriteDeadline = 30s;     // until the peer takes one buffer; beyond: closed
inline constexpr auto kTick = 250ms;            // resolution of every HTTP deadline and of Date
inline constexpr auto kPollPeriod = 1ms;        // between polls for the rest of a refused body
inline constexpr std::size_t kLingerBytesMax = 32 * 1024 * 1024;  // read and dropped; then closed
inline constexpr std::size_t kInputBytesInitial = 4 * 1024;       // per connection; grows, shrinks
inline constexpr std::size_t kBuffersKeptBytesMax = 32 * 1024;    // kept when idle; the rest freed
inline constexpr std::size_t kOutputBytesHigh = 64 * 1024;  // unsent output; beyond: parsing pauses
inline constexpr std::size_t kBodyUnbounded = SIZE_MAX;     // handled as it arrives, never joined
inline constexpr std::size_t kBodyPaddingBytes = 64;        // readable behind a body, for simdjson
inline constexpr std::size_t kListenBacklog = 1024;  // the kernel caps it at net.core.somaxconn
inline constexpr int kReadsPerTurnMax = 16;          // then a busy connection yields to the others
inline constexpr int kStreamStepsPerTurnMax = 1;     // a stream yields to checks after every read
inline constexpr int kAcceptsPerTurnMax = 64;        // then new connections yield to the open ones
inline constexpr int kEventsPerRoundMax = 256;       // taken from epoll at a time
inline constexpr std::size_t kConnectionsSparedMax = 256;  // closed ones kept for reuse, per worker

// --- answers ---
inline constexpr std::size_t kFilingsShownMax = 100;  // by one look-up; `total` counts the rest

// --- audits of catalogs ---
inline constexpr std::size_t kAuditChunkBytes = 256 * 1024;  // of the catalog, judged at a time
inline constexpr std::size_t kAuditHeadBytes = 64 * 1024;    // read ahead; hashed as its identity
inline constexpr std::size_t kAuditRowBytesMax = 64 * 1024;  // one row; beyond: a bad row
inline constexpr std::size_t kAuditBatchRows = 16;           // rows read before the first is judged
inline constexpr std::size_t kAuditThreadsMax = 256;         // beyond: a usage error
inline constexpr std::size_t kAuditColumnsMax = 1'000;       // of a CSV row; beyond: a bad row
inline constexpr std::size_t kAuditRowsListedMax = 5'000;    // per outcome; beyond: counted only
inline constexpr std::size_t kAuditAllowedListedMax = 500;   // the same for allow, as a sample
inline constexpr std::size_t kAuditTextBytesMax = 200;       // of a listed row's field; then cut
inline constexpr std::size_t kAuditPlatformsMax = 32;        // beyond: counted as `other`
inline constexpr std::size_t kAuditSubjectsMax = 4'096;      // beyond: counts become lower bounds
inline constexpr std::size_t kAuditWorstMax = 50;            // subjects that reports show
inline constexpr std::size_t kAuditFindingsMax = 8;          // of a listed row; beyond: dropped
// A checkpoint or JSON report to read: every list full of the longest texts, each byte escaped.
inline constexpr std::size_t kAuditStateBytesMax = 512 << 20;

// --- reports of audits ---
inline constexpr std::size_t kSarifResultsMax = 5'000;  // per run: what GitHub shows; then cut
inline constexpr std::size_t kHtmlRowsMax = 1'000;      // per outcome; beyond: counted only
inline constexpr std::size_t kTextRowsMax = 20;         // per table in text or Markdown

// --- registry files ---
inline constexpr std::size_t kFeedLineBytesMax = 1024 * 1024;  // one record; beyond: a bad line
inline constexpr std::size_t kFeedPlatformsMax = 1'000;  // one service, in CSV rows; beyond: bad
inline constexpr std::size_t kSnapshotBlockBytes = 64 * 1024;  // one checksum each
inline constexpr std::size_t kRegistryTextBytesMax = 65'535;   // one text; beyond: no snapshot
inline constexpr std::size_t kPlatformDigestsMax = 4'095;  // per platform and list; beyond: same
inline constexpr unsigned kVerifyThreadsMax = 8;  // to open a snapshot; bound by memory bandwidth
inline constexpr std::size_t kKeyFileBytesMax = 64 * 1024;  // a key as PEM; beyond: bad input
inline constexpr std::size_t kConfigBytesMax = 4 * 1024 * 1024;

// --- Redis ---
inline constexpr auto kRedisConnectDeadline = 2s;    // TCP, TLS and AUTH together; then unavailable
inline constexpr auto kRedisCommandDeadline = 5s;    // one call; beyond: the connection is closed
inline constexpr auto kRedisTransferDeadline = 60s;  // one group of chunks, even over a slow link
inline constexpr auto kRedisIdleDeadline = 60s;      // unused for longer: reconnected
inline constexpr auto kRedisBackoffMin = 50ms;       // before the first retry
inline constexpr auto kRedisBackoffMax = 1'000ms;    // required by: fresh within 2 s of healing
inline constexpr std::size_t kRedisBulkBytesMax = 8 * 1024 * 1024;    // one bulk string of a reply
inline constexpr std::size_t kRedisReplyBytesMax = 64 * 1024 * 1024;  // one reply; beyond: refused
inline constexpr std::size_t kRedisLineBytesMax = 64 * 1024;          // a status or error; same
inline constexpr std::size_t kRedisElementsMax = 64 * 1024;           // in one reply; beyond: same
inline constexpr std::size_t kRedisDepthMax = 7;                      // hiredis' own bound
inline constexpr std::size_t kRedisReadBytes = 256 * 1024;       // asked of the kernel at a time
inline constexpr std::size_t kRedisEndpointsMax = 32;            // in a URL; beyond: usage
inline constexpr std::size_t kRedisUrlBytesMax = 8 * 1024;       // beyond: usage
inline constexpr std::size_t kRedisPrefixBytesMax = 64;          // of key names; beyond: usage
inline constexpr std::size_t kRedisPasswordBytesMax = 4 * 1024;  // a password file; beyond: refused
inline constexpr std::uint32_t kRegistryChunkBytesMax = 4 * 1024 * 1024;  // in a manifest; refused
inline constexpr std::uint64_t kRegistryFileBytesMax = 64ULL * 1024 * 1024 * 1024;  // beyond: same
inline constexpr std::uint32_t kPublishChunkBytes = 1024 * 1024;  // each chunk of a snapshot file
inline constexpr std::size_t kPublishGroupChunks = 8;       // sent, read back, verified at a time
inline constexpr std::size_t kPublishBatchRecords = 1'000;  // of a feed, per delta batch
inline constexpr std::size_t kPublishBatchesAtOnce = 32;    // per transaction
inline constexpr std::size_t kPublishBatchTextBytes = 2 * 1024 * 1024;  // before compression
inline constexpr std::size_t kGenerationsKept = 3;                      // default of --keep
inline constexpr std::size_t kGenerationsKeptMax = 100;                 // beyond: usage
inline constexpr std::int64_t kFeedIdsKept = 100'000;  // the newest; an older feed is applied again
inline constexpr auto kPublisherLease = 5s;    // renewed while it works; a dead one's expires
inline constexpr auto kLeaseWaitStep = 250ms;  // between polls of another publisher's lease
inline constexpr std::uint32_t kPublishTriesMax = 6;          // per step, with back-off in between
inline constexpr std::int64_t kRedisDeadlineMsMax = 600'000;  // in a URL; beyond: usage
inline constexpr int kRedisRedirectsMax = 5;                  // MOVED and ASK, for one command
inline constexpr std::size_t kRedisNodesMax = 1'024;          // of a Cluster; beyond: refused

// --- following Redis ---
inline constexpr auto kFollowBlock = 500ms;  // one wait for a batch; a lost peer shows after it
inline constexpr auto kFollowLookInterval = 1'000ms;  // how often head and tip are polled
inline constexpr auto kFollowDeadline = 1s;  // for a reply, beyond any wait; then the peer is lost
inline constexpr std::size_t kBatchesAtOnce = 64;  // per reply; halved after a read that failed
inline constexpr std::size_t kChunksAtOnce = 4;    // of a download; each is held in memory twice
inline constexpr std::size_t kUnsavedBatchBytesMax = 64 * 1024 * 1024;  // while the disk is full
inline constexpr std::size_t kLastChangesMax = 10;                      // shown by /v1/registry

// --- delta batches and the registry they lead to ---
inline constexpr std::size_t kDeltaRecordsMax = 100'000;  // per batch: a day's; beyond: refused
inline constexpr std::size_t kDeltaTextBytesMax =
    64 * 1024 * 1024;                                 // uncompressed; beyond: refused
inline constexpr std::size_t kFeedIdBytesMax = 200;   // beyond: refused
inline constexpr std::size_t kRegistryLayersMax = 4;  // a snapshot and overlays
// Filings (or subjects, where there are more of them) in the newest overlay and in the next; the
// third takes the rest. Every delta rewrites the newest (1 ms), so it is small; the next is
// rewritten once in 256.
inline constexpr std::size_t kNewestOverlayMax = 256;
inline constexpr std::size_t kMiddleOverlayMax = 4'096;
inline constexpr std::size_t kManifestBytesMax = 16 * 1024 * 1024;  // kept with a local copy
inline constexpr double kShrinkMaxPercent = 5.0;  // default: a larger loss is not adopted unasked

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
static_assert(kRegistryChunkBytesMax + kRegistryChunkBytesMax / 64 <= kRedisBulkBytesMax,
              "a chunk that zstd could not make smaller must fit a reply");
static_assert(kRedisBulkBytesMax <= kRedisReplyBytesMax && kRedisBackoffMin < kRedisBackoffMax);
static_assert(kDeltaTextBytesMax >= kFeedLineBytesMax, "every record fits a batch");
static_assert(kNewestOverlayMax < kMiddleOverlayMax);
static_assert(kPublicKeyTextBytesMax < kBodyBytesMax, "a key must fit a single check");
static_assert(kAuditRowBytesMax == kBodyBytesMax, "a row is a check request");
static_assert(kAuditRowBytesMax < kAuditChunkBytes, "a chunk has a row, whatever comes");

}  // namespace beian::limits

// Registry entries as JSON. Appends; any thread.
#pragma once

#include <span>

#include "cache/base/json_writer.h"
#include "cache/base/pen.h"
#include "cache/redis/follower_status.h"
#include "cache/snapshot/generation.h"

namespace beian::wire {

// The canonical text of `number` as a JSON string; for subject numbers too.
void write_number(const FilingNumber& number, JsonWriter* json);
// The same without its quotes.
void write_number_text(const FilingNumber& number, Pen* pen);

// What a decision says about its filing: number, subject, kind, names, sponsor, status, dates.
void write_filing_summary(const cache::ServiceView& filing, JsonWriter* json);
// The same when the filing's number is printed already: `number` is its canonical text.
void write_filing_summary(const cache::ServiceView& filing, std::string_view number, Pen* pen);

// Everything that the registry holds: the summary, resources, platforms and approvals; and
// `query_url`, when given.
void write_filing(const cache::ServiceView& filing, JsonWriter* json,
                  std::string_view query_url = {});

// The subject and all services under its number, in serial order; and `query_url`, when given.
void write_subject(const cache::SubjectView& subject, const cache::Filings& services,
                   JsonWriter* json, std::string_view query_url = {});

// How a gate got what it serves.
struct RegistryNews {
  const cache::FollowerStatus* follower;  // null: nothing is followed
  std::span<const cache::RegistryChange> last_changes;
};

// What is served: serial, age, state, counts, source, signature; and, unless `news` is null, how
// the gate got it.
void write_registry(const cache::Generation& generation, Instant now, const RegistryNews* news,
                    JsonWriter* json);

}  // namespace beian::wire

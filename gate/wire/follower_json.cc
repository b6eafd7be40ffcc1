#include "gate/wire/follower_json.h"

#include "cache/base/bytes.h"

namespace beian::wire {
namespace {

void write_null(std::string_view name, JsonWriter* json) {
  json->key(name);
  json->null();
}

void write_time(std::string_view name, const std::optional<Instant>& time, JsonWriter* json) {
  time ? json->field(name, format_instant(*time)) : write_null(name, json);
}

void write_error(std::string_view name, const std::optional<Error>& error, JsonWriter* json) {
  error ? json->field(name, printable(error->message, 1'000)) : write_null(name, json);
}

}  // namespace

void write_follower(const cache::FollowerStatus& status, JsonWriter* json) {
  json->begin_object();
  json->word_field("state", name_of(status.state));
  json->field("since", format_instant(status.since));
  json->field("url", status.url);
  if (status.held) {
    json->unsigned_field("epoch", status.held->epoch);
    json->unsigned_field("serial", status.held->serial);
    json->word_field("chain", to_hex(status.held->chain));
  } else {
    for (const std::string_view name : {"epoch", "serial", "chain"}) write_null(name, json);
  }
  if (status.lag_batches)
    json->unsigned_field("lag_batches", *status.lag_batches);
  else
    write_null("lag_batches", json);
  write_time("last_contact", status.last_contact, json);
  write_error("last_error", status.last_error, json);
  write_time("last_error_at",
             status.last_error ? std::optional(status.last_error_at) : std::nullopt, json);
  write_error("local_copy_error", status.local_copy_error, json);
  json->end_object();
}

void write_last_changes(std::span<const cache::RegistryChange> newest_first, JsonWriter* json) {
  json->begin_array();
  for (const cache::RegistryChange& change : newest_first) {
    json->begin_object();
    json->word_field("kind", name_of(change.kind));
    change.epoch > 0 ? json->unsigned_field("epoch", change.epoch) : write_null("epoch", json);
    json->unsigned_field("serial", change.serial);
    json->unsigned_field("records", change.records);
    json->field("as_of", format_instant(change.as_of));
    json->field("at", format_instant(change.at));
    json->end_object();
  }
  json->end_array();
}

}  // namespace beian::wire

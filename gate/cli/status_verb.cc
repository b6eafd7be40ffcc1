#include "gate/cli/status_verb.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "cache/base/bytes.h"
#include "cache/base/json_writer.h"
#include "cache/redis/status.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/registry_source.h"

namespace beian::cli {
namespace {

using cache::GenerationStatus;
using cache::RegistryStatus;

void write_optional(std::string_view name, const std::optional<std::uint64_t>& value,
                    JsonWriter* json) {
  json->key(name);
  value ? json->unsigned_integer(*value) : json->null();
}

// Null for an empty one.
void write_text(std::string_view name, std::string_view text, JsonWriter* json) {
  json->key(name);
  text.empty() ? json->null() : json->string(text);
}

void write_generation(const GenerationStatus& generation, const RegistryStatus& status,
                      JsonWriter* json) {
  json->begin_object();
  json->field("id", generation.id);
  json->key("is_head");
  json->boolean(generation.id == status.head_id);
  if (generation.manifest) {
    const cache::Manifest& manifest = *generation.manifest;
    json->unsigned_field("epoch", manifest.epoch);
    json->unsigned_field("serial", manifest.serial);
    json->field("as_of", format_instant(manifest.as_of));
    json->field("published_at", format_instant(manifest.published_at));
    json->unsigned_field("subjects", manifest.subjects);
    json->unsigned_field("services", manifest.services);
    json->unsigned_field("file_bytes", manifest.file_bytes);
    json->unsigned_field("chunks", manifest.chunks.size());
    json->unsigned_field("chunks_missing", generation.chunks_missing);
    json->field("root_hash", to_hex(manifest.root_hash));
    write_optional("rollback_of", manifest.rollback_of, json);
    write_text("signer", generation.signer ? to_base64(*generation.signer) : "", json);
  }
  write_text("problem", generation.problem, json);
  json->end_object();
}

std::string as_json(const std::string& url, const RegistryStatus& status) {
  std::string out;
  JsonWriter json(&out);
  json.begin_object();
  json.field("url", url);
  json.key("tip");
  if (status.tip) {
    json.begin_object();
    json.unsigned_field("epoch", status.tip->epoch);
    json.unsigned_field("serial", status.tip->serial);
    json.field("chain", to_hex(status.tip->chain));
    json.end_object();
  } else {
    json.null();
  }
  json.key("generations");
  json.begin_array();
  for (const GenerationStatus& generation : status.generations)
    write_generation(generation, status, &json);
  json.end_array();
  json.key("deltas");
  json.begin_object();
  json.unsigned_field("batches", status.batches);
  write_optional("first_serial", status.first_batch, &json);
  write_optional("last_serial", status.last_batch, &json);
  json.unsigned_field("feeds", status.feeds);
  write_text("problem", status.batch_problem, &json);
  json.end_object();
  json.unsigned_field("pending_chunks", status.pending_chunks);
  write_text("publisher", status.publisher, &json);
  json.end_object();
  return out + "\n";
}

std::string line_of(const GenerationStatus& generation, const RegistryStatus& status) {
  std::string line = generation.id == status.head_id ? "* " : "  ";
  line += generation.id.substr(0, 12);
  if (generation.manifest) {
    const cache::Manifest& manifest = *generation.manifest;
    line += "  serial " + std::to_string(manifest.serial) + ", epoch " +
            std::to_string(manifest.epoch) + ", " + std::to_string(manifest.services) +
            " services, as of " + format_instant(manifest.as_of) + ", " +
            (generation.signer ? "signed" : "unsigned");
    if (manifest.rollback_of)
      line += ", takes back serial " + std::to_string(*manifest.rollback_of);
  }
  if (!generation.problem.empty()) line += "  ! " + printable(generation.problem);
  return line + "\n";
}

std::string status_text(const std::string& url, const RegistryStatus& status) {
  std::string out = url + ": ";
  out += status.tip ? "serial " + std::to_string(status.tip->serial) + ", epoch " +
                          std::to_string(status.tip->epoch) + "\n"
         : status.generations.empty() ? "nothing is published; begin with `registry publish`\n"
                                      : "no tip\n";
  for (const GenerationStatus& generation : status.generations) out += line_of(generation, status);
  out += std::to_string(status.batches) + " batches";
  if (status.first_batch && status.last_batch)
    out += ", serial " + std::to_string(*status.first_batch) + " to " +
           std::to_string(*status.last_batch);
  out += "; " + std::to_string(status.feeds) + " feeds known\n";
  if (!status.batch_problem.empty()) out += "! " + printable(status.batch_problem) + "\n";
  if (!status.publisher.empty()) out += "at work: " + printable(status.publisher) + "\n";
  return out;
}

}  // namespace

int show_status(const std::string& url, const std::vector<std::string>& trusted_keys,
                bool is_json) {
  auto redis = cache::parse_redis_url(url);
  if (!redis) return fail(redis.error());
  const auto trusted = load_keys(trusted_keys);
  if (!trusted) return fail(trusted.error());
  const cache::Trust trust{*trusted, /*allow_unsigned=*/trusted->empty()};
  const std::string shown = redis->describe();
  const cache::RedisKeys keys(redis->prefix);
  const auto client = cache::connect_redis(std::move(*redis));
  if (!client) return fail(client.error());
  const auto status = cache::read_status(client->get(), keys, trust);
  if (!status) return fail(status.error());
  print_out(is_json ? as_json(shown, *status) : status_text(shown, *status));
  const bool is_whole =
      status->tip && !status->generations.empty() && status->batch_problem.empty() &&
      std::ranges::all_of(status->generations,
                          [](const GenerationStatus& one) { return one.problem.empty(); });
  return is_whole ? 0 : kBadInput;
}

}  // namespace beian::cli

#include "gate/cli/status_verb.h"

#include <algorithm>

#include "cache/base/bytes.h"
#include "cache/base/json_writer.h"
#include "cache/redis/status.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"

namespace beian::cli {
namespace {

using cache::GenerationStatus;
using cache::RegistryStatus;

void write_generation(const GenerationStatus& generation, const RegistryStatus& status,
                      JsonWriter* json) {
  json->begin_object();
  json->field("id", generation.id);
  json->key("is_head");
  json->boolean(generation.id == status.head_id);
  if (generation.manifest) {
    const cache::Manifest& manifest = *generation.manifest;
    const auto number = [&](std::string_view name, std::uint64_t value) {
      json->key(name);
      json->unsigned_integer(value);
    };
    number("epoch", manifest.epoch);
    number("serial", manifest.serial);
    json->field("as_of", format_instant(manifest.as_of));
    json->field("published_at", format_instant(manifest.published_at));
    number("subjects", manifest.subjects);
    number("services", manifest.services);
    number("file_bytes", manifest.file_bytes);
    number("chunks", manifest.chunks.size());
    number("chunks_missing", generation.chunks_missing);
    json->field("root_hash", to_hex(manifest.root_hash));
    json->key("rollback_of");
    manifest.rollback_of ? json->unsigned_integer(*manifest.rollback_of) : json->null();
    json->key("signer");
    generation.signer ? json->string(to_base64(*generation.signer)) : json->null();
  }
  json->key("problem");
  generation.problem.empty() ? json->null() : json->string(generation.problem);
  json->end_object();
}

std::string as_json(const std::string& url, const RegistryStatus& status) {
  std::string out;
  JsonWriter json(&out);
  const auto optional_number = [&](std::string_view name, const auto& value) {
    json.key(name);
    value ? json.unsigned_integer(*value) : json.null();
  };
  json.begin_object();
  json.field("url", url);
  json.key("tip");
  if (status.tip) {
    json.begin_object();
    optional_number("epoch", &status.tip->epoch);
    optional_number("serial", &status.tip->serial);
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
  optional_number("batches", &status.batches);
  optional_number("first_serial", status.first_batch);
  optional_number("last_serial", status.last_batch);
  optional_number("feeds", &status.feeds);
  json.key("problem");
  status.batch_problem.empty() ? json.null() : json.string(status.batch_problem);
  json.end_object();
  optional_number("pending_chunks", &status.pending_chunks);
  json.key("publisher");
  status.publisher.empty() ? json.null() : json.string(status.publisher);
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

std::string as_text(const std::string& url, const RegistryStatus& status) {
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
  cache::Trust trust;
  for (const std::string& path : trusted_keys) {
    const auto key = cache::load_public_key(path);
    if (!key) return fail(key.error());
    trust.keys.push_back(*key);
  }
  trust.allow_unsigned = trust.keys.empty();
  const std::string shown = redis->describe();
  const cache::RedisKeys keys(redis->prefix);
  const auto client = cache::connect_redis(std::move(*redis));
  if (!client) return fail(client.error());
  const auto status = cache::read_status(client->get(), keys, trust);
  if (!status) return fail(status.error());
  print_out(is_json ? as_json(shown, *status) : as_text(shown, *status));
  const bool is_whole =
      status->tip && !status->generations.empty() && status->batch_problem.empty() &&
      std::ranges::all_of(status->generations,
                          [](const GenerationStatus& one) { return one.problem.empty(); });
  return is_whole ? 0 : kBadInput;
}

}  // namespace beian::cli

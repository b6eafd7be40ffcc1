#include "gate/cli/log_config.h"

#include <array>
#include <cstring>

#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/log_config_reader.h"

namespace beian::cli {
namespace {

constexpr std::string_view kPath = "log";
constexpr std::array<std::string_view, 13> kKeys = {
    "folder",    "durability", "on_full", "queue_kib",  "segment_mib",  "segment_hours", "compress",
    "keep_days", "keep_mib",   "privacy", "digest_key", "keep_request", "sign_key"};

class LogReader {
 public:
  LogReader(const toml::table& table, TomlReader* reader, LogConfig* config)
      : table_(table), reader_(*reader), config_(*config) {}

  void read() {
    reader_.check_keys(table_, kPath, kKeys);
    text("folder", &config_.folder);
    config_.durability =
        word("durability", "async", "before_answer", config_.durability == log::Durability::kAsync)
            ? log::Durability::kAsync
            : log::Durability::kBeforeAnswer;
    config_.on_full = word("on_full", "block", "shed", config_.on_full == log::OnFull::kBlock)
                          ? log::OnFull::kBlock
                          : log::OnFull::kShed;
    integer("queue_kib", log::kQueueBytesMin / 1024, log::kQueueBytesMax / 1024,
            &config_.queue_kib);
    integer("segment_mib", 1, log::kSegmentBytesMax >> 20, &config_.segment_mib);
    integer("segment_hours", 1, 24 * 366, &config_.segment_hours);
    boolean("compress", &config_.is_compressed);
    integer("keep_days", 0, 100 * 366, &config_.keep_days);
    integer("keep_mib", 0, std::int64_t{1} << 40, &config_.keep_mib);
    config_.is_private = !word("privacy", "plain", "digest", !config_.is_private);
    text("digest_key", &config_.digest_key_file);
    boolean("keep_request", &config_.is_request_kept);
    text("sign_key", &config_.sign_key_file);
    if (config_.is_private && config_.digest_key_file.empty())
      reader_.fail(*table_.get("privacy"), "log.privacy", "digest needs log.digest_key");
    if (config_.is_private && config_.is_request_kept)
      reader_.fail(*table_.get("keep_request"), "log.keep_request",
                   "would keep in plain what log.privacy = \"digest\" hides");
  }

 private:
  void text(std::string_view key, std::string* out) {
    if (const auto value = reader_.text(table_, kPath, key, false)) *out = *value;
  }
  void boolean(std::string_view key, bool* out) {
    if (const auto value = reader_.boolean(table_, kPath, key, false)) *out = *value;
  }
  void integer(std::string_view key, std::int64_t low, std::int64_t high, std::int64_t* out) {
    const auto value = reader_.integer(table_, kPath, key, false);
    if (!value) return;
    if (*value < low || *value > high)
      reader_.fail(*table_.get(key), join_key(kPath, key),
                   "must be " + std::to_string(low) + " to " + std::to_string(high) + ", not " +
                       std::to_string(*value));
    else
      *out = *value;
  }
  // True for `yes`, false for `no`.
  bool word(std::string_view key, std::string_view yes, std::string_view no, bool otherwise) {
    const auto value = reader_.text(table_, kPath, key, false);
    if (!value) return otherwise;
    if (*value != yes && *value != no)
      reader_.fail(*table_.get(key), join_key(kPath, key),
                   "must be \"" + std::string(yes) + "\" or \"" + std::string(no) + "\"");
    return *value == yes;
  }

  const toml::table& table_;
  TomlReader& reader_;
  LogConfig& config_;
};

}  // namespace

void read_log_config(const toml::table& table, TomlReader* reader, LogConfig* config) {
  LogReader(table, reader, config).read();
}

std::string print_log_config(const LogConfig& config) {
  std::string out = "[log]\n";
  const auto line = [&](std::string_view key, const std::string& value) {
    out.append(key).append(" = ").append(value).append("\n");
  };
  const auto quoted = [&](std::string_view key, std::string_view value) {
    line(key, quote_toml(value));
  };
  const auto number = [&](std::string_view key, std::int64_t value) {
    line(key, std::to_string(value));
  };
  const auto flag = [&](std::string_view key, bool value) { line(key, value ? "true" : "false"); };
  quoted("folder", config.folder);
  quoted("durability", config.durability == log::Durability::kAsync ? "async" : "before_answer");
  quoted("on_full", config.on_full == log::OnFull::kBlock ? "block" : "shed");
  number("queue_kib", config.queue_kib);
  number("segment_mib", config.segment_mib);
  number("segment_hours", config.segment_hours);
  flag("compress", config.is_compressed);
  number("keep_days", config.keep_days);
  number("keep_mib", config.keep_mib);
  quoted("privacy", config.is_private ? "digest" : "plain");
  quoted("digest_key", config.digest_key_file);
  flag("keep_request", config.is_request_kept);
  quoted("sign_key", config.sign_key_file);
  return out;
}

Result<log::LogOptions> log_options(const LogConfig& config) {
  log::LogOptions options;
  options.folder = config.folder;
  options.durability = config.durability;
  options.on_full = config.on_full;
  options.queue_bytes = static_cast<std::size_t>(config.queue_kib) * 1024;
  options.segment_bytes = static_cast<std::size_t>(config.segment_mib) << 20;
  options.segment_age = std::chrono::hours(config.segment_hours);
  options.is_compressed = config.is_compressed;
  options.keep = std::chrono::days(config.keep_days);
  options.keep_bytes = static_cast<std::uint64_t>(config.keep_mib) << 20;
  options.privacy.is_request_kept = config.is_request_kept;
  if (config.is_private) {
    const auto key = log::DigestKey::load(config.digest_key_file);
    if (!key) return key.error();
    options.privacy.key = *key;
  }
  if (!config.sign_key_file.empty()) {
    auto key = cache::SigningKey::load(config.sign_key_file);
    if (!key) return key.error();
    options.key = std::move(*key);
  }
  options.clock = &system_now;
  const auto seed = random_seed();
  static_assert(sizeof seed == sizeof options.origin);
  std::memcpy(options.origin.data(), seed.data(), sizeof seed);
  return options;
}

Result<std::unique_ptr<log::DecisionLog>> start_log(const LogConfig& config) {
  if (config.folder.empty()) return std::unique_ptr<log::DecisionLog>();
  auto options = log_options(config);
  if (!options) return options.error();
  auto disk = log::open_folder(config.folder, true);
  if (!disk) return disk.error();
  auto started = log::DecisionLog::start(std::move(*options), std::move(*disk));
  if (!started)
    return make_error(started.error().kind, config.folder + ": " + started.error().message);
  return started;
}

}  // namespace beian::cli

// The `[log]` table of the configuration; conf/gate.toml explains every key.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cache/base/result.h"
#include "gate/log/decision_log.h"

namespace beian::cli {

struct LogConfig {
  std::string folder;  // empty: no log
  log::Durability durability = log::Durability::kAsync;
  log::OnFull on_full = log::OnFull::kBlock;
  std::int64_t queue_kib = log::kQueueBytesDefault / 1024;
  std::int64_t segment_mib = log::kSegmentBytesDefault >> 20;
  std::int64_t segment_hours = std::chrono::hours(log::kSegmentAgeDefault).count();
  bool is_compressed = true;
  std::int64_t keep_days = 0;
  std::int64_t keep_mib = 0;
  bool is_private = false;
  std::string digest_key_file;
  bool is_request_kept = false;
  std::string sign_key_file;
};

// Starts the log that `config` asks for; null if it asks for none. Errors: those of the key files,
// kConflict (another gate uses the folder), those of DecisionLog::start().
[[nodiscard]] Result<std::unique_ptr<log::DecisionLog>> start_log(const LogConfig& config);

}  // namespace beian::cli

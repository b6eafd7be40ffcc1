// Reads a decision back from its record in the log, for showing, filtering and replaying.
//
// Does not check the chain; parse_record() and verify.h do, byte by byte. One reader per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "gate/log/entry.h"

namespace beian::log {

// Views into the reader. A text is empty where the member is null or absent.
struct DecisionRecord {
  std::string_view time;  // as written
  Instant second{};       // the same, to the second
  std::string_view decision_id;
  std::string_view caller;
  std::string_view peer;
  std::string_view trace_id;
  std::string_view request_id;
  std::string_view operation;
  std::string_view decision;
  std::string_view assurance;
  std::uint64_t serial = 0;
  std::vector<std::string_view> findings;
  std::string_view id;
  std::string_view filing_number;
  std::string_view platform;
  std::string_view package;
  std::string_view name;
  std::string_view request_digest;
  std::optional<RequestForm> request_form;  // nullopt: the request was not kept
  std::string_view request;
};

class DecisionReader {
 public:
  DecisionReader();
  ~DecisionReader();

  // Reads the line of a record of kind `decision`. The result is valid until the next call. Errors:
  // kDamaged when it is not one.
  [[nodiscard]] Result<const DecisionRecord*> read(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace beian::log

// A judge turns the rows of a chunk into results, one after another, in order.
//
// Local judges evaluate rows here; remote ones (remote_judge.h) ask a running gate; those of two
// registries (diff_judge.h) report only rows whose decision differs. Each thread has its own judge.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cache/base/calendar.h"
#include "cache/base/json_writer.h"
#include "cache/base/result.h"
#include "gate/audit/catalog_reader.h"
#include "gate/audit/row_reader.h"
#include "gate/audit/row_result.h"
#include "gate/decision/policy.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/guidance.h"
#include "gate/wire/messages.h"

namespace beian::audit {

class Judge {
 public:
  using Report = std::function<void(const RowResult&)>;

  virtual ~Judge() = default;

  // Calls `report` for each row of the chunk, or, if only changes are wanted, for those that
  // changed and for bad ones. Only a remote gate causes errors: kUnavailable, kBadInput (not an
  // answer of a gate), kConflict (its registry changed).
  [[nodiscard]] virtual Result<void> judge(const RowChunk& chunk, const Report& report) = 0;
};

// Creates the judge of one thread. `csv` is null for NDJSON, and outlives the judge.
using JudgeFactory = std::function<std::unique_ptr<Judge>(const CsvCatalog* csv)>;

// What all judges of an audit share. Immutable; outlives them.
struct LocalContext {
  std::shared_ptr<const cache::Generation> generation;
  const Policy& policy;
  const Calendar& calendar;
  const wire::Guidance& guidance;
  wire::Language language = wire::Language::kZh;
  Instant now{};
  bool is_detail_full = false;  // for rows that do not say
  // An earlier state of the registry: reports only rows whose answer differs from the one it gave,
  // and bad rows. Null: reports all rows.
  std::shared_ptr<const cache::Generation> since = nullptr;
};

JudgeFactory local_judges(const LocalContext& context);

// Begins the object of a row's line: {"id":…,"row":…
void begin_row(const RowResult& row, JsonWriter* json);

// The line of a bad row: {"id":…,"row":…,"problem":{…}}.
void append_bad_row(const RowResult& row, std::string* out);

}  // namespace beian::audit

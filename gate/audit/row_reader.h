// Reads one row of a catalog into a check request and validates it completely. Not thread-safe;
// what was read is valid until the next read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/audit/catalog_reader.h"
#include "gate/audit/csv_catalog.h"
#include "gate/audit/unknown_fields.h"
#include "gate/wire/request_json.h"

namespace beian::audit {

class RowReader {
 public:
  // `csv` is null for NDJSON; it outlives the reader.
  explicit RowReader(const CsvCatalog* csv) : csv_(csv) { unknown_.reserve(kUnknownFieldsMax); }

  // On false, problem() says why. REQUIRES: limits::kBodyPaddingBytes readable bytes after `text`.
  bool read(std::string_view text, RowFault fault);

  // Forgets a `min_serial` of the row that a registry of this serial satisfies.
  void satisfy_min_serial(std::uint64_t serial) noexcept {
    if (request_.min_serial.value_or(0) <= serial) request_.min_serial.reset();
  }

  const CheckRequest& request() const noexcept { return request_; }
  const wire::Problem& problem() const noexcept { return problem_; }
  // The row as JSON, whatever its format; valid after a read that returned true.
  std::string_view json() const noexcept { return json_; }
  // Members of an NDJSON row that no check request has: the first kUnknownFieldsMax.
  std::span<const wire::UnknownMember> unknown() const noexcept { return unknown_; }

 private:
  const CsvCatalog* csv_;
  wire::RequestReader reader_;
  CheckRequest request_;
  wire::Problem problem_;
  std::vector<wire::UnknownMember> unknown_;
  std::string_view json_;
  std::string csv_json_;
  std::vector<cache::CsvCell> cells_;
};

}  // namespace beian::audit

// What a catalog's rows have beside the fields of a check request: ignored, as the contract says,
// and told, since `pakage` is a package that nobody compared.
//
// Its size is bounded. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/wire/language.h"

namespace beian::audit {

inline constexpr std::size_t kUnknownFieldsMax = 64;      // names kept; beyond: not told
inline constexpr std::size_t kUnknownFieldsToldMax = 8;   // in one line; beyond: an ellipsis
inline constexpr std::size_t kUnknownNameBytesMax = 100;  // of a name; then cut

// The `object` of a column; no JSON Pointer.
inline constexpr std::string_view kCsvHeader = "header";

struct UnknownField {
  std::string object;      // whose member it is, as a JSON Pointer, or kCsvHeader
  std::string name;        // as the catalog has it
  std::uint64_t rows = 0;  // that have it

  friend bool operator==(const UnknownField&, const UnknownField&) = default;
};

class UnknownFields {
 public:
  void add(std::string_view object, std::string_view name, std::uint64_t rows);
  void merge(const UnknownFields& later);
  // In the order in which they came.
  const std::vector<UnknownField>& list() const noexcept { return fields_; }

  friend bool operator==(const UnknownFields&, const UnknownFields&) = default;

 private:
  std::vector<UnknownField> fields_;
};

// The fields for a line of talk or of a report: probable slips first, each with what was meant, as
// in `pakage (3 rows; app.package?), team (3 rows)`. Members of JSON that are near no field are the
// catalog's own business and not told: rows have them on purpose. Empty: nothing to tell.
std::string told_fields(const UnknownFields& unknown, wire::Language language);

}  // namespace beian::audit

// What a catalog's rows have besides the fields of a check request. It is ignored, as the contract
// says, but reported, since `pakage` is a package that nobody compared.
//
// Its size is bounded. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/wire/language.h"

namespace beian::audit {

inline constexpr std::size_t kUnknownFieldsMax = 64;      // names kept; beyond: not reported
inline constexpr std::size_t kUnknownFieldsToldMax = 8;   // in one line; beyond: an ellipsis
inline constexpr std::size_t kUnknownNameBytesMax = 100;  // of a name; longer: cut

// The `object` of a CSV column, in place of a JSON Pointer.
inline constexpr std::string_view kCsvHeader = "header";

struct UnknownField {
  std::string object;      // the object it is a member of, as a JSON Pointer, or kCsvHeader
  std::string name;        // as in the catalog
  std::uint64_t rows = 0;  // rows that have it

  friend bool operator==(const UnknownField&, const UnknownField&) = default;
};

class UnknownFields {
 public:
  void add(std::string_view object, std::string_view name, std::uint64_t rows);
  void merge(const UnknownFields& later);
  // In order of appearance.
  const std::vector<UnknownField>& list() const noexcept { return fields_; }

  friend bool operator==(const UnknownFields&, const UnknownFields&) = default;

 private:
  std::vector<UnknownField> fields_;
};

// The fields in one line, for a message or a report: probable slips first, each with what was
// probably meant, as in `pakage (3 rows; app.package?), team (3 rows)`. JSON members that resemble
// no field are left out: they are there on purpose. Empty: nothing to report.
std::string told_fields(const UnknownFields& unknown, wire::Language language);

}  // namespace beian::audit

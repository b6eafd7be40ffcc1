// Android's resource table (resources.arsc), as far as texts of the manifest need it: the values of
// a resource in every configuration, each with its locale.
//
// Opening walks the headers of chunks; a value costs a look at each type chunk of its type. So of a
// table of 50 MB a few hundred pages are touched. Chunks of unknown types are passed over, as by
// Android. Pure; any thread; dies with the bytes that it was opened on. Tests:
// tests/package/inspect_test.py, tests/fuzz/arsc_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/package/chunk.h"
#include "gate/package/oddity.h"
#include "gate/package/string_pool.h"

namespace beian::package {

// A value of a resource, in one configuration.
struct ConfiguredValue {
  std::string locale;         // as BCP 47 has it; empty: any
  bool is_plain = false;      // depends on nothing but the locale and the release
  std::uint16_t release = 0;  // of Android, that it is for at least
  ResourceValue value;
  const StringPool* strings = nullptr;  // that a string's index counts in; lives as the table does
};

class ResourceTable {
 public:
  // Errors: kBadInput where Android refuses the table.
  [[nodiscard]] static Result<ResourceTable> open(ByteView file, std::string_view where,
                                                  Oddities* oddities);

  // Adds the values of resource `id` to `*values`, in the table's order. A damaged entry, or one
  // that is a bag of values, adds none.
  void add_values(std::uint32_t id, std::vector<ConfiguredValue>* values) const;

  const StringPool& strings() const noexcept { return strings_; }
  std::size_t type_count() const noexcept { return types_.size(); }  // what a value costs

 private:
  struct TypeChunk {
    std::uint8_t package = 0;
    std::uint8_t type = 0;
    Chunk chunk;
  };

  Result<void> read_package(const Chunk& package, std::string_view where);

  StringPool strings_;
  std::vector<TypeChunk> types_;
};

// The locale of a ResTable_config: `zh-CN`, `zh-Hans-CN`, `fil`; empty: none.
std::string locale_of(ByteView config);

}  // namespace beian::package

// Android's resource table (resources.arsc), as far as the texts of the manifest need it: the
// values of a resource in every configuration, each with its locale.
//
// Opening walks the chunk headers; looking up a value examines each type chunk of its type. So only
// a few hundred pages of a 50 MB table are touched. Like Android, skips chunks of unknown types.
// Pure; any thread; valid as long as the bytes it was opened on. Tests:
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
  std::string locale;         // a BCP 47 tag; empty: any
  bool is_plain = false;      // depends only on the locale and the release
  std::uint16_t release = 0;  // the lowest Android release it is for
  ResourceValue value;
  const StringPool* strings = nullptr;  // that string indexes refer to; lives as the table does
};

class ResourceTable {
 public:
  // Errors: kBadInput where Android refuses the table.
  [[nodiscard]] static Result<ResourceTable> open(ByteView file, std::string_view where,
                                                  Oddities* oddities);

  // Appends the values of resource `id` to `*values`, in table order. A damaged entry adds none,
  // nor does one that is a bag of values.
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

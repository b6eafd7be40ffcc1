// The texts in a HAP's resources.index: what `$string:app_name` stands for in every language.
//
// Observed: OpenHarmony's resource manager (hap_parser_v1.cpp, res_desc.h). All integers are
// little-endian; offsets count from the start of the file.
//
//     version 128 | bytes 4 | keys 4
//     key:    "KEYS" | offset of its ids 4 | qualifiers 4 | (type 4 | value 4) each
//     ids:    "IDSS" | count 4 | (id 4 | offset of its record 4) each
//     record: bytes 4 | type 4 | id 4 | value | name       a text: bytes with its NUL 2 | bytes
//
// The newer layout with a single data block (restool 6 and later) is not supported: its texts stay
// unknown. Works on views of the bytes given; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/package.h"

namespace beian::package {

// What a reference names: a resource id where the compiler left one, otherwise a name.
struct HapReference {
  std::optional<std::uint32_t> id;
  std::string name;  // `app_name` of `$string:app_name`
};

// The texts of `wanted`, the one without a language first; references between texts are followed.
// If a language has several texts, the one with the fewest other qualifiers (device type, colour
// mode) wins. Empty if there is none or the index is malformed.
std::vector<Label> read_hap_texts(ByteView index, const HapReference& wanted);

}  // namespace beian::package

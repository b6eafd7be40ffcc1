// The texts of a HAP's resources.index: what `$string:app_name` stands for, in every language.
//
// Observed: OpenHarmony's resource manager (hap_parser_v1.cpp, res_desc.h); all integers are
// little-endian, offsets are from the begin of the file.
//
//     version 128 | bytes 4 | keys 4
//     key:    "KEYS" | offset of its ids 4 | qualifiers 4 | (type 4 | value 4) each
//     ids:    "IDSS" | count 4 | (id 4 | offset of its record 4) each
//     record: bytes 4 | type 4 | id 4 | value | name       a text: bytes with its NUL 2 | bytes
//
// The newer layout with one block of data (restool 6 and later) is not read: its texts stay
// unknown. Views of the bytes given; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/package.h"

namespace beian::package {

// What a reference names: by its number where the compiler has left one, else by its name.
struct HapReference {
  std::optional<std::uint32_t> id;
  std::string name;  // `app_name` of `$string:app_name`
};

// The texts of `wanted`, the one without a language first; references between texts are followed.
// Of several texts for one language, the one with fewest other qualifiers (a kind of device, a
// colour). Empty: there is none, or the index breaks its format.
std::vector<Label> read_hap_texts(ByteView index, const HapReference& wanted);

}  // namespace beian::package

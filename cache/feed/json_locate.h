// Finds places in a JSON text: the slow twin of simdjson, for messages.
//
// simdjson refuses a text without saying where, and its values do not know their place. So this
// hand-written walk serves rows that are refused anyway, and rows with \u escapes, in which
// simdjson 3.0 lets lone surrogates through. Pure; any thread; allocates only for lists of items.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace beian::cache {

struct JsonFault {
  std::size_t offset = 0;  // byte of the text
  std::string_view what;
};

// The first place where `text` stops being one JSON value (RFC 8259) in UTF-8, at most
// limits::kJsonDepthMax deep, without lone surrogates. nullopt when it is such a value.
std::optional<JsonFault> find_json_fault(std::string_view text) noexcept;

// Offset of the value at `pointer` (RFC 6901, names without ~ and /). When the last object of the
// path has several members of that name, `occurrence` selects one, from 1. nullopt when there is
// none.
// REQUIRES: `text` is valid.
std::optional<std::size_t> locate_json_value(std::string_view text, std::string_view pointer,
                                             int occurrence = 1) noexcept;

// Offsets of all items of the list at `pointer`, in one walk; empty when there is no list.
// REQUIRES: `text` is valid.
std::vector<std::size_t> locate_json_items(std::string_view text, std::string_view pointer);

}  // namespace beian::cache

// A batch that is no JSON as a whole, taken apart by its quotes and brackets alone: so that an item
// with a faulty number, or one that is nested too deeply, does not take the others with it, and can
// be named. Each is parsed by itself then.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gate/wire/json_parser.h"

namespace beian::wire {

// How much deeper than alone an item is nested in a batch: by the object and its array.
inline constexpr std::size_t kBatchDepth = 2;

struct BatchParts {
  std::vector<std::string_view> items;  // views of the batch; at least one
  std::string rest;                     // the batch, with `0` in place of each
};

// Splits `{…"key":[ITEM,…]…}`. False where that is not its shape, where brackets or quotes do not
// fit, or beyond limits::kBatchItemsMax items. Pure; linear.
bool split_batch(std::string_view json, std::string_view key, BatchParts* parts);

// Parses a batch. Where that fails, `items` are its items if it can be split and is JSON without
// them, and `root` is that; otherwise they are none. False after explaining.
bool parse_or_split(std::string_view json, std::string_view key, JsonParser* parser,
                    simdjson::dom::element* root, std::vector<std::string_view>* items,
                    Problem* problem);

}  // namespace beian::wire

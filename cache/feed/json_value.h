// Reads typed values from simdjson; faults know their path. Private to cache/feed.
//
// Every read_ function returns false and fills *fault when the value has the wrong type or text.
// null leaves the target as it is. A fault's pointer is built from the inside out: each level
// prepends its own step, so the good path pays nothing for it.
#pragma once

#include <simdjson.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cache/feed/joined.h"
#include "cache/feed/json_record.h"
#include "cache/filing/record.h"

namespace beian::cache {

using JsonValue = simdjson::dom::element;

// simdjson's DOM parser without the gaps of 3.0: it bounds the depth, refuses lone surrogates and
// knows where faults are.
class JsonDocumentParser {
 public:
  JsonDocumentParser();

  // Parses and validates all of `text`. The value is valid until the next call.
  // REQUIRES: simdjson::SIMDJSON_PADDING readable bytes behind `text`.
  bool parse(std::string_view text, JsonValue* value, RowFault* fault);

 private:
  simdjson::dom::parser parser_;
};

struct ValueFault {
  std::string pointer;
  std::string what;
  int occurrence = 1;  // 2: the fault is in the second member of that name

  bool fail(std::string_view why) {
    what = why;
    return false;
  }
  bool inside(std::string_view step) {
    pointer = joined({"/", step, pointer});
    return false;
  }
};

bool read_id_value(JsonValue value, std::uint64_t* out, ValueFault* fault);
bool read_bool_value(JsonValue value, std::optional<bool>* out, ValueFault* fault);

// Reads a text by one of the functions of fields.h; an empty text counts as null.
template <class T, class Out>
bool read_text_value(JsonValue value, Out* out, ValueFault* fault,
                     bool (*read)(std::string_view, T*, std::string*)) {
  if (value.is_null()) return true;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return fault->fail("expected a text");
  if (text.empty()) return true;
  if constexpr (std::is_same_v<T, Out>) {
    return read(text, out, &fault->what);
  } else {
    return read(text, &out->emplace(), &fault->what);
  }
}

// Reads a list, each item by `read_item(JsonValue, T*, ValueFault*)`.
template <class T, class ReadItem>
bool read_list_value(JsonValue value, Known<T>* out, ValueFault* fault, ReadItem read_item) {
  if (value.is_null()) return true;
  simdjson::dom::array items;
  if (value.get_array().get(items) != simdjson::SUCCESS) return fault->fail("expected a list");
  std::vector<T>& list = out->emplace();
  list.reserve(items.size());
  for (const JsonValue item : items)
    if (!read_item(item, &list.emplace_back(), fault))
      return fault->inside(std::to_string(list.size() - 1));
  return true;
}

// Reads a list of texts, each by one of the functions of fields.h; an empty text is a fault.
template <class T>
bool read_texts_value(JsonValue value, Known<T>* out, ValueFault* fault,
                      bool (*read)(std::string_view, T*, std::string*)) {
  return read_list_value(value, out, fault, [read](JsonValue item, T* one, ValueFault* inner) {
    std::string_view text;
    if (item.get_string().get(text) != simdjson::SUCCESS) return inner->fail("expected a text");
    return read(text, one, &inner->what);
  });
}

template <class Record>
struct JsonField {
  std::string_view name;
  bool (*read)(JsonValue value, Record* record, ValueFault* fault);
};

// Index of `key` among `fields`, or N. Rows usually name fields in the same order, so the search
// starts at `hint`, behind the last one found.
template <class Record, std::size_t N>
std::size_t find_field(const std::array<JsonField<Record>, N>& fields, std::string_view key,
                       std::size_t hint) {
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t index = hint + i < N ? hint + i : hint + i - N;
    if (fields[index].name == key) return index;
  }
  return N;
}

// Reads the members of `row` that `fields` name and ignores the others. A member given twice is a
// fault.
template <class Record, std::size_t N>
bool read_fields(simdjson::dom::object row, const std::array<JsonField<Record>, N>& fields,
                 Record* record, ValueFault* fault) {
  static_assert(N <= 32);
  std::uint32_t seen = 0;
  std::size_t hint = 0;
  for (const auto [key, value] : row) {
    const std::size_t index = find_field(fields, key, hint);
    if (index == N) continue;
    hint = index + 1 < N ? index + 1 : 0;
    if ((seen >> index & 1) != 0) {
      fault->occurrence = 2;
      fault->what = "given twice";
      return fault->inside(key);
    }
    seen |= 1U << index;
    if (!fields[index].read(value, record, fault)) return fault->inside(key);
  }
  return true;
}

}  // namespace beian::cache

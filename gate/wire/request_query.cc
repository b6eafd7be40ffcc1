#include "gate/wire/request_query.h"

#include <algorithm>
#include <utility>

#include "cache/base/bytes.h"
#include "gate/wire/fields.h"

namespace beian::wire {
namespace {

bool fail(std::string_view name, std::string detail, Problem* problem) {
  *problem = {400, "invalid-parameter", std::move(detail), pointer_step(name)};
  return false;
}

// Parameters that are not fields of the request but control the answer.
bool is_option(std::string_view name) noexcept {
  return name == "lang" || name == "strict";
}

// Whether `text` can be used undecoded: visible ASCII, nothing encoded.
bool is_plain(std::string_view text) noexcept {
  return std::ranges::all_of(text,
                             [](char c) { return c > 0x20 && c < 0x7F && c != '%' && c != '+'; });
}

// Whether a field other than displayed_number is given: blanks, and the commas of an empty list,
// give nothing.
bool says_something(std::string_view value) noexcept {
  return value.find_first_not_of(", \t") != std::string_view::npos;
}

// What is kept from one query to the next: a check needs about ten names and values, and few are
// longer. Memory beyond that is released, so that no caller makes a service hold more than 16 KiB.
constexpr std::size_t kTextsKept = 64;
constexpr std::size_t kTextBytesKept = 256;

}  // namespace

bool percent_decode(std::string_view text, bool is_query, std::string* out) {
  out->resize(text.size());
  char* end = out->data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && is_query) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return false;
    *end++ = c;
  }
  out->resize(static_cast<std::size_t>(end - out->data()));
  return is_utf8(*out);
}

std::optional<std::string_view> QueryParameters::decoded(std::string_view text) {
  if (is_plain(text)) return text;
  std::string& kept = take();
  if (!percent_decode(text, true, &kept)) return std::nullopt;
  return kept;
}

std::string& QueryParameters::take() {
  if (used_ == storage_.size()) storage_.emplace_back();
  std::string& text = storage_[used_++];
  text.clear();
  if (text.capacity() > kTextBytesKept) text.shrink_to_fit();
  return text;
}

bool QueryParameters::parse(std::string_view query, Problem* problem) {
  if (storage_.size() > kTextsKept) storage_.resize(kTextsKept);
  used_ = 0;
  parameters_.clear();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return fail(pair.substr(0, equals), "not percent-encoded UTF-8", problem);
    parameters_.push_back({*name, *value});
  }
  return true;
}

bool QueryParameters::get_once(std::string_view name, std::string_view* value,
                               Problem* problem) const {
  bool is_found = false;
  for (const Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    if (std::exchange(is_found, true)) return fail(name, "this parameter is given twice", problem);
    *value = parameter.value;
  }
  return true;
}

bool QueryParameters::get_flag(std::string_view name, bool* flag, Problem* problem) const {
  std::string_view value;
  if (!get_once(name, &value, problem)) return false;
  if (value.empty()) return true;
  *flag = value == "true" || value == "1";
  if (*flag || value == "false" || value == "0") return true;
  return fail(name, std::string(name) + " is true or false", problem);
}

bool QueryParameters::knows_all(std::initializer_list<std::string_view> names,
                                Problem* problem) const {
  for (const auto& [name, value] : parameters_)
    if (!is_option(name) && std::ranges::find(names, name) == names.end())
      return fail(name, "unknown parameter", problem);
  return true;
}

bool QueryParameters::has(Slot field) const noexcept {
  return std::ranges::any_of(parameters_, [&](const Parameter& parameter) {
    const FieldSpec* found = find_flat_field(parameter.name);
    return found != nullptr && found->slot == field && says_something(parameter.value);
  });
}

void QueryParameters::add(std::string_view name, std::string_view value) {
  const std::string& kept_name = take().assign(name);
  const std::string& kept_value = take().assign(value);
  parameters_.push_back({kept_name, kept_value});
}

void QueryParameters::fill(std::string_view name, std::string_view value) {
  const Slot slot = find_flat_field(name)->slot;
  std::erase_if(parameters_, [&](const Parameter& parameter) {
    const FieldSpec* const found = find_flat_field(parameter.name);
    return found != nullptr && found->slot == slot && !says_something(parameter.value);
  });
  add(name, value);
}

bool read_request(const QueryParameters& parameters, const ReadOptions& options,
                  CheckRequest* request, Problem* problem) {
  request->clear();
  std::uint32_t seen = 0;
  for (const auto& [name, value] : parameters.all()) {
    if (is_option(name)) continue;
    const FieldSpec* field = find_flat_field(name);
    if (field == nullptr) {
      if (options.is_strict) return fail(name, "unknown parameter", problem);
      continue;
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(field->slot);
    if ((seen & bit) != 0 && field->type != SlotType::kList)
      return fail(name, "this parameter is given twice", problem);
    seen |= bit;
    if (!set_from_text(*field, value, request, problem)) {
      problem->slug = "invalid-parameter";
      problem->pointer = pointer_step(name);
      return false;
    }
  }
  const bool is_operation_given = (seen & (1U << static_cast<unsigned>(Slot::kOperation))) != 0;
  return require_operation(is_operation_given, problem);
}

}  // namespace beian::wire

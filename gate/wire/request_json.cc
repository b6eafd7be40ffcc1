#include "gate/wire/request_json.h"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/base/spelling.h"
#include "gate/wire/batch_split.h"
#include "gate/wire/fields.h"
#include "gate/wire/json_parser.h"

namespace beian::wire {
namespace {

namespace dom = simdjson::dom;

// Keeps an integer id as its digits, which `request` then views.
void keep_id(std::int64_t number, std::array<char, 24>* digits, CheckRequest* request) {
  char* const begin = digits->data();
  const auto [end, error] = std::to_chars(begin, begin + digits->size(), number);
  request->id = {begin, static_cast<std::size_t>(end - begin)};
  request->is_id_number = true;
}

// Walks one request object and fills the request.
class Walker {
 public:
  Walker(const ReadOptions& options, std::array<char, 24>* id_digits, CheckRequest* request,
         Problem* problem)
      : options_(options), id_digits_(id_digits), request_(request), problem_(problem) {}

  bool walk(const dom::element& element) {
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS)
      return fail(
          "", "a check request is a JSON object, not " + std::string(type_name(element.type())));
    return walk_object(object, top_fields(), "") &&
           require_operation(is_operation_given_, problem_);
  }

 private:
  bool walk_object(const dom::object& object, const FieldTable& fields, std::string_view base) {
    for (const auto [key, value] : object) {
      const FieldSpec* field = fields.find(key);
      if (field == nullptr) {
        if (options_.is_strict) return fail_unknown(key, fields, base);
        if (options_.unknown != nullptr) tell_unknown(key, base);
        continue;
      }
      const std::uint32_t bit = 1U << static_cast<unsigned>(field->slot);
      if ((seen_ & bit) != 0) return fail(field->pointer, "this field is given twice");
      seen_ |= bit;
      if (!value.is_null() && !set(*field, value)) return false;
    }
    return true;
  }

  bool set(const FieldSpec& field, const dom::element& value) {
    switch (field.type) {
      case SlotType::kObject: {
        dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return fail_type(field, value);
        return walk_object(object, field.slot == Slot::kApp ? app_fields() : sponsor_fields(),
                           field.pointer);
      }
      case SlotType::kText: {
        std::string_view text;
        if (value.get(text) == simdjson::SUCCESS) {
          is_operation_given_ |= field.slot == Slot::kOperation;
          return set_text(field, text, request_, problem_);
        }
        if (field.slot == Slot::kId) return set_numeric_id(field, value);
        return fail_type(field, value);
      }
      case SlotType::kList:
        return set_list(field, value);
      case SlotType::kFlag: {
        bool flag = false;
        if (value.get(flag) != simdjson::SUCCESS) return fail_type(field, value);
        return set_flag(field, flag, request_);
      }
      case SlotType::kInteger: {
        std::int64_t number = 0;
        if (value.get(number) != simdjson::SUCCESS || number < 0) return fail_type(field, value);
        return set_integer(field, static_cast<std::uint64_t>(number), request_);
      }
    }
    return false;
  }

  // An id may be an integer; its digits are kept, so that it is echoed as it came.
  bool set_numeric_id(const FieldSpec& field, const dom::element& value) {
    std::int64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS) return fail(field.pointer, std::string(kWantedId));
    keep_id(number, id_digits_, request_);
    return true;
  }

  bool set_list(const FieldSpec& field, const dom::element& value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return add_item(field, text, request_, problem_);
    dom::array items;
    if (value.get(items) != simdjson::SUCCESS) return fail_type(field, value);
    std::size_t index = 0;
    for (const dom::element item : items) {
      if (item.get(text) != simdjson::SUCCESS)
        return fail(std::string(field.pointer) + "/" + std::to_string(index),
                    "must be a string, not " + std::string(type_name(item.type())));
      if (!add_item(field, text, request_, problem_)) {
        problem_->pointer += "/" + std::to_string(index);
        return false;
      }
      ++index;
    }
    return true;
  }

  [[gnu::noinline]] void tell_unknown(std::string_view key, std::string_view base) {
    if (options_.unknown->size() < options_.unknown->capacity())
      options_.unknown->push_back({base, key});
  }

  bool fail(std::string_view pointer, std::string detail) {
    *problem_ = {400, "invalid-field", std::move(detail), std::string(pointer)};
    return false;
  }

  bool fail_type(const FieldSpec& field, const dom::element& value) {
    return fail(field.pointer, type_fault(field.type, value.type()));
  }

  bool fail_unknown(std::string_view key, const FieldTable& fields, std::string_view base) {
    std::vector<std::string_view> known;
    for (const FieldSpec& field : fields) known.push_back(field.name);
    std::string detail = "unknown field";
    if (const auto nearest = nearest_word(key, known); !nearest.empty())
      detail += "; did you mean " + std::string(nearest) + "?";
    return fail(std::string(base) + pointer_step(key), std::move(detail));
  }

  ReadOptions options_;
  std::array<char, 24>* id_digits_;
  CheckRequest* request_;
  Problem* problem_;
  std::uint32_t seen_ = 0;  // one bit per Slot
  bool is_operation_given_ = false;
};

static_assert(static_cast<unsigned>(Slot::kSponsorCertificate) < 32, "seen_ has one bit a slot");

}  // namespace

struct RequestReader::State {
  JsonParser parser{limits::kJsonDepthMax};
  JsonParser batch_parser{limits::kJsonDepthMax + kBatchDepth};
  bool is_strict = false;
  dom::array items;
  std::size_t item_count = 0;
  std::size_t next_index = 0;
  dom::array::iterator next;
  std::vector<std::string_view> texts;  // of the items, if the batch as a whole is not JSON
  dom::element item;                    // the last one read
  std::array<char, 24> id_digits{};

  // Finds the array in a parsed batch. Returns false after explaining.
  bool find_items(const dom::element& root, Problem* problem) {
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) {
      *problem = {400, "invalid-field", "must be an object with the array checks", ""};
      return false;
    }
    bool is_found = false;
    for (const auto [key, value] : object) {
      if (key != "checks") {
        if (!is_strict) continue;
        *problem = {400, "invalid-field", "unknown field; a batch has only checks",
                    pointer_step(key)};
        return false;
      }
      if (is_found || value.get(items) != simdjson::SUCCESS) {
        *problem = {400, "invalid-field",
                    is_found ? "this field is given twice" : "must be an array", "/checks"};
        return false;
      }
      is_found = true;
    }
    if (is_found) return true;
    *problem = {400, "missing-field", "checks is required: an array of check requests", "/checks"};
    return false;
  }

  // Finds the id of a refused request: it may come after the faulty field, and says whose answer
  // this is.
  void find_id(const dom::element& refused, CheckRequest* request) {
    dom::element id;
    if (!request->id.empty() || !refused.is_object() || refused["id"].get(id) != simdjson::SUCCESS)
      return;
    std::string_view text;
    std::int64_t number = 0;
    if (id.get(text) == simdjson::SUCCESS && text.size() <= limits::kTextFieldBytesMax)
      request->id = text;
    else if (id.get(number) == simdjson::SUCCESS)
      keep_id(number, &id_digits, request);
  }

  // Takes the next item; returns false after explaining why it is not JSON.
  bool take_item(Problem* problem) {
    const std::size_t index = next_index++;
    if (!texts.empty()) return parser.parse(texts[index], &item, problem);
    item = *next;
    ++next;
    return true;
  }
};

RequestReader::RequestReader() : state_(std::make_unique<State>()) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;

bool RequestReader::read(std::string_view json, const ReadOptions& options, CheckRequest* request,
                         Problem* problem) {
  request->clear();
  dom::element root;
  if (!state_->parser.parse(json, &root, problem)) return false;
  if (Walker(options, &state_->id_digits, request, problem).walk(root)) return true;
  state_->find_id(root, request);
  return false;
}

bool RequestReader::parse_batch(std::string_view json, const ReadOptions& options,
                                Problem* problem) {
  state_->is_strict = options.is_strict;
  state_->item_count = state_->next_index = 0;
  dom::element root;
  if (!parse_or_split(json, "checks", &state_->batch_parser, &root, &state_->texts, problem) ||
      !state_->find_items(root, problem))
    return false;
  // size() saturates in simdjson; counting is exact.
  for (auto item = state_->items.begin(); item != state_->items.end(); ++item) ++state_->item_count;
  if (state_->item_count > limits::kBatchItemsMax) {
    *problem = {413, "too-many-checks",
                "at most " + std::to_string(limits::kBatchItemsMax) + " checks at once", "/checks"};
    return false;
  }
  state_->next = state_->items.begin();
  return true;
}

std::size_t RequestReader::item_count() const noexcept {
  return state_->item_count;
}

std::string RequestReader::item_text() const {
  return simdjson::minify(state_->item);
}

bool RequestReader::read_next(CheckRequest* request, Problem* problem) {
  BEIAN_ASSERT(state_->next_index < state_->item_count);
  request->clear();
  const std::string pointer = "/checks/" + std::to_string(state_->next_index);
  if (!state_->take_item(problem)) {
    problem->pointer = pointer;
    return false;
  }
  const dom::element& item = state_->item;
  Walker walker({state_->is_strict, nullptr}, &state_->id_digits, request, problem);
  if (walker.walk(item)) return true;
  problem->pointer.insert(0, pointer);
  state_->find_id(item, request);
  return false;
}

}  // namespace beian::wire

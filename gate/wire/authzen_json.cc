#include "gate/wire/authzen_json.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "gate/wire/batch_split.h"
#include "gate/wire/fields.h"
#include "gate/wire/json_parser.h"

namespace beian::wire {
namespace {

namespace dom = simdjson::dom;

// Bound on the members of one object and on the items of all lists; beyond it, 400. A default part
// of a batch is read again for each of a thousand evaluations, so its size must not multiply.
constexpr std::size_t kMembersMax = 256;
static_assert(kMembersMax >= 2 * limits::kListItemsMax, "full lists fit");

// A member that is present, and its JSON Pointer.
struct Member {
  dom::element value;
  std::string pointer;
};
using OptionalMember = std::optional<Member>;

struct ResourceType {
  std::string_view type;
  std::string_view parameter;  // the parameter that its id becomes
  std::string_view kind;       // empty: implies no kind
};
constexpr ResourceType kResourceTypes[] = {
    {"app", "package", "app"},
    {"mini_program", "package", "mini_program"},
    {"quick_app", "package", "quick_app"},
    {"domain", "domains", ""},
    {"ip", "ips", ""},
    {"filing_number", "filing_number", ""},
};

bool fail(std::string pointer, std::string detail, Problem* problem) {
  *problem = {400, "invalid-field", std::move(detail), std::move(pointer)};
  return false;
}

bool fail_size(const Member& member, Problem* problem) {
  return fail(member.pointer, "more than " + std::to_string(kMembersMax) + " members", problem);
}

// Picks the members of an object that `names` lists; null counts as absent. Ignores all others.
template <std::size_t N>
bool pick(const Member& from, const std::array<std::string_view, N>& names,
          std::array<OptionalMember, N>* found, Problem* problem) {
  dom::object object;
  if (from.value.get(object) != simdjson::SUCCESS)
    return fail(from.pointer, "must be an object", problem);
  std::array<bool, N> seen{};
  std::size_t count = 0;
  for (const auto [key, value] : object) {
    if (++count > kMembersMax) return fail_size(from, problem);
    const auto at =
        static_cast<std::size_t>(std::ranges::find(names, std::string_view(key)) - names.begin());
    if (at == N) continue;
    std::string pointer = from.pointer + pointer_step(names[at]);
    if (std::exchange(seen[at], true))
      return fail(std::move(pointer), "this field is given twice", problem);
    if (!value.is_null()) (*found)[at] = Member{value, std::move(pointer)};
  }
  return true;
}

// The text of a required member. `owner` is the object that lacks it if it is missing.
bool need_text(const OptionalMember& member, const Member& owner, std::string_view name,
               std::string_view* text, Problem* problem) {
  if (!member) return fail(owner.pointer + pointer_step(name), "is required: a string", problem);
  if (member->value.get(*text) != simdjson::SUCCESS)
    return fail(member->pointer, "must be a string", problem);
  return true;
}

// The four parts of one evaluation.
constexpr std::array<std::string_view, 4> kParts = {"subject", "action", "resource", "context"};
using Parts = std::array<OptionalMember, kParts.size()>;

// Turns the parts of one evaluation into parameters, and remembers where each came from.
class Mapper {
 public:
  Mapper(bool is_strict, Problem* problem) : is_strict_(is_strict), problem_(problem) {}

  // `owner` is the evaluation, at which missing parts are reported.
  bool map(const Parts& parts, const Member& owner) {
    for (std::size_t i = 0; i < 3; ++i)
      if (!parts[i])
        return fail(owner.pointer + pointer_step(kParts[i]), "is required: an object", problem_);
    return map_subject(*parts[0]) && map_action(*parts[1]) && map_resource(*parts[2]) &&
           (!parts[3] || map_context(*parts[3]));
  }

  QueryParameters take_parameters() { return std::move(parameters_); }
  std::vector<std::string> take_pointers() { return std::move(pointers_); }
  bool is_id_number() const noexcept { return is_id_number_; }

 private:
  bool map_subject(const Member& subject) {
    std::array<OptionalMember, 2> found;
    std::string_view text;
    return pick<2>(subject, {"type", "id"}, &found, problem_) &&
           need_text(found[0], subject, "type", &text, problem_) &&
           need_text(found[1], subject, "id", &text, problem_);
  }

  bool map_action(const Member& action) {
    std::array<OptionalMember, 1> found;
    std::string_view name;
    return pick<1>(action, {"name"}, &found, problem_) &&
           need_text(found[0], action, "name", &name, problem_) &&
           add("operation", name, found[0]->pointer);
  }

  bool map_resource(const Member& resource) {
    std::array<OptionalMember, 3> found;
    std::string_view type;
    std::string_view id;
    if (!pick<3>(resource, {"type", "id", "properties"}, &found, problem_) ||
        !need_text(found[0], resource, "type", &type, problem_) ||
        !need_text(found[1], resource, "id", &id, problem_))
      return false;
    const auto* const known = std::ranges::find(kResourceTypes, type, &ResourceType::type);
    if (known == std::end(kResourceTypes))
      return fail(found[0]->pointer,
                  "must be app, mini_program, quick_app, domain, ip or filing_number", problem_);
    return (known->kind.empty() || add("kind", known->kind, found[0]->pointer)) &&
           add(known->parameter, id, found[1]->pointer) &&
           (!found[2] || map_properties(*found[2], ""));
  }

  // `prefix` is put before the names, such as `sponsor.`.
  bool map_properties(const Member& properties, std::string_view prefix) {
    dom::object object;
    if (properties.value.get(object) != simdjson::SUCCESS)
      return fail(properties.pointer, "must be an object", problem_);
    std::size_t count = 0;
    for (const auto [key, value] : object) {
      if (++count > kMembersMax) return fail_size(properties, problem_);
      const Member member{value, properties.pointer + pointer_step(key)};
      if (value.is_null()) continue;
      if (prefix.empty() && key == "sponsor" && value.is_object()) {
        if (!map_properties(member, "sponsor.")) return false;
        continue;
      }
      const std::string name = std::string(prefix) + std::string(key);
      if (find_flat_field(name) == nullptr) {
        if (is_strict_) return fail(member.pointer, "unknown field", problem_);
        continue;
      }
      if (!add_value(name, member)) return false;
    }
    return true;
  }

  bool map_context(const Member& context) {
    constexpr std::array<std::string_view, 5> kNames = {"id", "provider", "as_of", "min_serial",
                                                        "detail"};
    std::array<OptionalMember, kNames.size()> found;
    if (!pick(context, kNames, &found, problem_)) return false;
    for (std::size_t i = 0; i < kNames.size(); ++i)
      if (found[i] && !add_value(kNames[i], *found[i])) return false;
    return true;
  }

  // Accepts exactly the types that POST /v1/check accepts for the field.
  bool add_value(std::string_view name, const Member& member) {
    const FieldSpec& field = *find_flat_field(name);
    std::string_view text;
    std::int64_t number = 0;
    bool flag = false;
    const bool is_text = member.value.get(text) == simdjson::SUCCESS;
    const bool is_number = member.value.get(number) == simdjson::SUCCESS;
    if (field.type == SlotType::kList && member.value.is_array()) return add_items(name, member);
    if (is_text && (field.type == SlotType::kText || field.type == SlotType::kList))
      return add(name, text, member.pointer);
    if (field.type == SlotType::kFlag && member.value.get(flag) == simdjson::SUCCESS)
      return add(name, flag ? "true" : "false", member.pointer);
    if (is_number &&
        (field.slot == Slot::kId || (field.type == SlotType::kInteger && number >= 0))) {
      is_id_number_ |= field.slot == Slot::kId;
      return add(name, std::to_string(number), member.pointer);
    }
    if (field.slot == Slot::kId) return fail(member.pointer, std::string(kWantedId), problem_);
    return fail(member.pointer, type_fault(field.type, member.value.type()), problem_);
  }

  // REQUIRES: an array.
  bool add_items(std::string_view name, const Member& member) {
    dom::array items;
    if (member.value.get(items) != simdjson::SUCCESS) return false;
    std::size_t index = 0;
    for (const dom::element item : items) {
      std::string pointer = member.pointer + "/" + std::to_string(index++);
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS)
        return fail(std::move(pointer), type_fault(SlotType::kText, item.type()), problem_);
      if (!add(name, text, std::move(pointer))) return false;
    }
    return true;
  }

  bool add(std::string_view name, std::string_view value, std::string pointer) {
    if (value.find('\0') != std::string_view::npos)
      return fail(std::move(pointer), "must not hold U+0000", problem_);
    // Checked before the copy; each field has its own bound as well.
    if (value.size() > limits::kPublicKeyTextBytesMax)
      return fail(std::move(pointer), "too long", problem_);
    if (pointers_.size() >= kMembersMax) return fail(std::move(pointer), "too many", problem_);
    parameters_.add(name, value);
    pointers_.push_back(std::move(pointer));
    return true;
  }

  const bool is_strict_;
  Problem* const problem_;
  QueryParameters parameters_;
  std::vector<std::string> pointers_;  // of each parameter
  bool is_id_number_ = false;
};

std::optional<Semantic> parse_semantic(std::string_view text) noexcept {
  if (text == "execute_all") return Semantic::kExecuteAll;
  if (text == "deny_on_first_deny") return Semantic::kDenyOnFirstDeny;
  if (text == "permit_on_first_permit") return Semantic::kPermitOnFirstPermit;
  return std::nullopt;
}

}  // namespace

struct AuthzenReader::State {
  JsonParser parser{limits::kJsonDepthMax};
  JsonParser batch_parser{limits::kJsonDepthMax + kBatchDepth};
  bool is_strict = false;
  bool has_evaluations = false;
  Semantic semantic = Semantic::kExecuteAll;
  Member root;
  Parts defaults;
  std::vector<dom::element> items;
  std::vector<std::string_view> texts;  // of the items, if the batch as a whole is not JSON
  std::size_t next = 0;
  QueryParameters parameters;
  std::vector<std::string> pointers;

  // Forgets what was read before, which pointed into the parsers.
  void begin(bool strict) {
    is_strict = strict;
    has_evaluations = false;
    semantic = Semantic::kExecuteAll;
    defaults = {};
    items.clear();
    texts.clear();
    next = 0;
    root.pointer.clear();
  }

  bool read(const Parts& parts, const Member& owner, CheckRequest* request, Problem* problem) {
    request->clear();
    Mapper mapper(is_strict, problem);
    if (!mapper.map(parts, owner)) return false;
    parameters = mapper.take_parameters();
    pointers = mapper.take_pointers();
    if (read_request(parameters, {is_strict}, request, problem)) {
      request->is_id_number = mapper.is_id_number();
      return true;
    }
    // `/package` of the parameters has another place in the body.
    problem->slug = "invalid-field";
    problem->pointer = pointer_of(std::string_view(problem->pointer).substr(1));
    return false;
  }

  // When several parameters share the name, the last one: it is the one too many.
  std::string pointer_of(std::string_view name) const {
    std::string found;
    for (std::size_t i = 0; i < pointers.size(); ++i)
      if (parameters.all()[i].name == name) found = pointers[i];
    return found;
  }

  bool read_options(const Member& options, Problem* problem) {
    std::array<OptionalMember, 1> found;
    if (!pick<1>(options, {"evaluations_semantic"}, &found, problem)) return false;
    if (!found[0]) return true;
    std::string_view text;
    const auto parsed =
        found[0]->value.get(text) == simdjson::SUCCESS ? parse_semantic(text) : std::nullopt;
    if (!parsed)
      return fail(found[0]->pointer,
                  "must be execute_all, deny_on_first_deny or permit_on_first_permit", problem);
    semantic = *parsed;
    return true;
  }

  bool list_items(const Member& evaluations, Problem* problem) {
    dom::array array;
    if (evaluations.value.get(array) != simdjson::SUCCESS)
      return fail(evaluations.pointer, "must be an array", problem);
    for (const dom::element item : array) {
      items.push_back(item);
      if (items.size() > limits::kBatchItemsMax) break;
    }
    has_evaluations = !items.empty();
    if (items.size() <= limits::kBatchItemsMax) return true;
    *problem = {413, "too-many-checks",
                "at most " + std::to_string(limits::kBatchItemsMax) + " evaluations at once",
                evaluations.pointer};
    return false;
  }
};

AuthzenReader::AuthzenReader() : state_(std::make_unique<State>()) {}
AuthzenReader::~AuthzenReader() = default;
AuthzenReader::AuthzenReader(AuthzenReader&&) noexcept = default;

bool AuthzenReader::read(std::string_view json, const ReadOptions& options, CheckRequest* request,
                         Problem* problem) {
  request->clear();
  Parts parts;
  state_->begin(options.is_strict);
  return state_->parser.parse(json, &state_->root.value, problem) &&
         pick(state_->root, kParts, &parts, problem) &&
         state_->read(parts, state_->root, request, problem);
}

bool AuthzenReader::parse_batch(std::string_view json, const ReadOptions& options,
                                Problem* problem) {
  state_->begin(options.is_strict);
  if (!parse_or_split(json, "evaluations", &state_->batch_parser, &state_->root.value,
                      &state_->texts, problem))
    return false;
  std::array<OptionalMember, 2> found;
  return pick(state_->root, kParts, &state_->defaults, problem) &&
         pick<2>(state_->root, {"evaluations", "options"}, &found, problem) &&
         (!found[0] || state_->list_items(*found[0], problem)) &&
         (!found[1] || state_->read_options(*found[1], problem));
}

bool AuthzenReader::has_evaluations() const noexcept {
  return state_->has_evaluations;
}

std::size_t AuthzenReader::item_count() const noexcept {
  return state_->has_evaluations ? state_->items.size() : 1;
}

Semantic AuthzenReader::semantic() const noexcept {
  return state_->semantic;
}

bool AuthzenReader::read_next(CheckRequest* request, Problem* problem) {
  State& state = *state_;
  BEIAN_ASSERT(state.next < item_count());
  const std::size_t index = state.next++;
  if (!state.has_evaluations) return state.read(state.defaults, state.root, request, problem);
  request->clear();
  Member item{state.items[index], "/evaluations/" + std::to_string(index)};
  if (!state.texts.empty() && !state.parser.parse(state.texts[index], &item.value, problem)) {
    problem->pointer = item.pointer;
    return false;
  }
  Parts parts;
  if (!pick(item, kParts, &parts, problem)) return false;
  for (std::size_t i = 0; i < kParts.size(); ++i)
    if (!parts[i]) parts[i] = state.defaults[i];
  return state.read(parts, item, request, problem);
}

const QueryParameters& AuthzenReader::parameters() const noexcept {
  return state_->parameters;
}

std::string AuthzenReader::pointer_of(std::string_view name) const {
  return state_->pointer_of(name);
}

}  // namespace beian::wire

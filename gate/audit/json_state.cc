#include "gate/audit/json_state.h"

#include <simdjson.h>

#include "cache/base/time.h"

namespace beian::audit {
namespace {

namespace dom = simdjson::dom;

}  // namespace

struct StateObject::Node {
  dom::object object;
};

struct StateDocument::Parser {
  dom::parser parser;
};

Error StateFault::error(std::string_view name) const {
  return make_error(ErrorKind::kBadInput,
                    std::string(name) + " is not what it should be: " + what_);
}

std::string_view StateObject::text(std::string_view name) const {
  std::string_view value;
  if (node_ && node_->object[name].get(value) != simdjson::SUCCESS)
    fault_->set("no text `" + std::string(name) + "`");
  return value;
}

std::string_view StateObject::text_or(std::string_view name, std::string_view otherwise) const {
  std::string_view value;
  return node_ && node_->object[name].get(value) == simdjson::SUCCESS ? value : otherwise;
}

std::string_view StateObject::time(std::string_view name) const {
  const std::string_view value = text(name);
  if (!value.empty() && !parse_instant(value))
    fault_->set("`" + std::string(name) + "` is no time");
  return value;
}

std::uint64_t StateObject::number(std::string_view name) const {
  std::uint64_t value = 0;
  if (node_ && node_->object[name].get(value) != simdjson::SUCCESS)
    fault_->set("no number `" + std::string(name) + "`");
  return value;
}

std::uint64_t StateObject::number_or(std::string_view name, std::uint64_t otherwise) const {
  std::uint64_t value = 0;
  return node_ && node_->object[name].get(value) == simdjson::SUCCESS ? value : otherwise;
}

bool StateObject::has(std::string_view name) const {
  dom::element value;
  return node_ && node_->object[name].get(value) == simdjson::SUCCESS;
}

StateObject StateObject::object(std::string_view name) const {
  StateObject found = object_or_none(name);
  if (node_ && !found.node_) fault_->set("no object `" + std::string(name) + "`");
  return found;
}

StateObject StateObject::object_or_none(std::string_view name) const {
  dom::object value;
  if (node_ && node_->object[name].get(value) == simdjson::SUCCESS)
    return {std::make_shared<Node>(Node{value}), fault_};
  return {nullptr, fault_};
}

void StateObject::for_each(std::string_view name,
                           const std::function<void(const StateObject&)>& visit) const {
  dom::array items;
  if (!node_) return;
  if (node_->object[name].get(items) != simdjson::SUCCESS)
    return fault_->set("no list `" + std::string(name) + "`");
  for (const dom::element item : items) {
    dom::object value;
    if (item.get(value) != simdjson::SUCCESS)
      return fault_->set("`" + std::string(name) + "` holds something else than objects");
    visit({std::make_shared<Node>(Node{value}), fault_});
  }
}

void StateObject::for_each_member(
    const std::function<void(std::string_view, const StateObject&)>& visit) const {
  if (!node_) return;
  for (const auto [key, item] : node_->object) {
    dom::object value;
    if (item.get(value) != simdjson::SUCCESS)
      return fault_->set("`" + std::string(key) + "` is no object");
    visit(key, {std::make_shared<Node>(Node{value}), fault_});
  }
}

StateDocument::StateDocument() : parser_(std::make_unique<Parser>()) {}
StateDocument::~StateDocument() = default;

std::optional<StateObject> StateDocument::parse(std::string_view json, StateFault* fault) {
  dom::object root;
  const auto error = parser_->parser.parse(json.data(), json.size()).get(root);
  if (error != simdjson::SUCCESS) {
    fault->set(simdjson::error_message(error));
    return std::nullopt;
  }
  return StateObject(std::make_shared<StateObject::Node>(StateObject::Node{root}), fault);
}

}  // namespace beian::audit

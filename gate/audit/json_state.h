// Reads back our own state from JSON: typed members, and a single fault for a whole document.
//
// A member that is missing or of the wrong type sets the fault and reads as an empty value. So
// readers are plain lists of members and check the fault once, at the end. Not thread-safe; views
// are valid as long as the document.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::audit {

class StateFault {
 public:
  void set(std::string what) {
    if (what_.empty()) what_ = std::move(what);  // the first one counts
  }
  bool is_set() const noexcept { return !what_.empty(); }
  // kBadInput: `name` is not what it should be.
  Error error(std::string_view name) const;

 private:
  std::string what_;
};

class StateObject {
 public:
  std::string_view text(std::string_view name) const;
  std::string_view text_or(std::string_view name, std::string_view otherwise) const;
  // A text that is an RFC 3339 time, or empty.
  std::string_view time(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;
  std::uint64_t number_or(std::string_view name, std::uint64_t otherwise) const;
  bool has(std::string_view name) const;
  StateObject object(std::string_view name) const;
  // The same, but if there is no such object, it is one without members rather than a fault.
  StateObject object_or_none(std::string_view name) const;
  // Visits the items of an array of objects.
  void for_each(std::string_view name, const std::function<void(const StateObject&)>& visit) const;
  // Visits the members that are objects.
  void for_each_member(
      const std::function<void(std::string_view, const StateObject&)>& visit) const;

 private:
  friend class StateDocument;
  struct Node;
  StateObject(std::shared_ptr<const Node> node, StateFault* fault)
      : node_(std::move(node)), fault_(fault) {}

  std::shared_ptr<const Node> node_;  // null: it was missing
  StateFault* fault_;
};

class StateDocument {
 public:
  StateDocument();
  ~StateDocument();

  // nullopt, with the fault set, if `json` is not a JSON object.
  std::optional<StateObject> parse(std::string_view json, StateFault* fault);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace beian::audit

#include "gate/cli/record_diff.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/base/json_writer.h"
#include "cache/feed/render.h"
#include "cache/snapshot/record_of.h"
#include "gate/cli/console.h"
#include "gate/wire/filing_json.h"

namespace beian::cli {
namespace {

using cache::ServiceView;
using cache::Snapshot;
using cache::SubjectView;

std::uint64_t count_of(const Snapshot& registry, const ServiceView*) {
  return registry.info().services;
}
std::uint64_t count_of(const Snapshot& registry, const SubjectView*) {
  return registry.info().subjects;
}
ServiceView row_of(const Snapshot& registry, std::uint32_t row, const ServiceView*) {
  return registry.service(row);
}
SubjectView row_of(const Snapshot& registry, std::uint32_t row, const SubjectView*) {
  return registry.subject(row);
}
void write(const ServiceView& filing, JsonWriter* json) {
  wire::write_filing(filing, json);
}
void write(const SubjectView& subject, JsonWriter* json) {
  wire::write_subject(subject, {}, json);
}

// Everything the registry holds of a record, in the form of its feed. This is more than answers
// show, such as a person's certificate number. `{}` for a subject that only its services' numbers
// imply.
std::string record_text(const ServiceView& filing) {
  return cache::to_ndjson(cache::record_of(filing));
}
std::string record_text(const SubjectView& subject) {
  return subject.is_recorded() ? cache::to_ndjson(cache::record_of(subject)) : "{}";
}

// The `"name":value` of each member of an object written by record_text().
std::vector<std::string_view> members_of(std::string_view object) {
  std::vector<std::string_view> members;
  std::size_t begin = 1;
  int depth = 0;
  bool is_in_text = false;
  for (std::size_t at = 0; at < object.size(); ++at) {
    const char c = object[at];
    if (is_in_text) {
      at += c == '\\' ? 1 : 0;
      is_in_text = c != '"';
      continue;
    }
    is_in_text = c == '"';
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (depth > 1 || (depth == 1 && c != ',')) continue;
    if (at > begin) members.push_back(object.substr(begin, at - begin));
    begin = at + 1;
  }
  return members;
}

std::string_view name_in(std::string_view member) {
  return member.substr(1, member.find('"', 1) - 1);
}

// The names of the fields in which two records differ, sorted.
std::set<std::string_view> changed_fields(const std::string& before, const std::string& after) {
  std::vector<std::string_view> a = members_of(before);
  std::vector<std::string_view> b = members_of(after);
  std::ranges::sort(a);
  std::ranges::sort(b);
  std::vector<std::string_view> differing;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differing));
  std::set<std::string_view> names;
  for (const std::string_view member : differing) names.insert(name_in(member));
  return names;
}

// Walks both lists, which are sorted by number and id, and prints a line per difference.
template <class View>
class ListDiff {
 public:
  ListDiff(std::string_view record, const Snapshot& before, const Snapshot& after)
      : record_(record), before_(before), after_(after) {}

  RecordCounts print() {
    const std::uint64_t before_count = count_of(before_, kTag);
    const std::uint64_t after_count = count_of(after_, kTag);
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    while (i < before_count || j < after_count) {
      const auto a = i < before_count ? std::optional(row_of(before_, i, kTag)) : std::nullopt;
      const auto b = j < after_count ? std::optional(row_of(after_, j, kTag)) : std::nullopt;
      const bool is_first = a && (!b || key(*a) <= key(*b));
      const bool is_second = b && (!a || key(*b) <= key(*a));
      i += is_first ? 1 : 0;
      j += is_second ? 1 : 0;
      compare(is_first ? &*a : nullptr, is_second ? &*b : nullptr);
    }
    return counts_;
  }

 private:
  static constexpr const View* kTag = nullptr;

  static std::pair<FilingKey, std::uint64_t> key(const View& view) {
    return {view.number().key(), view.id()};
  }

  static void render(const View* view, std::string* out) {
    out->clear();
    JsonWriter json(out);
    view != nullptr ? write(*view, &json) : json.null();
  }

  void compare(const View* before, const View* after) {
    std::set<std::string_view> fields;
    if (before != nullptr && after != nullptr) {
      record_before_ = record_text(*before);
      record_after_ = record_text(*after);
      fields = changed_fields(record_before_, record_after_);
    }
    render(before, &text_before_);
    render(after, &text_after_);
    if (fields.empty() && text_before_ == text_after_) return;
    std::uint64_t& count = before == nullptr  ? counts_.added
                           : after == nullptr ? counts_.removed
                                              : counts_.changed;
    ++count;
    std::string line;
    JsonWriter json(&line);
    json.begin_object();
    json.word_field("record", record_);
    json.word_field("change", before == nullptr  ? "added"
                              : after == nullptr ? "removed"
                                                 : "changed");
    json.key("number");
    wire::write_number((after != nullptr ? after : before)->number(), &json);
    if (before != nullptr && after != nullptr) {
      json.key("fields");
      json.begin_array();
      for (const std::string_view field : fields) json.word(field);
      json.end_array();
    }
    json.key("before");
    json.raw(text_before_);
    json.key("after");
    json.raw(text_after_);
    json.end_object();
    print_out(line + "\n");
  }

  std::string_view record_;
  const Snapshot& before_;
  const Snapshot& after_;
  RecordCounts counts_;
  std::string record_before_;
  std::string record_after_;
  std::string text_before_;
  std::string text_after_;
};

}  // namespace

RecordDiff print_record_diff(const Snapshot& before, const Snapshot& after) {
  RecordDiff diff;
  diff.subjects = ListDiff<SubjectView>("subject", before, after).print();
  diff.services = ListDiff<ServiceView>("service", before, after).print();
  return diff;
}

}  // namespace beian::cli

// The MIIT dialect: replies of the public query, as people have saved them.
//
// A file holds JSON values one after the other, each on one line or spread over several: replies
// (`{"code":200,"success":true,"params":{"list":[…]}}`, or with the row itself as `params`), bare
// rows, or lists of either. A row names a subject and one of its services; a website has one row
// per domain. Pages repeat and reorder rows, so the rows of a service are merged, for which all of
// them stay in memory until the end: replies number thousands, never the whole registry.
//
// A reply that failed (`success` false, or a code other than 200) says nothing about what is filed,
// and ends the reading whatever the allowance. The query does not tell packages, platforms,
// certificates, keys or IPs: these stay "not known". `blacklistLevel` is ignored: the meaning of
// its levels is not published, except that 2 means nothing was found.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "cache/base/limits.h"
#include "cache/feed/json_locate.h"
#include "cache/feed/json_value.h"
#include "cache/feed/miit_row.h"
#include "cache/feed/session.h"

namespace beian::cache {
namespace {

using Outcome = LineReader::Outcome;

// Counts brackets outside of texts, to find where a value that spans lines ends.
class Balance {
 public:
  void add(std::string_view line) {
    for (const char c : line) {
      if (is_escaped_) {
        is_escaped_ = false;
      } else if (is_in_text_) {
        is_escaped_ = c == '\\';
        is_in_text_ = c != '"';
      } else if (c == '"') {
        is_in_text_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if (c == '}' || c == ']') {
        --depth_;
      }
    }
  }
  bool is_open() const { return depth_ > 0; }

 private:
  long depth_ = 0;
  bool is_in_text_ = false;
  bool is_escaped_ = false;
};

class ItemPlaces;

// A place in the document: its pointer, and the innermost list item around it.
struct Place {
  std::string pointer;
  ItemPlaces* items = nullptr;  // of that list; null: no list around it
  std::size_t index = 0;
  std::size_t item_bytes = 0;  // how much of the pointer leads to the item

  Place member(std::string_view more) const {
    return {joined({pointer, more}), items, index, item_bytes};
  }
  Place item(ItemPlaces* list, std::size_t which) const {
    Place place{joined({pointer, "/", std::to_string(which)}), list, which};
    place.item_bytes = place.pointer.size();
    return place;
  }
  std::optional<std::size_t> item_offset() const;  // nullopt: not found
  std::string_view within_item() const { return std::string_view(pointer).substr(item_bytes); }
};

// Where the items of a list begin. Found for all of them when first asked: every bad row asks, and
// a document may hold thousands.
class ItemPlaces {
 public:
  // Both must outlive it.
  ItemPlaces(std::string_view text, const Place* list) : text_(text), list_(list) {}

  std::optional<std::size_t> offset(std::size_t index) {
    if (const auto start = list_->item_offset(); start && !is_walked_) {
      offsets_ = locate_json_items(text_.substr(*start), list_->within_item());
      for (std::size_t& offset : offsets_) offset += *start;
    }
    is_walked_ = true;
    if (index >= offsets_.size()) return std::nullopt;
    return offsets_[index];
  }

 private:
  std::string_view text_;
  const Place* list_;
  std::vector<std::size_t> offsets_;
  bool is_walked_ = false;
};

std::optional<std::size_t> Place::item_offset() const {
  return items == nullptr ? 0 : items->offset(index);
}

// The rows of a feed, merged by id, in order of first appearance.
class Merged {
 public:
  bool add(MiitRow&& row, std::string* why);
  void emit(FeedSession* session) {
    for (SubjectRecord& subject : subjects_) session->emit(std::move(subject));
    for (ServiceRecord& service : services_) session->emit(std::move(service));
  }

 private:
  std::vector<SubjectRecord> subjects_;
  std::vector<ServiceRecord> services_;
  std::unordered_map<std::uint64_t, std::size_t> subject_at_;
  std::unordered_map<std::uint64_t, std::size_t> service_at_;
};

bool Merged::add(MiitRow&& row, std::string* why) {
  const auto [subject, is_new_subject] = subject_at_.try_emplace(row.subject.id, subjects_.size());
  if (!is_new_subject && subjects_[subject->second].number != row.subject.number)
    return *why = "mainId: already the id of another mainLicence", false;
  const auto [service, is_new_service] = service_at_.try_emplace(row.service.id, services_.size());
  if (!is_new_service && services_[service->second].number != row.service.number) {
    return *why = "serviceId: already the id of another serviceLicence", false;
  }
  if (is_new_subject)
    subjects_.push_back(std::move(row.subject));
  else
    merge_subject(std::move(row.subject), &subjects_[subject->second]);
  if (is_new_service)
    services_.push_back(std::move(row.service));
  else
    merge_service(std::move(row.service), &services_[service->second]);
  return true;
}

class MiitFeed {
 public:
  MiitFeed(LineReader* lines, FeedSession* session) : lines_(lines), session_(session) {}

  Outcome read() {
    for (;;) {
      const Outcome outcome = next_document();
      if (outcome == Outcome::kEnd && !session_->has_failed()) merged_.emit(session_);
      if (outcome != Outcome::kLine || !read_document()) return outcome;
    }
  }

 private:
  Outcome next_document();
  bool read_document();
  bool read_object(JsonValue value, const Place& place);
  bool read_reply(simdjson::dom::object reply, const Place& place);
  bool read_row(JsonValue value, const Place& place);

  // `occurrence` is that of locate_json_value().
  FeedProblem problem_at(const Place& place, std::string_view why, int occurrence = 1);
  FeedProblem problem_at(std::optional<std::size_t> offset, std::string what);
  bool fail(const Place& place, std::string_view why) {
    session_->fail(problem_at(place, why));
    return false;
  }

  LineReader* lines_;
  FeedSession* session_;
  JsonDocumentParser parser_;
  std::string document_;   // followed by padding
  std::string_view text_;  // the same without padding
  std::uint64_t first_line_ = 0;
  // How far the lines of the text are counted, how many there are, and where the last one begins.
  std::size_t counted_ = 0;
  std::uint64_t lines_counted_ = 0;
  std::size_t line_start_ = 0;
  Merged merged_;
};

Outcome MiitFeed::next_document() {
  std::string_view line;
  Balance balance;
  document_.clear();
  for (;;) {
    Outcome outcome = lines_->next(&line);
    if (document_.empty()) first_line_ = lines_->line_number();
    if (outcome == Outcome::kLine && document_.size() + line.size() > limits::kFeedLineBytesMax)
      outcome = Outcome::kTooLong;
    if (outcome == Outcome::kTooLong)
      session_->fail({first_line_, 0, "a reply longer than a line may be"});
    if (outcome == Outcome::kEnd && !document_.empty())
      session_->fail({first_line_, 0, "not JSON: the reply that begins here never ends"});
    if (outcome != Outcome::kLine) return outcome;
    if (document_.empty() && is_blank(line)) continue;
    balance.add(line);
    document_.append(line).push_back('\n');
    if (!balance.is_open()) break;
  }
  const std::size_t bytes = document_.size();
  document_.append(LineReader::kPaddingBytes, '\0');
  text_ = std::string_view(document_).substr(0, bytes);
  counted_ = lines_counted_ = line_start_ = 0;
  return Outcome::kLine;
}

FeedProblem MiitFeed::problem_at(const Place& place, std::string_view why, int occurrence) {
  const auto start = place.item_offset();
  auto offset = start;
  if (start) offset = locate_json_value(text_.substr(*start), place.within_item(), occurrence);
  if (offset) *offset += *start;
  const bool is_document = place.pointer.empty();
  return problem_at(offset, is_document ? std::string(why) : joined({place.pointer, ": ", why}));
}

// Problems mostly come in text order, so each goes on counting where the one before stopped.
FeedProblem MiitFeed::problem_at(std::optional<std::size_t> offset, std::string what) {
  FeedProblem problem{first_line_, 0, std::move(what)};
  if (!offset) return problem;
  if (*offset < counted_) counted_ = lines_counted_ = line_start_ = 0;
  const std::string_view between = text_.substr(counted_, *offset - counted_);
  lines_counted_ += static_cast<std::uint64_t>(std::count(between.begin(), between.end(), '\n'));
  if (const std::size_t newline = between.rfind('\n'); newline != std::string_view::npos)
    line_start_ = counted_ + newline + 1;
  counted_ = *offset;
  problem.line += lines_counted_;
  problem.column = *offset + 1 - line_start_;
  return problem;
}

bool MiitFeed::read_document() {
  JsonValue value;
  RowFault fault;
  if (!parser_.parse(text_, &value, &fault)) {
    session_->fail(problem_at(fault.offset, std::move(fault.what)));
    return false;
  }
  simdjson::dom::array list;
  const Place document;
  if (value.get_array().get(list) != simdjson::SUCCESS) return read_object(value, document);
  ItemPlaces items(text_, &document);
  std::size_t index = 0;
  for (const JsonValue one : list)
    if (!read_object(one, document.item(&items, index++))) return false;
  return true;
}

bool MiitFeed::read_object(JsonValue value, const Place& place) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return fail(place, "expected an object");
  JsonValue ignored;
  const bool is_bare_row = object.at_key("serviceLicence").get(ignored) == simdjson::SUCCESS;
  return is_bare_row ? read_row(value, place) : read_reply(object, place);
}

bool MiitFeed::read_reply(simdjson::dom::object reply, const Place& place) {
  bool is_success = false;
  JsonValue code;
  const bool has_success = reply.at_key("success").get_bool().get(is_success) == simdjson::SUCCESS;
  const bool has_code = reply.at_key("code").get(code) == simdjson::SUCCESS;
  if (!has_success && !has_code)
    return fail(place, "neither a reply of the query nor a row (no `serviceLicence`)");
  const std::string code_text = has_code ? simdjson::minify(code) : "none";
  const bool is_good_code = !has_code || code_text == "200" || code_text == "\"200\"";
  if ((has_success && !is_success) || !is_good_code)
    return fail(place, joined({"the query failed (code ", printable(code_text),
                               "): it says nothing about what is filed"}));
  JsonValue list;
  simdjson::dom::object params;
  if (reply.at_key("params").get_object().get(params) != simdjson::SUCCESS)
    return fail(place, "a reply without `params`");
  if (params.at_key("list").get(list) != simdjson::SUCCESS) {
    if (params.at_key("serviceLicence").get(list) != simdjson::SUCCESS)
      return fail(place.member("/params"), "neither a `list` nor a row");
    return read_row(JsonValue(reply.at_key("params").value_unsafe()), place.member("/params"));
  }
  const Place list_place = place.member("/params/list");
  simdjson::dom::array rows;
  if (list.get_array().get(rows) != simdjson::SUCCESS) return fail(list_place, "expected a list");
  ItemPlaces items(text_, &list_place);
  std::size_t index = 0;
  for (const JsonValue row : rows)
    if (!read_row(row, list_place.item(&items, index++))) return false;
  return true;
}

bool MiitFeed::read_row(JsonValue value, const Place& place) {
  MiitRow row;
  ValueFault fault;
  if (read_miit_row(value, &row, &fault)) {
    if (merged_.add(std::move(row), &fault.what)) return true;
    fault.pointer.clear();
  }
  return session_->report(problem_at(place.member(fault.pointer), fault.what, fault.occurrence));
}

}  // namespace

LineReader::Outcome read_miit(LineReader* lines, FeedSession* session) {
  return MiitFeed(lines, session).read();
}

}  // namespace beian::cache

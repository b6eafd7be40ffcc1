// The MIIT dialect: replies of the public query, as people have saved them.
//
// A file holds JSON values one after the other, each on one line or spread over several: replies
// (`{"code":200,"success":true,"params":{"list":[…]}}`, or with the row itself as `params`), bare
// rows, or lists of either. A row names a subject and one of its services; a website has one row
// per domain. Pages repeat and reorder rows, so rows of one service are merged, which keeps all of
// them in memory until the end: replies are thousands, never the whole registry.
//
// A reply that failed (`success` false, a code other than 200) says nothing about what is filed,
// and ends the reading whatever the allowance. The query tells neither packages, platforms,
// certificates, keys nor IPs: these stay "not known". `blacklistLevel` is ignored: what its levels
// mean is not published, except that 2 means nothing was found.
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

// Counts brackets outside of texts, to see where an object that spans lines ends.
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

// The rows of a feed, merged by id, in the order of their first appearance.
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
  bool read_object(JsonValue value, const std::string& pointer);
  bool read_reply(simdjson::dom::object reply, const std::string& pointer);
  bool read_row(JsonValue value, std::string_view pointer);

  FeedProblem problem_at(std::optional<std::size_t> offset, std::string what) const;
  bool fail(const std::string& pointer, std::string what) {
    if (!pointer.empty()) what = joined({pointer, ": ", what});
    session_->fail(problem_at(locate_json_value(text_, pointer), std::move(what)));
    return false;
  }

  LineReader* lines_;
  FeedSession* session_;
  JsonDocumentParser parser_;
  std::string document_;   // with padding behind it
  std::string_view text_;  // without
  std::uint64_t first_line_ = 0;
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
  return Outcome::kLine;
}

FeedProblem MiitFeed::problem_at(std::optional<std::size_t> offset, std::string what) const {
  FeedProblem problem{first_line_, 0, std::move(what)};
  if (!offset) return problem;
  const std::string_view before = text_.substr(0, *offset);
  problem.line += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t newline = before.rfind('\n');
  problem.column = *offset + 1 - (newline == std::string_view::npos ? 0 : newline + 1);
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
  if (value.get_array().get(list) != simdjson::SUCCESS) return read_object(value, "");
  std::size_t index = 0;
  for (const JsonValue one : list)
    if (!read_object(one, "/" + std::to_string(index++))) return false;
  return true;
}

bool MiitFeed::read_object(JsonValue value, const std::string& pointer) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS)
    return fail(pointer, "expected an object");
  JsonValue ignored;
  const bool is_bare_row = object.at_key("serviceLicence").get(ignored) == simdjson::SUCCESS;
  return is_bare_row ? read_row(value, pointer) : read_reply(object, pointer);
}

bool MiitFeed::read_reply(simdjson::dom::object reply, const std::string& pointer) {
  bool is_success = false;
  JsonValue code;
  const bool has_success = reply.at_key("success").get_bool().get(is_success) == simdjson::SUCCESS;
  const bool has_code = reply.at_key("code").get(code) == simdjson::SUCCESS;
  if (!has_success && !has_code)
    return fail(pointer, "neither a reply of the query nor a row (no `serviceLicence`)");
  const std::string code_text = has_code ? simdjson::minify(code) : "none";
  const bool is_good_code = !has_code || code_text == "200" || code_text == "\"200\"";
  if ((has_success && !is_success) || !is_good_code)
    return fail(pointer, joined({"the query failed (code ", printable(code_text),
                                 "): it says nothing about what is filed"}));
  JsonValue list;
  simdjson::dom::object params;
  if (reply.at_key("params").get_object().get(params) != simdjson::SUCCESS)
    return fail(pointer, "a reply without `params`");
  if (params.at_key("list").get(list) != simdjson::SUCCESS) {
    if (params.at_key("serviceLicence").get(list) != simdjson::SUCCESS)
      return fail(pointer + "/params", "neither a `list` nor a row");
    return read_row(JsonValue(reply.at_key("params").value_unsafe()), pointer + "/params");
  }
  simdjson::dom::array rows;
  if (list.get_array().get(rows) != simdjson::SUCCESS)
    return fail(pointer + "/params/list", "expected a list");
  std::size_t index = 0;
  for (const JsonValue row : rows)
    if (!read_row(row, joined({pointer, "/params/list/", std::to_string(index++)}))) return false;
  return true;
}

bool MiitFeed::read_row(JsonValue value, std::string_view pointer) {
  MiitRow row;
  ValueFault fault;
  if (read_miit_row(value, &row, &fault)) {
    if (merged_.add(std::move(row), &fault.what)) return true;
    fault.pointer.clear();
  }
  const std::string where = std::string(pointer) + fault.pointer;
  const std::string what = where.empty() ? fault.what : joined({where, ": ", fault.what});
  return session_->report(problem_at(locate_json_value(text_, where, fault.occurrence), what));
}

}  // namespace

LineReader::Outcome read_miit(LineReader* lines, FeedSession* session) {
  return MiitFeed(lines, session).read();
}

}  // namespace beian::cache

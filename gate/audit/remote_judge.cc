#include "gate/audit/remote_judge.h"

#include <algorithm>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/filing/parse.h"
#include "gate/audit/json_state.h"

namespace beian::audit {
namespace {

// The elements of the array that starts at `at` in `json`, verbatim. Only for text that a JSON
// parser has accepted.
std::vector<std::string_view> elements(std::string_view json, std::size_t at) {
  std::vector<std::string_view> out;
  int depth = 0;
  std::size_t begin = at + 1;
  bool is_in_string = false;
  for (std::size_t i = at; i < json.size(); ++i) {
    const char c = json[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      is_in_string = c != '"';
      continue;
    }
    if (c == '"') is_in_string = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if ((c == ',' && depth == 1) || depth == 0) {
      if (i > begin) out.push_back(json.substr(begin, i - begin));
      begin = i + 1;
    }
    if (depth == 0) break;
  }
  return out;
}

Assurance assurance_of(std::string_view name) noexcept {
  for (const auto assurance :
       {Assurance::kNumber, Assurance::kName, Assurance::kPackage, Assurance::kCertificate})
    if (name_of(assurance) == name) return assurance;
  return Assurance::kNone;
}

// A brief answer does not say which item of a list a finding is about, so the item is known only if
// there is just one.
std::uint8_t item_of(FieldId field, const AppIdentity& app) noexcept {
  constexpr std::uint8_t kNone = 0xFF;
  static_assert(kNone >= limits::kListItemsMax, "no list has such an item");
  const std::size_t items = field == FieldId::kDomains      ? app.domains.size()
                            : field == FieldId::kIps        ? app.ips.size()
                            : field == FieldId::kCategories ? app.categories.size()
                                                            : 1;
  return items == 1 ? 0 : kNone;
}

// A pointer into the row itself: `/checks/17/app/kind` of a batch becomes `/app/kind`.
std::string_view without_item(std::string_view pointer) noexcept {
  constexpr std::string_view kItems = "/checks/";
  if (!pointer.starts_with(kItems)) return pointer;
  return pointer.substr(std::min(pointer.find('/', kItems.size()), pointer.size()));
}

FieldId field_of(std::string_view pointer) noexcept {
  for (int id = 1; id < kFieldCount; ++id)
    if (field_pointer(static_cast<FieldId>(id)) == pointer) return static_cast<FieldId>(id);
  return FieldId::kNone;
}

class RemoteJudge final : public Judge {
 public:
  RemoteJudge(const AskGate& ask, std::uint64_t serial, const CsvCatalog* csv)
      : ask_(ask), serial_(serial), reader_(csv) {}

  Result<void> judge(const RowChunk& chunk, const Report& report) override {
    for (std::size_t begin = 0; begin < chunk.rows.size(); begin += limits::kBatchItemsMax) {
      const std::size_t end = std::min(begin + limits::kBatchItemsMax, chunk.rows.size());
      if (auto done = judge_batch(chunk, begin, end, report); !done) return done.error();
    }
    return {};
  }

 private:
  Result<void> judge_batch(const RowChunk& chunk, std::size_t begin, std::size_t end,
                           const Report& report) {
    std::string body = "{\"checks\":[";
    std::size_t sent = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (!reader_.read(chunk.text(chunk.rows[i]), chunk.rows[i].fault)) continue;
      if (sent++ > 0) body += ',';
      body += reader_.json();
    }
    body += "]}";
    std::string answer;
    if (sent > 0) {
      auto answered = ask_("/v1/checks", body);
      if (!answered) return answered.error();
      if (answered->is_refused) return judge_singly(chunk, begin, end, report);
      answer = std::move(answered->body);
    }
    return report_batch(chunk, begin, end, answer, report);
  }

  // Fills in `row` from the chunk's i-th row. False if that row is bad; then it is reported.
  bool read_row(const RowChunk& chunk, std::size_t i, RowResult* row, const Report& report) {
    row->row = chunk.begin.rows + i + 1;
    row->line = chunk.begin.lines + chunk.rows[i].line + 1;
    row->request = &reader_.request();
    const bool is_read = reader_.read(chunk.text(chunk.rows[i]), chunk.rows[i].fault);
    row->unknown = reader_.unknown();
    if (is_read) return true;
    report_bad(reader_.problem(), row, report);
    return false;
  }

  Result<void> judge_singly(const RowChunk& chunk, std::size_t begin, std::size_t end,
                            const Report& report) {
    for (std::size_t i = begin; i < end; ++i) {
      RowResult row;
      if (!read_row(chunk, i, &row, report)) continue;
      const auto answered = ask_("/v1/check?detail=brief", std::string(reader_.json()));
      if (!answered) return answered.error();
      auto told = answered->is_refused ? report_refused(answered->body, &row, report)
                                       : report_answer(answered->body, &row, report);
      if (!told) return told.error();
    }
    return {};
  }

  // Parses the rows again, since each is valid only until the next one.
  Result<void> report_batch(const RowChunk& chunk, std::size_t begin, std::size_t end,
                            std::string_view answer, const Report& report) {
    StateFault fault;
    std::vector<std::string_view> decisions;
    if (!answer.empty()) {
      StateDocument checked;
      if (!checked.parse(answer, &fault)) return fault.error("the answer of the gate");
      decisions = elements(answer, std::min(answer.find('['), answer.size()));
    }
    std::size_t next = 0;
    for (std::size_t i = begin; i < end; ++i) {
      RowResult row;
      if (!read_row(chunk, i, &row, report)) continue;
      if (next == decisions.size())
        return make_error(ErrorKind::kUnavailable, "the gate answered fewer rows than were asked");
      if (auto told = report_answer(decisions[next++], &row, report); !told) return told.error();
    }
    return {};
  }

  void report_bad(const wire::Problem& problem, RowResult* row, const Report& report) {
    row->problem = &problem;
    json_.clear();
    append_bad_row(*row, &json_);
    row->json = json_;
    report(*row);
  }

  // `problem` is the gate's application/problem+json.
  Result<void> report_refused(std::string_view problem, RowResult* row, const Report& report) {
    StateFault fault;
    StateDocument document;
    const auto told = document.parse(problem, &fault);
    if (!told) return fault.error("the answer of the gate");
    report_bad({400, "invalid-row", std::string(told->text_or("detail", "")),
                std::string(told->text_or("pointer", ""))},
               row, report);
    return {};
  }

  Result<void> report_answer(std::string_view json, RowResult* row, const Report& report) {
    StateFault fault;
    StateDocument document;
    const auto answer = document.parse(json, &fault);
    if (!answer) return fault.error("the answer of the gate");
    if (answer->has("problem")) {
      const StateObject told = answer->object("problem");
      const std::string detail(told.text_or("detail", ""));
      // Not the row's fault: it would get a decision at another time.
      if (told.number_or("status", 400) >= 500)
        return make_error(
            ErrorKind::kUnavailable,
            "the gate did not answer row " + std::to_string(row->row) + ": " + printable(detail));
      const wire::Problem problem{400, "invalid-row", detail,
                                  std::string(without_item(told.text_or("pointer", "")))};
      report_bad(problem, row, report);
      return {};
    }
    decision_.clear();
    decision_.operation = row->request->operation;
    const auto decided = parse_effect(answer->text("decision"));
    decision_.effect = decided && *decided != Effect::kNote ? *decided : Effect::kUnknown;
    decision_.would_be = parse_effect(answer->text_or("would_be", "")).value_or(decision_.effect);
    decision_.assurance = assurance_of(answer->text("assurance"));
    decision_.serial = answer->object("registry").number("serial");
    answer->for_each("findings", [&](const StateObject& item) {
      const auto code = parse_code(item.text("code"));
      const auto effect = parse_effect(item.text("effect"));
      if (!code || !effect)
        return fault.set("a finding that is not known: " + std::string(item.text("code")));
      if (decision_.findings().size() == Decision::kFindingsMax)
        return fault.set("more findings than a check can have");
      Finding& finding = decision_.add(*code, field_of(item.text_or("field", "")));
      finding.effect = *effect;
      finding.index = item_of(finding.field, row->request->app);
    });
    if (fault.is_set()) return fault.error("the answer of the gate");
    if (decision_.has(Code::kWrongKind)) {  // the claimed number tells its kind
      decision_.number = parse_number(row->request->filing_number);
      decision_.is_number_claimed = decision_.number.is_number();
    }
    if (decision_.serial != serial_) return registry_changed(serial_, decision_.serial);
    const std::string_view number = answer->text_or("filing_number", "");
    if (const ParsedNumber parsed = parse_number(number); parsed.is_number())
      row->number = parsed.number;
    row->decision = &decision_;
    row->json = json;
    report(*row);
    return {};
  }

  const AskGate& ask_;
  std::uint64_t serial_;
  RowReader reader_;
  Decision decision_;
  std::string json_;
};

}  // namespace

JudgeFactory remote_judges(AskGate ask, std::uint64_t serial) {
  const auto shared = std::make_shared<const AskGate>(std::move(ask));
  return [shared, serial](const CsvCatalog* csv) {
    return std::make_unique<RemoteJudge>(*shared, serial, csv);
  };
}

Result<RemoteRegistry> read_remote_registry(std::string_view json, Summary* head) {
  StateFault fault;
  StateDocument document;
  RemoteRegistry out;
  if (const auto registry = document.parse(json, &fault)) {
    head->serial = registry->number("serial");
    head->registry_as_of = registry->time("as_of");
    head->registry_state = registry->text("state");
    const StateObject follower = registry->object_or_none("follower");
    // The root hash does not cover the batches on top of a snapshot.
    out.contents = follower.text_or("chain", registry->text_or("root_hash", ""));
    out.epoch = follower.number_or("epoch", 0);
  }
  if (fault.is_set()) return fault.error("the answer of the gate");
  return out;
}

Error registry_changed(std::uint64_t from, std::uint64_t to) {
  return make_error(ErrorKind::kConflict,
                    "the gate's registry changed during the audit, from serial " +
                        std::to_string(from) +
                        (from == to ? " to another of that serial" : " to " + std::to_string(to)) +
                        "; an audit is by one registry, so begin again");
}

}  // namespace beian::audit

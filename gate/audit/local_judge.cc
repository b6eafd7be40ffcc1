#include "cache/base/limits.h"
#include "cache/snapshot/fetch_ahead.h"
#include "gate/audit/answer_change.h"
#include "gate/audit/judge.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/suggest.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/values.h"

namespace beian::audit {
namespace {

class LocalJudge final : public Judge {
 public:
  LocalJudge(const LocalContext& context, const CsvCatalog* csv) : context_(context) {
    for (std::size_t i = 0; i < limits::kAuditBatchRows; ++i) readers_.emplace_back(csv);
  }

  Result<void> judge(const RowChunk& chunk, const Report& report) override {
    for (std::size_t begin = 0; begin < chunk.rows.size(); begin += readers_.size()) {
      const std::size_t end = std::min(begin + readers_.size(), chunk.rows.size());
      keys_.clear();
      for (std::size_t i = begin; i < end; ++i) read(chunk, i, i - begin);
      cache::fetch_ahead(context_.generation->registry(), keys_);
      for (std::size_t i = begin; i < end; ++i) answer(chunk, i, i - begin, report);
    }
    return {};
  }

 private:
  void read(const RowChunk& chunk, std::size_t index, std::size_t slot) {
    const RowSpan& row = chunk.rows[index];
    is_read_[slot] = readers_[slot].read(chunk.text(row), row.fault);
    if (!is_read_[slot]) return;
    claims_[slot] = read_claim(readers_[slot].request());
    const ParsedNumber& number = claims_[slot].number;
    if (number.is_number() && !number.number.is_subject()) keys_.push_back(number.number.key());
  }

  void answer(const RowChunk& chunk, std::size_t index, std::size_t slot, const Report& report) {
    RowResult row;
    row.row = chunk.begin.rows + index + 1;
    row.line = chunk.begin.lines + chunk.rows[index].line + 1;
    row.request = &readers_[slot].request();
    row.unknown = readers_[slot].unknown();
    json_.clear();
    if (is_read_[slot]) {
      evaluate(*row.request, claims_[slot], *context_.generation, context_.policy,
               context_.calendar, context_.now, &decision_);
      if (is_as_before(slot)) return;
      row.decision = &decision_;
      row.number = wire::number_at_issue(decision_);
      append_decision(*row.request, row.row);
    } else {
      row.problem = &readers_[slot].problem();
      append_bad_row(row, &json_);
    }
    row.json = json_;
    report(row);
  }

  // Whether only changes are wanted and this row has not changed. That the registry of then is
  // behind what the row has seen is no change of the app.
  bool is_as_before(std::size_t slot) {
    if (!context_.since) return false;
    readers_[slot].satisfy_min_serial(context_.generation->serial());
    evaluate(readers_[slot].request(), claims_[slot], *context_.since, context_.policy,
             context_.calendar, context_.now, &before_);
    return is_same_answer(before_, decision_);
  }

  void append_decision(const CheckRequest& request, std::uint64_t row) {
    if (!request.is_detail_full.value_or(context_.is_detail_full))
      return wire::append_brief(request, decision_, &json_);
    const wire::MessageContext messages{request, decision_, context_.guidance, context_.language};
    // The id derives from the row and the audit's time, so that a resumed audit writes the same
    // bytes.
    wire::DecisionIds ids(
        {row, static_cast<std::uint64_t>(context_.now.time_since_epoch().count())});
    wire::append_full(messages, suggest(request, decision_, *context_.generation),
                      ids.next(context_.now), &registry_json_, &json_);
  }

  const LocalContext& context_;
  std::vector<RowReader> readers_;
  std::array<bool, limits::kAuditBatchRows> is_read_{};
  std::array<Claim, limits::kAuditBatchRows> claims_;
  std::vector<FilingKey> keys_;  // of the batch's claims
  Decision decision_;
  Decision before_;  // according to context_.since
  wire::RegistryJson registry_json_;
  std::string json_;
};

}  // namespace

JudgeFactory local_judges(const LocalContext& context) {
  return [&context](const CsvCatalog* csv) { return std::make_unique<LocalJudge>(context, csv); };
}

}  // namespace beian::audit

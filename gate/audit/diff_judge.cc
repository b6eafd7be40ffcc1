#include "gate/audit/diff_judge.h"

#include <algorithm>

#include "cache/base/json_writer.h"
#include "gate/decision/evaluate.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/values.h"

namespace beian::audit {
namespace {

class DiffJudge final : public Judge {
 public:
  DiffJudge(const LocalContext& before, const LocalContext& after, const CsvCatalog* csv)
      : before_(before), after_(after), reader_(csv) {}

  Result<void> judge(const RowChunk& chunk, const Report& report) override {
    for (std::size_t i = 0; i < chunk.rows.size(); ++i) {
      RowResult row;
      row.row = chunk.begin.rows + i + 1;
      row.line = chunk.begin.lines + chunk.rows[i].line + 1;
      row.request = &reader_.request();
      json_.clear();
      const bool is_read = reader_.read(chunk.text(chunk.rows[i]), chunk.rows[i].fault);
      row.unknown = reader_.unknown();
      if (!is_read) {
        row.problem = &reader_.problem();
        append_bad_row(row, &json_);
        row.json = json_;
        report(row);
        continue;
      }
      // Else the older of the two would be behind, which says nothing about the app.
      reader_.satisfy_min_serial(
          std::max(before_.generation->serial(), after_.generation->serial()));
      decide(before_, &decision_before_);
      decide(after_, &decision_after_);
      if (decision_before_.effect == decision_after_.effect &&
          decision_before_.would_be == decision_after_.would_be)
        continue;
      row.decision = &decision_after_;
      row.number = wire::number_at_issue(decision_after_);
      append_both(row);
      row.json = json_;
      report(row);
    }
    return {};
  }

 private:
  void decide(const LocalContext& context, Decision* decision) {
    evaluate(reader_.request(), *context.generation, context.policy, context.calendar, context.now,
             decision);
  }

  void append_both(const RowResult& row) {
    JsonWriter json(&json_);
    begin_row(row, &json);
    for (const auto& [name, decision] :
         {std::pair{"before", &decision_before_}, std::pair{"after", &decision_after_}}) {
      scratch_.clear();
      wire::append_brief(*row.request, *decision, &scratch_);
      json.key(name);
      json.raw(scratch_);
    }
    json.end_object();
  }

  const LocalContext& before_;
  const LocalContext& after_;
  RowReader reader_;
  Decision decision_before_;
  Decision decision_after_;
  std::string json_;
  std::string scratch_;
};

}  // namespace

JudgeFactory diff_judges(const LocalContext& before, const LocalContext& after) {
  return [&before, &after](const CsvCatalog* csv) {
    return std::make_unique<DiffJudge>(before, after, csv);
  };
}

}  // namespace beian::audit

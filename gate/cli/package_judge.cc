#include "gate/cli/package_judge.h"

#include <utility>

#include "cache/base/json_writer.h"

namespace beian::cli {
namespace {

class PackageJudge final : public audit::Judge {
 public:
  PackageJudge(std::unique_ptr<audit::Judge> judge, const PackageFaults& faults)
      : judge_(std::move(judge)), faults_(faults) {}

  Result<void> judge(const audit::RowChunk& chunk, const Report& report) override {
    return judge_->judge(chunk, [&](const audit::RowResult& row) {
      const auto fault = faults_.find(row.row);
      if (fault == faults_.end()) return report(row);
      const wire::Problem problem{400, "package-unreadable", fault->second, ""};
      std::string json;
      audit::RowResult told;
      told.row = row.row;
      told.line = row.line;
      told.request = row.request;
      told.problem = &problem;
      append_bad_row(told, &json);
      told.json = json;
      report(told);
    });
  }

 private:
  std::unique_ptr<audit::Judge> judge_;
  const PackageFaults& faults_;
};

}  // namespace

void append_bad_package(std::string_view id, std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("id", id);
  json.word_field("operation", "preinstall");
  json.end_object();
}

audit::JudgeFactory package_judges(audit::JudgeFactory judges, const PackageFaults& faults) {
  return [judges = std::move(judges), &faults](const audit::CsvCatalog* csv) {
    return std::make_unique<PackageJudge>(judges(csv), faults);
  };
}

}  // namespace beian::cli

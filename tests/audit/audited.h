// Makes summaries from catalogs for tests of reports: rows are judged one by one on one thread,
// against the fixtures' registry under the shipped policy.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "cache/base/file.h"
#include "gate/audit/audit.h"
#include "gate/audit/report_format.h"
#include "gate/audit/summary.h"
#include "gate/wire/values.h"
#include "tests/support/builders.h"
#include "tests/support/paths.h"

namespace beian::audit::test {

inline std::string fixture(const std::string& name) {
  auto text = read_file(beian::test::source_path("fixtures/" + name), 64 * 1024 * 1024);
  EXPECT_TRUE(text.has_value()) << name;
  return text ? *text : "";
}

inline Summary audited(std::string_view catalog) {
  const auto generation = beian::test::registry_of(fixture("registry.ndjson"));
  const Policy policy = Policy::defaults();
  const Calendar calendar = Calendar::built_in();
  Summary summary;
  summary.catalog = "fixtures/catalog.ndjson";
  summary.registry = "registry.snap";
  summary.serial = 48213;
  summary.registry_as_of = "2026-01-02T03:00:00Z";
  summary.registry_state = "fresh";
  wire::RequestReader reader;
  while (!catalog.empty()) {
    const std::string_view line = catalog.substr(0, catalog.find('\n'));
    catalog.remove_prefix(std::min(line.size() + 1, catalog.size()));
    CheckRequest request;
    Decision decision;
    wire::Problem problem;
    RowResult row;
    row.row = row.line = ++summary.lines;
    row.request = &request;
    if (reader.read(line, {}, &request, &problem)) {
      evaluate(request, *generation, policy, calendar, *parse_instant("2026-01-02T04:00:00Z"),
               &decision);
      row.decision = &decision;
      row.number = wire::number_at_issue(decision);
    } else {
      row.problem = &problem;
    }
    summary.add(row);
  }
  summary.fold();
  rank_subjects(&generation->registry(), &summary);
  return summary;
}

// A sink that keeps everything it is given.
class TextSink final : public ReportSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  std::string text;
};

}  // namespace beian::audit::test

// Every aggregated format against golden files: reports on the fixtures' catalog in both languages,
// and on a hostile one. report_test.py reads the same files with the tools they are meant for.
//
// When a report differs, it is written to the build directory; the message says which file to look
// at and how to accept it.
#include <gtest/gtest.h>

#include <filesystem>

#include "gate/audit/report_format.h"
#include "tests/audit/audited.h"
#include "tests/support/paths.h"

namespace beian::audit::test {
namespace {

struct Case {
  std::string_view catalog;  // under fixtures/
  std::string_view golden;   // under fixtures/audit/, without language and extension
  wire::Language language;
  std::string_view format;
  std::string_view extension;

  std::string file() const {
    return std::string(golden) + (language == wire::Language::kZh ? ".zh-CN." : ".en.") +
           std::string(extension);
  }
  friend std::ostream& operator<<(std::ostream& out, const Case& row) { return out << row.file(); }
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [format, extension] :
       {std::pair{"summary", "txt"}, std::pair{"junit", "xml"}, std::pair{"sarif", "sarif"},
        std::pair{"markdown", "md"}, std::pair{"html", "html"}}) {
    for (const wire::Language language : {wire::Language::kZh, wire::Language::kEn})
      all.push_back({"catalog.ndjson", "catalog", language, format, extension});
    all.push_back({"audit/hostile.ndjson", "hostile", wire::Language::kEn, format, extension});
  }
  return all;
}

class ReportGolden : public testing::TestWithParam<Case> {};

TEST_P(ReportGolden, IsWhatTheFileHolds) {
  const Case& param = GetParam();
  Summary summary = audited(fixture(std::string(param.catalog)));
  summary.catalog = "fixtures/" + std::string(param.catalog);
  const ReportFormat* format = find_report_format(param.format);
  ASSERT_NE(format, nullptr);
  TextSink sink;
  format->finish({summary, param.language}, &sink);
  const std::string golden = beian::test::source_path("fixtures/audit/" + param.file());
  const auto wanted = read_file(golden, 16 * 1024 * 1024);
  if (wanted && *wanted == sink.text) return;
  const std::string given = beian::test::build_path("reports/" + param.file());
  std::filesystem::create_directories(beian::test::build_path("reports"));
  ASSERT_TRUE(write_file_atomically(given, as_bytes(sink.text)));
  ADD_FAILURE() << "diff " << golden << " " << given << "; if the new one is right, copy it there";
}

INSTANTIATE_TEST_SUITE_P(Formats, ReportGolden, testing::ValuesIn(cases()), [](const auto& row) {
  std::string name = row.param.file();
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace beian::audit::test

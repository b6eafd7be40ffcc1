// Rows of CSV mean the same as rows of JSON, and output cells are safe in a spreadsheet.
#include "gate/audit/row_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "cache/base/limits.h"
#include "gate/audit/report_formats.h"

namespace beian::audit {
namespace {

// The JSON that a row under `header` becomes, or the error.
std::string json_of(std::string_view header, std::string_view row) {
  const auto csv = CsvCatalog::create(header);
  if (!csv) return csv.error().message;
  std::vector<cache::CsvCell> cells;
  std::string json;
  wire::Problem problem;
  return csv->to_json(row, &cells, &json, &problem) ? json : problem.detail;
}

TEST(CsvCatalog, ColumnsAreFieldsDottedOrBare) {
  const std::string want =
      R"({"operation":"connect","filing_number":"x","app":{"name":"n","sponsor":{"name":"s"}}})";
  EXPECT_EQ(json_of("operation,filing_number,name,sponsor", "connect,x,n,s"), want);
  EXPECT_EQ(json_of("operation,number,app.name,app.sponsor.name", "connect,x,n,s"), want);
  EXPECT_EQ(json_of("sponsor.name, name ,other,operation,filing_number", "s,n,?,connect,x"), want)
      << "in any order, and unknown columns are ignored";
}

TEST(CsvCatalog, CellsBecomeTheirTypes) {
  EXPECT_EQ(json_of("operation,min_serial,offline", "connect,17,true"),
            R"({"operation":"connect","min_serial":17,"app":{"offline":true}})");
  EXPECT_EQ(json_of("operation,min_serial", "connect,017"),
            R"({"operation":"connect","min_serial":17})")
      << "as a query has it";
  EXPECT_EQ(json_of("operation,min_serial,offline", "connect,1.0,yes"),
            R"({"operation":"connect","min_serial":"1.0","app":{"offline":"yes"}})")
      << "the reader says what is wrong";
  for (const std::string cell : {"TRUE", "True", "1"})
    EXPECT_EQ(json_of("operation,offline", "connect," + cell),
              R"({"operation":"connect","app":{"offline":true}})")
        << "as spreadsheets and queries write it: " << cell;
  for (const std::string cell : {"FALSE", "False", "0"})
    EXPECT_EQ(json_of("operation,offline", "connect," + cell),
              R"({"operation":"connect","app":{"offline":false}})")
        << cell;
  EXPECT_EQ(json_of("operation,domains", "connect,\"a.cn; b.cn,c.cn;\""),
            R"({"operation":"connect","app":{"domains":["a.cn","b.cn","c.cn"]}})");
  EXPECT_EQ(json_of("operation,name", "connect,\"a \"\"b\"\"\nc\""),
            R"({"operation":"connect","app":{"name":"a \"b\"\nc"}})");
}

TEST(CsvCatalog, EmptyCellIsNotGivenButQuotedEmptyDisplayedNumberIs) {
  EXPECT_EQ(json_of("operation,name,displayed_number", "connect,,"), R"({"operation":"connect"})");
  EXPECT_EQ(json_of("operation,name,displayed_number", "connect,\"\",\"\""),
            R"({"operation":"connect","app":{"displayed_number":""}})");
}

TEST(CsvCatalog, FaultsAreToldWithTheirPlace) {
  EXPECT_EQ(json_of("operation,name", "connect"), "1 cells under a header of 2");
  EXPECT_EQ(json_of("operation,name", "connect,a\"b"),
            "column 10: a quote inside a cell without quotes");
  EXPECT_EQ(json_of("operation,name", "connect,\xFF"), "not valid UTF-8");
  EXPECT_EQ(json_of("operation,name", std::string_view("connect,\0", 9)), "holds a NUL byte");
  EXPECT_EQ(json_of("operation,app.name,name", ""),
            "the CSV header: `app.name` and `name` are the same field");
  EXPECT_NE(json_of("name,package", "").find("no column `operation`"), std::string::npos);
}

TEST(RowReader, ProblemPointsIntoTheRequestAsThatOfAJsonRow) {
  const auto csv = CsvCatalog::create("operation,IPs,ips,first_published");
  ASSERT_TRUE(csv.has_value());
  RowReader reader(&*csv);
  EXPECT_FALSE(reader.read("connect,,1.2.3,", RowFault::kNone));
  EXPECT_EQ(reader.problem().pointer, "/app/ips/0");
  EXPECT_FALSE(reader.read("connect,,,1.2.2022", RowFault::kNone));
  EXPECT_EQ(reader.problem().pointer, "/app/first_published");
  EXPECT_TRUE(reader.read("connect,,1.2.3.4,2022-01-02", RowFault::kNone));
  EXPECT_FALSE(reader.read("", RowFault::kTooLong));
}

// The message quotes the cell as it stands. Read as JSON, such cells would be strings, and the
// message would complain about the type.
TEST(RowReader, CellThatIsNoFlagOrNumberIsToldAsItStandsThere) {
  const auto csv = CsvCatalog::create("offline,operation,min_serial,id");
  ASSERT_TRUE(csv.has_value());
  struct {
    std::string_view row, pointer, detail;
  } const rows[] = {
      {"yes,connect,,a", "/app/offline", "must be true or false, not \"yes\""},
      {",connect,1.0,a", "/min_serial", "must be a whole number, 0 to 2^63-1, not \"1.0\""},
      {",connect,9223372036854775808,a", "/min_serial",
       "must be a whole number, 0 to 2^63-1, not \"9223372036854775808\""},
      {",connect,99999999999999999999,a", "/min_serial",
       "must be a whole number, 0 to 2^63-1, not \"99999999999999999999\""},
      {",,1,a", "/operation", "operation is required: distribute, connect or preinstall"},
  };
  RowReader reader(&*csv);
  for (const auto& row : rows) {
    EXPECT_FALSE(reader.read(row.row, RowFault::kNone)) << row.row;
    EXPECT_EQ(reader.problem().pointer, row.pointer) << row.row;
    EXPECT_EQ(reader.problem().detail, row.detail) << row.row;
    EXPECT_EQ(reader.request().id, "a") << row.row;
  }
}

TEST(CsvCells, AreQuotedAndSafeInSpreadsheets) {
  struct {
    std::string_view text, want;
  } const rows[] = {
      {"plain", "plain"},   {"", ""},
      {"a,b", "\"a,b\""},   {"a\"b", "\"a\"\"b\""},
      {"a\nb", "\"a\nb\""}, {"=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"},
      {"+1", "'+1"},        {"-1", "'-1"},
      {"@x", "'@x"},        {"\tx", "'\tx"},
      {"\rx", "\"'\rx\""},  {"=1,2", "\"'=1,2\""},
      {"a=b", "a=b"},       {{"\0=1", 3}, {"'\0=1", 4}},
  };
  for (const auto& row : rows) {
    std::string out;
    append_csv_cell(row.text, &out);
    EXPECT_EQ(out, row.want);
  }
}

}  // namespace
}  // namespace beian::audit

// Chunks of rows: compared with a naive splitter, resumed at every place where reading can resume,
// and with rows damaged in every way that a file can be.
#include "gate/audit/catalog_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cache/base/limits.h"

namespace beian::audit {
namespace {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = text_.copy(out.data(), out.size(), at_);
    at_ += count;
    return count;
  }
  std::uint64_t bytes_taken() const noexcept override { return at_; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

CatalogReader reader_of(const std::string& text, CatalogFormat format = CatalogFormat::kNdjson) {
  return {std::make_unique<TextSource>(text), format};
}

// A row as `line: text`, or its fault as `line: too long` or `line: open quote`.
std::string told(const RowChunk& chunk, const RowSpan& row) {
  const std::string place = std::to_string(chunk.begin.lines + row.line + 1) + ": ";
  switch (row.fault) {
    case RowFault::kTooLong:
      return place + "too long";
    case RowFault::kOpenQuote:
      return place + "open quote";
    case RowFault::kNotGb18030:
    case RowFault::kNone:
      break;
  }
  return place + std::string(chunk.text(row));
}

// All rows from here to the end; `ends` receives the places where chunks end.
std::vector<std::string> rest_of(CatalogReader* reader, std::vector<CatalogPlace>* ends = nullptr) {
  std::vector<std::string> rows;
  RowChunk chunk;
  for (;;) {
    const auto more = reader->next(&chunk);
    EXPECT_TRUE(more.has_value());
    if (!more || !*more) return rows;
    for (const RowSpan& row : chunk.rows) rows.push_back(told(chunk, row));
    EXPECT_EQ(chunk.end.rows - chunk.begin.rows, chunk.rows.size());
    if (ends != nullptr) ends->push_back(chunk.end);
  }
}

std::vector<std::string> rows_of(const std::string& text,
                                 CatalogFormat format = CatalogFormat::kNdjson) {
  CatalogReader reader = reader_of(text, format);
  EXPECT_TRUE(reader.read_header().has_value());
  return rest_of(&reader);
}

using Rows = std::vector<std::string>;

TEST(CatalogReader, LinesAreRowsWhateverEndsThem) {
  EXPECT_EQ(rows_of(""), Rows{});
  EXPECT_EQ(rows_of("a\nb\n"), (Rows{"1: a", "2: b"}));
  EXPECT_EQ(rows_of("a\nb"), (Rows{"1: a", "2: b"})) << "the last line has no end";
  EXPECT_EQ(rows_of("a\r\nb\r\n"), (Rows{"1: a", "2: b"}));
  EXPECT_EQ(rows_of("\n \t\r\n\na\n\n"), (Rows{"4: a"})) << "blank lines are no rows";
  EXPECT_EQ(rows_of("\xEF\xBB\xBF"
                    "a\n\xEF\xBB\xBF"),
            (Rows{"1: a", "2: \xEF\xBB\xBF"}))
      << "a byte order mark belongs to the file, not to a row";
  EXPECT_EQ(rows_of(std::string("a\0b\n", 4)), (Rows{std::string("1: a\0b", 6)}));
}

TEST(CatalogReader, TooLongLineIsOneBadRowAndTheRestUnharmed) {
  const std::string most(limits::kAuditRowBytesMax, 'x');
  EXPECT_EQ(rows_of("a\n" + most + "\nb"), (Rows{"1: a", "2: " + most, "3: b"}));
  EXPECT_EQ(rows_of("a\r\n" + most + "\r\nb"), (Rows{"1: a", "2: " + most, "3: b"}))
      << "a CR belongs to the end of its line";
  EXPECT_EQ(rows_of(most + "x\r\nb"), (Rows{"1: too long", "2: b"}));
  for (const std::size_t bytes :
       {limits::kAuditRowBytesMax + 1, limits::kAuditChunkBytes - 3, limits::kAuditChunkBytes,
        limits::kAuditChunkBytes + 1, 3 * limits::kAuditChunkBytes + 7}) {
    const std::string line(bytes, 'x');
    EXPECT_EQ(rows_of("a\n" + line + "\nb\n"), (Rows{"1: a", "2: too long", "3: b"})) << bytes;
    EXPECT_EQ(rows_of("a\n" + line), (Rows{"1: a", "2: too long"})) << bytes;
    EXPECT_EQ(rows_of(line + "\n" + line + "\n\nb"), (Rows{"1: too long", "2: too long", "4: b"}))
        << bytes;
  }
}

TEST(CatalogReader, CsvRowsEndOutsideQuotes) {
  const auto csv = [](const std::string& text) {
    return rows_of("h\n" + text, CatalogFormat::kCsv);
  };
  EXPECT_EQ(csv("a,b\nc\n"), (Rows{"2: a,b", "3: c"}));
  EXPECT_EQ(csv("\"a\nb\",c\nd"), (Rows{"2: \"a\nb\",c", "4: d"}));
  EXPECT_EQ(csv("x,\"a\r\n\"\"\n\",c\r\nd"), (Rows{"2: x,\"a\r\n\"\"\n\",c", "5: d"}));
  EXPECT_EQ(csv("5\" x\nd"), (Rows{"2: 5\" x", "3: d"})) << "no quote that opens a cell";
  EXPECT_EQ(csv("\"a\"\"\"\nd"), (Rows{"2: \"a\"\"\"", "3: d"}));
  EXPECT_EQ(csv("a,\"open\nb\nc"), (Rows{"2: open quote", "3: b", "4: c"}));
  EXPECT_EQ(csv("a,\"open\nb\nc,\"d\"\ne"), (Rows{"2: a,\"open", "3: b", "4: c,\"d\"", "5: e"}))
      << "a later row's quote closes nothing";
  EXPECT_EQ(csv("\"a\nb\",\"open\nc\n\"d\",e\nf"),
            (Rows{"2: \"a", "3: b\",\"open", "4: c", "5: \"d\",e", "6: f"}));
  EXPECT_EQ(csv("\"a\" b\nc"), (Rows{"2: \"a\" b", "3: c"}));
  EXPECT_EQ(csv("\"" + std::string(limits::kAuditRowBytesMax, 'x') + "\nb\n"),
            (Rows{"2: open quote", "3: b"}));
  EXPECT_EQ(csv(std::string(limits::kAuditRowBytesMax + 1, 'x') + "\nb\n"),
            (Rows{"2: too long", "3: b"}));
}

TEST(CatalogReader, CsvHeaderIsReadFirst) {
  CatalogReader reader = reader_of("\xEF\xBB\xBF\n\"a\nb\",c\r\nd\n", CatalogFormat::kCsv);
  EXPECT_EQ(*reader.read_header(), "\"a\nb\",c");
  EXPECT_EQ(rest_of(&reader), (Rows{"4: d"}));
  EXPECT_FALSE(reader_of("", CatalogFormat::kCsv).read_header().has_value());
  EXPECT_FALSE(reader_of("\"a\nb", CatalogFormat::kCsv).read_header().has_value());
}

// Lines of random lengths and kinds, enough for several chunks.
std::string random_catalog(std::uint32_t seed, bool is_csv) {
  std::mt19937 random(seed);
  std::string text = is_csv ? "h\n" : "";
  while (text.size() < 4 * limits::kAuditChunkBytes) {
    switch (random() % 24) {
      case 0:
        text += "\n";
        break;
      case 1:
        text += std::string(random() % (2 * limits::kAuditRowBytesMax), 'l') + "\n";
        break;
      case 2:
        text += "\"q\nr\",s\n";
        break;
      case 3:
        text += random() % 40 == 0 ? "\"open\n" : random() % 40 == 0 ? "\"a\"\n" : "\"\"\r\n";
        break;
      default:
        text += std::string(1 + random() % 2'000, 'x') + (random() % 2 == 0 ? "\n" : "\r\n");
    }
  }
  return text;
}

// The naive twin: split at every newline, which is what NDJSON means.
Rows naive_rows(const std::string& text) {
  Rows rows;
  std::uint64_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    const bool is_too_long = line.size() > limits::kAuditRowBytesMax;
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    rows.push_back(std::to_string(number) + ": " + (is_too_long ? "too long" : line));
  }
  return rows;
}

TEST(CatalogReader, AgreesWithANaiveSplitter) {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    const std::string text = random_catalog(seed, /*is_csv=*/false);
    EXPECT_EQ(rows_of(text), naive_rows(text)) << seed;
  }
}

TEST(CatalogReader, GoesOnAtTheEndOfEveryChunk) {
  for (const CatalogFormat format : {CatalogFormat::kNdjson, CatalogFormat::kCsv}) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      const std::string text = random_catalog(seed, format == CatalogFormat::kCsv);
      CatalogReader whole = reader_of(text, format);
      ASSERT_TRUE(whole.read_header().has_value());
      std::vector<CatalogPlace> ends;
      const Rows rows = rest_of(&whole, &ends);
      ASSERT_GT(ends.size(), 3U);
      for (std::size_t i = 0; i < ends.size(); ++i) {
        CatalogReader reader = reader_of(text, format);
        ASSERT_TRUE(reader.read_header().has_value());
        ASSERT_TRUE(reader.seek(ends[i]).has_value());
        std::vector<CatalogPlace> later;
        const Rows want(rows.begin() + static_cast<std::ptrdiff_t>(ends[i].rows), rows.end());
        EXPECT_EQ(rest_of(&reader, &later), want) << seed << " at chunk " << i;
        EXPECT_EQ(later.size(), ends.size() - i - 1) << "the same chunks";
      }
    }
  }
}

TEST(CatalogReader, ShorterCatalogCannotGoOn) {
  CatalogReader reader = reader_of("a\nb\n");
  ASSERT_TRUE(reader.read_header().has_value());
  EXPECT_FALSE(reader.seek({1'000'000, 9, 9}).has_value());
}

}  // namespace
}  // namespace beian::audit

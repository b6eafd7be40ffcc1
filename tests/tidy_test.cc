// House rules that a machine can check, read from the sources as text: which way includes point,
// who owns a third-party header, lengths, banned calls, and how a header begins. Each failure names
// file and line.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/paths.h"

namespace beian {
namespace {

struct Source {
  std::string path;  // from the root, as in `cache/base/file.h`
  std::vector<std::string> lines;

  bool is_header() const { return path.ends_with(".h"); }
  std::string folder() const { return path.substr(0, path.rfind('/')); }
  std::string at(std::size_t index) const { return path + ":" + std::to_string(index + 1); }
};

std::vector<Source> sources_of(const std::vector<std::string>& folders) {
  namespace fs = std::filesystem;
  std::vector<Source> sources;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(beian::test::source_path(folder))) {
      const std::string extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cc")) continue;
      Source source{fs::relative(entry.path(), beian::test::source_path("")).string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) source.lines.push_back(line);
      sources.push_back(std::move(source));
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

const std::vector<Source>& product() {
  static const std::vector<Source> sources = sources_of({"cache", "gate"});
  return sources;
}

const std::vector<Source>& everything() {
  static const std::vector<Source> sources =
      sources_of({"cache", "gate", "fixtures", "tests", "bench"});
  return sources;
}

// The path between <> or "" of an `#include` line, or empty.
std::string_view included(std::string_view line) {
  if (!line.starts_with("#include ") || line.size() < 11) return {};
  const std::size_t end = line.find_first_of(">\"", 10);
  return end == std::string_view::npos ? std::string_view{} : line.substr(10, end - 10);
}

// The line up to its `//` comment with strings emptied, so that words inside them are not taken for
// calls.
std::string code_of(std::string_view line) {
  std::string out;
  bool is_in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_in_string && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      is_in_string = !is_in_string;
    } else if (!is_in_string) {
      if (line.substr(i, 2) == "//") break;
      out += line[i];
    }
  }
  return out;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether `code` contains `name` as a whole word.
bool has_word(std::string_view code, std::string_view name) {
  for (std::size_t at = code.find(name); at != std::string_view::npos;
       at = code.find(name, at + 1)) {
    const bool begins = at == 0 || !is_word_byte(code[at - 1]);
    const std::size_t end = at + name.size();
    if (begins && (end == code.size() || !is_word_byte(code[end]))) return true;
  }
  return false;
}

// --- includes point one way ---

// From the lowest up: a folder may include itself and those before it. Entries on one line are
// neighbours that do not know each other.
const std::vector<std::vector<std::string>> kLayers = {
    {"cache/base"},  {"cache/filing"},  {"cache/feed"}, {"cache/snapshot"},
    {"cache/redis"}, {"gate/decision"}, {"gate/wire"},  {"gate/log", "gate/package"},
    {"gate/audit"},  {"gate/console"},  {"gate/http"},  {"gate/cli"}};

int layer_of(std::string_view folder) {
  for (std::size_t i = 0; i < kLayers.size(); ++i)
    if (std::ranges::find(kLayers[i], folder) != kLayers[i].end()) return static_cast<int>(i);
  return -1;
}

bool may_include(const std::string& from, const std::string& to) {
  return from == to || layer_of(to) < layer_of(from);
}

TEST(Tidy, IncludesPointOneWay) {
  for (const Source& source : product()) {
    ASSERT_GE(layer_of(source.folder()), 0) << source.path << " lies in no known layer";
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string path(included(source.lines[i]));
      if (!path.starts_with("cache/") && !path.starts_with("gate/")) continue;
      const std::string folder = path.substr(0, path.rfind('/'));
      EXPECT_TRUE(may_include(source.folder(), folder)) << source.at(i) << ": " << path;
    }
  }
}

TEST(Tidy, ProductIncludesNoTests) {
  for (const Source& source : product())
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      for (const std::string_view folder : {"tests/", "fixtures/", "bench/"})
        EXPECT_FALSE(included(source.lines[i]).starts_with(folder)) << source.at(i);
}

TEST(Tidy, LayersAreOrdered) {
  EXPECT_TRUE(may_include("gate/http", "gate/wire"));
  EXPECT_FALSE(may_include("gate/wire", "gate/http"));
  EXPECT_FALSE(may_include("cache/snapshot", "gate/decision"));
  EXPECT_FALSE(may_include("gate/log", "gate/package"));
}

// --- third-party headers have owners ---

struct Owner {
  std::string_view header;                // how the include begins
  std::vector<std::string_view> folders;  // where paths that may begin
};

const std::vector<Owner> kOwners = {
    {"hiredis", {"cache/redis/"}},
    {"simdjson",
     {"cache/feed/", "gate/wire/", "gate/audit/json_state.", "gate/log/decision_record.",
      "gate/package/hap."}},
    {"prometheus/", {"gate/http/metric"}},
    {"boost/beast", {"gate/http/", "gate/cli/http_client."}},
    {"boost/asio", {"gate/http/", "gate/cli/http_client.", "cache/redis/"}},
    {"CLI/", {"gate/cli/command_line."}},
    {"plist", {"gate/package/property_list."}},
    {"toml++", {"cache/base/toml_reader."}},
    {"openssl",
     {"cache/base/", "cache/filing/", "cache/snapshot/", "gate/log/", "gate/package/",
      "gate/http/"}},
    {"zstd", {"cache/snapshot/", "cache/redis/", "gate/log/", "gate/audit/"}},
    {"sys/socket.h", {"gate/http/", "gate/cli/", "cache/redis/"}},
};

TEST(Tidy, ThirdPartyHeadersStayWithTheirOwners) {
  for (const Source& source : product())
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      for (const Owner& owner : kOwners) {
        if (!included(source.lines[i]).starts_with(owner.header)) continue;
        EXPECT_TRUE(std::ranges::any_of(
            owner.folders,
            [&](std::string_view folder) { return source.path.starts_with(folder); }))
            << source.at(i) << ": " << source.lines[i];
      }
}

// --- lengths ---

// Characters, not bytes; a Chinese character counts as one.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

TEST(Tidy, LinesHaveAtMostOneHundredColumns) {
  for (const Source& source : product())
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      EXPECT_LE(columns_of(source.lines[i]), 100U) << source.at(i);
}

// Test inputs stay on one line, however long; lines without string literals have no such excuse.
TEST(Tidy, LinesOfTestsHaveAtMostOneHundredColumnsUnlessTheyHoldText) {
  for (const Source& source : sources_of({"fixtures", "tests"})) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (source.lines[i].find('"') != std::string::npos) continue;
      EXPECT_LE(columns_of(source.lines[i]), 100U) << source.at(i);
    }
  }
}

TEST(Tidy, FilesHaveAtMostFourHundredLines) {
  for (const Source& source : product()) EXPECT_LE(source.lines.size(), 400U) << source.path;
}

TEST(Tidy, LinesHaveNoTabsAndNoTrailingSpace) {
  for (const Source& source : everything())
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      EXPECT_EQ(source.lines[i].find('\t'), std::string::npos) << source.at(i);
      EXPECT_FALSE(source.lines[i].ends_with(' ')) << source.at(i);
    }
}

// --- how a file begins ---

TEST(Tidy, HeadersBeginWithACommentAndHavePragmaOnce) {
  for (const Source& source : everything()) {
    if (!source.is_header()) continue;
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_TRUE(source.lines[0].starts_with("// ")) << source.path;
    EXPECT_NE(std::ranges::find(source.lines, "#pragma once"), source.lines.end()) << source.path;
  }
}

TEST(Tidy, SourcesIncludeTheirOwnHeaderFirst) {
  for (const Source& source : product()) {
    const std::string header = source.path.substr(0, source.path.rfind('.')) + ".h";
    const bool has_own =
        std::ranges::any_of(product(), [&](const Source& other) { return other.path == header; });
    if (source.is_header() || !has_own) continue;
    const auto first = std::ranges::find_if(
        source.lines, [](const std::string& line) { return !included(line).empty(); });
    ASSERT_NE(first, source.lines.end()) << source.path;
    EXPECT_EQ(included(*first), header) << source.path;
  }
}

// --- names of helpers ---

// The function that a line outside of any class declares, or empty.
std::string declared_function(const std::string& line) {
  static const std::regex declaration(
      R"((?:\[\[nodiscard\]\] )?[a-zA-Z][\w:<>,&*\[\] ]*[ &*](\w+)\(.*)");
  std::smatch match;
  return std::regex_match(line, match, declaration) ? match[1].str() : std::string();
}

const Source* source_at(std::string_view path) {
  const auto found = std::ranges::find(product(), path, &Source::path);
  return found == product().end() ? nullptr : &*found;
}

// Adds the headers that `source` includes, and those that these include.
void add_headers(const Source& source, std::set<const Source*>* headers) {
  for (const std::string& line : source.lines)
    if (const Source* header = source_at(included(line)); header && headers->insert(header).second)
      add_headers(*header, headers);
}

// The functions of all headers that its sources include.
std::set<std::string> functions_seen_in(const std::string& folder) {
  std::set<const Source*> headers;
  for (const Source& source : product())
    if (source.folder() == folder) add_headers(source, &headers);
  std::set<std::string> names;
  for (const Source* header : headers)
    for (const std::string& line : header->lines) names.insert(declared_function(line));
  names.erase("");
  return names;
}

std::set<std::string> folders_of_product() {
  std::set<std::string> folders;
  for (const Source& source : product()) folders.insert(source.folder());
  return folders;
}

// Several sources of a folder are compiled as one (beian_sources in CMakeLists.txt), where a helper
// of one would hide a function of the same name from the others.
TEST(Tidy, HelpersHaveNoNameOfAFunctionThatTheirFolderIncludes) {
  for (const std::string& folder : folders_of_product()) {
    const std::set<std::string> functions = functions_seen_in(folder);
    for (const Source& source : product()) {
      if (source.folder() != folder || source.is_header()) continue;
      bool is_anonymous = false;
      for (std::size_t i = 0; i < source.lines.size(); ++i) {
        const std::string& line = source.lines[i];
        if (line.starts_with("namespace {")) is_anonymous = true;
        if (line == "}  // namespace") is_anonymous = false;
        EXPECT_FALSE(is_anonymous && functions.contains(declared_function(line)))
            << source.at(i) << ": " << line;
      }
    }
  }
}

// --- what is not written here ---

struct Banned {
  std::string_view word;
  std::string_view instead;
  std::string_view except;  // a path that is exempt
};

constexpr Banned kBanned[] = {
    {"atoi", "std::from_chars", ""},
    {"atol", "std::from_chars", ""},
    {"strtol", "std::from_chars", ""},
    {"strtoul", "std::from_chars", ""},
    {"sprintf", "appending to a string", ""},
    {"strcpy", "std::string", ""},
    {"rand", "std::random_device or a seeded generator", ""},
    {"srand", "the same", ""},
    {"localtime", "cache/base/time.h", ""},
    {"std::cout", "gate/cli/console.h", ""},
    {"std::cerr", "gate/cli/console.h", ""},
    {"system_clock::now", "a time that is given", "gate/cli/console.cc"},
    {"std::regex", "a parser", ""},
};

TEST(Tidy, BannedCallsAreNotMade) {
  for (const Source& source : product())
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      for (const Banned& banned : kBanned) {
        // An included header is not a call: <openssl/rand.h>.
        if (source.path == banned.except || !included(source.lines[i]).empty()) continue;
        EXPECT_FALSE(has_word(code_of(source.lines[i]), banned.word))
            << source.at(i) << ": use " << banned.instead;
      }
}

// A file's first comment tells where its tests are.
TEST(Tidy, CommentsNameTestsThatThereAre) {
  namespace fs = std::filesystem;
  std::set<std::string> tests;  // by path and by name
  for (const auto& entry : fs::recursive_directory_iterator(beian::test::source_path("tests"))) {
    tests.insert(fs::relative(entry.path(), beian::test::source_path("")).string());
    tests.insert(entry.path().filename().string());
  }
  const std::regex name(R"([\w/]+_(?:test|fuzz)\.(?:cc|py))");
  for (const Source& source : product()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      const std::string comment = line.substr(std::min(line.find("//"), line.size()));
      for (std::sregex_iterator at(comment.begin(), comment.end(), name), end; at != end; ++at)
        EXPECT_TRUE(tests.contains(at->str())) << source.at(i) << " names " << at->str();
    }
  }
}

TEST(Tidy, NothingIsLeftToDo) {
  // Split in two, so that this file does not find itself.
  const std::string words[] = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  for (const Source& source : everything())
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      for (const std::string& word : words)
        EXPECT_FALSE(has_word(source.lines[i], word)) << source.at(i);
}

// A scan that finds no files would pass everything.
TEST(Tidy, ReadsTheSourcesItJudges) {
  EXPECT_GT(product().size(), 100U);
  EXPECT_GT(everything().size(), product().size());
  EXPECT_TRUE(has_word("x = atoi(y);", "atoi"));
  EXPECT_FALSE(has_word("x = my_atoi(y);", "atoi"));
  EXPECT_EQ(declared_function("Error damaged(std::uint64_t at);"), "damaged");
  EXPECT_EQ(declared_function("  return damaged(at);"), "");
  EXPECT_EQ(code_of("call(\"atoi\"); // rand"), "call(); ");
}

}  // namespace
}  // namespace beian

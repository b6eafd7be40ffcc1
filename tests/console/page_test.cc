// The files of the page as compiled in: all files of the folder, within their size limit, each with
// its type and ETag, and facts that agree with what the gate says elsewhere.
#include "gate/console/page.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <set>
#include <string>

#include "cache/base/file.h"
#include "gate/decision/finding.h"
#include "tests/support/paths.h"

namespace beian::console {
namespace {

// All views together, without what only an exported report needs.
constexpr std::size_t kPageBytesMax = 155'500;

bool is_source(const std::filesystem::path& path) {
  return path.extension() == ".cc" || path.extension() == ".h" || path.extension() == ".txt";
}

TEST(Page, HoldsEveryFileOfItsFolder) {
  std::set<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path("gate/console"))) {
    if (is_source(entry.path())) continue;
    const std::string name = entry.path().filename().string();
    const std::string path = name == "index.html" ? "/" : "/console/" + name;
    const Page* page = find_page(path);
    ASSERT_NE(page, nullptr) << path;
    EXPECT_EQ(page->bytes, *read_file(entry.path().string(), 1 << 20)) << path;
    paths.insert(path);
  }
  EXPECT_GT(paths.size(), 15U);
}

TEST(Page, IsLight) {
  std::size_t bytes = 0;
  for (const Page& page : pages())
    if (!page.path.starts_with("/console/report") && page.path != "/console/facts.json")
      bytes += page.bytes.size();
  EXPECT_LT(bytes, kPageBytesMax);
}

TEST(Page, PathsAndTagsAreTheirOwn) {
  std::set<std::string_view> paths;
  std::set<std::string_view> tags;
  for (const Page& page : pages()) {
    EXPECT_TRUE(paths.insert(page.path).second) << page.path;
    EXPECT_TRUE(tags.insert(page.etag).second) << page.path;
    EXPECT_TRUE(page.etag.starts_with('"') && page.etag.ends_with('"')) << page.etag;
    EXPECT_FALSE(page.content_type.empty()) << page.path;
  }
}

TEST(Page, OtherPathsAreNone) {
  for (const std::string_view path :
       {"", "/console", "/console/", "/console/index.html", "/console/../", "/console/Api.js",
        "/console/api.js/", "/console/%61pi.js", "/index.html"})
    EXPECT_EQ(find_page(path), nullptr) << path;
}

TEST(Page, PolicyHasNothingUnsafeAndNoOtherOrigin) {
  EXPECT_NE(kPageFields.find("default-src 'none'"), std::string_view::npos);
  EXPECT_EQ(kPageFields.find("unsafe"), std::string_view::npos);
  EXPECT_EQ(kPageFields.find("http"), std::string_view::npos);
  EXPECT_EQ(kPageFields.find('*'), std::string_view::npos);
  EXPECT_TRUE(kPageFields.ends_with("\r\n"));
}

TEST(Page, FilesNameNoOtherOrigin) {
  for (const Page& page : pages()) {
    if (!page.path.starts_with("/console/") ||
        page.content_type.find("script") == std::string_view::npos)
      continue;
    for (std::size_t at = page.bytes.find("http"); at != std::string_view::npos;
         at = page.bytes.find("http", at + 1)) {
      const std::string_view rest = page.bytes.substr(at, 40);
      if (!rest.starts_with("http://") && !rest.starts_with("https://")) continue;
      // Allowed: the SVG namespace, which nobody loads, and the prefix that links are checked for.
      EXPECT_TRUE(rest.starts_with("http://www.w3.org/2000/svg") || rest.starts_with("https://')"))
          << page.path << ": " << rest;
    }
  }
}

// Nothing anywhere in the page turns text into markup, script or style.
TEST(Page, TextNeverBecomesMarkup) {
  for (const Page& page : pages()) {
    if (page.content_type.find("script") == std::string_view::npos) continue;
    for (const std::string_view sink :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
          "setTimeout('", "DOMParser", "srcdoc"})
      EXPECT_EQ(page.bytes.find(sink), std::string_view::npos) << page.path << ": " << sink;
  }
}

TEST(Facts, TellEveryCodeInBothLanguages) {
  simdjson::dom::parser parser;
  const std::string text(find_page("/console/facts.json")->bytes);
  const simdjson::dom::element root = parser.parse(text);
  for (int i = 0; i < kCodeCount; ++i)
    for (const std::string_view lang : {"zh-CN", "en"}) {
      const std::string at =
          "/codes/" + std::string(name_of(static_cast<Code>(i))) + "/" + std::string(lang);
      EXPECT_FALSE(std::string_view(root.at_pointer(at + "/title")).empty()) << at;
      EXPECT_FALSE(std::string_view(root.at_pointer(at + "/help")).empty()) << at;
    }
}

}  // namespace
}  // namespace beian::console

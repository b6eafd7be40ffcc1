// The file in a multipart form: what is accepted, what is refused and why, wherever the body is
// cut.
#include "gate/http/multipart.h"

#include <gtest/gtest.h>

#include <random>

namespace beian::http {
namespace {

struct Form {
  std::string file;
  std::string error;  // empty when the form is complete
};

// Reads `body` in pieces of the sizes in `cuts`, over and over; 0 stands for the rest.
Form read_form(std::string_view body, std::vector<std::size_t> cuts) {
  MultipartReader reader("b0");
  Form form;
  const auto sink = [&](std::string_view bytes) -> Result<void> {
    form.file += bytes;
    return {};
  };
  for (std::size_t i = 0; !body.empty(); ++i) {
    const std::size_t wanted = cuts[i % cuts.size()];
    const std::size_t size = wanted == 0 ? body.size() : std::min(wanted, body.size());
    // A block of the exact size, so that sanitizers see a read past its end.
    const std::string piece(body.substr(0, size));
    if (const auto fed = reader.feed(piece, sink); !fed) return {form.file, fed.error().message};
    body.remove_prefix(size);
  }
  if (const auto finished = reader.finish(); !finished)
    return {form.file, finished.error().message};
  return form;
}

constexpr std::string_view kPartHead =
    "--b0\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.apk\"\r\n\r\n";

struct FormRow {
  const char* name;
  std::string body;
  std::string file;   // what is read of it
  std::string error;  // a part of the message; empty: no error
};

std::vector<FormRow> rows() {
  const std::string head(kPartHead);
  const std::string field = "--b0\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n1\r\n";
  const std::string folded = "--b0\r\nContent-Disposition: form-data;\r\n filename=\"a\"\r\n\r\n";
  const auto with = [](std::string line) { return "--b0\r\n" + line + "\r\n\r\nPK\r\n--b0--\r\n"; };
  const auto named = [&](std::string disposition) {
    return with("Content-Disposition: " + disposition);
  };
  std::string many;
  for (std::size_t i = 0; i <= kPartsMax; ++i) many += field;
  return {
      {"least", head + "PK\r\n--b0--", "PK", ""},
      {"line end behind", head + "PK\r\n--b0--\r\n", "PK", ""},
      {"epilogue", head + "PK\r\n--b0--\r\nanything --b0 at all", "PK", ""},
      {"preamble", "anything\r\n" + head + "PK\r\n--b0--\r\n", "PK", ""},
      {"empty file", head + "\r\n--b0--\r\n", "", ""},
      {"fields around", field + head + "PK\r\n" + field + "--b0--\r\n", "PK", ""},
      {"blank behind boundary", "--b0 \t\r\n" + head.substr(6) + "PK\r\n--b0--\r\n", "PK", ""},
      {"half a delimiter", head + "P\r\n--b\r\n-K\r\r\n--b0--\r\n", "P\r\n--b\r\n-K\r", ""},
      {"boundary in a line", head + "x--b0\n--b0--\r\n--b0--\r\n", "x--b0\n--b0--", ""},
      {"other case", with("content-DISPOSITION: Form-Data; FileName=x"), "PK", ""},
      {"name of RFC 5987", named("form-data; filename*=UTF-8''%e5"), "PK", ""},
      {"semicolon at the end", named("form-data; filename=a;"), "PK", ""},
      {"quoted", named("form-data; name=\"; filename=\\\"x\"; filename=\"a\\\"b\""), "PK", ""},
      {"type of the part", named("form-data; filename=a\r\nContent-Type: x/y; b=c"), "PK", ""},
      {"binary", named("form-data; filename=a\r\nContent-Transfer-Encoding: Binary"), "PK", ""},
      {"no file", field + "--b0--\r\n", "", "has a filename"},
      {"filename in a name", named("form-data; name=\"filename=x\""), "", "has a filename"},
      {"two file names", named("form-data; filename=a; filename=b"), "", "has a filename"},
      {"unended quote", named("form-data; filename=\"a"), "", "has a filename"},
      {"nothing", "", "", "before its last boundary"},
      {"no boundary", "PK", "", "before its last boundary"},
      {"cut in the file", head + "PK", "", "before its last boundary"},
      {"cut in the end", head + "PK\r\n--b0-", "PK", "before its last boundary"},
      {"bare LF", "--b0\nContent-Disposition: form-data; filename=a\n\nPK\n--b0--\n", "",
       "stands behind a boundary"},
      {"another boundary", "--b01\r\n" + head.substr(6) + "PK\r\n--b0--\r\n", "", "stands behind"},
      {"two files", head + "PK\r\n" + head + "PK\r\n--b0--\r\n", "PK", "more than one file"},
      {"no disposition", with("Content-Type: a/b"), "", "is malformed"},
      {"no head", "--b0\r\n\r\nPK\r\n--b0--\r\n", "", "is malformed"},
      {"another disposition", named("attachment; filename=a"), "", "is malformed"},
      {"two dispositions",
       named("form-data; filename=a\r\nContent-Disposition: form-data; filename=b"), "",
       "is malformed"},
      {"folded", folded + "PK\r\n--b0--\r\n", "", "is malformed"},
      {"no colon", with("Content-Disposition"), "", "is malformed"},
      {"base64", named("form-data; filename=a\r\nContent-Transfer-Encoding: base64"), "",
       "Content-Transfer-Encoding"},
      {"endless head", "--b0\r\nX: " + std::string(kPartHeadBytesMax, 'a'), "", "too long"},
      {"endless padding", "--b0" + std::string(kPartHeadBytesMax + 1, ' '), "", "stands behind"},
      {"too many parts", many + "--b0--\r\n", "", "too many parts"},
  };
}

TEST(Multipart, FormsAreReadAsTheyAreWritten) {
  for (const FormRow& row : rows()) {
    SCOPED_TRACE(row.name);
    const Form form = read_form(row.body, {0});
    EXPECT_EQ(form.error.empty(), row.error.empty()) << form.error;
    EXPECT_NE(form.error.find(row.error), std::string::npos) << form.error;
    if (row.error.empty()) {
      EXPECT_EQ(form.file, row.file);
    }
  }
}

TEST(Multipart, CutsChangeNothing) {
  for (const FormRow& row : rows()) {
    SCOPED_TRACE(row.name);
    const Form whole = read_form(row.body, {0});
    for (std::size_t cut = 1; cut <= std::min<std::size_t>(row.body.size(), 200); ++cut) {
      const Form split = read_form(row.body, {cut, 0});
      EXPECT_EQ(split.error, whole.error) << cut;
      if (whole.error.empty()) {
        EXPECT_EQ(split.file, whole.file) << cut;
      }
    }
    EXPECT_EQ(read_form(row.body, {1}).error, whole.error);
    if (whole.error.empty()) {
      EXPECT_EQ(read_form(row.body, {1}).file, whole.file);
    }
  }
}

// Goal: whatever the file holds, even near misses and other forms of the delimiter, it comes out
// unchanged. Method: files over the alphabet of a delimiter, framed and read in random pieces.
TEST(Multipart, FilesComeOutAsTheyWentIn) {
  std::mt19937 random(6);
  constexpr std::string_view kAlphabet = "\r\n-b0x";
  for (int round = 0; round < 3'000; ++round) {
    std::string file;
    for (std::size_t size = random() % 60; file.size() < size;)
      file += kAlphabet[random() % kAlphabet.size()];
    if (("\r\n" + file + "\r\n--b0").find("\r\n--b0") != file.size() + 2) continue;
    const std::string body = std::string(kPartHead) + file + "\r\n--b0--\r\n";
    const Form form = read_form(body, {1 + random() % 9, 1 + random() % 30});
    ASSERT_EQ(form.error, "") << body;
    ASSERT_EQ(form.file, file) << body;
  }
}

TEST(Multipart, ErrorsOfTheSinkEndIt) {
  MultipartReader reader("b0");
  const auto full = [](std::string_view) -> Result<void> {
    return make_error(ErrorKind::kUnavailable, "full");
  };
  for (int i = 0; i < 2; ++i) {
    const auto fed = reader.feed(std::string(kPartHead) + std::string(100, 'a'), full);
    ASSERT_FALSE(fed.has_value());
    EXPECT_EQ(fed.error().message, "full");
  }
}

TEST(Multipart, BoundaryIsThatOfTheContentType) {
  struct Case {
    std::string_view content_type;
    std::optional<std::string> boundary;
  };
  const std::string longest(kBoundaryBytesMax, 'a');
  const std::string long_type = "multipart/form-data; boundary=" + longest;
  const std::string longer_type = long_type + "a";
  for (const auto& [content_type, boundary] :
       std::initializer_list<Case>{{"multipart/form-data; boundary=b0", "b0"},
                                   {"Multipart/Form-Data;charset=x;BOUNDARY=\"b 0\"", "b 0"},
                                   {"multipart/form-data ; boundary=----WebKitFormBoundaryABC",
                                    "----WebKitFormBoundaryABC"},
                                   {long_type, longest},
                                   {longer_type, std::nullopt},
                                   {"multipart/form-data", std::nullopt},
                                   {"multipart/form-data; boundary=", std::nullopt},
                                   {"multipart/form-data; boundary=\"\"", std::nullopt},
                                   {"multipart/form-data; boundary=\"a \"", std::nullopt},
                                   {"multipart/form-data; boundary=\"a\r\"", std::nullopt},
                                   {"multipart/form-data; boundary=a; boundary=b", std::nullopt},
                                   {"multipart/form-data; boundary=a b", std::nullopt},
                                   {"multipart/mixed; boundary=a", std::nullopt},
                                   {"application/octet-stream; boundary=a", std::nullopt},
                                   {"", std::nullopt}})
    EXPECT_EQ(multipart_boundary(content_type), boundary) << content_type;
}

}  // namespace
}  // namespace beian::http

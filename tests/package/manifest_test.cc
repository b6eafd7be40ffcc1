// Manifests with tricks that Android accepts give the facts that Android sees, and oddities are
// reported; what Android refuses is refused. Each manifest is a heap block of its exact size.
#include "gate/package/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "gate/package/limits.h"
#include "tests/package/oddity_codes.h"
#include "tests/package/xml_builder.h"

namespace beian::package {
namespace {

using test::chunk;
using test::codes_of;
using test::end_element;
using test::ManifestParts;
using test::Pool;
using test::start_element;
using ::testing::HasSubstr;
using P = ManifestParts;

constexpr std::uint32_t kNone = 0xFFFFFFFF;

Result<Manifest> read(const std::string& bytes, Oddities* oddities) {
  const std::vector<std::uint8_t> block(bytes.begin(), bytes.end());
  auto manifest = read_manifest(block, "m", oddities);
  if (manifest) manifest->strings = {};  // they point into the block
  return manifest;
}

std::string unknown_node() {
  return chunk(0x0177, test::node_header(), "more");
}

std::string within(const std::string& element, const std::string& inside, P* parts) {
  const auto name = static_cast<std::uint32_t>(parts->pool.texts.size());
  parts->pool.texts.push_back(element);
  return start_element(name, {}) + inside + end_element(name);
}

// --- what Android reads: the same facts in every case ---

struct Trick {
  const char* name;
  std::function<void(ManifestParts*)> play;
  std::vector<std::string> codes;
};

void PrintTo(const Trick& row, std::ostream* out) {
  *out << row.name;
}

class TrickThatAndroidTakes : public ::testing::TestWithParam<Trick> {};

TEST_P(TrickThatAndroidTakes, ChangesNoFactAndIsTold) {
  ManifestParts parts;
  GetParam().play(&parts);
  Oddities oddities;
  const auto manifest = read(parts.bytes(), &oddities);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->package, "cn.example.app");
  EXPECT_EQ(manifest->version_code.integer, 7U);
  EXPECT_EQ(manifest->label.text, "Example");
  EXPECT_EQ(manifest->is_debuggable.integer, 1U);
  ASSERT_EQ(manifest->permissions.size(), 1U);
  EXPECT_EQ(manifest->permissions[0].name.text, "android.permission.INTERNET");
  EXPECT_EQ(codes_of(oddities), GetParam().codes);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(All, TrickThatAndroidTakes, ::testing::ValuesIn(std::vector<Trick>{
    {"none", [](P*) {}, {}},
    {"utf8", [](P* p) { p->pool.is_wide = false; }, {}},
    {"type_of_nothing", [](P* p) { p->type = 0; }, {"xml_type"}},
    {"type_of_a_table", [](P* p) { p->type = 2; }, {"xml_type"}},
    {"longer_header", [](P* p) { p->more_header = "trick!!!"; }, {"xml_header"}},
    {"bytes_behind", [](P* p) { p->behind = "behind"; }, {"xml_rest"}},
    {"chunk_before_the_strings", [](P* p) { p->before_pool = chunk(0x4242, "", "junk"); }, {"xml_unknown_chunk"}},
    {"chunk_behind_the_strings", [](P* p) { p->after_pool = chunk(0x0000, "", ""); }, {"xml_unknown_chunk"}},
    {"chunk_among_elements", [](P* p) { p->permission += unknown_node(); }, {"xml_unknown_chunk"}},
    {"other_strings_first", [](P* p) { p->before_pool = Pool{{"evil"}}.bytes(); }, {"xml_pools"}},
    {"more_strings_than_there_are", [](P* p) { p->pool.more_count = 5; }, {"pool_overlap"}},
    {"longer_attributes", [](P* p) { p->application = start_element(P::kApplication, {{P::kLabel, P::kExample, 3, P::kExample}, {P::kDebuggable, kNone, 0x12, 1}}, 24) + end_element(P::kApplication); }, {"xml_attribute_size"}},
    {"attributes_that_begin_later", [](P* p) { p->application = start_element(P::kApplication, {{P::kLabel, P::kExample, 3, P::kExample}, {P::kDebuggable, kNone, 0x12, 1}}, 20, 32) + end_element(P::kApplication); }, {}},
    {"names_of_attributes_that_lie", [](P* p) { p->pool.texts[P::kLabel] = "debuggable"; p->pool.texts[P::kDebuggable] = ""; }, {}},
    {"label_as_written_lies", [](P* p) { p->application = start_element(P::kApplication, {{P::kLabel, P::kOther, 3, P::kExample}, {P::kDebuggable, kNone, 0x12, 1}}) + end_element(P::kApplication); }, {}},
    {"package_typed_lies", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kVersionCode, kNone, 0x10, 7}, {P::kPackage, P::kPackageName, 3, P::kOther}}); }, {}},
    {"package_with_a_namespace_too", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kVersionCode, kNone, 0x10, 7}, {P::kPackage, P::kOther, 3, P::kOther, P::kOther}, {P::kPackage, P::kPackageName, 3, P::kPackageName}}); }, {}},
    {"two_applications", [](P* p) { p->application += start_element(P::kApplication, {{P::kLabel, P::kOther, 3, P::kOther}}) + end_element(P::kApplication); }, {"manifest_applications"}},
    {"permission_that_is_too_deep", [](P* p) { p->application = start_element(P::kApplication, {{P::kLabel, P::kExample, 3, P::kExample}, {P::kDebuggable, kNone, 0x12, 1}}) + start_element(P::kUsesPermission, {{P::kName, P::kOther, 3, P::kOther}}) + end_element(P::kUsesPermission) + end_element(P::kApplication); }, {}},
    {"elements_behind_the_end", [](P* p) { p->end += start_element(P::kUsesPermission, {{P::kName, P::kOther, 3, P::kOther}}) + end_element(P::kUsesPermission); }, {}},
    {"no_end", [](P* p) { p->end = ""; }, {}},
    {"label_behind_a_higher_one", [](P* p) { p->application = start_element(P::kApplication, {{P::kLabel, P::kExample, 3, P::kExample}, {P::kDebuggable, kNone, 0x12, 1}, {P::kLabel, P::kOther, 3, P::kOther}}) + end_element(P::kApplication); }, {"xml_attribute_order"}},
    {"element_in_more_bytes_than_it_needs", [](P* p) { p->pool.is_wide = false; p->pool.texts[P::kUsesPermission] = "\xC1\xB5ses-permission"; }, {}},
    {"element_with_a_zero", [](P* p) { p->pool.is_wide = false; p->pool.texts[P::kApplication] = std::string("application\0x", 13); }, {}},
    {"permission_in_more_bytes_than_it_needs", [](P* p) { p->pool.is_wide = false; p->pool.texts[P::kInternet] = "android.permission.\xC1\x89NTERNE\xE0\x81\x94"; }, {}},
    {"permission_with_a_zero", [](P* p) { p->pool.is_wide = false; p->pool.texts[P::kInternet] = std::string("android.permission.INTERNET\0x", 29); }, {}},
    {"package_by_another_name", [](P* p) { p->pool.is_wide = false; p->pool.texts.push_back("\xC1\xB0" "ackage"); p->manifest = start_element(P::kManifest, {{P::kVersionCode, kNone, 0x10, 7}, {12, P::kOther, 3, P::kOther}, {P::kPackage, P::kPackageName, 3, P::kPackageName}}); }, {}},
    {"package_with_a_namespace_that_is_no_text", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kVersionCode, kNone, 0x10, 7}, {P::kPackage, P::kPackageName, 3, P::kPackageName, 0x80000000}, {P::kPackage, P::kOther, 3, P::kOther}}); }, {}},
    {"permission_within_a_feature", [](P* p) { p->permission = within("uses-feature", p->permission, p); }, {"manifest_nested"}},
    {"permission_deep_within", [](P* p) { p->permission = within("overlay", within("supports-screens", p->permission, p), p); }, {"manifest_nested"}},
    {"application_within_a_feature", [](P* p) { p->application = within("uses-feature", p->application, p) + start_element(P::kApplication, {{P::kLabel, P::kOther, 3, P::kOther}}) + end_element(P::kApplication); }, {"manifest_nested", "manifest_applications"}},
    {"permission_within_something_unknown", [](P* p) { p->permission += within("other", start_element(P::kUsesPermission, {{P::kName, P::kOther, 3, P::kOther}}) + end_element(P::kUsesPermission), p); }, {}},
    {"name_behind_one_of_the_app", [](P* p) { p->identifiers.push_back(0x7f010001); p->permission = start_element(P::kUsesPermission, {{P::kPackage, kNone, 0x10, 1}, {P::kName, P::kInternet, 3, P::kInternet}}) + end_element(P::kUsesPermission); }, {"xml_attribute_order"}},
}), [](const auto& row) { return std::string(row.param.name); });
// clang-format on

TEST(Manifest, AnAttributeBehindAHigherOneIsNotSeen) {
  ManifestParts parts;
  parts.application = start_element(P::kApplication, {{P::kDebuggable, kNone, 0x12, 1},
                                                      {P::kLabel, P::kExample, 3, P::kExample}}) +
                      end_element(P::kApplication);
  Oddities oddities;
  const auto manifest = read(parts.bytes(), &oddities);
  ASSERT_TRUE(manifest);
  EXPECT_FALSE(manifest->label.text);
  EXPECT_EQ(codes_of(oddities), std::vector<std::string>{"xml_attribute_order"});
}

// --- what Android refuses ---

struct Fault {
  const char* name;
  std::function<void(ManifestParts*)> play;
  const char* message;
};

void PrintTo(const Fault& row, std::ostream* out) {
  *out << row.name;
}

class FaultThatAndroidRefuses : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultThatAndroidRefuses, IsNamed) {
  ManifestParts parts;
  GetParam().play(&parts);
  const auto manifest = read(parts.bytes(), nullptr);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(manifest.error().message, HasSubstr(GetParam().message));
}

std::string broken_chunk() {
  std::string out = chunk(0x4242, "", "junk");
  out[4] = '\xff';
  return out;
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(All, FaultThatAndroidRefuses, ::testing::ValuesIn(std::vector<Fault>{
    {"odd_size", [](P* p) { p->before_pool = broken_chunk(); }, "damaged chunk at offset 8"},
    {"no_element", [](P* p) { p->manifest = p->permission = p->application = p->end = ""; }, "without an element"},
    {"other_root", [](P* p) { p->manifest = start_element(P::kApplication, {}); }, "no <manifest>"},
    {"no_package", [](P* p) { p->manifest = start_element(P::kManifest, {}); }, "names no package"},
    {"package_of_a_number", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kPackage, kNone, 0x10, 7}}); }, "names no package"},
    {"package_without_its_zero", [](P* p) { p->pool.unterminated = P::kPackageName; }, "names no package"},
    {"package_beyond_the_strings", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kPackage, 99, 3, 99}}); }, "names no package"},
    {"strings_beyond", [](P* p) { p->pool.begin_shift = 0x7fffffff; }, "do not lie within it"},
    {"strings_that_do_not_end", [](P* p) { p->pool.has_last_zero = false; }, "does not end in a zero"},
    {"count_beyond", [](P* p) { p->pool.more_count = 0x40000000; }, "it has room for"},
    {"attributes_beyond", [](P* p) { p->manifest = start_element(P::kManifest, {}, 20, 20, 3); }, "attributes do not fit"},
    {"attributes_far_beyond", [](P* p) { p->manifest = start_element(P::kManifest, {{P::kPackage, P::kPackageName, 3, P::kPackageName}}, 0xFFFC, 20, 0xFFF0); }, "attributes do not fit"},
    {"element_too_short", [](P* p) { p->permission = chunk(0x0102, test::node_header(), "junk"); }, "too short"},
}), [](const auto& row) { return std::string(row.param.name); });
// clang-format on

TEST(Manifest, TextIsNoManifest) {
  EXPECT_FALSE(read("<?xml version=\"1.0\"?><manifest package=\"a.b\"/>", nullptr));
  EXPECT_FALSE(read("", nullptr));
}

// More than a billion attributes that take no bytes would take a minute to walk.
TEST(Manifest, AttributesWithoutLengthAreOne) {
  ManifestParts parts;
  parts.application = "";
  for (int i = 0; i < 20'000; ++i)
    parts.application +=
        start_element(P::kOther, {{P::kLabel, P::kExample, 3, P::kExample}}, 0, 20, 0xFFFE);
  EXPECT_TRUE(read(parts.bytes(), nullptr));
}

TEST(Manifest, PermissionsBeyondTheBoundAreTold) {
  ManifestParts parts;
  const std::string one = parts.permission;
  for (std::size_t i = 0; i < limits::kPermissionsMax + 10; ++i) parts.permission += one;
  Oddities oddities;
  const auto manifest = read(parts.bytes(), &oddities);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->permissions.size(), limits::kPermissionsMax);
  EXPECT_EQ(codes_of(oddities), std::vector<std::string>{"manifest_permissions"});
}

TEST(Manifest, PermissionsBeyondTheBoundAreStillLookedThroughForTheNetwork) {
  const auto permission = [](const test::Attribute& name) {
    return start_element(P::kUsesPermission, {name}) + end_element(P::kUsesPermission);
  };
  const std::string other = permission({P::kName, P::kOther, 3, P::kOther});
  for (const auto& [last, drops] : {std::pair{other, false},
                                    {permission({P::kName, P::kInternet, 3, P::kInternet}), true},
                                    {permission({P::kName, kNone, 1, 0x7f010000}), true}}) {
    ManifestParts parts;
    parts.permission.clear();
    for (std::size_t i = 0; i < limits::kPermissionsMax; ++i) parts.permission += other;
    parts.permission += last;
    const auto manifest = read(parts.bytes(), nullptr);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->permissions.size(), limits::kPermissionsMax);
    EXPECT_EQ(manifest->drops_network_permission, drops);
  }
}

// Every cut and every flipped byte gives an error or an answer, and never an access out of bounds.
TEST(Manifest, DamageIsRefusedOrRead) {
  for (const bool is_wide : {true, false}) {
    ManifestParts parts;
    parts.pool.is_wide = is_wide;
    const std::string whole = parts.bytes();
    for (std::size_t size = 0; size <= whole.size(); ++size)
      (void)read(whole.substr(0, size), nullptr);
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const char flip : {'\x01', '\x80', '\xff'}) {
        std::string file = whole;
        file[at] = static_cast<char>(file[at] ^ flip);
        (void)read(file, nullptr);
      }
  }
}

}  // namespace
}  // namespace beian::package

// The page as the gate serves it: types, ETags, policy, and what it says it offers.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "cache/filing/provinces.h"
#include "gate/console/page.h"
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

TEST(ServedPage, EveryFileIsServedWithItsTypeTagAndPolicy) {
  GateDriver gate;
  for (const console::Page& page : console::pages()) {
    const Answer answer = gate.get(page.path);
    EXPECT_EQ(answer.status, 200U) << page.path;
    EXPECT_EQ(answer.content_type, page.content_type);
    EXPECT_EQ(answer.body, page.bytes);
    EXPECT_EQ(answer.field("ETag"), page.etag);
    EXPECT_EQ(answer.field("Cache-Control"), "no-cache");
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    EXPECT_NE(answer.field("Content-Security-Policy").find("default-src 'none'"),
              std::string::npos);
  }
}

TEST(ServedPage, KnownFilesAreNotSentAgain) {
  GateDriver gate;
  for (const std::string_view path : {"/", "/console/app.js"}) {
    const std::string etag = gate.get(path).field("ETag");
    for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
      const Answer answer = gate.get(path, {{"If-None-Match", known}});
      EXPECT_EQ(answer.status, 304U) << known;
      EXPECT_EQ(answer.body, "");
      EXPECT_EQ(answer.field("ETag"), etag);
    }
    EXPECT_EQ(gate.get(path, {{"If-None-Match", "\"another\""}}).status, 200U);
  }
}

TEST(ServedPage, OtherFilesAreNotFound) {
  GateDriver gate;
  for (const std::string_view path :
       {"/console/none.js", "/console/", "/console/..", "/console/page.cc", "/index.html"})
    EXPECT_EQ(gate.get(path).status, 404U) << path;
}

TEST(ServedPage, IsOnlyRead) {
  GateDriver gate;
  for (const std::string_view path : {"/", "/console/app.js", "/console/gate.json"}) {
    const Answer answer = gate.post(path, "{}");
    EXPECT_EQ(answer.status, 405U) << path;
    EXPECT_EQ(answer.field("Allow"), "GET, HEAD, OPTIONS");
  }
}

TEST(ServedPage, ALanguageInTheAddressIsThePagesOwn) {
  GateDriver gate;
  EXPECT_EQ(gate.get("/?lang=en").status, 200U);
}

TEST(ServedPage, TellsWhatTheGateOffers) {
  GateDriver gate;
  const Answer answer = gate.get("/console/gate.json");
  EXPECT_EQ(answer.content_type, "application/json");
  std::vector<std::string_view> routes;
  for (const dom::element route : gate.json(answer)["routes"].get_array())
    routes.push_back(std::string_view(route));
  for (const std::string_view route : {"/", "/v1/check", "/v1/checks:stream", "/v1/registry"})
    EXPECT_NE(std::ranges::find(routes, route), routes.end()) << route;
}

// Naive twin: counts over the number of every service.
TEST(ServedPage, RegistryCountsByProvince) {
  const GateState state = fixture_state();
  std::map<std::string, std::uint64_t> wanted;
  state.generation->registry().for_each_record([&](const auto& record) {
    if (record.number().is_subject()) return;
    const std::size_t province = record.number().parts().province;
    if (province != kNoProvince && province < kProvinces.size())
      ++wanted[std::string(kProvinces[province].character)];
  });
  GateDriver gate(state);
  const Answer answer = gate.get("/v1/registry");
  std::map<std::string, std::uint64_t> told;
  for (const auto province : gate.json(answer)["counts"]["by_province"].get_object())
    told[std::string(province.key)] = std::uint64_t(province.value);
  EXPECT_EQ(told, wanted);
  EXPECT_GT(told.size(), 3U);
}

}  // namespace
}  // namespace beian::http::test

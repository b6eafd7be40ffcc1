// `/v1/authz` without a proxy: which inputs count, and what the status and the few fields say.
// tests/integration/proxy_test.py has real proxies ask.
#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

class GateAuthz : public testing::Test {
 protected:
  Answer ask(const Fields& fields, std::string_view target = "/v1/authz") {
    return gate.get(target, fields);
  }
  GateDriver gate;
};

struct AuthzRow {
  std::string_view why;
  std::string target;
  Fields fields;
  unsigned status;
  std::string_view decision;
  std::string_view findings;
};

TEST_F(GateAuthz, StatusAndFieldsSayTheDecision) {
  const std::string query = "/v1/authz?operation=distribute&number=";
  const AuthzRow rows[] = {
      {"filed by its domain; connect is meant",
       "/v1/authz",
       {{"X-Original-Host", "www.example.cn"}},
       200,
       "allow",
       "NUMBER_RESOLVED"},
      {"a port is no part of the name",
       "/v1/authz",
       {{"X-Forwarded-Host", "www.example.cn:8443"}},
       200,
       "allow",
       "NUMBER_RESOLVED"},
      {"nobody's domain",
       "/v1/authz",
       {{"X-Original-Host", "unknown.test"}},
       403,
       "deny",
       "NUMBER_MISSING"},
      {"no input at all", "/v1/authz", {}, 403, "deny", "NUMBER_MISSING"},
      {"a number in a field, percent-encoded",
       "/v1/authz",
       {{"X-Filing-Number", "%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-2A"}},
       403,
       "deny",
       "SERVICE_CANCELLED"},
      {"a number in a field as it is, and what it does",
       "/v1/authz",
       {{"X-Filing-Number", "京ICP备2099000000号-1A"}, {"X-Gate-Operation", "distribute"}},
       200,
       "allow",
       ""},
      {"a package in fields",
       "/v1/authz",
       {{"X-App-Package", "cn.example.app"}, {"X-App-Platform", "Android"}},
       200,
       "allow",
       "NUMBER_RESOLVED"},
      {"review is no pass", query + percent("京ICP备2099000000号-8A"), {}, 403, "review", "SHELL"},
      {"a lone percent sign is text",
       "/v1/authz",
       {{"X-Filing-Number", "100%"}},
       403,
       "deny",
       "NUMBER_MALFORMED"},
  };
  for (const AuthzRow& row : rows) {
    SCOPED_TRACE(row.why);
    const Answer answer = ask(row.fields, row.target);
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.field("X-Gate-Decision"), row.decision);
    EXPECT_EQ(answer.field("X-Gate-Findings"), row.findings);
    EXPECT_EQ(answer.field("X-Gate-Serial"), std::to_string(kSerial));
    EXPECT_EQ(answer.field("X-Gate-Decision-Id").size(), 26U);
    if (row.status == 200)
      EXPECT_EQ(answer.body, "");
    else
      EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:not-allowed");
  }
}

TEST_F(GateAuthz, WhatCannotBeToldIs503) {
  GateDriver incomplete(fixture_state(/*is_sealed=*/false));
  const Fields fields = {{"X-Original-Host", "unknown.test"}};
  const Answer answer = incomplete.get("/v1/authz", fields);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.field("X-Gate-Decision"), "unknown");
  EXPECT_EQ(answer.field("X-Gate-Findings"), "REGISTRY_INCOMPLETE");
  EXPECT_EQ(answer.field("Retry-After"), kRetryAfter);
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  EXPECT_EQ(incomplete.at(answer, "/type"), "urn:beian-gate:problem:not-decidable");
}

// Parameters come from the proxy, fields may come from the visitor: a visitor can add to what is
// judged, but not take away from it.
TEST_F(GateAuthz, AVisitorCannotAnswerForHimself) {
  const AuthzRow rows[] = {
      {"a parameter counts more than the field",
       "/v1/authz?domain=unknown.test",
       {{"X-Original-Host", "www.example.cn"}},
       403,
       "deny",
       "NUMBER_MISSING"},
      {"by any of its names",
       "/v1/authz?app.filing_number=x",
       {{"X-Filing-Number", "京ICP备2099000000号-1A"}},
       403,
       "deny",
       "NUMBER_MALFORMED"},
      {"an address says nothing of a name",
       "/v1/authz?ip=192.0.2.7",
       {{"X-Original-Host", "unknown.test"}},
       403,
       "deny",
       "NUMBER_MISSING"},
      {"nor a name of an address",
       "/v1/authz?domain=www.example.cn",
       {{"X-Forwarded-Host", "203.0.113.9"}},
       403,
       "deny",
       "NUMBER_RESOLVED, IP_NOT_FILED"},
      {"an address counts more than another one",
       "/v1/authz?ip=203.0.113.9",
       {{"X-Original-Host", "192.0.2.7"}},
       403,
       "deny",
       "NUMBER_MISSING"},
      {"the operation of a parameter too",
       "/v1/authz?operation=connect&domain=www.example.cn&provider=nobody",
       {{"X-Gate-Operation", "distribute"}},
       403,
       "deny",
       "NUMBER_RESOLVED, ACCESS_NOT_ADDED"},
      {"both hosts are judged",
       "/v1/authz",
       {{"X-Original-Host", "www.example.cn"}, {"X-Forwarded-Host", "other.test"}},
       403,
       "deny",
       "NUMBER_RESOLVED, DOMAIN_NOT_FILED"},
      {"and each of a list that proxies append to",
       "/v1/authz",
       {{"X-Forwarded-Host", "www.example.cn, other.test:80"}},
       403,
       "deny",
       "NUMBER_RESOLVED, DOMAIN_NOT_FILED"},
      {"or that comes in lines of its own",
       "/v1/authz",
       {{"X-Forwarded-Host", "www.example.cn"}, {"x-forwarded-host", "other.test"}},
       403,
       "deny",
       "NUMBER_RESOLVED, DOMAIN_NOT_FILED"},
      {"of either field",
       "/v1/authz",
       {{"X-Original-Host", "www.example.cn"}, {"A", "b"}, {"X-Original-Host", "other.test"}},
       403,
       "deny",
       "NUMBER_RESOLVED, DOMAIN_NOT_FILED"},
      {"an empty line in front hides nothing",
       "/v1/authz",
       {{"X-Forwarded-Host", ""}, {"X-Forwarded-Host", "other.test"}},
       403,
       "deny",
       "NUMBER_MISSING"},
      {"nor does a parameter that says nothing",
       "/v1/authz?domain=&ip=,&number=" + percent("京ICP备2023000001号-2A"),
       {{"X-Original-Host", "other.test"}},
       403,
       "deny",
       "DOMAIN_NOT_FILED"},
      {"of a number",
       "/v1/authz?number=&package=%20",
       {{"X-Filing-Number", "京ICP备2099000000号-2A"}},
       403,
       "deny",
       "SERVICE_CANCELLED"},
  };
  for (const AuthzRow& row : rows) {
    SCOPED_TRACE(row.why);
    const Answer answer = ask(row.fields, row.target);
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.field("X-Gate-Findings"), row.findings);
  }
}

TEST_F(GateAuthz, LinesOfOneHostAreOneHost) {
  const Answer answer = ask({{"X-Original-Host", "other.test"},
                             {"X-Forwarded-Host", "other.test"},
                             {"X-Forwarded-Host", "other.test"}});
  EXPECT_EQ(answer.field("X-Gate-Findings"), "NUMBER_MISSING");
  Fields many(100, {"X-Forwarded-Host", "www.example.cn"});
  EXPECT_EQ(ask(many).status, 200U);
}

// Nobody can say which of two values counts, so neither the proxy nor the visitor has the last
// word.
TEST_F(GateAuthz, FieldsOfOneValueAreGivenOnce) {
  for (const std::string_view field :
       {"X-Filing-Number", "X-App-Package", "X-App-Platform", "X-Gate-Operation"}) {
    for (const std::string_view first : {"connect", ""}) {
      const Answer answer = ask({{field, first}, {field, "connect"}});
      EXPECT_EQ(answer.status, 400U) << field;
      EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:invalid-field");
      EXPECT_EQ(gate.at(answer, "/detail"), std::string(field) + " is given twice");
    }
  }
}

TEST_F(GateAuthz, AFaultIsToldOfTheFieldOrOfTheParameter) {
  const auto told = [&](std::string_view target, const Fields& fields) {
    const Answer answer = ask(fields, target);
    EXPECT_EQ(answer.status, 400U);
    const std::string type = gate.at(answer, "/type");
    const std::string detail = gate.at(answer, "/detail");
    return type.substr(type.rfind(':') + 1) + " " + gate.at(answer, "/pointer") + " " +
           detail.substr(0, detail.find(':'));
  };
  EXPECT_EQ(told("/v1/authz", {{"X-Original-Host", "a.cn"}, {"X-Forwarded-Host", "a b"}}),
            "invalid-field absent X-Forwarded-Host");
  EXPECT_EQ(told("/v1/authz", {{"X-Original-Host", ".."}}), "invalid-field absent X-Original-Host");
  EXPECT_EQ(told("/v1/authz?domain=", {{"X-Original-Host", ".."}}),
            "invalid-field absent X-Original-Host");
  EXPECT_EQ(told("/v1/authz", {{"X-App-Platform", "Amiga OS"}}),
            "invalid-field absent X-App-Platform");
  EXPECT_EQ(told("/v1/authz", {{"X-Gate-Operation", "sell"}}),
            "invalid-field absent X-Gate-Operation");
  EXPECT_EQ(told("/v1/authz?domain=..", {{"X-Original-Host", "a.cn"}}),
            "invalid-parameter /domain not a domain");
  EXPECT_EQ(told("/v1/authz?as_of=x", {}), "invalid-parameter /as_of not a day written YYYY-MM-DD");
  EXPECT_EQ(told("/v1/authz?strict=1&x=1", {}), "invalid-parameter /x unknown parameter");
}

// As Envoy asks: the visitor's path and query follow the prefix, and method and Host are the
// visitor's.
TEST_F(GateAuthz, BelowItsPathOnlyTheHostCounts) {
  const Fields allowed = {{"X-Gate-Operation", "connect"}, {"X-Original-Host", "www.example.cn"}};
  for (const Method method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut,
                              Method::kPatch, Method::kDelete, Method::kOptions}) {
    for (const std::string_view target :
         {"/v1/authz/", "/v1/authz/a/b", "/v1/authz/a?operation=nonsense&as_of=2020-01-01&x=%"}) {
      SCOPED_TRACE(target);
      // The driver's own Host is gate.test, which nobody has filed.
      const Answer answer = gate.send(method, target, {}, allowed);
      EXPECT_EQ(answer.status, 403U);
      EXPECT_EQ(answer.field("X-Gate-Findings"), "NUMBER_RESOLVED, DOMAIN_NOT_FILED");
    }
  }
  EXPECT_EQ(gate.get("/v1/authzz").status, 404U);
}

TEST_F(GateAuthz, TheVisitorsBodyIsNotLookedAt) {
  const Fields fields = {{"Content-Type", "text/plain"}, {"X-Original-Host", "www.example.cn"}};
  EXPECT_EQ(gate.send(Method::kPost, "/v1/authz", {}, fields).status, 200U);
}

TEST_F(GateAuthz, HostsAreNamesOrAddresses) {
  for (const std::string_view host : {"192.0.2.7", "192.0.2.7:80", "[2001:db8:1::1]:443"}) {
    const Answer answer = ask({{"X-Original-Host", host}});
    EXPECT_EQ(answer.status, 200U) << host << answer.field("X-Gate-Findings");
  }
  for (const std::string_view host : {"[", "[]", ":", ",,", "[::"})
    EXPECT_EQ(ask({{"X-Original-Host", host}}).status, 403U) << "no host: " << host;
  for (const std::string_view host : {"a b", "..", "%"})
    EXPECT_EQ(ask({{"X-Original-Host", host}}).status, 400U) << "no name: " << host;
}

TEST_F(GateAuthz, InputsThatCannotBeReadAre400) {
  EXPECT_EQ(ask({{"X-Gate-Operation", "sell"}}).status, 400U);
  EXPECT_EQ(ask({{"X-App-Package", "\xFF"}}).status, 400U);
  EXPECT_EQ(ask({{"X-App-Platform", "Amiga OS"}}).status, 400U);
  EXPECT_EQ(ask({}, "/v1/authz?as_of=yesterday").status, 400U);
  EXPECT_EQ(ask({}, "/v1/authz?strict=true&unknown=1").status, 400U);
}

TEST_F(GateAuthz, AnAnswerMayBeKeptForEachOfItsInputs) {
  const Answer allowed = ask({{"X-Original-Host", "www.example.cn"}});
  EXPECT_EQ(allowed.field("Cache-Control"), "max-age=300");
  EXPECT_EQ(allowed.field("Vary"),
            "X-Filing-Number, X-App-Package, X-App-Platform, X-Gate-Operation, X-Original-Host, "
            "X-Forwarded-Host");
  EXPECT_EQ(ask({}).field("Cache-Control"), "max-age=30");
  EXPECT_EQ(gate.send(Method::kPost, "/v1/authz").field("Cache-Control"), "none");
}

}  // namespace
}  // namespace beian::http::test

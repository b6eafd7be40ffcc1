// AuthZEN's access evaluations as check requests: what each part becomes, what is refused and
// where, and that no body costs more than its size.
#include "gate/wire/authzen_json.h"

#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "tests/wire/request_support.h"

namespace beian::wire::test {
namespace {

// The parameters of a check, as `name=value` separated by commas.
std::string shown(const QueryParameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters.all()) {
    if (!out.empty()) out += ',';
    out.append(name).append("=").append(value);
  }
  return out;
}

// `parts` beside a subject, with ' standing for ".
std::string body_of(std::string_view parts) {
  return json_of("{'subject':{'type':'team','id':'release'},") + json_of(parts) + "}";
}

class Reading {
 public:
  explicit Reading(const std::string& json, bool is_strict = false) : json_(json) {
    Problem problem;
    const bool is_accepted = reader_.read(json_, {is_strict}, &request_, &problem);
    told_ = is_accepted ? shown(reader_.parameters()) : told(false, problem);
  }
  const std::string& told_as() const { return told_; }
  const CheckRequest& request() const { return request_; }

 private:
  std::string json_;
  AuthzenReader reader_;
  CheckRequest request_;
  std::string told_;
};

struct AuthzenRow {
  std::string_view parts;
  std::string_view told;
  std::string_view why;
};

TEST(AuthzenJson, EachPartBecomesParametersOfACheck) {
  const AuthzenRow rows[] = {
      {"'action':{'name':'distribute'},'resource':{'type':'app','id':'cn.example.app'}",
       "operation=distribute,kind=app,package=cn.example.app", "the least"},
      {"'action':{'name':'connect'},'resource':{'type':'domain','id':'www.example.cn'}",
       "operation=connect,domains=www.example.cn", "a domain says nothing of the kind"},
      {"'action':{'name':'connect'},'resource':{'type':'ip','id':'192.0.2.7'}",
       "operation=connect,ips=192.0.2.7", "an address"},
      {"'action':{'name':'distribute'},'resource':{'type':'filing_number','id':'x'}",
       "operation=distribute,filing_number=x", "a number"},
      {"'action':{'name':'distribute'},'resource':{'type':'quick_app','id':'p'}",
       "operation=distribute,kind=quick_app,package=p", "a kind"},
      {"'action':{'name':'distribute','properties':{'a':1}},'resource':{'type':'app','id':'p',"
       "'properties':{'number':'n','fingerprint':[],'offline':true,'domains':['a.cn','b.cn'],"
       "'sponsor':{'name':'s','certificate_number':'c'},'version':null,'colour':{'red':1}}}",
       "operation=distribute,kind=app,package=p,number=n,offline=true,domains=a.cn,domains=b.cn,"
       "sponsor.name=s,sponsor.certificate_number=c",
       "properties of all types; what nobody knows and null are left out"},
      {"'action':{'name':'distribute'},'resource':{'type':'app','id':'p'},"
       "'context':{'id':'r-1','min_serial':7,'as_of':'2026-01-02','time':'now','operation':'x'}",
       "operation=distribute,kind=app,package=p,id=r-1,as_of=2026-01-02,min_serial=7",
       "of a context, five members"},
  };
  for (const AuthzenRow& row : rows)
    EXPECT_EQ(Reading(body_of(row.parts)).told_as(), row.told) << row.why;
}

// As in POST /v1/check: what a caller meant must not be read as something else.
TEST(AuthzenJson, TypesAreThoseOfACheck) {
  const AuthzenRow rows[] = {
      {"'properties':{'offline':'true'}", "/properties/offline", "a flag as text"},
      {"'properties':{'offline':1}", "/properties/offline", "as a number"},
      {"'properties':{'name':true}", "/properties/name", "text as a flag"},
      {"'properties':{'name':5}", "/properties/name", "as a number"},
      {"'properties':{'name':['a']}", "/properties/name", "as a list"},
      {"'properties':{'min_serial':'5'}", "/properties/min_serial", "a number as text"},
      {"'properties':{'min_serial':-5}", "/properties/min_serial", "below nothing"},
      {"'properties':{'min_serial':5.0}", "/properties/min_serial", "a fraction"},
      {"'properties':{'domains':true}", "/properties/domains", "a list as a flag"},
      {"'properties':{'domains':['a.cn',1]}", "/properties/domains/1", "an item as a number"},
      {"'properties':{'sponsor':7}", "/properties/sponsor", "an object as a number"},
      {"'properties':{'id':1.5}", "/properties/id", "an id as a fraction"},
  };
  for (const AuthzenRow& row : rows) {
    const std::string resource =
        "'resource':{'type':'app','id':'p'," + std::string(row.parts) + "}";
    EXPECT_EQ(Reading(body_of("'action':{'name':'connect'}," + resource)).told_as(),
              "400 invalid-field /resource" + std::string(row.told))
        << row.why;
  }
}

TEST(AuthzenJson, AnIntegerIdGoesBackAsOne) {
  const std::string parts = "'action':{'name':'connect'},'resource':{'type':'app','id':'p'},";
  for (const auto& [id, is_number] : {std::pair{"7", true}, std::pair{"'7'", false}}) {
    const Reading reading(body_of(parts + "'context':{'id':" + id + "}"));
    EXPECT_EQ(reading.request().id, "7");
    EXPECT_EQ(reading.request().is_id_number, is_number);
  }
}

TEST(AuthzenJson, ValuesAreThoseOfACheck) {
  const Reading reading(body_of(
      "'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'name':'n'}},"
      "'context':{'min_serial':9}"));
  EXPECT_EQ(reading.request().operation, Operation::kConnect);
  EXPECT_EQ(reading.request().app.package, "p");
  EXPECT_EQ(reading.request().app.name, "n");
  EXPECT_EQ(reading.request().min_serial, 9U);
}

TEST(AuthzenJson, WhatIsWrongIsNamedWhereItStands) {
  const AuthzenRow rows[] = {
      {"'action':{'name':'connect'}", "400 invalid-field /resource", "no resource"},
      {"'resource':{'type':'app','id':'p'}", "400 invalid-field /action", "no action"},
      {"'action':{},'resource':{'type':'app','id':'p'}", "400 invalid-field /action/name",
       "unnamed"},
      {"'action':{'name':'sell'},'resource':{'type':'app','id':'p'}",
       "400 invalid-field /action/name", "no operation of ours"},
      {"'action':'connect','resource':{'type':'app','id':'p'}", "400 invalid-field /action",
       "no object"},
      {"'action':{'name':'connect'},'resource':{'type':'book','id':'p'}",
       "400 invalid-field /resource/type", "nothing that is filed"},
      {"'action':{'name':'connect'},'resource':{'type':'app'}", "400 invalid-field /resource/id",
       "no id"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':7}",
       "400 invalid-field /resource/id", "an id of another type"},
      {"'action':{'name':'connect'},'resource':{'type':'domain','id':'-'}",
       "400 invalid-field /resource/id", "no domain"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':[]}",
       "400 invalid-field /resource/properties", "properties are an object"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'package':'q'}"
       "}",
       "400 invalid-field /resource/properties/package", "said twice, by id and by property"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'name':['n']}}",
       "400 invalid-field /resource/properties/name", "no list"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'ips':[1]}}",
       "400 invalid-field /resource/properties/ips/0", "an item of another type"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'name':1.5}}",
       "400 invalid-field /resource/properties/name", "no whole number"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'name':'"
       "\\u0000'}}",
       "400 invalid-field /resource/properties/name", "NUL, which no log could say again"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p'},'context':{'as_of':'x'}",
       "400 invalid-field /context/as_of", "no day"},
      {"'action':{'name':'connect'},'resource':{'type':'app','id':'p'},'context':7",
       "400 invalid-field /context", "context is an object"},
      {"'action':{'name':'connect'},'action':{'name':'connect'},'resource':{'type':'app','id':'p'}",
       "400 invalid-field /action", "twice"},
  };
  for (const AuthzenRow& row : rows)
    EXPECT_EQ(Reading(body_of(row.parts)).told_as(), row.told) << row.why;
}

TEST(AuthzenJson, TheSubjectHasToBeThereAndDecidesNothing) {
  const std::string rest =
      json_of("'action':{'name':'connect'},'resource':{'type':'app','id':'p'}}");
  EXPECT_EQ(Reading("{" + rest).told_as(), "400 invalid-field /subject");
  EXPECT_EQ(Reading(json_of("{'subject':{'type':'user'},") + rest).told_as(),
            "400 invalid-field /subject/id");
  EXPECT_EQ(
      Reading(json_of("{'subject':{'type':'user','id':'a','properties':{'package':'q'}},") + rest)
          .told_as(),
      "operation=connect,kind=app,package=p");
}

TEST(AuthzenJson, StrictRefusesPropertiesThatNobodyKnows) {
  const std::string body = body_of(
      "'action':{'name':'connect'},'resource':{'type':'app','id':'p','properties':{'colour':'x'}}");
  EXPECT_EQ(Reading(body).told_as(), "operation=connect,kind=app,package=p");
  EXPECT_EQ(Reading(body, true).told_as(), "400 invalid-field /resource/properties/colour");
}

TEST(AuthzenJson, WhatIsNoJsonIsSaidToBeNone) {
  for (const std::string& body : {std::string(), std::string("{"), std::string("\xEF\xBB\xBF{}"),
                                  std::string("{\"a\":\"\xFF\"}"), std::string(20, '[')})
    EXPECT_EQ(Reading(body).told_as(), "400 invalid-json") << body;
  EXPECT_EQ(Reading("[]").told_as().substr(0, 17), "400 invalid-field");
}

// --- several at once ---

class AuthzenBatch {
 public:
  explicit AuthzenBatch(std::string json) : json_(std::move(json)) {
    Problem problem;
    is_parsed_ = reader_.parse_batch(json_, {}, &problem);
    if (!is_parsed_) told_ = told(false, problem);
    CheckRequest request;
    for (std::size_t i = 0; is_parsed_ && i < reader_.item_count(); ++i) {
      const bool is_read = reader_.read_next(&request, &problem);
      told_ += (i > 0 ? "; " : "") + (is_read ? shown(reader_.parameters()) : told(false, problem));
    }
  }
  const std::string& told_as() const { return told_; }
  const AuthzenReader& reader() const { return reader_; }

 private:
  std::string json_;
  AuthzenReader reader_;
  bool is_parsed_ = false;
  std::string told_;
};

TEST(AuthzenBatch, PartsOfTheBodyStandForThoseThatAnItemLacks) {
  const AuthzenBatch batch(
      body_of("'action':{'name':'connect'},'context':{'min_serial':3},'evaluations':["
              "{'resource':{'type':'domain','id':'a.cn'}},"
              "{'resource':{'type':'domain','id':'b.cn'},'context':{}},"
              "{'action':{'name':'distribute'},'resource':{'type':'app','id':'p'}}]"));
  EXPECT_EQ(batch.told_as(),
            "operation=connect,domains=a.cn,min_serial=3; operation=connect,domains=b.cn; "
            "operation=distribute,kind=app,package=p,min_serial=3");
  EXPECT_TRUE(batch.reader().has_evaluations());
  EXPECT_EQ(batch.reader().semantic(), Semantic::kExecuteAll);
}

TEST(AuthzenBatch, WhatIsWrongIsNamedInItsItemOrBesideThem) {
  const AuthzenBatch batch(
      body_of("'action':{'name':'sell'},'evaluations':["
              "{'resource':{'type':'app','id':'p'}},{},7,"
              "{'action':{'name':'connect'},'resource':{'type':'x','id':'p'}}]"));
  EXPECT_EQ(batch.told_as(),
            "400 invalid-field /action/name; 400 invalid-field /evaluations/1/resource; "
            "400 invalid-field /evaluations/2; 400 invalid-field /evaluations/3/resource/type");
}

TEST(AuthzenBatch, ABadItemIsItsOwnFaultAlone) {
  const std::string good = "{'resource':{'type':'app','id':'p'}}";
  for (const std::string_view bad : {"{'x':1e400}", "{'x':'\\ud800'}", "{,}"}) {
    const AuthzenBatch batch(body_of("'action':{'name':'connect'},'evaluations':[" + good + "," +
                                     std::string(bad) + "," + good + "]"));
    EXPECT_EQ(batch.told_as(),
              "operation=connect,kind=app,package=p; 400 invalid-json /evaluations/1; "
              "operation=connect,kind=app,package=p")
        << bad;
  }
}

TEST(AuthzenBatch, WithoutEvaluationsTheBodyIsTheOnlyOne) {
  for (const std::string_view end : {"", ",'evaluations':[]", ",'evaluations':null"}) {
    const AuthzenBatch batch(body_of(
        "'action':{'name':'connect'},'resource':{'type':'app','id':'p'}" + std::string(end)));
    EXPECT_EQ(batch.told_as(), "operation=connect,kind=app,package=p") << end;
    EXPECT_FALSE(batch.reader().has_evaluations());
  }
}

TEST(AuthzenBatch, SemanticsAreOneOfThree) {
  const std::string items = "'evaluations':[{}],'options':";
  EXPECT_EQ(AuthzenBatch(body_of(items + "{'evaluations_semantic':'deny_on_first_deny','x':1}"))
                .reader()
                .semantic(),
            Semantic::kDenyOnFirstDeny);
  EXPECT_EQ(AuthzenBatch(body_of(items + "{'evaluations_semantic':'permit_on_first_permit'}"))
                .reader()
                .semantic(),
            Semantic::kPermitOnFirstPermit);
  for (const std::string_view options :
       {"{'evaluations_semantic':'all'}", "{'evaluations_semantic':7}"})
    EXPECT_EQ(AuthzenBatch(body_of(items + std::string(options))).told_as(),
              "400 invalid-field /options/evaluations_semantic");
  EXPECT_EQ(AuthzenBatch(body_of(items + "7")).told_as(), "400 invalid-field /options");
  EXPECT_EQ(AuthzenBatch(body_of("'evaluations':{}")).told_as(), "400 invalid-field /evaluations");
}

TEST(AuthzenBatch, AThousandAreTaken) {
  const auto with = [](std::size_t count) {
    std::string items =
        "'action':{'name':'connect'},'resource':{'type':'app','id':'p'},"
        "'evaluations':[{}";
    for (std::size_t i = 1; i < count; ++i) items += ",{}";
    return body_of(items + "]");
  };
  EXPECT_EQ(AuthzenBatch(with(limits::kBatchItemsMax)).reader().item_count(),
            limits::kBatchItemsMax);
  EXPECT_EQ(AuthzenBatch(with(limits::kBatchItemsMax + 1)).told_as(),
            "413 too-many-checks /evaluations");
}

// What stands beside the evaluations is read again for each of them.
TEST(AuthzenBatch, PartsThatManyShareAreSmall) {
  const std::string resource = "'action':{'name':'connect'},'resource':{'type':'app','id':'p',";
  std::string members = "'properties':{";
  for (int i = 0; i < 300; ++i) members += "'m" + std::to_string(i) + "':1,";
  members += "'z':1}}";
  EXPECT_EQ(AuthzenBatch(body_of(resource + members + ",'evaluations':[{}]")).told_as(),
            "400 invalid-field /resource/properties");
  std::string list = "'properties':{'domains':['a.cn'";
  for (int i = 0; i < 300; ++i) list += ",'a.cn'";
  EXPECT_EQ(
      AuthzenBatch(body_of(resource + list + "]}},'evaluations':[{}]")).told_as().substr(0, 45),
      "400 invalid-field /resource/properties/domain");
  const std::string text(limits::kPublicKeyTextBytesMax + 1, 'x');
  EXPECT_EQ(
      AuthzenBatch(body_of(resource + "'properties':{'name':'" + text + "'}},'evaluations':[{}]"))
          .told_as(),
      "400 invalid-field /resource/properties/name");
}

}  // namespace
}  // namespace beian::wire::test

// Hand-made findings over a small registry in memory, and the messages written about them.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "cache/snapshot/snapshot_writer.h"
#include "gate/wire/messages.h"
#include "gate/wire/values.h"

namespace beian::wire::test {

inline Day day(std::string_view text) {
  return parse_day(text).value();
}
inline FilingNumber number(std::string_view text) {
  return parse_number(text).number;
}

// One subject with an app on two platforms and a mini-program; `nature` as given.
inline std::shared_ptr<const cache::Snapshot> registry(const char* nature) {
  SubjectRecord subject;
  subject.id = 1;
  subject.number = number("粤ICP备2023000001号");
  subject.sponsor = "深圳示例科技有限公司";
  subject.nature = nature;
  subject.certificate_number = "91440300TEST000001";
  subject.status = Status::kFiled;
  ServiceRecord service;
  service.id = 2;
  service.subject_id = 1;
  service.number = number("粤ICP备2023000001号-2A");
  service.names = {{"示例应用", "示例"}};
  service.status = Status::kFiled;
  service.domains = {{"example.cn", "example.com.cn"}};
  service.ips = {{*parse_ip_range("192.0.2.0/24")}};
  service.providers = {{"aliyun"}};
  service.host_platform = "wechat";
  PlatformRecord android;
  android.os = "android";
  android.package = "cn.example.app";
  android.fingerprints = {{*parse_fingerprint("9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15")}};
  android.public_keys = {{KeyDigest{1, 2, 3}}};
  PlatformRecord ios;
  ios.os = "ios";
  ios.package = "cn.example.ios";
  service.platforms = {{android, ios}};
  cache::SnapshotWriter writer;
  writer.add(subject);
  writer.add(service);
  ServiceRecord mini_program;
  mini_program.id = 3;
  mini_program.subject_id = 1;
  mini_program.number = number("粤ICP备2023000001号-3X");
  mini_program.names = {{"示例小程序"}};
  mini_program.status = Status::kProviderReview;
  mini_program.host_platform = "微信";
  writer.add(mini_program);
  // The ministry's own licences have no province; a sponsor that has moved has two.
  for (const auto& [id, text, domicile] :
       {std::tuple{4, "合字B2-20230007-1A", "川"}, std::tuple{6, "湘ICP备20008888号-1A", "粤"}}) {
    SubjectRecord other;
    other.id = static_cast<std::uint64_t>(id);
    other.number = number(text).subject_number();
    other.province = domicile;
    writer.add(other);
    ServiceRecord app;
    app.id = other.id + 1;
    app.subject_id = other.id;
    app.number = number(text);
    PlatformRecord platform;
    for (const auto& [os, package] : {std::pair{"android", "a"}, std::pair{"ios", "b"},
                                      std::pair{"android", "c"}, std::pair{"ios", "b"}}) {
      platform.os = os;
      platform.package = package;
      if (!app.platforms) app.platforms.emplace();
      app.platforms->push_back(platform);
    }
    writer.add(app);
  }
  cache::SealOptions seal;
  seal.serial = 48213;
  seal.as_of = *parse_instant("2026-11-22T19:00:00Z");
  auto bytes = std::move(writer).to_bytes(seal);
  EXPECT_TRUE(bytes);
  auto opened = cache::Snapshot::from_bytes(*std::move(bytes));
  EXPECT_TRUE(opened);
  return *opened;
}

class Messages : public ::testing::Test {
 protected:
  Messages() { use("企业"); }

  void use(const char* nature, std::uint64_t service = 2) {
    snapshot_ = registry(nature);
    decision.filing = snapshot_->by_service_id(service);
    decision.subject = decision.filing->subject();
    decision.serial = 48213;
    decision.registry_as_of = *parse_instant("2026-11-22T19:00:00Z");
  }
  void use_mini_program() {
    use("企业", 3);
    claim("粤ICP备2023000001号-3X");
    request.app.kind = Kind::kMiniProgram;
  }
  void claim(std::string_view text) {
    request.filing_number = text;
    decision.is_number_claimed = true;
    decision.number = parse_number(text);
  }
  void forget_filing() {
    decision.filing.reset();
    decision.subject.reset();
  }

  // What was written, as somebody who parses the answer reads it.
  template <class Write>
  static std::string read(Write write) {
    std::string json;
    {
      Pen pen(&json);
      pen.literal("\"");
      write(&pen);
      pen.literal("\"");
    }
    simdjson::dom::parser parser;
    std::string_view text;
    EXPECT_EQ(parser.parse(json).get(text), simdjson::SUCCESS) << json;
    return std::string(text);
  }
  MessageContext context(Language language) const {
    return {request, decision, Guidance::built_in(), language};
  }
  std::string message(const Finding& finding, Language language = Language::kZh) const {
    return read([&](Pen* pen) { write_message(context(language), finding, pen); });
  }
  std::string remedy(const Finding& finding, Language language = Language::kZh) const {
    return read([&](Pen* pen) { write_remedy(context(language), finding, pen); });
  }
  std::string given(const Finding& finding) const {
    std::string storage;
    return std::string(given_value(context(Language::kZh), finding, &storage));
  }
  std::vector<std::string> expected(const Finding& finding) const {
    std::vector<std::string> out;
    for_each_expected(context(Language::kZh), finding,
                      [&](std::string_view value) { out.emplace_back(value); });
    return out;
  }
  static Finding finding(Code code, FieldId field = FieldId::kNone) {
    Finding made;
    made.code = code;
    made.field = field;
    return made;
  }

  CheckRequest request;
  Decision decision;

 private:
  std::shared_ptr<const cache::Snapshot> snapshot_;
};

}  // namespace beian::wire::test

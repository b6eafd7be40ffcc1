#include "cache/snapshot/test_identities.h"

#include "cache/snapshot/snapshot_writer.h"

namespace beian::cache {
namespace {

// 京ICP备2099000000号: a year that no administration has reached.
FilingNumber subject_number() {
  NumberParts parts;
  parts.form = Form::kFiling;
  parts.province = 1;  // 京
  parts.main_digits = 10;
  parts.main = 2'099'000'000;
  return FilingNumber::pack(parts);
}

ServiceRecord service(std::uint32_t serial, Kind kind, const char* name, Status status) {
  ServiceRecord record;
  record.id = kTestIdentityFirst + serial;
  record.subject_id = kTestIdentityFirst;
  record.number = subject_number().with_service(serial, kind);
  record.names = {{name}};
  record.status = status;
  record.limit_access = false;
  record.providers = {{"aliyun"}};
  if (status != Status::kAuthorityReview)
    record.approved_on = Day{std::chrono::year{2023} / 9 / 20};
  return record;
}

ServiceRecord app(std::uint32_t serial, const char* name, const char* package, Status status) {
  ServiceRecord record = service(serial, Kind::kApp, name, status);
  PlatformRecord platform;
  platform.os = "android";
  platform.package = package;
  record.platforms = {{platform}};
  return record;
}

}  // namespace

void add_test_identities(SnapshotWriter* writer) {
  SubjectRecord sponsor;
  sponsor.id = kTestIdentityFirst;
  sponsor.number = subject_number();
  sponsor.sponsor = "测试主体（beian-gate）";
  sponsor.nature = "企业";
  sponsor.province = "京";
  sponsor.status = Status::kFiled;
  writer->add(sponsor);

  writer->add(app(1, "测试应用", "cn.beian-gate.pass", Status::kFiled));

  ServiceRecord cancelled =
      app(2, "测试应用（已注销）", "cn.beian-gate.cancelled", Status::kCancelled);
  cancelled.cancelled_on = Day{std::chrono::year{2024} / 6 / 3};
  writer->add(cancelled);

  ServiceRecord restricted =
      app(3, "测试应用（限制接入）", "cn.beian-gate.restricted", Status::kFiled);
  restricted.limit_access = true;
  writer->add(restricted);

  ServiceRecord pending =
      app(4, "测试应用（审核中）", "cn.beian-gate.pending", Status::kAuthorityReview);
  pending.submitted_on = Day{std::chrono::year{2025} / 12 / 1};
  writer->add(pending);

  ServiceRecord website = service(5, Kind::kWebsite, "测试网站", Status::kFiled);
  website.domains = {{"beian-gate.test"}};
  writer->add(website);

  ServiceRecord mini_program = service(6, Kind::kMiniProgram, "测试小程序", Status::kFiled);
  mini_program.host_platform = "wechat";
  writer->add(mini_program);

  writer->add(service(7, Kind::kQuickApp, "测试快应用", Status::kFiled));

  ServiceRecord shell = app(8, "测试应用（空壳）", "cn.beian-gate.shell", Status::kFiled);
  shell.providers = std::vector<std::string>{};
  writer->add(shell);
}

}  // namespace beian::cache

#include "tests/snapshot/support.h"

#include <algorithm>

#include "cache/filing/ipv4.h"
#include "cache/snapshot/record_of.h"

namespace beian::cache::test {
namespace {

using Random = std::mt19937;

std::uint32_t below(Random* random, std::uint32_t bound) {
  return static_cast<std::uint32_t>((*random)()) % bound;
}

std::vector<std::uint8_t> digest_bytes(std::uint32_t seed, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(seed * 2654435761U >> (i % 4 * 8)) ^
               static_cast<std::uint8_t>(i * 37);
  return bytes;
}

Fingerprint fingerprint(std::uint32_t seed, std::uint8_t size) {
  Fingerprint out;
  out.size = size;
  const auto bytes = digest_bytes(seed, size);
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  return out;
}

KeyDigest key_digest(std::uint32_t seed) {
  KeyDigest out;
  const auto bytes = digest_bytes(seed + 77'777, out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

// 192.0.2.low to 192.0.2.high.
IpRange range4(std::uint32_t low, std::uint32_t high) {
  return {ipv4_address(0xC0000200 + low), ipv4_address(0xC0000200 + high)};
}

// 2001:db8::low to 2001:db8::high.
IpRange range6(std::uint8_t low, std::uint8_t high) {
  IpAddress first;
  first.bytes = {0x20, 0x01, 0x0D, 0xB8};
  IpAddress last = first;
  first.bytes[15] = low;
  last.bytes[15] = high;
  return {first, last};
}

// Unknown, empty, or one to three out of `count` texts with this prefix.
Known<std::string> some_texts(Random* random, const char* prefix, std::uint32_t count) {
  const std::uint32_t size = below(random, 5);
  if (size == 4) return std::nullopt;
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < size; ++i)
    out.push_back(prefix + std::to_string(below(random, count)));
  return out;
}

IpRange random_range(Random* random) {
  const std::uint32_t low = below(random, 200);
  const std::uint32_t high = low + below(random, 55);
  if (below(random, 4) != 0) return range4(low, high);
  return range6(static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high));
}

PlatformRecord random_platform(Random* random) {
  static constexpr const char* kSystems[] = {"android", "ios", "harmonyos", "tizen"};
  static constexpr std::uint8_t kSizes[] = {16, 20, 32};
  PlatformRecord platform;
  platform.os = kSystems[below(random, 4)];
  if (below(random, 5) != 0) platform.package = "cn.example.p" + std::to_string(below(random, 900));
  if (below(random, 4) != 0) {
    platform.fingerprints.emplace();
    for (std::uint32_t i = below(random, 3); i > 0; --i)
      platform.fingerprints->push_back(fingerprint(below(random, 300), kSizes[below(random, 3)]));
  }
  if (below(random, 3) != 0) {
    platform.public_keys.emplace();
    for (std::uint32_t i = below(random, 3); i > 0; --i)
      platform.public_keys->push_back(key_digest(below(random, 50)));
  }
  return platform;
}

ServiceRecord random_service(Random* random, std::uint64_t id, const FilingNumber& subject) {
  ServiceRecord record;
  record.id = id;
  record.number =
      subject.with_service(1 + below(random, 12), static_cast<Kind>(1 + below(random, 4)));
  record.names = some_texts(random, "示例应用", 400);
  record.status = static_cast<Status>(below(random, kStatusCount - 1));
  if (below(random, 3) != 0) record.limit_access = below(random, 2) == 0;
  record.contents = some_texts(random, "内容", 9);
  record.approvals = some_texts(random, "news", 5);
  record.domains = some_texts(random, "example", 500);
  record.providers = some_texts(random, "provider", 7);
  if (below(random, 3) == 0) {
    record.ips.emplace();
    for (std::uint32_t i = below(random, 4); i > 0; --i)
      record.ips->push_back(random_range(random));
  }
  if (below(random, 8) == 0) record.host_platform = "wechat";
  if (below(random, 4) != 0) {
    record.platforms.emplace();
    for (std::uint32_t i = below(random, 4); i > 0; --i)
      record.platforms->push_back(random_platform(random));
  }
  if (below(random, 2) == 0) record.version = "1." + std::to_string(below(random, 30));
  if (below(random, 2) == 0) record.submitted_on = day(2023, 9, 1 + below(random, 28));
  if (below(random, 2) == 0) record.approved_on = day(2024, 2, 1 + below(random, 28));
  if (below(random, 9) == 0) record.cancelled_on = day(2025, 5, 1 + below(random, 28));
  if (below(random, 3) == 0)
    record.updated_at =
        Instant{std::chrono::seconds{1'700'000'000 + std::int64_t{below(random, 9999)}}};
  return record;
}

template <class T, class Print>
std::string list_text(const Known<T>& list, Print print) {
  if (!list) return "unknown";
  std::string out = "[";
  for (const T& item : *list) out += print(item) + ",";
  return out + "]";
}

std::string list_text(const Known<std::string>& list) {
  return list_text(list, [](const std::string& text) { return text; });
}

std::string text_of(const std::optional<std::string>& text) {
  return text ? "'" + *text + "'" : "unknown";
}

std::string text_of(const std::optional<Day>& date) {
  return date ? format_day(*date) : "unknown";
}

std::string text_of(const std::optional<Instant>& time) {
  return time ? format_instant(*time) : "unknown";
}

std::string platform_text(const PlatformRecord& platform) {
  return "{" + platform.os + " " + text_of(platform.package) + " " +
         list_text(platform.fingerprints,
                   [](const Fingerprint& digest) { return to_hex(digest.view()); }) +
         " " +
         list_text(platform.public_keys, [](const KeyDigest& digest) { return to_hex(digest); }) +
         "}";
}

}  // namespace

Registry hand_made() {
  Registry out;
  SubjectRecord subject;
  subject.id = 110'001'964'865;
  subject.number = number_of("京ICP备2023000001号");
  subject.sponsor = "北京示例科技有限公司";
  subject.nature = "企业";
  subject.certificate_number = "91110000EXAMPLE001";
  subject.province = "京";
  subject.status = Status::kFiled;
  subject.updated_at = Instant{std::chrono::seconds{1'740'880'800}};
  subject.cancelled_on = day(2025, 7, 1);
  out.subjects.push_back(subject);
  SubjectRecord bare;  // known by number only, and without services
  bare.id = 2;
  bare.number = number_of("粤B2-20090059");
  out.subjects.push_back(bare);

  ServiceRecord full;
  full.id = 4'134'047;
  full.subject_id = subject.id;
  full.number = number_of("京ICP备2023000001号-2A");
  full.names = {{"示例应用", "Example", ""}};
  full.status = Status::kFiled;
  full.limit_access = false;
  full.contents = {{"新闻"}};
  full.approvals = {{"news"}};
  full.domains = {{"example.cn", "xn--fiq228c.cn"}};
  full.ips = {{range4(0, 255), range4(7, 7), range6(0, 255)}};
  full.providers = {{"aliyun"}};
  full.host_platform = "wechat";
  PlatformRecord android;
  android.os = "android";
  android.package = "cn.example.app";
  android.fingerprints = {{fingerprint(1, 16), fingerprint(2, 20), fingerprint(3, 32)}};
  android.public_keys = {{key_digest(4)}};
  PlatformRecord other;  // another system, with nothing known about it
  other.os = "tizen";
  full.platforms = {{android, other}};
  full.version = "3.2.1";
  full.submitted_on = day(2025, 2, 20);
  full.approved_on = day(2025, 3, 2);
  full.cancelled_on = day(2025, 6, 30);
  full.updated_at = Instant{std::chrono::seconds{1'740'880'801}};
  out.services.push_back(full);

  ServiceRecord unknown;  // every field unknown
  unknown.id = 5;
  unknown.number = number_of("京ICP备2023000001号-3X");
  out.services.push_back(unknown);

  ServiceRecord empty = unknown;  // every list known to be empty; no subject record
  empty.id = 6;
  empty.number = number_of("蜀ICP备12004567号-1");
  empty.limit_access = true;
  empty.names = empty.contents = empty.approvals = empty.domains = empty.providers =
      std::vector<std::string>{};
  empty.ips = std::vector<IpRange>{};
  empty.platforms = std::vector<PlatformRecord>{};
  out.services.push_back(empty);

  ServiceRecord lists = unknown;  // list lengths around the one that needs a word of its own
  lists.id = 7;
  lists.number = number_of("京ICP备2023000001号-4K");
  lists.names.emplace();
  lists.domains.emplace();
  lists.platforms.emplace();
  for (int i = 0; i < 14; ++i) lists.names->push_back("n" + std::to_string(i));
  for (int i = 0; i < 15; ++i) lists.domains->push_back("d" + std::to_string(i) + ".cn");
  for (int i = 0; i < 40; ++i) lists.platforms->push_back(i % 2 == 0 ? android : other);
  out.services.push_back(lists);
  return out;
}

Registry random_registry(unsigned seed, std::size_t services) {
  Random random(seed);
  Registry out;
  const auto subject_count = static_cast<std::uint32_t>(services / 3 + 1);
  for (std::uint32_t i = 0; i < subject_count; ++i) {
    SubjectRecord subject;
    subject.id = 1000 + i;
    // Every tenth number belongs to two subjects of the feed.
    const std::uint32_t main = 2'023'000'000 + (i % 10 == 9 ? i - 1 : i);
    subject.number = number_of("京ICP备" + std::to_string(main) + "号");
    if (below(&random, 4) != 0) subject.sponsor = "主体" + std::to_string(below(&random, 90));
    if (below(&random, 2) == 0) subject.nature = "企业";
    subject.status = static_cast<Status>(below(&random, kStatusCount));
    out.subjects.push_back(subject);
  }
  for (std::size_t i = 0; i < services; ++i) {
    const SubjectRecord& subject = out.subjects[below(&random, subject_count)];
    ServiceRecord record = random_service(&random, 50'000 + i, subject.number);
    switch (below(&random, 4)) {
      case 0:
        record.subject_id = subject.id;
        break;
      case 1:  // under another subject's number
        record.subject_id = out.subjects[below(&random, subject_count)].id;
        break;
      case 2:  // no subject record at all
        record.number = number_of("沪ICP备" + std::to_string(12'000'000 + below(&random, 500)) +
                                  "号-" + std::to_string(1 + below(&random, 9)));
        break;
      default:
        break;
    }
    out.services.push_back(record);
  }
  return out;
}

SealOptions seal() {
  SealOptions options;
  options.serial = 48'213;
  options.as_of = Instant{std::chrono::seconds{1'767'322'800}};
  options.next_update = options.as_of + std::chrono::hours{24};
  return options;
}

std::string build(const Registry& registry, const SealOptions& options) {
  SnapshotWriter writer;
  for (const SubjectRecord& record : registry.subjects) writer.add(record);
  for (const ServiceRecord& record : registry.services) writer.add(record);
  auto bytes = std::move(writer).to_bytes(options);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? std::move(*bytes) : std::string();
}

std::shared_ptr<const Snapshot> open(const std::string& bytes) {
  auto opened = Snapshot::from_bytes(bytes);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? *opened : nullptr;
}

std::string describe(const SubjectRecord& record) {
  return "subject " + std::to_string(record.id) + " " + canonical(record.number) + "\n sponsor " +
         text_of(record.sponsor) + "\n nature " + text_of(record.nature) + "\n certificate " +
         text_of(record.certificate_number) + "\n province " + text_of(record.province) +
         "\n status " + std::string(name_of(record.status)) + "\n updated " +
         text_of(record.updated_at) + "\n cancelled " + text_of(record.cancelled_on) + "\n";
}

std::string describe(const ServiceRecord& record) {
  return "service " + std::to_string(record.id) + " " + canonical(record.number) + "\n names " +
         list_text(record.names) + "\n status " + std::string(name_of(record.status)) +
         "\n limit " +
         (record.limit_access ? std::to_string(*record.limit_access) : std::string("unknown")) +
         "\n contents " + list_text(record.contents) + "\n approvals " +
         list_text(record.approvals) + "\n domains " + list_text(record.domains) + "\n ips " +
         list_text(record.ips,
                   [](const IpRange& item) {
                     return to_hex(item.first.bytes) + "-" + to_hex(item.last.bytes);
                   }) +
         "\n providers " + list_text(record.providers) + "\n host " +
         text_of(record.host_platform) + "\n platforms " +
         list_text(record.platforms, platform_text) + "\n version " + text_of(record.version) +
         "\n submitted " + text_of(record.submitted_on) + "\n approved " +
         text_of(record.approved_on) + "\n cancelled " + text_of(record.cancelled_on) +
         "\n updated " + text_of(record.updated_at) + "\n";
}

std::string describe(const SubjectView& view) {
  return describe(record_of(view));
}
std::string describe(const ServiceView& view) {
  return describe(record_of(view));
}

}  // namespace beian::cache::test

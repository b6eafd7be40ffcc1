// What the registry says of a subject and of a service: the records that feeds yield and snapshots
// store. They own their values, for building; snapshots are read through views (snapshot.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/time.h"
#include "cache/filing/identity.h"
#include "cache/filing/number.h"

namespace beian {

// Do not renumber: stored in snapshot files.
enum class Status : std::uint8_t {
  kUnknown = 0,  // the feed does not say
  kFiled = 1,
  kSubmitted = 2,  // handed to the access provider
  kProviderReview = 3,
  kAuthorityReview = 4,  // at the provincial administration
  kReturned = 5,         // sent back with reasons
  kChanging = 6,         // a change is in review; the old data stay valid
  kCancelling = 7,
  kCancelled = 8,
  kRevoked = 9,
  kBlacklisted = 10,  // subjects only
};
inline constexpr int kStatusCount = 11;
std::string_view name_of(Status status) noexcept;  // "filed", …; "unknown" for kUnknown
std::optional<Status> parse_status(std::string_view name) noexcept;

// nullopt: the registry does not know. Empty: the registry knows that there are none.
template <class T>
using Known = std::optional<std::vector<T>>;

struct PlatformRecord {
  std::string os;                      // android, ios, harmonyos, any other lower-case word
  std::optional<std::string> package;  // package name or Bundle ID
  Known<Fingerprint> fingerprints;
  Known<KeyDigest> public_keys;
};

struct SubjectRecord {
  std::uint64_t id = 0;
  FilingNumber number;                 // without serial
  std::optional<std::string> sponsor;  // 主办单位名称
  std::optional<std::string> nature;   // 企业, 个人, …: an open code
  std::optional<std::string> certificate_number;
  std::optional<std::string> province;  // province character of the sponsor's domicile
  Status status = Status::kUnknown;
  std::optional<Instant> updated_at;
  std::optional<Day> cancelled_on;

  friend bool operator==(const SubjectRecord&, const SubjectRecord&) = default;
};

struct ServiceRecord {
  std::uint64_t id = 0;
  std::optional<std::uint64_t> subject_id;
  FilingNumber number;       // with serial and kind
  Known<std::string> names;  // multi-valued
  Status status = Status::kUnknown;
  std::optional<bool> limit_access;  // 限制接入
  Known<std::string> contents;       // 前置审批 categories as the registry names them
  Known<std::string> approvals;      // approvals recorded: "news", …
  Known<std::string> domains;        // normalize_domain() form
  Known<IpRange> ips;
  Known<std::string> providers;              // access providers; empty: a shell
  std::optional<std::string> host_platform;  // wechat, alipay, … of mini-programs and quick apps
  Known<PlatformRecord> platforms;
  std::optional<std::string> version;
  std::optional<Day> submitted_on;
  std::optional<Day> approved_on;
  std::optional<Day> cancelled_on;
  std::optional<Instant> updated_at;
};

}  // namespace beian

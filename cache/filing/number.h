// The filing number as a value: what `京ICP备2023000001号-2A` says, packed into 64 bits plus the
// kind.
//
// Not a parser (parse.h) and not a registry entry (record.h). Values are plain and immutable; any
// thread.
//
//   京  ICP备  2023000001  号  -2A      UTF-8 bytes, not characters: 0 | 3 | 9 | 19 | 22
//   |   |      |           |   `- serial 1..99999, then kind: A app, X mini-program, K quick app,
//   |   |      |           |      nothing for a website
//   |   form   main        fixed (not printed on licences such as 粤B2-20090059)
//   province: one of kProvinces, three bytes
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beian {

// Do not renumber: part of the packed key that snapshot files store.
enum class Form : std::uint8_t {
  kFiling = 0,      // ICP备: 8 or 10 main digits
  kIcpLicence = 1,  // ICP证: 6 digits, 8 observed
  kLicence = 2,     // B2, A2.B1.B2, 合字…: 8 digits, 6 observed
};

// Do not renumber: stored in snapshot files.
enum class Kind : std::uint8_t {
  kSubject = 0,  // no service serial: the sponsor itself
  kWebsite = 1,
  kApp = 2,
  kMiniProgram = 3,
  kQuickApp = 4,
};

// Classes of a telecom licence as a set; printed in this order, joined by dots.
enum LicenceClass : std::uint8_t { kA1 = 1, kA2 = 2, kB1 = 4, kB2 = 8 };

// Keys sort by form, province, classes, number of main digits, main, serial; so the services of one
// subject lie side by side, behind the subject's own key (serial 0). The kind letter is not part of
// the key: all kinds of one subject share one counter, so a known serial with another letter is
// another kind of the *same* filing.
enum class SubjectKey : std::uint64_t {};
enum class FilingKey : std::uint64_t {};

inline constexpr unsigned kSerialBits = 17;

constexpr FilingKey filing_key(SubjectKey subject, std::uint32_t serial) noexcept {
  return FilingKey{(static_cast<std::uint64_t>(subject) << kSerialBits) | serial};
}
constexpr SubjectKey subject_key(FilingKey key) noexcept {
  return SubjectKey{static_cast<std::uint64_t>(key) >> kSerialBits};
}
constexpr std::uint32_t serial_of(FilingKey key) noexcept {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & ((1U << kSerialBits) - 1));
}

// What a number consists of, unpacked.
struct NumberParts {
  Form form = Form::kFiling;
  std::uint8_t province = 0;     // index into kProvinces; kNoProvince or kCrossProvince on licences
  std::uint8_t classes = 0;      // set of LicenceClass; 0 unless form is kLicence
  std::uint8_t main_digits = 0;  // how many digits the main has: leading zeros count
  std::uint64_t main = 0;        // their value
  std::uint32_t serial = 0;      // 0: the subject itself
  Kind kind = Kind::kSubject;    // kSubject exactly when serial is 0
};

class FilingNumber {
 public:
  // The number that no text parses to; its key is 0.
  constexpr FilingNumber() = default;

  // REQUIRES: parts as parse_number() would produce them (asserted).
  static FilingNumber pack(const NumberParts& parts) noexcept;

  // From a stored key and kind. Returns the default number when the key is not one that pack()
  // produces: keys come from files.
  static FilingNumber from_key(FilingKey key, Kind kind) noexcept;

  NumberParts parts() const noexcept;
  FilingKey key() const noexcept { return key_; }
  SubjectKey subject() const noexcept { return beian::subject_key(key_); }
  std::uint32_t serial() const noexcept { return serial_of(key_); }
  Kind kind() const noexcept { return kind_; }
  bool is_subject() const noexcept { return serial() == 0; }

  // The same number without serial and kind.
  FilingNumber subject_number() const noexcept;
  // The same subject with another service. REQUIRES: serial in 1..kServiceSerialMax.
  FilingNumber with_service(std::uint32_t serial, Kind kind) const noexcept;

  friend bool operator==(const FilingNumber&, const FilingNumber&) = default;

 private:
  constexpr FilingNumber(FilingKey key, Kind kind) : key_(key), kind_(kind) {}

  FilingKey key_{};
  Kind kind_ = Kind::kSubject;
};

// Room for any canonical text, in bytes. The longest have 33: 合字A1.A2.B1.B2-20180017-99999A.
inline constexpr std::size_t kCanonicalBytesMax = 48;

// Writes the canonical text to `out`, which has room for kCanonicalBytesMax, and returns its
// length: 0 for the default number. No allocation.
std::size_t print(const FilingNumber& number, char* out) noexcept;
std::string canonical(const FilingNumber& number);

std::string_view name_of(Form form) noexcept;  // filing, icp_licence, licence
std::string_view name_of(Kind kind) noexcept;  // subject, website, app, mini_program, quick_app

}  // namespace beian

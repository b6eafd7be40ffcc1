// The fields of a check request: one table of names and types, and the setters that JSON, query
// strings, CSV rows and command-line flags all go through.
//
// Values are checked here and nowhere else: a setter either stores a valid value or explains what
// is wrong with it. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "gate/decision/request.h"
#include "gate/wire/problem.h"

namespace beian::wire {

// clang-format off
enum class Slot : std::uint8_t {
  kId, kOperation, kFilingNumber, kApp, kProvider, kAsOf, kMinSerial, kDetail,  // top level
  kKind, kName, kPlatform, kPackage, kVersion, kFingerprint, kPublicKey, kSponsor, kDomains, kIps,
  kCategories, kHostPlatform, kOffline, kNetworkPermission, kOperatorOverseas, kServersOverseas,
  kFirstPublished, kDisplayedNumber,                                            // app
  kSponsorName, kSponsorCertificate,                                            // app.sponsor
};
// clang-format on

enum class SlotType : std::uint8_t { kText, kList, kFlag, kInteger, kObject };

struct FieldSpec {
  Slot slot;
  SlotType type;
  std::string_view name;     // key in its JSON object
  std::string_view pointer;  // JSON Pointer
  // Where to store a text as it is; both null for fields that need more.
  std::string_view CheckRequest::*in_request = nullptr;
  std::string_view AppIdentity::*in_app = nullptr;
};

// The fields of one JSON object. Each name has its own place, computed from its size and first
// letter, so each of a row's dozen keys is compared with one name rather than twenty.
class FieldTable {
 public:
  // Does not compile if two names have the same place. `fields` must have static storage.
  template <std::size_t N>
  explicit constexpr FieldTable(const std::array<FieldSpec, N>& fields)
      : fields_(fields.data()), size_(N) {
    static_assert(N < kNowhere);
    places_.fill(kNowhere);
    for (std::size_t i = 0; i < N; ++i) {
      std::uint8_t& at = places_[place_of(fields[i].name)];
      if (at != kNowhere) throw "two names in one place: choose another place_of()";
      at = static_cast<std::uint8_t>(i);
    }
  }

  const FieldSpec* begin() const noexcept { return fields_; }
  const FieldSpec* end() const noexcept { return fields_ + size_; }

  // The field with this key, or nullptr. One comparison.
  const FieldSpec* find(std::string_view name) const noexcept {
    if (name.empty()) return nullptr;
    const std::size_t at = places_[place_of(name)];
    return at < size_ && is_equal(fields_[at].name, name) ? &fields_[at] : nullptr;
  }

 private:
  static constexpr std::uint8_t kNowhere = 0xFF;

  static constexpr std::size_t place_of(std::string_view name) noexcept {
    return (name.size() * 5 + static_cast<unsigned char>(name.front())) % 64;
  }

  // Compares word by word: names are short, and a call of memcmp() costs more than the comparison.
  static bool is_equal(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    if (a.size() < 4) {  // besides the first and the last byte, only the middle one is left
      const std::size_t middle = a.size() / 2;
      return a.front() == b.front() && a[middle] == b[middle] && a.back() == b.back();
    }
    if (a.size() < 8) return are_words_equal<std::uint32_t>(a, b);
    return are_words_equal<std::uint64_t>(a, b);
  }
  // REQUIRES: equal sizes of at least one word. The last two words may overlap.
  template <class Word>
  static bool are_words_equal(std::string_view a, std::string_view b) noexcept {
    const auto word_at = [](std::string_view text, std::size_t at) {
      Word word;
      std::memcpy(&word, text.data() + at, sizeof word);
      return word;
    };
    const std::size_t last = a.size() - sizeof(Word);
    for (std::size_t i = 0; i < last; i += sizeof(Word))
      if (word_at(a, i) != word_at(b, i)) return false;
    return word_at(a, last) == word_at(b, last);
  }

  const FieldSpec* fields_;
  std::size_t size_;
  std::array<std::uint8_t, 64> places_{};
};

const FieldTable& top_fields() noexcept;
const FieldTable& app_fields() noexcept;
const FieldTable& sponsor_fields() noexcept;

// The field that a flat name means (query parameter, CSV column, flag): dotted or bare, with or
// without `app.`; `number` is filing_number, `sponsor` the sponsor's name; `domain`, `ip`,
// `category` and the plurals are the lists. nullptr when there is no such field.
const FieldSpec* find_flat_field(std::string_view name) noexcept;

// Each returns false after explaining in `problem`. Text is stored as a view, so it must outlive
// the request. Empty text leaves the field not given (except for displayed_number, where it says
// that nothing is displayed).
inline bool set_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                     Problem* problem);
bool add_item(const FieldSpec& field, std::string_view value, CheckRequest* request,
              Problem* problem);
bool set_flag(const FieldSpec& field, bool value, CheckRequest* request);
bool set_integer(const FieldSpec& field, std::uint64_t value, CheckRequest* request);

// Sets a flat field from text, whatever its type; lists are split at commas.
bool set_from_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                   Problem* problem);

// `operation` is required; explains its absence.
bool require_operation(bool is_given, Problem* problem);

// The slow path of set_text(): text that is too long, or that means something.
bool set_meaningful_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                         Problem* problem);

inline bool set_text(const FieldSpec& field, std::string_view value, CheckRequest* request,
                     Problem* problem) {
  if (value.size() <= limits::kTextFieldBytesMax) {
    if (field.in_app != nullptr) {
      request->app.*field.in_app = value;
      return true;
    }
    if (field.in_request != nullptr) {
      request->*field.in_request = value;
      return true;
    }
  }
  return set_meaningful_text(field, value, request, problem);
}

}  // namespace beian::wire

#include "gate/package/number_search.h"

#include <algorithm>
#include <array>

#include "cache/filing/parse.h"
#include "gate/package/string_pool.h"

namespace beian::package {
namespace {

// Where to try for a number: the letters of a filing number, or the last class of a licence.
constexpr std::string_view kAnchors[] = {"ICP", "icp", "ＩＣＰ", "A1-", "A2-", "B1-", "B2-"};

bool is_licence(std::string_view anchor) noexcept {
  return anchor.ends_with('-');
}

// Non-ASCII characters that a number may contain after its anchor.
constexpr std::string_view kCharacters[] = {"备", "備", "案", "证", "證", "号", "號",
                                            "第", "－", "—",  "–",  "‐",  "‑",  "−"};
constexpr std::string_view kNumberAscii = "0123456789AXKaxkICPicpB.- ";

constexpr std::size_t kBehindBytesMax = 64;  // of a number, from its anchor on
constexpr std::size_t kBeforeBytesMax = 16;  // before it: province, 合字, other classes, blanks
constexpr int kCutsMax = 4;                  // attempts with a shorter text after the anchor

// Repairs that leave no doubt about what was meant; kLeadingLabel would take in preceding words.
constexpr std::uint16_t kTrusted = kExtraAn | kExtraDi | kDoubledToken | kMissingHao |
                                   kHaoAfterSerial | kTrailingText | kProvinceAlias | kExtraHao;

// The size in bytes of the character at `at`, judged by its first byte alone.
std::size_t step(std::string_view text, std::size_t at) noexcept {
  const auto first = static_cast<std::uint8_t>(text[at]);
  const std::size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return std::min(size, text.size() - at);
}

bool is_of_number(std::string_view character) noexcept {
  if (character.size() == 1) return kNumberAscii.find(character[0]) != std::string_view::npos;
  // Full-width digits and letters are EF BC 90 to EF BD 9A.
  return character.starts_with("\xEF\xBC") || character.starts_with("\xEF\xBD") ||
         std::ranges::find(kCharacters, character) != std::end(kCharacters);
}

bool is_continuation(char c) noexcept {
  return (c & 0xC0) == 0x80;
}

}  // namespace

void NumberSearch::search(std::string_view text, std::string_view where) {
  for (const std::string_view anchor : kAnchors)
    for (std::size_t at = text.find(anchor); at != std::string_view::npos && places_left_ > 0;
         at = text.find(anchor, at + anchor.size())) {
      --places_left_;
      look(text, at, is_licence(anchor), where);
    }
}

void NumberSearch::finish(Package* package) {
  package->filing_numbers = std::move(found_);
  if (places_left_ == 0)
    add_oddity(&package->oddities, "numbers_cut", "",
               "more places that look like filing numbers than are looked at");
}

void NumberSearch::search_wide(ByteView units, std::string_view where) {
  search(utf8_of_utf16(units), where);
}

// Examines the anchor at `at`: first how far a number could reach, then where it could begin.
void NumberSearch::look(std::string_view text, std::size_t at, bool is_licence,
                        std::string_view where) {
  std::size_t end = at;
  while (end < text.size() && end - at < kBehindBytesMax) {
    const std::size_t size = step(text, end);
    if (!is_of_number(text.substr(end, size))) break;
    end += size;
  }
  std::array<std::size_t, kBeforeBytesMax + 1> begins{};  // nearest first
  std::size_t count = 0;
  if (is_licence) begins[count++] = at;
  for (std::size_t back = 1; back <= std::min(at, kBeforeBytesMax); ++back)
    if (!is_continuation(text[at - back])) begins[count++] = at - back;
  // A province comes directly before ICP: try the nearest start first. A licence class may follow
  // other classes and a province: try the farthest first.
  if (is_licence) std::reverse(begins.begin(), begins.begin() + static_cast<std::ptrdiff_t>(count));
  bool is_found = false;
  for (int cut = 0; cut < kCutsMax && end > at && !is_found; ++cut) {
    for (std::size_t i = 0; i < count && !is_found; ++i)
      add(text.substr(begins[i], end - begins[i]), where, &is_found);
    do --end;
    while (end > at && (is_continuation(text[end]) || text[end - 1] == ' '));
  }
}

void NumberSearch::add(std::string_view candidate, std::string_view where, bool* is_found) {
  const ParsedNumber parsed = parse_number(candidate);
  if (!parsed.is_number() || !parsed.plausible || (parsed.repairs & ~kTrusted) != 0) return;
  const NumberParts parts = parsed.number.parts();
  // A licence number without a service is not a filing.
  if (parts.form != Form::kFiling && parsed.number.is_subject()) return;
  *is_found = true;
  FoundNumber found{canonical(parsed.number), std::string(where), parts.kind};
  const auto is_same = [&](const FoundNumber& other) { return other.number == found.number; };
  if (std::ranges::any_of(found_, is_same)) return;
  if (found_.size() == limits::kNumbersFoundMax)
    places_left_ = 0;
  else
    found_.push_back(std::move(found));
}

}  // namespace beian::package

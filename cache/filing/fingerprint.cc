#include "cache/filing/fingerprint.h"

#include <strings.h>

#include <array>
#include <cstddef>

#include "cache/filing/identity.h"

namespace beian {
namespace {

struct Spelling {
  std::string_view text;
  std::ptrdiff_t bytes;
  std::string_view fault;
};
constexpr std::string_view kNoMd5 = "labelled MD5, and not 16 bytes of hexadecimal";
constexpr std::string_view kNoSha1 = "labelled SHA-1, and not 20 bytes of hexadecimal";
constexpr std::string_view kNoSha256 = "labelled SHA-256, and not 32 bytes of hexadecimal";
constexpr std::array<Spelling, 5> kSpellings = {{{"MD5", 16, kNoMd5},
                                                 {"SHA-256", 32, kNoSha256},
                                                 {"SHA256", 32, kNoSha256},
                                                 {"SHA-1", 20, kNoSha1},
                                                 {"SHA1", 20, kNoSha1}}};

// Words between algorithm and digest; longer ones first.
constexpr std::array<std::string_view, 5> kWords = {"certificate fingerprint", "fingerprint",
                                                    "digest", "证书指纹", "指纹"};
constexpr std::array<std::string_view, 3> kLabelEnds = {":", "=", "："};

// apksigner names the signer before the algorithm: `Signer #1 certificate `, `V2 Signer: …`.
constexpr std::string_view kSigner = "Signer";
constexpr std::string_view kSignerEnd = "certificate ";
constexpr std::size_t kSignerBytesMax = 80;

bool starts_with(std::string_view text, std::string_view word) noexcept {
  return text.size() >= word.size() && ::strncasecmp(text.data(), word.data(), word.size()) == 0;
}

bool skip_blanks(std::string_view* text) noexcept {
  const std::size_t size = text->size();
  while (!text->empty() && (text->front() == ' ' || text->front() == '\t')) text->remove_prefix(1);
  return text->size() < size;
}

template <class Words>
bool skip_one_of(const Words& words, std::string_view* text) noexcept {
  for (const std::string_view word : words) {
    if (!starts_with(*text, word)) continue;
    text->remove_prefix(word.size());
    return true;
  }
  return false;
}

std::string_view without_signer(std::string_view text) noexcept {
  const std::string_view head = text.substr(0, kSignerBytesMax);
  const std::size_t end = head.find(kSignerEnd);
  const bool has_signer = end != std::string_view::npos && head.find(kSigner) < end;
  return has_signer ? text.substr(end + kSignerEnd.size()) : text;
}

const Spelling* take_label(std::string_view* text) noexcept {
  skip_blanks(text);
  *text = without_signer(*text);
  for (const Spelling& spelling : kSpellings) {
    if (!starts_with(*text, spelling.text)) continue;
    text->remove_prefix(spelling.text.size());
    bool is_ended = skip_blanks(text);
    if (skip_one_of(kWords, text)) is_ended = skip_blanks(text);
    is_ended |= skip_one_of(kLabelEnds, text);
    return is_ended ? &spelling : nullptr;
  }
  return nullptr;
}

}  // namespace

std::string_view fingerprint_label_fault(std::string_view text) noexcept {
  const Spelling* spelling = take_label(&text);
  return spelling == nullptr ? std::string_view() : spelling->fault;
}

std::optional<Fingerprint> parse_fingerprint(std::string_view text) noexcept {
  Fingerprint fingerprint;
  std::ptrdiff_t size = from_hex(text, fingerprint.bytes);
  if (size < 0) {  // perhaps labelled: no algorithm's name is hexadecimal
    const Spelling* label = take_label(&text);
    if (label == nullptr) return std::nullopt;
    fingerprint = {};
    size = from_hex(text, fingerprint.bytes);
    if (size != label->bytes) return std::nullopt;
  }
  if (size != 16 && size != 20 && size != 32) return std::nullopt;
  fingerprint.size = static_cast<std::uint8_t>(size);
  return fingerprint;
}

}  // namespace beian

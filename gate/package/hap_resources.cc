#include "gate/package/hap_resources.h"

#include <algorithm>
#include <charconv>

#include "gate/package/byte_reader.h"
#include "gate/package/limits.h"
#include "gate/package/string_pool.h"

namespace beian::package {
namespace {

constexpr std::size_t kVersionBytes = 128;
constexpr std::uint32_t kStringType = 9;
// Types of qualifiers.
constexpr std::uint32_t kLanguage = 0;
constexpr std::uint32_t kRegion = 1;
constexpr std::uint32_t kScript = 5;

// A set of qualifiers, such as `zh_CN-phone`, and the resources for it.
struct Key {
  std::string locale;      // zh-Hans-CN; empty: none
  std::size_t others = 0;  // qualifiers besides language, script and region
  ByteView ids;            // pairs of id and offset
};

std::optional<ByteView> at(ByteView index, std::uint32_t offset) noexcept {
  if (offset > index.size()) return std::nullopt;
  return index.subspan(offset);
}

bool is_tag(std::optional<ByteView> bytes, std::string_view tag) noexcept {
  return bytes && as_text(*bytes) == tag;
}

// Up to four letters or digits, the first in the highest byte that is not zero. Empty if there are
// other characters.
std::string subtag(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char c = static_cast<char>(value >> shift & 0xFF);
    if (c == 0) continue;
    const bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_good) return "";
    out += c;
  }
  return out;
}

// A text after its 16-bit length, which includes the NUL at the end.
std::optional<std::string_view> text(ByteReader* reader) {
  const auto size = reader->bytes(2);
  if (!size) return std::nullopt;
  const std::uint16_t bytes = u16_at(*size, 0);
  const auto found = reader->bytes(bytes);
  if (bytes == 0 || !found) return std::nullopt;
  return as_text(found->first(bytes - 1U));
}

// The keys with their ids; stops at the first malformed key.
std::vector<Key> read_keys(ByteView index) {
  std::vector<Key> keys;
  ByteReader reader(index);
  if (!reader.bytes(kVersionBytes) || !reader.u32()) return keys;
  const auto count = reader.u32();
  if (!count || *count > limits::kHapKeysMax) return keys;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const bool is_key = is_tag(reader.bytes(4), "KEYS");
    const auto offset = reader.u32();
    const auto qualifiers = reader.u32();
    if (!is_key || !qualifiers || *qualifiers > limits::kHapQualifiersMax) return keys;
    Key key;
    std::string region;
    std::string script;
    for (std::uint32_t q = 0; q < *qualifiers; ++q) {
      const auto type = reader.u32();
      const auto value = reader.u32();
      if (!value) return keys;
      if (*type == kLanguage)
        key.locale = subtag(*value);
      else if (*type == kRegion)
        region = subtag(*value);
      else if (*type == kScript)
        script = subtag(*value);
      else
        ++key.others;
    }
    for (const std::string& part : {script, region})
      if (!key.locale.empty() && !part.empty()) key.locale += "-" + part;
    const auto block = at(index, *offset);
    if (!block) continue;
    ByteReader ids(*block);
    if (!is_tag(ids.bytes(4), "IDSS")) continue;
    const auto size = ids.u32();
    const auto pairs = size ? ids.bytes(std::uint64_t{*size} * 8) : std::nullopt;
    if (!pairs) continue;
    key.ids = *pairs;
    keys.push_back(std::move(key));
  }
  return keys;
}

class HapTexts {
 public:
  explicit HapTexts(ByteView index) : index_(index), keys_(read_keys(index)) {}

  std::vector<Label> all(const HapReference& wanted) {
    std::vector<Label> labels;
    std::vector<std::size_t> others;  // parallel to labels: Key::others of each
    for (const Key& key : keys_) {
      std::optional<std::string_view> value = find(key, wanted);
      // A reference is looked up under the same key first, then under those without a language.
      for (int step = 0; value && value->starts_with("$string:"); ++step) {
        const auto next = reference(*value);
        value = step < limits::kReferenceStepsMax && next ? resolve(key, *next) : std::nullopt;
      }
      if (!value || value->empty() || !is_utf8(*value)) continue;
      const std::string label = cut_text(std::string(*value));
      const auto same = std::ranges::find(labels, key.locale, &Label::locale);
      const auto place = static_cast<std::size_t>(same - labels.begin());
      if (same == labels.end()) {
        if (labels.size() == limits::kLabelLocalesMax) break;
        labels.push_back({key.locale, label});
        others.push_back(key.others);
      } else if (key.others < others[place]) {
        same->text = label;
        others[place] = key.others;
      }
    }
    std::stable_partition(labels.begin(), labels.end(),
                          [](const Label& one) { return one.locale.empty(); });
    return labels;
  }

 private:
  static std::optional<HapReference> reference(std::string_view value) {
    value.remove_prefix(std::string_view("$string:").size());
    std::uint32_t id = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), id);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size()) return std::nullopt;
    return HapReference{id, ""};
  }

  std::optional<std::string_view> resolve(const Key& key, const HapReference& wanted) {
    if (const auto found = find(key, wanted)) return found;
    for (const Key& other : keys_)
      if (const auto found = find(other, wanted); found && other.locale.empty()) return found;
    return std::nullopt;
  }

  // The value of a text under one key. The number of ids examined is bounded over all keys
  // together.
  std::optional<std::string_view> find(const Key& key, const HapReference& wanted) {
    for (std::size_t i = 0; i < key.ids.size(); i += 8) {
      if (++looks_ > limits::kHapLooksMax) return std::nullopt;
      if (wanted.id && u32_at(key.ids, i) != *wanted.id) continue;
      const auto bytes = at(index_, u32_at(key.ids, i + 4));
      if (!bytes) continue;
      ByteReader record(*bytes);
      record.u32();
      const auto type = record.u32();
      const auto id = record.u32();
      if (!id || *type != kStringType) continue;
      const auto value = text(&record);
      const auto name = value ? text(&record) : std::nullopt;
      if (name && (wanted.id || *name == wanted.name)) return value;
    }
    return std::nullopt;
  }

  const ByteView index_;
  const std::vector<Key> keys_;
  std::size_t looks_ = 0;
};

}  // namespace

std::vector<Label> read_hap_texts(ByteView index, const HapReference& wanted) {
  return HapTexts(index).all(wanted);
}

}  // namespace beian::package

#include "gate/package/property_list.h"

#include <plist/plist.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "gate/package/limits.h"
#include "gate/package/string_pool.h"

namespace beian::package {
namespace {

constexpr std::string_view kBinaryMagic = "bplist0";
constexpr std::size_t kTrailerBytes = 32;
constexpr std::size_t kPlistHeaderBytes = 8;

// A marker has the kind in its high half and a count or width in its low half.
enum BinaryKind : std::uint8_t { kInteger = 1, kAscii = 5, kUtf16 = 6, kDictionary = 13 };
constexpr std::uint8_t kFalse = 0x08;
constexpr std::uint8_t kTrue = 0x09;

//     header | objects | offsets, one each | trailer: …, widths, counts      big-endian
class BinaryList {
 public:
  explicit BinaryList(ByteView bytes) : bytes_(bytes) {}

  // False if the list is damaged.
  bool read(PropertyList* list);

 private:
  struct Object {
    std::uint8_t marker = 0;
    std::uint64_t count = 0;  // bytes, units or pairs
    std::size_t at = 0;       // after the marker and count
  };

  std::optional<std::uint64_t> number(std::size_t at, std::size_t width) const;
  std::optional<Object> object(std::uint64_t index) const;
  std::optional<std::string> text(const Object& object) const;
  std::optional<std::string> scalar(const Object& object) const;
  bool read_dictionary(const Object& top, const std::string& prefix, PropertyList* list) const;

  ByteView bytes_;
  std::size_t offset_width_ = 0;
  std::size_t reference_width_ = 0;
  std::uint64_t objects_ = 0;
  std::uint64_t offsets_ = 0;  // where they begin
};

std::optional<std::uint64_t> BinaryList::number(std::size_t at, std::size_t width) const {
  if (width == 0 || width > 8 || at > bytes_.size() || bytes_.size() - at < width)
    return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | bytes_[at + i];
  return value;
}

std::optional<BinaryList::Object> BinaryList::object(std::uint64_t index) const {
  if (index >= objects_) return std::nullopt;
  const auto at = number(offsets_ + index * offset_width_, offset_width_);
  if (!at || *at < kPlistHeaderBytes || *at >= offsets_) return std::nullopt;
  Object out{bytes_[*at], bytes_[*at] & 0x0FU, *at + 1};
  if (out.count != 0x0F || out.marker >> 4 <= kInteger) return out;
  // The count follows as an integer object.
  const auto width = number(out.at, 1);
  if (!width || *width >> 4 != kInteger || (*width & 0x0F) > 3) return std::nullopt;
  const std::size_t bytes = std::size_t{1} << (*width & 0x0F);
  const auto count = number(out.at + 1, bytes);
  if (!count) return std::nullopt;
  out.count = *count;
  out.at += 1 + bytes;
  return out;
}

std::optional<std::string> BinaryList::text(const Object& object) const {
  const int kind = object.marker >> 4;
  const std::size_t each = kind == kUtf16 ? 2 : 1;
  if ((kind != kAscii && kind != kUtf16) || object.at > offsets_ ||
      object.count > (offsets_ - object.at) / each)
    return std::nullopt;
  const std::size_t kept = std::min<std::size_t>(static_cast<std::size_t>(object.count) * each,
                                                 limits::kPoolTextBytesMax);
  const ByteView view = bytes_.subspan(object.at, kept);
  if (kind == kAscii) return cut_text(utf8_of_modified(as_text(view)));
  std::vector<std::uint8_t> swapped(view.begin(), view.end());  // big-endian units
  for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  return cut_text(utf8_of_utf16(swapped));
}

std::optional<std::string> BinaryList::scalar(const Object& object) const {
  if (object.marker == kTrue) return "true";
  if (object.marker == kFalse) return "false";
  if (object.marker >> 4 != kInteger) return text(object);
  const auto value =
      object.count > 3 ? std::nullopt : number(object.at, std::size_t{1} << object.count);
  if (!value) return std::nullopt;
  return std::to_string(static_cast<std::int64_t>(*value));
}

// Adds the scalars of a dictionary and, if `prefix` is empty, those of the dictionaries in it.
bool BinaryList::read_dictionary(const Object& top, const std::string& prefix,
                                 PropertyList* list) const {
  if (top.count > limits::kPropertyListElementsMax) return false;
  for (std::uint64_t i = 0; i < top.count; ++i) {
    const auto key_index = number(top.at + i * reference_width_, reference_width_);
    const auto index = number(top.at + (top.count + i) * reference_width_, reference_width_);
    if (!key_index || !index || list->size() >= limits::kPropertyListElementsMax) return false;
    const auto key_object = object(*key_index);
    const auto value = object(*index);
    const auto key = key_object ? text(*key_object) : std::nullopt;
    if (!key || !value) return false;
    if (value->marker >> 4 == kDictionary) {
      if (prefix.empty() && !read_dictionary(*value, *key + "/", list)) return false;
    } else if (auto read = scalar(*value); read) {
      // If a key is repeated, which value counts would depend on the reader.
      if (!list->emplace(prefix + *key, std::move(*read)).second) return false;
    }
  }
  return true;
}

bool BinaryList::read(PropertyList* list) {
  if (bytes_.size() < kPlistHeaderBytes + kTrailerBytes) return false;
  const std::size_t trailer = bytes_.size() - kTrailerBytes;
  offset_width_ = bytes_[trailer + 6];
  reference_width_ = bytes_[trailer + 7];
  objects_ = *number(trailer + 8, 8);
  offsets_ = *number(trailer + 24, 8);
  if (offset_width_ == 0 || offset_width_ > 8 || reference_width_ == 0 || reference_width_ > 8 ||
      offsets_ > trailer || objects_ > (trailer - offsets_) / offset_width_)
    return false;
  const auto top = object(*number(trailer + 16, 8));
  return top && top->marker >> 4 == kDictionary && read_dictionary(*top, "", list);
}

struct FreePlist {
  void operator()(void* node) const noexcept { ::plist_free(node); }
};
using Plist = std::unique_ptr<void, FreePlist>;

struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};

std::optional<std::string> xml_scalar(plist_t node) {
  switch (::plist_get_node_type(node)) {
    case PLIST_BOOLEAN: {
      std::uint8_t flag = 0;
      ::plist_get_bool_val(node, &flag);
      return flag != 0 ? "true" : "false";
    }
    case PLIST_UINT: {
      std::uint64_t value = 0;
      ::plist_get_uint_val(node, &value);
      return std::to_string(static_cast<std::int64_t>(value));
    }
    case PLIST_STRING: {
      std::uint64_t bytes = 0;
      const char* const text = ::plist_get_string_ptr(node, &bytes);
      const std::size_t kept = std::min<std::size_t>(bytes, limits::kPoolTextBytesMax);
      return text == nullptr ? "" : cut_text(utf8_of_modified(std::string_view(text, kept)));
    }
    default:
      return std::nullopt;
  }
}

void read_xml_dictionary(plist_t dictionary, const std::string& prefix, PropertyList* list) {
  plist_dict_iter iterator = nullptr;
  ::plist_dict_new_iter(dictionary, &iterator);
  for (;;) {
    char* name = nullptr;
    plist_t value = nullptr;
    ::plist_dict_next_item(dictionary, iterator, &name, &value);
    const std::unique_ptr<char, FreeText> owned(name);
    if (value == nullptr || name == nullptr) break;
    const std::string key = utf8_of_modified(name);
    if (::plist_get_node_type(value) == PLIST_DICT) {
      if (prefix.empty()) read_xml_dictionary(value, key + "/", list);
    } else if (auto read = xml_scalar(value); read) {
      list->emplace(prefix + key, std::move(*read));
    }
  }
  std::free(iterator);
}

// The number of `<`, an upper bound on how deep elements can nest.
std::size_t elements_of(std::string_view xml) noexcept {
  return static_cast<std::size_t>(std::ranges::count(xml, '<'));
}

bool read_xml(std::string_view xml, PropertyList* list) {
  plist_t root = nullptr;
  ::plist_from_xml(xml.data(), static_cast<std::uint32_t>(xml.size()), &root);
  const Plist owned(root);
  if (root == nullptr || ::plist_get_node_type(root) != PLIST_DICT) return false;
  read_xml_dictionary(root, "", list);
  return true;
}

}  // namespace

Result<PropertyList> parse_property_list(ByteView bytes, std::string_view where) {
  const auto bad = [&](std::string_view what) {
    return make_error(ErrorKind::kBadInput, std::string(where) + ": " + std::string(what));
  };
  PropertyList list;
  const std::string_view text = as_text(bytes);
  if (bytes.size() > limits::kPropertyListBytesMax) return bad("too large for a property list");
  if (text.starts_with(kBinaryMagic)) {
    if (!BinaryList(bytes).read(&list)) return bad("a damaged binary property list");
    return list;
  }
  if (elements_of(text) > limits::kPropertyListElementsMax)
    return bad("a property list of more elements than are read");
  if (!read_xml(text, &list)) return bad("not a property list");
  return list;
}

}  // namespace beian::package

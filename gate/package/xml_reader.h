// Android's binary XML, element by element, read as Android reads it (ResXMLTree): the type of the
// document is not looked at, chunks of unknown types are passed over, names of attributes are those
// of the resource map and not those of the strings, where it has them.
//
// One thread; dies with the bytes that it was opened on. Tests:
// tests/package/manifest_test.cc, tests/fuzz/axml_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cache/base/result.h"
#include "gate/package/chunk.h"
#include "gate/package/oddity.h"
#include "gate/package/string_pool.h"

namespace beian::package {

struct XmlAttribute {
  std::uint32_t space = 0;        // index of the namespace's text; ~0: none
  std::uint32_t name = 0;         // index of the name's text
  std::uint32_t raw = 0;          // index of the value's text as written; ~0: none
  std::uint32_t resource_id = 0;  // what the name stands for; 0: nothing
  ResourceValue value;
};

class XmlReader {
 public:
  enum class Event : std::uint8_t { kStart, kEnd, kDocumentEnd };

  // Errors: kBadInput where Android refuses the document.
  [[nodiscard]] static Result<XmlReader> open(ByteView file, std::string_view where,
                                              Oddities* oddities);

  // The next begin or end of an element; texts and namespaces are passed over. Behind the end of
  // the document: kDocumentEnd again. Errors: kBadInput, a chunk that Android refuses.
  [[nodiscard]] Result<Event> next();

  // How many elements are open, that of a kStart or kEnd with them.
  std::size_t depth() const noexcept { return depth_; }

  // --- of the element whose kStart came last ---
  bool is_named(std::string_view name) const noexcept { return strings_.reads_as(name_, name); }
  // The attribute of a resource identifier, as an app's manifest is read: Android walks attributes
  // in the order of their identifiers, so one behind a higher one of its package is not seen; those
  // of other packages it steps over.
  std::optional<XmlAttribute> attribute(std::uint32_t resource_id) const;
  // The attribute of a name without a namespace, or with one that is no text, as `package` is read.
  std::optional<XmlAttribute> attribute(std::string_view name) const;

  const StringPool& strings() const noexcept { return strings_; }

 private:
  XmlReader(ByteView document, std::string_view where, Oddities* oddities)
      : document_(document), where_(where), oddities_(oddities) {}

  Result<void> read_head(std::size_t at);
  Result<void> start_element(const Chunk& node);
  void tell_attributes() const;
  XmlAttribute attribute_at(std::size_t index) const;
  Error bad(const std::string& what) const;

  ByteView document_;
  std::string where_;
  Oddities* oddities_;
  StringPool strings_;
  ByteView resource_map_;  // u32 each, by index of the name's text
  std::size_t next_ = 0;   // in document_
  std::size_t depth_ = 0;
  bool is_end_due_ = false;  // the last event was an end; its element closes with the next call
  bool has_told_unknown_ = false;

  std::uint32_t name_ = 0;
  std::size_t attributes_ = 0;  // in document_
  std::size_t attribute_bytes_ = 0;
  std::size_t attribute_count_ = 0;
};

}  // namespace beian::package

// Android's binary XML, element by element, read as Android reads it (ResXMLTree): the document's
// type is ignored, chunks of unknown types are skipped, and where the resource map has an entry for
// an attribute's name, that entry identifies the attribute, not the string.
//
// Not thread-safe; valid as long as the bytes it was opened on. Tests:
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
  std::uint32_t space = 0;        // string index of the namespace; ~0: none
  std::uint32_t name = 0;         // string index of the name
  std::uint32_t raw = 0;          // string index of the value as written; ~0: none
  std::uint32_t resource_id = 0;  // what the name stands for; 0: nothing
  ResourceValue value;
};

class XmlReader {
 public:
  enum class Event : std::uint8_t { kStart, kEnd, kDocumentEnd };

  // Errors: kBadInput where Android refuses the document.
  [[nodiscard]] static Result<XmlReader> open(ByteView file, std::string_view where,
                                              Oddities* oddities);

  // The next start or end of an element; skips texts and namespaces. After the end of the document:
  // kDocumentEnd again. Errors: kBadInput for a chunk that Android refuses.
  [[nodiscard]] Result<Event> next();

  // The number of open elements, including the one of a kStart or kEnd just returned.
  std::size_t depth() const noexcept { return depth_; }

  // --- of the element whose kStart was returned last ---
  bool is_named(std::string_view name) const noexcept { return strings_.reads_as(name_, name); }
  // The attribute with a resource identifier, as Android reads an app's manifest: it expects
  // attributes in ascending order of identifiers, so it misses one that comes after a higher
  // identifier of the same package; it steps over those of other packages.
  std::optional<XmlAttribute> attribute(std::uint32_t resource_id) const;
  // The attribute with a name and no namespace, or a namespace that is not a string, as `package`
  // is read.
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
  ByteView resource_map_;  // u32 each, by string index of the name
  std::size_t next_ = 0;   // in document_
  std::size_t depth_ = 0;
  bool is_end_due_ = false;  // the last event was an end; its element closes on the next call
  bool has_told_unknown_ = false;

  std::uint32_t name_ = 0;
  std::size_t attributes_ = 0;  // in document_
  std::size_t attribute_bytes_ = 0;
  std::size_t attribute_count_ = 0;
};

}  // namespace beian::package

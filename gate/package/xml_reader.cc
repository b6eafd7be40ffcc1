#include "gate/package/xml_reader.h"

#include <algorithm>

namespace beian::package {
namespace {

constexpr std::size_t kNodeHeaderBytes = 16;
constexpr std::size_t kElementBytes = 20;    // ResXMLTree_attrExt
constexpr std::size_t kAttributeBytes = 20;  // ResXMLTree_attribute

// The minimum size of what follows a node's header; nullopt for unknown types.
std::optional<std::size_t> extension_bytes(std::uint16_t type) noexcept {
  switch (type) {
    case kXmlStartNamespace:
    case kXmlEndNamespace:
    case kXmlEndElement:
      return 8;
    case kXmlStartElement:
      return kElementBytes;
    case kXmlText:
      return 12;
    default:
      return std::nullopt;
  }
}

}  // namespace

Error XmlReader::bad(const std::string& what) const {
  return make_error(ErrorKind::kBadInput, printable(where_) + ": " + what);
}

Result<XmlReader> XmlReader::open(ByteView file, std::string_view where, Oddities* oddities) {
  const auto fault = [&](std::string_view what) {
    return make_error(ErrorKind::kBadInput, printable(where) + ": " + std::string(what));
  };
  if (file.size() < kChunkHeaderBytes) return fault("too short for binary XML");
  const std::size_t header_bytes = u16_at(file, 2);
  const std::size_t bytes = u32_at(file, 4);
  if (bytes > file.size() || header_bytes > bytes || bytes < kChunkHeaderBytes)
    return fault("not binary XML: its sizes do not fit the file");
  if (u16_at(file, 0) != kXmlChunk)
    add_oddity(oddities, "xml_type", where,
               "not marked as binary XML; Android does not look at the mark");
  if (header_bytes != kChunkHeaderBytes)
    add_oddity(oddities, "xml_header", where,
               "a header of " + std::to_string(header_bytes) + " bytes instead of 8");
  if (bytes < file.size()) add_oddity(oddities, "xml_rest", where, "bytes behind the document");
  XmlReader reader(file.first(bytes), where, oddities);
  if (auto read = reader.read_head(header_bytes); !read) return read.error();
  return reader;
}

// Reads what comes before the first node: the strings and the resource map.
Result<void> XmlReader::read_head(std::size_t at) {
  int pools = 0;
  while (document_.size() - at > kChunkHeaderBytes) {
    const auto chunk = chunk_at(document_, at);
    if (!chunk) return bad("a damaged chunk at offset " + std::to_string(at));
    if (chunk->type == kStringPoolChunk) {
      auto pool = StringPool::open(*chunk, where_, oddities_);
      if (!pool) return pool.error();
      strings_ = *pool;
      ++pools;
    } else if (chunk->type == kXmlResourceMap) {
      resource_map_ = chunk->body();
    } else if (chunk->type >= kXmlFirstNode && chunk->type <= kXmlLastNode) {
      next_ = at;
      if (pools > 1)
        add_oddity(oddities_, "xml_pools", where_, "several string pools; Android takes the last");
      return {};
    } else {
      add_oddity(oddities_, "xml_unknown_chunk", where_,
                 "a chunk of the unknown type " + std::to_string(chunk->type) +
                     "; Android passes over it");
    }
    at += chunk->bytes.size();
    if (at > document_.size()) break;
  }
  return bad("binary XML without an element");
}

Result<XmlReader::Event> XmlReader::next() {
  if (is_end_due_ && depth_ > 0) --depth_;
  is_end_due_ = false;
  while (next_ < document_.size()) {
    const auto node = chunk_at(document_, next_, kNodeHeaderBytes);
    if (!node) return bad("a damaged chunk at offset " + std::to_string(next_));
    next_ += node->bytes.size();
    const auto extension = extension_bytes(node->type);
    if (!extension) {
      if (!has_told_unknown_)
        add_oddity(oddities_, "xml_unknown_chunk", where_,
                   "a chunk of the unknown type " + std::to_string(node->type) +
                       " among the elements; Android passes over it");
      has_told_unknown_ = true;
      continue;
    }
    if (node->body().size() < *extension)
      return bad("a chunk that is too short at offset " +
                 std::to_string(next_ - node->bytes.size()));
    if (node->type == kXmlStartElement) {
      if (auto started = start_element(*node); !started) return started.error();
      ++depth_;
      return Event::kStart;
    }
    if (node->type == kXmlEndElement) {
      is_end_due_ = true;
      return Event::kEnd;
    }
  }
  return Event::kDocumentEnd;
}

Result<void> XmlReader::start_element(const Chunk& node) {
  const ByteView element = node.body();
  name_ = u32_at(element, 4);
  const std::size_t start = u16_at(element, 8);
  attribute_bytes_ = u16_at(element, 10);
  attribute_count_ = u16_at(element, 12);
  if (start + attribute_bytes_ * attribute_count_ > element.size())
    return bad("an element whose attributes do not fit it");
  if (attribute_bytes_ == 0 && attribute_count_ > 1) attribute_count_ = 1;  // all are the same one
  attributes_ = static_cast<std::size_t>(element.data() - document_.data()) + start;
  // Android reads whole attributes, however short they claim to be.
  const std::size_t last = attribute_count_ == 0 ? 0 : attribute_bytes_ * (attribute_count_ - 1);
  if (attribute_count_ != 0 && document_.size() - attributes_ < last + kAttributeBytes)
    return bad("an element whose attributes do not fit the document");
  tell_attributes();
  return {};
}

void XmlReader::tell_attributes() const {
  if (attribute_count_ == 0) return;
  if (attribute_bytes_ != kAttributeBytes)
    add_oddity(oddities_, "xml_attribute_size", where_,
               "attributes of " + std::to_string(attribute_bytes_) + " bytes instead of 20");
  std::uint32_t highest = 0;
  for (std::size_t i = 0; i < attribute_count_; ++i) {
    const std::uint32_t id = attribute_at(i).resource_id;
    if (id != 0 && id < highest)
      return add_oddity(oddities_, "xml_attribute_order", where_,
                        "attributes out of order: Android does not see one behind a higher one of "
                        "the same package, and others none behind a higher one");
    highest = std::max(highest, id);
  }
}

XmlAttribute XmlReader::attribute_at(std::size_t index) const {
  const ByteView bytes = document_.subspan(attributes_ + attribute_bytes_ * index, kAttributeBytes);
  XmlAttribute attribute;
  attribute.space = u32_at(bytes, 0);
  attribute.name = u32_at(bytes, 4);
  attribute.raw = u32_at(bytes, 8);
  attribute.value = {u8_at(bytes, 15), u32_at(bytes, 16)};
  const std::size_t at = std::size_t{attribute.name} * 4;
  if (at + 4 <= resource_map_.size()) attribute.resource_id = u32_at(resource_map_, at);
  return attribute;
}

std::optional<XmlAttribute> XmlReader::attribute(std::uint32_t resource_id) const {
  for (std::size_t i = 0; i < attribute_count_; ++i) {
    const XmlAttribute attribute = attribute_at(i);
    if (attribute.resource_id == resource_id) return attribute;
    const bool is_of_package = attribute.resource_id >> 24 == resource_id >> 24;
    if (is_of_package && attribute.resource_id > resource_id) break;
  }
  return std::nullopt;
}

std::optional<XmlAttribute> XmlReader::attribute(std::string_view name) const {
  for (std::size_t i = 0; i < attribute_count_; ++i) {
    const XmlAttribute attribute = attribute_at(i);
    if (!strings_.has(attribute.space) && strings_.is(attribute.name, name)) return attribute;
  }
  return std::nullopt;
}

}  // namespace beian::package

#include "cache/redis/stream_entry.h"

#include <utility>

#include "cache/redis/keys.h"

namespace beian::cache {

StreamEntry stream_entry(Reply item) {
  StreamEntry entry;
  if (!item.is_array() || item.elements.size() != 2) return entry;
  const Reply& id = item.elements[0];
  Reply& fields = item.elements[1];
  if (id.is_text()) entry.serial = serial_of_stream_id(id.text).value_or(0);
  if (fields.is_array() && fields.elements.size() == 2 && fields.elements[0].text == kBatchField)
    entry.batch = std::move(fields.elements[1].text);
  return entry;
}

}  // namespace beian::cache

// Sources on top of sources: gzip, zstd, GB18030. Private to gate/audit.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gate/audit/byte_source.h"

namespace beian::audit {

enum class Packing : std::uint8_t { kNone, kGzip, kZstd };

// By the first bytes of a file; by the end of a name: `.gz`, `.zst`.
Packing packing_of(std::string_view head) noexcept;
Packing packing_by_name(std::string_view name) noexcept;

// `packed` unpacked: all members of a gzip file, all frames of a zstd file. A file that ends inside
// one, or holds other bytes behind it, is kBadInput. `name` stands for it in errors.
std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> packed, Packing packing,
                                   std::string name);

// GB18030 (and so GBK and GB2312) as UTF-8. A byte that is none becomes kNoGb18030, which no UTF-8
// holds: so exactly its row is refused.
inline constexpr char kNoGb18030 = '\xFF';
std::unique_ptr<ByteSource> from_gb18030(std::unique_ptr<ByteSource> source);
// How many bytes `utf8` is in GB18030.
std::size_t gb18030_bytes(std::string_view utf8);

}  // namespace beian::audit

// Sources that decode another source: gzip, zstd, GB18030. Private to gate/audit.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gate/audit/byte_source.h"

namespace beian::audit {

enum class Packing : std::uint8_t { kNone, kGzip, kZstd };

// Recognised by the first bytes of a file; or, for outputs, by the end of its name: `.gz`, `.zst`.
Packing packing_of(std::string_view head) noexcept;
Packing packing_by_name(std::string_view name) noexcept;

// Decompresses `packed`: all members of a gzip file, all frames of a zstd file. kBadInput if it
// ends inside one, or has other bytes after it. `name` denotes it in errors.
std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> packed, Packing packing,
                                   std::string name);

// Converts GB18030 (which includes GBK and GB2312) to UTF-8. An invalid byte becomes kNoGb18030,
// which never occurs in UTF-8, so that just its row is refused.
inline constexpr char kNoGb18030 = '\xFF';
std::unique_ptr<ByteSource> from_gb18030(std::unique_ptr<ByteSource> source);
// The size of `utf8` when encoded as GB18030, in bytes.
std::size_t gb18030_bytes(std::string_view utf8);

}  // namespace beian::audit

// The plain bytes of a catalog: reads a file or standard input, decompresses it (gzip or zstd,
// detected by its first bytes) and converts it to UTF-8.
//
// Not thread-safe. Reading blocks. Memory is bounded, whatever the input decompresses to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::audit {

enum class Encoding : std::uint8_t { kUtf8, kGb18030 };
std::optional<Encoding> parse_encoding(std::string_view name) noexcept;  // utf-8, gb18030

// Identifies a catalog when an audit is resumed.
struct CatalogIdentity {
  std::optional<std::uint64_t> bytes;  // size as stored; none: not a regular file
  std::string head;                    // digest of the first bytes, in hex

  friend bool operator==(const CatalogIdentity&, const CatalogIdentity&) = default;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills `out`; returns fewer bytes than its size only at the end. Errors: kUnavailable
  // (cannot read), kBadInput (damaged compression).
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
  // Skips `bytes` plain bytes; in an uncompressed file this is a single seek. kBadInput if there
  // are fewer.
  [[nodiscard]] virtual Result<void> skip(std::uint64_t bytes);
  // How many bytes were taken from the file, for progress.
  virtual std::uint64_t bytes_taken() const noexcept = 0;
};

struct OpenedCatalog {
  std::unique_ptr<ByteSource> source;
  CatalogIdentity identity;
};

// Opens `path`; `-` is standard input. Errors: kUnavailable.
[[nodiscard]] Result<OpenedCatalog> open_catalog(const std::string& path, Encoding encoding);

// A catalog in memory, in uncompressed UTF-8.
OpenedCatalog open_text(std::string text);

}  // namespace beian::audit

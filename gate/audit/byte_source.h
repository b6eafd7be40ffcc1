// The bytes of a catalog, plain: a file or standard input, unpacked (gzip, zstd by their first
// bytes) and brought to UTF-8.
//
// One thread. Reading blocks. Memory is bounded whatever the input unpacks to.
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

// What tells one catalog from another when an audit is resumed.
struct CatalogIdentity {
  std::optional<std::uint64_t> bytes;  // as stored; none: not a regular file
  std::string head;                    // digest of the first bytes, hexadecimal

  friend bool operator==(const CatalogIdentity&, const CatalogIdentity&) = default;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills `out` as far as there are bytes; fewer than its size only at the end. Errors:
  // kUnavailable (cannot read), kBadInput (damaged compression).
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
  // Goes on behind `bytes` plain bytes from here; at once in plain files. kBadInput when there are
  // not so many.
  [[nodiscard]] virtual Result<void> skip(std::uint64_t bytes);
  // How many bytes were taken from the file: for progress.
  virtual std::uint64_t bytes_taken() const noexcept = 0;
};

struct OpenedCatalog {
  std::unique_ptr<ByteSource> source;
  CatalogIdentity identity;
};

// Opens `path`; `-` is standard input. Errors: kUnavailable.
[[nodiscard]] Result<OpenedCatalog> open_catalog(const std::string& path, Encoding encoding);

// A catalog that is in memory: plain UTF-8.
OpenedCatalog open_text(std::string text);

}  // namespace beian::audit

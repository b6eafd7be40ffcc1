// Where a snapshot is written to: bytes go out in blocks of limits::kSnapshotBlockBytes, each
// hashed on its way; the header is put in place last, when the root hash is known.
//
// One thread. The target must outlive the sink.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "cache/base/file.h"
#include "cache/base/result.h"
#include "cache/snapshot/seal.h"

namespace beian::cache {

class BlockSink {
 public:
  explicit BlockSink(std::string* memory) : memory_(memory) {}
  explicit BlockSink(AtomicFile* file) : file_(file) {}

  // Appends to the open section. After an error of the target everything else is ignored until
  // finish() reports it.
  void append(const void* data, std::size_t bytes);
  template <class T>
  void append(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "padding would leak into the file");
    append(&value, sizeof value);
  }
  template <class T>
  void append_all(const std::vector<T>& values) {
    static_assert(std::has_unique_object_representations_v<T>, "padding would leak into the file");
    append(values.data(), values.size() * sizeof(T));
  }

  // Sections follow each other in the order of SectionId.
  void begin(format::SectionId section);
  void end();

  // Writes the block hashes and the header, which it completes and signs when `key` is given.
  [[nodiscard]] Result<void> finish(format::Header header, const SigningKey* key);

 private:
  void flush_block();
  void write(ByteView bytes);

  std::string* memory_ = nullptr;
  AtomicFile* file_ = nullptr;
  Result<void> outcome_;
  std::array<format::Section, format::kSectionCount> sections_{};
  std::size_t open_ = 0;
  std::uint64_t offset_ = sizeof(format::Header);
  std::string block_;
  std::vector<Sha256> hashes_;
};

}  // namespace beian::cache

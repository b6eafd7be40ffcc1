// Where a snapshot is written to: bytes go out in blocks of limits::kSnapshotBlockBytes, each
// hashed on its way; the header is put in place last, when the root hash is known.
//
// One thread uses it. A large file starts a second one, which hashes and writes behind the first.
// The target must outlive the sink.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
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
  ~BlockSink() { stop_writer(); }
  BlockSink(const BlockSink&) = delete;
  BlockSink& operator=(const BlockSink&) = delete;

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

  // Writes the block hashes and the header, which it completes and, when `key` is given, signs.
  [[nodiscard]] Result<void> finish(format::Header header, const SigningKey* key);

 private:
  void hand_over();                             // gives the buffer to the writer
  void write_blocks(const std::string& bytes);  // whole blocks, except at the end
  void write(ByteView bytes);
  void write_page();
  void run_writer();
  void stop_writer();  // after it has written everything

  // Owned by the writer thread while there is one.
  std::string* memory_ = nullptr;
  AtomicFile* file_ = nullptr;
  Result<void> outcome_;
  std::vector<Sha256> hashes_;
  std::string page_;  // end of the file, not yet written
  std::uint64_t pages_written_ = 0;

  std::array<format::Section, format::kSectionCount> sections_{};
  std::size_t open_ = 0;
  std::uint64_t offset_ = sizeof(format::Header);
  std::string buffer_;

  std::mutex mutex_;
  std::condition_variable has_changed_;
  std::deque<std::string> full_;   // guarded by the mutex, like the two below
  std::vector<std::string> free_;  // written buffers, to be filled again
  bool is_ending_ = false;
  std::jthread writer_;
};

}  // namespace beian::cache

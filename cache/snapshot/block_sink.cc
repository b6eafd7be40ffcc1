#include "cache/snapshot/block_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cache/base/limits.h"
#include "cache/snapshot/huge_pages.h"

namespace beian::cache {

namespace {

// Handed over at a time: 0.7 ms of hashing, against 50 us to wake a thread.
constexpr std::size_t kBufferBytes = 16 * limits::kSnapshotBlockBytes;
constexpr std::size_t kBuffersMax = 8;  // queued for the writer; beyond: append() waits
// A file of millions of services would otherwise sit in memory until it is complete, and the disk
// would only begin then; so write-back is started every 8 MiB.
constexpr std::uint64_t kFlushPages = 4;

}  // namespace

void BlockSink::write(ByteView bytes) {
  if (memory_ != nullptr) {
    if (memory_->empty()) memory_->assign(sizeof(format::Header), '\0');
    memory_->append(as_text(bytes));
    return;
  }
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(bytes.size(), kHugePageBytes - page_.size()));
    page_ += as_text(part);
    bytes = bytes.subspan(part.size());
    if (page_.size() == kHugePageBytes) write_page();
  }
}

// Writes a huge page at a multiple of its size, so that the kernel keeps the file in such pages and
// whoever maps it has fewer TLB misses (snapshot.cc).
void BlockSink::write_page() {
  if (outcome_) outcome_ = file_->write(as_bytes(page_));
  page_.clear();
  // A hint; its outcome does not matter.
  if (++pages_written_ % kFlushPages == 0)
    ::sync_file_range(file_->descriptor(), 0, 0, SYNC_FILE_RANGE_WRITE);
}

void BlockSink::write_blocks(const std::string& bytes) {
  if (bytes.empty()) return;
  if (hashes_.empty() && file_ != nullptr) {
    const format::Header blank{};
    write({reinterpret_cast<const std::uint8_t*>(&blank), sizeof blank});
  }
  const ByteView all = as_bytes(bytes);
  for (std::size_t at = 0; at < all.size(); at += limits::kSnapshotBlockBytes)
    hashes_.push_back(
        sha256(all.subspan(at, std::min(limits::kSnapshotBlockBytes, all.size() - at))));
  write(all);
}

void BlockSink::run_writer() {
  std::unique_lock lock(mutex_);
  for (;;) {
    has_changed_.wait(lock, [this] { return is_ending_ || !full_.empty(); });
    if (full_.empty()) return;
    std::string next = std::move(full_.front());
    full_.pop_front();
    lock.unlock();
    has_changed_.notify_all();
    write_blocks(next);
    next.clear();
    lock.lock();
    free_.push_back(std::move(next));
  }
}

void BlockSink::stop_writer() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_changed_.notify_all();
  writer_.join();
}

void BlockSink::hand_over() {
  if (!writer_.joinable()) writer_ = std::jthread([this] { run_writer(); });
  std::string next;
  {
    std::unique_lock lock(mutex_);
    has_changed_.wait(lock, [this] { return full_.size() < kBuffersMax; });
    full_.push_back(std::move(buffer_));
    if (!free_.empty()) {
      next = std::move(free_.back());
      free_.pop_back();
    }
  }
  has_changed_.notify_all();
  next.reserve(kBufferBytes);
  buffer_ = std::move(next);
}

void BlockSink::append(const void* data, std::size_t bytes) {
  const char* next = static_cast<const char*>(data);
  offset_ += bytes;
  while (bytes > 0) {
    const std::size_t room = std::min(bytes, kBufferBytes - buffer_.size());
    buffer_.append(next, room);
    next += room;
    bytes -= room;
    if (buffer_.size() == kBufferBytes) hand_over();
  }
}

void BlockSink::begin(format::SectionId section) {
  BEIAN_ASSERT(static_cast<std::size_t>(section) == open_);
  sections_[open_].offset = offset_;
}

void BlockSink::end() {
  sections_[open_].bytes = offset_ - sections_[open_].offset;
  ++open_;
  static constexpr std::array<char, format::kAlignment> kZeros{};
  append(kZeros.data(), (format::kAlignment - offset_ % format::kAlignment) % format::kAlignment);
}

Result<void> BlockSink::finish(format::Header header, const SigningKey* key) {
  stop_writer();
  write_blocks(buffer_);
  const ByteView hashes{reinterpret_cast<const std::uint8_t*>(hashes_.data()),
                        hashes_.size() * sizeof(Sha256)};
  write(hashes);
  sections_[open_] = {offset_, hashes.size()};
  header.magic = format::kMagic;
  header.version = format::kVersion;
  header.file_bytes = offset_ + hashes.size();
  header.sections = sections_;
  header.root_hash = root_hash_of(header, hashes);
  if (key != nullptr) {
    header.signer = key->public_key();
    header.signature = key->sign(as_bytes(signed_message(header.root_hash)));
  }
  if (memory_ != nullptr) {
    std::memcpy(memory_->data(), &header, sizeof header);
    return {};
  }
  write_page();
  if (!outcome_) return outcome_;
  const ssize_t written = ::pwrite(file_->descriptor(), &header, sizeof header, 0);
  if (written != static_cast<ssize_t>(sizeof header)) {
    return make_error(ErrorKind::kUnavailable,
                      std::string("cannot write the header: ") + std::strerror(errno));
  }
  return {};
}

}  // namespace beian::cache

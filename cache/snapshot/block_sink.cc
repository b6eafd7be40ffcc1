#include "cache/snapshot/block_sink.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cache/base/limits.h"

namespace beian::cache {

void BlockSink::write(ByteView bytes) {
  if (memory_ != nullptr) {
    if (memory_->empty()) memory_->assign(sizeof(format::Header), '\0');
    memory_->append(as_text(bytes));
    return;
  }
  if (!outcome_) return;
  outcome_ = file_->write(bytes);
}

void BlockSink::flush_block() {
  if (block_.empty()) return;
  if (hashes_.empty() && file_ != nullptr) {
    const format::Header blank{};
    write({reinterpret_cast<const std::uint8_t*>(&blank), sizeof blank});
  }
  hashes_.push_back(sha256(block_));
  write(as_bytes(block_));
  block_.clear();
}

void BlockSink::append(const void* data, std::size_t bytes) {
  const char* next = static_cast<const char*>(data);
  offset_ += bytes;
  while (bytes > 0) {
    const std::size_t room = std::min(bytes, limits::kSnapshotBlockBytes - block_.size());
    block_.append(next, room);
    next += room;
    bytes -= room;
    if (block_.size() == limits::kSnapshotBlockBytes) flush_block();
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
  flush_block();
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
  if (!outcome_) return outcome_;
  const ssize_t written = ::pwrite(file_->descriptor(), &header, sizeof header, 0);
  if (written != static_cast<ssize_t>(sizeof header)) {
    return make_error(ErrorKind::kUnavailable,
                      std::string("cannot write the header: ") + std::strerror(errno));
  }
  return {};
}

}  // namespace beian::cache

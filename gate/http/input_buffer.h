// The bytes of one connection, received but not consumed: contiguous, reused, growing on demand.
//
// Behind the bytes there are always limits::kBodyPaddingBytes of readable memory, so that a JSON
// parser can read past the end of a body without a copy. Not thread-safe. prepare() and reserve()
// invalidate pointers.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

#include "cache/base/limits.h"

namespace beian::http {

class InputBuffer {
 public:
  char* data() noexcept { return bytes_.get() + begin_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }
  std::size_t capacity() const noexcept { return capacity_; }

  // Returns room for the next read, never empty. Doubles the buffer only when it is full.
  std::span<char> prepare() {
    if (end_ == capacity_ && begin_ > 0) move_to_front();
    if (end_ == capacity_) grow(std::max(limits::kInputBytesInitial, capacity_ * 2));
    return {bytes_.get() + end_, capacity_ - end_};
  }
  // Makes room for at least `capacity` bytes in all.
  void reserve(std::size_t capacity) {
    if (capacity_ < capacity) grow(capacity);
  }
  // Adds the first `count` bytes of what prepare() returned.
  void commit(std::size_t count) noexcept {
    end_ += count;
    clear_padding();
  }

  // Drops the first `count` bytes. Constant time: nothing moves.
  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  // Closes the gap [at, at + count). REQUIRES: it lies within size().
  void erase(std::size_t at, std::size_t count) noexcept {
    if (count == 0) return;
    std::copy(data() + at + count, data() + size(), data() + at);
    end_ -= count;
  }
  // Drops everything; frees the memory if it is more than `kept_bytes_max`.
  void clear(std::size_t kept_bytes_max) noexcept {
    begin_ = end_ = 0;
    if (capacity_ <= kept_bytes_max) return;
    bytes_.reset();
    capacity_ = 0;
  }

 private:
  void move_to_front() noexcept {
    std::memmove(bytes_.get(), data(), size());
    end_ -= begin_;
    begin_ = 0;
  }
  // Whoever reads past the end sees zeros or earlier input, never uninitialized memory.
  void clear_padding() noexcept { std::memset(bytes_.get() + end_, 0, limits::kBodyPaddingBytes); }
  void grow(std::size_t wanted) {
    auto grown = std::make_unique_for_overwrite<char[]>(wanted + limits::kBodyPaddingBytes);
    if (!empty()) std::memcpy(grown.get(), data(), size());
    end_ -= begin_;
    begin_ = 0;
    bytes_ = std::move(grown);
    capacity_ = wanted;
    clear_padding();
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;  // without the padding
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace beian::http

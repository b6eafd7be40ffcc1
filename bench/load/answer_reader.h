// Finds where each answer ends in the bytes of one connection, and its status. Understands what our
// own server and nginx send: a Content-Length or chunks, no other coding. Anything else sets
// `is_broken`.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace beian::load {

class AnswerReader {
 public:
  void reset() { *this = {}; }

  // Takes the next bytes of the stream. Calls `body(bytes)` with each piece of a body, and
  // `answered(status)` at the end of each answer.
  template <class Answered, class Body>
  void feed(std::string_view bytes, const Answered& answered, const Body& body) {
    while (!is_broken && (!bytes.empty() || is_done_)) {
      if (is_done_) {
        is_done_ = false;
        part_ = Part::kHead;
        answered(status_);
        continue;
      }
      if (part_ == Part::kBody) {
        const std::size_t taken = std::min(left_bytes_, bytes.size());
        body(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
        left_bytes_ -= taken;
        if (left_bytes_ == 0) end_body();
        continue;
      }
      take_line(&bytes);
    }
  }

  bool closes() const noexcept { return closes_; }  // according to the last head
  unsigned status() const noexcept { return status_; }

  bool is_broken = false;  // nothing more can be read

 private:
  // kChunkEnd is the line end after a chunk's bytes; kTrailer, the lines up to an empty one.
  enum class Part { kHead, kBody, kChunkSize, kChunkEnd, kTrailer };
  static constexpr std::size_t kLineBytesMax = 64 * 1024;

  void take_line(std::string_view* bytes) {
    const std::size_t end = bytes->find('\n');
    line_.append(bytes->substr(0, end));
    bytes->remove_prefix(end == std::string_view::npos ? bytes->size() : end + 1);
    if (line_.size() > kLineBytesMax) is_broken = true;
    if (end == std::string_view::npos) return;
    if (line_.ends_with('\r')) line_.pop_back();
    on_line(line_);
    line_.clear();
  }

  void on_line(std::string_view line) {
    switch (part_) {
      case Part::kHead:
        if (line.empty()) return end_head();
        return is_status_read_ ? on_field(line) : on_status(line);
      case Part::kChunkSize:
        is_broken = !read(line, 16, &left_bytes_);
        part_ = left_bytes_ == 0 ? Part::kTrailer : Part::kBody;
        return;
      case Part::kChunkEnd:
        is_broken = !line.empty();
        part_ = Part::kChunkSize;
        return;
      case Part::kTrailer:
        is_done_ = line.empty();
        return;
      case Part::kBody:
        return;
    }
  }

  void on_status(std::string_view line) {
    std::size_t status = 0;
    is_broken = !line.starts_with("HTTP/1.1 ") || !read(line.substr(9), 10, &status);
    status_ = static_cast<unsigned>(status);
    is_status_read_ = true;
    is_chunked_ = closes_ = false;
    left_bytes_ = 0;
  }

  void on_field(std::string_view line) {
    if (line.starts_with("Content-Length: ")) {
      is_broken = !read(line.substr(16), 10, &left_bytes_);
    } else if (line.starts_with("Transfer-Encoding: ")) {
      is_chunked_ = line.ends_with("chunked");
      is_broken = !is_chunked_;
    } else if (line.starts_with("Connection: ")) {
      closes_ = line.ends_with("close");
    }
  }

  void end_head() {
    is_status_read_ = false;
    if (status_ == 100) return;  // the answer itself follows
    if (is_chunked_)
      part_ = Part::kChunkSize;
    else if (left_bytes_ > 0)
      part_ = Part::kBody;
    else
      is_done_ = true;
  }

  void end_body() {
    if (is_chunked_)
      part_ = Part::kChunkEnd;
    else
      is_done_ = true;
  }

  static bool read(std::string_view text, int base, std::size_t* value) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), *value, base);
    return result.ec == std::errc{};
  }

  Part part_ = Part::kHead;
  std::string line_;  // an incomplete line from earlier pieces
  std::size_t left_bytes_ = 0;
  unsigned status_ = 0;
  bool is_status_read_ = false;
  bool is_chunked_ = false;
  bool closes_ = false;
  bool is_done_ = false;
};

}  // namespace beian::load

#include "gate/audit/decoders.h"

#include <iconv.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "cache/base/extension.h"
#include "cache/base/limits.h"

namespace beian::audit {
namespace {

// A source that fills a buffer from the source below it.
class Decoder : public ByteSource {
 public:
  explicit Decoder(std::unique_ptr<ByteSource> below)
      : below_(std::move(below)), input_(limits::kAuditHeadBytes) {}

  std::uint64_t bytes_taken() const noexcept override { return below_->bytes_taken(); }

 protected:
  std::string_view waiting() const { return {input_.data() + begin_, end_ - begin_}; }
  void take(std::size_t count) { begin_ += count; }
  bool is_below_at_end() const { return is_at_end_; }

  // Keeps the waiting bytes and reads more after them.
  Result<void> fill() {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(begin_),
              input_.begin() + static_cast<std::ptrdiff_t>(end_), input_.begin());
    end_ -= std::exchange(begin_, 0);
    const auto count = below_->read(std::span(input_).subspan(end_));
    if (!count) return count.error();
    is_at_end_ = *count == 0;
    end_ += *count;
    return {};
  }

 private:
  std::unique_ptr<ByteSource> below_;
  std::vector<char> input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool is_at_end_ = false;
};

class GzipSource final : public Decoder {
 public:
  GzipSource(std::unique_ptr<ByteSource> below, std::string name)
      : Decoder(std::move(below)), name_(std::move(name)) {
    constexpr int kGzipOnly = 16;
    BEIAN_ASSERT(::inflateInit2(&stream_, kGzipOnly + MAX_WBITS) == Z_OK);
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }

  Result<std::size_t> read(std::span<char> out) override {
    std::size_t count = 0;
    while (count < out.size()) {
      if (waiting().empty()) {
        if (auto filled = fill(); !filled) return filled.error();
        if (is_below_at_end()) {
          if (is_inside_) return make_error(ErrorKind::kBadInput, name_ + ": gzip data cut short");
          break;
        }
      }
      if (!is_inside_) {
        ::inflateReset(&stream_);
        is_inside_ = true;
      }
      const std::string_view input = waiting();
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
      stream_.avail_in = static_cast<uInt>(input.size());
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + count);
      stream_.avail_out = static_cast<uInt>(out.size() - count);
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      take(input.size() - stream_.avail_in);
      count = out.size() - stream_.avail_out;
      if (status == Z_STREAM_END)
        is_inside_ = false;
      else if (status != Z_OK && status != Z_BUF_ERROR)
        return make_error(ErrorKind::kBadInput, name_ + ": damaged gzip data");
    }
    return count;
  }

 private:
  std::string name_;
  z_stream stream_{};
  bool is_inside_ = false;  // inside a member
};

class ZstdSource final : public Decoder {
 public:
  ZstdSource(std::unique_ptr<ByteSource> below, std::string name)
      : Decoder(std::move(below)), name_(std::move(name)), stream_(::ZSTD_createDStream()) {
    BEIAN_ASSERT(stream_ != nullptr);
  }
  ~ZstdSource() override { ::ZSTD_freeDStream(stream_); }

  Result<std::size_t> read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos < output.size) {
      if (waiting().empty() && !has_more_) {
        if (auto filled = fill(); !filled) return filled.error();
        if (is_below_at_end()) {
          if (is_inside_) return make_error(ErrorKind::kBadInput, name_ + ": zstd data cut short");
          break;
        }
      }
      const std::string_view bytes = waiting();
      ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
      const std::size_t status = ::ZSTD_decompressStream(stream_, &output, &input);
      take(input.pos);
      if (::ZSTD_isError(status) != 0)
        return make_error(ErrorKind::kBadInput,
                          name_ + ": damaged zstd data: " + ::ZSTD_getErrorName(status));
      is_inside_ = status != 0;
      has_more_ = is_inside_ && output.pos == output.size;
    }
    return output.pos;
  }

 private:
  std::string name_;
  ZSTD_DStream* stream_;
  bool is_inside_ = false;  // inside a frame
  bool has_more_ = false;   // the stream may hold output that did not fit
};

class Gb18030Source final : public Decoder {
 public:
  explicit Gb18030Source(std::unique_ptr<ByteSource> below)
      : Decoder(std::move(below)), converter_(::iconv_open("UTF-8", "GB18030")) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv's way to say that it failed
    BEIAN_ASSERT(converter_ != reinterpret_cast<iconv_t>(-1));
  }
  ~Gb18030Source() override { ::iconv_close(converter_); }

  Result<std::size_t> read(std::span<char> out) override {
    std::size_t count = 0;
    while (count < out.size()) {
      if (converted_taken_ == converted_.size()) {
        if (auto converted = convert(); !converted) return converted.error();
        if (converted_.empty()) break;
      }
      const std::size_t taken = std::min(out.size() - count, converted_.size() - converted_taken_);
      std::copy_n(converted_.data() + converted_taken_, taken, out.data() + count);
      converted_taken_ += taken;
      count += taken;
    }
    return count;
  }

 private:
  // Replaces `converted_` with the next bytes; empty at the end.
  Result<void> convert() {
    converted_.clear();
    converted_taken_ = 0;
    if (auto filled = fill(); !filled) return filled.error();
    // A two-byte character may become three bytes; a four-byte one becomes four.
    std::array<char, 4096> buffer;
    while (!waiting().empty()) {
      char* input = const_cast<char*>(waiting().data());
      std::size_t input_left = waiting().size();
      char* output = buffer.data();
      std::size_t output_left = buffer.size();
      const std::size_t status = ::iconv(converter_, &input, &input_left, &output, &output_left);
      const int error = errno;
      take(waiting().size() - input_left);
      converted_.append(buffer.data(), buffer.size() - output_left);
      if (status != static_cast<std::size_t>(-1) || error == E2BIG) continue;
      // An incomplete character waits for its remaining bytes, unless there are none to come.
      if (error == EINVAL && !is_below_at_end() && !converted_.empty()) return {};
      if (error == EINVAL && !is_below_at_end()) {
        if (auto filled = fill(); !filled) return filled.error();
        continue;
      }
      converted_ += kNoGb18030;
      take(1);
    }
    return {};
  }

  iconv_t converter_;
  std::string converted_;
  std::size_t converted_taken_ = 0;
};

}  // namespace

Packing packing_of(std::string_view head) noexcept {
  if (head.starts_with("\x1F\x8B")) return Packing::kGzip;
  if (head.starts_with("\x28\xB5\x2F\xFD")) return Packing::kZstd;
  return Packing::kNone;
}

Packing packing_by_name(std::string_view name) noexcept {
  if (has_extension(name, ".gz")) return Packing::kGzip;
  if (has_extension(name, ".zst")) return Packing::kZstd;
  return Packing::kNone;
}

std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> packed, Packing packing,
                                   std::string name) {
  switch (packing) {
    case Packing::kGzip:
      return std::make_unique<GzipSource>(std::move(packed), std::move(name));
    case Packing::kZstd:
      return std::make_unique<ZstdSource>(std::move(packed), std::move(name));
    case Packing::kNone:
      break;
  }
  return packed;
}

std::unique_ptr<ByteSource> from_gb18030(std::unique_ptr<ByteSource> source) {
  return std::make_unique<Gb18030Source>(std::move(source));
}

std::size_t gb18030_bytes(std::string_view utf8) {
  std::size_t bytes = 0;
  iconv_t converter = ::iconv_open("GB18030", "UTF-8");
  // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv's way to say that it failed
  BEIAN_ASSERT(converter != reinterpret_cast<iconv_t>(-1));
  char* input = const_cast<char*>(utf8.data());
  std::size_t input_left = utf8.size();
  std::array<char, 4096> buffer;
  for (bool is_more = true; is_more;) {
    char* output = buffer.data();
    std::size_t output_left = buffer.size();
    const std::size_t status = ::iconv(converter, &input, &input_left, &output, &output_left);
    is_more = status == static_cast<std::size_t>(-1) && errno == E2BIG;
    bytes += buffer.size() - output_left;
  }
  ::iconv_close(converter);
  return bytes;
}

}  // namespace beian::audit

#include "gate/log/archive.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cache/base/sha256.h"
#include "gate/log/limits.h"
#include "gate/log/record.h"

namespace beian::log {
namespace {

// Magic number and length field (32) of a skippable frame [RFC 8878 §3.1.2].
constexpr std::array<std::uint8_t, 8> kTrailerHead = {0x5B, 0x2A, 0x4D, 0x18, 32, 0, 0, 0};
constexpr std::size_t kTrailerBytes = kTrailerHead.size() + std::tuple_size_v<Sha256>;
// A larger window than our level ever uses is not from us; it is refused.
constexpr int kWindowLogMax = 23;

using Stream = std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)>;

std::string trailer_of(const Sha256& hash) {
  return std::string(as_text(kTrailerHead)) + std::string(as_text(hash));
}

Result<void> compress(DiskReader* from, DiskFile* to) {
  const Stream stream(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  BEIAN_ASSERT(stream != nullptr);
  ZSTD_CCtx_setParameter(stream.get(), ZSTD_c_compressionLevel, kCompressionLevel);
  ZSTD_CCtx_setParameter(stream.get(), ZSTD_c_checksumFlag, 1);
  Sha256Hasher hasher;
  std::string text(kReadBytes, '\0');
  std::string packed(ZSTD_CStreamOutSize(), '\0');
  for (bool is_end = false; !is_end;) {
    const auto count = from->read_some({text.data(), text.size()});
    if (!count) return count.error();
    is_end = *count == 0;
    ZSTD_inBuffer in{text.data(), *count, 0};
    for (std::size_t left = 1; left != 0 || in.pos < in.size;) {
      ZSTD_outBuffer out{packed.data(), packed.size(), 0};
      left = ZSTD_compressStream2(stream.get(), &out, &in, is_end ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0) return make_error(ErrorKind::kInternal, ZSTD_getErrorName(left));
      const std::string_view made = std::string_view(packed).substr(0, out.pos);
      hasher.add(made);
      if (auto written = write_all(to, as_bytes(made)); !written) return written;
      if (!is_end && in.pos == in.size) break;
    }
  }
  return write_all(to, as_bytes(trailer_of(hasher.end())));
}

class ArchiveReader final : public DiskReader {
 public:
  ArchiveReader(std::unique_ptr<DiskReader> reader, std::string name)
      : reader_(std::move(reader)),
        name_(std::move(name)),
        stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {
    BEIAN_ASSERT(stream_ != nullptr);
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  }

  Result<std::size_t> read_some(std::span<char> room) override {
    while (!is_over_) {
      if (at_ == usable() && !has_more_output_) {
        const auto is_more = read_on();
        if (!is_more) return is_more.error();
        if (!*is_more) return end();
      }
      ZSTD_inBuffer in{input_.data(), usable(), at_};
      ZSTD_outBuffer out{room.data(), room.size(), 0};
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(left) != 0) return fault(ZSTD_getErrorName(left));
      hasher_.add(std::string_view(input_).substr(at_, in.pos - at_));
      at_ = in.pos;
      is_frame_whole_ = left == 0;
      has_more_output_ = !is_frame_whole_ && out.pos == out.size;
      if (out.pos > 0) return out.pos;
    }
    return std::size_t{0};
  }

 private:
  // The last bytes read so far may be the trailer, so they are held back.
  std::size_t usable() const noexcept {
    return input_.size() - std::min(input_.size(), kTrailerBytes);
  }

  Result<bool> read_on() {
    input_.erase(0, at_);
    at_ = 0;
    const std::size_t before = input_.size();
    input_.resize(before + kReadBytes);
    const auto count = reader_->read_some({input_.data() + before, kReadBytes});
    input_.resize(before + (count ? *count : 0));
    if (!count) return count.error();
    return *count > 0;
  }

  Result<std::size_t> end() {
    if (!is_frame_whole_) return fault("it is cut");
    if (input_ != trailer_of(hasher_.end())) return fault("its own hash differs");
    is_over_ = true;
    return std::size_t{0};
  }

  Error fault(std::string_view what) {
    is_over_ = true;
    return make_error(ErrorKind::kDamaged,
                      name_ + ": damaged in its compressed form: " + std::string(what));
  }

  const std::unique_ptr<DiskReader> reader_;
  const std::string name_;
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  Sha256Hasher hasher_;
  std::string input_;
  std::size_t at_ = 0;
  bool has_more_output_ = false;
  bool is_frame_whole_ = false;
  bool is_over_ = false;
};

}  // namespace

Result<void> compress_segment(Disk* disk, std::uint64_t index) {
  const std::string name = segment_name(index);
  const std::string beside = name + ".zst.new";
  const auto from = disk->read(name);
  if (!from) return from.error();
  const auto to = disk->create(beside);
  if (!to) return to.error();
  auto packed = compress(from->get(), to->get());
  if (packed) packed = (*to)->sync();
  if (!packed) {
    // A partial file would only take up space, which may be what is lacking.
    if (auto removed = disk->remove(beside); !removed) return removed;
    return packed;
  }
  if (auto renamed = disk->rename(beside, name + ".zst"); !renamed) return renamed;
  if (auto synced = disk->sync_folder(); !synced) return synced;
  return disk->remove(name);
}

std::unique_ptr<DiskReader> decompress(std::unique_ptr<DiskReader> reader, std::string name) {
  return std::make_unique<ArchiveReader>(std::move(reader), std::move(name));
}

}  // namespace beian::log

#include "gate/log/segment_writer.h"

#include <algorithm>
#include <utility>

#include "gate/log/retention.h"

namespace beian::log {
namespace {

// Room for a checkpoint or two and the first record of a segment, besides what callers send.
constexpr std::uint64_t kOwnRecordsBytes = 8 * 1024;

}  // namespace

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::open(Disk* disk, SegmentOptions options,
                                                           const Origin& origin,
                                                           wire::Milliseconds now) {
  const auto recovered = recover(disk);
  if (!recovered) return recovered.error();
  auto writer = std::unique_ptr<SegmentWriter>(new SegmentWriter(disk, std::move(options)));
  writer->origin_ = recovered->origin.value_or(origin);
  writer->point_ = recovered->point;
  writer->index_ = recovered->index;
  writer->bytes_ = recovered->segment_bytes;
  writer->torn_bytes_ = writer->recovered_torn_bytes_ = recovered->torn_bytes;
  writer->closed_ = recovered->uncompressed;
  writer->checked_at_ = now;
  const Opened opened = recovered->origin ? Opened::kRestart : Opened::kFirst;
  auto file = writer->new_file(writer->index_ + 1);
  if (!file) return file.error();
  if (auto done = writer->open_segment(std::move(*file), opened, now); !done) return done.error();
  // A checkpoint vouches for what was found, and `head` exists before the first entry.
  if (auto done = writer->checkpoint(now); !done) return done.error();
  if (auto done = replace_file(disk, kHeadName, as_bytes(*writer->take_head())); !done)
    return done.error();
  return writer;
}

Result<void> SegmentWriter::commit(std::span<const std::string_view> bodies,
                                   wire::Milliseconds now) {
  // A clock that was set back must not delay anything.
  opened_at_ = std::min(opened_at_, now);
  checked_at_ = std::min(checked_at_, now);
  if (is_rotation_due(now)) {
    // Failing to get a new segment is no error while the old one has room for what was promised.
    const auto rotated = rotate(now);
    if (!rotated && file_ == nullptr) return rotated.error();
  }
  std::optional<CheckpointReason> reason;
  if (now >= checked_at_ + kCheckpointEvery) reason = CheckpointReason::kInterval;
  return write("decision", bodies, reason, now);
}

Result<void> SegmentWriter::checkpoint(wire::Milliseconds now) {
  if (point_.sequence == vouched_) return {};
  return write_checkpoint(CheckpointReason::kInterval, now);
}

Result<void> SegmentWriter::stop(wire::Milliseconds now) {
  if (auto written = write_checkpoint(CheckpointReason::kStop, now); !written) return written;
  // If this fails, only space is lost.
  const auto truncated = file_->truncate(bytes_);
  file_.reset();
  return {};
}

Result<void> SegmentWriter::write(std::string_view kind, std::span<const std::string_view> bodies,
                                  std::optional<CheckpointReason> reason, wire::Milliseconds now) {
  if (file_ == nullptr) {
    if (auto opened = open_after_error(now); !opened) return opened;
  }
  buffer_.clear();
  ChainPoint point = point_;
  for (const std::string_view body : bodies)
    append_record(kind, body, point_.sequence, &point, &buffer_);
  const std::size_t checkpoint_at = buffer_.size();
  if (reason) append_checkpoint(*reason, now, &point);
  if (auto done = put(buffer_, point); !done) return done;
  if (reason) {
    head_ = buffer_.substr(checkpoint_at);
    vouched_ = point_.sequence;
    checked_at_ = now;
  }
  // A failure shows in is_ready(); what was already accepted has its space.
  const auto reserved = reserve();
  return {};
}

// Writes and syncs `text`; after it the chain stands at `after`.
Result<void> SegmentWriter::put(std::string_view text, const ChainPoint& after) {
  auto done = write_all(file_.get(), as_bytes(text));
  if (done) done = file_->sync();
  if (!done) {
    failed_ = std::move(file_);
    return done;
  }
  point_ = after;
  bytes_ += text.size();
  written_bytes_ += text.size();
  return {};
}

void SegmentWriter::append_checkpoint(CheckpointReason reason, wire::Milliseconds now,
                                      ChainPoint* point) {
  CheckpointRecord record{format_time(now), origin_, reason, {}};
  record.signed_by = cache::sign_with(options_.key, as_bytes(signed_text(record, *point)));
  append_record("checkpoint", render(record), point_.sequence, point, &buffer_);
}

std::uint64_t SegmentWriter::needed_bytes() const noexcept {
  return bytes_ + options_.ahead_bytes + kOwnRecordsBytes;
}

bool SegmentWriter::is_ready() const noexcept {
  return file_ != nullptr && reserved_bytes_ >= needed_bytes();
}

Result<void> SegmentWriter::make_ready(wire::Milliseconds now) {
  return file_ == nullptr ? open_after_error(now) : reserve();
}

Result<void> SegmentWriter::reserve() {
  const std::uint64_t needed = needed_bytes();
  if (reserved_bytes_ >= needed) return {};
  const std::uint64_t wanted = needed + kReserveStepBytes;
  const std::uint64_t from = std::max(reserved_bytes_, bytes_);
  auto done = file_->reserve(from, wanted - from);
  if (done) reserved_bytes_ = wanted;
  return done;
}

bool SegmentWriter::is_rotation_due(wire::Milliseconds now) const noexcept {
  if (file_ == nullptr) return false;
  return bytes_ >= options_.segment_bytes || now >= opened_at_ + options_.segment_age;
}

Result<std::unique_ptr<DiskFile>> SegmentWriter::new_file(std::uint64_t index) {
  auto file = disk_.create(segment_name(index));
  if (!file) return file.error();
  const std::uint64_t ahead = options_.ahead_bytes + kOwnRecordsBytes + kReserveStepBytes;
  if (auto reserved = (*file)->reserve(0, ahead); !reserved) {
    const auto removed = disk_.remove(segment_name(index));
    return reserved.error();
  }
  return file;
}

Result<void> SegmentWriter::open_after_error(wire::Milliseconds now) {
  // Keeps plain readers of the files from meeting records twice. If this fails, the new segment
  // still says where the old one ends.
  if (failed_ != nullptr) const auto truncated = failed_->truncate(bytes_);
  failed_.reset();
  auto file = new_file(index_ + 1);
  if (!file) return file.error();
  return open_segment(std::move(*file), Opened::kError, now);
}

Result<void> SegmentWriter::open_segment(std::unique_ptr<DiskFile> file, Opened opened,
                                         wire::Milliseconds now) {
  const SegmentRecord record{format_time(now), origin_,     index_ + 1,         opened,
                             bytes_,           torn_bytes_, options_.digest_key};
  ChainPoint point = point_;
  std::string text;
  append_record("segment", render(record), point_.sequence, &point, &text);
  auto done = write_all(file.get(), as_bytes(text));
  if (done) done = file->sync();
  if (done) done = disk_.sync_folder();
  if (!done) {
    file.reset();
    const auto removed = disk_.remove(segment_name(index_ + 1));
    return done;
  }
  // On a restart open() has already listed the segment before.
  if (opened == Opened::kRotation || opened == Opened::kError) closed_.push_back(index_);
  file_ = std::move(file);
  reserved_bytes_ = options_.ahead_bytes + kOwnRecordsBytes + kReserveStepBytes;
  point_ = point;
  bytes_ = text.size();
  written_bytes_ += text.size();
  torn_bytes_ = 0;
  ++index_;
  opened_at_ = now;
  return {};
}

// The old segment stays in use until the new one has its space, so a full disk is noticed while
// there is still room for all that was accepted.
Result<void> SegmentWriter::rotate(wire::Milliseconds now) {
  auto next = new_file(index_ + 1);
  if (!next) return next.error();
  if (auto closed = write_checkpoint(CheckpointReason::kRotation, now); !closed) return closed;
  // From here the old one is closed: whatever becomes of the next one, nothing may follow the last
  // checkpoint. If the truncation fails, only space is lost.
  const auto truncated = file_->truncate(bytes_);
  file_.reset();
  return open_segment(std::move(*next), Opened::kRotation, now);
}

Result<void> SegmentWriter::retire(wire::Milliseconds now) {
  if (file_ == nullptr) return {};  // nothing can be recorded before the next segment
  const auto through = segments_to_retire(&disk_, index_, options_.keep, options_.keep_bytes, now);
  looked_ = through ? Result<void>{} : Result<void>(through.error());
  if (!through || *through == 0) return {};  // what cannot be read is kept
  if (*through <= retired_through_) {        // recorded before, but it could not be removed
    retired_ = *through;
    return {};
  }
  // Together with a checkpoint that vouches for it, without which it counts for nothing.
  const std::string body = render(RetiredRecord{format_time(now), *through});
  const std::string_view bodies[] = {body};
  if (auto done = write("retired", bodies, CheckpointReason::kInterval, now); !done) return done;
  retired_ = retired_through_ = *through;
  return {};
}

std::optional<wire::Milliseconds> SegmentWriter::checkpoint_due() const noexcept {
  if (point_.sequence == vouched_) return std::nullopt;
  return checked_at_ + kCheckpointEvery;
}

std::vector<std::uint64_t> SegmentWriter::take_closed() {
  return std::exchange(closed_, {});
}

std::uint64_t SegmentWriter::take_retired() {
  return std::exchange(retired_, 0);
}

std::optional<std::string> SegmentWriter::take_head() {
  return std::exchange(head_, std::nullopt);
}

}  // namespace beian::log

#include "gate/log/verify.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "gate/log/limits.h"
#include "gate/log/line_source.h"

namespace beian::log {
namespace {

constexpr const char* kCutBelowHead =
    "cut before the end of what `head` vouches for; the gate's next start refuses the log";

class Verifier {
 public:
  Verifier(Disk* disk, const std::vector<SegmentFile>& segments, const VerifyOptions& options)
      : disk_(*disk), segments_(segments), options_(options) {}

  Result<VerifyReport> run() {
    if (options_.is_folder) read_own_head();
    if (options_.is_folder && options_.is_live)
      if (auto done = take_newer_segments(); !done) return done.error();
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      is_last_ = i + 1 == segments_.size();
      // What the next segment says about this one.
      next_ = is_last_ ? std::nullopt : read_segment_record(&disk_, segments_[i + 1]);
      auto reader = read_segment(&disk_, segments_[i]);
      if (!reader && options_.is_live && is_gone(&disk_, segments_[i])) {
        start_anew();
        continue;
      }
      if (!reader) return reader.error();
      if (auto done = read(segments_[i], std::move(*reader)); !done) return done.error();
    }
    end();
    return std::move(report_);
  }

 private:
  void read_own_head() {
    auto head = read_head(&disk_);
    if (!head)
      fault({kHeadName, 0, 0, head.error().message});
    else if (*head)
      own_head_ = std::move(**head);
    else
      is_head_missing_ = true;
  }

  // Adds segments opened between the listing and the reading of `head`, which may vouch for them.
  Result<void> take_newer_segments() {
    const auto listed = list_segments(&disk_);
    if (!listed) return listed.error();
    const std::uint64_t last = segments_.empty() ? 0 : segments_.back().index;
    std::ranges::copy_if(*listed, std::back_inserter(segments_),
                         [last](const SegmentFile& file) { return file.index > last; });
    return {};
  }

  // The gate has removed its oldest segments, some after they were read: the log begins behind
  // them.
  void start_anew() {
    VerifyReport report;
    report.faults = std::move(report_.faults);
    report.faults_count = report_.faults_count;
    report_ = std::move(report);
    is_anchored_ = true;
    is_closed_ = was_closed_ = was_stopped_ = false;
    first_index_ = last_index_ = 0;
  }

  Result<void> read(const SegmentFile& file, std::unique_ptr<DiskReader> reader) {
    file_ = file.name();
    line_ = offset_ = 0;
    LineSource lines(std::move(reader));
    ++report_.segments;
    const bool is_abandoned_behind = next_ && next_->opened == Opened::kError;
    const std::uint64_t counted_bytes = is_abandoned_behind ? next_->previous_bytes : UINT64_MAX;
    for (;;) {
      offset_ = lines.offset();
      const auto line = lines.next();
      if (!line) {
        if (line.error().kind != ErrorKind::kDamaged) return line.error();
        ++line_;
        fault_here(line.error().message);
        is_anchored_ = false;
        continue;
      }
      if (!*line) break;
      ++line_;
      if (offset_ >= counted_bytes) {
        report_.abandoned_bytes += (*line)->text.size() + ((*line)->is_ended ? 1 : 0);
        continue;
      }
      take(**line, file);
    }
    if (line_ == 0) take_empty();
    if (next_) {
      const std::uint64_t bytes = std::min(lines.offset(), counted_bytes);
      if (bytes != next_->previous_bytes)
        fault_here("has " + std::to_string(bytes) + " bytes, but the next segment says " +
                   std::to_string(next_->previous_bytes));
    }
    return {};
  }

  void take_empty() {
    if (!is_last_) return fault_here("the segment is empty");
    if (!options_.is_live)
      return fault_here(
          std::string("the segment is empty: ") +
          (is_vouched_for_more()
               ? kCutBelowHead
               : "a crash came before its first record, or it was cut; the gate's next start "
                 "removes it"));
    report_.is_last_torn = true;
  }

  // If so, no crash tore the tail: a crash takes nothing that is safely on disk, and no gate starts
  // on a log that lacks it (recovery.cc).
  bool is_vouched_for_more() const noexcept {
    return own_head_ && own_head_->point.sequence > report_.last.sequence;
  }

  void take(const LineSource::Line& line, const SegmentFile& file) {
    if (!line.is_ended) {
      if (line.is_cut) return lose("longer than any record");
      if (!is_last_) return lose("the line has no end");
      if (options_.is_live) {
        report_.is_last_torn = true;
        return;
      }
      return lose(std::string("the last line has no end: ") +
                  (is_vouched_for_more()
                       ? kCutBelowHead
                       : "torn by a crash, or cut; the gate's next start cuts what was torn"));
    }
    const auto record = parse_record(line.text);
    if (!record) return lose("not a record, or its checksum differs");
    check_place(*record);
    const ChainPoint before{record->sequence - 1, record->previous};
    report_.last = {record->sequence, sha256(line.text)};
    if (report_.records++ == 0) report_.first_sequence = record->sequence;
    is_anchored_ = true;
    was_closed_ = std::exchange(is_closed_, false);
    was_stopped_ = std::exchange(report_.is_stopped, false);
    if (was_closed_ && record->kind != "segment")
      fault_here("a record behind the last one of its segment");
    look_for(own_head_, &is_own_head_met_);
    look_for(options_.expected, &is_expected_met_);
    if (line_ == 1 && record->kind != "segment") fault_here("does not begin with a segment record");
    if (record->kind == "decision")
      ++report_.decisions;
    else if (record->kind == "segment")
      take_segment(*record, file);
    else if (record->kind == "checkpoint")
      take_checkpoint(*record, before);
    else if (record->kind == "retired")
      take_retired(*record);
    else
      fault_here("a record of an unknown kind");
  }

  // A record that follows an unreadable one starts the chain anew: one fault, not two.
  void check_place(const Envelope& record) {
    if (!is_anchored_) return;
    const ChainPoint& last = report_.last;
    if (last.sequence == 0) {
      const bool is_first_of_all = record.sequence == 1 && record.previous == Hash{};
      if (record.sequence == 1 && !is_first_of_all)
        fault_here("the first record follows another one");
      return;
    }
    if (record.sequence != last.sequence + 1)
      fault_here("record " + std::to_string(record.sequence) + " comes after record " +
                 std::to_string(last.sequence));
    else if (record.previous != last.hash)
      fault_here("record " + std::to_string(record.sequence) +
                 " was not written after the one before it");
  }

  void take_segment(const Envelope& envelope, const SegmentFile& file) {
    if (line_ != 1) return fault_here("a segment record inside of a segment");
    const auto record = parse_segment(envelope.body);
    if (!record) return fault_here("not a segment record");
    if (record->index != file.index)
      fault_here("is segment " + std::to_string(record->index) + ", not " +
                 std::to_string(file.index));
    if (origin_ && *origin_ != record->origin) fault_here("is of another log");
    origin_ = record->origin;
    if (last_index_ == 0) {
      first_index_ = record->index;
      if (record->index == 1 && envelope.sequence != 1)
        fault_here("the first segment begins with record " + std::to_string(envelope.sequence));
    } else if (record->index != last_index_ + 1) {
      fault_here("segment " + std::to_string(record->index) + " comes after segment " +
                 std::to_string(last_index_));
    }
    last_index_ = record->index;
    // What came before the first segment at hand is unknown.
    if (record->opened == Opened::kRestart && !was_stopped_ && report_.segments > 1)
      ++report_.restarts;
    if (record->opened == Opened::kRotation && !was_closed_ && report_.segments > 1)
      fault_here("the segment before it was not closed");
  }

  void take_checkpoint(const Envelope& envelope, const ChainPoint& before) {
    const auto record = parse_checkpoint(envelope.body);
    if (!record) return fault_here("not a checkpoint record");
    ++report_.checkpoints;
    if (origin_ && *origin_ != record->origin) fault_here("a checkpoint of another log");
    if (check_signature(*record, before)) {
      report_.vouched_sequence = before.sequence;
      report_.vouched_time = record->time;
      retired_through_ = said_through_;
    }
    report_.is_stopped = record->reason == CheckpointReason::kStop;
    is_closed_ = record->reason != CheckpointReason::kInterval;
  }

  bool check_signature(const CheckpointRecord& record, const ChainPoint& before) {
    const bool is_signed = record.signed_by.signer != cache::PublicKey{};
    if (is_signed && !cache::verify(record.signed_by.signer, as_bytes(signed_text(record, before)),
                                    record.signed_by.signature)) {
      fault_here("the signature of the checkpoint is wrong");
      return false;
    }
    report_.signed_checkpoints += is_signed ? 1 : 0;
    if (options_.keys.empty()) return true;
    if (std::ranges::find(options_.keys, record.signed_by.signer) != options_.keys.end())
      return true;
    fault_here(is_signed ? "the checkpoint is signed by a key that was not given"
                         : "the checkpoint is not signed");
    return false;
  }

  // Counts once a checkpoint vouches for it: anybody can append records behind the last checkpoint.
  void take_retired(const Envelope& envelope) {
    const auto record = parse_retired(envelope.body);
    if (!record) return fault_here("not a retired record");
    said_through_ = std::max(said_through_, record->through_index);
  }

  void look_for(const std::optional<Head>& head, bool* is_met) {
    if (!head || head->point.sequence != report_.last.sequence) return;
    *is_met = true;
    if (head->point.hash != report_.last.hash)
      fault_here("record " + std::to_string(report_.last.sequence) +
                 " is not the checkpoint that is vouched for");
  }

  void end() {
    const std::uint64_t last = report_.last.sequence;
    file_ = segments_.empty() ? "" : segments_.back().name();
    const auto missing = [&](const std::string& who, const Head& head) {
      fault({file_, 0, 0,
             who + " vouches for record " + std::to_string(head.point.sequence) +
                 (last < head.point.sequence
                      ? ", but the log ends with " + std::to_string(last) + ": records are missing"
                      : ", which is not in the log")});
    };
    const auto is_retired = [&](const Head& head) {
      return head.point.sequence < report_.first_sequence && first_index_ > 1 &&
             retired_through_ + 1 >= first_index_;
    };
    if (own_head_ && !is_own_head_met_ && !is_retired(*own_head_)) missing("`head`", *own_head_);
    if (options_.expected && !is_expected_met_) {
      if (is_retired(*options_.expected))
        fault({file_, 0, 0,
               "the checkpoint given is of a segment that was removed since (keep_days, keep_mib); "
               "give a newer one"});
      else
        missing("the checkpoint given", *options_.expected);
    }
    if (!options_.is_folder) return;
    if (is_head_missing_ && report_.decisions > 0)
      fault({kHeadName, 0, 0, "is missing; it is made before the first decision"});
    if (segments_.empty()) fault({"", 0, 0, "no segments"});
    if (first_index_ > 1 && retired_through_ + 1 < first_index_)
      fault({segment_name(first_index_ - 1), 0, 0,
             "the segments before " + std::to_string(first_index_) +
                 " are missing, and no record that is vouched for says that they were removed"});
  }

  void lose(const std::string& what) {
    fault_here(what);
    is_anchored_ = false;
  }
  void fault_here(const std::string& what) { fault({file_, line_, offset_, what}); }
  void fault(Fault fault) {
    if (report_.faults_count++ < kFaultsShownMax) report_.faults.push_back(std::move(fault));
  }

  Disk& disk_;
  std::vector<SegmentFile> segments_;
  const VerifyOptions& options_;
  VerifyReport report_;

  // The reading position.
  std::string file_;
  std::uint64_t line_ = 0;
  std::uint64_t offset_ = 0;
  bool is_last_ = false;
  std::optional<SegmentRecord> next_;

  bool is_anchored_ = true;  // the record before could be read
  bool is_closed_ = false;   // by the record just read
  bool was_closed_ = false;
  bool was_stopped_ = false;
  std::optional<Origin> origin_;
  std::uint64_t first_index_ = 0;
  std::uint64_t last_index_ = 0;
  std::uint64_t said_through_ = 0;     // according to `retired` records
  std::uint64_t retired_through_ = 0;  // according to those that a checkpoint vouches for
  std::optional<Head> own_head_;
  bool is_head_missing_ = false;
  bool is_own_head_met_ = false;
  bool is_expected_met_ = false;
};

}  // namespace

Result<VerifyReport> verify_log(Disk* disk, const std::vector<SegmentFile>& segments,
                                const VerifyOptions& options) {
  return Verifier(disk, segments, options).run();
}

}  // namespace beian::log

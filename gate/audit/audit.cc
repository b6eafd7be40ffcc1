#include "gate/audit/audit.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <mutex>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "gate/audit/output_file.h"

namespace beian::audit {
namespace {

constexpr std::size_t kChunksPerThread = 3;
constexpr std::size_t kPathBytesMax = 64 * 1024;  // escaped; longer than any path can be

// A chunk on its way through the pipeline. Reused for later chunks.
struct Work {
  RowChunk chunk;
  std::vector<std::string> outputs;  // one per streaming target, compressed
  Summary summary;
  std::string plain;
  std::optional<Error> error;
};

// One step of the pipeline. TBB orders steps that share data, but in ways a race detector cannot
// see, since the library is not instrumented. This makes the order visible, at the cost of two
// additions per step.
class Step {
 public:
  explicit Step(std::atomic<std::uint64_t>* steps) noexcept : steps_(*steps) { ++steps_; }
  ~Step() { ++steps_; }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::atomic<std::uint64_t>& steps_;
};

std::string options_text(const AuditOptions& options) {
  std::string text = options.format == CatalogFormat::kCsv ? "csv" : "ndjson";
  if (options.encoding == Encoding::kGb18030) text += " gb18030";
  text += options.language == wire::Language::kZh ? " zh-CN" : " en";
  for (int i = 0; i < kOutcomeCount; ++i)
    if ((options.only & outcome_bit(static_cast<Outcome>(i))) != 0)
      text += " " + std::string(name_of(static_cast<Outcome>(i)));
  for (const OutputTarget& target : options.outputs)
    // A path may not be UTF-8, and a checkpoint could not store it verbatim.
    text += " " + std::string(target.format->name) + "=" + printable(target.path, kPathBytesMax);
  return options.judged_by.empty() ? text : text + " " + options.judged_by;
}

class Audit {
 public:
  Audit(const AuditOptions& options, const JudgeFactory& judges, AuditHooks* hooks)
      : options_(options), judges_(judges), hooks_(hooks) {}

  Result<void> open(std::optional<Checkpoint> checkpoint);
  Result<void> run();

  bool is_interrupted() const noexcept { return is_interrupted_; }
  Summary& summary() noexcept { return state_.summary; }

 private:
  struct Stream {
    OutputTarget target;
    Packing packing;
    StreamFile file;
  };

  Result<void> open_streams(bool is_resumed);
  Work* take_work();
  void give_back(Work* work);
  Work* read();
  void judge(Work* work);
  void write(Work* work);
  Result<void> write_all(Work* work);
  Result<void> save();
  void fail(const Error& error);

  const AuditOptions& options_;
  const JudgeFactory& judges_;
  AuditHooks* hooks_;

  std::unique_ptr<CatalogReader> reader_;
  std::optional<CsvCatalog> csv_;
  std::vector<Stream> streams_;
  Checkpoint state_;  // what was written and added up; owned by the last stage

  std::atomic<std::uint64_t> steps_{0};
  std::mutex spare_mutex_;
  std::vector<std::unique_ptr<Work>> works_;
  std::vector<Work*> spare_;
  tbb::enumerable_thread_specific<std::unique_ptr<Judge>> local_;
  std::atomic<OutcomeSet> listed_enough_{0};

  std::atomic<bool> has_failed_{false};
  std::mutex error_mutex_;
  std::optional<Error> error_;
  bool is_interrupted_ = false;  // owned by the first stage
};

Result<void> Audit::open(std::optional<Checkpoint> checkpoint) {
  auto opened = options_.text ? Result<OpenedCatalog>(open_text(*options_.text))
                              : open_catalog(options_.catalog, options_.encoding);
  if (!opened) return opened.error();
  const AuditKey key{opened->identity, options_.registry, options_text(options_)};
  const bool is_resumed = checkpoint.has_value();
  if (is_resumed) {
    if (auto same = check_same(checkpoint->key, key, options_.state_path); !same)
      return same.error();
    state_ = std::move(*checkpoint);
  }
  state_.key = key;
  state_.now = options_.now;
  reader_ = std::make_unique<CatalogReader>(std::move(opened->source), options_.format,
                                            options_.text ? Encoding::kUtf8 : options_.encoding);
  const auto header = reader_->read_header();
  if (!header) return header.error();
  if (options_.format == CatalogFormat::kCsv) {
    auto csv = CsvCatalog::create(*header);
    if (!csv) return csv.error();
    csv_.emplace(std::move(*csv));
  }
  if (is_resumed) {
    if (auto sought = reader_->seek(state_.place); !sought) return sought.error();
    listed_enough_ = state_.summary.listed_enough();
    // The first part had the same, but a checkpoint cannot hold names that are not UTF-8.
    state_.summary.catalog = options_.head.catalog;
    state_.summary.registry = options_.head.registry;
  } else {
    state_.summary = options_.head;
    state_.place = reader_->place();
    state_.summary.lines = state_.place.lines;
  }
  return open_streams(is_resumed);
}

Result<void> Audit::open_streams(bool is_resumed) {
  for (const OutputTarget& target : options_.outputs) {
    if (!target.format->is_streaming()) continue;
    const std::size_t index = streams_.size();
    const std::uint64_t keep =
        is_resumed && index < state_.output_bytes.size() ? state_.output_bytes[index] : 0;
    auto file = StreamFile::open(target.path, keep);
    if (!file) return file.error();
    streams_.push_back({target, packing_by_name(target.path), std::move(*file)});
    if (is_resumed || target.format->begin == nullptr) continue;
    std::string plain;
    std::string packed;
    target.format->begin(&plain);
    pack(streams_.back().packing, plain, &packed);
    if (auto written = streams_.back().file.write(packed); !written) return written.error();
  }
  return {};
}

Result<void> Audit::run() {
  tbb::task_arena arena(static_cast<int>(options_.threads));
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, options_.threads);
  arena.execute([&] {
    tbb::parallel_pipeline(
        options_.threads * kChunksPerThread,
        tbb::make_filter<void, Work*>(tbb::filter_mode::serial_in_order,
                                      [this](tbb::flow_control& control) -> Work* {
                                        Work* const work = read();
                                        if (work == nullptr) control.stop();
                                        return work;
                                      }) &
            tbb::make_filter<Work*, Work*>(tbb::filter_mode::parallel,
                                           [this](Work* work) {
                                             judge(work);
                                             return work;
                                           }) &
            tbb::make_filter<Work*, void>(tbb::filter_mode::serial_in_order,
                                          [this](Work* work) { write(work); }));
  });
  const Step after_all(&steps_);
  if (error_) return *error_;
  for (Stream& stream : streams_) {
    if (options_.state_path.empty()) continue;
    if (auto synced = stream.file.sync(); !synced) return synced.error();
  }
  return options_.state_path.empty() ? Result<void>{} : save();
}

Work* Audit::take_work() {
  const std::lock_guard lock(spare_mutex_);
  if (spare_.empty()) {
    works_.push_back(std::make_unique<Work>());
    works_.back()->outputs.resize(streams_.size());
    return works_.back().get();
  }
  Work* const work = spare_.back();
  spare_.pop_back();
  return work;
}

void Audit::give_back(Work* work) {
  const std::lock_guard lock(spare_mutex_);
  spare_.push_back(work);
}

// First stage: the next chunk; null at the end, and after an interrupt or an error.
Work* Audit::read() {
  const Step step(&steps_);
  if (has_failed_) return nullptr;
  if (hooks_->is_interrupted()) {
    is_interrupted_ = true;
    return nullptr;
  }
  Work* const work = take_work();
  const auto more = reader_->next(&work->chunk);
  if (!more) fail(more.error());
  if (more && *more) return work;
  give_back(work);
  return nullptr;
}

// Second stage: judges, renders and compresses. Runs on any thread.
void Audit::judge(Work* work) {
  const Step step(&steps_);
  if (has_failed_) return;
  std::unique_ptr<Judge>& judge = local_.local();
  if (!judge) judge = judges_(csv_ ? &*csv_ : nullptr);
  work->summary.restart(listed_enough_);
  for (std::string& output : work->outputs) output.clear();
  const auto judged = judge->judge(work->chunk, [&](const RowResult& row) {
    work->summary.add(row);
    if ((options_.only & outcome_bit(row.outcome())) == 0) return;
    for (std::size_t i = 0; i < streams_.size(); ++i)
      streams_[i].target.format->add_row(row, &work->outputs[i]);
  });
  if (!judged) return fail(judged.error());
  if (csv_)
    for (const std::string& column : csv_->unknown())
      work->summary.unknown.add(kCsvHeader, column, work->summary.rows);
  work->summary.lines = work->chunk.end.lines - work->chunk.begin.lines;
  work->summary.rows_read = work->chunk.end.rows - work->chunk.begin.rows;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].packing == Packing::kNone) continue;
    work->plain.swap(work->outputs[i]);
    pack(streams_[i].packing, work->plain, &work->outputs[i]);
  }
}

// Third stage: writes and adds up, in order.
void Audit::write(Work* work) {
  const Step step(&steps_);
  if (!has_failed_)
    if (auto written = write_all(work); !written) fail(written.error());
  give_back(work);
}

Result<void> Audit::write_all(Work* work) {
  for (std::size_t i = 0; i < streams_.size(); ++i)
    if (auto written = streams_[i].file.write(work->outputs[i]); !written) return written.error();
  state_.summary.merge(&work->summary);
  listed_enough_ = state_.summary.listed_enough();
  state_.place = work->chunk.end;
  hooks_->show({state_.place.rows, work->chunk.bytes_taken, state_.key.catalog.bytes,
                state_.summary.outcomes});
  if (options_.state_path.empty() || !hooks_->is_checkpoint_due()) return {};
  for (Stream& stream : streams_)
    if (auto synced = stream.file.sync(); !synced) return synced.error();
  return save();
}

Result<void> Audit::save() {
  state_.output_bytes.clear();
  for (const Stream& stream : streams_) state_.output_bytes.push_back(stream.file.bytes());
  return save_checkpoint(options_.state_path, state_);
}

void Audit::fail(const Error& error) {
  const std::lock_guard lock(error_mutex_);
  if (!error_) error_ = error;
  has_failed_ = true;
}

}  // namespace

Result<AuditResult> run_audit(const AuditOptions& options, const JudgeFactory& judges,
                              const cache::Registry* sponsors, std::optional<Checkpoint> checkpoint,
                              AuditHooks* hooks) {
  Audit audit(options, judges, hooks);
  if (auto opened = audit.open(std::move(checkpoint)); !opened) return opened.error();
  if (auto done = audit.run(); !done) return done.error();
  AuditResult result{std::move(audit.summary()), audit.is_interrupted()};
  if (result.is_interrupted) return result;
  if (options.confirm)
    if (auto confirmed = options.confirm(); !confirmed) return confirmed.error();
  rank_subjects(sponsors, &result.summary);
  for (const OutputTarget& target : options.outputs) {
    if (target.format->is_streaming()) continue;
    const auto written = write_report(target, {result.summary, options.language});
    if (!written) return written.error();
  }
  return result;
}

}  // namespace beian::audit

#include "cache/snapshot/snapshot_writer.h"

#include <utility>
#include <variant>

#include "cache/base/file.h"
#include "cache/snapshot/block_sink.h"
#include "cache/snapshot/layout.h"
#include "cache/snapshot/pending.h"

namespace beian::cache {
namespace {

struct Applied {
  SnapshotWriter& writer;
  void operator()(const SubjectRecord& record) const { writer.add(record); }
  void operator()(const ServiceRecord& record) const { writer.add(record); }
  void operator()(const RemoveSubject& gone) const { writer.remove_subject(gone.id); }
  void operator()(const RemoveService& gone) const { writer.remove_service(gone.id); }
};

}  // namespace

struct SnapshotWriter::Tables {
  PendingRegistry registry;
};

SnapshotWriter::SnapshotWriter() : tables_(std::make_unique<Tables>()) {}
SnapshotWriter::~SnapshotWriter() = default;

void SnapshotWriter::expect(std::uint64_t feed_bytes) {
  tables_->registry.expect(feed_bytes);
}
void SnapshotWriter::add(const SubjectRecord& record) {
  tables_->registry.add(record);
}
void SnapshotWriter::add(const ServiceRecord& record) {
  tables_->registry.add(record);
}
void SnapshotWriter::remove_subject(std::uint64_t id) {
  tables_->registry.remove_subject(id);
}
void SnapshotWriter::remove_service(std::uint64_t id) {
  tables_->registry.remove_service(id);
}
void SnapshotWriter::apply(const FeedRecord& record) {
  std::visit(Applied{*this}, record);
}

std::uint64_t SnapshotWriter::subjects() const noexcept {
  return tables_->registry.subject_count;
}
std::uint64_t SnapshotWriter::services() const noexcept {
  return tables_->registry.service_count;
}

Result<std::string> SnapshotWriter::to_bytes(const SealOptions& options) && {
  const std::unique_ptr<Tables> tables = std::move(tables_);
  std::string bytes;
  BlockSink sink(&bytes);
  if (auto written = Layout(&tables->registry, &sink).write(options); !written)
    return written.error();
  return bytes;
}

Result<SnapshotCounts> SnapshotWriter::to_file(const std::string& path,
                                               const SealOptions& options) && {
  const std::unique_ptr<Tables> tables = std::move(tables_);
  auto file = AtomicFile::create(path, 0644);
  if (!file) return file.error();
  BlockSink sink(&*file);
  Layout layout(&tables->registry, &sink);
  if (auto written = layout.write(options); !written) return written.error();
  if (auto committed = file->commit(); !committed) return committed.error();
  return layout.counts();
}

}  // namespace beian::cache

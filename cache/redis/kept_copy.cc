#include "cache/redis/kept_copy.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "cache/base/limits.h"
#include "cache/redis/manifest.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {

KeptCopy::~KeptCopy() {
  if (!copy_) std::remove(download_path().c_str());
}

std::optional<KeptCopy::Found> KeptCopy::open(const Trust& trust) {
  if (folder_.empty()) return std::nullopt;
  auto attached = LocalCopy::attach(folder_);
  if (!attached) {
    fail(attached.error());
    return std::nullopt;
  }
  copy_.emplace(std::move(*attached));
  auto contents = copy_->open(trust);
  if (!contents) {
    fail(contents.error());
    contents = copy_->fall_back(trust);
    if (contents) {
      error_->message += "; went back to serial " + std::to_string(contents->registry->serial());
    } else {
      error_->message += "; nor is there one before it: " + contents.error().message;
    }
  }
  is_broken_ = !contents || contents->registry == nullptr;
  if (is_broken_) return std::nullopt;
  const auto manifest = decode_manifest(as_bytes(contents->manifest), trust);
  if (!manifest) {
    is_broken_ = true;
    fail(manifest.error());
    return std::nullopt;
  }
  return Found{contents->registry,
               {manifest->epoch, contents->registry->serial(), contents->registry->chain()}};
}

std::string KeptCopy::download_path() const {
  if (copy_) return copy_->download_path();
  std::error_code ignored;
  return (std::filesystem::temp_directory_path(ignored) /
          ("beian-gate-" + std::to_string(::getpid()) + ".download"))
      .string();
}

void KeptCopy::install(const Snapshot& snapshot, const std::string& manifest, const Sha256& chain,
                       std::vector<std::string> batches) {
  if (!copy_) {
    std::remove(download_path().c_str());  // it stays mapped
    return;
  }
  unsaved_.clear();
  unsaved_bytes_ = 0;
  const auto installed = copy_->install(snapshot, as_bytes(manifest), chain);
  is_broken_ = !installed;
  if (!installed) return fail(installed.error());
  error_.reset();
  for (std::string& batch : batches) append(std::move(batch));
}

std::optional<std::vector<std::string>> KeptCopy::rebase(const Snapshot& snapshot,
                                                         const std::string& manifest,
                                                         const Sha256& chain) {
  if (!has_batches()) return std::nullopt;
  auto batches = copy_->batches_after(snapshot.info().serial);
  if (!batches) {
    fail(batches.error());
    return std::nullopt;
  }
  Sha256 end = chain;
  for (const std::string& batch : *batches) {
    const auto link = read_link(as_bytes(batch));
    if (!link || link->previous != end) return std::nullopt;
    end = chain_after(end, as_bytes(batch));
  }
  if (end != copy_->chain()) return std::nullopt;
  install(snapshot, manifest, chain, *batches);
  return std::move(*batches);
}

void KeptCopy::append(std::string batch) {
  if (!copy_ || is_broken_) return;
  unsaved_bytes_ += batch.size();
  unsaved_.push_back(std::move(batch));
  flush();
  if (unsaved_bytes_ <= limits::kUnsavedBatchBytesMax) return;
  is_broken_ = true;
  unsaved_.clear();
  unsaved_bytes_ = 0;
}

void KeptCopy::flush() {
  while (!unsaved_.empty()) {
    const auto appended = copy_->append(as_bytes(unsaved_.front()));
    if (!appended) return fail(appended.error());
    unsaved_bytes_ -= unsaved_.front().size();
    unsaved_.pop_front();
    error_.reset();
  }
}

}  // namespace beian::cache

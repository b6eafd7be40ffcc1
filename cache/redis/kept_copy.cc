#include "cache/redis/kept_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "cache/base/limits.h"
#include "cache/redis/manifest.h"
#include "cache/snapshot/delta.h"

namespace beian::cache {

KeptCopy::~KeptCopy() {
  forget_temporary();
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
    // What cannot be read now may be sound, and newer than the one before it.
    if (contents.error().kind == ErrorKind::kUnavailable) return std::nullopt;
    contents = copy_->fall_back(trust);
    if (contents) {
      error_->message += "; went back to serial " + std::to_string(contents->registry->serial());
    } else {
      error_->message += "; nor is there one before it: " + contents.error().message;
    }
  }
  if (!contents || contents->registry == nullptr) return std::nullopt;
  const auto manifest = decode_manifest(as_bytes(contents->manifest), trust);
  if (!manifest) {
    fail(manifest.error());
    return std::nullopt;
  }
  unsaved_.emplace();
  return Found{contents->registry,
               {manifest->epoch, contents->registry->serial(), contents->registry->chain()}};
}

// The name cannot be guessed: otherwise another user of the shared temporary folder could put a
// file of his own there. A process id would not do, as gates in containers often have the same.
std::string KeptCopy::download_path() {
  if (copy_) return copy_->download_path();
  if (!temporary_.empty()) return temporary_;
  std::error_code ignored;
  temporary_ =
      (std::filesystem::temp_directory_path(ignored) / "beian-gate-XXXXXX.download").string();
  constexpr int kSuffixBytes = 9;
  const int descriptor = ::mkostemps(temporary_.data(), kSuffixBytes, O_CLOEXEC);
  if (descriptor >= 0) ::close(descriptor);  // on failure, whoever opens the path is told why
  return temporary_;
}

void KeptCopy::forget_temporary() {
  if (!temporary_.empty()) std::remove(temporary_.c_str());
  temporary_.clear();
}

void KeptCopy::install(const NamedManifest& manifest, const Snapshot& snapshot,
                       const std::vector<std::string>& batches) {
  if (!copy_) {
    forget_temporary();  // its mapping stays valid
    return;
  }
  give_up();
  const auto installed =
      copy_->install(snapshot, as_bytes(manifest.bytes), manifest.content.chain, batches);
  if (!installed) return fail(installed.error());
  is_whole_again();
}

bool KeptCopy::rebase(const NamedManifest& manifest, const Snapshot& snapshot,
                      const std::vector<std::string>& batches) {
  const std::uint64_t base = copy_->base_serial();
  const auto installed =
      copy_->install(snapshot, as_bytes(manifest.bytes), manifest.content.chain, batches);
  if (!installed) {
    fail(installed.error());
    // Until the switch, the previous copy remains good.
    if (copy_->base_serial() != base) give_up();
    return false;
  }
  is_whole_again();
  return true;
}

void KeptCopy::is_whole_again() {
  unsaved_.emplace();
  error_.reset();
  base_error_.reset();
}

void KeptCopy::give_up() {
  unsaved_.reset();
}

std::optional<Error> KeptCopy::error(bool is_serving) const {
  if (error_) return error_;
  if (!is_serving || !copy_ || is_whole()) return base_error_;
  return make_error(ErrorKind::kUnavailable,
                    folder_ + ": what is served is not kept yet; its snapshot is being read");
}

void KeptCopy::append(std::string batch) {
  if (!is_whole()) return;
  unsaved_->bytes += batch.size();
  unsaved_->batches.push_back(std::move(batch));
  flush();
  if (unsaved_->bytes > limits::kUnsavedBatchBytesMax) give_up();
}

void KeptCopy::flush() {
  if (!is_whole()) return;
  while (!unsaved_->batches.empty()) {
    const std::string& batch = unsaved_->batches.front();
    const auto appended = copy_->append(as_bytes(batch));
    if (!appended) return fail(appended.error());
    unsaved_->bytes -= batch.size();
    unsaved_->batches.pop_front();
    error_.reset();
  }
}

}  // namespace beian::cache

#include "cache/snapshot/verified_mark.h"

namespace beian::cache {
namespace {

// To be raised when check.h proves more than before: then marked files are verified again.
constexpr int kChecksVersion = 2;

constexpr const char* kBootId = "/proc/sys/kernel/random/boot_id";
constexpr std::size_t kMarkBytesMax = 1'024;

std::string text_of(const timespec& time) {
  std::string nanoseconds = std::to_string(time.tv_nsec);
  nanoseconds.insert(0, 9 - nanoseconds.size(), '0');
  return std::to_string(time.tv_sec) + '.' + nanoseconds;
}

}  // namespace

std::string verified_mark_of(const FileIdentity& file, const Sha256& root_hash) {
  const auto boot = read_file(kBootId, kMarkBytesMax);
  if (!boot || boot->empty()) return {};
  return "beian-gate verified, checks " + std::to_string(kChecksVersion) + "\nroot hash " +
         to_hex(root_hash) + "\ndevice " + std::to_string(file.device) + " inode " +
         std::to_string(file.inode) + " bytes " + std::to_string(file.bytes) + "\nmodified " +
         text_of(file.modified) + " changed " + text_of(file.changed) + "\nboot " + *boot;
}

bool is_verified_by(const std::string& path, const FileIdentity& file, const Sha256& root_hash) {
  const auto mark = read_file(path, kMarkBytesMax);
  return mark && !mark->empty() && *mark == verified_mark_of(file, root_hash);
}

Result<void> mark_verified(const std::string& path, const FileIdentity& file,
                           const Sha256& root_hash) {
  const std::string mark = verified_mark_of(file, root_hash);
  if (mark.empty())
    return make_error(ErrorKind::kUnavailable, std::string("cannot read ") + kBootId);
  return write_file_atomically(path, as_bytes(mark));
}

}  // namespace beian::cache

#include "gate/log/disk.h"

namespace beian::log {

Result<void> write_all(DiskFile* file, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = file->write_some(bytes);
    if (!written) return written.error();
    BEIAN_ASSERT(*written > 0 && *written <= bytes.size());
    bytes = bytes.subspan(*written);
  }
  return {};
}

Result<void> replace_file(Disk* disk, const std::string& name, ByteView bytes) {
  const std::string beside = name + ".new";
  const auto file = disk->create(beside);
  if (!file) return file.error();
  if (auto written = write_all(file->get(), bytes); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  if (auto renamed = disk->rename(beside, name); !renamed) return renamed;
  return disk->sync_folder();
}

}  // namespace beian::log

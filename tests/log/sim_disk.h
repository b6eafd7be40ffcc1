// A disk in memory that fails on purpose: full, broken, writing half of what it is given, or losing
// power. Everything follows from a seed.
//
// sync() puts written data on the plate; sync_folder() does so for names. Of everything else a
// power cut keeps any subset of the sectors and any prefix of the changes to names. A failed sync()
// drops some of its data and marks the rest clean, as Linux does.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gate/log/disk.h"

namespace beian::log::test {

class SimDisk final : public Disk {
 public:
  explicit SimDisk(std::uint64_t seed = 1) : random_(seed) {}

  // --- faults; all off initially ---
  double short_write = 0;  // chance of a partial write
  double write_error = 0;  // chances of EIO
  double sync_error = 0;
  double name_error = 0;                // create, rename, remove, sync_folder
  std::uint64_t capacity = UINT64_MAX;  // bytes; beyond: ENOSPC
  std::uint64_t ops_left = UINT64_MAX;  // then the power fails: so does every call
  std::uint64_t syncs = 0;              // calls so far

  std::uint64_t random(std::uint64_t below) { return random_() % below; }

  // Restores the power: the disk holds what is on the plate, and has no faults.
  void restart() {
    names_ = plate_names();
    name_ops_.clear();
    on_plate_ = names_;
    for (auto& [name, inode] : names_) inode->keep_some(random_);
    ++epoch_;
    short_write = write_error = sync_error = name_error = 0;
    capacity = ops_left = UINT64_MAX;
  }

  // --- for tests to inspect and change ---
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const auto& [name, inode] : names_) files[name] = inode->data;
    return files;
  }
  void set_contents(const std::map<std::string, std::string>& files) {
    names_.clear();
    for (const auto& [name, data] : files) {
      names_[name] = std::make_shared<Inode>();
      names_[name]->data = names_[name]->plate = data;
    }
    on_plate_ = names_;
    name_ops_.clear();
  }

  // --- Disk ---
  Result<std::vector<File>> list() override {
    if (!has_power()) return off();
    std::vector<File> files;
    for (const auto& [name, inode] : names_) files.push_back({name, inode->data.size()});
    return files;
  }
  Result<std::unique_ptr<DiskFile>> create(const std::string& name) override {
    if (!has_power()) return off();
    if (chance(name_error)) return eio("create");
    change({name, std::make_shared<Inode>(), ""});
    return open(name);
  }
  Result<std::unique_ptr<DiskFile>> open(const std::string& name) override {
    if (!has_power()) return off();
    const auto at = names_.find(name);
    if (at == names_.end()) return make_error(ErrorKind::kUnavailable, "no file " + name);
    return std::unique_ptr<DiskFile>(std::make_unique<SimFile>(this, at->second));
  }
  Result<std::unique_ptr<DiskReader>> read(const std::string& name) override {
    const auto at = names_.find(name);
    if (at == names_.end()) return make_error(ErrorKind::kUnavailable, "no file " + name);
    return std::unique_ptr<DiskReader>(std::make_unique<SimReader>(at->second->data));
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (!has_power()) return off();
    if (chance(name_error)) return eio("rename");
    change({to, names_.at(from), from});
    return {};
  }
  Result<void> remove(const std::string& name) override {
    if (!has_power()) return off();
    if (chance(name_error)) return eio("remove");
    change({name, nullptr, ""});
    return {};
  }
  Result<void> sync_folder() override {
    if (!has_power()) return off();
    if (chance(name_error)) return eio("sync_folder");
    on_plate_ = names_;
    name_ops_.clear();
    return {};
  }

 private:
  static constexpr std::size_t kSector = 512;

  struct Inode {
    std::string data;                                        // as processes see it
    std::string plate;                                       // what is safe
    std::vector<std::pair<std::size_t, std::string>> dirty;  // not on the plate yet
    std::uint64_t reserved = 0;

    // Some subset of the dirty sectors reaches the plate; holes read as zeros.
    void keep_some(std::mt19937_64& random) {
      for (const auto& [offset, bytes] : dirty) {
        for (std::size_t at = 0; at < bytes.size(); at += kSector) {
          if (random() % 2 == 0) continue;
          const std::string part = bytes.substr(at, kSector);
          if (plate.size() < offset + at + part.size()) plate.resize(offset + at + part.size());
          plate.replace(offset + at, part.size(), part);
        }
      }
      dirty.clear();
      data = plate;
      reserved = 0;
    }
  };

  // `name` now refers to `inode` (null: to nothing), and `from` no longer does.
  struct NameOp {
    std::string name;
    std::shared_ptr<Inode> inode;
    std::string from;
  };

  class SimFile final : public DiskFile {
   public:
    SimFile(SimDisk* disk, std::shared_ptr<Inode> inode)
        : disk_(*disk), inode_(std::move(inode)), epoch_(disk->epoch_) {}

    Result<std::size_t> write_some(ByteView bytes) override {
      if (!has_power()) return off();
      if (disk_.chance(disk_.write_error)) return eio("write");
      std::size_t count = bytes.size();
      if (count > 1 && disk_.chance(disk_.short_write)) count = 1 + disk_.random(count - 1);
      const std::uint64_t beyond = inode_->data.size() + count > inode_->reserved
                                       ? inode_->data.size() + count - inode_->reserved
                                       : 0;
      if (beyond > disk_.free_bytes())
        return make_error(ErrorKind::kUnavailable, "write: No space left on device");
      const std::string part(as_text(bytes.first(count)));
      inode_->dirty.emplace_back(inode_->data.size(), part);
      inode_->data += part;
      return count;
    }
    Result<void> reserve(std::uint64_t offset, std::uint64_t bytes) override {
      if (!has_power()) return off();
      const std::uint64_t end = offset + bytes;
      if (end <= inode_->reserved) return {};
      const std::uint64_t held = std::max<std::uint64_t>(inode_->reserved, inode_->data.size());
      if (end > held && end - held > disk_.free_bytes())
        return make_error(ErrorKind::kUnavailable, "reserve: No space left on device");
      inode_->reserved = end;
      return {};
    }
    Result<void> sync() override {
      if (!has_power()) return off();
      ++disk_.syncs;
      if (disk_.chance(disk_.sync_error)) {
        const std::string seen = inode_->data;
        inode_->keep_some(disk_.random_);
        inode_->data = seen;
        return eio("sync");
      }
      for (const auto& [offset, bytes] : inode_->dirty) {
        if (inode_->plate.size() < offset + bytes.size())
          inode_->plate.resize(offset + bytes.size());
        inode_->plate.replace(offset, bytes.size(), bytes);
      }
      inode_->dirty.clear();
      if (inode_->plate.size() > inode_->data.size()) inode_->plate.resize(inode_->data.size());
      return {};
    }
    Result<void> truncate(std::uint64_t bytes) override {
      if (!has_power()) return off();
      inode_->reserved = 0;
      if (bytes == inode_->data.size()) return {};
      inode_->data.resize(bytes);
      std::erase_if(inode_->dirty, [&](const auto& write) { return write.first >= bytes; });
      return {};
    }

   private:
    bool has_power() { return epoch_ == disk_.epoch_ && disk_.has_power(); }

    SimDisk& disk_;
    std::shared_ptr<Inode> inode_;
    const int epoch_;  // open files do not survive a power cut
  };

  class SimReader final : public DiskReader {
   public:
    explicit SimReader(std::string data) : data_(std::move(data)) {}
    Result<std::size_t> read_some(std::span<char> out) override {
      const std::size_t count = std::min(out.size(), data_.size() - at_);
      std::copy_n(data_.data() + at_, count, out.data());
      at_ += count;
      return count;
    }

   private:
    const std::string data_;
    std::size_t at_ = 0;
  };

  static Error eio(const std::string& what) {
    return make_error(ErrorKind::kUnavailable, what + ": Input/output error");
  }
  static Error off() { return make_error(ErrorKind::kUnavailable, "the power is off"); }
  bool has_power() {
    if (ops_left == 0) return false;
    --ops_left;
    return true;
  }
  bool chance(double share) {
    return share > 0 && std::uniform_real_distribution<>()(random_) < share;
  }
  std::uint64_t free_bytes() const {
    std::uint64_t used = 0;
    for (const auto& [name, inode] : names_)
      used += std::max<std::uint64_t>(inode->reserved, inode->data.size());
    return used < capacity ? capacity - used : 0;
  }

  static void apply(const NameOp& op, std::map<std::string, std::shared_ptr<Inode>>* names) {
    if (op.inode == nullptr)
      names->erase(op.name);
    else
      (*names)[op.name] = op.inode;
    if (!op.from.empty()) names->erase(op.from);
  }
  void change(NameOp op) {
    apply(op, &names_);
    name_ops_.push_back(std::move(op));
  }
  std::map<std::string, std::shared_ptr<Inode>> plate_names() {
    auto names = on_plate_;
    const std::size_t kept = random(name_ops_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) apply(name_ops_[i], &names);
    return names;
  }

  std::mt19937_64 random_;
  int epoch_ = 0;
  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> on_plate_;
  std::vector<NameOp> name_ops_;  // since sync_folder()
};

}  // namespace beian::log::test

// The package desk: threads that write uploads to temporary files and inspect them, so that no
// worker waits for a disk or for the parsing of somebody's archive.
//
// A worker begins an Inspection, passes it the body piece by piece, and asks for its outcome when
// it is woken. The number of inspections in flight is bounded, and so are memory, disk and threads.
// Each has at most one step in progress, so no step waits long for a thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cache/base/result.h"
#include "gate/http/multipart.h"
#include "gate/http/package_limits.h"
#include "gate/http/package_stats.h"
#include "gate/http/spool_file.h"
#include "gate/package/read_options.h"
#include "gate/wire/problem.h"

namespace beian::http {

struct PackageDeskOptions {
  std::string folder = std::string(kPackageFolderDefault);
  std::uint64_t bytes_max = kPackageBytesDefault;     // largest package
  unsigned concurrent = kPackagesConcurrentDefault;   // inspections, and threads
  std::chrono::nanoseconds (*stopwatch)() = nullptr;  // null: nothing is timed
};

// The outcome of an inspection.
struct PackageOutcome {
  PackageResult result = PackageResult::kRead;
  std::string json;       // for kRead
  wire::Problem problem;  // for everything else
};

class Inspection;

class PackageDesk {
 public:
  // Errors: kUnavailable when no file can be created in the folder: better noticed at the start
  // than at every upload.
  [[nodiscard]] static Result<std::unique_ptr<PackageDesk>> open(PackageDeskOptions options);

  // Waits for the steps in progress. REQUIRES: all uploads are gone.
  ~PackageDesk();
  PackageDesk(const PackageDesk&) = delete;
  PackageDesk& operator=(const PackageDesk&) = delete;

  const PackageDeskOptions& options() const noexcept { return options_; }

  // What to do with an upload.
  struct Order {
    std::optional<std::string> boundary;  // nullopt: the body is the package
    package::ReadOptions read;
  };
  // Begins an inspection; null when the maximum is in flight. Any thread.
  std::shared_ptr<Inspection> begin(Order order);
  // The problem for a body whose announced length is too large; counted like one that proves too
  // large on reading. Any thread.
  wire::Problem refuse_too_large();
  PackageStats stats() const;
  // The last error of the disk, handed out once. Any thread.
  std::optional<std::string> news();

 private:
  friend class Inspection;

  explicit PackageDesk(PackageDeskOptions options);
  void count(PackageResult result) { results_[static_cast<std::size_t>(result)].fetch_add(1); }
  void tell(const Error& error);
  void enqueue(std::shared_ptr<Inspection> inspection);
  void work();

  const PackageDeskOptions options_;
  std::array<std::atomic<std::uint64_t>, kPackageResultWords.size()> results_{};
  std::atomic<std::uint64_t> in_flight_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::int64_t> inspecting_ns_{0};

  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<std::shared_ptr<Inspection>> queue_;  // guarded by mutex_; one step each
  bool is_closing_ = false;                        // guarded by mutex_
  std::optional<std::string> news_;                // guarded by mutex_
  std::vector<std::thread> threads_;
};

// One upload and its outcome. on_step(), take(), finish(), outcome() and leave() are the worker's;
// the rest is the desk's. Its place and its file are released before it has an outcome, so that a
// client with its answer can send the next package; if abandoned, it keeps them until the desk
// drops it.
class Inspection : public std::enable_shared_from_this<Inspection> {
 public:
  Inspection(PackageDesk* desk, PackageDesk::Order order);
  ~Inspection();
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;

  // `wake` is called on the desk's threads after each step. Call this before take().
  void on_step(std::function<void()> wake);
  // Takes bytes of the body; returns how many. 0: the disk is behind, so wait for the next step.
  std::size_t take(std::string_view bytes);
  void finish() noexcept { is_complete_ = true; }
  // The outcome; null: not yet. Ask after finish() and after each step. Valid while this lives.
  const PackageOutcome* outcome();
  // Abandons the inspection; there is no wake after this. The last reference passes to the desk, so
  // that no worker waits while the pages of a large file are freed.
  static void leave(std::shared_ptr<Inspection> inspection);

 private:
  friend class PackageDesk;

  void hand_over();
  void step();  // on a thread of the desk
  void give_back();
  std::optional<PackageOutcome> write(std::string_view piece);
  std::optional<PackageOutcome> end_of_body();
  PackageOutcome inspect();
  static PackageOutcome malformed(const Error& error);
  PackageOutcome failed(const Error& error);

  PackageDesk& desk_;
  const PackageDesk::Order order_;

  // The worker's.
  std::string filling_;
  bool is_complete_ = false;
  bool is_last_given_ = false;

  // The desk's, one step at a time.
  std::optional<SpoolFile> file_;
  std::optional<MultipartReader> multipart_;
  std::uint64_t body_bytes_ = 0;
  bool has_place_ = true;

  std::mutex mutex_;
  std::function<void()> wake_;             // guarded by mutex_
  std::string piece_;                      // guarded by mutex_; owned by the step while is_busy_
  bool is_last_piece_ = false;             // guarded by mutex_
  bool is_busy_ = false;                   // guarded by mutex_: a step is queued or in progress
  bool is_left_ = false;                   // guarded by mutex_
  std::optional<PackageOutcome> outcome_;  // guarded by mutex_ until set, then constant
};

}  // namespace beian::http

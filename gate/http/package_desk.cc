#include "gate/http/package_desk.h"

#include <algorithm>
#include <new>
#include <utility>

#include "cache/base/give_way.h"
#include "gate/package/package_json.h"
#include "gate/package/read_package.h"

namespace beian::http {
namespace {

PackageOutcome refused(PackageResult result, wire::Problem problem) {
  PackageOutcome out;
  out.result = result;
  out.problem = std::move(problem);
  return out;
}

wire::Problem too_large_problem(std::uint64_t bytes_max) {
  return {413, "body-too-large",
          "a package has at most " + std::to_string(bytes_max) + " bytes here", ""};
}

PackageOutcome too_large(std::uint64_t bytes_max) {
  return refused(PackageResult::kTooLarge, too_large_problem(bytes_max));
}

PackageOutcome no_room() {
  return refused(PackageResult::kNoRoom,
                 {503, "no-room", "the gate has no room for the package now; try again", ""});
}

}  // namespace

// --- the desk ---

Result<std::unique_ptr<PackageDesk>> PackageDesk::open(PackageDeskOptions options) {
  if (auto tried = SpoolFile::create(options.folder); !tried) return tried.error();
  return std::unique_ptr<PackageDesk>(new PackageDesk(std::move(options)));
}

PackageDesk::PackageDesk(PackageDeskOptions options) : options_(std::move(options)) {
  for (unsigned i = 0; i < options_.concurrent; ++i) threads_.emplace_back([this] { work(); });
}

PackageDesk::~PackageDesk() {
  {
    const std::scoped_lock lock(mutex_);
    is_closing_ = true;
  }
  work_came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  queue_.clear();
  BEIAN_ASSERT(in_flight_.load() == 0);
}

std::shared_ptr<Inspection> PackageDesk::begin(Order order) {
  if (in_flight_.fetch_add(1) >= options_.concurrent) {
    in_flight_.fetch_sub(1);
    return nullptr;
  }
  return std::make_shared<Inspection>(this, std::move(order));
}

wire::Problem PackageDesk::refuse_too_large() {
  count(PackageResult::kTooLarge);
  return too_large_problem(options_.bytes_max);
}

PackageStats PackageDesk::stats() const {
  PackageStats out;
  for (std::size_t i = 0; i < results_.size(); ++i) out.results[i] = results_[i].load();
  out.in_flight = in_flight_.load();
  out.bytes = bytes_.load();
  out.inspecting_time = std::chrono::nanoseconds{inspecting_ns_.load()};
  out.bytes_max = options_.bytes_max;
  out.concurrent_max = options_.concurrent;
  return out;
}

std::optional<std::string> PackageDesk::news() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(news_, std::nullopt);
}

void PackageDesk::tell(const Error& error) {
  const std::scoped_lock lock(mutex_);
  news_ = "packages are refused: " + error.message;
}

void PackageDesk::enqueue(std::shared_ptr<Inspection> inspection) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(inspection));
  }
  work_came_.notify_one();
}

void PackageDesk::work() {
  give_way();  // checks come first whenever they need the CPU
  for (;;) {
    std::shared_ptr<Inspection> next;
    {
      std::unique_lock lock(mutex_);
      work_came_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
      if (is_closing_) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    next->step();
  }
}

// --- one inspection: the worker's side ---

Inspection::Inspection(PackageDesk* desk, PackageDesk::Order order)
    : desk_(*desk), order_(std::move(order)) {
  if (order_.boundary) multipart_.emplace(*order_.boundary);
  filling_.reserve(kPackagePieceBytes);
}

Inspection::~Inspection() {
  give_back();
}

void Inspection::on_step(std::function<void()> wake) {
  const std::scoped_lock lock(mutex_);
  wake_ = std::move(wake);
}

std::size_t Inspection::take(std::string_view bytes) {
  if (filling_.size() == kPackagePieceBytes) hand_over();
  const std::size_t count = std::min(bytes.size(), kPackagePieceBytes - filling_.size());
  filling_.append(bytes.substr(0, count));
  if (filling_.size() == kPackagePieceBytes) hand_over();
  return count;
}

const PackageOutcome* Inspection::outcome() {
  {
    const std::scoped_lock lock(mutex_);
    if (outcome_) return &*outcome_;
  }
  if (is_complete_ && !is_last_given_) hand_over();
  return nullptr;
}

// Does nothing while a step is in progress: the wake after it brings another chance.
void Inspection::hand_over() {
  {
    const std::scoped_lock lock(mutex_);
    if (is_busy_ || outcome_) return;
    is_busy_ = true;
    piece_.swap(filling_);
    is_last_piece_ = is_last_given_ = is_complete_;
  }
  filling_.clear();
  filling_.reserve(kPackagePieceBytes);
  desk_.enqueue(shared_from_this());
}

void Inspection::leave(std::shared_ptr<Inspection> inspection) {
  PackageDesk& desk = inspection->desk_;
  {
    const std::scoped_lock lock(inspection->mutex_);
    inspection->wake_ = {};
    inspection->is_left_ = true;
    if (!inspection->outcome_) desk.count(PackageResult::kGivenUp);
  }
  desk.enqueue(std::move(inspection));
}

// --- the desk's side ---

void Inspection::step() {
  bool is_last = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_left_) return;
    is_last = is_last_piece_;
  }
  std::optional<PackageOutcome> outcome;
  try {
    outcome = write(piece_);
    if (!outcome && is_last) outcome = end_of_body();
  } catch (const std::bad_alloc&) {
    // One package that needs too much memory must not end the process, and the checks with it.
    outcome = no_room();
  }
  if (outcome) give_back();
  const std::scoped_lock lock(mutex_);
  is_busy_ = false;
  if (outcome && !is_left_) desk_.count(outcome->result);
  outcome_ = std::move(outcome);
  if (wake_) wake_();
}

void Inspection::give_back() {
  file_.reset();
  if (std::exchange(has_place_, false)) desk_.in_flight_.fetch_sub(1);
}

// Writes one piece. Returns what ends the upload early; nullopt: it continues.
std::optional<PackageOutcome> Inspection::write(std::string_view piece) {
  const std::uint64_t bytes_max = desk_.options_.bytes_max;
  body_bytes_ += piece.size();
  if (body_bytes_ > bytes_max + (multipart_ ? kMultipartRestBytesMax : 0))
    return too_large(bytes_max);
  if (!file_) {
    auto created = SpoolFile::create(desk_.options_.folder);
    if (!created) return failed(created.error());
    file_.emplace(std::move(*created));
  }
  const auto append = [&](std::string_view bytes) -> Result<void> {
    if (file_->size() + bytes.size() > bytes_max)
      return make_error(ErrorKind::kConflict, "too large");
    return file_->append(bytes);
  };
  const auto written = multipart_ ? multipart_->feed(piece, append) : append(piece);
  if (written) return std::nullopt;
  if (written.error().kind == ErrorKind::kConflict) return too_large(bytes_max);
  if (written.error().kind != ErrorKind::kBadInput) return failed(written.error());
  return malformed(written.error());
}

std::optional<PackageOutcome> Inspection::end_of_body() {
  if (multipart_)
    if (const auto finished = multipart_->finish(); !finished) return malformed(finished.error());
  desk_.bytes_ += file_->size();
  const auto stopwatch = desk_.options_.stopwatch;
  const auto began = stopwatch != nullptr ? stopwatch() : std::chrono::nanoseconds{};
  auto outcome = inspect();
  if (stopwatch != nullptr) desk_.inspecting_ns_ += (stopwatch() - began).count();
  return outcome;
}

PackageOutcome Inspection::inspect() {
  const auto bytes = file_->map();
  if (!bytes) return failed(bytes.error());
  const auto package = package::read_package(*bytes, order_.read);
  if (!package)
    return refused(PackageResult::kUnreadable,
                   {400, "package-unreadable", package.error().message, ""});
  PackageOutcome out;
  append_package_json(*package, "", &out.json);
  return out;
}

PackageOutcome Inspection::malformed(const Error& error) {
  return refused(PackageResult::kMalformed, {400, "multipart-malformed", error.message, ""});
}

// The caller learns nothing about our disk; the operator does.
PackageOutcome Inspection::failed(const Error& error) {
  desk_.tell(error);
  return no_room();
}

}  // namespace beian::http

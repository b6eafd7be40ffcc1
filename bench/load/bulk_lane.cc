#include "bench/load/bulk_lane.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "bench/load/answer_reader.h"

namespace beian::load {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::size_t kChunkRows = 200;
constexpr std::chrono::milliseconds kRetry{100};  // after a refusal
constexpr int kPollMilliseconds = 20;

std::string stream_chunk(const std::vector<std::string>& rows) {
  std::string lines;
  for (std::size_t i = 0; i < kChunkRows; ++i) lines += rows[i % rows.size()] + "\n";
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", lines.size());
  return size + lines + "\r\n";
}

}  // namespace

class BulkLane::Connection {
 public:
  explicit Connection(BulkLane* lane) : lane_(*lane) {}

  pollfd awaited() {
    if (!socket_.is_open() && steady_clock::now() >= retry_at_) begin();
    return {socket_.get(), POLLIN | POLLOUT, 0};
  }

  void serve(short events, std::string* buffer) {
    if (events == 0 || !socket_.is_open()) return;
    if ((events & POLLOUT) != 0 && !send_more()) return end();
    if ((events & ~POLLOUT) != 0 && !receive(buffer)) return end();
  }

 private:
  void begin() {
    socket_ = begin_connect(lane_.options_.route, 0);
    unsent_ = lane_.head_.empty() ? lane_.unit_ : lane_.head_;
    reader_.reset();
    ++lane_.counts_.connections;
  }

  void end() {
    socket_ = FileDescriptor();
    retry_at_ = steady_clock::now() + kRetry;
  }

  bool send_more() {
    if (!send_some(socket_, &unsent_)) return false;
    if (unsent_.empty()) unsent_ = lane_.unit_;
    return true;
  }

  bool receive(std::string* buffer) {
    const ssize_t got = ::recv(socket_.get(), buffer->data(), buffer->size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    const bool is_stream = lane_.options_.kind == BulkKind::kStream;
    bool is_refused = false;
    reader_.feed(
        {buffer->data(), static_cast<std::size_t>(got)},
        [&](unsigned status) {
          if (status / 100 != 2) {
            ++lane_.counts_.refused;
            is_refused = true;
          } else if (!is_stream) {
            lane_.counts_.rows += lane_.options_.batch_rows;
          }
        },
        [&](std::string_view body) {
          if (is_stream && reader_.status() / 100 == 2)
            lane_.counts_.rows += static_cast<std::uint64_t>(std::ranges::count(body, '\n'));
        });
    return !is_refused && !reader_.is_broken;
  }

  BulkLane& lane_;
  FileDescriptor socket_;
  std::string_view unsent_;
  AnswerReader reader_;
  steady_clock::time_point retry_at_{};
};

BulkLane::BulkLane(const BulkOptions& options, const CommonFields& fields,
                   const std::vector<std::string>& rows)
    : options_(options) {
  if (options.kind == BulkKind::kStream) {
    head_ = "POST /v1/checks:stream HTTP/1.1\r\n" + fields.text() +
            "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    unit_ = stream_chunk(rows);
    return;
  }
  const std::string body = batch_body(rows, 0, options.batch_rows);
  unit_ = "POST /v1/checks HTTP/1.1\r\n" + fields.text() +
          "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body;
}

void BulkLane::start() {
  counts_ = {};
  is_over_ = false;
  thread_ = std::thread([this] { run(); });
}

BulkCounts BulkLane::stop() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
  return counts_;
}

void BulkLane::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
  std::string buffer(kBufferBytes, '\0');
  std::vector<Connection> connections;
  for (unsigned i = 0; i < options_.connections; ++i) connections.emplace_back(this);
  std::vector<pollfd> awaited(connections.size());
  while (!is_over_) {
    for (std::size_t i = 0; i < connections.size(); ++i) awaited[i] = connections[i].awaited();
    ::poll(awaited.data(), awaited.size(), kPollMilliseconds);
    for (std::size_t i = 0; i < connections.size(); ++i)
      connections[i].serve(awaited[i].revents, &buffer);
  }
}

}  // namespace beian::load

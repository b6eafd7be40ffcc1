// Endless checks in batches of a thousand: half of them of filings that stay in the registry
// whatever happens, half of numbers that never are in it. Every answer is checked. Tests only.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>

#include "tests/http/raw_client.h"
#include "tests/integration/fleet.h"

namespace beian::test {

// What tests publish beside it: more filings than it checks, and the one that deltas change.
inline constexpr int kFilings = 500;
inline constexpr int kChanging = 450;

class BatchLoop {
 public:
  static constexpr int kFiled = 400;           // filings 1 to 400 never change
  static constexpr int kUnfiledFrom = 10'001;  // from here on nothing is filed

  explicit BatchLoop(std::uint16_t port) : thread_([this, port] { run(port); }) {}
  ~BatchLoop() { stop(); }
  BatchLoop(const BatchLoop&) = delete;
  BatchLoop& operator=(const BatchLoop&) = delete;

  void stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  long right() const { return right_; }
  long wrong() const { return wrong_; }
  const std::string& first_wrong() const { return first_wrong_; }

 private:
  static constexpr int kItems = 1'000;

  static bool is_filed(int item) { return item % 2 == 0; }

  static std::string request() {
    std::string body = "{\"checks\":[";
    for (int i = 0; i < kItems; ++i) {
      const int filing = is_filed(i) ? i / 2 % kFiled + 1 : kUnfiledFrom + i;
      body += (i == 0 ? "" : ",") +
              (R"({"operation":"distribute","filing_number":"京ICP备2023)" + six_digits(filing)) +
              R"(号-1A"})";
    }
    body += "]}";
    return "POST /v1/checks HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void judge(const http::Answer& answer) {
    constexpr std::string_view kKey = "\"decision\":\"";
    std::size_t at = 0;
    for (int i = 0; i < kItems; ++i) {
      const std::size_t found = answer.body.find(kKey, at);
      at = found == std::string::npos ? answer.body.size() : found + kKey.size();
      const std::string_view wanted = is_filed(i) ? "allow\"" : "deny\"";
      if (std::string_view(answer.body).substr(at).starts_with(wanted)) {
        ++right_;
      } else if (wrong_++ == 0) {
        const std::size_t from = found == std::string::npos ? 0 : found;
        first_wrong_ = std::to_string(i) + ": " + answer.body.substr(from, 300) + answer.head;
      }
    }
  }

  void run(std::uint16_t port) {
    const std::string bytes = request();
    auto client = std::make_unique<http::RawClient>(port);
    std::string received;
    while (!is_stopping_) {
      http::Answer answer;
      bool is_answered = client->send(bytes);
      while (is_answered && !http::take_answer(&received, false, &answer))
        is_answered = client->receive(&received);
      if (!http::is_shed(answer)) {
        judge(answer);
        if (!is_answered) return;
      } else if (answer.closes()) {
        client = std::make_unique<http::RawClient>(port);
        received.clear();
      }
    }
  }

  std::atomic<bool> is_stopping_ = false;
  std::atomic<long> right_ = 0;
  std::atomic<long> wrong_ = 0;
  std::string first_wrong_;
  std::thread thread_;
};

}  // namespace beian::test

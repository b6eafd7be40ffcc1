// Endless checks on one connection, to see that no answer is ever missing or wrong while something
// happens. Tests only.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>

#include "tests/http/raw_client.h"

namespace beian::test {

// Sends `request` again and again until it is stopped. Counts the answers that are not 200 or do
// not contain `wanted`; answers that were shed do not count.
class CheckLoop {
 public:
  CheckLoop(std::uint16_t port, std::string request, std::string wanted)
      : request_(std::move(request)),
        wanted_(std::move(wanted)),
        thread_([this, port] { run(port); }) {}
  ~CheckLoop() { stop(); }
  CheckLoop(const CheckLoop&) = delete;
  CheckLoop& operator=(const CheckLoop&) = delete;

  void stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int answers() const { return answers_; }
  int failures() const { return failures_; }
  // The first wrong answer.
  const std::string& first_failure() const { return first_failure_; }

 private:
  void run(std::uint16_t port) {
    http::RawClient client(port);
    std::string bytes;
    while (!is_stopping_) {
      http::Answer answer;
      bool is_answered = client.send(request_);
      while (is_answered && !http::take_answer(&bytes, false, &answer))
        is_answered = client.receive(&bytes);
      if (http::is_shed(answer)) continue;
      const bool is_right =
          is_answered && answer.status == 200 && answer.body.find(wanted_) != std::string::npos;
      if (!is_right && failures_++ == 0) first_failure_ = answer.head + answer.body;
      if (is_right) ++answers_;
      if (!is_answered) return;
    }
  }

  std::string request_;
  std::string wanted_;
  std::string first_failure_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<int> answers_ = 0;
  std::atomic<int> failures_ = 0;
  std::thread thread_;
};

}  // namespace beian::test

// What the server tests share: requests, and limits with short deadlines. A client that has sent
// nothing yet still gets the normal idle time, because on a busy machine the test itself may be
// late.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gate/http/server.h"

namespace beian::http {

inline constexpr std::string_view kGet = "GET /__echo HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string repeat(std::string_view text, std::size_t count) {
  std::string repeated;
  for (std::size_t i = 0; i < count; ++i) repeated.append(text);
  return repeated;
}

inline ServerLimits hasty_limits() {
  using namespace std::chrono_literals;
  ServerLimits limits;
  limits.tick = 10ms;
  limits.head_deadline = 100ms;
  limits.body_deadline = 100ms;
  limits.write_deadline = 200ms;
  limits.linger_deadline = 100ms;
  limits.drain_idle_grace = 50ms;
  return limits;
}

}  // namespace beian::http

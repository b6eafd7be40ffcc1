// Writes answers as bytes, appended to a connection's output.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gate/http/message.h"

namespace beian::http {

// The fields that every answer carries: `Server` and `Date`. One per worker, refreshed by its tick,
// so that no answer has to read the clock.
class CommonFields {
 public:
  void refresh(std::chrono::system_clock::time_point now);
  std::string_view text() const noexcept { return text_; }

 private:
  std::chrono::sys_seconds shown_{};
  std::string text_;
};

// Appends status line, fields and body of `response` as the answer to `request`: no body for HEAD,
// 204 and 304, no Content-Length for 204 and 304. `is_last` adds `Connection: close`; otherwise an
// HTTP/1.0 client is told that the connection stays open [RFC 9112 §9.3].
void append_answer(const Request& request, const Response& response, std::string_view common_fields,
                   bool is_last, std::string* output);

// Appends status line and fields of an answer whose body follows in parts, each by
// append_stream_part(), the last one with `is_end`. Unless `is_chunked`, closing the connection
// ends the body, as in HTTP/1.0.
void append_stream_head(const Response& response, std::string_view common_fields, bool is_chunked,
                        bool is_last, std::string* output);
void append_stream_part(std::string_view part, bool is_chunked, bool is_end, std::string* output);

inline constexpr std::string_view kContinueAnswer = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace beian::http

#include "gate/http/answer.h"

#include <array>
#include <charconv>

#include "cache/base/pen.h"
#include "gate/wire/problem.h"

namespace beian::http {
namespace {

void append_two_digits(unsigned value, std::string* output) {
  output->push_back(static_cast<char>('0' + value / 10));
  output->push_back(static_cast<char>('0' + value % 10));
}

void write_status_line(unsigned status, Pen* pen) {
  if (status == 200) return pen->literal("HTTP/1.1 200 OK\r\n");
  pen->literal("HTTP/1.1 ");
  pen->unsigned_integer(status);
  pen->literal(" ");
  pen->text(wire::reason_of(status));
  pen->literal("\r\n");
}

}  // namespace

// `Date: Fri, 02 Jan 2026 03:04:05 GMT` [RFC 9110 §5.6.7]
void CommonFields::refresh(std::chrono::system_clock::time_point now) {
  namespace chrono = std::chrono;
  constexpr std::array<const char*, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto second = chrono::floor<chrono::seconds>(now);
  if (second == shown_ && !text_.empty()) return;
  shown_ = second;
  const auto day = chrono::floor<chrono::days>(second);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss<chrono::seconds> time{second - day};
  text_ = "Server: beian-gate\r\nDate: ";
  text_.append(kWeekdays[chrono::weekday{day}.c_encoding()]).append(", ");
  append_two_digits(static_cast<unsigned>(date.day()), &text_);
  text_.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  text_.append(std::to_string(static_cast<int>(date.year())));
  text_.append(" ");
  append_two_digits(static_cast<unsigned>(time.hours().count()), &text_);
  text_.append(":");
  append_two_digits(static_cast<unsigned>(time.minutes().count()), &text_);
  text_.append(":");
  append_two_digits(static_cast<unsigned>(time.seconds().count()), &text_);
  text_.append(" GMT\r\n");
}

void append_answer(const Request& request, const Response& response, std::string_view common_fields,
                   bool is_last, std::string* output) {
  Pen pen(output);
  write_status_line(response.status, &pen);
  pen.text(common_fields);
  const bool may_have_body = response.status != 204 && response.status != 304;
  if (!response.content_type.empty()) {
    pen.literal("Content-Type: ");
    pen.text(response.content_type);
    pen.literal("\r\n");
  }
  if (may_have_body) {
    pen.literal("Content-Length: ");
    pen.unsigned_integer(response.body.size());
    pen.literal("\r\n");
  }
  if (is_last) {
    pen.literal("Connection: close\r\n");
  } else if (request.is_http_10) {
    pen.literal("Connection: keep-alive\r\n");
  }
  pen.text(response.fields);
  pen.literal("\r\n");
  if (may_have_body && request.method != Method::kHead) pen.text(response.body);
}

void append_stream_head(const Response& response, std::string_view common_fields, bool is_chunked,
                        bool is_last, std::string* output) {
  Pen pen(output);
  write_status_line(response.status, &pen);
  pen.text(common_fields);
  pen.literal("Content-Type: ");
  pen.text(response.content_type);
  pen.literal("\r\n");
  if (is_chunked) pen.literal("Transfer-Encoding: chunked\r\n");
  if (is_last) pen.literal("Connection: close\r\n");
  pen.text(response.fields);
  pen.literal("\r\n");
}

void append_stream_part(std::string_view part, bool is_chunked, bool is_end, std::string* output) {
  if (!is_chunked) {
    output->append(part);
    return;
  }
  if (!part.empty()) {
    std::array<char, 16> digits;
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), part.size(), 16);
    output->append(digits.data(), end).append("\r\n").append(part).append("\r\n");
  }
  if (is_end) output->append("0\r\n\r\n");
}

}  // namespace beian::http

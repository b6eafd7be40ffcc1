// Short builders of requests to the echo, for the tables of messages.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace beian::http {

using namespace std::string_literals;

// (gcc 12 would take `"x" + std::string` for an overlapping copy.)
inline std::string join(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined.append(part);
  return joined;
}

// A GET of the echo with `fields` after Host.
inline std::string get(std::string_view fields = "") {
  return "GET /__echo HTTP/1.1\r\nHost: a.example\r\n"s.append(fields).append("\r\n");
}
// A POST to the echo; `rest` is fields, the empty line and the body.
inline std::string post(std::string_view rest) {
  return "POST /__echo HTTP/1.1\r\nHost: a.example\r\n"s.append(rest);
}
// A complete, well-formed POST with a chunked body.
inline std::string chunked(std::string_view chunks) {
  return post("Transfer-Encoding: chunked\r\n\r\n").append(chunks);
}
inline std::string get_for_host(std::string_view host) {
  return "GET /__echo HTTP/1.1\r\nHost:"s.append(host).append("\r\n\r\n");
}
inline std::string get_target(std::string_view target, std::string_view method = "GET") {
  return std::string(method).append(" ").append(target).append(
      " HTTP/1.1\r\nHost: a.example\r\n\r\n");
}
inline std::string get_version(std::string_view version) {
  return "GET /__echo "s.append(version).append("\r\nHost: a.example\r\n\r\n");
}

}  // namespace beian::http

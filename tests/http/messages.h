// Raw HTTP messages and how the server must answer them: the specification of what is accepted and
// refused, one row per message, grouped by rule.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace beian::http {

struct Message {
  const char* name;
  std::string bytes;
  std::vector<unsigned> statuses;  // of the answers, in order
  bool closes;                     // the last one says `Connection: close`
  const char* why;
};

inline std::ostream& operator<<(std::ostream& out, const Message& message) {
  return out << message.name << ": " << message.why;
}

std::vector<Message> host_messages();
std::vector<Message> line_messages();
std::vector<Message> framing_messages();
std::vector<Message> chunk_messages();
std::vector<Message> target_messages();
std::vector<Message> connection_messages();
std::vector<Message> all_messages();

}  // namespace beian::http

// A Session as a worker builds one, with a service behind it (by default an echo) and no socket.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gate/http/session.h"
#include "tests/http/echo_service.h"

namespace beian::http {

class SessionBench {
 public:
  explicit SessionBench(std::unique_ptr<Service> service = std::make_unique<EchoService>())
      : service_(std::move(service)),
        state_{limits_, *service_, stats_, {}, {}, false},
        session_(&state_) {
    state_.common_fields.refresh({});
    session_.start("192.0.2.1");
  }

  // Receives `bytes` as if in one packet. Answers are appended to output().
  void receive(std::string_view bytes) {
    while (!bytes.empty() && !session_.is_over()) {
      const std::span<char> room = session_.room();
      const std::size_t count = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), count, room.begin());
      bytes.remove_prefix(count);
      session_.received(count);
      do {
        session_.proceed();
        output_.append(session_.output());
        session_.output_sent();
      } while (session_.has_more());
    }
  }

  // The next read finds nothing, and then the request in flight is refused as too slow.
  void be_slow() {
    session_.room();
    session_.refuse_slow();
    output_.append(session_.output());
    session_.output_sent();
  }

  const std::string& output() const { return output_; }
  void forget_output() { output_.clear(); }
  std::uint64_t requests_count() const { return stats_.requests.value(); }

 private:
  ServerLimits limits_;
  const std::unique_ptr<Service> service_;
  WorkerStats stats_;
  WorkerState state_;
  Session session_;
  std::string output_;
};

}  // namespace beian::http

// What answers may have to wait for before they are sent: until the log record of each is on disk.
//
// Answers get ascending tickets. A connection holds its output until the ticket of its newest
// answer is released; meanwhile its worker serves others. Belongs to one worker.
#pragma once

#include <cstdint>
#include <functional>

namespace beian::http {

class OutputGate {
 public:
  // Sets what to call, from any thread, whenever released() has risen. Set it before the first
  // answer, and set an empty function before what it calls is destroyed: on return no call is in
  // progress.
  virtual void on_release(std::function<void()> wake) = 0;
  // The ticket of the newest answer that must wait; unchanged by answers that need not.
  virtual std::uint64_t newest() const noexcept = 0;
  // All tickets up to this one are released. Any thread.
  virtual std::uint64_t released() const noexcept = 0;

 protected:
  ~OutputGate() = default;
};

}  // namespace beian::http

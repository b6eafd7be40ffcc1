// What answers may have to wait for before they leave: a record of each that is safe on the disk.
//
// Answers count up in tickets; a connection holds its output until the ticket of its newest answer
// is released, and its worker goes on with others meanwhile. Belongs to one worker.
#pragma once

#include <cstdint>
#include <functional>

namespace beian::http {

class OutputGate {
 public:
  // Calls `wake` from any thread whenever released() has risen. Set before the first answer, and to
  // none before what it calls is gone: then none is under way any more.
  virtual void on_release(std::function<void()> wake) = 0;
  // Ticket of the newest answer that has to wait; stays where an answer need not.
  virtual std::uint64_t newest() const noexcept = 0;
  // All tickets up to this one are released. Any thread.
  virtual std::uint64_t released() const noexcept = 0;

 protected:
  ~OutputGate() = default;
};

}  // namespace beian::http

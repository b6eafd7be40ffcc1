// What the main thread of `serve` does while the others answer: it prints what is new, takes up
// changed files, tells the service manager that the gate is alive, and waits for signals.
#pragma once

#include <string>
#include <vector>

#include "gate/cli/notify.h"
#include "gate/cli/reloader.h"
#include "gate/cli/serving.h"
#include "gate/http/package_desk.h"
#include "gate/http/revocation_lists.h"
#include "gate/http/server.h"

namespace beian::cli {

// All of it outlives the watch.
struct Watched {
  const ServiceManager& manager;
  Serving& serving;
  Reloader& reloader;
  http::Server& server;         // its workers have to be alive
  log::DecisionLog* log;        // null: none
  http::PackageDesk* packages;  // null: none
};

class Watch {
 public:
  // From now on, in this thread and those that it starts, signals wait for a Watch. To be called
  // before any thread starts.
  static void block_signals();

  explicit Watch(const Watched& watched);

  // Says that the gate is ready. Returns when SIGTERM or SIGINT comes; SIGHUP reloads.
  void until_stopped();

 private:
  // Returns its number; -1 if none came within the interval.
  int wait_for_signal() const;
  void look_after_everything();
  void tell_news();
  void tell_what_ends();
  void tell_policy_warnings() const;
  void tell_ready() const;
  void beat();
  void drop_overwritten();
  void reload(bool is_asked_for, bool is_replaced);

  const Watched on_;
  Heartbeat heartbeat_;
  http::RevocationLists lists_;
  std::vector<std::string> warned_;  // the current warnings of what ends
};

}  // namespace beian::cli

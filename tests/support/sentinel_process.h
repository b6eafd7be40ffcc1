// A real Sentinel for tests with real servers. Tests only.
#pragma once

#include "tests/support/redis_process.h"

namespace beian::test {

// A single Sentinel that watches `master` under the name `main`. However busy the machine is, it
// changes nothing before expect_loss().
class Sentinel {
 public:
  Sentinel(const TemporaryFolder& folder, const RedisServer& master) {
    const std::string config =
        folder.write("sentinel.conf", "port " + port_.text() +
                                          "\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 " +
                                          std::to_string(master.port()) +
                                          " 1\nsentinel down-after-milliseconds main 120000\n"
                                          "sentinel failover-timeout main 120000\n");
    process_ = std::make_unique<Process>(
        std::vector<std::string>{RedisServer::program(), config, "--sentinel"});
    process_->wait_for("+monitor");
    // It looks for replicas every 100 ms instead of every 10 s, and is not confused by a pause of
    // its own, after which it would do nothing for half a minute.
    command({"SENTINEL", "DEBUG", "info-period", "100", "tilt-trigger", "120000"});
  }

  // From now on a server that is silent for `silence` counts as lost, and a failover that comes to
  // nothing is tried again soon. A replica that was cut off ten times as long is not promoted.
  void expect_loss(std::chrono::milliseconds silence) const {
    command({"SENTINEL", "SET", "main", "down-after-milliseconds", std::to_string(silence.count()),
             "failover-timeout", "3000"});
  }

  std::string url(const std::string& query = {}) const {
    return "redis+sentinel://127.0.0.1:" + port_.text() + "/main" + query;
  }
  std::string direct_url() const { return "redis://127.0.0.1:" + port_.text(); }

 private:
  void command(const cache::RedisCommand& words) const {
    if (ask(*client_of(direct_url()), words).text != "OK") std::abort();
  }

  ReservedPort port_;
  std::unique_ptr<Process> process_;
};

}  // namespace beian::test

// A real Sentinel for tests with real servers. Tests only.
#pragma once

#include "tests/support/redis_process.h"

namespace beian::test {

// A single Sentinel that watches `master` under the name `main`.
class Sentinel {
 public:
  Sentinel(const TemporaryFolder& folder, const RedisServer& master) {
    const std::string config =
        folder.write("sentinel.conf", "port " + port_.text() +
                                          "\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 " +
                                          std::to_string(master.port()) +
                                          " 1\nsentinel down-after-milliseconds main 2000\n"
                                          "sentinel failover-timeout main 3000\n");
    process_ = std::make_unique<Process>(
        std::vector<std::string>{RedisServer::program(), config, "--sentinel"});
    process_->wait_for("+monitor");
  }
  std::string url(const std::string& query = {}) const {
    return "redis+sentinel://127.0.0.1:" + port_.text() + "/main" + query;
  }
  std::string direct_url() const { return "redis://127.0.0.1:" + port_.text(); }

 private:
  ReservedPort port_;
  std::unique_ptr<Process> process_;
};

}  // namespace beian::test

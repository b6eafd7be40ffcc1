// A real `beian-gate serve` on a free port, and clients of it. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <string>
#include <vector>

#include "tests/http/raw_client.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace beian::test {

inline const std::string kGate = beian::test::build_path("beian-gate");

// Runs `beian-gate ARGUMENTS…` to its end.
inline Finished gate(std::vector<std::string> arguments, std::string_view input = {}) {
  arguments.insert(arguments.begin(), kGate);
  return run(std::move(arguments), input);
}

class GateProcess {
 public:
  explicit GateProcess(std::vector<std::string> arguments = {}) : process_(command(arguments)) {
    EXPECT_TRUE(process_.wait_for("try: curl")) << process_.err();
    constexpr std::string_view kSaid = "listening on http://127.0.0.1:";
    const std::size_t at = process_.out().find(kSaid);
    if (at == std::string::npos) return;
    const char* const digits = process_.out().data() + at + kSaid.size();
    std::from_chars(digits, process_.out().data() + process_.out().size(), port_);
  }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  Process& process() { return process_; }

  // Sends one request on a connection of its own, and again for as long as the gate sheds it.
  // Status 0: no answer came.
  http::Answer get(std::string_view target) const {
    return exchange("GET " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\n\r\n");
  }
  http::Answer exchange(std::string_view bytes) const {
    http::Answer answer;
    wait_until([&] {
      std::string received = http::exchange(port_, bytes);
      if (!http::take_answer(&received, false, &answer)) answer = {};
      return !http::is_shed(answer);
    });
    return answer;
  }
  // The serial of the registry that answers now.
  std::string serial() const {
    const std::string head = get("/livez").head;
    const std::size_t at = head.find("serial=");
    return at == std::string::npos ? "none" : head.substr(at + 7, head.find(',', at) - at - 7);
  }

 private:
  static std::vector<std::string> command(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {kGate, "serve", "--listen", "127.0.0.1:0", "--threads", "2"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }

  Process process_;
  std::uint16_t port_ = 0;
};

inline constexpr std::string_view kFeed =
    R"({"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"甲","status":"filed"})"
    "\n"
    R"({"record":"service","id":2,"subject_id":1,"number":"京ICP备2023000001号-1A","names":["乙"],)"
    R"("status":"filed"})"
    "\n";

// Builds a snapshot of kFeed with this serial, as of now.
inline std::string build_snapshot(const TemporaryFolder& folder, const std::string& name,
                                  const std::string& serial) {
  const std::string feed = folder.write("feed.ndjson", kFeed);
  const Finished built = gate({"registry", "build", feed, "-o", folder.path(name), "--serial",
                               serial, "--with-test-identities"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  return folder.path(name);
}

}  // namespace beian::test

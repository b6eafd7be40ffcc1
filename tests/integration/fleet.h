// A registry published to a real redis-server, and gates that follow it. Tests only.
//
// Filing N is the app `京ICP备2023NNNNNN号-1A` of a subject of its own; N counts from 1.
#pragma once

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/gate_process.h"
#include "tests/support/redis_process.h"

namespace beian::test {

inline std::string six_digits(int filing) {
  char text[16];
  std::snprintf(text, sizeof text, "%06d", filing);
  return text;
}

inline std::string subject_line(int filing) {
  return R"({"record":"subject","id":)" + std::to_string(2 * filing) + R"(,"number":"京ICP备2023)" +
         six_digits(filing) + R"(号","sponsor":"主办)" + std::to_string(filing) +
         R"(","status":"filed"})" + "\n";
}

inline std::string service_line(int filing, std::string_view status) {
  return R"({"record":"service","id":)" + std::to_string(2 * filing + 1) + R"(,"subject_id":)" +
         std::to_string(2 * filing) + R"(,"number":"京ICP备2023)" + six_digits(filing) +
         R"(号-1A","names":["应用)" + std::to_string(filing) + R"("],"status":")" +
         std::string(status) + R"("})" + "\n";
}

// Filings [first, last].
inline std::string feed_of(int first, int last) {
  std::string feed;
  for (int i = first; i <= last; ++i) feed += subject_line(i) + service_line(i, "filed");
  return feed;
}

inline std::string check_target(int filing) {
  return "/v1/check?operation=distribute&detail=brief&number=%E4%BA%ACICP%E5%A4%872023" +
         six_digits(filing) + "%E5%8F%B7-1A";
}

// The same as a whole request.
inline std::string check_request(int filing) {
  return "GET " + check_target(filing) + " HTTP/1.1\r\nHost: gate\r\n\r\n";
}

inline std::string decision_in(std::string_view body) {
  constexpr std::string_view kKey = "\"decision\":\"";
  const std::size_t at = body.find(kKey);
  if (at == std::string_view::npos) return "none";
  const std::string_view rest = body.substr(at + kKey.size());
  return std::string(rest.substr(0, rest.find('"')));
}

inline std::string decision_of(const GateProcess& gate, int filing) {
  return decision_in(gate.get(check_target(filing)).body);
}

// The value of the string or number `key` in the object after `"follower":`; empty when it is
// absent.
inline std::string follower_field(const GateProcess& gate, std::string_view key) {
  std::string body = gate.get("/v1/registry").body;
  const std::size_t begin = body.find("\"follower\":");
  if (begin == std::string::npos) return {};
  body.erase(0, begin);
  const std::string name = "\"" + std::string(key) + "\":";
  const std::size_t at = body.find(name);
  if (at == std::string::npos) return {};
  std::string value = body.substr(at + name.size());
  if (!value.starts_with('"')) return value.substr(0, value.find_first_of(",}"));
  value.erase(0, 1);
  return value.substr(0, value.find('"'));
}

class Fleet {
 public:
  Fleet() {
    const Finished made = gate({"registry", "keygen", key()});
    EXPECT_EQ(made.exit_code, 0) << made.err;
  }

  RedisServer& redis() { return redis_; }
  // Sends one command to Redis.
  cache::Reply command(const cache::RedisCommand& words) const {
    const auto client = client_of(redis_.url());
    return ask(*client, words);
  }
  const TemporaryFolder& folder() const { return folder_; }
  std::string key() const { return folder_.path("key"); }
  std::string public_key() const { return folder_.path("key.pub"); }

  // Builds a snapshot of filings [1, count], signed unless `is_signed` is false.
  std::string build(int count, std::uint64_t serial, bool is_signed = true) const {
    const std::string feed = folder_.write("feed.ndjson", feed_of(1, count));
    const std::string out = folder_.path("serial-" + std::to_string(serial) + ".snap");
    std::vector<std::string> words = {
        "registry", "build", feed, "-o", out, "--serial", std::to_string(serial)};
    if (is_signed) words.insert(words.end(), {"--sign", key()});
    const Finished built = gate(std::move(words));
    EXPECT_EQ(built.exit_code, 0) << built.err;
    return out;
  }
  Finished publish(const std::string& snapshot, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"registry", "publish", snapshot, "--to",      publish_url(),
                                      "--sign",   key(),     "--key",  public_key()};
    words.insert(words.end(), more.begin(), more.end());
    return gate(std::move(words));
  }
  void publish(int count, std::uint64_t serial, std::vector<std::string> more = {}) const {
    const Finished published = publish(build(count, serial), std::move(more));
    EXPECT_EQ(published.exit_code, 0) << published.err;
  }
  // Publishes a delta. Each call is a feed of its own, even when its lines were sent before.
  void delta(const std::string& lines) {
    const std::string feed = folder_.write("delta.ndjson", lines);
    const Finished done =
        gate({"registry", "delta", feed, "--to", publish_url(), "--sign", key(), "--key",
              public_key(), "--feed-id", "feed-" + std::to_string(++feeds_)});
    EXPECT_EQ(done.exit_code, 0) << done.err;
  }

  // Where gates follow and where publishers publish from now on, instead of redis().
  void lead_gates_to(const std::string& url) { gate_url_ = url; }
  void publish_to(const std::string& url) { publish_url_ = url; }
  std::string publish_url() const { return publish_url_.empty() ? redis_.url() : publish_url_; }

  // Arguments of a gate that follows, with a local copy in `copy` unless that is empty.
  std::vector<std::string> follower(const std::string& copy = "",
                                    const std::string& more = "") const {
    const std::string name = copy.empty() ? "gate.toml" : copy + ".toml";
    const std::string folder = copy.empty() ? "" : folder_.path(copy);
    const std::string url = gate_url_.empty() ? redis_.url() : gate_url_;
    const std::string text = "[registry]\nurl = \"" + url + "\"\nlocal_copy = \"" + folder +
                             "\"\ntrusted_keys = [\"" + public_key() + "\"]\n" + more;
    return {"--config", folder_.write(name, text)};
  }

 private:
  TemporaryFolder folder_;
  RedisServer redis_;
  std::string gate_url_;
  std::string publish_url_;
  int feeds_ = 0;
};

// Taken from the follower's own report, which comes once all workers serve the serial and the local
// copy holds it.
inline bool follows(const GateProcess& gate, std::uint64_t serial) {
  return wait_until([&] {
    return follower_field(gate, "serial") == std::to_string(serial) &&
           follower_field(gate, "state") == "following";
  });
}

inline bool waits(const GateProcess& gate, std::string_view error) {
  return wait_until([&] {
    return follower_field(gate, "state") == "waiting" &&
           follower_field(gate, "last_error").find(error) != std::string::npos;
  });
}

}  // namespace beian::test

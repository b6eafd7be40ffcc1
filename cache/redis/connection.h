// One connection to one Redis server: after the greeting, commands go out and replies come in, in
// order. Private to cache/redis; one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/network.h"
#include "cache/redis/reply.h"

namespace beian::cache {

// How long to wait for an answer, as points in time.
struct Until {
  Deadline deadline{};
  // When not zero, each kAnswerPieceBytes received moves the deadline to `more` from then, but not
  // beyond `last`.
  std::chrono::milliseconds more{0};
  Deadline last{};
};

class Connection {
 public:
  // What to say first; an error reply to any of it ends the connection.
  struct Greeting {
    std::string user;
    std::string password;  // empty: none is sent
    unsigned database = 0;
    bool is_read_only = false;  // READONLY: a Cluster's replica answers reads itself
  };

  // Connects and greets. Errors: kUnavailable, kUntrusted (certificate, user or password refused).
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(Network* network,
                                                                const Endpoint& endpoint,
                                                                const Greeting& greeting,
                                                                Deadline deadline);

  // Sends `commands` in one write and reads as many replies; a reply may be of type kError. Errors:
  // kUnavailable, kBadInput (not RESP within limits.h); after an error the connection is unusable.
  [[nodiscard]] Result<std::vector<Reply>> exchange(const std::vector<RedisCommand>& commands,
                                                    const Until& until);

  // Whether the connection can be reused: it has not failed, the server has not closed it, and it
  // was not idle for longer than `idle_max`.
  bool is_usable(std::chrono::milliseconds idle_max) noexcept;

 private:
  Connection(std::unique_ptr<Stream> stream, std::string peer);

  std::unique_ptr<Stream> stream_;
  std::string peer_;
  ReplyParser parser_;
  Deadline last_used_;
  bool has_failed_ = false;
};

// What an error reply of the server at `peer` to `command` means to the caller: kUntrusted when it
// is about who we are; kDamaged, naming the key, when the key holds a type that no registry puts
// there; otherwise kUnavailable. Other arguments are not shown: they may be secrets.
Error refusal(const std::string& peer, const RedisCommand& command, const Reply& reply);

}  // namespace beian::cache

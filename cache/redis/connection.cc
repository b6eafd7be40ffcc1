#include "cache/redis/connection.h"

#include <algorithm>
#include <utility>

#include "cache/base/bytes.h"

namespace beian::cache {
namespace {

// At one such piece a second, a chunk of 1 MiB arrives in about the kRedisTransferDeadline that it
// may take; waiting longer does not help an answer that is slower.
constexpr std::size_t kAnswerPieceBytes = 16 * 1024;

std::vector<RedisCommand> words_of(const Connection::Greeting& greeting) {
  std::vector<RedisCommand> words;
  if (!greeting.password.empty()) {
    words.push_back(greeting.user.empty() ? RedisCommand{"AUTH", greeting.password}
                                          : RedisCommand{"AUTH", greeting.user, greeting.password});
  }
  if (greeting.database != 0) words.push_back({"SELECT", std::to_string(greeting.database)});
  if (greeting.is_read_only) words.push_back({"READONLY"});
  return words;
}

}  // namespace

Error refusal(const std::string& peer, const RedisCommand& command, const Reply& reply) {
  if (reply.is_error("WRONGTYPE") && command.size() > 1) {
    const std::string& key = command.front() == "XREAD" ? command[command.size() - 2] : command[1];
    return make_error(ErrorKind::kDamaged,
                      peer + ": " + printable(key) +
                          " is of another type than the registry's: delete that key and publish "
                          "again, or name another prefix");
  }
  constexpr std::string_view kAboutUs[] = {"NOAUTH", "WRONGPASS", "NOPERM", "DENIED"};
  const bool is_about_us =
      std::ranges::any_of(kAboutUs, [&](std::string_view code) { return reply.is_error(code); });
  return make_error(is_about_us ? ErrorKind::kUntrusted : ErrorKind::kUnavailable,
                    peer + " refused " + command.front() + ": " + printable(reply.text));
}

Connection::Connection(std::unique_ptr<Stream> stream, std::string peer)
    : stream_(std::move(stream)), peer_(std::move(peer)), last_used_(Network::in({})) {}

Result<std::unique_ptr<Connection>> Connection::open(Network* network, const Endpoint& endpoint,
                                                     const Greeting& greeting, Deadline deadline) {
  auto stream = network->connect(endpoint, deadline);
  if (!stream) return stream.error();
  std::unique_ptr<Connection> connection(new Connection(std::move(*stream), describe(endpoint)));
  const std::vector<RedisCommand> words = words_of(greeting);
  if (words.empty()) return connection;
  const auto replies = connection->exchange(words, Until{deadline});
  if (!replies) return replies.error();
  for (std::size_t i = 0; i < words.size(); ++i)
    if ((*replies)[i].is_error()) return refusal(connection->peer_, words[i], (*replies)[i]);
  return connection;
}

Result<std::vector<Reply>> Connection::exchange(const std::vector<RedisCommand>& commands,
                                                const Until& until) {
  Deadline deadline = until.deadline;
  std::size_t piece_bytes = 0;
  std::string bytes;
  for (const RedisCommand& command : commands) append_command(command, &bytes);
  const bool had_failed = std::exchange(has_failed_, true);  // until the exchange is complete
  BEIAN_ASSERT(!had_failed);
  if (auto written = stream_->write(bytes, deadline); !written) return written.error();
  std::vector<Reply> replies;
  while (replies.size() < commands.size()) {
    auto reply = parser_.next();
    if (reply && *reply) {
      replies.push_back(std::move(**reply));
      continue;
    }
    if (reply) {
      const auto part = stream_->read(deadline);
      if (!part) return part.error();
      piece_bytes += part->size();
      if (until.more.count() > 0 && piece_bytes >= kAnswerPieceBytes) {
        piece_bytes = 0;
        deadline = std::max(deadline, std::min(until.last, Network::in(until.more)));
      }
      const auto fed = parser_.feed(*part);
      if (fed) continue;
      return make_error(fed.error().kind, peer_ + ": " + fed.error().message);
    }
    return make_error(reply.error().kind, peer_ + ": " + reply.error().message);
  }
  has_failed_ = false;
  last_used_ = Network::in({});
  return replies;
}

bool Connection::is_usable(std::chrono::milliseconds idle_max) noexcept {
  return !has_failed_ && Network::in({}) - last_used_ <= idle_max && stream_->is_quiet();
}

}  // namespace beian::cache

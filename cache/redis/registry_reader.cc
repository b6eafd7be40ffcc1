#include "cache/redis/registry_reader.h"

#include <utility>

#include "cache/base/bytes.h"
#include "cache/redis/manifest.h"

namespace beian::cache {
namespace {

Error odd_reply(std::string_view command, std::string_view what) {
  return make_error(ErrorKind::kDamaged,
                    "Redis answered " + std::string(command) + " with " + std::string(what));
}

Result<std::optional<std::string>> text_or_nil(Reply* reply, std::string_view command) {
  if (reply->is_nil()) return std::optional<std::string>{};
  if (!reply->is_text()) return odd_reply(command, name_of(reply->type));
  return std::optional(std::move(reply->text));
}

}  // namespace

template <class Outcome>
void RegistryReader::note(const Outcome& outcome) {
  lost_.reset();
  if (outcome)
    ++answers_;
  else
    lost_ = outcome.error();
}

Result<Reply> RegistryReader::call(const RedisCommand& command, Patience patience) {
  auto reply = client_.call(command, patience);
  note(reply);
  return reply;
}

Result<RegistryReader::Look> RegistryReader::look(Milliseconds deadline) {
  auto reply = call({"MGET", keys_.head(), keys_.tip()}, deadline);
  if (!reply) return reply.error();
  const auto in_step = client_.check_in_step(keys_.head(), deadline);
  note(in_step);
  if (!in_step) return in_step.error();
  if (!reply->is_array() || reply->elements.size() != 2)
    return odd_reply("MGET", name_of(reply->type));
  auto head = text_or_nil(&reply->elements[0], "MGET");
  if (!head) return head.error();
  if (*head && !is_manifest_id(**head)) return odd_reply("MGET", "a head that is no manifest's id");
  auto tip = text_or_nil(&reply->elements[1], "MGET");
  if (!tip) return tip.error();
  Look look{std::move(*head), {}};
  if (!*tip) return look;
  const auto decoded = decode_tip(**tip);
  if (!decoded) return decoded.error();
  look.tip = *decoded;
  return look;
}

Result<std::optional<std::string>> RegistryReader::manifest(std::string_view id,
                                                            Milliseconds deadline) {
  auto reply = call({"GET", keys_.manifest(id)}, {deadline, deadline});
  if (!reply) return reply.error();
  return text_or_nil(&*reply, "GET");
}

Result<std::vector<std::optional<std::string>>> RegistryReader::chunks(
    std::span<const Sha256> contents, Milliseconds deadline) {
  std::vector<RedisCommand> commands;
  for (const Sha256& content : contents) commands.push_back({"GET", keys_.chunk(content)});
  auto replies = client_.pipeline(commands, {deadline, deadline});
  note(replies);
  if (!replies) return replies.error();
  if (replies->size() != contents.size()) return odd_reply("GET", "too few replies");
  std::vector<std::optional<std::string>> chunks;
  for (Reply& reply : *replies) {
    if (reply.is_error()) return odd_reply("GET", printable(reply.text));
    auto chunk = text_or_nil(&reply, "GET");
    if (!chunk) return chunk.error();
    chunks.push_back(std::move(*chunk));
  }
  return chunks;
}

Result<std::vector<RegistryReader::Entry>> RegistryReader::batches(std::uint64_t serial,
                                                                   std::size_t count_max,
                                                                   Milliseconds wait,
                                                                   Milliseconds deadline) {
  RedisCommand command = {"XREAD", "COUNT", std::to_string(count_max)};
  if (wait.count() > 0) {
    command.emplace_back("BLOCK");
    command.push_back(std::to_string(wait.count()));
  }
  for (std::string word : {std::string("STREAMS"), keys_.deltas(), stream_id(serial)})
    command.push_back(std::move(word));
  auto reply = call(command, {wait + deadline, deadline});
  if (!reply) return reply.error();
  std::vector<Entry> entries;
  if (reply->is_nil()) return entries;
  // [[key, [entry, …]]]
  if (!reply->is_array() || reply->elements.size() != 1 || !reply->elements[0].is_array() ||
      reply->elements[0].elements.size() != 2 || !reply->elements[0].elements[1].is_array())
    return odd_reply("XREAD", "something else than one stream");
  for (Reply& item : reply->elements[0].elements[1].elements)
    entries.push_back(stream_entry(std::move(item)));
  return entries;
}

}  // namespace beian::cache

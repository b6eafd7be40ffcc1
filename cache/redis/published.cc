#include "cache/redis/published.h"

#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

Error odd_reply(const std::string& key, const Reply& reply) {
  return make_error(ErrorKind::kDamaged,
                    key + " holds " + std::string(name_of(reply.type)) + " where a text belongs");
}

}  // namespace

Tip Published::newest() const noexcept {
  Tip newest;
  if (head) newest = {head->epoch, head->serial, head->chain};
  if (tip && std::pair(tip->epoch, tip->serial) > std::pair(newest.epoch, newest.serial))
    newest = *tip;
  return newest;
}

bool Published::is_tip_of_head() const noexcept {
  return head && tip == Tip{head->epoch, head->serial, head->chain};
}

Result<void> check_signing(const std::optional<PublicKey>& head_signer, const SigningKey* key) {
  if (key != nullptr || !head_signer) return {};
  return make_error(ErrorKind::kUsage,
                    "what is published is signed, and gates that ask for a signature would refuse "
                    "what has none and wait; give --sign KEY, or publish an unsigned snapshot with "
                    "--force first");
}

Result<std::optional<Manifest>> read_manifest(RedisClient* client, const RedisKeys& keys,
                                              const std::string& id, const Trust& trust,
                                              std::string* bytes) {
  auto reply = client->call({"GET", keys.manifest(id)}, limits::kRedisCommandDeadline);
  if (!reply) return reply.error();
  if (reply->is_nil()) return std::optional<Manifest>{};
  if (!reply->is_text()) return odd_reply(keys.manifest(id), *reply);
  if (to_hex(manifest_id(as_bytes(reply->text))) != id)
    return make_error(ErrorKind::kDamaged,
                      keys.manifest(id) + ": its content is not what its name says");
  auto manifest = decode_manifest(as_bytes(reply->text), trust);
  if (!manifest)
    return make_error(manifest.error().kind, keys.manifest(id) + ": " + manifest.error().message);
  if (bytes != nullptr) *bytes = std::move(reply->text);
  return std::optional(std::move(*manifest));
}

Result<Published> read_published(RedisClient* client, const RedisKeys& keys, const Trust& trust) {
  const auto reply = client->call({"MGET", keys.head(), keys.tip()}, limits::kRedisCommandDeadline);
  if (!reply) return reply.error();
  if (!reply->is_array() || reply->elements.size() != 2) return odd_reply(keys.head(), *reply);
  const Reply& head = reply->elements[0];
  const Reply& tip = reply->elements[1];
  Published published;
  if (!tip.is_nil()) {
    const auto decoded = decode_tip(tip.text);
    if (!decoded)
      return make_error(decoded.error().kind, keys.tip() + ": " + decoded.error().message);
    published.tip = *decoded;
  }
  if (head.is_nil()) return published;
  if (!is_manifest_id(head.text))
    return make_error(ErrorKind::kDamaged, keys.head() + " names no manifest");
  published.head_id = head.text;
  std::string bytes;
  auto manifest = read_manifest(client, keys, head.text, trust, &bytes);
  if (!manifest) return manifest.error();
  published.head = std::move(*manifest);
  published.head_signer = stated_signer(as_bytes(bytes));
  return published;
}

Result<std::vector<std::string>> read_history(RedisClient* client, const RedisKeys& keys) {
  auto reply =
      client->call({"LRANGE", keys.history(), "0", std::to_string(limits::kGenerationsKeptMax)},
                   limits::kRedisCommandDeadline);
  if (!reply) return reply.error();
  std::vector<std::string> ids;
  for (Reply& element : reply->elements) {
    if (!is_manifest_id(element.text))
      return make_error(ErrorKind::kDamaged, keys.history() + " names no manifest");
    ids.push_back(std::move(element.text));
  }
  return ids;
}

}  // namespace beian::cache

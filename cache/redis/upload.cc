#include "cache/redis/upload.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/limits.h"
#include "cache/redis/again.h"
#include "cache/redis/chunk.h"

namespace beian::cache {
namespace {

Error interrupted() {
  return make_error(ErrorKind::kUnavailable,
                    "interrupted; what is published was not touched, and the next publish goes on "
                    "from here");
}

}  // namespace

// Neighbouring pieces of the file, handled together.
struct Uploader::Group {
  std::vector<ByteView> pieces;
  std::vector<Sha256> contents;
  std::vector<bool> is_there;
};

Uploader::Uploader(RedisClient* client, const RedisKeys* keys, const Lease* lease,
                   std::uint64_t seed, PublishProgress progress)
    : client_(client), keys_(*keys), lease_(*lease), seed_(seed), progress_(std::move(progress)) {}

// Records chunks as pending before they are sent, so that those of an upload that never completes
// can be found and removed.
Result<void> Uploader::find_missing(Group* group) {
  std::vector<RedisCommand> commands = {lease_.look(), {"SADD", keys_.pending()}};
  for (const Sha256& content : group->contents) {
    commands[1].emplace_back(as_text(content));
    commands.push_back({"EXISTS", keys_.chunk(content)});
  }
  const auto replies = again(
      client_, seed_, [&] { return client_->pipeline(commands, limits::kRedisTransferDeadline); });
  if (!replies) return replies.error();
  if (auto good = all_good(*replies, commands); !good) return good;
  if (!lease_.is_ours(replies->front())) return lease_.lost(replies->front());
  for (std::size_t i = 0; i < group->contents.size(); ++i)
    group->is_there.push_back((*replies)[i + 2].integer == 1);
  return {};
}

Result<void> Uploader::send_and_read_back(Group* group, UploadCounts* counts) {
  std::vector<RedisCommand> commands;
  for (std::size_t i = 0; i < group->pieces.size(); ++i) {
    // Renewed with each piece: over a slow line, one piece takes seconds.
    commands.push_back(lease_.keep());
    if (group->is_there[i]) continue;
    std::string frame = compress_chunk(group->pieces[i]);
    ++counts->sent;
    counts->sent_bytes += frame.size();
    commands.push_back({"SET", keys_.chunk(group->contents[i]), std::move(frame)});
  }
  const std::size_t first_read = commands.size();
  for (const Sha256& content : group->contents) commands.push_back({"GET", keys_.chunk(content)});
  const auto replies = again(
      client_, seed_, [&] { return client_->pipeline(commands, limits::kRedisTransferDeadline); });
  if (!replies) return replies.error();
  if (auto good = all_good(*replies, commands); !good) return good;
  bool is_whole = true;
  for (std::size_t i = 0; i < group->contents.size(); ++i) {
    const auto restored = restore_chunk(as_bytes((*replies)[first_read + i].text),
                                        group->contents[i], group->pieces[i].size());
    if (restored) {
      group->is_there[i] = true;
      continue;
    }
    if (!group->is_there[i])
      return make_error(restored.error().kind, keys_.chunk(group->contents[i]) + ": read back, " +
                                                   restored.error().message);
    group->is_there[i] = false;
    is_whole = false;
  }
  // Chunks that were there but damaged are sent again; a chunk just sent is never sent twice.
  return is_whole ? Result<void>{} : send_and_read_back(group, counts);
}

Result<UploadCounts> Uploader::upload(ByteView file, Manifest* manifest) {
  UploadCounts counts;
  manifest->chunks.clear();
  const std::size_t group_bytes = manifest->chunk_bytes * limits::kPublishGroupChunks;
  for (std::size_t done = 0; done < file.size();) {
    const ByteView part = file.subspan(done, std::min(group_bytes, file.size() - done));
    Group group;
    for (std::size_t at = 0; at < part.size(); at += manifest->chunk_bytes) {
      group.pieces.push_back(
          part.subspan(at, std::min<std::size_t>(manifest->chunk_bytes, part.size() - at)));
      group.contents.push_back(sha256(group.pieces.back()));
    }
    if (auto found = find_missing(&group); !found) return found.error();
    counts.chunks += group.pieces.size();
    if (auto sent = send_and_read_back(&group, &counts); !sent) return sent.error();
    manifest->chunks.insert(manifest->chunks.end(), group.contents.begin(), group.contents.end());
    done += part.size();
    if (!progress_(done, file.size())) return interrupted();
  }
  return counts;
}

Result<void> Uploader::read_back(const Manifest& manifest, std::size_t first, std::size_t count) {
  std::vector<RedisCommand> commands = {lease_.look(), lease_.keep()};
  for (std::size_t i = first; i < first + count; ++i)
    commands.push_back({"GET", keys_.chunk(manifest.chunks[i])});
  const auto replies = again(
      client_, seed_, [&] { return client_->pipeline(commands, limits::kRedisTransferDeadline); });
  if (!replies) return replies.error();
  if (auto good = all_good(*replies, commands); !good) return good;
  if (!lease_.is_ours(replies->front())) return lease_.lost(replies->front());
  for (std::size_t i = first; i < first + count; ++i) {
    const Reply& reply = (*replies)[i - first + 2];
    const std::string key = keys_.chunk(manifest.chunks[i]);
    if (!reply.is_text()) return make_error(ErrorKind::kDamaged, key + " is gone");
    const auto restored =
        restore_chunk(as_bytes(reply.text), manifest.chunks[i], chunk_size(manifest, i));
    if (!restored) return make_error(restored.error().kind, key + ": " + restored.error().message);
  }
  return {};
}

Result<void> Uploader::check(const Manifest& manifest) {
  const std::size_t total = manifest.chunks.size();
  for (std::size_t first = 0; first < total; first += limits::kPublishGroupChunks) {
    const std::size_t count = std::min(limits::kPublishGroupChunks, total - first);
    if (auto read = read_back(manifest, first, count); !read) return read;
    const std::uint64_t done = std::uint64_t{manifest.chunk_bytes} * (first + count);
    if (!progress_(std::min(done, manifest.file_bytes), manifest.file_bytes)) return interrupted();
  }
  return {};
}

}  // namespace beian::cache

#include "gate/package/content_digest.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "cache/base/result.h"
#include "gate/package/little_endian.h"
#include "gate/package/openssl_handle.h"

namespace beian::package {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kEndOffsetAt = 16;  // in the end record: the offset of the directory

void append_word(std::string* out, std::uint64_t word, std::size_t bytes) {
  out->append(reinterpret_cast<const char*>(&word), bytes);
}

// Computes one digest after another in a single context. It can only fail if memory runs out or
// OpenSSL lacks SHA-2.
class Hasher {
 public:
  explicit Hasher(const char* digest)
      : context_(EVP_MD_CTX_new()), algorithm_(EVP_MD_fetch(nullptr, digest, nullptr)) {
    BEIAN_ASSERT(context_ && algorithm_);
  }
  void begin() { BEIAN_ASSERT(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1); }
  void add(ByteView bytes) {
    BEIAN_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  void finish(std::string* out) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    BEIAN_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    out->append(reinterpret_cast<const char*>(digest.data()), size);
  }

 private:
  DigestHandle context_;
  std::unique_ptr<EVP_MD, Freer<&EVP_MD_free>> algorithm_;
};

// Hashes pages, each after a salt of eight zero bytes; pads the last page with zeros.
class PageHasher {
 public:
  void add(ByteView bytes) {
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size(), kPageBytes - page_.size());
      if (page_.empty() && count == kPageBytes) {
        hash(bytes.first(count));
      } else {
        page_.insert(page_.end(), bytes.begin(), bytes.begin() + static_cast<long>(count));
        if (page_.size() == kPageBytes) flush();
      }
      bytes = bytes.subspan(count);
    }
  }
  std::string finish() {
    if (!page_.empty()) flush();
    return std::move(hashes_);
  }

 private:
  void flush() {
    page_.resize(kPageBytes);
    hash(page_);
    page_.clear();
  }
  void hash(ByteView page) {
    static constexpr std::uint8_t kSalt[8] = {};
    hasher_.begin();
    hasher_.add(kSalt);
    hasher_.add(page);
    hasher_.finish(&hashes_);
  }

  Hasher hasher_{"SHA256"};
  std::vector<std::uint8_t> page_;
  std::string hashes_;
};

}  // namespace

SignedContents::SignedContents(const Zip& zip, std::uint64_t block_offset)
    : entries(zip.file().first(block_offset)),
      directory(
          zip.file().subspan(zip.directory_offset(), zip.directory_end() - zip.directory_offset())),
      block_bytes(zip.directory_offset() - block_offset) {
  const ByteView rest = zip.file().subspan(zip.directory_end());
  end.assign(rest.begin(), rest.end());
  const auto offset = static_cast<std::uint32_t>(block_offset);
  if (end.size() >= kEndOffsetAt + sizeof offset)
    std::memcpy(end.data() + kEndOffsetAt, &offset, sizeof offset);
}

std::string chunked_digest(const SignedContents& contents, const char* digest, ByteView behind) {
  Hasher hasher(digest);
  std::string digests;
  std::uint32_t count = 0;
  for (ByteView part : {contents.entries, contents.directory, ByteView(contents.end)}) {
    while (!part.empty()) {
      const ByteView chunk = part.first(std::min(part.size(), kChunkBytes));
      std::string prefix = "\xa5";
      append_word(&prefix, chunk.size(), 4);
      hasher.begin();
      hasher.add(as_bytes(prefix));
      hasher.add(chunk);
      hasher.finish(&digests);
      part = part.subspan(chunk.size());
      ++count;
    }
  }
  std::string prefix = "\x5a";
  append_word(&prefix, count, 4);
  std::string out;
  hasher.begin();
  hasher.add(as_bytes(prefix));
  hasher.add(as_bytes(digests));
  hasher.add(behind);
  hasher.finish(&out);
  return out;
}

std::string verity_digest(const SignedContents& contents) {
  if (contents.entries.size() % kPageBytes != 0 || contents.block_bytes % kPageBytes != 0)
    return {};
  PageHasher leaves;
  for (const ByteView part : {contents.entries, contents.directory, ByteView(contents.end)})
    leaves.add(part);
  // Each level holds the hashes of the pages of the level below; the top level is one page.
  std::string level = leaves.finish();
  while (level.size() > kPageBytes) {
    PageHasher pages;
    pages.add(as_bytes(level));
    level = pages.finish();
  }
  PageHasher root;
  root.add(as_bytes(level));
  std::string out = root.finish();
  append_word(&out, contents.entries.size() + contents.directory.size() + contents.end.size(), 8);
  return out;
}

std::string content_digest(const SignedContents& contents, ContentDigest kind) {
  switch (kind) {
    case ContentDigest::kChunkedSha256:
      return chunked_digest(contents, "SHA256");
    case ContentDigest::kChunkedSha512:
      return chunked_digest(contents, "SHA512");
    case ContentDigest::kVeritySha256:
      return verity_digest(contents);
  }
  return {};
}

}  // namespace beian::package

// The digests that v2, v3 and HAP signatures hold of a package's contents: all bytes but the
// signing block, as if the directory began where the block does.
//
//     | entries | signing block | directory | end record, its offset of the directory set back |
//       ~~~~~~~ 1                 ~~~~~~~~~ 2  ~~~~~~~~~ 3
//
// Chunked: each part in chunks of 1 MiB, each chunk digested behind 0xa5 and its length, then all
// digests behind 0x5a and their number. Verity: a hash tree over pages of 4 KiB of the three parts
// joined. [source.android.com, APK Signature Scheme v2, integrity-protected contents; fs-verity]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/signature_algorithm.h"
#include "gate/package/zip.h"

namespace beian::package {

// What is digested of a package. Views of the file, but for the changed end record.
struct SignedContents {
  ByteView entries;
  ByteView directory;             // up to the end record
  std::vector<std::uint8_t> end;  // the end record and its comment
  std::uint64_t block_bytes = 0;  // of the signing block between entries and directory

  // REQUIRES: block_offset <= zip.directory_offset().
  SignedContents(const Zip& zip, std::uint64_t block_offset);
};

// `digest`: SHA256, SHA384 or SHA512 by OpenSSL's name. `behind`: more bytes that go into the last
// step (HAP: the other blocks). Reads all of the file: a second for 300 MB of SHA-256.
std::string chunked_digest(const SignedContents& contents, const char* digest,
                           ByteView behind = {});

// Root hash and number of bytes, as the signature has them; empty when the contents do not lie on
// pages, which Android refuses.
std::string verity_digest(const SignedContents& contents);

// The digest of that kind, as a signature holds it.
std::string content_digest(const SignedContents& contents, ContentDigest kind);

}  // namespace beian::package

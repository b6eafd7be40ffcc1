// The digests of a package's contents in v2, v3 and HAP signatures. They cover all bytes except the
// signing block, computed as if the directory began where the block does.
//
//     | entries | signing block | directory | end record, its offset of the directory set back |
//       ~~~~~~~ 1                 ~~~~~~~~~ 2  ~~~~~~~~~ 3
//
// Chunked: each part is cut into chunks of 1 MiB; each chunk is digested after 0xa5 and its length,
// then all these digests after 0x5a and their number. Verity: a hash tree over 4 KiB pages of the
// three parts joined. [source.android.com, APK Signature Scheme v2, integrity-protected contents;
// fs-verity]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/signature_algorithm.h"
#include "gate/package/zip.h"

namespace beian::package {

// The parts of a package that are digested. Views of the file, except the patched end record.
struct SignedContents {
  ByteView entries;
  ByteView directory;             // up to the end record
  std::vector<std::uint8_t> end;  // the end record and its comment
  std::uint64_t block_bytes = 0;  // size of the signing block between entries and directory

  // REQUIRES: block_offset <= zip.directory_offset().
  SignedContents(const Zip& zip, std::uint64_t block_offset);
};

// `digest`: SHA256, SHA384 or SHA512, by OpenSSL's name. `behind`: extra bytes appended in the last
// step (HAP: the other blocks). Reads the whole file: about a second for 300 MB with SHA-256.
std::string chunked_digest(const SignedContents& contents, const char* digest,
                           ByteView behind = {});

// Root hash and byte count, as the signature stores them. Empty when the contents are not
// page-aligned, which Android refuses.
std::string verity_digest(const SignedContents& contents);

// The digest of that kind, as a signature stores it.
std::string content_digest(const SignedContents& contents, ContentDigest kind);

}  // namespace beian::package

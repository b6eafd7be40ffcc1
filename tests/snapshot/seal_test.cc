// Keys, signatures, and who is trusted.
#include "cache/snapshot/seal.h"

#include <sys/stat.h>

#include "cache/base/file.h"
#include "cache/snapshot/trust.h"
#include "tests/snapshot/support.h"
#include "tests/support/process.h"

namespace beian::cache::test {
namespace {

Result<std::shared_ptr<const Snapshot>> open_with(const std::string& bytes,
                                                  const std::vector<PublicKey>& keys) {
  OpenOptions options;
  options.trusted_keys = keys;
  return Snapshot::from_bytes(bytes, options);
}

std::string signed_by(const SigningKey& key) {
  SealOptions options = seal();
  options.key = &key;
  return build(hand_made(), options);
}

TEST(Seal, ATrustedKeyOpens) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  const auto opened = open_with(signed_by(key), {other.public_key(), key.public_key()});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->info().signature, SignatureState::kTrusted);
  EXPECT_EQ((*opened)->info().signer, key.public_key());
}

TEST(Seal, WithoutKeysASignatureIsUnchecked) {
  const SigningKey key = SigningKey::generate();
  const auto opened = open_with(signed_by(key), {});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->info().signature, SignatureState::kUnchecked);
  EXPECT_EQ(name_of((*opened)->info().signature), "unchecked");
}

TEST(Seal, TheRootHashDoesNotDependOnTheSigner) {
  const auto plain = open(build(hand_made()));
  const auto sealed = open(signed_by(SigningKey::generate()));
  EXPECT_EQ(plain->info().root_hash, sealed->info().root_hash);
}

TEST(Seal, UnsignedForgedAndForeignFilesAreUntrusted) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  std::string forged = signed_by(other);  // claims that `key` signed it
  std::memcpy(forged.data() + offsetof(format::Header, signer), key.public_key().data(), 32);
  std::string transplanted = signed_by(key);  // another registry's signature
  SealOptions newer = seal();
  newer.serial = 99'999;
  const std::string target = build(hand_made(), newer);
  const std::string signature =
      transplanted.substr(offsetof(format::Header, signer), sizeof(PublicKey) + sizeof(Signature));
  transplanted = target;
  transplanted.replace(offsetof(format::Header, signer), signature.size(), signature);
  const struct {
    const char* name;
    std::string bytes;
  } rows[] = {{"unsigned", build(hand_made())},
              {"another_key", signed_by(other)},
              {"forged", forged},
              {"transplanted", transplanted}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto opened = open_with(row.bytes, {key.public_key()});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::kUntrusted) << opened.error().message;
  }
}

// For a folder where only some snapshots are signed: a signature is still checked and reported.
TEST(Seal, WhereUnsignedIsAllowedAKeyStillCounts) {
  const SigningKey key = SigningKey::generate();
  const Trust trust{{key.public_key()}, true};
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("allowed.snap");
  const auto opened = [&](const std::string& bytes) {
    EXPECT_TRUE(write_file_atomically(path, as_bytes(bytes)));
    return open_trusted(path, trust);
  };
  EXPECT_EQ((*opened(signed_by(key)))->info().signature, SignatureState::kTrusted);
  EXPECT_EQ((*opened(build(hand_made())))->info().signature, SignatureState::kUnsigned);
  const auto foreign = opened(signed_by(SigningKey::generate()));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::kUntrusted) << foreign.error().message;
}

TEST(Seal, ASignatureIsOfThisMessageByThisKey) {
  const SigningKey key = SigningKey::generate();
  const Signature signature = key.sign(as_bytes("message"));
  EXPECT_TRUE(verify(key.public_key(), as_bytes("message"), signature));
  EXPECT_FALSE(verify(key.public_key(), as_bytes("Message"), signature));
  EXPECT_FALSE(verify(SigningKey::generate().public_key(), as_bytes("message"), signature));
  for (std::size_t at = 0; at < signature.size(); ++at) {
    Signature bad = signature;
    bad[at] ^= 4;
    EXPECT_FALSE(verify(key.public_key(), as_bytes("message"), bad)) << at;
  }
}

TEST(Keys, PrivateKeysAreSavedForTheirOwnerOnly) {
  const SigningKey key = SigningKey::generate();
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("key.pem");
  ASSERT_TRUE(key.save(path));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto loaded = SigningKey::load(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->public_key(), key.public_key());
  EXPECT_TRUE(verify(key.public_key(), as_bytes("x"), loaded->sign(as_bytes("x"))));
}

TEST(Keys, PublicKeysComeFromPemOrBase64) {
  const PublicKey key = SigningKey::generate().public_key();
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("key.pub");
  ASSERT_TRUE(save_public_key(path, key));
  auto loaded = load_public_key(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, key);
  ASSERT_TRUE(write_file_atomically(path, as_bytes(to_base64(key) + "\n")));
  loaded = load_public_key(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, key);
}

TEST(Keys, FilesThatHoldNoKeyAreBadInput) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.path("bad");
  for (const char* text :
       {"", "hello", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2Vw\n-----END PUBLIC KEY-----\n"}) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(write_file_atomically(path, as_bytes(text)));
    const auto secret = SigningKey::load(path);
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().kind, ErrorKind::kBadInput);
    const auto open_key = load_public_key(path);
    ASSERT_FALSE(open_key);
    EXPECT_EQ(open_key.error().kind, ErrorKind::kBadInput);
  }
  const auto absent = SigningKey::load(path + ".absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(load_public_key(path + ".absent").error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace beian::cache::test

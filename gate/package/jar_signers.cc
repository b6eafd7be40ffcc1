#include "gate/package/jar_signers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "gate/package/jar_manifest.h"
#include "gate/package/limits.h"
#include "gate/package/pkcs7.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

constexpr std::string_view kFolder = "META-INF/";
constexpr std::string_view kManifest = "META-INF/MANIFEST.MF";
constexpr std::string_view kAndroidManifest = "AndroidManifest.xml";

bool is_signature(std::string_view name) {
  return name.starts_with(kFolder) && name != kManifest &&
         (name.ends_with(".RSA") || name.ends_with(".DSA") || name.ends_with(".EC"));
}

// Folders, and the files that make up signatures, are not signed.
bool is_signed_entry(std::string_view name) {
  return !name.starts_with(kFolder) && !name.ends_with('/');
}

// Whether a scheme named in the list, such as `2, 3`, is missing from the file.
bool is_stripped(const JarSection& main, const BlockSchemes& block) {
  const std::string list = main.find("X-Android-APK-Signed").value_or("");
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    std::string_view item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    int scheme = 0;
    std::from_chars(item.data(), item.data() + item.size(), scheme);
    if ((scheme == 2 && !block.has_v2) || (scheme == 3 && !block.has_v3)) return true;
  }
  return false;
}

// An old signtool left the second of two final newlines out of its digests.
ByteView without_second_newline(ByteView bytes) {
  const std::size_t size = bytes.size();
  const bool has_two = size >= 2 && bytes[size - 1] == '\n' && bytes[size - 2] == '\n';
  return has_two ? bytes.first(size - 1) : bytes;
}

// Whether the .SF belongs to this manifest: nullopt if so, otherwise why not.
std::optional<std::string> check_manifest(std::string_view signature_file,
                                          std::string_view manifest) {
  const JarSection main = read_jar_main(signature_file);
  const bool is_signtool =
      main.find("Created-By").value_or("").find("signtool") != std::string::npos;
  const ByteView manifest_main = read_jar_main(manifest).bytes;
  if (!is_signtool &&
      !is_digest_of(main, "-Digest-Manifest-Main-Attributes", manifest_main).value_or(true))
    return "the first section is not the one that was signed";
  const std::string_view whole = is_signtool ? "-Digest" : "-Digest-Manifest";
  if (is_digest_of(main, whole, as_bytes(manifest)).value_or(false)) return std::nullopt;
  const auto stated = read_jar_manifest(signature_file);
  const auto actual = read_jar_manifest(manifest);
  if (!stated) return "the .SF: " + stated.error().message;
  if (!actual) return "MANIFEST.MF: " + actual.error().message;
  for (const auto& [name, section] : stated->entries) {
    const auto found = actual->entries.find(name);
    if (found == actual->entries.end()) return "a section that was signed is gone";
    ByteView bytes = found->second.bytes;
    if (is_signtool) bytes = without_second_newline(bytes);
    if (!is_digest_of(section, "-Digest", bytes).value_or(false))
      return "a section is not the one that was signed";
  }
  return std::nullopt;
}

// Reads MANIFEST.MF or a .SF.
Result<std::string> read_text(const Zip& zip, const ZipEntry& entry, std::uint64_t* bytes_left,
                              Oddities* oddities) {
  if (entry.bytes > *bytes_left)
    return make_error(ErrorKind::kBadInput, "there is more to unpack than anybody signs");
  *bytes_left -= entry.bytes;
  return zip.read(entry, limits::kJarManifestBytesMax, oddities);
}

// The signer that Android takes from a signature file: the first that verifies, else the first.
Signer take_signer(Pkcs7* pkcs7, std::string* problem) {
  const auto verified = std::ranges::find(pkcs7->signers, true, &Pkcs7Signer::is_verified);
  const bool is_verified = verified != pkcs7->signers.end();
  Pkcs7Signer& taken = is_verified ? *verified : pkcs7->signers.front();
  Signer out;
  out.scheme = Scheme::kJar;
  out.signature_ok = is_verified;
  out.certificate = std::move(taken.certificate);
  *problem = std::move(taken.problem);
  std::ranges::copy_if(pkcs7->certificates, std::back_inserter(out.chain),
                       [&](const SigningCertificate& one) { return one != out.certificate; });
  return out;
}

}  // namespace

JarSigners JarSigners::read(const Zip& zip, const BlockSchemes& block, std::uint64_t* bytes_left,
                            Oddities* oddities) {
  JarSigners out;
  const ZipEntry* const manifest = zip.find(kManifest);
  bool is_sound = true;
  for (const ZipEntry& entry : zip.entries()) {
    if (!is_signature(entry.name)) continue;
    const std::string name(entry.name.substr(0, entry.name.rfind('.')));
    if (zip.find(name + ".SF") == nullptr) continue;  // Android ignores it
    if (!out.is_present_) {
      out.is_present_ = true;
      auto text = manifest == nullptr ? make_error(ErrorKind::kBadInput, "there is none")
                                      : read_text(zip, *manifest, bytes_left, oddities);
      if (!text) {
        add_oddity(oddities, "jar_manifest_malformed", kManifest, text.error().message);
        is_sound = false;
      } else {
        out.manifest_ = std::move(*text);
      }
    }
    if (out.signers_.size() == limits::kSignersMax) {
      add_oddity(oddities, "signers_too_many", kFolder, "Android takes no more than 10");
      is_sound = false;
      break;
    }
    is_sound &= out.read_signer(zip, entry, block, bytes_left, oddities);
  }
  if (!is_sound)
    for (Signer& signer : out.signers_) signer.signature_ok = false;
  return out;
}

bool JarSigners::read_signer(const Zip& zip, const ZipEntry& signature, const BlockSchemes& block,
                             std::uint64_t* bytes_left, Oddities* oddities) {
  const std::string base(signature.name.substr(0, signature.name.rfind('.')));
  auto text = read_text(zip, *zip.find(base + ".SF"), bytes_left, oddities);
  const auto bytes = zip.view(signature, limits::kSignatureFileBytesMax, oddities);
  const auto malformed = [&](const std::string& detail) {
    add_oddity(oddities, "jar_signature_malformed", signature.name, detail);
    return false;
  };
  if (!text) return malformed(text.error().message);
  if (!bytes) return malformed(bytes.error().message);
  auto pkcs7 = read_pkcs7(bytes->bytes(), as_bytes(*text));
  if (!pkcs7) return malformed(pkcs7.error().message);
  if (pkcs7->signers.empty()) return malformed("it names no signer whose certificate it has");

  std::string problem;
  Signer signer = take_signer(&*pkcs7, &problem);
  const JarSection main = read_jar_main(*text);
  const auto fail = [&](std::string_view code, const std::string& detail) {
    if (std::exchange(signer.signature_ok, false))
      add_oddity(oddities, code, signature.name, detail);
  };
  if (!signer.signature_ok) add_oddity(oddities, "signature_invalid", signature.name, problem);
  if (!main.find("Signature-Version"))
    fail("jar_signature_malformed", "its .SF has no version, so that Android passes over it");
  if (is_stripped(main, block))
    fail("signature_stripped", "it was made together with a signing block that is gone");
  if (const auto mismatch = check_manifest(*text, manifest_))
    fail("jar_manifest_mismatch", *mismatch);
  const bool is_ok = signer.signature_ok;
  signers_.push_back(std::move(signer));
  signature_files_.push_back(std::move(*text));
  return is_ok;
}

void JarSigners::mark_counting(const Zip& zip, Oddities* oddities) {
  const bool has_manifest = zip.find(kAndroidManifest) != nullptr;
  for (std::size_t i = 0; i < signers_.size(); ++i) {
    const auto names = read_jar_manifest(signature_files_[i]);
    signers_[i].counts = !signers_[i].signature_ok || !has_manifest ||
                         (names && names->entries.contains(std::string(kAndroidManifest)));
  }
  if (!signers_.empty() && std::ranges::none_of(signers_, &Signer::counts))
    add_oddity(oddities, "jar_entry_unsigned", kAndroidManifest, "no signature names it");
}

bool JarSigners::verify_entries(const Zip& zip, std::uint64_t* bytes_left,
                                Oddities* oddities) const {
  const auto manifest = read_jar_manifest(manifest_);
  if (!manifest) {
    add_oddity(oddities, "jar_manifest_malformed", kManifest, manifest.error().message);
    return false;
  }
  std::vector<JarManifest> files;
  for (std::size_t i = 0; i < signers_.size(); ++i) {
    if (!signers_[i].counts) continue;
    auto names = read_jar_manifest(signature_files_[i]);
    if (names) files.push_back(std::move(*names));
  }
  bool is_verified = true;
  const auto fail = [&](std::string_view code, std::string_view where, const std::string& detail) {
    add_oddity(oddities, code, where, detail);
    is_verified = false;
  };
  for (const ZipEntry& entry : zip.entries()) {
    if (!is_signed_entry(entry.name)) continue;
    if (entry.bytes > *bytes_left) {
      fail("jar_entry_mismatch", entry.name, "there is more to unpack than anybody signs");
      break;
    }
    *bytes_left -= entry.bytes;
    const std::string name(entry.name);
    const auto section = manifest->entries.find(name);
    if (section == manifest->entries.end() ||
        !std::ranges::all_of(
            files, [&](const JarManifest& file) { return file.entries.contains(name); })) {
      fail("jar_entry_unsigned", name, "a signature does not name it");
      continue;
    }
    const auto bytes = zip.view(entry, limits::kJarEntryBytesMax);
    if (!bytes || !is_digest_of(section->second, "-Digest", bytes->bytes()).value_or(false))
      fail("jar_entry_mismatch", name, "its bytes are not those that were signed");
  }
  for (const auto& [name, section] : manifest->entries)
    if (zip.find(name) == nullptr)
      fail("jar_entry_missing", name, "it was signed, and is not there");
  return is_verified;
}

}  // namespace beian::package

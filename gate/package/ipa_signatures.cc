// The signatures of an IPA: its executable is signed by the app's owner; its provisioning profile
// is signed by Apple and lists the certificates that may sign the app.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gate/package/limits.h"
#include "gate/package/mach_signature.h"
#include "gate/package/pkcs7.h"
#include "gate/package/signature_limits.h"
#include "gate/package/signatures.h"

namespace beian::package {
namespace {

// The certificates in a profile's property list, `<key>DeveloperCertificates</key><array><data>…`.
// Read as text: Apple writes this XML, and forging it forges no signature.
std::vector<SigningCertificate> certificates_of(std::string_view profile) {
  constexpr std::string_view kKey = "<key>DeveloperCertificates</key>";
  constexpr std::string_view kBegin = "<data>";
  constexpr std::string_view kEnd = "</data>";
  std::vector<SigningCertificate> out;
  const std::size_t key = profile.find(kKey);
  if (key == std::string_view::npos) return out;
  profile.remove_prefix(key + kKey.size());
  profile = profile.substr(0, profile.find("</array>"));
  while (out.size() < limits::kCertificatesMax) {
    const std::size_t begin = profile.find(kBegin);
    const std::size_t end = profile.find(kEnd, begin);
    if (end == std::string_view::npos) break;
    const std::size_t from = begin + kBegin.size();
    std::vector<std::uint8_t> der;
    if (from <= end && from_base64(profile.substr(from, end - from), &der))
      if (auto one = describe_certificate(der)) out.push_back(std::move(*one));
    profile.remove_prefix(end + kEnd.size());
  }
  return out;
}

void read_profile(const Zip& zip, std::string_view app, Signatures* out, Oddities* oddities) {
  const std::string name = std::string(app) + "embedded.mobileprovision";
  const ZipEntry* const entry = zip.find(name);
  if (entry == nullptr) return;  // apps from the App Store have none
  const auto bytes = zip.view(*entry, limits::kSignatureFileBytesMax, oddities);
  const auto pkcs7 = bytes ? read_pkcs7(bytes->bytes(), std::nullopt) : bytes.error();
  if (!pkcs7) {
    add_oddity(oddities, "signature_malformed", name, pkcs7.error().message);
    return;
  }
  for (const Pkcs7Signer& signer : pkcs7->signers)
    if (!signer.is_verified) add_oddity(oddities, "signature_invalid", name, signer.problem);
  out->provisioned = certificates_of(pkcs7->content);
}

// The executable of `Payload/Example.app/` is `Example`, unless Info.plist says otherwise.
std::string executable_in(std::string_view app, std::string_view executable) {
  if (!executable.empty()) return std::string(app) + std::string(executable);
  std::string_view name = app.substr(0, app.size() - std::min<std::size_t>(app.size(), 1));
  name = name.substr(name.rfind('/') + 1);
  if (name.ends_with(".app")) name.remove_suffix(4);
  return std::string(app) + std::string(name);
}

// An error if it cannot be read; no signers if nobody signed it.
Result<std::vector<Signer>> read_executable(const Zip& zip, const ZipEntry& entry,
                                            const std::string& name, Oddities* oddities) {
  std::vector<Signer> out;
  const auto bytes = zip.view(entry, limits::kExecutableBytesMax, oddities);
  if (!bytes) return bytes.error();
  const auto signature = find_mach_signature(bytes->bytes());
  if (!signature) return signature.error();
  if (!*signature) return out;
  const auto pkcs7 = read_pkcs7((*signature)->cms, (*signature)->code_directory);
  if (!pkcs7) return pkcs7.error();
  for (const Pkcs7Signer& info : pkcs7->signers) {
    if (!info.is_verified) add_oddity(oddities, "signature_invalid", name, info.problem);
    Signer signer;
    signer.scheme = Scheme::kIpa;
    signer.certificate = info.certificate;
    signer.signature_ok = info.is_verified;
    signer.counts = true;
    std::ranges::copy_if(pkcs7->certificates, std::back_inserter(signer.chain),
                         [&](const SigningCertificate& one) { return one != info.certificate; });
    out.push_back(std::move(signer));
  }
  return out;
}

}  // namespace

Signatures read_ipa_signatures(const Zip& zip, std::string_view app, std::string_view executable,
                               Oddities* oddities) {
  Signatures out;
  read_profile(zip, app, &out, oddities);
  const std::string name = executable_in(app, executable);
  const ZipEntry* const entry = zip.find(name);
  if (entry == nullptr) {
    add_oddity(oddities, "executable_missing", name, "there is no such entry");
    return out;
  }
  auto signers = read_executable(zip, *entry, name, oddities);
  if (!signers) {
    add_oddity(oddities, "signature_malformed", name, signers.error().message);
    return out;
  }
  if (signers->empty()) return out;
  out.deciding = Scheme::kIpa;
  out.signers = std::move(*signers);
  return out;
}

}  // namespace beian::package

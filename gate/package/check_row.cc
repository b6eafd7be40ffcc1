#include "gate/package/check_row.h"

#include "cache/base/json_writer.h"
#include "cache/filing/identity.h"

namespace beian::package {
namespace {

void append_signers(const Signatures& signatures, JsonWriter* json) {
  if (!signatures.cover_contents()) return;
  json->key("fingerprint");
  json->begin_array();
  for (const Signer& signer : signatures.signers) {
    if (!signer.counts) continue;
    for (const std::string* const digest :
         {&signer.certificate.md5, &signer.certificate.sha1, &signer.certificate.sha256})
      json->word(*digest);
  }
  json->end_array();
  json->key("public_key");
  json->begin_array();
  for (const Signer& signer : signatures.signers)
    // A key that no request can carry (a modulus of a few bytes) must not make the whole row
    // invalid.
    if (signer.counts && parse_public_key(signer.certificate.public_key))
      json->word(signer.certificate.public_key);
  json->end_array();
}

}  // namespace

std::string claimed_number(const Package& package) {
  std::string claimed;
  for (const FoundNumber& found : package.filing_numbers) {
    if (found.kind != package.app_kind) continue;
    if (!claimed.empty()) return "";
    claimed = found.number;
  }
  return claimed;
}

void append_check_row(const Package& package, std::string_view id, const PackageClaim& claim,
                      std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("id", id);
  json.word_field("operation", "preinstall");
  const std::string number =
      claim.filing_number.empty() ? claimed_number(package) : claim.filing_number;
  if (!number.empty()) json.field("filing_number", number);
  json.key("app");
  json.begin_object();
  json.word_field("kind", name_of(package.app_kind));
  json.field("name", package.label);
  json.word_field("platform", platform_of(package.kind));
  json.field("package", package.package);
  json.field("version", package.version_name);
  append_signers(package.signatures, &json);
  if (package.has_network_permission) {
    json.key("network_permission");
    json.boolean(*package.has_network_permission);
  }
  if (claim.is_offline) {
    json.key("offline");
    json.boolean(true);
  }
  json.end_object();
  json.end_object();
}

}  // namespace beian::package

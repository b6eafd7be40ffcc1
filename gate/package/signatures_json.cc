#include "gate/package/signatures_json.h"

#include <optional>

namespace beian::package {
namespace {

void optional_number(JsonWriter* json, std::string_view name, std::optional<std::uint32_t> value) {
  if (!value) return;
  json->unsigned_field(name, *value);
}

void append_members(const SigningCertificate& certificate, JsonWriter* json) {
  json->field("subject", certificate.subject);
  json->field("issuer", certificate.issuer);
  json->field("serial", certificate.serial);
  json->word_field("not_before", format_instant(certificate.not_before));
  json->word_field("not_after", format_instant(certificate.not_after));
  json->word_field("md5", certificate.md5);
  json->word_field("sha1", certificate.sha1);
  json->word_field("sha256", certificate.sha256);
  json->field("key_algorithm", certificate.key_algorithm);
  json->key("key_bits");
  json->integer(certificate.key_bits);
  if (!certificate.rsa_modulus.empty()) json->word_field("rsa_modulus", certificate.rsa_modulus);
  json->word_field("public_key", certificate.public_key);
  json->word_field("public_key_md5", certificate.public_key_md5);
  json->word_field("public_key_sha1", certificate.public_key_sha1);
  json->word_field("public_key_sha256", certificate.public_key_sha256);
  json->key("debug");
  json->boolean(certificate.is_debug);
}

void append_certificate(const SigningCertificate& certificate, JsonWriter* json) {
  json->begin_object();
  append_members(certificate, json);
  json->end_object();
}

void append_signer(const Signer& signer, JsonWriter* json) {
  json->begin_object();
  json->word_field("scheme", name_of(signer.scheme));
  json->key("counts");
  json->boolean(signer.counts);
  json->key("signature_ok");
  json->boolean(signer.signature_ok);
  optional_number(json, "min_sdk", signer.min_sdk);
  optional_number(json, "max_sdk", signer.max_sdk);
  json->key("certificate");
  append_certificate(signer.certificate, json);
  if (!signer.lineage.empty()) {
    json->key("lineage");
    json->begin_array();
    for (const LineageStep& step : signer.lineage) {
      json->begin_object();
      append_members(step.certificate, json);
      json->unsigned_field("flags", step.flags);
      json->end_object();
    }
    json->end_array();
  }
  if (!signer.chain.empty()) {
    json->key("chain");
    json->begin_array();
    for (const SigningCertificate& certificate : signer.chain)
      append_certificate(certificate, json);
    json->end_array();
  }
  json->end_object();
}

}  // namespace

void append_signatures(const Signatures& signatures, JsonWriter* json) {
  json->begin_object();
  json->key("hold");
  json->boolean(signatures.hold());
  json->key("scheme");
  if (signatures.deciding)
    json->word(name_of(*signatures.deciding));
  else
    json->null();
  json->key("digests_verified");
  if (signatures.digests_verified)
    json->boolean(*signatures.digests_verified);
  else
    json->null();
  json->key("signers");
  json->begin_array();
  for (const Signer& signer : signatures.signers) append_signer(signer, json);
  json->end_array();
  if (!signatures.provisioned.empty()) {
    json->key("provisioned");
    json->begin_array();
    for (const SigningCertificate& certificate : signatures.provisioned)
      append_certificate(certificate, json);
    json->end_array();
  }
  json->end_object();
}

}  // namespace beian::package

// Certificates for TLS tests, made on the fly: an authority, and certificates it issues. Tests
// only.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace beian::test {

class Certificate {
 public:
  // A self-signed certificate: an authority.
  explicit Certificate(const std::string& name) { make(name, *this, "", 24); }
  // Issued by `authority` with the subject alternative name `names` (`IP:127.0.0.1`), valid from an
  // hour ago until `hours` from now; with negative `hours`, expired for that long.
  Certificate(const std::string& name, const Certificate& authority, const std::string& names,
              long hours = 24) {
    make(name, authority, names, hours);
  }

  void save(const std::string& certificate_path, const std::string& key_path) const {
    std::FILE* file = std::fopen(certificate_path.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
    file = std::fopen(key_path.c_str(), "w");
    PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

 private:
  void make(const std::string& name, const Certificate& issuer, const std::string& names,
            long hours) {
    static long serial = 0;
    key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    certificate_.reset(X509_new());
    X509* const made = certificate_.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made), hours > 0 ? -3'600 : (hours - 24) * 3'600);
    X509_gmtime_adj(X509_getm_notAfter(made), hours * 3'600);
    X509_set_pubkey(made, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer.certificate_.get()));
    add(NID_basic_constraints, &issuer == this ? "critical,CA:TRUE" : "CA:FALSE");
    if (!names.empty()) add(NID_subject_alt_name, names);
    if (X509_sign(made, issuer.key_.get(), EVP_sha256()) == 0) std::abort();
  }
  void add(int nid, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    if (extension == nullptr) std::abort();
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, &EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{nullptr, &X509_free};
};

}  // namespace beian::test

// What make_apks.py recorded about a package: apksigner's findings, scheme by scheme, and what the
// tool prints. Tests only.
#pragma once

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gate/package/certificate.h"

namespace beian::test {

// A certificate as apksigner prints it: labels and values, in its order.
using Printed = std::vector<std::pair<std::string, std::string>>;

inline Printed print(const package::SigningCertificate& certificate) {
  return {{"certificate DN", certificate.subject},
          {"certificate SHA-256 digest", certificate.sha256},
          {"certificate SHA-1 digest", certificate.sha1},
          {"certificate MD5 digest", certificate.md5},
          {"key algorithm", certificate.key_algorithm},
          {"key size (bits)", std::to_string(certificate.key_bits)},
          {"public key SHA-256 digest", certificate.public_key_sha256},
          {"public key SHA-1 digest", certificate.public_key_sha1},
          {"public key MD5 digest", certificate.public_key_md5}};
}

struct ApksignerText {
  bool is_verified = false;
  std::vector<std::string> errors;
  std::map<std::string, std::vector<Printed>> schemes;  // v1, v2, v3, lineage
  std::map<std::string, bool> used;                     // v1, v2, v3: as the tool reports
  std::vector<Printed> signers;                         // as the tool prints them

  explicit ApksignerText(const std::string& path) {
    std::ifstream in(path);
    std::string* open = nullptr;  // a name may contain a line feed
    for (std::string line; std::getline(in, line);) {
      if (!read(line, &open) && open != nullptr) *open += '\n' + line;
    }
  }

 private:
  bool read(const std::string& line, std::string** open) {
    if (line.starts_with("verified=")) {
      is_verified = line == "verified=true";
      return true;
    }
    if (line.starts_with("error=")) {
      errors.push_back(line.substr(6));
      return true;
    }
    constexpr std::string_view kUsed = "Verified using ";
    if (line.starts_with(kUsed)) {
      used[line.substr(kUsed.size(), 2)] = line.ends_with(": true");
      return true;
    }
    for (const char* scheme : {"v1", "v2", "v3", "lineage"})
      if (line.starts_with(scheme + std::string(" ")))
        return add(&schemes[scheme], line.substr(std::string_view(scheme).size() + 1), open);
    if (line.starts_with("Signer #"))
      return add(&signers, line.substr(line.find(' ', 8) + 1), open);
    return line == "tool" || line == "Verifies" || line.starts_with("Verified") ||
           line.starts_with("Number of signers") || line.starts_with("WARNING");
  }

  static bool add(std::vector<Printed>* to, const std::string& text, std::string** open) {
    const std::size_t colon = text.find(": ");
    const std::string label = text.substr(0, colon);
    if (label == "certificate DN") to->emplace_back();
    to->back().emplace_back(label, text.substr(colon + 2));
    *open = &to->back().back().second;
    return true;
  }
};

}  // namespace beian::test

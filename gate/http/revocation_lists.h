// Warns when revocation lists of client certificates expire: with an expired list OpenSSL rejects
// every certificate of that authority, and tells nobody why.
//
// Values; any thread.
#pragma once

#include <string>
#include <vector>

#include "cache/base/time.h"

namespace beian::http {

class RevocationLists {
 public:
  // Reads the file `tls.client_crl` (PEM). Empty if `path` is empty, or if the file cannot be read,
  // which TlsContext::load() reports.
  static RevocationLists read(const std::string& path);

  // One sentence for each authority whose newest list has expired by `now`.
  std::vector<std::string> warnings(Instant now) const;

 private:
  struct List {
    std::string issuer;
    Instant next_update;
  };

  std::string path_;
  std::vector<List> lists_;  // the newest of each issuer
};

}  // namespace beian::http

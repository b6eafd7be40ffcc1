// When the revocation lists of client certificates end: OpenSSL lets nobody in by a list that has
// expired, and says so to nobody.
//
// Values; any thread.
#pragma once

#include <string>
#include <vector>

#include "cache/base/time.h"

namespace beian::http {

class RevocationLists {
 public:
  // Of the file `tls.client_crl`, PEM; none where `path` is empty, and of what cannot be read,
  // which TlsContext::load tells.
  static RevocationLists read(const std::string& path);

  // A sentence for each authority whose newest list has expired at `now`.
  std::vector<std::string> warnings(Instant now) const;

 private:
  struct List {
    std::string issuer;
    Instant next_update;
  };

  std::string path_;
  std::vector<List> lists_;  // one for each issuer, its newest
};

}  // namespace beian::http

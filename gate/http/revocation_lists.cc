#include "gate/http/revocation_lists.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

namespace beian::http {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Crl = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

// In the form of RFC 2253, which is one line of ASCII whatever the name holds.
std::string text_of(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()), &BIO_free);
  if (out == nullptr || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return "?";
  char* text = nullptr;
  const auto bytes = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(bytes)};
}

// When the list expires; never if it has no nextUpdate.
Instant end_of(const X509_CRL* list) {
  std::tm parts{};
  const ASN1_TIME* const time = X509_CRL_get0_nextUpdate(list);
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return Instant::max();
  return Instant{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace

RevocationLists RevocationLists::read(const std::string& path) {
  RevocationLists lists;
  lists.path_ = path;
  const Bio file(path.empty() ? nullptr : BIO_new_file(path.c_str(), "r"), &BIO_free);
  while (file != nullptr) {
    const Crl list(PEM_read_bio_X509_CRL(file.get(), nullptr, nullptr, nullptr), &X509_CRL_free);
    if (list == nullptr) break;
    std::string issuer = text_of(X509_CRL_get_issuer(list.get()));
    const Instant end = end_of(list.get());
    const auto known = std::ranges::find(lists.lists_, issuer, &List::issuer);
    if (known == lists.lists_.end())
      lists.lists_.push_back({std::move(issuer), end});
    else
      known->next_update = std::max(known->next_update, end);
  }
  ERR_clear_error();
  return lists;
}

std::vector<std::string> RevocationLists::warnings(Instant now) const {
  std::vector<std::string> warnings;
  for (const List& list : lists_)
    if (list.next_update <= now)
      warnings.push_back("tls.client_crl " + path_ + ": the list of " + list.issuer +
                         " expired at " + format_instant(list.next_update) +
                         ", so nobody whose certificate that authority signed comes in; put a "
                         "newer one there, and send SIGHUP");
  return warnings;
}

}  // namespace beian::http

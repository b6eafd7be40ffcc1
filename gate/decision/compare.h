// Compares the identity that a request gives with one filing. Facts only: the registry is read, and
// nothing is decided.
//
// A comparison whose registry side is missing is "not comparable", never a difference. An app that
// is filed for no platform has no package; but every app has a name and is signed, so an empty list
// of names, fingerprints or keys counts as missing.
#pragma once

#include "cache/snapshot/snapshot.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"

namespace beian {

// How name, sponsor, platform, package, certificate and key of a request relate to a filing.
struct IdentityComparison {
  Match kind = Match::kNotCompared;
  Match name = Match::kNotCompared;
  Match sponsor_name = Match::kNotCompared;
  Match sponsor_certificate = Match::kNotCompared;
  Match platform = Match::kNotCompared;
  Match host_platform = Match::kNotCompared;  // for what runs inside another app
  Match package = Match::kNotCompared;
  Match fingerprint = Match::kNotCompared;
  Match public_key = Match::kNotCompared;
  FieldSet not_comparable = 0;  // given, but not held by the registry

  Match sponsor() const noexcept;      // name and certificate number: a difference wins
  Match certificate() const noexcept;  // fingerprint and key: a difference wins
  Match platforms() const noexcept;    // platform and host platform: a difference wins
  int differences() const noexcept;
  // True when name, certificate or key differ, or the kind if it was given: then this is not the
  // filing of the app.
  bool contradicts(bool is_kind_given) const noexcept;
};

// Cost: proportional to the names, platforms and digests of the filing; no allocation unless names
// differ in their bytes. Any thread.
IdentityComparison compare_identity(const CheckRequest& request, const cache::ServiceView& filing);

}  // namespace beian

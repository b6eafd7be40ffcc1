#include "tests/support/reference_identity.h"

#include <cctype>

namespace beian::test {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string bytes_of(const Fingerprint& fingerprint) {
  return {fingerprint.bytes.begin(), fingerprint.bytes.begin() + fingerprint.size};
}
std::string bytes_of(const KeyDigest& key) {
  return {key.begin(), key.end()};
}

// One of the given digests is filed: matched. None is, but one of its length is: differs. Nothing
// of the same length: not comparable.
template <class Digest>
void compare_digests(const std::vector<Digest>& given,
                     const std::vector<const PlatformRecord*>& platforms,
                     Known<Digest> PlatformRecord::*list, const std::string& field,
                     ReferenceComparison* out) {
  if (given.empty()) return;
  bool is_equal = false;
  bool is_comparable = false;
  for (const PlatformRecord* platform : platforms) {
    if (!(platform->*list)) continue;
    for (const Digest& filed : *(platform->*list))
      for (const Digest& digest : given) {
        is_equal |= bytes_of(filed) == bytes_of(digest);
        is_comparable |= bytes_of(filed).size() == bytes_of(digest).size();
      }
  }
  if (is_comparable)
    out->fields[field] = is_equal;
  else
    out->not_comparable.insert("/app/" + field);
}

void compare_platforms(const AppIdentity& app, const ServiceRecord& filing,
                       ReferenceComparison* out) {
  std::vector<const PlatformRecord*> platforms;
  if (filing.platforms)
    for (const PlatformRecord& platform : *filing.platforms)
      if (app.platform.empty() || platform.os == app.platform) platforms.push_back(&platform);
  if (!app.platform.empty()) {
    if (filing.platforms)
      out->fields["platform"] = !platforms.empty();
    else
      out->not_comparable.insert("/app/platform");
    if (out->differs("platform")) return;  // nothing of that platform is filed to compare with
  }

  std::vector<const PlatformRecord*> with_package;
  bool is_any_known = false;
  for (const PlatformRecord* platform : platforms) {
    is_any_known |= platform->package.has_value();
    if (!app.package.empty() && platform->package == app.package) with_package.push_back(platform);
  }
  if (!app.package.empty()) {
    if (is_any_known)
      out->fields["package"] = !with_package.empty();
    else
      out->not_comparable.insert("/app/package");
  }
  // The certificates of the package itself where it is filed, else any of the platform.
  if (!with_package.empty()) platforms = with_package;
  compare_digests(app.fingerprints, platforms, &PlatformRecord::fingerprints, "fingerprint", out);
  compare_digests(app.public_keys, platforms, &PlatformRecord::public_keys, "public_key", out);
}

}  // namespace

int ReferenceComparison::differences() const {
  int count = 0;
  for (const auto& [field, is_equal] : fields) count += is_equal ? 0 : 1;
  return count;
}

bool ReferenceComparison::contradicts(bool is_kind_binding) const {
  return (is_kind_binding && differs("kind")) || differs("name") || differs("fingerprint") ||
         differs("public_key");
}

ReferenceComparison reference_compare(const CheckRequest& request, const ServiceRecord& filing,
                                      const SubjectRecord* subject) {
  const AppIdentity& app = request.app;
  ReferenceComparison out;
  out.fields["kind"] = filing.number.kind() == app.kind;
  if (!app.name.empty()) {
    if (filing.names && !filing.names->empty()) {
      bool is_equal = false;
      for (const std::string& name : *filing.names) is_equal |= names_equal(name, app.name);
      out.fields["name"] = is_equal;
    } else {
      out.not_comparable.insert("/app/name");
    }
  }
  if (!app.sponsor_name.empty()) {
    if (subject != nullptr && subject->sponsor)
      out.fields["sponsor_name"] = names_equal(*subject->sponsor, app.sponsor_name);
    else
      out.not_comparable.insert("/app/sponsor/name");
  }
  if (!app.sponsor_certificate.empty()) {
    if (subject != nullptr && subject->certificate_number)
      out.fields["sponsor_certificate"] =
          upper(*subject->certificate_number) == upper(app.sponsor_certificate);
    else
      out.not_comparable.insert("/app/sponsor/certificate_number");
  }
  compare_platforms(app, filing, &out);
  return out;
}

}  // namespace beian::test

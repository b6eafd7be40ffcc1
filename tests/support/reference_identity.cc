#include "tests/support/reference_identity.h"

namespace beian::test {
namespace {

std::string bytes_of(const Fingerprint& fingerprint) {
  return {fingerprint.bytes.begin(), fingerprint.bytes.begin() + fingerprint.size};
}
std::string bytes_of(const KeyDigest& key) {
  return {key.begin(), key.end()};
}

// Whether any of `given` is among what the platforms hold. Equal to one: yes. Otherwise unknown if
// a platform's list is unknown, and no if something could have been equal. For packages it is also
// no where none is filed at all.
void look_for(const std::vector<std::string>& given, const std::vector<Known<std::string>>& held,
              const std::string& field, ReferenceComparison* out) {
  if (given.empty()) return;
  std::vector<std::string> all;
  bool is_all_known = true;
  for (const auto& list : held) {
    if (list)
      all.insert(all.end(), list->begin(), list->end());
    else
      is_all_known = false;
  }
  bool is_equal = false;
  bool is_comparable = field == "package" && all.empty();
  for (const std::string& filed : all)
    for (const std::string& one : given) {
      is_equal |= filed == one;
      is_comparable |= field == "package" || filed.size() == one.size();
    }
  if (is_equal || (is_all_known && is_comparable))
    out->fields[field] = is_equal;
  else
    out->not_comparable.insert("/app/" + field);
}

// Knows only the platforms of the random worlds: WeChat by two names, the others by one. A quick
// app may run on HarmonyOS.
std::optional<bool> is_same_host(const std::string& filed, const std::string& given) {
  if (names_equal(filed, given)) return true;
  const auto platform = [](const std::string& word) {
    if (names_equal(word, "微信")) return std::string("WECHAT");
    for (const std::string known : {"WECHAT", "ALIPAY", "QQ", "QUICKAPP", "HARMONYOS"})
      if (names_equal(word, known)) return known;
    return std::string();
  };
  const std::string a = platform(filed);
  const std::string b = platform(given);
  if (a.empty() || b.empty()) return std::nullopt;
  if ((a == "QUICKAPP" && b == "HARMONYOS") || (a == "HARMONYOS" && b == "QUICKAPP"))
    return std::nullopt;
  return a == b;
}

template <class Digest>
std::vector<std::string> bytes_of(const std::vector<Digest>& digests) {
  std::vector<std::string> out;
  for (const Digest& digest : digests) out.push_back(bytes_of(digest));
  return out;
}

template <class Digest>
void compare_digests(const std::vector<Digest>& given, const std::vector<PlatformRecord>& platforms,
                     Known<Digest> PlatformRecord::*list, const std::string& field,
                     ReferenceComparison* out) {
  std::vector<Known<std::string>> held;
  for (const PlatformRecord& platform : platforms) {
    const Known<Digest>& digests = platform.*list;
    held.push_back(digests && !digests->empty() ? Known<std::string>(bytes_of(*digests))
                                                : std::nullopt);
  }
  look_for(bytes_of(given), held, field, out);
}

void compare_platforms(const AppIdentity& app, const ServiceRecord& filing,
                       ReferenceComparison* out) {
  std::vector<PlatformRecord> platforms;
  if (filing.platforms)
    for (const PlatformRecord& platform : *filing.platforms)
      if (app.platform.empty() || platform.os == app.platform) platforms.push_back(platform);
  if (!app.platform.empty()) {
    if (filing.platforms)
      out->fields["platform"] = !platforms.empty();
    else
      out->not_comparable.insert("/app/platform");
    if (out->differs("platform")) return;  // nothing filed for that platform
  }
  // If the platforms are unknown, assume one about which nothing is known.
  if (!filing.platforms) platforms.push_back({});

  std::vector<Known<std::string>> packages;
  std::vector<PlatformRecord> with_package;
  for (const PlatformRecord& platform : platforms) {
    if (platform.package)
      packages.push_back({{*platform.package}});
    else
      packages.push_back(std::nullopt);
    if (!app.package.empty() && platform.package == app.package) with_package.push_back(platform);
  }
  if (!app.package.empty()) look_for({std::string(app.package)}, packages, "package", out);
  // The certificates of the package itself if it is filed, otherwise any of the platform.
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
  if (!names_equal(app.name, "")) {
    if (filing.names && !filing.names->empty()) {
      bool is_equal = false;
      for (const std::string& name : *filing.names) is_equal |= names_equal(name, app.name);
      out.fields["name"] = is_equal;
    } else {
      out.not_comparable.insert("/app/name");
    }
  }
  if (!names_equal(app.sponsor_name, "")) {
    if (subject != nullptr && subject->sponsor)
      out.fields["sponsor_name"] = names_equal(*subject->sponsor, app.sponsor_name);
    else
      out.not_comparable.insert("/app/sponsor/name");
  }
  if (!names_equal(app.sponsor_certificate, "")) {
    if (subject != nullptr && subject->certificate_number)
      out.fields["sponsor_certificate"] =
          names_equal(*subject->certificate_number, app.sponsor_certificate);
    else
      out.not_comparable.insert("/app/sponsor/certificate_number");
  }
  compare_platforms(app, filing, &out);
  const bool has_host = app.kind == Kind::kMiniProgram || app.kind == Kind::kQuickApp;
  if (has_host && !app.host_platform.empty()) {
    const std::optional<bool> is_same =
        filing.host_platform ? is_same_host(*filing.host_platform, std::string(app.host_platform))
                             : std::nullopt;
    if (is_same)
      out.fields["host_platform"] = *is_same;
    else
      out.not_comparable.insert("/app/host_platform");
  }
  return out;
}

}  // namespace beian::test

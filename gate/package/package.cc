#include "gate/package/package.h"

namespace beian::package {

std::string_view name_of(PackageKind kind) noexcept {
  switch (kind) {
    case PackageKind::kApk:
      return "apk";
    case PackageKind::kHap:
      return "hap";
    case PackageKind::kIpa:
      break;
  }
  return "ipa";
}

std::string_view platform_of(PackageKind kind) noexcept {
  switch (kind) {
    case PackageKind::kApk:
      return "android";
    case PackageKind::kHap:
      return "harmonyos";
    case PackageKind::kIpa:
      break;
  }
  return "ios";
}

}  // namespace beian::package

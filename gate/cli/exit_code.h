// The exit codes of all verbs, as listed in API.md.
#pragma once

#include "cache/base/result.h"
#include "gate/decision/finding.h"

namespace beian::cli {

inline constexpr int kAllAllowed = 0;
inline constexpr int kDenied = 1;
inline constexpr int kReview = 2;
inline constexpr int kUnknown = 3;
inline constexpr int kUsage = 64;
inline constexpr int kBadInput = 65;
inline constexpr int kUnavailable = 69;
inline constexpr int kInternal = 70;

constexpr int exit_code_of(Effect effect) noexcept {
  switch (effect) {
    case Effect::kDeny:
      return kDenied;
    case Effect::kUnknown:
      return kUnknown;
    case Effect::kReview:
      return kReview;
    case Effect::kAllow:
    case Effect::kNote:
      break;
  }
  return kAllAllowed;
}

constexpr int exit_code_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kUsage:
      return kUsage;
    case ErrorKind::kBadInput:
    case ErrorKind::kDamaged:
    case ErrorKind::kUntrusted:
      return kBadInput;
    case ErrorKind::kUnavailable:
    case ErrorKind::kConflict:
      return kUnavailable;
    case ErrorKind::kInternal:
      break;
  }
  return kInternal;
}

}  // namespace beian::cli

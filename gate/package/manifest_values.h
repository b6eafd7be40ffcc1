// Values of a manifest as texts, numbers and flags, with references to resources followed.
//
// Not thread-safe; the tables must outlive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/package/manifest.h"
#include "gate/package/package.h"
#include "gate/package/resource_tables.h"

namespace beian::package {

class ManifestValues {
 public:
  explicit ManifestValues(ResourceTables* tables) : tables_(tables) {}

  // The text in the default configuration; a number as its digits. Empty: there is no such text.
  std::string text(const ManifestValue& value) const;
  std::optional<std::uint32_t> integer(const ManifestValue& value) const;
  // Texts are read as Android does: `true`, `TRUE` and `1` are true, all else is false.
  std::optional<bool> flag(const ManifestValue& value) const;
  SdkVersion sdk(const ManifestValue& value) const;
  // One label for each locale that has a text of its own, the default first; for a literal text,
  // the default only.
  std::vector<Label> labels(const ManifestValue& value) const;

 private:
  ManifestValue resolved(const ManifestValue& value) const;

  ResourceTables* tables_;
};

}  // namespace beian::package

// The text format of a JAR's MANIFEST.MF and .SF files: sections of `Name: value` lines. Keeps the
// exact bytes of each section, since digests cover those. [JAR file specification, as Android reads
// it]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::package {

struct JarSection {
  ByteView bytes;  // of the text, including the empty line that ends the section

  // The value of the first attribute with that name, ignoring case; nullopt if there is none. Scans
  // the section each time: attributes are not stored, since a hostile text of short lines would
  // take sixteen times its size in memory.
  std::optional<std::string> find(std::string_view name) const;
};

// A parsed text. Sections are views of it.
struct JarManifest {
  JarSection main;
  std::unordered_map<std::string, JarSection> entries;  // by their Name attribute
};

// Lines end in CR LF, CR or LF; a line that begins with a space continues the one before. An empty
// line ends a section. kBadInput: a section other than the first without a Name, a name that occurs
// twice, or more than kJarSectionsMax sections.
[[nodiscard]] Result<JarManifest> read_jar_manifest(std::string_view text);

// Parses the first section only; empty if there is none.
JarSection read_jar_main(std::string_view text);

// Whether the strongest digest that `section` states for `what` (`-Digest`, `-Digest-Manifest`, …)
// matches `bytes`. Looks for SHA-512, SHA-384, SHA-256, SHA1 in this order, as Android does.
// nullopt if it states no digest that Android knows.
std::optional<bool> is_digest_of(const JarSection& section, std::string_view what, ByteView bytes);

}  // namespace beian::package

// The text of a JAR's MANIFEST.MF and .SF files: sections of `Name: value` lines, and which bytes
// each section is, since digests are of those. [JAR file specification; Android's reading of it]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::package {

struct JarSection {
  ByteView bytes;  // of the text, with the empty line that ends it

  // The value of the first attribute of that name, in any case; nullopt: there is none. Walks the
  // section: attributes are not kept, since a hostile text of short lines would be sixteen times
  // as long in memory.
  std::optional<std::string> find(std::string_view name) const;
};

// A text, read. Sections are views of it.
struct JarManifest {
  JarSection main;
  std::unordered_map<std::string, JarSection> entries;  // by the attribute Name
};

// Lines end in CR LF, CR or LF; one that begins with a space goes on with the one before. Sections
// end in an empty line. kBadInput: a section without Name behind the first one, one name twice, or
// more than kJarSectionsMax sections.
[[nodiscard]] Result<JarManifest> read_jar_manifest(std::string_view text);

// Its first section alone; empty when there is none.
JarSection read_jar_main(std::string_view text);

// Whether the strongest digest that `section` has of `what` (`-Digest`, `-Digest-Manifest`, …) is
// that of `bytes`: SHA-512, SHA-384, SHA-256, SHA1, in this order, as Android looks for them.
// nullopt: it has none that Android knows.
std::optional<bool> is_digest_of(const JarSection& section, std::string_view what, ByteView bytes);

}  // namespace beian::package

// Finds the code signature of an Apple executable (Mach-O, one architecture or several): a CMS over
// the code directory, which holds hashes of everything else. [Mach-O; cs_blobs.h of xnu]
#pragma once

#include <optional>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::package {

// Views of the executable.
struct MachSignature {
  ByteView cms;
  ByteView code_directory;  // what the CMS signs
};

// The signature of the first architecture that has one. nullopt: nobody signed it (ad hoc, or not
// signed at all). kBadInput: not a Mach-O, or truncated.
[[nodiscard]] Result<std::optional<MachSignature>> find_mach_signature(ByteView executable);

}  // namespace beian::package

// Where an Apple executable (Mach-O, of one architecture or several) has its code signature: a CMS
// over the code directory, which holds hashes of all else. [Mach-O; cs_blobs.h of xnu]
#pragma once

#include <optional>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::package {

// Views of the executable.
struct MachSignature {
  ByteView cms;
  ByteView code_directory;  // what it signs
};

// Of the first architecture that has one. nullopt: signed by nobody (ad hoc, or not at all).
// kBadInput: no Mach-O, or one that is cut off.
[[nodiscard]] Result<std::optional<MachSignature>> find_mach_signature(ByteView executable);

}  // namespace beian::package

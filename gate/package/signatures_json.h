// The signatures of a package as a JSON object; package/README.md describes every member.
#pragma once

#include "cache/base/json_writer.h"
#include "gate/package/signatures.h"

namespace beian::package {

// Writes the object as the next value.
void append_signatures(const Signatures& signatures, JsonWriter* json);

}  // namespace beian::package

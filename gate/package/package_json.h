// A package as JSON, one line: what `inspect` prints and `POST /v1/packages:inspect` answers.
// package/README.md describes every member.
#pragma once

#include <string>
#include <string_view>

#include "gate/package/package.h"

namespace beian::package {

// Appends the object. `file` is the name it is reported under; empty: none.
void append_package_json(const Package& package, std::string_view file, std::string* out);

}  // namespace beian::package

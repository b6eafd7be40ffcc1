// Apple's property lists, binary and XML, as far as a package's Info.plist needs them: the texts,
// numbers and flags of the top-level dictionary and of the dictionaries directly inside it.
//
// Binary lists are parsed here, without recursion and without following a reference twice: general
// parsers build the whole tree, which a few hundred bytes can make exponential. XML goes through
// libplist, bounded by limits::kPropertyListElementsMax. Pure; any thread. Tests:
// tests/package/other_platforms_test.py, tests/fuzz/plist_fuzz.cc.
#pragma once

#include <map>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/result.h"

namespace beian::package {

// Values by key; those of an inner dictionary by `outer/inner`. Numbers are stored as their digits,
// flags as `true` and `false`. Lists, data and dates are left out.
using PropertyList = std::map<std::string, std::string, std::less<>>;

// kBadInput if it is in neither form, damaged, or binary with a repeated key.
[[nodiscard]] Result<PropertyList> parse_property_list(ByteView bytes, std::string_view where);

}  // namespace beian::package

// Prints a record as one line of the NDJSON dialect, without a line break.
//
// Canonical: fields in a fixed order, unknown ones left out, numbers in canonical form. Reading the
// line back gives the same record, bit for bit. Of public keys the registry keeps only the digest,
// so they are printed as `sha256:…`.
#pragma once

#include <string>

#include "cache/feed/feed.h"
#include "cache/filing/record.h"

namespace beian::cache {

std::string to_ndjson(const SubjectRecord& record);
std::string to_ndjson(const ServiceRecord& record);
std::string to_ndjson(const FeedRecord& record);

}  // namespace beian::cache

// `registry status`: what is published in Redis, for people or as JSON.
#pragma once

#include <string>
#include <vector>

namespace beian::cli {

// Returns the exit code: 0; 65 if nothing is published or a generation is damaged, untrusted or
// lacks chunks, and, with keys, if a batch is damaged or untrusted; 69 if Redis cannot be reached.
int show_status(const std::string& url, const std::vector<std::string>& trusted_keys, bool is_json);

}  // namespace beian::cli

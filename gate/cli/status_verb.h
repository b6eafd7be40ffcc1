// `registry status`: what is published in Redis, for people or as JSON.
#pragma once

#include <string>
#include <vector>

namespace beian::cli {

// Returns the exit code: 0, or 65 when a generation is damaged, not trusted or lacks chunks, with
// keys also when a batch is damaged or not trusted, or when nothing is published; 69 when Redis
// cannot be reached.
int show_status(const std::string& url, const std::vector<std::string>& trusted_keys, bool is_json);

}  // namespace beian::cli

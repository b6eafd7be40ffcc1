// The request texts that a load consists of: weighted targets, with bodies from a file of rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"

namespace beian::load {

// One target of `--get` or `--post`. For a POST each row is a body, or part of a batch's body.
struct Target {
  std::string method;
  std::string path;
  unsigned weight = 1;
  std::vector<std::string> texts;  // whole requests, sent in turn

  std::string name() const { return method + " " + path; }
};

// Fields that every request has: Host and, if there is a key, Authorization.
struct CommonFields {
  std::string host;
  std::string key;

  std::string text() const;
};

// The lines of a file, empty ones left out.
Result<std::vector<std::string>> read_rows(const std::string& file);

// Parses `PATH` or `PATH=WEIGHT`; kUsage when the path does not begin with `/` or the weight is 0.
Result<Target> parse_target(std::string_view method, std::string_view text);

// Fills in `texts`. Each POST carries one row; one to `/v1/checks` carries `batch_rows` of them as
// a batch. REQUIRES: rows, for a POST.
void write_texts(const CommonFields& fields, const std::vector<std::string>& rows,
                 std::size_t batch_rows, Target* target);

// Which target each request goes to: spread evenly by weight, the same in every run.
std::vector<std::uint32_t> spread(const std::vector<Target>& targets);

// `count` rows from `first` on, wrapping around at the end, as the body of POST /v1/checks.
std::string batch_body(const std::vector<std::string>& rows, std::size_t first, std::size_t count);

}  // namespace beian::load

// The texts of the requests that a load consists of: targets by weight, bodies from a file of rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"

namespace beian::load {

// `rows` of `--post` are bodies one after another; a batch's body has several of them.
struct Target {
  std::string method;
  std::string path;
  unsigned weight = 1;
  std::vector<std::string> texts;  // whole requests, sent in turn

  std::string name() const { return method + " " + path; }
};

// What every request has besides: Host and, with a key, Authorization.
struct CommonFields {
  std::string host;
  std::string key;

  std::string text() const;
};

// The lines of a file, without empty ones.
Result<std::vector<std::string>> read_rows(const std::string& file);

// `PATH` or `PATH=WEIGHT`; kUsage when the weight is no number.
Result<Target> parse_target(std::string_view method, std::string_view text);

// Fills in `texts`. A POST takes a row each, to `/v1/checks` `batch_rows` of them as one batch.
// REQUIRES: rows, for a POST.
void write_texts(const CommonFields& fields, const std::vector<std::string>& rows,
                 std::size_t batch_rows, Target* target);

// Which target each request goes to: weights spread evenly, the same in every run.
std::vector<std::uint32_t> spread(const std::vector<Target>& targets);

// `count` rows from `first` on, around the end, as the body of POST /v1/checks.
std::string batch_body(const std::vector<std::string>& rows, std::size_t first, std::size_t count);

}  // namespace beian::load

// The packages below some paths, found and read in parallel; splits that lie beside their base are
// one app with it.
//
// Blocks; starts its own threads. Tests: tests/package/vet_test.py.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"

namespace beian::package {

// The files below `paths`, sorted, each once: a path that is no folder is taken whatever its name,
// below a folder those with a package's name (has_package_name()), whatever they are. Links to
// folders are not followed. A folder below that cannot be read stands among the files, as one that
// cannot be read: what was not looked at is never taken for vetted. kUnavailable for one of `paths`
// that is not there or cannot be read. kBadInput beyond limits::kWalkFilesMax.
[[nodiscard]] Result<std::vector<std::string>> find_packages(std::span<const std::string> paths);

// A file, and what it says or why it could not be read.
struct ReadFile {
  std::string path;
  std::optional<Package> package;
  Error error;                      // without a package
  std::vector<std::string> splits;  // files that were read with it
};

// Reads `paths` on `threads` threads, in their order. Split APKs become part of the base of their
// package in the same folder and are no item of their own; one without a base is an error. Files
// that come after `is_interrupted` is true are left out; it is called from any thread.
std::vector<ReadFile> read_files(std::span<const std::string> paths, const ReadOptions& options,
                                 unsigned threads, const std::function<bool()>& is_interrupted);

}  // namespace beian::package

// Finds the packages below some paths and reads them in parallel; splits that lie beside their base
// form one app with it.
//
// Blocks, and starts threads of its own. Tests: tests/package/vet_test.py.
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

// The files below `paths`, sorted, each once, however its path is written (`a/b`, `./a//b`). A path
// that is not a folder is taken whatever its name; below a folder, everything with a package's name
// (has_package_name()) is taken, whatever its type. Links to folders are not followed. A folder
// that cannot be read is listed among the files, and then fails to be read: what nobody looked at
// must never pass as vetted. kUnavailable if one of `paths` does not exist or cannot be read.
// kBadInput beyond limits::kWalkFilesMax.
[[nodiscard]] Result<std::vector<std::string>> find_packages(std::span<const std::string> paths);

// A file, with its package or the reason why it could not be read.
struct ReadFile {
  std::string path;
  std::optional<Package> package;
  Error error;                      // set if there is no package
  std::vector<std::string> splits;  // files that were read together with it
};

// Reads `paths` on `threads` threads; results are in the order of `paths`. Split APKs are merged
// into the base of their package in the same folder and have no item of their own; a split without
// a base is an error, and so is a container of splits only, whatever is beside it. Once
// `is_interrupted` returns true, the remaining files are left out; it is called from any of the
// threads.
std::vector<ReadFile> read_files(std::span<const std::string> paths, const ReadOptions& options,
                                 unsigned threads, const std::function<bool()>& is_interrupted);

}  // namespace beian::package

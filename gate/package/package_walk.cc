#include "gate/package/package_walk.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <list>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "cache/base/file.h"
#include "gate/package/limits.h"
#include "gate/package/read_package.h"

namespace beian::package {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& path, const std::error_code& error) {
  return make_error(ErrorKind::kUnavailable,
                    "cannot read " + printable(path) + ": " + error.message());
}

// Adds the packages in one folder to `files`, and its subfolders to `folders`.
std::error_code find_in(const std::string& folder, std::vector<std::string>* files,
                        std::vector<std::string>* folders) {
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (fs::is_directory(at->symlink_status(ignored))) {
      folders->push_back(at->path().string());
      continue;
    }
    // Dangling links and pipes are not folders either: reading them reports why they cannot be
    // read.
    if (has_package_name(at->path().native()) && !at->is_directory(ignored))
      files->push_back(at->path().string());
  }
  return error;
}

Result<void> find_below(const std::string& root, std::vector<std::string>* files) {
  std::vector<std::string> folders{root};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    const std::error_code error = find_in(folder, files, &folders);
    if (error && folder == root) return unreadable(root, error);
    if (error) files->push_back(folder);
    if (files->size() > limits::kWalkFilesMax)
      return make_error(ErrorKind::kBadInput, "more than " + std::to_string(limits::kWalkFilesMax) +
                                                  " packages below " + printable(root));
  }
  return {};
}

Error of_file(const std::string& path, const Error& error) {
  return make_error(error.kind, printable(path) + ": " + error.message);
}

ReadFile read_file_at(const std::string& path, const ReadOptions& options) {
  ReadFile out{path, std::nullopt, {}, {}};
  const auto file = MappedFile::open(path);
  if (!file) {
    out.error = file.error();
    return out;
  }
  auto package = read_package(file->bytes(), options);
  if (package)
    out.package = std::move(*package);
  else
    out.error = of_file(path, package.error());
  return out;
}

// Reads the parts of one app, base first, as one package.
ReadFile read_joined(const std::vector<std::string>& paths, const ReadOptions& options) {
  ReadFile out{paths.front(), std::nullopt, {}, {paths.begin() + 1, paths.end()}};
  std::list<MappedFile> maps;
  std::vector<PackageFile> files;
  for (const std::string& path : paths) {
    auto map = MappedFile::open(path);
    if (!map) {
      out.error = map.error();
      return out;
    }
    maps.push_back(std::move(*map));
    files.push_back({fs::path(path).filename().string(), maps.back().bytes()});
  }
  auto package = read_parts(files, options);
  if (package)
    out.package = std::move(*package);
  else
    out.error = of_file(out.path, package.error());
  return out;
}

// The folder as it really is, and the name in it: the same for `a/b`, `./a/b`, an absolute path and
// one through a link. A folder that has gone stays as it was named.
fs::path place_of(const std::string& path) {
  const fs::path named(path);
  std::error_code error;
  const fs::path folder =
      fs::canonical(named.has_parent_path() ? named.parent_path() : fs::path("."), error);
  return error ? named : folder / named.filename();
}

// A folder and a package name: where a split finds its base.
using Home = std::pair<std::string, std::string>;

Home home_of(const ReadFile& file) {
  return {place_of(file.path).parent_path().string(), file.package->package};
}

// Whether it is a part and no app: a split, or a container of nothing but splits.
bool is_incomplete(const ReadFile& file) {
  return file.package && !file.package->split.empty();
}

// Whether it belongs to a base beside it. Installers take a container by itself.
bool is_split(const ReadFile& file) {
  return is_incomplete(file) && !file.package->is_container;
}

// Whether splits beside it are parts of its app. A container has its own parts.
bool is_base(const ReadFile& file) {
  return file.package && file.package->kind == PackageKind::kApk && !is_incomplete(file) &&
         !file.package->is_container;
}

// Runs `work(i)` for every i below `count`, on up to `threads` threads.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i) others.emplace_back(run);
  run();
}

// Merges splits into their bases; the remaining `files` stay in order.
void join_splits(std::vector<ReadFile>* files, const ReadOptions& options, unsigned threads) {
  std::map<Home, std::vector<std::string>> splits;
  for (const ReadFile& file : *files)
    if (is_split(file)) splits[home_of(file)].push_back(file.path);
  std::vector<std::pair<ReadFile*, std::vector<std::string>>> apps;
  for (ReadFile& file : *files) {
    if (!is_base(file)) continue;
    const auto found = splits.find(home_of(file));
    if (found == splits.end()) continue;
    std::vector<std::string> parts = std::move(found->second);
    parts.insert(parts.begin(), file.path);
    apps.emplace_back(&file, std::move(parts));
    splits.erase(found);  // a second base of that package in the folder gets no splits
  }
  in_parallel(apps.size(), threads,
              [&](std::size_t i) { *apps[i].first = read_joined(apps[i].second, options); });
  const auto is_joined = [&](const ReadFile& file) {
    return is_split(file) && !splits.contains(home_of(file));
  };
  std::erase_if(*files, is_joined);
  for (ReadFile& file : *files) {
    if (!is_incomplete(file)) continue;
    file.error = make_error(ErrorKind::kBadInput,
                            printable(file.path) + ": a split of " +
                                printable(file.package->package) + " without its base APK in the " +
                                (file.package->is_container ? "container" : "same folder"));
    file.package.reset();
  }
}

}  // namespace

Result<std::vector<std::string>> find_packages(std::span<const std::string> paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (error) return unreadable(path, error);
    if (!fs::is_directory(status)) {
      files.push_back(path);
    } else if (auto found = find_below(path, &files); !found) {
      return found.error();
    }
  }
  std::ranges::sort(files);
  if (paths.size() == 1) return files;
  std::set<std::string> places;
  std::erase_if(files, [&](const std::string& file) {
    return !places.insert(place_of(file).string()).second;
  });
  return files;
}

std::vector<ReadFile> read_files(std::span<const std::string> paths, const ReadOptions& options,
                                 unsigned threads, const std::function<bool()>& is_interrupted) {
  std::vector<ReadFile> files(paths.size());
  in_parallel(paths.size(), threads, [&](std::size_t i) {
    if (!is_interrupted()) files[i] = read_file_at(paths[i], options);
  });
  std::erase_if(files, [](const ReadFile& file) { return file.path.empty(); });
  join_splits(&files, options, threads);
  return files;
}

}  // namespace beian::package

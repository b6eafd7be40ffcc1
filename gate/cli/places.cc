#include "gate/cli/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>

#include "cache/base/bytes.h"

namespace beian::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kLinksMax = 40;  // the kernel's limit

// Device and inode of a file; if it does not exist, those of its folder, with its name.
struct PlaceIdentity {
  ::dev_t device;
  ::ino_t inode;
  std::string name;

  friend auto operator<=>(const PlaceIdentity&, const PlaceIdentity&) = default;
};

// Where a chain of dangling links ends, since opening the link would create that file.
fs::path end_of_links(fs::path path) {
  std::error_code error;
  for (int i = 0; i < kLinksMax && fs::is_symlink(path, error); ++i)
    path = path.parent_path() / fs::read_symlink(path, error);
  return path;
}

bool is_null_device(const struct stat& status) {
  struct stat null {};
  return S_ISCHR(status.st_mode) && ::stat("/dev/null", &null) == 0 &&
         status.st_rdev == null.st_rdev;
}

std::optional<PlaceIdentity> place_identity(const Place& place, int standard_stream) {
  const std::string& path = place.path;
  if (path.empty()) return std::nullopt;
  struct stat status {};
  const int outcome =
      path == "-" ? ::fstat(standard_stream, &status) : ::stat(path.c_str(), &status);
  if (outcome == 0) {
    const bool counts = S_ISREG(status.st_mode) || (place.is_stream && !is_null_device(status));
    return counts ? std::optional(PlaceIdentity{status.st_dev, status.st_ino, ""}) : std::nullopt;
  }
  const fs::path end = end_of_links(path);
  const fs::path folder = end.has_parent_path() ? end.parent_path() : ".";
  if (::stat(folder.c_str(), &status) != 0) return std::nullopt;
  return PlaceIdentity{status.st_dev, status.st_ino, end.filename().string()};
}

std::string told(const Place& place) {
  return place.path == "-" ? place.name + " -" : place.name + " " + printable(place.path);
}

Error same_file(const Place& output, const Place& other, const std::string& harm) {
  return make_error(ErrorKind::kUsage, told(output) + " is the same file as " + told(other) + ", " +
                                           harm + "; write to another one");
}

}  // namespace

void add_outputs(const std::vector<audit::OutputTarget>& targets, std::vector<Place>* outputs) {
  for (const audit::OutputTarget& target : targets)
    outputs->push_back({"--output " + std::string(target.format->name), target.path,
                        target.format->is_streaming()});
}

Result<void> keep_apart(std::span<const Place> outputs, std::span<const Place> inputs) {
  std::map<PlaceIdentity, const Place*> written;
  for (const Place& output : outputs) {
    const auto identity = place_identity(output, STDOUT_FILENO);
    if (!identity) continue;
    if (const auto [other, is_new] = written.emplace(*identity, &output); !is_new)
      return same_file(output, *other->second, "so one would spoil the other");
  }
  for (const Place& input : inputs) {
    const auto identity = place_identity(input, STDIN_FILENO);
    if (!identity) continue;
    if (const auto output = written.find(*identity); output != written.end())
      return same_file(*output->second, input, "which would be lost");
  }
  return {};
}

}  // namespace beian::cli

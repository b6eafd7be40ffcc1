#include "gate/package/text_files.h"

#include <algorithm>
#include <string>

namespace beian::package {
namespace {

constexpr std::string_view kFolders[] = {"assets/", "res/raw/", "resources/rawfile/", "Payload/"};
constexpr std::string_view kTextEndings[] = {".txt", ".html", ".htm", ".json",    ".js",
                                             ".xml", ".md",   ".css", ".strings", ".properties"};

bool is_text(std::string_view name) noexcept {
  const auto begins = [&](std::string_view folder) { return name.starts_with(folder); };
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  return std::ranges::any_of(kFolders, begins) && std::ranges::any_of(kTextEndings, ends);
}

}  // namespace

void search_text_files(const Zip& zip, std::string_view part, NumberSearch* search) {
  std::size_t left = limits::kTextScanBytesMax;
  for (const ZipEntry& entry : zip.entries()) {
    if (entry.bytes > std::min(left, limits::kTextFileBytesMax) || !is_text(entry.name)) continue;
    const auto bytes = zip.view(entry, limits::kTextFileBytesMax);
    left -= static_cast<std::size_t>(entry.bytes);
    if (!bytes) continue;
    const std::string where =
        (part.empty() ? "" : std::string(part) + "/") + std::string(entry.name);
    search->search(as_text(bytes->bytes()), where);
  }
}

}  // namespace beian::package

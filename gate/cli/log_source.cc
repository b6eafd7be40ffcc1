#include "gate/cli/log_source.h"

#include <filesystem>

namespace beian::cli {

namespace fs = std::filesystem;

namespace {

Result<LogSource> open_segments(const std::vector<std::string>& paths) {
  LogSource source;
  const fs::path folder = fs::path(paths[0]).parent_path();
  for (const std::string& path : paths) {
    const auto name = log::parse_segment_name(fs::path(path).filename().string());
    if (!name || fs::path(path).parent_path() != folder)
      return make_error(ErrorKind::kUsage, path +
                                               ": name one folder, or segments of one folder "
                                               "(decisions-00000001.ndjson, .zst or not)");
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(path, error);
    if (error) return make_error(ErrorKind::kUnavailable, path + ": " + error.message());
    source.segments.push_back({name->index, name->is_compressed, bytes});
  }
  source.disk = log::open_folder(folder.empty() ? "." : folder.string());
  return source;
}

}  // namespace

Result<LogSource> open_log(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code error;
    if (const auto status = fs::status(path, error); !fs::exists(status))
      return make_error(ErrorKind::kUnavailable, "cannot open " + path + ": " + error.message());
  }
  if (paths.size() != 1 || !fs::is_directory(paths[0])) return open_segments(paths);
  LogSource source;
  source.is_folder = true;
  source.is_live = log::is_owned(paths[0]);
  source.disk = log::open_folder(paths[0]);
  auto segments = log::list_segments(source.disk.get());
  if (!segments) return segments.error();
  source.segments = std::move(*segments);
  return source;
}

Result<LogSource> open_decisions(const std::vector<std::string>& paths) {
  auto source = open_log(paths);
  if (source && source->segments.empty())
    return make_error(ErrorKind::kBadInput,
                      paths[0] +
                          " holds no decision log: a gate leaves decisions-00000001.ndjson "
                          "there when it starts, decision or not");
  return source;
}

}  // namespace beian::cli

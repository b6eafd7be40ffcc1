#include "gate/cli/reload_report.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cache/base/toml_reader.h"

namespace beian::cli {
namespace {

// A configuration line without what must not be shown.
std::string without_hashes(std::string line) {
  constexpr std::string_view kHash = "sha256 = \"";
  for (std::size_t at = line.find(kHash); at != std::string::npos; at = line.find(kHash, at)) {
    at += kHash.size();
    line.replace(at, std::min(line.find('"', at), line.size()) - at, "…");
  }
  return line;
}

// Prefixes each line with its table, since several tables may have the same key.
std::vector<std::string> qualified_lines(const Config& config) {
  const std::string text = print_config(config);
  std::vector<std::string> lines;
  std::string table;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with('['))
      table = line.substr(1, line.find(']') - 1);
    else if (!line.empty())
      lines.push_back(join_key(table, line));
  }
  return lines;
}

}  // namespace

Config keep_fixed(Config fresh, const Config& started) {
  fresh.listen = started.listen;
  fresh.allow_open = started.allow_open;
  fresh.threads = started.threads;
  fresh.connections_per_address = started.connections_per_address;
  fresh.drain = started.drain;
  fresh.admin_listen = started.admin_listen;
  fresh.log = started.log;
  fresh.packages = started.packages;
  return fresh;
}

std::vector<std::string> lines_missing(const Config& before, const Config& after) {
  const std::vector<std::string> there = qualified_lines(after);
  std::vector<std::string> missing;
  for (std::string& line : qualified_lines(before))
    if (std::ranges::find(there, line) == there.end())
      missing.push_back(without_hashes(std::move(line)));
  return missing;
}

}  // namespace beian::cli

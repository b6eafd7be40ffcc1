// The upper bound that an audit is compared with: simdjson parsing an NDJSON catalog and doing
// nothing else, on one thread. `rows` parses row by row, as the audit must (every byte is
// validated, and a bad row harms no other); `stream` uses simdjson's document stream.
//
//   beian-bench-parse rows|stream CATALOG
//
// Prints rows, CPU seconds, rows/s and MB/s. Reads through a buffer of 1 MiB, as the audit does.
#include <simdjson.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Calls `parse` with whole lines, as many at a time as the buffer holds.
template <class Parse>
std::size_t for_each_part(std::FILE* file, Parse parse) {
  std::vector<char> buffer(kBufferBytes + simdjson::SIMDJSON_PADDING);
  std::size_t kept = 0;
  std::size_t bytes = 0;
  for (;;) {
    const std::size_t got = std::fread(buffer.data() + kept, 1, kBufferBytes - kept, file);
    bytes += got;
    const std::size_t size = kept + got;
    if (size == 0) return bytes;
    const std::string_view text(buffer.data(), size);
    const std::size_t last = got == 0 ? size : text.rfind('\n') + 1;
    parse(text.substr(0, last));
    kept = size - last;
    std::memmove(buffer.data(), buffer.data() + last, kept);
    if (got == 0) return bytes;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* const file = argc == 3 ? std::fopen(argv[2], "rb") : nullptr;
  if (file == nullptr) {
    std::fputs("usage: beian-bench-parse rows|stream CATALOG\n", stderr);
    return 64;
  }
  const bool is_stream = std::string_view(argv[1]) == "stream";
  simdjson::dom::parser parser;
  std::size_t rows = 0;
  std::size_t bad = 0;
  const double begin = cpu_seconds();
  const std::size_t bytes = for_each_part(file, [&](std::string_view text) {
    if (is_stream) {
      simdjson::dom::document_stream stream;
      if (parser.parse_many(text.data(), text.size(), kBufferBytes).get(stream) !=
          simdjson::SUCCESS)
        return;
      for (auto document : stream) document.error() == simdjson::SUCCESS ? ++rows : ++bad;
      return;
    }
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1);
      const auto error = parser.parse(text.data(), end, /*realloc_if_needed=*/false).error();
      error == simdjson::SUCCESS ? ++rows : ++bad;
      text.remove_prefix(end + 1);
    }
  });
  const double seconds = cpu_seconds() - begin;
  std::printf("%zu %.3f %.0f %.0f\n", rows, seconds, static_cast<double>(rows) / seconds,
              static_cast<double>(bytes) / seconds / 1e6);
  std::fclose(file);
  return bad == 0 ? 0 : 1;
}

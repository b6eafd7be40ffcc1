// Where reports go: files and standard output, compressed according to their name (.gz, .zst).
//
// A streaming report is written in place, so that it can be truncated and continued; an aggregated
// one appears completely or not at all. Not thread-safe, except pack().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/file.h"
#include "cache/base/result.h"
#include "gate/audit/decoders.h"
#include "gate/audit/report_format.h"

namespace beian::audit {

// Replaces `packed` with `plain`, compressed into one gzip member or zstd frame; such parts can be
// concatenated to a valid file. Deterministic. Any thread.
void pack(Packing packing, std::string_view plain, std::string* packed);

class StreamFile {
 public:
  // Opens `path` (`-`: standard output) and truncates it to `keep_bytes`. Errors: kUnavailable;
  // kConflict if it is shorter than that or not a regular file.
  [[nodiscard]] static Result<StreamFile> open(const std::string& path, std::uint64_t keep_bytes);
  StreamFile(StreamFile&& other) noexcept;
  StreamFile& operator=(StreamFile&&) = delete;
  ~StreamFile();

  [[nodiscard]] Result<void> write(std::string_view bytes);  // verbatim
  [[nodiscard]] Result<void> sync();                         // to the disk, if it is a file
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  StreamFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::uint64_t bytes_ = 0;
};

// A report written as a whole. Compresses data as it is written.
class WholeFile final : public ReportSink {
 public:
  // `path`: `-` is standard output. Errors: kUnavailable.
  [[nodiscard]] static Result<WholeFile> create(const std::string& path);

  void write(std::string_view bytes) override;
  [[nodiscard]] Result<void> commit();  // returns the first error of any write

 private:
  WholeFile(std::string path, std::optional<AtomicFile> file);
  void flush();

  std::string path_;
  std::optional<AtomicFile> file_;  // none: standard output
  Packing packing_;
  std::string plain_;
  std::string packed_;
  Result<void> result_;
};

}  // namespace beian::audit

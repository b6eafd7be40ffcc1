// Where reports go: files and standard output, packed by the end of their name (.gz, .zst).
//
// A streaming report is written in place, so that it can be cut back to a length and continued; an
// aggregated one appears whole or not at all. One thread, but for pack().
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

// Replaces `packed` by `plain`, packed as one gzip member or zstd frame; such parts one behind the
// other are a file of their kind. The same bytes for the same bytes. Any thread.
void pack(Packing packing, std::string_view plain, std::string* packed);

class StreamFile {
 public:
  // Opens `path` (`-`: standard output) and cuts it to `keep_bytes`. Errors: kUnavailable;
  // kConflict when it is shorter than that, or no file at all.
  [[nodiscard]] static Result<StreamFile> open(const std::string& path, std::uint64_t keep_bytes);
  StreamFile(StreamFile&& other) noexcept;
  StreamFile& operator=(StreamFile&&) = delete;
  ~StreamFile();

  [[nodiscard]] Result<void> write(std::string_view bytes);  // as they are
  [[nodiscard]] Result<void> sync();                         // to the disk, where it is a file
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  StreamFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::uint64_t bytes_ = 0;
};

// A report in one piece. Packs what is written as it comes.
class WholeFile final : public ReportSink {
 public:
  // `path`: `-` is standard output. Errors: kUnavailable.
  [[nodiscard]] static Result<WholeFile> create(const std::string& path);

  void write(std::string_view bytes) override;
  [[nodiscard]] Result<void> commit();  // tells the first error of any write

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

// Compressed segments decompress to what they were, whatever their length.
#include <gtest/gtest.h>

#include "gate/log/limits.h"
#include "tests/log/log_support.h"

namespace beian::log::test {
namespace {

std::string text_of_bytes(std::size_t bytes) {
  std::string text;
  for (std::uint64_t n = 0; text.size() < bytes; ++n) text += body_of(n) + "\n";
  text.resize(bytes);
  return text;
}

// Reads everything, in the same steps as LineSource does.
Result<std::string> read_all(DiskReader* reader) {
  std::string text;
  std::string room(kReadBytes, '\0');
  for (;;) {
    const auto count = reader->read_some({room.data(), room.size()});
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(room, 0, *count);
  }
}

TEST(Archive, OfAnyLengthComesBackWhole) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kReadBytes - 1, kReadBytes,
                                  kReadBytes + 1, 2 * kReadBytes, 5 * kReadBytes}) {
    SimDisk disk;
    const std::string text = text_of_bytes(bytes);
    disk.set_contents({{segment_name(1), text}});
    ASSERT_TRUE(compress_segment(&disk, 1));
    const auto reader = read_segment(&disk, {1, true, 0});
    ASSERT_TRUE(reader);
    const auto read = read_all(reader->get());
    ASSERT_TRUE(read) << bytes << ": " << read.error().message;
    EXPECT_TRUE(*read == text) << bytes;
  }
}

}  // namespace
}  // namespace beian::log::test

#include "gate/http/input_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace beian::http {
namespace {

void put(InputBuffer* buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = buffer->prepare();
    const std::size_t count = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), count, room.begin());
    buffer->commit(count);
    bytes.remove_prefix(count);
  }
}
std::string_view text(InputBuffer* buffer) {
  return {buffer->data(), buffer->size()};
}

TEST(InputBuffer, KeepsBytesWhileItGrows) {
  std::string bytes(100'000, 'x');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i % 26);
  InputBuffer buffer;
  put(&buffer, bytes);
  EXPECT_EQ(text(&buffer), bytes);
}

TEST(InputBuffer, ConsumedRoomIsUsedAgainBeforeGrowing) {
  InputBuffer buffer;
  put(&buffer, std::string(limits::kInputBytesInitial, 'a'));
  buffer.consume(limits::kInputBytesInitial - 1);
  put(&buffer, "bc");
  EXPECT_EQ(text(&buffer), "abc");
  EXPECT_EQ(buffer.capacity(), limits::kInputBytesInitial);
}

TEST(InputBuffer, EraseClosesTheGap) {
  InputBuffer buffer;
  put(&buffer, "abcdef");
  buffer.consume(1);
  buffer.erase(1, 3);
  EXPECT_EQ(text(&buffer), "bf");
}

TEST(InputBuffer, ClearGivesBackWhatIsBeyondTheBound) {
  InputBuffer buffer;
  put(&buffer, std::string(100'000, 'a'));
  buffer.clear(limits::kBuffersKeptBytesMax);
  EXPECT_EQ(buffer.capacity(), 0u);
  put(&buffer, "a");
  buffer.clear(limits::kBuffersKeptBytesMax);
  EXPECT_EQ(buffer.capacity(), limits::kInputBytesInitial);
}

// Under ASan this proves that the bytes after a full buffer belong to it.
TEST(InputBuffer, PaddingBehindTheBytesMayBeRead) {
  InputBuffer buffer;
  put(&buffer, std::string(limits::kInputBytesInitial, 'a'));
  ASSERT_EQ(buffer.size(), buffer.capacity());
  const std::string_view padding{buffer.data() + buffer.size(), limits::kBodyPaddingBytes};
  EXPECT_EQ(std::count(padding.begin(), padding.end(), '\0'), 64);
}

}  // namespace
}  // namespace beian::http

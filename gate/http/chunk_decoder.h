// Decodes chunked bodies with a Beast `basic_parser`. It is fed the lines between chunks that
// chunk_check.h let through, and the bytes of the chunks, which are joined in place.
//
// Beast's parser is for whole messages, so it must see the head too. One decoder serves one
// connection, on its thread; no allocation after construction.
#pragma once

#include <memory>
#include <string_view>

namespace beian::http {

class ChunkDecoder {
 public:
  ChunkDecoder();
  ~ChunkDecoder();
  ChunkDecoder(const ChunkDecoder&) = delete;
  ChunkDecoder& operator=(const ChunkDecoder&) = delete;

  // Starts on the body that follows `head`, which has `Transfer-Encoding: chunked`. False when
  // Beast refuses the head.
  bool start(std::string_view head);
  // Takes exactly the bytes that check_chunk_line() measured. False when Beast refuses them.
  bool put_line(std::string_view line);
  // Takes bytes of the chunk whose line came last and moves them to `to`, which may overlap them.
  // False when Beast refuses them, as it does with any beyond the end of the chunk.
  bool put_bytes(std::string_view bytes, char* to);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace beian::http

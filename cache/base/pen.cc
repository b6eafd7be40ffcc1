#include "cache/base/pen.h"

namespace beian {

void Pen::grow(std::size_t bytes) {
  const std::size_t written = size();
  out_->resize(written + std::max(bytes, kRoomBytes));
  point_behind(written);
}

void Pen::odd_json_text(std::string_view text) {
  out_->resize(size());
  append_json_text(text, out_);
  point_behind(out_->size());
}

}  // namespace beian

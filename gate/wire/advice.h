// Advice: where to file, who decides and what to bring, worded from guidance.
//
// Parts of the sentences of messages.cc. Any thread; each appends to `out`.
#pragma once

#include <string>
#include <string_view>

#include "gate/wire/messages.h"

namespace beian::wire {

inline bool is_zh(const MessageContext& context) noexcept {
  return context.language == Language::kZh;
}

// Joins what is added, as the language separates items.
class Joined {
 public:
  Joined(const MessageContext& context, std::string* out)
      : separator_(is_zh(context) ? "、" : ", "), out_(out), begin_(out->size()) {}

  void add(std::string_view text) {
    if (out_->size() > begin_) *out_ += separator_;
    *out_ += text;
  }

 private:
  std::string_view separator_;
  std::string* out_;
  std::size_t begin_;
};

// Names and addresses of filing systems (F-6).
void append_portals(const MessageContext& context, std::string* out);
// The administration that decides (F-5).
void append_administration(const MessageContext& context, std::string* out);
// Where to file, as a clause without a subject: F-5, F-6, F-13; mini-programs and quick apps F-14.
void append_where(const MessageContext& context, std::string* out);
// What to bring: F-8 for a unit, F-9 for an individual, both where the sponsor's nature is not
// known.
void append_materials(const MessageContext& context, std::string* out);

}  // namespace beian::wire

// The words of messages: enumerators as people would say them, in zh-CN and en.
//
// Pure; any thread; everything returned has static lifetime.
#pragma once

#include <string_view>

#include "gate/wire/messages.h"

namespace beian::wire {

struct Words {
  std::string_view zh;
  std::string_view en;

  std::string_view in(Language language) const noexcept {
    return language == Language::kZh ? zh : en;
  }
};

Words kind_words(Kind kind) noexcept;                      // APP / app
Words stage_words(Status status, Kind kind) noexcept;      // which stage a pending filing is at
Words agent_words(Kind kind) noexcept;                     // through whom such a service is filed
Words reason_words(MalformedReason reason) noexcept;       // a clause
Words register_words(OtherRegister what) noexcept;         // which register a number belongs to
Words repair_words(int bit) noexcept;                      // REQUIRES: 0 <= bit < kRepairCount
Words field_words(FieldId field) noexcept;                 // a noun
Words operation_words(Operation operation) noexcept;       // 分发 / distributed
Words suggestion_words(SuggestionReason reason) noexcept;  // a clause

}  // namespace beian::wire

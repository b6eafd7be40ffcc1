// What a malformed number may have been meant to be, for suggestions only: parse_number() never
// guesses, and no reading ever decides anything.
//
// Pure; any thread. Allocates; reads a handful of texts and returns about a hundred at most.
#pragma once

#include <string_view>
#include <vector>

#include "cache/filing/parse.h"

namespace beian {

struct Reading {
  enum class Slip : std::uint8_t {
    kLetterForDigit,  // 0/O 1/I 5/S 8/B
    kDigitCount,      // one main digit lost or doubled
    kProvince,        // none, or one that does not exist
    kText,            // what is around the digits, which are all there
    kForm,            // the same, and the form is a guess
    kService,         // serial or kind letter damaged: the subject can be read
  };
  FilingKey key;
  Slip slip;
};

// Every reading once, in no order; none for a text beyond limits::kNumberTextBytesMax or that is
// not UTF-8. Typography is folded first, as parse_number() does.
std::vector<Reading> readings_of(std::string_view text, MalformedReason reason);

}  // namespace beian

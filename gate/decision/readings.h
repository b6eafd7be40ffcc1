// What a malformed number may have been meant to be, for suggestions only: parse_number() never
// guesses, and no reading ever decides anything.
//
// Pure; any thread. Allocates; parses a handful of texts and returns about a hundred readings at
// most.
#pragma once

#include <string_view>
#include <vector>

#include "cache/filing/parse.h"

namespace beian {

struct Reading {
  enum class Slip : std::uint8_t {
    kLetterForDigit,  // 0/O 1/I 5/S 8/B
    kDigitCount,      // one main digit too many or too few
    kProvince,        // none, or one that does not exist
    kText,            // damage around the digits, which are complete
    kForm,            // the same, and the form is a guess
    kService,         // serial or kind letter damaged: the subject can be read
  };
  FilingKey key;
  Slip slip;
};

// Each reading once, in no particular order; none for a text that is longer than
// limits::kNumberTextBytesMax or not UTF-8. Typography is folded first, as in parse_number().
std::vector<Reading> readings_of(std::string_view text, MalformedReason reason);

}  // namespace beian

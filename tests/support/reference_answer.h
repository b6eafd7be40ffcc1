// An answer as words, so that the gate's and its naive twin's can be compared and read. Tests only.
#pragma once

#include <set>
#include <string>

#include "gate/decision/decision.h"

namespace beian::test {

// What an answer says, as words: equal exactly when two answers are. Findings are in no order.
struct Answer {
  std::string decision;
  std::string would_be;
  std::string assurance;
  std::string compared;        // `name+ package-`: matched and differing fields
  std::string filing;          // number and id of the matched or closest one; "" when there is none
  std::size_t candidates = 0;  // of AMBIGUOUS
  std::multiset<std::string> findings;  // `deny PACKAGE_NOT_FILED /app/package[0] …`

  friend bool operator==(const Answer&, const Answer&) = default;
};
std::string to_text(const Answer& answer);

// The gate's answer in the same words.
Answer answer_of(const Decision& decision);

}  // namespace beian::test

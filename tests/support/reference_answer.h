// An answer as text, so that those of the gate and its naive twin can be compared and read. Tests
// only.
#pragma once

#include <set>
#include <string>

#include "gate/decision/decision.h"

namespace beian::test {

// What an answer says, as text: equal exactly when two answers are. Findings are unordered.
struct Answer {
  std::string decision;
  std::string would_be;
  std::string assurance;
  std::string compared;                 // `name+ package-`: matched and differing fields
  std::string filing;                   // number and id of the matched or closest filing; or ""
  std::size_t candidates = 0;           // of AMBIGUOUS
  std::multiset<std::string> findings;  // `deny PACKAGE_NOT_FILED /app/package[0] …`

  friend bool operator==(const Answer&, const Answer&) = default;
};
std::string to_text(const Answer& answer);

// The gate's answer in this form.
Answer answer_of(const Decision& decision);

}  // namespace beian::test

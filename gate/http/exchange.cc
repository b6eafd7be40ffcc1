#include "gate/http/exchange.h"

#include "gate/http/problem.h"

namespace beian::http {

void Exchange::problem(const wire::Problem& problem) {
  answer_problem(problem, &response);
}

}  // namespace beian::http

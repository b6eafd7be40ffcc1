// Serves the page: its files, and what this gate offers it.
//
// One a GateService, on its worker's thread.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "gate/http/exchange.h"

namespace beian::http {

class PageDesk {
 public:
  // `offered`: paths of the routes, which outlive it.
  explicit PageDesk(std::vector<std::string_view> offered) : offered_(std::move(offered)) {}

  void show_file(Exchange* exchange);
  // So that the page can leave out what this gate does not offer without asking for it: a browser
  // tells every 404 as an error.
  void show_offer(Exchange* exchange);

 private:
  const std::vector<std::string_view> offered_;
};

}  // namespace beian::http

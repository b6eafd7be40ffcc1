// Serves the page: its files, and the list of what this gate offers to it.
//
// One per GateService, on its worker's thread.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "gate/http/exchange.h"

namespace beian::http {

class PageDesk {
 public:
  // `offered`: paths of the offered routes; the views outlive it.
  explicit PageDesk(std::vector<std::string_view> offered) : offered_(std::move(offered)) {}

  void show_file(Exchange* exchange);
  // Lists the routes, so that the page need not probe for what this gate does not offer: a browser
  // reports every 404 as an error.
  void show_offer(Exchange* exchange);

 private:
  const std::vector<std::string_view> offered_;
};

}  // namespace beian::http

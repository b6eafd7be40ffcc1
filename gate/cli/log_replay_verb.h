// `log replay`: would the same be decided again, by another registry or policy?
#pragma once

namespace CLI {
class App;
}

namespace beian::cli {

void add_log_replay(CLI::App* log, int* exit_code);

}  // namespace beian::cli

// `registry diff`: what changed between two snapshots, and whose decision.
#pragma once

namespace CLI {
class App;
}

namespace beian::cli {

void add_registry_diff(CLI::App* registry, int* exit_code);

}  // namespace beian::cli

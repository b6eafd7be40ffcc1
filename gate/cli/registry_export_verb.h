// `beian-gate registry export`: a registry in the words of other programs.
#pragma once

namespace CLI {
class App;
}

namespace beian::cli {

void add_registry_export(CLI::App* registry, int* exit_code);

}  // namespace beian::cli

// The verbs of the one binary. Each add_…() puts its options on the command line and, when its verb
// is the one that was called, runs it and sets `*exit_code`.
#pragma once

namespace CLI {
class App;
}

namespace beian::cli {

void add_serve(CLI::App* app, int* exit_code);
void add_check(CLI::App* app, int* exit_code);
void add_audit(CLI::App* app, int* exit_code);
void add_number(CLI::App* app, int* exit_code);
void add_registry(CLI::App* app, int* exit_code);
void add_config(CLI::App* app, int* exit_code);
void add_healthcheck(CLI::App* app, int* exit_code);

}  // namespace beian::cli

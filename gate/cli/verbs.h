// The verbs of the one binary. Each add_…() puts its options on the command line and, when its verb
// is the one that was called, runs it and sets `*exit_code`.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace beian::cli {

// One of the verbs of `app` has to be called. Unlike CLI11's own check, which comes first, it lets
// a word that is no verb be named.
void require_verb(CLI::App* app);

// A check for options that take a number of 0 to 2^63-1: empty when `text` is one. CLI11 itself
// reads -1 as 2^64-1, and anything above that as the biggest number that fits.
std::string fault_of_whole_number(const std::string& text);

void add_serve(CLI::App* app, int* exit_code);
void add_check(CLI::App* app, int* exit_code);
void add_audit(CLI::App* app, int* exit_code);
void add_number(CLI::App* app, int* exit_code);
void add_registry(CLI::App* app, int* exit_code);
// Below `registry`: publish, delta, compact, rollback, status.
void add_publishing(CLI::App* registry, int* exit_code);
void add_config(CLI::App* app, int* exit_code);
void add_keys(CLI::App* app, int* exit_code);
void add_healthcheck(CLI::App* app, int* exit_code);

}  // namespace beian::cli

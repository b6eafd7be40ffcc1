// `audit merge`: one summary of many parts.
#pragma once

namespace CLI {
class App;
}

namespace beian::cli {

void add_audit_merge(CLI::App* audit, int* exit_code);

}  // namespace beian::cli

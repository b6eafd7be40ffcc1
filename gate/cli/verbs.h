// The verbs of the single binary. Each add_…() adds a verb with its options to `program`, or to the
// verb that its parameter names.
#pragma once

#include "gate/cli/command_line.h"

namespace beian::cli {

void add_serve(Verb program);
void add_check(Verb program);
void add_audit(Verb program);
void add_inspect(Verb program);
void add_vet(Verb program);
void add_number(Verb program);
void add_registry(Verb program);
// Below `registry`: publish, delta, compact, rollback, status.
void add_publishing(Verb registry);
// `log verify`, `log show`, `log replay`.
void add_log(Verb program);
void add_config(Verb program);
void add_keys(Verb program);
void add_healthcheck(Verb program);

}  // namespace beian::cli

#include "gate/cli/reloader.h"

#include <utility>

#include "gate/cli/console.h"
#include "gate/cli/exposure.h"
#include "gate/cli/reload_report.h"
#include "gate/cli/start_check.h"

namespace beian::cli {
namespace {

// A configuration that was read while it was being written, or is cut, may name no registry. That
// must not put the invented one into the place of a real one.
Result<void> keep_named(const RegistrySource& asked, const RegistrySource& served) {
  if (served.is_built_in() || !asked.is_built_in()) return {};
  return make_error(ErrorKind::kBadInput,
                    "neither registry.file nor registry.url is there any more; the built-in "
                    "registry, which is invented, takes over with a restart only");
}

}  // namespace

bool Reloader::reload(const std::function<void()>& meanwhile) {
  print_talk("reloading: SIGHUP");
  return conclude(try_reload(meanwhile));
}

bool Reloader::reload_registry(const std::function<void()>& meanwhile) {
  print_talk("reloading: " + registry_.path() + " was replaced");
  const auto loaded = serving_.reload_registry(in_effect_, meanwhile);
  return conclude(loaded ? loaded : in_file(options_.config, loaded.error()));
}

bool Reloader::conclude(const Result<void>& reloaded) const {
  serving_.metrics()->count_reload(reloaded.has_value());
  print_talk(reloaded ? described(*serving_.state().generation)
                      : "kept the old state: " + reloaded.error().message);
  return reloaded.has_value();
}

Result<void> Reloader::try_reload(const std::function<void()>& meanwhile) {
  const auto asked = effective_config(options_);
  if (!asked) return asked.error();
  Config next = keep_fixed(*asked, in_effect_);
  if (const auto checked = check(*asked, next); !checked) return checked.error();
  const http::GateState before = serving_.state();
  FileWatch registry(next.registry.path);  // created before loading, as at the start
  if (const auto loaded = serving_.reload(next, meanwhile); !loaded)
    return in_file(options_.config, loaded.error());
  registry_.follow(std::move(registry));
  const Config was_in_effect = std::exchange(in_effect_, std::move(next));
  tell_changes(was_in_effect, before, *asked);
  return {};
}

Result<void> Reloader::check(const Config& asked, const Config& next) const {
  if (const auto named = keep_named(asked.registry, in_effect_.registry); !named)
    return in_file(options_.config, "registry", named.error());
  // The sockets stay those of the start, whatever the file says now. If it no longer has callers,
  // one of the sockets may be too exposed.
  if (const auto reachable = check_exposure(next); !reachable)
    return make_error(reachable.error().kind,
                      reachable.error().message +
                          "; where it listens, and allow_open, change with a restart only");
  return check_start(next, options_.config, StartStage::kReload);
}

void Reloader::tell_changes(const Config& before, const http::GateState& answered_by,
                            const Config& asked) const {
  for (const std::string& line : lines_missing(before, in_effect_)) print_talk("- " + line);
  for (const std::string& line : lines_missing(in_effect_, before)) print_talk("+ " + line);
  for (const std::string& line : lines_missing(asked, in_effect_))
    print_talk("not before a restart: " + line);
  const http::GateState now = serving_.state();
  const Day today = day_in_china(now_in_seconds());
  for (const std::string& line : now.policies->changes_since(*answered_by.policies, today))
    print_talk(line);
  if (!now.guidance->says_the_same(*answered_by.guidance)) print_talk("guidance: other texts");
}

std::string described(const cache::Generation& generation) {
  return "serving registry serial " + std::to_string(generation.serial()) + " (" +
         std::to_string(generation.info().services) + " services, " + generation.source() + ")";
}

}  // namespace beian::cli

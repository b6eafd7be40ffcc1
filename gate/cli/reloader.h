// Takes up changes of a running gate's files: configuration, policy, guidance, callers,
// certificates and registry, all or none of them. For the thread that prints messages.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "gate/cli/config.h"
#include "gate/cli/file_watch.h"
#include "gate/cli/serve_options.h"
#include "gate/cli/serving.h"

namespace beian::cli {

class Reloader {
 public:
  // `serving` answers by `started` and outlives this object; `registry` was created before it
  // loaded the registry, so that no replacement goes unnoticed.
  Reloader(ServeOptions options, Config started, FileWatch registry, Serving* serving)
      : options_(std::move(options)),
        in_effect_(std::move(started)),
        registry_(std::move(registry)),
        serving_(*serving) {}

  const Config& in_effect() const noexcept { return in_effect_; }
  FileWatch& registry() noexcept { return registry_; }

  // Loads everything anew and hands it to the workers; on any error the old state stays in service,
  // and the result is false. Prints what changed, or why nothing did. `meanwhile` is called every
  // now and then.
  bool reload(const std::function<void()>& meanwhile);
  // The same for the registry alone, whose file was replaced: by the configuration in effect, since
  // whoever edits the others has not said yet that they are done.
  bool reload_registry(const std::function<void()>& meanwhile);

 private:
  bool conclude(const Result<void>& reloaded) const;
  Result<void> try_reload(const std::function<void()>& meanwhile);
  // Whether `next`, which is `asked` but for what only a restart changes, can be taken up.
  Result<void> check(const Config& asked, const Config& next) const;
  void tell_changes(const Config& before, const http::GateState& answered_by,
                    const Config& asked) const;

  const ServeOptions options_;
  Config in_effect_;
  FileWatch registry_;
  Serving& serving_;
};

// A line for the operator: which registry `generation` is.
std::string described(const cache::Generation& generation);

}  // namespace beian::cli

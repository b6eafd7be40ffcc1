// Decisions as JSON, brief and full. Appends. Any thread; a RegistryJson belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/decision/suggest.h"
#include "gate/wire/messages.h"
#include "gate/wire/problem.h"

namespace beian::wire {

// id, decision, assurance, filing_number, findings (code, effect, field), registry.serial. No
// allocation beyond the growth of `out`.
void append_brief(const CheckRequest& request, const Decision& decision, std::string* out);

// An item of a batch that could not be read: {"id":…,"problem":{…}}.
void append_problem_item(const CheckRequest& request, const Problem& problem, std::string* out);

// The `registry` of full answers, kept from one answer to the next: it changes once a second.
class RegistryJson {
 public:
  // Valid until the next call.
  std::string_view of(const Decision& decision);

 private:
  struct Told {
    std::uint64_t serial;
    Instant as_of;
    std::uint64_t age_seconds;
    cache::Freshness freshness;
    bool operator==(const Told&) const = default;
  };

  static void write(const Told& told, std::string* out);

  std::optional<Told> told_;  // what text_ says
  std::string text_;
};

// The whole decision, with messages in the context's language.
void append_full(const MessageContext& context, std::span<const Suggestion> suggestions,
                 std::string_view decision_id, RegistryJson* registry, std::string* out);

}  // namespace beian::wire

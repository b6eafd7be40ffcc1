#include "gate/http/readiness.h"

#include <string>
#include <string_view>
#include <utility>

#include "gate/decision/rules.h"

namespace beian::http {
namespace {

struct Check {
  std::string_view name;
  bool is_ok;
  bool is_required = true;
  std::string detail = {};  // empty: none
};

Check following(const cache::FollowerStatus& follower) {
  const bool is_following = follower.state == cache::FollowerState::kFollowing;
  std::string detail(name_of(follower.state));
  if (!is_following && follower.last_error) detail += ": " + follower.last_error->message;
  return {"following", is_following, /*is_required=*/false, std::move(detail)};
}

void write(const Check& check, JsonWriter* json) {
  json->begin_object();
  json->word_field("name", check.name);
  json->key("ok");
  json->boolean(check.is_ok);
  json->key("required");
  json->boolean(check.is_required);
  if (!check.detail.empty()) json->field("detail", check.detail);
  json->end_object();
}

// Why the gate is not ready.
std::string_view reason_against(const cache::Generation& generation, bool is_followed) {
  if (generation.serial() > 0)
    return generation.is_sealed() ? "the registry has expired" : "the registry is not sealed";
  return is_followed
             ? "no registry has come from Redis yet"
             : "the registry's file was written into; there is none until a whole file is there";
}

}  // namespace

bool write_readiness(const cache::Generation& generation, const wire::RegistryNews& news,
                     Instant now, bool is_verbose, JsonWriter* json) {
  const cache::FollowerStatus* const follower = news.follower;
  const bool is_ready = can_assert_absence({}, generation, now);
  const bool is_loaded = generation.serial() > 0;
  json->begin_object();
  json->field("status", is_ready ? "ready" : "not ready");
  if (!is_ready) json->field("reason", reason_against(generation, follower != nullptr));
  if (is_verbose) {
    json->key("checks");
    json->begin_array();
    write({"loaded", is_loaded}, json);
    write({"sealed", generation.is_sealed()}, json);
    write({"unexpired", generation.freshness(now) != cache::Freshness::kExpired}, json);
    if (follower != nullptr) write(following(*follower), json);
    json->end_array();
    json->key("registry");
    wire::write_registry(generation, now, &news, json);
  }
  json->end_object();
  return is_ready;
}

}  // namespace beian::http

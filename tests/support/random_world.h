// Random registries and requests over tiny alphabets, so that collisions, ambiguity, near misses
// and every state of a record occur all the time. The same seed gives the same world.
//
// Tests only; one thread.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cache/snapshot/generation.h"
#include "tests/support/reference_registry.h"

namespace beian::test {

// Draws from one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool percent(std::size_t chance) { return below(100) < chance; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

// The time at which all checks of the random worlds take place.
Instant world_now();

// `services` records over a dozen subjects; the registry is fresh, stale or expired, sealed or not.
World random_world(Dice& dice, std::size_t services);

// The same records in the gate's own form.
std::shared_ptr<const cache::Generation> generation_of(const World& world);

// A check request as JSON, mostly about one of the world's services.
std::string random_request(Dice& dice, const World& world);

// The number in another spelling, which folds silently or needs repair.
std::string retyped(Dice& dice, const FilingNumber& number);

}  // namespace beian::test

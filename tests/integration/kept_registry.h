// The registry that a gate has kept on disk, as a single file. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "cache/snapshot/compact.h"
#include "cache/snapshot/local_copy.h"
#include "tests/integration/fleet.h"

namespace beian::test {

// The contents of the local copy `name` of a gate that has ended, compacted; sets `*seal` to its
// seal.
inline std::string compacted(const Fleet& fleet, const std::string& name,
                             cache::SealOptions* seal) {
  auto copy = cache::LocalCopy::attach(fleet.folder().path(name));
  EXPECT_TRUE(copy) << copy.error().message;
  const auto key = cache::load_public_key(fleet.public_key());
  const auto contents = copy->open({{*key}, false});
  EXPECT_TRUE(contents) << contents.error().message;
  *seal = cache::seal_of(*contents->registry);
  const std::string path = fleet.folder().path(name + ".compact");
  const auto done = cache::compact(*contents->registry, path, *seal);
  EXPECT_TRUE(done) << done.error().message;
  return read_whole(path);
}

}  // namespace beian::test

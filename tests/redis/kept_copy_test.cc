// Where downloads go, with a kept copy and without.
#include "cache/redis/kept_copy.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace beian::cache {
namespace {

// Gates in containers may have the same process id and may share a temporary folder.
TEST(KeptCopy, WithoutAFolderEachDownloadGoesWhereNobodyElseWrites) {
  std::string first;
  {
    KeptCopy one("");
    KeptCopy other("");
    first = one.download_path();
    EXPECT_EQ(one.download_path(), first) << "an interrupted download goes on there";
    EXPECT_NE(other.download_path(), first);
    const auto status = std::filesystem::status(first);
    EXPECT_EQ(status.type(), std::filesystem::file_type::regular) << "it is taken";
    EXPECT_EQ(status.permissions() & std::filesystem::perms::all,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_FALSE(std::filesystem::exists(first));
}

}  // namespace
}  // namespace beian::cache

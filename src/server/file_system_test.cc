#include "server/file_system.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace windlass::server {
namespace {

TEST(FileSystem, ThoseOfOtherMachinesAreKnownByTheirNumbers) {
  EXPECT_EQ(shared_file_system(0x6969), "nfs");
  EXPECT_EQ(shared_file_system(0x65735546), "fuse");
  // As a number with a sign, which some systems give.
  EXPECT_EQ(shared_file_system(static_cast<std::uint64_t>(static_cast<std::int32_t>(0xFF534D42))), "cifs");
  EXPECT_EQ(shared_file_system(0xEF53), "") << "ext4";
  EXPECT_EQ(shared_file_system(0x01021994), "") << "tmpfs";
  EXPECT_EQ(shared_file_system(0x58465342), "") << "xfs";
}

TEST(FileSystem, ALockIsTheSameThroughEveryPathToIt) {
  const auto folder = (std::filesystem::temp_directory_path() / "mark-XXXXXX").string();
  std::string made = folder;
  ASSERT_NE(::mkdtemp(made.data()), nullptr);
  std::ofstream(made + "/lock") << "1";
  std::ofstream(made + "/other") << "1";
  std::filesystem::create_directory_symlink(made, made + "-again");
  const auto one = lock_mark(made + "/lock");
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->size(), 16u);
  EXPECT_EQ(*one, lock_mark(made + "-again/lock").value_or(""));
  EXPECT_NE(*one, lock_mark(made + "/other").value_or(""));
  EXPECT_FALSE(lock_mark(made + "/none"));
  EXPECT_TRUE(check_is_local(made));
  std::filesystem::remove(made + "-again");
  std::filesystem::remove_all(made);
}

}  // namespace
}  // namespace windlass::server

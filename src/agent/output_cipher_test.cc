#include "agent/output_cipher.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/state_folder.h"

namespace windlass::agent {
namespace {

struct OutputCipherTest : testing::Test {
  OutputCipherTest() {
    std::string name = "/tmp/windlass-cipher-XXXXXX";
    dir = ::mkdtemp(name.data());
  }
  ~OutputCipherTest() override { std::filesystem::remove_all(dir); }
  std::string dir;
};

TEST_F(OutputCipherTest, AnyPieceAtItsOffsetIsThatPieceOfTheWhole) {
  auto cipher = OutputCipher::open(dir);
  ASSERT_TRUE(cipher.has_value());
  std::string text;
  for (int i = 0; i < 100; ++i) text += "line " + std::to_string(i) + "\n";
  const std::string whole = cipher->applied("token", 0, text);
  EXPECT_EQ(whole.find("line"), std::string::npos);
  EXPECT_EQ(cipher->applied("token", 0, whole), text);
  for (const std::size_t offset : {0U, 1U, 63U, 64U, 65U, 200U}) {
    for (const std::size_t size : {0U, 1U, 62U, 63U, 64U, 65U, 300U}) {
      std::string piece = whole.substr(offset, size);
      cipher->apply("token", 0, offset, piece.data(), piece.size());
      EXPECT_EQ(piece, text.substr(offset, size)) << offset << " " << size;
    }
  }
}

TEST_F(OutputCipherTest, StreamsTasksAndFoldersDiffer) {
  auto cipher = OutputCipher::open(dir);
  auto again = OutputCipher::open(dir);
  ASSERT_TRUE(cipher.has_value() && again.has_value());
  const std::string text(40, 'x');
  EXPECT_EQ(cipher->applied("a", 0, text), again->applied("a", 0, text));
  EXPECT_NE(cipher->applied("a", 0, text), cipher->applied("a", 1, text));
  EXPECT_NE(cipher->applied("a", 0, text), cipher->applied("b", 0, text));
  std::filesystem::remove(key_path(dir));
  auto other = OutputCipher::open(dir);
  ASSERT_TRUE(other.has_value());
  EXPECT_NE(cipher->applied("a", 0, text), other->applied("a", 0, text));
}

TEST_F(OutputCipherTest, TheKeyIsTheOwnersOnlyAndATornOneIsSaid) {
  ASSERT_TRUE(OutputCipher::open(dir).has_value());
  struct stat info{};
  ASSERT_EQ(::stat(key_path(dir).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  std::filesystem::resize_file(key_path(dir), 7);
  auto torn = OutputCipher::open(dir);
  ASSERT_FALSE(torn.has_value());
  EXPECT_EQ(torn.error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace windlass::agent

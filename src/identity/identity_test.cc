#include "identity/identity.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace windlass::identity {
namespace {

class Book : public ::testing::Test {
 protected:
  Book() {
    std::string folder = (std::filesystem::temp_directory_path() / "identity-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
  }
  ~Book() override { std::filesystem::remove_all(folder_); }
  Identity open() {
    auto book = Identity::open((folder_ / "identity.db").string());
    EXPECT_TRUE(book) << book.error().message;
    return std::move(*book);
  }
  std::filesystem::path folder_;
};

TEST_F(Book, ATokenIsItsBearerUntilItExpires) {
  auto book = open();
  EXPECT_TRUE(*book.ensure_account("admin", rights::GlobalRole::admin));
  EXPECT_FALSE(*book.ensure_account("admin", rights::GlobalRole::admin));
  auto token = book.create_token({"admin", "test", 5000}, 1000);
  ASSERT_TRUE(token);
  auto user = book.authenticate(*token, 2000);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "admin");
  EXPECT_EQ(user->global, rights::GlobalRole::admin);
  EXPECT_FALSE(book.authenticate(*token, 5000));
  auto wrong = *token;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  EXPECT_FALSE(book.authenticate(wrong, 2000));
  EXPECT_FALSE(book.authenticate("", 2000));
  EXPECT_FALSE(book.authenticate("wl_", 2000));
  EXPECT_FALSE(book.create_token({"nobody", "", 0}, 0));
}

TEST_F(Book, AnotherProcessesTokensAreSeen) {
  auto server = open();
  ASSERT_TRUE(server.ensure_account("admin", rights::GlobalRole::admin));
  auto command = open();
  auto token = command.create_token({"admin", "", 0}, 1000);
  ASSERT_TRUE(token);
  EXPECT_TRUE(server.authenticate(*token, 2000));
}

TEST_F(Book, NothingReadableIsOnTheDisk) {
  auto book = open();
  ASSERT_TRUE(book.ensure_account("admin", rights::GlobalRole::admin));
  auto token = book.create_token({"admin", "", 0}, 1000);
  ASSERT_TRUE(token);
  const auto hash = hash_password("correct horse battery").value();
  ASSERT_TRUE(book.set_password_hash("admin", hash));
  EXPECT_TRUE(verify_password(book.password_hash("admin"), "correct horse battery"));
  EXPECT_FALSE(verify_password(book.password_hash("admin"), "correct horse"));
  EXPECT_FALSE(verify_password(book.password_hash("nobody"), "correct horse battery"));
  EXPECT_FALSE(hash_password("short"));
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find(token->substr(token->size() - 40)), std::string::npos) << file.path();
    EXPECT_EQ(bytes.find("correct horse"), std::string::npos) << file.path();
  }
}

TEST_F(Book, MembersHaveTheirRoleInTheirProject) {
  auto book = open();
  ASSERT_TRUE(book.ensure_account("ann", rights::GlobalRole::none));
  ASSERT_TRUE(book.set_member("p", "ann", rights::ProjectRole::developer));
  auto token = book.create_token({"ann", "", 0}, 0);
  auto user = book.authenticate(*token, 1);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->projects.at("p"), rights::ProjectRole::developer);
  ASSERT_TRUE(book.set_member("p", "ann", rights::ProjectRole::none));
  EXPECT_TRUE(book.authenticate(*token, 1)->projects.empty());
  EXPECT_FALSE(book.ensure_account("bad name", rights::GlobalRole::none));
}

}  // namespace
}  // namespace windlass::identity

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
  EXPECT_TRUE(server.authenticate(*token, 2001)) << "again, when nothing has changed";
  ASSERT_TRUE(command.revoke_token(*token));
  EXPECT_FALSE(server.authenticate(*token, 2002));
  // Whoever writes in between, the next one asks again.
  for (int i = 0; i < 20; ++i) {
    auto next = command.create_token({"admin", "", 0}, 1000);
    ASSERT_TRUE(next);
    ASSERT_TRUE(server.authenticate(*next, 2003));
    ASSERT_TRUE(server.create_token({"admin", "", 0}, 1000));
    ASSERT_TRUE(command.revoke_token(*next));
    ASSERT_FALSE(server.authenticate(*next, 2004));
  }
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

TEST_F(Book, TokensAreListedNarrowedRevokedAndTidied) {
  auto book = open();
  ASSERT_TRUE(book.ensure_account("admin", rights::GlobalRole::admin));
  const auto narrow = book.create_token({"admin", "script", 5000, "read project:p"}, 1000).value();
  const auto session = book.create_token({"admin", "", 9000, "", true}, 1001).value();
  EXPECT_FALSE(book.create_token({"admin", "", 0, "write"}, 1000));
  EXPECT_EQ(book.authenticate(narrow, 2000)->scopes.projects, std::set<std::string>{"p"});
  auto list = book.tokens("admin").value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "script");
  EXPECT_EQ(list[0].scopes, "read project:p");
  EXPECT_EQ(list[0].used_millis, 2000);
  EXPECT_TRUE(list[1].session);
  EXPECT_EQ(book.tidy_tokens(2500).value(), 0U);
  EXPECT_EQ(open().tokens("").value()[0].used_millis, 2000);
  EXPECT_EQ(book.tidy_tokens(5000).value(), 1U);
  EXPECT_EQ(open().tokens("").value().size(), 1U);
  EXPECT_FALSE(book.authenticate(narrow, 2000));
  EXPECT_TRUE(book.authenticate(session, 6000));
  EXPECT_FALSE(book.revoke_token_id("nothing"));
  EXPECT_TRUE(book.revoke_token_id(list[1].id));
  EXPECT_FALSE(book.authenticate(session, 6000));
}

TEST_F(Book, ANewPasswordEndsSessionsAndNothingElse) {
  auto book = open();
  ASSERT_TRUE(book.ensure_account("ann", rights::GlobalRole::none));
  const auto session = book.create_token({"ann", "", 0, "", true}, 1).value();
  const auto token = book.create_token({"ann", "", 0}, 1).value();
  ASSERT_TRUE(book.set_password_hash("ann", "x"));
  EXPECT_FALSE(book.authenticate(session, 2));
  EXPECT_TRUE(book.authenticate(token, 2));
  EXPECT_FALSE(open().authenticate(session, 2));
}

TEST_F(Book, OneAdministratorRemains) {
  auto book = open();
  ASSERT_TRUE(book.ensure_account("admin", rights::GlobalRole::admin));
  ASSERT_TRUE(book.ensure_account("ann", rights::GlobalRole::none));
  for (const auto& refused : {book.remove_account("admin"), book.set_disabled("admin", true),
                              book.set_role("admin", rights::GlobalRole::none)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  }
  ASSERT_TRUE(book.set_role("ann", rights::GlobalRole::admin));
  const auto token = book.create_token({"admin", "", 0}, 1).value();
  ASSERT_TRUE(book.set_member("p", "admin", rights::ProjectRole::owner));
  EXPECT_TRUE(book.set_disabled("admin", true));
  EXPECT_FALSE(book.authenticate(token, 2));
  EXPECT_TRUE(book.remove_account("admin"));
  EXPECT_TRUE(book.members("p").empty());
  EXPECT_FALSE(book.remove_account("ann"));
  ASSERT_TRUE(book.set_member("p", "ann", rights::ProjectRole::viewer));
  ASSERT_TRUE(book.remove_project("p"));
  EXPECT_TRUE(open().members("p").empty());
}

}  // namespace
}  // namespace windlass::identity

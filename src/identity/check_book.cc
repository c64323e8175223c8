#include "identity/check_book.h"

#include "identity/identity.h"

namespace windlass::identity {

namespace {

/// Rows that break a promise: the statement gives what to call each.
struct Promise {
  const char* sql;
  const char* broken;
};
constexpr Promise kPromises[] = {
    {"SELECT name FROM accounts WHERE role NOT IN (0, 1)", "the account {} has a role that is none"},
    {"SELECT name FROM accounts WHERE password <> '' AND password NOT LIKE '$argon2id$%'",
     "the password of {} is no digest"},
    {"SELECT id FROM tokens WHERE length(digest) <> 32", "the token {} has no digest"},
    {"SELECT id FROM tokens WHERE user NOT IN (SELECT name FROM accounts)", "the token {} is of nobody"},
    {"SELECT user FROM members WHERE user NOT IN (SELECT name FROM accounts)", "{} is a member and has no account"},
    {"SELECT user FROM members WHERE role NOT IN ('viewer', 'developer', 'maintainer', 'owner')",
     "the role of {} in a project is none"},
    {"SELECT 'admin' WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE role = 1)", "there is no administrator"},
};

}  // namespace

std::vector<std::string> check_book(store::Database& database) {
  std::vector<std::string> out;
  const auto look = [&]() -> Result<> {
    WL_CHECK_OK(database.check_structure());
    const auto version = WL_TRY(store::schema_version(database, Identity::schema()));
    if (version == Identity::schema().version) WL_CHECK_OK(store::check_tables(database, Identity::schema()));
    for (const auto& promise : kPromises) {
      auto row = WL_TRY(database.prepare(promise.sql));
      row.start();
      while (WL_TRY(row.next())) {
        std::string sentence = promise.broken;
        if (const auto at = sentence.find("{}"); at != std::string::npos) sentence.replace(at, 2, row.bytes(0));
        out.push_back(database.file() + " is damaged: " + sentence);
      }
    }
    return {};
  };
  if (auto done = look(); !done) out.push_back(done.error().message);
  return out;
}

}  // namespace windlass::identity

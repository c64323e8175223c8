// Accounts, API tokens and memberships of the embedded server: who a bearer of a token is.
//
// Tokens are kept as digests, passwords as argon2id; neither can be read back. Checking a token is a look into memory:
// the whole (small) book is read at the start and again when another process has changed the file. One thread; a write
// returns when it is on disk. docs/formats/identity.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rights/rights.h"
#include "store/database.h"

namespace windlass::identity {

struct NewToken {
  std::string user;
  std::string name;                 ///< what it is for, for people
  std::int64_t expires_millis = 0;  ///< 0: never
};

/// argon2id; takes about 0.1 s and 64 MiB: not on the reactor. Any thread. Errors: invalid (shorter than 10
/// characters).
Result<std::string> hash_password(const std::string& password);
/// Whether the password is the one of the hash; the same time for an empty hash, which fits none. Any thread.
bool verify_password(const std::string& hash, const std::string& password);

class Identity {
 public:
  /// Opens or makes the file; its folder exists. Errors: corrupt, forbidden, unavailable.
  static Result<Identity> open(const std::string& path);

  /// Makes the account unless it exists; true if it is new. It has no password: until one is set, only tokens and the
  /// one-time link lead to it. Errors: invalid (the name).
  Result<bool> ensure_account(const std::string& name, rights::GlobalRole role);
  [[nodiscard]] bool has_password(std::string_view name) const;
  /// What hash_password() made. Errors: not_found.
  Result<> set_password_hash(const std::string& name, const std::string& hash);
  /// For verify_password(); empty for an account without a password and for an unknown name.
  [[nodiscard]] std::string password_hash(std::string_view name) const;

  /// The text of a new token: shown once. Errors: not_found (the user).
  Result<std::string> create_token(const NewToken& token, std::int64_t now_millis);
  /// The bearer, or nothing for a token that is unknown, expired or of nobody. Reads the file again when it changed.
  std::optional<rights::User> authenticate(std::string_view token, std::int64_t now_millis);
  /// The user of a name, with the roles held now; nothing for an unknown one.
  [[nodiscard]] std::optional<rights::User> find_user(std::string_view name) const;
  /// It is nobody's any more; nothing to do for an unknown one.
  Result<> revoke_token(std::string_view token);
  Result<> set_member(const std::string& project, const std::string& user, rights::ProjectRole role);

 private:
  struct Account {
    rights::GlobalRole role = rights::GlobalRole::none;
    std::string password_hash;
  };
  struct Token {
    std::string user, digest;
    std::int64_t expires_millis = 0;
  };
  Identity() = default;
  Result<> reload();
  Result<std::int64_t> data_version();

  std::unique_ptr<store::Database> database_;
  store::Statement version_;  ///< asked for each token; after database_, which it must not outlive
  std::int64_t seen_version_ = 0;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, Token, std::less<>> tokens_;                                        ///< by their public part
  std::map<std::string, std::map<std::string, rights::ProjectRole>, std::less<>> members_;  ///< user → project → role
};

}  // namespace windlass::identity

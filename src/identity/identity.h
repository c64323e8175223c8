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
#include <vector>

#include "base/result.h"
#include "rights/rights.h"
#include "store/database.h"
#include "store/migrate.h"

namespace windlass::identity {

struct NewToken {
  std::string user;
  std::string name;                 ///< what it is for, for people
  std::int64_t expires_millis = 0;  ///< 0: never
  std::string scopes = {};          ///< words of rights::parse_scopes, with blanks between; empty: all its user may
  bool session = false;             ///< made by a log-in: goes with the password that made it
};

/// What is known about a token; its secret part is not.
struct TokenInfo {
  std::string id;  ///< the part between the underscores
  std::string user, name, scopes;
  bool session = false;
  std::int64_t created_millis = 0, expires_millis = 0;
  std::int64_t used_millis = 0;  ///< 0: not yet; about, it is written down from time to time
};

struct AccountInfo {
  std::string name;
  rights::GlobalRole role = rights::GlobalRole::none;
  bool has_password = false;
  bool disabled = false;  ///< no password and no token of it opens anything
};

/// argon2id; takes about 0.1 s and 64 MiB: not on the reactor. Any thread. Errors: invalid (shorter than 10
/// characters).
Result<std::string> hash_password(const std::string& password);
/// Whether the password is the one of the hash; the same time for an empty hash, which fits none. Any thread.
bool verify_password(const std::string& hash, const std::string& password);

/// Whether a text has the form of a token of ours, so that nobody takes it for a password.
bool looks_like_token(std::string_view text);

class Identity {
 public:
  /// The tables and how they came to be.
  static const store::Schema& schema();
  static constexpr std::size_t kMostTokens = 200;  ///< of one account, sessions aside

  /// Opens or makes the file; its folder exists. `vfs` is for tests. Errors: corrupt, forbidden, unavailable.
  static Result<Identity> open(const std::string& path, const std::string& vfs = {});

  /// Reads the file again if another process has changed it; the tokens do so by themselves.
  Result<> refresh() { return reload_if_changed(); }

  // ---- accounts
  /// Makes the account unless it exists; true if it is new. It has no password: until one is set, only tokens and the
  /// one-time link lead to it. Errors: invalid (the name).
  Result<bool> ensure_account(const std::string& name, rights::GlobalRole role);
  [[nodiscard]] std::vector<AccountInfo> accounts() const;
  [[nodiscard]] std::optional<AccountInfo> account(std::string_view name) const;
  [[nodiscard]] bool has_password(std::string_view name) const;
  /// What hash_password() made. The sessions of the account end with it. Errors: not_found.
  Result<> set_password_hash(const std::string& name, const std::string& hash);
  /// For verify_password(); empty for an account without a password, a disabled one and an unknown name.
  [[nodiscard]] std::string password_hash(std::string_view name) const;
  /// Errors: not_found; conflict (it is the last administrator that is not disabled).
  Result<> set_role(const std::string& name, rights::GlobalRole role);
  Result<> set_disabled(const std::string& name, bool disabled);
  /// With its tokens and memberships. Errors: as above.
  Result<> remove_account(const std::string& name);

  // ---- tokens
  /// The text of a new token: shown once. Errors: not_found (the user), invalid (the scopes), exhausted (too many).
  Result<std::string> create_token(const NewToken& token, std::int64_t now_millis);
  /// The bearer, or nothing for a token that is unknown, expired or of nobody. Reads the file again when it changed.
  std::optional<rights::User> authenticate(std::string_view token, std::int64_t now_millis);
  /// It is nobody's any more; nothing to do for an unknown one.
  Result<> revoke_token(std::string_view token);
  /// Those of a user, or all (empty), oldest first.
  Result<std::vector<TokenInfo>> tokens(std::string_view user) const;
  /// Errors: not_found.
  Result<> revoke_token_id(std::string_view id);
  /// Takes away what has expired and writes down when the others were used; how many went.
  Result<std::size_t> tidy_tokens(std::int64_t now_millis);

  // ---- projects
  /// The user of a name, with the roles held now; nothing for an unknown or disabled one.
  [[nodiscard]] std::optional<rights::User> find_user(std::string_view name) const;
  Result<> set_member(const std::string& project, const std::string& user, rights::ProjectRole role);
  [[nodiscard]] std::vector<std::pair<std::string, rights::ProjectRole>> members(std::string_view project) const;
  /// Nobody is a member of it any more: a later project of that name begins with nobody.
  Result<> remove_project(const std::string& project);

 private:
  struct Account {
    rights::GlobalRole role = rights::GlobalRole::none;
    std::string password_hash;
    bool disabled = false;
  };
  struct Token {
    std::string user, digest;
    std::int64_t expires_millis = 0;
    rights::Scopes scopes = {};
    bool session = false;
    std::int64_t used_millis = 0;
    bool touched = false;  ///< used since it was written down
  };
  Identity() = default;
  Result<> reload();
  Result<> reload_if_changed();
  Result<std::int64_t> data_version();
  Result<> keep_an_administrator(const std::string& without) const;
  void forget_tokens(std::string_view user, bool sessions_only);

  std::unique_ptr<store::Database> database_;
  store::Statement version_;  ///< asked for each token; after database_, which it must not outlive
  std::int64_t seen_version_ = 0;
  std::optional<store::Database::LogHead> seen_head_;  ///< when that was looked at
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, Token, std::less<>> tokens_;                                        ///< by their public part
  std::map<std::string, std::map<std::string, rights::ProjectRole>, std::less<>> members_;  ///< user → project → role
};

}  // namespace windlass::identity

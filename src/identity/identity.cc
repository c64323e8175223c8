#include "identity/identity.h"

#include <algorithm>
#include <array>
#include <sodium.h>

#include "identity/random_text.h"

namespace windlass::identity {

namespace {

using Object = store::ImageObject::Kind;

constexpr store::ImageObject kObjects[] = {
    {Object::table_without_rowid, "accounts", "accounts",
     "CREATE TABLE accounts(name TEXT NOT NULL PRIMARY KEY, role INTEGER NOT NULL, password TEXT NOT NULL, disabled "
     "INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID"},
    {Object::table_without_rowid, "tokens", "tokens",
     "CREATE TABLE tokens(id TEXT NOT NULL PRIMARY KEY, digest BLOB NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, "
     "created INTEGER NOT NULL, expires INTEGER NOT NULL, scopes TEXT NOT NULL DEFAULT '', session INTEGER NOT NULL "
     "DEFAULT 0, used INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID"},
    {Object::table_without_rowid, "members", "members",
     "CREATE TABLE members(project TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY(project, user)) "
     "STRICT, WITHOUT ROWID"},
};

constexpr store::SchemaStep kSteps[] = {
    {2,
     "ALTER TABLE accounts ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE tokens ADD COLUMN session INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE tokens ADD COLUMN used INTEGER NOT NULL DEFAULT 0;"
     // Sessions had no mark of their own: what a log-in makes has this name and ends within twelve hours.
     "UPDATE tokens SET session = 1 WHERE name = 'session' AND expires = created + 43200000"},
};

constexpr std::size_t kMinPassword = 10;

std::string check_name(std::string_view name) {
  if (name.empty() || name.size() > 63) return "an account's name has 1 to 63 characters";
  for (const char c : name) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_' || c == '.' || c == '@';
    if (!fine) return "an account's name consists of letters, digits and - _ . @";
  }
  return {};
}

}  // namespace

const store::Schema& Identity::schema() {
  static constexpr store::Schema kSchema{
      .application = 0x574c4964, .version = 2, .objects = kObjects, .steps = kSteps};  // "WLId"
  return kSchema;
}

Result<Identity> Identity::open(const std::string& path, const std::string& vfs) {
  if (sodium_init() < 0)
    return fail(ErrorKind::internal, {"the cryptographic library does not start", "加密库无法启动"});
  Identity out;
  auto database = WL_TRY(store::open_or_make(path, schema(), {.vfs = vfs}));
  out.database_ = std::make_unique<store::Database>(std::move(database));
  out.version_ = WL_TRY(out.database_->prepare("PRAGMA data_version"));
  WL_CHECK_OK(out.reload());
  return out;
}

Result<std::int64_t> Identity::data_version() {
  version_.start();
  const bool found = WL_TRY(version_.next());
  const std::int64_t version = found ? version_.integer(0) : 0;
  version_.reset();
  return version;
}

Result<> Identity::reload() {
  seen_version_ = WL_TRY(data_version());
  const auto before = std::move(tokens_);
  accounts_.clear();
  tokens_.clear();
  members_.clear();
  auto accounts = WL_TRY(database_->prepare("SELECT name, role, password, disabled FROM accounts"));
  accounts.start();
  while (WL_TRY(accounts.next())) {
    accounts_[std::string(accounts.bytes(0))] = {
        accounts.integer(1) == 1 ? rights::GlobalRole::admin : rights::GlobalRole::none, std::string(accounts.bytes(2)),
        accounts.integer(3) != 0};
  }
  auto tokens = WL_TRY(database_->prepare("SELECT id, digest, user, expires, scopes, used, session FROM tokens"));
  tokens.start();
  while (WL_TRY(tokens.next())) {
    const std::string id(tokens.bytes(0));
    auto scopes = rights::parse_scopes(tokens.bytes(4));
    if (!scopes) continue;  // of a newer Windlass: a token that we do not understand opens nothing
    Token token{.user = std::string(tokens.bytes(2)),
                .digest = std::string(tokens.bytes(1)),
                .expires_millis = tokens.integer(3),
                .scopes = std::move(*scopes),
                .session = tokens.integer(6) != 0,
                .used_millis = tokens.integer(5)};
    if (const auto known = before.find(id); known != before.end() && known->second.touched) {
      token.used_millis = std::max(token.used_millis, known->second.used_millis);
      token.touched = true;
    }
    tokens_[id] = std::move(token);
  }
  auto members = WL_TRY(database_->prepare("SELECT project, user, role FROM members"));
  members.start();
  while (WL_TRY(members.next())) {
    members_[std::string(members.bytes(1))][std::string(members.bytes(0))] =
        rights::parse_project_role(members.bytes(2));
  }
  return {};
}

/// Asked for each request, so the cheap question comes first; its answer is kept only when the true one was asked
/// after.
Result<> Identity::reload_if_changed() {
  const auto head = database_->log_head();
  if (head && head == seen_head_) return {};
  if (WL_TRY(data_version()) != seen_version_) WL_CHECK_OK(reload());
  seen_head_ = head;
  return {};
}

// ---- accounts
// --------------------------------------------------------------------------------------------------------

Result<bool> Identity::ensure_account(const std::string& name, rights::GlobalRole role) {
  if (auto problem = check_name(name); !problem.empty()) return fail(ErrorKind::invalid, problem);
  WL_CHECK_OK(reload_if_changed());
  if (accounts_.contains(name)) return false;
  auto statement = WL_TRY(database_->prepare("INSERT OR IGNORE INTO accounts(name, role, password) VALUES(?, ?, '')"));
  WL_CHECK_OK(statement.run(name, role == rights::GlobalRole::admin ? 1 : 0));
  accounts_[name] = {role, "", false};
  return true;
}

std::vector<AccountInfo> Identity::accounts() const {
  std::vector<AccountInfo> out;
  for (const auto& [name, account] : accounts_) {
    out.push_back({name, account.role, !account.password_hash.empty(), account.disabled});
  }
  return out;
}

std::optional<AccountInfo> Identity::account(std::string_view name) const {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return std::nullopt;
  return AccountInfo{found->first, found->second.role, !found->second.password_hash.empty(), found->second.disabled};
}

/// Somebody must be able to let others in.
Result<> Identity::keep_an_administrator(const std::string& without) const {
  for (const auto& [name, account] : accounts_) {
    if (name != without && account.role == rights::GlobalRole::admin && !account.disabled) return {};
  }
  return fail(ErrorKind::conflict,
              {"{} is the last administrator; make another one first", "{} 是最后一位管理员；请先设置另一位"},
              {without});
}

Result<> Identity::set_role(const std::string& name, rights::GlobalRole role) {
  WL_CHECK_OK(reload_if_changed());
  const auto found = accounts_.find(name);
  if (found == accounts_.end())
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {name});
  if (role != rights::GlobalRole::admin) WL_CHECK_OK(keep_an_administrator(name));
  auto statement = WL_TRY(database_->prepare("UPDATE accounts SET role = ? WHERE name = ?"));
  WL_CHECK_OK(statement.run(role == rights::GlobalRole::admin ? 1 : 0, name));
  found->second.role = role;
  return {};
}

Result<> Identity::set_disabled(const std::string& name, bool disabled) {
  WL_CHECK_OK(reload_if_changed());
  const auto found = accounts_.find(name);
  if (found == accounts_.end())
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {name});
  if (disabled) WL_CHECK_OK(keep_an_administrator(name));
  auto statement = WL_TRY(database_->prepare("UPDATE accounts SET disabled = ? WHERE name = ?"));
  WL_CHECK_OK(statement.run(disabled ? 1 : 0, name));
  found->second.disabled = disabled;
  return {};
}

Result<> Identity::remove_account(const std::string& name) {
  WL_CHECK_OK(reload_if_changed());
  if (!accounts_.contains(name))
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {name});
  WL_CHECK_OK(keep_an_administrator(name));
  auto transaction = WL_TRY(store::Transaction::begin(*database_, store::Transaction::Kind::write));
  for (const auto* sql : {"DELETE FROM tokens WHERE user = ?", "DELETE FROM members WHERE user = ?",
                          "DELETE FROM accounts WHERE name = ?"}) {
    auto statement = WL_TRY(database_->prepare(sql));
    WL_CHECK_OK(statement.run(name));
  }
  WL_CHECK_OK(transaction.commit());
  forget_tokens(name, false);
  members_.erase(name);
  accounts_.erase(name);
  return {};
}

void Identity::forget_tokens(std::string_view user, bool sessions_only) {
  std::erase_if(tokens_, [&](const auto& token) {
    return token.second.user == user && (token.second.session || !sessions_only);
  });
}

bool Identity::has_password(std::string_view name) const {
  const auto found = accounts_.find(name);
  return found != accounts_.end() && !found->second.password_hash.empty();
}

Result<std::string> hash_password(const std::string& password) {
  if (password.size() < kMinPassword) {
    return fail(ErrorKind::invalid, {"a password has at least {} characters", "密码至少 {} 个字符"}, {kMinPassword});
  }
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return fail(ErrorKind::exhausted, {"there is not enough memory to hash a password", "内存不足，无法计算密码散列"});
  }
  return std::string(hash.data());
}

bool verify_password(const std::string& hash, const std::string& password) {
  // Of a password nobody has: an unknown account takes as long as a wrong password.
  static const std::string kNobody = hash_password(random_text(40)).value_or("");
  const auto& known = hash.empty() ? kNobody : hash;
  return crypto_pwhash_str_verify(known.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

Result<> Identity::set_password_hash(const std::string& name, const std::string& hash) {
  WL_CHECK_OK(reload_if_changed());
  const auto found = accounts_.find(name);
  if (found == accounts_.end())
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {name});
  auto transaction = WL_TRY(store::Transaction::begin(*database_, store::Transaction::Kind::write));
  auto password = WL_TRY(database_->prepare("UPDATE accounts SET password = ? WHERE name = ?"));
  WL_CHECK_OK(password.run(hash, name));
  auto sessions = WL_TRY(database_->prepare("DELETE FROM tokens WHERE user = ? AND session = 1"));
  WL_CHECK_OK(sessions.run(name));
  WL_CHECK_OK(transaction.commit());
  found->second.password_hash = hash;
  forget_tokens(name, true);
  return {};
}

std::string Identity::password_hash(std::string_view name) const {
  const auto found = accounts_.find(name);
  return found == accounts_.end() || found->second.disabled ? std::string() : found->second.password_hash;
}

// ---- projects
// --------------------------------------------------------------------------------------------------------

std::optional<rights::User> Identity::find_user(std::string_view name) const {
  const auto account = accounts_.find(name);
  if (account == accounts_.end() || account->second.disabled) return std::nullopt;
  rights::User user;
  user.name = account->first;
  user.global = account->second.role;
  user.groups = {"system:authenticated"};
  if (const auto projects = members_.find(user.name); projects != members_.end()) user.projects = projects->second;
  return user;
}

std::vector<std::pair<std::string, rights::ProjectRole>> Identity::members(std::string_view project) const {
  std::vector<std::pair<std::string, rights::ProjectRole>> out;
  for (const auto& [user, projects] : members_) {
    for (const auto& [name, role] : projects) {
      if (name == project) out.emplace_back(user, role);
    }
  }
  return out;
}

Result<> Identity::remove_project(const std::string& project) {
  WL_CHECK_OK(reload_if_changed());
  if (members(project).empty()) return {};
  auto statement = WL_TRY(database_->prepare("DELETE FROM members WHERE project = ?"));
  WL_CHECK_OK(statement.run(project));
  for (auto& [user, projects] : members_) projects.erase(project);
  return {};
}

Result<> Identity::set_member(const std::string& project, const std::string& user, rights::ProjectRole role) {
  WL_CHECK_OK(reload_if_changed());
  if (!accounts_.contains(user))
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {user});
  if (role == rights::ProjectRole::none) {
    auto statement = WL_TRY(database_->prepare("DELETE FROM members WHERE project = ? AND user = ?"));
    WL_CHECK_OK(statement.run(project, user));
    members_[user].erase(project);
    return {};
  }
  auto statement = WL_TRY(database_->prepare(
      "INSERT INTO members(project, user, role) VALUES(?, ?, ?) ON CONFLICT(project, user) DO UPDATE SET role = "
      "excluded.role"));
  WL_CHECK_OK(statement.run(project, user, rights::to_string(role)));
  members_[user][project] = role;
  return {};
}

}  // namespace windlass::identity

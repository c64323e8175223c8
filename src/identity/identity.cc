#include "identity/identity.h"

#include <array>
#include <filesystem>
#include <sodium.h>

#include "store/disk.h"
#include "store/image.h"

namespace windlass::identity {

namespace {

using Object = store::ImageObject::Kind;

constexpr std::uint32_t kApplication = 0x574c4964;  // "WLId"
constexpr std::uint32_t kSchemaVersion = 1;
constexpr store::ImageObject kObjects[] = {
    {Object::table_without_rowid, "accounts", "accounts",
     "CREATE TABLE accounts(name TEXT NOT NULL PRIMARY KEY, role INTEGER NOT NULL, password TEXT NOT NULL) STRICT, "
     "WITHOUT ROWID"},
    {Object::table_without_rowid, "tokens", "tokens",
     "CREATE TABLE tokens(id TEXT NOT NULL PRIMARY KEY, digest BLOB NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, "
     "created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {Object::table_without_rowid, "members", "members",
     "CREATE TABLE members(project TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY(project, user)) "
     "STRICT, WITHOUT ROWID"},
};

constexpr std::string_view kPrefix = "wl_";
constexpr std::size_t kIdSize = 10;
constexpr std::size_t kSecretSize = 40;  ///< of 32 letters: 200 bits
constexpr std::size_t kMinPassword = 10;

std::string random_text(std::size_t size) {
  static constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string out(size, '\0');
  randombytes_buf(out.data(), out.size());
  for (char& c : out) c = kLetters[static_cast<unsigned char>(c) % kLetters.size()];
  return out;
}

std::string digest_of(std::string_view secret) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> out{};
  crypto_hash_sha256(out.data(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

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

Result<Identity> Identity::open(const std::string& path) {
  if (sodium_init() < 0) return fail(ErrorKind::internal, "the cryptographic library does not start");
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    auto image = WL_TRY(store::make_image(kObjects, kApplication, kSchemaVersion));
    auto disk = store::make_disk();
    WL_CHECK_OK(disk->write_shared_file(path, image));
    WL_CHECK_OK(disk->sync_folder(std::filesystem::path(path).parent_path().string()));
  }
  Identity out;
  auto database = WL_TRY(store::Database::open(path, {}));
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
  accounts_.clear();
  tokens_.clear();
  members_.clear();
  auto accounts = WL_TRY(database_->prepare("SELECT name, role, password FROM accounts"));
  accounts.start();
  while (WL_TRY(accounts.next())) {
    accounts_[std::string(accounts.bytes(0))] = {
        accounts.integer(1) == 1 ? rights::GlobalRole::admin : rights::GlobalRole::none,
        std::string(accounts.bytes(2))};
  }
  auto tokens = WL_TRY(database_->prepare("SELECT id, digest, user, expires FROM tokens"));
  tokens.start();
  while (WL_TRY(tokens.next())) {
    tokens_[std::string(tokens.bytes(0))] = {std::string(tokens.bytes(2)), std::string(tokens.bytes(1)),
                                             tokens.integer(3)};
  }
  auto members = WL_TRY(database_->prepare("SELECT project, user, role FROM members"));
  members.start();
  while (WL_TRY(members.next())) {
    members_[std::string(members.bytes(1))][std::string(members.bytes(0))] =
        rights::parse_project_role(members.bytes(2));
  }
  return {};
}

Result<bool> Identity::ensure_account(const std::string& name, rights::GlobalRole role) {
  if (auto problem = check_name(name); !problem.empty()) return fail(ErrorKind::invalid, problem);
  if (accounts_.contains(name)) return false;
  auto statement = WL_TRY(database_->prepare("INSERT OR IGNORE INTO accounts(name, role, password) VALUES(?, ?, '')"));
  WL_CHECK_OK(statement.run(name, role == rights::GlobalRole::admin ? 1 : 0));
  accounts_[name] = {role, ""};
  return true;
}

bool Identity::has_password(std::string_view name) const {
  const auto found = accounts_.find(name);
  return found != accounts_.end() && !found->second.password_hash.empty();
}

Result<std::string> hash_password(const std::string& password) {
  if (password.size() < kMinPassword) {
    return fail(ErrorKind::invalid, "a password has at least " + std::to_string(kMinPassword) + " characters");
  }
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return fail(ErrorKind::exhausted, "there is not enough memory to hash a password");
  }
  return std::string(hash.data());
}

bool verify_password(const std::string& hash, const std::string& password) {
  // Of a password nobody has: an unknown account takes as long as a wrong password.
  static const std::string kNobody = hash_password(random_text(kSecretSize)).value_or("");
  const auto& known = hash.empty() ? kNobody : hash;
  return crypto_pwhash_str_verify(known.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

Result<> Identity::set_password_hash(const std::string& name, const std::string& hash) {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return fail(ErrorKind::not_found, "there is no account named " + name);
  auto statement = WL_TRY(database_->prepare("UPDATE accounts SET password = ? WHERE name = ?"));
  WL_CHECK_OK(statement.run(hash, name));
  found->second.password_hash = hash;
  return {};
}

std::string Identity::password_hash(std::string_view name) const {
  const auto found = accounts_.find(name);
  return found == accounts_.end() ? std::string() : found->second.password_hash;
}

Result<> Identity::revoke_token(std::string_view token) {
  if (!token.starts_with(kPrefix) || token.size() < kPrefix.size() + kIdSize + 1) return {};
  const std::string id(token.substr(kPrefix.size(), kIdSize));
  const auto found = tokens_.find(id);
  // Only who has the whole token may take it away.
  if (found == tokens_.end() || found->second.digest != digest_of(token.substr(kPrefix.size() + kIdSize + 1)))
    return {};
  auto statement = WL_TRY(database_->prepare("DELETE FROM tokens WHERE id = ?"));
  WL_CHECK_OK(statement.run(id));
  tokens_.erase(found);
  return {};
}

Result<std::string> Identity::create_token(const NewToken& token, std::int64_t now_millis) {
  if (!accounts_.contains(token.user)) return fail(ErrorKind::not_found, "there is no account named " + token.user);
  const auto id = random_text(kIdSize);
  const auto secret = random_text(kSecretSize);
  const auto digest = digest_of(secret);
  auto statement = WL_TRY(
      database_->prepare("INSERT INTO tokens(id, digest, user, name, created, expires) VALUES(?, ?, ?, ?, ?, ?)"));
  WL_CHECK_OK(statement.run(id, store::Blob{digest}, token.user, token.name, now_millis, token.expires_millis));
  tokens_[id] = {token.user, digest, token.expires_millis};
  return std::string(kPrefix) + id + "_" + secret;
}

std::optional<rights::User> Identity::authenticate(std::string_view text, std::int64_t now_millis) {
  if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + kIdSize + 1 + kSecretSize) return std::nullopt;
  const auto id = text.substr(kPrefix.size(), kIdSize);
  const auto secret = text.substr(kPrefix.size() + kIdSize + 1);
  if (auto version = data_version(); !version || *version != seen_version_) {
    if (!reload()) return std::nullopt;
  }
  const auto found = tokens_.find(id);
  if (found == tokens_.end()) return std::nullopt;
  const auto digest = digest_of(secret);
  if (digest.size() != found->second.digest.size() ||
      sodium_memcmp(digest.data(), found->second.digest.data(), digest.size()) != 0) {
    return std::nullopt;
  }
  if (found->second.expires_millis != 0 && found->second.expires_millis <= now_millis) return std::nullopt;
  return find_user(found->second.user);
}

std::optional<rights::User> Identity::find_user(std::string_view name) const {
  const auto account = accounts_.find(name);
  if (account == accounts_.end()) return std::nullopt;
  rights::User user;
  user.name = account->first;
  user.global = account->second.role;
  user.groups = {"system:authenticated"};
  if (const auto projects = members_.find(user.name); projects != members_.end()) user.projects = projects->second;
  return user;
}

Result<> Identity::set_member(const std::string& project, const std::string& user, rights::ProjectRole role) {
  if (!accounts_.contains(user)) return fail(ErrorKind::not_found, "there is no account named " + user);
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

// The tokens of the book: made, checked, listed, taken away.
#include <array>
#include <sodium.h>

#include "identity/identity.h"
#include "identity/random_text.h"

namespace windlass::identity {

namespace {

constexpr std::string_view kPrefix = "wl_";
constexpr std::size_t kIdSize = 10;
constexpr std::size_t kSecretSize = 40;  ///< of 32 letters: 200 bits
constexpr std::size_t kMostName = 200;

std::string digest_of(std::string_view secret) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> out{};
  crypto_hash_sha256(out.data(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool looks_like_token(std::string_view text) {
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kIdSize + 1 + kSecretSize;
}

Result<std::string> Identity::create_token(const NewToken& token, std::int64_t now_millis) {
  WL_CHECK_OK(reload_if_changed());
  if (!accounts_.contains(token.user))
    return fail(ErrorKind::not_found, {"there is no account named {}", "没有名为 {} 的账户"}, {token.user});
  if (token.name.size() > kMostName) {
    return fail(ErrorKind::invalid, {"a token's name has at most {} characters", "令牌名称最多 {} 个字符"},
                {kMostName});
  }
  auto scopes = WL_TRY(rights::parse_scopes(token.scopes));
  if (!token.session) {
    std::size_t there = 0;
    for (const auto& [id, known] : tokens_) there += known.user == token.user && !known.session ? 1 : 0;
    if (there >= kMostTokens) {
      return fail(ErrorKind::exhausted,
                  {"{} has {} tokens, which is the most; revoke some first (windlass token list)",
                   "{} 已有 {} 个令牌，达到上限；请先吊销一些（windlass token list）"},
                  {token.user, there});
    }
  }
  const auto id = random_text(kIdSize);
  const auto secret = random_text(kSecretSize);
  const auto digest = digest_of(secret);
  auto statement = WL_TRY(database_->prepare(
      "INSERT INTO tokens(id, digest, user, name, created, expires, scopes, session) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  WL_CHECK_OK(statement.run(id, store::Blob{digest}, token.user, token.name, now_millis, token.expires_millis,
                            rights::to_string(scopes), token.session ? 1 : 0));
  tokens_[id] = {.user = token.user,
                 .digest = digest,
                 .expires_millis = token.expires_millis,
                 .scopes = std::move(scopes),
                 .session = token.session};
  return std::string(kPrefix) + id + "_" + secret;
}

std::optional<rights::User> Identity::authenticate(std::string_view text, std::int64_t now_millis) {
  if (!looks_like_token(text)) return std::nullopt;
  const auto id = text.substr(kPrefix.size(), kIdSize);
  const auto secret = text.substr(kPrefix.size() + kIdSize + 1);
  if (!reload_if_changed()) return std::nullopt;
  const auto found = tokens_.find(id);
  if (found == tokens_.end()) return std::nullopt;
  auto& token = found->second;
  if (!same(digest_of(secret), token.digest)) return std::nullopt;
  if (token.expires_millis != 0 && token.expires_millis <= now_millis) return std::nullopt;
  auto user = find_user(token.user);
  if (!user) return std::nullopt;
  user->scopes = token.scopes;
  token.used_millis = now_millis;
  token.touched = true;
  return user;
}

Result<> Identity::revoke_token(std::string_view text) {
  if (!text.starts_with(kPrefix) || text.size() < kPrefix.size() + kIdSize + 1) return {};
  const std::string id(text.substr(kPrefix.size(), kIdSize));
  const auto found = tokens_.find(id);
  // Only who has the whole token may take it away.
  if (found == tokens_.end() || !same(found->second.digest, digest_of(text.substr(kPrefix.size() + kIdSize + 1)))) {
    return {};
  }
  return revoke_token_id(id);
}

Result<> Identity::revoke_token_id(std::string_view id) {
  WL_CHECK_OK(reload_if_changed());
  const auto found = tokens_.find(id);
  if (found == tokens_.end()) return fail(ErrorKind::not_found, {"there is no token {}", "没有令牌 {}"}, {id});
  auto statement = WL_TRY(database_->prepare("DELETE FROM tokens WHERE id = ?"));
  WL_CHECK_OK(statement.run(id));
  tokens_.erase(found);
  return {};
}

Result<std::vector<TokenInfo>> Identity::tokens(std::string_view user) const {
  auto row = WL_TRY(
      database_->prepare("SELECT id, user, name, scopes, session, created, expires, used FROM tokens WHERE ?1 = '' OR "
                         "user = ?1 ORDER BY created, id"));
  row.start(user);
  std::vector<TokenInfo> out;
  while (WL_TRY(row.next())) {
    TokenInfo info{.id = std::string(row.bytes(0)),
                   .user = std::string(row.bytes(1)),
                   .name = std::string(row.bytes(2)),
                   .scopes = std::string(row.bytes(3)),
                   .session = row.integer(4) != 0,
                   .created_millis = row.integer(5),
                   .expires_millis = row.integer(6),
                   .used_millis = row.integer(7)};
    if (const auto known = tokens_.find(info.id); known != tokens_.end()) {
      info.used_millis = std::max(info.used_millis, known->second.used_millis);
    }
    out.push_back(std::move(info));
  }
  return out;
}

Result<std::size_t> Identity::tidy_tokens(std::int64_t now_millis) {
  WL_CHECK_OK(reload_if_changed());
  auto transaction = WL_TRY(store::Transaction::begin(*database_, store::Transaction::Kind::write));
  auto gone = WL_TRY(database_->prepare("DELETE FROM tokens WHERE expires <> 0 AND expires <= ?"));
  WL_CHECK_OK(gone.run(now_millis));
  const auto count = static_cast<std::size_t>(database_->changes());
  auto used = WL_TRY(database_->prepare("UPDATE tokens SET used = max(used, ?2) WHERE id = ?1"));
  bool touched = false;
  for (const auto& [id, token] : tokens_) {
    if (!token.touched) continue;
    touched = true;
    WL_CHECK_OK(used.run(id, token.used_millis));
  }
  if (count == 0 && !touched) return 0;  // nothing to write: no sync either
  WL_CHECK_OK(transaction.commit());
  std::erase_if(tokens_, [&](const auto& token) {
    return token.second.expires_millis != 0 && token.second.expires_millis <= now_millis;
  });
  for (auto& [id, token] : tokens_) token.touched = false;
  return count;
}

}  // namespace windlass::identity

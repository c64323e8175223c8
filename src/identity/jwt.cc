#include "identity/jwt.h"

#include <array>
#include <cmath>
#include <sodium.h>

#include "data/json.h"
#include "text/codec.h"

namespace windlass::identity {

using data::Value;

namespace {

constexpr std::size_t kMaxToken = 8 * 1024;

std::unexpected<Error> refuse(std::string why) { return fail(ErrorKind::unauthenticated, std::move(why)); }

Result<Value> object_of(std::string_view part) {
  auto bytes = text::decode_base64(part, text::Base64::url);
  if (!bytes) return refuse("a part of the token is no base64url");
  data::JsonParseOptions strict;
  strict.max_depth = 8;
  strict.allow_duplicate_keys = false;  // two readers could take different ones
  auto value = data::parse_json(*bytes, strict);
  if (!value || !value->is_map()) return refuse("a part of the token is no JSON object");
  return std::move(*value);
}

/// A time claim in seconds: absent is 0; anything but a number that makes sense is refused.
Result<std::int64_t> time_of(const Value& claims, std::string_view name) {
  const Value* value = claims.find(name);
  if (value == nullptr || value->is_null()) return 0;
  const double seconds = value->is_number() ? value->as_double() : std::nan("");
  if (!(seconds >= 1 && seconds < 1e12)) return refuse("the claim " + std::string(name) + " is no time");
  return static_cast<std::int64_t>(seconds);
}

}  // namespace

bool looks_like_jwt(std::string_view token) {
  int dots = 0;
  for (const char c : token) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == '.') {
      ++dots;
    } else if (!letter && c != '-' && c != '_') {
      return false;
    }
  }
  return dots == 2 && token.size() <= kMaxToken && !token.starts_with('.') && !token.ends_with('.') &&
         token.find("..") == std::string_view::npos;
}

std::string jwt_algorithm(std::string_view token) {
  if (!looks_like_jwt(token)) return {};
  const auto header = object_of(token.substr(0, token.find('.')));
  return header ? header->get_string("alg") : std::string();
}

Result<JwtClaims> verify_jwt(std::string_view token, std::string_view secret, std::int64_t now_seconds,
                             std::chrono::seconds skew) {
  if (secret.size() < kMinJwtSecret) {
    return fail(ErrorKind::invalid,
                "the secret of KubeSphere's tokens is shorter than " + std::to_string(kMinJwtSecret) + " characters");
  }
  if (!looks_like_jwt(token)) return refuse("the token has not the form of a JWT");
  const auto first = token.find('.'), last = token.rfind('.');
  const auto header = WL_TRY(object_of(token.substr(0, first)));
  if (header.get_string("alg") != "HS256") return refuse("the token is not signed with HS256");
  if (header.find("crit") != nullptr) return refuse("the token has critical headers");
  const auto signature = text::decode_base64(token.substr(last + 1), text::Base64::url);
  if (!signature || signature->size() != crypto_auth_hmacsha256_BYTES) return refuse("the signature has a wrong size");
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  const auto covered = token.substr(0, last);
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(covered.data()), covered.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> expected{};
  crypto_auth_hmacsha256_final(&state, expected.data());
  sodium_memzero(&state, sizeof state);
  if (sodium_memcmp(expected.data(), signature->data(), expected.size()) != 0) return refuse("the signature is wrong");

  const auto claims = WL_TRY(object_of(token.substr(first + 1, last - first - 1)));
  JwtClaims out;
  out.username = claims.get_string("username");
  if (out.username.empty()) out.username = claims.get_string("sub");
  out.uid = claims.get_string("uid");
  out.token_type = claims.get_string("token_type", "access_token");
  out.issuer = claims.get_string("iss");
  out.expires = WL_TRY(time_of(claims, "exp"));
  out.not_before = WL_TRY(time_of(claims, "nbf"));
  if (out.username.empty()) return refuse("the token names no user");
  if (out.token_type != "access_token" && out.token_type != "static_token" && out.token_type != "id_token") {
    return refuse("a token of the type " + out.token_type + " opens nothing");
  }
  if (out.expires == 0 && out.token_type != "static_token") return refuse("the token never expires");
  if (out.expires != 0 && now_seconds - skew.count() >= out.expires) return refuse("the token has expired");
  if (out.not_before != 0 && now_seconds + skew.count() < out.not_before) return refuse("the token is not valid yet");
  return out;
}

}  // namespace windlass::identity

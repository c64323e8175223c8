// KubeSphere's access tokens: JSON Web Tokens signed with HS256 and the secret that its API server shares with us.
//
//   base64url({"alg":"HS256","typ":"JWT"}) . base64url(claims) . base64url(HMAC-SHA256 of what stands before)
//
// The algorithm is not the token's choice: anything but HS256 is refused, "none" and a public key used as a secret with
// it. Nothing of a token is believed before its signature is. Pure; the time is an argument. Source: RFC 7515, RFC
// 7519; kubesphere API 7 for the claims.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::identity {

struct JwtClaims {
  std::string username, uid;
  std::string token_type;  ///< "access_token", "static_token"
  std::string issuer;
  std::int64_t expires = 0;     ///< seconds since 1970; 0: never, which only a static token may
  std::int64_t not_before = 0;  ///< 0: always
};

/// A secret shorter than this can be guessed from one token.
inline constexpr std::size_t kMinJwtSecret = 16;

/// Whether a text has the form of a JWT at all: three parts of base64url.
bool looks_like_jwt(std::string_view token);

/// What the header of a JWT calls its algorithm, believed by nobody: to tell whose it could be. Empty for other texts.
std::string jwt_algorithm(std::string_view token);

/// The claims of a token that is signed with `secret`, valid at `now_seconds` give or take `skew`, and no refresh
/// token. Errors: unauthenticated, with a reason that is for logs and not for whoever sent it; invalid (the secret is
/// too short).
Result<JwtClaims> verify_jwt(std::string_view token, std::string_view secret, std::int64_t now_seconds,
                             std::chrono::seconds skew);

}  // namespace windlass::identity

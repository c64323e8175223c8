// Tokens as KubeSphere makes them, and what must not pass for one.
#include "identity/jwt.h"

#include <gtest/gtest.h>

#include "text/codec.h"
#include "text/digest.h"

namespace windlass::identity {
namespace {

const std::string kSecret = "0123456789abcdefghijklmnopqrstuv";
constexpr std::int64_t kNow = 1'700'000'000;

std::string base64(std::string_view bytes) { return text::encode_base64(bytes, text::Base64::url, false); }
std::string sign(std::string_view header, std::string_view claims, const std::string& secret = kSecret) {
  const auto covered = base64(header) + "." + base64(claims);
  return covered + "." + base64(*text::hmac("HmacSHA256", secret, covered));
}
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

std::string verdict(const std::string& token, std::int64_t now = kNow) {
  auto claims = verify_jwt(token, kSecret, now, std::chrono::seconds(10));
  return claims ? "welcome " + claims->username : claims.error().message;
}
std::string verdict_of(std::string_view claims, std::int64_t now = kNow) { return verdict(sign(kHeader, claims), now); }

TEST(Jwt, AKnownVector) {
  // Made with Python's hmac and base64 for this secret and these bytes.
  EXPECT_EQ(
      sign(kHeader, R"({"username":"admin"})"),
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VybmFtZSI6ImFkbWluIn0.EVmdR7zIFC7m8QR0zZ62qrQwT1RdnkxGRNw_FwJkZ5o");
}

TEST(Jwt, Times) {
  const auto* claims = R"({"username":"ada","token_type":"access_token","exp":1700000100,"nbf":1699999900})";
  EXPECT_EQ(verdict_of(claims), "welcome ada");
  EXPECT_EQ(verdict_of(claims, 1'700'000'109), "welcome ada") << "within the skew";
  EXPECT_EQ(verdict_of(claims, 1'700'000'110), "the token has expired");
  EXPECT_EQ(verdict_of(claims, 1'699'999'890), "welcome ada") << "within the skew";
  EXPECT_EQ(verdict_of(claims, 1'699'999'889), "the token is not valid yet");
  EXPECT_EQ(verdict_of(R"({"username":"ada","token_type":"access_token"})"), "the token never expires");
  EXPECT_EQ(verdict_of(R"({"username":"ada","token_type":"static_token"})"), "welcome ada");
  EXPECT_EQ(verdict_of(R"({"username":"ada","exp":"never"})"), "the claim exp is no time");
  EXPECT_EQ(verdict_of(R"({"username":"ada","exp":-1})"), "the claim exp is no time");
  EXPECT_EQ(verdict_of(R"({"username":"ada","exp":1e300})"), "the claim exp is no time");
}

TEST(Jwt, Users) {
  EXPECT_EQ(verdict_of(R"({"sub":"bob","exp":1700000100})"), "welcome bob") << "4.x";
  EXPECT_EQ(verdict_of(R"({"exp":1700000100})"), "the token names no user");
  EXPECT_EQ(verdict_of(R"({"username":"a","token_type":"refresh_token","exp":1700000100})"),
            "a token of the type refresh_token opens nothing");
  EXPECT_EQ(verdict_of(R"({"username":"a","username":"admin","exp":1700000100})"),
            "a part of the token is no JSON object");
}

TEST(Jwt, Forgeries) {
  const auto* claims = R"({"username":"admin","token_type":"static_token"})";
  EXPECT_EQ(verdict(sign(kHeader, claims, "another secret of enough bytes")), "the signature is wrong");
  EXPECT_EQ(verdict(sign(R"({"alg":"none"})", claims)), "the token is not signed with HS256");
  EXPECT_EQ(verdict(sign(R"({"alg":"RS256"})", claims)), "the token is not signed with HS256");
  EXPECT_EQ(verdict(sign(R"({"alg":"hs256"})", claims)), "the token is not signed with HS256");
  EXPECT_EQ(verdict(sign(R"({"alg":"HS256","crit":["x"]})", claims)), "the token has critical headers");
  auto token = sign(kHeader, claims);
  EXPECT_EQ(verdict(token), "welcome admin");
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(verdict(changed).find("welcome"), std::string::npos) << i;
  }
  for (std::size_t i = 0; i < token.size(); ++i) {
    EXPECT_EQ(verdict(token.substr(0, i)).find("welcome"), std::string::npos) << i;
  }
  EXPECT_EQ(verdict(base64(kHeader) + "." + base64(claims) + "."), "the token has not the form of a JWT");
  EXPECT_EQ(verdict(token + ".x"), "the token has not the form of a JWT");
  EXPECT_EQ(verdict(""), "the token has not the form of a JWT");
  EXPECT_EQ(verify_jwt(sign(kHeader, claims, "short"), "short", kNow, {}).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace windlass::identity

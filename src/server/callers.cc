#include "server/callers.h"

#include <chrono>

#include "casc/authorization.h"
#include "identity/jwt.h"
#include "server/login.h"
#include "text/codec.h"

namespace windlass::server {

using net::Request;
using rights::User;

std::string token_of(const Request& request) {
  auto header = request.headers.get("Authorization");
  if (header.empty()) header = request.headers.get("X-KubeSphere-Authorization");
  constexpr std::string_view kBearer = "Bearer ", kBasic = "Basic ";
  if (header.starts_with(kBearer)) return std::string(header.substr(kBearer.size()));
  if (header.starts_with(kBasic)) {
    auto plain = text::decode_base64(header.substr(kBasic.size()));
    if (plain) {
      const auto colon = plain->find(':');
      if (colon != std::string::npos) return plain->substr(colon + 1);
    }
  }
  return {};
}

Callers::Callers(identity::Identity& book, std::function<std::int64_t()> now_millis, const ServerConfig& config)
    : book_(book), now_millis_(std::move(now_millis)), config_(config) {}

void Callers::configure(const ServerConfig& config) {
  config_ = config;
  grant();
  if (sign_in_) sign_in_->configure(config.audiences, config.access_reviews);
}

void Callers::use(const casc::Configuration* configuration) {
  authorization_.reset();
  if (configuration != nullptr) authorization_ = configuration->authorization;
  grant();
}

void Callers::grant() {
  grants_ = authorization_ ? casc::rights_of(*authorization_, config_.jenkins_rights, ++generation_).table
                           : rights::GrantTable();
}

void Callers::use(kube::Client& cluster) {
  ClusterSignInOptions made;
  made.review_token = [&cluster](std::string token, std::vector<std::string> audiences) {
    return cluster.review_token(std::move(token), std::move(audiences));
  };
  made.review_access = [&cluster](kube::Person person, kube::Attributes what) {
    return cluster.review_access(std::move(person), std::move(what));
  };
  made.audiences = config_.audiences;
  made.access_reviews = config_.access_reviews;
  made.now = [] { return std::chrono::steady_clock::now(); };
  sign_in_ = std::make_unique<ClusterSignIn>(std::move(made));
}

std::optional<User> Callers::authenticate(std::string_view token) {
  auto user = authenticate_without_grants(token);
  if (user) grants_.apply(*user);
  return user;
}

std::optional<User> Callers::authenticate_without_grants(std::string_view token) {
  const auto now = now_millis_();
  if (config_.jwt_secret.empty() || !identity::looks_like_jwt(token)) return book_.authenticate(token, now);
  auto claims = identity::verify_jwt(token, config_.jwt_secret, now / 1000, config_.clock_skew);
  if (!claims) return std::nullopt;
  auto user = book_.find_user(claims->username);
  if (!user) {
    user.emplace();
    user->name = claims->username;
    user->groups = {"system:authenticated"};
  }
  user->uid = claims->uid;
  user->cluster_name = claims->username;
  return user;
}

std::optional<User> Callers::find_user(std::string_view name) {
  auto user = book_.find_user(name);
  if (user) grants_.apply(*user);
  return user;
}

std::optional<User> Callers::at_once(const Request& request) {
  auto token = token_of(request);
  if (token.empty()) token = Login::session_of(request);
  if (token.empty()) return std::nullopt;
  auto user = authenticate(token);
  if (user || !sign_in_) return user;
  user = sign_in_->kept(token);
  if (!user || !user->authenticated()) return std::nullopt;
  grants_.apply(*user);
  return user;
}

rt::Task<std::optional<User>> Callers::identify(const Request& request) {
  auto user = at_once(request);
  auto token = token_of(request);
  if (user || !sign_in_ || !ClusterSignIn::may_be_of_cluster(token)) co_return user;
  auto person = WL_CO_TRY(co_await sign_in_->review(std::move(token)));
  if (!person.authenticated()) co_return std::nullopt;
  grants_.apply(person);
  co_return person;
}

rt::Task<bool> Callers::also_allowed(User user, rights::Attributes what) {
  if (!sign_in_) co_return false;
  co_return co_await sign_in_->allows(std::move(user), std::move(what));
}

}  // namespace windlass::server

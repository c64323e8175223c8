#include "server/callers.h"

#include <chrono>

#include "casc/authorization.h"
#include "identity/jwt.h"
#include "server/login.h"
#include "text/codec.h"

namespace windlass::server {

using net::Request;
using net::Response;
using rights::User;

namespace {

constexpr std::string_view kBearer = "Bearer ", kBasic = "Basic ";
constexpr std::size_t kMostPassword = 1'024;

std::string_view credentials_of(const Request& request) {
  const auto header = request.headers.get("Authorization");
  return header.empty() ? request.headers.get("X-KubeSphere-Authorization") : header;
}

struct Basic {
  std::string user, password;
};

/// Browsers repeat what they were given once, whichever page asks: then it has to be a page of ours, as for cookies.
std::optional<Basic> basic_of(const Request& request) {
  const auto header = credentials_of(request);
  if (!header.starts_with(kBasic)) return std::nullopt;
  const bool reads = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (!reads && Login::is_of_another_site(request)) return std::nullopt;
  const auto plain = text::decode_base64(header.substr(kBasic.size()));
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Basic{plain->substr(0, colon), plain->substr(colon + 1)};
}

/// What has the form of a token is one, and stays one when it has expired.
bool may_be_password(const Basic& basic) {
  return !basic.user.empty() && !basic.password.empty() && basic.password.size() <= kMostPassword &&
         !identity::looks_like_token(basic.password) && !identity::looks_like_jwt(basic.password);
}

}  // namespace

std::string token_of(const Request& request) {
  const auto header = credentials_of(request);
  if (header.starts_with(kBearer)) return std::string(header.substr(kBearer.size()));
  if (auto basic = basic_of(request)) return std::move(basic->password);
  return {};
}

Callers::Callers(identity::Identity& book, Passwords& passwords, std::function<std::int64_t()> now_millis,
                 const ServerConfig& config)
    : book_(book), passwords_(passwords), now_millis_(std::move(now_millis)), config_(config) {}

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
  if (user) return user;
  if (const auto basic = basic_of(request); basic && may_be_password(*basic)) {
    return passwords_.is_known(basic->user, basic->password) ? find_user(basic->user) : std::nullopt;
  }
  if (!sign_in_) return std::nullopt;
  user = sign_in_->kept(token);
  if (!user || !user->authenticated()) return std::nullopt;
  grants_.apply(*user);
  return user;
}

boost::asio::awaitable<Callers::Caller> Callers::identify(const Request& request) {
  Caller out{at_once(request), std::nullopt};
  if (out.user) co_return out;
  // Passwords are not shown to the cluster.
  if (const auto basic = basic_of(request); basic && may_be_password(*basic)) {
    const auto answer = co_await passwords_.check(request.peer, basic->user, basic->password);
    if (answer.verdict == Passwords::Verdict::good) out.user = find_user(basic->user);
    if (answer.verdict == Passwords::Verdict::good || answer.verdict == Passwords::Verdict::wrong) co_return out;
    out.refusal = Response::text(429, answer.verdict == Passwords::Verdict::closed
                                          ? "too many wrong passwords; try again in five minutes\n"
                                          : "too many passwords at once; try again in a moment, or use a token\n");
    out.refusal->headers.add("Retry-After", std::to_string(answer.retry_seconds));
    co_return out;
  }
  auto token = token_of(request);
  if (!sign_in_ || !ClusterSignIn::may_be_of_cluster(token)) co_return out;
  auto person = co_await sign_in_->review(std::move(token));
  if (!person) {
    out.refusal = Response::text(503, person.error().message + "\n");
    out.refusal->headers.add("Retry-After", "5");
    co_return out;
  }
  if (!person->authenticated()) co_return out;
  grants_.apply(*person);
  out.user = std::move(*person);
  co_return out;
}

rt::Task<bool> Callers::also_allowed(User user, rights::Attributes what) {
  if (!sign_in_) co_return false;
  co_return co_await sign_in_->allows(std::move(user), std::move(what));
}

}  // namespace windlass::server

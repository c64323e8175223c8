#include "server/cluster_sign_in.h"

#include <algorithm>

#include "identity/jwt.h"
#include "text/digest.h"

namespace windlass::server {

using rights::User;

namespace {

constexpr std::size_t kMostToken = 16 * 1024;
constexpr std::string_view kOurs = "wl_";

/// Counts down on every way out of a coroutine.
class Turn {
 public:
  explicit Turn(std::size_t& count) : count_(count) { ++count_; }
  ~Turn() { --count_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::size_t& count_;
};

User user_of(const kube::Person& person) {
  User out;
  // A prefix of its own: an account or a member of that name here is somebody else.
  out.name = "cluster:" + person.name;
  out.uid = person.uid;
  out.groups = person.groups;
  if (std::ranges::find(out.groups, "system:authenticated") == out.groups.end()) {
    out.groups.emplace_back("system:authenticated");
  }
  out.cluster_name = person.name;
  out.cluster_extra = person.extra;
  return out;
}

}  // namespace

template <class T>
std::optional<T> ClusterSignIn::Answers<T>::find(const std::string& key, std::chrono::steady_clock::time_point now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  if (found->second.until <= now) {
    order_.erase(found->second.place);
    entries_.erase(found);
    return std::nullopt;
  }
  return found->second.value;
}

template <class T>
void ClusterSignIn::Answers<T>::put(std::string key, T value, std::chrono::steady_clock::time_point until) {
  if (const auto found = entries_.find(key); found != entries_.end()) {
    order_.erase(found->second.place);
    entries_.erase(found);
  }
  if (entries_.size() == kMostKept) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(key);
  entries_.emplace(std::move(key), Entry{std::move(value), until, std::prev(order_.end())});
}

void ClusterSignIn::configure(std::vector<std::string> audiences, bool access_reviews) {
  if (audiences == options_.audiences && access_reviews == options_.access_reviews) return;
  options_.audiences = std::move(audiences);
  options_.access_reviews = access_reviews;
  people_.clear();
  verdicts_.clear();
}

bool ClusterSignIn::may_be_of_cluster(std::string_view token) {
  if (token.empty() || token.size() > kMostToken || token.starts_with(kOurs)) return false;
  if (std::ranges::any_of(token, [](unsigned char c) { return c <= ' ' || c > '~'; })) return false;
  // KubeSphere's are signed by a secret that both sides have, the cluster's by a key of its own.
  return identity::jwt_algorithm(token) != "HS256";
}

std::string ClusterSignIn::key_of(std::string_view token) const {
  return text::digest("SHA-256", token).value_or(std::string(token));
}

std::optional<User> ClusterSignIn::kept(std::string_view token) {
  if (!may_be_of_cluster(token)) return User();
  return people_.find(key_of(token), options_.now());
}

rt::Task<User> ClusterSignIn::review(std::string token) {
  if (auto known = kept(token)) co_return std::move(*known);
  if (options_.audiences.empty()) co_return User();
  if (at_once_ >= kMostAtOnce) {
    co_return fail(ErrorKind::unavailable, "the cluster is being asked about many tokens; try again in a moment");
  }
  const Turn turn(at_once_);
  const auto key = key_of(token);
  const auto audiences = options_.audiences;
  auto person = co_await options_.review_token(std::move(token), audiences);
  if (!person && person.error().code != 401) {
    co_return fail(ErrorKind::unavailable,
                   "the cluster cannot be asked whose token this is: " + person.error().message);
  }
  // What the configuration has meanwhile stopped asking for is not kept.
  if (audiences != options_.audiences) co_return User();
  auto user = person ? user_of(*person) : User();
  people_.put(key, user, options_.now() + (person ? kKnown : kUnknown));
  co_return user;
}

rt::Task<bool> ClusterSignIn::allows(User user, rights::Attributes what) {
  if (!options_.access_reviews || user.cluster_name.empty() || !user.scopes.everything() || what.namespace_.empty()) {
    co_return false;
  }
  const kube::Attributes asked{.verb = what.verb,
                               .group = what.group,
                               .resource = what.resource,
                               .subresource = what.subresource,
                               .name = what.name,
                               .namespace_ = what.namespace_,
                               .path = {}};
  std::string key = user.cluster_name + "\n" + user.uid;
  for (const auto& group : user.groups) key += "\n" + group;
  for (const auto& [name, values] : user.cluster_extra) {
    key += "\n" + name;
    for (const auto& value : values) key += "=" + value;
  }
  key += "\n\n" + asked.text();
  if (const auto known = verdicts_.find(key, options_.now())) co_return *known;
  if (at_once_ >= kMostAtOnce) {
    co_return fail(ErrorKind::unavailable, "the cluster is being asked about many rights; try again in a moment");
  }
  const Turn turn(at_once_);
  const kube::Person person{
      .name = user.cluster_name, .uid = user.uid, .groups = user.groups, .extra = user.cluster_extra};
  const auto verdict = co_await options_.review_access(person, asked);
  if (!verdict) {
    co_return fail(ErrorKind::unavailable, "the cluster cannot be asked whether " + user.name + " may " + asked.text() +
                                               ": " + verdict.error().message);
  }
  if (!options_.access_reviews) co_return false;
  verdicts_.put(std::move(key), verdict->allowed, options_.now() + (verdict->allowed ? kAllowed : kRefused));
  co_return verdict->allowed;
}

}  // namespace windlass::server

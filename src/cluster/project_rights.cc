#include "cluster/project_rights.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "cluster/definitions.h"
#include "kube/api_answer.h"
#include "kube/cluster_check.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;

namespace {

constexpr std::string_view kProjectLabel = "kubesphere.io/devopsproject";
constexpr std::string_view kFinalizer = "windlass.io/project-rights";
/// Of a credential, by the project's other half (controllers/names.h).
constexpr std::string_view kCredentialFinalizer = "finalizers.kubesphere.io/credential";
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kForeignFor{60};
constexpr std::size_t kMostForeign = 1000;
constexpr std::chrono::seconds kLookAtLeaving{2};

const kube::Resource& role_bindings() {
  static const kube::Resource kBindings{"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true};
  return kBindings;
}

objects::ApiStatus refused(std::string message) {
  objects::ApiStatus out;
  out.code = 403;
  out.reason = "Forbidden";
  out.message = std::move(message);
  return out;
}

bool binds(const Value& binding, const std::string& role, const Value& subject) {
  const Value* of = binding.find("roleRef");
  const Value* subjects = binding.find("subjects");
  if (of == nullptr || subjects == nullptr || of->get_string("name") != role ||
      of->get_string("kind") != "ClusterRole") {
    return false;
  }
  for (const auto& one : subjects->items()) {
    if (one.get_string("kind") == "ServiceAccount" && one.get_string("name") == subject.get_string("name") &&
        one.get_string("namespace") == subject.get_string("namespace")) {
      return true;
    }
  }
  return false;
}

}  // namespace

ProjectRights::ProjectRights(kube::Client& client, ProjectRightsOptions options)
    : client_(client), options_(std::move(options)) {}

ApiTask<bool> ProjectRights::ensure(std::string namespace_) {
  for (;;) {
    if (bound_.contains(namespace_)) co_return true;
    if (const auto seen = foreign_.find(namespace_);
        seen != foreign_.end() && client_.timers().now() - seen->second < kForeignFor) {
      co_return false;
    }
    const auto working = in_work_.find(namespace_);
    if (working == in_work_.end()) break;
    const auto done = working->second;
    (void)co_await done->wait(client_.timers().now() + kPatience);
  }
  const auto done = std::make_shared<rt::Signal>(client_.io(), client_.timers());
  in_work_[namespace_] = done;
  auto out = co_await bind(namespace_);
  if (out && *out) bound_.insert(namespace_);
  if (out && !*out) {
    if (foreign_.size() >= kMostForeign) foreign_.clear();
    foreign_[namespace_] = client_.timers().now();
  }
  in_work_.erase(namespace_);
  done->notify();
  co_return out;
}

ApiTask<bool> ProjectRights::bind(std::string namespace_) {
  const auto space = co_await client_.get(kube::resources::namespaces(), "", namespace_);
  if (!space && space.error().code == 404) co_return false;
  if (!space) co_return std::unexpected(space.error());
  if (objects::label(*space, kProjectLabel).empty()) co_return false;
  const auto who = WL_API_TRY(co_await subject());
  auto there = co_await client_.get(role_bindings(), namespace_, options_.role);
  if (!there && there.error().code != 404) co_return std::unexpected(std::move(there).error());
  if (!there) {
    // A namespace on its way out takes nothing new.
    if (objects::is_being_deleted(*space)) co_return false;
    if (options_.may_write && !options_.may_write()) {
      co_return objects::unavailable("this server does not lead any more, so it binds no rights");
    }
    Value metadata =
        Value::map_of("name", options_.role, "namespace", namespace_, "labels",
                      Value::map_of(std::string(kManagedBy), kWindlass), "finalizers", Value::list_of(kFinalizer));
    Value binding = Value::map_of(
        "apiVersion", role_bindings().api_version(), "kind", "RoleBinding", "metadata", std::move(metadata), "roleRef",
        Value::map_of("apiGroup", role_bindings().group, "kind", "ClusterRole", "name", options_.role), "subjects",
        Value::list_of(who));
    there = co_await client_.create(role_bindings(), namespace_, std::move(binding));
    if (!there && there.error().code == 409) there = co_await client_.get(role_bindings(), namespace_, options_.role);
    if (!there) {
      co_return std::unexpected(
          refused("the rights in the namespace " + namespace_ + " cannot be bound: " + there.error().message));
    }
    if (options_.log) options_.log("has the rights of " + options_.role + " in the namespace " + namespace_ + " now");
  }
  if (!binds(*there, options_.role, who)) {
    co_return std::unexpected(refused("the RoleBinding " + options_.role + " in the namespace " + namespace_ +
                                      " is not for this server; delete it, and it is made anew"));
  }
  co_return co_await is_there(namespace_);
}

/// An API server learns of a binding a moment after it has stored it.
ApiTask<bool> ProjectRights::is_there(std::string namespace_) {
  kube::Attributes asked;
  asked.verb = "get";
  asked.resource = "secrets";
  asked.namespace_ = namespace_;
  auto& timers = client_.timers();
  const auto deadline = timers.now() + kPatience;
  for (;;) {
    const auto verdict = WL_API_TRY(co_await client_.may_we(asked));
    if (verdict.allowed) co_return true;
    if (timers.now() >= deadline) {
      co_return std::unexpected(refused("the rights in the namespace " + namespace_ +
                                        " are bound, and the cluster does " + "not give them; is the ClusterRole " +
                                        options_.role + " there?"));
    }
    co_await rt::sleep_until(client_.io(), timers, timers.now() + kLook);
  }
}

ApiTask<Value> ProjectRights::subject() {
  const auto deadline = client_.timers().now() + client_.options().call_limit;
  const auto headers = co_await client_.credentials().headers(deadline);
  if (!headers) co_return objects::unavailable("who we are in the cluster is not known: " + headers.error().text());
  constexpr std::string_view kBearer = "Bearer ", kAccount = "system:serviceaccount:";
  for (const auto& [name, value] : *headers) {
    if (name != "Authorization" || !value.starts_with(kBearer)) continue;
    const auto who = kube::token_subject(std::string_view(value).substr(kBearer.size()));
    const auto colon = who.rfind(':');
    if (!who.starts_with(kAccount) || colon < kAccount.size()) continue;
    co_return Value::map_of("kind", "ServiceAccount", "name", who.substr(colon + 1), "namespace",
                            who.substr(kAccount.size(), colon - kAccount.size()));
  }
  co_return std::unexpected(
      refused("rights in projects can be bound for a service account only, and this server's token is of none; start "
              "it without "
              "--project-role"));
}

void ProjectRights::leave(const std::string& namespace_) {
  if (!leaving_.insert(namespace_).second) return;
  boost::asio::co_spawn(client_.io(), see_off(namespace_), boost::asio::detached);
}

boost::asio::awaitable<void> ProjectRights::see_off(std::string namespace_) {
  for (;;) {
    const auto gone = co_await let_go(namespace_);
    if (gone && *gone) break;
    if (!gone && gone.error().code == kube::kCancelled) co_return;
    co_await rt::sleep_until(client_.io(), client_.timers(), client_.timers().now() + kLookAtLeaving);
  }
  bound_.erase(namespace_);
  leaving_.erase(namespace_);
}

/// True: there is no binding of ours any more, or none that keeps the namespace.
ApiTask<bool> ProjectRights::let_go(std::string namespace_) {
  auto there = co_await client_.get(role_bindings(), namespace_, options_.role);
  if (!there && there.error().code == 404) co_return true;
  if (!there) co_return std::unexpected(std::move(there).error());
  auto finalizers = objects::finalizers_of(*there);
  if (std::erase(finalizers, kFinalizer) == 0) co_return true;
  kube::ListQuery all;
  all.namespace_ = namespace_;
  all.metadata_only = true;
  const auto secrets = WL_API_TRY(co_await client_.list(kube::resources::secrets(), std::move(all)));
  const Value* items = secrets.find("items");
  for (const auto& one : items != nullptr ? items->items() : Value::List{}) {
    const auto of = objects::finalizers_of(one);
    if (std::ranges::find(of, kCredentialFinalizer) != of.end()) co_return false;
  }
  if (options_.may_write && !options_.may_write()) co_return false;
  objects::set_finalizers(*there, finalizers);
  auto done = co_await client_.update(role_bindings(), namespace_, options_.role, std::move(*there));
  if (!done && done.error().code != 404) co_return std::unexpected(std::move(done).error());
  co_return true;
}

}  // namespace windlass::cluster

#include "cluster/install.h"

#include <utility>

#include "cluster/definitions.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;

namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kPatience{20};

bool is_established(const Value& definition) {
  const Value* status = definition.find("status");
  const Value* conditions = status != nullptr ? status->find("conditions") : nullptr;
  for (const auto& one : conditions != nullptr ? conditions->items() : Value::List{}) {
    if (one.get_string("type") == "Established") return one.get_string("status") == "True";
  }
  return false;
}

boost::asio::awaitable<bool> wait_for(kube::Client& client, std::string name) {
  auto& timers = client.timers();
  const auto deadline = timers.now() + kPatience;
  while (timers.now() < deadline) {
    const auto now = co_await client.get(kube::resources::custom_resource_definitions(), "", name);
    if (!now) co_return false;
    if (is_established(*now)) co_return true;
    co_await rt::sleep_until(client.io(), timers, timers.now() + kLook);
  }
  co_return false;
}

}  // namespace

boost::asio::awaitable<Installation> install_definitions(kube::Client& client, std::function<bool()> may_write) {
  Installation out;
  const auto& resource = kube::resources::custom_resource_definitions();
  std::string refused, said;
  for (const auto* type : custom_types()) {
    auto wanted = definition_of(*type);
    const auto name = objects::meta_text(wanted, "name");
    auto stored = co_await client.get(resource, "", name);
    if (stored) {
      const auto standing = standing_of(*type, *stored, wanted);
      if (standing == Standing::current) continue;
      if (standing == Standing::foreign) {
        out.foreign.push_back(name);
        continue;
      }
      if (standing == Standing::lacking) {
        out.problems.push_back("the cluster's " + name + " are not " + std::string(type->version) +
                               ", and they are not ours to change: what is made of them is off");
        continue;
      }
    } else if (stored.error().code != 404 && stored.error().code != 403) {
      out.problems.push_back("whether the cluster has " + name + " is not known: " + stored.error().message);
      continue;
    }
    if (may_write && !may_write()) break;
    kube::WriteOptions force;
    force.force = true;
    const bool is_new = !stored;
    auto written = co_await client.patch(resource, "", name, kube::PatchKind::apply, std::move(wanted), force);
    if (!written && written.error().code == 403) {
      // Somebody else may have installed it, and we may not look.
      if (is_new && co_await client.list(kube::resource_of(*type), {.limit = 1, .metadata_only = true})) continue;
      refused += (refused.empty() ? "" : ", ") + name;
      said = written.error().message;
      continue;
    }
    if (!written) {
      out.problems.push_back(name + " cannot be installed: " + written.error().message);
      continue;
    }
    (is_new ? out.made : out.changed).push_back(name);
  }
  for (const auto& name : out.made) {
    if (!co_await wait_for(client, name)) {
      out.problems.push_back(name + " was installed, but the cluster does not serve it yet");
    }
  }
  if (!refused.empty()) {
    out.problems.push_back("this server may not install its kinds (" + refused +
                           "); somebody who may has to: windlass cluster crds | kubectl apply -f - (" + said + ")");
  }
  co_return out;
}

}  // namespace windlass::cluster

// Pods that are being deleted, by whomever: their node is to say that they have ended. A kubelet may not come to that
// for more than a minute though nothing runs any more (one that has not yet told that a pod's containers run stops
// them, and leaves the rest to its collector, which comes once a minute), and what is deleted would be seen as running
// meanwhile.
//
// An object is deleted without its node's word only where no process can go on unseen: the kubelet has told the end of
// each container, with its time; or the kubelet answers, so that it sees the deletion and kills whatever is left, and
// either the grace period is over or it has looked for the pod's containers and found none. A pod whose node is silent
// is left as it is, and the log says so.
#include <algorithm>

#include "clouds/fleet_parts.h"
#include "kube/pod_log.h"
#include "objects/metadata.h"

namespace windlass::clouds {

using boost::asio::awaitable;
using data::Value;
using kube::resources::pods;
using namespace std::chrono_literals;

namespace {

constexpr auto kLook = 2s;
constexpr unsigned kLooksEnded = 3;  ///< so often in a row no container runs: their node had its time
constexpr auto kAskAgain = 15s;      ///< of a node that is silent
constexpr std::int64_t kMostGrace = 86'400;

const Value& child(const Value& value, std::string_view key) {
  static const Value kNone;
  const auto* found = value.find(key);
  return found != nullptr ? *found : kNone;
}

std::chrono::seconds grace_of(const Value& pod) {
  return std::chrono::seconds(
      std::clamp<std::int64_t>(child(pod, "metadata").get_int("deletionGracePeriodSeconds"), 0, kMostGrace));
}

enum class Told : std::uint8_t { nothing, not_found, ended };

/// What a kubelet says of a container: its end, with the time of it; that it looked for it and found none, which 1.20
/// says of the last state and later ones of the state. What is only made up, when a pod is to go, has neither.
Told told_of(const Value& container) {
  if (!child(child(container, "state"), "terminated").get_string("finishedAt").empty()) return Told::ended;
  for (const auto* which : {"state", "lastState"}) {
    if (child(child(container, which), "terminated").get_string("reason") == "ContainerStatusUnknown") {
      return Told::not_found;
    }
  }
  return Told::nothing;
}

/// The least of what is said of any container.
Told told_of_all(const Value& pod) {
  const auto& status = child(pod, "status");
  std::size_t told = 0;
  auto least = Told::ended;
  for (const auto* kind : {"initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"}) {
    for (const auto& one : child(status, kind).items()) {
      least = std::min(least, told_of(one));
      told += std::string_view(kind) == "containerStatuses" ? 1 : 0;
    }
  }
  return told > 0 && told == child(child(pod, "spec"), "containers").size() ? least : Told::nothing;
}

}  // namespace

void PodFleet::Impl::saw_deletion(const SpacePtr& space, const Value& pod) {
  if (!objects::is_being_deleted(pod)) return;
  if (options.is_ours && !options.is_ours(terms_of(pod).cloud)) return;
  auto uid = objects::meta_text(pod, "uid");
  if (!space->ending.insert(uid).second) return;
  spawn(wait_for_end(shared_from_this(), space, objects::meta_text(pod, "name"), std::move(uid)));
}

Work PodFleet::Impl::wait_for_end(std::shared_ptr<Impl> self, SpacePtr space, std::string name, std::string uid) {
  const auto key = space->namespace_ + "/" + name;
  const auto began = self->now();
  std::optional<rt::Timers::Moment> due;
  unsigned ended = 0, idle = 0;  ///< looks in a row
  bool said = false;
  auto next = began + self->options.end_patience;
  for (;;) {
    co_await self->sleep(next);
    if (self->stopped) co_return;
    const auto* found = space->informer ? space->informer->core().find(key) : nullptr;
    if (found == nullptr || objects::meta_text(*found, "uid") != uid) break;
    const Value pod = *found;
    next = self->now() + kLook;
    if (!due) due = began + grace_of(pod) + self->options.end_patience;
    const auto told = told_of_all(pod);
    ended = told == Told::ended ? ended + 1 : 0;
    idle = told != Told::nothing ? idle + 1 : 0;
    const auto seconds = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(self->now() - began).count());
    const auto node = child(pod, "spec").get_string("nodeName");
    if (ended < kLooksEnded) {
      if (self->now() < *due && idle < kLooksEnded) continue;
      const auto& containers = child(child(pod, "spec"), "containers");
      const auto first = containers.size() > 0 ? containers.items().front().get_string("name") : std::string();
      if (!co_await self->node_answers(space->namespace_, name, first)) {
        if (self->stopped) co_return;
        next = self->now() + kAskAgain;
        if (!std::exchange(said, true)) {
          self->log("the pod " + key + " is there " + seconds + " s after its deletion, and its node " + node +
                    " does not answer: its processes may go on there. It is waited for");
        }
        continue;
      }
    }
    if (self->stopped) co_return;
    const auto answer = co_await self->client.remove_at_once(pods(), space->namespace_, name, uid);
    if (self->stopped) co_return;
    // 404: gone; 409: another one of that name.
    if (!answer && answer.error().code != 404 && answer.error().code != 409) {
      next = self->now() + kAskAgain;
      if (!std::exchange(said, true)) self->log("the pod " + key + " cannot be deleted yet: " + answer.error().message);
      continue;
    }
    if (answer) {
      self->log("Deleted the object of the pod " + key + " " + seconds + " s after the pod: " +
                (ended >= kLooksEnded ? "all its containers have ended"
                                      : "its node " + node + " answers, and ends what is left of it"));
    }
    break;
  }
  space->ending.erase(uid);
}

/// Whether its kubelet is there: who is asked for a container's log is the kubelet.
awaitable<bool> PodFleet::Impl::node_answers(std::string namespace_, std::string name, std::string container) {
  auto log = co_await kube::PodLog::open(client, {.namespace_ = std::move(namespace_),
                                                  .pod = std::move(name),
                                                  .container = std::move(container),
                                                  .tail_lines = 1,
                                                  .limit_bytes = 1});
  // 400, 404: the kubelet's word that there is none. Where it is away the API server says 5xx.
  co_return log || log.error().code == 400 || log.error().code == 404;
}

}  // namespace windlass::clouds

// The pods of one cluster that are agents: made for runs at once, watched, explained, deleted.
//
// Not here: what a pod looks like (pods/), the agents that connect (whoever serves them tells `connected`), what a run
// makes of a failure. Everything happens on the reactor's thread; listeners are called there too, never from within a
// call of this class, in the order in which things happened.
//
// What holds, whatever crashes: a pod has an owner (the run's Lease) before it is there; an order (run, effect) has one
// pod, however often it is given; what carries another store's label, or none, is never touched; a pod whose run is
// over or unknown is gone at the latest with the second sweep. Source: agents.md B5–B9, docs/operations.md "Pods".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clouds/pod_marks.h"
#include "clouds/pod_trouble.h"
#include "kube/client.h"
#include "pods/pods.h"

namespace windlass::clouds {

struct FleetOptions {
  std::string store_id;  ///< of this server's folder: whose pods these are
  std::function<std::int64_t()> wall_millis;
  /// Does this store have a run of this uid that is not over, as far as it knows? Asked in each sweep; before all runs
  /// are known the answer is true.
  std::function<bool(std::string_view run_uid)> is_alive;
  /// Whether a cloud's pods are this fleet's: two fleets may see the same namespace by different credentials. Optional.
  std::function<bool(std::string_view cloud)> is_ours;
  std::function<void(std::string)> log;  ///< the server's own log
  /// What comes of a look at the URL that a pod was given: a code with its evidence, or null (url_check.h). Optional.
  std::function<boost::asio::awaitable<data::Value>(std::string url)> check_url;
  std::vector<std::string> namespaces;  ///< swept from the start; others when they are used
  std::chrono::milliseconds sweep{60'000};
  std::chrono::milliseconds reminder{30'000};
  std::chrono::milliseconds lease_linger{10'000};  ///< a run's lease outlives its last pod by that
  std::chrono::milliseconds tail_limit{2'000};     ///< how long the log of a pod that failed is waited for
  std::chrono::milliseconds end_patience{
      10'000};  ///< how long a pod that is being deleted may outlive its grace period
  /// Of creations and deletions that fail; the watch of a namespace comes back sooner.
  kube::BackoffOptions backoff{.first = std::chrono::milliseconds(500), .most = std::chrono::milliseconds(15'000)};
  kube::BackoffOptions watch_backoff{.first = std::chrono::milliseconds(200), .most = std::chrono::milliseconds(5'000)};
};

struct Order {
  pods::PodPlan plan;
  std::string run_uid;     ///< a label's value: a uid
  std::string effect_key;  ///< which effect of the run
  std::string project;     ///< caps are shared fairly between projects
  std::string run_name;    ///< "shop/build-7", for people who look at the cluster
};

struct PodEvent {
  enum class Kind : std::uint8_t {
    waiting,  ///< for a cap: `trouble` is pod-cap
    created,  ///< the pod is there, under `pod`; again after each launch() or adopt()
    line,     ///< for the log of the run
    trouble,  ///< new or changed; a final one is followed by `failed`
    healed,   ///< the trouble told last is over
    ready,    ///< all its containers are
    failed,   ///< it is over, by `trouble`; the pod is given back already
    ending,   ///< it is being deleted: its agent may end by itself
    gone,     ///< nothing more comes: deleted, kept by its retention, or kept for the next (`kept`)
  };
  Kind kind = Kind::line;
  std::string namespace_, pod;  ///< the pod's name may differ from the plan's (adopted, reused)
  std::string line;
  Trouble trouble;
  bool adopted = false;  ///< created: it was there already
  bool kept = false;     ///< gone: it still is there
};
using PodListener = std::function<void(const PodEvent&)>;

struct LogOptions {
  std::uint64_t tail_lines = 0, since_seconds = 0, limit_bytes = 0;  ///< 0: not said
};

/// Pods of a template that are there, idle, before anybody needs them.
struct WarmTemplate {
  std::string cloud, template_id, namespace_;
  std::string digest;  ///< of its plans
  unsigned count = 0;
  std::function<Result<pods::PodPlan>()> make;  ///< a plan of a new name; its idle_minutes are at least one
};

class PodFleet {
 public:
  /// The client and its loop must outlive it; options.wall_millis, is_alive must be there.
  PodFleet(kube::Client& client, FleetOptions options);
  /// stop().
  ~PodFleet();
  PodFleet(const PodFleet&) = delete;
  PodFleet& operator=(const PodFleet&) = delete;

  /// Begins to watch and sweep. Orders may be given before.
  void start();
  /// Pods are left as they are: the next process finds them. Nothing is told any more.
  void stop();

  /// A pod for the order: one that is there for it already, an idle one of its template, or a new one.
  void launch(Order order, PodListener listener);
  /// After a restart, of a pod that was told as created: the same events. One that is not there has failed.
  void adopt(std::string run_uid, std::string effect_key, std::string namespace_, std::string name,
             PodListener listener);
  /// Its agent is there, or no longer. Of pods that are not known yet it is remembered.
  void connected(std::string_view namespace_, std::string_view name);
  /// Of an agent that no run has: one that is idle, or is made to be, in whatever namespace.
  void connected(std::string_view name);
  void disconnected(std::string_view namespace_, std::string_view name);
  /// The order needs its pod no more, whether it is there or not. `reusable`: its agent is in order, another run may
  /// have it where the template says so.
  void release(std::string_view run_uid, std::string_view effect_key, bool reusable);
  /// After a restart: these effects of the run have a pod or are about to ask for theirs again; pods that an earlier
  /// process made for others of its effects go with the next sweep, which comes at once.
  void settle(std::string_view run_uid, const std::vector<std::string>& effect_keys);
  /// What its agent measured: evidence if the container runs out of memory.
  void saw_memory(std::string_view namespace_, std::string_view name, std::string_view container, std::uint64_t bytes);
  /// When a pod that this process made was created, scheduled, initialized, ready, connected: milliseconds since 1970,
  /// as far as it has come.
  [[nodiscard]] data::Value times_of(std::string_view namespace_, std::string_view name) const;
  /// The uid of our pod of that name, in whatever namespace; nothing while it is not known.
  [[nodiscard]] std::optional<std::string> uid_of(std::string_view name) const;
  /// A namespace to be swept from now on.
  void add_namespace(const std::string& namespace_);
  /// What is to be kept warm from now on, instead of what was before: what was made for that and had no run goes where
  /// nobody wants it any more. Filled up as one is taken, within the caps; one that fails is tried again a minute
  /// later.
  void keep_warm(std::vector<WarmTemplate> all);
  /// Deletes now what has no run; by itself each minute.
  void sweep_now();

  /// Starts our agent, detached, in a container that keeps its own entry point. Errors: of the exec; 500 with the
  /// agent's words where it does not start.
  kube::ApiTask<void> exec_agent(std::string namespace_, std::string pod, std::string container);
  /// Errors: 400 (no such container, or it has not started), those of the client; 413 above 32 MiB.
  kube::ApiTask<std::string> container_log(std::string namespace_, std::string pod, std::string container,
                                           LogOptions options = {});

  struct Load {
    std::size_t waiting = 0;  ///< for a cap
    std::size_t held = 0;     ///< pods that count for the caps
    std::size_t idle = 0;
    std::string trouble;  ///< why the cluster is not seen at the moment; empty: it is
  };
  [[nodiscard]] Load load() const;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::clouds

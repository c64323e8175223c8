// How our objects in a cluster are known again: the labels and annotations of pods and leases, and who owns whom. Pure.
//
//   Lease windlass-run-UID   one per run and namespace of its pods, made before them: their owner
//                            (windlass-run-warm-STORE: of pods that are made to be idle, until they are)
//   Lease windlass-idle-STORE-N  says that a store with idle pods is there: a new one each hour; N is the hour
//   Pod                      label windlass.io/store: the server that made it; windlass.io/run: for which run
// A pod without our store's label is never touched, but an idle one whose store has said nothing for a day. The owner
// is in the pod's own namespace: one from another namespace would make Kubernetes delete the pod. Source:
// docs/operations.md, "Pods".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/value.h"
#include "pods/pods.h"

namespace windlass::clouds {

namespace marks {
inline constexpr std::string_view kStore = "windlass.io/store";  ///< label: whose it is
inline constexpr std::string_view kRun = "windlass.io/run";      ///< label: the run's uid; kIdle for nobody's
inline constexpr std::string_view kKept =
    "windlass.io/kept-by";  ///< label of a pod that its retention keeps: the store
inline constexpr std::string_view kEffect = "windlass.io/effect";     ///< annotation: which effect of the run
inline constexpr std::string_view kRunName = "windlass.io/run-name";  ///< annotation: for people
inline constexpr std::string_view kPlan = "windlass.io/plan";  ///< annotation: what is needed of its plan later, JSON
inline constexpr std::string_view kIdleSince = "windlass.io/idle-since";  ///< annotation, RFC 3339
inline constexpr std::string_view kKeeps = "windlass.io/keeps";  ///< label of the lease that speaks for idle pods …
inline constexpr std::string_view kIdlePods = "idle-pods";       ///< … its value
inline constexpr std::string_view kIdle = "idle";
inline constexpr std::string_view kWarm = "warm";  ///< the run of pods that are made to be idle
}  // namespace marks

/// What is needed of a plan once its pod is there; the pod itself carries it.
struct PodTerms {
  std::string cloud, template_id, agent_container;
  std::string project;  ///< whose run has it, or had it last; none: nobody has had it, it was made to be idle
  std::string digest;   ///< pods::plan_digest
  int connect_timeout_seconds = 1000, idle_minutes = 0;
  int cloud_cap = 0, instance_cap = 0;
  pods::Retention retention = pods::Retention::never;
  friend bool operator==(const PodTerms&, const PodTerms&) = default;
};
PodTerms terms_of(const pods::PodPlan& plan, std::string_view project);
/// Of a pod that this or an earlier process made; what is missing has its default.
PodTerms terms_of(const data::Value& pod);

struct PodMarks {
  std::string store, run, effect;
  std::int64_t idle_since = 0;  ///< milliseconds since 1970; 0: it is somebody's
};
PodMarks marks_of(const data::Value& object);

/// As a label may have it: the text, or a digest of one that may not be a label.
std::string label_value(std::string_view text);
/// "windlass.io/store=ID": selects what is ours.
std::string store_selector(std::string_view store);

/// Of the run `marks::kWarm` each store has one of its own.
std::string lease_name(std::string_view store, std::string_view run);
data::Value lease_object(std::string_view store, std::string_view run, std::string_view run_name);
/// It speaks for the idle pods of the store from that time on.
data::Value idle_lease(std::string_view store, std::int64_t now_millis);
/// "windlass.io/keeps=idle-pods": selects those of all stores.
std::string idle_lease_selector();
data::Value owner_reference(const data::Value& lease);

/// Labels, annotations, owner into the manifest; what was there beside them stays.
void mark_pod(data::Value& manifest, std::string_view store, std::string_view run, std::string_view effect,
              std::string_view run_name, const PodTerms& terms, data::Value owner);

// Merge patches that change whose a pod is.
data::Value keep_patch(std::string_view store);
data::Value idle_patch(std::int64_t now_millis);
/// `owner` null: it has none yet.
data::Value take_patch(std::string_view run, std::string_view effect, std::string_view run_name, const PodTerms& terms,
                       data::Value owner);
/// For the pod of that uid, whoever has its name by now.
data::Value owner_patch(std::string_view uid, data::Value owner);

/// JENKINS_URL as the agent's container has it.
std::string agent_url(const data::Value& pod, std::string_view agent_container);

}  // namespace windlass::clouds

// A pod's life as its object tells it: each version of the object, and the events about it, become lines for the log
// and troubles. Pure; time is an argument.
//
// Not here: who asks for the pod, and the agent in it. Each thing is told once: the same object again is no news, and
// nothing is told after a final trouble. Source: agents.md B6, B8 for the words and for when it is over; Kubernetes'
// pod lifecycle for the states.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clouds/pod_trouble.h"
#include "data/value.h"

namespace windlass::clouds {

struct PodNews {
  std::vector<std::string> lines;  ///< without line ends
  std::optional<Trouble> trouble;  ///< new, or changed
  bool healed = false;             ///< the trouble told last is over
  bool became_ready = false;
  std::vector<std::string> tails;  ///< containers whose last lines belong into the log
  bool ask_events = false;         ///< what the cluster says about it may be told by its events only
  [[nodiscard]] bool is_over() const { return trouble && trouble->final; }
};

struct ContainerFacts {
  enum class State : std::uint8_t { unknown, waiting, running, ended };
  std::string name, image;
  bool init = false;
  State state = State::unknown;
  std::string reason, message;
  std::int64_t exit_code = 0;
  std::int64_t restarts = 0;
};

class PodState {
 public:
  PodState(std::string namespace_, std::string name) : namespace_(std::move(namespace_)), name_(std::move(name)) {}

  /// A version of the object. `expected`: we delete it ourselves, so its end is no trouble.
  PodNews saw(const data::Value& pod, std::int64_t now_millis, bool expected = false);
  /// There is no such pod any more.
  PodNews gone(bool expected = false);
  /// Events about it, oldest first; those known are no news.
  PodNews saw_events(const std::vector<data::Value>& events, std::int64_t now_millis);
  /// How much memory a container was seen to use: evidence if it runs out.
  void saw_memory(std::string_view container, std::uint64_t bytes);
  /// Its agent is there: from now on an end is the removal of a node, not of a wait for it.
  void set_online() { online_ = true; }

  [[nodiscard]] const std::string& phase() const { return phase_; }
  [[nodiscard]] bool is_ready() const { return ready_; }
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] const std::vector<ContainerFacts>& containers() const { return containers_; }
  [[nodiscard]] const std::optional<Trouble>& trouble() const { return trouble_; }
  [[nodiscard]] const std::string& node() const { return node_; }
  [[nodiscard]] const std::string& uid() const { return uid_; }
  /// What keeps it from being ready, in a few words; empty: nothing is said.
  [[nodiscard]] std::string why_not_ready() const;
  /// When it was first seen so, milliseconds since 1970; 0: not yet.
  struct Times {
    std::int64_t scheduled = 0, initialized = 0, ready = 0;
  };
  [[nodiscard]] const Times& times() const { return times_; }
  /// status.reason of it: "Evicted".
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  void read(const data::Value& pod);
  [[nodiscard]] std::vector<std::string> info_lines(const data::Value& pod) const;
  [[nodiscard]] bool has_ended(const ContainerFacts& container) const;
  void tell_end(const data::Value& pod, PodNews& news);
  void tell_deletion(const data::Value& pod, PodNews& news);
  std::optional<Trouble> image_trouble(const ContainerFacts& container, std::int64_t now_millis, PodNews& news);
  std::optional<Trouble> waiting_trouble(const data::Value& pod, std::int64_t now_millis, PodNews& news);
  void put(Trouble trouble, PodNews& news);
  [[nodiscard]] std::string limit_of(const data::Value& pod, std::string_view container) const;

  std::string namespace_, name_, uid_, phase_, node_, reason_, message_;
  bool ready_ = false, over_ = false, was_ready_ = false, online_ = false, restarts_ = false;
  std::vector<ContainerFacts> containers_;
  std::optional<Trouble> trouble_;
  std::vector<std::string> told_info_;
  Times times_;
  std::string not_ready_;  ///< the last condition that said why

  struct Pull {
    std::int64_t since = 0;               ///< the first failure
    std::string error;                    ///< what the runtime said
    bool backing_off = false;             ///< by the last version
    std::vector<std::int64_t> back_offs;  ///< when it began to back off, within the quarter of an hour
  };
  std::map<std::string, Pull, std::less<>> pulls_;  ///< by container
  std::map<std::string, std::uint64_t, std::less<>> peaks_;
  std::set<std::string> told_events_;
};

/// Whether one of a deleted pod's events says that it had to make room; then the trouble is that.
bool was_preempted(const std::vector<data::Value>& events, Trouble& trouble);
/// "- maven -- terminated (137)": what stands over the last lines of a container's log.
std::string tail_heading(const ContainerFacts& container);
/// "64Mi", "1.5Gi".
std::string format_bytes(std::uint64_t bytes);

}  // namespace windlass::clouds

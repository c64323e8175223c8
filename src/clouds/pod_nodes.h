// Pods as the nodes of runs: what the engine asks for, made of templates (pods/), a fleet per cloud (pod_fleet.h) and
// the agents that call (agents/).
//
// The engine's thread asks, the reactor does: each call is passed on, each event comes back by the callbacks of the
// request. What both need is the templates, which are exchanged whole. Nothing is remembered that the fleet, the
// engine's journal or the cluster does not know: after a restart runs attach to their pods by what their journals hold.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "agents/agent_hub.h"
#include "clouds/pod_fleet.h"
#include "nodes/remote_nodes.h"
#include "pods/pods.h"

namespace windlass::clouds {

struct PodNodesOptions {
  std::function<std::string(std::string_view name)> secret_of;  ///< any thread
  std::string agent_image;                                      ///< holds windlass-agent and windlass-worker
  /// Lower-case letters and digits that nobody can foresee: names of pods that no effect asks for.
  std::function<std::string(std::size_t count)> random_letters;
  /// Work for which both the built-in node and a template are fit.
  bool built_in_unlabelled = false;           ///< goes to the built-in node without a label (mode NORMAL)
  bool built_in_labelled = true;              ///< … with a label of it; false: it has no executors
  std::function<void(std::string_view)> log;  ///< one line, without its end
};

class PodNodes final : public nodes::RemoteNodes {
 public:
  /// `io` and `hub` must outlive it.
  PodNodes(boost::asio::io_context& io, agents::AgentHub& hub, PodNodesOptions options, pods::Clouds clouds);
  ~PodNodes() override;

  /// The fleet that makes a cloud's pods from now on; it must outlive this. Reactor thread.
  void serve(const std::string& cloud, PodFleet& fleet);
  /// Its pods cannot be made; who asks is told why.
  void cannot_serve(const std::string& cloud, std::string why);
  /// From now on these templates. Any thread.
  void use(pods::Clouds clouds);
  /// Has idle pods of the templates that say `minIdle` ready, and what is none of these any more go. Reactor thread.
  void keep_warm();
  void use_built_in(bool unlabelled, bool labelled);
  /// The uid of a pod of ours; nothing while it is not known. Reactor thread.
  [[nodiscard]] std::optional<std::string> pod_uid(std::string_view name) const;
  /// Told by the hub. Reactor thread.
  void connected(const std::string& agent);
  void disconnected(const std::string& agent);

  [[nodiscard]] bool built_in_takes(bool has_label) const override;
  std::optional<nodes::NodeTrouble> refuses(const std::string& label, const data::Value& declared) override;
  [[nodiscard]] std::vector<std::string> clouds() const override;
  std::uint64_t acquire(nodes::RemoteNodeRequest request, nodes::RemoteNodeEvents events) override;
  std::uint64_t attach(const std::string& run_uid, const std::string& effect_key, const data::Value& facts,
                       nodes::RemoteNodeEvents events) override;
  void drop(std::uint64_t ticket, bool abandon) override;
  void release(const data::Value& facts, bool failed) override;
  void settle(const std::string& run_uid, const std::vector<std::string>& effect_keys) override;
  void container_log(const data::Value& facts, nodes::ContainerLogWanted wanted,
                     std::function<void(Result<std::string>)> done) override;
  void saw_memory(const data::Value& facts, const std::string& container, const nodes::MemoryUse& use) override;
  Result<proc::Fd> call(const data::Value& facts, const std::string& container) override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::clouds

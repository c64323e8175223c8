// Nodes that are made for a run and are elsewhere: pods. What the engine asks of whoever makes them.
//
// The engine says which label and templates it wants, and then speaks to the node's agents; how a node comes to be,
// what is wrong with it and when it goes is the other side's. A node is asked for under a name that follows from the
// effect
// (`suffix`), so asking again after a crash finds the one that was made.
//
// Threads: calls come from the engine's; callbacks may come from any and are made to be called there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "proc/fd.h"

namespace windlass::nodes {

/// `agent { docker { … } }` where nodes are pods: one more container. What a credential says is never written anywhere.
struct DockerWanted {
  std::string image, args;
  bool always_pull = false;
  std::string registry, user, password;  ///< of a private registry; no user: nobody logs in
};

struct RemoteNodeRequest {
  std::string run_uid, job, run_url;
  std::uint64_t number = 0;
  std::string effect_key;  ///< of node.acquire: unique in the run
  std::string label;
  data::Value declared;              ///< list of the podTemplate blocks around, outermost first
  std::vector<DockerWanted> docker;  ///< images that steps are to run in
  std::string suffix;                ///< random characters for a name, the same whenever it is asked again
};

/// What is known of a node that is up; kept in the journal.
struct RemoteNode {
  std::string name, labels;
  std::string root;   ///< workspaces are below
  data::Value facts;  ///< for those who made it: how it is found again
  /// When it was asked for, created, scheduled, initialized, ready, connected: milliseconds since 1970, as far as
  /// known.
  data::Value times;
};

/// What is wrong with a node: it is not there yet, something ails it, or it could not be had or is no more.
struct NodeTrouble {
  std::string code;         ///< "pod-memory", "pod-image" …: pods/trouble_texts.h makes words of it and the evidence
  std::string reason;       ///< as Kubernetes says it: "OOMKilled"
  std::string text;         ///< the sentence in English
  bool retry_helps = true;  ///< false: another node would end the same way; `retry` with kubernetesAgent() does not try
  bool is_refusal = false;  ///< nothing was made: the request is wrong
  data::Value evidence;     ///< map of texts and numbers
  std::string node;         ///< its name, once it has one
};

struct ContainerLogWanted {
  std::string container;
  std::uint64_t tail_lines = 0, since_seconds = 0, limit_bytes = 0;  ///< 0: not said
};

/// Of a container, as its kernel counts.
struct MemoryUse {
  std::uint64_t peak = 0;   ///< bytes, the most there has been
  std::uint64_t limit = 0;  ///< 0: none
  std::uint64_t kills = 0;  ///< processes that the kernel ended because it was used up
};

struct RemoteNodeEvents {
  std::function<void(std::string line)> say;  ///< for the log, without its end
  /// What it is waited for now: a trouble, or "pod" with its name as text.
  std::function<void(NodeTrouble trouble)> waits;
  /// What is wrong with it from now on, not yet up or up; an empty code: nothing any more.
  std::function<void(NodeTrouble trouble)> ails;
  std::function<void(RemoteNode node)> up;        ///< its agent has called
  std::function<void(NodeTrouble trouble)> lost;  ///< before or after `up`; final
};

class RemoteNodes {
 public:
  virtual ~RemoteNodes() = default;
  /// Whether work without a label, or with one that the built-in node has, is for the built-in node.
  [[nodiscard]] virtual bool built_in_takes(bool has_label) const = 0;
  /// Nothing: somebody offers it. Else why not, with the labels that are near.
  virtual std::optional<NodeTrouble> refuses(const std::string& label, const data::Value& declared) = 0;
  /// Names of the clouds there are.
  [[nodiscard]] virtual std::vector<std::string> clouds() const = 0;
  /// Until release() or `lost`. Returns a ticket for drop().
  virtual std::uint64_t acquire(RemoteNodeRequest request, RemoteNodeEvents events) = 0;
  /// A node that an earlier process, or this run before it left memory, has: `lost` tells when it is no more. `up` is
  /// not called.
  virtual std::uint64_t attach(const std::string& run_uid, const std::string& effect_key, const data::Value& facts,
                               RemoteNodeEvents events) = 0;
  /// Its events are not called any more. `abandon`: what was asked for and is not up yet is not wanted.
  virtual void drop(std::uint64_t ticket, bool abandon) = 0;
  /// The run has given it back. `failed`: the body of its node block failed.
  virtual void release(const data::Value& facts, bool failed) = 0;
  /// The effects whose nodes this run has, or is about to ask for again; whatever else was made for it goes.
  virtual void settle(const std::string& run_uid, const std::vector<std::string>& effect_keys) = 0;
  /// What a container has written, as the cluster keeps it.
  virtual void container_log(const data::Value& facts, ContainerLogWanted wanted,
                             std::function<void(Result<std::string>)> done) = 0;
  /// What an agent of the node has measured of its container's memory: evidence if it runs out.
  virtual void saw_memory(const data::Value& facts, const std::string& container, const MemoryUse& use) = 0;
  /// A socket to the agent in `container` (empty: the node's own). Errors: the node is gone, and why.
  virtual Result<proc::Fd> call(const data::Value& facts, const std::string& container) = 0;
};

}  // namespace windlass::nodes

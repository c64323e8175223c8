// The dynamic context of a branch: what the blocks around the current statement have set (`dir`, `withEnv`, `node` …).
// Scopes are immutable and linked upwards, so a parallel branch shares its parent's without copying, and evaluating the
// program again after a restart rebuilds them by itself. Environment rules: pipeline-language §4.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/value.h"

namespace windlass::engine {

using Environment = std::map<std::string, std::string>;

struct Scope {
  std::shared_ptr<const Scope> outer;
  std::uint64_t flow_node = 0;
  std::string step;  ///< the block step's name
  std::string label;

  std::vector<std::string> overrides;           ///< "K=V", "PATH+X=dir", in order
  std::vector<std::string> sensitive;           ///< names of variables that hold secrets
  std::optional<std::string> cwd;               ///< as given; relative to the outer one
  std::optional<Environment> node_environment;  ///< set by `node`
  std::string node;
  std::string workspace;
  std::uint64_t id = 0;          ///< the engine's number of this scope
  std::uint64_t block_key = 0;   ///< id of the timeout whose body this is
  std::uint64_t node_lease = 0;  ///< of node.acquire
  bool is_remote = false;        ///< the node is a pod
  data::Value pod_template;      ///< of podTemplate; null elsewhere
  std::string workspace_tmp;
  std::string node_root;
  std::vector<std::string> launcher;  ///< words put before the shell: `docker exec …`; empty: the node itself
  std::string launcher_type;          ///< "docker", "pod"; with launcher_container the scope.launcher() of preludes
  std::string launcher_container;
  std::string stage;  ///< a stage's name: STAGE_NAME, and where warnings attach
  std::uint64_t tee = 0;
  std::vector<std::string> throttle;  ///< categories that each `node` in it counts in
};

/// The container that steps run in: of the innermost `container` block in the node's, empty for the agent's own.
std::string pod_container(const Scope* scope);
/// The environment that `overrides` (each "K=V" or "K+ANY=dir") give on top of `base`. `$K` and `${K}` in a value refer
/// to what stands so far; `$$` is a dollar sign. An entry without '=' is skipped: withEnv has refused it before.
void apply_overrides(Environment& base, const std::vector<std::string>& overrides);

/// Everything a process or `env` sees inside `scope`: `run` (calling process, --env, run variables, parameters, env.X
/// =) under the node's own under all overrides, innermost last.
Environment environment_of(const Scope* scope, const Environment& controller, const Environment& run,
                           const Environment& assigned);

/// The absolute current folder, or empty outside of node.
std::string working_folder(const Scope* scope);
/// The categories that a `node` which begins here counts in: of the blocks around it, up to the node they are in.
std::vector<std::string> throttle_of(const Scope* scope);
/// The innermost scope that a `node` (or `ws`) has made; nullptr outside.
const Scope* node_scope(const Scope* scope);

}  // namespace windlass::engine

// A run that a `build` step began: an actor of its own on the loop of the run that began it, with a journal of its own
// in the same state folder. Its log is in that journal, not in the log of whoever began it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/local_run.h"
#include "engine/open_run.h"
#include "engine/run_actor.h"

namespace windlass::engine {

/// Nobody watches: the log is kept in the run's own journal.
class SilentObserver final : public RunObserver {
 public:
  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view, std::uint64_t, std::string_view) override {}
  void on_node_started(const FlowNode&) override {}
  void on_node_ended(const FlowNode&) override {}
  void on_waiting(const std::vector<Waiting>&) override {}
  void on_aborting() override {}
  void on_finished(std::string_view) override {}
};

/// What a build's parameters are to the pipeline that it names: what that does not define is left out.
struct BuildParameters {
  data::Value kept = data::Value::map();  ///< name → text
  std::vector<std::string> unknown;       ///< left out
  std::set<std::string> secret;           ///< of `kept`: passwords
  std::string problem;                    ///< one that cannot be
};
/// `known` nothing: what the pipeline defines is known only when it runs.
BuildParameters build_parameters(const data::Value* given, const std::optional<std::vector<JobParameter>>& known);
/// What the `parameters` section of a Declarative pipeline says in plain literals; nothing where a pipeline has none or
/// is Scripted (its `properties` are known only when it runs).
std::optional<std::vector<JobParameter>> declared_parameters(const std::string& text);

struct RunActor::ChildRun {
  std::string job;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::set<std::string> secret_parameters;  ///< names: their values are in no fact
  std::int64_t start_millis = 0;            ///< not before that: the quiet period

  std::uint64_t number = 0;  ///< 0: it has not begun
  bool has_ended = false;
  bool carried = false;  ///< begun by the run that this one restarts: not ours to go on with, unless somebody waits
  std::string result;
  std::string url, display_name;
  std::optional<journal::RunInfo> kept;  ///< it ended in an earlier process
  std::string problem;                   ///< why it could not be begun; then has_ended

  // While it runs in this process. Kept until the end of this process, because the loop may still call the actor back.
  SilentObserver observer;
  LocalRunHooks hooks;
  std::unique_ptr<journal::RunJournal> journal;
  std::unique_ptr<RunActor> actor;
};

}  // namespace windlass::engine

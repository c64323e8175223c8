// One effect of `steps` that acts in a pod: its scripts are tasks of the agent there, one after the other, and what the
// last one writes is its outcome.
//
// An effect that calls a service from here works over a mirror of the pod's files instead (steps/remote_mirror.h):
//   what it reads comes from the pod, it is performed here, what it wrote goes there.
//
//   make_request (pool) ─► script (pool) ─► task ─► output, decoded on the pool ─► … ─► settle (pool) ─► outcome
//
// Everything can be done again: scripts may run twice, a token that the agent knows is attached to instead of started,
// and files are written under names of the effect's own. So a restart begins at the first script.
// Output is acknowledged when it has been decoded, so a slow disk holds up the pod and not the engine.
// Reactor's thread, but for what is said to be the pool's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/effect_services.h"
#include "engine/run_actor.h"
#include "steps/remote_effect.h"
#include "steps/remote_files.h"
#include "steps/remote_mirror.h"
#include "steps/remote_push.h"

namespace windlass::engine {

class RemoteEffect final : public std::enable_shared_from_this<RemoteEffect> {
 public:
  using End = std::function<void(steps::Outcome)>;

  /// `name`: of the effect that is performed, which is not the pending one's where something is given back.
  /// `mirrored`: it is performed here, by this function, over a mirror of the pod's files.
  RemoteEffect(RunActor& actor, const PendingEffect& effect, std::string name, data::Value arguments, End end,
               steps::EffectFunction mirrored = nullptr);

  void begin();
  void cancel(bool hasten);
  /// The task's standard output, gapless; `end` is the offset behind it.
  void take_output(std::uint64_t end, std::string_view bytes);
  void task_ended(const nodes::TaskExit& exit);
  void task_failed(const Error& why);
  /// Its agent is gone and the effect ends without it: nothing more is done for it.
  void abandon();

 private:
  [[nodiscard]] steps::EffectContext context() const {
    return {.key = key_, .step = step_, .place = place_, .run = *services_};
  }
  void begin_mirrored();
  void perform_mirrored();
  void push_written();
  void start_next();
  void start_task(std::string script, bool is_last);
  void decode();
  void finish_script();
  void settle();
  void finish(steps::Outcome outcome);
  void clear_mirror();
  /// Work on the pool; `then` gets what it gives, on the reactor's thread, unless the effect is over by then.
  template <class Work, class Then>
  void offload(Work work, Then then);

  RunActor& actor_;
  std::string name_, key_, step_, token_;
  vm::FiberId fiber_;
  std::uint64_t intent_;
  data::Value arguments_;
  steps::Place place_;
  std::shared_ptr<const Scope> scope_;
  End end_;
  std::shared_ptr<EffectRunServices> services_;
  steps::RunFolderSink sink_;
  std::unique_ptr<steps::RemoteScripts> scripts_;
  steps::DecoderLimits most_files_;  ///< of what it keeps with the run
  std::unique_ptr<steps::OutputDecoder> decoder_;
  steps::EffectFunction mirrored_;
  std::string mirror_folder_;
  std::optional<steps::EffectContext> mirror_context_;
  std::unique_ptr<steps::RemoteMirror> mirror_;
  std::optional<steps::Outcome> mirror_outcome_;  ///< then only what was written is on its way
  std::unique_ptr<steps::PushScripts> written_;
  std::string task_;  ///< token of the task that runs; empty: none does
  RunAgent* agent_ = nullptr;
  std::uint32_t script_number_ = 0;
  bool is_last_ = false, decoding_ = false, over_ = false;
  std::string undecoded_;
  std::uint64_t received_ = 0, decoded_ = 0;
  std::optional<nodes::TaskExit> exit_;
  std::optional<steps::StepError> failure_;
  std::optional<std::chrono::milliseconds> stop_grace_;
};

}  // namespace windlass::engine

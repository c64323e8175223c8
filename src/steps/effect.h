// The seam between the engine and the C++ side of the steps: one *effect* is one thing asked of the outside world, with
// one result. What order effects happen in is decided by prelude Groovy (src/prelude); what one of them does is a
// function here. docs/steps.md lists every effect with its arguments, result, log lines and errors.
//
// An effect knows nothing of the journal, of other branches or of the interpreter: data in, data out. The engine has
// made the intent durable before it calls, and makes the outcome durable before anybody sees it.
//
// Threads: functions of kind read and once run on the engine's blocking pool, one call per effect; they touch only
// their own EffectContext. Cancellation is a flag that long work polls.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::steps {

/// Decides alone what happens to an effect that was asked before a crash and has no result (docs/formats/journal.md).
enum class EffectKind : std::uint8_t {
  read,   ///< repeated
  own,    ///< performed in the same store transaction as its result: never in doubt
  task,   ///< on an agent: asked for by its token
  keyed,  ///< repeated with the same deterministic name
  once,   ///< never repeated; a message logs that a restart hid whether it was sent, others fail
};

/// A failure as the script sees it: an exception of a Java class. `fields` becomes its properties (`result`, `causes`).
struct StepError {
  std::string java_class = "hudson.AbortException";
  std::string message;
  data::Value fields;
};

/// A row written in the same transaction as the result: stashes, artifacts, test results, job properties …
struct RecordWrite {
  std::string kind;  ///< "stash", "artifact", "junit", "properties" …
  std::string key;
  data::Value payload;
};

struct EffectResult {
  data::Value value;
  std::vector<RecordWrite> records;
  std::string stage_result;  ///< "", "UNSTABLE", "FAILURE": a warning attached to the current stage
  std::string run_result;    ///< "", or what the run's result is worsened to

  EffectResult() = default;
  EffectResult(data::Value v) : value(std::move(v)) {}  // NOLINT(google-explicit-constructor): `return value;`
};

using Outcome = std::expected<EffectResult, StepError>;

inline std::unexpected<StepError> abort_with(std::string message) {
  return std::unexpected(StepError{.java_class = "hudson.AbortException", .message = std::move(message), .fields = {}});
}
inline std::unexpected<StepError> throw_with(std::string java_class, std::string message) {
  return std::unexpected(StepError{.java_class = std::move(java_class), .message = std::move(message), .fields = {}});
}

/// Where an effect runs; copied for the effect when it starts, so a block that ends meanwhile changes nothing.
struct Place {
  bool has_node = false;
  std::string node;                                ///< "built-in"
  std::string node_root;                           ///< the node's root folder
  std::string workspace;                           ///< absolute; empty outside of node
  std::string workspace_tmp;                       ///< `…@tmp`
  std::string cwd;                                 ///< absolute; relative paths of steps start here
  std::string mirror;                              ///< where not empty, the node's `/` is this folder of ours
  std::map<std::string, std::string> environment;  ///< the whole environment a process gets
};

/// Another run that is kept beside this one.
struct OtherRun {
  std::string job;
  std::uint64_t number = 0;
  std::string result;  ///< empty while it has not ended
};

/// What another run left behind.
struct OtherRunContent {
  std::string files;  ///< folder of what its run_folder() gave: `artifacts` is FILES/artifacts
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, data::Value>> records;  ///< of the kind that was asked for
};

/// What an effect may ask of the run it belongs to. Implemented by the engine; safe from the pool's threads.
class RunServices {
 public:
  virtual ~RunServices() = default;

  /// Appends text to the run's log at this effect; complete lines, `\n` ends each. Masked by the engine.
  virtual void log(std::string_view text) = 0;
  /// True once somebody wants this effect to end: return soon with any error, the engine replaces it.
  [[nodiscard]] virtual bool cancelled() const = 0;

  /// Rows of this run by (kind, key), as RecordWrite left them; empty key: all of the kind, in order of writing.
  virtual std::vector<std::pair<std::string, data::Value>> records(std::string_view kind, std::string_view key) = 0;
  /// A folder of this run for files that the result names (stashes, artifacts); made on first use, kept with the run.
  virtual Result<std::string> run_folder(std::string_view name) = 0;
  /// False where that folder is only on the way to where it is kept: nothing in it need be durable.
  [[nodiscard]] virtual bool keeps_files() const { return true; }
  /// A credential by id: {"id","type",…} as in the --credentials file, or nullopt.
  virtual std::optional<data::Value> credential(std::string_view id) = 0;
  /// Adds a value to what the log masks from now on (until the run ends).
  virtual void mask(std::string_view secret) = 0;
  /// The text as the log would show it, for what leaves the run: mails, messages, commit statuses (T33).
  [[nodiscard]] virtual std::string masked(std::string_view text) const = 0;
  /// Facts of the run: "job", "number", "url", "project_folder", "display_name", "previous_result" …; "" when unknown.
  [[nodiscard]] virtual std::string fact(std::string_view name) const = 0;
  /// Wall time in milliseconds since 1970, the same for the whole effect.
  [[nodiscard]] virtual std::int64_t now_millis() const = 0;
  /// The log of the run so far, for mails: at most the last `max_bytes`.
  virtual std::string log_tail(std::size_t max_bytes) = 0;

  /// The other runs of a job that are kept here, newest first; none for an unknown job. For effects whose EffectNeeds
  /// say that they read runs.
  virtual Result<std::vector<OtherRun>> runs_of(std::string_view job) = 0;
  /// Errors: not_found (deleted meanwhile), corrupt.
  virtual Result<OtherRunContent> read_run(const OtherRun& run, std::string_view record_kind) = 0;
};

struct EffectContext {
  std::string key;   ///< unique in the run and the same after a restart: names what a keyed effect makes
  std::string step;  ///< the step as the script wrote it, for messages
  Place place;
  RunServices& run;
};

using EffectFunction = Outcome (*)(EffectContext& context, const data::Value& arguments);

/// One row of a family's table. `needs_node`: without a node the engine answers with the
/// MissingContextVariableException of pipeline-language 6.1 before the function is called.
struct EffectDescription {
  std::string_view name;
  EffectKind kind;
  bool needs_node;
  EffectFunction perform;
  /// Where the kind follows from the arguments (a GET only reads); null: `kind` whatever they are.
  EffectKind (*kind_for)(const data::Value& arguments) = nullptr;
  /// Gives back the `lease` of a result that nobody will see, because the effect was interrupted while it was made.
  EffectFunction give_back = nullptr;

  [[nodiscard]] EffectKind kind_of(const data::Value& arguments) const {
    return kind_for == nullptr ? kind : kind_for(arguments);
  }
};

/// All effects that are plain functions; task, timer, input and lock are the engine's own. Each family adds its table.
std::span<const EffectDescription> effect_table();

}  // namespace windlass::steps

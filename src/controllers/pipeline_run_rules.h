// What a PipelineRun asks for and how it looks, as pure functions of the objects and of the run.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "runs/run_types.h"

namespace windlass::controllers {

/// A new PipelineRun of `pipeline` (the object), named by generateName. `spec` null: the pipeline's own now;
/// `parameters`: a list of {name, value}, or null.
data::Value new_run(const data::Value& pipeline, data::Value spec, data::Value parameters,
                    const std::vector<std::pair<std::string, std::string>>& annotations);

/// A name for a run that follows from what asks for it, so that asking again finds it: "PIPELINE-KIND-123456789abc".
std::string derived_name(const std::string& pipeline, std::string_view kind, std::string_view asks);
/// The limit of an annotation windlass.io/max-running on a pipeline; 0: none.
std::int64_t runs_at_once(const data::Value& pipeline);

/// The run that `run` (an object) asks for, of `spec` (a Pipeline's spec). Parameters that are not given have their
/// defaults; those that the pipeline does not define are left out, as Jenkins does. `invalid` says what is wrong with
/// the request, `unsupported` what this version cannot run.
Result<runs::RunRequest> request_of(const data::Value& run, const data::Value& spec, std::uint64_t at_least_number);
/// The lines of a text that are not empty: how a pipeline has the choices of a parameter.
std::vector<std::string> lines_of(const std::string& text);
/// Names of the parameters whose values nobody may read on the object.
std::vector<std::string> secret_parameters(const data::Value& spec);

/// status, labels and annotations of the object as the run is now. True if something changed. Conditions: Ready, then
/// Succeeded; AgentReady of a run that has asked for pods, with the reason where one is in trouble
/// ("PodUnschedulable").
bool show_run(data::Value& object, const runs::RunInfo& run, std::int64_t now_millis);
/// What two states of an object differ in as to the pods of its run: for an event. Nothing where people need not know.
struct AgentNews {
  bool ails = false;
  std::string reason, message;
};
std::optional<AgentNews> agent_news(const data::Value& before, const data::Value& after);
/// Which pod of the run is in which trouble, as the condition shows it; empty: none is.
std::string what_ails(const runs::RunInfo& run);
/// What has ended pods of the run since `since_millis` and is not in `told` yet, where it is put: a pod may have been
/// replaced before anybody looked, and then no condition has shown its end.
std::vector<AgentNews> agent_ends(const runs::RunInfo& run, std::int64_t since_millis, std::set<std::string>& told);
/// The same for a request that cannot be run at all.
bool show_refusal(data::Value& object, const std::string& phase, const std::string& reason, const std::string& message,
                  std::int64_t now_millis);

/// `data` of the run's ConfigMap. A run with very many steps is shown without steps: an object has at most 1 MiB.
data::Value run_data(const runs::RunInfo& run, const runs::FlowNodes& nodes);

/// It says that its run has begun, in this store or another: a claim, a number, a start, a phase that only a run has.
bool says_begun(const data::Value& object);
/// Final phases: nothing changes any more.
bool is_final(const data::Value& object);

}  // namespace windlass::controllers

#include "runs/run_restart.h"

#include <algorithm>

#include "engine/replay.h"
#include "engine/restart.h"
#include "engine/step_restart.h"
#include "engine/stored_run.h"

namespace windlass::runs {

namespace {

Result<journal::RunInfo> ended_run(journal::StateFolder& state, const std::string& job, std::uint64_t number) {
  auto run = WL_TRY(state.find(job + "#" + std::to_string(number)));
  if (!run.end) return fail(ErrorKind::conflict, run.id() + " has not ended; only an ended run can be restarted");
  return run;
}

RestartChoice choice_of(const engine::RestartPoint& point) {
  return {.node = point.flow_node,
          .step = point.step,
          .label = point.label,
          .stage = point.stage,
          .branch = point.branch,
          .line = point.line};
}

std::string why_of(engine::MovedOut::Why why) {
  switch (why) {
    case engine::MovedOut::Why::workspace_gone:
      return "workspace-gone";
    case engine::MovedOut::Why::file_changed:
      return "file-changed";
    case engine::MovedOut::Why::step_wrote:
      return "step-wrote";
    case engine::MovedOut::Why::not_yours:
      return "not-yours";
  }
  return {};
}

Result<engine::RestartPlan> plan(journal::StateFolder& state, const std::string& job, std::uint64_t number,
                                 std::uint64_t node, const std::string& user) {
  const auto run = WL_TRY(ended_run(state, job, number));
  const auto trace = WL_TRY(engine::trace_run(state, run));
  const auto points = engine::restart_points(trace);
  const auto point = std::find_if(points.begin(), points.end(), [&](const auto& one) { return one.flow_node == node; });
  if (point == points.end()) {
    return fail(ErrorKind::not_found,
                run.id() + " has no step " + std::to_string(node) + " at which it could be restarted");
  }
  engine::RestartRules rules;
  rules.workspace = [](const std::string&, const std::string& path, std::int64_t after) {
    return engine::local_workspace(path, after);
  };
  rules.may_answer = [user](const std::string& submitter) { return engine::may_answer_locally(submitter, user); };
  return engine::plan_restart(state, run, trace, *point, rules);
}

Result<engine::RunInputs> inputs_of(journal::StateFolder& state, const journal::RunInfo& run) {
  auto reader = WL_TRY(state.read_run(run));
  return WL_TRY(engine::begun_with(*reader, state.path())).inputs;
}

}  // namespace

Result<std::vector<RestartChoice>> restart_choices(journal::StateFolder& state, const std::string& job,
                                                   std::uint64_t number) {
  const auto run = WL_TRY(ended_run(state, job, number));
  const auto trace = WL_TRY(engine::trace_run(state, run));
  std::vector<RestartChoice> out;
  for (const auto& point : engine::restart_points(trace)) {
    if (point.flow_node != 0) out.push_back(choice_of(point));
  }
  return out;
}

Result<RestartPreview> preview_restart(journal::StateFolder& state, const std::string& job, std::uint64_t number,
                                       std::uint64_t node, const std::string& user) {
  const auto planned = WL_TRY(plan(state, job, number, node, user));
  RestartPreview out{.at = choice_of(planned.at), .moved = {}};
  for (const auto& moved : planned.moved) {
    out.moved.push_back({why_of(moved.why), moved.workspace, moved.what, choice_of(moved.to)});
  }
  return out;
}

Result<> check_restart_stage(journal::StateFolder& state, const std::string& job, std::uint64_t number,
                             const std::string& stage) {
  const auto run = WL_TRY(ended_run(state, job, number));
  const auto outline = engine::restart_outline(WL_TRY(inputs_of(state, run)));
  if (!outline.is_declarative) {
    return fail(ErrorKind::invalid, run.id() + " is not Declarative; restart it from a step");
  }
  if (outline.forbids_restart) return fail(ErrorKind::invalid, run.id() + " forbids it: disableRestartFromStage()");
  if (std::find(outline.stages.begin(), outline.stages.end(), stage) == outline.stages.end()) {
    std::string all;
    for (const auto& one : outline.stages) all += (all.empty() ? "" : ", ") + one;
    return fail(ErrorKind::not_found, run.id() + " has no top-level stage " + stage + "; it has " + all);
  }
  return {};
}

Result<engine::RestartPlan> plan_restart(const std::string& state_folder, std::shared_ptr<journal::LateRuns> late,
                                         const RunRequest& request) {
  const auto state = WL_TRY(journal::StateFolder::open(state_folder));
  state->share_late_runs(std::move(late));
  return plan(*state, request.job(), request.restart_of, request.restart_step, request.user_id);
}

Result<engine::OpenedRun> open_restart(journal::StateFolder& state, const RunRequest& request, std::uint64_t number,
                                       engine::RunInputs fresh, const Result<engine::RestartPlan>* plan) {
  const auto job = request.job();
  if (request.restart_step != 0) {
    if (plan == nullptr) return fail(ErrorKind::internal, "a restart from a step was not planned");
    if (!*plan) return fail(plan->error());
    // It may have been deleted since.
    WL_CHECK_OK(ended_run(state, job, request.restart_of));
    return engine::open_restarted_run(state, **plan, std::move(fresh), number);
  }
  WL_CHECK_OK(check_restart_stage(state, job, request.restart_of, request.restart_stage));
  const auto run = WL_TRY(ended_run(state, job, request.restart_of));
  const auto before = WL_TRY(inputs_of(state, run));
  const auto outline = engine::restart_outline(before);
  return engine::open_new_run(
      state, engine::restarted(before, run.number, std::move(fresh), request.restart_stage, outline.preserves_stashes),
      number);
}

}  // namespace windlass::runs

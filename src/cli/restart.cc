#include "cli/restart.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "cli/state.h"
#include "cli/terminal_text.h"
#include "engine/replay.h"
#include "engine/restart.h"
#include "text/edit_distance.h"

namespace windlass::cli {
namespace {

std::string quoted_list(const std::vector<std::string>& names, Language language) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : say(language, {", ", "、"})) + name;
  return out;
}

}  // namespace

namespace {

Result<journal::RunInfo> run_to_restart(journal::StateFolder& state, const std::string& job, const std::string& id,
                                        Language language) {
  auto run = id.empty() ? WL_TRY(state.previous(job, UINT64_MAX))
                        : std::optional(WL_TRY(find_stored_run(state, id, language)));
  if (!run) {
    return fail(ErrorKind::not_found,
                say(language, {"there is no ended run of {} to restart", "没有可重启的 {} 的运行"}, {job}));
  }
  if (run->state != journal::RunInfo::State::ended) {
    return fail(
        ErrorKind::invalid,
        say(language, {"{} has not ended; only an ended run can be restarted", "{} 尚未结束；只能重启已结束的运行"},
            {run->id()}));
  }
  return std::move(*run);
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

/// "@12" is an entry of the journal, "12" a node of the flow graph; of a block without an effect the first step in it.
Result<engine::RestartPoint> find_point(journal::StateFolder& state, const journal::RunInfo& run,
                                        const std::vector<engine::RestartPoint>& points, const std::string& step,
                                        Language language) {
  const bool is_entry = step.starts_with('@');
  std::uint64_t number = 0;
  const auto* begin = step.data() + (is_entry ? 1 : 0);
  const auto* end = step.data() + step.size();
  if (auto [stop, error] = std::from_chars(begin, end, number); error != std::errc() || stop != end || begin == end) {
    return fail(ErrorKind::invalid,
                say(language,
                    {"--restart-step needs the number of a step, or @ and an entry, not {}; windlass "
                     "replay {} --steps lists them",
                     "--restart-step 需要步骤编号，或 @ 加记录编号，而不是 {}；windlass replay {} "
                     "--steps 可列出"},
                    {step, run.id()}));
  }
  if (points.empty()) {
    return fail(
        ErrorKind::not_found,
        say(language, {"{} has no step at which a restart could begin", "{} 没有可作为重启起点的步骤"}, {run.id()}));
  }
  auto key = [is_entry](const engine::RestartPoint& point) { return is_entry ? point.entry : point.flow_node; };
  for (const auto& point : points) {
    if (key(point) == number) return point;
  }
  if (!is_entry) {
    auto reader = WL_TRY(state.read_run(run));
    std::map<std::uint64_t, std::uint64_t> parents;
    for (const auto& node : WL_TRY(reader->nodes())) {
      parents[static_cast<std::uint64_t>(node.id)] = static_cast<std::uint64_t>(node.parent);
    }
    for (const auto& point : points) {
      for (auto node = point.flow_node; node != 0 && parents.contains(node); node = parents[node]) {
        if (node == number) return point;
      }
    }
  }
  const auto nearest = *std::ranges::min_element(
      points, {}, [&](const engine::RestartPoint& point) { return distance(key(point), number); });
  return fail(ErrorKind::not_found,
              say(language,
                  {"{} has no step {} at which a restart could begin; the nearest is {}: {}",
                   "{} 中没有可作为重启起点的步骤 {}；最近的是 {}：{}"},
                  {run.id(), step, (is_entry ? "@" : "") + std::to_string(key(nearest)), nearest.text()}));
}

}  // namespace

std::string moved_text(const engine::MovedOut& moved, Language language) {
  using Why = engine::MovedOut::Why;
  std::string why;
  switch (moved.why) {
    case Why::workspace_gone:
      why = say(language, {"the workspace {} is not there any more", "工作区 {} 已不存在"}, {moved.workspace});
      break;
    case Why::file_changed:
      why =
          say(language, {"in the workspace {}, {} was changed after the step", "工作区 {} 中的 {} 在该步骤之后被修改"},
              {moved.workspace, moved.what == "." ? say(language, {"the folder itself", "目录本身"}) : moved.what});
      break;
    case Why::step_wrote:
      why = say(language,
                {"in the workspace {}, the later step {} (line {}) wrote files",
                 "在工作区 {} 中，后来的步骤 {}（第 {} 行）写过文件"},
                {moved.workspace, moved.what, std::to_string(moved.line)});
      break;
    case Why::not_yours:
      why = say(language, {"the input at line {} is for {} to answer", "第 {} 行的 input 应由 {} 回答"},
                {std::to_string(moved.line), moved.what});
      break;
  }
  return why + say(language, {"; the restart begins further out: {}", "；重启改从更外层开始：{}"}, {moved.to.text()});
}

Result<engine::RestartPlan> plan_step_restart(journal::StateFolder& state, const engine::RunInputs& fresh,
                                              const std::string& step, const std::string& id, Language language) {
  auto run = WL_TRY(run_to_restart(state, fresh.job, id, language));
  auto trace = WL_TRY(engine::trace_run(state, run));
  auto point = WL_TRY(find_point(state, run, engine::restart_points(trace), step, language));
  engine::RestartRules rules;
  rules.workspace = [](const std::string&, const std::string& path, std::int64_t after) {
    return engine::local_workspace(path, after);
  };
  rules.may_answer = [user = fresh.user_name](const std::string& submitter) {
    return engine::may_answer_locally(submitter, user);
  };
  return engine::plan_restart(state, run, trace, point, rules);
}

Result<engine::RunInputs> restart_inputs(journal::StateFolder& state, engine::RunInputs fresh, const std::string& stage,
                                         const std::string& id, Language language) {
  auto run = std::optional(WL_TRY(run_to_restart(state, fresh.job, id, language)));
  auto before = WL_TRY(inputs_of(state, *run));
  auto outline = engine::restart_outline(before);
  if (!outline.is_declarative) {
    return fail(ErrorKind::invalid, say(language,
                                        {"the Jenkinsfile of {} is not Declarative; it cannot be restarted at a stage",
                                         "{} 的 Jenkinsfile 不是声明式，无法从阶段重启"},
                                        {run->id()}));
  }
  if (outline.forbids_restart) {
    return fail(ErrorKind::invalid,
                say(language, {"{} forbids it: disableRestartFromStage()", "{} 禁止重启：disableRestartFromStage()"},
                    {run->id()}));
  }
  if (std::find(outline.stages.begin(), outline.stages.end(), stage) == outline.stages.end()) {
    auto sentence = say(language, {"{} has no top-level stage {}", "{} 没有顶层阶段 {}"}, {run->id(), stage});
    if (auto near = text::nearest_name(stage, outline.stages)) {
      sentence += say(language, {"; did you mean {}?", "；您是否想用 {}？"}, {*near});
    } else if (!outline.stages.empty()) {
      sentence += say(language, {"; it has {}", "；已有 {}"}, {quoted_list(outline.stages, language)});
    }
    return fail(ErrorKind::not_found, sentence);
  }
  return engine::restarted(before, run->number, std::move(fresh), stage, outline.preserves_stashes);
}

}  // namespace windlass::cli

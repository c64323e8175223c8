#include "engine/step_restart.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <sys/stat.h>

#include "engine/stored_run.h"

namespace windlass::engine {

namespace {

/// Effects that change files of the workspace without a process: too quick for the times of files to tell.
bool writes_files(std::string_view kind) {
  static constexpr std::array kKinds = {"writeFile",     "deleteDir",    "cleanWs",  "file.touch", "zip",
                                        "unzip",         "tar",          "untar",    "unstash",    "unarchive",
                                        "copyArtifacts", "scm.checkout", "tee.start"};
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

RestartPoint point_of(const RunTrace& trace, std::size_t index) {
  const auto& effect = trace.effects[index];
  return {.entry = effect.entry,
          .flow_node = effect.flow_node,
          .step = effect.step,
          .label = effect.label,
          .stage = effect.stage,
          .branch = effect.branch_label,
          .line = effect.line,
          .effect = index};
}

/// Asked by then, and its result is not among the first `cut` items.
bool waits_at(const TracedEffect& effect, std::uint64_t cut) {
  return effect.asked_after <= cut && (!effect.told_at || *effect.told_at >= cut);
}

std::optional<MovedOut> look_at_workspace(const RunTrace& trace, std::uint64_t cut, const TracedEffect& taken,
                                          std::int64_t run_ended, const RestartRules& rules) {
  MovedOut moved;
  moved.workspace = taken.taken;
  auto ended = [&](const TracedEffect& effect) {
    return effect.told_at ? trace.told[*effect.told_at].time_millis : run_ended;
  };
  // What is performed again may have changed the folder already; nothing else may.
  std::int64_t until = 0;
  std::set<std::uint64_t> again;
  for (const auto& effect : trace.effects) {
    if (!waits_at(effect, cut) || effect.workspace != taken.taken) continue;
    until = std::max(until, ended(effect));
    if (effect.flow_node != 0) again.insert(effect.flow_node);
  }
  for (const auto& effect : trace.effects) {
    if (again.contains(effect.flow_node)) until = std::max(until, ended(effect));
  }
  for (std::uint64_t i = 0; until == 0 && i < cut; ++i) until = std::max(until, trace.told[cut - 1 - i].time_millis);
  for (const auto& effect : trace.effects) {
    const bool later = effect.asked_after > cut && !again.contains(effect.flow_node);
    if (!later || effect.workspace != taken.taken || !writes_files(effect.kind)) continue;
    moved.why = MovedOut::Why::step_wrote;
    moved.what = effect.step;
    moved.line = effect.line;
    return moved;
  }
  auto found = rules.workspace(taken.node, taken.taken, until);
  if (!found.is_there) return moved;
  if (found.changed.empty()) return std::nullopt;
  moved.why = MovedOut::Why::file_changed;
  moved.what = std::move(found.changed);
  return moved;
}

/// The outermost thing of the prefix that cannot be relied on; nothing when all can.
std::optional<MovedOut> first_problem(const RunTrace& trace, std::uint64_t cut, std::int64_t run_ended,
                                      const RestartRules& rules) {
  std::optional<MovedOut> problem;
  auto consider = [&](std::size_t index, MovedOut moved) {
    moved.to = point_of(trace, index);
    if (!problem || trace.effects[index].asked_after < trace.effects[problem->to.effect].asked_after) {
      problem = std::move(moved);
    }
  };
  for (std::size_t i = 0; i < trace.effects.size(); ++i) {
    const auto& effect = trace.effects[i];
    if (effect.kind != "input" || !effect.told_at || *effect.told_at >= cut || rules.may_answer(effect.submitter)) {
      continue;
    }
    consider(i, {.why = MovedOut::Why::not_yours, .what = effect.submitter, .line = effect.line});
  }
  for (const auto& lease : trace.leases) {
    if (lease.from > cut || (lease.until && *lease.until <= cut)) continue;
    for (std::size_t i = 0; i < trace.effects.size(); ++i) {
      const auto& effect = trace.effects[i];
      if (effect.key != lease.acquired || effect.taken.empty()) continue;
      if (auto moved = look_at_workspace(trace, cut, effect, run_ended, rules)) consider(i, std::move(*moved));
    }
  }
  return problem;
}

}  // namespace

std::string RestartPoint::text() const {
  std::string out = stage.empty() ? "" : "stage " + stage + ", ";
  out += "step " + step;
  if (line != 0) out += " (line " + std::to_string(line) + ")";
  return out;
}

std::vector<RestartPoint> restart_points(const RunTrace& trace) {
  std::vector<RestartPoint> out;
  std::set<std::uint64_t> known;
  for (std::size_t i = 0; i < trace.effects.size(); ++i) {
    const auto& effect = trace.effects[i];
    // What a step asks behind its first effect is the middle of a step, and what has no node is no step of the script.
    if (effect.entry == 0 || effect.flow_node == 0 || !known.insert(effect.flow_node).second) continue;
    out.push_back(point_of(trace, i));
  }
  return out;
}

WorkspaceState local_workspace(const std::string& path, std::int64_t after_millis) {
  namespace fs = std::filesystem;
  WorkspaceState out;
  struct stat info{};
  auto changed = [&](const std::string& file) {
    if (::lstat(file.c_str(), &info) != 0) return true;
    return std::int64_t{info.st_ctim.tv_sec} * 1000 + info.st_ctim.tv_nsec / 1'000'000 > after_millis;
  };
  if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return out;
  out.is_there = true;
  if (changed(path)) {
    out.changed = ".";
    return out;
  }
  std::error_code error;
  fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!changed(it->path().string())) continue;
    out.changed = it->path().lexically_relative(path).string();
    return out;
  }
  if (error) out.changed = ".";  // what cannot be looked at cannot be relied on
  return out;
}

bool may_answer_locally(std::string_view submitter, std::string_view user) {
  bool named = false;
  while (!submitter.empty()) {
    const auto comma = submitter.find(',');
    auto one = submitter.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == user) return true;
    named = named || !one.empty();
    submitter.remove_prefix(comma == std::string_view::npos ? submitter.size() : comma + 1);
  }
  return !named;
}

Result<RestartPlan> plan_restart(journal::StateFolder& state, const journal::RunInfo& run, const RunTrace& trace,
                                 const RestartPoint& point, const RestartRules& rules) {
  if (!run.end)
    return fail(ErrorKind::invalid,
                {"{} has not ended; only an ended run can be restarted", "{} 尚未结束；只能重启已结束的运行"},
                {run.id()});
  if (!trace.knows_leases) {
    return fail(ErrorKind::unsupported,
                {"{} was begun by a version of Windlass that did not write down what blocks take; it can be restarted "
                 "at a stage only",
                 "{} 由未记录块参数的 Windlass 版本启动；只能从阶段重启"},
                {run.id()});
  }
  RestartPlan plan;
  plan.run = run;
  plan.asked = plan.at = point;
  while (auto moved = first_problem(trace, trace.effects[plan.at.effect].asked_after, run.end->ended_ms, rules)) {
    // Each is asked before what relied on it: this ends.
    plan.at = moved->to;
    plan.moved.push_back(std::move(*moved));
  }
  const auto cut = trace.effects[plan.at.effect].asked_after;
  auto reader = WL_TRY(state.read_run(run));
  auto begun = WL_TRY(begun_with(*reader, state.path()));
  plan.prefix.inputs = begun.prefix ? std::move(begun.prefix->inputs) : std::move(begun.inputs);
  plan.prefix.inputs.credentials = {};
  plan.prefix.inputs.parameters.clear();
  plan.prefix.items.assign(trace.told.begin(), trace.told.begin() + static_cast<std::ptrdiff_t>(cut));
  for (const auto& lease : trace.leases) {
    if (lease.from > cut || (lease.until && *lease.until <= cut)) continue;
    plan.prefix.live.emplace(lease.acquired.branch, lease.acquired.ordinal);
  }
  return plan;
}

}  // namespace windlass::engine

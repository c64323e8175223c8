// Effects that are performed inside the run itself: timers, nodes and workspaces, locks, milestones, inputs, libraries.
// Each is decided and recorded in one commit, so after a crash it is either done or not asked yet (kind `own`).
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <sys/stat.h>

#include "data/base64.h"
#include "engine/libraries.h"
#include "engine/library_fetch.h"
#include "engine/node_slots.h"
#include "engine/own_effect.h"
#include "engine/run_actor.h"
#include "steps/charset.h"
#include "steps/git_fetch.h"
#include "steps/place_files.h"
#include "text/codec.h"
#include "text/digest.h"
#include "text/label_expression.h"

namespace windlass::engine {

namespace {
constexpr std::chrono::seconds kSayScheduling{15};  ///< when a log says that a node is waited for
}

using data::Value;
using steps::abort_with;
using steps::EffectResult;

namespace {

/// Scripts give times as large as numbers go; a century is as good as for ever.
constexpr std::int64_t kCenturyMillis = 100LL * 365 * 24 * 3'600'000;

std::int64_t later(std::int64_t from, std::int64_t millis) {
  return from + std::clamp<std::int64_t>(millis, 0, kCenturyMillis);
}

}  // namespace

const OwnEffect* RunActor::find_own_effect(std::string_view kind) {
  using K = journal::EffectKind;
  static constexpr OwnEffect kRows[] = {
      {"sh", K::task, &RunActor::start_shell, true},
      {"bat", K::task, &RunActor::start_shell, true},
      {"powershell", K::task, &RunActor::start_shell, true},
      {"pwsh", K::task, &RunActor::start_shell, true},
      {"exec", K::task, &RunActor::start_exec, true},
      {"timer", K::own, &RunActor::start_timer, false},
      {"timeout.start", K::own, &RunActor::start_timeout, false},
      {"timeout.stop", K::own, &RunActor::stop_timeout, false},
      {"node.acquire", K::own, &RunActor::start_node, false},
      {"node.release", K::own, &RunActor::release_node, false},
      {"workspace.acquire", K::own, &RunActor::start_workspace, true},
      {"workspace.release", K::own, &RunActor::release_workspace, false},
      {"input", K::own, &RunActor::start_input, false},
      {"lock.acquire", K::own, &RunActor::start_lock, false},
      {"lock.release", K::own, &RunActor::release_lock, false},
      {"throttle.acquire", K::own, &RunActor::start_lock, false},
      {"throttle.release", K::own, &RunActor::release_lock, false},
      {"milestone", K::own, &RunActor::start_milestone, false},
      {"build.schedule", K::own, &RunActor::schedule_build, false},
      {"build.started", K::read, &RunActor::start_build_wait, false},
      {"build.ended", K::read, &RunActor::start_build_wait, false},
      {"run.read", K::read, &RunActor::start_run_read, false},
      {"properties", K::own, &RunActor::start_properties, false},
      {"library.load", K::read, &RunActor::start_library, false},
      {"libraryResource", K::read, &RunActor::start_library_resource, false},
      {"nodesByLabel", K::read, &RunActor::start_nodes_by_label, false},
      {"containerLog", K::read, &RunActor::start_container_log, true},
      {"log.tail", K::read, &RunActor::start_log_tail, false},
      {"tee.start", K::own, &RunActor::start_tee, true},
      {"tee.stop", K::own, &RunActor::stop_tee, false},
  };
  for (const auto& row : kRows) {
    if (row.name == kind) return &row;
  }
  return nullptr;
}

journal::EffectKind RunActor::own_effect_kind(std::string_view kind) {
  const auto* own = find_own_effect(kind);
  return own != nullptr ? own->kind : journal::EffectKind::none;
}

void RunActor::note_result(const PendingEffect& effect, const Value& payload, std::int64_t time_millis) {
  const auto* value = payload.find("value");
  if (value == nullptr) return;
  note_lent(effect, *value);
  const auto& arguments = effect.arguments;
  // What the prefix of a restart took and gave back, another run held.
  const bool holds = tells_shared() && (!feed_ || feed_->live.contains({effect.key.branch, effect.key.ordinal}));
  if (effect.kind == "properties") {
    if (const auto* list = arguments.find("properties")) take_properties(*list);
    return;
  }
  if (effect.kind == "timeout.start") {
    BlockTimeout timeout;
    timeout.id = static_cast<std::uint64_t>(value->as_int());
    next_timeout_ = std::max(next_timeout_, timeout.id + 1);
    auto millis = arguments.get_int("ms");
    millis = std::clamp<std::int64_t>(millis, 0, kCenturyMillis);
    timeout.deadline_millis = time_millis + millis;
    timeout.millis = millis;
    if (arguments.get_bool("activity")) {
      timeout.activity_millis = std::max<std::int64_t>(millis, 1);
      timeout.deadline_millis = std::max(time_millis, last_output_millis_) + millis;
    }
    auto& kept = timeouts_[timeout.id] = timeout;
    if (live_) arm_timeout(kept);
  } else if (effect.kind == "timeout.stop") {
    auto found = timeouts_.find(static_cast<std::uint64_t>(arguments.get_int("id")));
    if (found != timeouts_.end()) {
      reactor_.cancel(found->second.timer);
      timeouts_.erase(found);
    }
  } else if (effect.kind == "node.acquire" || effect.kind == "workspace.acquire") {
    HeldNode held;
    auto lease = static_cast<std::uint64_t>(value->get_int("lease"));
    next_node_hold_ = std::max(next_node_hold_, lease + 1);
    held.workspace_only = effect.kind == "workspace.acquire";
    held.name = value->get_string("name");
    held.root = value->get_string("root");
    held.workspace = held.workspace_only ? value->get_string("path") : value->get_string("workspace");
    held.executor = static_cast<int>(value->get_int("executor"));
    if (const auto* env = value->find("env")) {
      for (const auto& entry : env->members()) held.environment[entry.key] = entry.value.text();
    }
    if (const auto* remote = value->find("remote")) held.remote = *remote;
    if (const auto* base = value->find("base")) {
      for (const auto& entry : base->members()) held.base[entry.key] = entry.value.text();
    }
    if (!held.remote.is_null()) {
      held.effect_key = key_text(effect.key);
      if (auto coming = coming_nodes_.extract(effect.fiber)) held.ticket = coming.mapped().ticket;
      nodes_[lease] = std::move(held);
      return;
    }
    if (!held.workspace_only) emptied_workspaces_.insert(held.workspace);
    if (holds) shared_->hold_node(self(), lease, held.name, held.executor, held.workspace, held.workspace_only);
    nodes_[lease] = std::move(held);
  } else if (effect.kind == "node.release" || effect.kind == "workspace.release") {
    const auto lease = static_cast<std::uint64_t>(arguments.get_int("lease"));
    auto held = nodes_.extract(lease);
    if (!held.empty() && !held.mapped().remote.is_null()) {
      auto& node = held.mapped();
      agent_is_over(node.effect_key);
      give_back([this, name = node.name, remote = node.remote, ticket = node.ticket, failed = node.failed] {
        hang_up(name);
        if (hooks_.remote_nodes == nullptr) return;
        if (ticket != 0) hooks_.remote_nodes->drop(ticket, false);
        hooks_.remote_nodes->release(remote, failed);
      });
      return;
    }
    give_back([this, lease] { shared_->release_node(key_, lease); });
  } else if (effect.kind == "lock.acquire" || effect.kind == "throttle.acquire") {
    auto lease = static_cast<std::uint64_t>(value->get_int("lease"));
    if (lease == 0) return;
    next_lock_hold_ = std::max(next_lock_hold_, lease + 1);
    std::vector<std::string> names;
    if (const auto* list = value->find("names")) {
      for (const auto& name : list->items()) names.push_back(name.text());
    }
    if (holds) shared_->hold_lock(self(), lease, std::move(names), effect.key.branch);
  } else if (effect.kind == "lock.release" || effect.kind == "throttle.release") {
    const auto lease = static_cast<std::uint64_t>(arguments.get_int("lease"));
    give_back([this, lease] { shared_->release_lock(key_, lease); });
  } else if (effect.kind == "tee.start") {
    auto lease = static_cast<std::uint64_t>(value->get_int("lease"));
    next_tee_ = std::max(next_tee_, lease + 1);
    tees_.open(lease, effect.key.branch, value->get_string("path"), static_cast<std::uint64_t>(value->get_int("size")),
               static_cast<std::uint64_t>(value->get_int("after")));
  } else if (effect.kind == "tee.stop") {
    static_cast<void>(tees_.close(static_cast<std::uint64_t>(arguments.get_int("lease"))));  // told when it was live
  } else if (effect.kind == "build.schedule") {
    note_build(effect, *value);
  } else if (effect.kind == "milestone") {
    last_milestone_ = value->as_int(last_milestone_);
    if (!live_ && tells_shared()) shared_->note_milestone(self(), last_milestone_);
  } else if (effect.kind == "input") {
    if (auto index = value->get_int("answer", -1); index >= 0) used_answers_.insert(static_cast<std::size_t>(index));
  } else if (const auto* secrets = value->find("secrets")) {
    for (const auto& secret : secrets->items()) add_secret(secret.text());
  }
}

// ---- time
// ------------------------------------------------------------------------------------------------------------

void RunActor::start_timer(PendingEffect& effect) {
  effect.waits_code = "timer";
  effect.due_millis = later(effect.asked_millis, effect.arguments.get_int("ms"));
  effect.waits_detail = std::to_string(effect.due_millis);
  effect.may_leave = true;
  effect.cancel = [this, fiber = effect.fiber](bool) {
    if (auto* waiting = find_pending(fiber)) reactor_.cancel(waiting->timer);
    finish_effect(fiber, abort_with("interrupted"));
  };
  if (!timers_held_) arm_timer(effect);
}

void RunActor::arm_timer(PendingEffect& effect) {
  effect.timer = reactor_.after(std::chrono::milliseconds(effect.due_millis - hooks_.now_millis()),
                                [this, fiber = effect.fiber] { finish_effect(fiber, EffectResult{}); });
}

void RunActor::start_timeout(PendingEffect& effect) {
  finish_effect(effect.fiber, EffectResult(Value(static_cast<std::int64_t>(next_timeout_++))));
}
void RunActor::stop_timeout(PendingEffect& effect) { finish_effect(effect.fiber, EffectResult{}); }

// ---- nodes and workspaces
// ----------------------------------------------------------------------------------------------

namespace {

/// A node of this run and what it is called by; the built-in one first.
struct Candidate {
  std::string name;
  std::vector<std::string> labels;
  const NodeInput* input;  ///< null: the built-in node
};
std::vector<Candidate> candidates_of(const RunInputs& inputs) {
  std::vector<Candidate> out;
  auto built_in = inputs.labels;
  built_in.emplace_back("built-in");
  out.push_back({"built-in", std::move(built_in), nullptr});
  for (const auto& node : inputs.nodes) {
    auto labels = node.labels;
    labels.push_back(node.name);
    out.push_back({node.name, std::move(labels), &node});
  }
  return out;
}

/// Where a `node` of this label is given an executor; null: nowhere here, or the label is none.
const Candidate* choose_candidate(const std::vector<Candidate>& candidates, const std::string& label,
                                  nodes::RemoteNodes* remote) {
  const auto expression = text::LabelExpression::parse(label);
  if (!expression) return nullptr;
  for (const auto& candidate : candidates) {
    if (candidate.input == nullptr && remote != nullptr && !remote->built_in_takes(!label.empty())) continue;
    if (label.empty() || expression->matches(candidate.labels)) return &candidate;
  }
  return nullptr;
}

std::string safe_job_folder(const std::string& job) {
  std::string out;
  for (char c : job) out += (c == '/' || c == '%' || c == '\\' || static_cast<unsigned char>(c) < 0x20) ? '_' : c;
  if (out == "." || out == ".." || out.empty()) out = "_" + out;
  return out;
}

Result<> make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return fail(ErrorKind::unavailable, {"cannot make the folder {}: {}", "无法创建目录 {}：{}"},
                {path, error.message()});
  return {};
}

/// Empties a folder without following links out of it.
Result<> empty_folder(const std::string& path) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    std::filesystem::remove_all(entry.path(), error);
    if (error) return fail(ErrorKind::unavailable, {"cannot empty {}: {}", "无法清空 {}：{}"}, {path, error.message()});
  }
  return {};
}

}  // namespace

/// Why a node cannot be made from a podTemplate around it that has its label, where there is no cloud to make it in.
std::string RunActor::without_cloud(const Scope* scope, const text::LabelExpression& wanted) const {
  if (wanted.is_any() || (hooks_.remote_nodes != nullptr && !hooks_.remote_nodes->clouds().empty())) return {};
  for (; scope != nullptr; scope = scope->outer.get()) {
    if (scope->pod_template.is_null()) continue;
    std::istringstream words(scope->pod_template.get_string("label"));
    const std::vector<std::string> labels{std::istream_iterator<std::string>(words), {}};
    if (!wanted.matches(labels)) continue;
    const auto node = open_nodes_.find(scope->flow_node);
    const auto line = node == open_nodes_.end() ? 0 : node->second.line;
    return "podTemplate" + (line == 0 ? std::string() : " in line " + std::to_string(line)) +
           " needs a Kubernetes cloud and this installation has none: use another agent, or run the pipeline on a "
           "server "
           "that is connected to a cluster";
  }
  return {};
}

void RunActor::start_node(PendingEffect& effect) {
  auto label = effect.arguments.get_string("label");
  auto expression = text::LabelExpression::parse(label);
  if (!expression) return finish_effect(effect.fiber, abort_with(expression.error().message));

  const auto candidates = candidates_of(inputs_);
  const auto* chosen = choose_candidate(candidates, label, hooks_.remote_nodes);
  if (start_remote_node(effect, label, chosen != nullptr)) return;
  if (chosen == nullptr) {
    auto why = without_cloud(effect.scope.get(), *expression);
    if (why.empty()) why = "There are no nodes with the label ‘" + label + "’";
    return finish_effect(effect.fiber, abort_with(why));
  }
  const auto fiber = effect.fiber;
  effect.waits_code = "executor";
  effect.waits_detail = chosen->name;
  effect.cancel = [this, fiber](bool) {
    shared_->stop_waiting_for_executor(key_, fiber);
    finish_effect(fiber, abort_with("interrupted"));
  };
  shared_->wait_for_executor(self(), fiber, chosen->name, effect.asked_millis,
                             [this, fiber, name = chosen->name](int executor) { take_node(fiber, name, executor); });
  auto* waiting = find_pending(fiber);
  if (waiting == nullptr || waiting->kind != "node.acquire") return;
  waiting->may_leave = true;
  if (has_said(*waiting, "waits")) return;
  waiting->due_millis = waiting->asked_millis + std::chrono::milliseconds(kSayScheduling).count();
  const std::chrono::milliseconds left(waiting->due_millis - hooks_.now_millis());
  waiting->timer = reactor_.after(left, [this, fiber, name = chosen->name] {
    auto* still = find_pending(fiber);
    if (still == nullptr || still->kind != "node.acquire") return;
    still->due_millis = 0;
    say(*still, "waits", "Still waiting to schedule task\nWaiting for next available executor on ‘" + name + "’\n");
    schedule_turn();
  });
}

void RunActor::take_node(vm::FiberId fiber, const std::string& name, int executor) {
  auto* waiting = find_pending(fiber);
  if (waiting == nullptr) return;
  reactor_.cancel(waiting->timer);
  const auto candidates = candidates_of(inputs_);
  const auto chosen =
      std::find_if(candidates.begin(), candidates.end(), [&](const auto& candidate) { return candidate.name == name; });
  HeldNode held;
  held.name = name;
  held.executor = executor;
  held.root = inputs_.state_folder + (chosen->input == nullptr ? "" : "/nodes/" + safe_job_folder(chosen->name));
  held.workspace = feed_ ? feed_->wanted_workspace
                         : shared_->free_workspace(held.root + "/workspace/" + safe_job_folder(inputs_.job));
  if (feed_ && shared_->free_workspace(held.workspace) != held.workspace) {
    return finish_effect(fiber, abort_with("another run is at work in the workspace " + held.workspace));
  }
  if (auto made = make_folders(held.workspace); !made) return finish_effect(fiber, abort_with(made.error().message));
  if (auto made = make_folders(held.workspace + "@tmp"); !made) {
    return finish_effect(fiber, abort_with(made.error().message));
  }
  if (!inputs_.keep_workspace && !feed_ && !emptied_workspaces_.contains(held.workspace)) {
    if (auto done = empty_folder(held.workspace); !done) return finish_effect(fiber, abort_with(done.error().message));
  }
  std::string labels;
  for (const auto& label : chosen->labels) labels += (labels.empty() ? "" : " ") + label;
  Value env =
      Value::map_of("NODE_NAME", held.name, "NODE_LABELS", labels, "EXECUTOR_NUMBER", std::to_string(held.executor),
                    "WORKSPACE", held.workspace, "WORKSPACE_TMP", held.workspace + "@tmp");
  if (chosen->input != nullptr) {
    for (const auto& [k, v] : chosen->input->environment) env.set(k, v);
  }
  Value result = Value::map_of("lease", static_cast<std::int64_t>(next_node_hold_), "name", held.name, "workspace",
                               held.workspace, "root", held.root, "executor", held.executor, "labels", labels);
  result.set("env", std::move(env));
  // Where shells will follow, their agent starts while the entry becomes durable. If it cannot, they will say so.
  if (program_.has_shells) static_cast<void>(built_in_agent());
  finish_effect(fiber, EffectResult(std::move(result)));
}

void RunActor::release_node(PendingEffect& effect) {
  auto lease = static_cast<std::uint64_t>(effect.arguments.get_int("lease"));
  auto found = nodes_.find(lease);
  if (found == nodes_.end() || !found->second.used_shell) return finish_effect(effect.fiber, EffectResult{});
  const auto& held = found->second;
  // What is left in a pod goes with it, unless another run is to have it.
  if (!held.remote.is_null() && !held.remote.get_bool("reused")) return finish_effect(effect.fiber, EffectResult{});
  auto agent = held.remote.is_null() ? built_in_agent() : pod_agent(held.remote, held.name, "");
  if (!agent) return finish_effect(effect.fiber, EffectResult{});
  auto cookie = cookie_of(lease);
  for (auto& [id, other] : agents_) {
    const bool is_of_pod = !held.remote.is_null() && id.starts_with(held.name + "/") && other.get() != *agent;
    if (is_of_pod && other->connection) other->connection->kill_by_cookie(cookie, std::chrono::seconds(0));
  }
  cookies_[cookie] = {effect.fiber, *agent};
  (*agent)->connection->kill_by_cookie(cookie, std::chrono::seconds(5));
}

void RunActor::on_cookie_killed(std::string_view cookie) {
  auto found = cookies_.find(std::string(cookie));
  if (found == cookies_.end()) return;
  auto fiber = found->second.fiber;
  cookies_.erase(found);
  finish_effect(fiber, EffectResult{});
}

void RunActor::start_workspace(PendingEffect& effect) {
  auto path = effect.arguments.get_string("path");
  const auto* node = node_scope(effect.scope.get());
  if (!path.starts_with('/')) path = node->node_root + "/" + path;
  path = std::filesystem::path(path).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (remote_node(effect.scope.get()) != nullptr) {
    // A pod is this run's alone, and its agent makes the folders that steps act in.
    return finish_effect(effect.fiber,
                         EffectResult(Value::map_of("lease", static_cast<std::int64_t>(next_node_hold_), "path", path,
                                                    "root", node->node_root, "name", node->node)));
  }
  const auto chosen = shared_->free_workspace(path);
  if (feed_ && chosen != feed_->wanted_workspace) {
    return finish_effect(effect.fiber,
                         abort_with("another run is at work in the workspace " + feed_->wanted_workspace));
  }
  if (auto made = make_folders(chosen); !made) return finish_effect(effect.fiber, abort_with(made.error().message));
  if (auto made = make_folders(chosen + "@tmp"); !made)
    return finish_effect(effect.fiber, abort_with(made.error().message));
  finish_effect(effect.fiber, EffectResult(Value::map_of("lease", static_cast<std::int64_t>(next_node_hold_), "path",
                                                         chosen, "root", node->node_root, "name", node->node)));
}

void RunActor::release_workspace(PendingEffect& effect) { finish_effect(effect.fiber, EffectResult{}); }

// ---- locks and milestones
// ------------------------------------------------------------------------------------------------

namespace {

/// Jenkins' words for a run that came too late to a milestone.
steps::StepError superseded_by(std::uint64_t newer) {
  const auto text = "Superseded by #" + std::to_string(newer);
  steps::StepError error;
  error.java_class = "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException";
  error.message = text;
  error.fields =
      Value::map_of("result", "NOT_BUILT", "actualInterruption", true, "causes",
                    Value::list_of(Value::map_of("_class", "org.jenkinsci.plugins.pipeline.milestone.CancelledCause",
                                                 "shortDescription", text)));
  return error;
}

/// Resources a lock asks for; a label with a quantity takes the first free ones of that label's name. `node`: where the
/// `node` of a throttled block will be, empty: on one that is made for it.
std::vector<std::string> wanted_resources(const Value& arguments, const std::string& node) {
  std::vector<std::string> out;
  if (const auto* categories = arguments.find("categories")) {
    for (const auto& category : categories->items()) {
      out.push_back(SharedResources::slot_of(category.text()));
      if (!node.empty()) out.push_back(SharedResources::slot_of(on_node(category.text(), node)));
    }
  }
  if (const auto* wanted = arguments.find("wanted")) {
    for (const auto& item : wanted->items()) {
      auto resource = item.get_string("resource");
      if (!resource.empty()) {
        out.push_back(resource);
        continue;
      }
      auto label = item.get_string("label");
      auto quantity = std::max<std::int64_t>(1, item.get_int("quantity"));
      for (std::int64_t i = 0; i < quantity && !label.empty(); ++i) {
        out.push_back(quantity == 1 ? label : label + "-" + std::to_string(i + 1));
      }
    }
  }
  return out;
}

}  // namespace

void RunActor::start_lock(PendingEffect& effect) {
  const auto fiber = effect.fiber;
  const bool throttled = effect.kind == "throttle.acquire";
  std::string node;
  // A run that began before its prelude told the label counts at all only.
  if (const auto* label = throttled ? effect.arguments.find("label") : nullptr) {
    const auto wanted = label->is_null() ? std::string() : label->text();
    const auto candidates = candidates_of(inputs_);
    const auto* chosen = choose_candidate(candidates, wanted, hooks_.remote_nodes);
    const bool is_made =
        hooks_.remote_nodes != nullptr && !wanted.empty() && !declared_pods(effect.scope.get()).items().empty();
    if (chosen != nullptr && !is_made) node = chosen->name;
  }
  const auto names = wanted_resources(effect.arguments, node);
  effect.waits_code = throttled ? "throttle" : "lock";
  // Perhaps it is free by now: whoever asks what the time went into wants to know all the same.
  if (auto earlier = earlier_holders_.extract(effect.key.branch)) effect.waits_holder = std::move(earlier.mapped());
  effect.cancel = [this, fiber](bool) {
    shared_->stop_waiting_for_lock(key_, fiber);
    finish_effect(fiber, abort_with("interrupted"));
  };
  shared_->wait_for_lock(key_, fiber, names, effect.arguments.get_bool("inversePrecedence"), effect.asked_millis,
                         [this, fiber, names] { grant_lock(fiber, names); });
  auto* waiting = find_pending(fiber);
  if (waiting == nullptr || (waiting->kind != "lock.acquire" && waiting->kind != "throttle.acquire")) return;
  if (waiting->arguments.get_bool("skipIfLocked")) {
    shared_->stop_waiting_for_lock(key_, fiber);
    return finish_effect(fiber, EffectResult{});
  }
  waiting->may_leave = true;
  for (const auto& name : names) {
    const auto* holder = shared_->lock_holder(name);
    if (holder == nullptr) continue;
    if (const auto category = SharedResources::category_of(name)) {
      const auto slots = shared_->slots_of(*category);
      const auto [plain, on] = plain_category(*category);
      waiting->waits_holder = Value::map_of("category", plain, "running", slots.taken, "limit", slots.limit, "job",
                                            holder->run.job, "number", static_cast<std::int64_t>(holder->run.number));
      if (!on.empty()) waiting->waits_holder.set("node", on);
      waiting->waits_detail = plain;
      // The plugin's words.
      say(*waiting, "waits",
          "Still waiting to schedule task\nAlready running " + std::to_string(slots.taken) +
              (on.empty() ? " builds across all nodes\n" : " builds on node\n"));
      break;
    }
    waiting->waits_holder = Value::map_of("resource", name, "job", holder->run.job, "number",
                                          static_cast<std::int64_t>(holder->run.number));
    waiting->waits_detail = "[Resource: " + name + "] is locked by build " + holder->run.job + " #" +
                            std::to_string(holder->run.number) + ", waiting for execution...";
    say(*waiting, "waits", waiting->waits_detail + "\n");
    break;
  }
}

void RunActor::grant_lock(vm::FiberId fiber, const std::vector<std::string>& names) {
  const auto* waiting = find_pending(fiber);
  if (waiting == nullptr) return;
  Value list = Value::list();
  for (const auto& name : names) list.push(name);
  auto held = Value::map_of("lease", static_cast<std::int64_t>(next_lock_hold_), "names", std::move(list));
  // Kept for those who ask later what the time went into; the script does not look at it.
  if (!waiting->waits_holder.is_null()) held.set("waited", waiting->waits_holder);
  finish_effect(fiber, EffectResult(std::move(held)));
}

void RunActor::release_lock(PendingEffect& effect) { finish_effect(effect.fiber, EffectResult{}); }

void RunActor::start_milestone(PendingEffect& effect) {
  auto ordinal = effect.arguments.find("ordinal") != nullptr && effect.arguments.find("ordinal")->is_int()
                     ? effect.arguments.get_int("ordinal")
                     : last_milestone_ + 1;
  if (!effect.key.branch.empty() && !effect.arguments.get_bool("unsafe")) {
    return finish_effect(effect.fiber, abort_with("Using a milestone step inside parallel is not allowed"));
  }
  if (ordinal <= last_milestone_) {
    return finish_effect(effect.fiber, abort_with("Invalid ordinal " + std::to_string(ordinal) +
                                                  ", as the previous one was " + std::to_string(last_milestone_)));
  }
  auto line = "Trying to pass milestone " + std::to_string(ordinal) + "\n";
  say(effect, "begin", line);
  if (const auto newer = shared_->pass_milestone(self(), ordinal)) {
    return finish_effect(effect.fiber, std::unexpected(superseded_by(*newer)));
  }
  finish_effect(effect.fiber, EffectResult(Value(ordinal)));
}

// ---- input
// -----------------------------------------------------------------------------------------------------------------

namespace {

Value converted(const Value& definition, const Value* given) {
  auto type = definition.get_string("$class");
  const Value* fallback = definition.find("defaultValue");
  Value none("");
  if (type == "choice" || type.ends_with("ChoiceParameterDefinition")) {
    if (given != nullptr) return *given;
    const auto* choices = definition.find("choices");
    if (choices != nullptr && choices->is_list() && choices->size() > 0) return choices->items()[0];
    auto text = choices == nullptr ? std::string() : choices->text();
    return Value(text.substr(0, text.find('\n')));
  }
  const Value& value = given != nullptr ? *given : fallback != nullptr && !fallback->is_null() ? *fallback : none;
  if (type == "booleanParam" || type.ends_with("BooleanParameterDefinition")) {
    return value.is_bool() ? value : Value(value.text() == "true");
  }
  if (value.is_string()) return value;
  if (value.is_int()) return Value(std::to_string(value.as_int()));
  if (value.is_bool()) return Value(value.as_bool() ? "true" : "false");
  return Value(value.text());
}

}  // namespace

void RunActor::start_input(PendingEffect& effect) {
  auto id = effect.arguments.get_string("id");
  std::optional<std::size_t> index;
  const auto& answers = inputs_.answers.items();
  for (std::size_t i = 0; i < answers.size() && !index; ++i) {
    if (!used_answers_.contains(i) && answers[i].get_string("id") == id && !id.empty()) index = i;
  }
  for (std::size_t i = 0; i < answers.size() && !index; ++i) {
    if (!used_answers_.contains(i) && answers[i].find("id") == nullptr) index = i;
  }
  std::optional<Value> answer;
  if (index) {
    answer = answers[*index];
  } else if (hooks_.ask) {
    if (!commit_and_flush()) return;
    Question question;
    question.id = id;
    question.message = effect.arguments.get_string("message");
    question.ok = effect.arguments.get_string("ok");
    if (const auto* parameters = effect.arguments.find("parameters")) question.parameters = *parameters;
    answer = hooks_.ask(question);
  }
  if (!answer && hooks_.inputs_wait) {
    effect.waits_code = "input";
    effect.may_leave = true;
    effect.waits_detail = effect.arguments.get_string("message");
    effect.cancel = [this, fiber = effect.fiber](bool) { finish_effect(fiber, abort_with("interrupted")); };
    return;
  }
  if (!answer) {
    auto text = "Nobody can answer this input here; answer it with --input '{\"id\":\"" + id +
                "\",\"action\":\"proceed\",\"params\":{}}' or run on a terminal.\n";
    say(effect, "nobody", text);
    return finish_effect(effect.fiber,
                         std::unexpected(interruption("org.jenkinsci.plugins.workflow.support.steps.input.Rejection",
                                                      "Rejected by " + inputs_.user_name, "ABORTED")));
  }
  finish_input(effect, *answer, inputs_.user_id, inputs_.user_name, index);
}

void RunActor::finish_input(PendingEffect& effect, const Value& answer, const std::string& user_id,
                            const std::string& user_name, std::optional<std::size_t> index) {
  const auto* params = answer.find("params");
  Value values = Value::map();
  if (const auto* definitions = effect.arguments.find("parameters")) {
    for (const auto& definition : definitions->items()) {
      auto name = definition.get_string("name");
      values.set(name, converted(definition, params != nullptr ? params->find(name) : nullptr));
    }
  }
  Value result = Value::map_of("approved", answer.get_string("action") == "proceed", "by", user_name, "byId", user_id);
  result.set("values", std::move(values));
  if (index) result.set("answer", static_cast<std::int64_t>(*index));
  finish_effect(effect.fiber, EffectResult(std::move(result)));
}

/// As Jenkins names a question that names itself not: the MD5 of its message, in hex, its first letter large.
std::string RunActor::input_id(const Value& arguments) {
  if (auto id = arguments.get_string("id"); !id.empty()) return id;
  auto id = text::encode_hex(text::digest("MD5", arguments.get_string("message")).value_or(""));
  if (!id.empty() && id[0] >= 'a' && id[0] <= 'z') id[0] = static_cast<char>(id[0] - 'a' + 'A');
  return id;
}

Error RunActor::no_such_input(const std::string& job, std::uint64_t number, const std::string& id) {
  return {ErrorKind::not_found, "no input ‘" + id + "’ waits in " + job + " #" + std::to_string(number) +
                                    "; perhaps it was answered already"};
}

Result<> RunActor::answer_input(const InputAnswer& answer) {
  for (auto& [fiber, effect] : pending_) {
    if (effect.kind != "input" || !effect.started || effect.interruption) continue;
    if (input_id(effect.arguments) != answer.id) continue;
    auto given = Value::map_of("action", answer.approved ? "proceed" : "abort");
    if (answer.parameters.is_map()) given.set("params", answer.parameters);
    finish_input(effect, given, answer.user_id, answer.user_name, std::nullopt);
    return {};
  }
  return fail(no_such_input(inputs_.job, inputs_.number, answer.id));
}

// ---- libraries, log
// ----------------------------------------------------------------------------------------------------------

void RunActor::start_library(PendingEffect& effect) {
  auto name = effect.arguments.get_string("name");
  auto version = effect.arguments.get_string("version");
  const LibraryInput* found = nullptr;
  for (const auto& library : inputs_.libraries) {
    if (library.name == name) found = &library;
  }
  if (found != nullptr && version.empty()) version = found->default_version;
  const auto* retriever = effect.arguments.find("retriever");
  const bool fetched = found == nullptr && retriever != nullptr && !retriever->is_null();
  if (found == nullptr && !fetched) {
    if (hooks_.complain) hooks_.complain(library_advice(name));
    return finish_effect(effect.fiber, abort_with("No library named " + name + " found"));
  }
  if (fetched && version.empty()) {
    return finish_effect(effect.fiber, abort_with("No version specified for library " + name));
  }
  if (found != nullptr) {
    if (auto good = check_library_version(*found, version); !good) {
      return finish_effect(effect.fiber, abort_with(good.error().message));
    }
  }
  auto line = "Loading library " + name + (version.empty() ? "" : "@" + version) + "\n";
  say(effect, "begin", line);
  auto keep = [this, name, version](vm::FiberId fiber, const LibraryInput& library) {
    if (auto kept = keep_library(journal_, library); !kept) {
      return finish_effect(fiber, abort_with(kept.error().message));
    }
    finish_effect(fiber, EffectResult(Value::map_of("name", name, "version", version)));
  };
  if (!fetched && found->repository.empty()) return keep(effect.fiber, *found);
  if (!fetched) {
    // Given by its repository on the command line or in the configuration: fetched as one that the script itself names.
    effect.arguments.set("retriever", retriever_of(*found));
    effect.arguments.set("version", !found->version.empty() ? found->version : version.empty() ? "HEAD" : version);
  }
  perform_in_pool(effect, steps::fetch_library, [this, keep, name](vm::FiberId fiber, steps::Outcome outcome) {
    if (!outcome) return finish_effect(fiber, std::move(outcome));
    keep(fiber, {.name = name, .folder = outcome->value.get_string("folder")});
  });
}

void RunActor::start_library_resource(PendingEffect& effect) {
  auto path = effect.arguments.get_string("resource");
  for (const auto& library : loaded_libraries_) {
    auto bytes = library_source(library, "resources/" + path);
    if (!bytes) continue;
    auto encoding = effect.arguments.get_string("encoding");
    if (encoding == "Base64") return finish_effect(effect.fiber, EffectResult(Value(data::encode_base64(*bytes))));
    auto text = steps::decode_charset(*bytes, encoding);
    if (!text)
      return finish_effect(effect.fiber, steps::throw_with("java.nio.charset.UnsupportedCharsetException", encoding));
    return finish_effect(effect.fiber, EffectResult(Value(std::move(*text))));
  }
  finish_effect(effect.fiber, abort_with("No such library resource " + path + " could be found."));
}

void RunActor::start_tee(PendingEffect& effect) {
  if (remote_node(effect.scope.get()) != nullptr) {
    // The file would be one of this machine, under a path that the pipeline chooses.
    return finish_effect(effect.fiber, abort_with("tee writes on the node's own disk, and the node here is a pod: use "
                                                  "sh 'command 2>&1 | tee FILE'"));
  }
  auto path = steps::absolute_path(place_of(effect.scope.get()), effect.arguments.get_string("file"));
  auto root = files::Root::absolute("/");
  if (!root) return finish_effect(effect.fiber, abort_with(root.error().message));
  auto opened = root->open_write(path, {.append = true});
  auto entry = opened ? root->stat(path) : Result<files::Entry>(fail(opened.error()));
  if (!entry) return finish_effect(effect.fiber, steps::file_error(entry.error(), path));
  auto size = static_cast<std::int64_t>(entry->size);
  // Asked for again after a crash: what the first try copied is copied anew from the log.
  if (!effect.progress.empty())
    size = effect.progress.front().as_int();
  else
    add_progress(effect, Value(size));
  finish_effect(effect.fiber,
                EffectResult(Value::map_of("lease", static_cast<std::int64_t>(next_tee_), "path", path, "size", size,
                                           "after", static_cast<std::int64_t>(journal_.last_sequence()))));
}

/// All that the block printed is in the log by now and so in the file.
void RunActor::stop_tee(PendingEffect& effect) {
  auto closed = tees_.close(static_cast<std::uint64_t>(effect.arguments.get_int("lease")));
  if (!closed) return finish_effect(effect.fiber, steps::throw_with("java.io.IOException", closed.error().message));
  finish_effect(effect.fiber, EffectResult{});
}

void RunActor::start_nodes_by_label(PendingEffect& effect) {
  const auto label = effect.arguments.get_string("label");
  auto expression = text::LabelExpression::parse(label);
  if (!expression) return finish_effect(effect.fiber, abort_with(expression.error().message));
  Value names = Value::list();
  for (const auto& candidate : candidates_of(inputs_)) {
    if (label.empty() || expression->matches(candidate.labels)) names.push(candidate.name);
  }
  const auto line = names.size() == 0 ? "Could not find any nodes with '" + label + "' label\n"
                                      : "Found a total of " + std::to_string(names.size()) + " nodes with the '" +
                                            label + "' label\n";
  if (auto done = journal_.append_text(line); !done) return die(std::move(done).error());
  events_.emplace_back(LogEvent{effect.key.branch, effect.flow_node, line});
  finish_effect(effect.fiber, EffectResult(std::move(names)));
}

void RunActor::start_container_log(PendingEffect& effect) {
  if (remote_node(effect.scope.get()) != nullptr) return read_container_log(effect);
  finish_effect(effect.fiber,
                abort_with("containerLog reads the log of a container of a pod, and the node here is no pod "
                           "but this machine"));
}

void RunActor::start_log_tail(PendingEffect& effect) {
  auto lines = std::max<std::int64_t>(1, effect.arguments.get_int("lines", 50));
  std::string text;
  if (auto size = journal_.log_size()) {
    constexpr std::uint64_t kMost = 4 << 20;
    if (auto tail = journal_.read_log(*size > kMost ? *size - kMost : 0, kMost)) text = std::move(*tail);
  }
  std::size_t at = text.size();
  for (std::int64_t i = 0; i <= lines && at != std::string::npos && at > 0; ++i) at = text.rfind('\n', at - 1);
  if (at != std::string::npos && at > 0) text.erase(0, at + 1);
  finish_effect(effect.fiber, EffectResult(Value(std::move(text))));
}

}  // namespace windlass::engine

#include "controllers/pipeline_run_rules.h"

#include <algorithm>
#include <charconv>

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "data/json.h"
#include "objects/metadata.h"
#include "runs/blue_text.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::controllers {

using data::Value;

namespace {

constexpr std::size_t kMostStageBytes = 700'000;
constexpr std::size_t kMostShownNodes = 10'000;

const Value* find(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* at = &value;
  for (const auto key : path) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string text_at(const Value& value, std::initializer_list<std::string_view> path) {
  const auto* found = find(value, path);
  return found == nullptr || found->is_null() ? std::string() : found->text();
}

const Value* definitions_of(const Value& spec) { return find(spec, {"pipeline", "parameters"}); }

struct Shown {
  std::string phase, type, status, message;
};

/// As the client's commands take it.
std::string name_of(const runs::RunInfo& run) { return run.job + "#" + std::to_string(run.number); }

Shown shown(const runs::RunInfo& run) {
  switch (run.phase) {
    case runs::Phase::queued:
      return {"Pending", "Ready", "Unknown",
              run.held_by.empty() ? "the run waits in the queue"
                                  : "the run waits in the queue and was paused by " + run.held_by};
    case runs::Phase::running:
      return {"Running", "Ready", "Unknown",
              !run.held_by.empty() ? "the run was paused by " + run.held_by
              : run.paused()       ? "the run waits for an answer: windlass input " + name_of(run)
                                   : "the run goes on"};
    case runs::Phase::stuck:
      return {"Running", "Ready", "Unknown", "the run cannot go on: " + run.reason.evidence.get_string("message")};
    case runs::Phase::ended:
      break;
  }
  if (run.result == "SUCCESS") return {"Succeeded", "Succeeded", "True", "the run has succeeded"};
  if (run.result == "UNSTABLE")
    return {"Succeeded", "Succeeded", "True", "the run is unstable: tests or checks failed"};
  if (run.result == "ABORTED" || run.result == "NOT_BUILT") {
    return {"Cancelled", "Succeeded", "False",
            run.result == "ABORTED" ? "the run was aborted" : "the run was superseded"};
  }
  const auto why = run.reason.evidence.is_map() ? run.reason.evidence.get_string("message") : std::string();
  if (!why.empty()) return {"Failed", "Succeeded", "False", "the run could not begin: " + why};
  return {"Failed", "Succeeded", "False", "the run has failed; why: windlass explain " + name_of(run)};
}

/// One condition per type; its transition time moves only with its status.
bool set_condition(Value& status, const Shown& what, const std::string& reason, std::int64_t now_millis) {
  const auto now = objects::format_rfc3339(now_millis);
  auto condition = Value::map_of("type", what.type, "status", what.status, "reason", reason, "message", what.message);
  auto list = Value::list();
  std::string since = now;
  if (const auto* before = status.find("conditions")) {
    for (const auto& one : before->items()) {
      if (one.get_string("type") != what.type) {
        // "Ready" has had its day once "Succeeded" is known.
        if (what.type != "Succeeded" || one.get_string("type") != "Ready") list.push(one);
        continue;
      }
      if (one.get_string("status") == what.status) since = one.get_string("lastTransitionTime", now);
      bool same = true;
      for (const auto key : {"status", "reason", "message"}) {
        same = same && one.get_string(key) == condition.get_string(key);
      }
      if (same) return false;
    }
  }
  condition.set("lastProbeTime", now);
  condition.set("lastTransitionTime", since);
  auto out = Value::list_of(std::move(condition));
  for (const auto& one : list.items()) out.push(one);
  status.set("conditions", std::move(out));
  return true;
}

/// "pod-node-lost" as reasons of conditions and events are written: "PodNodeLost".
std::string reason_of(std::string_view code) {
  std::string out;
  bool upper = true;
  for (const char c : code) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

std::string branch_of(const engine::AgentReport& agent) { return agent.key.substr(0, agent.key.rfind(':')); }

struct AgentsNow {
  const engine::AgentReport* coming = nullptr;  ///< asked for, and nobody has called yet
  const engine::AgentReport* ailing =
      nullptr;  ///< with a trouble; what ended a pod counts until its branch has another
  std::size_t up = 0;
};

AgentsNow agents_now(const runs::RunInfo& run) {
  AgentsNow out;
  for (std::size_t i = 0; i < run.agents.size(); ++i) {
    const auto& agent = run.agents[i];
    if (agent.up) ++out.up;
    if (!agent.over && !agent.up) out.coming = &agent;
    const auto* trouble = agent.trouble();
    if (trouble == nullptr || (agent.over && !trouble->final)) continue;
    const bool replaced = agent.over && std::any_of(run.agents.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                                    run.agents.end(), [&](const engine::AgentReport& later) {
                                                      return branch_of(later) == branch_of(agent);
                                                    });
    if (!replaced) out.ailing = &agent;
  }
  return out;
}

/// How it is with the pods that the run has or waits for; nothing where it never asked for one.
std::optional<std::pair<std::string, Shown>> agents_shown(const runs::RunInfo& run) {
  if (run.agents.empty()) return std::nullopt;
  const auto [coming, ailing, up] = agents_now(run);
  if (ailing != nullptr) {
    const auto& trouble = *ailing->trouble();
    return std::pair(reason_of(trouble.code),
                     Shown{"", "AgentReady", "False",
                           (ailing->node.empty() ? std::string() : "pod " + ailing->node + ": ") + trouble.text});
  }
  if (coming != nullptr && run.phase != runs::Phase::ended) {
    return std::pair(std::string("PodPending"),
                     Shown{"", "AgentReady", "Unknown",
                           coming->node.empty() ? "a pod is asked for" : "waits for the pod " + coming->node});
  }
  if (up > 0 && run.phase != runs::Phase::ended) {
    return std::pair(std::string("AgentConnected"), Shown{"", "AgentReady", "True", "its agents have called"});
  }
  return std::pair(std::string("AgentReleased"), Shown{"", "AgentReady", "True", "its agents are not needed any more"});
}

bool set_text(Value& map, std::string_view key, const std::string& value) {
  if (map.get_string(key) == value) return false;
  map.set(std::string(key), value);
  return true;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_final(const Value& object) {
  return !text_at(object, {"status", "completionTime"}).empty() || objects::label(object, names::kRunOrphan) == "true";
}

bool says_begun(const Value& object) {
  if (!objects::annotation(object, names::kRunId).empty() || !objects::annotation(object, names::kRunClaim).empty()) {
    return true;
  }
  if (!text_at(object, {"status", "startTime"}).empty()) return true;
  const auto phase = text_at(object, {"status", "phase"});
  return !phase.empty() && phase != "Pending";
}

std::vector<std::string> secret_parameters(const Value& spec) {
  std::vector<std::string> out;
  if (const auto* list = definitions_of(spec)) {
    for (const auto& one : list->items()) {
      if (one.get_string("type") == "password") out.push_back(one.get_string("name"));
    }
  }
  return out;
}

Value new_run(const Value& pipeline, Value spec, Value parameters,
              const std::vector<std::pair<std::string, std::string>>& annotations) {
  const auto name = objects::meta_text(pipeline, "name");
  auto owner = Value::map_of("apiVersion", "devops.kubesphere.io/v1alpha3", "kind", "Pipeline", "name", name, "uid",
                             objects::meta_text(pipeline, "uid"), "controller", true, "blockOwnerDeletion", true);
  auto metadata = Value::map_of("generateName", name + "-", "namespace", objects::meta_text(pipeline, "namespace"));
  metadata.set("labels", Value::map_of(std::string(names::kPipelineLabel), name));
  auto notes = Value::map();
  for (const auto& [key, value] : annotations) notes.set(key, value);
  if (!annotations.empty()) metadata.set("annotations", std::move(notes));
  metadata.set("ownerReferences", Value::list_of(std::move(owner)));
  // From the start: so accepting it need not write it again, and a deletion before that reaches whoever waits for it.
  metadata.set("finalizers", Value::list_of(std::string(names::kRunFinalizer)));
  auto wanted = Value::map();
  wanted.set("pipelineRef", Value::map_of("apiVersion", "devops.kubesphere.io/v1alpha3", "kind", "Pipeline", "name",
                                          name, "namespace", objects::meta_text(pipeline, "namespace")));
  if (spec.is_null()) {
    if (const auto* own = pipeline.find("spec")) spec = *own;
  }
  wanted.set("pipelineSpec", std::move(spec));
  if (parameters.is_list() && parameters.size() != 0) wanted.set("parameters", std::move(parameters));
  return Value::map_of("metadata", std::move(metadata), "spec", std::move(wanted));
}

std::string derived_name(const std::string& pipeline, std::string_view kind, std::string_view asks) {
  constexpr std::size_t kMostNamed = 40, kTag = 12;
  const auto tag = text::encode_hex(text::digest("SHA-256", asks).value_or("")).substr(0, kTag);
  auto begin = pipeline.substr(0, kMostNamed);
  while (!begin.empty() && (begin.back() == '-' || begin.back() == '.')) begin.pop_back();
  return begin + "-" + std::string(kind) + "-" + tag;
}

std::int64_t runs_at_once(const Value& pipeline) {
  const auto text = objects::annotation(pipeline, names::kMaxRunning);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : 0;
}

Result<runs::RunRequest> request_of(const Value& run, const Value& spec, std::uint64_t at_least_number) {
  runs::RunRequest out;
  if (const auto type = spec.get_string("type", "pipeline"); type != "pipeline") {
    return fail(ErrorKind::unsupported, "pipelines of the type " + type +
                                            " cannot be run by this version; "
                                            "use the type pipeline");
  }
  out.uid = objects::meta_text(run, "uid");
  out.name = objects::meta_text(run, "name");
  out.project = objects::meta_text(run, "namespace");
  out.pipeline = text_at(run, {"spec", "pipelineRef", "name"});
  out.script = text_at(spec, {"pipeline", "jenkinsfile"});
  if (out.script.empty()) {
    return fail(ErrorKind::invalid,
                "the pipeline " + out.pipeline + " has no Jenkinsfile: set spec.pipeline.jenkinsfile");
  }
  out.at_least_number = at_least_number;
  if (const auto* concurrent = find(spec, {"pipeline", "disable_concurrent"})) {
    out.disable_concurrent = concurrent->is_bool() && concurrent->as_bool();
  }
  out.user_id = objects::annotation(run, names::kRunCreator);
  if (out.user_id.empty()) out.user_id = objects::annotation(run, names::kCreator);
  out.user_name = out.user_id;
  const auto trigger = objects::annotation(run, names::kRunTrigger);
  out.cause = trigger == "webhook"  ? "Started by a webhook"
              : trigger == "timer"  ? "Started by timer"
              : out.user_id.empty() ? "Started by an object of Kubernetes"
                                    : "Started by user " + out.user_id;

  if (const auto upstream = objects::annotation(run, names::kRunUpstream); trigger == "upstream" && !upstream.empty()) {
    const auto sign = upstream.rfind('#');
    out.cause = "Started by upstream project \"" + upstream.substr(0, sign) + "\" build number " +
                (sign == std::string::npos ? std::string() : upstream.substr(sign + 1));
    if (auto above = objects::annotation(run, names::kUpstreamCause); !above.empty()) {
      std::replace(above.begin(), above.end(), '\n', ' ');
      out.cause += "\noriginally caused by:\n " + above;
    }
  }
  if (auto cause = objects::annotation(run, names::kRunCause); !cause.empty()) out.cause = std::move(cause);
  if (const auto given = objects::annotation(run, names::kRunEnvironment); !given.empty()) {
    const auto variables = data::parse_json(given);
    for (const auto& entry : variables ? variables->members() : data::Map{}) {
      out.environment[entry.key] = entry.value.text();
    }
  }
  out.by_user = trigger.empty() && !out.user_id.empty();
  out.upstream = objects::annotation(run, names::kRunOrder);
  for (auto& name : secret_parameters(spec)) out.secret_parameters.insert(std::move(name));
  if (const auto of = objects::annotation(run, names::kRunReplayOf); !of.empty()) out.cause = "Replayed #" + of;

  const auto* given = find(run, {"spec", "parameters"});
  const auto value_of = [&](const std::string& name) -> const Value* {
    if (given == nullptr) return nullptr;
    for (const auto& one : given->items()) {
      if (one.get_string("name") == name) return &one;
    }
    return nullptr;
  };
  const auto* definitions = definitions_of(spec);
  for (const auto& definition : definitions == nullptr ? Value::List{} : definitions->items()) {
    const auto name = definition.get_string("name");
    const auto type = definition.get_string("type");
    const auto fallback = definition.get_string("default_value");
    const auto* wanted = value_of(name);
    auto value = wanted != nullptr ? text_at(*wanted, {"value"}) : fallback;
    if (type == "choice") {
      const auto choices = lines_of(fallback);
      if (wanted == nullptr) {
        value = choices.empty() ? std::string() : choices.front();
      } else if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
        return fail(ErrorKind::invalid,
                    "the parameter " + name + " cannot be ‘" + value + "’: it is one of its choices");
      }
    }
    if (type == "boolean") out.boolean_parameters.insert(name);
    out.parameters.emplace_back(name, std::move(value));
  }
  if (definitions == nullptr || definitions->size() == 0) {
    // What a script's own `parameters` or `properties` define is known only when it runs.
    for (const auto& one : given == nullptr ? Value::List{} : given->items()) {
      out.parameters.emplace_back(one.get_string("name"), text_at(one, {"value"}));
    }
  }
  if (const auto of = objects::annotation(run, names::kRunRestartOf); !of.empty()) {
    out.restart_of = std::strtoull(of.c_str(), nullptr, 10);
    out.restart_stage = objects::annotation(run, names::kRunRestartStage);
    out.restart_step = std::strtoull(objects::annotation(run, names::kRunRestartStep).c_str(), nullptr, 10);
    if (out.restart_of == 0 || (out.restart_stage.empty() && out.restart_step == 0)) {
      return fail(ErrorKind::invalid, "a restart needs the number of a run and one of its stages or steps");
    }
  }
  return out;
}

bool show_run(Value& object, const runs::RunInfo& run, std::int64_t now_millis) {
  bool changed = add_finalizer(object, names::kRunFinalizer);
  const auto slash = run.job.find('/');
  const auto pipeline = slash == std::string::npos ? run.job : run.job.substr(slash + 1);
  changed |= ensure_label(object, names::kPipelineLabel, pipeline.substr(0, pipeline.find('/')));
  changed |= ensure_annotation(object, names::kRunId, std::to_string(run.number));
  if (run.keep_log) changed |= ensure_annotation(object, names::kKeep, "true");
  runs::BlueContext context;
  context.now_millis =
      run.ended_millis != 0 ? run.ended_millis : run.started_millis;  // moves with the run, not with time
  changed |= ensure_annotation(object, names::kRunStatus, data::format_json(runs::blue_run(run, context)));
  auto status =
      object.find("status") != nullptr && object.find("status")->is_map() ? *object.find("status") : Value::map();
  const auto what = shown(run);
  bool moved = set_text(status, "phase", what.phase);
  if (run.started_millis != 0) moved |= set_text(status, "startTime", objects::format_rfc3339(run.started_millis));
  if (run.ended_millis != 0) moved |= set_text(status, "completionTime", objects::format_rfc3339(run.ended_millis));
  moved |= set_condition(status, what, runs::blue_state(run), now_millis);
  if (const auto agents = agents_shown(run)) moved |= set_condition(status, agents->second, agents->first, now_millis);
  if (moved) {
    status.set("updateTime", objects::format_rfc3339(now_millis));
    object.set("status", std::move(status));
  }
  return changed || moved;
}

std::vector<AgentNews> agent_ends(const runs::RunInfo& run, std::int64_t since_millis, std::set<std::string>& told) {
  std::vector<AgentNews> out;
  for (const auto& agent : run.agents) {
    for (const auto& trouble : agent.troubles) {
      if (!trouble.final || trouble.since_millis < since_millis) continue;
      if (!told.insert(agent.key + "/" + trouble.code).second) continue;
      const auto whose = agent.node.empty() ? std::string() : "pod " + agent.node + ": ";
      out.push_back({.ails = true, .reason = reason_of(trouble.code), .message = whose + trouble.text});
    }
  }
  return out;
}

std::optional<AgentNews> agent_news(const Value& before, const Value& after) {
  const auto condition = [](const Value& object) -> const Value* {
    const auto* all = find(object, {"status", "conditions"});
    if (all == nullptr || !all->is_list()) return nullptr;
    for (const auto& one : all->items()) {
      if (one.get_string("type") == "AgentReady") return &one;
    }
    return nullptr;
  };
  const auto* now = condition(after);
  const auto* then = condition(before);
  if (now == nullptr) return std::nullopt;
  const auto reason = now->get_string("reason");
  if (then != nullptr && then->get_string("reason") == reason) return std::nullopt;
  const bool ails = now->get_string("status") == "False";
  const bool ailed = then != nullptr && then->get_string("status") == "False";
  // That a pod is asked for, and given back, is in the log; what went wrong, and that it is over, is an event.
  if (!ails && !ailed) return std::nullopt;
  return AgentNews{.ails = ails, .reason = reason, .message = now->get_string("message")};
}

std::string what_ails(const runs::RunInfo& run) {
  const auto* ailing = agents_now(run).ailing;
  return ailing == nullptr ? std::string() : ailing->key + " " + ailing->trouble()->code;
}

bool show_refusal(Value& object, const std::string& phase, const std::string& reason, const std::string& message,
                  std::int64_t now_millis) {
  auto status =
      object.find("status") != nullptr && object.find("status")->is_map() ? *object.find("status") : Value::map();
  bool moved = set_text(status, "phase", phase);
  const bool over = phase == "Failed" || phase == "Unknown";
  moved |=
      set_condition(status, {phase, over ? "Succeeded" : "Ready", phase == "Failed" ? "False" : "Unknown", message},
                    reason, now_millis);
  if (over && status.get_string("completionTime").empty()) {
    status.set("completionTime", objects::format_rfc3339(now_millis));
    moved = true;
  }
  if (!moved) return false;
  status.set("updateTime", objects::format_rfc3339(now_millis));
  object.set("status", std::move(status));
  return true;
}

Value run_data(const runs::RunInfo& run, const runs::FlowNodes& nodes) {
  runs::BlueContext context;
  // Durations move with the run, not with the clock: what has not changed is not written again.
  context.now_millis = std::max(run.started_millis, run.ended_millis);
  for (const auto& node : nodes) {
    context.now_millis = std::max({context.now_millis, node.started_millis, node.ended_millis});
  }
  std::optional<std::string> stages;
  // Of more there is no room for the steps anyway: a long run is looked at each second.
  if (nodes.size() <= kMostShownNodes) stages = runs::BlueText(run, nodes, context, true).rest(kMostStageBytes);
  if (!stages) stages = runs::BlueText(run, nodes, context, false).rest(kMostStageBytes);
  auto out = Value::map();
  out.set("status", data::format_json(runs::blue_run(run, context)));
  out.set("stage", stages ? std::move(*stages) : "[]");
  return out;
}

}  // namespace windlass::controllers

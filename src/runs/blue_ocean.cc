#include "runs/blue_ocean.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace windlass::runs {

using data::Value;
using engine::FlowNode;

namespace {

/// What Jenkins calls its steps on pages.
constexpr std::pair<std::string_view, std::string_view> kTitles[] = {
    {"archiveArtifacts", "Archive the artifacts"},
    {"bat", "Windows Batch Script"},
    {"build", "Build another job"},
    {"checkout", "Check out from version control"},
    {"cleanWs", "Delete workspace when build is done"},
    {"deleteDir", "Recursively delete the current directory from the workspace"},
    {"echo", "Print Message"},
    {"emailext", "Extended Email"},
    {"error", "Error signal"},
    {"fileExists", "Verify if file exists in workspace"},
    {"git", "Git"},
    {"httpRequest", "Perform an HTTP Request and return a response object"},
    {"input", "Wait for interactive input"},
    {"junit", "Archive JUnit-formatted test results"},
    {"library", "Load a library on the fly"},
    {"load", "Evaluate a Groovy source file into the Pipeline script"},
    {"mail", "Mail"},
    {"milestone", "The milestone step forces all builds to go through in order"},
    {"powershell", "Windows PowerShell Script"},
    {"publishHTML", "Publish HTML reports"},
    {"pwd", "Determine current directory"},
    {"pwsh", "PowerShell Core Script"},
    {"readFile", "Read file from workspace"},
    {"readJSON", "Read JSON from files in the workspace."},
    {"readYaml", "Read yaml from files in the workspace or text."},
    {"sh", "Shell Script"},
    {"slackSend", "Send Slack Message"},
    {"sleep", "Sleep"},
    {"stash", "Stash some files to be used later in the build"},
    {"unstable", "Set stage result to unstable"},
    {"unstash", "Restore files previously stashed"},
    {"waitForQualityGate", "Wait for SonarQube analysis to be completed and return quality gate status"},
    {"writeFile", "Write file to workspace"},
};

/// Steps that only hold others: Blue Ocean lists what is in them.
constexpr std::string_view kBlocks[] = {
    "ansiColor", "branch",      "catchError",      "container", "dir",   "lock",    "throttle",   "node",
    "parallel",  "podTemplate", "retry",           "script",    "stage", "timeout", "timestamps", "tool",
    "waitUntil", "warnError",   "withCredentials", "withEnv",   "ws"};

bool is_block(std::string_view step) {
  return std::find(std::begin(kBlocks), std::end(kBlocks), step) != std::end(kBlocks);
}

Value time_of(std::int64_t millis, BlueStyle style) {
  if (millis == 0) return {};
  const auto seconds = static_cast<std::time_t>(millis / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  if (style == BlueStyle::stored) {
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return Value(std::string(text.data()));
  }
  std::array<char, 24> start{};
  std::strftime(start.data(), start.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data(), text.size(), "%s.%03d+0000", start.data(), static_cast<int>(millis % 1000));
  return Value(std::string(text.data()));
}

std::int64_t duration(std::int64_t start, std::int64_t end, std::int64_t now) {
  return start == 0 ? 0 : std::max<std::int64_t>(0, (end != 0 ? end : now) - start);
}

Value link(const std::string& href) {
  return Value::map_of("_class", "io.jenkins.blueocean.rest.hal.Link", "href", href);
}

void add_class(Value& out, const BlueContext& context, std::string_view name, const std::string& self) {
  if (context.style != BlueStyle::rest) return;
  out.set("_class", std::string(name));
  auto links = Value::map();
  links.set("self", link(self));
  out.set("_links", std::move(links));
  out.set("actions", Value::list());
}

const engine::Waiting* input_of(const RunInfo& run, std::uint64_t node) {
  for (const auto& one : run.waiting) {
    if (one.code == "input" && one.node == node) return &one;
  }
  return nullptr;
}

/// Definitions of an input's parameters as Blue Ocean gives them.
Value parameter_of(const Value& definition) {
  auto type = definition.get_string("$class");
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"string", "StringParameterDefinition"},        {"text", "TextParameterDefinition"},
      {"booleanParam", "BooleanParameterDefinition"}, {"choice", "ChoiceParameterDefinition"},
      {"password", "PasswordParameterDefinition"},    {"file", "FileParameterDefinition"}};
  for (const auto& [name, full] : kTypes) {
    if (type == name) type = full;
  }
  auto out = Value::map_of("name", definition.get_string("name"), "description", definition.get_string("description"),
                           "type", type);
  if (const auto* choices = definition.find("choices")) {
    auto list = Value::list();
    if (choices->is_list()) {
      list = *choices;
    } else {
      const auto& text = choices->text();
      for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        list.push(text.substr(at, end - at));
        at = end + 1;
      }
    }
    out.set("choices", std::move(list));
  }
  Value fallback;
  if (const auto* given = definition.find("defaultValue"); given != nullptr && type != "PasswordParameterDefinition") {
    fallback = *given;
  }
  out.set("defaultParameterValue", Value::map_of("name", definition.get_string("name"), "value", std::move(fallback)));
  return out;
}

Value input_value(const engine::Waiting& waiting) {
  const auto& asked = waiting.input;
  auto parameters = Value::list();
  if (const auto* definitions = asked.find("parameters")) {
    for (const auto& definition : definitions->items()) parameters.push(parameter_of(definition));
  }
  auto ok = asked.get_string("ok");
  auto submitter = asked.get_string("submitter");
  auto out = Value::map_of("id", asked.get_string("id"), "message", asked.get_string("message"), "ok",
                           ok.empty() ? std::string("Proceed") : ok);
  out.set("parameters", std::move(parameters));
  out.set("submitter", submitter.empty() ? Value() : Value(submitter));
  return out;
}

struct Status {
  std::string state, result;
};

Status status_of(const FlowNode& node, bool paused) {
  if (paused) return {"PAUSED", "UNKNOWN"};
  if (node.ended_millis == 0) return {"RUNNING", "UNKNOWN"};
  if (node.result == "NOT_BUILT") return {"SKIPPED", "NOT_BUILT"};
  return {"FINISHED", node.result.empty() ? "SUCCESS" : node.result};
}

}  // namespace

std::string blue_state(const RunInfo& run) {
  if (run.phase == Phase::ended) return "FINISHED";
  if (run.phase == Phase::queued) return "QUEUED";
  return run.paused() ? "PAUSED" : "RUNNING";
}

std::string blue_result(const RunInfo& run) {
  return run.phase == Phase::ended && !run.result.empty() ? run.result : "UNKNOWN";
}

Value blue_run(const RunInfo& run, const BlueContext& context) {
  auto cause = Value::map_of("shortDescription", run.cause);
  if (!run.user_id.empty()) {
    cause.set("userId", run.user_id);
    cause.set("userName", run.user_id);
  }
  if (context.style == BlueStyle::rest) {
    cause.set("_class", run.user_id.empty() ? "io.jenkins.blueocean.service.embedded.rest.AbstractRunImpl$BlueCauseImpl"
                                            : "hudson.model.Cause$UserIdCause");
  }
  std::string why;
  if (run.phase == Phase::queued && run.reason.code == "concurrent-build") {
    why = "Build #" + std::to_string(run.reason.evidence.get_int("number")) + " is already in progress";
  } else if (run.phase == Phase::queued && run.reason.code == "quiet-period") {
    why = "In the quiet period";
  } else if (run.phase == Phase::queued && run.reason.code == "busy") {
    why = "Waiting for one of " + std::to_string(run.reason.evidence.get_int("running")) + " runs to end";
  } else if (run.phase == Phase::queued && run.reason.code == "paused") {
    why = "Paused by " + run.held_by;
  } else if (run.phase == Phase::queued && run.reason.code == "rate-limit") {
    why = "Waiting for the rate limit of this pipeline";
  } else if (run.phase == Phase::queued &&
             (run.reason.code == "pipeline-limit" || run.reason.code == "project-limit")) {
    why = std::to_string(run.reason.evidence.get_int("running")) + " of " +
          std::to_string(run.reason.evidence.get_int("limit")) + " runs of this " +
          (run.reason.code == "project-limit" ? "project" : "pipeline") + " are under way";
  } else if (run.phase == Phase::stuck) {
    why = run.reason.evidence.get_string("message");
  } else {
    for (const auto& one : run.waiting) {
      if (one.code == "paused") why = "Paused by " + one.detail;
      if (one.code == "lock") why = one.detail;
      if (one.code == "throttle") why = "throttled by the category " + one.detail;
      if (one.code == "executor") why = "Waiting for next available executor on ‘" + one.detail + "’";
    }
  }
  const auto slash = run.job.rfind('/');
  auto out = Value::map();
  out.set("artifactsZipFile", Value());
  out.set("causeOfBlockage", why.empty() ? Value() : Value(why));
  out.set("causes", Value::list_of(std::move(cause)));
  out.set("changeSet", Value::list());
  out.set("description", Value());
  out.set("durationInMillis", duration(run.started_millis, run.ended_millis, context.now_millis));
  out.set("enQueueTime", time_of(run.queued_millis, context.style));
  out.set("endTime", time_of(run.ended_millis, context.style));
  out.set("estimatedDurationInMillis", context.estimated_millis);
  out.set("id", std::to_string(run.number));
  out.set("name", Value());
  out.set("organization", "jenkins");
  out.set("pipeline", run.job.substr(slash == std::string::npos ? 0 : slash + 1));
  out.set("replayable", true);
  out.set("result", blue_result(run));
  out.set("runSummary", run.phase == Phase::ended ? (run.result == "SUCCESS" ? "stable" : "broken") : "?");
  out.set("startTime", time_of(run.started_millis, context.style));
  out.set("state", blue_state(run));
  out.set("type", "WorkflowRun");
  out.set("queueId", std::to_string(run.number));
  out.set("commitId", Value());
  out.set("commitUrl", Value());
  out.set("branch", Value());
  out.set("pullRequest", Value());
  add_class(out, context, "io.jenkins.blueocean.rest.impl.pipeline.PipelineRunImpl", context.path);
  return out;
}

std::vector<StageView> stages_of(const FlowNodes& nodes, bool steps) {
  std::unordered_map<std::uint64_t, std::size_t> shown;         // flow node → place in `out`
  std::unordered_map<std::uint64_t, std::uint64_t> stands_for;  // Declarative's stage within its own branch → it
  std::vector<StageView> out;
  const auto parent_view = [&](const FlowNode& node) -> std::uint64_t {
    for (auto at = node.parent; at != 0;) {
      if (auto same = stands_for.find(at); same != stands_for.end()) return same->second;
      if (shown.contains(at)) return at;
      const auto* up = nodes.find(at);
      if (up == nullptr) break;
      at = up->parent;
    }
    return 0;
  };
  for (const auto& node : nodes) {
    const bool branch = node.step == "branch";
    if (!branch && node.step != "stage") {
      if (!steps || is_block(node.step)) continue;
      if (const auto view = parent_view(node); view != 0) out[shown.at(view)].steps.push_back(&node);
      continue;
    }
    const auto* up = nodes.find(node.parent);
    if (!branch && up != nullptr && up->step == "branch" && up->label == node.label) {
      stands_for[node.id] = up->id;
      continue;
    }
    StageView view;
    view.node = &node;
    view.branch = branch;
    view.parent = parent_view(node);
    shown[node.id] = out.size();
    out.push_back(std::move(view));
  }
  // Order: stages of one parent follow each other; branches stand side by side between what is before and behind.
  std::map<std::uint64_t, std::vector<std::size_t>> children;
  for (std::size_t i = 0; i < out.size(); ++i) children[out[i].parent].push_back(i);
  const std::function<std::vector<std::size_t>(std::uint64_t, std::vector<std::size_t>)> connect =
      [&](std::uint64_t parent, std::vector<std::size_t> before) {
        auto found = children.find(parent);
        if (found == children.end()) return before;
        std::vector<std::size_t> ends;  // of branches that stand side by side
        const auto fork = before;
        for (const auto i : found->second) {
          auto& view = out[i];
          const auto& from = view.branch ? fork : (ends.empty() ? before : ends);
          for (const auto j : from) out[j].next.push_back(view.node->id);
          if (!from.empty()) view.first_parent = out[from.front()].node->id;
          auto last = connect(view.node->id, {i});
          if (view.branch) {
            ends.insert(ends.end(), last.begin(), last.end());
          } else {
            ends.clear();
            before = std::move(last);
          }
        }
        return ends.empty() ? before : ends;
      };
  connect(0, {});
  return out;
}

Value blue_step(const RunInfo& run, const FlowNode& step, const BlueContext& context) {
  const auto* waiting = input_of(run, step.id);
  const auto status = status_of(step, waiting != nullptr);
  std::string title = step.step;
  for (const auto& [name, text] : kTitles) {
    if (name == step.step) title = text;
  }
  auto out = Value::map();
  out.set("displayDescription", step.label.empty() ? Value() : Value(step.label));
  out.set("displayName", title);
  out.set("durationInMillis", duration(step.started_millis, step.ended_millis, context.now_millis));
  out.set("id", std::to_string(step.id));
  out.set("input", waiting != nullptr ? input_value(*waiting) : Value());
  out.set("result", status.result);
  out.set("startTime", time_of(step.started_millis, context.style));
  out.set("state", status.state);
  out.set("type", "STEP");
  add_class(out, context, "io.jenkins.blueocean.rest.impl.pipeline.PipelineStepImpl",
            context.path + "steps/" + std::to_string(step.id) + "/");
  return out;
}

std::set<std::uint64_t> paused_of(const RunInfo& run, const FlowNodes& nodes) {
  std::set<std::uint64_t> out;
  for (const auto& one : run.waiting) {
    if (one.code != "input") continue;
    for (const auto* at = nodes.find(one.node); at != nullptr && out.insert(at->id).second;)
      at = nodes.find(at->parent);
  }
  return out;
}

Value blue_node(const RunInfo& run, const StageView& stage, bool paused, const std::set<std::uint64_t>& branches,
                const BlueContext& context) {
  const auto& node = *stage.node;
  const auto status = status_of(node, paused);
  auto edges = Value::list();
  for (const auto id : stage.next) {
    edges.push(Value::map_of("id", std::to_string(id), "type", branches.contains(id) ? "PARALLEL" : "STAGE"));
  }
  auto one = Value::map();
  one.set("displayDescription", Value());
  one.set("displayName", node.label);
  one.set("durationInMillis", duration(node.started_millis, node.ended_millis, context.now_millis));
  one.set("id", std::to_string(node.id));
  one.set("input", Value());
  one.set("result", status.result);
  one.set("startTime", time_of(node.started_millis, context.style));
  one.set("state", status.state);
  one.set("type", stage.branch ? "PARALLEL" : "STAGE");
  one.set("causeOfBlockage", node.ended_millis == 0 || node.cause.empty() ? Value() : Value(node.cause));
  one.set("edges", std::move(edges));
  one.set("firstParent", stage.first_parent == 0 ? Value() : Value(std::to_string(stage.first_parent)));
  one.set("restartable", run.phase == Phase::ended && !stage.branch && stage.parent == 0);
  add_class(one, context, "io.jenkins.blueocean.rest.impl.pipeline.PipelineNodeImpl",
            context.path + "nodes/" + std::to_string(node.id) + "/");
  return one;
}

std::vector<std::uint64_t> below(const FlowNodes& nodes, std::uint64_t id) {
  std::unordered_set<std::uint64_t> inside{id};
  std::vector<std::uint64_t> out{id};
  // Parents begin before what is in them.
  for (auto node = nodes.from(id + 1); node != nodes.end(); ++node) {
    if (inside.contains(node->parent) && inside.insert(node->id).second) out.push_back(node->id);
  }
  return out;
}

}  // namespace windlass::runs

// Nodes that are made for the run: asked for, waited for, given back; what becomes of the run when one is lost.
//
// The node is asked for under a name that follows from the effect, so asking again after a crash finds it. Its effect
// ends when its agent has called and told what its container was given. Source: docs/compat/kubernetes-agents.md.
#include "engine/effect_services.h"
#include "engine/run_actor.h"
#include "steps/credential_store.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::EffectResult;

namespace {

constexpr std::string_view kSuffixLetters = "bcdfghjklmnpqrstvwxz0123456789";
constexpr std::size_t kSuffixSize = 16;
constexpr std::string_view kRemovedNode =
    "org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$RemovedNodeCause";

std::string sha256(std::string_view text) { return text::digest("SHA-256", text).value_or(""); }
std::string hex_of(std::string_view bytes) { return text::encode_hex(bytes); }

std::string safe_folder(const std::string& job) {
  std::string out;
  for (char c : job) out += (c == '/' || c == '%' || c == '\\' || static_cast<unsigned char>(c) < 0x20) ? '_' : c;
  return out == "." || out == ".." || out.empty() ? "_" + out : out;
}

Environment as_map(const std::vector<std::string>& entries) {
  Environment out;
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    if (equals != std::string::npos && equals != 0) out[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return out;
}

Value as_value(const Environment& environment) {
  Value out = Value::map();
  for (const auto& [name, value] : environment) out.set(name, value);
  return out;
}

}  // namespace

const std::string& RunActor::remote_uid() const {
  return hooks_.run_uid.empty() ? journal_.header().uid : hooks_.run_uid;
}

const RunActor::HeldNode* RunActor::remote_node(const Scope* scope) const {
  while (scope != nullptr && !scope->node_environment) scope = scope->outer.get();
  if (scope == nullptr || !scope->is_remote) return nullptr;
  const auto held = nodes_.find(scope->node_lease);
  return held == nodes_.end() || held->second.remote.is_null() ? nullptr : &held->second;
}

Value RunActor::declared_pods(const Scope* scope) {
  std::vector<Value> inner_first;
  for (; scope != nullptr; scope = scope->outer.get()) {
    if (!scope->pod_template.is_null()) inner_first.push_back(scope->pod_template);
  }
  Value out = Value::list();
  for (auto it = inner_first.rbegin(); it != inner_first.rend(); ++it) out.push(std::move(*it));
  return out;
}

/// The credentials of registries are looked up here and go on in memory only.
Result<std::vector<nodes::DockerWanted>> RunActor::docker_wanted(PendingEffect& effect) {
  std::vector<nodes::DockerWanted> out;
  if (!effect.docker.is_list()) return out;
  const auto services = std::make_shared<EffectRunServices>(*this, effect);
  for (const auto& one : effect.docker.items()) {
    nodes::DockerWanted wanted{.image = one.get_string("image"),
                               .args = one.get_string("args"),
                               .always_pull = one.get_bool("alwaysPull"),
                               .registry = one.get_string("registryUrl"),
                               .user = {},
                               .password = {}};
    if (const auto id = one.get_string("registryCredentialsId"); !id.empty()) {
      const auto key = key_text(effect.key);
      steps::EffectContext context{.key = key, .step = effect.step, .place = {}, .run = *services};
      auto found = steps::find_credential(context, id, {steps::CredentialType::username_password});
      if (!found) return fail(ErrorKind::not_found, found.error().message);
      wanted.user = found->get_string("username");
      wanted.password = found->get_string("password");
      add_secret(wanted.password);
    }
    out.push_back(std::move(wanted));
  }
  return out;
}

/// False: the node is for this machine to give.
bool RunActor::start_remote_node(PendingEffect& effect, const std::string& label, bool built_in_fits) {
  auto* remote = hooks_.remote_nodes;
  if (remote == nullptr) return false;
  auto declared = declared_pods(effect.scope.get());
  // A template that the pipeline itself has written is meant where its label is asked for; else what is here is first.
  const bool is_meant = !declared.items().empty() && !label.empty();
  if (built_in_fits && !is_meant) return false;
  if (auto why = remote->refuses(label, declared)) {
    if (built_in_fits) return false;
    if (const auto wanted = text::LabelExpression::parse(label)) {
      if (auto none = without_cloud(effect.scope.get(), *wanted); !none.empty()) why->text = std::move(none);
    }
    agent_asked(effect, label);
    agent_ails(key_text(effect.key), *why, true);
    finish_effect(effect.fiber, abort_with(why->text));
    return true;
  }
  agent_asked(effect, label);
  nodes::RemoteNodeRequest request;
  request.run_uid = remote_uid();
  request.job = inputs_.job;
  request.number = inputs_.number;
  request.run_url = run_environment_["BUILD_URL"];
  request.effect_key = key_text(effect.key);
  request.label = label;
  request.declared = std::move(declared);
  if (auto docker = docker_wanted(effect)) {
    request.docker = std::move(*docker);
  } else {
    finish_effect(effect.fiber, abort_with(docker.error().message));
    return true;
  }
  const auto digest = sha256(request.run_uid + "\n" + request.effect_key);
  for (std::size_t i = 0; i < kSuffixSize && i < digest.size(); ++i) {
    request.suffix += kSuffixLetters[static_cast<unsigned char>(digest[i]) % kSuffixLetters.size()];
  }
  effect.waits_code = "pod";
  effect.waits_detail = label;
  const auto fiber = effect.fiber;
  effect.cancel = [this, fiber](bool) {
    if (auto coming = coming_nodes_.extract(fiber)) hooks_.remote_nodes->drop(coming.mapped().ticket, true);
    if (const auto* asked = find_pending(fiber)) agent_is_over(key_text(asked->key));
    finish_effect(fiber, abort_with("interrupted"));
  };
  coming_nodes_[fiber];
  const auto ticket = remote->acquire(std::move(request), remote_events(effect));
  if (auto coming = coming_nodes_.find(fiber); coming != coming_nodes_.end()) coming->second.ticket = ticket;
  return true;
}

/// What is told of a node comes from other threads: it becomes an event of this run's loop, unless the run has gone.
nodes::RemoteNodeEvents RunActor::remote_events(const PendingEffect& effect) {
  auto& loop = reactor_.base();
  const auto fiber = effect.fiber;
  const auto intent = effect.intent;
  const auto key = key_text(effect.key);
  const auto waiting = [this, fiber, intent]() -> PendingEffect* {
    auto* effect = find_pending(fiber);
    return effect != nullptr && effect->intent == intent ? effect : nullptr;
  };
  nodes::RemoteNodeEvents events;
  events.say = [&loop, then = reactor_.guarded([this, waiting](const std::string& line) {
    if (auto* effect = waiting()) {
      return say(*effect, "pod " + hex_of(sha256(line)).substr(0, 16), line + "\n");
    }
    say_of_run(line + "\n");  // of a node that is up: what it ended with
    schedule_turn();
  })](std::string line) mutable { loop.post([then, line = std::move(line)]() mutable { then(line); }); };
  events.waits = [&loop, then = reactor_.guarded([this, waiting](const nodes::NodeTrouble& what) {
    auto* effect = waiting();
    if (effect == nullptr) return;
    effect->waits_code = what.code;
    effect->waits_detail = mask(what.text);
    effect->waits_evidence = masked(what.evidence);
    schedule_turn();
  })](nodes::NodeTrouble what) mutable { loop.post([then, what = std::move(what)]() mutable { then(what); }); };
  events.ails = [&loop, then = reactor_.guarded([this, key](const nodes::NodeTrouble& trouble) {
    agent_ails(key, trouble, false);
  })](nodes::NodeTrouble trouble) mutable {
    loop.post([then, trouble = std::move(trouble)]() mutable { then(trouble); });
  };
  events.up = [&loop, then = reactor_.guarded([this, fiber, intent](nodes::RemoteNode node) {
    remote_node_up(fiber, intent, std::move(node));
  })](nodes::RemoteNode node) mutable {
    loop.post([then, node = std::move(node)]() mutable { then(std::move(node)); });
  };
  events.lost = [&loop, then = reactor_.guarded([this, key](const nodes::NodeTrouble& trouble) {
    remote_node_lost(key, trouble);
  })](nodes::NodeTrouble trouble) mutable {
    loop.post([then, trouble = std::move(trouble)]() mutable { then(trouble); });
  };
  return events;
}

Result<RunAgent*> RunActor::pod_agent(const Value& facts, const std::string& node, const std::string& wanted) {
  if (hooks_.remote_nodes == nullptr) {
    return fail(ErrorKind::unavailable,
                "the step runs in the pod " + node + ", and this process is connected to no cluster");
  }
  // `container('jnlp')` is where steps are without it: one agent, and of two who speak to it only the later is heard.
  const auto container = wanted == facts.get_string("agent") ? std::string() : wanted;
  const auto id = node + "/" + container;
  auto& agent = agents_[id];
  if (!agent) {
    agent = std::make_unique<RunAgent>(*this, id);
    agent->container = container;
    agent->facts = facts;
    if (auto known = agent_instances_.find(id); known != agent_instances_.end()) agent->instance = known->second;
  }
  if (agent->connection && !agent->is_gone) return agent.get();
  if (agent->connection) reactor_.unwatch(agent->connection->fd());
  agent->connection.reset();
  agent->is_gone = false;
  nodes::RemoteAgentOptions options;
  options.name = id;
  options.owner = journal_.header().uid;
  options.epoch = journal_.header().epoch == 0 ? 1 : journal_.header().epoch;
  options.reach = [remote = hooks_.remote_nodes, facts, container] { return remote->call(facts, container); };
  agent->connection = WL_TRY(nodes::call_agent(std::move(options), *agent));
  reactor_.watch(agent->connection->fd(), [connection = agent->connection.get()] { connection->pump(); });
  return agent.get();
}

void RunActor::remote_node_up(vm::FiberId fiber, std::uint64_t intent, nodes::RemoteNode node) {
  auto* effect = find_pending(fiber);
  const auto coming = coming_nodes_.find(fiber);
  if (effect == nullptr || effect->intent != intent || coming == coming_nodes_.end()) return;
  // Its agent says what its container was given; that is part of the result.
  auto agent = pod_agent(node.facts, node.name, "");
  if (!agent) return finish_effect(fiber, abort_with(agent.error().text()));
  coming->second.node = std::move(node);
  if (!(*agent)->surroundings.empty()) finish_remote_node(fiber, *coming->second.node);
}

void RunActor::on_surroundings(RunAgent& agent) {
  for (const auto& [fiber, coming] : coming_nodes_) {
    if (!coming.node || coming.node->name + "/" != agent.id) continue;
    const auto node = *coming.node;
    return finish_remote_node(fiber, node);
  }
}

void RunActor::on_memory(RunAgent& agent, const nodes::MemoryUse& use) {
  if (hooks_.remote_nodes != nullptr && agent.facts.is_map()) {
    hooks_.remote_nodes->saw_memory(agent.facts, agent.container, use);
  }
}

void RunActor::finish_remote_node(vm::FiberId fiber, const nodes::RemoteNode& node) {
  const auto& agent = *agents_.at(node.name + "/");
  auto base = as_map(agent.surroundings);
  const auto workspace = node.root + "/workspace/" + safe_folder(inputs_.job);
  auto environment = base;
  environment["NODE_NAME"] = node.name;
  environment["NODE_LABELS"] = node.labels;
  environment["EXECUTOR_NUMBER"] = "0";
  environment["WORKSPACE"] = workspace;
  environment["WORKSPACE_TMP"] = workspace + "@tmp";
  Value result = Value::map_of("lease", static_cast<std::int64_t>(next_node_hold_), "name", node.name, "workspace",
                               workspace, "root", node.root, "executor", 0, "labels", node.labels);
  result.set("env", as_value(environment));
  result.set("base", as_value(base));
  result.set("remote", node.facts);
  if (const auto* effect = find_pending(fiber)) agent_is_up(key_text(effect->key), node);
  finish_effect(fiber, EffectResult(std::move(result)));
}

steps::StepError RunActor::node_removed(const nodes::NodeTrouble& trouble) {
  auto error = interruption(std::string(kRemovedNode), trouble.text, "ABORTED");
  error.fields.set("actualInterruption", false);
  error.fields.set("causes", Value::list_of(Value::map_of("_class", kRemovedNode, "shortDescription", trouble.text,
                                                          "pod", true, "code", trouble.code, "reason", trouble.reason,
                                                          "final", !trouble.retry_helps)));
  return error;
}

/// The node that this effect asked for could not be had, or is no more: what runs on it ends as an agent error.
void RunActor::remote_node_lost(const std::string& effect_key, const nodes::NodeTrouble& trouble) {
  agent_ails(effect_key, trouble, true);
  for (auto& [fiber, effect] : pending_) {
    if (effect.kind != "node.acquire" || key_text(effect.key) != effect_key) continue;
    coming_nodes_.erase(fiber);
    if (trouble.is_refusal) return finish_effect(fiber, abort_with(trouble.text));
    return finish_effect(fiber, std::unexpected(node_removed(trouble)));
  }
  for (auto& [lease, held] : nodes_) {
    if (held.remote.is_null() || held.effect_key != effect_key) continue;
    held.failed = true;
    const auto of_node = [id = lease](const Scope* scope) {
      for (; scope != nullptr; scope = scope->outer.get()) {
        if (scope->node_lease == id) return true;
      }
      return false;
    };
    // Its last lines are in the log. Its agents tell by themselves that they are gone: until then their tasks wait for
    // that.
    return interrupt_where(of_node, node_removed(trouble), true);
  }
}

/// A log that cannot be had never fails the run, as in Jenkins.
void RunActor::read_container_log(PendingEffect& effect) {
  const auto* held = remote_node(effect.scope.get());
  nodes::ContainerLogWanted wanted;
  wanted.container = effect.arguments.get_string("name");
  const auto number = [&effect](std::string_view name) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, effect.arguments.get_int(name)));
  };
  wanted.tail_lines = number("tailingLines");
  wanted.since_seconds = number("sinceSeconds");
  wanted.limit_bytes = number("limitBytes");
  const bool returns = effect.arguments.get_bool("returnLog");
  effect.waits_code = "container_log";
  effect.cancel = [this, fiber = effect.fiber](bool) { finish_effect(fiber, abort_with("interrupted")); };
  auto& loop = reactor_.base();
  auto then = reactor_.guarded([this, fiber = effect.fiber, intent = effect.intent, returns, name = wanted.container,
                                pod = held->name](const Result<std::string>& text) {
    auto* waiting = find_pending(fiber);
    if (waiting == nullptr || waiting->intent != intent) return;
    if (!text) {
      say(*waiting, "log", "Failed to get logs for container: " + text.error().text() + "\n");
      return finish_effect(fiber, EffectResult(Value("")));
    }
    if (returns) return finish_effect(fiber, EffectResult(Value(*text)));
    say(*waiting, "log",
        "> start log of container '" + name + "' in pod '" + pod + "'\n" + *text + (text->ends_with('\n') ? "" : "\n") +
            "> end log of container '" + name + "' in pod '" + pod + "'\n");
    finish_effect(fiber, EffectResult(Value("")));
  });
  hooks_.remote_nodes->container_log(held->remote, std::move(wanted), [&loop, then](Result<std::string> text) mutable {
    loop.post([then, text = std::move(text)]() mutable { then(text); });
  });
}

/// After a restart, or back in memory: whoever made the nodes is told which this run has.
void RunActor::attach_remote_nodes() {
  if (hooks_.remote_nodes == nullptr) return;
  std::vector<std::string> keys;
  for (const auto& [fiber, effect] : pending_) {
    if (effect.kind == "node.acquire") keys.push_back(key_text(effect.key));
  }
  for (auto& [lease, node] : nodes_) {
    if (node.remote.is_null()) continue;
    keys.push_back(node.effect_key);
    if (node.ticket != 0) continue;
    PendingEffect by;
    const auto colon = node.effect_key.rfind(':');
    by.key = {node.effect_key.substr(0, colon), std::stoull(node.effect_key.substr(colon + 1))};
    node.ticket = hooks_.remote_nodes->attach(remote_uid(), node.effect_key, node.remote, remote_events(by));
  }
  hooks_.remote_nodes->settle(remote_uid(), keys);
}

}  // namespace windlass::engine

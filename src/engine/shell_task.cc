// `sh` and `exec`: tasks on the agent. A task's token derives from run and effect key, so a restarted engine asks for
// the same one and nothing runs twice. Source: docs/formats/agent.md; shell rules: pipeline-language 6.3.
#include "engine/pod_effect.h"
#include "engine/run_actor.h"
#include "steps/charset.h"
#include "text/java_hash.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::EffectResult;

namespace {

constexpr std::size_t kMaxCaptured = 64u * 1024 * 1024;
constexpr std::chrono::seconds kKillGrace{10};
constexpr std::size_t kMaxPartialLine = 8u * 1024;
constexpr std::chrono::milliseconds kPartialLine{100};  ///< how long the beginning of a line waits for its end

std::string hex(std::uint64_t n, int digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(static_cast<std::size_t>(digits), '0');
  for (int i = digits - 1; i >= 0; --i, n >>= 4) out[static_cast<std::size_t>(i)] = kDigits[n & 15];
  return out;
}

std::uint64_t fnv(std::string_view text) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (unsigned char c : text) hash = (hash ^ c) * 1099511628211ULL;
  return hash;
}

/// Ends a task. An agent of a pod that has never answered has started nothing, and its container may never come: what
/// was to run there ends at once, and is not started any more.
template <class Shells, class Lost>
void end_early(Shells& shells, const std::string& token, bool hasten, const Lost& lost) {
  const auto found = shells.find(token);
  if (found == shells.end()) return;
  auto& agent = *found->second.agent;
  if (agent.id.empty() || !agent.instance.empty()) {
    agent.connection->stop(token, hasten ? std::chrono::seconds(0) : kKillGrace);
    return;
  }
  agent.connection->forget(token);
  lost(Error(ErrorKind::unavailable, "the container " + agent.container + " had not come up"));
}

}  // namespace

std::string RunActor::token_of(const journal::EffectKey& key) const {
  std::string branch;
  for (char c : key.branch) branch += c == '/' ? '.' : c;
  auto token = journal_.header().uid + "-" + branch + "-" + std::to_string(key.ordinal);
  if (token.size() > 128)
    token = journal_.header().uid + "-" + hex(fnv(key.branch), 16) + "-" + std::to_string(key.ordinal);
  return token;
}

std::string RunActor::cookie_of(std::uint64_t lease) const {
  return "windlass-" + journal_.header().uid + "-" + std::to_string(lease);
}

Result<RunAgent*> RunActor::built_in_agent() {
  auto& agent = agents_[""];
  if (!agent) agent = std::make_unique<RunAgent>(*this, "");
  if (agent->connection && !agent->is_gone) return agent.get();
  if (agent->connection) {
    reactor_.unwatch(agent->connection->fd());
    agent->connection.reset();
    agent->is_gone = false;
  }
  nodes::LocalAgentOptions options;
  options.state_dir = inputs_.state_folder + "/agent";
  options.agent_binary = hooks_.agent_binary;
  options.owner = journal_.header().uid;
  options.epoch = journal_.header().epoch == 0 ? 1 : journal_.header().epoch;
  options.exit_when_idle = std::chrono::seconds(2);
  options.link_fault = hooks_.link_fault;
  if (!hooks_.shim_fault.empty()) options.shim_arguments.push_back("--test-fault-shim=" + hooks_.shim_fault);
  agent->connection =
      WL_TRY(hooks_.connect_agent ? hooks_.connect_agent(options, *agent) : nodes::start_local_agent(options, *agent));
  reactor_.watch(agent->connection->fd(), [connection = agent->connection.get()] { connection->pump(); });
  if (auto known = agent_instances_.find(""); known != agent_instances_.end()) agent->instance = known->second;
  return agent.get();
}

Result<RunAgent*> RunActor::agent_for(const Scope* scope) {
  const auto* held = remote_node(scope);
  return held == nullptr ? built_in_agent() : pod_agent(held->remote, held->name, pod_container(scope));
}

std::unexpected<steps::StepError> RunActor::without_agent(const Scope* scope, const Error& why) const {
  if (remote_node(scope) == nullptr) return abort_with(why.text());
  nodes::NodeTrouble trouble;
  trouble.code = "pod-lost";
  trouble.text = why.text();
  trouble.evidence = Value::map_of("message", why.message);
  return std::unexpected(node_removed(trouble));
}

void RunActor::close_agents(bool goodbye) {
  for (auto& [id, agent] : agents_) {
    if (!agent->connection) continue;
    reactor_.unwatch(agent->connection->fd());
    if (goodbye) agent->connection->goodbye();
  }
}

void RunActor::hang_up(const std::string& node) {
  for (auto& [id, agent] : agents_) {
    if (!id.starts_with(node + "/") || !agent->connection) continue;
    reactor_.unwatch(agent->connection->fd());
    agent->connection->goodbye();
    agent->connection.reset();
  }
}

void RunActor::fill_environment(nodes::TaskSpec& spec, const Scope* scope, const Environment& environment) const {
  const auto* held = remote_node(scope);
  spec.inherit_env = held != nullptr;
  for (const auto& [name, value] : environment) {
    // A container keeps what its image says, but for what somebody has changed.
    if (held != nullptr) {
      const auto own = held->base.find(name);
      if (own != held->base.end() && own->second == value) continue;
    }
    spec.env.emplace_back(name, value);
  }
}

void RunActor::start_shell(PendingEffect& effect) {
  const auto& arguments = effect.arguments;
  if (arguments.get_bool("returnStdout") && arguments.get_bool("returnStatus")) {
    return finish_effect(effect.fiber, steps::throw_with("java.lang.IllegalArgumentException",
                                                         "Cannot provide both returnStdout and returnStatus"));
  }
  if (auto encoding = arguments.get_string("encoding"); !encoding.empty() && !steps::decode_charset("", encoding)) {
    return finish_effect(effect.fiber, steps::throw_with("java.nio.charset.UnsupportedCharsetException", encoding));
  }
  if (effect.kind == "bat") {
    return finish_effect(effect.fiber, abort_with("Batch scripts can only be run on Windows nodes"));
  }
  auto agent = agent_for(effect.scope.get());
  if (!agent) return finish_effect(effect.fiber, without_agent(effect.scope.get(), agent.error()));
  auto place = place_of(effect.scope.get());
  auto token = token_of(effect.key);
  ShellTask task;
  task.fiber = effect.fiber;
  task.agent = *agent;
  task.return_stdout = arguments.get_bool("returnStdout");
  task.encoding = arguments.get_string("encoding");
  task.decoder = steps::CharsetStream::open(task.encoding);
  task.return_status = arguments.get_bool("returnStatus");
  task.raw_end = task.stored_end = task.acked_end = journal_.stream_end(token);
  task.masker = std::make_unique<text::Masker>(secret_set_);
  shells_[token] = std::move(task);
  const auto* node = node_scope(effect.scope.get());

  nodes::TaskSpec spec;
  spec.token = token;
  spec.script = arguments.get_string("script");
  if (effect.kind == "pwsh" || effect.kind == "powershell") {
    spec.script = "#!/usr/bin/env pwsh\n" + spec.script;
  }
  spec.argv = launcher_of(effect.scope.get(), place);
  spec.control_dir = place.workspace_tmp + "/durable-" + hex(fnv(token), 8);
  spec.cwd = place.cwd;
  fill_environment(spec, effect.scope.get(), place.environment);
  spec.cookie = cookie_of(node->node_lease);
  spec.capture_stdout = shells_[token].return_stdout;
  effect.waits_code = "shell";
  effect.cancel = [this, token, fiber = effect.fiber](bool hasten) {
    auto* waiting = find_pending(fiber);
    if (waiting != nullptr && !hasten) say(*waiting, "interrupt", "Sending interrupt signal to process\n");
    end_early(shells_, token, hasten, [&](const Error& why) { on_lost(token, why); });
  };
  start_task(effect, std::move(spec));
}

/// A new task, or one that a dead process asked for: then the agent says what became of it.
void RunActor::start_task(PendingEffect& effect, nodes::TaskSpec spec) {
  auto token = spec.token;
  if (!effect.in_doubt) {
    auto& connection = *shells_[token].agent->connection;
    if (connection.instance().empty()) shells_[token].connects_since = hooks_.now_millis();
    if (auto done = connection.start(spec); !done) return on_start_failed(token, done.error());
    return pass_fault("after-start");
  }
  nodes::TaskResume resume;
  resume.token = token;
  auto& agent = *shells_[token].agent;
  resume.instance = agent.instance;
  // The whole error text is part of the result of `exec`; what is in the log already (raw_end) is not put there again.
  resume.log_offset = shells_[token].exec ? 0 : journal_.stream_end(token);
  resumed_specs_[token] = std::move(spec);
  unanswered_.insert(token);
  if (auto done = agent.connection->resume(resume); !done) on_start_failed(token, done.error());
}

void RunActor::start_exec(PendingEffect& effect) {
  auto agent = agent_for(effect.scope.get());
  if (!agent) return finish_effect(effect.fiber, without_agent(effect.scope.get(), agent.error()));
  const auto& arguments = effect.arguments;
  auto place = place_of(effect.scope.get());
  auto token = token_of(effect.key);
  nodes::TaskSpec spec;
  spec.token = token;
  spec.mode = nodes::TaskMode::argv;
  std::string shown = "$";
  std::set<std::int64_t> masked;
  if (const auto* list = arguments.find("mask")) {
    for (const auto& item : list->items()) masked.insert(item.as_int());
  }
  if (const auto* argv = arguments.find("argv")) {
    std::int64_t position = 0;
    for (const auto& word : argv->items()) {
      spec.argv.push_back(word.is_int() ? std::to_string(word.as_int()) : word.text());
      shown += " " + (masked.contains(position) ? "********" : spec.argv.back());
      ++position;
    }
  }
  if (spec.argv.empty()) return finish_effect(effect.fiber, abort_with("nothing to execute"));
  if (!arguments.get_bool("quiet")) say(effect, "command", shown + "\n");
  spec.cwd = place.cwd;
  Environment env = place.environment;
  if (const auto* extra = arguments.find("env")) {
    std::vector<std::string> overrides;
    for (const auto& item : extra->items()) overrides.push_back(item.text());
    apply_overrides(env, overrides);
  }
  fill_environment(spec, effect.scope.get(), env);
  spec.capture_stdout = true;
  ShellTask task;
  task.fiber = effect.fiber;
  task.agent = *agent;
  task.exec = true;
  task.quiet = arguments.get_bool("quiet");
  task.masker = std::make_unique<text::Masker>(secret_set_);
  task.raw_end = task.stored_end = task.acked_end = journal_.stream_end(token);
  shells_[token] = std::move(task);
  effect.waits_code = "shell";
  effect.cancel = [this, token](bool hasten) {
    end_early(shells_, token, hasten, [&](const Error& why) { on_lost(token, why); });
  };
  start_task(effect, std::move(spec));
}

void RunAgent::on_ready(std::string_view now) { actor.on_ready(*this, now); }
void RunAgent::on_surroundings(const std::vector<std::string>& environment) {
  surroundings = environment;
  actor.on_surroundings(*this);
}
void RunAgent::on_memory(std::uint64_t peak, std::uint64_t limit, std::uint64_t kills) {
  actor.on_memory(*this, {.peak = peak, .limit = limit, .kills = kills});
}
void RunAgent::on_started(std::string_view, std::int64_t) {}
void RunAgent::on_output(std::string_view token, nodes::Stream stream, std::uint64_t offset, std::string_view bytes) {
  actor.on_output(token, stream, offset, bytes);
}
void RunAgent::on_exit(std::string_view token, const nodes::TaskExit& exit) { actor.on_exit(token, exit); }
void RunAgent::on_start_failed(std::string_view token, const Error& why) { actor.on_start_failed(token, why); }
void RunAgent::on_resumed(std::string_view token, nodes::TaskState state) { actor.on_resumed(token, state); }
void RunAgent::on_lost(std::string_view token, const Error& why) { actor.on_lost(token, why); }
void RunAgent::on_cookie_killed(std::string_view cookie, std::uint32_t) { actor.on_cookie_killed(cookie); }
void RunAgent::on_gone(const Error& why) { actor.on_gone(*this, why); }

void RunActor::on_ready(RunAgent& agent, std::string_view instance) {
  // What its shells have waited for it is a phase of their own (docs/formats/journal.md, record `connect`).
  for (auto& [token, task] : shells_) {
    if (task.agent != &agent) continue;
    const auto since = std::exchange(task.connects_since, 0);
    const auto* effect = since == 0 ? nullptr : find_pending(task.fiber);
    if (effect == nullptr || hooks_.now_millis() <= since) continue;
    const auto key = effect->key.branch + " " + std::to_string(effect->key.ordinal);
    if (auto done = journal_.put_record({"connect", key, std::to_string(hooks_.now_millis() - since)}, true); !done) {
      return die(std::move(done).error());
    }
  }
  // Which agent has our tasks: after a restart "unknown" is believed of that one only. It becomes durable with what
  // comes next. Until then any shim of the folder is believed, whose ledger knows what those before it had started.
  if (agent.instance == instance) return;
  const auto key = agent.id.empty() ? std::string("instance") : "instance " + agent.id;
  if (auto done = journal_.put_record({"agent", key, std::string(instance)}, true); !done) {
    return die(std::move(done).error());
  }
  agent.instance = instance;
  agent_instances_[agent.id] = instance;
}

void RunActor::on_output(std::string_view token, nodes::Stream stream, std::uint64_t offset, std::string_view bytes) {
  auto found = shells_.find(std::string(token));
  if (found == shells_.end()) return;
  auto& task = found->second;
  if (stream == nodes::Stream::out) {
    if (task.effect) return task.effect->take_output(offset + bytes.size(), bytes);
    keep(token, task, task.captured, bytes);
    // What is not kept is acknowledged all the same: the task's end comes behind the last of its output.
    task.agent->connection->ack(token, stream, offset + bytes.size());
    return;
  }
  if (task.exec) keep(token, task, task.error_text, bytes);
  auto* effect = find_pending(task.fiber);
  if (effect == nullptr) return;
  if (task.exec && task.quiet) {
    task.raw_end = offset + bytes.size();
    task.agent->connection->ack(token, stream, task.raw_end);
    return;
  }
  auto received = task.raw_end + task.partial.size();
  if (offset < received) {
    auto known = std::min<std::uint64_t>(bytes.size(), received - offset);
    bytes.remove_prefix(static_cast<std::size_t>(known));
    // Stored before a restart: so that the agent goes on sending.
    if (task.exec || task.effect) task.agent->connection->ack(token, stream, std::min(offset + known, task.stored_end));
    if (bytes.empty()) return;
  }
  auto whole_lines = bytes.rfind('\n') + 1;  // 0 where there is none
  const auto rest = (whole_lines == 0 ? task.partial.size() : 0) + bytes.size() - whole_lines;
  if (rest > kMaxPartialLine) whole_lines = bytes.size();
  if (whole_lines != 0) pass_output(std::string(token), task, bytes.substr(0, whole_lines));
  task.partial += bytes.substr(whole_lines);
  hold_partial_line(std::string(token), task);
}

/// For the result, as far as results may go; then the task is ended.
void RunActor::keep(std::string_view token, ShellTask& task, std::string& into, std::string_view bytes) {
  if (task.too_much) return;
  if (into.size() + bytes.size() <= kMaxCaptured) {
    into += bytes;
    return;
  }
  task.too_much = true;
  task.agent->connection->stop(token, std::chrono::seconds(0));
}

/// The line that was begun goes to the masker, then `bytes`, which follow it; what it lets through to the log.
void RunActor::pass_output(const std::string& token, ShellTask& task, std::string_view bytes) {
  std::string shown;
  shown.reserve(task.partial.size() + bytes.size());
  for (const std::string_view raw : {std::string_view(task.partial), bytes}) {
    task.masker->push(task.decoder ? task.decoder->push(raw) : raw, shown);
    task.raw_end += raw.size();
  }
  task.partial.clear();
  store_output(token, task, std::move(shown));
}

/// Programs write a line in pieces (`+ `, then the command); other branches may not come between them. A line that
/// stays unfinished, a prompt or dots of progress, is shown after a moment all the same.
void RunActor::hold_partial_line(const std::string& token, ShellTask& task) {
  if (task.partial.empty()) {
    reactor_.cancel(std::exchange(task.partial_timer, 0));
    return;
  }
  if (task.partial_timer != 0) return;
  task.partial_timer = reactor_.after(kPartialLine, [this, token] {
    auto found = shells_.find(token);
    if (found == shells_.end()) return;
    found->second.partial_timer = 0;
    pass_output(token, found->second, {});
  });
}

/// What the masker lets through goes to the log; what it holds back will come with the next bytes or at the end.
void RunActor::store_output(const std::string& token, ShellTask& task, std::string shown) {
  auto end = task.raw_end - task.masker->held_back();
  if (task.decoder) {
    // Held back are bytes of the text, which are not those of the stream: stored is what is shown completely.
    task.unstored += shown;
    if (task.masker->held_back() != 0) return;
    shown = std::exchange(task.unstored, {});
    end = task.raw_end - task.decoder->held_back();
  }
  if (end <= task.stored_end) return;
  auto* effect = find_pending(task.fiber);
  if (effect == nullptr) return;
  journal_.mark_log(effect->flow_node, hooks_.now_millis());
  auto done = journal_.append_output(effect->key.branch, token, task.stored_end, end, shown);
  if (!done) return die(std::move(done).error());
  const auto before = std::exchange(task.stored_end, end);
  if (*done) note_output();
  if (*done) events_.emplace_back(LogEvent{effect->key.branch, effect->flow_node, std::move(shown)});
  schedule_output(end - before);
}

/// A task that ended while nobody looked, after a timeout around it had passed, was too late by its own clock.
void RunActor::outlived_timeout(PendingEffect& effect, std::chrono::milliseconds elapsed) {
  if (!timers_held_ || !effect.in_doubt || effect.interruption) return;
  BlockTimeout* first = nullptr;
  for (const auto* scope = effect.scope.get(); scope != nullptr; scope = scope->outer.get()) {
    auto found = timeouts_.find(scope->block_key);
    if (found == timeouts_.end() || found->second.fired || found->second.activity_millis != 0) continue;
    if (first == nullptr || found->second.deadline_millis < first->deadline_millis) first = &found->second;
  }
  if (first == nullptr || effect.asked_millis + elapsed.count() <= first->deadline_millis) return;
  effect.interruption = timeout_exceeded(first->id);
  fire_timeout(*first);
}

void RunActor::on_exit(std::string_view token, const nodes::TaskExit& exit) {
  end_task(token, exit);
  task_answered(std::string(token));
}

void RunActor::end_task(std::string_view token, const nodes::TaskExit& exit) {
  auto found = shells_.find(std::string(token));
  if (found == shells_.end()) return;
  auto task = std::move(found->second);
  reactor_.cancel(task.partial_timer);
  if (!(task.exec && task.quiet)) {
    pass_output(std::string(token), task, {});
    auto last = task.decoder ? task.masker->push(task.decoder->finish()) : std::string();
    store_output(std::string(token), task, last + task.masker->flush());
  }
  shells_.erase(found);
  if (task.effect) return task.effect->task_ended(exit);
  forget_after_commit_.emplace_back(token, task.agent);
  auto fiber = task.fiber;
  if (auto* effect = find_pending(fiber)) outlived_timeout(*effect, exit.elapsed);
  if (task.too_much)
    return finish_effect(fiber, abort_with("the output of this step passed 64 MiB; write it to a file instead"));
  if (task.exec) {
    return finish_effect(
        fiber, EffectResult(Value::map_of("status", exit.code, "stdout", task.captured, "stderr", task.error_text)));
  }
  if (task.return_status) return finish_effect(fiber, EffectResult(Value(exit.code)));
  if (exit.code != 0) return finish_effect(fiber, abort_with("script returned exit code " + std::to_string(exit.code)));
  if (task.return_stdout) {
    if (!task.encoding.empty()) {
      if (auto text = steps::decode_charset(task.captured, task.encoding)) task.captured = std::move(*text);
    }
    return finish_effect(fiber, EffectResult(Value(std::move(task.captured))));
  }
  finish_effect(fiber, EffectResult{});
}

void RunActor::on_start_failed(std::string_view token, const Error& why) {
  auto found = shells_.find(std::string(token));
  if (found == shells_.end()) return;
  auto fiber = found->second.fiber;
  const auto effect = std::move(found->second.effect);
  shells_.erase(found);
  if (effect) return effect->task_failed(why);
  finish_effect(fiber, abort_with(why.text()));
  task_answered(std::string(token));
}

void RunActor::on_resumed(std::string_view token, nodes::TaskState state) {
  auto spec = resumed_specs_.find(std::string(token));
  if (spec == resumed_specs_.end()) return;
  auto again = std::move(spec->second);
  resumed_specs_.erase(spec);
  switch (state) {
    case nodes::TaskState::ended:
      return;  // the exit is the answer
    case nodes::TaskState::running:
      break;
    case nodes::TaskState::lost:
      return on_lost(token, Error(ErrorKind::unavailable,
                                  "the agent process that ran this step is gone; the step's fate is unknown"));
    case nodes::TaskState::unknown: {
      // The same agent never saw this token: the engine died between intent and start.
      auto shell = shells_.find(std::string(token));
      auto* effect = shell == shells_.end() ? nullptr : find_pending(shell->second.fiber);
      if (effect != nullptr && effect->interruption) {
        finish_effect(effect->fiber, std::unexpected(*effect->interruption));
        shells_.erase(std::string(token));
      } else if (shell == shells_.end()) {
        break;
      } else if (auto done = shell->second.agent->connection->start(again); !done) {
        on_start_failed(token, done.error());
      }
      break;
    }
  }
  task_answered(std::string(token));
}

void RunActor::on_lost(std::string_view token, const Error& why) {
  auto found = shells_.find(std::string(token));
  if (found == shells_.end()) return;
  auto fiber = found->second.fiber;
  const bool in_pod = !found->second.agent->id.empty();
  const auto acting = std::move(found->second.effect);
  if (!found->second.partial.empty()) pass_output(std::string(token), found->second, {});
  shells_.erase(found);
  if (acting) acting->abandon();
  resumed_specs_.erase(std::string(token));
  if (auto* effect = find_pending(fiber)) say(*effect, "lost", why.text() + "\n");
  // An agent error, not somebody's wish: `retry` may try again.
  auto error = interruption("org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$RemovedNodeCause",
                            why.text(), "ABORTED");
  error.fields.set("actualInterruption", false);
  if (in_pod) {
    nodes::NodeTrouble trouble;
    trouble.code = "pod-lost";
    trouble.text = why.text();
    trouble.evidence = Value::map_of("message", why.message);
    error = node_removed(trouble);
  }
  finish_effect(fiber, std::unexpected(error));
  task_answered(std::string(token));
}

void RunActor::on_gone(RunAgent& agent, const Error& why) {
  // A newer process of this run has the tasks now: this one must not touch anything any more.
  if (why.kind == ErrorKind::conflict) return die(why);
  agent.is_gone = true;
  if (agent.id.empty() && hooks_.complain) hooks_.complain("the agent of this machine is gone: " + why.text());
  std::vector<vm::FiberId> waiting;
  std::erase_if(cookies_, [&](const auto& item) {
    if (item.second.agent != &agent) return false;
    waiting.push_back(item.second.fiber);
    return true;
  });
  for (const auto fiber : waiting) finish_effect(fiber, EffectResult{});
}

}  // namespace windlass::engine

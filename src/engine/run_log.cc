// The run's log and flow graph as they grow: masked, numbered per branch, held until durable.
#include "catalog/alternatives.h"
#include "data/binary.h"
#include "engine/run_actor.h"
#include "engine/trace.h"

namespace windlass::engine {

namespace {

constexpr std::string_view kInterruption = "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException";

int severity(std::string_view result) {
  if (result == "SUCCESS") return 0;
  if (result == "UNSTABLE") return 1;
  if (result == "FAILURE") return 2;
  if (result == "NOT_BUILT") return 3;
  if (result == "ABORTED") return 4;
  return -1;
}

journal::FlowNode stored(const FlowNode& node) {
  journal::FlowNode out;
  out.id = static_cast<std::int64_t>(node.id);
  out.parent = static_cast<std::int64_t>(node.parent);
  out.kind = node.step == "stage" ? 2 : node.step == "branch" ? 3 : 1;
  out.display_name = node.label;
  out.step = node.step;
  out.branch = node.branch;
  out.start_ms = node.started_millis;
  out.end_ms = node.ended_millis;
  out.result = node.result;
  out.cause = node.cause;
  if (node.line != 0) out.detail = std::to_string(node.line);
  if (node.failed_line != 0) out.detail += ":" + std::to_string(node.failed_line);
  return out;
}

/// The name in "No such DSL method 'x' found among steps […] …"; empty: the message is another.
std::string_view unknown_step(std::string_view message) {
  constexpr std::string_view kBefore = "No such DSL method '", kBehind = "' found among ";
  if (!message.starts_with(kBefore)) return {};
  message.remove_prefix(kBefore.size());
  const auto end = message.find(kBehind);
  return end == std::string_view::npos ? std::string_view() : message.substr(0, end);
}

/// The name in "No such property: x for class: groovy.lang.Binding" where a plugin would bring such a global variable.
std::string_view unknown_global(std::string_view message) {
  constexpr std::string_view kBefore = "No such property: ", kBehind = " for class: groovy.lang.Binding";
  if (!message.starts_with(kBefore) || !message.ends_with(kBehind)) return {};
  message.remove_prefix(kBefore.size());
  message.remove_suffix(kBehind.size());
  return catalog::instead_of(message).empty() ? std::string_view() : message;
}

}  // namespace

std::string RunActor::mask(std::string_view text) {
  if (secret_set_->empty()) return std::string(text);
  return text::mask_all(*secret_set_, text);
}

void RunActor::add_secret(std::string_view secret) {
  if (secret.empty()) return;
  for (const auto& known : secrets_) {
    if (known == secret) return;
  }
  secrets_.emplace_back(secret);
  secret_set_ = text::SecretSet::make(secrets_);
}

/// A piece of text that evaluation made. Pieces are numbered per branch; one that is stored already is not shown again.
void RunActor::log_at(const std::string& branch, std::uint64_t node, std::string_view text) {
  if (text.empty() || feed_) return;
  auto masked = mask(text);
  journal_.mark_log(node, hooks_.now_millis());
  auto added = journal_.append_line(branch, ++line_ordinals_[branch], masked);
  if (!added) return die(std::move(added).error());
  if (!*added) return;
  events_.emplace_back(LogEvent{branch, node, std::move(masked)});
  note_output();
}

/// The log has grown: timeouts that watch activity begin anew.
void RunActor::note_output() {
  const auto now = hooks_.now_millis();
  for (auto& [id, timeout] : timeouts_) {
    if (timeout.activity_millis != 0) timeout.deadline_millis = now + timeout.activity_millis;
  }
}

void RunActor::log_line(vm::FiberId fiber, std::string_view text) {
  if (keep_line(fiber, text)) return;
  auto current = current_step_.find(fiber);
  std::uint64_t node = current == current_step_.end() ? 0 : current->second.second;
  if (node == 0) {
    if (auto scope = scope_of(fiber)) node = scope->flow_node;
  }
  log_at(vm_->path(fiber), node, text);
}

void RunActor::log_pipeline(vm::FiberId fiber, std::string_view text) {
  auto line = "[Pipeline] " + std::string(text) + "\n";
  if (!keep_line(fiber, line)) log_at(vm_->path(fiber), 0, line);
}

namespace {

std::string token_of_saying(const PendingEffect& effect, std::string_view about) {
  return "say-" + effect.key.branch + "-" + std::to_string(effect.key.ordinal) + "-" + std::string(about);
}

}  // namespace

bool RunActor::has_said(const PendingEffect& effect, std::string_view about) const {
  return journal_.stream_end(token_of_saying(effect, about)) != 0;
}

void RunActor::say(const PendingEffect& effect, std::string_view about, std::string_view text) {
  // Said by an earlier process, perhaps with the name of another holder: the first text stays.
  if (text.empty() || has_said(effect, about)) return;
  const auto token = token_of_saying(effect, about);
  auto masked = mask(text);
  // A block that waits before it opens has no node yet: what is around it says it.
  const auto node = effect.flow_node != 0 || effect.scope == nullptr ? effect.flow_node : effect.scope->flow_node;
  journal_.mark_log(node, hooks_.now_millis());
  auto added = journal_.append_output(effect.key.branch, token, 0, text.size(), masked);
  if (!added) return die(std::move(added).error());
  if (*added) events_.emplace_back(LogEvent{effect.key.branch, node, std::move(masked)});
  schedule_turn();
}

void RunActor::say_of_run(std::string_view text) {
  auto masked = mask(text);
  journal_.mark_log(0, hooks_.now_millis());
  if (auto done = journal_.append_text(masked); !done) return die(std::move(done).error());
  events_.emplace_back(LogEvent{"", 0, std::move(masked)});
}

void RunActor::print(vm::FiberId fiber, std::string_view text) { log_line(fiber, text); }

void RunActor::put_node(const FlowNode& node) {
  auto done = journal_.put_node(stored(node));
  if (!done) die(std::move(done).error());
}

std::uint64_t RunActor::start_node(vm::FiberId fiber, std::string_view step, std::string_view label, std::uint32_t line,
                                   const Scope* scope) {
  FlowNode node;
  node.id = next_node_++;
  node.parent = scope != nullptr ? scope->flow_node : 0;
  node.step = step;
  node.label = mask(label);
  node.line = line;
  node.branch = vm_->path(fiber);
  node.started_millis = hooks_.now_millis();
  if (!feed_) show_node(node);
  open_nodes_[node.id] = node;
  return node.id;
}

void RunActor::show_node(FlowNode& node) {
  if (auto found = stored_nodes_.find(node.id); found != stored_nodes_.end()) {
    node.started_millis = found->second.started_millis;  // its time is that of its first beginning
  } else {
    put_node(node);
  }
  events_.emplace_back(NodeEvent{node, false});
  // What it had written before a resume is in the log already; those who watch steps want to know it as well.
  if (auto earlier = earlier_output_.find(node.id); earlier != earlier_output_.end()) {
    events_.emplace_back(EarlierEvent{node.id, std::move(earlier->second)});
    earlier_output_.erase(earlier);
  }
}

void RunActor::end_node(std::uint64_t id, std::string_view result, std::string_view cause, std::uint32_t failed_at) {
  auto found = open_nodes_.find(id);
  if (found == open_nodes_.end()) return;
  auto node = std::move(found->second);
  open_nodes_.erase(found);
  const bool failed_inside = has_failed_inside_.erase(id) != 0;
  if (severity(result) > severity("UNSTABLE")) has_failed_inside_.insert(node.parent);
  if (!failed_inside && failed_at != 0) {
    const auto* step = program_.catalog->find_step(node.step);
    const bool is_block = step == nullptr || step->block;
    if (node.line == 0) {
      node.line = failed_at;
    } else if (is_block && node.line != failed_at) {
      node.failed_line = failed_at;
    }
  }
  if (feed_) return;
  node.result = result;
  // Jenkins' sentence names every step there is, some kilobytes: as a cause the one that is missing is enough.
  const auto unknown = unknown_step(cause);
  node.cause = mask(unknown.empty() ? std::string(cause)
                                    : "there is no step \"" + std::string(unknown) + "\"" +
                                          catalog::hint_for_unknown(*program_.catalog, unknown));
  node.ended_millis = hooks_.now_millis();
  auto before = stored_nodes_.find(id);
  if (before != stored_nodes_.end() && before->second.ended_millis != 0) {
    node.ended_millis = before->second.ended_millis;
  } else {
    put_node(node);
  }
  events_.emplace_back(NodeEvent{std::move(node), true});
}

/// A step that is one effect has no code around it that could end its node: the effect's result does.
void RunActor::end_effect_step(const Happening& happening) {
  auto current = current_step_.find(happening.fiber);
  if (current == current_step_.end() || current->second.first != happening.kind) return;
  const auto* step = program_.catalog->find_step(happening.kind);
  if (step == nullptr || step->runs_in_prelude()) return;
  std::string result = "SUCCESS";
  std::string cause;
  if (const auto* error = happening.payload.find("error")) {
    result = "FAILURE";
    if (error->text() == kInterruption) {
      const auto* fields = happening.payload.find("fields");
      auto wanted = fields == nullptr ? std::string() : fields->get_string("result");
      result = wanted.empty() ? "ABORTED" : wanted;
      if (const auto* causes = fields == nullptr ? nullptr : fields->find("causes"); causes != nullptr) {
        for (const auto& one : causes->items()) {
          if (cause.empty()) cause = one.get_string("shortDescription");
        }
      }
    }
    if (cause.empty()) cause = happening.payload.get_string("message");
    if (auto end = cause.find('\n'); end != std::string::npos) cause.resize(end);
  } else if (auto stage = happening.payload.get_string("stage_result"); !stage.empty()) {
    result = stage;
  }
  end_node(current->second.second, result, cause);
  current_step_.erase(current);
  step_lines_.erase(happening.fiber);
}

void RunActor::mark_stage(const Scope* scope, std::string_view result, std::string_view reason) {
  while (scope != nullptr && scope->stage.empty()) scope = scope->outer.get();
  if (scope == nullptr) return;
  auto& mark = stage_marks_[scope->flow_node];
  if (severity(result) > severity(mark.first)) mark = {std::string(result), std::string(reason)};
}

void RunActor::worsen_result(std::string_view result) {
  if (severity(result) > severity(result_)) result_ = result;
}

std::string RunActor::failure_result(const vm::ExceptionInfo& failure) {
  if (failure.class_name == kInterruption) {
    auto result = vm_->display(vm_->field(failure.value, "result"));
    return severity(result) >= 0 ? result : "ABORTED";
  }
  return failure.class_name == "java.lang.InterruptedException" ? "ABORTED" : "FAILURE";
}

std::string RunActor::failure_cause(const vm::ExceptionInfo& failure) {
  auto cause = failure.message;
  if (failure.class_name == kInterruption) {
    if (auto causes = vm_->to_data(vm_->field(failure.value, "causes")); causes && causes->is_list()) {
      for (const auto& one : causes->items()) {
        if (auto text = one.get_string("shortDescription"); !text.empty()) return text;
      }
    }
  }
  if (auto end = cause.find('\n'); end != std::string::npos) cause.resize(end);
  return cause;
}

namespace {

std::string cut(std::string text) {
  std::size_t end = 2'000;
  if (text.size() <= end) return text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

/// Where in the pipeline's own scripts; 0: nowhere there.
std::uint32_t script_line(const vm::ThrowableView& view) {
  for (const auto& frame : view.frames) {
    if (frame.kind == vm::ScriptKind::pipeline && frame.line != 0) return frame.line;
  }
  return 0;
}

}  // namespace

std::uint32_t RunActor::failure_line(const vm::ExceptionInfo& failure) {
  for (const auto& frame : vm_->view(failure.value).frames) {
    // What called Declarative is the whole pipeline: no place.
    if (frame.kind == vm::ScriptKind::prelude && frame.method == "__declarative") break;
    if (frame.file == inputs_.script_name && frame.line != 0) return frame.line;
  }
  return 0;
}

void RunActor::keep_failure() {
  if (told_failure_.is_null() || severity(result_) <= severity("UNSTABLE")) return;
  auto bytes = data::encode_binary(told_failure_);
  if (!bytes) return die(std::move(bytes).error());
  if (auto done = journal_.put_record({"run", "failure", std::move(*bytes)}, true); !done) die(std::move(done).error());
}

/// What stands in the log for an exception that reached the top: pipeline-language 3.2.
void RunActor::print_failure(vm::FiberId fiber, const vm::ExceptionInfo& failure) {
  told_failure_ = data::Value::map_of("class", failure.class_name, "message", cut(mask(failure_cause(failure))), "line",
                                      static_cast<std::int64_t>(script_line(vm_->view(failure.value))));
  auto is_a = [&](std::string_view name) {
    for (const auto& known : failure.class_names) {
      if (known == name) return true;
    }
    return false;
  };
  if (is_a("org.jenkinsci.plugins.workflow.steps.FlowInterruptedException")) {
    auto causes = vm_->to_data(vm_->field(failure.value, "causes"));
    if (causes) {
      for (const auto& cause : causes->items()) {
        auto text = cause.get_string("shortDescription");
        if (!text.empty()) log_line(fiber, text + "\n");
      }
    }
    return;
  }
  if (is_a("hudson.AbortException")) {
    log_line(fiber, "ERROR: " + failure.message + "\n");
    return;
  }
  log_line(fiber, format_trace(*vm_, failure.value));
  if (is_a("java.lang.StackOverflowError")) {
    const auto depth = inputs_.max_depth != 0 ? inputs_.max_depth : vm::Limits().depth;
    log_line(fiber, "Calls were inside each other up to " + std::to_string(depth) +
                        " deep: look for unbounded recursion, or raise the depth budget with --max-depth N\n");
  }
  if (const auto step = unknown_step(failure.message); !step.empty()) {
    log_line(fiber, "There is no step \"" + std::string(step) + "\" here" +
                        catalog::hint_for_unknown(*program_.catalog, step) + "\n");
  } else if (const auto global = unknown_global(failure.message); !global.empty()) {
    log_line(fiber, "There is no \"" + std::string(global) + "\" here" +
                        catalog::hint_for_unknown(*program_.catalog, global) + "\n");
  }
}

}  // namespace windlass::engine

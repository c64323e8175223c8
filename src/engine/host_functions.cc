#include "engine/host_functions.h"

#include <algorithm>
#include <filesystem>

#include "catalog/alternatives.h"
#include "catalog/normalize.h"
#include "data/csv.h"
#include "data/json.h"
#include "data/manifest.h"
#include "data/toml.h"
#include "data/xml.h"
#include "data/yaml.h"
#include "engine/trace.h"
#include "files/root.h"
#include "text/duration.h"
#include "text/properties.h"
#include "text/version_compare.h"

namespace windlass::engine {

using data::Value;
using vm::Status;

namespace {

std::string text(HostCall& c, std::size_t i) {
  return i < c.args.size() && !c.args[i].is_null() ? c.actor.vm().display(c.args[i]) : std::string();
}
bool given(HostCall& c, std::size_t i) { return i < c.args.size() && !c.args[i].is_null(); }
std::uint64_t number(HostCall& c, std::size_t i) {
  return i < c.args.size() && c.args[i].is_integral() ? static_cast<std::uint64_t>(c.args[i].integer) : 0;
}
Value plain(HostCall& c, std::size_t i) {
  if (i >= c.args.size()) return {};
  auto value = c.actor.vm().to_data(c.args[i]);
  return value ? std::move(*value) : Value(c.actor.vm().display(c.args[i]));
}
Status give(HostCall& c, const Value& value) {
  c.out = c.actor.vm().from_data(value);
  return Status::ok;
}
Status throw_java(HostCall& c, std::string_view java_class, std::string_view message) {
  c.actor.vm().set_exception(c.actor.vm().make_throwable(java_class, message));
  return Status::thrown;
}
/// The prelude gives a date as a map of its class and its `millis`; as an object it is a timestamp of YAML.
Value with_dates(Value value) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const auto& item : value.items()) out.push(with_dates(item));
    return out;
  }
  if (!value.is_map()) return value;
  const Value* name = value.find("$class");
  const std::string class_name = name != nullptr && name->is_string() ? name->text() : std::string();
  if (class_name == "java.util.Date") return Value::object(class_name, value.members());
  data::Map out;
  if (class_name == data::kKeyedMap) {
    if (const Value* entries = value.find("entries")) out.set("entries", with_dates(*entries));
    return Value::object(class_name, std::move(out));
  }
  for (const auto& entry : value.members()) out.set(entry.key, with_dates(entry.value));
  return Value(std::move(out));
}

bool has_keyed_map(const Value& value) {
  if (value.is_object() && value.class_name() == data::kKeyedMap) return true;
  if (value.is_list()) return std::ranges::any_of(value.items(), has_keyed_map);
  return std::ranges::any_of(value.members(), [](const auto& entry) { return has_keyed_map(entry.value); });
}
/// Each map as a map of one member, `entries`: the pairs of its keys and values. Maps of the engine have text as keys.
Value in_entries(Value value) {
  if (value.is_list()) {
    for (auto& item : value.mutable_items()) item = in_entries(std::move(item));
    return value;
  }
  Value entries = Value::list();
  if (value.is_map()) {
    for (auto& entry : value.mutable_members()) {
      entries.push(Value::list_of(std::move(entry.key), in_entries(std::move(entry.value))));
    }
  } else if (value.is_object() && value.class_name() == data::kKeyedMap) {
    for (auto& pair : value.mutable_members().at(0).value.mutable_items()) entries.push(in_entries(std::move(pair)));
  } else {
    return value;
  }
  return Value::map_of("entries", std::move(entries));
}

}  // namespace

/// The rows are members so that they see the actor's inside; they are found by name in the table at the end.
struct HostRows {
  static Status log(HostCall& c) {
    c.actor.log_line(c.fiber, text(c, 0) + "\n");
    return Status::ok;
  }

  // ---- blocks ------------------------------------------------------------------------------------------------------
  static Status step_open(HostCall& c) {
    RunActor::OpenBlock block;
    block.step = text(c, 0);
    block.line = c.actor.line_of(c.fiber);
    block.path = c.actor.vm().path(c.fiber);
    if (block.step == "node") {
      if (auto docker = c.actor.node_docker_.extract(c.fiber)) block.docker = std::move(docker.mapped());
    }
    auto id = c.actor.next_block_++;
    auto step = block.step;
    c.actor.blocks_[id] = std::move(block);
    c.actor.opening_[c.fiber] = id;
    c.actor.step_lines_.erase(c.fiber);
    c.actor.log_pipeline(c.fiber, step);
    return give(c, Value(static_cast<std::int64_t>(id)));
  }

  static Scope scope_from(HostCall& c, const Value& map, const RunActor::OpenBlock& block) {
    Scope scope;
    scope.step = block.step;
    scope.label = block.label;
    scope.flow_node = block.flow_node;
    if (const auto* env = map.find("env")) {
      for (const auto& item : env->items()) scope.overrides.push_back(item.text());
    }
    if (const auto* cwd = map.find("cwd"); cwd != nullptr && cwd->is_string()) scope.cwd = cwd->text();
    if (const auto* stage = map.find("stage"); stage != nullptr && stage->is_string()) scope.stage = stage->text();
    if (const auto* names = map.find("sensitive")) {
      for (const auto& name : names->items()) scope.sensitive.push_back(name.text());
    }
    if (const auto* pods = map.find("pods"); pods != nullptr && !pods->items().empty()) {
      scope.pod_template = pods->items().front();
    }
    if (const auto* categories = map.find("throttle")) {
      for (const auto& one : categories->items()) scope.throttle.push_back(one.text());
    }
    if (const auto* secrets = map.find("secrets")) {
      for (const auto& secret : secrets->items()) c.actor.add_secret(secret.text());
    }
    if (const auto* timeout = map.find("timeout"); timeout != nullptr && timeout->is_int()) {
      scope.block_key = static_cast<std::uint64_t>(timeout->as_int());
    }
    if (const auto* launcher = map.find("launcher"); launcher != nullptr && launcher->has_members()) {
      scope.launcher_type = launcher->get_string("type");
      scope.launcher_container = launcher->get_string("container");
      if (const auto* words = launcher->find("argv")) {
        for (const auto& word : words->items()) scope.launcher.push_back(word.text());
      } else if (scope.launcher_type == "docker") {
        scope.launcher = {"docker", "exec", scope.launcher_container};
      }
    }
    const Value* node = map.find("node");
    if (node == nullptr) node = map.find("workspace");
    if (node != nullptr) {
      auto lease = static_cast<std::uint64_t>(node->is_int() ? node->as_int() : node->get_int("lease"));
      auto held = c.actor.nodes_.find(lease);
      if (held != c.actor.nodes_.end()) {
        scope.node_lease = lease;
        scope.node = held->second.name;
        scope.workspace = held->second.workspace;
        scope.workspace_tmp = held->second.workspace + "@tmp";
        scope.node_root = held->second.root;
        scope.is_remote = !held->second.remote.is_null();
        if (!held->second.workspace_only) {
          scope.node_environment = held->second.environment;
        } else {
          const auto* outer = node_scope(c.actor.scope_of(c.fiber).get());
          if (outer != nullptr) {
            scope.node_lease = outer->node_lease;
            scope.is_remote = outer->is_remote;
          }
          scope.overrides.insert(scope.overrides.begin(), {"WORKSPACE=" + escaped(scope.workspace),
                                                           "WORKSPACE_TMP=" + escaped(scope.workspace_tmp)});
        }
      }
    }
    return scope;
  }
  static std::string escaped(const std::string& value) {
    std::string out;
    for (char ch : value) out += ch == '$' ? std::string("$$") : std::string(1, ch);
    return out;
  }

  static Status body_open(HostCall& c) {
    auto found = c.actor.blocks_.find(number(c, 0));
    if (found == c.actor.blocks_.end()) return Status::ok;
    auto& block = found->second;
    auto map = plain(c, 2);
    block.label = given(c, 1) ? text(c, 1) : map.get_string("label");
    auto shown = given(c, 1) ? "{ (" + block.label + ")" : std::string("{");
    auto outer = c.actor.scope_of(c.fiber);
    block.flow_node = c.actor.start_node(c.fiber, block.step, block.label, block.line, outer.get());
    if (c.actor.trace_ != nullptr && block.first_effect) {
      auto& first = c.actor.trace_->effects[*block.first_effect];
      first.flow_node = block.flow_node;
      first.label = block.label;
    }
    c.actor.log_pipeline(c.fiber, shown);
    c.actor.opening_.erase(c.fiber);
    block.scope = c.actor.push_scope(c.fiber, scope_from(c, map, block));
    block.body = c.actor.next_block_++;
    return give(c, Value(static_cast<std::int64_t>(found->first)));
  }

  static Status body_close(HostCall& c) {
    auto found = c.actor.blocks_.find(number(c, 0));
    if (found == c.actor.blocks_.end()) return Status::ok;
    auto& block = found->second;
    std::string result = "SUCCESS";
    std::string cause;
    std::uint32_t failed_at = 0;
    if (given(c, 1)) {
      auto info = c.actor.vm().describe(c.args[1]);
      result = c.actor.failure_result(info);
      cause = c.actor.failure_cause(info);
      failed_at = c.actor.failure_line(info);
    }
    if (auto mark = c.actor.stage_marks_.find(block.flow_node); mark != c.actor.stage_marks_.end()) {
      if (result == "SUCCESS") {
        result = mark->second.first;
        cause = mark->second.second;
      }
      c.actor.stage_marks_.erase(mark);
    }
    c.actor.pop_scope(c.fiber, block.scope);
    c.actor.end_node(block.flow_node, result, cause, failed_at);
    c.actor.log_pipeline(c.fiber, "}");
    block.body = 0;
    if (block.branch) c.actor.blocks_.erase(found);
    return Status::ok;
  }

  static Status step_leaf(HostCall& c) {
    auto name = text(c, 0);
    auto label = text(c, 1);
    c.actor.log_pipeline(c.fiber, name + " (" + label + ")");
    auto scope = c.actor.scope_of(c.fiber);
    c.actor.end_node(c.actor.start_node(c.fiber, name, label, c.actor.line_of(c.fiber), scope.get()), "SUCCESS", "");
    return Status::ok;
  }

  static Status step_close(HostCall& c) {
    auto found = c.actor.blocks_.find(number(c, 0));
    if (found == c.actor.blocks_.end()) return Status::ok;
    if (auto open = c.actor.opening_.find(c.fiber); open != c.actor.opening_.end() && open->second == found->first) {
      c.actor.opening_.erase(open);
    }
    c.actor.log_pipeline(c.fiber, "// " + found->second.step);
    c.actor.blocks_.erase(found);
    return Status::ok;
  }

  static Status branch_open(HostCall& c) {
    RunActor::OpenBlock block;
    block.step = "branch";
    block.label = text(c, 1);
    block.branch = true;
    block.line = c.actor.line_of(c.fiber);
    block.path = c.actor.vm().path(c.fiber);
    block.opening = "[Pipeline] { (Branch: " + block.label + ")\n";
    if (!c.actor.feed_) c.actor.log_at(block.path, 0, block.opening);
    auto id = c.actor.next_block_++;
    c.actor.blocks_[id] = std::move(block);
    return give(c, Value(static_cast<std::int64_t>(id)));
  }

  static Status branch_enter(HostCall& c) {
    auto found = c.actor.blocks_.find(number(c, 0));
    if (found == c.actor.blocks_.end()) return Status::ok;
    auto& block = found->second;
    block.flow_node = c.actor.start_node(c.fiber, block.step, block.label, block.line, c.actor.scope_of(c.fiber).get());
    Scope scope;
    scope.step = "branch";
    scope.label = block.label;
    scope.flow_node = block.flow_node;
    block.scope = c.actor.push_scope(c.fiber, std::move(scope));
    block.body = c.actor.next_block_++;
    block.path = c.actor.vm().path(c.fiber);
    return Status::ok;
  }

  /// ("post" or "release", closure): what the run owes from here on; the number that ending.drop takes.
  static Status ending_add(HostCall& c) {
    RunActor::Ending ending;
    ending.post = text(c, 0) == "post";
    ending.closure = c.actor.vm().hold(c.args.size() > 1 ? c.args[1] : vm::Value::null());
    ending.path = c.actor.vm().path(c.fiber);
    ending.scope = c.actor.vm().tag(c.fiber);
    if (auto told = c.actor.last_told_.find(c.fiber); told != c.actor.last_told_.end()) ending.acquired = told->second;
    if (c.actor.trace_ != nullptr && !ending.post) {
      ending.traced = c.actor.trace_->leases.size();
      c.actor.trace_->leases.push_back({ending.acquired, c.actor.trace_->told.size(), std::nullopt});
    }
    auto id = c.actor.next_block_++;
    c.actor.endings_.emplace(id, std::move(ending));
    return give(c, Value(static_cast<std::int64_t>(id)));
  }
  static Status ending_drop(HostCall& c) {
    auto found = c.actor.endings_.find(number(c, 0));
    if (found == c.actor.endings_.end()) return Status::ok;
    c.actor.vm().release(found->second.closure);
    if (auto traced = found->second.traced) c.actor.trace_->leases[*traced].until = c.actor.trace_->told.size();
    c.actor.endings_.erase(found);
    return Status::ok;
  }

  /// A step without a body has ended: __run_step of core.groovy.
  static Status step_ended(HostCall& c) {
    std::string result = "SUCCESS";
    std::string cause;
    std::uint32_t failed_at = 0;
    if (given(c, 1)) {
      auto info = c.actor.vm().describe(c.args[1]);
      result = c.actor.failure_result(info);
      cause = c.actor.failure_cause(info);
      failed_at = c.actor.failure_line(info);
    }
    c.actor.end_node(number(c, 0), result, cause, failed_at);
    c.actor.current_step_.erase(c.fiber);
    c.actor.step_lines_.erase(c.fiber);
    return Status::ok;
  }

  static Status trace(HostCall& c) {
    if (!given(c, 0)) return give(c, Value(""));
    auto trace = format_trace(c.actor.vm(), c.args[0]);
    trace.pop_back();  // `log` ends the line
    return give(c, Value(trace));
  }
  static Status print_error(HostCall& c) {
    if (given(c, 0)) c.actor.print_failure(c.fiber, c.actor.vm().describe(c.args[0]));
    return Status::ok;
  }
  static Status throwable_result(HostCall& c) {
    return give(c, given(c, 0) ? Value(c.actor.failure_result(c.actor.vm().describe(c.args[0]))) : Value());
  }

  /// Libraries that the script names with @Library, and implicit ones.
  static Status run_libraries(HostCall& c) {
    Value out = Value::list();
    for (const auto& library : c.actor.program_.libraries) {
      out.push(Value::map_of("name", library.name, "version", library.version, "trusted", true));
    }
    return give(c, std::move(out));
  }

  // ---- scripts and small functions ---------------------------------------------------------------------------------
  static Status class_find(HostCall& c) {
    auto id = c.actor.vm().find_class(text(c, 0));
    if (id != vm::kNoClass) c.out = vm::Value::of_class(id);
    return Status::ok;
  }
  /// A script object with the run's binding; its run() runs it.
  static Status script_compile(HostCall& c) {
    auto source = text(c, 0);
    auto name = "Script" + std::to_string(++c.actor.script_counter_);
    auto code = c.actor.compile_text(c.actor.vm(), source, name);
    if (!code) {
      return throw_java(c, "org.codehaus.groovy.control.MultipleCompilationErrorsException",
                        c.actor.format_compile_failure(given(c, 1) ? text(c, 1) : name, source, code.error()));
    }
    return c.actor.vm().construct_now(c.fiber, c.actor.vm().load(*code), c.out);
  }
  static Status duration_text(HostCall& c) {
    return give(c, Value(text::format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(number(c, 0))))));
  }
  static Status version_compare(HostCall& c) { return give(c, Value(text::compare_versions(text(c, 0), text(c, 1)))); }
  static Status text_digest(HostCall& c) {
    auto algorithm = files::find_hash(text(c, 1));
    if (!algorithm) {
      return throw_java(c, "java.security.NoSuchAlgorithmException", text(c, 1) + " MessageDigest not available");
    }
    return give(c, Value(files::hash_bytes(text(c, 0), *algorithm)));
  }

  // ---- results
  // ---------------------------------------------------------------------------------------------------------
  static Status result_get(HostCall& c) { return give(c, c.actor.result_.empty() ? Value() : Value(c.actor.result_)); }
  static Status result_current(HostCall& c) {
    return give(c, Value(c.actor.result_.empty() ? std::string("SUCCESS") : c.actor.result_));
  }
  static Status result_worsen(HostCall& c) {
    auto before = c.actor.result_;
    c.actor.worsen_result(text(c, 0));
    return give(c, Value(c.actor.result_ != before));
  }
  /// For Declarative's post conditions, which show a combined result while they run.
  static Status result_force(HostCall& c) {
    c.actor.result_ = given(c, 0) ? text(c, 0) : "";
    return Status::ok;
  }
  static Status stage_warn(HostCall& c) {
    c.actor.mark_stage(c.actor.scope_of(c.fiber).get(), text(c, 0), text(c, 1));
    return Status::ok;
  }
  static Status stage_skipped(HostCall& c) {
    c.actor.mark_stage(c.actor.scope_of(c.fiber).get(), "NOT_BUILT", text(c, 1));
    return Status::ok;
  }
  static Status stage_result(HostCall& c) {
    auto scope = c.actor.scope_of(c.fiber);
    const auto* s = scope.get();
    while (s != nullptr && s->stage.empty()) s = s->outer.get();
    if (s == nullptr) return Status::ok;
    auto mark = c.actor.stage_marks_.find(s->flow_node);
    return give(c, mark == c.actor.stage_marks_.end() ? Value() : Value(mark->second.first));
  }

  // ---- place and environment
  // ---------------------------------------------------------------------------------------------
  static Status node_info(HostCall& c) {
    auto scope = c.actor.scope_of(c.fiber);
    if (node_scope(scope.get()) == nullptr) return Status::ok;
    auto place = c.actor.place_of(scope.get());
    auto out = Value::map_of("name", place.node, "unix", true, "cwd", place.cwd, "workspace", place.workspace, "tmp",
                             place.workspace_tmp, "separator", "/", "pathSeparator", ":", "home",
                             place.environment["HOME"], "root", place.node_root);
    if (const auto* held = c.actor.remote_node(scope.get())) {
      Value pod = Value::map();
      for (const auto* key : {"containers", "docker"}) {
        const auto* list = held->remote.find(key);
        pod.set(key, list == nullptr ? Value::list() : *list);
      }
      out.set("pod", std::move(pod));
    }
    return give(c, std::move(out));
  }
  /// For the next node of this branch. No argument of its effect: journals of before have it without.
  static Status node_docker(HostCall& c) {
    c.actor.node_docker_[c.fiber] = plain(c, 0);
    return Status::ok;
  }
  static Status throttle_categories(HostCall& c) {
    auto list = Value::list();
    for (auto& one : throttle_of(c.actor.scope_of(c.fiber).get())) list.push(std::move(one));
    return give(c, std::move(list));
  }
  static Status path_resolve(HostCall& c) {
    auto path = text(c, 0);
    if (!path.starts_with('/')) {
      auto folder = working_folder(c.actor.scope_of(c.fiber).get());
      path = path.empty() || path == "." ? folder : folder + "/" + path;
    }
    path = std::filesystem::path(path).lexically_normal().string();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return give(c, Value(path));
  }
  static Status scope_launcher(HostCall& c) {
    auto scope = c.actor.scope_of(c.fiber);
    for (const auto* s = scope.get(); s != nullptr; s = s->outer.get()) {
      if (!s->launcher_type.empty())
        return give(c, Value::map_of("type", s->launcher_type, "container", s->launcher_container));
      if (!s->workspace.empty()) break;
    }
    return Status::ok;
  }
  static Status env_get(HostCall& c) {
    auto environment = c.actor.environment_at(c.actor.scope_of(c.fiber).get());
    auto found = environment.find(text(c, 0));
    return give(c, found == environment.end() ? Value() : Value(found->second));
  }
  static Status env_set(HostCall& c) {
    c.actor.assigned_environment_[text(c, 0)] = given(c, 1) ? text(c, 1) : "null";
    return Status::ok;
  }
  static Status env_all(HostCall& c) {
    Value map = Value::map();
    for (const auto& [k, v] : c.actor.environment_at(c.actor.scope_of(c.fiber).get())) map.set(k, v);
    return give(c, map);
  }
  static Status params(HostCall& c) { return give(c, c.actor.parameters_); }

  // ---- the run
  // -----------------------------------------------------------------------------------------------------------
  static Status run_get(HostCall& c) { return give(c, c.actor.run_fact(text(c, 0), c.actor.clock_millis(c.fiber))); }
  static Status run_set(HostCall& c) {
    auto name = text(c, 0);
    if (name == "displayName") {
      c.actor.display_name_ = text(c, 1);
    } else if (name == "description") {
      c.actor.description_ = text(c, 1);
    } else if (name == "keepLog") {
      c.actor.keep_log_ = c.args.size() > 1 && c.args[1].is_true();
    } else if (name == "result") {
      c.actor.worsen_result(text(c, 1));
    }
    return Status::ok;
  }
  static Status run_user(HostCall& c) {
    return give(c, Value::map_of("id", c.actor.inputs_.user_id, "name", c.actor.inputs_.user_name, "email", Value()));
  }
  static Status scm(HostCall& c) { return give(c, c.actor.scm_value()); }
  static Status causes(HostCall& c) { return give(c, c.actor.causes()); }
  static Status previous_result(HostCall& c) {
    return give(c, c.actor.inputs_.previous_result.empty() ? Value() : Value(c.actor.inputs_.previous_result));
  }
  static Status restart_stage(HostCall& c) {
    return give(c, c.actor.inputs_.restart_stage ? Value(*c.actor.inputs_.restart_stage) : Value());
  }
  static Status once(HostCall& c) { return give(c, Value(c.actor.once_.insert(text(c, 0)).second)); }
  static Status job_properties(HostCall& c) {
    c.actor.set_job_properties(plain(c, 0));
    return Status::ok;
  }
  static Status in_parallel(HostCall& c) { return give(c, Value(!c.actor.vm().path(c.fiber).empty())); }

  // ---- descriptions
  // --------------------------------------------------------------------------------------------------------
  static Status describable(HostCall& c) {
    std::vector<vm::Value> opaque;
    auto value = c.actor.opaque_data(c.fiber, c.args.empty() ? vm::Value::null() : c.args[0], opaque, 0);
    if (!c.actor.opaque_error_.is_null()) {
      c.actor.vm().set_exception(std::exchange(c.actor.opaque_error_, vm::Value::null()));
      return Status::thrown;
    }
    std::string contexts;
    if (auto list = plain(c, 1); list.is_list()) {
      for (const auto& item : list.items()) contexts += (contexts.empty() ? "" : ",") + item.text();
    } else {
      contexts = text(c, 1);
    }
    auto described = catalog::normalize_describable(*c.actor.program_.catalog, value, contexts);
    if (!described) return throw_java(c, described.error().java_class, described.error().message);
    c.out = c.actor.from_opaque(*described, opaque);
    return Status::ok;
  }
  static Status step_names(HostCall& c) {
    Value list = Value::list();
    for (const auto& step : c.actor.program_.catalog->steps()) list.push(step.name);
    return give(c, list);
  }
  static Status is_block_step(HostCall& c) {
    const auto* step = c.actor.program_.catalog->find_step(text(c, 0));
    return give(c, Value(step != nullptr && step->block));
  }
  static Status step_instead(HostCall& c) { return give(c, Value(catalog::instead_of(text(c, 0)))); }
  static Status symbol_known(HostCall& c) {
    return give(c, Value(c.actor.program_.catalog->find_symbol(text(c, 0), text(c, 1)) != nullptr));
  }
  static Status random_token(HostCall& c) {
    static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    auto count = std::min<std::uint64_t>(number(c, 0), 256);
    for (std::uint64_t i = 0; i < count; ++i) out += kLetters[c.actor.random_bits(c.fiber) % kLetters.size()];
    return give(c, Value(out));
  }

  // ---- texts
  // -----------------------------------------------------------------------------------------------------------------
  static Status json_parse(HostCall& c) {
    auto value = data::parse_json(text(c, 0));
    if (!value) return throw_java(c, "net.sf.json.JSONException", value.error().message);
    return give(c, *value);
  }
  static Status json_print(HostCall& c) {
    data::JsonStyle style;
    style.indent = static_cast<int>(number(c, 1));
    if (style.indent > 0) style.layout = data::JsonLayout::json_lib;
    return give(c, Value(data::format_json(plain(c, 0), style)));
  }
  /// What preludes kept by older versions ask; the evaluator has asked before they were called.
  static Status sandbox_check(HostCall&) { return Status::ok; }
  static Status yaml_parse(HostCall& c) {
    auto documents = data::parse_yaml_documents(text(c, 0), {.dialect = data::YamlDialect::snake, .typed_keys = true});
    if (!documents) return throw_java(c, "org.yaml.snakeyaml.error.YAMLException", documents.error().message);
    Value all(std::move(*documents));
    if (!has_keyed_map(all)) return give(c, std::move(all));
    return give(c, Value::map_of("entries", in_entries(std::move(all))));
  }
  static data::YamlStyle yaml_style(HostCall& c) {
    const std::string flow = text(c, 1);
    data::YamlStyle style;
    style.flow = flow == "FLOW"   ? data::YamlFlow::flow
                 : flow == "AUTO" ? data::YamlFlow::automatic
                                  : data::YamlFlow::block;
    if (given(c, 2)) style.width = static_cast<int>(number(c, 2));
    return style;
  }
  /// What preludes kept by older versions ask.
  static Status yaml_print(HostCall& c) {
    auto documents = with_dates(plain(c, 0));
    return give(c, Value(data::format_yaml_documents(documents.items(), yaml_style(c))));
  }
  /// Documents of the script's own values: keys stay what they are, what stands in several places is anchored.
  static Status yaml_dump(HostCall& c) {
    auto documents = c.actor.vm().to_documents(c.actor.vm().heap().items(c.args[0]), [&c](vm::Value gstring) {
      return c.actor.gstring_text(c.fiber, gstring);
    });
    if (!c.actor.opaque_error_.is_null()) {
      c.actor.vm().set_exception(std::exchange(c.actor.opaque_error_, vm::Value::null()));
      return Status::thrown;
    }
    if (!documents) return throw_java(c, "org.yaml.snakeyaml.error.YAMLException", documents.error().message);
    return give(c, Value(data::format_yaml_documents(*documents, yaml_style(c))));
  }
  static Status properties_parse(HostCall& c) {
    auto entries = text::parse_properties(text(c, 0));
    if (!entries) return throw_java(c, "java.lang.IllegalArgumentException", entries.error().message);
    Value map = Value::map();
    for (auto& [k, v] : *entries) map.set(k, v);
    return give(c, map);
  }
  static Status csv_parse(HostCall& c) {
    auto rows = data::parse_csv(text(c, 0));
    if (!rows) return throw_java(c, "java.io.IOException", rows.error().message);
    Value list = Value::list();
    for (const auto& row : *rows) {
      Value record = Value::list();
      for (const auto& field : row) record.push(field);
      list.push(std::move(record));
    }
    return give(c, list);
  }
  static Status csv_print(HostCall& c) {
    std::vector<std::vector<std::string>> rows;
    auto records = plain(c, 0);
    for (const auto& record : records.items()) {
      auto& row = rows.emplace_back();
      for (const auto& field : record.items())
        row.push_back(field.is_string() ? field.text() : data::format_json(field));
    }
    return give(c, Value(data::format_csv(rows)));
  }
  static Status toml_parse(HostCall& c) {
    auto value = data::parse_toml(text(c, 0));
    if (!value) return throw_java(c, "java.lang.IllegalArgumentException", value.error().message);
    return give(c, *value);
  }
  static Status toml_print(HostCall& c) {
    auto printed = data::format_toml(plain(c, 0));
    if (!printed) return throw_java(c, "java.lang.IllegalArgumentException", printed.error().message);
    return give(c, Value(*printed));
  }
  static Status manifest_parse(HostCall& c) {
    auto value = data::parse_manifest(text(c, 0));
    if (!value) return throw_java(c, "java.io.IOException", value.error().message);
    return give(c, *value);
  }
  static Value xml_value(const data::XmlNode& element) {
    Value attributes = Value::map();
    for (const auto& attribute : element.attributes) attributes.set(attribute.name, attribute.value);
    Value children = Value::list();
    std::string text;
    for (const auto& child : element.children) {
      if (child.is_text())
        text += child.text;
      else
        children.push(xml_value(child));
    }
    Value out = Value::map_of("name", element.name, "text", text);
    out.set("attributes", std::move(attributes));
    out.set("children", std::move(children));
    return out;
  }
  static data::XmlNode xml_node(const Value& value) {
    auto node = data::XmlNode::element(value.get_string("name"), value.get_string("text"));
    if (const auto* attributes = value.find("attributes")) {
      for (const auto& [k, v] : attributes->members()) node.attributes.push_back({k, v.text()});
    }
    if (const auto* children = value.find("children")) {
      for (const auto& child : children->items()) node.children.push_back(xml_node(child));
    }
    return node;
  }
  static Status xml_print(HostCall& c) { return give(c, Value(data::format_xml(xml_node(plain(c, 0))))); }
  static Status xml_parse(HostCall& c) {
    auto root = data::parse_xml(text(c, 0));
    if (!root) return throw_java(c, "org.xml.sax.SAXParseException", root.error().message);
    return give(c, xml_value(*root));
  }
};

HostFunctions::Function HostFunctions::find(std::string_view name) {
  struct Row {
    std::string_view name;
    Function function;
  };
  static constexpr Row kRows[] = {
      {"log", HostRows::log},
      {"step.open", HostRows::step_open},
      {"body.open", HostRows::body_open},
      {"body.close", HostRows::body_close},
      {"step.close", HostRows::step_close},
      {"step.leaf", HostRows::step_leaf},
      {"class.find", HostRows::class_find},
      {"run.libraries", HostRows::run_libraries},
      {"script.compile", HostRows::script_compile},
      {"duration.text", HostRows::duration_text},
      {"version.compare", HostRows::version_compare},
      {"text.digest", HostRows::text_digest},
      {"branch.open", HostRows::branch_open},
      {"branch.enter", HostRows::branch_enter},
      {"ending.add", HostRows::ending_add},
      {"ending.drop", HostRows::ending_drop},
      {"step.ended", HostRows::step_ended},
      {"trace", HostRows::trace},
      {"error.print", HostRows::print_error},
      {"error.result", HostRows::throwable_result},
      {"result.get", HostRows::result_get},
      {"result.current", HostRows::result_current},
      {"result.worsen", HostRows::result_worsen},
      {"result.force", HostRows::result_force},
      {"stage.warn", HostRows::stage_warn},
      {"stage.skipped", HostRows::stage_skipped},
      {"stage.result", HostRows::stage_result},
      {"node.info", HostRows::node_info},
      {"node.docker", HostRows::node_docker},
      {"path.resolve", HostRows::path_resolve},
      {"throttle.categories", HostRows::throttle_categories},
      {"scope.launcher", HostRows::scope_launcher},
      {"env.get", HostRows::env_get},
      {"env.set", HostRows::env_set},
      {"env.all", HostRows::env_all},
      {"params", HostRows::params},
      {"run.get", HostRows::run_get},
      {"run.set", HostRows::run_set},
      {"run.user", HostRows::run_user},
      {"run.causes", HostRows::causes},
      {"run.previous_result", HostRows::previous_result},
      {"run.restart_stage", HostRows::restart_stage},
      {"run.once", HostRows::once},
      {"job.properties", HostRows::job_properties},
      {"scm", HostRows::scm},
      {"milestone.in_parallel", HostRows::in_parallel},
      {"describable", HostRows::describable},
      {"step.names", HostRows::step_names},
      {"step.is_block", HostRows::is_block_step},
      {"step.instead", HostRows::step_instead},
      {"symbol.known", HostRows::symbol_known},
      {"random.token", HostRows::random_token},
      {"sandbox.check", HostRows::sandbox_check},
      {"json.parse", HostRows::json_parse},
      {"json.print", HostRows::json_print},
      {"yaml.dump", HostRows::yaml_dump},
      {"yaml.parse", HostRows::yaml_parse},
      {"yaml.print", HostRows::yaml_print},
      {"properties.parse", HostRows::properties_parse},
      {"csv.parse", HostRows::csv_parse},
      {"csv.print", HostRows::csv_print},
      {"toml.parse", HostRows::toml_parse},
      {"toml.print", HostRows::toml_print},
      {"manifest.parse", HostRows::manifest_parse},
      {"xml.parse", HostRows::xml_parse},
      {"xml.print", HostRows::xml_print},
  };
  for (const auto& row : kRows) {
    if (row.name == name) return row.function;
  }
  return nullptr;
}

Status RunActor::call(vm::Vm&, vm::FiberId fiber, std::string_view name, std::span<const vm::Value> args,
                      vm::Value& out) {
  out = vm::Value::null();
  auto function = HostFunctions::find(name);
  if (function == nullptr) {
    vm_->set_exception(
        vm_->make_throwable("java.lang.UnsupportedOperationException", "no host call " + std::string(name)));
    return Status::thrown;
  }
  HostCall call{*this, fiber, args, out};
  return function(call);
}

}  // namespace windlass::engine

// What the evaluator asks while it runs: names, steps, classes of libraries, clock and chance. Synchronous and a pure
// function of program, inputs and journal: a replay gets the same answers.
#include <algorithm>
#include <array>

#include "catalog/normalize.h"
#include "data/binary.h"
#include "engine/host_functions.h"
#include "engine/libraries.h"
#include "engine/run_actor.h"
#include "engine/sandbox_rules.h"

namespace windlass::engine {

using data::Value;
using vm::StepCall;

namespace {

constexpr std::uint64_t kInstructionsPerMillisecond = 100'000;  ///< how fast a script's clock goes on by itself
constexpr int kMaxArgumentDepth = 64;
constexpr std::size_t kMostArgumentValues = 5'000'000;

/// The innermost of the lists and maps that are being copied is no longer.
struct OnPath {
  std::vector<vm::Ref>& path;
  ~OnPath() { path.pop_back(); }
};

std::uint64_t mix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace

// ---- time and chance
// ---------------------------------------------------------------------------------------------------

std::int64_t RunActor::clock_millis(vm::FiberId) {
  return told_millis_ +
         static_cast<std::int64_t>((vm_->instructions() - told_instructions_) / kInstructionsPerMillisecond);
}

std::string RunActor::time_zone() {
  constexpr std::uint32_t kZoneOfTheRun = 2;
  const bool known = !inputs_.time_zone.empty() && journal_.header().semantics >= kZoneOfTheRun;
  return known ? inputs_.time_zone : "UTC";
}

std::uint64_t RunActor::random_bits(vm::FiberId fiber) {
  auto path = vm_->path(fiber);
  std::uint64_t stream = inputs_.secret_seed;
  for (unsigned char c : path) stream = mix(stream ^ c);
  return mix(stream + 0x632BE59BD9B4E019ULL * ++random_counters_[path]);
}

// ---- preludes
// ------------------------------------------------------------------------------------------------------------

/// A method pointer to the function, compiling its file on first use; undefined when no prelude has it.
vm::Value RunActor::prelude_function(std::string_view name) {
  const auto* found = program_.prelude->find_function_file(name);
  if (found == nullptr) return vm::Value::undefined();
  const auto& file = *found;
  auto module = prelude_modules_.find(file.name);
  if (module == prelude_modules_.end()) {
    const auto& code = program_.prelude->code(file);
    if (!code) {
      std::string what = "the prelude " + std::string(file.name) + " does not compile";
      for (const auto& d : code.error().diagnostics)
        what += ": line " + std::to_string(d.position.line) + ": " + d.message;
      die(Error(ErrorKind::internal, what));
      return vm::Value::undefined();
    }
    auto object = vm_->instantiate_script(vm_->load(*code));
    module = prelude_modules_.emplace(std::string(file.name), vm_->hold(object)).first;
  }
  return vm_->method_pointer(vm_->held(module->second), name);
}

// ---- steps
// -----------------------------------------------------------------------------------------------------------------

StepCall RunActor::throw_step(std::string_view java_class, std::string_view message) {
  StepCall call;
  call.kind = StepCall::Kind::thrown;
  call.value = vm_->make_throwable(java_class, message);
  return call;
}

std::uint32_t RunActor::line_of(vm::FiberId fiber) {
  for (const auto& [source, line] : vm_->origin(fiber)) {
    if (source == inputs_.script_name) return line;
  }
  return 0;
}

std::string RunActor::gstring_text(vm::FiberId fiber, vm::Value gstring) {
  const auto values = vm_->heap().gstring_values(gstring);
  const bool plain = std::ranges::all_of(
      values, [](const vm::Value& v) { return v.is_null() || v.is_string() || v.is_boolean() || v.is_integral(); });
  if (plain) return vm_->display(gstring);
  vm::Value text;
  if (vm_->call_now(fiber, vm_->method_pointer(gstring, "toString"), {}, text) != vm::Status::ok) {
    opaque_error_ = vm_->take_exception();
    return {};
  }
  return vm_->display(text);
}

Value RunActor::opaque_data(vm::FiberId fiber, vm::Value value, std::vector<vm::Value>& opaque, int depth,
                            std::span<const std::string_view> whole) {
  auto& heap = vm_->heap();
  auto kept = [&opaque](vm::Value v) {
    opaque.push_back(v);
    data::Map index;
    index.set("index", Value(static_cast<std::int64_t>(opaque.size() - 1)));
    return Value::object(std::string(catalog::kOpaqueClass), std::move(index));
  };
  if (depth == 0) argument_values_ = 0;
  if (++argument_values_ > kMostArgumentValues) {
    // What stands in many places is one object for the script, and as often a copy here.
    opaque_error_ =
        vm_->make_throwable("java.lang.IllegalArgumentException", "the arguments of a step hold more than " +
                                                                      std::to_string(kMostArgumentValues) + " values");
    return {};
  }
  if (value.is(vm::Kind::gstring)) return Value(gstring_text(fiber, value));
  const bool is_container = value.is(vm::Kind::map) || value.is(vm::Kind::list);
  const bool holds_itself = is_container && std::ranges::find(argument_path_, value.ref) != argument_path_.end();
  if (is_container && !holds_itself && depth < kMaxArgumentDepth) {
    argument_path_.push_back(value.ref);
    const OnPath on_path{argument_path_};
    if (value.is(vm::Kind::map)) {
      data::Map out;
      for (auto slot : heap.map_order(value)) {
        const auto& entry = heap.slots(value)[slot];
        auto key = vm_->display(entry.key);
        const vm::Value item = entry.value.plain();
        auto one = std::ranges::find(whole, key) != whole.end() && item.is_object() && !item.is_text()
                       ? kept(item)
                       : opaque_data(fiber, item, opaque, depth + 1);
        out.set(std::move(key), std::move(one));
      }
      return Value(std::move(out));
    }
    Value out = Value::list();
    for (const auto& item : heap.items(value)) out.push(opaque_data(fiber, item, opaque, depth + 1));
    return out;
  }
  // A date stays one for the steps that know dates (writeYaml); others show its text.
  const bool is_date = value.is(vm::Kind::native_object) && vm_->class_of(value) == vm::java::date;
  if (!is_date && !holds_itself) {
    if (auto plain = vm_->to_data(value)) return std::move(*plain);
  }
  return kept(value);
}

vm::Value RunActor::from_opaque(const Value& value, const std::vector<vm::Value>& opaque) {
  auto& heap = vm_->heap();
  if (value.is_object() && value.class_name() == catalog::kOpaqueClass) {
    return opaque[static_cast<std::size_t>(value.get_int("index"))];
  }
  if (value.is_map()) {
    auto out = heap.make_map();
    for (const auto& entry : value.members()) heap.map_put(out, entry.key, from_opaque(entry.value, opaque));
    return out;
  }
  if (value.is_list()) {
    auto out = heap.make_list();
    for (const auto& item : value.items()) heap.list_add(out, from_opaque(item, opaque));
    return out;
  }
  return vm_->from_data(value);
}

StepCall RunActor::call_step(vm::Vm& vm, vm::FiberId fiber, std::string_view name, std::span<const vm::Value> args) {
  StepCall call;
  if (name.starts_with("__")) {
    call.function = prelude_function(name);
    if (call.function.is_undefined()) return call;
    call.kind = StepCall::Kind::function;
    call.arguments.assign(args.begin(), args.end());
    return call;
  }
  vm::Value variable = vm::Value::undefined();
  if (library_variable(fiber, name, variable) != vm::Status::ok) {
    call.kind = StepCall::Kind::thrown;
    call.value = vm_->take_exception();
    return call;
  }
  if (!variable.is_undefined()) {
    call.kind = StepCall::Kind::function;
    call.function = variable;
    call.arguments.assign(args.begin(), args.end());
    return call;
  }
  // `rateLimitBuilds(throttle(count: …))` is written with the same word as the step, which takes a body.
  const bool is_rate = name == "throttle" && (args.empty() || !args.back().is(vm::Kind::closure));
  if (const auto* step = is_rate ? nullptr : program_.catalog->find_step(name)) {
    return call_catalog_step(fiber, *step, args);
  }
  if (auto function = prelude_function(name);
      !function.is_undefined() && !name.starts_with("step_") && !name.starts_with("make_global_")) {
    call.kind = StepCall::Kind::function;
    call.function = function;
    call.arguments.assign(args.begin(), args.end());
    return call;
  }
  if (const auto* symbol = program_.catalog->find_symbol(name)) {
    // `string(name: 'A')` is plain data: a map with its class, unnamed argument under "". A map that has a class of its
    // own is an argument, not a set of named ones: `modernSCM([$class: 'GitSCMSource', …])`.
    auto map = vm.heap().make_map(vm::java::describable);
    vm.heap().map_put(map, "$class", vm.heap().make_string(std::string_view(name)));
    auto has_class = [&vm](const vm::Value& value) {
      const auto order = vm.heap().map_order(value);
      return std::any_of(order.begin(), order.end(),
                         [&](auto slot) { return vm.display(vm.heap().slots(value)[slot].key) == "$class"; });
    };
    for (const auto& arg : args) {
      if (arg.is(vm::Kind::map) && !has_class(arg)) {
        for (auto slot : vm.heap().map_order(arg)) {
          auto entry = vm.heap().slots(arg)[slot];
          vm.heap().map_put(map, vm.heap().make_string(vm.display(entry.key)), entry.value.plain());
        }
      } else {
        vm.heap().map_put(map, "", arg);
      }
    }
    if (auto performed = call_symbol_as_step(fiber, *symbol, map, args)) return std::move(*performed);
    call.kind = StepCall::Kind::value;
    call.value = map;
    return call;
  }
  return call;
}

/// Jenkins performs a publisher where it is called by its symbol, as `step(…)` would, and a build wrapper that has a
/// body as `wrap(…)`: `sshPublisher(…)` is no piece of data. nullopt: this symbol is one.
std::optional<StepCall> RunActor::call_symbol_as_step(vm::FiberId fiber, const catalog::SymbolDescription& symbol,
                                                      vm::Value described, std::span<const vm::Value> args) {
  constexpr std::uint32_t kSymbolsArePerformed = 3;
  if (journal_.header().semantics < kSymbolsArePerformed) return std::nullopt;
  const bool has_body = !args.empty() && args.back().is(vm::Kind::closure);
  if (symbol.context == "publisher" && !has_body) {
    return call_catalog_step(fiber, *program_.catalog->find_step("step"), std::array{described});
  }
  if (symbol.context == "build wrapper" && has_body) {
    vm_->heap().map_remove(described, vm::TextView());
    return call_catalog_step(fiber, *program_.catalog->find_step("wrap"), std::array{described, args.back()});
  }
  return std::nullopt;
}

StepCall RunActor::call_catalog_step(vm::FiberId fiber, const catalog::StepDescription& step,
                                     std::span<const vm::Value> args) {
  auto name = std::string(step.name);
  if (step.needs_node && node_scope(scope_of(fiber).get()) == nullptr) {
    log_pipeline(fiber, name);
    if (step.block) log_pipeline(fiber, "// " + name);
    return throw_step("org.jenkinsci.plugins.workflow.steps.MissingContextVariableException",
                      "Required context class hudson.FilePath is missing\nPerhaps you forgot to surround the " + name +
                          " step with a step that provides this, such as: node");
  }
  std::vector<vm::Value> rest(args.begin(), args.end());
  vm::Value body = vm::Value::null();
  if (step.block && !rest.empty() && rest.back().is(vm::Kind::closure)) {
    body = rest.back();
    rest.pop_back();
  }
  std::vector<vm::Value> opaque;
  data::Map named;
  Value::List positional;
  // Keys that are no text, and what stands in several places. A prelude that a run keeps may not know of them.
  static constexpr std::string_view kDocuments[] = {"data", "datas"};
  const bool keeps = name == "writeYaml" && !prelude_function("__dump_yaml").is_undefined();
  const auto whole = keeps ? std::span<const std::string_view>(kDocuments) : std::span<const std::string_view>();
  for (std::size_t i = 0; i < rest.size(); ++i) {
    auto value = opaque_data(fiber, rest[i], opaque, 0, whole);
    if (!opaque_error_.is_null()) {
      StepCall call;
      call.kind = StepCall::Kind::thrown;
      call.value = std::exchange(opaque_error_, vm::Value::null());
      return call;
    }
    if (i == 0 && value.is_map() && rest.size() == 1 && value.find("$class") == nullptr && !value.members().empty()) {
      named = value.members();
    } else if (i == 0 && value.is_map() && rest.size() > 1) {
      named = value.members();
    } else {
      positional.push_back(std::move(value));
    }
  }
  auto normalized = catalog::normalize(step, named, positional);
  if (!normalized) return throw_step(normalized.error().java_class, normalized.error().message);
  std::string label;
  if (!step.label_parameter.empty() && !step.block) {
    if (const auto* given = normalized->arguments.find(step.label_parameter)) label = given->text();
  }
  auto scope = scope_of(fiber);
  std::uint64_t node = 0;
  if (step.announce) {
    if (feed_) step_lines_[fiber].clear();
    log_pipeline(fiber, label.empty() ? name : name + " (" + label + ")");
    node = start_node(fiber, name, label, line_of(fiber), scope.get());
    current_step_[fiber] = {name, node};
  }
  for (const auto& warning : normalized->warnings) log_line(fiber, warning + "\n");
  warn_of_interpolation(fiber, name, rest, normalized->arguments, scope.get());

  StepCall call;
  if (!step.runs_in_prelude()) {
    call.kind = StepCall::Kind::effect;
    call.effect_kind = name;
    call.effect_arguments = Value(std::move(normalized->arguments));
    if (!opaque.empty()) {
      return throw_step("java.lang.IllegalArgumentException",
                        "the step " + name + " cannot take a closure or object of the script as an argument");
    }
    // A parameter or default that a later version adds must not make a run that goes on look like another one.
    written_[fiber] = Value::list_of(Value(std::move(named)), Value(std::move(positional)));
    return call;
  }
  auto function = prelude_function("step_" + name);
  if (function.is_undefined()) {
    return throw_step("java.lang.UnsupportedOperationException",
                      "the step " + name + " is not offered by this version");
  }
  if (name == "echo" && normalized->arguments.find("message") != nullptr && opaque.empty()) {
    // The most frequent of all steps, without a detour through the prelude.
    const auto* message = normalized->arguments.find("message");
    log_at(vm_->path(fiber), node, (message->is_null() ? "null" : message->text()) + "\n");
    end_node(node, "SUCCESS", "");
    current_step_.erase(fiber);
    step_lines_.erase(fiber);
    call.kind = StepCall::Kind::value;
    return call;
  }
  auto map = from_opaque(Value(std::move(normalized->arguments)), opaque);
  call.kind = StepCall::Kind::function;
  if (node != 0) {
    call.function = prelude_function("__run_step");
    call.arguments = {vm_->from_data(Value(static_cast<std::int64_t>(node))), function, map, body};
  } else {
    call.function = function;
    call.arguments = {map, body};
  }
  return call;
}

std::string RunActor::known_steps() {
  std::string steps;
  for (const auto& step : program_.catalog->steps()) steps += (steps.empty() ? "" : ", ") + std::string(step.name);
  std::string globals;
  for (const auto& [function, file] : program_.prelude->functions()) {
    if (function.starts_with("make_global_"))
      globals += (globals.empty() ? "" : ", ") + std::string(function.substr(12));
  }
  return "steps [" + steps + "] or symbols [...] or globals [" + globals + "]";
}

// ---- names
// -----------------------------------------------------------------------------------------------------------------

vm::Status RunActor::library_variable(vm::FiberId fiber, std::string_view name, vm::Value& out) {
  auto found = globals_.find("vars/" + std::string(name));
  if (found != globals_.end()) {
    out = vm_->held(found->second);
    return vm::Status::ok;
  }
  auto file = "vars/" + std::string(name) + ".groovy";
  std::optional<std::string> text;
  for (const auto& library : loaded_libraries_) {
    if (!text) text = library_source(library, file);
  }
  if (!text) return vm::Status::ok;
  auto code = compile_script(std::string(name) + ".groovy", *text, name, vm::ScriptKind::vars, class_exists());
  if (!code) {
    vm_->set_exception(vm_->make_throwable("org.codehaus.groovy.control.MultipleCompilationErrorsException",
                                           format_compile_failure(file, *text, code.error())));
    return vm::Status::thrown;
  }
  const auto status = vm_->construct_now(fiber, vm_->load(*code), out);
  if (status == vm::Status::ok) globals_.emplace("vars/" + std::string(name), vm_->hold(out));
  return status;
}

vm::Status RunActor::get_global(vm::Vm& vm, vm::FiberId fiber, std::string_view name, vm::Value& out) {
  if (auto found = globals_.find(name); found != globals_.end()) {
    out = vm.held(found->second);
    return vm::Status::ok;
  }
  if (auto function = prelude_function("make_global_" + std::string(name)); !function.is_undefined()) {
    const auto status = vm.call_now(fiber, function, {}, out);
    if (status == vm::Status::ok) globals_.emplace(std::string(name), vm.hold(out));
    return status;
  }
  if (const auto status = library_variable(fiber, name, out); status != vm::Status::ok || !out.is_undefined())
    return status;
  auto environment = environment_at(scope_of(fiber).get());
  if (auto value = environment.find(std::string(name)); value != environment.end()) {
    out = vm.heap().make_string(std::string_view(value->second));
  }
  return vm::Status::ok;
}

bool RunActor::set_global(vm::Vm&, vm::FiberId, std::string_view, vm::Value) { return false; }

void RunActor::load_kept_library(const std::string& name) {
  if (!once_.insert("library:" + name).second) return;
  auto bytes = journal_.program_bytes(library_role(name));
  if (!bytes) return die(std::move(bytes).error());
  auto files = data::decode_binary(*bytes);
  if (!files) return die(std::move(files).error());
  loaded_libraries_.push_back(std::move(*files));
}

std::string RunActor::format_compile_failure(std::string_view name, std::string_view text,
                                             const vm::CompileFailure& failure) {
  groovy::Source source{std::string(name), std::string(text)};
  return groovy::format_diagnostics(source, failure.diagnostics);
}

vm::ClassExists RunActor::class_exists() {
  return [this](std::string_view full_name) { return library_class_source(full_name).has_value(); };
}

std::optional<std::pair<std::string, std::string>> RunActor::library_class_source(std::string_view full_name) {
  for (const auto& library : loaded_libraries_) {
    if (auto source = find_class_source(library, full_name)) return source;
  }
  return std::nullopt;
}

std::shared_ptr<const vm::CodeUnit> RunActor::load_class(vm::Vm& vm, std::string_view full_name) {
  auto source = library_class_source(full_name);
  if (!source) {
    // A class of Jenkins or of a plugin that the prelude stands in for; an inner one comes with its outer one.
    const auto* file = program_.prelude->find_class_file(full_name.substr(0, full_name.find('$')));
    if (file == nullptr) return nullptr;
    if (full_name.find('$') != std::string_view::npos) {
      (void)vm.find_class(full_name.substr(0, full_name.find('$')));
      return nullptr;
    }
    const auto& code = program_.prelude->code(*file);
    return code ? *code : nullptr;
  }
  if (auto inner = full_name.find('$'); inner != std::string_view::npos) {
    (void)vm.find_class(full_name.substr(0, inner));
    return nullptr;
  }
  // A file of methods alone is a class too; it is called as the file is, in the package that the file says.
  auto simple_name = full_name.substr(full_name.rfind('.') + 1);
  auto code = compile_script(source->first, source->second, simple_name, vm::ScriptKind::library, class_exists());
  if (!code) {
    broken_classes_.emplace(full_name, format_compile_failure(source->first, source->second, code.error()));
    return nullptr;
  }
  return *code;
}

std::string RunActor::class_failure(std::string_view full_name) {
  auto found = broken_classes_.find(full_name.substr(0, full_name.find('$')));
  return found == broken_classes_.end() ? std::string() : found->second;
}

vm::Compiled RunActor::compile_text(vm::Vm&, std::string_view text, std::string_view class_name) {
  auto name = class_name.empty() ? "Script" + std::to_string(++script_counter_) : std::string(class_name);
  return compile_script(name, text, name, vm::ScriptKind::pipeline, class_exists());
}

std::string RunActor::refuse(std::string_view owner_class, std::string_view method) {
  constexpr std::uint32_t kWholeList = 5;
  if (!inputs_.sandbox) return {};
  if (journal_.header().semantics < kWholeList) return std::string(sandbox_refused_before(owner_class, method));
  return sandbox_allows(owner_class, method) ? std::string() : "Scripts not permitted to use ";
}

// ---- scopes
// ----------------------------------------------------------------------------------------------------------------

std::shared_ptr<const Scope> RunActor::scope_of(vm::FiberId fiber) {
  auto found = scopes_.find(vm_->tag(fiber));
  return found == scopes_.end() ? nullptr : found->second;
}

std::uint64_t RunActor::push_scope(vm::FiberId fiber, Scope scope) {
  scope.outer = scope_of(fiber);
  scope.id = next_scope_++;
  auto id = scope.id;
  scopes_[id] = std::make_shared<const Scope>(std::move(scope));
  vm_->set_tag(fiber, id);
  return id;
}

void RunActor::pop_scope(vm::FiberId fiber, std::uint64_t id) {
  auto found = scopes_.find(id);
  if (found == scopes_.end()) return;
  auto outer = found->second->outer;
  vm_->set_tag(fiber, outer ? outer->id : 0);
  scopes_.erase(found);
}

Environment RunActor::environment_at(const Scope* scope) {
  auto environment = environment_of(scope, inputs_.environment, run_environment_, assigned_environment_);
  for (const auto* s = scope; s != nullptr; s = s->outer.get()) {
    if (!s->stage.empty()) {
      environment["STAGE_NAME"] = s->stage;
      break;
    }
  }
  return environment;
}

steps::Place RunActor::place_of(const Scope* scope) {
  steps::Place place;
  place.environment = environment_at(scope);
  const auto* node = node_scope(scope);
  if (node == nullptr) return place;
  place.has_node = true;
  place.node = node->node;
  place.node_root = node->node_root;
  place.workspace = node->workspace;
  place.workspace_tmp = node->workspace_tmp;
  place.cwd = working_folder(scope);
  place.environment["PWD"] = place.cwd;
  return place;
}

/// Words before a shell. Into a container go the current folder and the *names* of variables, whose values the
/// container program takes from its own environment: no secret shows up in a process list (T39). What belongs to the
/// image stays.
std::vector<std::string> RunActor::launcher_of(const Scope* scope, const steps::Place& place) {
  for (; scope != nullptr && scope->launcher_type.empty(); scope = scope->outer.get()) {
    if (!scope->workspace.empty()) return {};
  }
  if (scope == nullptr) return {};
  auto words = scope->launcher;
  if (scope->launcher_type != "docker" || words.size() < 2) return words;
  static const std::set<std::string_view> kOfTheImage = {"PATH",   "HOME",  "HOSTNAME", "PWD",
                                                         "OLDPWD", "SHLVL", "TERM",     "_"};
  std::vector<std::string> options{"-w", place.cwd};
  for (const auto& [name, value] : place.environment) {
    if (!kOfTheImage.contains(name)) options.insert(options.end(), {"-e", name});
  }
  words.insert(words.begin() + 2, options.begin(), options.end());
  return words;
}

}  // namespace windlass::engine

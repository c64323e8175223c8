// links: windlass::vm windlass::prelude
// seeds: tests/groovy
// Any text as a program of the evaluator, with small budgets: it compiles or is refused, ends, waits or reaches a
// limit, and does the very same when it is done again: output, effects and their arguments, result, instructions. Bare
// calls are steps: every second one ends at once, the others are effects, answered with what they were given. An input
// is the text of a script; the dictionary is seeds/groovy.dict.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/json.h"
#include "groovy/parser.h"
#include "prelude/prelude.h"
#include "vm/gdk/tables.h"
#include "vm/vm.h"

using namespace windlass;

namespace {

class FuzzHost final : public vm::Host {
 public:
  std::string seen;  ///< everything that left the evaluator, in order

  void print(vm::FiberId fiber, std::string_view text) override { note("print", fiber, text); }
  std::int64_t clock_millis(vm::FiberId) override { return 1'795'539'152'000 + ++clock_; }
  std::uint64_t random_bits(vm::FiberId) override { return ++random_ * 0x9E3779B97F4A7C15U; }
  vm::StepCall call_step(vm::Vm& vm, vm::FiberId fiber, std::string_view name,
                         std::span<const vm::Value> args) override {
    vm::StepCall call;
    if (name == "println" || name == "print") {
      for (const auto arg : args) note(name, fiber, vm.display(arg));
      call.kind = vm::StepCall::Kind::value;
      return call;
    }
    if (name.size() > 12) return call;
    data::Value list = data::Value::list();
    for (const auto arg : args) {
      if (vm.class_name(vm.class_of(arg)).find("closure") != std::string::npos) {
        call.kind = vm::StepCall::Kind::function;
        call.function = arg;
        return call;
      }
      auto plain = vm.to_data(arg);
      if (!plain) {
        call.kind = vm::StepCall::Kind::thrown;
        call.value = vm.make_throwable("java.lang.IllegalArgumentException", plain.error().message);
        return call;
      }
      list.push(std::move(*plain));
    }
    call.kind = vm::StepCall::Kind::effect;
    call.effect_kind = std::string(name);
    call.effect_arguments = std::move(list);
    return call;
  }
  vm::Status get_global(vm::Vm& vm, vm::FiberId, std::string_view name, vm::Value& out) override {
    if (name == "env") out = vm.from_data(data::Value::map_of("A", "b"));
    return vm::Status::ok;
  }
  bool set_global(vm::Vm&, vm::FiberId, std::string_view, vm::Value) override { return false; }
  vm::Status call(vm::Vm& vm, vm::FiberId, std::string_view name, std::span<const vm::Value>, vm::Value&) override {
    vm.set_exception(vm.make_throwable("java.lang.UnsupportedOperationException", name));
    return vm::Status::thrown;
  }
  void interrupt_branch(vm::Vm&, vm::FiberId, vm::Value) override {}
  std::shared_ptr<const vm::CodeUnit> load_class(vm::Vm&, std::string_view) override { return nullptr; }
  std::string class_failure(std::string_view) override { return {}; }
  vm::Compiled compile_text(vm::Vm&, std::string_view text, std::string_view class_name) override {
    auto parsed =
        groovy::parse(std::make_shared<const groovy::Source>(std::string(class_name) + ".groovy", std::string(text)));
    if (!parsed.diagnostics.empty()) return std::unexpected(vm::CompileFailure{std::move(parsed.diagnostics)});
    return vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), std::string(class_name),
                       vm::ScriptKind::pipeline);
  }
  std::string known_steps() override { return "steps [echo]"; }
  std::string refuse(std::string_view, std::string_view) override { return {}; }

  void note(std::string_view what, vm::FiberId fiber, std::string_view text) {
    if (seen.size() > 100'000) return;
    seen += std::string(what) + " " + std::to_string(fiber) + ": " + std::string(text.substr(0, 1000)) + "\n";
  }

 private:
  std::int64_t clock_ = 0;
  std::uint64_t random_ = 0;
};

const std::shared_ptr<const vm::Runtime>& runtime() {
  static const auto shared = [] {
    std::vector<vm::PreludeSource> library;
    for (const auto& file : prelude::files()) {
      if (file.name.starts_with("gdk/")) library.push_back({std::string(file.name), file.text, {}, nullptr});
    }
    return vm::make_runtime(vm::all_native_tables(), std::move(library));
  }();
  return shared;
}

/// One run to its end, or until it has waited often enough; what it did, as text. `slice` must make no difference.
std::string run(const std::shared_ptr<const vm::CodeUnit>& unit, std::uint64_t slice) {
  FuzzHost host;
  vm::Limits limits;
  limits.instructions = 20'000;
  limits.live_bytes = 4U << 20;
  limits.depth = 100;
  vm::Vm vm(runtime(), host, limits);
  const auto main = vm.start_script(vm.load(unit));
  int answered = 0;
  for (int turns = 0; turns < 100'000; ++turns) {
    const auto state = vm.resume(slice);
    for (const auto& effect : vm.take_effects()) {
      host.note("effect " + effect.kind + " of " + effect.path, effect.fiber, data::format_json(effect.arguments));
      ++answered;
      if (answered % 7 == 0) {
        if (!vm.fail(effect.fiber, "hudson.AbortException", "script returned exit code 1")) std::abort();
      } else if (!vm.complete(effect.fiber, effect.arguments)) {
        std::abort();
      }
    }
    if (state == vm::RunState::sliced) continue;
    if (state == vm::RunState::limited) return host.seen + "limited at " + std::to_string(vm.instructions());
    if (state == vm::RunState::finished || answered > 20) break;
    if (answered == 0) return host.seen + "waits";
  }
  host.note("state", main, std::to_string(static_cast<int>(vm.state(main))));
  if (const auto failure = vm.failure(main)) host.note("failure", main, failure->class_name + failure->trace);
  if (vm.state(main) == vm::FiberState::finished) host.note("result", main, vm.display(vm.result(main)));
  (void)vm.frames(main);
  vm.shrink();
  return host.seen + std::to_string(vm.instructions());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto parsed = groovy::parse(
      std::make_shared<const groovy::Source>("WorkflowScript", std::string(reinterpret_cast<const char*>(data), size)),
      {.max_depth = 300});
  if (!parsed.diagnostics.empty()) return 0;
  const auto unit = vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), "WorkflowScript",
                                vm::ScriptKind::pipeline);
  if (!unit) {
    if (unit.error().diagnostics.empty()) std::abort();
    return 0;
  }
  const auto first = run(*unit, 5'000);
  const auto second = run(*unit, 2'000);
  if (first != second) {
    std::fprintf(stderr, "the two runs differ:\n%s\n----\n%s\n", first.c_str(), second.c_str());
    std::abort();
  }
  return 0;
}

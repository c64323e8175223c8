#include "cli/groovy_host.h"

#include <chrono>
#include <sys/random.h>
#include <unistd.h>

#include "cli/command.h"
#include "groovy/parser.h"

namespace windlass::cli {

namespace {
constexpr std::size_t kKeepBack = 64 * 1024;
}

GroovyHost::~GroovyHost() { (void)flush(); }

void GroovyHost::print(vm::FiberId, std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kKeepBack) (void)flush();
}

void GroovyHost::print_error(vm::FiberId, std::string_view text) {
  (void)flush();
  while (!text.empty()) {
    const auto n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool GroovyHost::flush() {
  if (!closed_ && !pending_.empty()) closed_ = !cli::print(pending_);
  pending_.clear();
  return !closed_;
}

std::int64_t GroovyHost::clock_millis(vm::FiberId) {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::uint64_t GroovyHost::random_bits(vm::FiberId) {
  std::uint64_t bits = 0;
  // Eight bytes come whole or not at all; zero is then as random as the kernel is willing to be.
  (void)!::getrandom(&bits, sizeof bits, 0);
  return bits;
}

vm::StepCall GroovyHost::call_step(vm::Vm&, vm::FiberId, std::string_view, std::span<const vm::Value>) { return {}; }
vm::Status GroovyHost::get_global(vm::Vm&, vm::FiberId, std::string_view, vm::Value&) { return vm::Status::ok; }
bool GroovyHost::set_global(vm::Vm&, vm::FiberId, std::string_view, vm::Value) { return false; }

vm::Status GroovyHost::call(vm::Vm& vm, vm::FiberId, std::string_view name, std::span<const vm::Value>,
                            vm::Value& out) {
  if (name == "env.all") {
    auto all = data::Value::map();
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      const auto equals = text.find('=');
      if (equals != std::string_view::npos)
        all.set(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
    }
    out = vm.from_data(all);
    return vm::Status::ok;
  }
  vm.set_exception(vm.make_throwable("java.lang.UnsupportedOperationException",
                                     std::string(name) + " needs a pipeline run; this is a plain script"));
  return vm::Status::thrown;
}

void GroovyHost::interrupt_branch(vm::Vm&, vm::FiberId, vm::Value) {}

std::shared_ptr<const vm::CodeUnit> GroovyHost::load_class(vm::Vm&, std::string_view) { return nullptr; }
std::string GroovyHost::class_failure(std::string_view) { return {}; }

vm::Compiled GroovyHost::compile_text(vm::Vm&, std::string_view text, std::string_view class_name) {
  auto source = std::make_shared<const groovy::Source>(std::string(class_name) + ".groovy", std::string(text));
  auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty()) return std::unexpected(vm::CompileFailure{std::move(parsed.diagnostics)});
  return vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), std::string(class_name),
                     vm::ScriptKind::plain);
}

std::string GroovyHost::known_steps() { return "steps []"; }
std::string GroovyHost::refuse(std::string_view, std::string_view) { return {}; }

}  // namespace windlass::cli

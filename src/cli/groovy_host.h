// What a plain script sees of the world: standard output, the clock, random bits. No steps, no globals, no classes from
// elsewhere. One thread; output is kept back up to 64 KiB, so flush() before the process ends.
#pragma once

#include <string>

#include "vm/vm.h"

namespace windlass::cli {

class GroovyHost final : public vm::Host {
 public:
  GroovyHost() = default;
  ~GroovyHost() override;
  GroovyHost(const GroovyHost&) = delete;
  GroovyHost& operator=(const GroovyHost&) = delete;

  void print(vm::FiberId fiber, std::string_view text) override;
  void print_error(vm::FiberId fiber, std::string_view text) override;
  std::int64_t clock_millis(vm::FiberId fiber) override;
  std::uint64_t random_bits(vm::FiberId fiber) override;
  vm::StepCall call_step(vm::Vm& vm, vm::FiberId fiber, std::string_view name,
                         std::span<const vm::Value> args) override;
  vm::Status get_global(vm::Vm& vm, vm::FiberId fiber, std::string_view name, vm::Value& out) override;
  bool set_global(vm::Vm& vm, vm::FiberId fiber, std::string_view name, vm::Value value) override;
  vm::Status call(vm::Vm& vm, vm::FiberId fiber, std::string_view name, std::span<const vm::Value> args,
                  vm::Value& out) override;
  void interrupt_branch(vm::Vm& vm, vm::FiberId fiber, vm::Value throwable) override;
  std::shared_ptr<const vm::CodeUnit> load_class(vm::Vm& vm, std::string_view full_name) override;
  std::string class_failure(std::string_view full_name) override;
  vm::Compiled compile_text(vm::Vm& vm, std::string_view text, std::string_view class_name) override;
  std::string known_steps() override;
  std::string refuse(std::string_view owner_class, std::string_view method) override;

  /// Writes what is kept back; false when nobody reads any more.
  bool flush();

 private:
  std::string pending_;
  bool closed_ = false;
};

}  // namespace windlass::cli

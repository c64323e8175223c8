// A limit that a journal knows of: the replayed evaluation ends where the recorded one did, and not elsewhere.
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>

#include "groovy/parser.h"
#include "vm/gdk/tables.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

class QuietHost final : public Host {
 public:
  void print(FiberId, std::string_view text) override { printed += text; }
  std::int64_t clock_millis(FiberId) override { return 0; }
  std::uint64_t random_bits(FiberId) override { return 0; }
  StepCall call_step(Vm&, FiberId, std::string_view, std::span<const Value>) override { return {}; }
  Status get_global(Vm&, FiberId, std::string_view, Value&) override { return Status::ok; }
  bool set_global(Vm&, FiberId, std::string_view, Value) override { return false; }
  Status call(Vm&, FiberId, std::string_view, std::span<const Value>, Value&) override { return Status::ok; }
  void interrupt_branch(Vm&, FiberId, Value) override {}
  std::shared_ptr<const CodeUnit> load_class(Vm&, std::string_view) override { return nullptr; }
  std::string class_failure(std::string_view) override { return {}; }
  Compiled compile_text(Vm&, std::string_view, std::string_view) override { return std::unexpected(CompileFailure{}); }
  std::string known_steps() override { return {}; }
  std::string refuse(std::string_view, std::string_view) override { return {}; }
  std::string printed;
};

struct Evaluation {
  explicit Evaluation(const std::string& text, Limits limits) : vm(runtime(), host, limits) {
    auto parsed = groovy::parse(std::make_shared<const groovy::Source>("a.groovy", text));
    auto unit = compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), "A", ScriptKind::plain);
    EXPECT_TRUE(unit.has_value());
    main = vm.start_script(vm.load(*unit));
  }
  static std::shared_ptr<const Runtime> runtime() {
    static const auto kRuntime = make_runtime(all_native_tables(), {});
    return kRuntime;
  }
  RunState run() {
    for (;;) {
      auto state = vm.resume(10'000);
      if (state != RunState::sliced) return state;
    }
  }
  std::string variable(std::string_view name) { return vm.display(vm.binding_get(name)); }

  QuietHost host;
  Vm vm;
  FiberId main = 0;
};

constexpr Limits kSmall{.instructions = 50'000, .live_bytes = std::size_t{16} << 20};

TEST(RecordedLimits, AReplayEndsAtTheSameInstruction) {
  const std::string text = "n = 0\ntry { while (true) { n++ } } catch (Throwable t) { n = -1 } finally { n = -2 }";
  Evaluation live(text, kSmall);
  ASSERT_EQ(live.run(), RunState::limited);
  EXPECT_EQ(live.vm.limit(), LimitKind::instructions);
  Evaluation again(text, {});  // other budgets do not matter
  again.vm.stop_at(LimitKind::instructions, live.vm.instructions());
  ASSERT_EQ(again.run(), RunState::limited);
  EXPECT_EQ(again.variable("n"), live.variable("n"));
  EXPECT_EQ(again.vm.instructions(), live.vm.instructions());
}

TEST(RecordedLimits, ANativeThatWasCutOffIsCutOffAgain) {
  const std::string text =
      "l = []\nfor (i in 1..2000) { l << i }\nn = 0\nwhile (n < 1000) { n++; l.hashCode() }\nn = -1";
  Evaluation live(text, kSmall);
  ASSERT_EQ(live.run(), RunState::limited);
  Evaluation again(text, {});
  again.vm.stop_at(LimitKind::instructions, live.vm.instructions());
  ASSERT_EQ(again.run(), RunState::limited);
  EXPECT_EQ(again.variable("n"), live.variable("n"));
  EXPECT_EQ(again.vm.instructions(), live.vm.instructions());
}

TEST(RecordedLimits, MemoryIsReachedAgainAndNeverPassed) {
  const std::string text = "l = []\nn = 0\nwhile (true) { n++; l << 'x' * 10000 }";
  Limits limits = kSmall;
  limits.instructions = 0;
  Evaluation live(text, limits);
  ASSERT_EQ(live.run(), RunState::limited);
  EXPECT_EQ(live.vm.limit(), LimitKind::live_bytes);
  Evaluation again(text, limits);
  again.vm.stop_at(LimitKind::live_bytes, live.vm.instructions());
  ASSERT_EQ(again.run(), RunState::limited);
  EXPECT_EQ(again.variable("n"), live.variable("n"));
  // With room for more it still ends there, within a piece of counting.
  Limits wide = limits;
  wide.live_bytes = std::size_t{1} << 30;
  Evaluation roomy(text, wide);
  roomy.vm.stop_at(LimitKind::live_bytes, live.vm.instructions());
  ASSERT_EQ(roomy.run(), RunState::limited);
}

TEST(RecordedLimits, CountedOnlyTheyEndNothing) {
  Evaluation counted("n = 0\nwhile (n < 100000) { n++ }", kSmall);
  counted.vm.count_limits();
  EXPECT_EQ(counted.run(), RunState::finished);
  EXPECT_EQ(counted.variable("n"), "100000");
}

TEST(RecordedLimits, WhatComesAfterHasAnAllowanceOfItsOwn) {
  Limits limits = kSmall;
  limits.instructions = 0;
  Evaluation live(
      "kept = []\nafter = { def more = 'y' * 1000; kept.size() + more.size() }\nwhile (true) { kept << 'x' * 10000 }",
      limits);
  ASSERT_EQ(live.run(), RunState::limited);
  const auto closure = live.vm.hold(live.vm.binding_get("after"));
  live.vm.abandon();
  const auto fiber = live.vm.start_call(live.vm.held(closure), "call", {});
  EXPECT_EQ(live.run(), RunState::finished);
  EXPECT_EQ(live.vm.state(fiber), FiberState::finished);
  EXPECT_GT(std::stoi(live.vm.display(live.vm.result(fiber))), 1000);
}

}  // namespace
}  // namespace windlass::vm

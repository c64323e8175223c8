// Fibers: turns in a fixed order, waiting for effects, branches. A fiber is switched only when it waits.
#include <algorithm>
#include <new>
#include <stdexcept>

#include "vm/state.h"

namespace windlass::vm {

Fiber& Vm::State::new_fiber(std::string path, FiberId parent) {
  auto fiber = std::make_unique<Fiber>();
  fiber->id = static_cast<FiberId>(fibers.size());
  fiber->parent = parent;
  fiber->path = std::move(path);
  if (parent < fibers.size()) fiber->tag = fibers[parent]->tag;
  fibers.push_back(std::move(fiber));
  const FiberId id = fibers.back()->id;
  if (open_fibers.empty() || open_fibers.back() < id) open_fibers.push_back(id);
  return *fibers.back();
}

std::vector<std::pair<std::string, std::uint32_t>> Vm::State::origin(const Fiber& f, std::size_t limit) {
  std::vector<std::pair<std::string, std::uint32_t>> out;
  for (std::size_t i = f.frames.size(); i-- > 0 && out.size() < limit;) {
    const Frame& frame = f.frames[i];
    if (frame.kind != FrameKind::code) continue;
    out.emplace_back(frame.function->unit->unit->source->name(),
                     frame.function->code->line_at(frame.pc > 0 ? frame.pc - 1 : 0));
  }
  return out;
}

namespace {
constexpr std::uint64_t kWorkBatch = 4096;  // of natives, before the budgets are looked at

// What a run with a small budget may still allocate before a collection has a chance.
constexpr std::size_t kCeilingSlack = std::size_t{64} << 20;
}  // namespace

void Vm::State::release_memory(Fiber& f) {
  f.frames.clear();
  f.memos.clear();
  f.stack.reset();
  f.capacity = 0;
  f.retired.clear();
  categories_in_use -= static_cast<std::uint32_t>(f.categories.size());
  f.categories.clear();
}

void Vm::State::fiber_ended(Fiber& f) {
  release_memory(f);
  if (f.parent >= fibers.size()) return;
  Fiber& parent = *fibers[f.parent];
  for (std::uint32_t i = 0; i < parent.children.size(); ++i) {
    if (parent.children[i] == f.id) parent.ended.push_back(i);
  }
  if (parent.waits_for_child && parent.state == FiberState::joining) {
    parent.waits_for_child = false;
    parent.state = FiberState::runnable;
    parent.wants_delivery = true;
    parent.delivers_exception = false;
    parent.delivery = Value::of_int(static_cast<std::int32_t>(parent.ended[parent.reported++]));
  }
}

void Vm::State::turn(Fiber& f) {
  Status status = Status::ok;
  try {
    status = evaluate(f);
  } catch (const Misread& misread) {
    // Not a native's, which call_native sees to: a fault of the evaluator. It ends this fiber, and no other run.
    native_depth = 0;
    current = nullptr;
    current_native = nullptr;
    f.frames.clear();
    f.memos.clear();
    status = throw_java(java::internal_error,
                        std::string(misread.what()) + ": " + std::string(name_of(class_of(misread.value))));
  }
  switch (status) {
    case Status::ok:
      f.state = FiberState::finished;
      fiber_ended(f);
      break;
    case Status::thrown:
      f.state = FiberState::failed;
      f.has_failure = true;
      f.failure = exception;
      exception = Value::null();
      fiber_ended(f);
      break;
    case Status::suspended:
      break;
  }
}

/// What it can do until it waits or ends.
Status Vm::State::evaluate(Fiber& f) {
  Status status = Status::ok;
  if (f.wants_delivery) {
    f.wants_delivery = false;
    const Value v = f.delivery;
    f.delivery = Value::null();
    Fiber* const outer = current;
    current = &f;
    if (f.delivers_exception) {
      f.delivers_exception = false;
      exception = v;
      status = unwind(f, 0);
    } else {
      status = deliver(f, v, 0);
      while (status == Status::thrown) {
        status = unwind(f, 0);
        if (status == Status::thrown && f.frames.empty()) break;
      }
    }
    current = outer;
  }
  if (status == Status::ok && !f.frames.empty()) status = run(f, 0);
  return status;
}

void Vm::State::settle_work() {
  if (work_mode == WorkMode::aside) throw BudgetSpent();
  executed += native_work;
  since_wait += native_work;
  slice_left = slice_left > native_work ? slice_left - native_work : 0;
  native_work = 0;
  if (instructions_spent()) throw BudgetSpent();
}

/// What a run that has reached a limit still had to do is never done.
void Vm::State::abandon_fibers() {
  for (const auto& f : fibers) {
    if (f->state == FiberState::finished || f->state == FiberState::failed) continue;
    f->state = FiberState::failed;
    release_memory(*f);
  }
  limit_reached = false;
}

RunState Vm::State::resume(std::uint64_t slice) {
  struct Budgets {
    State& s;
    explicit Budgets(State& state) : s(state) {
      s.work_mode = WorkMode::run;
      s.work_stop = kWorkBatch;
      // Garbage may stand beside as much again as may live, for a collection only happens between instructions.
      if (s.limits.enforce) s.heap.set_ceiling(s.limits.live_bytes * 2 + kCeilingSlack);
    }
    ~Budgets() {
      s.heap.set_ceiling(Heap::kNoCeiling);
      s.work_mode = WorkMode::free;
      s.work_stop = kNoWorkLimit;
    }
  } budgets(*this);
  try {
    return run_fibers(slice);
  } catch (const BudgetSpent&) {
    if (!limit_reached) limit_kind = LimitKind::instructions;
  } catch (const std::bad_alloc&) {
    limit_kind = LimitKind::live_bytes;
  } catch (const std::length_error&) {
    limit_kind = LimitKind::live_bytes;
  }
  native_depth = 0;
  current = nullptr;
  current_native = nullptr;
  limit_reached = true;
  return RunState::limited;
}

/// The first in order of their making. Thousands may have ended before it: they are passed once.
Fiber* Vm::State::next_runnable() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < open_fibers.size(); ++i) {
    const FiberId id = open_fibers[i];
    Fiber* f = id < fibers.size() ? fibers[id].get() : nullptr;
    if (f == nullptr || f->state == FiberState::finished || f->state == FiberState::failed) continue;
    open_fibers[kept++] = id;
    if (f->state != FiberState::runnable) continue;
    open_fibers.erase(open_fibers.begin() + static_cast<std::ptrdiff_t>(kept),
                      open_fibers.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return f;
  }
  open_fibers.resize(kept);
  return nullptr;
}

RunState Vm::State::run_fibers(std::uint64_t slice) {
  slice_left = slice == 0 ? 1 : slice;
  if (fuel <= 0) fuel = fuel_given = 1000;
  while (true) {
    if (limit_reached) return RunState::limited;
    Fiber* const next = next_runnable();
    if (next == nullptr) break;
    turned = next->id;
    turn(*next);
    if (limit_reached) return RunState::limited;
    if (slice_left == 0) return RunState::sliced;
    if (!fibers.empty() &&
        (fibers[main_fiber]->state == FiberState::finished || fibers[main_fiber]->state == FiberState::failed))
      break;
  }
  if (!fibers.empty() &&
      (fibers[main_fiber]->state == FiberState::finished || fibers[main_fiber]->state == FiberState::failed))
    return RunState::finished;
  return RunState::waiting;
}

}  // namespace windlass::vm

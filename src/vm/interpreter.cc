// The dispatch loop, returning and raising. The fast paths here cover int, long and double arithmetic, list and map
// access, cached calls and fields; everything else goes through Steps (state.h) or natives of helpers.cc.
//
// Invariant: `frame->pc` is saved before anything that may push a frame, throw or suspend; `frame`, `r` and `pc` are
// reloaded after it. A collection happens only in safepoint(), with no native on the C++ stack.
#include <algorithm>

#include "num/java_numbers.h"
#include "vm/compiler.h"
#include "vm/state.h"

namespace windlass::vm {

std::string_view operator_name(Op op) {
  switch (op) {
    case Op::add:
      return "plus";
    case Op::sub:
      return "minus";
    case Op::mul:
      return "multiply";
    case Op::div:
      return "div";
    case Op::mod:
      return "mod";
    case Op::power:
      return "power";
    case Op::shl:
      return "leftShift";
    case Op::shr:
      return "rightShift";
    case Op::ushr:
      return "rightShiftUnsigned";
    case Op::bit_and:
      return "and";
    case Op::bit_or:
      return "or";
    case Op::bit_xor:
      return "xor";
    case Op::next:
      return "next";
    case Op::previous:
      return "previous";
    case Op::negative:
      return "negative";
    case Op::positive:
      return "positive";
    case Op::bitwise_not:
      return "bitwiseNegate";
    default:
      return "";
  }
}

Status Vm::State::deliver(Fiber& f, Value v, std::uint32_t stop) {
  if (f.frames.size() == stop) {
    f.result = v;
    return Status::ok;
  }
  Frame& top = f.frames.back();
  if (top.kind == FrameKind::native) {
    v.spare = 0;
    f.memos.push_back(v);
    return rerun_native(f, stop);
  }
  if (top.dst == kDstJump) {
    bool truthy = false;
    if (truth(nullptr, v, truthy) != Status::ok) truthy = true;
    const Insn& jump = top.function->code->code[top.pc];
    top.pc = truthy != top.negate ? static_cast<std::uint32_t>(jump.imm()) : top.pc + 1;
  } else if (top.dst != kDstDiscard) {
    *f.at(top.base + top.dst) = v;
  }
  return Status::ok;
}

Status Vm::State::rerun_native(Fiber& f, std::uint32_t stop) {
  const auto index = static_cast<std::uint32_t>(f.frames.size() - 1);
  Frame record = f.frames.back();
  Call call = CallAccess::make(vm, heap, f, f.at(record.base), record.argc, record.name);
  CallAccess::record(call) = index + 1;
  Native* const outer = current_native;
  current_native = &record.native;
  ++native_depth;
  const Status status = call_native(record.native, call);
  --native_depth;
  current_native = outer;
  if (native_depth == 0) f.retired.clear();
  if (status == Status::suspended) return status;
  f.frames.resize(index);
  f.memos.resize(record.memo_begin);
  if (status == Status::ok) return deliver(f, *f.at(record.base), stop);
  return status;
}

Status Vm::State::unwind(Fiber& f, std::uint32_t stop) {
  while (f.frames.size() > stop) {
    Frame& top = f.frames.back();
    if (top.kind == FrameKind::native) {
      Value memo = exception;
      memo.spare = 1;
      f.memos.push_back(memo);
      exception = Value::null();
      const Status status = rerun_native(f, stop);
      if (status != Status::thrown) return status;
      continue;
    }
    const std::uint32_t at = top.pc > 0 ? top.pc - 1 : 0;
    const Handler* found = nullptr;
    for (const Handler& handler : top.function->code->handlers) {
      if (at >= handler.begin && at < handler.end) {
        found = &handler;
        break;
      }
    }
    if (found != nullptr) {
      f.memos.resize(top.memo_begin);
      *f.at(top.base + found->exception_register) = exception;
      exception = Value::null();
      top.pc = found->target;
      return Status::ok;
    }
    f.frames.pop_back();
  }
  return Status::thrown;
}

namespace {
class VmRoots final : public Heap::Roots {
 public:
  explicit VmRoots(Vm::State& s) : s_(s) {}
  void visit(Heap& heap) override {
    for (const auto& fiber : s_.fibers) {
      if (!fiber) continue;
      std::uint32_t top = 0;
      for (const Frame& frame : fiber->frames) top = std::max(top, frame.top);
      for (std::uint32_t i = 0; i < top && i < fiber->capacity; ++i) heap.move(*fiber->at(i));
      for (Value& v : fiber->memos) heap.move(v);
      heap.move(fiber->result);
      heap.move(fiber->failure);
      heap.move(fiber->delivery);
    }
    for (const auto& unit : s_.units) {
      for (Value& v : unit->constants) heap.move(v);
    }
    for (const auto& c : s_.classes) {
      for (Value& v : c->statics) heap.move(v);
      for (auto& [name, v] : c->expando) heap.move(v);
    }
    for (auto& [id, table] : s_.java_expandos) {
      for (auto& [name, v] : table) heap.move(v);
    }
    for (auto& one : s_.object_expandos) {
      heap.move(one.object);
      for (auto& [name, v] : one.members) heap.move(v);
    }
    for (auto& [name, v] : s_.name_values) heap.move(v);
    for (Value& v : s_.handles) heap.move(v);
    for (Value& v : s_.anonymous_arguments) heap.move(v);
    heap.move(s_.binding);
    heap.move(s_.exception);
    heap.move(s_.last_matcher);
  }

 private:
  Vm::State& s_;
};
}  // namespace

void Vm::State::collect_garbage() {
  VmRoots roots(*this);
  heap.collect(roots);
}

void Vm::State::safepoint(Fiber& f) {
  (void)f;
  if (fuel <= 0) {
    executed += static_cast<std::uint64_t>(fuel_given - fuel);
    since_wait += static_cast<std::uint64_t>(fuel_given - fuel);
    slice_left =
        slice_left > static_cast<std::uint64_t>(fuel_given) ? slice_left - static_cast<std::uint64_t>(fuel_given) : 0;
    fuel = fuel_given = 1000;
    charge(heap.take_probes() / 4);
    if (instructions_spent()) {
      limit_reached = true;
      limit_kind = LimitKind::instructions;
    }
  }
  if (native_depth == 0 && heap.wants_collection()) {
    collect_garbage();
    if (limits.enforce && heap.bytes_used() > limits.live_bytes) {
      limit_reached = true;
      limit_kind = LimitKind::live_bytes;
    }
  }
}

// NOLINTBEGIN(readability-function-size): one loop, one switch.
Status Vm::State::run(Fiber& f, std::uint32_t stop) {
  Fiber* const outer_fiber = current;
  current = &f;
  struct Restore {
    Fiber*& slot;
    Fiber* value;
    ~Restore() { slot = value; }
  } restore{current, outer_fiber};

  Frame* frame = nullptr;
  FunctionState* fn = nullptr;
  const Insn* code = nullptr;
  const Insn* pc = nullptr;
  Value* r = nullptr;
  Step step = Step::done;
  Value out;

load:
  if (f.frames.size() == stop) return Status::ok;
  frame = &f.frames.back();
  fn = frame->function;
  code = fn->code->code.data();
  pc = code + frame->pc;
  r = f.at(frame->base);

#define SAVE() (frame->pc = static_cast<std::uint32_t>(pc - code))
#define RELOAD()              \
  do {                        \
    frame = &f.frames.back(); \
    r = f.at(frame->base);    \
  } while (false)
// Runs a Step whose result arrives in register DST (already in frame->dst); WINDOW is where `done` leaves it.
#define STEP(DST, WINDOW, ...)                                           \
  do {                                                                   \
    SAVE();                                                              \
    frame->dst = static_cast<std::uint16_t>(DST);                        \
    const std::uint32_t step_window = (WINDOW);                          \
    step = (__VA_ARGS__);                                                \
    if (step == Step::done) {                                            \
      RELOAD();                                                          \
      if (frame->dst != kDstDiscard) r[frame->dst] = *f.at(step_window); \
      break;                                                             \
    }                                                                    \
    goto slow;                                                           \
  } while (false)
#define SCRATCH (frame->base + fn->code->scratch)
// Where texts and numbers grow without a loop or a call.
#define COLLECT()                                       \
  do {                                                  \
    if (native_depth == 0 && heap.wants_collection()) { \
      SAVE();                                           \
      safepoint(f);                                     \
      if (limit_reached) return Status::suspended;      \
    }                                                   \
  } while (false)
#define BINARY_SLOW(OP)                                                      \
  do {                                                                       \
    COLLECT();                                                               \
    const std::uint32_t w = SCRATCH;                                         \
    const Value left = r[i.b];                                               \
    const Value right = r[i.c];                                              \
    bool failed = false;                                                     \
    SAVE();                                                                  \
    if (arithmetic(OP, left, right, out, failed)) {                          \
      if (failed) goto raise;                                                \
      r[i.a] = out;                                                          \
      break;                                                                 \
    }                                                                        \
    *f.at(w) = left;                                                         \
    *f.at(w + 1) = right;                                                    \
    if (left.is(Kind::instance)) {                                           \
      /* Its own operator method, without a native between. */               \
      STEP(i.a, w, call_method(f, w, 1, operator_name(OP), nullptr));        \
      break;                                                                 \
    }                                                                        \
    STEP(i.a, w, run_native(f, slow_operator(OP), w, 1, operator_name(OP))); \
  } while (false)
// At a call: a suspended fiber runs the instruction again, and it counts once. One that a limit ends never runs again:
// it stays behind the instruction, which is where its line is looked for.
#define SAFEPOINT_CALL()                                             \
  do {                                                               \
    if (--fuel <= 0 || heap.wants_collection()) {                    \
      SAVE();                                                        \
      safepoint(f);                                                  \
      if (limit_reached || (slice_left == 0 && native_depth == 0)) { \
        if (!limit_reached) frame->pc -= 1;                          \
        ++fuel;                                                      \
        return Status::suspended;                                    \
      }                                                              \
    }                                                                \
  } while (false)
// One of them a long, the other one any whole number.
#define LONG_FAST(OPERATION)                                                                        \
  do {                                                                                              \
    if ((r[i.b].is_long() && r[i.c].is_integral()) || (r[i.c].is_long() && r[i.b].is_integral())) { \
      r[i.a] = Value::of_long(num::OPERATION(r[i.b].integer, r[i.c].integer));                      \
      goto next;                                                                                    \
    }                                                                                               \
  } while (false)
#define COMPARE_FAST(OPER, OTHERWISE)                            \
  if (r[i.b].is_integral() && r[i.c].is_integral()) {            \
    r[i.a] = Value::boolean(r[i.b].integer OPER r[i.c].integer); \
  } else {                                                       \
    OTHERWISE;                                                   \
  }                                                              \
  break

  while (true) {
  next:
    const Insn i = *pc++;
    switch (i.op) {
      case Op::load_null:
        r[i.a] = Value::null();
        break;
      case Op::load_true:
        r[i.a] = Value::boolean(true);
        break;
      case Op::load_false:
        r[i.a] = Value::boolean(false);
        break;
      case Op::load_int:
        r[i.a] = Value::of_int(i.imm());
        break;
      case Op::load_undefined:
        for (std::uint32_t k = 0; k < i.b; ++k) r[i.a + k] = Value::undefined();
        break;
      case Op::load_const: {
        const Value v = fn->unit->constants[static_cast<std::uint32_t>(i.imm())];
        r[i.a] = v.is_undefined() ? constant(*fn->unit, static_cast<std::uint32_t>(i.imm())) : v;
        break;
      }
      case Op::load_class: {
        const auto number = static_cast<std::uint16_t>(i.imm());
        SAVE();
        const ResolvedType type = resolve(*fn->unit, number);
        if (type.id == kNoClass) {
          throw_missing_class();
          goto raise;
        }
        if (type.arrays > 0) {
          r[i.a] = Value::of_class(array_class(type));
          break;
        }
        if (type.id >= java::count_) {
          step = Step::done;
          frame->dst = kDstDiscard;
          frame->pc -= 1;  // run again once the class is initialised
          step = ensure_initialized(f, type.id);
          if (step != Step::done) goto slow;
          RELOAD();
        }
        r[i.a] = Value::of_class(type.id);
        break;
      }
      case Op::move:
        r[i.a] = r[i.b];
        break;
      case Op::new_cell:
        r[i.a] = heap.make_cell(r[i.b]);
        break;
      case Op::load_cell:
        r[i.a] = heap.at<CellObject>(r[i.b].ref)->value;
        break;
      case Op::store_cell:
        heap.at<CellObject>(r[i.a].ref)->value = r[i.b].plain();
        break;
      case Op::load_capture:
        r[i.a] = heap.closure_captured(r[0])[i.b];
        break;
      case Op::load_capture_cell:
        r[i.a] = heap.at<CellObject>(heap.closure_captured(r[0])[i.b].ref)->value;
        break;
      case Op::store_capture_cell:
        heap.at<CellObject>(heap.closure_captured(r[0])[i.a].ref)->value = r[i.b].plain();
        break;
      case Op::load_this: {
        Value v = r[0];
        if (v.is(Kind::closure)) v = heap.closure(v)->self;
        r[i.a] = v;
        break;
      }
      case Op::load_outer: {
        Value v = r[i.b];
        if (i.c != kNone16) {
          const ResolvedType type = resolve(*fn->unit, i.c);
          while (v.is(Kind::instance) && !is_subclass(class_of(v), type.id)) {
            const ClassInfo* c = info(class_of(v));
            if (c == nullptr || c->code == nullptr || c->code->outer_slot == kNone16) break;
            v = heap.instance_slots(v)[c->slot_base + c->code->outer_slot];
          }
        }
        r[i.a] = v;
        break;
      }

      // ---- arithmetic
      case Op::add:
        if (r[i.b].tag == Tag::int_ && r[i.c].tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(r[i.b].integer + r[i.c].integer));
          break;
        }
        if (r[i.b].tag == Tag::double_ && r[i.c].tag == Tag::double_) {
          r[i.a] = Value::of_double(r[i.b].number + r[i.c].number);
          break;
        }
        if (r[i.b].is_string() && r[i.c].is_string()) {
          COLLECT();
          r[i.a] = heap.concat(heap.text(r[i.b]), heap.text(r[i.c]));
          break;
        }
        LONG_FAST(add_long);
        BINARY_SLOW(Op::add);
        break;
      case Op::sub:
        if (r[i.b].tag == Tag::int_ && r[i.c].tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(r[i.b].integer - r[i.c].integer));
          break;
        }
        if (r[i.b].tag == Tag::double_ && r[i.c].tag == Tag::double_) {
          r[i.a] = Value::of_double(r[i.b].number - r[i.c].number);
          break;
        }
        LONG_FAST(subtract_long);
        BINARY_SLOW(Op::sub);
        break;
      case Op::mul:
        if (r[i.b].tag == Tag::int_ && r[i.c].tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(r[i.b].integer * r[i.c].integer));
          break;
        }
        if (r[i.b].tag == Tag::double_ && r[i.c].tag == Tag::double_) {
          r[i.a] = Value::of_double(r[i.b].number * r[i.c].number);
          break;
        }
        LONG_FAST(multiply_long);
        BINARY_SLOW(Op::mul);
        break;
      case Op::mod:
        if (r[i.b].tag == Tag::int_ && r[i.c].tag == Tag::int_ && r[i.c].integer != 0) {
          r[i.a] = Value::of_int(static_cast<std::int32_t>(r[i.b].integer % r[i.c].integer));
          break;
        }
        BINARY_SLOW(Op::mod);
        break;
      case Op::div:
        BINARY_SLOW(Op::div);
        break;
      case Op::power:
        BINARY_SLOW(Op::power);
        break;
      case Op::shl:
        if (r[i.b].is(Kind::list) && class_of(r[i.b]) == java::array_list &&
            (heap.header(r[i.b].ref)->flags & (flag_immutable | flag_fixed_size)) == 0) {
          heap.list_add(r[i.b], r[i.c]);
          r[i.a] = r[i.b];
          break;
        }
        BINARY_SLOW(Op::shl);
        break;
      case Op::shr:
        BINARY_SLOW(Op::shr);
        break;
      case Op::ushr:
        BINARY_SLOW(Op::ushr);
        break;
      case Op::bit_and:
        if (r[i.b].tag == Tag::int_ && r[i.c].tag == Tag::int_) {
          r[i.a] = Value::of_int(static_cast<std::int32_t>(r[i.b].integer & r[i.c].integer));
          break;
        }
        BINARY_SLOW(Op::bit_and);
        break;
      case Op::bit_or:
        BINARY_SLOW(Op::bit_or);
        break;
      case Op::bit_xor:
        BINARY_SLOW(Op::bit_xor);
        break;
      case Op::add_imm: {
        const Insn& word = *pc++;
        if (r[i.b].tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(r[i.b].integer + static_cast<std::int16_t>(i.c)));
          break;
        }
        COLLECT();
        const Op op = word.a == 1 ? Op::sub : Op::add;
        const Value left = r[i.b];
        const Value right = Value::of_int(word.imm());
        bool failed = false;
        SAVE();
        if (arithmetic(op, left, right, out, failed)) {
          if (failed) goto raise;
          r[i.a] = out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = left;
        *f.at(w + 1) = right;
        STEP(i.a, w, run_native(f, slow_operator(op), w, 1, operator_name(op)));
        break;
      }
      case Op::next:
      case Op::previous: {
        const std::int64_t delta = i.op == Op::next ? 1 : -1;
        const Value v = r[i.b];
        if (v.tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(v.integer + delta));
          break;
        }
        if (v.tag == Tag::long_) {
          r[i.a] = Value::of_long(num::add_long(v.integer, delta));
          break;
        }
        if (v.is_character()) {
          r[i.a] = Value::character(static_cast<char16_t>(v.integer + delta));
          break;
        }
        if (v.is_number()) {
          bool failed = false;
          (void)arithmetic(i.op == Op::next ? Op::add : Op::sub, v, Value::of_int(1), out, failed);
          if (failed) {
            SAVE();
            goto raise;
          }
          r[i.a] = out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = v;
        STEP(i.a, w, call_method(f, w, 0, operator_name(i.op), nullptr));
        break;
      }
      case Op::negative:
      case Op::positive:
      case Op::bitwise_not: {
        const Value v = r[i.b];
        if (i.op == Op::negative && v.tag == Tag::int_) {
          r[i.a] = Value::of_int(num::wrap_int(-v.integer));
          break;
        }
        if (i.op == Op::negative && v.tag == Tag::long_) {
          r[i.a] = Value::of_long(num::subtract_long(0, v.integer));
          break;
        }
        if (i.op == Op::negative && v.is_floating()) {
          out = v;
          out.number = -v.number;
          r[i.a] = out;
          break;
        }
        if (i.op == Op::negative && v.is(Kind::big_decimal)) {
          r[i.a] = heap.make_big_decimal(heap.big_decimal(v).negate());
          break;
        }
        if (i.op == Op::negative && v.is(Kind::big_integer)) {
          r[i.a] = heap.make_big_integer(heap.big_integer(v).negate());
          break;
        }
        if (i.op == Op::positive && (v.is_number() || v.is_character())) {
          r[i.a] = v;
          break;
        }
        if (i.op == Op::bitwise_not && v.tag == Tag::int_) {
          r[i.a] = Value::of_int(static_cast<std::int32_t>(~v.integer));
          break;
        }
        if (i.op == Op::bitwise_not && v.tag == Tag::long_) {
          r[i.a] = Value::of_long(~v.integer);
          break;
        }
        if (i.op == Op::bitwise_not && v.is(Kind::big_integer)) {
          r[i.a] = heap.make_big_integer(heap.big_integer(v).bit_not());
          break;
        }
        if (i.op == Op::bitwise_not && v.is_string()) {
          r[i.a] = heap.make_pattern(v, 0);
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = v;
        STEP(i.a, w, run_native(f, slow_operator(i.op), w, 0, operator_name(i.op)));
        break;
      }

      // ---- comparison
      case Op::equal:
      case Op::not_equal: {
        const Value x = r[i.b];
        const Value y = r[i.c];
        bool same = false;
        if (x.tag == y.tag && x.tag != Tag::object && !x.is_floating()) {
          same = x.bits == y.bits;
        } else {
          SAVE();
          const Status status = equals(nullptr, x, y, same);
          if (status == Status::thrown) goto raise;
          if (status == Status::suspended) {
            const std::uint32_t w = SCRATCH;
            *f.at(w) = x;
            *f.at(w + 1) = y;
            STEP(i.a, w, run_native(f, slow_operator(i.op), w, 1, "equals"));
            break;
          }
        }
        r[i.a] = Value::boolean(same == (i.op == Op::equal));
        break;
      }
      case Op::less:
        COMPARE_FAST(<, goto compare_slow);
      case Op::less_equal:
        COMPARE_FAST(<=, goto compare_slow);
      case Op::greater:
        COMPARE_FAST(>, goto compare_slow);
      case Op::greater_equal:
        COMPARE_FAST(>=, goto compare_slow);
      case Op::compare:
      compare_slow: {
        const Value x = r[i.b];
        const Value y = r[i.c];
        SAVE();
        std::int32_t order = 0;
        const Status status = compare(nullptr, x, y, order);
        if (status == Status::thrown) goto raise;
        if (status == Status::suspended) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = x;
          *f.at(w + 1) = y;
          STEP(i.a, w, run_native(f, slow_operator(i.op), w, 1, "compareTo"));
          break;
        }
        switch (i.op) {
          case Op::less:
            r[i.a] = Value::boolean(order < 0);
            break;
          case Op::less_equal:
            r[i.a] = Value::boolean(order <= 0);
            break;
          case Op::greater:
            r[i.a] = Value::boolean(order > 0);
            break;
          case Op::greater_equal:
            r[i.a] = Value::boolean(order >= 0);
            break;
          default:
            r[i.a] = Value::of_int(order < 0 ? -1 : order > 0 ? 1 : 0);
            break;
        }
        break;
      }
      case Op::truth:
      case Op::logical_not: {
        const Value v = r[i.b];
        bool truthy = false;
        if (v.is_boolean()) {
          truthy = v.integer != 0;
        } else {
          SAVE();
          const Status status = truth(nullptr, v, truthy);
          if (status == Status::thrown) goto raise;
          if (status == Status::suspended) {
            const std::uint32_t w = SCRATCH;
            *f.at(w) = v;
            STEP(i.a, w, run_native(f, slow_operator(i.op), w, 0, "asBoolean"));
            break;
          }
        }
        r[i.a] = Value::boolean(truthy == (i.op == Op::truth));
        break;
      }

      // ---- jumps
      case Op::jump:
        pc = code + i.imm();
        break;
      case Op::loop: {
        const Insn* const behind = pc;
        pc = code + i.imm();
        if (--fuel <= 0 || heap.wants_collection()) {
          SAVE();
          safepoint(f);
          if (limit_reached)
            frame->pc = static_cast<std::uint32_t>(behind - code);  // a line of the loop, not before it
          if (limit_reached || (slice_left == 0 && native_depth == 0)) return Status::suspended;
        }
        break;
      }
      case Op::jump_true:
      case Op::jump_false: {
        const Value v = r[i.a];
        bool truthy = false;
        if (v.is_boolean()) {
          truthy = v.integer != 0;
        } else {
          SAVE();
          const Status status = truth(nullptr, v, truthy);
          if (status == Status::thrown) goto raise;
          if (status == Status::suspended) {
            const std::uint32_t w = SCRATCH;
            *f.at(w) = v;
            frame->pc -= 1;
            frame->negate = i.op == Op::jump_false;
            frame->dst = kDstJump;
            step = run_native(f, kNativeTruth, w, 0, "asBoolean");
            if (step == Step::done) {
              (void)deliver(f, *f.at(w), stop);
              goto load;
            }
            goto slow;
          }
        }
        if (truthy == (i.op == Op::jump_true)) pc = code + i.imm();
        break;
      }
      case Op::jump_null:
        if (r[i.a].is_null()) pc = code + i.imm();
        break;
      case Op::jump_not_null:
        if (!r[i.a].is_null()) pc = code + i.imm();
        break;
      case Op::jump_defined:
        if (!r[i.a].is_undefined()) pc = code + i.imm();
        break;
#define JUMP_COMPARE(NAME, OPER)                                           \
  case Op::NAME:                                                           \
    if (r[i.a].is_integral() && r[i.b].is_integral()) {                    \
      pc = r[i.a].integer OPER r[i.b].integer ? code + pc->imm() : pc + 1; \
      break;                                                               \
    }                                                                      \
    goto jump_slow
        JUMP_COMPARE(jump_less, <);
        JUMP_COMPARE(jump_less_equal, <=);
        JUMP_COMPARE(jump_greater, >);
        JUMP_COMPARE(jump_greater_equal, >=);
        JUMP_COMPARE(jump_equal, ==);
        JUMP_COMPARE(jump_not_equal, !=);
        JUMP_COMPARE(jump_not_less, >=);
        JUMP_COMPARE(jump_not_less_equal, >);
        JUMP_COMPARE(jump_not_greater, <=);
        JUMP_COMPARE(jump_not_greater_equal, <);
#undef JUMP_COMPARE
      jump_slow: {
        const Value x = r[i.a];
        const Value y = r[i.b];
        SAVE();
        bool taken = false;
        Status status = Status::ok;
        Op slow_op = Op::equal;
        bool negate = false;
        if (i.op == Op::jump_equal || i.op == Op::jump_not_equal) {
          status = equals(nullptr, x, y, taken);
          negate = i.op == Op::jump_not_equal;
        } else {
          std::int32_t order = 0;
          status = compare(nullptr, x, y, order);
          switch (i.op) {
            case Op::jump_less:
            case Op::jump_not_less:
              slow_op = Op::less;
              taken = order < 0;
              break;
            case Op::jump_less_equal:
            case Op::jump_not_less_equal:
              slow_op = Op::less_equal;
              taken = order <= 0;
              break;
            case Op::jump_greater:
            case Op::jump_not_greater:
              slow_op = Op::greater;
              taken = order > 0;
              break;
            default:
              slow_op = Op::greater_equal;
              taken = order >= 0;
              break;
          }
          negate = i.op >= Op::jump_not_less;
        }
        if (status == Status::thrown) goto raise;
        if (status == Status::suspended) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = x;
          *f.at(w + 1) = y;
          frame->negate = negate;
          frame->dst = kDstJump;
          step = run_native(f, slow_operator(slow_op), w, 1, "compareTo");
          if (step == Step::done) {
            (void)deliver(f, *f.at(w), stop);
            goto load;
          }
          goto slow;
        }
        pc = taken != negate ? code + pc->imm() : pc + 1;
        break;
      }

      // ---- calls
      case Op::call_method: {
        const Site& site = fn->code->sites[i.c];
        SAFEPOINT_CALL();
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        if (site.flags == 0 || (site.flags & (site_spread | site_dynamic | site_typed)) == 0) {
          SiteCache& cache = fn->caches[i.c];
          const Value self = r[i.a];
          if (self.is_object() && cache.key == class_of(self) &&
              (cache.args_key == 0 || cache.args_key == args_key({r + i.a + 1, argc}))) {
            STEP(i.a, window, call_target(f, window, argc, cache.target, site.name));
            break;
          }
          if (!self.is_object() && !self.is_class() && !self.is_null() && cache.key == class_of(self) &&
              (cache.args_key == 0 || cache.args_key == args_key({r + i.a + 1, argc}))) {
            STEP(i.a, window, call_target(f, window, argc, cache.target, site.name));
            break;
          }
          STEP(i.a, window, call_method(f, window, argc, site.name, &cache, site.flags));
          break;
        }
        std::string_view name = site.name;
        SAVE();
        if ((site.flags & site_dynamic) != 0) name = pooled(simple_text(r[i.a + argc + 1]));
        if ((site.flags & site_spread) != 0) (void)spread_arguments(f, window, argc);
        RELOAD();
        if ((site.flags & site_typed) != 0) set_casts(*fn->unit, site, name, argc);
        STEP(i.a, window, call_method(f, window, argc, name, nullptr, site.flags));
        break;
      }
      case Op::call_self: {
        const Site& site = fn->code->sites[i.c];
        SAFEPOINT_CALL();
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        if ((site.flags & (site_spread | site_dynamic | site_in_closure | site_static | site_typed)) == 0 &&
            !fn->code->self_is_parameter) {
          SiteCache& cache = fn->caches[i.c];
          const Value self = r[i.a];
          if (cache.key == class_of(self) && (cache.args_key == 0 || cache.args_key == args_key({r + i.a + 1, argc}))) {
            const Target& target = cache.target;
            if (target.kind == Target::Kind::code && !target.function->code->typed_parameters &&
                argc == target.function->code->parameters.size() && !target.function->code->varargs) {
              SAVE();
              frame->dst = i.a;
              if (push_frame(f, target.function, window) != Step::pushed) goto raise;
              goto load;
            }
            STEP(i.a, window, call_target(f, window, argc, target, site.name));
            break;
          }
          if (has_steps(self)) {
            // Script methods are cached too; steps and natives are asked for each time.
            const std::span<const Value> args(r + i.a + 1, argc);
            const Target target = find_method(class_of(self), site.name, args, false, true);
            if (target.kind == Target::Kind::code && !has_expandos && !info(class_of(self))->overrides_invoke) {
              cache.key = class_of(self);
              cache.target = target;
              cache.args_key = target.depends_on_arguments ? args_key(args) : 0;
            }
          }
          STEP(i.a, window, call_self(f, window, argc, site.name, &cache, site.flags, fn));
          break;
        }
        if ((site.flags & (site_spread | site_dynamic | site_static | site_typed)) == 0 && r[i.a].is(Kind::closure)) {
          SiteCache& cache = fn->caches[i.c];
          if (cache.key != SiteCache{}.key) {
            const Value root = owner_root(r[i.a]);
            if (root.is(Kind::instance) && cache.key == (kRootKey | class_of(root)) &&
                cache.args_key == args_key({r + i.a + 1, argc})) {
              r[i.a] = root;
              STEP(i.a, window, call_target(f, window, argc, cache.target, site.name));
              break;
            }
          }
          STEP(i.a, window, call_self(f, window, argc, site.name, &cache, site.flags, fn));
          break;
        }
        std::string_view name = site.name;
        SAVE();
        if ((site.flags & site_dynamic) != 0) name = pooled(simple_text(r[i.a + argc + 1]));
        if ((site.flags & site_spread) != 0) (void)spread_arguments(f, window, argc);
        RELOAD();
        if ((site.flags & site_typed) != 0) set_casts(*fn->unit, site, name, argc);
        STEP(i.a, window, call_self(f, window, argc, name, nullptr, site.flags, fn));
        break;
      }
      case Op::call_value: {
        const Site& site = fn->code->sites[i.c];
        SAFEPOINT_CALL();
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        SAVE();
        if ((site.flags & site_spread) != 0) {
          (void)spread_arguments(f, window, argc);
          RELOAD();
        }
        if (r[i.a].is_null()) {
          (void)throw_java(java::null_pointer_exception, "Cannot invoke method call() on null object");
          goto raise;
        }
        STEP(i.a, window, call_value(f, window, argc));
        break;
      }
      case Op::call_super: {
        const Site& site = fn->code->sites[i.c];
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        SAVE();
        if ((site.flags & site_spread) != 0) (void)spread_arguments(f, window, argc);
        RELOAD();
        if ((site.flags & site_typed) != 0) set_casts(*fn->unit, site, site.name, argc);
        const ClassId trait = (site.flags & site_implicit) != 0 ? resolve(*fn->unit, site.type).id : kNoClass;
        STEP(i.a, window, call_super(f, window, argc, site.name, fn->owner, trait));
        break;
      }
      case Op::construct: {
        const Site& site = fn->code->sites[i.c];
        SAFEPOINT_CALL();
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        const ClassId id = r[i.a].class_id();
        SAVE();
        if ((site.flags & site_spread) != 0) (void)spread_arguments(f, window, argc);
        RELOAD();
        if ((site.flags & site_typed) != 0) set_casts(*fn->unit, site, "<init>", argc);
        STEP(i.a, window, construct(f, window, argc, id, frame->base, (site.flags & site_attribute) != 0));
        break;
      }
      case Op::call_constructor: {
        const Site& site = fn->code->sites[i.c];
        const std::uint32_t window = frame->base + i.a;
        std::uint32_t argc = i.b;
        SAVE();
        if ((site.flags & site_spread) != 0) (void)spread_arguments(f, window, argc);
        RELOAD();
        if (site.name == "trait") {
          STEP(kDstDiscard, window, begin_trait(f, window, resolve(*fn->unit, site.type).id));
          break;
        }
        STEP(kDstDiscard, window,
             call_constructor(f, window, argc, fn->owner, site.name == "super", (site.flags & site_implicit) != 0));
        break;
      }

      // ---- properties
      case Op::get_property: {
        const Site& site = fn->code->sites[i.c];
        const Value self = r[i.b];
        SiteCache& cache = fn->caches[i.c];
        if (self.is(Kind::instance) && cache.key == class_of(self) && (site.flags & site_dynamic) == 0) {
          r[i.a] = heap.instance_slots(self)[cache.slot];
          break;
        }
        if (self.is(Kind::map) && (site.flags & (site_dynamic | site_attribute)) == 0 &&
            class_of(self) == java::linked_hash_map && !heap.has_flag(self, flag_default)) {
          const Value key = fn->unit->constants[site.constant].is_undefined() ? constant(*fn->unit, site.constant)
                                                                              : fn->unit->constants[site.constant];
          out = heap.map_get(self, heap.text(key));
          r[i.a] = out.is_undefined() ? Value::null() : out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        std::string_view name = site.name;
        SAVE();
        if ((site.flags & site_dynamic) != 0) name = pooled(simple_text(r[i.b + 1]));
        *f.at(w) = self;
        if ((site.flags & site_implicit) != 0) {
          STEP(i.a, w, get_super_property(f, w, name, fn->owner));
          break;
        }
        STEP(i.a, w, get_property(f, w, name, (site.flags & site_dynamic) != 0 ? nullptr : &cache, site.flags));
        break;
      }
      case Op::set_property: {
        const Site& site = fn->code->sites[i.c];
        const Value self = r[i.a];
        SiteCache& cache = fn->caches[i.c];
        if (self.is(Kind::instance) && cache.key == class_of(self) && (site.flags & site_dynamic) == 0) {
          heap.instance_slots(self)[cache.slot] = r[i.b];
          break;
        }
        const std::uint32_t w = SCRATCH;
        std::string_view name = site.name;
        SAVE();
        if ((site.flags & site_dynamic) != 0) name = pooled(simple_text(r[i.b + 1]));
        *f.at(w) = self;
        *f.at(w + 1) = r[i.b];
        if ((site.flags & site_implicit) != 0) {
          STEP(kDstDiscard, w, set_super_property(f, w, name, fn->owner));
          break;
        }
        STEP(kDstDiscard, w, set_property(f, w, name, (site.flags & site_dynamic) != 0 ? nullptr : &cache, site.flags));
        break;
      }
      case Op::get_name: {
        const Site& site = fn->code->sites[i.c];
        const std::uint32_t w = SCRATCH;
        *f.at(w) = r[0];
        STEP(i.a, w, get_name(f, w, site.name, site.flags, fn));
        break;
      }
      case Op::set_name: {
        const Site& site = fn->code->sites[i.c];
        const std::uint32_t w = SCRATCH;
        *f.at(w) = r[0];
        *f.at(w + 1) = r[i.b];
        STEP(kDstDiscard, w, set_name(f, w, site.name, site.flags, fn));
        break;
      }
      case Op::get_field: {
        const Value self = r[i.b];
        SiteCache& cache = fn->caches[i.c];
        if (self.is(Kind::instance) && cache.key == class_of(self)) {
          r[i.a] = heap.instance_slots(self)[cache.slot];
          break;
        }
        const Site& site = fn->code->sites[i.c];
        ClassId owner = fn->owner;
        const FieldTemplate* field = nullptr;
        if (self.is(Kind::instance)) {
          for (const FieldTemplate& t : info(fn->owner)->code->fields) {
            if (!t.is_static && t.name == site.name) field = &t;
          }
          if (field == nullptr || !is_subclass(class_of(self), fn->owner))
            field = find_field(class_of(self), site.name, false, owner);
        }
        if (field != nullptr) {
          cache.key = class_of(self);
          cache.slot = slot_of(class_of(self), owner, *field);
          r[i.a] = heap.instance_slots(self)[cache.slot];
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = self;
        STEP(i.a, w, get_property(f, w, site.name, nullptr, site_attribute));
        break;
      }
      case Op::set_field: {
        const Value self = r[i.a];
        const Site& site = fn->code->sites[i.c];
        SiteCache& cache = fn->caches[i.c];
        if (self.is(Kind::instance) && cache.key == class_of(self)) {
          heap.instance_slots(self)[cache.slot] = r[i.b];
          break;
        }
        ClassId owner = fn->owner;
        const FieldTemplate* field = nullptr;
        if (self.is(Kind::instance)) {
          for (const FieldTemplate& t : info(fn->owner)->code->fields) {
            if (!t.is_static && t.name == site.name) field = &t;
          }
          if (field == nullptr || !is_subclass(class_of(self), fn->owner))
            field = find_field(class_of(self), site.name, false, owner);
        }
        if (field == nullptr) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = self;
          *f.at(w + 1) = r[i.b];
          STEP(kDstDiscard, w, set_property(f, w, site.name, nullptr, site_attribute));
          break;
        }
        const std::uint32_t slot = slot_of(class_of(self), owner, *field);
        if (field->type == kNone16) {
          cache.key = class_of(self);
          cache.slot = slot;
          heap.instance_slots(self)[slot] = r[i.b];
          break;
        }
        const Value v = r[i.b];
        SAVE();
        const ResolvedType type = resolve(*info(owner)->unit, field->type);
        if (instance_of(v, type) || (v.is_null() && !(type.id >= java::p_boolean && type.id <= java::p_double))) {
          heap.instance_slots(self)[slot] = v;
          break;
        }
        if (coerce_simple(v, type, out)) {
          heap.instance_slots(self)[slot] = out;
          break;
        }
        const Status status = coerce(nullptr, v, type, out, false);
        if (status == Status::suspended) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = self;
          STEP(kDstDiscard, w, assign_field(f, w, owner, *field, v));
          break;
        }
        if (status != Status::ok) goto raise;
        heap.instance_slots(self)[slot] = out;
        break;
      }
      case Op::get_static:
      case Op::set_static: {
        const Site& site = fn->code->sites[i.c];
        const ResolvedType type = resolve(*fn->unit, site.type);
        ClassId owner = kNoClass;
        SAVE();
        if (type.id >= java::count_ && info(type.id)->init == ClassInfo::Init::none) {
          frame->pc -= 1;
          frame->dst = kDstDiscard;
          step = ensure_initialized(f, type.id);
          if (step != Step::done) goto slow;
          RELOAD();
        }
        const FieldTemplate* field = find_field(type.id, site.name, true, owner);
        if (field == nullptr) {
          (void)throw_missing_property(Value::of_class(type.id), site.name);
          goto raise;
        }
        Value& slot = info(owner)->statics[field->slot];
        if (i.op == Op::get_static) {
          r[i.a] = slot;
          break;
        }
        Value v = r[i.a];
        if (field->type != kNone16) {
          const ResolvedType wanted = resolve(*info(owner)->unit, field->type);
          if (!instance_of(v, wanted) && !v.is_null() && !coerce_simple(v, wanted, v)) {
            const Status status = coerce(nullptr, r[i.a], wanted, v, false);
            if (status == Status::suspended) {
              const std::uint32_t w = SCRATCH;
              const Value written = r[i.a];
              *f.at(w) = Value::of_class(owner);
              STEP(kDstDiscard, w, assign_field(f, w, owner, *field, written));
              break;
            }
            if (status != Status::ok) goto raise;
          }
        }
        info(owner)->statics[field->slot] = v;
        break;
      }
      case Op::get_index: {
        const Value object = r[i.b];
        const Value key = r[i.c];
        if (key.tag == Tag::int_) {
          if (object.is(Kind::list) && !heap.has_flag(object, flag_view)) {
            const auto all = heap.items(object);
            std::int64_t n = key.integer;
            if (n < 0) n += static_cast<std::int64_t>(all.size());
            if (n >= 0 && class_of(object) < java::count_ && !heap.has_flag(object, flag_default)) {
              r[i.a] = static_cast<std::size_t>(n) < all.size() ? all[static_cast<std::size_t>(n)] : Value::null();
              break;
            }
          } else if (object.is(Kind::array)) {
            const auto all = heap.array_items(object);
            if (key.integer >= 0 && static_cast<std::size_t>(key.integer) < all.size()) {
              r[i.a] = all[static_cast<std::size_t>(key.integer)];
              break;
            }
          } else if (object.is_string()) {
            const TextView all = heap.text(object);
            if (key.integer >= 0 && key.integer < all.size()) {
              const auto at = static_cast<std::size_t>(key.integer);
              r[i.a] = heap.make_string(all.substring(at, at + 1));
              break;
            }
          }
        } else if (key.is_string() && object.is(Kind::map) && class_of(object) < java::count_ &&
                   class_of(object) != java::tree_map && class_of(object) != java::config_object &&
                   !heap.has_flag(object, flag_default)) {
          out = heap.map_get(object, heap.text(key));
          r[i.a] = out.is_undefined() ? Value::null() : out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = object;
        *f.at(w + 1) = key;
        STEP(i.a, w, run_native(f, kNativeGetIndex, w, 1, "getAt"));
        break;
      }
      case Op::set_index: {
        const Value object = r[i.a];
        const Value key = r[i.b];
        if (key.tag == Tag::int_ && key.integer >= 0) {
          if (object.is(Kind::list) && class_of(object) < java::count_ &&
              (heap.header(object.ref)->flags & (flag_immutable | flag_view)) == 0) {
            const auto all = heap.items(object);
            if (static_cast<std::size_t>(key.integer) < all.size()) {
              all[static_cast<std::size_t>(key.integer)] = r[i.c];
              break;
            }
          } else if (object.is(Kind::array) &&
                     (heap.array(object)->element == java::object ||
                      (heap.array(object)->element == java::p_int && r[i.c].is_int()) ||
                      (heap.array(object)->element == java::p_boolean && r[i.c].is_boolean()))) {
            const auto all = heap.array_items(object);
            if (static_cast<std::size_t>(key.integer) < all.size()) {
              all[static_cast<std::size_t>(key.integer)] = r[i.c];
              break;
            }
          }
        } else if (key.is_string() && object.is(Kind::map) && class_of(object) < java::count_ &&
                   class_of(object) != java::tree_map &&
                   (heap.header(object.ref)->flags & (flag_immutable | flag_view)) == 0) {
          heap.map_put(object, key, r[i.c]);
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = object;
        *f.at(w + 1) = key;
        *f.at(w + 2) = r[i.c];
        STEP(kDstDiscard, w, run_native(f, kNativeSetIndex, w, 2, "putAt"));
        break;
      }

      // ---- literals
      case Op::new_list:
        r[i.a] = heap.make_list(std::span<const Value>(r + i.b, i.c));
        break;
      case Op::list_push:
        for (std::uint32_t k = 0; k < i.c; ++k) heap.list_add(r[i.a], r[i.b + k]);
        break;
      case Op::list_push_all: {
        const Value v = r[i.b];
        std::vector<Value> all;
        SAVE();
        // `*null` is one null.
        if (v.is_null()) all.push_back(v);
        const Status status = v.is_null() ? Status::ok : elements(nullptr, v, all);
        if (status == Status::thrown) goto raise;
        if (status == Status::suspended) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = r[i.a];
          *f.at(w + 1) = v;
          STEP(kDstDiscard, w, run_native(f, kNativeListPushAll, w, 1, "addAll"));
          break;
        }
        for (const Value item : all) heap.list_add(r[i.a], item);
        break;
      }
      case Op::new_map:
        r[i.a] = heap.make_map();
        break;
      case Op::map_put:
        if (r[i.b].is_string()) {
          heap.map_put(r[i.a], r[i.b], r[i.c]);
          break;
        } else {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = r[i.a];
          *f.at(w + 1) = r[i.b];
          *f.at(w + 2) = r[i.c];
          STEP(kDstDiscard, w, run_native(f, kNativeMapPut, w, 2, "put"));
          break;
        }
      case Op::map_put_all: {
        const std::uint32_t w = SCRATCH;
        *f.at(w) = r[i.a];
        *f.at(w + 1) = r[i.b];
        STEP(kDstDiscard, w, run_native(f, kNativeMapPutAll, w, 1, "putAll"));
        break;
      }
      case Op::new_range: {
        const Value from = r[i.b];
        const Value to = r[i.b + 1];
        if (from.is_int() && to.is_int()) {
          r[i.a] = heap.make_range(from, to, i.c != 0, from.integer > to.integer);
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = from;
        *f.at(w + 1) = to;
        *f.at(w + 2) = Value::boolean(i.c != 0);
        STEP(i.a, w, run_native(f, kNativeRange, w, 2, "range"));
        break;
      }
      case Op::gstring: {
        const auto& texts = fn->unit->unit->gstrings[i.c];
        Value parts[16];
        std::vector<Value> many;
        std::span<Value> use(parts, texts.size());
        if (texts.size() > 16) {
          many.resize(texts.size());
          use = many;
        }
        for (std::size_t k = 0; k < texts.size(); ++k) use[k] = constant(*fn->unit, texts[k]);
        r[i.a] = heap.make_gstring(use, std::span<const Value>(r + i.b, texts.size() - 1));
        break;
      }
      case Op::new_closure: {
        FunctionState& function = fn->unit->functions[static_cast<std::uint32_t>(i.imm())];
        const auto& captures = function.code->captures;
        const Value closure =
            heap.make_closure(function.number, static_cast<std::uint16_t>(captures.size()), java::closure);
        ClosureObject* object = heap.closure(closure);
        const Value self = r[0];
        if (fn->code->self_is_parameter || fn->code->is_static) {
          const Value owner =
              self.is(Kind::closure) && fn->code->kind == FunctionKind::closure ? self : Value::of_class(fn->owner);
          object->owner = object->delegate = owner;
          object->self = owner.is(Kind::closure) ? heap.closure(owner)->self : owner;
        } else {
          object->owner = self;
          object->delegate = self;
          object->self = self.is(Kind::closure) ? heap.closure(self)->self : self;
        }
        for (std::size_t k = 0; k < captures.size(); ++k) {
          const Capture& capture = captures[k];
          heap.closure_captured(closure)[k] =
              capture.from_capture ? heap.closure_captured(self)[capture.index] : r[capture.index];
        }
        r[i.a] = closure;
        break;
      }

      // ---- types
      case Op::cast:
      case Op::as_type:
      case Op::coerce: {
        const Value v = r[i.b];
        SAVE();
        const ResolvedType type = resolve(*fn->unit, i.c);
        if (type.id == kNoClass) {
          throw_missing_class();
          goto raise;
        }
        if (type.arrays == 0 && (class_of(v) == type.id || (v.is_int() && type.id == java::p_int))) {
          r[i.a] = v;
          break;
        }
        if (i.op != Op::as_type && coerce_simple(v, type, out)) {
          r[i.a] = out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = v;
        *f.at(w + 1) = Value::of_class(type.id);
        *f.at(w + 2) = Value::of_int(type.arrays);
        *f.at(w + 3) = Value::of_int(i.op == Op::coerce ? 0 : i.op == Op::cast ? 1 : 2);
        STEP(i.a, w, run_native(f, kNativeCoerce, w, 3, "asType"));
        break;
      }
      case Op::instance_of: {
        const Value v = r[i.b];
        SAVE();
        r[i.a] = Value::boolean(instance_of(v, resolve(*fn->unit, i.c)));
        break;
      }
      case Op::catch_match: {
        SAVE();
        const ResolvedType type = resolve(*fn->unit, i.c);
        r[i.a] = Value::boolean(type.id != kNoClass && is_subclass(class_of(r[i.b]), type.id));
        break;
      }
      case Op::iterate: {
        const Value v = r[i.b];
        bool ok = false;
        if (!heap.is_view(v)) out = make_iterator(v, ok);
        if (ok) {
          r[i.a] = out;
          break;
        }
        const std::uint32_t w = SCRATCH;
        *f.at(w) = v;
        STEP(i.a, w, run_native(f, kNativeIterator, w, 0, "iterator"));
        break;
      }
      case Op::iterate_next: {
        const Value iterator = r[i.b];
        auto* it = heap.iterator(iterator);
        if (it->mode == IteratorMode::list) {
          const ListObject* source = heap.list(it->source);
          if (it->position < source->size && it->changes == source->changes && (source->flags & flag_view) == 0) {
            r[i.a] = heap.items(it->source)[it->position++];
            ++pc;
            break;
          }
        }
        Status status = Status::ok;
        SAVE();
        if (iterator_next(iterator, out, status)) {
          r[i.a] = out;
          ++pc;
          break;
        }
        if (status != Status::ok) goto raise;
        pc = code + pc->imm();
        break;
      }

      case Op::switch_case: {
        const Value subject = r[i.b];
        const Value c = r[i.c];
        SAVE();
        bool matches = false;
        const Status status = is_case(nullptr, c, subject, matches);
        if (status == Status::thrown) goto raise;
        if (status == Status::suspended) {
          const std::uint32_t w = SCRATCH;
          *f.at(w) = subject;
          *f.at(w + 1) = c;
          STEP(i.a, w, run_native(f, kNativeIsCase, w, 1, "isCase"));
          break;
        }
        r[i.a] = Value::boolean(matches);
        break;
      }
      case Op::is_identical:
        r[i.a] = Value::boolean(r[i.b].identical(r[i.c]));
        break;
      case Op::helper: {
        const std::uint32_t window = frame->base + i.a;
        STEP(i.a, window, run_native(f, helper_native(i.c), window, i.b, "helper"));
        break;
      }
      case Op::throw_: {
        const Value v = r[i.a];
        SAVE();
        if (v.is_null()) {
          (void)throw_java(java::null_pointer_exception);
        } else if (!is_subclass(class_of(v), java::throwable)) {
          (void)throw_cast(v, {java::throwable, 0});
        } else {
          exception = v;
        }
        goto raise;
      }
      case Op::return_:
      case Op::return_null: {
        const Value v = i.op == Op::return_ ? r[i.a] : Value::null();
        if (fn->code->kind == FunctionKind::class_init) info(fn->owner)->init = ClassInfo::Init::done;
        f.frames.pop_back();
        if (f.frames.size() == stop) {
          f.result = v;
          return Status::ok;
        }
        frame = &f.frames.back();
        if (frame->kind == FrameKind::code && frame->dst < 0xFFF0) {
          *f.at(frame->base + frame->dst) = v;
          goto load;
        }
        const Status status = deliver(f, v, stop);
        if (status == Status::thrown) goto raise;
        if (status == Status::suspended) return status;
        goto load;
      }
    }
  }

slow:
  switch (step) {
    case Step::pushed:
    case Step::done:
      goto load;
    case Step::suspended:
      return Status::suspended;
    case Step::thrown:
      break;
  }
raise: {
  const Status status = unwind(f, stop);
  if (status == Status::ok) goto load;
  return status;
}
}
// NOLINTEND(readability-function-size)

}  // namespace windlass::vm

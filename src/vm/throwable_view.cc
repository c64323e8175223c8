// A throwable as the owner of the evaluator shows it: its text, its frames with the kind of source they come from, and
// the throwables that hang on it. Runs no code of the script.
#include "vm/state.h"

namespace windlass::vm {

ThrowableView Vm::view(Value throwable) {
  ThrowableView out;
  if (!throwable.is(Kind::instance)) return out;
  out.text = state_->throwable_text(throwable);
  const auto slots = heap_->instance_slots(throwable);
  if (slots.size() > throwable_cause && slots[throwable_cause].is(Kind::instance)) out.cause = slots[throwable_cause];
  if (slots.size() > throwable_suppressed && slots[throwable_suppressed].is(Kind::list)) {
    for (const Value& one : heap_->items(slots[throwable_suppressed])) {
      if (one.is(Kind::instance)) out.suppressed.push_back(one);
    }
  }
  for (auto& line : state_->trace_lines(throwable)) {
    TraceFrame frame;
    frame.kind = line.kind;
    frame.class_name = std::move(line.class_name);
    frame.method = std::move(line.method);
    frame.file = std::move(line.file);
    frame.line = line.line;
    out.frames.push_back(std::move(frame));
  }
  return out;
}

}  // namespace windlass::vm

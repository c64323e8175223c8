#include "engine/trace.h"

#include <algorithm>
#include <vector>

namespace windlass::engine {
namespace {

/// `WorkflowScript$_run_closure1_closure2.doCall` is written in WorkflowScript.run.
void name_enclosing_method(vm::TraceFrame& frame) {
  if (frame.method != "doCall") return;
  auto closure = frame.class_name.find("_closure");
  auto method = frame.class_name.find("$_");
  if (closure == std::string::npos || method == std::string::npos || method + 2 > closure) return;
  frame.method = frame.class_name.substr(method + 2, closure - method - 2);
  frame.class_name.resize(method);
}

std::vector<std::string> frame_lines(const vm::ThrowableView& view) {
  std::vector<std::string> out;
  for (auto frame : view.frames) {
    if (frame.kind == vm::ScriptKind::prelude || frame.kind == vm::ScriptKind::gdk) continue;
    name_enclosing_method(frame);
    auto slash = frame.file.rfind('/');
    auto file = slash == std::string::npos ? frame.file : frame.file.substr(slash + 1);
    auto line = frame.class_name + "." + frame.method + "(" + file + ":" + std::to_string(frame.line) + ")";
    if (out.empty() || out.back() != line) out.push_back(std::move(line));
  }
  return out;
}

struct Writer {
  vm::Vm& vm;
  std::string out;
  std::vector<vm::Value> seen;

  /// `above`: the frames of the throwable that this one caused; those in common are said there.
  void write(vm::Value throwable, const std::vector<std::string>& above, const std::string& indent) {
    auto view = vm.view(throwable);
    if (std::ranges::any_of(seen, [&](const vm::Value& v) { return v.identical(throwable); })) {
      out += "<cycle to " + view.text + ">\n";
      return;
    }
    seen.push_back(throwable);
    auto frames = frame_lines(view);
    auto text = view.text;
    if (!view.cause.is_null()) {
      write(view.cause, frames, indent);
      // A message that only repeats the cause is not said twice.
      auto repeated = ": " + vm.view(view.cause).text;
      if (text.ends_with(repeated)) text.resize(text.size() - repeated.size());
    }
    for (const auto& other : view.suppressed) {
      out += indent + "Also:   ";
      write(other, frames, indent + "\t");
    }
    if (!view.cause.is_null()) out += indent + "Caused: ";
    out += text + "\n";
    std::size_t common = 0;
    while (common < frames.size() && common < above.size() &&
           frames[frames.size() - 1 - common] == above[above.size() - 1 - common]) {
      ++common;
    }
    for (std::size_t i = 0; i + common < frames.size(); ++i) out += indent + "\tat " + frames[i] + "\n";
  }
};

}  // namespace

std::string format_trace(vm::Vm& vm, vm::Value throwable) {
  Writer writer{vm, {}, {}};
  writer.write(throwable, {}, "");
  return std::move(writer.out);
}

}  // namespace windlass::engine

// java.lang.System's clock and properties, and Thread's sleep: what scripts ask the machine. Sleeping is no pause here:
// time belongs to steps; a plain script that sleeps goes on at once.
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Host& host(Call& call) { return call.vm().state().host; }

Status current_time(Call& call) { return call.give(host(call).clock_millis(call.fiber().id)); }
Status nano_time(Call& call) { return call.give(host(call).clock_millis(call.fiber().id) * 1'000'000); }
Status line_separator(Call& call) { return call.give_utf8("\n"); }
Status get_property(Call& call) {
  const std::string name = call.utf8_arg(0);
  static constexpr std::pair<std::string_view, std::string_view> kProperties[] = {
      {"line.separator", "\n"},   {"file.separator", "/"}, {"path.separator", ":"},    {"os.name", "Linux"},
      {"file.encoding", "UTF-8"}, {"user.dir", "/"},       {"java.io.tmpdir", "/tmp"},
  };
  for (const auto& [key, value] : kProperties) {
    if (key == name) return call.give_utf8(value);
  }
  if (call.has(1)) return call.give(call.arg(1));
  return call.give_null();
}

/// There is no JVM whose settings it could change; to what objects have by that name it is no call.
Status set_property(Call& call) {
  (void)call.vm().state().refused(call.self().class_id(), "setProperty", call.args(), true);
  return Status::thrown;
}

/// The environment of the run where the script is; of the program where it is no pipeline.
Status environment(Call& call) {
  Value all;
  VM_DO(host(call).call(call.vm(), call.fiber().id, "env.all", {}, all));
  if (!call.has(0)) return call.give(all);
  const Value found = call.heap().map_get(all, call.utf8_arg(0));
  return call.give(found.is_undefined() ? Value::null() : found);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.System", "currentTimeMillis", "", current_time, K::static_method},
    {"java.lang.System", "nanoTime", "", nano_time, K::static_method},
    {"java.lang.System", "getenv", "", environment, K::static_method},
    {"java.lang.System", "getenv", "String", environment, K::static_method},
    {"java.lang.System", "lineSeparator", "", line_separator, K::static_method},
    {"java.lang.System", "getProperty", "String", get_property, K::static_method},
    {"java.lang.System", "setProperty", "String,String", set_property, K::static_method},
    {"java.lang.System", "getProperty", "String,String", get_property, K::static_method},
};

}  // namespace

NativeTable utility_methods() { return kMethods; }

}  // namespace windlass::vm

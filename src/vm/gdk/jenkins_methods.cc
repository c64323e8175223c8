// What scripts ask of Jenkins' own objects that are plain values here: hudson.model.Result, the exception that an
// interruption is, and its causes (one slot: the map that came with the effect).
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

// ---- results: order of the constants is order of badness

std::int32_t badness(Call& call, Value v) { return java_enum_ordinal(call.heap(), v, java::hudson_result); }

Status result_from_string(Call& call) {
  const auto names = java_enum_names(java::hudson_result);
  std::string wanted = call.utf8_arg(0);
  for (char& c : wanted) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  std::uint32_t found = 2;  // FAILURE, as Jenkins takes an unknown text
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) found = i;
  }
  return call.give(make_java_enum(call.heap(), java::hudson_result, found));
}
Status result_compare(Call& call) {
  const auto mine = badness(call, call.self());
  const auto other = badness(call, call.arg(0));
  const auto name = call.name();
  return call.give(name == "isBetterThan"        ? mine < other
                   : name == "isWorseThan"       ? mine > other
                   : name == "isBetterOrEqualTo" ? mine <= other
                                                 : mine >= other);
}
Status result_combine(Call& call) {
  return call.give(badness(call, call.self()) >= badness(call, call.arg(0)) ? call.self() : call.arg(0));
}
Status result_complete(Call& call) { return call.give(badness(call, call.self()) <= 2); }

// ---- interruptions

Value extra(Call& call, std::string_view name) {
  const Value map = call.heap().instance_slots(call.self())[throwable_extra];
  const Value found = map.is(Kind::map) ? call.heap().map_get(map, name) : Value::undefined();
  return found.is_undefined() ? Value::null() : found;
}
Status interruption_causes(Call& call) {
  const Value causes = extra(call, "causes");
  return call.give(causes.is(Kind::list) ? causes : call.heap().make_list());
}
Status interruption_result(Call& call) {
  const Value name = extra(call, "result");
  const auto names = java_enum_names(java::hudson_result);
  const std::string text = name.is_string() ? call.heap().utf8(name) : "ABORTED";
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return call.give(make_java_enum(call.heap(), java::hudson_result, i));
  }
  return call.give(name);
}
/// `new FlowInterruptedException(result, causes…)`, with whether it is an interruption between the two.
Status interruption_new(Call& call) {
  Heap& heap = call.heap();
  const Value causes = heap.make_list();
  std::string message;
  for (std::uint32_t i = 1; i < call.count(); ++i) {
    const Value cause = call.arg(i);
    if (cause.is_boolean()) continue;
    Value description;
    VM_DO(call.invoke_method(cause, "getShortDescription", {}, description));
    if (description.is_text()) message += (message.empty() ? "" : ", ") + call.vm().display(description);
    heap.list_add(causes, cause);
  }
  const Value exception = call.vm().state().make_throwable(
      java::flow_interrupted_exception, message.empty() ? Value::null() : heap.make_string(std::string_view(message)));
  const Value fields = heap.make_map();
  const auto result = static_cast<std::size_t>(badness(call, call.arg(0)));
  heap.map_put(fields, "result", heap.make_string(java_enum_names(java::hudson_result)[result]));
  heap.map_put(fields, "causes", causes);
  if (call.count() > 1 && call.arg(1).is_boolean()) heap.map_put(fields, "actualInterruption", call.arg(1));
  heap.instance_slots(exception)[throwable_extra] = fields;
  return call.give(exception);
}
/// `new CauseOfInterruption.UserInterruption(user)`.
Status user_interruption_new(Call& call) {
  Heap& heap = call.heap();
  const Value fields = heap.make_map();
  const std::string user = call.utf8_arg(0);
  const auto put = [&](std::string_view name, const std::string& text) {
    const Value value = heap.make_string(std::string_view(text));
    heap.map_put(fields, name, value);
  };
  put("_class", "jenkins.model.CauseOfInterruption$UserInterruption");
  put("shortDescription", "Aborted by " + user);
  put("user", user);
  const Value cause = heap.make_native(java::user_interruption, 1);
  heap.native_slots(cause)[0] = fields;
  return call.give(cause);
}
Status interruption_actual(Call& call) {
  const Value actual = extra(call, "actualInterruption");
  return call.give(!actual.is_boolean() || actual.is_true());
}

Value fact(Call& call, std::string_view name) {
  const Value found = call.heap().map_get(call.heap().native_slots(call.self())[0], name);
  return found.is_undefined() ? Value::null() : found;
}
Status cause_description(Call& call) { return call.give(fact(call, "shortDescription")); }
Status cause_user(Call& call) { return call.give(fact(call, "user")); }
Status cause_fact(Call& call) { return call.give(fact(call, call.utf8_arg(0))); }

// ---- what a symbol gives, as `string(name: 'A')`: a map of its arguments and its `$class`

constexpr std::string_view kClassKey = "$class";
Status describable_symbol(Call& call) {
  const Value symbol = call.heap().map_get(call.self(), kClassKey);
  return call.give(symbol.is_undefined() ? Value::null() : symbol);
}
Status describable_arguments(Call& call) {
  Heap& heap = call.heap();
  const Value out = heap.make_map();
  for (const std::uint32_t slot : heap.map_order(call.self())) {
    const MapSlot entry = heap.slots(call.self())[slot];
    if (heap.utf8(entry.key.plain()) != kClassKey) heap.map_put(out, entry.key.plain(), entry.value);
  }
  return call.give(out);
}
constexpr std::string_view kDescribable = "org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable";
constexpr std::string_view kResult = "hudson.model.Result";
constexpr std::string_view kInterruption = "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException";
constexpr std::string_view kCause = "jenkins.model.CauseOfInterruption";
constexpr std::string_view kUserCause = "jenkins.model.CauseOfInterruption$UserInterruption";
constexpr NativeMethod kMethods[] = {
    {kResult, "fromString", "String", result_from_string, NativeKind::static_method},
    {kResult, "isBetterThan", "hudson.model.Result", result_compare},
    {kResult, "isWorseThan", "hudson.model.Result", result_compare},
    {kResult, "isBetterOrEqualTo", "hudson.model.Result", result_compare},
    {kResult, "isWorseOrEqualTo", "hudson.model.Result", result_compare},
    {kResult, "combine", "hudson.model.Result", result_combine},
    {kResult, "isCompleteBuild", "", result_complete},
    {kInterruption, "<init>", "hudson.model.Result,Object...", interruption_new, NativeKind::constructor},
    {kInterruption, "<init>", "hudson.model.Result,boolean,Object...", interruption_new, NativeKind::constructor},
    {kInterruption, "getCauses", "", interruption_causes},
    {kInterruption, "getResult", "", interruption_result},
    {kInterruption, "isActualInterruption", "", interruption_actual},
    {kCause, "getShortDescription", "", cause_description},
    {kUserCause, "<init>", "String", user_interruption_new, NativeKind::constructor},
    {kCause, "getUser", "", cause_user},
    {kCause, "getUserId", "", cause_user},
    {kCause, "getProperty", "String", cause_fact},
    {kDescribable, "getSymbol", "", describable_symbol},
    {kDescribable, "getArguments", "", describable_arguments},
};

}  // namespace

NativeTable jenkins_methods() { return kMethods; }

}  // namespace windlass::vm

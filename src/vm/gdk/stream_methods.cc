// What the prelude's streams are made of (src/prelude/gdk/streams.groovy): a stream is a native object of the list of
// its elements, a collector one of the closure that finishes such a list. Threads are their bodies, run when started.
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

Status make(Call& call) {
  const Value v = call.heap().make_native(call.self().class_id(), 1);
  call.heap().native_slots(v)[0] = call.arg(0);
  return call.give(v);
}
Status content(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status set_content(Call& call) {
  call.heap().native_slots(call.self())[0] = call.arg(0);
  return call.give_null();
}
/// A duration of years to millis, or of fewer parts from below.
Status make_duration(Call& call) {
  const Value parts = call.heap().make_list();
  for (std::uint32_t i = call.count(); i < 7; ++i) call.heap().list_add(parts, Value::of_int(0));
  for (std::uint32_t i = 0; i < call.count(); ++i) call.heap().list_add(parts, Value::of_int(call.int_arg(i)));
  const Value v = call.heap().make_native(call.self().class_id(), 1);
  call.heap().native_slots(v)[0] = parts;
  return call.give(v);
}
/// A builder or printer: a map of what it is doing. A printer of indented text brings its own.
Status make_builder(Call& call) {
  Heap& heap = call.heap();
  const Value state = heap.make_map();
  const auto set = [&](std::string_view name, Value v) { heap.map_put(state, name, v); };
  Value out = call.has(0) ? call.arg(0) : Value::null();
  Value unit = call.has(1) && call.arg(1).is_text() ? call.arg(1) : Value::null();
  Value lines = call.has(2) ? call.arg(2) : Value::null();
  if (out.is(Kind::native_object) && call.class_of(out) == java::indent_printer) {
    const Value own = heap.native_slots(out)[0];
    const auto of = [&](std::string_view name) {
      const Value found = heap.map_get(own, name);
      return found.is_undefined() ? Value::null() : found;
    };
    unit = of("unit");
    lines = of("lines");
    out = of("out");
  }
  set("out", out);
  set("unit", unit);
  set("lines", lines);
  set("auto", Value::boolean(call.has(3) && call.arg(3).is_true()));
  set("state", Value::of_int(0));
  set("depth", Value::of_int(0));
  set("empty", Value::boolean(true));
  const Value v = heap.make_native(call.self().class_id(), 1);
  heap.native_slots(v)[0] = state;
  return call.give(v);
}
/// new StreamingJsonBuilder(writer, content) writes the content.
Status make_streaming(Call& call) {
  const Value builder = call.heap().make_native(call.self().class_id(), 1);
  call.heap().native_slots(builder)[0] = call.arg(0);
  Value text;
  const Value content[] = {call.arg(1)};
  VM_DO(call.invoke_static(java::json_output, "toJson", content, text));
  const Value written[] = {text};
  Value ignored;
  VM_DO(call.invoke_method(call.arg(0), "write", written, ignored));
  return call.give(builder);
}
Status make_empty(Call& call) { return call.give(call.heap().make_native(call.self().class_id(), 1)); }

using K = NativeKind;
#define WL_BUILDER(owner)                                                                                         \
  {owner, "<init>", "", make_builder, K::constructor}, {owner, "<init>", "Object", make_builder, K::constructor}, \
      {owner, "<init>", "Object,String", make_builder, K::constructor},                                           \
      {owner, "<init>", "Object,String,boolean", make_builder, K::constructor}, {                                 \
    owner, "__content", "", content                                                                               \
  }
#define WL_HOLDER(owner) \
  {owner, "__of", "Object", make, K::static_method}, { owner, "__content", "", content }
constexpr NativeMethod kMethods[] = {
    WL_HOLDER("java.util.stream.Stream"),
    WL_HOLDER("java.util.stream.IntStream"),
    WL_HOLDER("java.util.stream.LongStream"),
    WL_HOLDER("java.util.stream.DoubleStream"),
    {"java.util.stream.BaseStream", "__set", "Object", set_content},
    WL_HOLDER("java.util.IntSummaryStatistics"),
    WL_HOLDER("java.util.LongSummaryStatistics"),
    WL_HOLDER("java.util.DoubleSummaryStatistics"),
    WL_HOLDER("java.util.stream.Collector"),
    WL_HOLDER("java.lang.Thread"),
    WL_HOLDER("groovy.json.JsonBuilder"),
    {"groovy.json.StreamingJsonBuilder", "<init>", "Object", make, K::constructor},
    {"groovy.json.StreamingJsonBuilder", "<init>", "Object,Object", make_streaming, K::constructor},
    {"groovy.json.StreamingJsonBuilder", "__content", "", content},
    {"groovy.json.JsonBuilder", "<init>", "", make_empty, K::constructor},
    {"groovy.json.JsonBuilder", "<init>", "Object", make, K::constructor},
    {"groovy.json.JsonBuilder", "__set", "Object", set_content},
    {"groovy.json.JsonBuilder", "getContent", "", content},
    {"java.lang.Thread", "<init>", "", make_empty, K::constructor},
    {"java.lang.Thread", "<init>", "Object", make, K::constructor},
    {"java.lang.Thread", "<init>", "Object,String", make, K::constructor},
    {"groovy.util.ConfigSlurper", "<init>", "", make_empty, K::constructor},
    {"groovy.util.ConfigSlurper", "<init>", "String", make, K::constructor},
    {"groovy.util.ConfigSlurper", "__content", "", content},
    WL_HOLDER("groovy.time.BaseDuration"),
    WL_HOLDER("groovy.time.BaseDuration$From"),
    {"groovy.time.Duration", "<init>", "int,int,int,int,int", make_duration, K::constructor},
    {"groovy.time.TimeDuration", "<init>", "int,int,int,int,int", make_duration, K::constructor},
    {"groovy.time.TimeDuration", "<init>", "int,int,int,int", make_duration, K::constructor},
    {"groovy.time.DatumDependentDuration", "<init>", "int,int,int,int,int,int,int", make_duration, K::constructor},
    {"groovy.time.TimeDatumDependentDuration", "<init>", "int,int,int,int,int,int,int", make_duration, K::constructor},
    WL_HOLDER("groovy.xml.MarkupBuilderHelper"),
    WL_BUILDER("groovy.xml.MarkupBuilder"),
    WL_BUILDER("groovy.xml.StreamingMarkupBuilder"),
    WL_BUILDER("groovy.util.NodeBuilder"),
    WL_BUILDER("groovy.util.IndentPrinter"),
    {"groovy.util.IndentPrinter", "<init>", "Object,Object,boolean,boolean", make_builder, K::constructor},
    WL_BUILDER("groovy.util.NodePrinter"),
    WL_BUILDER("groovy.util.XmlNodePrinter"),
    WL_HOLDER("hudson.model.Cause"),
    WL_HOLDER("groovy.text.Template"),
    {"groovy.text.SimpleTemplateEngine", "<init>", "", make_empty, K::constructor},
    {"groovy.text.GStringTemplateEngine", "<init>", "", make_empty, K::constructor},
    {"groovy.text.StreamingTemplateEngine", "<init>", "", make_empty, K::constructor},
};
#undef WL_HOLDER
#undef WL_BUILDER

}  // namespace

NativeTable stream_methods() { return kMethods; }

}  // namespace windlass::vm

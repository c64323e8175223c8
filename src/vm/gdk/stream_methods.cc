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
Status make_empty(Call& call) { return call.give(call.heap().make_native(call.self().class_id(), 1)); }

using K = NativeKind;
#define WL_HOLDER(owner) \
  {owner, "__of", "Object", make, K::static_method}, { owner, "__content", "", content }
constexpr NativeMethod kMethods[] = {
    WL_HOLDER("java.util.stream.Stream"),
    WL_HOLDER("java.util.stream.IntStream"),
    WL_HOLDER("java.util.stream.Collector"),
    WL_HOLDER("java.lang.Thread"),
    WL_HOLDER("groovy.json.JsonBuilder"),
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
    WL_HOLDER("groovy.time.TimeDuration"),
    WL_HOLDER("groovy.text.Template"),
    {"groovy.text.SimpleTemplateEngine", "<init>", "", make_empty, K::constructor},
    {"groovy.text.GStringTemplateEngine", "<init>", "", make_empty, K::constructor},
    {"groovy.text.StreamingTemplateEngine", "<init>", "", make_empty, K::constructor},
};
#undef WL_HOLDER

}  // namespace

NativeTable stream_methods() { return kMethods; }

}  // namespace windlass::vm

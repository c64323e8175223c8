// net.sf.json, json-lib: what readJSON gives. A JSONObject is a map and a JSONArray a list, but for their toString(),
// which is JSON. What reads one member of a type is Groovy (src/prelude/gdk/json_lib.groovy).
#include "data/json.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

constexpr int kMaxDepth = 500;

/// The value with its maps and lists as json-lib's, all the way down.
Status typed(Call& call, Value v, int depth, Value& out) {
  if (depth > kMaxDepth) return call.throw_java(java::net_sf_json_exception, "There is a cycle in the hierarchy!");
  Heap& heap = call.heap();
  if (v.is(Kind::map)) {
    VM_DO(call.vm().state().refresh_if_view(&call, v));
    const Value made = heap.make_map(java::json_lib_object);
    for (const std::uint32_t slot : heap.map_order(v)) {
      const MapSlot entry = heap.slots(v)[slot];
      TextView key;
      VM_DO(call.text(entry.key.plain(), key));
      Value value;
      VM_DO(typed(call, entry.value.plain(), depth + 1, value));
      heap.map_put(made, heap.make_string(key), value);
    }
    out = made;
    return Status::ok;
  }
  if (v.is(Kind::array) || call.is_collection(v)) {
    std::vector<Value> items;
    VM_DO(call.elements(v, items));
    const Value made = heap.make_list(0, java::json_lib_array);
    for (const Value item : items) {
      Value value;
      VM_DO(typed(call, item, depth + 1, value));
      heap.list_add(made, value);
    }
    out = made;
    return Status::ok;
  }
  out = v;
  if (!v.is_gstring()) return Status::ok;
  TextView text;
  VM_DO(call.text(v, text));
  out = heap.make_string(text);
  return Status::ok;
}

/// toJSON(object), fromObject(object): a text is read as JSON.
Status to_json(Call& call) {
  Value v = call.arg(0);
  if (v.is_text()) {
    TextView text;
    VM_DO(call.text(v, text));
    const auto parsed = data::parse_json(text.utf8());
    if (!parsed) return call.throw_java(java::net_sf_json_exception, parsed.error().message);
    v = call.vm().from_data(*parsed);
  }
  Value out;
  VM_DO(typed(call, v, 0, out));
  const ClassId wanted = call.self().class_id();
  if (wanted == java::json_lib_array && !out.is(Kind::list)) {
    const Value list = call.heap().make_list(0, java::json_lib_array);
    if (!out.is_null()) call.heap().list_add(list, out);
    out = list;
  }
  if (wanted == java::json_lib_object && !out.is(Kind::map)) {
    if (!out.is_null()) return call.throw_java(java::net_sf_json_exception, "A JSONObject text must begin with '{'");
    out = call.heap().make_map(java::json_lib_object);
  }
  return call.give(out);
}

Status shown(Call& call) {
  const auto plain = call.vm().to_data(call.self());
  if (!plain) return call.throw_java(java::net_sf_json_exception, plain.error().message);
  data::JsonStyle style;
  style.layout = data::JsonLayout::json_lib;
  style.indent = call.has(0) ? call.int_arg(0) : 0;
  return call.give_utf8(data::format_json(*plain, style));
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"net.sf.json.JSONSerializer", "toJSON", "Object", to_json, K::static_method},
    {"net.sf.json.JSONObject", "fromObject", "Object", to_json, K::static_method},
    {"net.sf.json.JSONArray", "fromObject", "Object", to_json, K::static_method},
    {"net.sf.json.JSONObject", "toString", "", shown},
    {"net.sf.json.JSONObject", "toString", "int", shown},
    {"net.sf.json.JSONArray", "toString", "", shown},
    {"net.sf.json.JSONArray", "toString", "int", shown},
};

}  // namespace

NativeTable json_lib_methods() { return kMethods; }

}  // namespace windlass::vm

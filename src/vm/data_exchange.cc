// Values across the border: data::Value to Groovy values and back. Deep copies; no identity crosses.
#include "num/java_numbers.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/java_enums.h"
#include "vm/state.h"

namespace windlass::vm {

Value Vm::State::from_data(const data::Value& v) {
  switch (v.kind()) {
    case data::Kind::null:
      return Value::null();
    case data::Kind::boolean:
      return Value::boolean(v.as_bool());
    case data::Kind::integer:
      return Value::of_int(static_cast<std::int32_t>(v.as_int()));
    case data::Kind::long_integer:
      return Value::of_long(v.as_int());
    case data::Kind::big_integer:
      return heap.make_big_integer(num::BigInteger::parse(v.text()).value_or(num::BigInteger()));
    case data::Kind::decimal:
      return heap.make_big_decimal(num::BigDecimal::parse(v.text()).value_or(num::BigDecimal()));
    case data::Kind::real:
      return Value::of_double(v.as_double());
    case data::Kind::string:
      return heap.make_string(std::string_view(v.text()));
    case data::Kind::bytes:
      return heap.make_byte_array(v.text());
    case data::Kind::list: {
      const Value list = heap.make_list(static_cast<std::uint32_t>(v.size()));
      for (const data::Value& item : v.items()) heap.list_add(list, from_data(item));
      return list;
    }
    case data::Kind::map:
    case data::Kind::object: {
      // The dates of a YAML document (data/yaml.h).
      if (v.kind() == data::Kind::object && v.class_name() == "java.util.Date") {
        if (const data::Value* millis = v.find("millis"); millis != nullptr && millis->is_int()) {
          return make_date(heap, millis->as_int());
        }
      }
      const Value map = heap.make_map();
      if (v.kind() == data::Kind::object)
        heap.map_put(map, "$class", heap.make_string(std::string_view(v.class_name())));
      for (const auto& entry : v.members()) {
        const Value value = from_data(entry.value);
        heap.map_put(map, heap.make_string(std::string_view(entry.key)), value);
      }
      return map;
    }
  }
  return Value::null();
}

/// What effects tell of why they were interrupted, in place of the maps that came: objects with the classes and getters
/// that scripts ask for.
void Vm::State::wrap_causes(Value fields) {
  const Value causes = heap.map_get(fields, "causes");
  if (!causes.is(Kind::list)) return;
  for (Value& cause : heap.items(causes)) {
    if (!cause.is(Kind::map)) continue;
    const Value name = heap.map_get(cause, "_class");
    ClassId id = name.is_undefined() ? kNoClass : find_class(simple_text(name));
    if (id == kNoClass || !is_subclass(id, java::cause_of_interruption)) id = java::cause_of_interruption;
    const Value object = heap.make_native(id, 1);
    heap.native_slots(object)[0] = cause;
    cause = object;
  }
}

bool Vm::State::to_data(Value v, data::Value& out, std::string& problem, int depth, std::string path, bool lossy) {
  // A list that holds itself twice has no end long before it is deep.
  constexpr std::size_t kMostValues = 5'000'000;
  constexpr std::size_t kMostShown = 10'000;
  constexpr std::size_t kMostBytes = std::size_t{256} << 20;
  charge(1);
  if (depth == 0) {
    exchange_left = lossy ? kMostShown : kMostValues;
    exchange_bytes_left = kMostBytes;
  }
  const std::size_t bytes = v.is_string() ? heap.text(v).size() : 0;
  if (exchange_left == 0 || bytes > exchange_bytes_left) {
    problem = "the value at " + (path.empty() ? std::string("the top") : path) + " holds more than " +
              std::to_string(kMostValues) + " values or " + std::to_string(kMostBytes >> 20) +
              " MiB of text, or contains itself";
    if (lossy) out = data::Value("…");
    return lossy;
  }
  --exchange_left;
  exchange_bytes_left -= bytes;
  constexpr int kDeepestShown = 8;
  if (depth > (lossy ? kDeepestShown : 100)) {
    problem = "the value at " + (path.empty() ? std::string("the top") : path) +
              " is nested deeper than 100 levels or contains itself";
    if (lossy) out = data::Value("…");
    return lossy;
  }
  switch (v.tag) {
    case Tag::null_:
    case Tag::undefined:
      out = data::Value();
      return true;
    case Tag::boolean:
      out = data::Value(v.is_true());
      return true;
    case Tag::character: {
      TextBuilder text;
      text.append_unit(static_cast<char16_t>(v.integer));
      out = data::Value(text.view().utf8());
      return true;
    }
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
      out = data::Value(v.as_int());
      return true;
    case Tag::long_:
      out = data::Value(std::int64_t{v.integer});
      return true;
    case Tag::float_:
    case Tag::double_:
      out = data::Value(v.number);
      return true;
    case Tag::class_:
      out = data::Value(std::string(name_of(v.class_id())));
      return true;
    case Tag::object:
      break;
  }
  switch (v.kind) {
    case Kind::string:
      out = data::Value(heap.utf8(v));
      return true;
    case Kind::gstring:
    case Kind::string_builder:
    case Kind::pattern:
      out = data::Value(simple_text(v));
      return true;
    case Kind::big_integer:
      out = data::Value::big_integer(heap.big_integer(v).to_string());
      return true;
    case Kind::big_decimal:
      out = data::Value::decimal(heap.big_decimal(v).to_string());
      return true;
    case Kind::array:
      if (heap.array(v)->element == java::p_byte && heap.array(v)->depth == 1) {
        out = data::Value::bytes(heap.array_bytes(v));
        return true;
      }
      [[fallthrough]];
    case Kind::list:
    case Kind::range:
    case Kind::set: {
      std::vector<Value> all;
      if ((v.is(Kind::list) && heap.is_stale(v)) || elements(nullptr, v, all) != Status::ok) {
        problem = "the collection at " + path + " cannot be read as data";
        return lossy;
      }
      out = data::Value::list();
      std::size_t n = 0;
      for (const Value item : all) {
        if (lossy && exchange_left == 0) break;
        data::Value one;
        if (!to_data(item, one, problem, depth + 1, path + "[" + std::to_string(n++) + "]", lossy)) return false;
        out.push(std::move(one));
      }
      return true;
    }
    case Kind::map: {
      if (refresh_if_view(nullptr, v) != Status::ok) {
        problem = "the map at " + path + " cannot be read as data";
        return lossy;
      }
      data::Map members;
      for (const std::uint32_t slot : heap.map_order(v)) {
        const MapSlot s = heap.slots(v)[slot];
        if (lossy && exchange_left == 0) break;
        const std::string key = s.key.is_string() ? heap.utf8(s.key) : simple_text(s.key.plain());
        data::Value one;
        if (!to_data(s.value, one, problem, depth + 1, path.empty() ? key : path + "." + key, lossy)) return false;
        members.set(key, std::move(one));
      }
      out = data::Value(std::move(members));
      return true;
    }
    case Kind::map_entry: {
      data::Map members;
      data::Value one;
      if (!to_data(heap.entry(v)->value, one, problem, depth + 1, path, lossy)) return false;
      members.set(simple_text(heap.entry(v)->key), std::move(one));
      out = data::Value(std::move(members));
      return true;
    }
    case Kind::instance:
      if (is_subclass(class_of(v), java::enum_)) {
        out = data::Value(simple_text(v));
        return true;
      }
      break;
    case Kind::native_object: {
      const ClassId id = class_of(v);
      if (is_subclass(id, java::cause_of_interruption)) {
        return to_data(heap.native_slots(v)[0], out, problem, depth + 1, path, lossy);
      }
      if (tells_itself(id)) {
        out = data::Value(simple_text(v));
        return true;
      }
      break;
    }
    default:
      break;
  }
  if (lossy) {
    out = data::Value(simple_text(v));
    return true;
  }
  problem = "an object of class " + class_name(v) + (path.empty() ? std::string() : " at " + path) +
            " cannot be given to a step; pass its text or its data instead";
  return false;
}

}  // namespace windlass::vm

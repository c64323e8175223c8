// groovy.json: JsonSlurper, JsonSlurperClassic, JsonOutput. Parsing is data's; writing follows Groovy 2.4: ASCII only,
// properties of objects in a HashMap's order. JsonSlurperClassic makes HashMaps, as there. JsonBuilder is Groovy
// (src/prelude/gdk).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "data/json.h"
#include "num/java_numbers.h"
#include "text/date_format.h"
#include "text/utf.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

constexpr int kMaxDepth = 500;

// ---- reading

/// The moment that a text of one of four forms is, which JsonSlurper makes a Date: 1994-11-05T08:15:30 with Z, .123Z,
/// -05:00 or +0000 behind it; of the last Groovy takes three digits for milliseconds. Months and days beyond their ends
/// go on, as in Java's calendar.
std::optional<std::int64_t> moment_of(std::string_view text) {
  static constexpr std::string_view kForms[] = {"dddd-dd-ddTdd:dd:ddZ", "dddd-dd-ddTdd:dd:dd.dddZ",
                                                "dddd-dd-ddTdd:dd:ddsdddd", "dddd-dd-ddTdd:dd:ddsdd:dd"};
  const auto fits = [&](std::string_view form) {
    if (form.size() != text.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
      const char c = text[i];
      if (form[i] == 'd' ? c < '0' || c > '9' : form[i] == 's' ? c != '+' && c != '-' : c != form[i]) return false;
    }
    return true;
  };
  if (std::none_of(std::begin(kForms), std::end(kForms), fits)) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    std::int64_t out = 0;
    for (const char c : text.substr(at, size)) out = out * 10 + (c - '0');
    return out;
  };
  const std::int64_t months = part(5, 2) - 1;
  const auto first = std::chrono::sys_days(std::chrono::year(static_cast<int>(part(0, 4) + months / 12)) /
                                           std::chrono::month(static_cast<unsigned>(months % 12 + 12) % 12 + 1) / 1);
  std::int64_t seconds = (first.time_since_epoch().count() + part(8, 2) - 1) * 86400;
  seconds += part(11, 2) * 3600 + part(14, 2) * 60 + part(17, 2);
  std::int64_t millis = 0;
  if (text.size() == 24) millis = part(20, 3);
  if (text.size() == 25) {
    const std::int64_t zone = part(20, 2) * 3600 + part(text.size() - 2, 2) * 60;
    seconds -= text[19] == '-' ? -zone : zone;
  }
  return seconds * 1000 + millis;
}

/// The parsed value with maps of another class.
Status with_map_class(Call& call, const data::Value& v, ClassId map_class, bool dates, Value& out) {
  Heap& heap = call.heap();
  if (dates && v.is_string()) {
    if (const auto millis = moment_of(v.text())) {
      out = make_date(heap, *millis);
      return Status::ok;
    }
  }
  if (v.kind() == data::Kind::map) {
    out = heap.make_map(map_class);
    for (const auto& entry : v.members()) {
      Value value;
      VM_DO(with_map_class(call, entry.value, map_class, dates, value));
      Value old;
      VM_DO(call.map_put(out, heap.make_string(std::string_view(entry.key)), value, old));
    }
    return Status::ok;
  }
  if (v.kind() == data::Kind::list) {
    out = heap.make_list();
    for (const auto& item : v.items()) {
      Value value;
      VM_DO(with_map_class(call, item, map_class, dates, value));
      heap.list_add(out, value);
    }
    return Status::ok;
  }
  out = call.vm().from_data(v);
  return Status::ok;
}
enum SlurperSlot : std::uint8_t {
  slurper_type,
  slurper_dates,
  slurper_chop,
  slurper_lazy_chop,
  slurper_size,
  kSlurper
};
/// The name of the parser type that was set.
std::string parser_type(Call& call) {
  const Value type = call.heap().native_slots(call.self())[slurper_type];
  return type.is_null() ? std::string() : call.vm().state().simple_text(type);
}
Status parse_text(Call& call) {
  TextView text;
  if (!call.arg(0).is_null()) VM_DO(call.text(call.arg(0), text));
  if (text.empty()) return call.throw_java(java::illegal_argument_exception, "Text must not be null or empty");
  const bool classic = call.class_of(call.self()) == java::json_slurper_classic;
  data::JsonParseOptions options;
  bool dates = false;
  if (!call.vm().state().limits.slurper_dialects()) {
    // The standard only.
  } else if (classic) {
    options.dialect = data::JsonDialect::classic;
  } else {
    const std::string type = parser_type(call);
    options.dialect = type == "LAX" ? data::JsonDialect::lax : data::JsonDialect::slurper;
    dates =
        (type == "LAX" || type == "INDEX_OVERLAY") && call.heap().native_slots(call.self())[slurper_dates].is_true();
  }
  const auto parsed = data::parse_json(text.utf8(), options);
  if (!parsed) return call.throw_java(java::json_exception, parsed.error().message);
  Value out;
  VM_DO(with_map_class(call, *parsed, classic ? java::hash_map : java::lazy_map, dates, out));
  return call.give(out);
}
/// parse(reader), parse(bytes): whatever has a text.
Status parse(Call& call) {
  Value text = call.arg(0);
  if (text.is(Kind::array)) {
    text = call.heap().make_string(std::string_view(call.heap().array_bytes(text)));
  } else if (!text.is_text()) {
    VM_DO(call.get_property(text, "text", text));
  }
  Value out;
  const Value args[] = {text};
  VM_DO(call.invoke_method(call.self(), "parseText", args, out));
  return call.give(out);
}
Status slurper_new(Call& call) {
  const Value slurper = call.heap().make_native(call.self().class_id(), kSlurper);
  const auto slots = call.heap().native_slots(slurper);
  slots[slurper_dates] = Value::boolean(true);
  slots[slurper_chop] = Value::boolean(false);
  slots[slurper_lazy_chop] = Value::boolean(true);
  slots[slurper_size] = Value::of_int(2'000'000);
  return call.give(slurper);
}
template <std::uint8_t kSlot>
Status slurper_set(Call& call) {
  call.heap().native_slots(call.self())[kSlot] = call.arg(0);
  return call.give(call.self());
}
template <std::uint8_t kSlot>
Status slurper_get(Call& call) {
  const Value set = call.heap().native_slots(call.self())[kSlot];
  if (kSlot == slurper_type && set.is_null()) {
    Value type;
    VM_DO(call.get_property(Value::of_class(java::json_parser_type), "CHAR_BUFFER", type));
    return call.give(type);
  }
  return call.give(set);
}

// ---- writing

void write_text(TextView text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char16_t c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out += static_cast<char>(c);
        } else {
          out += "\\u";
          for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 15];
        }
    }
  }
  out += '"';
}

Status write(Call& call, Value v, std::string& out, int depth);

Status write_text_of(Call& call, Value v, std::string& out) {
  TextBuilder text;
  VM_DO(call.to_text(v, text));
  write_text(text.view(), out);
  return Status::ok;
}

Status write_map(Call& call, Value map, std::string& out, int depth) {
  Heap& heap = call.heap();
  VM_DO(call.vm().state().refresh_if_view(&call, map));
  std::vector<MapSlot> entries;
  for (const auto slot : heap.map_order(map)) entries.push_back(heap.slots(map)[slot]);
  out += '{';
  bool first = true;
  for (const MapSlot& entry : entries) {
    const Value key = entry.key.plain();
    if (key.is_null()) {
      return call.throw_java(java::illegal_argument_exception, "Maps with null keys can't be converted to JSON");
    }
    if (!first) out += ',';
    first = false;
    VM_DO(write_text_of(call, key, out));
    out += ':';
    VM_DO(write(call, entry.value.plain(), out, depth + 1));
  }
  out += '}';
  return Status::ok;
}
Status write_items(Call& call, Value v, std::string& out, int depth) {
  std::vector<Value> items;
  VM_DO(call.elements(v, items));
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    VM_DO(write(call, items[i], out, depth + 1));
  }
  out += ']';
  return Status::ok;
}
Status write_number(Call& call, Value v, std::string& out) {
  if (v.is_floating() && !std::isfinite(v.number)) {
    const std::string text = num::java_double_to_string(v.number);
    return call.throw_java(java::json_exception, "Number " + text + " can't be serialized as JSON: " +
                                                     (std::isnan(v.number) ? "NaN" : "infinite") +
                                                     " are not allowed in JSON.");
  }
  TextBuilder text;
  VM_DO(call.to_text(v, text));
  out += text.view().utf8();
  return Status::ok;
}

Status write(Call& call, Value v, std::string& out, int depth) {
  if (depth > kMaxDepth) return call.throw_java(java::stack_overflow_error);
  VM_DO(call.check_size(out.size()));
  if (v.is_null()) {
    out += "null";
    return Status::ok;
  }
  if (v.is_boolean()) {
    out += v.is_true() ? "true" : "false";
    return Status::ok;
  }
  if (v.is_number()) return write_number(call, v, out);
  if (v.is_text() || v.is_character() || v.is(Kind::string_builder)) return write_text_of(call, v, out);
  if (v.is(Kind::map)) return write_map(call, v, out, depth);
  if (v.is(Kind::array) && call.heap().array(v)->element == java::p_char) {
    TextBuilder text;
    for (const Value& c : call.heap().array_items(v)) text.append_unit(static_cast<char16_t>(c.integer));
    write_text(text.view(), out);
    return Status::ok;
  }
  if (call.is_collection(v) || v.is(Kind::array) || v.is(Kind::iterator)) return write_items(call, v, out, depth);
  if (v.is_class()) return write_text_of(call, v, out);
  if (call.is_instance(v, java::enum_)) {
    Value name;
    VM_DO(call.invoke_method(v, "name", {}, name));
    return write_text_of(call, name, out);
  }
  if (call.is_instance(v, java::date) || call.is_instance(v, java::calendar)) {
    Value millis;
    VM_DO(call.invoke_method(v, call.is_instance(v, java::date) ? "getTime" : "getTimeInMillis", {}, millis));
    out += '"';
    out +=
        VM_JAVA(call, text::format_simple_date("yyyy-MM-dd'T'HH:mm:ssZ", call.to_long(millis), text::TimeZone::utc()));
    out += '"';
    return Status::ok;
  }
  const ClassId id = call.class_of(v);
  if (id == java::json_unescaped) {
    out += call.heap().utf8(call.heap().native_slots(v)[0]);
    return Status::ok;
  }
  if (id == java::json_builder) return write(call, call.heap().native_slots(v)[0], out, depth + 1);
  if (id == java::expando) return write(call, call.heap().native_slots(v)[0], out, depth + 1);
  if (id >= java::count_ && call.is_instance(v, java::iterable)) return write_items(call, v, out, depth);
  if (v.is(Kind::instance) || v.is(Kind::map_entry)) {
    Value properties;
    VM_DO(call.invoke_method(v, "getProperties", {}, properties));
    for (const std::string_view hidden : {"class", "declaringClass", "metaClass"}) {
      call.heap().map_remove(properties, TextView(hidden));
    }
    return write_map(call, properties, out, depth);
  }
  return write_text_of(call, v, out);
}
Status to_json(Call& call) {
  std::string out;
  VM_DO(write(call, call.arg(0), out, 0));
  return call.give_utf8(out);
}
Status pretty_print(Call& call) {
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  const auto printed = data::pretty_print_json(text.utf8());
  if (!printed) return call.throw_java(java::json_exception, printed.error().message);
  return call.give_utf8(*printed);
}
Status unescaped(Call& call) {
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  const Value kept = call.heap().make_string(text);
  const Value v = call.heap().make_native(java::json_unescaped, 1);
  call.heap().native_slots(v)[0] = kept;
  return call.give(v);
}
Status unescaped_text(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"groovy.json.JsonSlurper", "<init>", "", slurper_new, K::constructor},
    {"groovy.json.JsonSlurper", "setType", "groovy.json.JsonParserType", slurper_set<slurper_type>},
    {"groovy.json.JsonSlurper", "getType", "", slurper_get<slurper_type>},
    {"groovy.json.JsonSlurper", "setCheckDates", "boolean", slurper_set<slurper_dates>},
    {"groovy.json.JsonSlurper", "isCheckDates", "", slurper_get<slurper_dates>},
    {"groovy.json.JsonSlurper", "setChop", "boolean", slurper_set<slurper_chop>},
    {"groovy.json.JsonSlurper", "isChop", "", slurper_get<slurper_chop>},
    {"groovy.json.JsonSlurper", "setLazyChop", "boolean", slurper_set<slurper_lazy_chop>},
    {"groovy.json.JsonSlurper", "isLazyChop", "", slurper_get<slurper_lazy_chop>},
    {"groovy.json.JsonSlurper", "setMaxSizeForInMemory", "int", slurper_set<slurper_size>},
    {"groovy.json.JsonSlurper", "getMaxSizeForInMemory", "", slurper_get<slurper_size>},
    {"groovy.json.JsonSlurper", "parseText", "Object", parse_text},
    {"groovy.json.JsonSlurper", "parse", "Object", parse},
    {"groovy.json.JsonSlurperClassic", "<init>", "", slurper_new, K::constructor},
    {"groovy.json.JsonSlurperClassic", "parseText", "Object", parse_text},
    {"groovy.json.JsonSlurperClassic", "parse", "Object", parse},
    {"groovy.json.JsonOutput", "toJson", "Object", to_json, K::static_method},
    {"groovy.json.JsonOutput", "prettyPrint", "Object", pretty_print, K::static_method},
    {"groovy.json.JsonOutput", "unescaped", "CharSequence", unescaped, K::static_method},
    {"groovy.json.JsonOutput$JsonUnescaped", "toString", "", unescaped_text},
    {"groovy.json.JsonOutput$JsonUnescaped", "getText", "", unescaped_text},
};

}  // namespace

NativeTable json_methods() { return kMethods; }

}  // namespace windlass::vm

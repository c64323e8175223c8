// java.util.Date, TimeZone and SimpleDateFormat with Groovy's additions. A Date is a native object of one Long, the
// milliseconds since 1970; a TimeZone of its id; a SimpleDateFormat of pattern, zone id and leniency.
#include "text/date_format.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {

std::int64_t date_millis(Heap& heap, Value date) { return heap.native_slots(date)[0].integer; }
Value make_date(Heap& heap, std::int64_t millis, ClassId class_id) {
  const Value v = heap.make_native(class_id, 1);
  heap.native_slots(v)[0] = Value::of_long(millis);
  return v;
}
std::string default_zone(Call& call) { return call.vm().state().host.time_zone(); }
Value make_zone(Heap& heap, std::string_view id, ClassId class_id) {
  const Value v = heap.make_native(class_id, 1);
  const Value text = heap.make_string(id);
  heap.native_slots(v)[0] = text;
  return v;
}
std::string zone_id(Heap& heap, Value zone) { return heap.utf8(heap.native_slots(zone)[0]); }

namespace {

constexpr std::int64_t kDayMillis = 86'400'000;

std::int64_t self_millis(Call& call) { return date_millis(call.heap(), call.self()); }
text::TimeZone own_zone(Call& call) { return text::TimeZone::find_or_gmt(default_zone(call)); }
text::CivilTime civil(Call& call) { return own_zone(call).civil(self_millis(call)); }
Status give_date(Call& call, std::int64_t millis) {
  return call.give(make_date(call.heap(), millis, call.class_of(call.self())));
}

// ---- Date
// ------------------------------------------------------------------------------------------------------------

Status date_new(Call& call) {
  std::int64_t millis = 0;
  if (call.count() == 0) {
    millis = call.vm().state().host.clock_millis(call.fiber().id);
  } else if (call.count() == 1) {
    if (call.arg(0).is_text()) {
      return call.throw_java(java::illegal_argument_exception);
    }
    millis = call.long_arg(0);
  } else {
    const auto field = [&](std::uint32_t i) { return call.has(i) ? call.int_arg(i) : 0; };
    millis = own_zone(call).to_millis(std::int64_t{field(0)} + 1900, field(1) + 1, field(2), field(3), field(4),
                                      field(5), 0);
  }
  return call.give(make_date(call.heap(), millis, call.self().class_id()));
}
Status get_time(Call& call) { return call.give(self_millis(call)); }
Status set_time(Call& call) {
  call.heap().native_slots(call.self())[0] = Value::of_long(call.long_arg(0));
  return call.give_null();
}
Status to_text(Call& call) { return call.give_utf8(text::format_date_to_string(self_millis(call), own_zone(call))); }
Status before(Call& call) { return call.give(self_millis(call) < date_millis(call.heap(), call.arg(0))); }
Status after(Call& call) { return call.give(self_millis(call) > date_millis(call.heap(), call.arg(0))); }
Status compare_to(Call& call) {
  const auto a = self_millis(call);
  const auto b = date_millis(call.heap(), call.arg(0));
  return call.give(std::int32_t{(a > b) - (a < b)});
}
Status hash_code(Call& call) {
  const auto n = static_cast<std::uint64_t>(self_millis(call));
  return call.give(static_cast<std::int32_t>(static_cast<std::uint32_t>(n ^ (n >> 32))));
}
Status clone(Call& call) { return give_date(call, self_millis(call)); }
Status plus_days(Call& call) {
  // A day has 24 hours on the calendar, not on the clock: summer time begins or ends in between.
  auto days = call.has(0) ? call.long_arg(0) : 1;
  if (call.name() == "minus" || call.name() == "previous") days = -days;
  const auto c = civil(call);
  return give_date(call, own_zone(call).to_millis(c.year, c.month, static_cast<int>(c.day + days), c.hour, c.minute,
                                                  c.second, c.millisecond));
}
/// date - date: whole days between the two, by the local calendar.
Status minus_date(Call& call) {
  const auto zone = own_zone(call);
  const auto a = zone.civil(self_millis(call));
  const auto b = zone.civil(date_millis(call.heap(), call.arg(0)));
  return call.give(static_cast<std::int32_t>(text::days_from_civil(a.year, a.month, a.day) -
                                             text::days_from_civil(b.year, b.month, b.day)));
}
Status field_of_date(Call& call) {
  const auto c = civil(call);
  const auto name = call.name();
  const std::int64_t n = name == "getYear"      ? c.year - 1900
                         : name == "getMonth"   ? c.month - 1
                         : name == "getDate"    ? c.day
                         : name == "getDay"     ? c.weekday
                         : name == "getHours"   ? c.hour
                         : name == "getMinutes" ? c.minute
                         : name == "getSeconds" ? c.second
                                                : -c.offset_seconds / 60;
  return call.give(static_cast<std::int32_t>(n));
}
Status set_field_of_date(Call& call) {
  auto c = civil(call);
  const int n = call.int_arg(0);
  const auto name = call.name();
  if (name == "setYear") c.year = n + 1900;
  if (name == "setMonth") c.month = n + 1;
  if (name == "setDate") c.day = n;
  if (name == "setHours") c.hour = n;
  if (name == "setMinutes") c.minute = n;
  if (name == "setSeconds") c.second = n;
  const auto millis = own_zone(call).to_millis(c.year, c.month, c.day, c.hour, c.minute, c.second, c.millisecond);
  call.heap().native_slots(call.self())[0] = Value::of_long(millis);
  return call.give_null();
}
Status clear_time(Call& call) {
  const auto c = civil(call);
  const auto millis = own_zone(call).to_millis(c.year, c.month, c.day, 0, 0, 0, 0);
  call.heap().native_slots(call.self())[0] = Value::of_long(millis);
  return call.give(call.self());
}
/// set(year: …), copyWith(…), updated(…): fields by Groovy's names, months from zero.
Status set_fields(Call& call) {
  auto c = civil(call);
  Heap& heap = call.heap();
  for (const auto slot : heap.map_order(call.arg(0))) {
    const MapSlot entry = heap.slots(call.arg(0))[slot];
    TextView key;
    VM_DO(call.text(entry.key.plain(), key));
    const std::string name = key.utf8();
    const int n = call.to_int(entry.value);
    if (name == "year") {
      c.year = n;
    } else if (name == "month") {
      c.month = n + 1;
    } else if (name == "date" || name == "dayOfMonth") {
      c.day = n;
    } else if (name == "hourOfDay") {
      c.hour = n;
    } else if (name == "minute") {
      c.minute = n;
    } else if (name == "second") {
      c.second = n;
    } else {
      return call.throw_java(java::illegal_argument_exception, "Calendar has no field " + name);
    }
  }
  const auto millis = own_zone(call).to_millis(c.year, c.month, c.day, c.hour, c.minute, c.second, c.millisecond);
  if (call.name() == "set") {
    heap.native_slots(call.self())[0] = Value::of_long(millis);
    return call.give_null();
  }
  return give_date(call, millis);
}
Status format_date(Call& call) {
  const text::TimeZone zone =
      call.has(1) ? text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(1))) : own_zone(call);
  TextView pattern;
  VM_DO(call.text(call.arg(0), pattern));
  return call.give_utf8(VM_JAVA(call, text::format_simple_date(pattern.utf8(), self_millis(call), zone)));
}
Status parse_date(Call& call) {
  const text::TimeZone zone =
      call.has(2) ? text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(2))) : own_zone(call);
  auto millis = text::parse_simple_date(call.utf8_arg(0), call.utf8_arg(1), zone);
  if (!millis) return throw_parse_exception(call, millis.error());
  return call.give(make_date(call.heap(), *millis));
}
Status date_string(Call& call) {
  const auto name = call.name();
  const std::string_view pattern = name == "getDateString"       ? "M/d/yy"
                                   : name == "getTimeString"     ? "h:mm:ss a"
                                   : name == "getDateTimeString" ? "M/d/yy, h:mm:ss a"
                                                                 : "d MMM yyyy HH:mm:ss 'GMT'";
  const auto zone = name == "toGMTString" ? text::TimeZone::utc() : own_zone(call);
  return call.give_utf8(VM_JAVA(call, text::format_simple_date(pattern, self_millis(call), zone)));
}
Status parse_to_string(Call& call) {
  auto millis = text::parse_simple_date("EEE MMM dd HH:mm:ss zzz yyyy", call.utf8_arg(0), own_zone(call));
  if (!millis) return throw_parse_exception(call, millis.error());
  return call.give(make_date(call.heap(), *millis));
}

// ---- TimeZone
// --------------------------------------------------------------------------------------------------------

Status zone_of(Call& call) {
  const std::string id = call.arg(0).is_text() ? call.utf8_arg(0) : zone_id(call.heap(), call.arg(0));
  return call.give(make_zone(call.heap(), text::TimeZone::find_or_gmt(id).id()));
}
Status zone_default(Call& call) { return call.give(make_zone(call.heap(), default_zone(call))); }
Status zone_get_id(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
text::TimeZone self_zone(Call& call) { return text::TimeZone::find_or_gmt(zone_id(call.heap(), call.self())); }
/// The standard offset: that of the winter, whichever half of the year it is.
std::int32_t raw_offset(const text::TimeZone& zone, std::int64_t now) {
  for (std::int64_t at = now; at < now + 400 * kDayMillis; at += 30 * kDayMillis) {
    if (const auto c = zone.civil(at); !c.daylight) return c.offset_seconds;
  }
  return zone.offset_seconds(now);
}
Status zone_raw_offset(Call& call) {
  const auto now = call.vm().state().host.clock_millis(call.fiber().id);
  return call.give(raw_offset(self_zone(call), now) * 1000);
}
Status zone_offset(Call& call) { return call.give(self_zone(call).offset_seconds(call.long_arg(0)) * 1000); }
Status zone_in_daylight(Call& call) {
  return call.give(self_zone(call).civil(date_millis(call.heap(), call.arg(0))).daylight);
}
Status zone_display_name(Call& call) {
  const auto now = call.vm().state().host.clock_millis(call.fiber().id);
  return call.give_utf8(self_zone(call).civil(now).zone_abbreviation);
}

// ---- SimpleDateFormat
// ------------------------------------------------------------------------------------------------

enum FormatSlot : std::uint32_t { format_pattern, format_zone, format_lenient, kFormatSlots };

Status format_new(Call& call) {
  const std::string pattern = call.has(0) && call.arg(0).is_text() ? call.utf8_arg(0) : "M/d/yy, h:mm a";
  // A wrong pattern is told when the object is made.
  (void)VM_JAVA(call, text::format_simple_date(pattern, 0, text::TimeZone::utc()));
  const Value v = call.heap().make_native(java::simple_date_format, kFormatSlots);
  const Value text = call.heap().make_string(std::string_view(pattern));
  const Value zone = call.heap().make_string(std::string_view(default_zone(call)));
  const auto slots = call.heap().native_slots(v);
  slots[format_pattern] = text;
  slots[format_zone] = zone;
  slots[format_lenient] = Value::boolean(true);
  return call.give(v);
}
text::TimeZone format_time_zone(Call& call) {
  return text::TimeZone::find_or_gmt(call.heap().utf8(call.heap().native_slots(call.self())[format_zone]));
}
Status format_format(Call& call) {
  const std::string pattern = call.heap().utf8(call.heap().native_slots(call.self())[format_pattern]);
  const Value v = call.arg(0);
  std::int64_t millis = 0;
  if (v.is_number()) {
    millis = call.to_long(v);
  } else if (call.is_instance(v, java::date)) {
    millis = date_millis(call.heap(), v);
  } else {
    return call.throw_java(java::illegal_argument_exception, "Cannot format given Object as a Date");
  }
  return call.give_utf8(VM_JAVA(call, text::format_simple_date(pattern, millis, format_time_zone(call))));
}
Status format_parse(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const std::string pattern = call.heap().utf8(slots[format_pattern]);
  auto millis =
      text::parse_simple_date(pattern, call.utf8_arg(0), format_time_zone(call), slots[format_lenient].is_true());
  if (!millis) return throw_parse_exception(call, millis.error());
  return call.give(make_date(call.heap(), *millis));
}
Status format_set_zone(Call& call) {
  const Value id = call.heap().native_slots(call.arg(0))[0];
  call.heap().native_slots(call.self())[format_zone] = id;
  return call.give_null();
}
Status format_equals(Call& call) {
  if (!call.arg(0).is(Kind::native_object) || call.class_of(call.arg(0)) != java::simple_date_format) {
    return call.give(false);
  }
  for (std::uint32_t i = 0; i < kFormatSlots; ++i) {
    bool same = false;
    VM_DO(call.equals(call.heap().native_slots(call.self())[i], call.heap().native_slots(call.arg(0))[i], same));
    if (!same) return call.give(false);
  }
  return call.give(true);
}
Status format_hash(Call& call) {
  std::int32_t hash = 0;
  VM_DO(call.hash(call.heap().native_slots(call.self())[format_pattern], hash));
  return call.give(hash);
}
Status format_get_zone(Call& call) { return call.give(make_zone(call.heap(), format_time_zone(call).id())); }
Status format_set_lenient(Call& call) {
  call.heap().native_slots(call.self())[format_lenient] = Value::boolean(call.bool_arg(0));
  return call.give_null();
}
Status format_is_lenient(Call& call) { return call.give(call.heap().native_slots(call.self())[format_lenient]); }
Status format_to_pattern(Call& call) { return call.give(call.heap().native_slots(call.self())[format_pattern]); }
Status format_apply_pattern(Call& call) {
  (void)VM_JAVA(call, text::format_simple_date(call.utf8_arg(0), 0, text::TimeZone::utc()));
  call.heap().native_slots(call.self())[format_pattern] = call.arg(0);
  return call.give_null();
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.util.Date", "<init>", "", date_new, K::constructor},
    {"java.util.Date", "<init>", "long", date_new, K::constructor},
    {"java.util.Date", "<init>", "String", date_new, K::constructor},
    {"java.util.Date", "<init>", "int,int,int", date_new, K::constructor},
    {"java.util.Date", "<init>", "int,int,int,int,int", date_new, K::constructor},
    {"java.util.Date", "<init>", "int,int,int,int,int,int", date_new, K::constructor},
    {"java.sql.Timestamp", "<init>", "long", date_new, K::constructor},
    {"java.util.Date", "getTime", "", get_time},
    {"java.util.Date", "setTime", "long", set_time},
    {"java.util.Date", "toString", "", to_text},
    {"java.util.Date", "before", "Date", before},
    {"java.util.Date", "after", "Date", after},
    {"java.util.Date", "compareTo", "Date", compare_to},
    {"java.util.Date", "hashCode", "", hash_code},
    {"java.util.Date", "clone", "", clone},
    {"java.util.Date", "plus", "int", plus_days},
    {"java.util.Date", "minus", "int", plus_days},
    {"java.util.Date", "minus", "Date", minus_date},
    {"java.util.Date", "next", "", plus_days},
    {"java.util.Date", "previous", "", plus_days},
    {"java.util.Date", "getYear", "", field_of_date},
    {"java.util.Date", "getMonth", "", field_of_date},
    {"java.util.Date", "getDate", "", field_of_date},
    {"java.util.Date", "getDay", "", field_of_date},
    {"java.util.Date", "getHours", "", field_of_date},
    {"java.util.Date", "getMinutes", "", field_of_date},
    {"java.util.Date", "getSeconds", "", field_of_date},
    {"java.util.Date", "getTimezoneOffset", "", field_of_date},
    {"java.util.Date", "setYear", "int", set_field_of_date},
    {"java.util.Date", "setMonth", "int", set_field_of_date},
    {"java.util.Date", "setDate", "int", set_field_of_date},
    {"java.util.Date", "setHours", "int", set_field_of_date},
    {"java.util.Date", "setMinutes", "int", set_field_of_date},
    {"java.util.Date", "setSeconds", "int", set_field_of_date},
    {"java.util.Date", "clearTime", "", clear_time},
    {"java.util.Date", "set", "Map", set_fields},
    {"java.util.Date", "copyWith", "Map", set_fields},
    {"java.util.Date", "updated", "Map", set_fields},
    {"java.util.Date", "format", "CharSequence", format_date},
    {"java.util.Date", "format", "CharSequence,TimeZone", format_date},
    {"java.util.Date", "getDateString", "", date_string},
    {"java.util.Date", "getTimeString", "", date_string},
    {"java.util.Date", "getDateTimeString", "", date_string},
    {"java.util.Date", "toGMTString", "", date_string},
    {"java.util.Date", "parse", "String,String", parse_date, K::static_method},
    {"java.util.Date", "parse", "String,String,TimeZone", parse_date, K::static_method},
    {"java.util.Date", "parseToStringDate", "String", parse_to_string, K::static_method},
    {"java.util.TimeZone", "getTimeZone", "Object", zone_of, K::static_method},
    {"java.util.TimeZone", "getDefault", "", zone_default, K::static_method},
    {"java.util.TimeZone", "getID", "", zone_get_id},
    {"java.util.TimeZone", "getRawOffset", "", zone_raw_offset},
    {"java.util.TimeZone", "getOffset", "long", zone_offset},
    {"java.util.TimeZone", "inDaylightTime", "Date", zone_in_daylight},
    {"java.util.TimeZone", "getDisplayName", "", zone_display_name},
    {"java.text.SimpleDateFormat", "<init>", "", format_new, K::constructor},
    {"java.text.SimpleDateFormat", "<init>", "String", format_new, K::constructor},
    {"java.text.SimpleDateFormat", "<init>", "String,java.util.Locale", format_new, K::constructor},
    {"java.text.SimpleDateFormat", "format", "Object", format_format},
    {"java.text.SimpleDateFormat", "parse", "String", format_parse},
    {"java.text.SimpleDateFormat", "setTimeZone", "TimeZone", format_set_zone},
    {"java.text.SimpleDateFormat", "getTimeZone", "", format_get_zone},
    {"java.text.SimpleDateFormat", "setLenient", "boolean", format_set_lenient},
    {"java.text.SimpleDateFormat", "isLenient", "", format_is_lenient},
    {"java.text.SimpleDateFormat", "equals", "Object", format_equals},
    {"java.text.SimpleDateFormat", "hashCode", "", format_hash},
    {"java.text.SimpleDateFormat", "toPattern", "", format_to_pattern},
    {"java.text.SimpleDateFormat", "applyPattern", "String", format_apply_pattern},
};

}  // namespace

Status throw_parse_exception(Call& call, const num::Thrown& thrown) {
  const Status status = call.throw_java(thrown);
  if (thrown.type != "java.text.ParseException") return status;
  const Value exception = call.take_exception();
  const Value fields = call.heap().make_map();
  call.heap().map_put(fields, "errorOffset", Value::of_int(0));
  call.heap().instance_slots(exception)[throwable_extra] = fields;
  return call.throw_value(exception);
}

NativeTable date_methods() { return kMethods; }

}  // namespace windlass::vm

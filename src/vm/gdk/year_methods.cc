// java.time.Year, MonthDay and Clock: what they are made of and how they are shown. What follows from that is
// arithmetic in src/prelude/gdk/java_time_years.groovy. Slots: Year: year · MonthDay: month, day · Clock: ClockSlot,
// its Instant null for the present or where it goes by another clock
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/gdk/time_limits.h"
#include "vm/gdk/time_values.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

std::int64_t slot(Call& call, std::size_t i) { return call.heap().native_slots(call.self())[i].integer; }

Status year_of(Call& call) {
  const auto year = VM_JAVA(call, checked_year(call.long_arg(0)));
  const Value v = call.heap().make_native(java::time_year, 1);
  call.heap().native_slots(v)[0] = Value::of_long(year);
  return call.give(v);
}
Status year_value(Call& call) { return call.give(static_cast<std::int32_t>(slot(call, 0))); }
Status year_text(Call& call) { return call.give_utf8(std::to_string(slot(call, 0))); }

Status month_day_of(Call& call) {
  const Value first = call.arg(0);
  const std::int64_t month =
      first.is_number() ? call.to_long(first) : java_enum_ordinal(call.heap(), first, java::time_month) + 1;
  const std::int64_t day = call.long_arg(1);
  if (month < 1 || month > 12)
    return call.throw_java(java::date_time_exception, "Invalid value for MonthOfYear: " + std::to_string(month));
  if (day < 1 || day > 31)
    return call.throw_java(java::date_time_exception,
                           "Invalid value for DayOfMonth (valid values 1 - 28/31): " + std::to_string(day));
  if (day > length_of_month(2000, static_cast<int>(month))) {
    return call.throw_java(java::date_time_exception,
                           "Illegal value for DayOfMonth field, value " + std::to_string(day) +
                               " is not valid for month " +
                               std::string(java_enum_names(java::time_month)[static_cast<std::size_t>(month - 1)]));
  }
  const Value v = call.heap().make_native(java::time_month_day, 2);
  call.heap().native_slots(v)[0] = Value::of_long(month);
  call.heap().native_slots(v)[1] = Value::of_long(day);
  return call.give(v);
}
Status month_day_field(Call& call) {
  return call.give(static_cast<std::int32_t>(slot(call, call.name() == "getMonthValue" ? 0 : 1)));
}
Status month_day_text(Call& call) {
  return call.give_utf8(
      "-" + date_text(text::days_from_civil(2000, static_cast<int>(slot(call, 0)), static_cast<int>(slot(call, 1))))
                .substr(4));
}

enum ClockSlot : std::uint32_t { clock_time, clock_place, clock_base, clock_amount, clock_nanos, kClockSlots };

Status make_clock(Call& call, Value instant, Value zone) {
  if (zone.is_null()) return call.throw_java(java::null_pointer_exception, "zone");
  const Value v = call.heap().make_native(java::time_clock, kClockSlots);
  call.heap().native_slots(v)[clock_time] = instant;
  call.heap().native_slots(v)[clock_place] = zone;
  return call.give(v);
}
/// A clock by another one: `amount` later, or (with the nanoseconds of a tick) the last tick of it.
Status make_derived_clock(Call& call, Value base, Value amount, Value nanos) {
  const Value zone = call.heap().native_slots(base)[clock_place];
  VM_DO(make_clock(call, Value::null(), zone));
  const auto slots = call.heap().native_slots(call.self());
  slots[clock_base] = base;
  slots[clock_amount] = amount;
  slots[clock_nanos] = nanos;
  return Status::ok;
}
Status clock_offset(Call& call) {
  const Value base = call.arg(0);
  const Value amount = call.arg(1);
  if (base.is_null()) return call.throw_java(java::null_pointer_exception, "baseClock");
  if (amount.is_null()) return call.throw_java(java::null_pointer_exception, "offsetDuration");
  Value nanos;
  VM_DO(call.invoke_method(amount, "toNanos", {}, nanos));
  if (call.to_long(nanos) == 0) return call.give(base);
  return make_derived_clock(call, base, amount, Value::null());
}
Status clock_tick(Call& call) {
  const Value base = call.arg(0);
  const Value amount = call.arg(1);
  if (base.is_null()) return call.throw_java(java::null_pointer_exception, "baseClock");
  if (amount.is_null()) return call.throw_java(java::null_pointer_exception, "tickDuration");
  Value value;
  VM_DO(call.invoke_method(amount, "toNanos", {}, value));
  const std::int64_t nanos = call.to_long(value);
  if (nanos < 0) return call.throw_java(java::illegal_argument_exception, "Tick duration must not be negative");
  if (nanos <= 1) return call.give(base);
  if (nanos % 1'000'000 != 0 && 1'000'000'000 % nanos != 0)
    return call.throw_java(java::illegal_argument_exception, "Invalid tick duration");
  return make_derived_clock(call, base, amount, Value::of_long(nanos));
}
Status clock_fixed(Call& call) { return make_clock(call, call.arg(0), call.arg(1)); }
Status clock_system(Call& call) { return make_clock(call, Value::null(), call.arg(0)); }
Status clock_with_zone(Call& call) {
  const Value zone = call.arg(0);
  const Value base = call.heap().native_slots(call.self())[clock_base];
  if (base.is_null()) return make_clock(call, call.heap().native_slots(call.self())[clock_time], zone);
  const Value amount = call.heap().native_slots(call.self())[clock_amount];
  const Value nanos = call.heap().native_slots(call.self())[clock_nanos];
  Value moved;
  VM_DO(call.invoke_method(base, "withZone", std::array{zone}, moved));
  return make_derived_clock(call, moved, amount, nanos);
}
Status clock_zone(Call& call) { return call.give(call.heap().native_slots(call.self())[clock_place]); }
Status clock_instant(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  if (!slots[clock_time].is_null()) return call.give(slots[clock_time]);
  const Value base = slots[clock_base];
  const Value amount = slots[clock_amount];
  const Value nanos = slots[clock_nanos];
  Value now;
  if (base.is_null()) {
    VM_DO(call.invoke_static(java::time_instant, "now", {}, now));
    return call.give(now);
  }
  VM_DO(call.invoke_method(base, "instant", {}, now));
  Value out;
  if (nanos.is_null()) {
    VM_DO(call.invoke_method(now, "plus", std::array{amount}, out));
    return call.give(out);
  }
  const std::int64_t tick = call.to_long(nanos);
  const bool in_millis = tick % 1'000'000 == 0;
  Value read;
  VM_DO(call.invoke_method(now, in_millis ? "toEpochMilli" : "getNano", {}, read));
  const std::int64_t unit = in_millis ? tick / 1'000'000 : tick;
  const std::int64_t rest = (call.to_long(read) % unit + unit) % unit;
  if (in_millis) {
    VM_DO(call.invoke_static(java::time_instant, "ofEpochMilli", std::array{Value::of_long(call.to_long(read) - rest)},
                             out));
  } else {
    VM_DO(call.invoke_method(now, "minusNanos", std::array{Value::of_long(rest)}, out));
  }
  return call.give(out);
}
Status clock_text(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const bool fixed = !slots[clock_time].is_null();
  const bool derived = !slots[clock_base].is_null();
  const bool ticks = !slots[clock_nanos].is_null();
  const Value first = fixed ? slots[clock_time] : slots[clock_base];
  const Value second = derived ? slots[clock_amount] : slots[clock_place];
  TextBuilder text;
  text.append(fixed ? "FixedClock[" : ticks ? "TickClock[" : derived ? "OffsetClock[" : "SystemClock[");
  if (fixed || derived) {
    VM_DO(call.to_text(first, text));
    text.append(",");
  }
  VM_DO(call.to_text(second, text));
  text.append("]");
  return call.give_text(text.view());
}

/// Clocks are as they are shown: base, amount and zone are all of it.
Status clock_equals(Call& call) {
  if (!call.is_instance(call.arg(0), java::time_clock)) return call.give(false);
  TextBuilder mine;
  TextBuilder other;
  VM_DO(call.to_text(call.self(), mine));
  VM_DO(call.to_text(call.arg(0), other));
  return call.give(mine.view() == other.view());
}
Status clock_hash(Call& call) {
  TextBuilder text;
  VM_DO(call.to_text(call.self(), text));
  std::int32_t hash = 0;
  VM_DO(call.hash(call.heap().make_string(text), hash));
  return call.give(hash);
}

/// The date that a class's now() means: of a clock, in a zone, or here.
Status today(Call& call, Value& out) {
  if (!call.has(0)) return call.invoke_static(java::time_local_date, "now", {}, out);
  if (!call.is_instance(call.arg(0), java::time_clock))
    return call.invoke_static(java::time_local_date, "now", std::array{call.arg(0)}, out);
  Value instant;
  VM_DO(call.invoke_method(call.arg(0), "instant", {}, instant));
  const Value zone = call.heap().native_slots(call.arg(0))[clock_place];
  return call.invoke_method(instant, "atZone", std::array{zone}, out);
}
/// Year, MonthDay or YearMonth of anything that has a date.
Status part_of(Call& call, Value date) {
  const ClassId wanted = call.self().class_id();
  if (call.is_instance(date, wanted)) return call.give(date);
  std::vector<Value> parts;
  const auto add = [&](std::string_view getter) {
    Value part;
    const Status status = call.invoke_method(date, getter, {}, part);
    parts.push_back(part);
    return status;
  };
  if (wanted != java::time_month_day) VM_DO(add("getYear"));
  if (wanted != java::time_year) VM_DO(add("getMonthValue"));
  if (wanted == java::time_month_day) VM_DO(add("getDayOfMonth"));
  Value out;
  VM_DO(call.invoke_static(wanted, "of", parts, out));
  return call.give(out);
}
Status part_now(Call& call) {
  Value date;
  VM_DO(today(call, date));
  return part_of(call, date);
}
Status part_from(Call& call) { return part_of(call, call.arg(0)); }

/// LocalDate.now(clock) and its like.
Status now_of_clock(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception, "clock");
  Value moment;
  VM_DO(today(call, moment));
  const ClassId wanted = call.self().class_id();
  if (wanted == java::time_zoned_date_time) return call.give(moment);
  const std::string_view as = wanted == java::time_local_date        ? "toLocalDate"
                              : wanted == java::time_local_time      ? "toLocalTime"
                              : wanted == java::time_local_date_time ? "toLocalDateTime"
                              : wanted == java::time_instant         ? "toInstant"
                                                                     : "toOffsetDateTime";
  Value out;
  VM_DO(call.invoke_method(moment, as, {}, out));
  return call.give(out);
}

/// "2024", "--12-25".
Status part_parse(Call& call) {
  const auto text = call.utf8_arg(0);
  const bool is_year = call.self().class_id() == java::time_year;
  const auto digits = [&](std::size_t from, std::size_t count) -> std::optional<std::int64_t> {
    if (from + count > text.size() || count == 0) return std::nullopt;
    std::int64_t n = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      n = n * 10 + (text[i] - '0');
    }
    return n;
  };
  std::vector<Value> parts;
  if (is_year) {
    const bool has_sign = !text.empty() && (text[0] == '-' || text[0] == '+');
    const std::size_t count = text.size() - (has_sign ? 1 : 0);
    const bool plain = count > 0 && count < 10;
    if (const auto n = plain ? digits(has_sign ? 1 : 0, count) : std::nullopt)
      parts.push_back(Value::of_int(static_cast<std::int32_t>(text[0] == '-' ? -*n : *n)));
  } else if (text.size() == 7 && text.starts_with("--") && text[4] == '-') {
    const auto month = digits(2, 2);
    const auto day = digits(5, 2);
    if (month && day) {
      parts.push_back(Value::of_int(static_cast<std::int32_t>(*month)));
      parts.push_back(Value::of_int(static_cast<std::int32_t>(*day)));
    }
  }
  if (parts.empty())
    return call.throw_java(java::date_time_parse_exception, "Text '" + text + "' could not be parsed at index 0");
  Value out;
  VM_DO(call.invoke_static(call.self().class_id(), "of", parts, out));
  return call.give(out);
}

using K = NativeKind;
#define WL_PART(owner)                                                                                            \
  {owner, "now", "", part_now, K::static_method}, {owner, "now", "java.time.ZoneId", part_now, K::static_method}, \
      {owner, "now", "java.time.Clock", part_now, K::static_method}, {                                            \
    owner, "from", "Object", part_from, K::static_method                                                          \
  }
#define WL_CLOCKED(owner) {owner, "now", "java.time.Clock", now_of_clock, K::static_method}
constexpr NativeMethod kMethods[] = {
    {"java.time.Year", "of", "int", year_of, K::static_method},
    WL_PART("java.time.Year"),
    {"java.time.Year", "parse", "CharSequence", part_parse, K::static_method},
    WL_PART("java.time.MonthDay"),
    {"java.time.MonthDay", "parse", "CharSequence", part_parse, K::static_method},
    {"java.time.YearMonth", "now", "java.time.Clock", part_now, K::static_method},
    WL_CLOCKED("java.time.LocalDate"),
    WL_CLOCKED("java.time.LocalTime"),
    WL_CLOCKED("java.time.LocalDateTime"),
    WL_CLOCKED("java.time.ZonedDateTime"),
    WL_CLOCKED("java.time.OffsetDateTime"),
    WL_CLOCKED("java.time.Instant"),
    {"java.time.Year", "getValue", "", year_value},
    {"java.time.Year", "toString", "", year_text},
    {"java.time.MonthDay", "of", "Object,int", month_day_of, K::static_method},
    {"java.time.MonthDay", "getMonthValue", "", month_day_field},
    {"java.time.MonthDay", "getDayOfMonth", "", month_day_field},
    {"java.time.MonthDay", "toString", "", month_day_text},
    {"java.time.Clock", "fixed", "java.time.Instant,java.time.ZoneId", clock_fixed, K::static_method},
    {"java.time.Clock", "system", "java.time.ZoneId", clock_system, K::static_method},
    {"java.time.Clock", "offset", "java.time.Clock,java.time.Duration", clock_offset, K::static_method},
    {"java.time.Clock", "tick", "java.time.Clock,java.time.Duration", clock_tick, K::static_method},
    {"java.time.Clock", "withZone", "java.time.ZoneId", clock_with_zone},
    {"java.time.Clock", "getZone", "", clock_zone},
    {"java.time.Clock", "instant", "", clock_instant},
    {"java.time.Clock", "toString", "", clock_text},
    {"java.time.Clock", "equals", "Object", clock_equals},
    {"java.time.Clock", "hashCode", "", clock_hash},
};
#undef WL_PART
#undef WL_CLOCKED

}  // namespace

NativeTable year_methods() { return kMethods; }

}  // namespace windlass::vm

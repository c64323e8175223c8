// java.time.Instant, Duration, ZoneId, ZoneOffset, ZonedDateTime, OffsetDateTime, DateTimeFormatter, and parsing of all
// java.time values. A formatter is a native object of pattern (`@` and a name for the ISO ones) and zone id or null.
#include "text/date_format.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/gdk/time_limits.h"
#include "vm/gdk/time_values.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}

num::JavaResult<std::int64_t> millis_of(Seconds s) { return exact(Wide{s.seconds} * 1000 + s.nanos / 1'000'000); }
Seconds from_millis(std::int64_t millis) {
  const auto seconds = floor_div(millis, 1000);
  return {seconds, static_cast<std::int32_t>((millis % 1000 + 1000) % 1000 * 1'000'000)};
}
Seconds own(Call& call) { return seconds_of(call.heap(), call.self()); }
Seconds current(Call& call) { return from_millis(call.vm().state().host.clock_millis(call.fiber().id)); }

// ---- Instant

Status instant_now(Call& call) { return call.give(make_seconds(call.heap(), java::time_instant, current(call))); }
Status instant_of_millis(Call& call) {
  return call.give(make_seconds(call.heap(), java::time_instant, from_millis(call.long_arg(0))));
}
Status instant_of_seconds(Call& call) {
  const Seconds s = VM_JAVA(call, checked_instant(call.long_arg(0), call.has(1) ? call.long_arg(1) : 0));
  return call.give(make_seconds(call.heap(), java::time_instant, s));
}
Status instant_epoch(Call& call) { return call.give(make_seconds(call.heap(), java::time_instant, {})); }
Status to_millis(Call& call) { return call.give(VM_JAVA(call, millis_of(own(call)))); }
Status epoch_second(Call& call) { return call.give(own(call).seconds); }
Status nano(Call& call) { return call.give(own(call).nanos); }
std::string instant_text(Seconds s) {
  const LocalMoment m = local_of(s, text::TimeZone::utc());
  std::string time = time_text(m.nano);
  if (time.size() == 5) time += ":00";
  return date_text(m.day) + "T" + time + "Z";
}
Status instant_to_text(Call& call) { return call.give_utf8(instant_text(own(call))); }
Status at_zone(Call& call) {
  const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(0)));
  const ClassId id = call.name() == "atOffset" ? java::time_offset_date_time : java::time_zoned_date_time;
  if (call.class_of(call.self()) == java::time_local_date_time) {
    return call.give(make_zoned(call.heap(), id, instant_of(local_moment(call.heap(), call.self()), zone), zone.id()));
  }
  return call.give(make_zoned(call.heap(), id, own(call), zone.id()));
}
Status date_to_instant(Call& call) {
  return call.give(make_seconds(call.heap(), java::time_instant, from_millis(date_millis(call.heap(), call.self()))));
}
Status date_from_instant(Call& call) {
  return call.give(make_date(call.heap(), VM_JAVA(call, millis_of(seconds_of(call.heap(), call.arg(0))))));
}
/// LocalDateTime.toInstant(offset), toEpochSecond(offset).
Status local_to_instant(Call& call) {
  const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(0)));
  const Seconds s = instant_of(local_moment(call.heap(), call.self()), zone);
  if (call.name() == "toEpochSecond") return call.give(s.seconds);
  return call.give(make_seconds(call.heap(), java::time_instant, s));
}
Status local_of_instant(Call& call) {
  const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(1)));
  const LocalMoment m = local_of(seconds_of(call.heap(), call.arg(0)), zone);
  if (call.self().class_id() == java::time_local_date) return call.give(make_local_date(call.heap(), m.day));
  return call.give(make_local_date_time(call.heap(), m));
}
Status local_of_epoch_second(Call& call) {
  const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(2)));
  const Seconds s = VM_JAVA(call, checked_instant(call.long_arg(0), call.long_arg(1)));
  return call.give(make_local_date_time(call.heap(), local_of(s, zone)));
}

// ---- Duration

Status give_duration(Call& call, Seconds s) { return call.give(make_seconds(call.heap(), java::time_duration, s)); }
std::int64_t unit_seconds(std::string_view name) {
  if (name.ends_with("Days")) return kSecondsPerDay;
  if (name.ends_with("Hours")) return 3600;
  if (name.ends_with("Minutes")) return 60;
  return 1;
}
num::JavaResult<Seconds> amount_of(std::int64_t n, std::string_view name) {
  if (name.ends_with("Millis")) return from_millis(n);
  if (name.ends_with("Nanos")) return normalized(0, n);
  return checked_duration(Wide{n} * unit_seconds(name), 0);
}
Status duration_of(Call& call) { return give_duration(call, VM_JAVA(call, amount_of(call.long_arg(0), call.name()))); }
Status duration_of_unit(Call& call) {
  static constexpr std::int64_t kSeconds[] = {1, 60, 3600, 43'200, kSecondsPerDay};
  const int unit = java_enum_ordinal(call.heap(), call.arg(1), java::chrono_unit);
  const auto n = call.long_arg(0);
  if (unit < 3)
    return give_duration(
        call, unit == 2 ? from_millis(n) : VM_JAVA(call, checked_duration(0, Wide{n} * (unit == 1 ? 1000 : 1))));
  if (unit > 7) return call.throw_java(java::date_time_exception, "Unit must not have an estimated duration");
  return give_duration(call, VM_JAVA(call, checked_duration(Wide{n} * kSeconds[unit - 3], 0)));
}
Status duration_between(Call& call) {
  Heap& heap = call.heap();
  const auto point = [&](Value v) {
    const ClassId id = heap.class_of(v);
    if (id == java::time_instant || id == java::time_zoned_date_time || id == java::time_offset_date_time) {
      return seconds_of(heap, v);
    }
    const LocalMoment m = local_moment(heap, v);
    return Seconds{m.day * kSecondsPerDay + m.nano / kNanosPerSecond,
                   static_cast<std::int32_t>(m.nano % kNanosPerSecond)};
  };
  if (call.class_of(call.arg(0)) == java::time_local_date) {
    return call.throw_java("java.time.temporal.UnsupportedTemporalTypeException", "Unsupported unit: Seconds");
  }
  const Seconds a = point(call.arg(0));
  const Seconds b = point(call.arg(1));
  return give_duration(call, normalized(b.seconds - a.seconds, std::int64_t{b.nanos} - a.nanos));
}
Status duration_value(Call& call) {
  const Seconds s = own(call);
  const auto name = call.name();
  if (name == "toMillis") return call.give(VM_JAVA(call, millis_of(s)));
  if (name == "toNanos") return call.give(VM_JAVA(call, exact(Wide{s.seconds} * kNanosPerSecond + s.nanos)));
  if (name == "getSeconds" || name == "toSeconds") return call.give(s.seconds);
  const auto whole = s.seconds / unit_seconds(name);
  return call.give(whole);
}
Status duration_part(Call& call) {
  const Seconds s = own(call);
  const auto name = call.name();
  if (name == "toDaysPart") return call.give(s.seconds / kSecondsPerDay);
  if (name == "toHoursPart") return call.give(static_cast<std::int32_t>(s.seconds / 3600 % 24));
  if (name == "toMinutesPart") return call.give(static_cast<std::int32_t>(s.seconds / 60 % 60));
  if (name == "toSecondsPart") return call.give(static_cast<std::int32_t>(s.seconds % 60));
  if (name == "toMillisPart") return call.give(s.nanos / 1'000'000);
  return call.give(s.nanos);
}
Status duration_plus(Call& call) {
  const std::int64_t sign = call.name().starts_with("minus") ? -1 : 1;
  const Seconds a = own(call);
  const Seconds b = call.arg(0).is_number() ? VM_JAVA(call, amount_of(call.long_arg(0), call.name()))
                                            : seconds_of(call.heap(), call.arg(0));
  return give_duration(call, VM_JAVA(call, checked_duration(a.seconds + sign * Wide{b.seconds},
                                                            a.nanos + sign * std::int64_t{b.nanos})));
}
Status duration_scaled(Call& call) {
  const Seconds a = own(call);
  const auto n = call.long_arg(0);
  if (call.name() == "multipliedBy") {
    return give_duration(call, VM_JAVA(call, checked_duration(Wide{a.seconds} * n, Wide{a.nanos} * n)));
  }
  if (n == 0) return call.throw_java(java::arithmetic_exception, "Cannot divide by zero");
  const Wide part = (Wide{a.seconds} * kNanosPerSecond + a.nanos) / n;
  return give_duration(call, VM_JAVA(call, checked_duration(part / kNanosPerSecond, part % kNanosPerSecond)));
}
Status duration_sign(Call& call) {
  const Seconds s = own(call);
  const auto name = call.name();
  if (name == "isZero") return call.give(s.seconds == 0 && s.nanos == 0);
  if (name == "isNegative") return call.give(s.seconds < 0);
  if (name == "abs" && s.seconds >= 0) return call.give(call.self());
  return give_duration(call, VM_JAVA(call, checked_duration(-Wide{s.seconds}, -std::int64_t{s.nanos})));
}
Status duration_zero(Call& call) { return give_duration(call, {}); }
Status duration_compare(Call& call) {
  const Seconds a = own(call);
  const Seconds b = seconds_of(call.heap(), call.arg(0));
  if (a.seconds != b.seconds) return call.give(std::int32_t{a.seconds < b.seconds ? -1 : 1});
  return call.give(a.nanos - b.nanos);
}
Status duration_text(Call& call) {
  const Seconds s = own(call);
  if (s.seconds == 0 && s.nanos == 0) return call.give_utf8("PT0S");
  std::int64_t whole = s.seconds;
  std::int64_t nanos = s.nanos;
  if (whole < 0 && nanos > 0) {
    ++whole;
    nanos -= kNanosPerSecond;
  }
  const std::int64_t hours = whole / 3600;
  const std::int64_t minutes = whole % 3600 / 60;
  const std::int64_t seconds = whole % 60;
  std::string out = "PT";
  if (hours != 0) out += std::to_string(hours) + "H";
  if (minutes != 0) out += std::to_string(minutes) + "M";
  if (seconds == 0 && nanos == 0) return call.give_utf8(out);
  if ((seconds < 0 || nanos < 0) && seconds == 0) {
    out += "-0";
  } else {
    out += std::to_string(seconds);
  }
  if (nanos != 0) {
    std::string fraction = std::to_string(nanos < 0 ? -nanos : nanos);
    fraction.insert(0, 9 - fraction.size(), '0');
    while (fraction.ends_with('0')) fraction.pop_back();
    out += "." + fraction;
  }
  return call.give_utf8(out + "S");
}
Status duration_parse(Call& call) {
  const std::string text = call.utf8_arg(0);
  const auto fail = [&] {
    return call.throw_java("java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration");
  };
  std::size_t at = 0;
  int sign = 1;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) sign = text[at++] == '-' ? -1 : 1;
  if (at >= text.size() || (text[at] != 'P' && text[at] != 'p')) return fail();
  ++at;
  bool in_time = false;
  bool any = false;
  Seconds sum;
  while (at < text.size()) {
    if (text[at] == 'T' || text[at] == 't') {
      in_time = true;
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && (std::string_view("+-.0123456789").find(text[at]) != std::string_view::npos)) ++at;
    if (at == begin || at >= text.size() || at - begin > 30) return fail();
    const auto number = num::BigDecimal::parse(text.substr(begin, at - begin));
    if (!number) return fail();
    const char unit = static_cast<char>(text[at++] & ~0x20);
    const std::int64_t factor = unit == 'D' && !in_time  ? kSecondsPerDay
                                : unit == 'H' && in_time ? 3600
                                : unit == 'M' && in_time ? 60
                                : unit == 'S' && in_time ? 1
                                                         : 0;
    if (factor == 0) return fail();
    any = true;
    if (number->to_double() > 9.2e18 || number->to_double() < -9.2e18) return fail();
    const std::int64_t whole = number->to_int64_wrap();
    const auto fraction = number->subtract(num::BigDecimal(whole));
    const auto nanos = fraction ? fraction->multiply(num::BigDecimal(kNanosPerSecond)) : fraction;
    sum = VM_JAVA(call, checked_duration(sum.seconds + Wide{whole} * factor,
                                         Wide{sum.nanos} + (nanos && factor == 1 ? nanos->to_int64_wrap() : 0)));
  }
  if (!any) return fail();
  return give_duration(call, VM_JAVA(call, checked_duration(sign * Wide{sum.seconds}, sign * std::int64_t{sum.nanos})));
}

// ---- zones

Status zone_id_of(Call& call) {
  const std::string id = call.utf8_arg(0);
  const auto zone = text::TimeZone::find(id);
  if (!zone) {
    return call.throw_java("java.time.zone.ZoneRulesException", "Unknown time-zone ID: " + id);
  }
  return call.give(make_zone(call.heap(), id, java::time_zone_id));
}
Status zone_id_default(Call& call) { return call.give(make_zone(call.heap(), default_zone(call), java::time_zone_id)); }
Status zone_get_id(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status zone_utc(Call& call) { return call.give(make_zone(call.heap(), "Z", java::time_zone_offset)); }
Status zone_offset_of_hours(Call& call) {
  const auto minutes = call.long_arg(0) * 60 + (call.has(1) ? call.long_arg(1) : 0);
  return call.give(
      make_zone(call.heap(), offset_text(static_cast<std::int32_t>(minutes * 60)), java::time_zone_offset));
}
Status zone_offset_of(Call& call) {
  return call.give(make_zone(call.heap(), call.utf8_arg(0), java::time_zone_offset));
}
Status timezone_to_zone_id(Call& call) {
  return call.give(make_zone(call.heap(), zone_id(call.heap(), call.self()), java::time_zone_id));
}

// ---- ZonedDateTime, OffsetDateTime

Status zoned_now(Call& call) {
  const std::string zone = call.has(0) ? zone_id(call.heap(), call.arg(0)) : default_zone(call);
  return call.give(make_zoned(call.heap(), call.self().class_id(), current(call), zone));
}
Status zoned_of(Call& call) {
  const std::uint32_t last = call.count() - 1;
  const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(last)));
  LocalMoment m;
  if (call.count() == 2) {
    m = local_moment(call.heap(), call.arg(0));
  } else if (call.count() == 3) {
    m = {local_moment(call.heap(), call.arg(0)).day, local_moment(call.heap(), call.arg(1)).nano};
  } else {
    const auto n = [&](std::uint32_t i) { return call.long_arg(i); };
    m.day = VM_JAVA(call, day_of(n(0), n(1), n(2)));
    m.nano = VM_JAVA(call, nano_of(n(3), n(4), n(5), n(6)));
  }
  return call.give(
      make_zoned(call.heap(), call.self().class_id(), instant_of(m, zone), zone_id(call.heap(), call.arg(last))));
}
Status zoned_of_instant(Call& call) {
  return call.give(make_zoned(call.heap(), call.self().class_id(), seconds_of(call.heap(), call.arg(0)),
                              zone_id(call.heap(), call.arg(1))));
}
Status zoned_to_instant(Call& call) { return call.give(make_seconds(call.heap(), java::time_instant, own(call))); }
std::int32_t own_offset(Call& call) {
  return zoned_zone(call.heap(), call.self()).offset_seconds(own(call).seconds * 1000);
}
Status zoned_text(Call& call) {
  const LocalMoment m = shown_moment(call.heap(), call.self());
  std::string out = date_text(m.day) + "T" + time_text(m.nano) + offset_text(own_offset(call));
  const std::string zone = call.heap().utf8(call.heap().native_slots(call.self())[2]);
  const bool is_offset = zone == "Z" || zone.starts_with('+') || zone.starts_with('-');
  if (call.class_of(call.self()) == java::time_zoned_date_time && !is_offset) out += "[" + zone + "]";
  return call.give_utf8(out);
}
Status zoned_get_zone(Call& call) {
  return call.give(
      make_zone(call.heap(), call.heap().utf8(call.heap().native_slots(call.self())[2]), java::time_zone_id));
}
Status zoned_get_offset(Call& call) {
  return call.give(make_zone(call.heap(), offset_text(own_offset(call)), java::time_zone_offset));
}
Status zoned_same_instant(Call& call) {
  return call.give(make_zoned(call.heap(), call.class_of(call.self()), own(call), zone_id(call.heap(), call.arg(0))));
}
Status zoned_to_offset(Call& call) {
  return call.give(make_zoned(call.heap(), java::time_offset_date_time, own(call), offset_text(own_offset(call))));
}

// ---- DateTimeFormatter

Value make_formatter(Heap& heap, std::string_view pattern, Value zone) {
  const Value text = heap.make_string(pattern);
  const Value v = heap.make_native(java::date_time_formatter, 2);
  heap.native_slots(v)[0] = text;
  heap.native_slots(v)[1] = zone;
  return v;
}
Status formatter_of_pattern(Call& call) {
  const std::string pattern = call.utf8_arg(0);
  (void)VM_JAVA(call, text::format_date_time(pattern, 0, 0, text::TimeZone::utc()));
  return call.give(make_formatter(call.heap(), pattern, Value::null()));
}
Status formatter_constant(Call& call) {
  return call.give(make_formatter(call.heap(), "@" + std::string(call.name()), Value::null()));
}
Status formatter_with_zone(Call& call) {
  const std::string pattern = call.heap().utf8(call.heap().native_slots(call.self())[0]);
  const Value zone = call.heap().native_slots(call.arg(0))[0];
  return call.give(make_formatter(call.heap(), pattern, zone));
}
Status formatter_itself(Call& call) { return call.give(call.self()); }

/// Formats any java.time value with a formatter.
Status format_value(Call& call, Value value, Value formatter, std::string& out) {
  Heap& heap = call.heap();
  const std::string pattern = heap.utf8(heap.native_slots(formatter)[0]);
  const Value zone_value = heap.native_slots(formatter)[1];
  const ClassId id = heap.class_of(value);
  const bool on_time_line =
      id == java::time_instant || id == java::time_zoned_date_time || id == java::time_offset_date_time;
  text::TimeZone zone = text::TimeZone::utc();
  std::string zone_name;
  if (id == java::time_zoned_date_time || id == java::time_offset_date_time) {
    zone = zoned_zone(heap, value);
    zone_name = heap.utf8(heap.native_slots(value)[2]);
  }
  if (!zone_value.is_null()) {
    zone_name = heap.utf8(zone_value);
    zone = text::TimeZone::find_or_gmt(zone_name);
  }
  if (id == java::time_instant && zone_value.is_null() && !pattern.starts_with("@ISO_INSTANT")) {
    return call.throw_java("java.time.temporal.UnsupportedTemporalTypeException", "Unsupported field: YearOfEra");
  }
  const LocalMoment m = on_time_line ? local_of(seconds_of(heap, value), zone) : shown_moment(heap, value);
  const Seconds instant = on_time_line ? seconds_of(heap, value) : instant_of(m, zone);
  const std::string offset = offset_text(zone.offset_seconds(instant.seconds * 1000));
  if (pattern.starts_with("@")) {
    const std::string_view name = std::string_view(pattern).substr(1);
    const std::string date = date_text(m.day);
    std::string time = time_text(m.nano);
    if (time.size() == 5) time += ":00";
    if (name == "ISO_INSTANT") {
      out = instant_text(instant);
      return Status::ok;
    }
    if (name == "BASIC_ISO_DATE") {
      out = date.substr(0, 4) + date.substr(5, 2) + date.substr(8);
      if (on_time_line) out += offset;
      return Status::ok;
    }
    const bool wants_offset =
        name.find("OFFSET") != std::string_view::npos || name.find("ZONED") != std::string_view::npos;
    const bool local = name.find("LOCAL") != std::string_view::npos;
    if (name.ends_with("DATE_TIME")) {
      out = date + "T" + time;
    } else if (name.ends_with("DATE")) {
      out = date;
    } else {
      out = time;
    }
    if (wants_offset || (!local && on_time_line)) out += offset;
    if ((name == "ISO_ZONED_DATE_TIME" || name == "ISO_DATE_TIME") && id == java::time_zoned_date_time &&
        !zone_name.starts_with('+') && !zone_name.starts_with('-') && zone_name != "Z") {
      out += "[" + zone_name + "]";
    }
    return Status::ok;
  }
  if (id == java::time_local_date) {
    bool quoted = false;
    for (const char c : pattern) {
      if (c == '\'') quoted = !quoted;
      if (!quoted && std::string_view("HhKkmsSnNA").find(c) != std::string_view::npos) {
        const std::string_view field = c == 'm'   ? "MinuteOfHour"
                                       : c == 's' ? "SecondOfMinute"
                                       : c == 'H' ? "HourOfDay"
                                       : c == 'h' ? "ClockHourOfAmPm"
                                                  : "NanoOfSecond";
        return call.throw_java("java.time.temporal.UnsupportedTemporalTypeException",
                               "Unsupported field: " + std::string(field));
      }
    }
  }
  const auto millis = VM_JAVA(call, millis_of(instant));
  out = VM_JAVA(call, text::format_date_time(pattern, millis, instant.nanos % 1'000'000, zone));
  return Status::ok;
}
Status formatter_format(Call& call) {
  std::string out;
  VM_DO(format_value(call, call.arg(0), call.self(), out));
  return call.give_utf8(out);
}
Status value_format(Call& call) {
  std::string out;
  Value formatter = call.arg(0);
  if (formatter.is_text()) {
    TextView pattern;
    VM_DO(call.text(formatter, pattern));
    formatter = make_formatter(call.heap(), pattern.utf8(), Value::null());
  }
  VM_DO(format_value(call, call.self(), formatter, out));
  return call.give_utf8(out);
}

// ---- parsing

Status parse_failure(Call& call, const std::string& text, std::string_view why) {
  return call.throw_java("java.time.format.DateTimeParseException",
                         "Text '" + text + "' could not be parsed" + std::string(why));
}
Status parse_value(Call& call) {
  Heap& heap = call.heap();
  TextView given;
  VM_DO(call.text(call.arg(0), given));
  const std::string text = given.utf8();
  std::string pattern = "@";
  Value formatter_zone;
  if (call.has(1)) {
    pattern = heap.utf8(heap.native_slots(call.arg(1))[0]);
    formatter_zone = heap.native_slots(call.arg(1))[1];
  }
  if (pattern == "@BASIC_ISO_DATE") pattern = "yyyyMMdd";
  auto parsed = pattern.starts_with('@') ? text::parse_iso(text) : text::parse_date_time(pattern, text);
  if (!parsed) {
    if (pattern.starts_with('@')) return parse_failure(call, text, " at index 0");
    return call.throw_java(parsed.error());
  }
  const ClassId id = call.self().class_id();
  const auto unable = [&](std::string_view type) {
    return parse_failure(call, text, ": Unable to obtain " + std::string(type) + " from TemporalAccessor");
  };
  LocalMoment m{parsed->epoch_day.value_or(0), parsed->nano_of_day.value_or(0)};
  const bool has_date = parsed->epoch_day.has_value();
  const bool has_time = parsed->nano_of_day.has_value();
  switch (id) {
    case java::time_local_date:
      if (!has_date) return pattern.starts_with('@') ? parse_failure(call, text, " at index 0") : unable("LocalDate");
      if (pattern == "@" && (has_time || parsed->offset_seconds)) {
        return parse_failure(call, text, ", unparsed text found at index 10");
      }
      return call.give(make_local_date(heap, m.day));
    case java::time_local_time:
      if (!has_time || (pattern == "@" && has_date)) return parse_failure(call, text, " at index 0");
      return call.give(make_local_time(heap, m.nano));
    case java::time_local_date_time:
      if (!has_date || !has_time) {
        return pattern.starts_with('@') ? parse_failure(call, text, " at index " + std::to_string(text.size()))
                                        : unable("LocalDateTime");
      }
      if (pattern == "@" && (parsed->offset_seconds || parsed->zone)) {
        const auto end = text.find_first_of("Z+", 10);
        return parse_failure(
            call, text,
            ", unparsed text found at index " + std::to_string(end == std::string::npos ? text.rfind('-') : end));
      }
      return call.give(make_local_date_time(heap, m));
    default:
      break;
  }
  if (!has_date || !has_time)
    return parse_failure(call, text, " at index " + std::to_string(has_date ? text.size() : 0));
  std::string zone;
  if (parsed->zone) {
    zone = *parsed->zone;
  } else if (parsed->offset_seconds) {
    zone = offset_text(*parsed->offset_seconds);
  } else if (!formatter_zone.is_null()) {
    zone = heap.utf8(formatter_zone);
  } else {
    return parse_failure(call, text, " at index " + std::to_string(text.size()));
  }
  const text::TimeZone rules =
      text::TimeZone::find_or_gmt(parsed->offset_seconds ? offset_text(*parsed->offset_seconds) : zone);
  const Seconds instant = instant_of(m, rules);
  if (id == java::time_instant) return call.give(make_seconds(heap, id, instant));
  return call.give(make_zoned(
      heap, id, instant,
      id == java::time_offset_date_time && parsed->offset_seconds ? offset_text(*parsed->offset_seconds) : zone));
}

using K = NativeKind;
#define WL_FORMATTER(name) {"java.time.format.DateTimeFormatter", name, "", formatter_constant, K::static_field}
#define WL_PARSE(owner)                                                                              \
  {owner, "parse", "CharSequence", parse_value, K::static_method}, {                                 \
    owner, "parse", "CharSequence,java.time.format.DateTimeFormatter", parse_value, K::static_method \
  }
#define WL_DURATION(unit)                                                   \
  {"java.time.Duration", "of" unit, "long", duration_of, K::static_method}, \
      {"java.time.Duration", "plus" unit, "long", duration_plus},           \
      {"java.time.Duration", "minus" unit, "long", duration_plus}, {        \
    "java.time.Duration", "to" unit, "", duration_value                     \
  }
#define WL_PART(unit) {"java.time.Duration", "to" unit "Part", "", duration_part}
#define WL_ZONED(owner)                                                                                             \
  {owner, "now", "", zoned_now, K::static_method}, {owner, "now", "java.time.ZoneId", zoned_now, K::static_method}, \
      {owner, "of", "java.time.LocalDateTime,java.time.ZoneId", zoned_of, K::static_method},                        \
      {owner, "of", "java.time.LocalDate,java.time.LocalTime,java.time.ZoneId", zoned_of, K::static_method},        \
      {owner, "of", "int,int,int,int,int,int,int,java.time.ZoneId", zoned_of, K::static_method},                    \
      {owner, "ofInstant", "java.time.Instant,java.time.ZoneId", zoned_of_instant, K::static_method},               \
      {owner, "toInstant", "", zoned_to_instant}, {owner, "toEpochSecond", "", epoch_second},                       \
      {owner, "getOffset", "", zoned_get_offset}, {owner, "toString", "", zoned_text}, {                            \
    owner, "format", "Object", value_format                                                                         \
  }
constexpr NativeMethod kMethods[] = {
    {"java.time.Instant", "now", "", instant_now, K::static_method},
    {"java.time.Instant", "ofEpochMilli", "long", instant_of_millis, K::static_method},
    {"java.time.Instant", "ofEpochSecond", "long", instant_of_seconds, K::static_method},
    {"java.time.Instant", "ofEpochSecond", "long,long", instant_of_seconds, K::static_method},
    {"java.time.Instant", "EPOCH", "", instant_epoch, K::static_field},
    {"java.time.Instant", "toEpochMilli", "", to_millis},
    {"java.time.Instant", "getEpochSecond", "", epoch_second},
    {"java.time.Instant", "getNano", "", nano},
    {"java.time.Instant", "toString", "", instant_to_text},
    {"java.time.Instant", "atZone", "java.time.ZoneId", at_zone},
    {"java.time.Instant", "atOffset", "java.time.ZoneOffset", at_zone},
    {"java.time.LocalDateTime", "atZone", "java.time.ZoneId", at_zone},
    {"java.time.LocalDateTime", "atOffset", "java.time.ZoneOffset", at_zone},
    {"java.time.LocalDateTime", "toInstant", "java.time.ZoneOffset", local_to_instant},
    {"java.time.LocalDateTime", "toEpochSecond", "java.time.ZoneOffset", local_to_instant},
    {"java.time.LocalDateTime", "ofInstant", "java.time.Instant,java.time.ZoneId", local_of_instant, K::static_method},
    {"java.time.LocalDate", "ofInstant", "java.time.Instant,java.time.ZoneId", local_of_instant, K::static_method},
    {"java.time.LocalDateTime", "ofEpochSecond", "long,int,java.time.ZoneOffset", local_of_epoch_second,
     K::static_method},
    {"java.util.Date", "toInstant", "", date_to_instant},
    {"java.util.Date", "from", "java.time.Instant", date_from_instant, K::static_method},
    WL_DURATION("Days"),
    WL_DURATION("Hours"),
    WL_DURATION("Minutes"),
    WL_DURATION("Seconds"),
    WL_DURATION("Millis"),
    WL_DURATION("Nanos"),
    WL_PART("Days"),
    WL_PART("Hours"),
    WL_PART("Minutes"),
    WL_PART("Seconds"),
    WL_PART("Millis"),
    WL_PART("Nanos"),
    {"java.time.Duration", "of", "long,Object", duration_of_unit, K::static_method},
    {"java.time.Duration", "between", "Object,Object", duration_between, K::static_method},
    {"java.time.Duration", "parse", "CharSequence", duration_parse, K::static_method},
    {"java.time.Duration", "ZERO", "", duration_zero, K::static_field},
    {"java.time.Duration", "getSeconds", "", duration_value},
    {"java.time.Duration", "getNano", "", nano},
    {"java.time.Duration", "plus", "java.time.Duration", duration_plus},
    {"java.time.Duration", "minus", "java.time.Duration", duration_plus},
    {"java.time.Duration", "multipliedBy", "long", duration_scaled},
    {"java.time.Duration", "dividedBy", "long", duration_scaled},
    {"java.time.Duration", "isZero", "", duration_sign},
    {"java.time.Duration", "isNegative", "", duration_sign},
    {"java.time.Duration", "negated", "", duration_sign},
    {"java.time.Duration", "abs", "", duration_sign},
    {"java.time.Duration", "compareTo", "java.time.Duration", duration_compare},
    {"java.time.Duration", "toString", "", duration_text},
    {"java.time.ZoneId", "of", "String", zone_id_of, K::static_method},
    {"java.time.ZoneId", "systemDefault", "", zone_id_default, K::static_method},
    {"java.time.ZoneId", "getId", "", zone_get_id},
    {"java.time.ZoneId", "toString", "", zone_get_id},
    {"java.time.ZoneOffset", "UTC", "", zone_utc, K::static_field},
    {"java.time.ZoneOffset", "ofHours", "int", zone_offset_of_hours, K::static_method},
    {"java.time.ZoneOffset", "ofHoursMinutes", "int,int", zone_offset_of_hours, K::static_method},
    {"java.time.ZoneOffset", "of", "String", zone_offset_of, K::static_method},
    {"java.util.TimeZone", "toZoneId", "", timezone_to_zone_id},
    WL_ZONED("java.time.ZonedDateTime"),
    WL_ZONED("java.time.OffsetDateTime"),
    {"java.time.ZonedDateTime", "getZone", "", zoned_get_zone},
    {"java.time.ZonedDateTime", "withZoneSameInstant", "java.time.ZoneId", zoned_same_instant},
    {"java.time.ZonedDateTime", "toOffsetDateTime", "", zoned_to_offset},
    {"java.time.OffsetDateTime", "withOffsetSameInstant", "java.time.ZoneOffset", zoned_same_instant},
    {"java.time.LocalDate", "format", "Object", value_format},
    {"java.time.LocalTime", "format", "Object", value_format},
    {"java.time.LocalDateTime", "format", "Object", value_format},
    {"java.time.format.DateTimeFormatter", "ofPattern", "String", formatter_of_pattern, K::static_method},
    {"java.time.format.DateTimeFormatter", "ofPattern", "String,java.util.Locale", formatter_of_pattern,
     K::static_method},
    WL_FORMATTER("ISO_LOCAL_DATE"),
    WL_FORMATTER("ISO_LOCAL_TIME"),
    WL_FORMATTER("ISO_LOCAL_DATE_TIME"),
    WL_FORMATTER("ISO_OFFSET_DATE_TIME"),
    WL_FORMATTER("ISO_ZONED_DATE_TIME"),
    WL_FORMATTER("ISO_DATE_TIME"),
    WL_FORMATTER("ISO_DATE"),
    WL_FORMATTER("ISO_TIME"),
    WL_FORMATTER("ISO_INSTANT"),
    WL_FORMATTER("BASIC_ISO_DATE"),
    {"java.time.format.DateTimeFormatter", "withZone", "java.time.ZoneId", formatter_with_zone},
    {"java.time.format.DateTimeFormatter", "withLocale", "java.util.Locale", formatter_itself},
    {"java.time.format.DateTimeFormatter", "format", "Object", formatter_format},
    WL_PARSE("java.time.LocalDate"),
    WL_PARSE("java.time.LocalTime"),
    WL_PARSE("java.time.LocalDateTime"),
    WL_PARSE("java.time.ZonedDateTime"),
    WL_PARSE("java.time.OffsetDateTime"),
    WL_PARSE("java.time.Instant"),
};
#undef WL_FORMATTER
#undef WL_PARSE
#undef WL_DURATION
#undef WL_PART
#undef WL_ZONED

}  // namespace

NativeTable zoned_time_methods() { return kMethods; }

}  // namespace windlass::vm

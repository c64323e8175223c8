// java.time.LocalDate, LocalTime, LocalDateTime, Year, YearMonth and Period, and the arithmetic that zoned values share
// with them (plus, minus, with, truncatedTo, isBefore …). What is special to zones, instants and durations is
// zoned_time_methods.cc. One function serves several classes and asks call.name() which of them it is.
#include <limits>

#include "vm/gdk/dates.h"
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/gdk/time_limits.h"
#include "vm/gdk/time_values.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

bool is_zoned(ClassId id) { return id == java::time_zoned_date_time || id == java::time_offset_date_time; }

Value like_self(Call& call, LocalMoment m) { return showing(call.heap(), call.self(), m); }
LocalMoment own(Call& call) { return shown_moment(call.heap(), call.self()); }

/// A month as a number or a java.time.Month.
std::int64_t month_arg(Call& call, std::uint32_t i) {
  const Value v = call.arg(i);
  if (v.is_number()) return call.to_long(v);
  return std::int64_t{java_enum_ordinal(call.heap(), v, java::time_month)} + 1;
}

// ---- making

Status date_of(Call& call) {
  const auto day = VM_JAVA(call, day_of(call.long_arg(0), month_arg(call, 1), call.long_arg(2)));
  return call.give(make_local_date(call.heap(), day));
}
Status date_of_epoch_day(Call& call) {
  return call.give(make_local_date(call.heap(), VM_JAVA(call, checked_day(call.long_arg(0)))));
}
num::JavaResult<std::int64_t> day_of_year(std::int64_t year, std::int64_t day) {
  const auto first = WL_JAVA_TRY(day_of(year, 1, 1));
  if (day < 1 || day > 366) {
    return num::thrown("java.time.DateTimeException",
                       "Invalid value for DayOfYear (valid values 1 - 365/366): " + std::to_string(day));
  }
  if (day == 366 && !is_leap_year(year)) {
    return num::thrown("java.time.DateTimeException",
                       "Invalid date 'DayOfYear 366' as '" + std::to_string(year) + "' is not a leap year");
  }
  return first + day - 1;
}
Status date_of_year_day(Call& call) {
  return call.give(make_local_date(call.heap(), VM_JAVA(call, day_of_year(call.long_arg(0), call.long_arg(1)))));
}
Status time_of(Call& call) {
  const auto nano = VM_JAVA(call, nano_of(call.long_arg(0), call.long_arg(1), call.has(2) ? call.long_arg(2) : 0,
                                          call.has(3) ? call.long_arg(3) : 0));
  return call.give(make_local_time(call.heap(), nano));
}
Status time_of_second_of_day(Call& call) {
  const auto n = call.long_arg(0);
  const bool nanos = call.name() == "ofNanoOfDay";
  const auto most = nanos ? kNanosPerDay - 1 : kSecondsPerDay - 1;
  if (n < 0 || n > most) return call.throw_java(invalid_field(nanos ? "NanoOfDay" : "SecondOfDay", n, 0, most));
  return call.give(make_local_time(call.heap(), nanos ? n : n * kNanosPerSecond));
}
Status date_time_of(Call& call) {
  if (call.count() == 2) {
    return call.give(make_local_date_time(
        call.heap(), {local_moment(call.heap(), call.arg(0)).day, local_moment(call.heap(), call.arg(1)).nano}));
  }
  LocalMoment m;
  m.day = VM_JAVA(call, day_of(call.long_arg(0), month_arg(call, 1), call.long_arg(2)));
  m.nano = VM_JAVA(call, nano_of(call.long_arg(3), call.long_arg(4), call.has(5) ? call.long_arg(5) : 0,
                                 call.has(6) ? call.long_arg(6) : 0));
  return call.give(make_local_date_time(call.heap(), m));
}
Status now(Call& call) {
  const auto millis = call.vm().state().host.clock_millis(call.fiber().id);
  std::string zone = default_zone(call);
  if (call.has(0)) zone = zone_id(call.heap(), call.arg(0));
  const auto m = local_of(normalized(millis / 1000, millis % 1000 * 1'000'000), text::TimeZone::find_or_gmt(zone));
  switch (call.self().class_id()) {
    case java::time_local_date:
      return call.give(make_local_date(call.heap(), m.day));
    case java::time_local_time:
      return call.give(make_local_time(call.heap(), m.nano));
    default:
      return call.give(make_local_date_time(call.heap(), m));
  }
}
template <std::int64_t kNano>
Status time_constant(Call& call) {
  return call.give(make_local_time(call.heap(), kNano));
}
template <std::int64_t kDay>
Status date_constant(Call& call) {
  return call.give(make_local_date(call.heap(), kDay));
}

// ---- reading

Status field(Call& call) {
  const LocalMoment m = own(call);
  const CivilDate d = civil_date(m.day);
  const auto name = call.name();
  const std::int64_t second = m.nano / kNanosPerSecond;
  const auto give = [&](std::int64_t n) { return call.give(static_cast<std::int32_t>(n)); };
  if (name == "getYear") return give(d.year);
  if (name == "getMonthValue") return give(d.month);
  if (name == "getDayOfMonth") return give(d.day);
  if (name == "getDayOfYear") return give(m.day - text::days_from_civil(d.year, 1, 1) + 1);
  if (name == "lengthOfMonth") return give(length_of_month(d.year, d.month));
  if (name == "lengthOfYear") return give(is_leap_year(d.year) ? 366 : 365);
  if (name == "getHour") return give(second / 3600);
  if (name == "getMinute") return give(second / 60 % 60);
  if (name == "getSecond") return give(second % 60);
  return give(m.nano % kNanosPerSecond);
}
Status month_enum(Call& call) {
  return call.give(
      make_java_enum(call.heap(), java::time_month, static_cast<std::uint32_t>(civil_date(own(call).day).month - 1)));
}
Status day_of_week_enum(Call& call) {
  const auto days = own(call).day;
  return call.give(
      make_java_enum(call.heap(), java::time_day_of_week, static_cast<std::uint32_t>(((days + 3) % 7 + 7) % 7)));
}
Status is_leap(Call& call) { return call.give(is_leap_year(civil_date(own(call).day).year)); }
Status to_epoch_day(Call& call) { return call.give(own(call).day); }
Status second_of_day(Call& call) {
  const auto nano = own(call).nano;
  return call.name() == "toNanoOfDay" ? call.give(nano) : call.give(static_cast<std::int32_t>(nano / kNanosPerSecond));
}
Status to_local_date(Call& call) { return call.give(make_local_date(call.heap(), own(call).day)); }
Status to_local_time(Call& call) { return call.give(make_local_time(call.heap(), own(call).nano)); }
Status to_local_date_time(Call& call) { return call.give(make_local_date_time(call.heap(), own(call))); }
Status to_text(Call& call) {
  const LocalMoment m = own(call);
  switch (call.class_of(call.self())) {
    case java::time_local_date:
      return call.give_utf8(date_text(m.day));
    case java::time_local_time:
      return call.give_utf8(time_text(m.nano));
    default:
      return call.give_utf8(date_text(m.day) + "T" + time_text(m.nano));
  }
}

// ---- arithmetic

/// Moves by an amount of a ChronoUnit, by its ordinal.
Status moved(Call& call, std::int64_t n, bool back, int unit) {
  const Wide amount = back ? -Wide{n} : Wide{n};
  LocalMoment m = own(call);
  const ClassId id = call.class_of(call.self());
  const bool has_date = id != java::time_local_time;
  if ((id == java::time_local_date && unit < 7) || (!has_date && unit >= 7) || (id == java::time_instant && unit > 7)) {
    std::string name(java_enum_names(java::chrono_unit)[static_cast<std::size_t>(unit)]);
    for (std::size_t i = 1; i < name.size(); ++i) name[i] = static_cast<char>(name[i] + 32);
    return call.throw_java("java.time.temporal.UnsupportedTemporalTypeException", "Unsupported unit: " + name);
  }
  if (unit >= 9) {
    static constexpr std::int64_t kMonths[] = {1, 12, 120, 1200, 12000};
    if (unit > 13) return call.throw_java(java::date_time_exception, "Unsupported unit");
    m.day = VM_JAVA(call, plus_months(m.day, amount * kMonths[unit - 9]));
    return call.give(like_self(call, m));
  }
  if (unit >= 7) {
    const auto days = VM_JAVA(call, exact(amount * (unit == 8 ? 7 : 1)));
    const auto day = VM_JAVA(call, exact(Wide{m.day} + days));
    m.day = VM_JAVA(call, checked_day(day));
    return call.give(like_self(call, m));
  }
  static constexpr std::int64_t kNanos[] = {
      1, 1'000, 1'000'000, kNanosPerSecond, 60 * kNanosPerSecond, 3600 * kNanosPerSecond, 43'200 * kNanosPerSecond};
  // Hours and less move along the time line, which counts where clocks change.
  if (is_zoned(id)) {
    const Seconds s = seconds_of(call.heap(), call.self());
    const Seconds sum = VM_JAVA(call, checked_instant(s.seconds, amount * kNanos[unit] + s.nanos));
    return call.give(make_zoned(call.heap(), id, sum, zoned_zone(call.heap(), call.self()).id()));
  }
  const Wide nanos = amount * kNanos[unit] + m.nano;
  Wide days = nanos / kNanosPerDay;
  Wide rest = nanos % kNanosPerDay;
  if (rest < 0) {
    rest += kNanosPerDay;
    --days;
  }
  m.nano = static_cast<std::int64_t>(rest);
  if (has_date) m.day = VM_JAVA(call, checked_day(m.day + days));
  return call.give(like_self(call, m));
}
int unit_named(std::string_view name) {
  static constexpr std::pair<std::string_view, int> kUnits[] = {
      {"Nanos", 0}, {"Millis", 2}, {"Seconds", 3}, {"Minutes", 4}, {"Hours", 5},
      {"Days", 7},  {"Weeks", 8},  {"Months", 9},  {"Years", 10},
  };
  for (const auto& [text, unit] : kUnits) {
    if (name.ends_with(text)) return unit;
  }
  return 7;
}
Status plus_named(Call& call) {
  return moved(call, call.long_arg(0), call.name().starts_with("minus"), unit_named(call.name()));
}
Status plus_unit(Call& call) {
  const int unit = java_enum_ordinal(call.heap(), call.arg(1), java::chrono_unit);
  return moved(call, call.long_arg(0), call.name() == "minus", unit);
}
/// plus(Duration), plus(Period).
Status plus_amount(Call& call) {
  Heap& heap = call.heap();
  const std::int64_t sign = call.name() == "minus" ? -1 : 1;
  if (call.class_of(call.arg(0)) == java::time_period) {
    const auto slots = heap.native_slots(call.arg(0));
    const Wide months = Wide{slots[0].integer} * 12 + slots[1].integer;
    LocalMoment m = own(call);
    m.day = VM_JAVA(call, plus_months(m.day, sign * months));
    m.day = VM_JAVA(call, checked_day(m.day + sign * Wide{slots[2].integer}));
    return call.give(like_self(call, m));
  }
  const Seconds amount = seconds_of(heap, call.arg(0));
  const ClassId id = call.class_of(call.self());
  if (is_zoned(id) || id == java::time_instant) {
    const Seconds s = seconds_of(heap, call.self());
    const Seconds sum = VM_JAVA(
        call, checked_instant(s.seconds + sign * Wide{amount.seconds}, s.nanos + sign * std::int64_t{amount.nanos}));
    if (id == java::time_instant) return call.give(make_seconds(heap, id, sum));
    return call.give(make_zoned(heap, id, sum, zoned_zone(heap, call.self()).id()));
  }
  LocalMoment m = own(call);
  const Wide second = Wide{m.day} * kSecondsPerDay + m.nano / kNanosPerSecond;
  const Seconds sum = VM_JAVA(call, checked_instant(second + sign * Wide{amount.seconds},
                                                    m.nano % kNanosPerSecond + sign * std::int64_t{amount.nanos}));
  return call.give(like_self(call, local_of(sum, text::TimeZone::utc())));
}
Status with_field(Call& call) {
  LocalMoment m = own(call);
  CivilDate d = civil_date(m.day);
  const auto name = call.name();
  const auto n = name == "withMonth" ? month_arg(call, 0) : call.long_arg(0);
  const std::int64_t second = m.nano / kNanosPerSecond;
  std::int64_t hour = second / 3600;
  std::int64_t minute = second / 60 % 60;
  std::int64_t sec = second % 60;
  std::int64_t nano = m.nano % kNanosPerSecond;
  if (name == "withDayOfYear") {
    m.day = VM_JAVA(call, day_of_year(d.year, n));
  } else if (name == "withYear" || name == "withMonth") {
    if (name == "withYear") {
      d.year = VM_JAVA(call, checked_year(n));
    } else {
      if (n < 1 || n > 12) return call.throw_java(invalid_field("MonthOfYear", n, 1, 12));
      d.month = static_cast<int>(n);
    }
    m.day = text::days_from_civil(d.year, d.month, std::min(d.day, length_of_month(d.year, d.month)));
  } else if (name == "withDayOfMonth") {
    m.day = VM_JAVA(call, day_of(d.year, d.month, n));
  } else {
    if (name == "withHour") hour = n;
    if (name == "withMinute") minute = n;
    if (name == "withSecond") sec = n;
    if (name == "withNano") nano = n;
    m.nano = VM_JAVA(call, nano_of(hour, minute, sec, nano));
  }
  return call.give(like_self(call, m));
}
Status truncated(Call& call) {
  static constexpr std::int64_t kNanos[] = {1,
                                            1'000,
                                            1'000'000,
                                            kNanosPerSecond,
                                            60 * kNanosPerSecond,
                                            3600 * kNanosPerSecond,
                                            43'200 * kNanosPerSecond,
                                            kNanosPerDay};
  const int unit = java_enum_ordinal(call.heap(), call.arg(0), java::chrono_unit);
  if (unit > 7) {
    return call.throw_java("java.time.temporal.UnsupportedTemporalTypeException",
                           "Unit is too large to be used for truncation");
  }
  LocalMoment m = own(call);
  m.nano -= m.nano % kNanos[unit];
  return call.give(like_self(call, m));
}
std::int32_t order(Call& call) {
  Heap& heap = call.heap();
  const ClassId id = call.class_of(call.self());
  const auto three_way = [](std::int64_t a, std::int64_t b) { return (a > b) - (a < b); };
  if (is_zoned(id) || id == java::time_instant || id == java::time_duration) {
    const Seconds a = seconds_of(heap, call.self());
    const Seconds b = seconds_of(heap, call.arg(0));
    return a.seconds != b.seconds ? three_way(a.seconds, b.seconds) : three_way(a.nanos, b.nanos);
  }
  const LocalMoment a = own(call);
  const LocalMoment b = shown_moment(heap, call.arg(0));
  return a.day != b.day ? three_way(a.day, b.day) : three_way(a.nano, b.nano);
}
Status same_class(Call& call) {
  const Value other = call.arg(0);
  if (other.is(Kind::native_object) && call.class_of(other) == call.class_of(call.self())) return Status::ok;
  if (other.is_null()) return call.throw_java(java::null_pointer_exception);
  return call.throw_java(java::class_cast_exception, "class " + call.class_name(other) + " cannot be cast to class " +
                                                         call.class_name(call.self()));
}
Status compare_to(Call& call) {
  VM_DO(same_class(call));
  // A LocalDate compares year, month, day one after the other: the difference of the first unequal one.
  if (call.class_of(call.self()) == java::time_local_date) {
    const CivilDate a = civil_date(own(call).day);
    const CivilDate b = civil_date(shown_moment(call.heap(), call.arg(0)).day);
    if (a.year != b.year) return call.give(static_cast<std::int32_t>(a.year - b.year));
    if (a.month != b.month) return call.give(std::int32_t{a.month - b.month});
    return call.give(std::int32_t{a.day - b.day});
  }
  return call.give(order(call));
}
Status is_before(Call& call) {
  VM_DO(same_class(call));
  return call.give(order(call) < 0);
}
Status is_after(Call& call) {
  VM_DO(same_class(call));
  return call.give(order(call) > 0);
}
Status is_equal(Call& call) {
  VM_DO(same_class(call));
  return call.give(order(call) == 0);
}
Status until_unit(Call& call) {
  return call.give(between(own(call), shown_moment(call.heap(), call.arg(0)),
                           java_enum_ordinal(call.heap(), call.arg(1), java::chrono_unit)));
}
Status unit_between(Call& call) {
  return call.give(between(shown_moment(call.heap(), call.arg(0)), shown_moment(call.heap(), call.arg(1)),
                           java_enum_ordinal(call.heap(), call.self())));
}

// ---- joining date and time

Status at_start_of_day(Call& call) {
  if (call.has(0)) {
    const auto zone = text::TimeZone::find_or_gmt(zone_id(call.heap(), call.arg(0)));
    return call.give(
        make_zoned(call.heap(), java::time_zoned_date_time, instant_of({own(call).day, 0}, zone), zone.id()));
  }
  return call.give(make_local_date_time(call.heap(), {own(call).day, 0}));
}
Status at_time(Call& call) {
  LocalMoment m{own(call).day, 0};
  if (call.count() == 1) {
    m.nano = local_moment(call.heap(), call.arg(0)).nano;
  } else {
    m.nano = VM_JAVA(call, nano_of(call.long_arg(0), call.long_arg(1), call.has(2) ? call.long_arg(2) : 0, 0));
  }
  return call.give(make_local_date_time(call.heap(), m));
}
Status at_date(Call& call) {
  return call.give(make_local_date_time(call.heap(), {local_moment(call.heap(), call.arg(0)).day, own(call).nano}));
}

// ---- Period

Value make_period(Heap& heap, std::int64_t years, std::int64_t months, std::int64_t days) {
  const Value v = heap.make_native(java::time_period, 3);
  const auto slots = heap.native_slots(v);
  slots[0] = Value::of_long(years);
  slots[1] = Value::of_long(months);
  slots[2] = Value::of_long(days);
  return v;
}
Status period_between(Call& call) {
  const auto a = local_moment(call.heap(), call.arg(0)).day;
  const auto b = local_moment(call.heap(), call.arg(1)).day;
  const std::int64_t months = between({a, 0}, {b, 0}, 9);
  const std::int64_t days = b - VM_JAVA(call, plus_months(a, months));
  return call.give(make_period(call.heap(), months / 12, months % 12, days));
}
Status date_until(Call& call) {
  const auto a = own(call).day;
  const auto b = local_moment(call.heap(), call.arg(0)).day;
  const std::int64_t months = between({a, 0}, {b, 0}, 9);
  return call.give(make_period(call.heap(), months / 12, months % 12, b - VM_JAVA(call, plus_months(a, months))));
}
Status period_of(Call& call) {
  const auto n = call.long_arg(0);
  const auto name = call.name();
  if (name == "ofDays") return call.give(make_period(call.heap(), 0, 0, n));
  if (name == "ofWeeks") return call.give(make_period(call.heap(), 0, 0, n * 7));
  if (name == "ofMonths") return call.give(make_period(call.heap(), 0, n, 0));
  if (name == "ofYears") return call.give(make_period(call.heap(), n, 0, 0));
  return call.give(make_period(call.heap(), n, call.long_arg(1), call.long_arg(2)));
}
Status period_field(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const auto name = call.name();
  if (name == "toTotalMonths") return call.give(slots[0].integer * 12 + slots[1].integer);
  const std::size_t i = name == "getYears" ? 0 : name == "getMonths" ? 1 : 2;
  return call.give(static_cast<std::int32_t>(slots[i].integer));
}
Status period_text(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  std::string out = "P";
  static constexpr char kLetters[] = {'Y', 'M', 'D'};
  for (std::size_t i = 0; i < 3; ++i) {
    if (slots[i].integer != 0) out += std::to_string(slots[i].integer) + kLetters[i];
  }
  return call.give_utf8(out == "P" ? "P0D" : out);
}

// ---- Year, YearMonth

Status year_is_leap(Call& call) { return call.give(is_leap_year(call.long_arg(0))); }
Status year_month_of(Call& call) {
  (void)VM_JAVA(call, day_of(call.long_arg(0), month_arg(call, 1), 1));
  const Value v = call.heap().make_native(java::time_year_month, 2);
  call.heap().native_slots(v)[0] = Value::of_long(call.long_arg(0));
  call.heap().native_slots(v)[1] = Value::of_long(month_arg(call, 1));
  return call.give(v);
}
Status year_month_text(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  return call.give_utf8(
      date_text(text::days_from_civil(slots[0].integer, static_cast<int>(slots[1].integer), 1)).substr(0, 7));
}
Status year_month_field(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const auto name = call.name();
  if (name == "getYear") return call.give(static_cast<std::int32_t>(slots[0].integer));
  if (name == "getMonthValue") return call.give(static_cast<std::int32_t>(slots[1].integer));
  return call.give(std::int32_t{length_of_month(slots[0].integer, static_cast<int>(slots[1].integer))});
}
Status year_month_at_day(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const auto year = slots[0].integer;
  const auto month = static_cast<int>(slots[1].integer);
  const int day = call.name() == "atEndOfMonth" ? length_of_month(year, month) : call.int_arg(0);
  const auto out = VM_JAVA(call, day_of(year, month, day));
  return call.give(make_local_date(call.heap(), out));
}

using K = NativeKind;
#define WL_MOVES(owner, unit) \
  {owner, "plus" unit, "long", plus_named}, { owner, "minus" unit, "long", plus_named }
#define WL_DATE_PART(owner)                                                                                \
  {owner, "getYear", "", field}, {owner, "getMonthValue", "", field}, {owner, "getMonth", "", month_enum}, \
      {owner, "getDayOfMonth", "", field}, {owner, "getDayOfYear", "", field},                             \
      {owner, "getDayOfWeek", "", day_of_week_enum}, {owner, "withYear", "int", with_field},               \
      {owner, "withMonth", "int", with_field}, {owner, "withDayOfMonth", "int", with_field},               \
      {owner, "withDayOfYear", "int", with_field}, WL_MOVES(owner, "Days"), WL_MOVES(owner, "Weeks"),      \
      WL_MOVES(owner, "Months"), WL_MOVES(owner, "Years")
#define WL_TIME_PART(owner)                                                                                            \
  {owner, "getHour", "", field}, {owner, "getMinute", "", field}, {owner, "getSecond", "", field},                     \
      {owner, "getNano", "", field}, {owner, "withHour", "int", with_field}, {owner, "withMinute", "int", with_field}, \
      {owner, "withSecond", "int", with_field}, {owner, "withNano", "int", with_field}, WL_MOVES(owner, "Hours"),      \
      WL_MOVES(owner, "Minutes"), WL_MOVES(owner, "Seconds"), WL_MOVES(owner, "Nanos"), {                              \
    owner, "truncatedTo", "Object", truncated                                                                          \
  }
#define WL_COMMON(owner)                                                                    \
  {owner, "plus", "long,Object", plus_unit}, {owner, "minus", "long,Object", plus_unit},    \
      {owner, "plus", "Object", plus_amount}, {owner, "minus", "Object", plus_amount},      \
      {owner, "compareTo", "Object", compare_to}, {owner, "isBefore", "Object", is_before}, \
      {owner, "isAfter", "Object", is_after}, {owner, "isEqual", "Object", is_equal}, {     \
    owner, "until", "Object,Object", until_unit                                             \
  }
constexpr NativeMethod kMethods[] = {
    {"java.time.LocalDate", "of", "int,Object,int", date_of, K::static_method},
    {"java.time.LocalDate", "ofEpochDay", "long", date_of_epoch_day, K::static_method},
    {"java.time.LocalDate", "ofYearDay", "int,int", date_of_year_day, K::static_method},
    {"java.time.LocalDate", "now", "", now, K::static_method},
    {"java.time.LocalDate", "now", "java.time.ZoneId", now, K::static_method},
    {"java.time.LocalDate", "EPOCH", "", date_constant<0>, K::static_field},
    {"java.time.LocalTime", "of", "int,int", time_of, K::static_method},
    {"java.time.LocalTime", "of", "int,int,int", time_of, K::static_method},
    {"java.time.LocalTime", "of", "int,int,int,int", time_of, K::static_method},
    {"java.time.LocalTime", "ofSecondOfDay", "long", time_of_second_of_day, K::static_method},
    {"java.time.LocalTime", "ofNanoOfDay", "long", time_of_second_of_day, K::static_method},
    {"java.time.LocalTime", "now", "", now, K::static_method},
    {"java.time.LocalTime", "now", "java.time.ZoneId", now, K::static_method},
    {"java.time.LocalTime", "MIDNIGHT", "", time_constant<0>, K::static_field},
    {"java.time.LocalTime", "MIN", "", time_constant<0>, K::static_field},
    {"java.time.LocalTime", "NOON", "", time_constant<kNanosPerDay / 2>, K::static_field},
    {"java.time.LocalTime", "MAX", "", time_constant<kNanosPerDay - 1>, K::static_field},
    {"java.time.LocalDateTime", "of", "java.time.LocalDate,java.time.LocalTime", date_time_of, K::static_method},
    {"java.time.LocalDateTime", "of", "int,Object,int,int,int", date_time_of, K::static_method},
    {"java.time.LocalDateTime", "of", "int,Object,int,int,int,int", date_time_of, K::static_method},
    {"java.time.LocalDateTime", "of", "int,Object,int,int,int,int,int", date_time_of, K::static_method},
    {"java.time.LocalDateTime", "now", "", now, K::static_method},
    {"java.time.LocalDateTime", "now", "java.time.ZoneId", now, K::static_method},
    WL_DATE_PART("java.time.LocalDate"),
    WL_DATE_PART("java.time.LocalDateTime"),
    WL_DATE_PART("java.time.ZonedDateTime"),
    WL_DATE_PART("java.time.OffsetDateTime"),
    WL_TIME_PART("java.time.LocalTime"),
    WL_TIME_PART("java.time.LocalDateTime"),
    WL_TIME_PART("java.time.ZonedDateTime"),
    WL_TIME_PART("java.time.OffsetDateTime"),
    WL_COMMON("java.time.LocalDate"),
    WL_COMMON("java.time.LocalTime"),
    WL_COMMON("java.time.LocalDateTime"),
    WL_COMMON("java.time.ZonedDateTime"),
    WL_COMMON("java.time.OffsetDateTime"),
    WL_COMMON("java.time.Instant"),
    WL_MOVES("java.time.Instant", "Seconds"),
    WL_MOVES("java.time.Instant", "Millis"),
    WL_MOVES("java.time.Instant", "Nanos"),
    {"java.time.Instant", "truncatedTo", "Object", truncated},
    {"java.time.LocalDate", "isLeapYear", "", is_leap},
    {"java.time.LocalDate", "lengthOfMonth", "", field},
    {"java.time.LocalDate", "lengthOfYear", "", field},
    {"java.time.LocalDate", "toEpochDay", "", to_epoch_day},
    {"java.time.LocalDate", "atStartOfDay", "", at_start_of_day},
    {"java.time.LocalDate", "atStartOfDay", "java.time.ZoneId", at_start_of_day},
    {"java.time.LocalDate", "atTime", "java.time.LocalTime", at_time},
    {"java.time.LocalDate", "atTime", "int,int", at_time},
    {"java.time.LocalDate", "atTime", "int,int,int", at_time},
    {"java.time.LocalDate", "until", "java.time.LocalDate", date_until},
    {"java.time.LocalDate", "toString", "", to_text},
    {"java.time.LocalTime", "toString", "", to_text},
    {"java.time.LocalTime", "toSecondOfDay", "", second_of_day},
    {"java.time.LocalTime", "toNanoOfDay", "", second_of_day},
    {"java.time.LocalTime", "atDate", "java.time.LocalDate", at_date},
    {"java.time.LocalDateTime", "toString", "", to_text},
    {"java.time.LocalDateTime", "toLocalDate", "", to_local_date},
    {"java.time.LocalDateTime", "toLocalTime", "", to_local_time},
    {"java.time.ZonedDateTime", "toLocalDate", "", to_local_date},
    {"java.time.ZonedDateTime", "toLocalTime", "", to_local_time},
    {"java.time.ZonedDateTime", "toLocalDateTime", "", to_local_date_time},
    {"java.time.OffsetDateTime", "toLocalDate", "", to_local_date},
    {"java.time.OffsetDateTime", "toLocalTime", "", to_local_time},
    {"java.time.OffsetDateTime", "toLocalDateTime", "", to_local_date_time},
    {"java.time.temporal.ChronoUnit", "between", "Object,Object", unit_between},
    {"java.time.Period", "between", "java.time.LocalDate,java.time.LocalDate", period_between, K::static_method},
    {"java.time.Period", "of", "int,int,int", period_of, K::static_method},
    {"java.time.Period", "ofDays", "int", period_of, K::static_method},
    {"java.time.Period", "ofWeeks", "int", period_of, K::static_method},
    {"java.time.Period", "ofMonths", "int", period_of, K::static_method},
    {"java.time.Period", "ofYears", "int", period_of, K::static_method},
    {"java.time.Period", "getYears", "", period_field},
    {"java.time.Period", "getMonths", "", period_field},
    {"java.time.Period", "getDays", "", period_field},
    {"java.time.Period", "toTotalMonths", "", period_field},
    {"java.time.Period", "toString", "", period_text},
    {"java.time.Year", "isLeap", "long", year_is_leap, K::static_method},
    {"java.time.YearMonth", "of", "int,Object", year_month_of, K::static_method},
    {"java.time.YearMonth", "toString", "", year_month_text},
    {"java.time.YearMonth", "getYear", "", year_month_field},
    {"java.time.YearMonth", "getMonthValue", "", year_month_field},
    {"java.time.YearMonth", "lengthOfMonth", "", year_month_field},
    {"java.time.YearMonth", "atDay", "int", year_month_at_day},
    {"java.time.YearMonth", "atEndOfMonth", "", year_month_at_day},
};
#undef WL_MOVES
#undef WL_DATE_PART
#undef WL_TIME_PART
#undef WL_COMMON

}  // namespace

NativeTable local_time_methods() { return kMethods; }

}  // namespace windlass::vm

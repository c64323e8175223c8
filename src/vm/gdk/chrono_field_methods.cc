// java.time.temporal.ChronoField and ValueRange: the fields of java.time values by name (get, getLong, with, range,
// isSupported), and the English names of months and days. Ranges and messages are the JDK's (17).
#include <algorithm>
#include <limits>
#include <optional>

#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/gdk/time_limits.h"
#include "vm/gdk/time_values.h"

namespace windlass::vm {
namespace {

constexpr std::int64_t kMostYear = 999'999'999;
constexpr std::string_view kUnsupported = "java.time.temporal.UnsupportedTemporalTypeException";

/// Ordinals of ChronoField.
enum Field : std::uint8_t {
  nano_of_second,
  nano_of_day,
  micro_of_second,
  micro_of_day,
  milli_of_second,
  milli_of_day,
  second_of_minute,
  second_of_day,
  minute_of_hour,
  minute_of_day,
  hour_of_ampm,
  clock_hour_of_ampm,
  hour_of_day,
  clock_hour_of_day,
  ampm_of_day,
  day_of_week,
  aligned_day_of_week_in_month,
  aligned_day_of_week_in_year,
  day_of_month,
  day_of_year_,
  epoch_day,
  aligned_week_of_month,
  aligned_week_of_year,
  month_of_year,
  proleptic_month,
  year_of_era,
  year,
  era,
  instant_seconds,
  offset_seconds,
};
/// Ordinals of ChronoUnit.
enum Unit : std::uint8_t {
  nanos,
  micros,
  millis,
  seconds,
  minutes,
  hours,
  half_days,
  days,
  weeks,
  months,
  years,
  decades,
  centuries,
  millennia,
  eras,
  forever,
};

/// Smallest and largest value; where they depend on the date, the smaller of the largest too.
struct Range {
  std::int64_t low = 0;
  std::int64_t high_at_least = 0;
  std::int64_t high = 0;
};
struct FieldRow {
  std::string_view text;
  Unit base;
  Unit range_unit;
  Range range;
};
constexpr Range fixed(std::int64_t low, std::int64_t high) { return {low, high, high}; }
constexpr FieldRow kFields[] = {
    {"NanoOfSecond", nanos, seconds, fixed(0, kNanosPerSecond - 1)},
    {"NanoOfDay", nanos, days, fixed(0, kNanosPerDay - 1)},
    {"MicroOfSecond", micros, seconds, fixed(0, 999'999)},
    {"MicroOfDay", micros, days, fixed(0, kSecondsPerDay * 1'000'000 - 1)},
    {"MilliOfSecond", millis, seconds, fixed(0, 999)},
    {"MilliOfDay", millis, days, fixed(0, kSecondsPerDay * 1000 - 1)},
    {"SecondOfMinute", seconds, minutes, fixed(0, 59)},
    {"SecondOfDay", seconds, days, fixed(0, kSecondsPerDay - 1)},
    {"MinuteOfHour", minutes, hours, fixed(0, 59)},
    {"MinuteOfDay", minutes, days, fixed(0, 24 * 60 - 1)},
    {"HourOfAmPm", hours, half_days, fixed(0, 11)},
    {"ClockHourOfAmPm", hours, half_days, fixed(1, 12)},
    {"HourOfDay", hours, days, fixed(0, 23)},
    {"ClockHourOfDay", hours, days, fixed(1, 24)},
    {"AmPmOfDay", half_days, days, fixed(0, 1)},
    {"DayOfWeek", days, weeks, fixed(1, 7)},
    {"AlignedDayOfWeekInMonth", days, weeks, fixed(1, 7)},
    {"AlignedDayOfWeekInYear", days, weeks, fixed(1, 7)},
    {"DayOfMonth", days, months, {1, 28, 31}},
    {"DayOfYear", days, years, {1, 365, 366}},
    {"EpochDay", days, forever, fixed(-365'243'219'162, 365'241'780'471)},
    {"AlignedWeekOfMonth", weeks, months, {1, 4, 5}},
    {"AlignedWeekOfYear", weeks, years, fixed(1, 53)},
    {"MonthOfYear", months, years, fixed(1, 12)},
    {"ProlepticMonth", months, forever, fixed(-kMostYear * 12, kMostYear * 12 + 11)},
    {"YearOfEra", years, forever, {1, kMostYear, kMostYear + 1}},
    {"Year", years, forever, fixed(-kMostYear, kMostYear)},
    {"Era", eras, forever, fixed(0, 1)},
    {"InstantSeconds", seconds, forever,
     fixed(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max())},
    {"OffsetSeconds", seconds, forever, fixed(-18 * 3600, 18 * 3600)},
};
bool is_time_based(Field field) { return field < day_of_week; }
bool is_date_based(Field field) { return field >= day_of_week && field <= era; }

Field field_arg(Call& call) {
  return static_cast<Field>(java_enum_ordinal(call.heap(), call.arg(0), java::chrono_field));
}
Field own_field(Call& call) {
  return static_cast<Field>(java_enum_ordinal(call.heap(), call.self(), java::chrono_field));
}
bool is_zoned(ClassId id) { return id == java::time_zoned_date_time || id == java::time_offset_date_time; }

bool supports(ClassId id, Field field) {
  switch (id) {
    case java::time_local_date:
      return is_date_based(field);
    case java::time_local_time:
      return is_time_based(field);
    case java::time_local_date_time:
      return is_date_based(field) || is_time_based(field);
    case java::time_instant:
      return field == nano_of_second || field == micro_of_second || field == milli_of_second ||
             field == instant_seconds;
    case java::time_year_month:
      return field >= month_of_year && field <= era;
    case java::time_day_of_week:
      return field == day_of_week;
    case java::time_month:
      return field == month_of_year;
    default:
      return is_zoned(id);
  }
}
bool supports_unit(ClassId id, Unit unit) {
  switch (id) {
    case java::time_local_date:
      return unit >= days && unit < forever;
    case java::time_local_time:
      return unit < days;
    case java::time_instant:
      return unit <= days;
    default:
      return unit < forever;
  }
}

// ---- reading

std::int64_t time_field(std::int64_t nano, Field field) {
  const std::int64_t second = nano / kNanosPerSecond;
  const std::int64_t of_second = nano % kNanosPerSecond;
  const std::int64_t hour = second / 3600;
  switch (field) {
    case nano_of_second:
      return of_second;
    case nano_of_day:
      return nano;
    case micro_of_second:
      return of_second / 1000;
    case micro_of_day:
      return nano / 1000;
    case milli_of_second:
      return of_second / 1'000'000;
    case milli_of_day:
      return nano / 1'000'000;
    case second_of_minute:
      return second % 60;
    case second_of_day:
      return second;
    case minute_of_hour:
      return second / 60 % 60;
    case minute_of_day:
      return second / 60;
    case hour_of_ampm:
      return hour % 12;
    case clock_hour_of_ampm:
      return hour % 12 == 0 ? 12 : hour % 12;
    case hour_of_day:
      return hour;
    case clock_hour_of_day:
      return hour == 0 ? 24 : hour;
    default:
      return hour / 12;
  }
}
std::int64_t month_field(std::int64_t of_year, int month, Field field) {
  switch (field) {
    case month_of_year:
      return month;
    case proleptic_month:
      return of_year * 12 + month - 1;
    case year_of_era:
      return of_year >= 1 ? of_year : 1 - of_year;
    case year:
      return of_year;
    default:
      return of_year >= 1 ? 1 : 0;
  }
}
std::int64_t date_field(std::int64_t day, Field field) {
  const CivilDate d = civil_date(day);
  const std::int64_t in_year = day - text::days_from_civil(d.year, 1, 1);
  switch (field) {
    case day_of_week:
      return ((day + 3) % 7 + 7) % 7 + 1;
    case aligned_day_of_week_in_month:
      return (d.day - 1) % 7 + 1;
    case aligned_day_of_week_in_year:
      return in_year % 7 + 1;
    case day_of_month:
      return d.day;
    case day_of_year_:
      return in_year + 1;
    case epoch_day:
      return day;
    case aligned_week_of_month:
      return (d.day - 1) / 7 + 1;
    case aligned_week_of_year:
      return in_year / 7 + 1;
    default:
      return month_field(d.year, d.month, field);
  }
}
/// What getLong gives for a field that `self` supports.
std::int64_t value_of(Call& call, Field field) {
  Heap& heap = call.heap();
  const Value self = call.self();
  const ClassId id = call.class_of(self);
  if (id == java::time_day_of_week || id == java::time_month) return std::int64_t{java_enum_ordinal(heap, self)} + 1;
  if (id == java::time_year_month) {
    const auto slots = heap.native_slots(self);
    return month_field(slots[0].integer, static_cast<int>(slots[1].integer), field);
  }
  if (field == instant_seconds) return seconds_of(heap, self).seconds;
  if (field == offset_seconds) return zoned_zone(heap, self).offset_seconds(seconds_of(heap, self).seconds * 1000);
  const LocalMoment m = shown_moment(heap, self);
  return is_time_based(field) ? time_field(m.nano, field) : date_field(m.day, field);
}
Status unsupported(Call& call, Field field) {
  return call.throw_java(kUnsupported, "Unsupported field: " + std::string(kFields[field].text));
}
Status get_long(Call& call) {
  const Field field = field_arg(call);
  if (!supports(call.class_of(call.self()), field)) return unsupported(call, field);
  return call.give(value_of(call, field));
}
Status get_int(Call& call) {
  const Field field = field_arg(call);
  const ClassId id = call.class_of(call.self());
  if (!supports(id, field) || (id == java::time_instant && field == instant_seconds)) return unsupported(call, field);
  const bool is_wide = field == nano_of_day || field == micro_of_day || field == epoch_day ||
                       field == proleptic_month || field == instant_seconds;
  if (is_wide) {
    return call.throw_java(kUnsupported, "Invalid field '" + std::string(kFields[field].text) +
                                             "' for get() method, use getLong() instead");
  }
  return call.give(static_cast<std::int32_t>(value_of(call, field)));
}
Status is_supported(Call& call) {
  const Value what = call.arg(0);
  if (what.is_null()) return call.give(false);
  const ClassId id = call.class_of(call.self());
  if (call.class_of(what) == java::chrono_unit) {
    return call.give(supports_unit(id, static_cast<Unit>(java_enum_ordinal(call.heap(), what, java::chrono_unit))));
  }
  return call.give(supports(id, field_arg(call)));
}

// ---- ranges

std::string range_text(const Range& r) {
  std::string out = std::to_string(r.low) + " - " + std::to_string(r.high_at_least);
  if (r.high_at_least != r.high) out += "/" + std::to_string(r.high);
  return out;
}
Status give_range(Call& call, const Range& r) {
  const Value v = call.heap().make_native(java::value_range, 3);
  const auto slots = call.heap().native_slots(v);
  slots[0] = Value::of_long(r.low);
  slots[1] = Value::of_long(r.high_at_least);
  slots[2] = Value::of_long(r.high);
  return call.give(v);
}
Range own_range(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  return {slots[0].integer, slots[1].integer, slots[2].integer};
}
Status field_range(Call& call) { return give_range(call, kFields[own_field(call)].range); }
/// What a field can be in the month and year of this value.
Status range_here(Call& call) {
  const Field field = field_arg(call);
  const ClassId id = call.class_of(call.self());
  if (!supports(id, field)) return unsupported(call, field);
  if (!is_date_based(field) || id == java::time_day_of_week || id == java::time_month || id == java::time_year_month) {
    return give_range(call, kFields[field].range);
  }
  const CivilDate d = civil_date(shown_moment(call.heap(), call.self()).day);
  switch (field) {
    case day_of_month:
      return give_range(call, fixed(1, length_of_month(d.year, d.month)));
    case day_of_year_:
      return give_range(call, fixed(1, is_leap_year(d.year) ? 366 : 365));
    case aligned_week_of_month:
      return give_range(call, fixed(1, length_of_month(d.year, d.month) == 28 ? 4 : 5));
    case year_of_era:
      return give_range(call, fixed(1, d.year <= 0 ? kMostYear + 1 : kMostYear));
    default:
      return give_range(call, kFields[field].range);
  }
}
Status range_value(Call& call) {
  const Range r = own_range(call);
  const auto name = call.name();
  if (name == "getMinimum" || name == "getLargestMinimum") return call.give(r.low);
  return call.give(name == "getSmallestMaximum" ? r.high_at_least : r.high);
}
Status range_question(Call& call) {
  const Range r = own_range(call);
  if (call.name() == "isFixed") return call.give(r.high_at_least == r.high);
  return call.give(call.long_arg(0) >= r.low && call.long_arg(0) <= r.high);
}
Status range_to_text(Call& call) { return call.give_utf8(range_text(own_range(call))); }

std::optional<num::Thrown> refused(Field field, std::int64_t n) {
  const FieldRow& row = kFields[field];
  if (n >= row.range.low && n <= row.range.high) return std::nullopt;
  return num::Thrown{"java.time.DateTimeException", "Invalid value for " + std::string(row.text) + " (valid values " +
                                                        range_text(row.range) + "): " + std::to_string(n)};
}
Status check_valid(Call& call) {
  if (const auto thrown = refused(own_field(call), call.long_arg(0))) return call.throw_java(*thrown);
  if (call.name() == "checkValidIntValue") return call.give(call.int_arg(0));
  return call.give(call.long_arg(0));
}

// ---- writing

/// The time of day with one field changed; what is finer than the field stays, but for the fields of a day.
std::int64_t time_with(std::int64_t nano, Field field, std::int64_t n) {
  constexpr std::int64_t kHour = 3600 * kNanosPerSecond;
  const auto moved = [&](std::int64_t unit) { return nano + (n - time_field(nano, field)) * unit; };
  switch (field) {
    case nano_of_second:
      return nano - nano % kNanosPerSecond + n;
    case micro_of_second:
      return nano - nano % kNanosPerSecond + n * 1000;
    case milli_of_second:
      return nano - nano % kNanosPerSecond + n * 1'000'000;
    case nano_of_day:
      return n;
    case micro_of_day:
      return n * 1000;
    case milli_of_day:
      return n * 1'000'000;
    case second_of_minute:
    case second_of_day:
      return moved(kNanosPerSecond);
    case minute_of_hour:
    case minute_of_day:
      return moved(60 * kNanosPerSecond);
    case hour_of_ampm:
    case hour_of_day:
      return moved(kHour);
    case clock_hour_of_ampm:
      return nano + (n % 12 - time_field(nano, hour_of_ampm)) * kHour;
    case clock_hour_of_day:
      return nano + (n % 24 - time_field(nano, hour_of_day)) * kHour;
    default:
      return moved(12 * kHour);
  }
}
num::JavaResult<std::int64_t> date_with(std::int64_t day, Field field, std::int64_t n) {
  const CivilDate d = civil_date(day);
  const auto in_year = [&](std::int64_t other) {
    return text::days_from_civil(other, d.month, std::min(d.day, length_of_month(other, d.month)));
  };
  switch (field) {
    case day_of_month:
      return day_of(d.year, d.month, n);
    case day_of_year_:
      if (n == 366 && !is_leap_year(d.year)) {
        return num::thrown("java.time.DateTimeException",
                           "Invalid date 'DayOfYear 366' as '" + std::to_string(d.year) + "' is not a leap year");
      }
      return text::days_from_civil(d.year, 1, 1) + n - 1;
    case epoch_day:
      return n;
    case aligned_week_of_month:
    case aligned_week_of_year:
      return checked_day(Wide{day} + (Wide{n} - date_field(day, field)) * 7);
    case month_of_year:
    case proleptic_month:
      return plus_months(day, Wide{n} - date_field(day, field));
    case year_of_era:
      return in_year(WL_JAVA_TRY(checked_year(d.year >= 1 ? n : 1 - n)));
    case year:
      return in_year(n);
    case era:
      return n == date_field(day, era) ? day : in_year(1 - d.year);
    default:
      return checked_day(Wide{day} + n - date_field(day, field));
  }
}
Status with_field(Call& call) {
  Heap& heap = call.heap();
  const Value self = call.self();
  const ClassId id = call.class_of(self);
  const Field field = field_arg(call);
  const std::int64_t n = call.long_arg(1);
  if (!supports(id, field)) return unsupported(call, field);
  if (const auto thrown = refused(field, n)) return call.throw_java(*thrown);
  if (field == instant_seconds) {
    const Seconds s = VM_JAVA(call, checked_instant(n, seconds_of(heap, self).nanos));
    if (id == java::time_instant) return call.give(make_seconds(heap, id, s));
    return call.give(make_zoned(heap, id, s, zoned_zone(heap, self).id()));
  }
  if (field == offset_seconds) {
    // A zone has one offset at a time: only an OffsetDateTime takes another.
    if (id == java::time_zoned_date_time) return call.give(self);
    const std::string offset = offset_text(static_cast<std::int32_t>(n));
    return call.give(
        make_zoned(heap, id, instant_of(shown_moment(heap, self), text::TimeZone::find_or_gmt(offset)), offset));
  }
  LocalMoment m = shown_moment(heap, self);
  if (is_time_based(field)) {
    m.nano = time_with(m.nano, field, n);
  } else {
    m.day = VM_JAVA(call, date_with(m.day, field, n));
  }
  return call.give(showing(heap, self, m));
}

// ---- ChronoField itself

Status field_text(Call& call) { return call.give_utf8(kFields[own_field(call)].text); }
Status field_unit(Call& call) {
  const FieldRow& row = kFields[own_field(call)];
  return call.give(
      make_java_enum(call.heap(), java::chrono_unit, call.name() == "getBaseUnit" ? row.base : row.range_unit));
}
Status field_question(Call& call) {
  const Field field = own_field(call);
  return call.give(call.name() == "isDateBased" ? is_date_based(field) : is_time_based(field));
}
Status unit_question(Call& call) {
  const auto unit = static_cast<Unit>(java_enum_ordinal(call.heap(), call.self(), java::chrono_unit));
  return call.give(call.name() == "isDateBased" ? unit >= days && unit < forever : unit < days);
}

// ---- names of months and days

/// FULL FULL_STANDALONE SHORT SHORT_STANDALONE NARROW NARROW_STANDALONE
Status display_name(Call& call) {
  const int style = java_enum_ordinal(call.heap(), call.arg(0), java::text_style);
  const ClassId id = call.class_of(call.self());
  std::string name(java_enum_names(id)[static_cast<std::size_t>(java_enum_ordinal(call.heap(), call.self(), id))]);
  for (std::size_t i = 1; i < name.size(); ++i) name[i] = static_cast<char>(name[i] + ('a' - 'A'));
  return call.give_utf8(std::string_view(name).substr(0, style < 2 ? name.size() : style < 4 ? 3 : 1));
}
Status style_turned(Call& call) {
  const auto ordinal = static_cast<std::uint32_t>(java_enum_ordinal(call.heap(), call.self(), java::text_style));
  if (call.name() == "isStandalone") return call.give(ordinal % 2 == 1);
  return call.give(
      make_java_enum(call.heap(), java::text_style, call.name() == "asStandalone" ? ordinal | 1U : ordinal & ~1U));
}
Status month_or_day_from(Call& call) {
  const ClassId id = call.self().class_id();
  const ClassId other = call.class_of(call.arg(0));
  if (other == id) return call.give(call.arg(0));
  const Field field = id == java::time_month ? month_of_year : day_of_week;
  if (!supports(other, field)) return unsupported(call, field);
  const auto n = date_field(shown_moment(call.heap(), call.arg(0)).day, field);
  return call.give(make_java_enum(call.heap(), id, static_cast<std::uint32_t>(n - 1)));
}

using K = NativeKind;
#define WL_READS(owner)                                                 \
  {owner, "get", "java.time.temporal.ChronoField", get_int},            \
      {owner, "getLong", "java.time.temporal.ChronoField", get_long},   \
      {owner, "range", "java.time.temporal.ChronoField", range_here}, { \
    owner, "isSupported", "Object", is_supported                        \
  }
#define WL_WRITES(owner) \
  WL_READS(owner), { owner, "with", "java.time.temporal.ChronoField,long", with_field }
constexpr std::string_view kField = "java.time.temporal.ChronoField";
constexpr std::string_view kRange = "java.time.temporal.ValueRange";
constexpr NativeMethod kMethods[] = {
    WL_WRITES("java.time.LocalDate"),
    WL_WRITES("java.time.LocalTime"),
    WL_WRITES("java.time.LocalDateTime"),
    WL_WRITES("java.time.ZonedDateTime"),
    WL_WRITES("java.time.OffsetDateTime"),
    WL_WRITES("java.time.Instant"),
    WL_READS("java.time.YearMonth"),
    WL_READS("java.time.DayOfWeek"),
    WL_READS("java.time.Month"),
    {kField, "range", "", field_range},
    {kField, "toString", "", field_text},
    {kField, "getBaseUnit", "", field_unit},
    {kField, "getRangeUnit", "", field_unit},
    {kField, "isDateBased", "", field_question},
    {kField, "isTimeBased", "", field_question},
    {kField, "checkValidValue", "long", check_valid},
    {kField, "checkValidIntValue", "long", check_valid},
    {"java.time.temporal.ChronoUnit", "isDateBased", "", unit_question},
    {"java.time.temporal.ChronoUnit", "isTimeBased", "", unit_question},
    {kRange, "getMinimum", "", range_value},
    {kRange, "getLargestMinimum", "", range_value},
    {kRange, "getSmallestMaximum", "", range_value},
    {kRange, "getMaximum", "", range_value},
    {kRange, "isFixed", "", range_question},
    {kRange, "isValidValue", "long", range_question},
    {kRange, "isValidIntValue", "long", range_question},
    {kRange, "toString", "", range_to_text},
    {"java.time.DayOfWeek", "getDisplayName", "java.time.format.TextStyle,java.util.Locale", display_name},
    {"java.time.Month", "getDisplayName", "java.time.format.TextStyle,java.util.Locale", display_name},
    {"java.time.DayOfWeek", "from", "Object", month_or_day_from, K::static_method},
    {"java.time.Month", "from", "Object", month_or_day_from, K::static_method},
    {"java.time.format.TextStyle", "isStandalone", "", style_turned},
    {"java.time.format.TextStyle", "asStandalone", "", style_turned},
    {"java.time.format.TextStyle", "asNormal", "", style_turned},
};
#undef WL_READS
#undef WL_WRITES

}  // namespace

NativeTable chrono_field_methods() { return kMethods; }

}  // namespace windlass::vm

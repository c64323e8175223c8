// java.util.Calendar (Gregorian). set() only notes fields; the time is computed when somebody reads, as Java does, so
// that set(MONTH) and set(DAY_OF_MONTH) may come in any order. Weeks start on Sunday, as in Locale.US.
#include <cstring>

#include "num/java_numbers.h"
#include "text/date_format.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

/// Bytes of the native object; slot 0 is the zone's id.
struct Fields {
  std::int64_t millis = 0;
  std::int64_t year = 1970;
  std::int64_t month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;  ///< as set, of any size
  std::int32_t noted = 0;  ///< fields were set since millis was computed
  std::int32_t lenient = 1;
  std::int32_t first_day = 1;  ///< of the week: Calendar.SUNDAY
};

enum Field : int {
  era,
  year,
  month,
  week_of_year,
  week_of_month,
  day_of_month,
  day_of_year,
  day_of_week,
  day_of_week_in_month,
  am_pm,
  hour,
  hour_of_day,
  minute,
  second,
  millisecond,
  zone_offset,
  dst_offset
};
constexpr std::string_view kNames[] = {"ERA",          "YEAR",          "MONTH",
                                       "WEEK_OF_YEAR", "WEEK_OF_MONTH", "DAY_OF_MONTH",
                                       "DAY_OF_YEAR",  "DAY_OF_WEEK",   "DAY_OF_WEEK_IN_MONTH",
                                       "AM_PM",        "HOUR",          "HOUR_OF_DAY",
                                       "MINUTE",       "SECOND",        "MILLISECOND",
                                       "ZONE_OFFSET",  "DST_OFFSET"};

Fields load(Call& call, Value v) {
  Fields f;
  std::memcpy(&f, call.heap().native_bytes(v, sizeof f).data(), sizeof f);
  return f;
}
void store(Call& call, Value v, const Fields& f) {
  std::memcpy(call.heap().native_bytes(v, sizeof f).data(), &f, sizeof f);
}
text::TimeZone zone_of(Call& call, Value v) {
  return text::TimeZone::find_or_gmt(call.heap().utf8(call.heap().native_slots(v)[0]));
}
void from_millis(Fields& f, const text::TimeZone& zone) {
  const auto c = zone.civil(f.millis);
  f.year = c.year;
  f.month = c.month;
  f.day = c.day;
  f.hour = c.hour;
  f.minute = c.minute;
  f.second = c.second;
  f.millisecond = c.millisecond;
  f.noted = 0;
}
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }
/// Fields and millis agree afterwards. What is too large or too small for its field is carried into the next one.
void complete(Fields& f, const text::TimeZone& zone) {
  if (f.noted == 0) return;
  constexpr std::int64_t kDay = 86'400'000;
  const std::int64_t months = f.year * 12 + f.month - 1;
  const std::int64_t of_day = ((f.hour * 60 + f.minute) * 60 + f.second) * 1000 + f.millisecond;
  const std::int64_t days =
      text::days_from_civil(floor_div(months, 12), static_cast<int>(floor_mod(months, 12)) + 1, 1) + f.day - 1 +
      floor_div(of_day, kDay);
  const auto rest = static_cast<int>(floor_mod(of_day, kDay));
  int civil_month = 0;
  int civil_day = 0;
  text::civil_from_days(days, f.year, civil_month, civil_day);
  f.millis = zone.to_millis(f.year, civil_month, civil_day, rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60,
                            rest % 1000);
  from_millis(f, zone);
}
/// The date of fields that agree.
std::int64_t epoch_day(const Fields& f) {
  return text::days_from_civil(f.year, static_cast<int>(f.month), static_cast<int>(f.day));
}
Fields completed(Call& call, Value v) {
  Fields f = load(call, v);
  complete(f, zone_of(call, v));
  store(call, v, f);
  return f;
}

int weekday(const Fields& f) {  // 1 = Sunday
  return static_cast<int>(floor_mod(epoch_day(f) + 4, 7)) + 1;
}
int day_in_year(const Fields& f) { return static_cast<int>(epoch_day(f) - text::days_from_civil(f.year, 1, 1)) + 1; }
bool is_leap(std::int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }
int month_length(std::int64_t y, std::int64_t m) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && is_leap(y) ? 29 : kDays[m - 1];
}
int week_number(const Fields& f, std::int64_t day_of_period) {
  const int shift = (weekday(f) - f.first_day + 7) % 7;
  return static_cast<int>((day_of_period - 1 + 7 - shift + 6) / 7);
}
int year_week(const Fields& f) {
  const int week = week_number(f, day_in_year(f));
  // The last days of December belong to the first week of the new year when that contains January 1.
  const int to_end = (is_leap(f.year) ? 366 : 365) - day_in_year(f);
  const int shift = (weekday(f) - f.first_day + 7) % 7;
  return to_end < 6 - shift ? 1 : week;
}

Status field_value(Call& call, int number, std::int32_t& out) {
  const Fields f = completed(call, call.self());
  switch (number) {
    case era:
      out = f.year > 0 ? 1 : 0;
      return Status::ok;
    case year:
      out = static_cast<std::int32_t>(f.year > 0 ? f.year : 1 - f.year);
      return Status::ok;
    case month:
      out = static_cast<std::int32_t>(f.month - 1);
      return Status::ok;
    case week_of_year:
      out = year_week(f);
      return Status::ok;
    case week_of_month:
      out = week_number(f, f.day);
      return Status::ok;
    case day_of_month:
      out = static_cast<std::int32_t>(f.day);
      return Status::ok;
    case day_of_year:
      out = day_in_year(f);
      return Status::ok;
    case day_of_week:
      out = weekday(f);
      return Status::ok;
    case day_of_week_in_month:
      out = static_cast<std::int32_t>((f.day - 1) / 7 + 1);
      return Status::ok;
    case am_pm:
      out = static_cast<std::int32_t>(f.hour / 12);
      return Status::ok;
    case hour:
      out = static_cast<std::int32_t>(f.hour % 12);
      return Status::ok;
    case hour_of_day:
      out = static_cast<std::int32_t>(f.hour);
      return Status::ok;
    case minute:
      out = static_cast<std::int32_t>(f.minute);
      return Status::ok;
    case second:
      out = static_cast<std::int32_t>(f.second);
      return Status::ok;
    case millisecond:
      out = static_cast<std::int32_t>(f.millisecond);
      return Status::ok;
    case zone_offset:
    case dst_offset: {
      const auto c = zone_of(call, call.self()).civil(f.millis);
      const std::int32_t summer = c.daylight ? 3'600'000 : 0;
      out = number == dst_offset ? summer : c.offset_seconds * 1000 - summer;
      return Status::ok;
    }
    default:
      return call.throw_java(java::array_index_out_of_bounds_exception,
                             "Index " + std::to_string(number) + " out of bounds for length 17");
  }
}

Status set_field(Call& call, Fields& f, int number, int value) {
  const auto zone = zone_of(call, call.self());
  switch (number) {
    case year:
      f.year = value;
      break;
    case month:
      f.month = std::int64_t{value} + 1;
      break;
    case day_of_month:
      f.day = value;
      break;
    case hour_of_day:
      f.hour = value;
      break;
    case minute:
      f.minute = value;
      break;
    case second:
      f.second = value;
      break;
    case millisecond:
      f.millisecond = value;
      break;
    case hour:
      complete(f, zone);
      f.hour = f.hour / 12 * 12 + value;
      break;
    case am_pm:
      complete(f, zone);
      f.hour = f.hour % 12 + 12 * std::int64_t{value};
      break;
    case day_of_year:
      f.month = 1;
      f.day = value;
      break;
    case day_of_week: {
      complete(f, zone);
      const auto place = [&](std::int64_t d) { return floor_mod(d - f.first_day, 7); };
      f.day += place(value) - place(weekday(f));
      break;
    }
    case week_of_year:
      complete(f, zone);
      f.day += 7 * (std::int64_t{value} - year_week(f));
      break;
    case week_of_month:
      complete(f, zone);
      f.day += 7 * (std::int64_t{value} - week_number(f, f.day));
      break;
    default:
      return call.throw_java(java::illegal_argument_exception);
  }
  f.noted = 1;
  return Status::ok;
}

Status add_to(Call& call, Fields& f, int number, std::int64_t n) {
  const auto zone = zone_of(call, call.self());
  complete(f, zone);
  switch (number) {
    case year:
    case month: {
      const std::int64_t months = f.year * 12 + f.month - 1 + (number == year ? n * 12 : n);
      f.year = floor_div(months, 12);
      f.month = floor_mod(months, 12) + 1;
      f.day = std::min<std::int64_t>(f.day, month_length(f.year, f.month));
      break;
    }
    case week_of_year:
    case week_of_month:
    case day_of_week_in_month:
      f.day += 7 * n;
      break;
    case day_of_month:
    case day_of_year:
    case day_of_week:
      f.day += n;
      break;
    case am_pm:
    case hour:
    case hour_of_day:
    case minute:
    case second:
    case millisecond: {
      static constexpr std::int64_t kMillis[] = {43'200'000, 3'600'000, 3'600'000, 60'000, 1'000, 1};
      f.millis = num::add_long(f.millis, n * kMillis[number - am_pm]);
      from_millis(f, zone);
      return Status::ok;
    }
    default:
      return call.throw_java(java::illegal_argument_exception);
  }
  f.noted = 1;
  complete(f, zone);
  return Status::ok;
}

Value make_calendar(Call& call, std::int64_t millis, std::string_view zone) {
  const Value v = call.heap().make_native(java::gregorian_calendar, 1, sizeof(Fields));
  const Value id = call.heap().make_string(zone);
  call.heap().native_slots(v)[0] = id;
  Fields f;
  f.millis = millis;
  from_millis(f, text::TimeZone::find_or_gmt(zone));
  store(call, v, f);
  return v;
}

Status instance(Call& call) {
  std::string zone = default_zone(call);
  for (const Value v : call.args()) {
    if (call.is_instance(v, java::time_zone)) zone = zone_id(call.heap(), v);
  }
  const Value v = make_calendar(call, call.vm().state().host.clock_millis(call.fiber().id), zone);
  if (call.has(2)) {
    Fields f = load(call, v);
    f.year = call.int_arg(0);
    f.month = std::int64_t{call.int_arg(1)} + 1;
    f.day = call.int_arg(2);
    f.hour = call.has(3) ? call.int_arg(3) : 0;
    f.minute = call.has(4) ? call.int_arg(4) : 0;
    f.second = call.has(5) ? call.int_arg(5) : 0;
    f.millisecond = 0;
    f.noted = 1;
    store(call, v, f);
  }
  return call.give(v);
}
Status date_to_calendar(Call& call) {
  return call.give(make_calendar(call, date_millis(call.heap(), call.self()), default_zone(call)));
}
Status get(Call& call) {
  std::int32_t out = 0;
  VM_DO(field_value(call, call.int_arg(0), out));
  return call.give(out);
}
/// date[Calendar.YEAR].
Status date_get_at(Call& call) {
  const Value calendar = make_calendar(call, date_millis(call.heap(), call.self()), default_zone(call));
  Value out;
  const Value args[] = {call.arg(0)};
  VM_DO(call.invoke_method(calendar, "get", args, out));
  return call.give(out);
}
Status set(Call& call) {
  Fields f = load(call, call.self());
  if (call.count() == 2) {
    VM_DO(set_field(call, f, call.int_arg(0), call.int_arg(1)));
  } else {
    f.year = call.int_arg(0);
    f.month = std::int64_t{call.int_arg(1)} + 1;
    f.day = call.int_arg(2);
    if (call.has(3)) f.hour = call.int_arg(3);
    if (call.has(4)) f.minute = call.int_arg(4);
    if (call.has(5)) f.second = call.int_arg(5);
    f.noted = 1;
  }
  store(call, call.self(), f);
  return call.give_null();
}
Status add(Call& call) {
  Fields f = load(call, call.self());
  VM_DO(add_to(call, f, call.int_arg(0), call.long_arg(1)));
  store(call, call.self(), f);
  return call.give_null();
}
/// Moves one field around within what it can be; larger fields stay as they are.
Status roll(Call& call) {
  const Value amount = call.arg(1);
  const std::int64_t n = amount.is_boolean() ? (amount.is_true() ? 1 : -1) : call.long_arg(1);
  Fields f = completed(call, call.self());
  const auto around = [n](std::int64_t at, std::int64_t size) { return floor_mod(at + n, size); };
  switch (call.int_arg(0)) {
    case year:
      f.year += n;
      break;
    case month:
      f.month = around(f.month - 1, 12) + 1;
      f.day = std::min<std::int64_t>(f.day, month_length(f.year, f.month));
      break;
    case day_of_month:
      f.day = around(f.day - 1, month_length(f.year, f.month)) + 1;
      break;
    case day_of_year:
      f.day = around(day_in_year(f) - 1, is_leap(f.year) ? 366 : 365) + 1;
      f.month = 1;
      break;
    case day_of_week: {
      const std::int64_t place = floor_mod(weekday(f) - f.first_day, 7);
      f.day += around(place, 7) - place;
      break;
    }
    case day_of_week_in_month: {
      const std::int64_t first = (f.day - 1) % 7;
      f.day = first + 1 + 7 * around((f.day - 1) / 7, (month_length(f.year, f.month) - 1 - first) / 7 + 1);
      break;
    }
    case am_pm:
      f.hour = f.hour % 12 + 12 * around(f.hour / 12, 2);
      break;
    case hour:
      f.hour = f.hour / 12 * 12 + around(f.hour % 12, 12);
      break;
    case hour_of_day:
      f.hour = around(f.hour, 24);
      break;
    case minute:
      f.minute = around(f.minute, 60);
      break;
    case second:
      f.second = around(f.second, 60);
      break;
    case millisecond:
      f.millisecond = around(f.millisecond, 1000);
      break;
    default:
      return call.throw_java(java::illegal_argument_exception);
  }
  f.noted = 1;
  complete(f, zone_of(call, call.self()));
  store(call, call.self(), f);
  return call.give_null();
}
Status get_millis(Call& call) { return call.give(completed(call, call.self()).millis); }
Status set_millis(Call& call) {
  Fields f = load(call, call.self());
  f.millis = call.arg(0).is_number() ? call.long_arg(0) : date_millis(call.heap(), call.arg(0));
  from_millis(f, zone_of(call, call.self()));
  store(call, call.self(), f);
  return call.give_null();
}
Status get_date(Call& call) { return call.give(make_date(call.heap(), completed(call, call.self()).millis)); }
Status get_zone(Call& call) { return call.give(make_zone(call.heap(), zone_of(call, call.self()).id())); }
Status set_zone(Call& call) {
  Fields f = completed(call, call.self());
  const Value id = call.heap().native_slots(call.arg(0))[0];
  call.heap().native_slots(call.self())[0] = id;
  from_millis(f, zone_of(call, call.self()));
  store(call, call.self(), f);
  return call.give_null();
}
Status clear(Call& call) {
  Fields f = load(call, call.self());
  if (call.count() == 0) {
    f = Fields{};
  } else {
    VM_DO(set_field(call, f, call.int_arg(0), call.int_arg(0) == day_of_month ? 1 : 0));
  }
  f.noted = 1;
  store(call, call.self(), f);
  return call.give_null();
}
Status clear_time(Call& call) {
  Fields f = load(call, call.self());
  f.hour = f.minute = f.second = f.millisecond = 0;
  f.noted = 1;
  store(call, call.self(), f);
  return call.give(call.self());
}
Status actual_maximum(Call& call) {
  const Fields f = completed(call, call.self());
  switch (call.int_arg(0)) {
    case month:
      return call.give(std::int32_t{11});
    case day_of_month:
      return call.give(std::int32_t{month_length(f.year, f.month)});
    case day_of_year:
      return call.give(std::int32_t{is_leap(f.year) ? 366 : 365});
    case day_of_week:
      return call.give(std::int32_t{7});
    case hour_of_day:
      return call.give(std::int32_t{23});
    case hour:
      return call.give(std::int32_t{11});
    case minute:
    case second:
      return call.give(std::int32_t{59});
    case millisecond:
      return call.give(std::int32_t{999});
    default:
      return call.throw_java(java::illegal_argument_exception);
  }
}
Status actual_minimum(Call& call) {
  const int n = call.int_arg(0);
  return call.give(std::int32_t{n == day_of_month || n == day_of_year || n == day_of_week ? 1 : 0});
}
Status leap_year(Call& call) { return call.give(is_leap(call.int_arg(0))); }
Status compare_to(Call& call) {
  const auto a = completed(call, call.self()).millis;
  const auto b = completed(call, call.arg(0)).millis;
  return call.give(std::int32_t{(a > b) - (a < b)});
}
Status before(Call& call) {
  return call.give(completed(call, call.self()).millis < completed(call, call.arg(0)).millis);
}
Status after(Call& call) {
  return call.give(completed(call, call.self()).millis > completed(call, call.arg(0)).millis);
}
Status equals(Call& call) {
  return call.give(call.is_instance(call.arg(0), java::calendar) &&
                   completed(call, call.self()).millis == completed(call, call.arg(0)).millis);
}
Status hash_code(Call& call) {
  const auto n = static_cast<std::uint64_t>(completed(call, call.self()).millis);
  return call.give(static_cast<std::int32_t>(static_cast<std::uint32_t>(n ^ (n >> 32))));
}
Status clone(Call& call) {
  const Value copy = make_calendar(call, 0, zone_of(call, call.self()).id());
  store(call, copy, load(call, call.self()));
  return call.give(copy);
}
Status format(Call& call) {
  const Fields f = completed(call, call.self());
  return call.give_utf8(
      VM_JAVA(call, text::format_simple_date(call.utf8_arg(0), f.millis, zone_of(call, call.self()))));
}
Status first_day_of_week(Call& call) { return call.give(load(call, call.self()).first_day); }
Status set_first_day_of_week(Call& call) {
  Fields f = load(call, call.self());
  f.first_day = call.int_arg(0);
  store(call, call.self(), f);
  return call.give_null();
}
Status is_lenient(Call& call) { return call.give(load(call, call.self()).lenient != 0); }
Status set_lenient(Call& call) {
  Fields f = load(call, call.self());
  f.lenient = call.bool_arg(0) ? 1 : 0;
  store(call, call.self(), f);
  return call.give_null();
}
Status to_text(Call& call) {
  return call.give_utf8("java.util.GregorianCalendar[time=" + std::to_string(completed(call, call.self()).millis) +
                        "]");
}

Status field_number(Call& call) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == call.name()) return call.give(static_cast<std::int32_t>(i));
  }
  return call.give(std::int32_t{call.name() == "DATE" ? day_of_month : 0});
}
Status named_number(Call& call) {
  static constexpr std::pair<std::string_view, std::int32_t> kNumbers[] = {
      {"JANUARY", 0},  {"FEBRUARY", 1}, {"MARCH", 2},     {"APRIL", 3},     {"MAY", 4},       {"JUNE", 5},
      {"JULY", 6},     {"AUGUST", 7},   {"SEPTEMBER", 8}, {"OCTOBER", 9},   {"NOVEMBER", 10}, {"DECEMBER", 11},
      {"SUNDAY", 1},   {"MONDAY", 2},   {"TUESDAY", 3},   {"WEDNESDAY", 4}, {"THURSDAY", 5},  {"FRIDAY", 6},
      {"SATURDAY", 7}, {"AM", 0},       {"PM", 1},
  };
  for (const auto& [name, number] : kNumbers) {
    if (name == call.name()) return call.give(number);
  }
  return call.throw_java(java::no_such_field_error, call.name());
}

using K = NativeKind;
#define WL_FIELD(name) {"java.util.Calendar", name, "", field_number, K::static_field}
#define WL_NUMBER(name) {"java.util.Calendar", name, "", named_number, K::static_field}
constexpr NativeMethod kMethods[] = {
    WL_FIELD("ERA"),
    WL_FIELD("YEAR"),
    WL_FIELD("MONTH"),
    WL_FIELD("WEEK_OF_YEAR"),
    WL_FIELD("WEEK_OF_MONTH"),
    WL_FIELD("DATE"),
    WL_FIELD("DAY_OF_MONTH"),
    WL_FIELD("DAY_OF_YEAR"),
    WL_FIELD("DAY_OF_WEEK"),
    WL_FIELD("DAY_OF_WEEK_IN_MONTH"),
    WL_FIELD("AM_PM"),
    WL_FIELD("HOUR"),
    WL_FIELD("HOUR_OF_DAY"),
    WL_FIELD("MINUTE"),
    WL_FIELD("SECOND"),
    WL_FIELD("MILLISECOND"),
    WL_FIELD("ZONE_OFFSET"),
    WL_FIELD("DST_OFFSET"),
    WL_NUMBER("JANUARY"),
    WL_NUMBER("FEBRUARY"),
    WL_NUMBER("MARCH"),
    WL_NUMBER("APRIL"),
    WL_NUMBER("MAY"),
    WL_NUMBER("JUNE"),
    WL_NUMBER("JULY"),
    WL_NUMBER("AUGUST"),
    WL_NUMBER("SEPTEMBER"),
    WL_NUMBER("OCTOBER"),
    WL_NUMBER("NOVEMBER"),
    WL_NUMBER("DECEMBER"),
    WL_NUMBER("SUNDAY"),
    WL_NUMBER("MONDAY"),
    WL_NUMBER("TUESDAY"),
    WL_NUMBER("WEDNESDAY"),
    WL_NUMBER("THURSDAY"),
    WL_NUMBER("FRIDAY"),
    WL_NUMBER("SATURDAY"),
    WL_NUMBER("AM"),
    WL_NUMBER("PM"),
    {"java.util.Calendar", "getInstance", "", instance, K::static_method},
    {"java.util.Calendar", "getInstance", "TimeZone", instance, K::static_method},
    {"java.util.Calendar", "getInstance", "java.util.Locale", instance, K::static_method},
    {"java.util.Calendar", "getInstance", "TimeZone,java.util.Locale", instance, K::static_method},
    {"java.util.GregorianCalendar", "<init>", "", instance, K::constructor},
    {"java.util.GregorianCalendar", "<init>", "TimeZone", instance, K::constructor},
    {"java.util.GregorianCalendar", "<init>", "int,int,int", instance, K::constructor},
    {"java.util.GregorianCalendar", "<init>", "int,int,int,int,int", instance, K::constructor},
    {"java.util.GregorianCalendar", "<init>", "int,int,int,int,int,int", instance, K::constructor},
    {"java.util.Date", "toCalendar", "", date_to_calendar},
    {"java.util.Date", "getAt", "int", date_get_at},
    {"java.util.Calendar", "get", "int", get},
    {"java.util.Calendar", "getAt", "int", get},
    {"java.util.Calendar", "set", "int,int", set},
    {"java.util.Calendar", "putAt", "int,int", set},
    {"java.util.Calendar", "set", "int,int,int", set},
    {"java.util.Calendar", "set", "int,int,int,int,int", set},
    {"java.util.Calendar", "set", "int,int,int,int,int,int", set},
    {"java.util.Calendar", "add", "int,int", add},
    {"java.util.Calendar", "roll", "int,int", roll},
    {"java.util.Calendar", "roll", "int,boolean", roll},
    {"java.util.Calendar", "getTimeInMillis", "", get_millis},
    {"java.util.Calendar", "setTimeInMillis", "long", set_millis},
    {"java.util.Calendar", "getTime", "", get_date},
    {"java.util.Calendar", "setTime", "Date", set_millis},
    {"java.util.Calendar", "getTimeZone", "", get_zone},
    {"java.util.Calendar", "setTimeZone", "TimeZone", set_zone},
    {"java.util.Calendar", "clear", "", clear},
    {"java.util.Calendar", "clear", "int", clear},
    {"java.util.Calendar", "clearTime", "", clear_time},
    {"java.util.Calendar", "getActualMaximum", "int", actual_maximum},
    {"java.util.Calendar", "getActualMinimum", "int", actual_minimum},
    {"java.util.GregorianCalendar", "isLeapYear", "int", leap_year},
    {"java.util.Calendar", "compareTo", "Calendar", compare_to},
    {"java.util.Calendar", "before", "Calendar", before},
    {"java.util.Calendar", "after", "Calendar", after},
    {"java.util.Calendar", "equals", "Object", equals},
    {"java.util.Calendar", "hashCode", "", hash_code},
    {"java.util.Calendar", "clone", "", clone},
    {"java.util.Calendar", "format", "String", format},
    {"java.util.Calendar", "getFirstDayOfWeek", "", first_day_of_week},
    {"java.util.Calendar", "setFirstDayOfWeek", "int", set_first_day_of_week},
    {"java.util.Calendar", "setLenient", "boolean", set_lenient},
    {"java.util.Calendar", "isLenient", "", is_lenient},
    {"java.util.Calendar", "toString", "", to_text},
};
#undef WL_FIELD
#undef WL_NUMBER

}  // namespace

NativeTable calendar_methods() { return kMethods; }

}  // namespace windlass::vm

// Arithmetic and texts of java.time values; see the header. Nothing here touches a clock.
#include "vm/gdk/time_values.h"

#include <algorithm>

#include "vm/gdk/dates.h"

namespace windlass::vm {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return (a % b + b) % b; }
std::string padded(std::int64_t n, int width) {
  std::string text = std::to_string(n < 0 ? -n : n);
  if (static_cast<int>(text.size()) < width) text.insert(0, static_cast<std::size_t>(width) - text.size(), '0');
  return n < 0 ? "-" + text : text;
}
Value make_pair(Heap& heap, ClassId class_id, Value a, Value b) {
  const Value v = heap.make_native(class_id, 2);
  heap.native_slots(v)[0] = a;
  heap.native_slots(v)[1] = b;
  return v;
}
Value make_one(Heap& heap, ClassId class_id, Value a) {
  const Value v = heap.make_native(class_id, 1);
  heap.native_slots(v)[0] = a;
  return v;
}

}  // namespace

CivilDate civil_date(std::int64_t epoch_day) {
  CivilDate d;
  text::civil_from_days(epoch_day, d.year, d.month, d.day);
  return d;
}
bool is_leap_year(std::int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }
int length_of_month(std::int64_t y, int m) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && is_leap_year(y) ? 29 : kDays[m - 1];
}
Seconds normalized(std::int64_t seconds, std::int64_t nanos) {
  return {seconds + floor_div(nanos, kNanosPerSecond), static_cast<std::int32_t>(floor_mod(nanos, kNanosPerSecond))};
}
LocalMoment local_moment(Heap& heap, Value v) {
  const auto slots = heap.native_slots(v);
  switch (heap.class_of(v)) {
    case java::time_local_date:
      return {slots[0].integer, 0};
    case java::time_local_time:
      return {0, slots[0].integer};
    case java::time_local_date_time:
      return {slots[0].integer, slots[1].integer};
    default:
      throw Misread(v);
  }
}
Seconds seconds_of(Heap& heap, Value v) {
  switch (heap.class_of(v)) {
    case java::time_instant:
    case java::time_duration:
    case java::time_zoned_date_time:
    case java::time_offset_date_time: {
      const auto slots = heap.native_slots(v);
      return {slots[0].integer, slots[1].as_int()};
    }
    default:
      throw Misread(v);
  }
}
Value make_local_date(Heap& heap, std::int64_t day) {
  return make_one(heap, java::time_local_date, Value::of_long(day));
}
Value make_local_time(Heap& heap, std::int64_t nano) {
  return make_one(heap, java::time_local_time, Value::of_long(nano));
}
Value make_local_date_time(Heap& heap, LocalMoment m) {
  return make_pair(heap, java::time_local_date_time, Value::of_long(m.day), Value::of_long(m.nano));
}
Value make_seconds(Heap& heap, ClassId class_id, Seconds s) {
  return make_pair(heap, class_id, Value::of_long(s.seconds), Value::of_int(s.nanos));
}
Value make_zoned(Heap& heap, ClassId class_id, Seconds instant, std::string_view zone) {
  const Value id = heap.make_string(zone);
  const Value v = heap.make_native(class_id, 3);
  const auto slots = heap.native_slots(v);
  slots[0] = Value::of_long(instant.seconds);
  slots[1] = Value::of_int(instant.nanos);
  slots[2] = id;
  return v;
}
text::TimeZone zoned_zone(Heap& heap, Value v) {
  return text::TimeZone::find_or_gmt(heap.utf8(heap.native_slots(v)[2]));
}
LocalMoment local_of(Seconds instant, const text::TimeZone& zone) {
  // Zones count milliseconds: where a long has none any more their last rule holds.
  constexpr std::int64_t kFar = std::int64_t{1} << 53;
  const std::int64_t local = instant.seconds + zone.offset_seconds(std::clamp(instant.seconds, -kFar, kFar) * 1000);
  return {floor_div(local, kSecondsPerDay), floor_mod(local, kSecondsPerDay) * kNanosPerSecond + instant.nanos};
}
Seconds instant_of(LocalMoment m, const text::TimeZone& zone) {
  // Far away the same day of another cycle of 400 years is looked at, since zones count milliseconds.
  constexpr std::int64_t kCycleDays = 146'097;
  constexpr std::int64_t kFar = 40'000'000;
  const std::int64_t shift = m.day > kFar || m.day < -kFar ? m.day / kCycleDays * kCycleDays : 0;
  const CivilDate d = civil_date(m.day - shift);
  const auto second = m.nano / kNanosPerSecond;
  const auto millis =
      zone.to_millis(d.year, d.month, d.day, static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                     static_cast<int>(second % 60), 0, text::TimeZone::Overlap::earlier);
  return {floor_div(millis, 1000) + shift * kSecondsPerDay, static_cast<std::int32_t>(m.nano % kNanosPerSecond)};
}
LocalMoment shown_moment(Heap& heap, Value v) {
  switch (heap.class_of(v)) {
    case java::time_zoned_date_time:
    case java::time_offset_date_time:
      return local_of(seconds_of(heap, v), zoned_zone(heap, v));
    case java::time_instant:
      return local_of(seconds_of(heap, v), text::TimeZone::utc());
    default:
      return local_moment(heap, v);
  }
}
Value showing(Heap& heap, Value like, LocalMoment m) {
  const ClassId id = heap.class_of(like);
  switch (id) {
    case java::time_local_date:
      return make_local_date(heap, m.day);
    case java::time_local_time:
      return make_local_time(heap, m.nano);
    case java::time_instant:
      return make_seconds(heap, id, instant_of(m, text::TimeZone::utc()));
    case java::time_zoned_date_time:
    case java::time_offset_date_time: {
      const text::TimeZone zone = zoned_zone(heap, like);
      return make_zoned(heap, id, instant_of(m, zone), zone.id());
    }
    default:
      return make_local_date_time(heap, m);
  }
}

std::string date_text(std::int64_t epoch_day) {
  const CivilDate d = civil_date(epoch_day);
  return (d.year > 9999 ? "+" : "") + padded(d.year, 4) + "-" + padded(d.month, 2) + "-" + padded(d.day, 2);
}
std::string time_text(std::int64_t nano_of_day) {
  const std::int64_t second = nano_of_day / kNanosPerSecond;
  const std::int64_t nano = nano_of_day % kNanosPerSecond;
  std::string out = padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2);
  if (second % 60 == 0 && nano == 0) return out;
  out += ":" + padded(second % 60, 2);
  if (nano == 0) return out;
  if (nano % 1'000'000 == 0) return out + "." + padded(nano / 1'000'000, 3);
  if (nano % 1'000 == 0) return out + "." + padded(nano / 1'000, 6);
  return out + "." + padded(nano, 9);
}
std::string offset_text(std::int32_t seconds) {
  if (seconds == 0) return "Z";
  const std::int32_t n = seconds < 0 ? -seconds : seconds;
  std::string out = (seconds < 0 ? "-" : "+") + padded(n / 3600, 2) + ":" + padded(n / 60 % 60, 2);
  if (n % 60 != 0) out += ":" + padded(n % 60, 2);
  return out;
}

std::int64_t between(LocalMoment a, LocalMoment b, int unit) {
  // Ordinals of ChronoUnit: nanos micros millis seconds minutes hours half-days | days weeks | months years …
  static constexpr std::int64_t kNanos[] = {
      1, 1'000, 1'000'000, kNanosPerSecond, 60 * kNanosPerSecond, 3600 * kNanosPerSecond, 43'200 * kNanosPerSecond};
  if (unit < 7) {
    const __int128 distance = static_cast<__int128>(b.day - a.day) * kNanosPerDay + (b.nano - a.nano);
    return static_cast<std::int64_t>(distance / kNanos[unit]);
  }
  std::int64_t days = b.day - a.day;
  if (days > 0 && b.nano < a.nano) --days;
  if (days < 0 && b.nano > a.nano) ++days;
  if (unit == 7) return days;
  if (unit == 8) return days / 7;
  const CivilDate x = civil_date(a.day);
  const CivilDate y = civil_date(b.day);
  std::int64_t months = (y.year - x.year) * 12 + y.month - x.month;
  const auto later_in_month = [](const CivilDate& p, const LocalMoment& pm, const CivilDate& q, const LocalMoment& qm) {
    return p.day != q.day ? p.day > q.day : pm.nano > qm.nano;
  };
  if (months > 0 && later_in_month(x, a, y, b)) --months;
  if (months < 0 && later_in_month(y, b, x, a)) ++months;
  switch (unit) {
    case 9:
      return months;
    case 10:
      return months / 12;
    case 11:
      return months / 120;
    default:
      return months / 1200;
  }
}

}  // namespace windlass::vm

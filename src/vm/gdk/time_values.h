// java.time values as C++ values. In the heap each is a native object of the slots below, so that equal values are
// equal slot by slot:
//   LocalDate: epoch day · LocalTime: nano of day · LocalDateTime: epoch day, nano of day · Instant, Duration: seconds,
//   nanos · Period: years, months, days · ZonedDateTime, OffsetDateTime: epoch second, nanos, zone id · ZoneId: id
#pragma once

#include <cstdint>
#include <string>

#include "text/date_format.h"
#include "vm/native.h"

namespace windlass::vm {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

/// A date and time without zone; of LocalDate and LocalTime one half is in use.
struct LocalMoment {
  std::int64_t day = 0;   ///< since 1970-01-01
  std::int64_t nano = 0;  ///< of the day
};
/// A point on the time line, or a span of time.
struct Seconds {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;  ///< 0..999999999
};
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1, day = 1;
};

CivilDate civil_date(std::int64_t epoch_day);
int length_of_month(std::int64_t year, int month);
bool is_leap_year(std::int64_t year);
/// Carries nanos into seconds.
Seconds normalized(std::int64_t seconds, std::int64_t nanos);

/// Of LocalDate, LocalTime and LocalDateTime; Misread of anything else, as everything below.
LocalMoment local_moment(Heap& heap, Value v);
/// Of Instant, Duration, ZonedDateTime and OffsetDateTime.
Seconds seconds_of(Heap& heap, Value v);
Value make_local_date(Heap& heap, std::int64_t epoch_day);
Value make_local_time(Heap& heap, std::int64_t nano_of_day);
Value make_local_date_time(Heap& heap, LocalMoment m);
/// Instant, Duration.
Value make_seconds(Heap& heap, ClassId class_id, Seconds s);
/// ZonedDateTime, OffsetDateTime.
Value make_zoned(Heap& heap, ClassId class_id, Seconds instant, std::string_view zone);
text::TimeZone zoned_zone(Heap& heap, Value v);
/// The local date and time of an instant in a zone, and back.
LocalMoment local_of(Seconds instant, const text::TimeZone& zone);
Seconds instant_of(LocalMoment m, const text::TimeZone& zone);
/// What a LocalDate, LocalTime, LocalDateTime, ZonedDateTime … shows on the clock.
LocalMoment shown_moment(Heap& heap, Value v);
/// A value of the class (and zone) of `like` that shows another moment.
Value showing(Heap& heap, Value like, LocalMoment m);

/// 10:15:30.5 as LocalTime.toString writes it.
std::string time_text(std::int64_t nano_of_day);
std::string date_text(std::int64_t epoch_day);
/// ISO offset: Z, +02:00, +05:30:15.
std::string offset_text(std::int32_t seconds);

/// Amount and unit (ordinal of ChronoUnit) between two moments, truncated: unit.between(a, b).
std::int64_t between(LocalMoment a, LocalMoment b, int unit);

}  // namespace windlass::vm

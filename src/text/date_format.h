// Dates and zones: civil time from epoch milliseconds, SimpleDateFormat and DateTimeFormatter patterns in English.
//
// No clock here: "now" and the default zone come from the caller. Zones are IANA names (system zone data, read once on
// first use) or fixed offsets (`GMT+02:00`, `+05:30`, `UTC`, `Z`). The calendar is proleptic Gregorian, also before
// 1582.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "num/java_result.h"

namespace windlass::text {

namespace detail {
class ZoneRules;
}

/// A date and time of day in some zone.
struct CivilTime {
  std::int64_t year = 1970;  ///< astronomical: 0 is 1 BC
  int month = 1;             ///< 1..12
  int day = 1;               ///< 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  int weekday = 4;                  ///< 0 = Sunday
  int day_of_year = 1;              ///< 1..366
  std::int32_t offset_seconds = 0;  ///< east of UTC
  bool daylight = false;
  std::string zone_abbreviation;  ///< "CET", "UTC", "GMT+02:00"
};

class TimeZone {
 public:
  /// IANA id or fixed offset. Errors: not_found.
  static Result<TimeZone> find(std::string_view id);
  /// java.util.TimeZone.getTimeZone: unknown ids are GMT.
  static TimeZone find_or_gmt(std::string_view id);
  static TimeZone utc();

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] CivilTime civil(std::int64_t epoch_millis) const;
  [[nodiscard]] std::int32_t offset_seconds(std::int64_t epoch_millis) const;
  /// Epoch milliseconds of a local time; fields may overflow, as in Java's lenient calendar. In a gap the time moves on
  /// by the gap. In an overlap java.util.Calendar takes the later instant, java.time the earlier one.
  enum class Overlap : std::uint8_t { later, earlier };
  [[nodiscard]] std::int64_t to_millis(std::int64_t year, int month, int day, int hour, int minute, int second,
                                       int millisecond, Overlap overlap = Overlap::later) const;

 private:
  std::string id_ = "UTC";
  std::int32_t fixed_offset_ = 0;
  const detail::ZoneRules* rules_ = nullptr;  // lives as long as the process; null = fixed offset
};

/// Days since 1970-01-01 of a civil date, and back.
std::int64_t days_from_civil(std::int64_t year, int month, int day);
void civil_from_days(std::int64_t days, std::int64_t& year, int& month, int& day);

/// java.text.SimpleDateFormat (English). Thrown: IllegalArgumentException `Illegal pattern character 'b'`,
/// `Unterminated quote`; parse: java.text.ParseException `Unparseable date: "x"`.
num::JavaResult<std::string> format_simple_date(std::string_view pattern, std::int64_t epoch_millis,
                                                const TimeZone& zone);
/// A two-digit year means 1946..2045 (Java: 80 years before today to 20 after, but there is no clock here).
num::JavaResult<std::int64_t> parse_simple_date(std::string_view pattern, std::string_view text, const TimeZone& zone,
                                                bool lenient = true);

/// Fields that a java.time parse yields; which type they make is the caller's matter.
struct ParsedDateTime {
  std::optional<std::int64_t> epoch_day;
  std::optional<std::int64_t> nano_of_day;
  std::optional<std::int32_t> offset_seconds;
  std::optional<std::string> zone;
};
/// java.time.format.DateTimeFormatter.ofPattern (English) on an instant with nanoseconds.
num::JavaResult<std::string> format_date_time(std::string_view pattern, std::int64_t epoch_millis, int nanos_in_milli,
                                              const TimeZone& zone);
/// Thrown: java.time.format.DateTimeParseException `Text 'x' could not be parsed at index 0`.
num::JavaResult<ParsedDateTime> parse_date_time(std::string_view pattern, std::string_view text);
/// ISO_INSTANT and its relatives: `2026-11-24T16:52:32.123Z`, offsets, date only, local date-time.
std::string format_iso_instant(std::int64_t epoch_millis);
std::string format_iso_offset(std::int64_t epoch_millis, const TimeZone& zone);
num::JavaResult<ParsedDateTime> parse_iso(std::string_view text);

/// Date.toString(): `Tue Nov 24 16:52:32 UTC 2026`.
std::string format_date_to_string(std::int64_t epoch_millis, const TimeZone& zone);

}  // namespace windlass::text

// Jenkins' cron lines with H. Source: pipeline-language.md §2.9.
//
// No clock and no timer: the caller asks for the next time after one it names. H is a stable hash (FNV-1a, 64 bit) of
// the job's full name, so a job keeps its slot over restarts and on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/date_format.h"

namespace windlass::text {

/// One line: bit n of a field set = the value n fires.
struct CronLine {
  std::uint64_t minutes = 0;        // 0..59
  std::uint32_t hours = 0;          // 0..23
  std::uint32_t days_of_month = 0;  // 1..31
  std::uint32_t months = 0;         // 1..12
  std::uint32_t days_of_week = 0;   // 0..6, Sunday is 0
  std::string source;
};

class CronTable {
 public:
  /// All lines of a specification (`#` comments, blank lines, a first line `TZ=Area/City`). `job_name` seeds H,
  /// `default_zone` holds without TZ. Errors: invalid, one sentence with line and field.
  static Result<CronTable> parse(std::string_view specification, std::string_view job_name,
                                 const TimeZone& default_zone = TimeZone::utc());

  /// The first minute that fires strictly after the time; nothing if none comes within 28 years.
  [[nodiscard]] std::optional<std::int64_t> next_after(std::int64_t epoch_millis) const;
  /// The last minute that fired strictly before the time.
  [[nodiscard]] std::optional<std::int64_t> previous_before(std::int64_t epoch_millis) const;
  /// True if the minute that contains the time fires.
  [[nodiscard]] bool fires_at(std::int64_t epoch_millis) const;

  /// Advice, e.g. for steps that do not divide the field evenly, or for H that could spread load.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::vector<CronLine>& lines() const { return lines_; }
  [[nodiscard]] const TimeZone& zone() const { return zone_; }

 private:
  std::vector<CronLine> lines_;
  std::vector<std::string> warnings_;
  TimeZone zone_ = TimeZone::utc();
};

}  // namespace windlass::text

// One IANA time zone as its TZif file (RFC 8536) tells it: the moments at which the offset changes, and the rule that
// holds behind the last of them. Inside of text; date_format.h is what others see.
//
// Read by hand rather than by a library: a zone is a file of 2 KB, and a zone library reads the whole database first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::text::detail {

/// The time from one change of the offset to the next.
struct ZonePeriod {
  std::int64_t begin = 0, end = 0;  ///< seconds since 1970, end excluded
  std::int32_t offset = 0;          ///< seconds east of UTC
  bool daylight = false;
  std::string_view abbreviation;  ///< "CET"; lives as long as the rules
};

class ZoneRules {
 public:
  /// Of the system's zone data, read once per process; null when there is no such zone or its file is damaged.
  static const ZoneRules* find(std::string_view id);
  /// Pure. Nothing when the bytes are not a whole TZif file of version 2 or later.
  static std::optional<ZoneRules> parse(std::string_view bytes);

  [[nodiscard]] ZonePeriod at(std::int64_t seconds) const;
  /// The offset that a local time stands at: in a gap the one before it, in an overlap that of the earlier or the
  /// later of the two instants.
  [[nodiscard]] std::int32_t local_offset(std::int64_t local_seconds, bool later) const;

 private:
  struct Kind {
    std::int32_t offset = 0;
    bool daylight = false;
    std::string abbreviation;
  };
  /// A day of the year and a time on it, as a POSIX TZ text writes it: `M3.2.0/2`, `J60`, `59`.
  struct Edge {
    enum class Form : std::uint8_t { julian_without_leap_day, zero_based, month_week_day } form{};
    int month = 0, week = 0, day = 0;
    std::int32_t time = 7200;
    [[nodiscard]] std::int64_t local_seconds(std::int64_t year) const;
  };
  /// `CET-1CEST,M3.5.0,M10.5.0/3`.
  struct Rule {
    Kind standard, daylight;
    bool has_daylight = false;
    Edge start, end;
  };

  static bool take_edge(std::string_view& text, Edge& out);
  static std::optional<Rule> parse_rule(std::string_view text);
  [[nodiscard]] ZonePeriod by_rule(std::int64_t seconds, std::int64_t last_change) const;

  std::vector<std::int64_t> changes_;
  std::vector<std::uint8_t> kind_after_;  ///< of each change
  std::vector<Kind> kinds_;               ///< [0] holds before the first change
  std::optional<Rule> rule_;
};

}  // namespace windlass::text::detail

// English names for dates; the inside of the date files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/date_format.h"

namespace windlass::text::detail {

inline constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                             "May",       "June",     "July",     "August",
                                                             "September", "October",  "November", "December"};
inline constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                              "Thursday", "Friday", "Saturday"};

/// Decimal digits with leading zeros; the sign comes first.
std::string padded_number(std::int64_t value, std::size_t width);

/// +0100, +01:00 …; `utc_as_z` writes Z for zero.
std::string offset_text(std::int32_t seconds, bool colon, bool utc_as_z);
/// GMT+01:00, or GMT for zero.
std::string gmt_text(std::int32_t seconds);
/// "Central European Time" where known, else gmt_text.
std::string long_zone_name(const CivilTime& time, const TimeZone& zone);

/// The longest of the names (or their first three letters) that `text` starts with, ignoring case: its index.
template <std::size_t N>
std::optional<int> match_name(const std::array<std::string_view, N>& names, std::string_view text, std::size_t& used) {
  auto starts = [&](std::string_view name) {
    if (text.size() < name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
      if ((text[i] | 0x20) != (name[i] | 0x20)) return false;
    }
    return true;
  };
  for (bool whole : {true, false}) {
    for (std::size_t i = 0; i < N; ++i) {
      std::string_view name = whole ? names[i] : names[i].substr(0, 3);
      if (!starts(name)) continue;
      used = name.size();
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

/// A zone at the start of a text: `Z` (if allowed), `+01`, `+0100`, `+01:00`, `GMT+1:00`, or a name of letters and
/// slashes. Sets the offset in seconds, or the zone.
struct ZoneMatch {
  std::size_t used = 0;
  std::optional<std::int32_t> offset;
  std::optional<TimeZone> zone;
};
std::optional<ZoneMatch> match_offset(std::string_view text, bool z_allowed);
std::optional<ZoneMatch> match_zone(std::string_view text);

}  // namespace windlass::text::detail

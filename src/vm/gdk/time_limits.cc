// See the header. Sums are made with 128 bits, where they fit, and narrowed here.
#include "vm/gdk/time_limits.h"

#include <algorithm>
#include <limits>
#include <string>

#include "vm/gdk/java_enums.h"

namespace windlass::vm {
namespace {

constexpr std::int64_t kMostYear = 999'999'999;
constexpr std::int64_t kFirstDay = -365'243'219'162;
constexpr std::int64_t kLastDay = 365'241'780'471;
constexpr std::int64_t kFirstSecond = -31'557'014'167'219'200;
constexpr std::int64_t kLastSecond = 31'556'889'864'403'199;
constexpr std::string_view kDateTimeException = "java.time.DateTimeException";

Wide floor_div(Wide a, Wide b) { return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0); }

num::Thrown refused(std::string message) { return {std::string(kDateTimeException), std::move(message)}; }
num::Thrown out_of_range(std::string_view field, Wide n, std::int64_t most_below, std::int64_t most) {
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();
  return invalid_field(field, static_cast<std::int64_t>(std::clamp<Wide>(n, kLow, kHigh)), most_below, most);
}

}  // namespace

num::Thrown invalid_field(std::string_view field, std::int64_t n, std::int64_t low, std::int64_t high) {
  return refused("Invalid value for " + std::string(field) + " (valid values " + std::to_string(low) + " - " +
                 std::to_string(high) + "): " + std::to_string(n));
}

num::JavaResult<std::int64_t> exact(Wide n) {
  if (n < std::numeric_limits<std::int64_t>::min() || n > std::numeric_limits<std::int64_t>::max()) {
    return num::arithmetic_exception("long overflow");
  }
  return static_cast<std::int64_t>(n);
}

num::JavaResult<std::int64_t> checked_day(Wide epoch_day) {
  if (epoch_day < kFirstDay || epoch_day > kLastDay) {
    return num::thrown(out_of_range("EpochDay", epoch_day, kFirstDay, kLastDay));
  }
  return static_cast<std::int64_t>(epoch_day);
}

num::JavaResult<std::int64_t> checked_year(Wide year) {
  if (year < -kMostYear || year > kMostYear) return num::thrown(out_of_range("Year", year, -kMostYear, kMostYear));
  return static_cast<std::int64_t>(year);
}

num::JavaResult<Seconds> checked_instant(Wide seconds, Wide nanos) {
  seconds += floor_div(nanos, kNanosPerSecond);
  if (seconds < kFirstSecond || seconds > kLastSecond) {
    return num::thrown(refused("Instant exceeds minimum or maximum instant"));
  }
  const Wide rest = nanos - floor_div(nanos, kNanosPerSecond) * kNanosPerSecond;
  return Seconds{static_cast<std::int64_t>(seconds), static_cast<std::int32_t>(rest)};
}

num::JavaResult<Seconds> checked_duration(Wide seconds, Wide nanos) {
  const auto whole = WL_JAVA_TRY(exact(seconds + floor_div(nanos, kNanosPerSecond)));
  const Wide rest = nanos - floor_div(nanos, kNanosPerSecond) * kNanosPerSecond;
  return Seconds{whole, static_cast<std::int32_t>(rest)};
}

num::JavaResult<std::int64_t> plus_months(std::int64_t epoch_day, Wide months) {
  const CivilDate d = civil_date(epoch_day);
  const Wide all = Wide{d.year} * 12 + d.month - 1 + months;
  const auto year = WL_JAVA_TRY(checked_year(floor_div(all, 12)));
  const int month = static_cast<int>(all - floor_div(all, 12) * 12) + 1;
  return text::days_from_civil(year, month, std::min(d.day, length_of_month(year, month)));
}

num::JavaResult<std::int64_t> day_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  (void)WL_JAVA_TRY(checked_year(year));
  if (month < 1 || month > 12) return num::thrown(invalid_field("MonthOfYear", month, 1, 12));
  if (day < 1 || day > 31) {
    return num::thrown(refused("Invalid value for DayOfMonth (valid values 1 - 28/31): " + std::to_string(day)));
  }
  if (day > length_of_month(year, static_cast<int>(month))) {
    if (day == 29) {
      return num::thrown(refused("Invalid date 'February 29' as '" + std::to_string(year) + "' is not a leap year"));
    }
    const std::string name(java_enum_names(java::time_month)[static_cast<std::size_t>(month - 1)]);
    return num::thrown(refused("Invalid date '" + name + " " + std::to_string(day) + "'"));
  }
  return text::days_from_civil(year, static_cast<int>(month), static_cast<int>(day));
}

num::JavaResult<std::int64_t> nano_of(std::int64_t hour, std::int64_t minute, std::int64_t second, std::int64_t nano) {
  if (hour < 0 || hour > 23) return num::thrown(invalid_field("HourOfDay", hour, 0, 23));
  if (minute < 0 || minute > 59) return num::thrown(invalid_field("MinuteOfHour", minute, 0, 59));
  if (second < 0 || second > 59) return num::thrown(invalid_field("SecondOfMinute", second, 0, 59));
  if (nano < 0 || nano >= kNanosPerSecond) {
    return num::thrown(invalid_field("NanoOfSecond", nano, 0, kNanosPerSecond - 1));
  }
  return ((hour * 60 + minute) * 60 + second) * kNanosPerSecond + nano;
}

}  // namespace windlass::vm

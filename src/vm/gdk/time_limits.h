// What java.time refuses: fields outside of their range, dates beyond the year ±999,999,999, sums that no long can
// hold. Everything that scripts give passes here before it is calculated with, so the arithmetic behind it cannot
// overflow. Messages are the JDK's (17).
#pragma once

#include <cstdint>
#include <string_view>

#include "num/java_result.h"
#include "vm/gdk/time_values.h"

namespace windlass::vm {

using Wide = __int128;

/// The number as a long, or ArithmeticException "long overflow".
num::JavaResult<std::int64_t> exact(Wide n);
/// An epoch day that a date can have, or DateTimeException.
num::JavaResult<std::int64_t> checked_day(Wide epoch_day);
num::JavaResult<std::int64_t> checked_year(Wide year);
/// Of an Instant or a date with a zone; nanos are carried.
num::JavaResult<Seconds> checked_instant(Wide seconds, Wide nanos);
/// Of a Duration; nanos are carried.
num::JavaResult<Seconds> checked_duration(Wide seconds, Wide nanos);
/// Date moved by months; the day is cut to the month's length.
num::JavaResult<std::int64_t> plus_months(std::int64_t epoch_day, Wide months);

/// DateTimeException for a field.
num::Thrown invalid_field(std::string_view field, std::int64_t n, std::int64_t low, std::int64_t high);
/// The epoch day of a date, each part checked.
num::JavaResult<std::int64_t> day_of(std::int64_t year, std::int64_t month, std::int64_t day);
/// The nano of the day of a time, each part checked.
num::JavaResult<std::int64_t> nano_of(std::int64_t hour, std::int64_t minute, std::int64_t second, std::int64_t nano);

}  // namespace windlass::vm

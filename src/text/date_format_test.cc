#include "text/date_format.h"

#include <gtest/gtest.h>

namespace windlass::text {
namespace {

struct Row {
  const char* operation;
  const char* pattern;
  const char* zone;
  const char* input;
  const char* expected;
};
constexpr Row kRows[] = {
#include "text/testdata/dates.inc"
};

template <class T>
std::string text(const num::JavaResult<T>& result) {
  if (!result) return "!" + result.error().type + ": " + result.error().message;
  if constexpr (std::is_same_v<T, std::string>)
    return *result;
  else
    return std::to_string(*result);
}

/// As LocalDateTime.toString().
std::string local_text(const num::JavaResult<ParsedDateTime>& parsed) {
  if (!parsed || !parsed->epoch_day || !parsed->nano_of_day) return "!";
  std::int64_t millis = *parsed->epoch_day * 86400000 + *parsed->nano_of_day / 1000000;
  CivilTime time = TimeZone::utc().civil(millis);
  const char* pattern = time.millisecond != 0 ? "uuuu-MM-dd'T'HH:mm:ss.SSS"
                        : time.second != 0    ? "uuuu-MM-dd'T'HH:mm:ss"
                                              : "uuuu-MM-dd'T'HH:mm";
  return *format_date_time(pattern, millis, 0, TimeZone::utc());
}

std::string evaluate(const Row& row) {
  std::string_view op = row.operation;
  if (op == "tp") return local_text(parse_date_time(row.pattern, row.input));
  TimeZone zone = TimeZone::find(row.zone).value();
  if (op == "sp" || op == "sn") return text(parse_simple_date(row.pattern, row.input, zone, op == "sp"));
  std::int64_t millis = std::strtoll(row.input, nullptr, 10);
  if (op == "sf") return text(format_simple_date(row.pattern, millis, zone));
  if (op == "ds") return format_date_to_string(millis, zone);
  if (op == "tf") return text(format_date_time(row.pattern, millis, 0, zone));
  if (op == "ii") return format_iso_instant(millis);
  return "unknown operation";
}

TEST(DateFormat, AgreesWithJava) {
  for (const auto& row : kRows) {
    EXPECT_EQ(evaluate(row), row.expected)
        << row.operation << " '" << row.pattern << "' " << row.zone << ' ' << row.input;
  }
}

}  // namespace
}  // namespace windlass::text

#include "text/duration.h"

#include <array>
#include <cstdint>

namespace windlass::text {

namespace {

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

/// A decimal fraction without trailing zeros.
std::string fraction(std::int64_t whole, std::int64_t part, int digits) {
  std::string decimals = std::to_string(part);
  decimals.insert(0, static_cast<std::size_t>(digits) - decimals.size(), '0');
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return std::to_string(whole) + (decimals.empty() ? "" : "." + decimals);
}

struct Unit {
  std::int64_t millis;
  std::string_view name;
};
// Jenkins counts a year as 365 days and a month as 30.
constexpr std::array<Unit, 6> kUnits = {{{365LL * 86400000, " yr"},
                                         {30LL * 86400000, " mo"},
                                         {86400000, " day"},
                                         {3600000, " hr"},
                                         {60000, " min"},
                                         {1000, " sec"}}};

std::string with_unit(std::int64_t count, std::string_view name) {
  return grouped(count) + std::string(name) + (name == " day" && count != 1 ? "s" : "");
}

}  // namespace

std::string format_duration(std::chrono::milliseconds duration) {
  std::int64_t left = duration.count();
  if (left < 0) left = left == INT64_MIN ? INT64_MAX : -left;
  for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
    std::int64_t count = left / kUnits[i].millis;
    left %= kUnits[i].millis;
    if (count == 0) continue;
    std::string text = with_unit(count, kUnits[i].name);
    // From ten on, the smaller unit says nothing any more.
    if (count < 10) text += " " + with_unit(left / kUnits[i + 1].millis, kUnits[i + 1].name);
    return text;
  }
  if (left >= 10000) return std::to_string(left / 1000) + " sec";
  if (left >= 1000) return fraction(left / 1000, left % 1000 / 100, 1) + " sec";
  if (left >= 100) return fraction(0, left / 10, 2) + " sec";
  return std::to_string(left) + " ms";
}

}  // namespace windlass::text

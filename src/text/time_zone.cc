// Civil calendar and zones; see date_format.h.
#include <algorithm>

#include "text/date_format.h"
#include "text/detail/date_names.h"
#include "text/detail/zone_rules.h"

namespace windlass::text {

namespace {

constexpr std::int64_t kDayMillis = 86'400'000;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The three-letter ids that java.util.TimeZone still knows and the zone database does not.
constexpr std::pair<std::string_view, std::string_view> kShortIds[] = {{"ACT", "Australia/Darwin"},
                                                                       {"AET", "Australia/Sydney"},
                                                                       {"AGT", "America/Argentina/Buenos_Aires"},
                                                                       {"ART", "Africa/Cairo"},
                                                                       {"AST", "America/Anchorage"},
                                                                       {"BET", "America/Sao_Paulo"},
                                                                       {"BST", "Asia/Dhaka"},
                                                                       {"CAT", "Africa/Harare"},
                                                                       {"CNT", "America/St_Johns"},
                                                                       {"CST", "America/Chicago"},
                                                                       {"CTT", "Asia/Shanghai"},
                                                                       {"EAT", "Africa/Addis_Ababa"},
                                                                       {"ECT", "Europe/Paris"},
                                                                       {"IET", "America/Indiana/Indianapolis"},
                                                                       {"IST", "Asia/Kolkata"},
                                                                       {"JST", "Asia/Tokyo"},
                                                                       {"MIT", "Pacific/Apia"},
                                                                       {"NET", "Asia/Yerevan"},
                                                                       {"NST", "Pacific/Auckland"},
                                                                       {"PLT", "Asia/Karachi"},
                                                                       {"PNT", "America/Phoenix"},
                                                                       {"PRT", "America/Puerto_Rico"},
                                                                       {"PST", "America/Los_Angeles"},
                                                                       {"SST", "Pacific/Guadalcanal"},
                                                                       {"VST", "Asia/Ho_Chi_Minh"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// +h, +hh, +hmm, +hhmm, +h:mm, +hh:mm (and :ss), as GMT ids and ISO offsets write them.
std::optional<std::int32_t> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  if (text.find(':') != text.npos) {
    std::size_t part = 0;
    std::size_t digits = 0;
    for (char c : text) {
      if (c == ':') {
        if (digits == 0 || ++part > 2) return std::nullopt;
        digits = 0;
      } else if (is_digit(c) && ++digits <= 2) {
        parts[part] = parts[part] * 10 + (c - '0');
      } else {
        return std::nullopt;
      }
    }
    if (digits != 2) return std::nullopt;
  } else {
    if (text.size() > 6 || text.size() == 5 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::size_t hour_digits = text.size() % 2 == 0 ? 2 : 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
      int& part = parts[i < hour_digits ? 0 : (i - hour_digits) / 2 + 1];
      part = part * 10 + (text[i] - '0');
    }
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

}  // namespace

namespace detail {

std::string padded_number(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  std::size_t sign = value < 0 ? 1 : 0;
  if (digits.size() - sign < width) digits.insert(sign, width - (digits.size() - sign), '0');
  return digits;
}

std::string offset_text(std::int32_t seconds, bool colon, bool utc_as_z) {
  if (seconds == 0 && utc_as_z) return "Z";
  std::int32_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
  return (seconds < 0 ? "-" : "+") + padded_number(minutes / 60, 2) + (colon ? ":" : "") +
         padded_number(minutes % 60, 2);
}

std::string gmt_text(std::int32_t seconds) { return seconds == 0 ? "GMT" : "GMT" + offset_text(seconds, true, false); }

std::string long_zone_name(const CivilTime& time, const TimeZone& zone) {
  struct Name {
    std::string_view prefix;  // of the id
    std::string_view abbreviation;
    std::string_view name;
  };
  static constexpr Name names[] = {
      {"", "UTC", "Coordinated Universal Time"},           {"", "GMT", "Greenwich Mean Time"},
      {"Europe/", "BST", "British Summer Time"},           {"Europe/", "CET", "Central European Standard Time"},
      {"Europe/", "CEST", "Central European Summer Time"}, {"Europe/", "EET", "Eastern European Standard Time"},
      {"Europe/", "EEST", "Eastern European Summer Time"}, {"America/", "EST", "Eastern Standard Time"},
      {"America/", "EDT", "Eastern Daylight Time"},        {"America/", "CST", "Central Standard Time"},
      {"America/", "CDT", "Central Daylight Time"},        {"America/", "MST", "Mountain Standard Time"},
      {"America/", "MDT", "Mountain Daylight Time"},       {"America/", "PST", "Pacific Standard Time"},
      {"America/", "PDT", "Pacific Daylight Time"},        {"Asia/", "CST", "China Standard Time"},
      {"Asia/Tokyo", "JST", "Japan Standard Time"},        {"Asia/", "IST", "India Standard Time"}};
  for (const Name& name : names) {
    if (time.zone_abbreviation == name.abbreviation && zone.id().starts_with(name.prefix))
      return std::string(name.name);
  }
  return gmt_text(time.offset_seconds);
}

std::optional<ZoneMatch> match_offset(std::string_view text, bool z_allowed) {
  if (z_allowed && (text.starts_with('Z') || text.starts_with('z'))) return ZoneMatch{1, 0, std::nullopt};
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::size_t end = 1;
  while (end < text.size() && end < 9 && (is_digit(text[end]) || text[end] == ':')) ++end;
  // The longest readable prefix.
  for (; end >= 2; --end) {
    auto offset = parse_offset(text.substr(0, end));
    if (offset && (end != 2 || text[1] != ':')) return ZoneMatch{end, *offset, std::nullopt};
  }
  return std::nullopt;
}

std::optional<ZoneMatch> match_zone(std::string_view text) {
  if (auto offset = match_offset(text, false)) return offset;
  if (text.starts_with("GMT") || text.starts_with("UTC")) {
    auto offset = match_offset(text.substr(3), false);
    return ZoneMatch{offset ? offset->used + 3 : 3, offset ? *offset->offset : 0, std::nullopt};
  }
  std::size_t end = 0;
  while (end < text.size() && end < 40 &&
         ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z' ? true
                                                                 : end > 0 && (text[end] == '/' || text[end] == '_'))) {
    ++end;
  }
  std::string_view id = text.substr(0, end);
  if (id.empty()) return std::nullopt;
  // Summer forms of the usual abbreviations name the zone and the offset together.
  constexpr std::pair<std::string_view, std::int32_t> fixed[] = {
      {"Z", 0},           {"PST", -8 * 3600}, {"PDT", -7 * 3600}, {"MST", -7 * 3600},
      {"MDT", -6 * 3600}, {"CST", -6 * 3600}, {"CDT", -5 * 3600}, {"EST", -5 * 3600},
      {"EDT", -4 * 3600}, {"CET", 3600},      {"CEST", 7200},     {"BST", 3600},
      {"EET", 7200},      {"EEST", 10800},    {"JST", 32400},     {"IST", 19800}};
  for (const auto& [name, seconds] : fixed) {
    if (id == name) return ZoneMatch{end, seconds, std::nullopt};
  }
  auto zone = TimeZone::find(id);
  if (!zone) return std::nullopt;
  return ZoneMatch{end, std::nullopt, std::move(*zone)};
}

}  // namespace detail

std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  // March-based years of a 400-year cycle: leap days fall at the end.
  year -= month <= 2 ? 1 : 0;
  std::int64_t era = floor_divide(year, 400);
  std::int64_t year_of_era = year - era * 400;
  std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void civil_from_days(std::int64_t days, std::int64_t& year, int& month, int& day) {
  days += 719468;
  std::int64_t era = floor_divide(days, 146097);
  std::int64_t day_of_era = days - era * 146097;
  std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted = (5 * day_of_year + 2) / 153;
  day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
}

Result<TimeZone> TimeZone::find(std::string_view id) {
  TimeZone zone;
  if (id == "UTC" || id == "GMT" || id == "Z" || id == "UT" || id == "Etc/UTC") {
    zone.id_ = id;
    return zone;
  }
  std::string_view rest = id;
  for (std::string_view prefix : {"GMT", "UTC", "UT"}) {
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    break;
  }
  if (auto offset = parse_offset(rest)) {
    zone.fixed_offset_ = *offset;
    zone.id_ = rest.size() == id.size() ? detail::offset_text(*offset, true, true) : detail::gmt_text(*offset);
    return zone;
  }
  if (id.size() <= 64) {
    for (const auto& [name, full] : kShortIds) {
      if (id == name) zone.rules_ = detail::ZoneRules::find(full);
    }
    if (zone.rules_ == nullptr) zone.rules_ = detail::ZoneRules::find(id);
  }
  if (zone.rules_ == nullptr) {
    return fail(ErrorKind::not_found, "no time zone is called `" + std::string(id.substr(0, 64)) +
                                          "`; use a name such as Europe/Berlin, or GMT+02:00");
  }
  zone.id_ = id;
  return zone;
}

TimeZone TimeZone::find_or_gmt(std::string_view id) {
  auto zone = find(id);
  if (zone) return std::move(*zone);
  TimeZone gmt;
  gmt.id_ = "GMT";
  return gmt;
}

TimeZone TimeZone::utc() { return {}; }

namespace {
// Years far beyond the calendar's reach: what holds there is what holds at the end of it.
std::int64_t within_calendar(std::int64_t seconds) {
  constexpr std::int64_t most = std::int64_t{1} << 52;
  return std::clamp(seconds, -most, most);
}
}  // namespace

std::int32_t TimeZone::offset_seconds(std::int64_t epoch_millis) const {
  if (rules_ == nullptr) return fixed_offset_;
  return rules_->at(within_calendar(floor_divide(epoch_millis, 1000))).offset;
}

CivilTime TimeZone::civil(std::int64_t epoch_millis) const {
  CivilTime out;
  if (rules_ == nullptr) {
    out.offset_seconds = fixed_offset_;
    out.zone_abbreviation = fixed_offset_ == 0 ? (id_ == "GMT" ? "GMT" : "UTC") : detail::gmt_text(fixed_offset_);
  } else {
    const auto period = rules_->at(within_calendar(floor_divide(epoch_millis, 1000)));
    out.offset_seconds = period.offset;
    out.daylight = period.daylight;
    const auto name = period.abbreviation;
    bool named = !name.empty() && name[0] != '+' && name[0] != '-';
    out.zone_abbreviation = named ? std::string(name) : detail::gmt_text(out.offset_seconds);
  }
  std::int64_t local_days = floor_divide(epoch_millis, kDayMillis);
  std::int64_t in_day = (epoch_millis % kDayMillis + kDayMillis) % kDayMillis + std::int64_t{out.offset_seconds} * 1000;
  std::int64_t carry = floor_divide(in_day, kDayMillis);
  local_days += carry;
  in_day -= carry * kDayMillis;
  civil_from_days(local_days, out.year, out.month, out.day);
  out.weekday = static_cast<int>(((local_days + 4) % 7 + 7) % 7);
  out.day_of_year = static_cast<int>(local_days - days_from_civil(out.year, 1, 1)) + 1;
  out.hour = static_cast<int>(in_day / 3'600'000);
  out.minute = static_cast<int>(in_day / 60'000 % 60);
  out.second = static_cast<int>(in_day / 1000 % 60);
  out.millisecond = static_cast<int>(in_day % 1000);
  return out;
}

std::int64_t TimeZone::to_millis(std::int64_t year, int month, int day, int hour, int minute, int second,
                                 int millisecond, Overlap overlap) const {
  constexpr std::int64_t year_limit = 250'000'000;
  year = std::clamp(year, -year_limit, year_limit);
  std::int64_t months = std::int64_t{month} - 1;
  year += floor_divide(months, 12);
  month = static_cast<int>(months - floor_divide(months, 12) * 12) + 1;
  std::int64_t local = (days_from_civil(year, month, 1) + day - 1) * 86400 + std::int64_t{hour} * 3600 +
                       std::int64_t{minute} * 60 + second;
  std::int64_t offset = fixed_offset_;
  if (rules_ != nullptr) {
    offset = rules_->local_offset(within_calendar(local), overlap == Overlap::later);
  }
  return (local - offset) * 1000 + millisecond;
}

}  // namespace windlass::text

// java.text.SimpleDateFormat in English (weeks start on Sunday, as in en-US); see the header.
#include "text/date_format.h"

#include <algorithm>
#include <vector>

#include "text/detail/date_names.h"
#include "text/utf.h"

namespace windlass::text {

namespace {

using detail::kMonths;
using detail::kWeekdays;
using detail::padded_number;

constexpr std::string_view kLetters = "GyMdkHmsSEDFwWahKzZYuXL";
constexpr std::size_t kMaxPattern = 4096;

/// A run of one pattern letter, or (letter 0) literal text.
struct Field {
  char letter = 0;
  std::size_t count = 0;
  std::string literal;
};

std::unexpected<num::Thrown> illegal(std::string message) {
  return num::thrown("java.lang.IllegalArgumentException", std::move(message));
}

num::JavaResult<std::vector<Field>> split_pattern(std::string_view pattern) {
  if (pattern.size() > kMaxPattern) return illegal("the date pattern is longer than 4096 bytes");
  std::vector<Field> fields;
  auto add_literal = [&](char c) {
    if (fields.empty() || fields.back().letter != 0) fields.push_back({});
    fields.back().literal.push_back(c);
  };
  bool quoted = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        add_literal('\'');
        ++i;
      } else {
        quoted = !quoted;
      }
      continue;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (quoted || !letter) {
      add_literal(c);
      continue;
    }
    if (kLetters.find(c) == kLetters.npos) return illegal(std::string("Illegal pattern character '") + c + "'");
    std::size_t start = i;
    while (i + 1 < pattern.size() && pattern[i + 1] == c) ++i;
    fields.push_back({c, i - start + 1, {}});
    if (c == 'X' && fields.back().count > 3) {
      return illegal("invalid ISO 8601 format: length=" + std::to_string(fields.back().count));
    }
  }
  if (quoted) return illegal("Unterminated quote");
  return fields;
}

/// Week of year with weeks starting on Sunday and one day enough for the first week; may belong to the next year.
void week_of(const CivilTime& time, int& week, std::int64_t& year) {
  int first_weekday = ((time.weekday - (time.day_of_year - 1)) % 7 + 7) % 7;
  week = (time.day_of_year - 1 + first_weekday) / 7 + 1;
  year = time.year;
  std::int64_t days = days_from_civil(time.year + 1, 1, 1) - days_from_civil(time.year, 1, 1);
  std::int64_t next_first = (first_weekday + days) % 7;
  if (days - time.day_of_year < next_first) {
    // The last days stand in the same week as next year's first.
    bool same_week = time.day_of_year + (6 - time.weekday) > days;
    if (same_week) {
      week = 1;
      year = time.year + 1;
    }
  }
}

std::string format_field(const Field& field, const CivilTime& time, const TimeZone& zone) {
  auto number = [&](std::int64_t value) { return padded_number(value, field.count); };
  auto year_text = [&](std::int64_t year) {
    if (field.count == 2) return padded_number(((year % 100) + 100) % 100, 2);
    return padded_number(year, field.count);
  };
  int week = 0;
  std::int64_t week_year = 0;
  week_of(time, week, week_year);
  std::int64_t year_of_era = time.year > 0 ? time.year : 1 - time.year;
  switch (field.letter) {
    case 'G':
      return time.year > 0 ? "AD" : "BC";
    case 'y':
      return year_text(year_of_era);
    case 'Y':
      return year_text(week_year);
    case 'M':
    case 'L': {
      std::string_view name = kMonths[static_cast<std::size_t>(time.month - 1)];
      if (field.count >= 4) return std::string(name);
      return field.count == 3 ? std::string(name.substr(0, 3)) : number(time.month);
    }
    case 'w':
      return number(week);
    case 'W': {
      int first_weekday = ((time.weekday - (time.day - 1)) % 7 + 7) % 7;
      return number((time.day - 1 + first_weekday) / 7 + 1);
    }
    case 'D':
      return number(time.day_of_year);
    case 'd':
      return number(time.day);
    case 'F':
      return number((time.day - 1) / 7 + 1);
    case 'E': {
      std::string_view name = kWeekdays[static_cast<std::size_t>(time.weekday)];
      return std::string(field.count >= 4 ? name : name.substr(0, 3));
    }
    case 'u':
      return number(time.weekday == 0 ? 7 : time.weekday);
    case 'a':
      return time.hour < 12 ? "AM" : "PM";
    case 'H':
      return number(time.hour);
    case 'k':
      return number(time.hour == 0 ? 24 : time.hour);
    case 'K':
      return number(time.hour % 12);
    case 'h':
      return number(time.hour % 12 == 0 ? 12 : time.hour % 12);
    case 'm':
      return number(time.minute);
    case 's':
      return number(time.second);
    case 'S':
      return number(time.millisecond);
    case 'z':
      return field.count >= 4 ? detail::long_zone_name(time, zone) : time.zone_abbreviation;
    case 'Z':
      return detail::offset_text(time.offset_seconds, false, false);
    case 'X': {
      std::string text = detail::offset_text(time.offset_seconds, field.count == 3, true);
      return field.count == 1 ? text.substr(0, 3) : text;
    }
    default:
      return "";
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number_field(const Field& field) {
  if (field.letter == 0) return false;
  if (field.letter == 'M' || field.letter == 'L') return field.count <= 2;
  return std::string_view("GEazZX").find(field.letter) == std::string_view::npos;
}

/// What a parse has collected so far.
struct Parsed {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
  std::optional<int> day_of_year;
  int hour = 0;
  bool twelve_hours = false;
  bool afternoon = false;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  bool before_christ = false;
  std::optional<std::int32_t> offset;
  std::optional<TimeZone> zone;
};

class DateReader {
 public:
  DateReader(const std::vector<Field>& fields, std::string_view text) : fields_(fields), text_(text) {}

  bool read(Parsed& out) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Field& field = fields_[i];
      if (field.letter == 0) {
        if (!read_literal(field.literal)) return false;
        continue;
      }
      while (pos_ < text_.size() && (text_[pos_] == ' ' || text_[pos_] == '\t')) ++pos_;
      if (pos_ >= text_.size()) return false;
      bool abutting = i + 1 < fields_.size() && is_number_field(fields_[i + 1]);
      if (is_number_field(field) ? !read_number(field, abutting, out) : !read_name(field, out)) return false;
    }
    return true;
  }

 private:
  bool read_literal(std::string_view literal) {
    if (!text_.substr(std::min(pos_, text_.size())).starts_with(literal)) return false;
    pos_ += literal.size();
    return true;
  }

  bool read_number(const Field& field, bool abutting, Parsed& out) {
    bool negative = text_[pos_] == '-' && !abutting;
    if (negative) ++pos_;
    std::size_t start = pos_;
    std::int64_t value = 0;
    std::size_t most = abutting ? field.count : 10;
    while (pos_ < text_.size() && is_digit(text_[pos_]) && pos_ - start < most)
      value = value * 10 + (text_[pos_++] - '0');
    std::size_t digits = pos_ - start;
    if (digits == 0 || value > 0x7fffffff) return false;
    if (negative) value = -value;
    int small = static_cast<int>(value);
    switch (field.letter) {
      case 'y':
      case 'Y':
        if (field.count <= 2 && digits == 2 && !negative) value += value >= 46 ? 1900 : 2000;
        out.year = value;
        break;
      case 'M':
      case 'L':
        out.month = small;
        break;
      case 'd':
        out.day = small;
        break;
      case 'D':
        out.day_of_year = small;
        break;
      case 'H':
        out.hour = small;
        break;
      case 'k':
        out.hour = small == 24 ? 0 : small;
        break;
      case 'K':
      case 'h':
        out.hour = field.letter == 'h' && small == 12 ? 0 : small;
        out.twelve_hours = true;
        break;
      case 'm':
        out.minute = small;
        break;
      case 's':
        out.second = small;
        break;
      case 'S':
        out.millisecond = small;
        break;
      default:
        break;  // weeks and weekdays do not decide the date
    }
    return true;
  }

  bool read_name(const Field& field, Parsed& out) {
    std::string_view rest = text_.substr(pos_);
    std::size_t used = 0;
    switch (field.letter) {
      case 'M':
      case 'L': {
        auto month = detail::match_name(kMonths, rest, used);
        if (!month) return false;
        out.month = *month + 1;
        break;
      }
      case 'E':
        if (!detail::match_name(kWeekdays, rest, used)) return false;
        break;
      case 'a': {
        constexpr std::array<std::string_view, 2> halves = {"AM", "PM"};
        auto half = detail::match_name(halves, rest, used);
        if (!half) return false;
        out.afternoon = *half == 1;
        out.twelve_hours = true;
        break;
      }
      case 'G': {
        constexpr std::array<std::string_view, 2> eras = {"AD", "BC"};
        auto era = detail::match_name(eras, rest, used);
        if (!era) return false;
        out.before_christ = *era == 1;
        break;
      }
      default: {
        auto zone = field.letter == 'X' ? detail::match_offset(rest, true) : detail::match_zone(rest);
        if (!zone) return false;
        used = zone->used;
        out.offset = zone->offset;
        out.zone = zone->zone;
      }
    }
    pos_ += used;
    return true;
  }

  const std::vector<Field>& fields_;
  std::string_view text_;
  std::size_t pos_ = 0;
};

bool in_range(const Parsed& p) {
  bool date = p.month >= 1 && p.month <= 12 && p.day >= 1;
  if (date) {
    std::int64_t next = p.month == 12 ? days_from_civil(p.year + 1, 1, 1) : days_from_civil(p.year, p.month + 1, 1);
    date = days_from_civil(p.year, p.month, 1) + p.day <= next;
  }
  return date && p.hour >= 0 && p.hour <= (p.twelve_hours ? 11 : 23) && p.minute >= 0 && p.minute <= 59 &&
         p.second >= 0 && p.second <= 59 && p.millisecond >= 0 && p.millisecond <= 999;
}

}  // namespace

num::JavaResult<std::string> format_simple_date(std::string_view pattern, std::int64_t epoch_millis,
                                                const TimeZone& zone) {
  auto fields = WL_JAVA_TRY(split_pattern(pattern));
  CivilTime time = zone.civil(epoch_millis);
  std::string out;
  for (const Field& field : fields) out += field.letter == 0 ? field.literal : format_field(field, time, zone);
  return out;
}

num::JavaResult<std::int64_t> parse_simple_date(std::string_view pattern, std::string_view text, const TimeZone& zone,
                                                bool lenient) {
  auto fields = WL_JAVA_TRY(split_pattern(pattern));
  auto refuse = [&] {
    return num::thrown("java.text.ParseException", "Unparseable date: \"" + std::string(text) + "\"");
  };
  Parsed parsed;
  if (!DateReader(fields, text).read(parsed)) return refuse();
  if (!lenient && !in_range(parsed)) return refuse();
  if (parsed.before_christ) parsed.year = 1 - parsed.year;
  if (parsed.twelve_hours && parsed.afternoon) parsed.hour += 12;
  if (parsed.day_of_year) {
    parsed.month = 1;
    parsed.day = *parsed.day_of_year;
  }
  TimeZone used = parsed.zone ? *parsed.zone : parsed.offset ? TimeZone::utc() : zone;
  std::int64_t millis = used.to_millis(parsed.year, parsed.month, parsed.day, parsed.hour, parsed.minute, parsed.second,
                                       parsed.millisecond);
  return parsed.offset ? millis - std::int64_t{*parsed.offset} * 1000 : millis;
}

std::string format_date_to_string(std::int64_t epoch_millis, const TimeZone& zone) {
  auto text = format_simple_date("EEE MMM dd HH:mm:ss zzz yyyy", epoch_millis, zone);
  return text ? *text : "";
}

}  // namespace windlass::text

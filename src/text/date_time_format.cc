// java.time.format.DateTimeFormatter: the pattern letters people use, and the ISO forms; see date_format.h.
#include <algorithm>
#include <vector>

#include "text/date_format.h"
#include "text/detail/date_names.h"

namespace windlass::text {

namespace {

using detail::kMonths;
using detail::kWeekdays;
using detail::padded_number;

struct Field {
  char letter = 0;  // 0 = literal, '[' and ']' = optional section
  std::size_t count = 0;
  std::string literal;
};

std::unexpected<num::Thrown> illegal(std::string message) {
  return num::thrown("java.lang.IllegalArgumentException", std::move(message));
}

num::JavaResult<std::vector<Field>> split_pattern(std::string_view pattern) {
  if (pattern.size() > 4096) return illegal("the date pattern is longer than 4096 bytes");
  std::vector<Field> fields;
  auto add_literal = [&](std::string_view text) {
    if (fields.empty() || fields.back().letter != 0) fields.push_back({});
    fields.back().literal += text;
  };
  int open = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        add_literal("'");
        ++i;
        continue;
      }
      std::string text;
      for (++i; i < pattern.size(); ++i) {
        if (pattern[i] == '\'') {
          if (i + 1 >= pattern.size() || pattern[i + 1] != '\'') break;
          ++i;
        }
        text.push_back(pattern[i]);
      }
      if (i >= pattern.size())
        return illegal("Pattern ends with an incomplete string literal: " + std::string(pattern));
      add_literal(text);
      continue;
    }
    if (c == '[' || c == ']') {
      open += c == '[' ? 1 : -1;
      if (open < 0) return illegal("Pattern invalid as it contains ] without previous [");
      fields.push_back({c, 1, {}});
      continue;
    }
    if (c == '{' || c == '}' || c == '#')
      return illegal(std::string("Pattern includes reserved character: '") + c + "'");
    if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
      add_literal(std::string_view(&c, 1));
      continue;
    }
    std::size_t start = i;
    while (i + 1 < pattern.size() && pattern[i + 1] == c) ++i;
    Field field{c, i - start + 1, {}};
    if (std::string_view("GuyQqMLdDEecaHkKhmsSAnNVzOXxZYw").find(c) == std::string_view::npos) {
      return illegal(std::string("Unknown pattern letter: ") + c);
    }
    std::size_t most = std::string_view("dHhkKms").find(c) != std::string_view::npos       ? 2
                       : std::string_view("MLEecGQqXxZ").find(c) != std::string_view::npos ? 5
                       : c == 'z'                                                          ? 4
                       : c == 'D'                                                          ? 3
                       : c == 'a'                                                          ? 1
                       : c == 'w'                                                          ? 2
                       : c == 'S'                                                          ? 9
                                                                                           : 19;
    if (field.count > most) return illegal(std::string("Too many pattern letters: ") + c);
    if (c == 'V' && field.count != 2) return illegal("Pattern letter count must be 2: V");
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string offset_by_count(std::int32_t seconds, std::size_t count, bool z) {
  if (seconds == 0 && z) return "Z";
  std::string text = detail::offset_text(seconds, count == 3 || count == 5, false);
  // One letter leaves out zero minutes; four and five add seconds when there are any.
  if (count == 1 && text.ends_with("00")) text.resize(3);
  if (count >= 4 && seconds % 60 != 0) {
    text += (count == 5 ? ":" : "") + padded_number((seconds < 0 ? -seconds : seconds) % 60, 2);
  }
  return text;
}

std::string format_field(const Field& field, const CivilTime& time, int nanos, const TimeZone& zone) {
  auto number = [&](std::int64_t value) { return padded_number(value, field.count); };
  std::int64_t nano_of_second = std::int64_t{time.millisecond} * 1'000'000 + nanos;
  std::int64_t nano_of_day =
      ((std::int64_t{time.hour} * 60 + time.minute) * 60 + time.second) * 1'000'000'000 + nano_of_second;
  auto name_of = [&](std::string_view name) {
    return std::string(field.count == 4 ? name : field.count == 5 ? name.substr(0, 1) : name.substr(0, 3));
  };
  switch (field.letter) {
    case 'G':
      return field.count == 4 ? (time.year > 0 ? "Anno Domini" : "Before Christ") : time.year > 0 ? "AD" : "BC";
    case 'y':
    case 'u':
    case 'Y': {
      std::int64_t year = field.letter == 'y' && time.year <= 0 ? 1 - time.year : time.year;
      if (field.count == 2) return padded_number((year % 100 + 100) % 100, 2);
      std::string text = number(year);
      bool exceeds = field.count >= 4 && year > 0 && text.size() > field.count;
      return exceeds ? "+" + text : text;
    }
    case 'M':
    case 'L':
      return field.count <= 2 ? number(time.month) : name_of(kMonths[static_cast<std::size_t>(time.month - 1)]);
    case 'Q':
    case 'q': {
      int quarter = (time.month - 1) / 3 + 1;
      if (field.count <= 2) return number(quarter);
      static constexpr std::string_view long_names[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
      return field.count == 3   ? "Q" + std::to_string(quarter)
             : field.count == 4 ? std::string(long_names[quarter - 1])
                                : std::to_string(quarter);
    }
    case 'd':
      return number(time.day);
    case 'D':
      return number(time.day_of_year);
    case 'E':
      return name_of(kWeekdays[static_cast<std::size_t>(time.weekday)]);
    case 'e':
    case 'c':
      return field.count <= 2 ? number(time.weekday + 1) : name_of(kWeekdays[static_cast<std::size_t>(time.weekday)]);
    case 'w': {
      int first_weekday = ((time.weekday - (time.day_of_year - 1)) % 7 + 7) % 7;
      return number((time.day_of_year - 1 + first_weekday) / 7 + 1);
    }
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
      return padded_number(nano_of_second, 9).substr(0, field.count);
    case 'A':
      return number(nano_of_day / 1'000'000);
    case 'n':
      return number(nano_of_second);
    case 'N':
      return number(nano_of_day);
    case 'V':
      return zone.id();
    case 'z':
      return field.count == 4 ? detail::long_zone_name(time, zone) : zone.id() == "Z" ? "Z" : time.zone_abbreviation;
    case 'O': {
      std::string text = detail::gmt_text(time.offset_seconds);
      if (field.count == 4 || time.offset_seconds == 0) return text;
      // Short form: GMT+8, GMT+5:30.
      if (text[4] == '0') text.erase(4, 1);
      return text.ends_with(":00") ? text.substr(0, text.size() - 3) : text;
    }
    case 'X':
      return offset_by_count(time.offset_seconds, field.count, true);
    case 'x':
      return offset_by_count(time.offset_seconds, field.count, false);
    case 'Z':
      if (field.count == 4) return detail::gmt_text(time.offset_seconds);
      return offset_by_count(time.offset_seconds, field.count == 5 ? 5 : 2, field.count == 5);
    default:
      return "";
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number_field(const Field& field) {
  if (std::string_view("yuYdDHkKhmsSAnNw").find(field.letter) != std::string_view::npos) return true;
  return (field.letter == 'M' || field.letter == 'L') && field.count <= 2;
}

class DateTimeReader {
 public:
  explicit DateTimeReader(std::string_view text) : text_(text) {}

  std::size_t pos() const { return pos_; }
  void seek(std::size_t pos) { pos_ = pos; }
  bool at_end() const { return pos_ == text_.size(); }

  bool literal(std::string_view wanted) {
    if (!text_.substr(pos_).starts_with(wanted)) return false;
    pos_ += wanted.size();
    return true;
  }
  bool number(std::size_t least, std::size_t most, std::int64_t& value) {
    std::size_t start = pos_;
    value = 0;
    while (pos_ < text_.size() && is_digit(text_[pos_]) && pos_ - start < std::min<std::size_t>(most, 18)) {
      value = value * 10 + (text_[pos_++] - '0');
    }
    if (pos_ - start >= least) return true;
    pos_ = start;
    return false;
  }
  /// Digits of a decimal fraction of a second.
  bool fraction(std::size_t least, std::size_t most) {
    std::size_t start = pos_;
    std::int64_t value = 0;
    if (!number(least, most, value)) return false;
    for (std::size_t i = pos_ - start; i < 9; ++i) value *= 10;
    nano = value;
    return true;
  }

  bool field(const Field& field, bool abutting) {
    std::int64_t value = 0;
    std::string_view rest = text_.substr(pos_);
    std::size_t used = 0;
    if (field.letter == 'S') return fraction(field.count, field.count);
    if (is_number_field(field)) {
      bool is_year = field.letter == 'y' || field.letter == 'u' || field.letter == 'Y';
      bool open = field.count == 1 || (is_year && field.count >= 4);
      std::size_t most = open && !abutting ? 19 : std::max<std::size_t>(field.count, 1);
      bool negative = is_year && field.letter == 'u' && literal("-");
      if (!number(field.count, most, value)) return false;
      if (negative) value = -value;
      return store(field, value);
    }
    switch (field.letter) {
      case 'M':
      case 'L': {
        auto found = detail::match_name(kMonths, rest, used);
        if (!found) return false;
        month = *found + 1;
        break;
      }
      case 'E':
      case 'e':
      case 'c':
        if (!detail::match_name(kWeekdays, rest, used)) return false;
        break;
      case 'a': {
        constexpr std::array<std::string_view, 2> halves = {"AM", "PM"};
        auto half = detail::match_name(halves, rest, used);
        if (!half) return false;
        afternoon = *half == 1;
        break;
      }
      case 'X':
      case 'x':
      case 'Z': {
        auto found = detail::match_offset(rest, field.letter == 'X' || field.count == 5);
        if (!found) return false;
        used = found->used;
        offset = found->offset;
        break;
      }
      case 'G':
        if (!rest.starts_with("AD")) return false;
        used = 2;
        break;
      default: {
        auto found = detail::match_zone(rest);
        if (!found) return false;
        used = found->used;
        if (found->offset)
          offset = found->offset;
        else
          zone = rest.substr(0, used);
      }
    }
    pos_ += used;
    return true;
  }

  bool store(const Field& field, std::int64_t value) {
    switch (field.letter) {
      case 'y':
      case 'u':
      case 'Y':
        year = field.count == 2 ? 2000 + value : value;
        return true;
      case 'M':
      case 'L':
        month = value;
        return value >= 1 && value <= 12;
      case 'd':
        day = value;
        return value >= 1 && value <= 31;
      case 'D':
        day_of_year = value;
        return value >= 1 && value <= 366;
      case 'H':
        hour = value;
        return value <= 23;
      case 'k':
        hour = value % 24;
        return value >= 1 && value <= 24;
      case 'K':
        half_hour = value;
        return value <= 11;
      case 'h':
        half_hour = value % 12;
        return value >= 1 && value <= 12;
      case 'm':
        minute = value;
        return value <= 59;
      case 's':
        second = value;
        return value <= 59;
      case 'n':
        nano = value;
        return value <= 999'999'999;
      case 'A':
        nano_of_day = value * 1'000'000;
        return value < 86'400'000;
      case 'N':
        nano_of_day = value;
        return value < 86'400'000'000'000;
      default:
        return true;
    }
  }

  /// The fields as a date and a time, if they make any; false for a day that the month has not.
  bool finish(ParsedDateTime& out) const {
    if (year && month && day) {
      std::int64_t first = days_from_civil(*year, static_cast<int>(*month), 1);
      std::int64_t next =
          *month == 12 ? days_from_civil(*year + 1, 1, 1) : days_from_civil(*year, static_cast<int>(*month) + 1, 1);
      if (first + *day - 1 >= next) return false;
      out.epoch_day = first + *day - 1;
    } else if (year && day_of_year) {
      out.epoch_day = days_from_civil(*year, 1, 1) + *day_of_year - 1;
    }
    std::optional<std::int64_t> hours = hour;
    if (!hours && half_hour && afternoon) hours = *half_hour + (*afternoon ? 12 : 0);
    if (hours)
      out.nano_of_day =
          ((*hours * 60 + minute.value_or(0)) * 60 + second.value_or(0)) * 1'000'000'000 + nano.value_or(0);
    if (nano_of_day) out.nano_of_day = nano_of_day;
    out.offset_seconds = offset;
    out.zone = zone;
    return true;
  }

  std::optional<std::int64_t> year, month, day, day_of_year, hour, half_hour, minute, second, nano, nano_of_day;
  std::optional<bool> afternoon;
  std::optional<std::int32_t> offset;
  std::optional<std::string> zone;

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
};

std::unexpected<num::Thrown> unparsable(std::string_view text, std::size_t index, bool trailing = false) {
  return num::thrown("java.time.format.DateTimeParseException", "Text '" + std::string(text) + "' could not be parsed" +
                                                                    (trailing ? ", unparsed text found" : "") +
                                                                    " at index " + std::to_string(index));
}

}  // namespace

num::JavaResult<std::string> format_date_time(std::string_view pattern, std::int64_t epoch_millis, int nanos_in_milli,
                                              const TimeZone& zone) {
  auto fields = WL_JAVA_TRY(split_pattern(pattern));
  CivilTime time = zone.civil(epoch_millis);
  std::string out;
  for (const Field& field : fields) {
    if (field.letter == 0)
      out += field.literal;
    else
      out += format_field(field, time, nanos_in_milli, zone);
  }
  return out;
}

num::JavaResult<ParsedDateTime> parse_date_time(std::string_view pattern, std::string_view text) {
  auto fields = WL_JAVA_TRY(split_pattern(pattern));
  DateTimeReader reader(text);
  std::vector<std::size_t> open;  // text positions at the starts of optional sections
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.letter == '[') {
      open.push_back(reader.pos());
      continue;
    }
    if (field.letter == ']') {
      open.pop_back();
      continue;
    }
    bool abutting = i + 1 < fields.size() && is_number_field(fields[i + 1]);
    std::size_t before = reader.pos();
    if (field.letter == 0 ? reader.literal(field.literal) : reader.field(field, abutting)) continue;
    if (open.empty()) return unparsable(text, before);
    // The optional section is not there: go back and on behind its end.
    reader.seek(open.back());
    open.pop_back();
    int depth = 1;
    while (depth > 0 && i + 1 < fields.size()) {
      ++i;
      depth += fields[i].letter == '[' ? 1 : fields[i].letter == ']' ? -1 : 0;
    }
  }
  if (!reader.at_end()) return unparsable(text, reader.pos(), true);
  ParsedDateTime out;
  if (!reader.finish(out)) return unparsable(text, 0);
  return out;
}

num::JavaResult<ParsedDateTime> parse_iso(std::string_view text) {
  DateTimeReader reader(text);
  std::int64_t value = 0;
  auto part = [&](char letter, std::size_t digits) {
    return reader.number(digits, digits, value) && reader.store(Field{letter, digits, {}}, value);
  };
  auto time_of_day = [&] {
    if (!part('H', 2) || !reader.literal(":") || !part('m', 2)) return false;
    if (!reader.literal(":")) return true;
    if (!part('s', 2)) return false;
    return !reader.literal(".") || reader.fraction(1, 9);
  };
  bool time_only = text.size() >= 3 && text[2] == ':';
  if (!time_only) {
    bool negative = reader.literal("-");
    if (!reader.number(4, negative ? 9 : 4, value)) return unparsable(text, reader.pos());
    reader.year = negative ? -value : value;
    if (!reader.literal("-") || !part('M', 2) || !reader.literal("-") || !part('d', 2)) {
      return unparsable(text, reader.pos());
    }
  }
  if (time_only || reader.literal("T") || reader.literal("t")) {
    if (!time_of_day()) return unparsable(text, reader.pos());
    if (auto offset = detail::match_offset(text.substr(reader.pos()), true)) {
      reader.offset = offset->offset;
      reader.seek(reader.pos() + offset->used);
    }
    if (reader.literal("[")) {
      std::size_t end = text.find(']', reader.pos());
      if (end == text.npos) return unparsable(text, reader.pos());
      reader.zone = std::string(text.substr(reader.pos(), end - reader.pos()));
      reader.seek(end + 1);
    }
  }
  if (!reader.at_end()) return unparsable(text, reader.pos(), true);
  ParsedDateTime out;
  if (!reader.finish(out)) return unparsable(text, 0);
  return out;
}

std::string format_iso_instant(std::int64_t epoch_millis) {
  CivilTime time = TimeZone::utc().civil(epoch_millis);
  std::string text =
      *format_date_time(time.millisecond == 0 ? "uuuu-MM-dd'T'HH:mm:ss'Z'" : "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'",
                        epoch_millis, 0, TimeZone::utc());
  return text;
}

std::string format_iso_offset(std::int64_t epoch_millis, const TimeZone& zone) {
  CivilTime time = zone.civil(epoch_millis);
  return *format_date_time(time.millisecond == 0 ? "uuuu-MM-dd'T'HH:mm:ssXXX" : "uuuu-MM-dd'T'HH:mm:ss.SSSXXX",
                           epoch_millis, 0, zone);
}

}  // namespace windlass::text

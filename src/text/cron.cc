// Cron lines: parsing into bit sets, and searching times by civil fields in the table's zone; see the header.
//
// A line fires in a minute whose local month, day, weekday, hour and minute are all in its sets (day of month and
// weekday both, as in Jenkins). A local time that occurs twice (clocks set back) fires once, unless the line names
// every hour; one that does not occur is left out.
#include "text/cron.h"

#include <algorithm>

namespace windlass::text {

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHorizon = 28LL * 366 * 86'400'000;
constexpr std::size_t kMaxText = 65536;
constexpr std::size_t kMaxLines = 500;
constexpr std::uint32_t kAllHours = 0xFFFFFF;

struct FieldRule {
  std::string_view name;
  int low;
  int high;
  int hash_high;  // H stays below the 29th, which not every month has
};
constexpr FieldRule kFields[] = {{"minute", 0, 59, 59},
                                 {"hour", 0, 23, 23},
                                 {"day of month", 1, 31, 28},
                                 {"month", 1, 12, 12},
                                 {"day of week", 0, 7, 6}};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"@yearly", "H H H H *"}, {"@annually", "H H H H *"},      {"@monthly", "H H H * *"}, {"@weekly", "H H * * H"},
    {"@daily", "H H * * *"},  {"@midnight", "H H(0-2) * * *"}, {"@hourly", "H * * * *"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

/// splitmix64's finaliser: neighbouring keys give unrelated numbers.
std::uint64_t mix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// One field of one line.
class FieldParser {
 public:
  FieldParser(std::string_view text, const FieldRule& rule, std::size_t line, std::uint64_t hash,
              std::vector<std::string>& warnings)
      : text_(text), rule_(rule), line_(line), hash_(hash), warnings_(warnings) {}

  Result<std::uint64_t> run() {
    std::uint64_t bits = 0;
    while (true) {
      bits |= WL_TRY(item());
      if (pos_ == text_.size()) break;
      if (text_[pos_] != ',') return wrong("expected `,` or the end of the field");
      ++pos_;
    }
    return bits;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorKind::invalid, "cron line " + std::to_string(line_) + ": the " + std::string(rule_.name) +
                                        " field `" + std::string(text_.substr(0, 100)) + "` is wrong: " + what);
  }
  bool take(char c) {
    if (pos_ >= text_.size() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }
  Result<int> number() {
    if (pos_ >= text_.size() || !is_digit(text_[pos_])) return wrong("expected a number, `*` or `H`");
    int value = 0;
    while (pos_ < text_.size() && is_digit(text_[pos_])) value = std::min(value * 10 + (text_[pos_++] - '0'), 100000);
    return value;
  }
  Result<int> number_in_range() {
    int value = WL_TRY(number());
    if (value < rule_.low || value > rule_.high) {
      return wrong(std::to_string(value) + " is not between " + std::to_string(rule_.low) + " and " +
                   std::to_string(rule_.high));
    }
    return value;
  }

  Result<std::uint64_t> item() {
    if (take('*')) {
      int step = WL_TRY(optional_step(rule_.high - rule_.low + 1));
      int high = rule_.high == 7 ? 6 : rule_.high;
      if (step > 1) warn_uneven(step, high - rule_.low + 1);
      return range(rule_.low, high, step);
    }
    if (take('H')) return hashed();
    int low = WL_TRY(number_in_range());
    int high = low;
    int step = 1;
    if (take('-')) {
      high = WL_TRY(number_in_range());
      if (high < low) {
        return wrong("the range goes down from " + std::to_string(low) + " to " + std::to_string(high) +
                     "; write the smaller number first");
      }
      step = WL_TRY(optional_step(high - low + 1));
    } else if (pos_ < text_.size() && text_[pos_] == '/') {
      return wrong("a step needs a range, for example `*/5` or `10-40/5`");
    }
    return range(low, high, step);
  }

  Result<std::uint64_t> hashed() {
    int low = rule_.low;
    int high = rule_.hash_high;
    if (take('(')) {
      low = WL_TRY(number_in_range());
      if (!take('-')) return wrong("expected `-` in H(a-b)");
      high = WL_TRY(number_in_range());
      if (!take(')')) return wrong("expected `)` after H(a-b");
      if (high < low) return wrong("H's range goes down; write the smaller number first");
    }
    bool stepped = pos_ < text_.size() && text_[pos_] == '/';
    int step = WL_TRY(optional_step(high - low + 1));
    if (!stepped) {
      return std::uint64_t{1} << weekday_fold(low +
                                              static_cast<int>(hash_ % static_cast<std::uint64_t>(high - low + 1)));
    }
    if (step > 1) warn_uneven(step, rule_.high == 31 ? 0 : high - low + 1);
    return range(low + static_cast<int>(hash_ % static_cast<std::uint64_t>(step)), high, step);
  }

  Result<int> optional_step(int size) {
    if (!take('/')) return 1;
    int step = WL_TRY(number());
    if (step < 1 || step > size) {
      return wrong("the step " + std::to_string(step) + " is not between 1 and " + std::to_string(size));
    }
    return step;
  }

  void warn_uneven(int step, int size) {
    if (size == 0 || size % step == 0) return;
    warnings_.push_back("cron line " + std::to_string(line_) + ": " + std::to_string(step) + " does not divide " +
                        std::to_string(size) + " in the " + std::string(rule_.name) +
                        " field, so the last interval is shorter than the others");
  }

  [[nodiscard]] int weekday_fold(int value) const { return rule_.high == 7 && value == 7 ? 0 : value; }
  [[nodiscard]] std::uint64_t range(int low, int high, int step) const {
    std::uint64_t bits = 0;
    for (int value = low; value <= high; value += step) bits |= std::uint64_t{1} << weekday_fold(value);
    return bits;
  }

  std::string_view text_;
  const FieldRule& rule_;
  std::size_t line_;
  std::uint64_t hash_;
  std::vector<std::string>& warnings_;
  std::size_t pos_ = 0;
};

std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t i = 0; i < line.size();) {
    while (i < line.size() && is_blank(line[i])) ++i;
    std::size_t start = i;
    while (i < line.size() && !is_blank(line[i])) ++i;
    if (i > start) fields.push_back(line.substr(start, i - start));
  }
  return fields;
}

Result<CronLine> parse_line(std::string_view source, std::size_t number, std::uint64_t seed,
                            std::vector<std::string>& warnings) {
  std::string_view text = source;
  if (text.starts_with('@')) {
    const auto* alias =
        std::find_if(std::begin(kAliases), std::end(kAliases), [&](const auto& a) { return a.first == text; });
    if (alias == std::end(kAliases)) {
      return fail(ErrorKind::invalid,
                  "cron line " + std::to_string(number) + ": `" + std::string(text.substr(0, 100)) +
                      "` is no alias; use @yearly, @monthly, @weekly, @daily, @midnight or @hourly");
    }
    text = alias->second;
  }
  auto fields = split_fields(text);
  if (fields.size() != 5) {
    return fail(ErrorKind::invalid, "cron line " + std::to_string(number) +
                                        ": expected five fields (minute, hour, day "
                                        "of month, month, day of week), found " +
                                        std::to_string(fields.size()) + " in `" + std::string(source.substr(0, 100)) +
                                        "`");
  }
  std::uint64_t bits[5] = {};
  for (std::size_t i = 0; i < 5; ++i) {
    bits[i] = WL_TRY(FieldParser(fields[i], kFields[i], number, mix(seed + i), warnings).run());
  }
  if (fields[0] == "*" && fields[1] != "*") {
    warnings.push_back("cron line " + std::to_string(number) + ": `" + std::string(source) +
                       "` runs every minute of those hours; for once an hour write `H " +
                       std::string(text.substr(static_cast<std::size_t>(fields[1].data() - text.data()))) + "`");
  }
  if (std::all_of(fields[0].begin(), fields[0].end(), is_digit) && source == text) {
    warnings.push_back("cron line " + std::to_string(number) + ": all jobs with the minute `" + std::string(fields[0]) +
                       "` start at once; `H` spreads the load");
  }
  return CronLine{bits[0],
                  static_cast<std::uint32_t>(bits[1]),
                  static_cast<std::uint32_t>(bits[2]),
                  static_cast<std::uint32_t>(bits[3]),
                  static_cast<std::uint32_t>(bits[4]),
                  std::string(source)};
}

bool has_bit(std::uint64_t bits, int value) { return (bits >> value & 1) != 0; }

bool day_matches(const CronLine& line, const CivilTime& time) {
  return has_bit(line.months, time.month) && has_bit(line.days_of_month, time.day) &&
         has_bit(line.days_of_week, time.weekday);
}

/// True when the same local time was already there before clocks were set back.
bool is_repetition(const TimeZone& zone, const CivilTime& time, std::int64_t millis) {
  return zone.to_millis(time.year, time.month, time.day, time.hour, time.minute, 0, 0, TimeZone::Overlap::earlier) <
         millis;
}

std::int64_t floor_minute(std::int64_t millis) { return millis - ((millis % kMinute) + kMinute) % kMinute; }

bool line_fires(const CronLine& line, const TimeZone& zone, const CivilTime& time, std::int64_t millis) {
  if (!day_matches(line, time) || !has_bit(line.hours, time.hour) || !has_bit(line.minutes, time.minute)) return false;
  return line.hours == kAllHours || !is_repetition(zone, time, millis);
}

/// The first firing at or after (direction 1) or at or before (-1) the minute, within the horizon.
std::optional<std::int64_t> search(const CronLine& line, const TimeZone& zone, std::int64_t from, int direction) {
  std::int64_t at = from;
  while ((at - from) * direction <= kHorizon) {
    CivilTime time = zone.civil(at);
    std::int64_t next = 0;
    if (!day_matches(line, time)) {
      // To the first minute of the next day, or the last of the day before.
      std::int64_t edge = zone.to_millis(time.year, time.month, time.day + (direction > 0 ? 1 : 0), 0, 0, 0, 0,
                                         TimeZone::Overlap::earlier);
      next = direction > 0 ? edge : edge - kMinute;
    } else if (!has_bit(line.hours, time.hour)) {
      next = at + (direction > 0 ? 60 - time.minute : -time.minute - 1) * kMinute;
    } else if (line_fires(line, zone, time, at)) {
      return at;
    } else {
      next = at + direction * kMinute;
    }
    // Odd zones must not hold the search up.
    at = (next - at) * direction > 0 ? next : at + direction * kMinute;
  }
  return std::nullopt;
}

}  // namespace

Result<CronTable> CronTable::parse(std::string_view specification, std::string_view job_name,
                                   const TimeZone& default_zone) {
  if (specification.size() > kMaxText) return fail(ErrorKind::invalid, "a cron specification is longer than 64 KiB");
  CronTable table;
  table.zone_ = default_zone;
  std::uint64_t seed = fnv1a(job_name);
  std::size_t number = 0;
  bool first = true;
  for (std::size_t start = 0; start <= specification.size();) {
    std::size_t end = std::min(specification.find('\n', start), specification.size());
    std::string_view line = trim(specification.substr(start, end - start));
    start = end + 1;
    ++number;
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("TZ=")) {
      if (!first) {
        return fail(ErrorKind::invalid,
                    "cron line " + std::to_string(number) + ": TZ= must stand before all other lines");
      }
      auto zone = TimeZone::find(trim(line.substr(3)));
      if (!zone) return fail(ErrorKind::invalid, "cron line " + std::to_string(number) + ": " + zone.error().message);
      table.zone_ = std::move(*zone);
      first = false;
      continue;
    }
    first = false;
    if (table.lines_.size() == kMaxLines)
      return fail(ErrorKind::invalid, "a cron specification has more than 500 lines");
    std::uint64_t line_seed = mix(seed + table.lines_.size() * 8);
    table.lines_.push_back(WL_TRY(parse_line(line, number, line_seed, table.warnings_)));
  }
  return table;
}

std::optional<std::int64_t> CronTable::next_after(std::int64_t epoch_millis) const {
  std::optional<std::int64_t> best;
  for (const CronLine& line : lines_) {
    auto found = search(line, zone_, floor_minute(epoch_millis) + kMinute, 1);
    if (found && (!best || *found < *best)) best = found;
  }
  return best;
}

std::optional<std::int64_t> CronTable::previous_before(std::int64_t epoch_millis) const {
  std::optional<std::int64_t> best;
  std::int64_t from = floor_minute(epoch_millis);
  if (from == epoch_millis) from -= kMinute;
  for (const CronLine& line : lines_) {
    auto found = search(line, zone_, from, -1);
    if (found && (!best || *found > *best)) best = found;
  }
  return best;
}

bool CronTable::fires_at(std::int64_t epoch_millis) const {
  std::int64_t minute = floor_minute(epoch_millis);
  CivilTime time = zone_.civil(minute);
  return std::any_of(lines_.begin(), lines_.end(),
                     [&](const CronLine& line) { return line_fires(line, zone_, time, minute); });
}

}  // namespace windlass::text

#include "text/detail/zone_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "text/date_format.h"

namespace windlass::text::detail {

namespace {

constexpr std::int64_t kBegin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMostBytes = std::size_t{64} << 10;  // the largest zone has 4 KB
constexpr std::int64_t kDay = 86'400;

/// Reads big-endian numbers one behind the other; beyond the end it says so and gives zeros.
class Bytes {
 public:
  explicit Bytes(std::string_view all) : left_(all) {}
  std::string_view take(std::size_t count) {
    if (count > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    auto out = left_.substr(0, count);
    left_.remove_prefix(count);
    return out;
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t n = 0;
    for (const char c : take(width)) n = n << 8 | static_cast<unsigned char>(c);
    return n;
  }
  [[nodiscard]] std::string_view rest() const { return left_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view left_;
  bool failed_ = false;
};

/// What a header announces of the block behind it.
struct Counts {
  std::size_t utc = 0, standard = 0, leaps = 0, changes = 0, kinds = 0, characters = 0;
  [[nodiscard]] std::size_t block_bytes(std::size_t width) const {
    return changes * width + changes + kinds * 6 + characters + leaps * (width + 4) + standard + utc;
  }
};

std::optional<Counts> take_header(Bytes& in) {
  if (in.take(4) != "TZif") return std::nullopt;
  const auto version = in.take(1);
  in.take(15);
  Counts counts;
  for (auto* count :
       {&counts.utc, &counts.standard, &counts.leaps, &counts.changes, &counts.kinds, &counts.characters}) {
    *count = static_cast<std::size_t>(in.number(4));
    if (*count > kMostBytes) return std::nullopt;
  }
  if (in.failed() || version < "2") return std::nullopt;
  return counts;
}

bool take_character(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_number(std::string_view& text, int& out, int most) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  out = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    out = out * 10 + (text[0] - '0');
    if (out > most) return false;
    text.remove_prefix(1);
  }
  return true;
}

/// `[+-]hh[:mm[:ss]]`
bool take_time(std::string_view& text, std::int32_t& out) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  if (!take_number(text, hours, 167)) return false;
  if (take_character(text, ':')) {
    if (!take_number(text, minutes, 59)) return false;
    if (take_character(text, ':') && !take_number(text, seconds, 59)) return false;
  }
  out = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
  return true;
}

/// `CET` or `<+03>`
bool take_name(std::string_view& text, std::string& out) {
  const bool quoted = take_character(text, '<');
  const auto* const end = std::find_if_not(text.begin(), text.end(), [quoted](unsigned char c) {
    return std::isalpha(c) != 0 || (quoted && (std::isdigit(c) != 0 || c == '+' || c == '-'));
  });
  out.assign(text.begin(), end);
  text.remove_prefix(out.size());
  return !out.empty() && (!quoted || take_character(text, '>'));
}

bool is_zone_id(std::string_view id) {
  // The folder's own files and the copies with leap seconds have small letters.
  if (id.empty() || id.size() > 64 || id[0] < 'A' || id[0] > 'Z' || id == "Factory") return false;
  return std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
  });
}

}  // namespace

const ZoneRules* ZoneRules::find(std::string_view id) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const ZoneRules>, std::less<>> known;
  if (!is_zone_id(id)) return nullptr;
  const std::lock_guard lock(mutex);
  if (auto found = known.find(id); found != known.end()) return found->second.get();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(("/usr/share/zoneinfo/" + std::string(id)).c_str(), "rbe"), std::fclose);
  if (!file) return nullptr;
  std::string bytes(kMostBytes, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));  // of a folder: nothing
  auto rules = parse(bytes);
  if (!rules) return nullptr;
  return known.emplace(id, std::make_unique<const ZoneRules>(std::move(*rules))).first->second.get();
}

std::optional<ZoneRules> ZoneRules::parse(std::string_view bytes) {
  Bytes in(bytes);
  // The block of 32-bit times is there for old readers.
  const auto old = take_header(in);
  if (!old) return std::nullopt;
  in.take(old->block_bytes(4));
  const auto counts = take_header(in);
  if (!counts || counts->kinds == 0 || counts->kinds > 256 || counts->block_bytes(8) > in.rest().size()) {
    return std::nullopt;
  }
  ZoneRules out;
  for (std::size_t i = 0; i < counts->changes; ++i) {
    out.changes_.push_back(static_cast<std::int64_t>(in.number(8)));
    if (i > 0 && out.changes_[i] <= out.changes_[i - 1]) return std::nullopt;
  }
  for (std::size_t i = 0; i < counts->changes; ++i) {
    out.kind_after_.push_back(static_cast<std::uint8_t>(in.number(1)));
    if (out.kind_after_.back() >= counts->kinds) return std::nullopt;
  }
  std::vector<std::size_t> names;
  for (std::size_t i = 0; i < counts->kinds; ++i) {
    Kind kind;
    kind.offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(in.number(4)));
    if (kind.offset < -kDay * 2 || kind.offset > kDay * 2) return std::nullopt;
    kind.daylight = in.number(1) != 0;
    names.push_back(static_cast<std::size_t>(in.number(1)));
    out.kinds_.push_back(std::move(kind));
  }
  const auto characters = in.take(counts->characters);
  for (std::size_t i = 0; i < counts->kinds; ++i) {
    if (names[i] > characters.size()) return std::nullopt;
    const auto name = characters.substr(names[i]);
    out.kinds_[i].abbreviation = name.substr(0, name.find('\0'));
  }
  in.take(counts->leaps * 12 + counts->standard + counts->utc);
  auto rule = in.rest();
  if (in.failed() || !take_character(rule, '\n')) return std::nullopt;
  const auto end = rule.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  if (end > 0) {
    out.rule_ = parse_rule(rule.substr(0, end));
    if (!out.rule_) return std::nullopt;
  }
  return out;
}

std::optional<ZoneRules::Rule> ZoneRules::parse_rule(std::string_view text) {
  Rule out;
  std::int32_t west = 0;
  if (!take_name(text, out.standard.abbreviation) || !take_time(text, west)) return std::nullopt;
  out.standard.offset = -west;
  if (text.empty()) return out;
  out.has_daylight = out.daylight.daylight = true;
  out.daylight.offset = out.standard.offset + 3600;
  if (!take_name(text, out.daylight.abbreviation)) return std::nullopt;
  if (!text.starts_with(',')) {
    if (!take_time(text, west)) return std::nullopt;
    out.daylight.offset = -west;
  }
  if (!take_character(text, ',') || !take_edge(text, out.start) || !take_character(text, ',') ||
      !take_edge(text, out.end) || !text.empty()) {
    return std::nullopt;
  }
  return out;
}

bool ZoneRules::take_edge(std::string_view& text, Edge& out) {
  if (take_character(text, 'M')) {
    out.form = Edge::Form::month_week_day;
    if (!take_number(text, out.month, 12) || out.month < 1 || !take_character(text, '.') ||
        !take_number(text, out.week, 5) || out.week < 1 || !take_character(text, '.') ||
        !take_number(text, out.day, 6)) {
      return false;
    }
  } else {
    out.form = take_character(text, 'J') ? Edge::Form::julian_without_leap_day : Edge::Form::zero_based;
    if (!take_number(text, out.day, 366)) return false;
  }
  return !take_character(text, '/') || take_time(text, out.time);
}

std::int64_t ZoneRules::Edge::local_seconds(std::int64_t year) const {
  const std::int64_t first = days_from_civil(year, 1, 1);
  std::int64_t day_number = first + day;
  if (form == Form::julian_without_leap_day) {
    const bool is_leap = days_from_civil(year, 3, 1) - first == 60;
    day_number = first + day - 1 + (is_leap && day >= 60 ? 1 : 0);
  } else if (form == Form::month_week_day) {
    const std::int64_t month_begin = days_from_civil(year, month, 1);
    const std::int64_t month_end = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
    const std::int64_t weekday = ((month_begin + 4) % 7 + 7) % 7;
    day_number = month_begin + (day - weekday + 7) % 7 + std::int64_t{7} * (week - 1);
    while (day_number >= month_end) day_number -= 7;  // week 5 is the last one
  }
  return day_number * kDay + time;
}

ZonePeriod ZoneRules::at(std::int64_t seconds) const {
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), seconds);
  const auto index = next - changes_.begin();
  if (next == changes_.end() && rule_) return by_rule(seconds, changes_.empty() ? kBegin : changes_.back());
  const Kind& kind = kinds_[index == 0 ? 0 : kind_after_[static_cast<std::size_t>(index - 1)]];
  return {index == 0 ? kBegin : *(next - 1), next == changes_.end() ? kEnd : *next, kind.offset, kind.daylight,
          kind.abbreviation};
}

ZonePeriod ZoneRules::by_rule(std::int64_t seconds, std::int64_t last_change) const {
  auto period = [](const Kind& kind, std::int64_t begin, std::int64_t end) {
    return ZonePeriod{begin, end, kind.offset, kind.daylight, kind.abbreviation};
  };
  if (!rule_->has_daylight) return period(rule_->standard, last_change, kEnd);
  std::int64_t year = 0;
  int month = 0;
  int day = 0;
  civil_from_days((seconds + rule_->standard.offset) / kDay, year, month, day);
  struct Change {
    std::int64_t at;
    bool to_daylight;
  };
  // Two years on both sides: a rule may name a time a week beyond its year.
  std::array<Change, 10> changes{};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::int64_t of_year = year - 2 + static_cast<std::int64_t>(i);
    changes[2 * i] = {rule_->end.local_seconds(of_year) - rule_->daylight.offset, false};
    changes[2 * i + 1] = {rule_->start.local_seconds(of_year) - rule_->standard.offset, true};
  }
  // Where daylight time ends and begins at the same moment, it never ends.
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::pair(a.at, a.to_daylight) < std::pair(b.at, b.to_daylight);
  });
  std::size_t after = 0;
  while (after < changes.size() && changes[after].at <= seconds) ++after;
  const bool daylight = after > 0 ? changes[after - 1].to_daylight : !changes[0].to_daylight;
  return period(daylight ? rule_->daylight : rule_->standard,
                std::max(last_change, after > 0 ? changes[after - 1].at : kBegin),
                after < changes.size() ? changes[after].at : kEnd);
}

std::int32_t ZoneRules::local_offset(std::int64_t local_seconds, bool later) const {
  // No offset is beyond 26 hours, so the instants that can be meant lie within as many on both sides.
  constexpr std::int64_t reach = 26 * 3600;
  std::optional<std::int32_t> found;
  std::int32_t before_gap = 0;
  for (std::int64_t probe = local_seconds - reach;;) {
    const auto period = at(probe);
    const std::int64_t instant = local_seconds - period.offset;
    if (instant >= period.begin && instant < period.end) {
      if (!found || later) found = period.offset;
    } else if (instant >= period.end) {
      before_gap = period.offset;
    }
    if (period.end > local_seconds + reach) break;
    probe = period.end;
  }
  return found.value_or(before_gap);
}

}  // namespace windlass::text::detail

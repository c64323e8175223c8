#include "objects/metadata.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace windlass::objects {

using data::Value;

const Value& metadata_of(const Value& object) {
  static const Value kEmpty = Value::map();
  const Value* found = object.find("metadata");
  return found != nullptr && found->has_members() ? *found : kEmpty;
}

Value& metadata_of(Value& object) {
  Value* found = object.find("metadata");
  if (found == nullptr || !found->has_members()) {
    object.set("metadata", Value::map());
    found = object.find("metadata");
  }
  return *found;
}

std::string meta_text(const Value& object, std::string_view field) { return metadata_of(object).get_string(field); }
void set_meta(Value& object, std::string_view field, Value value) {
  metadata_of(object).set(std::string(field), std::move(value));
}
void erase_meta(Value& object, std::string_view field) { metadata_of(object).mutable_members().erase(field); }

std::vector<std::string> finalizers_of(const Value& object) {
  std::vector<std::string> out;
  if (const Value* list = metadata_of(object).find("finalizers")) {
    for (const auto& item : list->items()) out.push_back(item.text());
  }
  return out;
}

void set_finalizers(Value& object, const std::vector<std::string>& finalizers) {
  if (finalizers.empty()) return erase_meta(object, "finalizers");
  Value list = Value::list();
  for (const auto& item : finalizers) list.push(item);
  set_meta(object, "finalizers", std::move(list));
}

bool is_being_deleted(const Value& object) { return !meta_text(object, "deletionTimestamp").empty(); }

std::vector<std::string> owner_uids(const Value& object) {
  std::vector<std::string> out;
  if (const Value* list = metadata_of(object).find("ownerReferences")) {
    for (const auto& item : list->items()) {
      auto uid = item.get_string("uid");
      if (!uid.empty() && std::find(out.begin(), out.end(), uid) == out.end()) out.push_back(std::move(uid));
    }
  }
  return out;
}

namespace {

std::string member(const Value& object, std::string_view map, std::string_view key) {
  const Value* found = metadata_of(object).find(map);
  return found != nullptr ? found->get_string(key) : std::string();
}
void set_member(Value& object, std::string_view map, std::string_view key, std::string value) {
  Value& metadata = metadata_of(object);
  Value* found = metadata.find(map);
  if (found == nullptr || !found->has_members()) {
    metadata.set(std::string(map), Value::map());
    found = metadata.find(map);
  }
  found->set(std::string(key), std::move(value));
}

}  // namespace

std::string annotation(const Value& object, std::string_view key) { return member(object, "annotations", key); }
std::string label(const Value& object, std::string_view key) { return member(object, "labels", key); }
void set_annotation(Value& object, std::string_view key, std::string value) {
  set_member(object, "annotations", key, std::move(value));
}
void set_label(Value& object, std::string_view key, std::string value) {
  set_member(object, "labels", key, std::move(value));
}

std::string format_rfc3339(std::int64_t millis) {
  using namespace std::chrono;
  const sys_seconds at = floor<seconds>(sys_time<milliseconds>(milliseconds(millis)));
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  std::array<char, 40> out{};
  const int n = std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ldZ",
                              static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                              static_cast<unsigned>(date.day()), static_cast<long>(time.hours().count()),
                              static_cast<long>(time.minutes().count()), static_cast<long>(time.seconds().count()));
  return {out.data(), static_cast<std::size_t>(n)};
}

std::int64_t parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return 0;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = -1;
    const auto end = text.data() + at + size;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    return error == std::errc() && stop == end ? value : -1;
  };
  const int y = number(0, 4), mo = number(5, 2), d = number(8, 2), h = number(11, 2), mi = number(14, 2),
            s = number(17, 2);
  if (y < 0 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
    return 0;
  auto at = sys_days(year(y) / month(static_cast<unsigned>(mo)) / day(static_cast<unsigned>(d))) + hours(h) +
            minutes(mi) + seconds(s);
  std::size_t next = 19;
  std::int64_t fraction = 0;
  if (text[next] == '.') {
    std::int64_t scale = 100;
    for (++next; next < text.size() && text[next] >= '0' && text[next] <= '9'; ++next) {
      fraction += (text[next] - '0') * scale;
      scale /= 10;
    }
  }
  std::int64_t offset = 0;
  if (next < text.size() && (text[next] == '+' || text[next] == '-')) {
    if (text.size() != next + 6) return 0;
    const int oh = number(next + 1, 2), om = number(next + 4, 2);
    if (oh < 0 || om < 0) return 0;
    offset = (oh * 60 + om) * 60 * (text[next] == '-' ? -1 : 1);
  } else if (next + 1 != text.size() || (text[next] != 'Z' && text[next] != 'z')) {
    return 0;
  }
  return (duration_cast<seconds>(at.time_since_epoch()).count() - offset) * 1000 + fraction;
}

}  // namespace windlass::objects

#include "pods/field_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "data/xml.h"

namespace windlass::pods {
namespace {

/// 'abc', cut where it is long: what people wrote, in a sentence.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "'";
  for (const char c : text.substr(0, kMost)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return out + (text.size() > kMost ? "…'" : "'");
}

}  // namespace

std::optional<std::string> scalar_text(const data::Value& value) {
  switch (value.kind()) {
    case data::Kind::boolean:
      return value.as_bool() ? "true" : "false";
    case data::Kind::integer:
    case data::Kind::long_integer:
      return std::to_string(value.as_int());
    case data::Kind::big_integer:
    case data::Kind::decimal:
    case data::Kind::string:
      return value.text();
    case data::Kind::real: {
      char buffer[40];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value.as_double());
      return std::string(buffer, end.ptr);
    }
    default:
      break;
  }
  return std::nullopt;
}

std::string join_path(std::string_view path, std::string_view key) {
  std::string out(path);
  if (!out.empty() && !key.empty()) out += '.';
  return out += key;
}

std::string item_path(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

Described describe(const data::Value& value, const std::vector<std::string_view>& symbols, std::string path) {
  Described out{{}, data::Value::map(), std::move(path)};
  auto name_it = [&out](std::string_view name) {
    if (const auto end = name.find_last_of(".$"); end != std::string_view::npos) name.remove_prefix(end + 1);
    out.symbol = name;
    if (!out.symbol.empty() && out.symbol[0] >= 'A' && out.symbol[0] <= 'Z') out.symbol[0] += 'a' - 'A';
  };
  if (value.is_string()) {
    name_it(value.text());
    return out;
  }
  if (!value.has_members()) return out;
  if (const auto* name = value.find("$class"); name != nullptr && name->is_string()) {
    name_it(name->text());
  } else if (value.is_object()) {
    name_it(value.class_name());
  } else if (value.size() == 1 && std::ranges::find(symbols, value.members().at(0).key) != symbols.end()) {
    const auto& [key, inner] = value.members().at(0);
    out.symbol = key;
    out.path = join_path(out.path, key);
    if (inner.has_members()) {
      out.fields = inner;
    } else if (!inner.is_null()) {
      out.fields.set("", inner);
    }
    return out;
  }
  for (const auto& [key, member] : value.members()) {
    if (key != "$class") out.fields.set(key, member);
  }
  return out;
}

FieldReader::FieldReader(const data::Value& value, std::string path, std::vector<Note>& notes)
    : value_(value), path_(std::move(path)), notes_(notes) {
  if (!value.has_members() && !value.is_null()) {
    notes_.push_back({path_, "a map is expected here, and this is a " + std::string(to_string(value.kind()))});
  }
}

void FieldReader::finish(std::string_view unused_because) {
  for (const auto& [key, member] : value_.members()) {
    if (key == "$class" || taken_.contains(key)) continue;
    if (unused_because.empty()) {
      note(key, "there is no such field", Note::Kind::unknown);
    } else {
      note(key, std::string(unused_because), Note::Kind::unused);
    }
  }
}

void FieldReader::note(std::string_view key, std::string sentence, Note::Kind kind) {
  notes_.push_back({path_of(key), std::move(sentence), kind});
}

const data::Value* FieldReader::take(std::string_view key) {
  const auto* member = value_.find(key);
  if (member == nullptr) return nullptr;
  taken_.emplace(key);
  return member->is_null() ? nullptr : member;
}

std::optional<std::string> FieldReader::given_text(std::string_view key) {
  const auto* member = take(key);
  if (member == nullptr) return std::nullopt;
  auto text = scalar_text(*member);
  if (!text) note(key, "a text is expected here, and this is a " + std::string(to_string(member->kind())));
  return text;
}

std::string FieldReader::text(std::string_view key) { return given_text(key).value_or(""); }

std::optional<bool> FieldReader::flag(std::string_view key) {
  const auto text = given_text(key);
  if (!text || text->empty()) return std::nullopt;
  if (*text == "true" || *text == "yes" || *text == "on") return true;
  if (*text == "false" || *text == "no" || *text == "off") return false;
  note(key, quoted(*text) + " is neither true nor false");
  return std::nullopt;
}

std::optional<std::int64_t> FieldReader::integer(std::string_view key) {
  const auto given = given_text(key);
  if (!given) return std::nullopt;
  const auto text = data::trim_blanks(*given);
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec == std::errc() && end.ptr == text.data() + text.size()) return number;
  note(key, quoted(text) + " is no whole number");
  return std::nullopt;
}

std::optional<int> FieldReader::count(std::string_view key) {
  const auto number = integer(key);
  if (!number) return std::nullopt;
  if (*number > std::numeric_limits<int>::max()) return std::numeric_limits<int>::max();
  return *number < 0 ? 0 : static_cast<int>(*number);
}

std::vector<data::Value> FieldReader::items(std::string_view key) {
  const auto* member = take(key);
  if (member == nullptr) return {};
  if (member->is_list()) return member->items();
  return {*member};
}

std::vector<std::string> FieldReader::texts(std::string_view key) {
  std::vector<std::string> out;
  auto add = [&out](std::string_view text) {
    text = data::trim_blanks(text);
    if (!text.empty()) out.emplace_back(text);
  };
  for (const auto& item : items(key)) {
    const auto text = scalar_text(item);
    if (!text) {
      note(key, "texts are expected here");
      continue;
    }
    for (std::size_t from = 0; from <= text->size();) {
      const auto comma = std::min(text->find(',', from), text->size());
      add(std::string_view(*text).substr(from, comma - from));
      from = comma + 1;
    }
  }
  return out;
}

}  // namespace windlass::pods

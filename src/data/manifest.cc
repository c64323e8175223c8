#include "data/manifest.h"

#include <algorithm>

namespace windlass::data {

namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::unexpected<Error> wrong(std::size_t line, std::string_view what) {
  return fail(ErrorKind::invalid, "manifest, line " + std::to_string(line) + ": " + std::string(what));
}

}  // namespace

Result<Value> parse_manifest(std::string_view text, const ManifestLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorKind::exhausted, "manifest has " + std::to_string(text.size()) +
                                          " bytes, more than the limit of " + std::to_string(limits.max_bytes));
  }
  Map main;
  Map entries;
  Map* section = &main;
  std::string* last = nullptr;  // value that a continuation line extends
  std::string entry_name;       // a Name value may be continued: the section opens when the next attribute comes
  bool naming = false;
  bool blank_before = false;
  std::size_t count = 0, line_number = 0;
  auto open_entry = [&] {
    if (!naming) return;
    Value& members = entries[entry_name];
    section = &members.mutable_members();
    naming = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    ++line_number;
    if (line.empty()) {
      open_entry();
      last = nullptr;
      blank_before = true;
      continue;
    }
    if (line.front() == ' ') {
      if (last == nullptr) return wrong(line_number, "a continuation line without a line to continue");
      last->append(line.substr(1));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_name_char)) {
      return wrong(line_number, "expected 'Name: value'");
    }
    if (++count > limits.max_attributes) {
      return fail(ErrorKind::exhausted,
                  "manifest has more than " + std::to_string(limits.max_attributes) + " attributes");
    }
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (blank_before && (name == "Name" || name == "name" || name == "NAME")) {
      open_entry();
      entry_name = value;
      naming = true;
      last = &entry_name;
    } else {
      if (blank_before && section == &main && !naming && !main.empty()) {
        return wrong(line_number, "a section must start with 'Name: path'");
      }
      open_entry();
      last = &section->set(std::string(name), Value(value)).mutable_text();
    }
    blank_before = false;
  }
  open_entry();
  return Value::map_of("main", std::move(main), "entries", std::move(entries));
}

}  // namespace windlass::data

// Version order; see the header. Linear in the texts, no allocation.
#include "text/version_compare.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace windlass::text {

namespace {

enum class Kind { end, word, number };

struct Item {
  Kind kind = Kind::end;
  std::string_view text;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) { return c == '.' || c == '-' || c == '_' || c == '+'; }

Item next_item(std::string_view text, std::size_t& pos) {
  while (pos < text.size() && is_separator(text[pos])) ++pos;
  if (pos == text.size()) return {};
  bool number = is_digit(text[pos]);
  std::size_t start = pos;
  while (pos < text.size() && !is_separator(text[pos]) && is_digit(text[pos]) == number) ++pos;
  std::string_view part = text.substr(start, pos - start);
  if (number) {
    while (part.size() > 1 && part[0] == '0') part.remove_prefix(1);
  }
  return {number ? Kind::number : Kind::word, part};
}

/// The place of a qualifier around the release itself (which is 0).
int rank(std::string_view raw) {
  std::string word(raw.substr(0, 16));
  for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  constexpr std::pair<std::string_view, int> known[] = {{"alpha", -6},     {"a", -6},      {"beta", -5},     {"b", -5},
                                                        {"milestone", -4}, {"m", -4},      {"rc", -3},       {"cr", -3},
                                                        {"pre", -3},       {"dev", -7},    {"snapshot", -2}, {"ga", 0},
                                                        {"final", 0},      {"release", 0}, {"v", 0},         {"sp", 1}};
  for (const auto& [name, place] : known) {
    if (word == name) return place;
  }
  return 2;
}

int sign(int value) { return (value > 0) - (value < 0); }

int compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a.compare(b));
}

/// An item against nothing: 1.0 = 1, 1-rc < 1 < 1-sp < 1.1.
int compare_to_end(const Item& item) {
  if (item.kind == Kind::number) return item.text == "0" ? 0 : 1;
  return sign(rank(item.text));
}

int compare_items(const Item& a, const Item& b) {
  if (a.kind == Kind::end && b.kind == Kind::end) return 0;
  if (b.kind == Kind::end) return compare_to_end(a);
  if (a.kind == Kind::end) return -compare_to_end(b);
  if (a.kind != b.kind) return a.kind == Kind::number ? 1 : -1;
  if (a.kind == Kind::number) return compare_numbers(a.text, b.text);
  int order = sign(rank(a.text) - rank(b.text));
  return order != 0 || rank(a.text) != 2 ? order : sign(a.text.compare(b.text));
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
  std::size_t i = 0;
  std::size_t j = 0;
  // A leading v is decoration.
  if (a.size() > 1 && (a[0] == 'v' || a[0] == 'V') && is_digit(a[1])) i = 1;
  if (b.size() > 1 && (b[0] == 'v' || b[0] == 'V') && is_digit(b[1])) j = 1;
  while (true) {
    Item left = next_item(a, i);
    Item right = next_item(b, j);
    if (left.kind == Kind::end && right.kind == Kind::end) return 0;
    // 1-rc against 1.1: the shorter side stands at its end while the other goes on with numbers.
    int order = compare_items(left, right);
    if (order != 0) return order;
  }
}

}  // namespace windlass::text

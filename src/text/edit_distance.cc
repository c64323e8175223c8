#include "text/edit_distance.h"

#include <algorithm>
#include <utility>

namespace windlass::text {

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  constexpr std::size_t longest = 512;
  std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit || a.size() > longest || b.size() > longest) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    before = std::exchange(last, std::exchange(row, std::move(before)));
  }
  return std::min(last[b.size()], limit + 1);
}

namespace {

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

template <class Name>
const Name* find_nearest(std::string_view name, const std::vector<Name>& candidates) {
  std::string wanted = folded(name);
  std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  const Name* best = nullptr;
  for (const Name& candidate : candidates) {
    std::size_t distance = edit_distance(wanted, folded(candidate), limit);
    if (distance > limit || distance >= std::max<std::size_t>(candidate.size(), 1)) continue;
    best = &candidate;
    if (distance == 0) break;
    limit = distance - 1;
  }
  return best;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  const auto* found = find_nearest(name, candidates);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<std::string_view> nearest_name(std::string_view name, const std::vector<std::string_view>& candidates) {
  const auto* found = find_nearest(name, candidates);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace windlass::text

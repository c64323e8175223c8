#include "jenkinsfile/text_edits.h"

#include <algorithm>
#include <cstdint>

namespace windlass::jenkinsfile {

namespace {

bool is_inner(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// Lines with their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const auto size = end == std::string_view::npos ? text.size() - at : end + 1 - at;
    out.push_back(text.substr(at, size));
    at += size;
  }
  return out;
}

class Edits {
 public:
  Edits(std::string_view before, std::string_view after) : before_(before), after_(after) {}

  /// Bytes [a, a_end) of before are replaced by [b, b_end) of after: as little of them as differs.
  void replace(std::size_t a, std::size_t a_end, std::size_t b, std::size_t b_end) {
    std::size_t head = 0;
    while (a + head < a_end && b + head < b_end && before_[a + head] == after_[b + head]) ++head;
    while (head > 0 && (is_inner(before_, a + head) || is_inner(after_, b + head))) --head;
    a += head;
    b += head;
    std::size_t tail = 0;
    while (a + tail < a_end && b + tail < b_end && before_[a_end - 1 - tail] == after_[b_end - 1 - tail]) ++tail;
    while (tail > 0 && (is_inner(before_, a_end - tail) || is_inner(after_, b_end - tail))) --tail;
    a_end -= tail;
    b_end -= tail;
    if (a == a_end && b == b_end) return;
    out_.push_back({a, a_end, std::string(after_.substr(b, b_end - b))});
  }
  std::vector<TextEdit> take() { return std::move(out_); }

 private:
  std::string_view before_, after_;
  std::vector<TextEdit> out_;
};

}  // namespace

std::vector<TextEdit> edits_between(std::string_view before, std::string_view after) {
  constexpr std::size_t kMostCells = 4'000'000;
  const auto left = lines_of(before), right = lines_of(after);
  std::size_t first = 0, last = 0;
  while (first < left.size() && first < right.size() && left[first] == right[first]) ++first;
  while (last < left.size() - first && last < right.size() - first &&
         left[left.size() - 1 - last] == right[right.size() - 1 - last]) {
    ++last;
  }
  const auto rows = left.size() - first - last, columns = right.size() - first - last;
  const auto start_of = [](std::string_view whole, const std::vector<std::string_view>& lines, std::size_t i) {
    return i < lines.size() ? static_cast<std::size_t>(lines[i].data() - whole.data()) : whole.size();
  };
  Edits edits(before, after);
  const auto replace = [&](std::size_t i, std::size_t i_end, std::size_t j, std::size_t j_end) {
    if (i == i_end && j == j_end) return;
    edits.replace(start_of(before, left, first + i), start_of(before, left, first + i_end),
                  start_of(after, right, first + j), start_of(after, right, first + j_end));
  };
  if (rows * columns > kMostCells) {
    replace(0, rows, 0, columns);
    return edits.take();
  }
  std::vector<std::uint32_t> table((rows + 1) * (columns + 1), 0);
  const auto at = [&](std::size_t r, std::size_t c) -> std::uint32_t& { return table[r * (columns + 1) + c]; };
  for (std::size_t r = rows; r-- > 0;) {
    for (std::size_t c = columns; c-- > 0;) {
      at(r, c) = left[first + r] == right[first + c] ? at(r + 1, c + 1) + 1 : std::max(at(r + 1, c), at(r, c + 1));
    }
  }
  std::size_t i = 0, j = 0, changed_i = 0, changed_j = 0;  // since these, lines differ
  while (i < rows && j < columns) {
    if (left[first + i] == right[first + j]) {
      replace(changed_i, i, changed_j, j);
      changed_i = ++i;
      changed_j = ++j;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      ++i;
    } else {
      ++j;
    }
  }
  replace(changed_i, rows, changed_j, columns);
  return edits.take();
}

std::string apply_edits(std::string_view before, const std::vector<TextEdit>& edits) {
  std::string out;
  std::size_t at = 0;
  for (const auto& edit : edits) {
    out.append(before.substr(at, edit.begin - at)).append(edit.text);
    at = edit.end;
  }
  return out.append(before.substr(at));
}

}  // namespace windlass::jenkinsfile

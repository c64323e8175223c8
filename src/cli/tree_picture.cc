#include "cli/tree_picture.h"

#include <algorithm>
#include <charconv>

#include "cli/run_list.h"
#include "cli/terminal_text.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

constexpr std::string_view kSpinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::string_view kAsciiSpinner[] = {"|", "/", "-", "\\"};
constexpr std::size_t kSummaryRows = 60;
constexpr std::size_t kBarColumns = 20;

struct Look {
  std::string_view sign, ascii;
  Ink ink;
};

Look look_of(std::string_view result) {
  if (result == "SUCCESS") return {"✓", "+", Ink::green};
  if (result == "UNSTABLE") return {"!", "!", Ink::yellow};
  if (result == "FAILURE") return {"✗", "x", Ink::red};
  if (result == "ABORTED") return {"■", "#", Ink::magenta};
  return {"-", "-", Ink::dim};
}

bool went_well(const TreeRow& row) {
  return row.ended() && (row.node.result == "SUCCESS" || row.node.result == "NOT_BUILT");
}

/// A line before it is laid out: the note and the time share what the name leaves.
struct Cell {
  std::size_t depth = 0;
  std::string sign;
  Ink sign_ink = Ink::plain;
  std::string name;
  Ink name_ink = Ink::plain;
  std::string note;
  Ink note_ink = Ink::dim;
  std::string time;
  Ink time_ink = Ink::dim;
};

/// How much is left out to make the picture fit; each stage includes those before it.
enum class Fold : std::uint8_t { nothing, inside_done, runs_of_done, all_done };

class Painter {
 public:
  /// `live`: the run goes on; what has no end yet is running. Else it was cut off.
  Painter(const TreeModel& model, const TreeFacts& facts, const TreeStyle& style, std::int64_t now, bool live)
      : model_(model), facts_(facts), style_(style), now_(now), live_(live) {}

  [[nodiscard]] std::vector<Cell> cells(Fold fold) const {
    std::vector<Cell> out;
    add_children(out, model_.row(0), 0, fold);
    return out;
  }
  [[nodiscard]] std::vector<std::string> laid_out(const std::vector<Cell>& cells) const;
  [[nodiscard]] std::string header() const;
  [[nodiscard]] std::string wait_text(const engine::Waiting& waiting) const;
  [[nodiscard]] std::string_view mark(std::string_view sign, std::string_view ascii) const {
    return style_.ascii ? ascii : sign;
  }
  [[nodiscard]] std::string say_here(Text text, std::initializer_list<std::string_view> parts = {}) const {
    return say(style_.language, text, parts);
  }
  [[nodiscard]] std::string clipped(std::string_view text, std::size_t columns) const {
    if (!style_.ascii) return shortened(text, columns);
    return std::string(text::clip_to_width(text, columns));
  }
  [[nodiscard]] std::string painted(std::string_view text, Ink ink) const { return paint(text, ink, style_.color); }

 private:
  void add_children(std::vector<Cell>& out, const TreeRow& parent, std::size_t depth, Fold fold) const;
  [[nodiscard]] Cell cell_of(const TreeRow& row, std::size_t depth, bool folded) const;
  [[nodiscard]] Cell group(std::size_t count, std::size_t depth) const;
  [[nodiscard]] std::string spinner() const;
  [[nodiscard]] std::string times(std::int64_t elapsed, const std::string& path, bool running) const;
  [[nodiscard]] Ink time_ink(std::int64_t elapsed, const std::string& path) const;
  [[nodiscard]] std::string skipped_because(std::string_view cause) const;

  const TreeModel& model_;
  const TreeFacts& facts_;
  const TreeStyle& style_;
  std::int64_t now_;
  bool live_;
};

std::string Painter::spinner() const {
  auto turn = static_cast<std::size_t>(std::max<std::int64_t>(now_, 0) / 100);
  return std::string(style_.ascii ? kAsciiSpinner[turn % std::size(kAsciiSpinner)]
                                  : kSpinner[turn % std::size(kSpinner)]);
}

std::string Painter::times(std::int64_t elapsed, const std::string& path, bool running) const {
  auto text = short_duration(elapsed);
  auto expected = facts_.expected.find(path);
  if (running && expected != facts_.expected.end()) text += " / ~" + short_duration(expected->second);
  return text;
}

/// Much longer than last time is worth a look.
Ink Painter::time_ink(std::int64_t elapsed, const std::string& path) const {
  auto expected = facts_.expected.find(path);
  if (expected == facts_.expected.end()) return Ink::dim;
  return elapsed > expected->second * 3 / 2 + 5000 ? Ink::yellow : Ink::dim;
}

std::string Painter::skipped_because(std::string_view cause) const {
  if (cause == "when") return say_here({"skipped: its when says no", "已跳过：when 条件不满足"});
  if (cause == "failure") return say_here({"skipped: an earlier failure", "已跳过：此前有失败"});
  if (cause == "unstable") return say_here({"skipped: an earlier unstable stage", "已跳过：此前有不稳定的阶段"});
  if (cause == "restart") return say_here({"skipped: the run began behind it", "已跳过：从后面的阶段重新开始"});
  return say_here({"skipped", "已跳过"});
}

std::string Painter::wait_text(const engine::Waiting& waiting) const {
  auto detail = without_controls(waiting.detail);
  if (waiting.code == "timer") {
    std::int64_t until = 0;
    std::from_chars(detail.data(), detail.data() + detail.size(), until);
    auto left = std::max<std::int64_t>(until - now_ + 999, 0) / 1000 * 1000;
    return say_here({"sleeps, {} left", "等待中，还剩 {}"}, {short_duration(left)});
  }
  if (waiting.code == "input") return say_here({"waits for an answer {}", "等待回答 {}"}, {detail});
  if (waiting.code == "lock") return say_here({"waits: {}", "等待：{}"}, {detail});
  if (waiting.code == "project") return say_here({"takes a copy of the project", "正在保存项目副本"});
  if (waiting.code == "throttle") return say_here({"waits: throttled by {}", "等待：受类别 {} 限流"}, {detail});
  if (waiting.code == "node.acquire") return say_here({"waits for a node", "等待节点"});
  return detail;
}

Cell Painter::cell_of(const TreeRow& row, std::size_t depth, bool folded) const {
  Cell cell;
  cell.depth = depth;
  cell.name = without_controls(row.node.label);
  bool running = !row.ended() && live_;
  if (running) {
    cell.sign = spinner();
    cell.sign_ink = Ink::cyan;
    auto elapsed = now_ - row.node.started_millis;
    cell.time = times(elapsed, row.path, true);
    cell.time_ink = time_ink(elapsed, row.path);
    std::size_t done = 0;
    bool any_running = false;
    for (auto child : row.children) {
      done += model_.row(child).ended() ? 1 : 0;
      any_running = any_running || !model_.row(child).ended();
    }
    if (any_running) {
      if (row.children.size() > 1) cell.note = std::to_string(done) + "/" + std::to_string(row.children.size());
      return cell;
    }
    if (const auto* waiting = model_.waiting_in(row)) cell.note = wait_text(*waiting);
    cell.note_ink = Ink::yellow;
    if (!cell.note.empty()) return cell;
    cell.note_ink = Ink::dim;
    if (!row.last_line.empty()) {
      cell.note = std::string(mark("› ", "> ")) + row.last_line;
    } else {
      cell.note = row.step;
    }
    return cell;
  }
  auto result = !row.ended()              ? std::string("ABORTED")
                : row.node.result.empty() ? std::string("SUCCESS")
                                          : row.node.result;
  auto look = look_of(result);
  cell.sign = mark(look.sign, look.ascii);
  cell.sign_ink = look.ink;
  if (result == "NOT_BUILT") {
    cell.name_ink = Ink::dim;
    cell.note = skipped_because(row.node.cause);
    return cell;
  }
  cell.time = short_duration((row.ended() ? row.node.ended_millis : now_) - row.node.started_millis);
  if (result != "SUCCESS") {
    bool said_inside = std::any_of(row.children.begin(), row.children.end(),
                                   [&](auto child) { return model_.row(child).node.cause == row.node.cause; });
    if (!said_inside) cell.note = without_controls(row.node.cause);
    cell.note_ink = look.ink;
  } else if (folded && !row.children.empty()) {
    cell.note = "(" + std::to_string(row.children.size()) + ")";
  }
  return cell;
}

Cell Painter::group(std::size_t count, std::size_t depth) const {
  Cell cell;
  cell.depth = depth;
  cell.sign = mark("✓", "+");
  cell.sign_ink = Ink::green;
  cell.name = say_here({"{} done", "{} 个已完成"}, {std::to_string(count)});
  cell.name_ink = Ink::dim;
  return cell;
}

void Painter::add_children(std::vector<Cell>& out, const TreeRow& parent, std::size_t depth, Fold fold) const {
  const auto& children = parent.children;
  for (std::size_t i = 0; i < children.size();) {
    const auto& row = model_.row(children[i]);
    std::size_t same = i;
    while (same < children.size() && went_well(model_.row(children[same]))) ++same;
    if (fold == Fold::all_done && row.ended()) {  // bad ones too: only what runs is left
      ++i;
      continue;
    }
    if (fold == Fold::runs_of_done && same - i > 1) {
      out.push_back(group(same - i, depth));
      i = same;
      continue;
    }
    bool folded = fold != Fold::nothing && went_well(row);
    out.push_back(cell_of(row, depth, folded));
    if (!folded) add_children(out, row, depth + 1, fold);
    ++i;
  }
}

std::vector<std::string> Painter::laid_out(const std::vector<Cell>& cells) const {
  constexpr std::size_t kMargin = 2;
  constexpr std::size_t kLeastNote = 8;
  // The last column stays free: some terminals wrap as soon as it is written.
  std::size_t width = style_.width > 1 ? style_.width - 1 : 1;
  std::size_t names = 0;
  std::size_t times = 0;
  for (const auto& cell : cells) {
    names = std::max(names, kMargin + cell.depth * 2 + 2 + text::display_width(cell.name));
    times = std::max(times, text::display_width(cell.time));
  }
  bool show_times = times > 0 && width >= times + 16;
  std::size_t for_names = show_times ? width - times - 2 : width;
  // Notes get what long names leave, but at least the right half.
  std::size_t name_end = std::min({names, for_names, std::max<std::size_t>(width / 2, 14)});
  bool show_notes = for_names >= name_end + 2 + kLeastNote;
  if (!show_notes) name_end = std::min(names, for_names);
  std::vector<std::string> lines;
  for (const auto& cell : cells) {
    auto indent = std::min(kMargin + cell.depth * 2, name_end > 4 ? name_end - 4 : 0);
    auto room = name_end > indent + 2 ? name_end - indent - 2 : 0;
    bool name_alone = cell.note.empty() && cell.time.empty();
    auto name = clipped(cell.name, name_alone ? (width > indent + 2 ? width - indent - 2 : 0) : room);
    std::string line(std::min(indent, width), ' ');
    if (width > indent) line += painted(cell.sign, cell.sign_ink);
    if (!name.empty()) line += " " + painted(name, cell.name_ink);
    auto used = std::min(indent, width) + 1 + (name.empty() ? 0 : 1 + text::display_width(name));
    auto fill_to = [&](std::size_t column) {
      if (used < column) line.append(column - used, ' ');
      used = std::max(used, column);
    };
    if (show_notes && !cell.note.empty()) {
      fill_to(name_end + 2);
      auto note = clipped(cell.note, (show_times ? for_names - 2 : width) - name_end - 2 + (show_times ? 2 : 0));
      line += painted(note, cell.note_ink);
      used += text::display_width(note);
    }
    if (show_times && !cell.time.empty()) {
      fill_to(width - text::display_width(cell.time));
      line += painted(cell.time, cell.time_ink);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Painter::header() const {
  auto elapsed = now_ - facts_.started_millis;
  auto time = times(elapsed, "", true);
  std::size_t width = style_.width > 1 ? style_.width - 1 : 1;
  auto title = clipped(model_.id(), width);
  auto line = painted(title, Ink::bold);
  auto used = text::display_width(title);
  auto append = [&](const std::string& text, Ink ink) {
    auto columns = text::display_width(text);
    if (used + 2 + columns > width) return;
    line += "  " + painted(text, ink);
    used += 2 + columns;
  };
  auto expected = facts_.expected.find("");
  if (expected != facts_.expected.end() && expected->second > 0 && style_.width >= 60) {
    auto filled = static_cast<std::size_t>(
        std::clamp<std::int64_t>(elapsed * std::int64_t{kBarColumns} / expected->second, 0, std::int64_t{kBarColumns}));
    std::string full;
    std::string rest;
    for (std::size_t i = 0; i < kBarColumns; ++i)
      (i < filled ? full : rest) += i < filled ? mark("━", "=") : mark("─", "-");
    if (used + 2 + kBarColumns <= width) {
      line += "  " + painted(full, Ink::cyan) + painted(rest, Ink::dim);
      used += 2 + kBarColumns;
    }
  }
  append(time, time_ink(elapsed, ""));
  if (model_.aborting()) {
    append(say_here({"aborting; Ctrl-C again ends at once", "正在中止；再按 Ctrl-C 立即结束"}), Ink::magenta);
  }
  return line;
}

std::vector<Cell> running_cells(const Painter& painter, std::size_t room) {
  auto cells = painter.cells(Fold::all_done);
  if (cells.size() <= room) return cells;
  // Innermost first: a line whose next is no deeper has nothing running inside.
  std::vector<Cell> leaves;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    bool leaf = i + 1 == cells.size() || cells[i + 1].depth <= cells[i].depth;
    if (leaf) leaves.push_back(cells[i]);
  }
  for (auto& cell : leaves) cell.depth = 0;
  if (leaves.size() <= room) return leaves;
  auto hidden = leaves.size() - room + 1;
  leaves.resize(room - std::min<std::size_t>(room, 1));
  Cell more;
  more.sign = painter.mark("…", "~");
  more.sign_ink = Ink::dim;
  more.name = painter.say_here({"{} more are running", "另有 {} 个正在运行"}, {std::to_string(hidden)});
  more.name_ink = Ink::dim;
  leaves.push_back(std::move(more));
  return leaves;
}

}  // namespace

std::vector<std::string> frame(const TreeModel& model, const TreeFacts& facts, const TreeStyle& style,
                               std::int64_t now) {
  Painter painter(model, facts, style, now, true);
  std::size_t most = std::max<std::size_t>(style.height, 2) - 1;
  if (most == 1) {
    auto cells = running_cells(painter, 1);
    return cells.empty() ? std::vector<std::string>{painter.header()} : painter.laid_out(cells);
  }
  std::size_t room = most - 1;
  std::vector<Cell> cells;
  for (auto fold : {Fold::nothing, Fold::inside_done, Fold::runs_of_done}) {
    // A tree far too large is not laid out only to be thrown away.
    if (fold == Fold::nothing && model.row_count() > room) continue;
    cells = painter.cells(fold);
    if (cells.size() <= room) break;
  }
  if (cells.size() > room) cells = running_cells(painter, room);
  if (cells.size() > room) cells.resize(room);
  std::vector<std::string> lines{painter.header()};
  if (cells.empty()) {
    // A run without stages: what waits is shown by itself, else the step.
    Cell cell;
    const auto& top = model.row(0);
    if (const auto* waiting = model.waiting_in(top)) cell.note = painter.wait_text(*waiting);
    if (cell.note.empty()) cell.note = top.last_line.empty() ? top.step : top.last_line;
    cell.name = cell.note;
    cell.note.clear();
    cell.sign = painter.mark("›", ">");
    cell.sign_ink = Ink::dim;
    cell.name_ink = Ink::dim;
    if (!cell.name.empty()) cells.push_back(std::move(cell));
  }
  for (auto& line : painter.laid_out(cells)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> summary(const TreeModel& model, const TreeFacts& facts, const TreeStyle& style,
                                 std::int64_t now, const std::vector<std::string>& hints) {
  Painter painter(model, facts, style, now, false);
  auto cells = painter.cells(model.row_count() <= kSummaryRows ? Fold::nothing : Fold::inside_done);
  if (cells.size() > kSummaryRows) cells = painter.cells(Fold::runs_of_done);
  auto lines = painter.laid_out(cells);
  if (!lines.empty()) lines.emplace_back();
  auto result = model.result();
  auto look = look_of(result.empty() ? "ABORTED" : result);
  auto outcome = result.empty() ? painter.say_here({"stopped", "已停止"}) : result;
  lines.push_back(painter.painted(std::string(painter.mark(look.sign, look.ascii)) + " " + outcome, look.ink) + "  " +
                  painter.painted(model.id(), Ink::bold) + "  " + short_duration(now - facts.started_millis));
  auto nodes = model.bad_nodes();
  if (const auto* cause = first_cause(nodes, result)) {
    auto where = stage_path(nodes, *cause);
    bool block = cause->step == "stage" || cause->step == "branch";
    if (!block) where += (where.empty() ? "" : std::string(painter.mark(" › ", " > "))) + cause->step;
    auto place = cause->cause_line() == 0 ? "" : facts.file + ":" + std::to_string(cause->cause_line());
    lines.emplace_back();
    auto text = result == "ABORTED" ? painter.say_here({"Interrupted: {}", "中断于：{}"}, {where})
                                    : painter.say_here({"First cause: {}", "首个原因：{}"}, {where});
    if (!place.empty()) text += painter.say_here({" at {}", "（{}）"}, {place});
    for (const auto& line : wrapped(text, style.width)) lines.push_back(painter.painted(line, look.ink));
    auto inner = style.width > 4 ? style.width - 4 : 1;
    for (const auto& line : wrapped(without_controls(cause->cause), inner)) {
      if (!line.empty()) lines.push_back("  " + line);
    }
    for (const auto& line : model.tail_of(cause->id)) {
      lines.push_back("  " + painter.painted(painter.mark("│ ", "| "), Ink::dim) + painter.clipped(line, inner));
    }
  }
  if (!hints.empty()) lines.emplace_back();
  for (const auto& hint : hints) lines.push_back(painter.painted(hint, Ink::dim));
  return lines;
}

}  // namespace windlass::cli

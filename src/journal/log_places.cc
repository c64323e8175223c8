// Places in a run's log: by line, and within what one step has written. Part of RunDatabase.
//
// Since format 3 each row knows how many newlines stand before it and how many bytes its node had before, with an index
// over each. Older files are read as they are: the same facts are then found out once, by reading the log.
#include <algorithm>
#include <utility>

#include "journal/newlines.h"
#include "journal/run_database.h"
#include "journal/words.h"

namespace windlass::journal {

using store::Transaction;

namespace {
std::uint64_t as_unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }
}  // namespace

Result<> RunDatabase::address_old_rows(const StateRow& state) {
  if (old_rows_.size() >= state.log_rows) return {};
  WL_CHECK_OK(load_branches());
  return visit_log(old_rows_.size() + 1, state.log_rows, [&](StoredLog&& log) {
    auto& before = old_nodes_[log.node];
    old_rows_.push_back({log.node, old_newlines_, before, log.bytes.size()});
    before += log.bytes.size();
    old_newlines_ += newlines_in(log.bytes);
    return true;
  });
}

Result<std::uint64_t> RunDatabase::count_newlines(const StateRow& state) {
  if (state.log_rows == 0) return 0;
  if (version_ < kLogLines) {
    WL_CHECK_OK(address_old_rows(state));
    return old_newlines_;
  }
  std::uint64_t out = 0;
  WL_CHECK_OK(load_branches());
  WL_CHECK_OK(visit_log(state.log_rows, state.log_rows, [&](StoredLog&& log) {
    out = log.line + newlines_in(log.bytes);
    return true;
  }));
  return out;
}

Result<std::uint64_t> RunDatabase::count_node_bytes(std::uint64_t node) {
  if (!begun_) return 0;
  if (version_ < kLogLines) {
    const auto state = WL_TRY(read_state());
    WL_CHECK_OK(address_old_rows(state));
    const auto found = old_nodes_.find(node);
    return found == old_nodes_.end() ? 0 : found->second;
  }
  auto row =
      WL_TRY(db_.prepare("SELECT before+CASE WHEN packed>0 THEN packed ELSE length(bytes) END FROM log WHERE node=?1"
                         " ORDER BY before DESC,row DESC LIMIT 1"));
  row.start(node);
  return WL_TRY(row.next()) ? as_unsigned(row.integer(0)) : 0;
}

Result<> RunDatabase::scan_log(std::uint64_t first, const std::function<bool(LogRow&&)>& visit) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  first = std::max<std::uint64_t>(first, 1);
  if (first > state.log_rows) return {};
  WL_CHECK_OK(load_branches());
  if (version_ < kLogLines) WL_CHECK_OK(address_old_rows(state));
  return visit_log(
      first, state.log_rows,
      [&](StoredLog&& log) {
        const auto line = version_ < kLogLines ? old_rows_[static_cast<std::size_t>(log.row - 1)].line : log.line;
        return visit({log.row, log.start, std::move(log.branch), std::move(log.token), log.position, log.after_entry,
                      std::move(log.bytes), log.node, log.time_ms, line});
      },
      true);
}

Result<std::uint64_t> RunDatabase::log_lines() {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  if (state.log_bytes == 0) return 0;
  auto lines = WL_TRY(count_newlines(state));
  WL_CHECK_OK(visit_log(state.log_rows, state.log_rows, [&](StoredLog&& log) {
    if (!log.bytes.ends_with('\n')) ++lines;
    return true;
  }));
  return lines;
}

Result<LinePlace> RunDatabase::find_line(std::uint64_t line) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  const auto wanted = line == 0 ? 0 : line - 1;  // newlines before it
  if (wanted == 0 || state.log_rows == 0) return LinePlace{};
  const auto newlines = WL_TRY(count_newlines(state));
  if (wanted > newlines) return LinePlace{newlines + 1, state.log_rows + 1, state.log_bytes};
  // The last row with fewer newlines before it has the one that ends the line before.
  std::uint64_t number = 0;
  if (version_ < kLogLines) {
    const auto behind = std::ranges::lower_bound(old_rows_, wanted, {}, &OldRow::line);
    number = static_cast<std::uint64_t>(behind - old_rows_.begin());
  } else {
    auto row = WL_TRY(db_.prepare("SELECT row FROM log WHERE line<?1 ORDER BY line DESC,row DESC LIMIT 1"));
    row.start(wanted);
    if (WL_TRY(row.next())) number = as_unsigned(row.integer(0));
  }
  if (number == 0)
    return fail(damaged(Sentence{"the log", "输出日志"}, numbered({"line {} is nowhere", "找不到第 {} 行"}, line)));
  LinePlace place;
  bool found = false;
  WL_CHECK_OK(load_branches());
  WL_CHECK_OK(visit_log(number, number, [&](StoredLog&& log) {
    auto left = wanted - (version_ < kLogLines ? old_rows_[static_cast<std::size_t>(number - 1)].line : log.line);
    std::size_t at = 0;
    for (; left != 0; --left) {
      at = log.bytes.find('\n', at);
      if (at == std::string::npos) return true;
      ++at;
    }
    found = true;
    const bool next = at == log.bytes.size();
    place = {line, next ? number + 1 : number, log.start + at};
    return true;
  }));
  if (!found)
    return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, number),
                        Sentence{"it has fewer lines than the next one says", "其行数少于下一行所述"}));
  return place;
}

Result<std::vector<RunDatabase::NodeRow>> RunDatabase::rows_of_node(std::uint64_t node, std::uint64_t first,
                                                                    std::size_t most) {
  std::vector<NodeRow> out;
  if (version_ < kLogLines) {
    for (std::size_t i = first > 0 ? static_cast<std::size_t>(first - 1) : 0; i < old_rows_.size(); ++i) {
      if (out.size() >= most) break;
      if (old_rows_[i].node == node) out.push_back({i + 1, old_rows_[i].before});
    }
    return out;
  }
  auto row = WL_TRY(db_.prepare("SELECT row,before FROM log WHERE node=?1 AND row>=?2 ORDER BY before,row"));
  row.start(node, first);
  while (out.size() < most && WL_TRY(row.next())) {
    out.push_back({as_unsigned(row.integer(0)), as_unsigned(row.integer(1))});
  }
  return out;
}

Result<std::vector<LogRow>> RunDatabase::read_node_rows(std::uint64_t node, std::uint64_t first, std::size_t max_rows) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  std::vector<LogRow> out;
  if (state.log_rows == 0) return out;
  WL_CHECK_OK(load_branches());
  if (version_ < kLogLines) WL_CHECK_OK(address_old_rows(state));
  for (const auto& [number, before] : WL_TRY(rows_of_node(node, first, max_rows))) {
    bool right = true;
    WL_CHECK_OK(visit_log(number, number, [&](StoredLog&& log) {
      right = version_ < kLogLines || (log.node == node && log.before == before);
      const auto line = version_ < kLogLines ? old_rows_[static_cast<std::size_t>(number - 1)].line : log.line;
      out.push_back({log.row, log.start, std::move(log.branch), std::move(log.token), log.position, log.after_entry,
                     std::move(log.bytes), log.node, log.time_ms, line});
      return true;
    }));
    if (!right)
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, number),
                          Sentence{"the index over it is wrong", "其索引有误"}));
  }
  return out;
}

Result<NodeLog> RunDatabase::read_node_log(const std::vector<std::uint64_t>& nodes, std::uint64_t offset,
                                           std::size_t max_bytes) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  NodeLog out;
  if (state.log_rows == 0) return out;
  WL_CHECK_OK(load_branches());
  if (version_ < kLogLines) WL_CHECK_OK(address_old_rows(state));
  struct Piece {
    std::uint64_t row, size, node, before;
  };
  std::vector<Piece> pieces;
  std::uint64_t skip = offset;
  // Of one node the index finds the row; of several the rows' sizes follow from the index alone.
  for (const auto node : nodes) {
    const auto total = WL_TRY(count_node_bytes(node));
    out.total += total;
    auto rows = WL_TRY(rows_of_node(node, 0, SIZE_MAX));
    if (nodes.size() == 1) {
      const auto behind = std::ranges::upper_bound(rows, offset, {}, &NodeRow::before);
      if (behind != rows.begin()) {
        rows.erase(rows.begin(), behind - 1);
        skip = offset - rows.front().before;
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      pieces.push_back(
          {rows[i].row, (i + 1 < rows.size() ? rows[i + 1].before : total) - rows[i].before, node, rows[i].before});
    }
  }
  std::ranges::sort(pieces, {}, &Piece::row);
  for (const auto& piece : pieces) {
    if (skip >= piece.size) {
      skip -= piece.size;
      continue;
    }
    if (out.text.size() >= max_bytes) break;
    bool right = true;
    WL_CHECK_OK(visit_log(piece.row, piece.row, [&](StoredLog&& log) {
      right = log.bytes.size() == piece.size &&
              (version_ < kLogLines || (log.node == piece.node && log.before == piece.before));
      if (skip < log.bytes.size()) {
        out.text.append(log.bytes, static_cast<std::size_t>(skip), max_bytes - out.text.size());
      }
      return true;
    }));
    if (!right)
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, piece.row),
                          Sentence{"the index over it is wrong", "其索引有误"}));
    skip = 0;
  }
  return out;
}

}  // namespace windlass::journal

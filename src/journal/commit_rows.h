// The rows that one commit of a run writes, as bytes: so that they can lie in the commit log before they are in the
// run's database, and be written there once more after a power cut.
//
// A row is a statement by number with its parameters. Numbers and statements are part of the commit log's format
// (docs/formats/commit-log.md): only ever add at the end, never change one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace windlass::journal {

enum class RowKind : std::uint8_t {
  header = 1,
  branch = 2,
  branch_line = 3,
  entry = 4,
  log = 5,
  stream = 6,
  node = 7,
  record = 8,
  record_gone = 9,
  program = 10,
  seal_wiped = 11,
  first_state = 12,
  state = 13,
};
inline constexpr std::size_t kRowKinds = 14;

[[nodiscard]] std::string_view row_sql(RowKind kind);

/// The statements of one database, prepared when they are needed first.
class RowStatements {
 public:
  [[nodiscard]] Result<store::Statement*> get(store::Database& db, RowKind kind);
  /// Before the database goes, or is folded in.
  void clear();

 private:
  std::array<store::Statement, kRowKinds> statements_;
};

class RowEncoder {
 public:
  template <class... Arguments>
  void add(RowKind kind, const Arguments&... arguments) {
    begin(kind, sizeof...(Arguments));
    (put(arguments), ...);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void begin(RowKind kind, std::size_t count);
  void put(std::int64_t value);
  void put(std::uint64_t value) { put(static_cast<std::int64_t>(value)); }
  void put(int value) { put(static_cast<std::int64_t>(value)); }
  void put(std::string_view text);
  void put(const std::string& text) { put(std::string_view(text)); }
  void put(store::Blob blob);
  std::string bytes_;
};

/// Runs the rows, in order, inside a transaction of the caller. Errors: corrupt (the bytes are none that RowEncoder
/// made), conflict (the row of the run's state is not the one that the rows follow), and those of the database.
[[nodiscard]] Result<> play_rows(store::Database& db, RowStatements& statements, std::string_view rows);

}  // namespace windlass::journal

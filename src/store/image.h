// The bytes of an empty database with given tables, written without SQLite: one write and one sync make a fresh file,
// where CREATE TABLE and the switch to write-ahead logging would cost half a dozen syncs.
//
// Not a general writer: every table is empty but for rows that fit its first page. Pure.
// Source: the SQLite file format as published (header, b-tree pages, record format).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace windlass::store {

struct ImageObject {
  enum class Kind : std::uint8_t { table, table_without_rowid, index };
  Kind kind = Kind::table;
  std::string_view name;
  std::string_view table;  ///< that an index is for; the name itself for a table
  std::string_view sql;    ///< the CREATE statement, exactly as SQLite keeps it
  /// First rows of a rowid table, in order of rowid: the columns behind an INTEGER PRIMARY KEY, all blobs.
  std::vector<std::pair<std::int64_t, std::vector<std::string>>> rows = {};
};

/// A database file in write-ahead mode. `internal` when the schema or a row does not fit its page.
[[nodiscard]] Result<std::string> make_image(std::span<const ImageObject> objects, std::uint32_t application_id,
                                             std::uint32_t user_version);

}  // namespace windlass::store

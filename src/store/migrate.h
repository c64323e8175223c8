// The format of a database over time: the version a file has, and the steps from each to the next.
//
// Forwards only: a file of a newer Windlass is refused as it is, one of an older Windlass is brought up to date in one
// transaction, so that a crash leaves the old format or the new one. Tables belong to the module that owns them; here
// is only how they change. A step ends with the tables that a new file has, word for word: SQLite keeps the text of
// ALTER TABLE, and the image of a new file is written like that.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"
#include "store/disk.h"
#include "store/image.h"

namespace windlass::store {

/// Leads from the version before `to` to `to`. SQL statements, separated by semicolons; no transaction of their own.
struct SchemaStep {
  std::uint32_t to = 0;
  const char* sql = "";
};

struct Schema {
  std::uint32_t application = 0;         ///< SQLite's application_id
  std::uint32_t version = 0;             ///< the newest
  std::span<const ImageObject> objects;  ///< of the newest version
  std::span<const SchemaStep> steps;     ///< in order; from version 1 on, none left out
};

/// The version of the file. Errors: corrupt (a database of another kind, or without a version), unsupported (newer).
[[nodiscard]] Result<std::uint32_t> schema_version(Database& database, const Schema& schema);
/// Brings the file to the newest version; true when it was older. Errors: as above, and those of the disk; then the
/// file is as it was.
[[nodiscard]] Result<bool> bring_up_to_date(Database& database, const Schema& schema);
/// Are its tables those of the newest version? `corrupt` names the first that is not.
[[nodiscard]] Result<> check_tables(Database& database, const Schema& schema);

/// Opens a database for writing: made when it is missing (its folder exists), brought up to date when it is older.
/// `disk` is where its file is made; null: that of this machine.
[[nodiscard]] Result<Database> open_or_make(const std::string& path, const Schema& schema,
                                            const Database::Options& options, Disk* disk = nullptr);

}  // namespace windlass::store

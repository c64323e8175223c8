#include "store/migrate.h"

#include <algorithm>
#include <filesystem>

namespace windlass::store {

namespace {

Result<std::int64_t> pragma(Database& database, std::string_view name) {
  auto statement = WL_TRY(database.prepare("PRAGMA " + std::string(name)));
  if (!WL_TRY(statement.next())) return 0;
  return statement.integer(0);
}

}  // namespace

Result<std::uint32_t> schema_version(Database& database, const Schema& schema) {
  if (WL_TRY(pragma(database, "application_id")) != schema.application) {
    return fail(ErrorKind::corrupt, {"{} is damaged: it is not a database of this kind", "{} 已损坏：不是此类数据库"},
                {database.file()});
  }
  const auto version = WL_TRY(pragma(database, "user_version"));
  if (version > schema.version) {
    return fail(ErrorKind::unsupported,
                {"{} has format version {} and this windlass reads up to {}; use the newer windlass that wrote it",
                 "{} 的格式版本为 {}，而此 windlass 最高可读 {}；请使用写入它的较新版本"},
                {database.file(), version, schema.version});
  }
  if (version < 1)
    return fail(ErrorKind::corrupt, {"{} is damaged: it has no format version", "{} 已损坏：没有格式版本"},
                {database.file()});
  return static_cast<std::uint32_t>(version);
}

Result<bool> bring_up_to_date(Database& database, const Schema& schema) {
  if (WL_TRY(schema_version(database, schema)) == schema.version) return false;
  auto transaction = WL_TRY(Transaction::begin(database, Transaction::Kind::write));
  // Another process may have done it meanwhile.
  const auto version = WL_TRY(schema_version(database, schema));
  if (version == schema.version) return false;
  for (const auto& step : schema.steps) {
    if (step.to <= version) continue;
    if (auto done = database.exec(step.sql); !done) {
      return fail(std::move(done).error().while_doing({"bringing {} to format version {}", "将 {} 升级到格式版本 {} "},
                                                      {database.file(), step.to}));
    }
  }
  WL_CHECK_OK(check_tables(database, schema));
  WL_CHECK_OK(database.exec(("PRAGMA user_version=" + std::to_string(schema.version)).c_str()));
  WL_CHECK_OK(transaction.commit());
  return true;
}

Result<> check_tables(Database& database, const Schema& schema) {
  auto rows = WL_TRY(database.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"));
  rows.start();
  std::size_t found = 0;
  while (WL_TRY(rows.next())) {
    const auto known = std::ranges::find(schema.objects, rows.bytes(0), &ImageObject::name);
    if (known == schema.objects.end() || known->sql != rows.bytes(1)) {
      return fail(ErrorKind::corrupt,
                  {"{} is damaged: its table or index {} is not ours", "{} 已损坏：其中的表或索引 {} 不是本程序的"},
                  {database.file(), rows.bytes(0)});
    }
    ++found;
  }
  if (found == schema.objects.size()) return {};
  return fail(ErrorKind::corrupt, {"{} is damaged: some of its tables are missing", "{} 已损坏：缺少部分表"},
              {database.file()});
}

Result<Database> open_or_make(const std::string& path, const Schema& schema, const Database::Options& options,
                              Disk* disk) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    const auto image = WL_TRY(make_image(schema.objects, schema.application, schema.version));
    const auto real = disk == nullptr ? make_disk() : nullptr;
    if (disk == nullptr) disk = real.get();
    WL_CHECK_OK(disk->write_shared_file(path, image));
    WL_CHECK_OK(disk->sync_folder(std::filesystem::path(path).parent_path().string()));
  }
  auto database = WL_TRY(Database::open(path, options));
  WL_TRY(bring_up_to_date(database, schema));
  return database;
}

}  // namespace windlass::store

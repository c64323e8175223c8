#include "store/database.h"

#include <cerrno>
#include <cstring>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/frame_vfs.h"

namespace windlass::store {

namespace {

Error error_of(sqlite3* db, const std::string& file, int code) {
  return make_error(sqlite3_extended_errcode(db) ? sqlite3_extended_errcode(db) : code, sqlite3_system_errno(db), file,
                    sqlite3_errmsg(db));
}

int busy(void* limit, int count) {
  // Short waits first: the other side holds its lock for less than a millisecond as a rule.
  const int waited = count < 20 ? count : 20 + (count - 20) * 10;
  if (waited >= static_cast<int>(reinterpret_cast<std::intptr_t>(limit))) return 0;
  sqlite3_sleep(count < 20 ? 1 : 10);
  return 1;
}

int out_of_steps(void* left) {
  auto* steps = static_cast<std::uint64_t*>(left);
  if (*steps == 0) return 1;
  --*steps;
  return 0;
}

bool is_empty(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) != 0 || status.st_size == 0;
}

/// In a folder that may not be written SQLite cannot make the shared index file of write-ahead mode, and so would not
/// read either. Nothing changes there, and without a log beside it the database file is the whole truth.
bool is_at_rest(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return ::access(folder.c_str(), W_OK) != 0 && (errno == EROFS || errno == EACCES) && is_empty(path + "-wal");
}

std::string immutable_uri(const std::string& path) {
  std::string out = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      static constexpr char kDigits[] = "0123456789abcdef";
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + "?immutable=1";
}

Result<> check(sqlite3* db, const std::string& file, int code) {
  if (code == SQLITE_OK) return {};
  return fail(error_of(db, file, code));
}

}  // namespace

namespace {

/// What was attempted, with the file behind it in both languages: "open the folder", "打开目录".
SentencePart attempt_on(std::string_view attempt, const std::string& file) {
  static constexpr Sentence kAttempts[] = {
      {"create", "创建"},
      {"create the folder", "创建目录"},
      {"cut", "截断"},
      {"delete", "删除"},
      {"lock", "锁定"},
      {"look at", "查看"},
      {"look into", "查看"},
      {"make", "创建"},
      {"open", "打开"},
      {"read", "读取"},
      {"read the folder", "读取目录"},
      {"remove", "删除"},
      {"replace", "替换"},
      {"set aside", "移开"},
      {"sync", "同步"},
      {"write", "写入"},
  };
  SentencePart out(std::string(attempt) + " " + file);
  for (const auto& words : kAttempts) {
    if (words.en == attempt) out.zh = std::string(words.zh) + " " + file;
  }
  return out;
}

}  // namespace

Error make_system_error(int system_errno, const std::string& file, std::string_view attempt) {
  const SentencePart what = attempt_on(attempt, file);
  switch (system_errno) {
    case ENOSPC:
      return {
          ErrorKind::exhausted,
          Sentence{"the disk is full: cannot {}; free some space and try again", "磁盘已满：无法{}；请释放空间后重试"},
          {what}};
    case EDQUOT:
      return {ErrorKind::exhausted,
              Sentence{"the disk quota is used up: cannot {}; free some space and try again",
                       "磁盘限额已用完：无法{}；请释放空间后重试"},
              {what}};
    case EROFS:
      return {ErrorKind::forbidden,
              Sentence{"cannot {}: the file system is read-only; choose another folder",
                       "无法{}：文件系统只读；请另选目录"},
              {what}};
    case EACCES:
    case EPERM:
      return {ErrorKind::forbidden,
              Sentence{"cannot {}: permission denied; choose a folder you may write to",
                       "无法{}：权限不够；请选择可写的目录"},
              {what}};
    case ENOENT:
      return {
          ErrorKind::not_found, Sentence{"cannot {}: no such file or folder", "无法{}：没有那个文件或目录"}, {what}};
    case EEXIST:
      return {ErrorKind::already_exists, Sentence{"cannot {}: it exists already", "无法{}：它已存在"}, {what}};
    case EMFILE:
    case ENFILE:
      return {ErrorKind::exhausted,
              Sentence{"cannot {}: too many open files; raise the limit (ulimit -n)",
                       "无法{}：打开的文件过多；请提高限制（ulimit -n）"},
              {what}};
    default:
      return {ErrorKind::unavailable, Sentence{"cannot {}: {}", "无法{}：{}"}, {what, system_words(system_errno)}};
  }
}

Error make_error(int code, int system_errno, const std::string& file, std::string_view detail) {
  const std::string text(detail);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return make_system_error(system_errno == EDQUOT ? EDQUOT : ENOSPC, file, "write");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::forbidden,
              Sentence{"cannot write {}: it is read-only; choose a folder you may write to",
                       "无法写入 {}：它是只读的；请选择可写的目录"},
              {file}};
    case SQLITE_CANTOPEN:
      if (system_errno != 0 && system_errno != ENOTDIR) return make_system_error(system_errno, file, "open");
      return {ErrorKind::unavailable, Sentence{"cannot open {}", "无法打开 {}"}, {file}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::corrupt, Sentence{"{} is damaged: {}", "{} 已损坏：{}"}, {file, text}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::unavailable,
              Sentence{"{} is in use by another process; try again when it is done",
                       "{} 正被另一进程使用；请等其完成后重试"},
              {file}};
    case SQLITE_PROTOCOL:
      return {ErrorKind::unavailable,
              Sentence{"{} is in heavy use by other processes; try again", "{} 正被其他进程频繁使用；请重试"},
              {file}};
    case SQLITE_IOERR:
      if (system_errno == ENOSPC || system_errno == EDQUOT) return make_system_error(system_errno, file, "write");
      return {ErrorKind::unavailable,
              Sentence{"the disk failed at {}: {}", "磁盘在 {} 处出错：{}"},
              {file, system_errno != 0 ? system_words(system_errno) : SentencePart(text)}};
    case SQLITE_NOMEM:
      return {ErrorKind::exhausted, Sentence{"out of memory while using {}", "使用 {} 时内存不足"}, {file}};
    case SQLITE_TOOBIG:
      return {ErrorKind::exhausted, Sentence{"a value is too large for {}", "对 {} 来说值过大"}, {file}};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::conflict, text + " (" + file + ")"};
    case SQLITE_INTERRUPT:
      return {
          ErrorKind::corrupt, Sentence{"{} is damaged: reading it does not end", "{} 已损坏：读取没有尽头"}, {file}};
    default:
      // A damaged schema version in the header is a plain error to SQLite.
      if (text == "unsupported file format")
        return {ErrorKind::corrupt, Sentence{"{} is damaged: {}", "{} 已损坏：{}"}, {file, text}};
      return {ErrorKind::internal,
              Sentence{"the database {} refused a statement: {}", "数据库 {} 拒绝了一条语句：{}"},
              {file, text}};
  }
}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this == &other) return *this;
  sqlite3_finalize(statement_);
  db_ = other.db_;
  file_ = other.file_;
  statement_ = std::exchange(other.statement_, nullptr);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_, index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}
void Statement::bind(int index, Blob blob) {
  sqlite3_bind_blob64(statement_, index, blob.bytes.data() == nullptr ? "" : blob.bytes.data(), blob.bytes.size(),
                      SQLITE_STATIC);
}
void Statement::bind(int index, std::nullptr_t) { sqlite3_bind_null(statement_, index); }

Result<bool> Statement::next() {
  switch (const int code = sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default: {
      auto error = error_of(db_, *file_, code);
      sqlite3_reset(statement_);
      return fail(std::move(error));
    }
  }
}

Result<> Statement::run_with(std::span<const Parameter> parameters) {
  reset();
  int index = 0;
  for (const auto& one : parameters) {
    ++index;
    std::visit([&](const auto& value) { bind(index, value); }, one);
  }
  return finish();
}

Result<> Statement::finish() {
  while (WL_TRY(next())) {
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Database::Closer::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Result<Database> Database::open(const std::string& path, const Options& options) {
  sqlite3* raw = nullptr;
  const bool at_rest = options.at_rest ? is_empty(path + "-wal") : is_at_rest(path);
  const int flags = (options.read_only || at_rest ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    (at_rest ? SQLITE_OPEN_URI : 0) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const std::string name = at_rest ? immutable_uri(path) : path;
  const int code =
      sqlite3_open_v2(name.c_str(), &raw, flags, options.vfs.empty() ? frame_vfs().c_str() : options.vfs.c_str());
  std::unique_ptr<sqlite3, Closer> db(raw);
  auto file = std::make_unique<std::string>(path);
  if (raw == nullptr)
    return fail(ErrorKind::exhausted, {"out of memory while opening {}", "打开 {} 时内存不足"}, {path});
  WL_CHECK_OK(check(raw, *file, code));
  sqlite3_busy_handler(raw, busy, reinterpret_cast<void*>(static_cast<std::intptr_t>(options.busy_ms)));
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, static_cast<int>(options.max_value_bytes));
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  Database made(std::move(db), std::move(file));
  std::string pragmas = options.exclusive ? "PRAGMA locking_mode=EXCLUSIVE;" : "";
  pragmas += options.sync == Sync::full ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;";
  pragmas += "PRAGMA secure_delete=ON;PRAGMA cell_size_check=ON;PRAGMA cache_spill=OFF;";
  WL_CHECK_OK(made.exec(pragmas.c_str()));
  return made;
}

Result<Database> Database::open_bytes(std::string_view bytes, std::string label, std::uint64_t max_steps) {
  sqlite3* raw = nullptr;
  (void)frame_vfs();  // which sets SQLite up
  const int code =
      sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<sqlite3, Closer> db(raw);
  auto file = std::make_unique<std::string>(std::move(label));
  if (raw == nullptr)
    return fail(ErrorKind::exhausted, {"out of memory while opening {}", "打开 {} 时内存不足"}, {*file});
  WL_CHECK_OK(check(raw, *file, code));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size() + 1));
  if (copy == nullptr)
    return fail(ErrorKind::exhausted, {"out of memory while opening {}", "打开 {} 时内存不足"}, {*file});
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  // Bytes in memory have no write-ahead log beside them; the two version bytes would ask for one.
  if (bytes.size() > 19 && copy[18] == 2 && copy[19] == 2) copy[18] = copy[19] = 1;
  WL_CHECK_OK(check(raw, *file,
                    sqlite3_deserialize(raw, "main", copy, size, size,
                                        SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)));
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  Database made(std::move(db), std::move(file));
  made.steps_left_ = std::make_unique<std::uint64_t>(max_steps);
  if (max_steps != 0) sqlite3_progress_handler(raw, 1000, out_of_steps, made.steps_left_.get());
  WL_CHECK_OK(made.exec("PRAGMA cell_size_check=ON"));
  return made;
}

Database& Database::operator=(Database&& other) noexcept {
  if (this == &other) return *this;
  for (auto* statement : {&begin_read_, &begin_write_, &commit_}) *statement = {};
  db_ = std::move(other.db_);
  file_ = std::move(other.file_);
  steps_left_ = std::move(other.steps_left_);
  begin_read_ = std::move(other.begin_read_);
  begin_write_ = std::move(other.begin_write_);
  commit_ = std::move(other.commit_);
  return *this;
}

Result<> Database::run_kept(Statement& statement, std::string_view sql) {
  if (!statement) statement = WL_TRY(prepare(sql));
  return statement.run();
}

Result<> Database::exec(const char* sql) {
  return check(db_.get(), *file_, sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  WL_CHECK_OK(check(db_.get(), *file_, code));
  return Statement(db_.get(), file_.get(), statement);
}

std::int64_t Database::changes() const { return sqlite3_changes64(db_.get()); }

Result<> Database::check_structure() {
  auto statement = WL_TRY(prepare("PRAGMA quick_check(1)"));
  if (!WL_TRY(statement.next()))
    return fail(ErrorKind::corrupt, {"{} is damaged: it cannot be checked", "{} 已损坏：无法检查"}, {*file_});
  const auto finding = statement.bytes(0);
  if (finding != "ok") return fail(ErrorKind::corrupt, {"{} is damaged: {}", "{} 已损坏：{}"}, {*file_, finding});
  return {};
}

Result<> Database::check_first_page() {
  auto vacuum = WL_TRY(prepare("PRAGMA auto_vacuum"));
  if (WL_TRY(vacuum.next()) && vacuum.integer(0) != 0) {
    return fail(
        ErrorKind::corrupt,
        {"{} is damaged: its header is not that of a database of ours", "{} 已损坏：文件头不是本程序数据库的文件头"},
        {*file_});
  }
  auto page = WL_TRY(prepare("PRAGMA quick_check('sqlite_schema')"));
  if (WL_TRY(page.next()) && page.bytes(0) != "ok") {
    return fail(ErrorKind::corrupt, {"{} is damaged: {}", "{} 已损坏：{}"}, {*file_, page.bytes(0)});
  }
  return {};
}

Result<> Database::check_header() {
  if (sqlite3_db_readonly(db_.get(), "main") != 1 || is_at_rest(*file_) || ::access(file_->c_str(), W_OK) != 0)
    return {};
  return fail(ErrorKind::corrupt, {"{} is damaged: its header forbids to write it", "{} 已损坏：文件头禁止写入"},
              {*file_});
}

Result<> Database::copy_to(const std::string& path) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  const std::unique_ptr<sqlite3, Closer> target(raw);
  if (raw == nullptr)
    return fail(ErrorKind::exhausted, {"out of memory while opening {}", "打开 {} 时内存不足"}, {path});
  WL_CHECK_OK(check(raw, path, opened));
  // Whoever needs the copy syncs it; a crash before leaves a file that nobody knows of.
  sqlite3_exec(raw, "PRAGMA synchronous=OFF;PRAGMA journal_mode=OFF", nullptr, nullptr, nullptr);
  auto* backup = sqlite3_backup_init(raw, "main", db_.get(), "main");
  if (backup == nullptr) return fail(error_of(raw, path, sqlite3_errcode(raw)));
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE)
    return fail(make_error(stepped, sqlite3_system_errno(raw), path, sqlite3_errstr(stepped)));
  return check(raw, path, finished);
}

Result<bool> Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if ((code & 0xff) == SQLITE_BUSY) return false;
  WL_CHECK_OK(check(db_.get(), *file_, code));
  return true;
}

Result<> Database::sync_log() {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
    return fail(ErrorKind::internal,
                {"the database {} has no write-ahead log to sync", "数据库 {} 没有可同步的预写日志"}, {*file_});
  }
  return check(db_.get(), *file_, file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY));
}

std::optional<Database::LogHead> Database::log_head() const {
  constexpr int kRegion = 32 * 1024;
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr || file->pMethods->iVersion < 2 || file->pMethods->xShmMap == nullptr) {
    return std::nullopt;
  }
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegion, 0, &region) != SQLITE_OK || region == nullptr) return std::nullopt;
  // Another process may be writing it right now: then what is read is no head that ever was, and so another one.
  LogHead out{};
  const auto* words = static_cast<const std::uint32_t volatile*>(region);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = words[i];
  return out;
}

void Database::release_memory() { sqlite3_db_release_memory(db_.get()); }

void Database::keep_log_at_close(bool keep) {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Result<Transaction> Transaction::begin(Database& db, Kind kind) {
  WL_CHECK_OK(kind == Kind::write ? db.run_kept(db.begin_write_, "BEGIN IMMEDIATE")
                                  : db.run_kept(db.begin_read_, "BEGIN"));
  return Transaction(&db);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; then this fails, and nothing is lost by that.
  if (db_ != nullptr) (void)db_->exec("ROLLBACK");
}

Result<> Transaction::commit() {
  WL_CHECK_OK(db_->run_kept(db_->commit_, "COMMIT"));
  db_ = nullptr;
  return {};
}

}  // namespace windlass::store

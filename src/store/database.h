// A thin wrapper of SQLite: a connection, a prepared statement, a transaction. Errors are values with one sentence.
//
// Not an abstraction over databases, and no SQL lives here: tables belong to the module that owns them (journal).
// Invariants: a Statement never outlives its Database; a Transaction that is not committed is rolled back; text and
// blobs are bytes (never converted). Threads: one at a time per Database.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace windlass::store {

/// A blob parameter, as against text.
struct Blob {
  std::string_view bytes;
};

/// A parameter whose type is known only when it is bound.
using Parameter = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept { *this = std::move(other); }
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// True once it was prepared.
  explicit operator bool() const { return statement_ != nullptr; }

  /// Binds all parameters, in order, and runs a statement that gives no rows.
  template <class... Arguments>
  [[nodiscard]] Result<> run(const Arguments&... arguments) {
    start(arguments...);
    return finish();
  }
  [[nodiscard]] Result<> run_with(std::span<const Parameter> parameters);
  /// Binds all parameters; rows come by next(). Views must live until reset().
  template <class... Arguments>
  void start(const Arguments&... arguments) {
    reset();
    int index = 0;
    (bind(++index, arguments), ...);
  }
  /// The next row, or false at the end.
  [[nodiscard]] Result<bool> next();
  void reset();

  /// Columns of the current row, from 0. Views live until the next call of next() or reset().
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(sqlite3* db, const std::string* file, sqlite3_stmt* statement)
      : db_(db), file_(file), statement_(statement) {}
  void bind(int index, std::int64_t value);
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::string_view text);
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind(int index, const char* text) { bind(index, std::string_view(text)); }
  void bind(int index, Blob blob);
  void bind(int index, std::nullptr_t);
  Result<> finish();

  sqlite3* db_ = nullptr;
  const std::string* file_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  enum class Sync : std::uint8_t {
    full,    ///< each commit is on disk when it returns, whatever happens to the machine
    normal,  ///< each commit survives the process; the machine may lose the newest ones
  };
  struct Options {
    Sync sync = Sync::full;
    bool read_only = false;
    bool exclusive = false;  ///< no other process can open it meanwhile; saves the shared index file
    int busy_ms = 10'000;    ///< how long to wait for a lock of another process
    std::string vfs;         ///< name of an SQLite file system; "" is the default one
    /// The caller knows that nobody writes it: where its log is empty, nothing is made beside it.
    bool at_rest = false;
    std::int64_t max_value_bytes = 80LL * 1024 * 1024;
  };

  /// Opens an existing file. Writing connections use write-ahead logging, which the file must be prepared for
  /// (image.h).
  [[nodiscard]] static Result<Database> open(const std::string& path, const Options& options);
  /// Reads a copy of a database's bytes, whatever they are. `label` stands for the file in messages.
  /// `max_steps` bounds the work of each statement (0: no bound).
  [[nodiscard]] static Result<Database> open_bytes(std::string_view bytes, std::string label, std::uint64_t max_steps);

  /// Stands for a file that is not there yet: it has a name, and nothing else may be asked of it.
  [[nodiscard]] static Database absent(const std::string& path) {
    return {nullptr, std::make_unique<std::string>(path)};
  }
  [[nodiscard]] bool is_absent() const { return db_ == nullptr; }

  Database(Database&&) noexcept = default;
  Database& operator=(Database&& other) noexcept;

  [[nodiscard]] Result<> exec(const char* sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] std::int64_t changes() const;
  /// SQLite's own check of pages and indexes; `corrupt` with its first finding.
  [[nodiscard]] Result<> check_structure();
  /// The first page, which is read at each opening and never written by us: SQLite uses some of it only when it writes,
  /// and would then damage more. Cheap. Errors: corrupt.
  [[nodiscard]] Result<> check_first_page();
  /// Whether its header lets a file be written that may be written: a damaged one may not. Errors: corrupt.
  [[nodiscard]] Result<> check_header();
  /// Writes all of it, as the transaction that is open on this connection sees it, into the new file `path`: a database
  /// in write-ahead mode, not synced. The file must not exist.
  [[nodiscard]] Result<> copy_to(const std::string& path);
  /// Moves the write-ahead log into the database and cuts it; a reader in the way is no error (false).
  [[nodiscard]] Result<bool> checkpoint();
  /// Makes the write-ahead log durable: for transactions that were made with `synchronous=OFF`. Its name is the
  /// caller's matter.
  [[nodiscard]] Result<> sync_log();
  /// The head of the write-ahead log's shared index: other bytes after each commit of whoever, also of another process.
  /// While it stays the same nothing was committed; to look takes no lock and no system call. Nothing where there is no
  /// such index (yet: it comes with the first transaction). Not for connections that are exclusive.
  /// Source: sqlite.org/walformat.html, 2.1.
  using LogHead = std::array<std::uint32_t, 12>;
  [[nodiscard]] std::optional<LogHead> log_head() const;
  /// What its cache has beyond what is in use goes; it is read again where it is needed.
  void release_memory();
  /// At close, leave the write-ahead log as it is (quick) instead of folding it in.
  void keep_log_at_close(bool keep = true);
  [[nodiscard]] const std::string& file() const { return *file_; }

 private:
  friend class Transaction;
  [[nodiscard]] Result<> run_kept(Statement& statement, std::string_view sql);
  struct Closer {
    void operator()(sqlite3* db) const;
  };
  Database(std::unique_ptr<sqlite3, Closer> db, std::unique_ptr<std::string> file)
      : file_(std::move(file)), db_(std::move(db)) {}
  std::unique_ptr<std::string> file_;
  std::unique_ptr<std::uint64_t> steps_left_;  // before db_: the connection's handler points at it
  std::unique_ptr<sqlite3, Closer> db_;
  // Prepared once: parsing them is a third of what a small transaction costs. Behind db_, so that they go before it.
  Statement begin_read_, begin_write_, commit_;
};

/// BEGIN … COMMIT. Without commit() it is rolled back when it goes; the Database must stay where it is until then.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };
  [[nodiscard]] static Result<Transaction> begin(Database& db, Kind kind);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  ~Transaction();
  [[nodiscard]] Result<> commit();

 private:
  explicit Transaction(Database* db) : db_(db) {}
  Database* db_;
};

/// While it lives, commits of the connection are not synced each: they survive the process, and the next commit that is
/// synced takes them along. For what can be found out again from elsewhere.
class Lazily {
 public:
  explicit Lazily(Database& db) : db_(db) { static_cast<void>(db_.exec("PRAGMA synchronous=NORMAL")); }
  ~Lazily() { static_cast<void>(db_.exec("PRAGMA synchronous=FULL")); }
  Lazily(const Lazily&) = delete;
  Lazily& operator=(const Lazily&) = delete;

 private:
  Database& db_;
};

/// The sentence for what SQLite said: "the disk is full: …", "… is read-only", "… is damaged: …".
[[nodiscard]] Error make_error(int code, int system_errno, const std::string& file, std::string_view detail);
/// The same for what the system said about a file.
[[nodiscard]] Error make_system_error(int system_errno, const std::string& file, std::string_view attempt);

}  // namespace windlass::store

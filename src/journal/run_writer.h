// The writing half of a run's database: collects a batch in memory and writes it as one transaction. Where there is a
// commit log, a batch is on its way from enqueue() to arrive(), when it is durable in the log; land() brings it into
// the database later, in one transaction with others of the run that are laid by until then.
//
// Invariants: nothing reaches the database before it is durable; heads in memory count the batch, what is on its way
// and what is laid by, rows in the database do not; at most one batch is on its way; after a failed commit every call
// fails with that commit's sentence, for what reached the disk is not known.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "journal/commit_log.h"
#include "journal/commit_rows.h"
#include "journal/late_runs.h"
#include "journal/owner_lock.h"
#include "journal/run_database.h"
#include "store/disk.h"

namespace windlass::journal {

class RunWriter {
 public:
  /// `ended` is called after the commit that ends the run.
  using OnEnded = std::function<void(const RunHeader&, const RunEnd&)>;

  /// A fresh database gets its header row with the first commit; of an older one the heads are read and the journal
  /// checked.
  [[nodiscard]] static Result<std::unique_ptr<RunWriter>> open(RunDatabase db, OwnerLock lock,
                                                               std::shared_ptr<store::Disk> disk, OnEnded on_ended,
                                                               std::shared_ptr<CommitLog> log = nullptr);
  /// With a commit log, of a run without a first commit: its keys as they lie in the database, the folders that have
  /// its folder's name, and who makes the database: it is absent until it is needed. Any thread.
  struct Creation {
    std::string wrapped_run, wrapped_secret;
    std::vector<std::string> folders;
    std::function<Result<store::Database>()> make;
  };
  void will_create(Creation creation) { creation_ = std::move(creation); }
  /// With a commit log: where it says that it has ended and not landed yet.
  void tell_late(std::shared_ptr<LateRuns> late) { late_ = std::move(late); }
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  RunDatabase& reader() { return db_; }
  [[nodiscard]] const RunDatabase& reader() const { return db_; }
  /// The entries that the check at opening has read, once.
  [[nodiscard]] Result<std::vector<Entry>> load_entries();

  [[nodiscard]] Result<std::uint64_t> append(const NewEntry& entry);
  void mark_log(std::uint64_t node, std::int64_t time_ms) { log_node_ = node, log_time_ = time_ms; }
  [[nodiscard]] Result<bool> append_line(std::string_view branch, std::uint64_t ordinal, std::string_view bytes);
  [[nodiscard]] Result<bool> append_output(std::string_view branch, std::string_view token, std::uint64_t begin,
                                           std::uint64_t end, std::string_view bytes);
  [[nodiscard]] Result<> append_text(std::string_view bytes);
  [[nodiscard]] std::uint64_t last_line(std::string_view branch) const;
  [[nodiscard]] std::uint64_t stream_end(std::string_view token) const;
  [[nodiscard]] Result<> put_node(const FlowNode& node);
  [[nodiscard]] Result<> put_record(const Record& record, bool overwrite);
  [[nodiscard]] Result<> remove_record(std::string_view kind, std::string_view key);
  [[nodiscard]] Result<ProgramPart> add_program(std::string_view role, std::string_view bytes);
  using MakeBytes = std::function<Result<std::string>()>;
  /// A part of that hash, which is kept in a file that runs share; `bytes` is called where that file is not there yet.
  [[nodiscard]] Result<> add_shared_program(std::string_view role, std::string_view hash, MakeBytes bytes);
  /// Also of a part that no commit has written yet.
  [[nodiscard]] Result<std::string> program_bytes(std::string_view role);
  [[nodiscard]] Result<> finish(const RunEnd& end);
  [[nodiscard]] Result<Durable> commit();
  /// RunJournal::enqueue(), arrive(), land() and is_laid_by().
  [[nodiscard]] Result<std::optional<std::uint64_t>> enqueue();
  [[nodiscard]] Result<Durable> arrive();
  [[nodiscard]] Result<> land();
  [[nodiscard]] bool is_laid_by() const { return !laid_by_.rows.empty(); }
  /// The reader below has all that is durable.
  [[nodiscard]] Result<> prepare_to_read();
  [[nodiscard]] bool dirty() const;
  [[nodiscard]] std::uint64_t last_sequence() const { return next_.sequence; }
  [[nodiscard]] const Durable& durable() const { return durable_; }

 private:
  struct Branch {
    std::uint64_t id = 0;
    std::uint64_t last_line = 0;
    std::uint64_t last_result = 0;  ///< highest ordinal with a result: above it none needs to be looked up
    bool is_new = false;
    bool changed = false;
  };
  struct Stream {
    std::uint64_t end = 0;
    bool changed = false;
  };
  struct NodeWrite {
    FlowNode node;
    std::uint64_t entry = 0;
  };
  struct RecordWrite {
    Record record;  ///< payload sealed
    std::uint64_t entry = 0;
    bool removed = false;
  };
  struct ProgramWrite {
    std::string role;
    std::string hash;  ///< raw
    std::string bytes;
    bool inline_bytes = true;
    MakeBytes make;  ///< instead of `bytes`
    [[nodiscard]] Result<std::string> content() const { return make ? make() : Result<std::string>(bytes); }
  };
  struct LogWrite {
    StoredLog log;
    bool of_branch = false;
  };
  using Branches = std::map<std::string, Branch, std::less<>>;
  using Streams = std::map<std::string, Stream, std::less<>>;

  /// What of a batch is asked for before it is in the database.
  struct Known {
    std::set<std::pair<std::uint64_t, std::uint64_t>> results;
    std::map<std::pair<std::string, std::string>, bool> records;
    std::vector<ProgramWrite> programs;
  };
  struct Flight {
    CommitLog::Ticket ticket = 0;
    std::string rows;
    StateRow state;
    Known known;
  };
  /// Durable in the log, not in the database yet.
  struct LaidBy {
    std::vector<std::pair<CommitLog::Ticket, std::string>> rows;
    std::size_t bytes = 0;
    Known known;
  };

  RunWriter(RunDatabase db, OwnerLock lock, std::shared_ptr<store::Disk> disk, OnEnded on_ended,
            std::shared_ptr<CommitLog> log);
  Result<> load_heads();
  [[nodiscard]] Result<> usable() const;
  Branches::iterator branch_of(std::string_view path);
  Streams::iterator stream_of(std::string_view token) const;
  [[nodiscard]] Result<bool> has_result(const Branch& branch, std::uint64_t ordinal);
  [[nodiscard]] Result<bool> has_record(std::string_view kind, std::string_view key);
  void add_log(std::string_view branch, bool of_branch, std::string_view token, std::uint64_t position,
               std::string_view bytes);
  Result<> fold_in();
  Result<> write_files();
  Result<> write_rows(StateRow& state);
  Result<> write_entries(StateRow& state);
  Result<> write_log(StateRow& state);
  Result<> write_nodes(StateRow& state);
  Result<> write_records(StateRow& state);
  Result<> write_programs(StateRow& state);
  Result<> write_state(const StateRow& state);
  /// The batch as rows, into the encoder or the database; gives the state that it leads to.
  Result<StateRow> write_batch();
  void forget_batch();
  Result<> take_off();
  Result<> write_flight();
  Result<> run_commit();
  /// The heads say that it is durable.
  void take_in(const StateRow& state);
  Result<> make_database();
  /// The database has all of it.
  Result<> landed();
  /// Its end is durable.
  void end_now();
  [[nodiscard]] bool knows(const std::function<bool(const Known&)>& look) const;
  /// Its hash in hexadecimal.
  Result<std::string> add_part(ProgramWrite part);
  [[nodiscard]] const ProgramWrite* written_part(std::string_view role) const;
  /// Bytes that a node has in the log, as committed.
  Result<std::uint64_t> bytes_of_node(std::uint64_t node);
  /// A row of this batch.
  template <class... Arguments>
  Result<> put(RowKind kind, const Arguments&... arguments) {
    if (encoder_ != nullptr) {
      encoder_->add(kind, arguments...);
      return {};
    }
    return WL_TRY(rows_.get(db_.db_, kind))->run(arguments...);
  }
  Result<store::Statement*> statement(int slot, std::string_view sql) const;

  mutable RunDatabase db_;  // stream_end() looks up what the cache below has dropped
  OwnerLock lock_;
  std::shared_ptr<store::Disk> disk_;
  OnEnded on_ended_;
  bool ended_ = false;
  bool blobs_folder_ = false;
  mutable std::optional<Error> poison_;
  std::uint64_t stored_epoch_ = 0;
  StateRow state_;  ///< as committed
  StateRow next_;   ///< sequence, log_bytes and end including the batch
  Durable durable_;
  Branches branches_;
  mutable Streams streams_;
  std::vector<Branches::iterator> changed_branches_;
  std::vector<Streams::iterator> changed_streams_;
  std::optional<std::vector<Entry>> loaded_;
  std::vector<StoredEntry> entries_;
  std::vector<std::pair<std::string, std::string>> blobs_;  ///< (raw hash, sealed bytes)
  Known known_;
  std::shared_ptr<CommitLog> commits_;
  Creation creation_;
  std::shared_ptr<LateRuns> late_;
  std::optional<Flight> flight_;
  LaidBy laid_by_;
  bool is_empty_ = false;          ///< the database has no row of the run yet
  RowEncoder* encoder_ = nullptr;  ///< while a batch is made into rows for the log
  RowStatements rows_;
  std::unordered_set<std::int64_t> nodes_there_;
  bool nodes_known_ = false;
  std::vector<LogWrite> log_;
  std::uint64_t newlines_ = 0;                         ///< in the log, as committed
  std::map<std::uint64_t, std::uint64_t> node_bytes_;  ///< of the log, as committed; of some nodes
  std::optional<std::uint64_t> newest_logged_;         ///< no node above it has written to the log
  std::uint64_t log_node_ = 0;
  std::int64_t log_time_ = 0;
  std::vector<NodeWrite> nodes_;
  std::vector<RecordWrite> records_;
  mutable std::vector<store::Statement> statements_;
};

}  // namespace windlass::journal

// The reading half of a run's database: every row is compared with its checksum before anybody gets to see it.
//
// Not the public interface (run_journal.h) and not the writer (run_writer.cc), which builds on this.
// Invariant: a method gives what a commit wrote, or an error of kind `corrupt` that names file and row.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "journal/key_ring.h"
#include "journal/owner_lock.h"
#include "journal/run_journal.h"
#include "journal/schema.h"
#include "journal/seal.h"
#include "store/database.h"

namespace windlass::journal {

/// Where the parts of a run lie.
struct RunPlace {
  std::string folder;    ///< STATE/runs/JOB/NUMBER
  std::string programs;  ///< STATE/programs

  [[nodiscard]] std::string database() const { return folder + "/run.db"; }
  [[nodiscard]] std::string blobs() const { return folder + "/blobs"; }
};

/// The keys of a run; missing ones make what they sealed unreadable, not wrong.
struct RunKeys {
  std::optional<SealKey> run;
  std::optional<SealKey> secret;
};

class RunDatabase {
 public:
  /// Takes over a database and reads header, heads and branches. `state_key` may be null: nothing can be unsealed then.
  /// `not_found` when the run never began (no first commit).
  [[nodiscard]] static Result<RunDatabase> open(store::Database db, RunPlace place, const KeyRing* state_key);
  /// A database that was made a moment ago and has no header row yet.
  [[nodiscard]] static RunDatabase fresh(store::Database db, RunPlace place, RunHeader header, RunKeys keys);

  [[nodiscard]] const RunHeader& header() const { return header_; }
  [[nodiscard]] Result<std::optional<RunEnd>> end();
  [[nodiscard]] Result<> visit_entries(const std::function<bool(Entry&&)>& visit);
  [[nodiscard]] Result<std::vector<Entry>> load_entries();
  [[nodiscard]] Result<std::optional<Entry>> find_result(const EffectKey& key);
  [[nodiscard]] Result<std::string> read_log(std::uint64_t offset, std::size_t max_bytes);
  [[nodiscard]] Result<std::uint64_t> log_size();
  [[nodiscard]] Result<std::int64_t> last_log_millis();
  [[nodiscard]] Result<std::vector<LogRow>> read_log_rows(std::uint64_t first, std::size_t max_rows);
  [[nodiscard]] Result<> scan_log(std::uint64_t first, const std::function<bool(LogRow&&)>& visit);
  [[nodiscard]] Result<std::uint64_t> log_lines();
  [[nodiscard]] Result<LinePlace> find_line(std::uint64_t line);
  [[nodiscard]] Result<std::vector<LogRow>> read_node_rows(std::uint64_t node, std::uint64_t first,
                                                           std::size_t max_rows);
  [[nodiscard]] Result<NodeLog> read_node_log(const std::vector<std::uint64_t>& nodes, std::uint64_t offset,
                                              std::size_t max_bytes);
  [[nodiscard]] Result<std::vector<FlowNode>> nodes();
  [[nodiscard]] Result<std::vector<Record>> records(std::string_view kind);
  [[nodiscard]] Result<std::optional<std::string>> find_record(std::string_view kind, std::string_view key);
  [[nodiscard]] Result<std::vector<ProgramPart>> program();
  [[nodiscard]] Result<std::string> program_bytes(std::string_view role);
  [[nodiscard]] Digest argument_digest(std::string_view bytes) const;
  [[nodiscard]] std::string seed() const;
  [[nodiscard]] const std::string& folder() const { return place_.folder; }
  [[nodiscard]] Result<VerifyReport> verify();
  /// Compares with what the owner said to be durable, read before the database was: SQLite takes a damaged end of its
  /// write-ahead log for one that was never written.
  [[nodiscard]] Result<> check_tail(const OwnerHint& hint);

 private:
  friend class RunWriter;
  friend class RunCutter;
  struct BranchRow {
    std::string path;
    std::uint64_t last_line = 0;
  };
  RunDatabase(store::Database db, RunPlace place) : place_(std::move(place)), db_(std::move(db)) {}

  [[nodiscard]] Error damaged(const SentencePart& where, const SentencePart& what) const;
  Result<> load_header();
  Result<> load_keys(const KeyRing* state_key);
  [[nodiscard]] Result<StateRow> read_state();
  Result<> load_branches();
  [[nodiscard]] Result<StoredEntry> read_entry(store::Statement& row);
  [[nodiscard]] Result<Entry> unseal_entry(const StoredEntry& stored, const Digest& checksum);
  [[nodiscard]] Result<std::string> read_blob(const std::string& hash, const SentencePart& where);
  Result<> visit_chain(const StateRow& state, const std::function<Result<bool>(StoredEntry&&, const Digest&)>& visit);
  Result<> visit_committed(const StateRow& state, const std::function<bool(Entry&&)>& visit);
  /// `quick`: rows that are packed are compared with the checksum of their own frame only, not with the chain.
  Result<> visit_log(std::uint64_t first, std::uint64_t last, const std::function<bool(StoredLog&&)>& visit,
                     bool quick = false);
  /// How many newlines the log has, and how many bytes a node has written. Without the batch of a writer.
  Result<std::uint64_t> count_newlines(const StateRow& state);
  Result<std::uint64_t> count_node_bytes(std::uint64_t node);
  /// Numbers of rows of a node in order, with the bytes of the node before each; all of them, or from row `first` on.
  struct NodeRow {
    std::uint64_t row, before;
  };
  Result<std::vector<NodeRow>> rows_of_node(std::uint64_t node, std::uint64_t first, std::size_t most);
  /// For files of format 1 and 2, which are read as they are: where their rows stand, found out once.
  Result<> address_old_rows(const StateRow& state);
  Result<StoredLog> read_log_row(store::Statement& row);

  RunPlace place_;
  store::Database db_;
  std::uint32_t version_ = kRunSchemaVersion;
  bool begun_ = true;  ///< the first commit has written header and state
  RunHeader header_;
  std::string sealed_inputs_;
  std::string sealed_secrets_;
  Digest header_digest_{};
  RunKeys keys_;
  std::string argument_key_;
  std::unordered_map<std::uint64_t, BranchRow> branches_;
  struct OldRow {
    std::uint64_t node, line, before, size;
  };
  std::vector<OldRow> old_rows_;
  std::uint64_t old_newlines_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> old_nodes_;
};

/// What seals an entry's payload, a record's payload: so that sealed bytes cannot be moved elsewhere.
[[nodiscard]] std::string entry_context(std::uint64_t sequence);
[[nodiscard]] std::string record_context(std::string_view kind, std::string_view key);

}  // namespace windlass::journal

// The journal of one run: what the outside world did to it, in order, never rewritten; beside it log, flow nodes,
// records.
//
// RunReader reads what is committed; RunJournal is a reader that also owns the run (lock and epoch) and writes.
// Made by StateFolder (state_folder.h). No SQL, paths or row ids in the signatures, so another store can stand behind
// them.
//
// Invariants:
// * Everything appended since the last commit() becomes durable as one transaction or not at all.
// * An entry carries a checksum over itself and all before it; the head is stored with each commit. Damage is an error
// of
//   kind `corrupt` that names file and entry, never a shorter journal.
// * An effect key has at most one result; the first one wins.
// * After a failed commit the journal is poisoned: every later call gets the same sentence. Open the run again to go
// on.
//
// Threads: one at a time. Nothing here starts one. Blocking: commit() waits for the disk, reads for the page cache.
// Source: the journal and output gate of the design; docs/formats/journal.md is the file format.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/entry.h"

namespace windlass::journal {

/// What verify() looked at.
struct VerifyReport {
  std::uint64_t entries = 0;
  std::uint64_t log_rows = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t nodes = 0;
  std::uint64_t records = 0;
  std::uint64_t blobs = 0;
};

class RunReader {
 public:
  RunReader(const RunReader&) = delete;
  RunReader& operator=(const RunReader&) = delete;
  virtual ~RunReader() = default;

  [[nodiscard]] virtual const RunHeader& header() const = 0;
  /// Nothing while the run has not ended.
  [[nodiscard]] virtual Result<std::optional<RunEnd>> end() = 0;

  /// All entries in order, each checked against the chain and the last against the head. `corrupt` names the first
  /// damaged one. For RunJournal: the entries that were there when it was opened, plus those committed since.
  [[nodiscard]] virtual Result<std::vector<Entry>> load_entries() = 0;
  /// The same one by one, for journals that should not be in memory as a whole; the visitor returns false to stop.
  [[nodiscard]] virtual Result<> visit_entries(const std::function<bool(Entry&&)>& visit) = 0;
  /// The committed result of an effect, or nothing.
  [[nodiscard]] virtual Result<std::optional<Entry>> find_result(const EffectKey& key) = 0;

  /// Bytes of the log from `offset`, at most `max_bytes`; shorter at the end, empty behind it.
  [[nodiscard]] virtual Result<std::string> read_log(std::uint64_t offset, std::size_t max_bytes) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> log_size() = 0;
  /// When the newest row was written, as far as that is known; 0: never.
  [[nodiscard]] virtual Result<std::int64_t> last_log_millis() = 0;
  /// Rows in order of arrival from row number `first` (from 1), at most `max_rows`.
  [[nodiscard]] virtual Result<std::vector<LogRow>> read_log_rows(std::uint64_t first, std::size_t max_rows) = 0;

  /// Rows from row number `first` one by one, for searches: what is compressed is compared with the checksum of its
  /// frame instead of the chain. The visitor returns false to stop.
  [[nodiscard]] virtual Result<> scan_log(std::uint64_t first, const std::function<bool(LogRow&&)>& visit) = 0;
  /// How many lines the log has; an unfinished last one counts.
  [[nodiscard]] virtual Result<std::uint64_t> log_lines() = 0;
  /// Where line `line` (from 1) begins.
  [[nodiscard]] virtual Result<LinePlace> find_line(std::uint64_t line) = 0;
  /// Rows of one flow node from row number `first`, at most `max_rows`.
  [[nodiscard]] virtual Result<std::vector<LogRow>> read_node_rows(std::uint64_t node, std::uint64_t first,
                                                                   std::size_t max_rows) = 0;
  /// The text of some flow nodes from `offset` within it, at most `max_bytes`. Without looking at other rows.
  [[nodiscard]] virtual Result<NodeLog> read_node_log(const std::vector<std::uint64_t>& nodes, std::uint64_t offset,
                                                      std::size_t max_bytes) = 0;

  /// All flow nodes by id.
  [[nodiscard]] virtual Result<std::vector<FlowNode>> nodes() = 0;
  /// Records of a kind, in order of key; all kinds when it is empty.
  [[nodiscard]] virtual Result<std::vector<Record>> records(std::string_view kind) = 0;
  [[nodiscard]] virtual Result<std::optional<std::string>> find_record(std::string_view kind, std::string_view key) = 0;

  /// The program's parts by role, and the bytes of one, checked against their hash.
  [[nodiscard]] virtual Result<std::vector<ProgramPart>> program() = 0;
  /// Of a journal also what is not durable yet.
  [[nodiscard]] virtual Result<std::string> program_bytes(std::string_view role) = 0;

  /// Keyed digest of an effect's arguments: the same bytes give the same digest in this run and another in each other
  /// run.
  [[nodiscard]] virtual Digest argument_digest(std::string_view bytes) const = 0;
  /// The secret of the run that seeds its random streams: the same 32 bytes at each opening.
  [[nodiscard]] virtual std::string seed() const = 0;

  /// The run's own folder (absolute). Files of stashes, artifacts and steps belong into subfolders of `files/` there;
  /// they go with the run when it is deleted.
  [[nodiscard]] virtual const std::string& folder() const = 0;

  /// Reads everything and compares each checksum. The error names file and entry (or row) and says what is wrong.
  [[nodiscard]] virtual Result<VerifyReport> verify() = 0;

 protected:
  RunReader() = default;
};

class RunJournal : public RunReader {
 public:
  /// Adds an entry to the batch; returns its sequence. `conflict` for a second result of the same effect key,
  /// `invalid` for what breaks a limit. Nothing is durable before commit().
  [[nodiscard]] virtual Result<std::uint64_t> append(const NewEntry& entry) = 0;

  /// Which flow node, and which time, what is appended to the log from now on belongs to. A hint for views: it is not
  /// part of the log's chain.
  virtual void mark_log(std::uint64_t node, std::int64_t time_ms) = 0;
  /// A line that the script made (`echo`, `[Pipeline] …`), with its newline. Lines of a branch count from 1 without
  /// gaps; one that is stored already is dropped (false). A gap is an error of kind `internal`.
  [[nodiscard]] virtual Result<bool> append_line(std::string_view branch, std::uint64_t ordinal,
                                                 std::string_view bytes) = 0;
  /// Output of a step: `bytes` is how the stream's raw bytes [begin, end) look in the log, masked and decorated.
  /// Dropped (false) when all of it is stored already; `conflict` when begin is not stream_end(token): ask the agent
  /// from there.
  [[nodiscard]] virtual Result<bool> append_output(std::string_view branch, std::string_view token, std::uint64_t begin,
                                                   std::uint64_t end, std::string_view bytes) = 0;
  /// Text that is neither (lines about a resumption, of an abort): always appended.
  [[nodiscard]] virtual Result<> append_text(std::string_view bytes) = 0;
  /// Newest line ordinal of a branch, 0 if none; the batch counts.
  [[nodiscard]] virtual std::uint64_t last_line(std::string_view branch) const = 0;
  /// Raw bytes of a stream that are stored, 0 if none; the batch counts.
  [[nodiscard]] virtual std::uint64_t stream_end(std::string_view token) const = 0;

  /// Writes a flow node, or writes it again by id.
  [[nodiscard]] virtual Result<> put_node(const FlowNode& node) = 0;
  /// Writes a record. `already_exists` if (kind, key) is there and `overwrite` is not set.
  [[nodiscard]] virtual Result<> put_record(const Record& record, bool overwrite) = 0;
  [[nodiscard]] virtual Result<> remove_record(std::string_view kind, std::string_view key) = 0;
  /// Adds a part of the program. The same role with other bytes is `conflict`; with the same bytes it is nothing.
  [[nodiscard]] virtual Result<ProgramPart> add_program(std::string_view role, std::string_view bytes) = 0;
  /// Ends the run: result and time. With this commit the secret key is wiped.
  [[nodiscard]] virtual Result<> finish(const RunEnd& end) = 0;

  /// Leaves beside the journal why a process could not go on with it, for RunInfo::problem; empty takes that away.
  /// Nothing is written into the journal, and what is in the batch stays there.
  [[nodiscard]] virtual Result<> note_suspension(std::string_view why) = 0;

  /// Makes the batch durable: one transaction, one sync. Without anything to write it returns at once.
  [[nodiscard]] virtual Result<Durable> commit() = 0;
  /// Where runs share a commit log: sends the batch on its way. Its ticket is what CommitLog::write() makes durable,
  /// with those of other runs; after that arrive() lets the run go on from it. Meanwhile append() and the like make the
  /// next batch; commit() does at once what is left to do of both. Nothing: there is no such log, nothing to write, or
  /// a batch is on its way; use commit().
  [[nodiscard]] virtual Result<std::optional<std::uint64_t>> enqueue() { return std::nullopt; }
  [[nodiscard]] virtual Result<Durable> arrive() { return durable(); }
  /// Brings what is durable in that log alone into the run's own file, from when on other readers know it. A reading
  /// call of this journal does so first, the commit that ends the run does, and its destructor; whoever lets another
  /// reader at the run calls it. An error is that of a failed commit, but nothing durable is lost: the next start has
  /// it.
  [[nodiscard]] virtual Result<> land() { return {}; }
  /// Whether something waits for land().
  [[nodiscard]] virtual bool is_laid_by() const { return false; }
  /// True when something waits for commit().
  [[nodiscard]] virtual bool dirty() const = 0;
  /// Newest sequence given out, durable or not, and how far the disk is.
  [[nodiscard]] virtual std::uint64_t last_sequence() const = 0;
  [[nodiscard]] virtual const Durable& durable() const = 0;
};

}  // namespace windlass::journal

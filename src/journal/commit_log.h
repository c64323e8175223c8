// The commit log of a server's runs: what many runs commit at about the same time becomes durable with one sync. A
// commit lies here first, then in its run's own database, which is not synced for it.
//
//   STATE/commits/NUMBER.log   segments, oldest first; each record is one commit of one run
//   STATE/commits/landed       how far the runs' databases have what the segments say; a hint, never synced
//
// Not the journal itself: readers know the runs' databases alone. Once those are on disk for good, the segments that
// they rely on are deleted (retire()). After a power cut recover_commits() (commit_recovery.h) brings the databases to
// where the log is.
// Invariants: nobody sees a commit before its record is durable; a segment is deleted only after the databases of all
// its records were synced. Source: docs/formats/commit-log.md; why: docs/decisions/021-commit-log.md.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "journal/entry.h"
#include "store/disk.h"

namespace windlass::journal {

/// One commit of a run, or that it was deleted.
struct CommitRecord {
  enum class Kind : std::uint8_t { commit = 1, removed = 2 };
  Kind kind = Kind::commit;
  std::string job;
  std::uint64_t number = 0;
  /// Checksums of the run's `state` row: the commit leads from one to the other. All zero: there is none yet.
  Digest before{}, after{};
  /// Of the first commit: the run's keys as they lie in its database, which can be made again from this.
  std::string wrapped_run, wrapped_secret;
  bool ends = false;  ///< the run ends with it
  std::string rows;   ///< commit_rows.h

  [[nodiscard]] bool creates() const { return !wrapped_run.empty(); }
};

[[nodiscard]] std::string encode_commit(const CommitRecord& record);
/// `corrupt` where the bytes are none that encode_commit() made.
[[nodiscard]] Result<CommitRecord> decode_commit(std::string_view bytes);

/// A place in the log: everything before it.
struct CommitPlace {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const CommitPlace&, const CommitPlace&) = default;
};

/// What is in the segments of a state folder.
struct CommitSegments {
  struct Found {
    CommitPlace end;  ///< behind the record
    CommitRecord record;
  };
  std::vector<std::uint64_t> numbers;  ///< of all segment files, in order
  std::vector<Found> records;          ///< in order; those of the segments without a gap up to the newest
  /// Up to there the databases have it, while the machine has run on; nothing: that is not known.
  std::optional<CommitPlace> landed;
  /// There are segments, and `records` is empty although there are some in them, all of which have landed.
  bool is_unread = false;
};
/// The whole records of one segment's bytes, behind those that are in `out`; none where its header was not written
/// whole. Pure. Errors: unsupported (a newer format), corrupt (what is whole by its checksum cannot be read).
[[nodiscard]] Result<> read_commit_segment(std::string_view bytes, std::uint64_t number, const std::string& file,
                                           std::vector<CommitSegments::Found>& out);
/// Reads them all. What follows a record that was not written whole is not part of a segment. Errors: of the file
/// system; corrupt: what is whole by its checksum cannot be read.
[[nodiscard]] Result<CommitSegments> read_commit_segments(const std::string& state, const store::Disk& disk);
/// The numbers of the segments and how far they have landed, without a record: no segment is opened.
[[nodiscard]] CommitSegments list_commit_segments(const std::string& state, const store::Disk& disk);
/// All records where one of them has not landed, or that is not known; else none (`is_unread`), after a look at the
/// sizes of the files: a start must not take longer the more there was to do before it. Errors as
/// read_commit_segments().
[[nodiscard]] Result<CommitSegments> read_lagging_segments(const std::string& state, const store::Disk& disk);

class CommitLog {
 public:
  using Ticket = std::uint64_t;

  /// Begins a segment behind those that there are, whose records are in the databases.
  [[nodiscard]] static Result<std::unique_ptr<CommitLog>> open(const std::string& state,
                                                               std::shared_ptr<store::Disk> disk,
                                                               const CommitSegments& before);
  ~CommitLog();

  /// Puts a record behind those that wait to be written. write() makes the names in `folders` durable as well, before
  /// the record or after it. The loop's thread.
  [[nodiscard]] Ticket add(const CommitRecord& record, const std::vector<std::string>& folders = {});
  /// Makes that record durable, with all that wait. Blocks for one write and one sync at most twice; any thread. After
  /// an error nobody knows whether the records of that write are on disk: their runs must not go on in this process.
  [[nodiscard]] Result<> write(Ticket ticket);
  /// Whether a run of that job has begun in this process, so that the name of the job's folder is durable.
  [[nodiscard]] bool knows_job(const std::string& job) const;
  /// The newest record that waits or was written.
  [[nodiscard]] Ticket newest() const;
  /// The run's database has it (or its run has given up, which opening the run again decides). The loop's thread.
  void landed(Ticket ticket);
  /// Leaves word of how far they have landed, for the next process. Until then it lags, and more is looked at.
  void note_landed();
  /// The run's database could not take a durable record: all segments stay until the next start.
  void keep_all();

  /// Whether a record of that run may be in a segment: of every run while one from before the start is there that was
  /// not read.
  [[nodiscard]] bool mentions(const std::string& job, std::uint64_t number) const;

  /// Bytes of the segment that is being written.
  [[nodiscard]] std::uint64_t size() const;
  /// Ends the segment that is being written, and begins the next. Blocks; any thread.
  [[nodiscard]] Result<> rotate();
  /// Syncs the state folder and deletes the segments before the current one whose records have all landed. Blocks for
  /// long; any thread, one at a time.
  [[nodiscard]] Result<> retire();
  /// Whether there are segments before the one that is being written.
  [[nodiscard]] bool has_older() const;
  [[nodiscard]] bool keeps_all() const;

 private:
  struct Failed {
    Ticket first, last;
    Error why;
  };
  struct Pending {
    Ticket ticket;
    CommitPlace end;
    bool landed = false;
  };
  CommitLog(std::string folder, std::string state, std::shared_ptr<store::Disk> disk);
  Result<> begin_segment();
  Result<> sync_folders(const std::set<std::string>& folders);
  [[nodiscard]] std::optional<std::uint64_t> retirable() const;
  void write_landed();

  const std::string folder_, state_;
  const std::shared_ptr<store::Disk> disk_;
  int hint_ = -1;
  std::string boot_;

  std::mutex writing_;  ///< whoever writes; taken before mutex_
  std::unique_ptr<store::LogFile> file_;
  std::string segment_id_;

  mutable std::mutex mutex_;
  std::vector<std::string> waiting_;
  std::set<std::string> folders_;
  std::vector<std::size_t> new_jobs_;     ///< hashes of the jobs of runs whose first commit waits …
  std::unordered_set<std::size_t> jobs_;  ///< … and of those of which one was written
  Ticket newest_ = 0;
  Ticket written_ = 0;  ///< all up to it were tried
  std::deque<Failed> failed_;
  std::deque<Pending> pending_;  ///< durable, not landed, in order
  std::uint64_t segment_ = 0;
  std::uint64_t offset_ = 0;
  bool broken_ = false;  ///< the segment's end is not known
  bool keeps_all_ = false;
  CommitPlace landed_;  ///< all before it
  bool is_noted_ = false;
  std::vector<std::uint64_t> older_;  ///< segments that are there still
  std::uint64_t unread_ = 0;          ///< up to this one nobody knows whom they name; 0: of each one
  /// Hashes of the runs that records name, by segment.
  std::deque<std::pair<std::uint64_t, std::unordered_set<std::size_t>>> named_;
};

/// Deletes all segments, whose records are in databases that have been synced.
[[nodiscard]] Result<> delete_commit_segments(const std::string& state, store::Disk& disk,
                                              const std::vector<std::uint64_t>& numbers);

}  // namespace windlass::journal

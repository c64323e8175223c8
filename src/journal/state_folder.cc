#include "journal/state_folder.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>

#include "journal/commit_log.h"
#include "journal/commit_recovery.h"
#include "journal/folder_claim.h"
#include "journal/late_runs.h"
#include "journal/owner_lock.h"
#include "journal/run_database.h"
#include "journal/run_index.h"
#include "journal/run_writer.h"
#include "journal/seal.h"
#include "journal/state_keys.h"
#include "store/disk.h"

namespace windlass::journal {

namespace {

using store::Database;

constexpr int kTries = 20;  ///< to own all runs
constexpr std::chrono::milliseconds kBetweenTries{25};
constexpr std::size_t kPlainName = 120;  ///< longer encoded names end in a hash; file systems allow 255 bytes

/// The public reader over a RunDatabase, alone or inside a writer.
template <class Base, class Holder>
class Facade : public Base {
 public:
  explicit Facade(Holder holder) : holder_(std::move(holder)) {}
  const RunHeader& header() const override { return db().header(); }
  Result<std::optional<RunEnd>> end() override { return WL_TRY(readable())->end(); }
  Result<std::vector<Entry>> load_entries() override { return WL_TRY(readable())->load_entries(); }
  Result<> visit_entries(const std::function<bool(Entry&&)>& visit) override {
    return WL_TRY(readable())->visit_entries(visit);
  }
  Result<std::optional<Entry>> find_result(const EffectKey& key) override {
    return WL_TRY(readable())->find_result(key);
  }
  Result<std::string> read_log(std::uint64_t offset, std::size_t max_bytes) override {
    return WL_TRY(readable())->read_log(offset, max_bytes);
  }
  Result<std::uint64_t> log_size() override { return WL_TRY(readable())->log_size(); }
  Result<std::int64_t> last_log_millis() override { return WL_TRY(readable())->last_log_millis(); }
  Result<std::vector<LogRow>> read_log_rows(std::uint64_t first, std::size_t max_rows) override {
    return WL_TRY(readable())->read_log_rows(first, max_rows);
  }
  Result<> scan_log(std::uint64_t first, const std::function<bool(LogRow&&)>& visit) override {
    return WL_TRY(readable())->scan_log(first, visit);
  }
  Result<std::uint64_t> log_lines() override { return WL_TRY(readable())->log_lines(); }
  Result<LinePlace> find_line(std::uint64_t line) override { return WL_TRY(readable())->find_line(line); }
  Result<std::vector<LogRow>> read_node_rows(std::uint64_t node, std::uint64_t first, std::size_t max_rows) override {
    return WL_TRY(readable())->read_node_rows(node, first, max_rows);
  }
  Result<NodeLog> read_node_log(const std::vector<std::uint64_t>& nodes, std::uint64_t offset,
                                std::size_t max_bytes) override {
    return WL_TRY(readable())->read_node_log(nodes, offset, max_bytes);
  }
  Result<std::vector<FlowNode>> nodes() override { return WL_TRY(readable())->nodes(); }
  Result<std::vector<Record>> records(std::string_view kind) override { return WL_TRY(readable())->records(kind); }
  Result<std::optional<std::string>> find_record(std::string_view kind, std::string_view key) override {
    return WL_TRY(readable())->find_record(kind, key);
  }
  Result<std::vector<ProgramPart>> program() override { return WL_TRY(readable())->program(); }
  Result<std::string> program_bytes(std::string_view role) override { return WL_TRY(readable())->program_bytes(role); }
  Digest argument_digest(std::string_view bytes) const override { return db().argument_digest(bytes); }
  std::string seed() const override { return db().seed(); }
  const std::string& folder() const override { return db().folder(); }
  Result<VerifyReport> verify() override { return WL_TRY(readable())->verify(); }

 protected:
  RunDatabase& db() { return get(holder_); }
  /// With all that is durable.
  Result<RunDatabase*> readable() {
    if constexpr (requires { holder_->prepare_to_read(); }) WL_CHECK_OK(holder_->prepare_to_read());
    return &db();
  }
  const RunDatabase& db() const { return get(holder_); }
  static RunDatabase& get(RunDatabase& holder) { return holder; }
  static const RunDatabase& get(const RunDatabase& holder) { return holder; }
  static RunDatabase& get(const std::unique_ptr<RunWriter>& holder) { return holder->reader(); }
  Holder holder_;
};

using Reader = Facade<RunReader, RunDatabase>;

std::string suspension_file(const std::string& folder) { return folder + "/suspended"; }

/// A hint for people beside the journal: neither synced nor checked.
Result<> keep_suspension(const std::string& folder, std::string_view why) {
  const auto path = suspension_file(folder);
  if (why.empty()) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return fail(ErrorKind::unavailable, {"cannot remove {}: {}", "无法删除 {}：{}"}, {path, system_words(errno)});
    }
    return {};
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool written = fd >= 0 && ::write(fd, why.data(), why.size()) == std::ssize(why);
  const int problem = errno;
  if (fd >= 0) ::close(fd);
  if (written) return {};
  return fail(ErrorKind::unavailable, {"cannot write {}: {}", "无法写入 {}：{}"}, {path, system_words(problem)});
}

class Journal final : public Facade<RunJournal, std::unique_ptr<RunWriter>> {
 public:
  using Facade::Facade;
  Result<std::vector<Entry>> load_entries() override { return writer().load_entries(); }
  Result<std::uint64_t> append(const NewEntry& entry) override { return writer().append(entry); }
  void mark_log(std::uint64_t node, std::int64_t time_ms) override { writer().mark_log(node, time_ms); }
  Result<bool> append_line(std::string_view branch, std::uint64_t ordinal, std::string_view bytes) override {
    return writer().append_line(branch, ordinal, bytes);
  }
  Result<bool> append_output(std::string_view branch, std::string_view token, std::uint64_t begin, std::uint64_t end,
                             std::string_view bytes) override {
    return writer().append_output(branch, token, begin, end, bytes);
  }
  Result<> append_text(std::string_view bytes) override { return writer().append_text(bytes); }
  std::uint64_t last_line(std::string_view branch) const override { return holder_->last_line(branch); }
  std::uint64_t stream_end(std::string_view token) const override { return holder_->stream_end(token); }
  Result<> put_node(const FlowNode& node) override { return writer().put_node(node); }
  Result<> put_record(const Record& record, bool overwrite) override { return writer().put_record(record, overwrite); }
  Result<> remove_record(std::string_view kind, std::string_view key) override {
    return writer().remove_record(kind, key);
  }
  Result<ProgramPart> add_program(std::string_view role, std::string_view bytes) override {
    return writer().add_program(role, bytes);
  }
  Result<std::string> program_bytes(std::string_view role) override { return writer().program_bytes(role); }
  Result<> finish(const RunEnd& end) override { return writer().finish(end); }
  Result<Durable> commit() override { return writer().commit(); }
  Result<std::optional<std::uint64_t>> enqueue() override { return writer().enqueue(); }
  Result<Durable> arrive() override { return writer().arrive(); }
  Result<> land() override { return writer().land(); }
  bool is_laid_by() const override { return holder_->is_laid_by(); }
  Result<> note_suspension(std::string_view why) override { return keep_suspension(folder(), why); }
  bool dirty() const override { return holder_->dirty(); }
  std::uint64_t last_sequence() const override { return holder_->last_sequence(); }
  const Durable& durable() const override { return holder_->durable(); }

 private:
  RunWriter& writer() { return *holder_; }
};

class Folder final : public StateFolder {
 public:
  Folder(std::string path, std::shared_ptr<store::Disk> disk, Notice notice)
      : path_(std::move(path)), disk_(std::move(disk)), notice_(std::move(notice)) {}

  ~Folder() override {
    // What nobody has come to do: such a journal is kept alive by being there.
    if (late_ && claim_) (void)late_->wait_for_all();
  }

  Result<> open_folder();
  const std::string& path() const override { return path_; }
  Result<> claim() override;
  std::shared_ptr<CommitLog> commits() override { return commits_; }
  std::shared_ptr<LateRuns> late_runs() override { return late_; }
  void share_late_runs(std::shared_ptr<LateRuns> late) override { late_ = std::move(late); }
  Result<> renew_keys() override;
  Result<std::unique_ptr<RunJournal>> create_run(const RunSpec& spec) override;
  Result<std::unique_ptr<RunJournal>> resume_run(const RunInfo& run) override;
  Result<Open> resume_elsewhere(const RunInfo& run) override;
  Result<std::unique_ptr<RunReader>> read_run(const RunInfo& run) override;
  Result<std::vector<RunInfo>> list(std::size_t limit) override;
  Result<> look_through(std::string_view job, std::uint64_t before,
                        const std::function<bool(const RunInfo&)>& go_on) override;
  Result<RunInfo> find(std::string_view id) override;
  Result<std::optional<RunInfo>> newest_unfinished() override;
  Result<std::optional<RunInfo>> newest() override;
  Result<std::optional<RunInfo>> previous(std::string_view job, std::uint64_t before, std::string_view result) override;
  Result<> remove_run(const RunInfo& run) override;

 private:
  Result<const KeyRing*> state_key(bool make);
  struct How {
    bool read_only = false;
    Database::Options options;
    std::string state;
  };
  /// open_database() with the keys of the folder, and with those of now where they have been replaced meanwhile.
  Result<RunDatabase> open_sealed(const RunPlace& place, bool read_only);
  static Result<RunDatabase> open_with_keys(const RunPlace& place, const How& how, std::shared_ptr<KeyRing>& keys);
  /// Whether this process may write here: a server may have claimed all runs. What one that died left in the commit
  /// log comes into the databases first.
  Result<> may_write();
  /// The databases have what is in the segments; whoever calls owns all runs, here and below.
  Result<CommitSegments> recover();
  /// The same, and the segments are gone.
  Result<> settle();
  /// After a crash the journals end too early for readers, too, until what the commit log has is in them.
  Result<> mend();
  bool began(const std::string& job, std::uint64_t number);
  static void remove_database(const std::string& folder);
  Result<> wait_for_end(const RunPlace& place) {
    return late_ ? late_->wait(place.folder, claim_.has_value()) : Result<>{};
  }
  Result<RunPlace> place_of(std::string_view job, std::uint64_t number);
  Result<RunDatabase> open_database(const RunPlace& place, bool read_only, const KeyRing* key) {
    return open_database(place, {read_only, write_options(), path_}, key);
  }
  /// Any thread.
  static Result<RunDatabase> open_database(const RunPlace& place, const How& how, const KeyRing* key);
  [[nodiscard]] Database::Options write_options() const {
    return {.sync = commits_ ? Database::Sync::normal : Database::Sync::full, .vfs = disk_->vfs()};
  }
  RunWriter::OnEnded on_ended();
  Result<> add_missing(std::vector<IndexRow> found = {});
  /// What the index answers; where it finds itself damaged, it is made again and asked once more.
  template <class Ask>
  auto ask_index(Ask ask) -> decltype(ask());
  /// The row of a run that the index does not know; nothing for one that never began.
  std::optional<IndexRow> found_row(const RunPlace& place, std::uint64_t number);
  Result<std::optional<IndexRow>> row_of(std::string_view job, std::uint64_t number);
  Result<std::optional<RunInfo>> look_at(const IndexRow& row);
  Result<std::optional<RunInfo>> first_of(std::size_t batch, bool unfinished_only,
                                          const std::function<bool(const RunInfo&)>& wanted);

  std::string path_;
  std::shared_ptr<store::Disk> disk_;
  Notice notice_;
  std::shared_ptr<RunIndex> index_;
  std::shared_ptr<KeyRing> keys_;
  std::optional<FolderClaim> claim_;
  std::shared_ptr<CommitLog> commits_;
  std::shared_ptr<LateRuns> late_;
  /// Runs that had not ended when they were looked at; none but this process can end them. Each start of a run asks for
  /// the one before it that has ended, and thousands that wait may be in between.
  std::shared_ptr<std::set<std::pair<std::string, std::uint64_t>>> going_on_ =
      std::make_shared<std::set<std::pair<std::string, std::uint64_t>>>();
};

Result<> make_folders(store::Disk& disk, const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path whole(path);
  if (std::filesystem::is_directory(whole, ignored)) return {};
  if (const auto parent = whole.parent_path(); !parent.empty() && parent != whole) {
    WL_CHECK_OK(make_folders(disk, parent.string()));
    (void)WL_TRY(disk.make_folder(path));
    return disk.sync_folder(parent.string());
  }
  (void)WL_TRY(disk.make_folder(path));
  return {};
}

Result<> Folder::open_folder() {
  WL_CHECK_OK(make_folders(*disk_, path_));
  std::error_code problem;
  const auto absolute = std::filesystem::absolute(path_, problem);
  if (!problem) path_ = absolute.lexically_normal().string();
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  bool fresh = false;
  for (const char* name : {"/keys", "/programs", "/runs"}) fresh = WL_TRY(disk_->make_folder(path_ + name)) || fresh;
  bool made = false;
  index_ = WL_TRY(RunIndex::open(path_, *disk_, notice_, made));
  if (fresh || made) WL_CHECK_OK(disk_->sync_folder(path_));
  if (made) WL_CHECK_OK(add_missing());
  return mend();
}

Result<> Folder::mend() {
  // As a rule nothing is there, or a server goes on with it.
  if (!std::filesystem::exists(path_ + "/commits") || claimed_by(path_)) return {};
  const auto segments = WL_TRY(read_lagging_segments(path_, *disk_));
  if (segments.numbers.empty() || segments.is_unread) return {};
  const auto all = FolderClaim::take(path_);
  // Another process is at it, or nothing may be written here.
  if (!all) return {};
  if (!segments.landed) return settle();
  // The machine has run on: nothing needs to be synced now, which may take long.
  if (auto done = recover(); !done) return fail(std::move(done).error());
  return {};
}

Result<> Folder::settle() {
  const auto segments = WL_TRY(recover());
  if (segments.numbers.empty()) return {};
  WL_CHECK_OK(disk_->sync_all(path_));
  return delete_commit_segments(path_, *disk_, segments.numbers);
}

Result<> Folder::claim() {
  for (int tried = 1;; ++tried) {
    auto claim = FolderClaim::take(path_);
    if (claim) {
      claim_.emplace(std::move(*claim));
      break;
    }
    // Somebody who only reads may be at it after a crash: mend().
    if (tried == kTries || claim.error().kind != ErrorKind::conflict) return fail(std::move(claim).error());
    std::this_thread::sleep_for(kBetweenTries);
  }
  // As a rule open_folder() has mended all.
  const auto segments = WL_TRY(recover());
  commits_ = WL_TRY(CommitLog::open(path_, disk_, segments));
  late_ = std::make_shared<LateRuns>();
  return {};
}

Result<CommitSegments> Folder::recover() {
  auto segments = WL_TRY(read_lagging_segments(path_, *disk_));
  if (segments.numbers.empty()) return segments;
  WL_CHECK_OK(recover_commits(segments, *disk_,
                              {[this](const std::string& job, std::uint64_t number) { return place_of(job, number); },
                               [this](const std::string& what) {
                                 if (notice_) notice_(what);
                               }}));
  return segments;
}

Result<> Folder::may_write() {
  if (claim_) return {};
  if (const auto server = claimed_by(path_)) {
    return fail(ErrorKind::conflict,
                {"the runs in {} belong to the server of process {}, whether it is at work on them or has put them "
                 "aside; use its client commands (windlass login), or end that process first",
                 "{} 中的运行属于进程 {} 的服务器，无论它正在执行还是已将其搁置；请使用客户端命令（windlass "
                 "login），或先结束该进程"},
                {path_, *server});
  }
  std::error_code ignored;
  if (std::filesystem::is_empty(path_ + "/commits", ignored) || ignored) return {};
  const auto all = WL_TRY(FolderClaim::take(path_));
  return settle();
}

Result<const KeyRing*> Folder::state_key(bool make) {
  if (keys_) return keys_.get();
  auto keys = read_state_keys(path_);
  if (!keys && keys.error().kind == ErrorKind::not_found && make) {
    const auto key = WL_TRY(SealKey::make());
    WL_CHECK_OK(disk_->write_shared_file(path_ + "/keys/state.key", key.bytes()));
    WL_CHECK_OK(disk_->sync_folder(path_ + "/keys"));
    keys = read_state_keys(path_);
  }
  keys_ = WL_TRY(std::move(keys));
  return keys_.get();
}

Result<> Folder::renew_keys() {
  keys_ = nullptr;
  return {};
}

Result<RunDatabase> Folder::open_sealed(const RunPlace& place, bool read_only) {
  (void)WL_TRY(state_key(false));
  return open_with_keys(place, {read_only, write_options(), path_}, keys_);
}

Result<RunDatabase> Folder::open_with_keys(const RunPlace& place, const How& how, std::shared_ptr<KeyRing>& keys) {
  auto db = open_database(place, how, keys.get());
  if (db || db.error().kind != ErrorKind::corrupt) return db;
  auto now = read_state_keys(how.state);
  if (!now || (*now)->bytes() == keys->bytes()) return db;
  keys = std::move(*now);
  return open_database(place, how, keys.get());
}

Result<RunPlace> Folder::place_of(std::string_view job, std::uint64_t number) {
  return RunPlace{path_ + "/runs/" + WL_TRY(encode_job(job)) + "/" + std::to_string(number), path_ + "/programs"};
}

RunWriter::OnEnded Folder::on_ended() {
  return [index = index_, going_on = going_on_](const RunHeader& header, const RunEnd& end) {
    going_on->erase({header.job, header.number});
    // The run's own database has it; the index is mended by whoever lists next.
    (void)index->set_end(header.job, header.number, end.ended_ms, end.result);
  };
}

Result<RunDatabase> Folder::open_database(const RunPlace& place, const How& how, const KeyRing* key) {
  // Before the database: an owner commits first and says so afterwards.
  const auto hint = read_hint(place.folder);
  // A reader opens for writing too where it may: in write-ahead mode the first one has to repair the shared index.
  auto db = Database::open(place.database(), how.options);
  if (!db && how.read_only && db.error().kind == ErrorKind::forbidden)
    db = Database::open(place.database(), {.read_only = true, .vfs = how.options.vfs});
  if (!db) return fail(std::move(db).error());
  // Whoever finds damage leaves all as it is: folding in what is left of a log would be the end of the rest.
  db->keep_log_at_close();
  auto run = RunDatabase::open(std::move(*db), place, key);
  if (!run && run.error().kind == ErrorKind::not_found && hint && hint->sequence + hint->log_bytes > 0)
    return fail(ErrorKind::corrupt,
                {"the journal {} is damaged at entry 1: everything that was committed is missing",
                 "日志 {} 在第 1 条处损坏：已提交的内容全部缺失"},
                {place.database()});
  if (run && hint) WL_CHECK_OK(run->check_tail(*hint));
  return run;
}

/// Has the run of that number anything committed? One that a dead process only prepared has not.
bool Folder::began(const std::string& job, std::uint64_t number) {
  auto place = place_of(job, number);
  if (!place || ::access(place->database().c_str(), F_OK) != 0) return false;
  auto db = open_database(*place, true, nullptr);
  if (db || db.error().kind == ErrorKind::not_found) return db.has_value();
  // What was not synced before its first commit may be anything after a power cut.
  const auto hint = read_hint(place->folder);
  return db.error().kind != ErrorKind::corrupt || !commits_ || (hint && hint->sequence + hint->log_bytes > 0);
}

void Folder::remove_database(const std::string& folder) {
  for (const char* end : {"", "-wal", "-shm"}) (void)::unlink((folder + "/run.db" + end).c_str());
}

Result<std::unique_ptr<RunJournal>> Folder::create_run(const RunSpec& spec) {
  WL_CHECK_OK(may_write());
  if (spec.inputs.size() > kMaxPayload || spec.secrets.size() > kMaxPayload)
    return fail(ErrorKind::exhausted, {"the inputs of a run have at most {} bytes", "一次运行的输入最多 {} 字节"},
                {kMaxPayload});
  const auto* key = WL_TRY(state_key(true));
  RunHeader header{.uid = format_hex(random_bytes(16)),
                   .job = spec.job,
                   .created_ms = spec.created_ms,
                   .semantics = spec.semantics,
                   .inputs = spec.inputs,
                   .secrets = spec.secrets};
  if (spec.number != 0) {
    // Of one that a process left before it began: a power cut may take the newest rows of the index, so the one that is
    // there must go on being right.
    const auto left = WL_TRY(ask_index([&] { return index_->find(spec.job, spec.number); }));
    if (left) header.uid = left->uid;
  }
  RunKeys keys{WL_TRY(SealKey::make()), WL_TRY(SealKey::make())};
  const auto wrapped_run = key->wrap(*keys.run, "run key " + header.uid);
  const auto wrapped_secret = key->wrap(*keys.secret, "secret key " + header.uid);
  const std::string job_folder = path_ + "/runs/" + WL_TRY(encode_job(spec.job));
  const bool new_job = WL_TRY(disk_->make_folder(job_folder));
  std::optional<OwnerLock> lock;
  bool unknown = false;  // a run on disk that the index does not know: a power cut took its row
  const auto claim = [&](std::uint64_t number) -> Result<bool> {
    const std::string folder = job_folder + "/" + std::to_string(number);
    const bool is_new = WL_TRY(disk_->make_folder(folder));
    if (!is_new && (spec.number == 0 || began(spec.job, number))) {
      unknown = true;
      return false;
    }
    lock.emplace(WL_TRY(OwnerLock::take(folder)));
    if (!is_new) remove_database(folder);
    return true;
  };
  const IndexRow row{
      .uid = header.uid, .job = spec.job, .number = spec.number, .created_ms = spec.created_ms, .result = {}};
  header.number = WL_TRY(ask_index([&] { return index_->allocate(row, claim); }));
  if (unknown) WL_CHECK_OK(add_missing());
  const auto place = WL_TRY(place_of(spec.job, header.number));
  auto db = Database::absent(place.database());
  if (!commits_) {
    const auto image = WL_TRY(make_run_image(wrapped_run, wrapped_secret));
    WL_CHECK_OK(disk_->write_shared_file(place.database(), image));
    db = WL_TRY(Database::open(place.database(), write_options()));
    // Opened, it has a write-ahead log, whose name goes with the others.
    WL_CHECK_OK(disk_->sync_folder(place.folder));
    WL_CHECK_OK(disk_->sync_folder(job_folder));
    if (new_job) WL_CHECK_OK(disk_->sync_folder(path_ + "/runs"));
  }
  auto writer = WL_TRY(RunWriter::open(RunDatabase::fresh(std::move(db), place, std::move(header), std::move(keys)),
                                       std::move(*lock), disk_, on_ended(), commits_));
  if (commits_) {
    std::vector<std::string> folders{job_folder};
    // One that was there may be one whose maker died before its name was on disk.
    if (new_job || !commits_->knows_job(spec.job)) folders.push_back(path_ + "/runs");
    // The commit log can make it again.
    auto make = [disk = disk_, place, options = write_options(), wrapped_run,
                 wrapped_secret]() -> Result<store::Database> {
      const auto image = WL_TRY(make_run_image(wrapped_run, wrapped_secret));
      WL_CHECK_OK(disk->write_unsynced(place.database(), image));
      return Database::open(place.database(), options);
    };
    writer->will_create({wrapped_run, wrapped_secret, std::move(folders), std::move(make)});
    writer->tell_late(late_);
  }
  for (const auto& [role, bytes] : spec.program) (void)WL_TRY(writer->add_program(role, bytes));
  for (const auto& part : spec.shared_program)
    WL_CHECK_OK(writer->add_shared_program(part.role, part.hash, part.bytes));
  return std::make_unique<Journal>(std::move(writer));
}

Result<std::unique_ptr<RunJournal>> Folder::resume_run(const RunInfo& run) { return WL_TRY(resume_elsewhere(run))(); }

Result<StateFolder::Open> Folder::resume_elsewhere(const RunInfo& run) {
  WL_CHECK_OK(may_write());
  const auto place = WL_TRY(place_of(run.job, run.number));
  if (::access(place.database().c_str(), F_OK) != 0)
    return fail(ErrorKind::not_found, {"there is no run {}", "没有运行 {}"}, {run.id()});
  (void)WL_TRY(state_key(false));
  return [place, how = How{false, write_options(), path_}, keys = keys_, disk = disk_, ended = on_ended(),
          commits = commits_, late = late_]() mutable -> Result<std::unique_ptr<RunJournal>> {
    auto lock = WL_TRY(OwnerLock::take(place.folder));
    auto db = WL_TRY(open_with_keys(place, how, keys));
    auto writer = WL_TRY(RunWriter::open(std::move(db), std::move(lock), disk, std::move(ended), commits));
    if (commits) writer->tell_late(late);
    return std::make_unique<Journal>(std::move(writer));
  };
}

Result<std::unique_ptr<RunReader>> Folder::read_run(const RunInfo& run) {
  const auto place = WL_TRY(place_of(run.job, run.number));
  WL_CHECK_OK(wait_for_end(place));
  if (::access(place.database().c_str(), F_OK) != 0)
    return fail(ErrorKind::not_found, {"there is no run {}", "没有运行 {}"}, {run.id()});
  return std::make_unique<Reader>(WL_TRY(open_sealed(place, true)));
}

template <class Ask>
auto Folder::ask_index(Ask ask) -> decltype(ask()) {
  auto answer = ask();
  if (answer || answer.error().kind != ErrorKind::corrupt) return answer;
  auto kept = WL_TRY(index_->renew(answer.error(), *disk_, notice_));
  WL_CHECK_OK(add_missing(std::move(kept)));
  return ask();
}

/// Adds runs that have a folder but no row: the index was lost or damaged, or the machine stopped before it was on
/// disk. Those that were made first come first. `found`: rows that are known, of an index that was damaged.
Result<> Folder::add_missing(std::vector<IndexRow> found) {
  auto rows = index_->check_all();
  if (!rows && rows.error().kind == ErrorKind::corrupt) {
    auto kept = WL_TRY(index_->renew(rows.error(), *disk_, notice_));
    std::ranges::move(kept, std::back_inserter(found));
    rows = index_->check_all();
  }
  std::set<std::string> known;
  if (!rows) return fail(std::move(rows).error());
  for (const auto* list : {&*rows, &found}) {
    for (const auto& row : *list) known.insert(WL_TRY(place_of(row.job, row.number)).folder);
  }
  std::error_code problem;
  for (const auto& job : std::filesystem::directory_iterator(path_ + "/runs", problem)) {
    std::error_code inner;
    for (const auto& run : std::filesystem::directory_iterator(job.path(), inner)) {
      if (known.contains(run.path().string())) continue;
      const std::string name = run.path().filename().string();
      std::uint64_t number = 0;
      const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
      if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
      if (auto row = found_row({run.path().string(), path_ + "/programs"}, number)) found.push_back(std::move(*row));
    }
  }
  std::ranges::sort(found, {}, [](const IndexRow& row) {
    return std::tuple(row.created_ms, row.ordinal - 1, std::string_view(row.job),
                      row.number);  // without an ordinal last
  });
  for (const auto& row : found) WL_CHECK_OK(index_->add_found(row));
  return {};
}

std::optional<IndexRow> Folder::found_row(const RunPlace& place, std::uint64_t number) {
  auto db = open_database(place, true, nullptr);
  if (!db) return std::nullopt;  // never began, or damaged beyond its own name
  const auto& header = db->header();
  if (header.number != number) return std::nullopt;
  IndexRow row{.uid = header.uid, .job = header.job, .number = number, .created_ms = header.created_ms};
  if (auto end = db->end(); end && *end) {
    row.ended_ms = (*end)->ended_ms;
    row.result = (*end)->result;
  }
  return row;
}

/// Of one run, without a look at all others: a server asks for each that it begins.
Result<std::optional<IndexRow>> Folder::row_of(std::string_view job, std::uint64_t number) {
  if (auto row = WL_TRY(ask_index([&] { return index_->find(job, number); }))) return row;
  const auto place = place_of(job, number);
  if (!place || ::access(place->database().c_str(), F_OK) != 0) return std::nullopt;
  const auto found = found_row(*place, number);
  if (!found) return std::nullopt;
  WL_CHECK_OK(index_->add_found(*found));
  return index_->find(job, number);
}

/// The truth about a row of the index; nothing for a run that never began.
Result<std::optional<RunInfo>> Folder::look_at(const IndexRow& row) {
  RunInfo info{.uid = row.uid, .job = row.job, .number = row.number, .created_ms = row.created_ms};
  if (row.ended_ms != 0) {
    info.state = RunInfo::State::ended;
    info.end = RunEnd{row.result, row.ended_ms};
    return info;
  }
  const auto place = WL_TRY(place_of(row.job, row.number));
  const auto owner = probe_owner(place.folder);
  // One that a server has put aside is its own all the same.
  const auto server = claim_ ? std::nullopt : claimed_by(path_);
  if (owner.held || server) {
    info.state = RunInfo::State::running;
    info.owner_pid = owner.held ? owner.pid : *server;
    info.of_server = server.has_value();
    return info;
  }
  const auto damaged = [&](std::string problem) {
    info.state = RunInfo::State::damaged;
    info.problem = std::move(problem);
    return info;
  };
  const bool had_commits = owner.hint && owner.hint->sequence + owner.hint->log_bytes > 0;
  if (::access(place.database().c_str(), F_OK) != 0) {
    if (had_commits) return damaged("its database " + place.database() + " is gone");
    return std::nullopt;
  }
  auto db = open_database(place, true, nullptr);
  if (!db && db.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!db) return damaged(db.error().text());
  auto end = db->end();
  if (!end) return damaged(end.error().text());
  if (*end) {
    info.state = RunInfo::State::ended;
    info.end = **end;
    WL_CHECK_OK(index_->set_end(row.job, row.number, (*end)->ended_ms, (*end)->result));
  } else if (auto why = store::read_file(suspension_file(place.folder), kMaxName)) {
    info.problem = std::move(*why);
  }
  return info;
}

Result<std::vector<RunInfo>> Folder::list(std::size_t limit) {
  WL_CHECK_OK(add_missing());
  std::vector<RunInfo> runs;
  for (const auto& row : WL_TRY(index_->newest(SIZE_MAX, false))) {
    if (runs.size() == limit) break;
    if (auto info = WL_TRY(look_at(row))) runs.push_back(std::move(*info));
  }
  return runs;
}

Result<> Folder::look_through(std::string_view job, std::uint64_t before,
                              const std::function<bool(const RunInfo&)>& go_on) {
  for (std::size_t most = 16;; most = 1024) {
    const auto rows = WL_TRY(ask_index([&] { return index_->before(job, before, most); }));
    for (const auto& row : rows) {
      const auto info = WL_TRY(look_at(row));
      if (info && !go_on(*info)) return {};
    }
    if (rows.size() < most) return {};
    before = rows.back().number;
  }
}

Result<std::optional<RunInfo>> Folder::first_of(std::size_t batch, bool unfinished_only,
                                                const std::function<bool(const RunInfo&)>& wanted) {
  // As a rule the first row is it; the rest is read only when it is not.
  for (const std::size_t limit : {batch, SIZE_MAX}) {
    const auto rows = WL_TRY(index_->newest(limit, unfinished_only));
    for (std::size_t i = limit == SIZE_MAX ? batch : 0; i < rows.size(); ++i) {
      auto info = WL_TRY(look_at(rows[i]));
      if (info && wanted(*info)) return info;
    }
    if (rows.size() < limit) break;
  }
  return std::nullopt;
}

Result<std::optional<RunInfo>> Folder::newest_unfinished() {
  WL_CHECK_OK(add_missing());
  return first_of(1, true, [](const RunInfo& run) { return run.state == RunInfo::State::interrupted; });
}

Result<std::optional<RunInfo>> Folder::newest() {
  WL_CHECK_OK(add_missing());
  return first_of(1, false, [](const RunInfo&) { return true; });
}

Result<std::optional<RunInfo>> Folder::previous(std::string_view job, std::uint64_t before, std::string_view result) {
  for (;;) {
    const auto rows = WL_TRY(ask_index([&] { return index_->before(job, before, 16); }));
    for (const auto& row : rows) {
      if (claim_ && going_on_->contains({row.job, row.number})) continue;
      auto info = WL_TRY(look_at(row));
      if (info && info->end && (result.empty() || info->end->result == result)) return info;
      if (claim_ && info && !info->end) going_on_->emplace(row.job, row.number);
    }
    if (rows.size() < 16) return std::nullopt;
    before = rows.back().number;
  }
}

Result<RunInfo> Folder::find(std::string_view id) {
  const auto one = [&](const IndexRow& row) -> Result<RunInfo> {
    auto info = WL_TRY(look_at(row));
    if (!info)
      return fail(ErrorKind::not_found, {"the run {}#{} never began", "运行 {}#{} 从未开始"}, {row.job, row.number});
    return std::move(*info);
  };
  const auto hash = id.rfind('#');
  const std::string_view digits = hash == std::string_view::npos ? id : id.substr(hash + 1);
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = !digits.empty() && parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
  if (hash != std::string_view::npos && hash > 0 && is_number) {
    if (const auto row = WL_TRY(row_of(id.substr(0, hash), number))) return one(*row);
    return fail(ErrorKind::not_found,
                {"there is no run {}; `windlass runs` lists them", "没有运行 {}；windlass runs 可列出全部运行"}, {id});
  }
  WL_CHECK_OK(add_missing());
  if (is_number) {
    const auto rows = WL_TRY(index_->by_number(number));
    if (rows.size() == 1) return one(rows.front());
    if (rows.size() > 1)
      return fail(ErrorKind::invalid,
                  {"several jobs have a run {}: say {}#{} or {}#{}", "多个任务都有运行 {}：请写 {}#{} 或 {}#{}"},
                  {number, rows[0].job, number, rows[1].job, number});
  }
  const bool hex =
      id.size() >= 4 && id.size() <= 32 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (hex) {
    const auto rows = WL_TRY(ask_index([&] { return index_->by_uid_prefix(id); }));
    if (rows.size() == 1) return one(rows.front());
    if (rows.size() > 1)
      return fail(ErrorKind::invalid,
                  {"several runs begin with {}; give more digits", "有多个运行以 {} 开头；请多给几位"}, {id});
  }
  return fail(ErrorKind::not_found,
              {"there is no run '{}'; `windlass runs` lists them", "没有运行“{}”；windlass runs 可列出全部运行"}, {id});
}

Result<> Folder::remove_run(const RunInfo& run) {
  WL_CHECK_OK(may_write());
  const auto place = WL_TRY(place_of(run.job, run.number));
  (void)wait_for_end(place);
  if (::access(place.folder.c_str(), F_OK) == 0) {
    const auto lock = WL_TRY(OwnerLock::take(place.folder));
    if (commits_ && commits_->mentions(run.job, run.number)) {
      // Or a power cut would bring it back.
      const auto ticket = commits_->add({.kind = CommitRecord::Kind::removed, .job = run.job, .number = run.number});
      auto written = commits_->write(ticket);
      if (written) commits_->landed(ticket);
      WL_CHECK_OK(written);
    }
    // The database goes first: what is left after a crash in between is a folder that never began.
    for (const char* name : {"/run.db", "/run.db-wal", "/run.db-shm"}) ::unlink((place.folder + name).c_str());
    std::error_code problem;
    std::filesystem::remove_all(place.folder, problem);
    if (problem) return fail(store::make_system_error(problem.value(), place.folder, "delete"));
  }
  if (late_) late_->forget(place.folder);
  return index_->remove(run.job, run.number);
}

}  // namespace

Result<std::unique_ptr<StateFolder>> StateFolder::open(const std::string& path, std::shared_ptr<store::Disk> disk,
                                                       Notice notice) {
  if (path.empty()) return fail(ErrorKind::invalid, {"the state folder has no name", "状态目录没有名称"});
  auto folder = std::make_unique<Folder>(
      path, disk ? std::move(disk) : std::shared_ptr<store::Disk>(store::make_disk()), std::move(notice));
  if (auto done = folder->open_folder(); !done)
    return fail(std::move(done).error().while_doing({"opening the state folder {}", "打开状态目录 {} "}, {path}));
  return folder;
}

Result<std::string> encode_job(std::string_view job) {
  if (job.empty()) return fail(ErrorKind::invalid, {"a job needs a name", "任务需要名称"});
  if (job.size() > kMaxName)
    return fail(ErrorKind::invalid, {"a job's name has at most {} bytes", "任务名称最多 {} 字节"}, {kMaxName});
  if (job.find('\0') != std::string_view::npos)
    return fail(ErrorKind::invalid, {"a job's name has no zero bytes", "任务名称不能含零字节"});
  std::string out;
  for (std::size_t i = 0; i < job.size(); ++i) {
    const char c = job[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || (c == '.' && i > 0);
    if (plain) {
      out.push_back(c);
    } else {
      out += "%" + format_hex(std::string_view(&c, 1));
    }
  }
  if (out.size() <= kPlainName) return out;
  // '~' stands in no short name, so the two kinds never meet.
  return out.substr(0, kPlainName - 33) + "~" + format_hex(content_hash(job)).substr(0, 32);
}

Result<std::unique_ptr<RunReader>> read_run_bytes(std::string_view database, const std::string& label) {
  auto db = WL_TRY(Database::open_bytes(database, label, 100'000));
  return std::make_unique<Reader>(WL_TRY(RunDatabase::open(std::move(db), {}, nullptr)));
}

}  // namespace windlass::journal

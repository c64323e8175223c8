#include "journal/run_writer.h"

#include <algorithm>
#include <unistd.h>

#include "journal/log_packing.h"
#include "journal/newlines.h"

namespace windlass::journal {

namespace {

using store::Blob;
using store::Transaction;

constexpr std::size_t kMaxLogRow = 256 * 1024;
constexpr std::size_t kJoinedLogRow = 16 * 1024;
constexpr std::size_t kKnownStreams = 64;
constexpr std::size_t kMostLaidBy = 256 * 1024;  ///< bytes of rows of a run that only the log has

enum Slot : std::uint8_t { kFindResult, kFindRecord, kFindStream, kSlots };

Result<> check_name(std::string_view what, std::string_view name) {
  if (name.size() <= kMaxName) return {};
  return fail(ErrorKind::invalid, {"a {} has at most {} bytes, not {}", "{} 最多 {} 字节，而不是 {}"},
              {what, kMaxName, name.size()});
}

Result<> check_payload(std::string_view what, std::size_t size) {
  if (size <= kMaxPayload) return {};
  return fail(ErrorKind::exhausted,
              {"a {} has at most {} bytes, not {}; keep large values in files",
               "{} 最多 {} 字节，而不是 {}；较大的值请存入文件"},
              {what, kMaxPayload, size});
}

}  // namespace

RunWriter::RunWriter(RunDatabase db, OwnerLock lock, std::shared_ptr<store::Disk> disk, OnEnded on_ended,
                     std::shared_ptr<CommitLog> log)
    : db_(std::move(db)),
      lock_(std::move(lock)),
      disk_(std::move(disk)),
      on_ended_(std::move(on_ended)),
      commits_(std::move(log)),
      statements_(kSlots) {
  if (!db_.db_.is_absent()) db_.db_.keep_log_at_close(false);
  state_.chain = state_.log_chain = db_.header_digest_;
}

RunWriter::~RunWriter() {
  // Its database does not have what is in the log, or is about to be: the next start finds it there.
  if (flight_) commits_->keep_all();
  static_cast<void>(land());
  if (late_) late_->left(db_.place_.folder);
  // A run that goes on later keeps its write-ahead log: folding it in costs two syncs that nobody waits for.
  if ((!ended_ || is_laid_by()) && !db_.db_.is_absent()) db_.db_.keep_log_at_close();
}

Result<std::unique_ptr<RunWriter>> RunWriter::open(RunDatabase db, OwnerLock lock, std::shared_ptr<store::Disk> disk,
                                                   OnEnded on_ended, std::shared_ptr<CommitLog> log) {
  std::unique_ptr<RunWriter> writer(
      new RunWriter(std::move(db), std::move(lock), std::move(disk), std::move(on_ended), std::move(log)));
  if (writer->db_.begun_) WL_CHECK_OK(writer->load_heads());
  writer->next_ = writer->state_;
  writer->is_empty_ = !writer->db_.begun_;
  writer->stored_epoch_ = writer->state_.epoch;
  writer->next_.epoch = writer->stored_epoch_ + 1;
  writer->db_.header_.epoch = writer->next_.epoch;
  writer->durable_ = {writer->state_.sequence, writer->state_.log_bytes, 0};
  writer->lock_.leave(
      {::getpid(), writer->next_.epoch, writer->state_.sequence, writer->state_.log_bytes, writer->state_.chain});
  return writer;
}

Result<> RunWriter::load_heads() {
  auto snapshot = WL_TRY(Transaction::begin(db_.db_, Transaction::Kind::read));
  WL_CHECK_OK(db_.db_.check_first_page());
  state_ = WL_TRY(db_.read_state());
  ended_ = state_.ended_ms != 0;
  if (const auto& hint = lock_.previous()) WL_CHECK_OK(db_.check_tail(*hint));
  for (const auto& [id, row] : db_.branches_) branches_[row.path] = {.id = id, .last_line = row.last_line};
  newlines_ = WL_TRY(db_.count_newlines(state_));
  if (branches_.size() != db_.branches_.size()) return fail(db_.damaged("the branches", "two have the same path"));
  loaded_.emplace();
  WL_CHECK_OK(db_.visit_committed(state_, [&](Entry&& entry) {
    loaded_->push_back(std::move(entry));
    return true;
  }));
  for (const auto& entry : *loaded_) {
    if (entry.type != EntryType::result) continue;
    auto& branch = branches_.find(entry.key.branch)->second;
    branch.last_result = std::max(branch.last_result, entry.key.ordinal);
  }
  auto row = WL_TRY(db_.db_.prepare("SELECT token,stored FROM streams"));
  while (WL_TRY(row.next())) streams_[std::string(row.bytes(0))] = {.end = static_cast<std::uint64_t>(row.integer(1))};
  return {};
}

Result<std::vector<Entry>> RunWriter::load_entries() {
  if (!loaded_) return db_.load_entries();
  auto entries = std::move(*loaded_);
  loaded_.reset();
  return entries;
}

Result<> RunWriter::usable() const {
  if (poison_) return fail(*poison_);
  if (ended_)
    return fail(
        ErrorKind::conflict,
        {"the run {}#{} has ended; nothing can be added to its journal", "运行 {}#{} 已结束；其日志不能再添加内容"},
        {db_.header_.job, db_.header_.number});
  return {};
}

RunWriter::Branches::iterator RunWriter::branch_of(std::string_view path) {
  if (const auto found = branches_.find(path); found != branches_.end()) return found;
  const auto made = branches_.emplace(std::string(path), Branch{.id = branches_.size() + 1, .is_new = true}).first;
  changed_branches_.push_back(made);
  return made;
}

/// Of what is not in the database, the newest first.
bool RunWriter::knows(const std::function<bool(const Known&)>& look) const {
  return look(known_) || (flight_ && look(flight_->known)) || look(laid_by_.known);
}

Result<bool> RunWriter::has_result(const Branch& branch, std::uint64_t ordinal) {
  if (ordinal > branch.last_result) return false;
  if (knows([&](const Known& known) { return known.results.contains({branch.id, ordinal}); })) return true;
  if (branch.is_new || is_empty_) return false;
  auto* find = WL_TRY(statement(kFindResult, "SELECT 1 FROM entries WHERE branch=?1 AND ordinal=?2 AND type=3"));
  find->start(branch.id, ordinal);
  const bool found = WL_TRY(find->next());
  find->reset();
  return found;
}

Result<std::uint64_t> RunWriter::append(const NewEntry& entry) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_name("branch path", entry.branch));
  WL_CHECK_OK(check_name("step name", entry.step));
  WL_CHECK_OK(check_payload("payload", entry.payload.size()));
  const auto branch = branch_of(entry.branch);
  if (entry.type == EntryType::result) {
    if (entry.ordinal == 0) return fail(ErrorKind::invalid, "a result needs the ordinal of its effect");
    if (WL_TRY(has_result(branch->second, entry.ordinal)))
      return fail(ErrorKind::conflict, "effect " + std::to_string(entry.ordinal) + " of branch '" +
                                           std::string(entry.branch) + "' has its result already");
    known_.results.emplace(branch->second.id, entry.ordinal);
    branch->second.last_result = std::max(branch->second.last_result, entry.ordinal);
  }
  StoredEntry stored{.sequence = next_.sequence + 1,
                     .type = entry.type,
                     .effect = entry.effect,
                     .branch = std::string(entry.branch),
                     .ordinal = entry.ordinal,
                     .step = std::string(entry.step),
                     .line = entry.line,
                     .column = entry.column,
                     .arguments = entry.arguments,
                     .payload_kind = entry.payload_kind,
                     .secrecy = entry.secrecy,
                     .time_ms = entry.time_ms};
  const auto& key = entry.secrecy == Secrecy::secret ? db_.keys_.secret : db_.keys_.run;
  if (!key) return fail(ErrorKind::internal, {"the run's key is not there", "该运行的密钥不存在"});
  auto sealed = key->seal(entry_context(stored.sequence), entry.payload);
  if (entry.payload.size() > kInlinePayload) {
    stored.blob = content_hash(sealed);
    blobs_.emplace_back(stored.blob, std::move(sealed));
  } else {
    stored.payload = std::move(sealed);
  }
  entries_.push_back(std::move(stored));
  return ++next_.sequence;
}

void RunWriter::add_log(std::string_view branch, bool of_branch, std::string_view token, std::uint64_t position,
                        std::string_view bytes) {
  next_.log_bytes += bytes.size();
  if (!log_.empty()) {
    auto& last = log_.back();
    const bool same = last.of_branch == of_branch && last.log.branch == branch && last.log.token == token &&
                      last.log.after_entry == next_.sequence && last.log.node == log_node_ &&
                      (position == 0) == (last.log.position == 0);
    if (same && last.log.bytes.size() + bytes.size() <= kJoinedLogRow) {
      last.log.bytes += bytes;
      last.log.position = position;
      return;
    }
  }
  StoredLog log{.row = next_.log_rows + 1,
                .start = next_.log_bytes - bytes.size(),
                .branch = std::string(branch),
                .token = std::string(token),
                .position = position,
                .after_entry = next_.sequence,
                .bytes = std::string(bytes),
                .node = log_node_,
                .time_ms = log_time_};
  ++next_.log_rows;
  log_.push_back({std::move(log), of_branch});
}

Result<bool> RunWriter::append_line(std::string_view branch, std::uint64_t ordinal, std::string_view bytes) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_name("branch path", branch));
  WL_CHECK_OK(check_payload("log line", bytes.size()));
  const auto found = branch_of(branch);
  auto& state = found->second;
  if (ordinal != 0 && ordinal <= state.last_line) return false;
  if (ordinal != state.last_line + 1)
    return fail(ErrorKind::internal, "line " + std::to_string(ordinal) + " of branch '" + std::string(branch) +
                                         "' came after line " + std::to_string(state.last_line));
  state.last_line = ordinal;
  if (!state.is_new && !state.changed) changed_branches_.push_back(found);
  state.changed = true;
  add_log(branch, true, {}, ordinal, bytes);
  return true;
}

Result<bool> RunWriter::append_output(std::string_view branch, std::string_view token, std::uint64_t begin,
                                      std::uint64_t end, std::string_view bytes) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_name("branch path", branch));
  WL_CHECK_OK(check_name("token", token));
  if (token.empty() || end < begin)
    return fail(ErrorKind::internal, "output needs a token and a range that does not end before it begins");
  const auto stream = stream_of(token);
  const std::uint64_t stored = stream->second.end;
  if (end <= stored) return false;
  if (begin != stored)
    return fail(ErrorKind::conflict, "the stream " + std::string(token) + " is stored up to byte " +
                                         std::to_string(stored) + ", not " + std::to_string(begin) +
                                         "; ask for it from there");
  branch_of(branch);
  if (poison_) return fail(*poison_);
  if (!stream->second.changed) changed_streams_.push_back(stream);
  stream->second = {end, true};
  // Rows stay small enough to read one by one; only the last piece carries the stream's new end.
  while (bytes.size() > kMaxLogRow) {
    add_log(branch, true, token, begin, bytes.substr(0, kMaxLogRow));
    bytes.remove_prefix(kMaxLogRow);
  }
  add_log(branch, true, token, end, bytes);
  return true;
}

Result<> RunWriter::append_text(std::string_view bytes) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_payload("log text", bytes.size()));
  add_log({}, false, {}, 0, bytes);
  return {};
}

std::uint64_t RunWriter::last_line(std::string_view branch) const {
  const auto found = branches_.find(branch);
  return found == branches_.end() ? 0 : found->second.last_line;
}

RunWriter::Streams::iterator RunWriter::stream_of(std::string_view token) const {
  if (const auto found = streams_.find(token); found != streams_.end()) return found;
  Stream stream;
  if (is_empty_) return streams_.emplace(std::string(token), stream).first;
  if (auto prepared = statement(kFindStream, "SELECT stored FROM streams WHERE token=?1"); !prepared) {
    poison_ = prepared.error();
  } else {
    auto* find = *prepared;
    find->start(token);
    if (auto row = find->next(); !row) {
      poison_ = row.error();
    } else if (*row) {
      stream.end = static_cast<std::uint64_t>(find->integer(0));
    }
    find->reset();
  }
  return streams_.emplace(std::string(token), stream).first;
}

std::uint64_t RunWriter::stream_end(std::string_view token) const { return stream_of(token)->second.end; }

Result<> RunWriter::put_node(const FlowNode& node) {
  WL_CHECK_OK(usable());
  if (node.id <= 0) return fail(ErrorKind::invalid, "a flow node needs a number above 0");
  WL_CHECK_OK(check_payload("flow node", node.display_name.size() + node.step.size() + node.branch.size() +
                                             node.result.size() + node.cause.size() + node.detail.size()));
  nodes_.push_back({node, next_.sequence});
  return {};
}

Result<bool> RunWriter::has_record(std::string_view kind, std::string_view key) {
  const std::pair<std::string, std::string> name{kind, key};
  bool is_there = false;
  const auto look = [&](const Known& known) {
    const auto found = known.records.find(name);
    if (found != known.records.end()) is_there = found->second;
    return found != known.records.end();
  };
  if (knows(look)) return is_there;
  if (is_empty_) return false;
  auto* find = WL_TRY(statement(kFindRecord, "SELECT 1 FROM records WHERE kind=?1 AND key=?2"));
  find->start(kind, key);
  const bool found = WL_TRY(find->next());
  find->reset();
  return found;
}

Result<> RunWriter::put_record(const Record& record, bool overwrite) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_name("record kind", record.kind));
  WL_CHECK_OK(check_name("record key", record.key));
  WL_CHECK_OK(check_payload("record", record.payload.size()));
  if (record.kind.empty()) return fail(ErrorKind::invalid, "a record needs a kind");
  const bool there = WL_TRY(has_record(record.kind, record.key));
  if (there && !overwrite)
    return fail(ErrorKind::already_exists, "the run has a " + record.kind + " record '" + record.key + "' already");
  if (!there) ++next_.records;
  known_.records[{record.kind, record.key}] = true;
  records_.push_back(
      {{record.kind, record.key, db_.keys_.run->seal(record_context(record.kind, record.key), record.payload)},
       next_.sequence,
       false});
  return {};
}

Result<> RunWriter::remove_record(std::string_view kind, std::string_view key) {
  WL_CHECK_OK(usable());
  if (!WL_TRY(has_record(kind, key)))
    return fail(ErrorKind::not_found, {"the run has no {} record '{}'", "该运行没有 {} 记录“{}”"}, {kind, key});
  --next_.records;
  known_.records[{std::string(kind), std::string(key)}] = false;
  records_.push_back({{std::string(kind), std::string(key), {}}, next_.sequence, true});
  return {};
}

Result<ProgramPart> RunWriter::add_program(std::string_view role, std::string_view bytes) {
  WL_CHECK_OK(check_payload("program part", bytes.size()));
  ProgramWrite part{std::string(role), content_hash(bytes), std::string(bytes), bytes.size() <= kInlinePayload, {}};
  auto hash = WL_TRY(add_part(std::move(part)));
  return ProgramPart{std::string(role), std::move(hash)};
}

Result<> RunWriter::add_shared_program(std::string_view role, std::string_view hash, MakeBytes bytes) {
  auto added = add_part({std::string(role), std::string(hash), {}, false, std::move(bytes)});
  if (!added) return fail(std::move(added).error());
  return {};
}

Result<std::string> RunWriter::add_part(ProgramWrite part) {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(check_name("program role", part.role));
  if (part.role.empty()) return fail(ErrorKind::invalid, "a program part needs a role");
  auto hash = format_hex(part.hash);
  std::string known;
  if (const auto* written = written_part(part.role); written != nullptr) {
    known = format_hex(written->hash);
  } else if (!is_empty_) {
    auto find = WL_TRY(db_.db_.prepare("SELECT hash FROM programs WHERE role=?1"));
    find.start(part.role);
    if (WL_TRY(find.next())) known = format_hex(find.bytes(0));
  }
  if (known == hash) return hash;
  if (!known.empty())
    return fail(ErrorKind::conflict, "the run's program part " + part.role + " is another one than this");
  ++next_.programs;
  known_.programs.push_back(std::move(part));
  return hash;
}

const RunWriter::ProgramWrite* RunWriter::written_part(std::string_view role) const {
  const ProgramWrite* part = nullptr;
  (void)knows([&](const Known& known) {
    const auto found = std::ranges::find(known.programs, role, &ProgramWrite::role);
    if (found != known.programs.end()) part = &*found;
    return part != nullptr;
  });
  return part;
}

Result<std::string> RunWriter::program_bytes(std::string_view role) {
  const auto* written = written_part(role);
  return written != nullptr ? written->content() : db_.program_bytes(role);
}

Result<> RunWriter::finish(const RunEnd& end) {
  WL_CHECK_OK(usable());
  if (next_.ended_ms != 0) return fail(ErrorKind::conflict, {"the run has its end already", "该运行已经结束"});
  WL_CHECK_OK(check_name("result", end.result));
  next_.result = end.result;
  next_.ended_ms = end.ended_ms == 0 ? 1 : end.ended_ms;
  return {};
}

bool RunWriter::dirty() const {
  const auto& last = flight_ ? flight_->state : state_;
  return !entries_.empty() || !log_.empty() || !nodes_.empty() || !records_.empty() || !known_.programs.empty() ||
         next_.ended_ms != last.ended_ms || (!db_.begun_ && !flight_);
}

Result<store::Statement*> RunWriter::statement(int slot, std::string_view sql) const {
  auto& statement = statements_[static_cast<std::size_t>(slot)];
  if (!statement) statement = WL_TRY(db_.db_.prepare(sql));
  return &statement;
}

Result<Durable> RunWriter::commit() {
  if (poison_) return fail(*poison_);
  auto done = run_commit();
  if (!done && !poison_) poison_ = done.error();
  if (poison_) return fail(*poison_);
  return durable_;
}

Result<std::optional<std::uint64_t>> RunWriter::enqueue() {
  if (poison_) return fail(*poison_);
  if (!commits_ || flight_ || !dirty()) return std::nullopt;
  if (auto done = take_off(); !done) {
    poison_ = done.error();
    return fail(*poison_);
  }
  return flight_->ticket;
}

Result<Durable> RunWriter::arrive() {
  if (poison_) return fail(*poison_);
  if (!flight_) return durable_;
  if (auto done = write_flight(); !done) {
    poison_ = done.error();
    return fail(*poison_);
  }
  return durable_;
}

Result<> RunWriter::run_commit() {
  if (flight_) WL_CHECK_OK(write_flight());
  if (!dirty()) return {};
  if (commits_) {
    WL_CHECK_OK(take_off());
    return write_flight();
  }
  WL_CHECK_OK(usable());
  WL_CHECK_OK(write_files());
  const bool ends_now = next_.ended_ms != 0;
  // The last one is made durable by the fold-in that follows, which syncs the log first: once is enough.
  if (ends_now) WL_CHECK_OK(db_.db_.exec("PRAGMA synchronous=NORMAL"));
  // SQLite would sync the beginning of a new log, its name and what is in it one after the other. The name is durable
  // already (create_run()), so once is enough.
  const bool is_first = !db_.begun_ && !ends_now;
  if (is_first) WL_CHECK_OK(db_.db_.exec("PRAGMA synchronous=OFF"));
  StateRow state;
  {
    auto transaction = WL_TRY(Transaction::begin(db_.db_, Transaction::Kind::write));
    state = WL_TRY(write_batch());
    WL_CHECK_OK(transaction.commit());
  }
  if (is_first) {
    WL_CHECK_OK(db_.db_.sync_log());
    WL_CHECK_OK(db_.db_.exec("PRAGMA synchronous=FULL"));
  }
  forget_batch();
  known_ = {};
  take_in(state);
  is_empty_ = false;
  WL_CHECK_OK(landed());
  if (state.ended_ms != 0) end_now();
  return {};
}

/// The batch becomes a record that waits for the commit log to be written.
Result<> RunWriter::take_off() {
  WL_CHECK_OK(usable());
  WL_CHECK_OK(write_files());
  if (db_.version_ < kRunSchemaVersion) {
    auto transaction = WL_TRY(Transaction::begin(db_.db_, Transaction::Kind::write));
    WL_CHECK_OK(upgrade_run(db_.db_, db_.version_));
    WL_CHECK_OK(transaction.commit());
    db_.version_ = kRunSchemaVersion;
  }
  CommitRecord record{.job = db_.header_.job, .number = db_.header_.number};
  if (db_.begun_) {
    record.before = state_digest(db_.header_digest_, state_);
  } else {
    record.wrapped_run = creation_.wrapped_run;
    record.wrapped_secret = creation_.wrapped_secret;
  }
  RowEncoder encoder;
  encoder_ = &encoder;
  auto state = write_batch();
  encoder_ = nullptr;
  if (!state) return fail(std::move(state).error());
  record.after = state_digest(db_.header_digest_, *state);
  record.ends = state->ended_ms != 0;
  record.rows = encoder.bytes();
  const auto ticket = commits_->add(record, std::exchange(creation_.folders, {}));
  flight_.emplace(ticket, std::move(record.rows), *state, std::exchange(known_, {}));
  forget_batch();
  return {};
}

/// What is on its way becomes durable, if it is not. The database has it later: what a run commits within a short time
/// is one transaction there, and nobody waits for it who does not read it.
Result<> RunWriter::write_flight() {
  if (auto durable = commits_->write(flight_->ticket); !durable) {
    flight_.reset();  // nobody was told of it: opening the run again decides whether it is there
    return durable;
  }
  auto flight = std::move(*flight_);
  flight_.reset();
  laid_by_.bytes += flight.rows.size();
  laid_by_.rows.emplace_back(flight.ticket, std::move(flight.rows));
  laid_by_.known.results.merge(flight.known.results);
  for (auto& [name, is_there] : flight.known.records) laid_by_.known.records[name] = is_there;
  std::ranges::move(flight.known.programs, std::back_inserter(laid_by_.known.programs));
  take_in(flight.state);
  if (flight.state.ended_ms != 0) {
    end_now();
    return late_ ? Result<>{} : land();
  }
  return laid_by_.bytes > kMostLaidBy ? land() : Result<>{};
}

Result<> RunWriter::make_database() {
  if (!db_.db_.is_absent()) return {};
  db_.db_ = WL_TRY(creation_.make());
  db_.db_.keep_log_at_close(false);
  return {};
}

Result<> RunWriter::prepare_to_read() {
  WL_CHECK_OK(land());
  return make_database();
}

Result<> RunWriter::land() {
  if (laid_by_.rows.empty()) return {};
  const auto landing = [&]() -> Result<> {
    WL_CHECK_OK(make_database());
    // The first transaction makes the write-ahead log. SQLite would sync its beginning and its name here and now, on
    // the loop's thread; but there is nothing older in it, and until it is on disk the commit log has the whole run.
    if (is_empty_) WL_CHECK_OK(db_.db_.exec("PRAGMA synchronous=OFF"));
    auto transaction = WL_TRY(Transaction::begin(db_.db_, Transaction::Kind::write));
    for (const auto& [ticket, rows] : laid_by_.rows) WL_CHECK_OK(play_rows(db_.db_, rows_, rows));
    WL_CHECK_OK(transaction.commit());
    return is_empty_ ? db_.db_.exec("PRAGMA synchronous=NORMAL") : Result<>{};
  };
  if (auto done = landing(); !done) {
    commits_->keep_all();
    if (!poison_) poison_ = done.error();
    if (ended_ && late_) late_->give_up(db_.place_.folder, done.error());
    return done;
  }
  is_empty_ = false;
  const auto laid_by = std::exchange(laid_by_, {});
  WL_CHECK_OK(landed());
  for (const auto& [ticket, rows] : laid_by.rows) commits_->landed(ticket);
  if (ended_ && late_) late_->landed(db_.place_.folder);
  return {};
}

Result<StateRow> RunWriter::write_batch() {
  StateRow state = next_;
  state.chain = state_.chain;
  state.log_chain = state_.log_chain;
  state.nodes = state_.nodes;
  WL_CHECK_OK(write_rows(state));
  return state;
}

void RunWriter::take_in(const StateRow& state) {
  db_.version_ = kRunSchemaVersion;
  db_.begun_ = true;
  stored_epoch_ = state.epoch;
  state_ = state;
  durable_ = {state.sequence, state.log_bytes, durable_.commit + 1};
}

Result<> RunWriter::landed() {
  // The old page with the secret key is in the database file until the log is folded in.
  if (state_.ended_ms != 0) WL_CHECK_OK(fold_in());
  lock_.leave({::getpid(), state_.epoch, state_.sequence, state_.log_bytes, state_.chain});
  if (streams_.size() > kKnownStreams && changed_streams_.empty() && !flight_) streams_.clear();
  if (node_bytes_.size() > kKnownStreams && !flight_) node_bytes_.clear();
  return {};
}

void RunWriter::end_now() {
  ended_ = true;
  db_.keys_.secret.reset();
  if (db_.header_.secrets) wipe(*db_.header_.secrets);
  db_.header_.secrets.reset();
  if (is_laid_by() && late_) late_->add(db_.place_.folder, [this] { static_cast<void>(land()); });
  if (on_ended_) on_ended_(db_.header_, {state_.result, state_.ended_ms});
}

void RunWriter::forget_batch() {
  entries_.clear();
  log_.clear();
  nodes_.clear();
  records_.clear();
  for (const auto& found : changed_branches_) found->second.is_new = found->second.changed = false;
  changed_branches_.clear();
  for (const auto& found : changed_streams_) found->second.changed = false;
  changed_streams_.clear();
}

/// The log goes into the database file. Where somebody who reads holds that up, the log itself becomes durable.
Result<> RunWriter::fold_in() {
  for (auto& one : statements_) one = {};
  rows_.clear();
  if (WL_TRY(db_.db_.checkpoint())) return {};
  WL_CHECK_OK(db_.db_.exec("PRAGMA synchronous=FULL"));
  auto transaction = WL_TRY(Transaction::begin(db_.db_, Transaction::Kind::write));
  WL_CHECK_OK(db_.db_.exec("UPDATE state SET id=1"));
  return transaction.commit();
}

/// What rows will name must be on disk before the rows are.
Result<> RunWriter::write_files() {
  if (!blobs_.empty()) {
    if (!blobs_folder_) {
      if (WL_TRY(disk_->make_folder(db_.place_.blobs()))) WL_CHECK_OK(disk_->sync_folder(db_.place_.folder));
      blobs_folder_ = true;
    }
    for (const auto& [hash, bytes] : blobs_) {
      auto done = disk_->write_shared_file(db_.place_.blobs() + "/" + format_hex(hash), bytes);
      if (!done && done.error().kind != ErrorKind::already_exists) return done;
    }
    WL_CHECK_OK(disk_->sync_folder(db_.place_.blobs()));
    // Its own name may become durable after a record in the commit log, which does not have these.
    for (const auto& folder : std::exchange(creation_.folders, {})) WL_CHECK_OK(disk_->sync_folder(folder));
    blobs_.clear();
  }
  bool shared = false;
  for (const auto& part : known_.programs) {
    if (part.inline_bytes) continue;
    const std::string path = db_.place_.programs + "/" + format_hex(part.hash);
    if (::access(path.c_str(), F_OK) == 0) continue;
    const auto content = WL_TRY(part.content());
    WL_CHECK_OK(disk_->write_shared_file(path, content));
    shared = true;
  }
  if (shared) WL_CHECK_OK(disk_->sync_folder(db_.place_.programs));
  return {};
}

Result<> RunWriter::write_rows(StateRow& state) {
  if (encoder_ == nullptr && db_.version_ < kRunSchemaVersion) WL_CHECK_OK(upgrade_run(db_.db_, db_.version_));
  if (!db_.begun_) {
    const auto& header = db_.header_;
    WL_CHECK_OK(put(RowKind::header, header.uid, header.job, header.number, header.created_ms,
                    static_cast<std::uint64_t>(header.semantics), Blob{db_.sealed_inputs_}, Blob{db_.sealed_secrets_},
                    Blob{view(db_.header_digest_)}));
  }
  for (const auto& found : changed_branches_) {
    const auto& [path, branch] = *found;
    if (branch.is_new) {
      WL_CHECK_OK(put(RowKind::branch, branch.id, path, branch.last_line));
    } else {
      WL_CHECK_OK(put(RowKind::branch_line, branch.id, branch.last_line));
    }
  }
  WL_CHECK_OK(write_entries(state));
  WL_CHECK_OK(write_log(state));
  WL_CHECK_OK(write_nodes(state));
  WL_CHECK_OK(write_records(state));
  WL_CHECK_OK(write_programs(state));
  if (state.ended_ms != 0) WL_CHECK_OK(put(RowKind::seal_wiped, 2));
  return write_state(state);
}

Result<> RunWriter::write_entries(StateRow& state) {
  for (const auto& entry : entries_) {
    state.chain = next_link(state.chain, entry);
    const bool no_arguments = entry.arguments == Digest{};
    WL_CHECK_OK(put(RowKind::entry, entry.sequence, static_cast<int>(entry.type), static_cast<int>(entry.effect),
                    branches_.find(entry.branch)->second.id, entry.ordinal, entry.step, entry.line, entry.column,
                    Blob{no_arguments ? std::string_view() : view(entry.arguments)},
                    static_cast<int>(entry.payload_kind), static_cast<int>(entry.secrecy), Blob{entry.payload},
                    Blob{entry.blob}, entry.time_ms, Blob{view(state.chain)}));
  }
  return {};
}

Result<std::uint64_t> RunWriter::bytes_of_node(std::uint64_t node) {
  if (!newest_logged_ && is_empty_) newest_logged_ = 0;
  if (!newest_logged_ && db_.version_ >= kLogLines) {
    auto row = WL_TRY(db_.db_.prepare("SELECT max(node) FROM log"));
    if (WL_TRY(row.next())) newest_logged_ = static_cast<std::uint64_t>(row.integer(0));
  }
  // As a rule: each step has a node of its own.
  if (newest_logged_ && node > *newest_logged_) {
    newest_logged_ = node;
    return 0;
  }
  if (is_empty_) return 0;  // what has written is known from the start
  return db_.count_node_bytes(node);
}

Result<> RunWriter::write_log(StateRow& state) {
  LogPacker packer;
  for (auto& [log, of_branch] : log_) {
    auto known = node_bytes_.find(log.node);
    if (known == node_bytes_.end()) {
      const auto bytes = WL_TRY(bytes_of_node(log.node));
      known = node_bytes_.emplace(log.node, bytes).first;
    }
    log.addressed = true;
    log.line = newlines_;
    log.before = known->second;
    newlines_ += newlines_in(log.bytes);
    known->second += log.bytes.size();
    const auto packed = packer.pack(log.bytes);
    state.log_chain = packed ? next_link(state.log_chain, log, *packed) : next_link(state.log_chain, log);
    WL_CHECK_OK(put(RowKind::log, log.row, log.start, of_branch ? branches_.find(log.branch)->second.id : 0, log.token,
                    log.position, log.after_entry, Blob{packed ? *packed : log.bytes}, Blob{view(state.log_chain)},
                    log.node, log.time_ms, log.line, log.before, packed ? log.bytes.size() : 0));
  }
  for (const auto& found : changed_streams_) {
    const auto& [token, stream] = *found;
    WL_CHECK_OK(put(RowKind::stream, token, stream.end));
  }
  return {};
}

Result<> RunWriter::write_nodes(StateRow& state) {
  if (!nodes_.empty() && !std::exchange(nodes_known_, true) && !is_empty_) {
    auto row = WL_TRY(db_.db_.prepare("SELECT id FROM nodes"));
    while (WL_TRY(row.next())) nodes_there_.insert(row.integer(0));
  }
  for (const auto& [node, entry] : nodes_) {
    WL_CHECK_OK(put(RowKind::node, node.id, node.parent, static_cast<int>(node.kind), node.display_name, node.step,
                    node.branch, node.start_ms, node.end_ms, node.result, node.cause, Blob{node.detail}, entry,
                    Blob{view(node_digest(db_.header_digest_, node))}));
    if (nodes_there_.insert(static_cast<std::int64_t>(node.id)).second) ++state.nodes;
  }
  return {};
}

Result<> RunWriter::write_records(StateRow&) {
  for (const auto& [record, entry, removed] : records_) {
    if (removed) {
      WL_CHECK_OK(put(RowKind::record_gone, record.kind, record.key));
      continue;
    }
    WL_CHECK_OK(put(RowKind::record, record.kind, record.key, entry, Blob{record.payload},
                    Blob{view(record_digest(db_.header_digest_, record.kind, record.key, record.payload))}));
  }
  return {};
}

Result<> RunWriter::write_programs(StateRow&) {
  for (const auto& part : known_.programs) {
    WL_CHECK_OK(put(RowKind::program, part.role, Blob{part.hash}, part.inline_bytes ? 1 : 0,
                    Blob{part.inline_bytes ? std::string_view(part.bytes) : std::string_view()}));
  }
  return {};
}

Result<> RunWriter::write_state(const StateRow& state) {
  const auto digest = state_digest(db_.header_digest_, state);
  const auto put_state = [&](RowKind kind, const auto&... before) {
    return put(kind, state.epoch, state.sequence, Blob{view(state.chain)}, state.log_rows, state.log_bytes,
               Blob{view(state.log_chain)}, state.nodes, state.records, state.programs, state.ended_ms, state.result,
               Blob{view(digest)}, before...);
  };
  if (!db_.begun_) return put_state(RowKind::first_state);
  WL_CHECK_OK(put_state(RowKind::state, stored_epoch_, state_.sequence));
  if (encoder_ == nullptr && db_.db_.changes() != 1)
    return fail(
        ErrorKind::conflict,
        {"another process has taken over the run of {}; this one stops", "另一进程已接管 {} 的运行；本进程停止"},
        {db_.db_.file()});
  return {};
}

}  // namespace windlass::journal

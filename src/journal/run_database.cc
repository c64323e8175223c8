#include "journal/run_database.h"

#include <algorithm>
#include <map>
#include <utility>

#include "journal/log_packing.h"
#include "journal/newlines.h"
#include "journal/words.h"
#include "store/disk.h"

namespace windlass::journal {

namespace {

using store::Transaction;

std::uint64_t as_unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

std::string log_columns(std::uint32_t version) {
  return std::string("SELECT row,start,branch,token,position,after_entry,bytes,checksum,") +
         (version >= kLogLines   ? "node,time_ms,line,before,packed"
          : version >= kLogNodes ? "node,time_ms,0,0,NULL"
                                 : "0,0,0,0,NULL");
}

/// The bytes of a row as they were written, from its columns alone.
std::uint64_t log_row_size(const store::Statement& row) {
  return row.integer(12) > 0 ? as_unsigned(row.integer(12)) : row.bytes(6).size();
}

LogRow as_row(StoredLog&& log) {
  return {log.row,      log.start,       std::move(log.branch), std::move(log.token),
          log.position, log.after_entry, std::move(log.bytes),  log.node,
          log.time_ms,  log.line};
}

constexpr std::string_view kEntryColumns =
    "SELECT "
    "sequence,type,effect,branch,ordinal,step,line,col,arguments,payload_kind,secrecy,payload,blob,time_ms,checksum"
    " FROM entries ";

}  // namespace

std::string entry_context(std::uint64_t sequence) { return "entry " + std::to_string(sequence); }
std::string record_context(std::string_view kind, std::string_view key) {
  return "record " + std::to_string(kind.size()) + " " + std::string(kind) + std::string(key);
}

Error RunDatabase::damaged(const SentencePart& where, const SentencePart& what) const {
  return {ErrorKind::corrupt,
          Sentence{"the journal {} is damaged at {}: {}; restore the file from a copy, or start the run anew",
                   "日志 {} 在{}处损坏：{}；请从副本恢复该文件，或重新开始运行"},
          {db_.file(), where, what}};
}

Result<RunDatabase> RunDatabase::open(store::Database db, RunPlace place, const KeyRing* state_key) {
  RunDatabase run(std::move(db), std::move(place));
  {
    auto snapshot = WL_TRY(Transaction::begin(run.db_, Transaction::Kind::read));
    run.version_ = WL_TRY(check_run_schema(run.db_));
    WL_CHECK_OK(run.load_header());
    run.header_.epoch = WL_TRY(run.read_state()).epoch;
    WL_CHECK_OK(run.load_keys(state_key));
    WL_CHECK_OK(run.load_branches());
  }
  return run;
}

RunDatabase RunDatabase::fresh(store::Database db, RunPlace place, RunHeader header, RunKeys keys) {
  RunDatabase run(std::move(db), std::move(place));
  run.begun_ = false;
  run.header_ = std::move(header);
  run.keys_ = std::move(keys);
  run.argument_key_ = run.keys_.run->derive("argument digest");
  run.sealed_inputs_ = run.keys_.run->seal("inputs", run.header_.inputs);
  run.sealed_secrets_ = run.keys_.secret->seal("secrets", run.header_.secrets.value_or(""));
  run.header_digest_ = header_digest(run.header_, run.sealed_inputs_, run.sealed_secrets_);
  return run;
}

Result<> RunDatabase::load_header() {
  auto row =
      WL_TRY(db_.prepare("SELECT uid,job,number,created_ms,semantics,inputs,secrets,checksum FROM run WHERE id=1"));
  if (!WL_TRY(row.next())) {
    auto entries = WL_TRY(db_.prepare("SELECT EXISTS(SELECT 1 FROM entries)+EXISTS(SELECT 1 FROM state)"));
    if (WL_TRY(entries.next()) && entries.integer(0) != 0)
      return fail(damaged(Sentence{"the header", "文件头"}, Sentence{"it is missing", "它不存在"}));
    return fail(ErrorKind::not_found, {"the run of {} never began", "{} 的运行从未开始"}, {db_.file()});
  }
  header_.uid = row.bytes(0);
  header_.job = row.bytes(1);
  header_.number = as_unsigned(row.integer(2));
  header_.created_ms = row.integer(3);
  header_.semantics = static_cast<std::uint32_t>(row.integer(4));
  sealed_inputs_ = row.bytes(5);
  sealed_secrets_ = row.bytes(6);
  header_digest_ = header_digest(header_, sealed_inputs_, sealed_secrets_);
  if (row.bytes(7) != view(header_digest_))
    return fail(damaged(Sentence{"the header", "文件头"}, Sentence{"its checksum does not match", "校验和不符"}));
  return {};
}

Result<> RunDatabase::load_keys(const KeyRing* state_key) {
  if (state_key == nullptr) return {};
  auto row = WL_TRY(db_.prepare("SELECT id,wrapped FROM seal ORDER BY id"));
  while (WL_TRY(row.next())) {
    const bool secret = row.integer(0) == 2;
    const auto wrapped = row.bytes(1);
    if (wrapped.find_first_not_of('\0') == std::string_view::npos) continue;  // wiped
    auto key = state_key->unwrap((secret ? "secret key " : "run key ") + header_.uid, wrapped);
    if (!key)
      return fail(ErrorKind::corrupt,
                  {"cannot unseal the run of {}: keys/state.key is not the one it was made with; restore that file",
                   "无法解封 {} 的运行：keys/state.key 不是创建它时的密钥；请恢复该文件"},
                  {db_.file()});
    (secret ? keys_.secret : keys_.run) = std::move(*key);
  }
  if (!keys_.run)
    return fail(damaged(Sentence{"the keys", "密钥"}, Sentence{"the run's key is missing", "该运行的密钥不存在"}));
  argument_key_ = keys_.run->derive("argument digest");
  header_.inputs = WL_TRY(keys_.run->unseal("inputs", sealed_inputs_));
  if (keys_.secret) header_.secrets = WL_TRY(keys_.secret->unseal("secrets", sealed_secrets_));
  return {};
}

Result<StateRow> RunDatabase::read_state() {
  if (!begun_) return StateRow{.chain = header_digest_, .log_chain = header_digest_};
  // Its owner may have brought it to the newest format since it was opened.
  if (version_ < kRunSchemaVersion) version_ = WL_TRY(check_run_schema(db_));
  auto row = WL_TRY(db_.prepare(
      "SELECT epoch,sequence,chain,log_rows,log_bytes,log_chain,nodes,records,programs,ended_ms,result,checksum"
      " FROM state WHERE id=1"));
  if (!WL_TRY(row.next()))
    return fail(damaged(Sentence{"the state row", "状态行"}, Sentence{"it is missing", "它不存在"}));
  StateRow state;
  state.epoch = as_unsigned(row.integer(0));
  state.sequence = as_unsigned(row.integer(1));
  state.chain = to_digest(row.bytes(2));
  state.log_rows = as_unsigned(row.integer(3));
  state.log_bytes = as_unsigned(row.integer(4));
  state.log_chain = to_digest(row.bytes(5));
  state.nodes = as_unsigned(row.integer(6));
  state.records = as_unsigned(row.integer(7));
  state.programs = as_unsigned(row.integer(8));
  state.ended_ms = row.integer(9);
  state.result = row.bytes(10);
  if (row.bytes(11) != view(state_digest(header_digest_, state)))
    return fail(damaged(Sentence{"the state row", "状态行"}, Sentence{"its checksum does not match", "校验和不符"}));
  return state;
}

Result<> RunDatabase::load_branches() {
  auto row = WL_TRY(db_.prepare("SELECT id,path,last_line FROM branches"));
  while (WL_TRY(row.next()))
    branches_[as_unsigned(row.integer(0))] = {std::string(row.bytes(1)), as_unsigned(row.integer(2))};
  return {};
}

Result<std::optional<RunEnd>> RunDatabase::end() {
  const auto state = WL_TRY(read_state());
  if (state.ended_ms == 0) return std::nullopt;
  return RunEnd{state.result, state.ended_ms};
}

Result<StoredEntry> RunDatabase::read_entry(store::Statement& row) {
  StoredEntry entry;
  entry.sequence = as_unsigned(row.integer(0));
  entry.type = static_cast<EntryType>(row.integer(1));
  entry.effect = static_cast<EffectKind>(row.integer(2));
  const auto branch = branches_.find(as_unsigned(row.integer(3)));
  if (branch == branches_.end())
    return fail(
        damaged(numbered({"entry {}", "第 {} 条"}, entry.sequence), Sentence{"its branch is missing", "其分支不存在"}));
  entry.branch = branch->second.path;
  entry.ordinal = as_unsigned(row.integer(4));
  entry.step = row.bytes(5);
  entry.line = row.integer(6);
  entry.column = row.integer(7);
  entry.arguments = to_digest(row.bytes(8));
  entry.payload_kind = static_cast<std::uint8_t>(row.integer(9));
  entry.secrecy = static_cast<Secrecy>(row.integer(10));
  entry.payload = row.bytes(11);
  entry.blob = row.bytes(12);
  entry.time_ms = row.integer(13);
  return entry;
}

Result<> RunDatabase::visit_chain(const StateRow& state,
                                  const std::function<Result<bool>(StoredEntry&&, const Digest&)>& visit) {
  auto row = WL_TRY(db_.prepare(std::string(kEntryColumns) + "ORDER BY sequence"));
  Digest chain = header_digest_;
  std::uint64_t expected = 1;
  while (WL_TRY(row.next())) {
    const auto sequence = as_unsigned(row.integer(0));
    if (sequence != expected)
      return fail(damaged(numbered({"entry {}", "第 {} 条"}, expected),
                          numbered({"it is missing, the next one is {}", "它不存在，下一条是 {}"}, sequence)));
    if (sequence > state.sequence)
      return fail(damaged(numbered({"entry {}", "第 {} 条"}, sequence),
                          Sentence{"it is behind the last committed one", "它在最后提交的一条之后"}));
    auto entry = WL_TRY(read_entry(row));
    chain = next_link(chain, entry);
    if (row.bytes(14) != view(chain))
      return fail(
          damaged(numbered({"entry {}", "第 {} 条"}, sequence), Sentence{"its checksum does not match", "校验和不符"}));
    ++expected;
    if (!WL_TRY(visit(std::move(entry), chain))) return {};
  }
  if (expected != state.sequence + 1)
    return fail(damaged(
        numbered({"entry {}", "第 {} 条"}, expected),
        worded({"entries {} to {} were committed and are missing at the end", "第 {} 至 {} 条已提交，但末尾缺失"},
               {expected, state.sequence})));
  if (chain != (state.sequence == 0 ? header_digest_ : state.chain))
    return fail(damaged(numbered({"entry {}", "第 {} 条"}, state.sequence),
                        Sentence{"it is not the one that was committed last", "它不是最后提交的一条"}));
  return {};
}

Result<std::string> RunDatabase::read_blob(const std::string& hash, const SentencePart& where) {
  const std::string path = place_.blobs() + "/" + format_hex(hash);
  auto bytes = store::read_file(path, kMaxPayload + kSealOverhead);
  if (!bytes)
    return fail(damaged(where, worded({"its payload cannot be read: {}", "无法读取其内容：{}"}, {bytes.error()})));
  if (content_hash(*bytes) != hash)
    return fail(damaged(where, worded({"its payload {} does not match its hash", "其内容 {} 与散列值不符"}, {path})));
  return bytes;
}

Result<Entry> RunDatabase::unseal_entry(const StoredEntry& stored, const Digest& checksum) {
  const SentencePart where = numbered({"entry {}", "第 {} 条"}, stored.sequence);
  Entry entry{.sequence = stored.sequence,
              .type = stored.type,
              .effect = stored.effect,
              .key = {stored.branch, stored.ordinal},
              .step = stored.step,
              .line = static_cast<std::int32_t>(stored.line),
              .column = static_cast<std::int32_t>(stored.column),
              .arguments = stored.arguments,
              .payload_kind = stored.payload_kind,
              .time_ms = stored.time_ms,
              .checksum = checksum};
  const auto& key = stored.secrecy == Secrecy::secret ? keys_.secret : keys_.run;
  if (!key) {
    entry.wiped = !stored.payload.empty() || !stored.blob.empty();
    return entry;
  }
  auto clear = key->unseal(entry_context(stored.sequence),
                           stored.blob.empty() ? stored.payload : WL_TRY(read_blob(stored.blob, where)));
  if (!clear) return fail(damaged(where, Sentence{"its payload cannot be unsealed", "无法解封其内容"}));
  entry.payload = std::move(*clear);
  return entry;
}

Result<> RunDatabase::visit_entries(const std::function<bool(Entry&&)>& visit) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  WL_CHECK_OK(load_branches());
  return visit_committed(WL_TRY(read_state()), visit);
}

Result<> RunDatabase::visit_committed(const StateRow& state, const std::function<bool(Entry&&)>& visit) {
  return visit_chain(state, [&](StoredEntry&& stored, const Digest& checksum) -> Result<bool> {
    return visit(WL_TRY(unseal_entry(stored, checksum)));
  });
}

Result<std::vector<Entry>> RunDatabase::load_entries() {
  std::vector<Entry> entries;
  WL_CHECK_OK(visit_entries([&](Entry&& entry) {
    entries.push_back(std::move(entry));
    return true;
  }));
  return entries;
}

Result<std::optional<Entry>> RunDatabase::find_result(const EffectKey& key) {
  WL_CHECK_OK(load_branches());
  const auto branch = std::ranges::find_if(branches_, [&](const auto& row) { return row.second.path == key.branch; });
  if (branch == branches_.end()) return std::nullopt;
  auto row = WL_TRY(db_.prepare(std::string(kEntryColumns) + "WHERE branch=?1 AND ordinal=?2 AND type=3"));
  row.start(branch->first, key.ordinal);
  if (!WL_TRY(row.next())) return std::nullopt;
  const auto stored = WL_TRY(read_entry(row));
  const auto checksum = to_digest(row.bytes(14));
  Digest previous = header_digest_;
  if (stored.sequence > 1) {
    auto before = WL_TRY(db_.prepare("SELECT checksum FROM entries WHERE sequence=?1"));
    before.start(stored.sequence - 1);
    if (WL_TRY(before.next())) previous = to_digest(before.bytes(0));
  }
  if (next_link(previous, stored) != checksum)
    return fail(damaged(numbered({"entry {}", "第 {} 条"}, stored.sequence),
                        Sentence{"its checksum does not match", "校验和不符"}));
  return WL_TRY(unseal_entry(stored, checksum));
}

Result<StoredLog> RunDatabase::read_log_row(store::Statement& row) {
  StoredLog log;
  log.row = as_unsigned(row.integer(0));
  log.start = as_unsigned(row.integer(1));
  if (!row.is_null(2)) {
    const auto branch = branches_.find(as_unsigned(row.integer(2)));
    if (branch == branches_.end())
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, log.row),
                          Sentence{"its branch is missing", "其分支不存在"}));
    log.branch = branch->second.path;
  }
  log.token = row.bytes(3);
  log.position = as_unsigned(row.integer(4));
  log.after_entry = as_unsigned(row.integer(5));
  log.node = as_unsigned(row.integer(8));
  log.time_ms = row.integer(9);
  log.line = as_unsigned(row.integer(10));
  log.before = as_unsigned(row.integer(11));
  log.addressed = !row.is_null(12);
  if (row.integer(12) <= 0) {
    log.bytes = row.bytes(6);
  } else {
    auto bytes = unpack_log(row.bytes(6), as_unsigned(row.integer(12)));
    if (!bytes)
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, log.row),
                          Sentence{"it cannot be unpacked", "无法解包"}));
    log.bytes = std::move(*bytes);
  }
  return log;
}

Result<> RunDatabase::visit_log(std::uint64_t first, std::uint64_t last, const std::function<bool(StoredLog&&)>& visit,
                                bool quick) {
  if (first == 0) first = 1;
  Digest chain = header_digest_;
  std::uint64_t start = 0;
  auto row = WL_TRY(db_.prepare(log_columns(version_) + " FROM log WHERE row>=?1 ORDER BY row"));
  row.start(first > 1 ? first - 1 : first);
  bool have_previous = first == 1;
  std::uint64_t expected = first;
  while (expected <= last && WL_TRY(row.next())) {
    if (!have_previous && as_unsigned(row.integer(0)) == first - 1) {
      chain = to_digest(row.bytes(7));
      start = as_unsigned(row.integer(1)) + log_row_size(row);
      have_previous = true;
      continue;
    }
    auto log = WL_TRY(read_log_row(row));
    if (log.row != expected)
      return fail(
          damaged(numbered({"log row {}", "输出日志第 {} 行"}, expected), Sentence{"it is missing", "它不存在"}));
    log.checksum = to_digest(row.bytes(7));
    const bool is_packed = row.integer(12) > 0;
    // Rows of version 3 stay as they are, also in a file that has come to version 4.
    const bool is_right = (is_packed && (quick || next_link(chain, log, row.bytes(6)) == log.checksum)) ||
                          next_link(chain, log) == log.checksum;
    chain = log.checksum;
    if (!is_right || log.start != start)
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, log.row),
                          Sentence{"its checksum does not match", "校验和不符"}));
    start += log.bytes.size();
    ++expected;
    if (!visit(std::move(log))) return {};
  }
  if (expected != last + 1)
    return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, expected),
                        Sentence{"it was committed and is missing at the end", "已提交，但末尾缺失"}));
  return {};
}

Result<std::int64_t> RunDatabase::last_log_millis() {
  if (version_ < kLogNodes) return 0;
  auto row = WL_TRY(db_.prepare("SELECT time_ms FROM log ORDER BY row DESC LIMIT 1"));
  row.start();
  if (!WL_TRY(row.next())) return 0;
  return row.integer(0);
}

Result<std::uint64_t> RunDatabase::log_size() { return WL_TRY(read_state()).log_bytes; }

Result<std::string> RunDatabase::read_log(std::uint64_t offset, std::size_t max_bytes) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  std::string out;
  if (offset >= state.log_bytes || max_bytes == 0) return out;
  WL_CHECK_OK(load_branches());
  // Rows are numbered without gaps and their starts grow: a binary search finds the one that holds the offset.
  std::uint64_t low = 1;
  std::uint64_t high = state.log_rows;
  auto probe = WL_TRY(db_.prepare("SELECT start FROM log WHERE row=?1"));
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    probe.start(middle);
    if (!WL_TRY(probe.next()))
      return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, middle), Sentence{"it is missing", "它不存在"}));
    if (as_unsigned(probe.integer(0)) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  WL_CHECK_OK(visit_log(low, state.log_rows, [&](StoredLog&& log) {
    const std::uint64_t skip = offset > log.start ? offset - log.start : 0;
    if (skip < log.bytes.size()) out.append(log.bytes, static_cast<std::size_t>(skip), max_bytes - out.size());
    return out.size() < max_bytes;
  }));
  return out;
}

Result<std::vector<LogRow>> RunDatabase::read_log_rows(std::uint64_t first, std::size_t max_rows) {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  const auto state = WL_TRY(read_state());
  std::vector<LogRow> rows;
  first = std::max<std::uint64_t>(first, 1);
  if (max_rows == 0 || first > state.log_rows) return rows;
  WL_CHECK_OK(load_branches());
  const std::uint64_t last =
      std::min<std::uint64_t>(state.log_rows, first - 1 + std::min<std::uint64_t>(max_rows, state.log_rows));
  WL_CHECK_OK(visit_log(first, last, [&](StoredLog&& log) {
    rows.push_back(as_row(std::move(log)));
    return true;
  }));
  if (version_ < kLogLines) {
    WL_CHECK_OK(address_old_rows(state));
    for (auto& row : rows) row.line = old_rows_.at(static_cast<std::size_t>(row.row - 1)).line;
  }
  return rows;
}

Result<std::vector<FlowNode>> RunDatabase::nodes() {
  auto row = WL_TRY(db_.prepare(
      "SELECT id,parent,kind,display_name,step,branch,start_ms,end_ms,result,cause,detail,checksum FROM nodes"
      " ORDER BY id"));
  std::vector<FlowNode> nodes;
  while (WL_TRY(row.next())) {
    FlowNode node{.id = row.integer(0),
                  .parent = row.integer(1),
                  .kind = static_cast<std::uint8_t>(row.integer(2)),
                  .display_name = std::string(row.bytes(3)),
                  .step = std::string(row.bytes(4)),
                  .branch = std::string(row.bytes(5)),
                  .start_ms = row.integer(6),
                  .end_ms = row.integer(7),
                  .result = std::string(row.bytes(8)),
                  .cause = std::string(row.bytes(9)),
                  .detail = std::string(row.bytes(10))};
    if (row.bytes(11) != view(node_digest(header_digest_, node)))
      return fail(damaged(numbered({"flow node {}", "流程节点 {}"}, node.id),
                          Sentence{"its checksum does not match", "校验和不符"}));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<std::vector<Record>> RunDatabase::records(std::string_view kind) {
  auto row = WL_TRY(db_.prepare(kind.empty()
                                    ? "SELECT kind,key,payload,checksum FROM records ORDER BY kind,key"
                                    : "SELECT kind,key,payload,checksum FROM records WHERE kind=?1 ORDER BY kind,key"));
  if (!kind.empty()) row.start(kind);
  std::vector<Record> records;
  while (WL_TRY(row.next())) {
    Record record{std::string(row.bytes(0)), std::string(row.bytes(1)), {}};
    const SentencePart where = worded({"record {} {}", "记录 {} {} "}, {record.kind, record.key});
    if (row.bytes(3) != view(record_digest(header_digest_, record.kind, record.key, row.bytes(2))))
      return fail(damaged(where, Sentence{"its checksum does not match", "校验和不符"}));
    if (keys_.run) {
      auto clear = keys_.run->unseal(record_context(record.kind, record.key), row.bytes(2));
      if (!clear) return fail(damaged(where, Sentence{"it cannot be unsealed", "无法解封"}));
      record.payload = std::move(*clear);
    }
    records.push_back(std::move(record));
  }
  return records;
}

Result<std::optional<std::string>> RunDatabase::find_record(std::string_view kind, std::string_view key) {
  auto row = WL_TRY(db_.prepare("SELECT payload,checksum FROM records WHERE kind=?1 AND key=?2"));
  row.start(kind, key);
  if (!WL_TRY(row.next())) return std::nullopt;
  const SentencePart where = worded({"record {} {}", "记录 {} {} "}, {kind, key});
  if (row.bytes(1) != view(record_digest(header_digest_, kind, key, row.bytes(0))))
    return fail(damaged(where, Sentence{"its checksum does not match", "校验和不符"}));
  if (!keys_.run) return std::string();
  auto clear = keys_.run->unseal(record_context(kind, key), row.bytes(0));
  if (!clear) return fail(damaged(where, Sentence{"it cannot be unsealed", "无法解封"}));
  return std::move(*clear);
}

Result<std::vector<ProgramPart>> RunDatabase::program() {
  auto row = WL_TRY(db_.prepare("SELECT role,hash FROM programs ORDER BY role"));
  std::vector<ProgramPart> parts;
  while (WL_TRY(row.next())) parts.push_back({std::string(row.bytes(0)), format_hex(row.bytes(1))});
  return parts;
}

Result<std::string> RunDatabase::program_bytes(std::string_view role) {
  auto row = WL_TRY(db_.prepare("SELECT hash,bytes FROM programs WHERE role=?1"));
  row.start(role);
  if (!WL_TRY(row.next()))
    return fail(ErrorKind::not_found, {"the run has no program part {}", "该运行没有程序部分 {}"}, {role});
  const SentencePart where = worded({"program part {}", "程序部分 {} "}, {role});
  std::string bytes(row.bytes(1));
  if (row.is_null(1)) {
    auto file = store::read_file(place_.programs + "/" + format_hex(row.bytes(0)), kMaxPayload);
    if (!file) return fail(damaged(where, worded({"it cannot be read: {}", "无法读取：{}"}, {file.error()})));
    bytes = std::move(*file);
  }
  if (content_hash(bytes) != row.bytes(0))
    return fail(damaged(where, Sentence{"it does not match its hash", "与其散列值不符"}));
  return bytes;
}

Result<> RunDatabase::check_tail(const OwnerHint& hint) {
  const auto state = WL_TRY(read_state());
  const std::uint64_t have = state.sequence;
  if (hint.sequence > have) {
    return fail(damaged(
        numbered({"entry {}", "第 {} 条"}, have + 1),
        worded({"entries {} to {} were committed and are missing at the end", "第 {} 至 {} 条已提交，但末尾缺失"},
               {have + 1, hint.sequence})));
  }
  if (hint.log_bytes > state.log_bytes)
    return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, state.log_rows + 1),
                        Sentence{"the end of the log is missing", "日志末尾缺失"}));
  if (hint.sequence == have && have != 0 && hint.chain != state.chain)
    return fail(damaged(numbered({"entry {}", "第 {} 条"}, have),
                        Sentence{"it is not the one that was committed last", "它不是最后提交的一条"}));
  return {};
}

Digest RunDatabase::argument_digest(std::string_view bytes) const {
  return Digester(argument_key_).bytes(bytes).finish();
}

std::string RunDatabase::seed() const {
  return keys_.run ? keys_.run->derive("random seed") : std::string(kKeyBytes, '\0');
}

Result<VerifyReport> RunDatabase::verify() {
  auto snapshot = WL_TRY(Transaction::begin(db_, Transaction::Kind::read));
  WL_CHECK_OK(db_.check_structure());
  WL_CHECK_OK(load_header());
  const auto state = WL_TRY(read_state());
  WL_CHECK_OK(load_branches());
  VerifyReport report;
  WL_CHECK_OK(visit_chain(state, [&](StoredEntry&& entry, const Digest& checksum) -> Result<bool> {
    ++report.entries;
    if (!entry.blob.empty()) ++report.blobs;
    if (keys_.run) {
      (void)WL_TRY(unseal_entry(entry, checksum));
    } else if (!entry.blob.empty() && !place_.folder.empty()) {
      (void)WL_TRY(read_blob(entry.blob, "entry " + std::to_string(entry.sequence)));
    }
    return true;
  }));
  std::map<std::string, std::uint64_t> lines;
  std::map<std::string, std::uint64_t> streams;
  std::map<std::uint64_t, std::uint64_t> nodes_seen;
  std::uint64_t newlines = 0;
  std::optional<std::uint64_t> misplaced;
  Digest log_chain = header_digest_;
  WL_CHECK_OK(visit_log(1, state.log_rows, [&](StoredLog&& log) {
    log_chain = log.checksum;
    ++report.log_rows;
    report.log_bytes += log.bytes.size();
    if (version_ >= kLogLines && !misplaced && (log.line != newlines || log.before != nodes_seen[log.node])) {
      misplaced = log.row;
    }
    newlines += newlines_in(log.bytes);
    nodes_seen[log.node] += log.bytes.size();
    if (!log.token.empty()) {
      streams[log.token] = log.position;
    } else if (log.position != 0) {
      lines[log.branch] = log.position;
    }
    return true;
  }));
  if (report.log_bytes != state.log_bytes || log_chain != (state.log_rows == 0 ? header_digest_ : state.log_chain))
    return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, state.log_rows),
                        Sentence{"it is not the one that was committed last", "它不是最后提交的一条"}));
  if (misplaced)
    return fail(damaged(numbered({"log row {}", "输出日志第 {} 行"}, *misplaced),
                        Sentence{"its line or its place within its step is wrong", "其行号或在步骤中的位置有误"}));
  for (const auto& [id, branch] : branches_) {
    const auto line = lines.find(branch.path);
    if (branch.last_line != (line == lines.end() ? 0 : line->second))
      return fail(damaged(numbered({"branch {}", "分支 {}"}, id),
                          Sentence{"its line count does not match the log", "其行数与日志不符"}));
    if (line != lines.end()) lines.erase(line);
  }
  if (!lines.empty())
    return fail(damaged(Sentence{"the branches", "分支"}, Sentence{"one of them is missing", "缺少其中之一"}));
  auto stream = WL_TRY(db_.prepare("SELECT token,stored FROM streams"));
  while (WL_TRY(stream.next())) {
    const auto seen = streams.find(std::string(stream.bytes(0)));
    if (seen == streams.end() || seen->second != as_unsigned(stream.integer(1)))
      return fail(damaged(worded({"stream {}", "流 {}"}, {stream.bytes(0)}),
                          Sentence{"its length does not match the log", "其长度与日志不符"}));
    streams.erase(seen);
  }
  if (!streams.empty())
    return fail(
        damaged(worded({"stream {}", "流 {}"}, {streams.begin()->first}), Sentence{"it is missing", "它不存在"}));
  report.nodes = WL_TRY(nodes()).size();
  if (report.nodes != state.nodes)
    return fail(damaged(Sentence{"the flow nodes", "流程节点"}, Sentence{"some are missing", "缺少一部分"}));
  report.records = WL_TRY(records({})).size();
  if (report.records != state.records)
    return fail(damaged(Sentence{"the records", "记录"}, Sentence{"some are missing", "缺少一部分"}));
  const auto parts = WL_TRY(program());
  if (parts.size() != state.programs)
    return fail(damaged(Sentence{"the program", "程序"}, Sentence{"some parts are missing", "缺少一部分"}));
  for (const auto& part : parts) {
    if (!place_.folder.empty()) (void)WL_TRY(program_bytes(part.role));
  }
  return report;
}

}  // namespace windlass::journal

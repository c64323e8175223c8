#include "journal/commit_rows.h"

#include <bit>
#include <cstring>
#include <vector>

namespace windlass::journal {

namespace {

enum class Type : std::uint8_t { integer = 1, text = 2, blob = 3 };

template <class T>
void put_number(std::string& to, T value) {
  static_assert(std::endian::native == std::endian::little);
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  to.append(raw, sizeof value);
}

/// What is left of the bytes; each take says whether there was enough.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] bool at_end() const { return left_.empty(); }
  template <class T>
  bool number(T& out) {
    if (left_.size() < sizeof out) return false;
    std::memcpy(&out, left_.data(), sizeof out);
    left_.remove_prefix(sizeof out);
    return true;
  }
  bool bytes(std::string_view& out) {
    std::uint32_t size = 0;
    if (!number(size) || left_.size() < size) return false;
    out = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  bool parameter(store::Parameter& out) {
    std::uint8_t type = 0;
    if (!number(type)) return false;
    std::string_view text;
    std::int64_t integer = 0;
    switch (static_cast<Type>(type)) {
      case Type::integer:
        if (!number(integer)) return false;
        out = integer;
        return true;
      case Type::text:
        if (!bytes(text)) return false;
        out = text;
        return true;
      case Type::blob:
        if (!bytes(text)) return false;
        out = store::Blob{text};
        return true;
    }
    return false;
  }

 private:
  std::string_view left_;
};

}  // namespace

std::string_view row_sql(RowKind kind) {
  switch (kind) {
    case RowKind::header:
      return "INSERT INTO run VALUES(1,?,?,?,?,?,?,?,?)";
    case RowKind::branch:
      return "INSERT INTO branches VALUES(?,?,?)";
    case RowKind::branch_line:
      return "UPDATE branches SET last_line=?2 WHERE id=?1";
    case RowKind::entry:
      return "INSERT INTO entries VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    case RowKind::log:
      return "INSERT INTO log VALUES(?,?,nullif(?,0),?,?,?,?,?,?,?,?,?,?)";
    case RowKind::stream:
      return "INSERT INTO streams VALUES(?1,?2) ON CONFLICT DO UPDATE SET stored=?2";
    case RowKind::node:
      return "INSERT INTO nodes VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?12,?13) ON CONFLICT(id) DO UPDATE SET "
             "parent=?2,kind=?3,display_name=?4,step=?5,branch=?6,start_ms=?7,end_ms=?8,result=?9,cause=?10,detail=?11,"
             "changed=?12,checksum=?13";
    case RowKind::record:
      return "INSERT OR REPLACE INTO records VALUES(?,?,?,?,?)";
    case RowKind::record_gone:
      return "DELETE FROM records WHERE kind=?1 AND key=?2";
    case RowKind::program:
      return "INSERT INTO programs VALUES(?,?,CASE WHEN ? THEN ? END)";
    case RowKind::seal_wiped:
      return "UPDATE seal SET wrapped=zeroblob(length(wrapped)) WHERE id=?1";
    case RowKind::first_state:
      return "INSERT INTO state VALUES(1,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)";
    case RowKind::state:
      return "UPDATE state SET epoch=?1,sequence=?2,chain=?3,log_rows=?4,log_bytes=?5,log_chain=?6,nodes=?7,records=?8,"
             "programs=?9,ended_ms=?10,result=?11,checksum=?12 WHERE id=1 AND epoch=?13 AND sequence=?14";
  }
  return {};
}

Result<store::Statement*> RowStatements::get(store::Database& db, RowKind kind) {
  auto& statement = statements_[static_cast<std::size_t>(kind)];
  if (!statement) statement = WL_TRY(db.prepare(row_sql(kind)));
  return &statement;
}

void RowStatements::clear() {
  for (auto& one : statements_) one = {};
}

void RowEncoder::begin(RowKind kind, std::size_t count) {
  bytes_.push_back(static_cast<char>(kind));
  bytes_.push_back(static_cast<char>(count));
}

void RowEncoder::put(std::int64_t value) {
  bytes_.push_back(static_cast<char>(Type::integer));
  put_number(bytes_, value);
}

void RowEncoder::put(std::string_view text) {
  bytes_.push_back(static_cast<char>(Type::text));
  put_number(bytes_, static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
}

void RowEncoder::put(store::Blob blob) {
  bytes_.push_back(static_cast<char>(Type::blob));
  put_number(bytes_, static_cast<std::uint32_t>(blob.bytes.size()));
  bytes_ += blob.bytes;
}

Result<> play_rows(store::Database& db, RowStatements& statements, std::string_view rows) {
  const auto broken = [] {
    return fail(ErrorKind::corrupt, {"a commit in the commit log is damaged: its rows cannot be read",
                                     "提交日志中有一次提交已损坏：无法读取其中的行"});
  };
  RowReader reader(rows);
  std::vector<store::Parameter> parameters;
  while (!reader.at_end()) {
    std::uint8_t kind = 0, count = 0;
    if (!reader.number(kind) || kind == 0 || kind >= kRowKinds || !reader.number(count)) return broken();
    parameters.resize(count);
    for (auto& one : parameters) {
      if (!reader.parameter(one)) return broken();
    }
    auto* statement = WL_TRY(statements.get(db, static_cast<RowKind>(kind)));
    WL_CHECK_OK(statement->run_with(parameters));
    if (static_cast<RowKind>(kind) == RowKind::state && db.changes() != 1)
      return fail(
          ErrorKind::conflict,
          {"another process has taken over the run of {}; this one stops", "另一进程已接管 {} 的运行；本进程停止"},
          {db.file()});
  }
  return {};
}

}  // namespace windlass::journal

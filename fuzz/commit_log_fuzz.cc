// links: windlass::journal windlass::store
// Commits of the commit log, as they would be if their checksums were right: decoding them, and writing their rows into
// a run's database, must end with a value or an error. First byte even: a whole segment; odd: the payload of a record.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "journal/commit_log.h"
#include "journal/commit_rows.h"
#include "journal/schema.h"
#include "store/disk.h"

namespace {

using namespace windlass;
using namespace windlass::journal;

struct RunFile {
  RunFile() {
    char name[] = "/tmp/windlass-fuzz-XXXXXX";
    folder = ::mkdtemp(name);
    const auto image = make_run_image("run key", "secret key").value();
    if (!store::make_disk()->write_file(folder + "/run.db", image)) std::abort();
    db.emplace(store::Database::open(folder + "/run.db", {.sync = store::Database::Sync::normal}).value());
  }
  ~RunFile() {
    statements.clear();
    db.reset();
    std::filesystem::remove_all(folder);
  }
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;
  std::string folder;
  std::optional<store::Database> db;
  RowStatements statements;
};

void read_segment(std::string_view bytes) {
  std::vector<CommitSegments::Found> found;
  static_cast<void>(read_commit_segment(bytes, 1, "segment", found));
  for (const auto& one : found) {
    if (one.end.offset > bytes.size()) std::abort();
  }
}

void play(std::string_view bytes) {
  static RunFile run;
  const auto record = decode_commit(bytes);
  if (!record) return;
  if (encode_commit(*record) != bytes) std::abort();
  auto transaction = store::Transaction::begin(*run.db, store::Transaction::Kind::write);
  if (!transaction) std::abort();
  static_cast<void>(play_rows(*run.db, run.statements, record->rows));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    read_segment(bytes);
  } else {
    play(bytes);
  }
  return 0;
}

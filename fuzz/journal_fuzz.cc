// links: windlass::journal windlass::store
// Reads databases that are damaged on purpose: open, verify and every reading method must end with a value or an error.
// An input is either a whole file (first byte even) or a list of changes to a valid journal (first byte odd): two bytes
// of position, one of value, three at a time; position 0xffff cuts the file there.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "journal/state_folder.h"
#include "store/disk.h"

namespace {

using namespace windlass;
using namespace windlass::journal;

std::string make_valid() {
  char name[] = "/tmp/windlass-fuzz-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::string bytes;
  {
    auto state = StateFolder::open(folder).value();
    auto journal =
        state->create_run({.job = "a/b", .inputs = "i", .secrets = "s", .program = {{"Jenkinsfile", "x"}}}).value();
    journal->mark_log(7, 1);
    for (std::uint64_t i = 1; i <= 5; ++i) {
      const bool fine =
          journal->append({.type = EntryType::intent, .branch = "b", .ordinal = i, .step = "sh", .payload = "p"})
              .has_value() &&
          journal->append({.type = EntryType::result, .branch = "b", .ordinal = i, .payload = "r"}).has_value() &&
          journal->append_line("b", i, "line\n").has_value() &&
          journal->append_output("b", "t", i - 1, i, i == 3 ? std::string(3000, 'o') + "\n" : "o").has_value() &&
          journal->put_node({.id = static_cast<std::int64_t>(i), .display_name = "n"}).has_value() &&
          journal->put_record({"k", std::to_string(i), "v"}, false).has_value() && journal->commit().has_value();
      if (!fine) std::abort();
    }
    if (!journal->finish({"SUCCESS", 1}) || !journal->commit()) std::abort();
    const std::string path = journal->folder() + "/run.db";
    journal.reset();
    bytes = store::read_file(path, 1U << 20).value();
  }
  std::filesystem::remove_all(folder);
  if (!read_run_bytes(bytes, "valid").value()->verify()) std::abort();
  return bytes;
}

void read_everything(std::string_view bytes) {
  auto run = read_run_bytes(bytes, "fuzzed.db");
  if (!run) return;
  (void)(*run)->verify();
  (void)(*run)->end();
  (void)(*run)->load_entries();
  (void)(*run)->find_result({"b", 1});
  (void)(*run)->read_log(0, 1000);
  (void)(*run)->read_log(7, 3);
  (void)(*run)->read_log_rows(2, 100);
  (void)(*run)->scan_log(1, [](LogRow&&) { return true; });
  (void)(*run)->log_lines();
  (void)(*run)->find_line(3);
  (void)(*run)->find_line(900);
  (void)(*run)->read_node_rows(7, 1, 100);
  (void)(*run)->read_node_log({7, 0}, 2, 1000);
  (void)(*run)->nodes();
  (void)(*run)->records("");
  (void)(*run)->find_record("k", "1");
  (void)(*run)->program();
  (void)(*run)->program_bytes("Jenkinsfile");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string kValid = make_valid();
  if (size == 0) return 0;
  if (data[0] % 2 == 0) {
    read_everything({reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
  }
  std::string bytes = kValid;
  for (std::size_t i = 1; i + 2 < size; i += 3) {
    const std::size_t at = data[i] * 256U + data[i + 1];
    if (at == 0xffff) {
      bytes.resize(bytes.size() * data[i + 2] / 256);
    } else if (at < bytes.size()) {
      bytes[at] = static_cast<char>(data[i + 2]);
    }
  }
  read_everything(bytes);
  return 0;
}

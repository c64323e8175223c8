// What the crash tests see of a run's journal, without going through the engine:
//   crash_probe dump STATE RUN           one JSON object: end, entries, log per branch, flow nodes, records
//   crash_probe cut STATE RUN N TARGET   a copy of the run in the state folder TARGET that ends after entry N
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "data/json.h"
#include "journal/state_folder.h"

namespace {

using windlass::data::Value;
namespace journal = windlass::journal;

int complain(const windlass::Error& error) {
  std::fprintf(stderr, "crash_probe: %s\n", error.text().c_str());
  return 1;
}

windlass::Result<Value> entries_of(journal::RunReader& run) {
  Value list = Value::list();
  for (const auto& entry : WL_TRY(run.load_entries())) {
    list.push(Value::map_of("sequence", static_cast<std::int64_t>(entry.sequence), "type",
                            static_cast<std::int64_t>(entry.type), "effect", static_cast<std::int64_t>(entry.effect),
                            "branch", entry.key.branch, "ordinal", static_cast<std::int64_t>(entry.key.ordinal), "step",
                            entry.step, "line", static_cast<std::int64_t>(entry.line)));
  }
  return list;
}

/// Text per branch; what belongs to none stands row by row under "-", and the whole in order under "all".
windlass::Result<Value> log_of(journal::RunReader& run) {
  std::map<std::string, std::string> text;
  Value of_run = Value::list();
  std::string all;
  constexpr std::size_t kRows = 1000;
  for (std::uint64_t first = 1;;) {
    auto rows = WL_TRY(run.read_log_rows(first, kRows));
    if (rows.empty()) break;
    for (const auto& row : rows) {
      bool of_branch = !row.token.empty() || row.position != 0;
      all += row.bytes;
      if (of_branch) {
        text["branch " + row.branch] += row.bytes;
      } else {
        of_run.push(row.bytes);
      }
    }
    first += rows.size();
  }
  Value map = Value::map();
  map.set("all", std::move(all));
  map.set("-", std::move(of_run));
  for (auto& [branch, bytes] : text) map.set(branch, std::move(bytes));
  return map;
}

windlass::Result<Value> nodes_of(journal::RunReader& run) {
  Value list = Value::list();
  for (const auto& node : WL_TRY(run.nodes())) {
    list.push(Value::map_of("id", node.id, "parent", node.parent, "step", node.step, "label", node.display_name,
                            "branch", node.branch, "ended", node.end_ms != 0, "result", node.result));
  }
  return list;
}

windlass::Result<> dump(const std::string& state, const std::string& id) {
  auto folder = WL_TRY(journal::StateFolder::open(state));
  auto found = WL_TRY(folder->find(id));
  auto run = WL_TRY(folder->read_run(found));
  WL_CHECK_OK(run->verify());
  Value out = Value::map();
  auto end = WL_TRY(run->end());
  out.set("result", end ? Value(end->result) : Value());
  out.set("entries", WL_TRY(entries_of(*run)));
  out.set("log", WL_TRY(log_of(*run)));
  out.set("nodes", WL_TRY(nodes_of(*run)));
  Value records = Value::list();
  for (const auto& record : WL_TRY(run->records(""))) records.push(record.kind + " " + record.key);
  out.set("records", std::move(records));
  std::printf("%s\n", windlass::data::format_json(out).c_str());
  return {};
}

windlass::Result<> cut(const std::string& state, const std::string& id, std::uint64_t sequence,
                       const std::string& target) {
  auto folder = WL_TRY(journal::StateFolder::open(state));
  auto found = WL_TRY(folder->find(id));
  (void)WL_TRY(journal::copy_cut(*folder, found, sequence, target));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::string what = argc > 1 ? argv[1] : "";
  windlass::Result<> done;
  if (what == "dump" && argc == 4) {
    done = dump(argv[2], argv[3]);
  } else if (what == "cut" && argc == 6) {
    done = cut(argv[2], argv[3], std::strtoull(argv[4], nullptr, 10), argv[5]);
  } else {
    std::fputs("usage: crash_probe dump STATE RUN | crash_probe cut STATE RUN N TARGET\n", stderr);
    return 64;
  }
  return done ? 0 : complain(done.error());
}

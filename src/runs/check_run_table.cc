// Looking through runs.db for damage: what check_run_table() promises in run_table.h.
#include "data/binary.h"
#include "runs/park_record.h"
#include "runs/run_table.h"

namespace windlass::runs {

namespace {

Result<> look(store::Database& database, const journal::KeyRing& key, RunTableCheck& out) {
  const auto find = [&](const std::string& what) { out.findings.push_back(database.file() + " is damaged: " + what); };
  WL_CHECK_OK(database.check_structure());
  const auto version = WL_TRY(store::schema_version(database, RunTable::schema()));
  if (version == RunTable::schema().version) WL_CHECK_OK(store::check_tables(database, RunTable::schema()));
  auto row =
      WL_TRY(database.prepare("SELECT r.uid, r.job, r.number, r.name, r.queued, r.started, r.ended, r.result, "
                              "r.request, coalesce(j.next, 0) FROM "
                              "runs r LEFT JOIN jobs j ON j.name = r.job ORDER BY r.id"));
  row.start();
  while (WL_TRY(row.next())) {
    RunInfo info;
    info.uid = row.bytes(0);
    info.job = row.bytes(1);
    info.number = static_cast<std::uint64_t>(row.integer(2));
    info.name = row.bytes(3);
    info.queued_millis = row.integer(4);
    info.started_millis = row.integer(5);
    info.ended_millis = row.integer(6);
    info.result = row.bytes(7);
    info.phase = info.ended_millis != 0 ? Phase::ended : info.started_millis != 0 ? Phase::running : Phase::queued;
    const auto what = "the run " + info.job + "#" + std::to_string(info.number);
    if (row.integer(2) < 1) find(what + " has a number that is none");
    if (row.integer(9) <= row.integer(2)) find(what + " has a number that is given out again");
    if (info.phase != Phase::ended && row.bytes(8).empty()) find(what + " has lost what it was asked for");
    if (info.phase == Phase::ended && !row.bytes(8).empty()) find(what + " has ended and keeps what it was asked for");
    if (!row.bytes(8).empty()) {
      auto clear = key.unseal("run " + info.uid, row.bytes(8));
      if (!clear) {
        find("what " + what + " was asked for cannot be opened with the keys that are there");
      } else if (!data::decode_binary(*clear)) {
        find("what " + what + " was asked for cannot be read");
      }
    }
    out.runs.push_back(std::move(info));
  }
  if (version != RunTable::schema().version) return {};
  auto parked = WL_TRY(database.prepare("SELECT uid, record FROM parked"));
  parked.start();
  while (WL_TRY(parked.next())) {
    const std::string uid(parked.bytes(0));
    const auto clear = key.unseal("parked " + uid, parked.bytes(1));
    if (!clear || !decode_park_record(*clear)) find("the record of the parked run of " + uid + " cannot be read");
  }
  return {};
}

}  // namespace

RunTableCheck check_run_table(store::Database& database, const journal::KeyRing& key) {
  RunTableCheck out;
  if (auto done = look(database, key, out); !done) out.findings.push_back(done.error().message);
  return out;
}

}  // namespace windlass::runs

// What runs.db knows of jobs and projects beyond the rows of their runs: properties that a Jenkinsfile has set,
// milestones that were passed, limits of projects. And who has paused which run.
#include "data/binary.h"
#include "runs/run_table.h"

namespace windlass::runs {

Result<std::map<std::string, JobProperties>> RunTable::properties() {
  auto row = WL_TRY(database_.prepare("SELECT name, properties FROM jobs WHERE properties <> x''"));
  row.start();
  std::map<std::string, JobProperties> out;
  while (WL_TRY(row.next())) {
    const std::string job(row.bytes(0));
    const auto clear = WL_TRY(key_->unseal("job " + job, row.bytes(1)));
    out[job] = job_properties_from(WL_TRY(data::decode_binary(clear)));
  }
  return out;
}

Result<> RunTable::set_properties(const std::string& job, const JobProperties& properties) {
  const auto sealed = key_->seal("job " + job, WL_TRY(data::encode_binary(to_value(properties))));
  auto update = WL_TRY(database_.prepare(
      "INSERT INTO jobs VALUES(?1, 1, ?2) ON CONFLICT DO UPDATE SET properties = excluded.properties"));
  return update.run(job, store::Blob{sealed});
}

Result<std::int64_t> RunTable::last_start(const std::string& job) {
  auto row = WL_TRY(database_.prepare("SELECT max(started) FROM runs WHERE job = ?"));
  row.start(job);
  return WL_TRY(row.next()) ? row.integer(0) : 0;
}

Result<std::vector<RunTable::Milestone>> RunTable::milestones() {
  auto row = WL_TRY(database_.prepare("SELECT job, ordinal, newest FROM milestones"));
  row.start();
  std::vector<Milestone> out;
  while (WL_TRY(row.next())) {
    out.push_back({std::string(row.bytes(0)), row.integer(1), static_cast<std::uint64_t>(row.integer(2))});
  }
  return out;
}

Result<> RunTable::note_milestone(const Milestone& milestone) {
  auto update = WL_TRY(
      database_.prepare("INSERT INTO milestones VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET newest = excluded.newest "
                        "WHERE excluded.newest > newest"));
  return update.run(milestone.job, milestone.ordinal, milestone.newest);
}

Result<std::map<std::string, ProjectLimits>> RunTable::limits() {
  auto row = WL_TRY(database_.prepare("SELECT name, max_running, max_queued FROM projects"));
  row.start();
  std::map<std::string, ProjectLimits> out;
  while (WL_TRY(row.next())) out[std::string(row.bytes(0))] = {row.integer(1), row.integer(2)};
  return out;
}

Result<> RunTable::set_limits(const std::string& project, ProjectLimits limits) {
  if (limits == ProjectLimits()) {
    auto gone = WL_TRY(database_.prepare("DELETE FROM projects WHERE name = ?"));
    return gone.run(project);
  }
  auto update = WL_TRY(database_.prepare("INSERT OR REPLACE INTO projects VALUES(?, ?, ?)"));
  return update.run(project, limits.max_running, limits.max_queued);
}

Result<> RunTable::set_held(const std::string& uid, const std::string& by, std::int64_t now_millis) {
  auto update = WL_TRY(database_.prepare("UPDATE runs SET held_by = ?2, held = ?3 WHERE uid = ?1 AND ended = 0"));
  return update.run(uid, by, by.empty() ? std::int64_t{0} : now_millis);
}

}  // namespace windlass::runs

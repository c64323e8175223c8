// What is known of each pipeline from its Jenkinsfile, as the queue needs it: from runs.db, kept in memory. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "data/value.h"
#include "runs/run_queue.h"
#include "runs/run_table.h"

namespace windlass::runs {

class JobBook {
 public:
  /// `changed` hears of each pipeline whose properties are others now.
  static Result<JobBook> open(RunTable& table, std::function<void(const std::string& job)> changed);

  [[nodiscard]] JobProperties properties(const std::string& job) const;
  [[nodiscard]] const std::map<std::string, JobProperties>& all() const { return properties_; }
  /// What a run tells when its script comes to it.
  Result<> note(const std::string& job, const data::Value& told) { return set(job, job_properties_of(told)); }
  /// What a Declarative script says in plain literals; nothing is changed by any other.
  Result<> note_script(const std::string& job, const std::string& script);
  /// The rules for a run that is asked for: what its pipeline is configured to and what its Jenkinsfile says.
  Result<JobRules> rules(const RunRequest& request);

 private:
  JobBook(RunTable& table, std::function<void(const std::string&)> changed)
      : table_(&table), changed_(std::move(changed)) {}
  Result<> set(const std::string& job, JobProperties properties);

  RunTable* table_;
  std::function<void(const std::string&)> changed_;
  std::map<std::string, JobProperties> properties_;
  std::unordered_map<std::string, std::size_t> scripts_;  ///< hash of the script that was looked at last, by job
};

}  // namespace windlass::runs

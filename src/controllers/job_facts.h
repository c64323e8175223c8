// What the Jenkinsfiles of pipelines say about them, in memory: triggers and how long runs are kept. Told by whoever
// keeps the runs; asked by those who fire and discard.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controllers/work_queue.h"
#include "runs/job_properties.h"

namespace windlass::controllers {

class JobFacts {
 public:
  /// `job`: "project/pipeline".
  void set(const std::string& job, runs::JobProperties properties);
  [[nodiscard]] const runs::JobProperties& of(const Key& pipeline) const;
  /// Pipelines, of any project, that want to run after a run of that pipeline with that result. Whether they may know
  /// of it is not asked here.
  [[nodiscard]] std::vector<Key> waiting_for(const Key& pipeline, const std::string& result) const;

 private:
  std::map<Key, runs::JobProperties> known_;
  std::set<Key> followers_;  ///< those with a trigger `upstream`
};

}  // namespace windlass::controllers

// Work for the processor on behalf of a request: parsing, converting, rendering. It happens on the worker, in turn, and
// only so much of it waits: who comes when the queue is full is told to try again, and nobody else is slowed down.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "kapis/route.h"

namespace windlass::kapis {

inline constexpr int kMaxJobs = 64;
inline constexpr int kMaxJobsOfOne = 8;

/// A place in the queue; none when it is full, or when the user has taken a user's share.
class JobPlace {
 public:
  JobPlace(std::map<std::string, int>& jobs, const std::string& user) : jobs_(jobs), user_(user) {
    int all = 0;
    for (const auto& [name, count] : jobs_) all += count;
    const auto own = jobs_.find(user_);
    good_ = all < kMaxJobs && (own == jobs_.end() || own->second < kMaxJobsOfOne);
    if (good_) ++jobs_[user_];
  }
  ~JobPlace() {
    if (good_ && --jobs_[user_] == 0) jobs_.erase(user_);
  }
  JobPlace(const JobPlace&) = delete;
  JobPlace& operator=(const JobPlace&) = delete;
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::map<std::string, int>& jobs_;
  std::string user_;
  bool good_ = false;
};

/// What `work` gives; 503 when too many wait. `work` runs on another thread: it owns what it captures, or that outlives
/// the server's last request.
template <class F>
objects::ApiTask<std::invoke_result_t<F&>> run_job(Call& call, F work) {
  const JobPlace place(call.services.jobs, call.user.name);
  if (!place.good()) co_return objects::unavailable("too many scripts are being looked at; try again");
  co_return co_await call.services.worker.run(std::move(work));
}

}  // namespace windlass::kapis

#include "controllers/run_history.h"

#include <algorithm>

#include "runs/blue_ocean.h"

namespace windlass::controllers {

namespace {

constexpr int kWeatherRuns = 5;
constexpr int kDurationRuns = 3;

std::string pipeline_job(const runs::RunInfo& run) {
  const auto first = run.job.find('/');
  return run.job.substr(0, run.job.find('/', first == std::string::npos ? first : first + 1));
}

}  // namespace

Key RunHistory::pipeline_of(const runs::RunInfo& run) {
  const auto job = pipeline_job(run);
  const auto slash = job.find('/');
  return {job.substr(0, slash), slash == std::string::npos ? std::string() : job.substr(slash + 1)};
}

bool RunHistory::note(const runs::RunInfo& run) {
  auto& kept = jobs_[pipeline_job(run)];
  const auto found = kept.find(run.number);
  if (found != kept.end()) {
    const auto& before = found->second;
    if (before.phase == run.phase && before.result == run.result && before.paused() == run.paused()) return false;
  } else if (kept.size() >= kKept && run.number < kept.begin()->first) {
    return false;
  }
  kept[run.number] = run;
  if (kept.size() > kKept) kept.erase(kept.begin());
  return true;
}

void RunHistory::forget(const runs::RunInfo& run) {
  const auto found = jobs_.find(pipeline_job(run));
  if (found == jobs_.end()) return;
  found->second.erase(run.number);
  if (found->second.empty()) jobs_.erase(found);
}

/// As Jenkins: of the last five that ended by themselves, how many were good; the mean of the last three good ones.
PipelineFacts RunHistory::facts_of(const Key& pipeline) const {
  PipelineFacts out;
  const auto found = jobs_.find(pipeline.namespace_ + "/" + pipeline.name);
  if (found == jobs_.end()) return out;
  int counted = 0, bad = 0, timed = 0;
  std::int64_t total = 0;
  for (auto it = found->second.rbegin(); it != found->second.rend(); ++it) {
    const auto& run = it->second;
    if (run.phase != runs::Phase::ended) continue;
    if (counted < kWeatherRuns && run.result != "ABORTED" && run.result != "NOT_BUILT") {
      ++counted;
      bad += run.result == "SUCCESS" ? 0 : 1;
    }
    if (timed < kDurationRuns && run.result == "SUCCESS") {
      ++timed;
      total += run.ended_millis - run.started_millis;
    }
  }
  if (counted != 0) out.weather_score = 100 * (counted - bad) / counted;
  if (timed != 0) out.estimated_duration_millis = total / timed;
  if (!found->second.empty()) {
    const auto& latest = found->second.rbegin()->second;
    runs::BlueContext context;
    context.now_millis = latest.ended_millis != 0 ? latest.ended_millis : latest.started_millis;
    context.estimated_millis = out.estimated_duration_millis;
    out.latest_run = runs::blue_run(latest, context);
  }
  return out;
}

}  // namespace windlass::controllers

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
  auto& job = jobs_[pipeline_job(run)];
  Past now{.number = run.number,
           .millis = run.ended_millis == 0 ? 0 : run.ended_millis - run.started_millis,
           .result = run.result,
           .phase = run.phase,
           .paused = run.paused()};
  const auto place = std::ranges::lower_bound(job.past, run.number, {}, &Past::number);
  if (place != job.past.end() && place->number == run.number) {
    if (*place == now) return false;
    *place = std::move(now);
  } else {
    if (job.past.size() >= kKept && place == job.past.begin()) return false;
    job.past.insert(place, std::move(now));
    if (job.past.size() > kKept) job.past.erase(job.past.begin());
  }
  if (run.number == job.past.back().number) job.latest = run;
  return true;
}

/// As Jenkins: of the last five that ended by themselves, how many were good; the mean of the last three good ones.
PipelineFacts RunHistory::facts_of(const Key& pipeline) const {
  PipelineFacts out;
  const auto found = jobs_.find(pipeline.namespace_ + "/" + pipeline.name);
  if (found == jobs_.end()) return out;
  int counted = 0, bad = 0, timed = 0;
  std::int64_t total = 0;
  const auto& [past, latest] = found->second;
  for (auto it = past.rbegin(); it != past.rend(); ++it) {
    if (it->phase != runs::Phase::ended) continue;
    if (counted < kWeatherRuns && it->result != "ABORTED" && it->result != "NOT_BUILT") {
      ++counted;
      bad += it->result == "SUCCESS" ? 0 : 1;
    }
    if (timed < kDurationRuns && it->result == "SUCCESS") {
      ++timed;
      total += it->millis;
    }
  }
  if (counted != 0) out.weather_score = 100 * (counted - bad) / counted;
  if (timed != 0) out.estimated_duration_millis = total / timed;
  runs::BlueContext context;
  context.now_millis = latest.ended_millis != 0 ? latest.ended_millis : latest.started_millis;
  context.estimated_millis = out.estimated_duration_millis;
  out.latest_run = runs::blue_run(latest, context);
  return out;
}

}  // namespace windlass::controllers

// The queue at work: runs come into it, those that may begin do, the others are told why they wait.
#include <algorithm>
#include <chrono>

#include "runs/run_core.h"

namespace windlass::runs {

/// `asked`: its request is known, with what its pipeline is configured to.
void RunCore::enqueue(LiveRun& run, bool begun, bool asked) {
  const auto& request = run.request();
  const auto& info = run.info();
  if (asked) {
    auto rules = book_->rules(request);
    if (!rules) {
      options_.log("what is known of " + info.job + " cannot be read: " + rules.error().text());
      rules = JobRules{.exclusive = request.disable_concurrent};
    }
    queue_.set_rules(info.job, *rules);
  }
  const auto own = book_->properties(info.job).quiet_millis;
  const auto quiet = request.quiet_millis >= 0 ? request.quiet_millis : own != 0 ? own : options_.settings.quiet_millis;
  RunQueue::Item item{.order = run.order(),
                      .project = request.project,
                      .job = info.job,
                      .number = info.number,
                      .ready_millis = info.queued_millis + quiet,
                      .by_user = request.by_user,
                      .held_by = info.held_by,
                      .categories = book_->properties(info.job).categories};
  if (begun) {
    queue_.add_begun(std::move(item));
  } else {
    queue_.add(std::move(item));
  }
}

const RunInfo& RunCore::look(LiveRun& run) {
  if (run.info().phase == Phase::queued && !run.starting) {
    run.set_phase(Phase::queued, queue_.why(run.order(), options_.now_millis()));
  }
  return run.info();
}

/// How many more runs may be in memory; they are counted only where there are many.
std::size_t RunCore::room() const {
  if (queue_.begun() < options_.most_live) return options_.most_live - queue_.begun();
  const auto here = static_cast<std::size_t>(std::ranges::count_if(
      runs_, [](const auto& one) { return one.second->starting || one.second->actor() != nullptr; }));
  return here < options_.most_live ? options_.most_live - here : 0;
}

/// Starts what may start.
void RunCore::pump() {
  if (std::exchange(pump_posted_, true)) return;
  reactor_.post([this] {
    pump_posted_ = false;
    const auto now = options_.now_millis();
    std::vector<LiveRun*> beginning;
    for (auto left = room();; left -= left == 0 ? 0 : 1) {
      const auto order = queue_.take(now, left != 0);
      if (!order) break;
      beginning.push_back(runs_.at(*order).get());
    }
    begin(beginning);
    follow_queue();
    reactor_.cancel(std::exchange(pump_timer_, 0));
    if (const auto again = queue_.wake_at()) {
      pump_timer_ = reactor_.after(std::chrono::milliseconds(*again - options_.now_millis()), [this] {
        pump_timer_ = 0;
        pump();
      });
    }
  });
}

void RunCore::follow_queue() {
  for (const auto order : queue_.moved()) {
    if (auto* run = at(order)) look(*run);
  }
  for (const auto& [order, newer] : queue_.superseded()) {
    if (auto* run = at(order)) supersede(*run, newer);
  }
}

void RunCore::set_throttle(const std::map<std::string, std::int64_t>& limits) {
  queue_.set_categories(limits);
  resources_.set_slots(limits);
  pump();
}

Result<> RunCore::set_limits(const std::string& project, ProjectLimits limits) {
  WL_CHECK_OK(table_->set_limits(project, limits));
  queue_.set_limits(project, limits);
  pump();
  return {};
}

}  // namespace windlass::runs

#include "runs/run_queue.h"

#include <algorithm>
#include <utility>

#include "runs/throttle_names.h"

namespace windlass::runs {

using data::Value;

namespace {

constexpr std::size_t kTold = 50;  ///< of each pipeline's waiting runs hear at once that their reason has changed

Value number(std::uint64_t value) { return Value(static_cast<std::int64_t>(value)); }

}  // namespace

// ---- runs come and go
// --------------------------------------------------------------------------------------------------

RunQueue::Job& RunQueue::job_of(const Item& item) {
  auto& job = jobs_[item.job];
  job.project = item.project;
  return job;
}

void RunQueue::add(Item item) {
  auto& job = job_of(item);
  ++projects_[item.project].waiting;
  ++waiting_;
  const auto order = item.order;
  auto& entry = entries_[order] = {std::move(item), false};
  place(entry, job);
  supersede(job);
  settle(entry.item.job, job);
  moved_.insert(order);
}

void RunQueue::add_begun(Item item) {
  auto& job = job_of(item);
  ++projects_[item.project].running;
  ++begun_;
  job.running[item.number] = item.order;
  const auto name = item.job;
  const auto categories = item.categories;
  entries_[item.order] = {std::move(item), true};
  settle(name, job);
  count(categories, true);
}

void RunQueue::remove(std::uint64_t order) {
  const auto found = entries_.find(order);
  if (found == entries_.end()) return;
  const auto name = found->second.item.job;
  auto& job = jobs_.at(name);
  auto& project = projects_.at(job.project);
  const auto counted = found->second.begun ? found->second.item.categories : std::vector<std::string>();
  if (found->second.begun) {
    job.running.erase(found->second.item.number);
    --project.running;
    --begun_;
  } else {
    displace(found->second, job);
    --project.waiting;
    --waiting_;
  }
  entries_.erase(found);
  moved_.erase(order);
  settle(name, job);
  note_moved(job);
  if (job.running.empty() && job.ready.empty() && job.timed.empty() && job.held.empty()) {
    rates_.erase({job.rate_until, name});
    jobs_.erase(name);
  }
  if (project.running == 0 && project.waiting == 0 && project.limits.max_running == 0 &&
      project.limits.max_queued == 0) {
    std::erase_if(projects_, [&](const auto& one) { return &one.second == &project; });
  }
  count(counted, false);
}

void RunQueue::hold(std::uint64_t order, const std::string& by) {
  const auto found = entries_.find(order);
  if (found == entries_.end() || found->second.begun) return;
  auto& entry = found->second;
  auto& job = jobs_.at(entry.item.job);
  displace(entry, job);
  entry.item.held_by = by;
  place(entry, job);
  settle(entry.item.job, job);
  moved_.insert(order);
}

void RunQueue::place(Entry& entry, Job& job) {
  const auto& item = entry.item;
  if (!item.held_by.empty()) {
    job.held.insert(item.order);
  } else if (item.ready_millis > now_) {
    if (!job.timed.empty()) timed_jobs_.erase({job.timed.begin()->first, item.job});
    job.timed.emplace(item.ready_millis, item.order);
    timed_jobs_.emplace(job.timed.begin()->first, item.job);
  } else {
    job.ready.insert(item.order);
  }
}

void RunQueue::displace(const Entry& entry, Job& job) {
  const auto& item = entry.item;
  job.held.erase(item.order);
  job.ready.erase(item.order);
  if (!job.timed.contains({item.ready_millis, item.order})) return;
  timed_jobs_.erase({job.timed.begin()->first, item.job});
  job.timed.erase({item.ready_millis, item.order});
  if (!job.timed.empty()) timed_jobs_.emplace(job.timed.begin()->first, item.job);
}

// ---- rules
// -------------------------------------------------------------------------------------------------------------

void RunQueue::set_rules(const std::string& name, const JobRules& rules) {
  auto& job = jobs_[name];
  if (job.project.empty()) job.project = name.substr(0, name.find('/'));
  const auto last = job.rules.last_start;
  job.rules = rules;
  job.rules.last_start = std::max(last, rules.last_start);
  supersede(job);
  settle(name, job);
  note_moved(job);
}

void RunQueue::set_limits(const std::string& name, ProjectLimits limits) {
  auto& project = projects_[name];
  project.limits = limits;
  for (const auto& [order, job] : project.open) note_moved(jobs_.at(job));
}

/// Whole runs are all on one node: of the limits at all and of each node the smaller one counts.
void RunQueue::set_categories(const std::map<std::string, std::int64_t>& given) {
  std::map<std::string, std::int64_t> limits;
  for (const auto& [name, limit] : given) {
    auto& known = limits[plain_category(name).first];
    if (limit > 0) known = known == 0 ? limit : std::min(known, limit);
  }
  std::set<std::string> changed;
  for (auto& [name, category] : categories_) {
    const auto found = limits.find(name);
    const auto limit = found == limits.end() ? 0 : found->second;
    if (std::exchange(category.limit, limit) != limit) changed.insert(name);
  }
  for (const auto& [name, limit] : limits) {
    if (limit > 0) categories_[name].limit = limit;
  }
  for (const auto& name : changed) settle_all_of(name);
}

void RunQueue::settle_all_of(const std::string& category) {
  const auto found = categories_.find(category);
  if (found == categories_.end()) return;
  for (const auto& name : std::set(found->second.jobs)) {
    auto& job = jobs_.at(name);
    settle(name, job);
    note_moved(job);
  }
}

void RunQueue::count(const std::vector<std::string>& categories, bool begun) {
  for (const auto& name : categories) {
    auto& category = categories_[name];
    const bool was = category.full();
    category.running += begun ? 1 : static_cast<std::size_t>(-1);
    if (category.full() != was) settle_all_of(name);
  }
  // What says nothing any more goes, so that there are not more of them than pipelines that name one.
  for (const auto& name : categories) {
    const auto found = categories_.find(name);
    if (found == categories_.end()) continue;
    const auto& category = found->second;
    if (category.limit == 0 && category.running == 0 && category.jobs.empty()) categories_.erase(found);
  }
}

bool RunQueue::full(const std::string& name) const {
  const auto found = projects_.find(name);
  return found != projects_.end() && found->second.limits.max_queued > 0 &&
         static_cast<std::int64_t>(found->second.waiting) >= found->second.limits.max_queued;
}

std::int64_t RunQueue::queued_limit(const std::string& name) const {
  const auto found = projects_.find(name);
  return found == projects_.end() ? 0 : found->second.limits.max_queued;
}

std::optional<std::uint64_t> RunQueue::head(const Job& job, bool rate_passed) const {
  if (job.ready.empty()) return std::nullopt;
  if (rate_passed) return *job.ready.begin();
  if (!job.rules.rate_spares_users) return std::nullopt;
  const auto spared =
      std::find_if(job.ready.begin(), job.ready.end(), [&](auto order) { return entries_.at(order).item.by_user; });
  return spared == job.ready.end() ? std::nullopt : std::optional(*spared);
}

void RunQueue::settle(const std::string& name, Job& job) {
  auto& project = projects_[job.project];
  if (job.offer) project.open.erase(*job.offer);
  job.offer.reset();
  rates_.erase({job.rate_until, name});
  job.rate_until = 0;
  for (const auto& category : std::exchange(job.watched, {})) {
    if (const auto found = categories_.find(category); found != categories_.end()) found->second.jobs.erase(name);
  }
  if (job.rules.exclusive && !job.running.empty()) return;
  if (job.rules.max_running > 0 && std::ssize(job.running) >= job.rules.max_running) return;
  const bool passed = rate_passed(job);
  if (!passed && !job.ready.empty()) {
    job.rate_until = job.rules.last_start + job.rules.rate_millis;
    rates_.emplace(job.rate_until, name);
  }
  if (const auto first = head(job, passed)) {
    bool throttled = false;
    job.watched = entries_.at(*first).item.categories;
    for (const auto& category : job.watched) {
      auto& known = categories_[category];
      known.jobs.insert(name);
      throttled = throttled || known.full();
    }
    if (throttled) return;
    job.offer.emplace(*first, name);
    project.open.insert(*job.offer);
  }
}

/// The newest run that is ready ends all older ones of its pipeline, whether they have begun or not.
void RunQueue::supersede(Job& job) {
  if (!job.rules.abort_previous || job.ready.empty()) return;
  const auto newest = entries_.at(*job.ready.rbegin()).item.number;
  if (newest <= job.superseding) return;
  job.superseding = newest;
  for (const auto& [number, order] : job.running) {
    if (number < newest) superseded_.emplace_back(order, newest);
  }
  for (const auto order : job.ready) {
    if (entries_.at(order).item.number < newest) superseded_.emplace_back(order, newest);
  }
}

void RunQueue::note_moved(const Job& job) {
  std::size_t told = 0;
  for (auto it = job.ready.begin(); it != job.ready.end() && told < kTold; ++it, ++told) moved_.insert(*it);
}

// ---- who is next
// -------------------------------------------------------------------------------------------------------

void RunQueue::pass_time(std::int64_t now_millis) {
  now_ = now_millis;
  while (!timed_jobs_.empty() && timed_jobs_.begin()->first <= now_) {
    const auto name = timed_jobs_.begin()->second;
    auto& job = jobs_.at(name);
    timed_jobs_.erase(timed_jobs_.begin());
    while (!job.timed.empty() && job.timed.begin()->first <= now_) {
      job.ready.insert(job.timed.begin()->second);
      moved_.insert(job.timed.begin()->second);
      job.timed.erase(job.timed.begin());
    }
    if (!job.timed.empty()) timed_jobs_.emplace(job.timed.begin()->first, name);
    supersede(job);
    settle(name, job);
  }
  while (!rates_.empty() && rates_.begin()->first <= now_) {
    const auto name = rates_.begin()->second;
    settle(name, jobs_.at(name));
  }
}

std::optional<std::uint64_t> RunQueue::take(std::int64_t now_millis, bool room) {
  pass_time(now_millis);
  Project* next = nullptr;
  for (auto& [name, project] : projects_) {
    if (project.open.empty() || (!room && project.running >= kAlways)) continue;
    if (project.limits.max_running > 0 && static_cast<std::int64_t>(project.running) >= project.limits.max_running) {
      continue;
    }
    if (next == nullptr || std::pair(project.running, project.served) < std::pair(next->running, next->served)) {
      next = &project;
    }
  }
  if (next == nullptr) return std::nullopt;
  next->served = ++served_;
  const auto [order, name] = *next->open.begin();
  auto& job = jobs_.at(name);
  auto& entry = entries_.at(order);
  displace(entry, job);
  entry.begun = true;
  job.running[entry.item.number] = order;
  job.rules.last_start = now_;
  --next->waiting;
  ++next->running;
  --waiting_;
  ++begun_;
  moved_.erase(order);
  const auto categories = entry.item.categories;
  settle(name, job);
  note_moved(job);
  count(categories, true);
  return order;
}

std::optional<std::int64_t> RunQueue::wake_at() const {
  std::optional<std::int64_t> out;
  for (const auto* times : {&timed_jobs_, &rates_}) {
    if (!times->empty()) out = std::min(out.value_or(INT64_MAX), times->begin()->first);
  }
  return out;
}

Reason RunQueue::why(std::uint64_t order, std::int64_t now_millis) const {
  const auto found = entries_.find(order);
  if (found == entries_.end() || found->second.begun) return {};
  const auto& item = found->second.item;
  const auto& job = jobs_.at(item.job);
  const auto& project = projects_.at(job.project);
  if (!item.held_by.empty()) return {"paused", Value::map_of("by", item.held_by)};
  if (item.ready_millis > now_millis) return {"quiet-period", Value::map_of("until", item.ready_millis)};
  if (job.rules.exclusive) {
    auto first = job.running.empty() ? 0 : job.running.begin()->first;
    if (first == 0 && !job.ready.empty() && *job.ready.begin() != order) {
      first = entries_.at(*job.ready.begin()).item.number;
    }
    if (first != 0) return {"concurrent-build", Value::map_of("job", item.job, "number", number(first))};
  }
  if (job.rules.max_running > 0 && std::ssize(job.running) >= job.rules.max_running) {
    return {"pipeline-limit",
            Value::map_of("job", item.job, "running", number(job.running.size()), "limit", job.rules.max_running)};
  }
  for (const auto& name : item.categories) {
    const auto category = categories_.find(name);
    if (category == categories_.end() || !category->second.full()) continue;
    return {"throttle", Value::map_of("category", name, "running", number(category->second.running), "limit",
                                      category->second.limit)};
  }
  if (const auto until = job.rules.last_start + job.rules.rate_millis;
      until > now_millis && !(job.rules.rate_spares_users && item.by_user)) {
    return {"rate-limit", Value::map_of("until", until)};
  }
  if (project.limits.max_running > 0 && static_cast<std::int64_t>(project.running) >= project.limits.max_running) {
    return {"project-limit", Value::map_of("project", item.project, "running", number(project.running), "limit",
                                           project.limits.max_running)};
  }
  if (project.running >= kAlways) return {"busy", Value::map_of("running", number(begun_))};
  return {};
}

std::vector<std::uint64_t> RunQueue::moved() {
  std::vector<std::uint64_t> out(moved_.begin(), moved_.end());
  moved_.clear();
  return out;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> RunQueue::superseded() { return std::exchange(superseded_, {}); }

}  // namespace windlass::runs

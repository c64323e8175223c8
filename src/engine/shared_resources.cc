#include "engine/shared_resources.h"

#include <algorithm>
#include <utility>

#include "engine/node_slots.h"

namespace windlass::engine {

namespace {

constexpr std::string_view kSlot = "\x1fthrottle ";

std::string project_of(const std::string& job) { return job.substr(0, job.find('/')); }

/// Of a slot; one on a node has the limit of each node. 0: none.
std::int64_t limit_of(const std::map<std::string, std::int64_t>& limits, const std::string& name) {
  const auto on = name.find(kOnNode, kSlot.size());
  const auto found = limits.find(on == std::string::npos ? name : name.substr(0, on + 1));
  return found == limits.end() ? 0 : found->second;
}

}  // namespace

// ---- locks
// ----------------------------------------------------------------------------------------------------------

void SharedResources::hold_lock(const Run& run, std::uint64_t lease, std::vector<std::string> names,
                                const std::string& branch) {
  for (const auto& name : names) {
    if (category_of(name)) {
      slots_[name][{run.key, lease}] = {run, lease, branch};
    } else {
      locks_[name] = {run, lease, branch};
    }
  }
  lock_leases_[{run.key, lease}] = std::move(names);
}

void SharedResources::release_lock(const void* run, std::uint64_t lease) {
  auto found = lock_leases_.find({run, lease});
  if (found == lock_leases_.end()) return;
  for (const auto& name : found->second) {
    locks_.erase(name);
    const auto slots = slots_.find(name);
    if (slots == slots_.end()) continue;
    slots->second.erase({run, lease});
    if (slots->second.empty()) slots_.erase(slots);
  }
  lock_leases_.erase(found);
  grant();
}

void SharedResources::wait_for_lock(const void* run, std::uint64_t ticket, std::vector<std::string> names, bool front,
                                    std::int64_t since, std::function<void()> granted) {
  const auto known = std::find_if(lock_queue_.begin(), lock_queue_.end(),
                                  [&](const auto& wait) { return wait.run == run && wait.ticket == ticket; });
  if (known != lock_queue_.end()) {
    known->granted = std::move(granted);
  } else {
    put_in_lock_queue({run, ticket, std::move(names), front, since, std::move(granted)});
  }
  grant();
}

void SharedResources::put_in_lock_queue(LockWait wait) {
  if (wait.front) {
    lock_queue_.push_front(std::move(wait));
  } else {
    lock_queue_.push_back(std::move(wait));
  }
}

void SharedResources::stop_waiting_for_lock(const void* run, std::uint64_t ticket) {
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run && wait.ticket == ticket; });
}

const SharedResources::LockHolder* SharedResources::lock_holder(const std::string& name) const {
  if (const auto category = category_of(name)) {
    const auto held = slots_.find(name);
    if (held == slots_.end() || is_free(name, {})) return nullptr;
    return &held->second.begin()->second;
  }
  auto found = locks_.find(name);
  return found == locks_.end() ? nullptr : &found->second;
}

std::string SharedResources::slot_of(const std::string& category) { return std::string(kSlot) + category; }

std::optional<std::string> SharedResources::category_of(std::string_view name) {
  if (!name.starts_with(kSlot)) return std::nullopt;
  return std::string(name.substr(kSlot.size()));
}

void SharedResources::set_slots(const std::map<std::string, std::int64_t>& limits) {
  slot_limits_.clear();
  for (const auto& [category, limit] : limits) {
    if (limit > 0) slot_limits_[slot_of(category)] = limit;
  }
  grant();
}

SharedResources::SlotsTaken SharedResources::slots_of(const std::string& category) const {
  const auto name = slot_of(category);
  const auto held = slots_.find(name);
  return {held == slots_.end() ? 0 : std::ssize(held->second), limit_of(slot_limits_, name)};
}

bool SharedResources::is_free(const std::string& name, const std::map<std::string_view, int>& promised) const {
  const auto found = promised.find(name);
  const std::int64_t others = found == promised.end() ? 0 : found->second;
  if (!category_of(name)) return others == 0 && !locks_.contains(name);
  const auto limit = limit_of(slot_limits_, name);
  if (limit == 0) return true;
  const auto held = slots_.find(name);
  return others + (held == slots_.end() ? 0 : std::ssize(held->second)) < limit;
}

bool SharedResources::grant_one_lock() {
  std::map<std::string_view, int> promised;  // to parked runs that are on their way
  for (auto it = lock_queue_.begin(); it != lock_queue_.end(); ++it) {
    if (!std::ranges::all_of(it->names, [&](const auto& name) { return is_free(name, promised); })) continue;
    if (!it->granted) {
      for (const auto& name : it->names) ++promised[name];
      wake(it->run);
      continue;
    }
    auto granted = std::move(it->granted);
    lock_queue_.erase(it);
    granted();
    return true;
  }
  return false;
}

// ---- executors and workspaces
// ---------------------------------------------------------------------------------------

void SharedResources::hold_node(const Run& run, std::uint64_t lease, const std::string& node, int executor,
                                const std::string& workspace, bool workspace_only) {
  node_leases_[{run.key, lease}] = {node, project_of(run.job), executor, workspace, workspace_only};
}

void SharedResources::release_node(const void* run, std::uint64_t lease) {
  if (node_leases_.erase({run, lease}) == 0) return;
  if (node_leases_.empty() && executor_queue_.empty()) served_.clear();
  grant();
}

void SharedResources::wait_for_executor(const Run& run, std::uint64_t ticket, const std::string& node,
                                        std::int64_t since, std::function<void(int)> granted) {
  const auto known = std::find_if(executor_queue_.begin(), executor_queue_.end(),
                                  [&](const auto& wait) { return wait.run == run.key && wait.ticket == ticket; });
  if (known != executor_queue_.end()) {
    known->granted = std::move(granted);
  } else {
    executor_queue_.push_back({run.key, project_of(run.job), ticket, node, since, std::move(granted)});
  }
  grant();
}

void SharedResources::stop_waiting_for_executor(const void* run, std::uint64_t ticket) {
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run && wait.ticket == ticket; });
}

/// `promised`: how many are kept for parked runs that are on their way.
std::optional<int> SharedResources::free_executor(const std::string& node, int promised) const {
  std::set<int> taken;
  for (const auto& [lease, hold] : node_leases_) {
    if (hold.node == node && !hold.workspace_only) taken.insert(hold.executor);
  }
  auto limit = executors_.find(node);
  if (limit != executors_.end() && std::ssize(taken) + promised >= limit->second) return std::nullopt;
  int executor = 0;
  while (taken.contains(executor)) ++executor;
  return executor;
}

bool SharedResources::grant_one_executor() {
  std::map<std::pair<std::string, std::string>, std::size_t> holds;  // by node and project
  for (const auto& [lease, hold] : node_leases_) {
    if (!hold.workspace_only) ++holds[{hold.node, hold.project}];
  }
  std::map<std::string, int> promised;   // by node, to parked runs that are on their way
  std::set<const ExecutorWait*> called;  // they
  for (;;) {
    std::map<std::string, std::optional<int>> free;  // by node
    auto next = executor_queue_.end();
    std::pair<std::size_t, std::uint64_t> best;
    for (auto it = executor_queue_.begin(); it != executor_queue_.end(); ++it) {
      const auto [known, fresh] = free.try_emplace(it->node);
      if (fresh) known->second = free_executor(it->node, promised[it->node]);
      if (!known->second || called.contains(&*it)) continue;
      const auto held = holds.find({it->node, it->project});
      const auto served = served_.find(it->project);
      const std::pair<std::size_t, std::uint64_t> rank{held == holds.end() ? 0 : held->second,
                                                       served == served_.end() ? 0 : served->second};
      if (next != executor_queue_.end() && best <= rank) continue;
      next = it;
      best = rank;
    }
    if (next == executor_queue_.end()) return false;
    if (!next->granted) {
      called.insert(&*next);
      ++promised[next->node];
      ++holds[{next->node, next->project}];
      wake(next->run);
      continue;
    }
    const int executor = *free.at(next->node);
    auto granted = std::move(next->granted);
    served_[next->project] = next_served_++;
    executor_queue_.erase(next);
    granted(executor);
    return true;
  }
}

std::string SharedResources::free_workspace(const std::string& base) const {
  std::set<std::string_view> used;
  for (const auto& [lease, hold] : node_leases_) used.insert(hold.workspace);
  auto chosen = base;
  for (int copy = 2; used.contains(chosen); ++copy) chosen = base + "@" + std::to_string(copy);
  return chosen;
}

std::vector<SharedResources::NodeLoad> SharedResources::load() const {
  std::map<std::string, NodeLoad> nodes;
  for (const auto& [node, count] : executors_) nodes[node].executors = count;
  for (const auto& [lease, hold] : node_leases_) nodes[hold.node].busy += hold.workspace_only ? 0 : 1;
  for (const auto& wait : executor_queue_) ++nodes[wait.node].waiting;
  std::vector<NodeLoad> out;
  for (auto& [node, load] : nodes) {
    load.node = node;
    out.push_back(std::move(load));
  }
  return out;
}

// ---- milestones
// -----------------------------------------------------------------------------------------------------

void SharedResources::join_milestones(const Run& run, std::function<void(std::uint64_t, std::int64_t)> superseded) {
  auto& entry = jobs_[run.job][run.number];
  entry.key = run.key;
  entry.superseded = std::move(superseded);
}

void SharedResources::note_milestone(const Run& run, std::int64_t ordinal) {
  auto& newest = milestones_[run.job][ordinal];
  newest = std::max(newest, run.number);
  auto& entry = jobs_[run.job][run.number];
  entry.key = run.key;
  entry.passed = std::max(entry.passed, ordinal);
}

void SharedResources::know_milestone(const std::string& job, std::int64_t ordinal, std::uint64_t newest) {
  auto& known = milestones_[job][ordinal];
  known = std::max(known, newest);
}

std::optional<std::uint64_t> SharedResources::pass_milestone(const Run& run, std::int64_t ordinal) {
  auto& passed = milestones_[run.job];
  for (const auto& [other, newest] : passed) {
    if (other >= ordinal && newest > run.number) return newest;
  }
  if (keep_milestone_) keep_milestone_(run.job, ordinal, run.number);
  note_milestone(run, ordinal);
  auto job = jobs_.find(run.job);
  std::vector<std::function<void(std::uint64_t, std::int64_t)>> behind;
  for (auto& [number, entry] : job->second) {
    if (number < run.number && entry.passed < ordinal && entry.superseded) behind.push_back(entry.superseded);
  }
  for (const auto& superseded : behind) superseded(run.number, ordinal);
  return std::nullopt;
}

// ---- after a restart
// ------------------------------------------------------------------------------------------------------------

void SharedResources::holding(bool on) {
  if (holding_ && !on) {
    // Runs came back in any order; who asked first is first again, as if nobody had been away.
    std::multimap<std::int64_t, ExecutorWait> executors;
    for (auto& wait : std::exchange(executor_queue_, {})) executors.emplace(wait.since, std::move(wait));
    for (auto& [since, wait] : executors) executor_queue_.push_back(std::move(wait));
    std::multimap<std::int64_t, LockWait> locks;
    for (auto& wait : std::exchange(lock_queue_, {})) locks.emplace(wait.since, std::move(wait));
    for (auto& [since, wait] : locks) put_in_lock_queue(std::move(wait));
  }
  holding_ = on;
  grant();
}

// ---- runs that leave memory
// ------------------------------------------------------------------------------------------------------------

SharedResources::Claims SharedResources::claims_of(const Run& run) const {
  Claims out;
  for (const auto& [lease, names] : lock_leases_) {
    if (lease.first != run.key) continue;
    std::string branch;
    if (!names.empty()) {
      const auto slots = slots_.find(names.front());
      const auto lock = locks_.find(names.front());
      if (slots != slots_.end() && slots->second.contains(lease)) branch = slots->second.at(lease).branch;
      if (lock != locks_.end()) branch = lock->second.branch;
    }
    out.locks.push_back({lease.second, names, std::move(branch)});
  }
  for (const auto& [lease, hold] : node_leases_) {
    if (lease.first != run.key) continue;
    out.nodes.push_back({lease.second, hold.node, hold.workspace, hold.executor, hold.workspace_only});
  }
  for (const auto& wait : lock_queue_) {
    if (wait.run == run.key) out.lock_queue.push_back({wait.ticket, wait.names, wait.front, wait.since});
  }
  for (const auto& wait : executor_queue_) {
    if (wait.run == run.key) out.executor_queue.push_back({wait.ticket, wait.node, wait.since});
  }
  if (const auto job = jobs_.find(run.job); job != jobs_.end()) {
    if (const auto entry = job->second.find(run.number); entry != job->second.end()) out.passed = entry->second.passed;
  }
  return out;
}

void SharedResources::park(const Run& run, ParkedCalls calls) {
  parked_[run.key] = {std::move(calls.wake), false};
  for (auto& wait : lock_queue_) {
    if (wait.run == run.key) wait.granted = nullptr;
  }
  for (auto& wait : executor_queue_) {
    if (wait.run == run.key) wait.granted = nullptr;
  }
  join_milestones(run, std::move(calls.superseded));
  grant();
}

void SharedResources::park(const Run& run, const Claims& claims, ParkedCalls calls) {
  for (const auto& lock : claims.locks) hold_lock(run, lock.lease, lock.names, lock.branch);
  for (const auto& node : claims.nodes) {
    hold_node(run, node.lease, node.node, node.executor, node.workspace, node.workspace_only);
  }
  for (const auto& wait : claims.lock_queue) {
    put_in_lock_queue({run.key, wait.ticket, wait.names, wait.front, wait.since, nullptr});
  }
  for (const auto& wait : claims.executor_queue) {
    executor_queue_.push_back({run.key, project_of(run.job), wait.ticket, wait.node, wait.since, nullptr});
  }
  if (claims.passed >= 0) note_milestone(run, claims.passed);
  park(run, std::move(calls));
}

void SharedResources::came_back(const void* run) {
  parked_.erase(run);
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run && !wait.granted; });
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run && !wait.granted; });
  grant();
}

void SharedResources::stop_waiting(const void* run) {
  parked_.erase(run);
  for (auto& [job, runs] : jobs_) {
    for (auto& [number, entry] : runs) {
      if (entry.key == run) entry.superseded = nullptr;
    }
  }
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run; });
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run; });
  grant();
}

void SharedResources::wake(const void* run) {
  const auto found = parked_.find(run);
  if (found == parked_.end() || std::exchange(found->second.called, true)) return;
  found->second.wake();
}

// ---- granting
// ------------------------------------------------------------------------------------------------------------

/// One at a time: what is granted holds before the next is looked at. A callback that releases comes round again.
void SharedResources::grant() {
  if (holding_ || std::exchange(granting_, true)) return;
  while (grant_one_lock() || grant_one_executor()) {
  }
  granting_ = false;
}

void SharedResources::forget(const void* run) {
  parked_.erase(run);
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run; });
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run; });
  std::erase_if(locks_, [&](const auto& lock) { return lock.second.run.key == run; });
  std::erase_if(lock_leases_, [&](const auto& lease) { return lease.first.first == run; });
  for (auto& [name, held] : slots_) {
    std::erase_if(held, [&](const auto& slot) { return slot.first.first == run; });
  }
  std::erase_if(slots_, [](const auto& slot) { return slot.second.empty(); });
  std::erase_if(node_leases_, [&](const auto& lease) { return lease.first.first == run; });
  for (auto& [job, runs] : jobs_) {
    std::erase_if(runs, [&](const auto& entry) { return entry.second.key == run; });
  }
  std::erase_if(jobs_, [](const auto& job) { return job.second.empty(); });
  grant();
}

}  // namespace windlass::engine

#include "engine/shared_resources.h"

#include <algorithm>
#include <utility>

namespace windlass::engine {

// ---- locks
// ----------------------------------------------------------------------------------------------------------

void SharedResources::hold_lock(const Run& run, std::uint64_t lease, std::vector<std::string> names,
                                const std::string& branch) {
  for (const auto& name : names) locks_[name] = {run, lease, branch};
  lock_leases_[{run.key, lease}] = std::move(names);
}

void SharedResources::release_lock(const void* run, std::uint64_t lease) {
  auto found = lock_leases_.find({run, lease});
  if (found == lock_leases_.end()) return;
  for (const auto& name : found->second) locks_.erase(name);
  lock_leases_.erase(found);
  grant();
}

void SharedResources::wait_for_lock(const void* run, std::uint64_t ticket, std::vector<std::string> names, bool front,
                                    std::function<void()> granted) {
  LockWait wait{run, ticket, std::move(names), std::move(granted)};
  if (front) {
    lock_queue_.push_front(std::move(wait));
  } else {
    lock_queue_.push_back(std::move(wait));
  }
  grant();
}

void SharedResources::stop_waiting_for_lock(const void* run, std::uint64_t ticket) {
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run && wait.ticket == ticket; });
}

const SharedResources::LockHolder* SharedResources::lock_holder(const std::string& name) const {
  auto found = locks_.find(name);
  return found == locks_.end() ? nullptr : &found->second;
}

bool SharedResources::grant_one_lock() {
  auto next = std::find_if(lock_queue_.begin(), lock_queue_.end(), [this](const LockWait& wait) {
    return std::none_of(wait.names.begin(), wait.names.end(),
                        [this](const auto& name) { return locks_.contains(name); });
  });
  if (next == lock_queue_.end()) return false;
  auto granted = std::move(next->granted);
  lock_queue_.erase(next);
  granted();
  return true;
}

// ---- executors and workspaces
// ---------------------------------------------------------------------------------------

void SharedResources::hold_node(const Run& run, std::uint64_t lease, const std::string& node, int executor,
                                const std::string& workspace, bool workspace_only) {
  node_leases_[{run.key, lease}] = {node, executor, workspace, workspace_only};
}

void SharedResources::release_node(const void* run, std::uint64_t lease) {
  if (node_leases_.erase({run, lease}) != 0) grant();
}

void SharedResources::wait_for_executor(const void* run, std::uint64_t ticket, const std::string& node,
                                        std::function<void(int)> granted) {
  executor_queue_.push_back({run, ticket, node, std::move(granted)});
  grant();
}

void SharedResources::stop_waiting_for_executor(const void* run, std::uint64_t ticket) {
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run && wait.ticket == ticket; });
}

std::optional<int> SharedResources::free_executor(const std::string& node) const {
  std::set<int> taken;
  for (const auto& [lease, hold] : node_leases_) {
    if (hold.node == node && !hold.workspace_only) taken.insert(hold.executor);
  }
  auto limit = executors_.find(node);
  if (limit != executors_.end() && std::ssize(taken) >= limit->second) return std::nullopt;
  int executor = 0;
  while (taken.contains(executor)) ++executor;
  return executor;
}

bool SharedResources::grant_one_executor() {
  std::set<std::string> full;  // nobody overtakes on the same node
  for (auto it = executor_queue_.begin(); it != executor_queue_.end(); ++it) {
    if (full.contains(it->node)) continue;
    auto executor = free_executor(it->node);
    if (!executor) {
      full.insert(it->node);
      continue;
    }
    auto granted = std::move(it->granted);
    executor_queue_.erase(it);
    granted(*executor);
    return true;
  }
  return false;
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

std::optional<std::uint64_t> SharedResources::pass_milestone(const Run& run, std::int64_t ordinal) {
  auto& passed = milestones_[run.job];
  for (const auto& [other, newest] : passed) {
    if (other >= ordinal && newest > run.number) return newest;
  }
  note_milestone(run, ordinal);
  auto job = jobs_.find(run.job);
  std::vector<std::function<void(std::uint64_t, std::int64_t)>> behind;
  for (auto& [number, entry] : job->second) {
    if (number < run.number && entry.passed < ordinal && entry.superseded) behind.push_back(entry.superseded);
  }
  for (const auto& superseded : behind) superseded(run.number, ordinal);
  return std::nullopt;
}

// ---- all
// ------------------------------------------------------------------------------------------------------------

void SharedResources::holding(bool on) {
  holding_ = on;
  grant();
}

/// One at a time: what is granted holds before the next is looked at. A callback that releases comes round again.
void SharedResources::grant() {
  if (holding_ || std::exchange(granting_, true)) return;
  while (grant_one_lock() || grant_one_executor()) {
  }
  granting_ = false;
}

void SharedResources::forget(const void* run) {
  std::erase_if(lock_queue_, [&](const auto& wait) { return wait.run == run; });
  std::erase_if(executor_queue_, [&](const auto& wait) { return wait.run == run; });
  std::erase_if(locks_, [&](const auto& lock) { return lock.second.run.key == run; });
  std::erase_if(lock_leases_, [&](const auto& lease) { return lease.first.first == run; });
  std::erase_if(node_leases_, [&](const auto& lease) { return lease.first.first == run; });
  for (auto& [job, runs] : jobs_) {
    std::erase_if(runs, [&](const auto& entry) { return entry.second.key == run; });
  }
  std::erase_if(jobs_, [](const auto& job) { return job.second.empty(); });
  grant();
}

}  // namespace windlass::engine

#include "journal/late_runs.h"

#include <chrono>
#include <utility>
#include <vector>

namespace windlass::journal {

namespace {
constexpr std::chrono::seconds kPatience{10};
}  // namespace

void LateRuns::add(const std::string& folder, std::function<void()> land) {
  const std::scoped_lock lock(mutex_);
  runs_[folder].land = std::move(land);
}

void LateRuns::give_away(const std::string& folder, Work rest) {
  const std::scoped_lock lock(mutex_);
  runs_[folder] = {nullptr, true, std::move(rest)};
}

void LateRuns::finish(const std::string& folder) {
  Work rest;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = runs_.find(folder);
    if (found == runs_.end() || !found->second.rest) return;
    rest = std::exchange(found->second.rest, nullptr);
  }
  rest();
  const std::scoped_lock lock(mutex_);
  runs_.erase(folder);
  gone_.notify_all();
}

void LateRuns::remove(const std::string& folder) {
  const std::scoped_lock lock(mutex_);
  const auto found = runs_.find(folder);
  if (found == runs_.end() || found->second.is_given_away) return;
  runs_.erase(found);
  gone_.notify_all();
}

void LateRuns::wait(const std::string& folder, bool is_loop) {
  std::unique_lock lock(mutex_);
  const auto found = runs_.find(folder);
  if (found == runs_.end()) return;
  if (is_loop && found->second.land) {
    const auto land = found->second.land;
    lock.unlock();
    return land();
  }
  if (found->second.rest) {
    lock.unlock();
    return finish(folder);
  }
  gone_.wait_for(lock, kPatience, [&] { return !runs_.contains(folder); });
}

void LateRuns::wait_for_all() {
  std::vector<std::string> folders;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [folder, late] : runs_) folders.push_back(folder);
  }
  for (const auto& folder : folders) wait(folder, true);
}

}  // namespace windlass::journal

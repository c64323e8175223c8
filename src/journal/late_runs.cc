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
  auto& late = runs_[folder];
  late.land = nullptr;
  late.is_given_away = true;
  late.rest = std::move(rest);
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
  if (const auto found = runs_.find(folder); found != runs_.end() && found->second.why.empty()) runs_.erase(found);
  gone_.notify_all();
}

void LateRuns::give_up(const std::string& folder, const Error& why) {
  const std::scoped_lock lock(mutex_);
  runs_[folder].why = why.message;
}

void LateRuns::drop(std::map<std::string, Late>::iterator run) {
  if (!run->second.is_given_away && run->second.why.empty()) runs_.erase(run);
  gone_.notify_all();
}

void LateRuns::landed(const std::string& folder) {
  const std::scoped_lock lock(mutex_);
  const auto found = runs_.find(folder);
  if (found == runs_.end()) return;
  found->second.why.clear();
  drop(found);
}

void LateRuns::left(const std::string& folder) {
  const std::scoped_lock lock(mutex_);
  const auto found = runs_.find(folder);
  if (found == runs_.end()) return;
  found->second.land = nullptr;
  drop(found);
}

void LateRuns::forget(const std::string& folder) {
  const std::scoped_lock lock(mutex_);
  if (runs_.erase(folder) != 0) gone_.notify_all();
}

Result<> LateRuns::wait(const std::string& folder, bool is_loop) {
  std::unique_lock lock(mutex_);
  auto found = runs_.find(folder);
  if (found == runs_.end()) return {};
  if (is_loop && found->second.land) {
    const auto land = found->second.land;
    lock.unlock();
    land();
    lock.lock();
  } else if (found->second.rest) {
    lock.unlock();
    finish(folder);
    lock.lock();
  } else if (found->second.why.empty()) {
    gone_.wait_for(lock, kPatience, [&] {
      found = runs_.find(folder);
      return found == runs_.end() || !found->second.why.empty();
    });
  }
  found = runs_.find(folder);
  if (found == runs_.end() || found->second.why.empty()) return {};
  return fail(ErrorKind::unavailable,
              {"the end of the run could not be written into its journal ({}); the commit log has it: start the server "
               "again when the disk is well",
               "运行的结尾无法写入其日志（{}）；提交日志中保留着它：请在磁盘恢复后重新启动服务器"},
              {found->second.why});
}

Result<> LateRuns::wait_for_all() {
  std::vector<std::string> folders;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [folder, late] : runs_) folders.push_back(folder);
  }
  Result<> out;
  for (const auto& folder : folders) {
    auto done = wait(folder, true);
    if (out && !done) out = std::move(done);
  }
  return out;
}

}  // namespace windlass::journal

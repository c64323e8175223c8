#include "runs/downstream_runs.h"

namespace windlass::runs {

using engine::DownstreamJob;
using engine::DownstreamState;

namespace {

constexpr std::chrono::seconds kAgain{2};
constexpr std::size_t kMostProblems = 10'000;

}  // namespace

Result<> DownstreamRuns::recover() {
  for (const auto& order : WL_TRY(table_.orders())) make(order);
  return {};
}

void DownstreamRuns::find(const std::string& from, const std::string& name,
                          std::function<void(Result<std::optional<DownstreamJob>>)> done) {
  options_.find(from, name, [this, done = std::move(done)](Result<std::optional<DownstreamJob>> found) mutable {
    reactor_.post([done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); });
  });
}

Result<> DownstreamRuns::order(const engine::DownstreamOrder& asked) {
  RunOrder order{.ref = asked.ref,
                 .job = asked.job,
                 .parameters = asked.parameters,
                 .secret_parameters = asked.secret_parameters,
                 .cause = asked.cause,
                 .by = asked.by_job + "#" + std::to_string(asked.by_number),
                 .user_id = asked.user_id,
                 .start_millis = asked.start_millis};
  WL_CHECK_OK(table_.order(order));
  make(order);
  return {};
}

void DownstreamRuns::make(const RunOrder& order) {
  options_.make(order, [this, ref = order.ref](Result<> made) {
    reactor_.post([this, ref, made = std::move(made)] {
      if (made) return;
      if (made.error().kind == ErrorKind::not_found || made.error().kind == ErrorKind::invalid) {
        if (auto noted = refuse(ref, made.error().message); !noted) options_.log(noted.error().text());
        return;
      }
      options_.log("a run that a build step has ordered cannot be made yet: " + made.error().text());
      retry_later();
    });
  });
}

void DownstreamRuns::retry_later() {
  if (retry_ != 0) return;
  retry_ = reactor_.after(kAgain, [this] {
    retry_ = 0;
    if (auto done = recover(); !done) options_.log("orders of build steps cannot be read: " + done.error().text());
  });
}

Result<> DownstreamRuns::refuse(const std::string& ref, const std::string& why) {
  if (!WL_TRY(table_.find_order(ref))) return {};
  WL_CHECK_OK(table_.drop_order(ref));
  if (problems_.size() >= kMostProblems) problems_.erase(problems_.begin());
  problems_[ref] = why;
  moved(ref);
  return {};
}

DownstreamState DownstreamRuns::state(const std::string& ref) {
  DownstreamState out;
  auto row = table_.find_upstream(ref);
  if (!row) {
    out.problem = row.error().message;
    return out;
  }
  if (!*row) {
    const auto order = table_.find_order(ref);
    if (order && *order) {
      out.job = (*order)->job;
      return out;
    }
    const auto known = problems_.find(ref);
    out.problem = known != problems_.end() ? known->second : "it was deleted, or could not be accepted";
    return out;
  }
  auto* live = options_.live((*row)->info.uid);
  const auto& info = live != nullptr ? live->info() : (*row)->info;
  out.job = info.job;
  out.number = info.number;
  out.ended = info.phase == Phase::ended;
  out.begun = info.started_millis != 0 || out.ended;
  out.result = info.result;
  if (live != nullptr && live->actor() != nullptr && !out.ended) out.facts = live->actor()->facts();
  return out;
}

void DownstreamRuns::watch(const std::string& ref, const void* watcher, std::function<void()> moved) {
  const auto [begin, end] = watches_.equal_range(ref);
  for (auto it = begin; it != end; ++it) {
    if (it->second.watcher != watcher) continue;
    it->second.moved = std::move(moved);
    return;
  }
  watches_.emplace(ref, Watch{watcher, std::move(moved)});
}

void DownstreamRuns::forget(const void* watcher) {
  std::erase_if(watches_, [&](const auto& entry) { return entry.second.watcher == watcher; });
}

void DownstreamRuns::moved(const std::string& ref) {
  if (ref.empty()) return;
  const auto [begin, end] = watches_.equal_range(ref);
  for (auto it = begin; it != end; ++it) reactor_.post([tell = it->second.moved] { tell(); });
}

std::optional<std::string> DownstreamRuns::stopped(const std::string& ref) {
  auto found = stopped_.extract(ref);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

void DownstreamRuns::stop(const std::string& ref, const std::string& cause) {
  const auto row = table_.find_upstream(ref);
  if (row && *row) return options_.stop((*row)->info.uid, cause);
  const auto order = table_.find_order(ref);
  if (order && *order) stopped_[ref] = cause;
}

}  // namespace windlass::runs

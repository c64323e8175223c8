#include "kapis/expected.h"

#include <algorithm>

#include "kapis/run_access.h"
#include "runs/compare_runs.h"

namespace windlass::kapis {

namespace {

constexpr std::size_t kLookBack = 50;  ///< runs that are asked for a green one
constexpr std::size_t kGreen = 5;      ///< green runs that the median is of
constexpr std::size_t kMostNodes = 20'000;
constexpr std::size_t kMostJobs = 64;

std::int64_t median(std::vector<std::int64_t>& all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

/// What the nodes of each path took.
std::map<std::string, std::int64_t> medians(const std::vector<runs::FlowNodes>& of) {
  std::map<std::string, std::vector<std::int64_t>> parts;
  for (const auto& nodes : of) {
    const auto paths = runs::paths_of(nodes);
    for (const auto& node : nodes) {
      if (node.ended_millis != 0) parts[paths.of(node)].push_back(node.ended_millis - node.started_millis);
    }
  }
  std::map<std::string, std::int64_t> out;
  for (auto& [path, all] : parts) out[path] = median(all);
  return out;
}

}  // namespace

objects::ApiTask<Neighbours> neighbours_of(Call& call, const runs::RunInfo& run) {
  Neighbours out;
  auto& service = call.services.runs;
  auto before = WL_API_TRY(to_outcome(co_await service.of_job(run.job, kLookBack, run.number)));
  if (!before.empty()) out.previous = before.front().number;
  for (auto& one : before) {
    if (one.phase != runs::Phase::ended || one.result != "SUCCESS") continue;
    if (out.last_green == 0) out.last_green = one.number;
    if (out.green.size() < kGreen) out.green.push_back(std::move(one));
  }
  // Numbers have gaps only where runs were deleted.
  for (std::uint64_t beyond = run.number + 2, step = 2; out.next == 0; beyond += step *= 2) {
    const auto newest = WL_API_TRY(to_outcome(co_await service.of_job(run.job, 1, 0)));
    if (newest.empty() || newest.front().number <= run.number) break;
    for (const auto& one : WL_API_TRY(to_outcome(co_await service.of_job(run.job, kLookBack, beyond)))) {
      if (one.number > run.number) out.next = one.number;
    }
  }
  co_return out;
}

objects::ApiTask<std::shared_ptr<const Expected>> expected_of(Call& call, const std::string& job,
                                                              const std::vector<runs::RunInfo>& green) {
  std::string of;
  for (const auto& one : green) of += std::to_string(one.number) + " ";
  auto& kept = call.services.expected;
  if (const auto known = kept.find(job); known != kept.end() && known->second->of == of) co_return known->second;
  auto out = std::make_shared<Expected>();
  out->of = of;
  std::vector<std::int64_t> whole;
  std::vector<runs::FlowNodes> all_nodes;
  for (const auto& one : green) {
    whole.push_back(one.ended_millis - one.started_millis);
    const auto nodes = WL_API_TRY(to_outcome(co_await call.services.runs.nodes(one.uid)));
    if (nodes.size() > kMostNodes) continue;
    all_nodes.push_back(nodes);
  }
  if (!whole.empty()) out->whole = median(whole);
  out->parts = co_await call.services.worker.run([all_nodes = std::move(all_nodes)] { return medians(all_nodes); });
  if (kept.size() >= kMostJobs) kept.clear();
  kept[job] = out;
  co_return std::shared_ptr<const Expected>(out);
}

}  // namespace windlass::kapis

#include "clouds/cap_queue.h"

#include <algorithm>

namespace windlass::clouds {

namespace {

int count_of(const std::map<std::string, int, std::less<>>& counts, std::string_view key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

std::string project_key(const PodClaim& claim) { return claim.cloud + "\n" + claim.project; }

void add(std::map<std::string, int, std::less<>>& counts, const std::string& key, int by) {
  auto& count = counts[key];
  count += by;
  if (count <= 0) counts.erase(key);
}

}  // namespace

void CapQueue::count(const PodClaim& claim, int by) {
  add(clouds_, claim.cloud, by);
  add(templates_, claim.template_id, by);
  add(projects_, project_key(claim), by);
}

void CapQueue::hold(const std::string& key, PodClaim claim) {
  const auto [at, added] = held_.emplace(key, std::move(claim));
  if (added) count(at->second, 1);
}

void CapQueue::drop(const std::string& key) {
  std::erase_if(waiting_, [&](const auto& one) { return one.first == key; });
  if (const auto found = held_.find(key); found != held_.end()) {
    count(found->second, -1);
    held_.erase(found);
  }
}

void CapQueue::wait(const std::string& key, PodClaim claim) { waiting_.emplace_back(key, std::move(claim)); }

std::optional<CapQueue::Full> CapQueue::full(const PodClaim& claim) const {
  if (claim.cloud_cap > 0 && count_of(clouds_, claim.cloud) >= claim.cloud_cap) {
    return Full{.cloud = true, .what = claim.cloud, .cap = claim.cloud_cap};
  }
  if (claim.instance_cap > 0 && count_of(templates_, claim.template_id) >= claim.instance_cap) {
    return Full{.cloud = false, .what = claim.template_id, .cap = claim.instance_cap};
  }
  return std::nullopt;
}

std::vector<std::string> CapQueue::admit() {
  std::vector<std::string> out;
  for (;;) {
    auto best = waiting_.end();
    int fewest = 0;
    for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
      if (full(one->second)) continue;
      const int pods = count_of(projects_, project_key(one->second));
      if (best != waiting_.end() && pods >= fewest) continue;
      best = one;
      fewest = pods;
      if (pods == 0) break;
    }
    if (best == waiting_.end()) return out;
    out.push_back(best->first);
    hold(best->first, std::move(best->second));
    waiting_.erase(best);
  }
}

}  // namespace windlass::clouds

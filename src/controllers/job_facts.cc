#include "controllers/job_facts.h"

#include <algorithm>

#include "controllers/downstream.h"

namespace windlass::controllers {

namespace {

Key key_of(const std::string& job) {
  const auto slash = job.find('/');
  const auto rest = slash == std::string::npos ? std::string() : job.substr(slash + 1);
  return {job.substr(0, slash), rest.substr(0, rest.find('/'))};
}

}  // namespace

void JobFacts::set(const std::string& job, runs::JobProperties properties) {
  const auto key = key_of(job);
  if (properties.upstream.empty()) {
    followers_.erase(key);
  } else {
    followers_.insert(key);
  }
  known_[key] = std::move(properties);
}

const runs::JobProperties& JobFacts::of(const Key& pipeline) const {
  static const runs::JobProperties kNone;  // immutable: no state
  const auto found = known_.find(pipeline);
  return found == known_.end() ? kNone : found->second;
}

std::vector<Key> JobFacts::waiting_for(const Key& pipeline, const std::string& result) const {
  std::vector<Key> out;
  const auto wanted = pipeline.namespace_ + "/" + pipeline.name;
  for (const auto& follower : followers_) {
    const auto own = follower.namespace_ + "/" + follower.name;
    const bool waits = std::ranges::any_of(of(follower).upstream, [&](const auto& trigger) {
      return runs::reaches(result, trigger.threshold) && std::ranges::any_of(trigger.projects, [&](const auto& name) {
               const auto meant = names_meant(own, name);
               return std::ranges::find(meant, wanted) != meant.end();
             });
    });
    if (waits) out.push_back(follower);
  }
  return out;
}

}  // namespace windlass::controllers

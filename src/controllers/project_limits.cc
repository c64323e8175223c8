#include "controllers/project_limits.h"

#include <charconv>

#include "controllers/names.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

namespace {

const objects::ResourceType& project_type() {
  return *objects::find_resource(names::kGroup, "v1alpha3", "devopsprojects");
}

std::int64_t number_in(const Value& project, std::string_view key, std::string* problem) {
  const auto text = objects::annotation(project, key);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || (error == std::errc() && end == text.data() + text.size() && value >= 0)) return value;
  if (problem != nullptr) *problem = std::string(key) + ": '" + text + "' is no number of runs, so there is no limit";
  return 0;
}

}  // namespace

runs::ProjectLimits limits_of(const Value& project, std::string* problem) {
  return {.max_running = number_in(project, names::kMaxRunning, problem),
          .max_queued = number_in(project, names::kMaxQueued, problem)};
}

rt::Task<Requeue> ProjectLimitsReconciler::reconcile(Key key) {
  auto project = co_await store_.get(project_type(), "", key.name);
  if (!project && project.error().code != 404) co_return fail(objects::to_error(project.error()));
  std::string problem;
  const auto limits = project ? limits_of(*project, &problem) : runs::ProjectLimits();
  if (const auto known = told_.find(key.name); known != told_.end() && known->second == limits) co_return Requeue{};
  WL_CO_TRY_VOID(co_await service_.set_limits(key.name, limits));
  told_[key.name] = limits;
  if (!project) told_.erase(key.name);
  if (!problem.empty()) co_await events_.record(*project, EventType::warning, "LimitInvalid", problem);
  co_return Requeue{};
}

}  // namespace windlass::controllers

#include "controllers/run_port.h"

#include <utility>

#include "runs/run_service.h"

namespace windlass::controllers {

rt::Task<runs::Acceptance> ServiceRuns::accept(runs::RunRequest request) { return service_.accept(std::move(request)); }
rt::Task<std::optional<runs::RunInfo>> ServiceRuns::find(std::string uid) { return service_.find(std::move(uid)); }
rt::Task<runs::FlowNodes> ServiceRuns::nodes(std::string uid) { return service_.nodes(std::move(uid)); }
rt::Task<> ServiceRuns::stop(std::string uid, std::string user, runs::Stop how) {
  return service_.stop(std::move(uid), std::move(user), how);
}
rt::Task<> ServiceRuns::pause(std::string uid, std::string user) {
  return service_.pause(std::move(uid), std::move(user));
}
rt::Task<> ServiceRuns::resume(std::string uid, std::string user) {
  return service_.resume(std::move(uid), std::move(user));
}
rt::Task<> ServiceRuns::remove(std::string uid) { return service_.remove(std::move(uid)); }
rt::Task<> ServiceRuns::refuse_order(std::string ref, std::string why) {
  return service_.refuse_order(std::move(ref), std::move(why));
}
rt::Task<> ServiceRuns::set_limits(std::string project, runs::ProjectLimits limits) {
  return service_.set_limits(std::move(project), limits);
}

rt::Task<KeptFacts> ServiceRuns::kept_facts(std::string uid) {
  auto found = co_await service_.kept_facts(std::move(uid));
  if (!found) co_return KeptFacts();
  co_return std::move(*found);
}

}  // namespace windlass::controllers

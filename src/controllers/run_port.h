// What controllers ask of the runs: the server's RunService, or whatever a test has in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rt/task.h"
#include "runs/run_types.h"

namespace windlass::runs {
class RunService;
}

namespace windlass::controllers {

using runs::KeptFacts;

class RunPort {
 public:
  virtual ~RunPort() = default;
  virtual rt::Task<runs::Acceptance> accept(runs::RunRequest request) = 0;
  virtual rt::Task<std::optional<runs::RunInfo>> find(std::string uid) = 0;
  virtual rt::Task<runs::FlowNodes> nodes(std::string uid) = 0;
  virtual rt::Task<> stop(std::string uid, std::string user, runs::Stop how) = 0;
  virtual rt::Task<> pause(std::string uid, std::string user) = 0;
  virtual rt::Task<> resume(std::string uid, std::string user) = 0;
  virtual rt::Task<> remove(std::string uid) = 0;
  virtual rt::Task<> refuse_order(std::string ref, std::string why) = 0;
  virtual rt::Task<> set_limits(std::string project, runs::ProjectLimits limits) = 0;
  /// What a run that has ended left in its journal. Without that nothing is known, and nothing is said.
  virtual rt::Task<KeptFacts> kept_facts(std::string uid) = 0;
};

/// Those of a server. It must outlive this.
class ServiceRuns final : public RunPort {
 public:
  explicit ServiceRuns(runs::RunService& service) : service_(service) {}
  rt::Task<runs::Acceptance> accept(runs::RunRequest request) override;
  rt::Task<std::optional<runs::RunInfo>> find(std::string uid) override;
  rt::Task<runs::FlowNodes> nodes(std::string uid) override;
  rt::Task<> stop(std::string uid, std::string user, runs::Stop how) override;
  rt::Task<> pause(std::string uid, std::string user) override;
  rt::Task<> resume(std::string uid, std::string user) override;
  rt::Task<> remove(std::string uid) override;
  rt::Task<> refuse_order(std::string ref, std::string why) override;
  rt::Task<> set_limits(std::string project, runs::ProjectLimits limits) override;
  rt::Task<KeptFacts> kept_facts(std::string uid) override;

 private:
  runs::RunService& service_;
};

}  // namespace windlass::controllers

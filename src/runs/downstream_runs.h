// What `build` steps of the runs here order, and how those who wait for it hear: orders become objects by `make`,
// objects become runs by RunCore::accept, which uses the order up.
//
// One thread (the engine's). Invariants: one order is one run, through any crash; an order that no object has taken is
// brought to the objects again at each start and from time to time.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/downstream.h"
#include "engine/reactor.h"
#include "runs/live_run.h"
#include "runs/run_table.h"

namespace windlass::runs {

struct DownstreamOptions {
  /// Both answer on any thread, once.
  using FindPipeline = std::function<void(const std::string& from, const std::string& name,
                                          std::function<void(Result<std::optional<engine::DownstreamJob>>)> done)>;
  using MakeRun = std::function<void(const RunOrder& order, std::function<void(Result<>)> done)>;
  FindPipeline find;
  MakeRun make;  ///< makes the object of an order, or finds it there. not_found: there can be none any more
  std::function<LiveRun*(const std::string& uid)> live;
  std::function<void(const std::string& uid, const std::string& cause)> stop;
  std::function<void(std::string_view)> log;
};

class DownstreamRuns final : public engine::Downstream {
 public:
  DownstreamRuns(engine::Reactor& reactor, RunTable& table, DownstreamOptions options)
      : reactor_(reactor), table_(table), options_(std::move(options)) {}
  ~DownstreamRuns() override { reactor_.cancel(retry_); }

  /// Brings all orders that wait to the objects.
  Result<> recover();
  /// The run of that order was accepted, has begun or ended.
  void moved(const std::string& ref);
  /// Whether its end was ordered before it was accepted; and why.
  std::optional<std::string> stopped(const std::string& ref);
  /// There will never be a run of that order.
  Result<> refuse(const std::string& ref, const std::string& why);

  void find(const std::string& from, const std::string& name,
            std::function<void(Result<std::optional<engine::DownstreamJob>>)> done) override;
  Result<> order(const engine::DownstreamOrder& order) override;
  engine::DownstreamState state(const std::string& ref) override;
  void watch(const std::string& ref, const void* watcher, std::function<void()> moved) override;
  void forget(const void* watcher) override;
  void stop(const std::string& ref, const std::string& cause) override;

 private:
  void make(const RunOrder& order);
  void retry_later();

  engine::Reactor& reactor_;
  RunTable& table_;
  DownstreamOptions options_;
  struct Watch {
    const void* watcher;
    std::function<void()> moved;
  };
  std::multimap<std::string, Watch> watches_;    ///< by reference
  std::map<std::string, std::string> stopped_;   ///< orders that are to end as soon as they are runs: why
  std::map<std::string, std::string> problems_;  ///< orders that came to nothing in this process: why
  engine::Reactor::TimerId retry_ = 0;
};

}  // namespace windlass::runs

// A day of a server: people start runs, answer and stop them; machines die. All of it from one seed, on simulated time,
// with a simulated disk and agent, around the real run core, engine, evaluator, journal and store.
//
// The server's life ends in three ways: killed between two events, killed in the middle of one before some write, or
// with the machine, which leaves only what was synced. It begins again a little later from what is left. At the end of
// the day everything is given the time to come to its end, and then the checks of world.cc hold or are findings.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "agent.h"
#include "clock.h"
#include "pipelines.h"
#include "reactor.h"
#include "runs/run_core.h"
#include "store/fault_disk.h"

namespace windlass::simulation {

struct Options {
  std::uint64_t seed = 1;
  std::int64_t hours = 8;
  std::string folder;  ///< made and emptied
  bool trace = false;  ///< tells what happens on standard error
};

struct Report {
  std::vector<std::string> findings;
  std::uint64_t runs = 0, lives = 0, power_cuts = 0, bad_disks = 0, shims = 0, tasks = 0, events = 0;
  std::uint64_t history = 0;  ///< a digest: the same for the same seed
  std::map<std::string, std::uint64_t> results;
};

class World {
 public:
  explicit World(Options options);
  ~World();
  Report play();

 private:
  struct Run {
    runs::RunRequest request;
    const Pipeline* pipeline = nullptr;
    bool is_accepted = false;  ///< the server said so
    bool is_stopped = false;   ///< somebody has ordered its end, successfully or not
    bool is_answered = false;
    std::string upstream;
    std::string result;      ///< told
    std::string id;          ///< "JOB#7"
    bool is_bereft = false;  ///< its agent died while it was there
    bool is_read = false, is_gone = false;
    std::string owner;           ///< what its journal calls it, and the agent
    std::uint64_t log_told = 0;  ///< bytes
    std::string log_seen;        ///< what stood there when a life ended
  };
  struct Life;

  void begin_life();
  void doom(bool is_power_cut);
  void bury();
  void arrive();
  void request(const std::string& uid);
  void was_accepted(const std::string& uid, const Result<runs::RunInfo>& accepted);
  void look_after(const std::string& uid);
  void stop(const std::string& uid);
  void plan_fault();
  void fault();
  void spoil_disk();
  void heard(const runs::RunInfo& info, const runs::RunDelta& delta);
  void read_log(journal::StateFolder& state, const std::string& uid);
  void read_logs();
  void retire(const std::string& uid);
  [[nodiscard]] bool may_fail(const Run& run) const;
  void check_run(const std::string& uid);
  void check();
  void finding(std::string text);
  void trace(const std::string& text);
  [[nodiscard]] bool is_up() const;
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// Which start of the machine this is.
  [[nodiscard]] std::string boot() const;
  [[nodiscard]] Result<std::unique_ptr<journal::StateFolder>> look_at_journals() const;

  Options options_;
  std::mt19937_64 random_;
  Clock clock_;
  Agent agent_;
  std::unique_ptr<Life> life_;
  bool is_doomed_ = false, is_disk_bad_ = false, is_over_ = false;
  std::map<std::string, Run> runs_;  ///< by uid
  std::uint64_t next_uid_ = 1;
  std::uint64_t waits_for_agent_ = 0;  ///< records of it in journals, seen
  Report report_;
};

}  // namespace windlass::simulation

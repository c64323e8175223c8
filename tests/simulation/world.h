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
#include "objects.h"
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
  std::uint64_t runs = 0, objects = 0, lives = 0, power_cuts = 0, bad_disks = 0, shims = 0, tasks = 0, events = 0;
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
    bool is_object = false;      ///< a PipelineRun has asked for it
    std::uint64_t log_told = 0;  ///< bytes
    std::string log_seen;        ///< what stood there when a life ended
  };
  struct Life;

  void begin_life();
  void doom(bool is_power_cut);
  void bury();
  void arrive();
  void request(const std::string& uid);
  void was_accepted(const std::string& uid, const Result<runs::Acceptance>& accepted);
  void look_after(const std::string& uid);
  void stop(const std::string& uid);
  void plan_fault();
  void fault();
  void spoil_disk();
  void heard(const runs::RunInfo& info, const runs::RunDelta& delta);
  void read_log(journal::StateFolder& state, const std::string& uid);
  void read_logs();
  void look_at_logs();
  void retire(const std::string& uid);
  [[nodiscard]] bool may_fail(const Run& run) const;
  void check_run(const std::string& uid);
  void check();
  void finding(std::string text);

  // ---- people who work with objects (object_days.cc)
  struct Asked {
    std::string pipeline, uid;
    bool is_made = false;     ///< the server said so
    bool is_deleted = false;  ///< somebody has ordered that
  };
  /// What somebody wants of the objects, until it is done.
  struct Wish {
    std::string what;
    std::function<boost::asio::awaitable<bool>(objects::ObjectStore&)> act;
    bool is_done = false;
  };
  void want(std::string what, std::function<boost::asio::awaitable<bool>(objects::ObjectStore&)> act);
  void try_wish(const std::shared_ptr<Wish>& wish);
  /// Its spec and where; the namespace comes a little later.
  void want_pipeline(const std::string& space, const std::string& name, const std::string& script, data::Value more);
  void set_up_objects();
  void arrive_object();
  void make_object(const std::string& space, const std::string& pipeline);
  void delete_object(const std::string& place);
  void end_project(const std::string& space);
  void end_timer();
  [[nodiscard]] static bool is_of_objects(const std::string& job);
  Run& object_run(const std::string& uid, const std::string& job, const std::string& upstream);
  void settle(const std::string& uid);
  void seen(const objects::WatchEvent& event);
  void check_objects();
  boost::asio::awaitable<void> look_at_objects(objects::ObjectStore& store);
  [[nodiscard]] bool wishes_are_done() const;
  [[nodiscard]] bool is_set_up() const;
  /// The next event, and all that follows at once.
  void step(std::int64_t until);

  // ---- people who work over HTTP (http_clients.cc)
  struct HttpStart {
    std::string pipeline, key, uid;
    bool is_acknowledged = false, is_asked_again = false;
  };
  struct HttpFollower {
    std::string cursor;
    std::uint64_t life = 0;  ///< the one that its cursor is of
    std::size_t from = 0;    ///< ends before this one it need not have heard of
    std::size_t checked = 0;
    std::set<std::string> ended;  ///< runs whose end it has heard of
    bool is_there = false;
  };
  struct Session;
  void arrive_by_http();
  void start_by_http();
  void ask_for(const std::shared_ptr<HttpStart>& start);
  boost::asio::awaitable<void> start_session(Life& life, std::shared_ptr<HttpStart> start);
  void follow_by_http();
  void come_back(const std::shared_ptr<HttpFollower>& follower);
  boost::asio::awaitable<void> follow_session(Life& life, std::shared_ptr<HttpFollower> follower);
  bool take_event(HttpFollower& follower, std::string_view event);
  void check_follower(HttpFollower& follower);
  boost::asio::awaitable<void> slow_session(Life& life);
  boost::asio::awaitable<void> quick_session(Life& life);
  void check_starts(const std::vector<data::Value>& runs);

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
  std::map<std::string, Asked> asked_;             ///< PipelineRuns, by "namespace/name"
  std::map<std::string, std::string> final_seen_;  ///< phase of those that have ended, by uid
  std::vector<std::shared_ptr<Wish>> wishes_;
  std::ptrdiff_t set_up_wishes_ = 0;  ///< the first of them make the projects and pipelines
  std::set<std::string> ended_projects_;
  static constexpr std::size_t kMostFollowers = 3;
  std::vector<std::shared_ptr<HttpStart>> starts_;
  std::vector<std::shared_ptr<HttpFollower>> followers_;
  std::vector<std::string> ends_;      ///< runs, as their ends were told to followers
  std::int64_t version_seen_ = 0;      ///< of the objects
  std::uint64_t fired_ = 0;            ///< by the timer
  std::uint64_t waits_for_agent_ = 0;  ///< records of it in journals, seen
  Report report_;
};

}  // namespace windlass::simulation

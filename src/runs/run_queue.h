// Which accepted run begins next, and why the others wait. Pure: no clock, no store.
//
// Fair between projects: the one with the fewest runs under way is next, and among equals the one that was served
// longest ago; within a project runs begin in order of acceptance, but for those whose pipeline may not begin another
// one now. Each question costs by the number of projects and pipelines, never by how many runs wait.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runs/run_types.h"

namespace windlass::runs {

/// What holds for the runs of one pipeline (or branch of one).
struct JobRules {
  bool exclusive = false;          ///< one at a time
  bool abort_previous = false;     ///< and a newer one ends the older ones
  std::int64_t max_running = 0;    ///< 0: any number
  std::int64_t rate_millis = 0;    ///< at least so long from one beginning to the next
  bool rate_spares_users = false;  ///< but for runs that a person started
  std::int64_t last_start = 0;     ///< milliseconds since 1970; 0: never
};

class RunQueue {
 public:
  struct Item {
    std::uint64_t order = 0;  ///< of acceptance
    std::string project, job;
    std::uint64_t number = 0;
    std::int64_t ready_millis = 0;  ///< the end of its quiet period
    bool by_user = false;
    std::string held_by;                  ///< who has paused it
    std::vector<std::string> categories;  ///< of throttling, that it counts in
  };

  void add(Item item);
  /// One that has begun already.
  void add_begun(Item item);
  /// It has ended, or left the queue.
  void remove(std::uint64_t order);
  void hold(std::uint64_t order, const std::string& by);

  void set_rules(const std::string& job, const JobRules& rules);
  void set_limits(const std::string& project, ProjectLimits limits);
  /// How many runs of each category of throttling may be under way, in all projects together; others: any number.
  void set_categories(const std::map<std::string, std::int64_t>& limits);
  /// Whether the project has as many runs waiting as it may.
  [[nodiscard]] bool full(const std::string& project) const;
  [[nodiscard]] std::int64_t queued_limit(const std::string& project) const;

  /// Takes the next one that may begin: it has begun then. `room`: whether the server takes any; a project with few
  /// runs under way is not held up by those with many.
  std::optional<std::uint64_t> take(std::int64_t now_millis, bool room);
  /// When time alone may let one begin.
  [[nodiscard]] std::optional<std::int64_t> wake_at() const;
  /// Why a run that is in the queue waits; an empty code when it is about to begin.
  [[nodiscard]] Reason why(std::uint64_t order, std::int64_t now_millis) const;
  /// Those whose reason may have changed since this was asked last; not more than a few of each pipeline.
  std::vector<std::uint64_t> moved();
  /// Runs that a newer one of their pipeline ends: order, and the newer one's number. Told once for each newer one.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> superseded();
  [[nodiscard]] std::size_t begun() const { return begun_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

  static constexpr std::size_t kAlways = 16;  ///< runs of a project that begin whether the server has room or not

 private:
  struct Entry {
    Item item;
    bool begun = false;
  };
  struct Job {
    std::string project;
    JobRules rules;
    std::set<std::uint64_t> ready;                           ///< by order
    std::map<std::uint64_t, std::uint64_t> running;          ///< number → order
    std::set<std::pair<std::int64_t, std::uint64_t>> timed;  ///< in their quiet period
    std::set<std::uint64_t> held;
    std::optional<std::pair<std::uint64_t, std::string>> offer;  ///< its place in the project's `open`
    std::int64_t rate_until = 0;                                 ///< its place in `rates_`
    std::uint64_t superseding = 0;                               ///< the newest number that has ended older ones
    std::vector<std::string> watched;                            ///< categories of its head
  };
  struct Category {
    std::int64_t limit = 0;  ///< 0: none
    std::size_t running = 0;
    std::set<std::string> jobs;  ///< whose head counts in it
    [[nodiscard]] bool full() const { return limit > 0 && static_cast<std::int64_t>(running) >= limit; }
  };
  struct Project {
    ProjectLimits limits;
    std::size_t running = 0, waiting = 0;
    std::uint64_t served = 0;
    std::set<std::pair<std::uint64_t, std::string>> open;  ///< order of the head, job: those that may begin
  };

  Job& job_of(const Item& item);
  void place(Entry& entry, Job& job);
  void displace(const Entry& entry, Job& job);
  /// Works out anew whether the job may begin its head.
  void settle(const std::string& name, Job& job);
  /// The run that would begin next, were it allowed to.
  [[nodiscard]] std::optional<std::uint64_t> head(const Job& job, bool rate_passed) const;
  [[nodiscard]] bool rate_passed(const Job& job) const { return now_ >= job.rules.last_start + job.rules.rate_millis; }
  /// A run that counts in them has begun or ended: others may begin, or may not any more.
  void count(const std::vector<std::string>& categories, bool begun);
  void settle_all_of(const std::string& category);
  void supersede(Job& job);
  void note_moved(const Job& job);
  void pass_time(std::int64_t now_millis);

  std::map<std::uint64_t, Entry> entries_;
  std::unordered_map<std::string, Job> jobs_;
  std::map<std::string, Project> projects_;
  std::map<std::string, Category> categories_;
  std::set<std::pair<std::int64_t, std::string>> timed_jobs_;  ///< when the first quiet period of a job ends
  std::set<std::pair<std::int64_t, std::string>> rates_;       ///< when a job may begin one again
  std::set<std::uint64_t> moved_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> superseded_;
  std::int64_t now_ = 0;
  std::uint64_t served_ = 0;
  std::size_t begun_ = 0, waiting_ = 0;
};

}  // namespace windlass::runs

// What the runs of one process share: resources of `lock`, executors and workspaces of nodes, milestones of jobs.
//
// Who holds what is written in the journals of the runs; this is the sum of it, made again when runs are fed their
// journals. So nothing is granted while holding() is on: after a restart, until every run has told what it holds. A
// run gives back here only when its journal says so durably; the next holder is asked for afterwards. So at any crash
// point each thing has at most one holder.
//
// A run that has left memory (park()) keeps all it holds and its place in the queues. Its turn comes as a call of
// `wake`; nobody overtakes it until it has come back and asks again under the same ticket, or is forgotten.
//
// One thread (the reactor's). Callbacks come from within wait(), release… and granting(): they may call back.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::engine {

class SharedResources {
 public:
  /// A run; `key` tells runs apart and stays valid until forget().
  struct Run {
    const void* key = nullptr;
    std::string job;
    std::uint64_t number = 0;
  };
  struct LockHolder {
    Run run;
    std::uint64_t lease = 0;
    std::string branch;
  };

  // ---- locks: by name, in order of the queue; a request whose resources are free passes one that waits for others
  void hold_lock(const Run& run, std::uint64_t lease, std::vector<std::string> names, const std::string& branch);
  void release_lock(const void* run, std::uint64_t lease);
  /// `granted` is called once, when all names are free; it must hold them before it returns. Perhaps at once. A ticket
  /// that waits already keeps its place. `since`: when it was asked for, which orders the queue after a restart.
  void wait_for_lock(const void* run, std::uint64_t ticket, std::vector<std::string> names, bool front,
                     std::int64_t since, std::function<void()> granted);
  void stop_waiting_for_lock(const void* run, std::uint64_t ticket);
  [[nodiscard]] const LockHolder* lock_holder(const std::string& name) const;
  /// One of the places of a category of throttling, as a name for a lock: several may hold it at once, as many as
  /// set_slots() says. No name that a script can write.
  [[nodiscard]] static std::string slot_of(const std::string& category);
  [[nodiscard]] static std::optional<std::string> category_of(std::string_view name);
  /// A category that is not told of has any number. What is held beyond a new limit goes on.
  void set_slots(const std::map<std::string, std::int64_t>& limits);
  struct SlotsTaken {
    std::int64_t taken = 0, limit = 0;  ///< 0: no limit
  };
  [[nodiscard]] SlotsTaken slots_of(const std::string& category) const;

  // ---- executors and workspaces of nodes
  /// How many a node has; one that was never told of has as many as are asked for.
  void set_executors(const std::string& node, int count) { executors_[node] = count; }
  void hold_node(const Run& run, std::uint64_t lease, const std::string& node, int executor,
                 const std::string& workspace, bool workspace_only);
  void release_node(const void* run, std::uint64_t lease);
  /// Calls once there is an executor, perhaps at once. The project (what stands before the first slash of a job) that
  /// holds the fewest of the node's is next, among equals the one that was served longest ago; within it in order, as
  /// with locks.
  void wait_for_executor(const Run& run, std::uint64_t ticket, const std::string& node, std::int64_t since,
                         std::function<void(int executor)> granted);
  void stop_waiting_for_executor(const void* run, std::uint64_t ticket);
  /// `base`, or the first of base@2, base@3 … that nobody uses.
  [[nodiscard]] std::string free_workspace(const std::string& base) const;
  /// All that holds or waits: (node, busy, waiting), for people.
  struct NodeLoad {
    std::string node;
    int executors = 0;  ///< 0: no limit
    int busy = 0;
    int waiting = 0;
    friend bool operator==(const NodeLoad&, const NodeLoad&) = default;
  };
  [[nodiscard]] std::vector<NodeLoad> load() const;

  // ---- milestones
  /// The number of a newer run of the job that has passed `ordinal` already: then this one may not. Otherwise it has
  /// passed, and older runs that are behind it are told by their `superseded`.
  std::optional<std::uint64_t> pass_milestone(const Run& run, std::int64_t ordinal);
  /// What a journal says of an earlier process: nobody is superseded by it.
  void note_milestone(const Run& run, std::int64_t ordinal);
  /// What earlier processes had written down of it; and where this one does, before anybody is told.
  void know_milestone(const std::string& job, std::int64_t ordinal, std::uint64_t newest);
  using KeepMilestone = std::function<void(const std::string& job, std::int64_t ordinal, std::uint64_t newest)>;
  void keep_milestones(KeepMilestone keep) { keep_milestone_ = std::move(keep); }
  /// A run of this process that may be superseded.
  void join_milestones(const Run& run, std::function<void(std::uint64_t newer, std::int64_t ordinal)> superseded);

  // ---- runs that leave memory
  /// What a run holds and waits for, to be kept beside its journal and given to park() in another process.
  struct Claims {
    struct Lock {
      std::uint64_t lease = 0;
      std::vector<std::string> names;
      std::string branch;
    };
    struct Node {
      std::uint64_t lease = 0;
      std::string node, workspace;
      int executor = 0;
      bool workspace_only = false;
    };
    struct LockQueued {
      std::uint64_t ticket = 0;
      std::vector<std::string> names;
      bool front = false;
      std::int64_t since = 0;
    };
    struct ExecutorQueued {
      std::uint64_t ticket = 0;
      std::string node;
      std::int64_t since = 0;
    };
    std::vector<Lock> locks;
    std::vector<Node> nodes;
    std::vector<LockQueued> lock_queue;
    std::vector<ExecutorQueued> executor_queue;
    std::int64_t passed = -1;  ///< milestone
  };
  struct ParkedCalls {
    /// Something that it waits for is free: it is to come back and take it. Once, until it has come back.
    std::function<void()> wake;
    std::function<void(std::uint64_t newer, std::int64_t ordinal)> superseded;
  };
  [[nodiscard]] Claims claims_of(const Run& run) const;
  /// Its callbacks are not called any more. Perhaps it is woken at once.
  void park(const Run& run, ParkedCalls calls);
  /// The same for a run that another process parked.
  void park(const Run& run, const Claims& claims, ParkedCalls calls);
  /// It is back and has asked again for all it waits for: places that it did not take up are given up.
  void came_back(const void* run);
  /// It will not come back for what it waits for, and is not to be called; what it holds it keeps.
  void stop_waiting(const void* run);

  /// While on, nothing is granted. Turning it off puts the queues in the order in which was asked, and grants.
  void holding(bool on);
  /// The run has ended or leaves this process: all it holds and waits for is gone.
  void forget(const void* run);

 private:
  struct LockWait {
    const void* run;
    std::uint64_t ticket;
    std::vector<std::string> names;
    bool front;
    std::int64_t since;
    std::function<void()> granted;  ///< empty: the run is parked
  };
  struct ExecutorWait {
    const void* run;
    std::string project;
    std::uint64_t ticket;
    std::string node;
    std::int64_t since;
    std::function<void(int)> granted;  ///< empty: the run is parked
  };
  struct Parked {
    std::function<void()> wake;
    bool called = false;
  };
  struct NodeHold {
    std::string node;
    std::string project;
    int executor;
    std::string workspace;
    bool workspace_only;
  };
  struct JobRun {
    const void* key;
    std::int64_t passed = -1;
    std::function<void(std::uint64_t, std::int64_t)> superseded;
  };
  using Lease = std::pair<const void*, std::uint64_t>;

  void put_in_lock_queue(LockWait wait);
  void wake(const void* run);
  void grant();
  bool grant_one_lock();
  bool grant_one_executor();
  [[nodiscard]] std::optional<int> free_executor(const std::string& node, int promised) const;

  bool holding_ = false;
  bool granting_ = false;
  [[nodiscard]] bool is_free(const std::string& name, const std::map<std::string_view, int>& promised) const;

  std::map<std::string, LockHolder> locks_;
  std::map<std::string, std::map<Lease, LockHolder>> slots_;  ///< by name (slot_of): who holds one
  std::map<std::string, std::int64_t> slot_limits_;           ///< the same
  std::map<Lease, std::vector<std::string>> lock_leases_;
  std::deque<LockWait> lock_queue_;
  std::map<std::string, int> executors_;
  std::map<Lease, NodeHold> node_leases_;
  std::deque<ExecutorWait> executor_queue_;
  std::map<const void*, Parked> parked_;
  std::map<std::string, std::uint64_t> served_;  ///< project → when it was given an executor last; of those that wait
  std::uint64_t next_served_ = 1;
  KeepMilestone keep_milestone_;
  std::map<std::string, std::map<std::uint64_t, JobRun>> jobs_;
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> milestones_;  ///< job → ordinal → newest run behind it
};

}  // namespace windlass::engine

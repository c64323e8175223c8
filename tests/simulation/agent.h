// One simulated agent: a shim that keeps tasks, and the connections of runs to it. It outlives the server, as the real
// one does. What docs/formats/agent.md promises is kept here too: output gapless and in order, each byte once; the exit
// behind the last byte; a token started at most once; tasks of a dead shim are lost.
//
// A task's script is a list of orders, one a line: `mark NAME` (says "NAME done" and is counted), `work MILLIS`,
// `enter LOCK` and `leave LOCK` (two inside at once is a finding), `exit CODE`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "clock.h"
#include "nodes/agent_connection.h"
#include "reactor.h"

namespace windlass::simulation {

class AgentLink;

class Agent {
 public:
  struct Task {
    std::string token, owner, cookie;
    std::vector<std::string> orders;
    std::size_t next_order = 0;
    std::string log, out;
    bool captures = false;
    bool has_ended = false;
    int code = 0;
    std::int64_t started = 0, ended = 0, pid = 0;
    std::uint64_t turn = 0;  ///< counts what was planned for it: a stopped task's plans do not happen
    std::set<std::string> inside;
  };

  Agent(Clock& clock, std::mt19937_64& random) : clock_(clock), random_(random) {}

  /// How a server reaches it. `reactor` is the living server's.
  nodes::ConnectAgent connector(SimulatedReactor& reactor);

  // ---- faults
  /// All tasks and what they are are gone; another shim takes its place at once.
  void kill_shim();
  /// Nothing arrives for a while, in either direction.
  void cut_links(std::int64_t millis) { cut_until_ = clock_.now() + millis; }

  // ---- what an onlooker has seen
  /// How often a run's script has passed a mark: (owner, name).
  [[nodiscard]] const std::map<std::pair<std::string, std::string>, int>& marks() const { return marks_; }
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  /// Tasks that nobody has forgotten.
  [[nodiscard]] const std::map<std::string, Task>& tasks() const { return tasks_; }
  [[nodiscard]] std::uint64_t started() const { return started_; }

 private:
  friend class AgentLink;
  std::int64_t latency() {
    return 1 + static_cast<std::int64_t>(random_() % 5) + std::max<std::int64_t>(0, cut_until_ - clock_.now());
  }
  void start(const nodes::TaskSpec& spec, const std::string& owner);
  void go_on(const std::string& token);
  void end(Task& task, int code);
  void poke(const std::string& owner);

  Clock& clock_;
  std::mt19937_64& random_;
  std::string instance_ = "shim-1";
  int shims_ = 1;
  std::int64_t cut_until_ = 0;
  std::map<std::string, Task> tasks_;          ///< by token
  std::set<std::string> tokens_;               ///< ever started
  std::map<std::string, std::string> inside_;  ///< lock, and the task inside
  std::map<std::pair<std::string, std::string>, int> marks_;
  std::vector<std::string> findings_;
  std::map<int, AgentLink*> links_;  ///< by descriptor
  int next_fd_ = 1000;
  std::int64_t next_pid_ = 100;
  std::uint64_t started_ = 0;
};

}  // namespace windlass::simulation

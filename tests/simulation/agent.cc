#include "agent.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace windlass::simulation {

namespace {
constexpr int kTerminated = 143;
constexpr int kKilled = 137;
}  // namespace

/// A run's connection. What it tells is read from the agent's tasks whenever it is poked, so a poke that is lost or
/// comes twice changes nothing but the time.
class AgentLink final : public nodes::AgentConnection {
 public:
  AgentLink(Agent& agent, SimulatedReactor& reactor, std::string owner, nodes::AgentEvents& events)
      : agent_(agent), reactor_(reactor), owner_(std::move(owner)), events_(events), fd_(agent.next_fd_++) {
    agent_.links_[fd_] = this;
    // A shim that is started takes longer than one that is there.
    wake(agent_.latency() + static_cast<std::int64_t>(agent_.random_() % 100));
  }
  ~AgentLink() override {
    *alive_ = false;
    agent_.links_.erase(fd_);
  }

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] const std::string& instance() const override { return instance_; }
  [[nodiscard]] bool is_flushed() const override { return true; }
  [[nodiscard]] const std::string& owner() const { return owner_; }

  void poke() { wake(agent_.latency()); }
  void wake(std::int64_t millis) {
    agent_.clock_.in(millis, [this, alive = alive_] {
      if (*alive) reactor_.is_readable(fd_);
    });
  }

  void pump() override {
    const auto alive = alive_;
    if (instance_ != agent_.instance_) {
      const bool is_other = !instance_.empty();
      instance_ = agent_.instance_;
      events_.on_ready(instance_);
      if (is_other) tell_lost();
      for (const auto& spec : std::exchange(not_sent_, {})) {
        if (open_.contains(spec.token)) send(spec);
      }
    }
    for (const auto& [cookie, killed] : std::exchange(killed_, {})) events_.on_cookie_killed(cookie, killed);
    std::vector<std::string> tokens;
    for (const auto& [token, open] : open_) tokens.push_back(token);
    for (const auto& token : tokens) {
      if (open_.contains(token)) tell(token);
      if (!*alive) return;
    }
  }

  [[nodiscard]] Result<> start(const nodes::TaskSpec& spec) override {
    if (open_.contains(spec.token)) return {};
    open_[spec.token] = {.asked_of = instance_};
    if (instance_.empty()) {
      not_sent_.push_back(spec);
    } else {
      send(spec);
    }
    return {};
  }

  [[nodiscard]] Result<> resume(const nodes::TaskResume& known) override {
    open_[known.token] = {
        .asked_of = known.instance, .log_at = known.log_offset, .out_at = known.out_offset, .waits = true};
    order([this, alive = alive_, known, &agent = agent_] {
      if (!*alive) return;
      auto& open = open_[known.token];
      const auto task = agent.tasks_.find(known.token);
      if (task != agent.tasks_.end()) {
        open.answer = task->second.has_ended ? nodes::TaskState::ended : nodes::TaskState::running;
      } else {
        // Each shim has the ledger of those before it.
        const bool is_expected = known.instance.empty() || known.instance == agent.instance_;
        const bool never = is_expected && !agent.tokens_.contains(known.token);
        open.answer = never ? nodes::TaskState::unknown : nodes::TaskState::lost;
      }
      open.is_answered = true;
      poke();
    });
    return {};
  }

  void ack(std::string_view, nodes::Stream, std::uint64_t) override {}

  void stop(std::string_view token, std::chrono::milliseconds grace) override {
    order([token = std::string(token), grace, &agent = agent_] {
      const auto found = agent.tasks_.find(token);
      if (found == agent.tasks_.end() || found->second.has_ended) return;
      if (grace.count() <= 0) return agent.end(found->second, kKilled);
      const auto wait = static_cast<std::int64_t>(agent.random_() % static_cast<std::uint64_t>(grace.count() + 1));
      agent.clock_.in(wait, [token, &agent] {
        const auto task = agent.tasks_.find(token);
        if (task != agent.tasks_.end() && !task->second.has_ended) agent.end(task->second, kTerminated);
      });
    });
  }

  void forget(std::string_view token) override {
    open_.erase(std::string(token));
    order([token = std::string(token), &agent = agent_] {
      const auto found = agent.tasks_.find(token);
      if (found == agent.tasks_.end()) return;
      if (!found->second.has_ended) agent.end(found->second, kKilled);
      agent.tasks_.erase(found);
    });
  }

  void kill_by_cookie(std::string_view cookie, std::chrono::milliseconds) override {
    order([this, alive = alive_, cookie = std::string(cookie), &agent = agent_] {
      std::uint32_t killed = 0;
      for (auto& [token, task] : agent.tasks_) {
        if (task.cookie != cookie || task.has_ended) continue;
        agent.end(task, kTerminated);
        ++killed;
      }
      if (!*alive) return;
      killed_.emplace_back(cookie, killed);
      poke();
    });
  }

  void goodbye() override {
    open_.clear();
    order([owner = owner_, &agent = agent_] {
      for (auto& [token, task] : agent.tasks_) {
        if (task.owner == owner && !task.has_ended) agent.end(task, kKilled);
      }
      std::erase_if(agent.tasks_, [&](const auto& entry) { return entry.second.owner == owner; });
    });
  }

 private:
  struct Open {
    std::string asked_of;  ///< the instance that it must be known to; empty: whichever answers first
    bool is_started = false, is_exited = false;
    std::uint64_t log_at = 0, out_at = 0;
    bool waits = false;  ///< for the answer to resume()
    bool is_answered = false;
    nodes::TaskState answer = nodes::TaskState::unknown;
  };

  /// Orders arrive in order. Of a server that has died since, what was on its way may have arrived or not.
  void order(Clock::Event event) {
    if (reactor_.is_dead()) return;
    last_order_ = std::max(last_order_, agent_.clock_.now() + agent_.latency());
    agent_.clock_.at(last_order_,
                     [alive = alive_, lost = agent_.random_() % 2 == 0, call = std::move(event)]() mutable {
                       if (*alive || !lost) call();
                     });
  }

  void send(const nodes::TaskSpec& spec) {
    open_[spec.token].asked_of = instance_;
    order([this, alive = alive_, spec, asked_of = instance_, owner = owner_, &agent = agent_] {
      // What was sent to a shim that has died meanwhile is never given to another one.
      if (asked_of != agent.instance_) return;
      agent.start(spec, owner);
      if (*alive) poke();
    });
  }

  void tell_lost() {
    std::vector<std::string> lost;
    for (const auto& [token, open] : open_) {
      if (!open.asked_of.empty() && open.asked_of != instance_ && !open.is_exited && !open.waits) lost.push_back(token);
    }
    for (const auto& token : lost) {
      open_.erase(token);
      events_.on_lost(token, Error{ErrorKind::unavailable, "the agent's process has died"});
    }
  }

  void tell(const std::string& token) {
    if (open_[token].waits) {
      if (!open_[token].is_answered) return;
      open_[token].waits = false;
      const auto answer = open_[token].answer;
      if (answer == nodes::TaskState::unknown || answer == nodes::TaskState::lost) {
        open_.erase(token);
        return events_.on_resumed(token, answer);
      }
      events_.on_resumed(token, answer);
      if (!open_.contains(token)) return;
    }
    if (!agent_.tasks_.contains(token)) return;
    open_[token].asked_of = instance_;
    if (!std::exchange(open_[token].is_started, true)) events_.on_started(token, agent_.tasks_.at(token).pid);
    tell_output(token, nodes::Stream::log);
    tell_output(token, nodes::Stream::out);
    const auto open = open_.find(token);
    const auto task = agent_.tasks_.find(token);
    if (open == open_.end() || task == agent_.tasks_.end() || !task->second.has_ended || open->second.is_exited) return;
    if (open->second.log_at < task->second.log.size() || open->second.out_at < task->second.out.size()) return poke();
    open->second.is_exited = true;
    nodes::TaskExit exit;
    exit.code = task->second.code;
    exit.signal = exit.code > 128 ? exit.code - 128 : 0;
    exit.elapsed = std::chrono::milliseconds(task->second.ended - task->second.started);
    exit.log_bytes = task->second.log.size();
    exit.out_bytes = task->second.out.size();
    events_.on_exit(token, exit);
  }

  void tell_output(const std::string& token, nodes::Stream stream) {
    const auto open = open_.find(token);
    const auto task = agent_.tasks_.find(token);
    if (open == open_.end() || task == agent_.tasks_.end()) return;
    const auto& all = stream == nodes::Stream::log ? task->second.log : task->second.out;
    auto& at = stream == nodes::Stream::log ? open->second.log_at : open->second.out_at;
    if (at >= all.size()) return;
    // Some of it now, the rest with the next turn.
    const auto size = 1 + agent_.random_() % (all.size() - at);
    const std::string bytes = all.substr(at, size);
    const auto begin = std::exchange(at, at + bytes.size());
    if (at < all.size()) poke();
    events_.on_output(token, stream, begin, bytes);
  }

  Agent& agent_;
  SimulatedReactor& reactor_;
  std::string owner_;
  nodes::AgentEvents& events_;
  int fd_;
  std::string instance_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::map<std::string, Open> open_;
  std::vector<nodes::TaskSpec> not_sent_;  ///< nobody has answered yet
  std::vector<std::pair<std::string, std::uint32_t>> killed_;
  std::int64_t last_order_ = 0;
};

nodes::ConnectAgent Agent::connector(SimulatedReactor& reactor) {
  return [this, &reactor](const nodes::LocalAgentOptions& options,
                          nodes::AgentEvents& events) -> Result<std::unique_ptr<nodes::AgentConnection>> {
    return std::make_unique<AgentLink>(*this, reactor, options.owner, events);
  };
}

void Agent::start(const nodes::TaskSpec& spec, const std::string& owner) {
  if (tasks_.contains(spec.token)) return;  // attached
  if (!tokens_.insert(spec.token).second) {
    findings_.push_back("the task " + spec.token + " was started a second time");
    return;
  }
  ++started_;
  Task task;
  task.token = spec.token;
  task.owner = owner;
  task.cookie = spec.cookie;
  task.captures = spec.capture_stdout;
  task.started = clock_.now();
  task.pid = next_pid_++;
  std::istringstream lines(spec.mode == nodes::TaskMode::script ? spec.script : std::string());
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) task.orders.push_back(line);
  }
  tasks_[spec.token] = std::move(task);
  go_on(spec.token);
}

void Agent::go_on(const std::string& token) {
  const auto found = tasks_.find(token);
  if (found == tasks_.end() || found->second.has_ended) return;
  Task& task = found->second;
  while (task.next_order < task.orders.size()) {
    std::istringstream words(task.orders[task.next_order++]);
    std::string verb, argument;
    words >> verb >> argument;
    auto& said = task.captures ? task.out : task.log;
    if (verb == "mark") {
      ++marks_[{task.owner, argument}];
      said += argument + " done\n";
    } else if (verb == "say") {
      said += argument + "\n";
    } else if (verb == "enter") {
      if (const auto other = inside_.find(argument); other != inside_.end()) {
        findings_.push_back("two are inside " + argument + ": " + other->second + " and " + token);
      }
      inside_[argument] = token;
      task.inside.insert(argument);
    } else if (verb == "leave") {
      inside_.erase(argument);
      task.inside.erase(argument);
    } else if (verb == "exit") {
      return end(task, std::stoi(argument));
    } else if (verb == "work") {
      const auto millis = std::stoll(argument);
      clock_.in(millis / 2 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(millis + 1)),
                [this, token] { go_on(token); });
      poke(task.owner);
      return;
    }
  }
  end(task, 0);
}

void Agent::end(Task& task, int code) {
  for (const auto& lock : task.inside) inside_.erase(lock);
  task.inside.clear();
  task.has_ended = true;
  task.code = code;
  task.ended = clock_.now();
  poke(task.owner);
}

void Agent::poke(const std::string& owner) {
  for (const auto& [fd, link] : links_) {
    if (link->owner() == owner) link->poke();
  }
}

void Agent::kill_shim() {
  instance_ = "shim-" + std::to_string(++shims_);
  tasks_.clear();
  inside_.clear();
  for (const auto& [fd, link] : links_) link->poke();
}

}  // namespace windlass::simulation

// Ends what a run has left on this machine's agent, for a run that nobody will go on with: its shells get SIGTERM, then
// SIGKILL, with all they started. For a run whose journal cannot be read or no longer fits its program.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/reactor_scope.h"
#include "nodes/agent_connection.h"

namespace windlass::engine {

class LeftoverTasks final : public nodes::AgentEvents {
 public:
  struct Options {
    std::string state_folder;
    std::string agent_binary;
    std::string run_uid;
    std::uint64_t epoch = 1;            ///< greater than any that had the run
    nodes::ConnectAgent connect_agent;  ///< empty: start_local_agent()
  };
  LeftoverTasks(Reactor& reactor, Options options) : reactor_(reactor), options_(std::move(options)) {}
  ~LeftoverTasks() override;
  /// `done` comes once, from the loop, when the agent has been told, or when there is none, or after a while.
  void end(std::function<void()> done);

  void on_ready(std::string_view instance) override;
  void on_started(std::string_view, std::int64_t) override {}
  void on_output(std::string_view, nodes::Stream, std::uint64_t, std::string_view) override {}
  void on_exit(std::string_view, const nodes::TaskExit&) override {}
  void on_start_failed(std::string_view, const Error&) override {}
  void on_resumed(std::string_view, nodes::TaskState) override {}
  void on_lost(std::string_view, const Error&) override {}
  void on_cookie_killed(std::string_view, std::uint32_t) override {}
  void on_gone(const Error& why) override;

 private:
  void finish();

  ReactorScope reactor_;
  Options options_;
  std::unique_ptr<nodes::AgentConnection> agent_;
  std::function<void()> done_;
};

}  // namespace windlass::engine

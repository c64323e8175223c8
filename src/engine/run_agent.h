// One agent as a run speaks to it: the built-in node's, or one in a container of a pod. What it tells goes to the run
// together with whose word it is.
//
// One thread (the reactor's).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "nodes/agent_connection.h"

namespace windlass::engine {

class RunActor;

struct RunAgent final : nodes::AgentEvents {
  RunAgent(RunActor& run, std::string id_) : actor(run), id(std::move(id_)) {}

  RunActor& actor;
  std::string id;  ///< "" is the built-in node's; "POD/CONTAINER"
  std::string container;
  std::unique_ptr<nodes::AgentConnection> connection;
  bool is_gone = false;                   ///< the next task tries another one
  std::string instance;                   ///< that has our tasks
  std::vector<std::string> surroundings;  ///< of a container, "K=V" each
  data::Value facts;                      ///< of its node, for who made it

  void on_ready(std::string_view now) override;
  void on_surroundings(const std::vector<std::string>& environment) override;
  void on_memory(std::uint64_t peak, std::uint64_t limit, std::uint64_t kills) override;
  void on_started(std::string_view token, std::int64_t pid) override;
  void on_output(std::string_view token, nodes::Stream stream, std::uint64_t offset, std::string_view bytes) override;
  void on_exit(std::string_view token, const nodes::TaskExit& exit) override;
  void on_start_failed(std::string_view token, const Error& why) override;
  void on_resumed(std::string_view token, nodes::TaskState state) override;
  void on_lost(std::string_view token, const Error& why) override;
  void on_cookie_killed(std::string_view cookie, std::uint32_t killed) override;
  void on_gone(const Error& why) override;
};

}  // namespace windlass::engine

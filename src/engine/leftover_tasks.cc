#include "engine/leftover_tasks.h"

#include <utility>

namespace windlass::engine {

namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

LeftoverTasks::~LeftoverTasks() {
  if (agent_) reactor_.unwatch(agent_->fd());
}

void LeftoverTasks::end(std::function<void()> done) {
  done_ = std::move(done);
  nodes::LocalAgentOptions options;
  options.state_dir = options_.state_folder + "/agent";
  options.agent_binary = options_.agent_binary;
  options.owner = options_.run_uid;
  options.epoch = options_.epoch;
  options.exit_when_idle = std::chrono::seconds(2);
  auto started =
      options_.connect_agent ? options_.connect_agent(options, *this) : nodes::start_local_agent(options, *this);
  if (!started) return finish();
  agent_ = std::move(*started);
  reactor_.watch(agent_->fd(), [this] { agent_->pump(); });
  reactor_.after(kPatience, [this] { finish(); });
}

void LeftoverTasks::on_ready(std::string_view) {
  // Not from inside of its call back.
  reactor_.post([this] {
    agent_->goodbye();
    finish();
  });
}

void LeftoverTasks::on_gone(const Error&) { finish(); }

void LeftoverTasks::finish() {
  if (!done_) return;
  reactor_.post(std::exchange(done_, nullptr));
}

}  // namespace windlass::engine

// How `windlass run` shows a run: the chosen view, the questions and complaints between its pictures, and the lines
// that say how to go on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/echo_off.h"
#include "cli/tree_view.h"
#include "engine/local_run.h"
#include "journal/state_folder.h"

namespace windlass::cli {

struct ShownRun {
  std::int64_t started_millis = 0;
  std::map<std::string, std::int64_t> expected;
  std::string file = "Jenkinsfile";
  std::string script;  ///< its text
};

class RunShow {
 public:
  /// `output` is tree, plain or json.
  RunShow(const Invocation& in, const std::string& output, ShownRun run, std::function<std::int64_t()> now_millis);

  [[nodiscard]] const engine::LocalRunHooks& hooks() const { return hooks_; }
  /// The run is over (or can be resumed): the summary of the tree, or one line.
  void end(const engine::RunEnding& ending, journal::StateFolder& state, const std::string& state_option);
  /// Windlass itself failed: only takes the picture away.
  void give_up();

 private:
  [[nodiscard]] std::vector<std::string> hints(const engine::RunEnding& ending, journal::StateFolder& state,
                                               const std::string& state_option) const;

  const Invocation& in_;
  ShownRun run_;
  std::unique_ptr<engine::RunObserver> view_;
  TreeView* tree_ = nullptr;  ///< view_, if it is one
  EchoOff echo_;
  Fault fault_;
  engine::LocalRunHooks hooks_;
};

}  // namespace windlass::cli

// What a run tells whoever watches it: the console text and the flow of stages and steps. The engine calls a
// RunObserver only with what is durable already (the output gate); observers draw, print or serialise and never call
// back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace windlass::engine {

/// One block or step of the run as the flow graph keeps it.
struct FlowNode {
  std::uint64_t id = 0;
  std::uint64_t parent = 0;  ///< enclosing block; 0 for the run itself
  std::string step;          ///< "stage", "sh", "node", "parallel", "branch" …
  std::string label;         ///< stage or branch name, `label:` of a shell
  std::uint32_t line = 0;    ///< of the Jenkinsfile, 0 when it stands elsewhere
  /// Where in the Jenkinsfile a block failed in which no step has: of a statement, a step that was called wrongly. Else
  /// 0.
  std::uint32_t failed_line = 0;
  std::string branch;  ///< branch path, "" for the main one
  std::int64_t started_millis = 0;
  std::int64_t ended_millis = 0;  ///< 0 while it runs
  std::string result;             ///< "", SUCCESS, UNSTABLE, FAILURE, ABORTED, NOT_BUILT (skipped)
  std::string cause;              ///< why it was skipped or failed, one sentence

  /// The line to look at where it is the first cause of a failure.
  [[nodiscard]] std::uint32_t cause_line() const { return failed_line != 0 ? failed_line : line; }
};

/// What a branch waits for right now, one sentence made of parts so that it can be translated.
struct Waiting {
  std::string branch;
  std::string code;  ///< "shell", "timer", "lock", "project" (is being copied), else the effect's name (docs/steps.md)
  std::string detail;      ///< timer: when it is over, milliseconds since 1970; lock: Jenkins' sentence
  std::uint64_t node = 0;  ///< flow node of the step that waits
  std::int64_t since_millis = 0;
  data::Value input;     ///< of an `input`: id, message, ok, parameters, submitter
  data::Value holder;    ///< of a lock: resource, job, number
  data::Value evidence;  ///< of a pod that is in trouble (its code is in pods/trouble_texts.h): a map; else null
};

/// What was wrong with an agent for a time, or is: code and evidence, as pods/trouble_texts.h makes words of them.
struct AgentTrouble {
  std::string code;
  data::Value evidence;
  std::string text;  ///< the sentence in English
  std::int64_t since_millis = 0;
  std::int64_t until_millis = 0;  ///< 0: it lasts
  bool final = false;             ///< it has ended the agent
};
/// An agent that was made for the run, or is to be: a pod.
struct AgentReport {
  std::string key;  ///< of the effect that asked for it
  std::uint64_t flow_node = 0;
  std::string label, node;             ///< what was asked for; its name, empty: it has none yet
  data::Value times;                   ///< nodes::RemoteNode::times
  bool up = false;                     ///< it has called, and is not known to be gone
  bool over = false;                   ///< nobody waits for it or has it any more
  std::vector<AgentTrouble> troubles;  ///< the oldest first; the newest ones where there were many

  /// What is wrong with it now, or has ended it.
  [[nodiscard]] const AgentTrouble* trouble() const {
    return troubles.empty() || troubles.back().until_millis != 0 ? nullptr : &troubles.back();
  }
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Before all else: which run this is.
  virtual void on_run(std::string_view job, std::uint64_t number) = 0;
  /// Console bytes of one branch, masked; output of a step may stop in the middle of a line. `node` is the step that
  /// wrote them, 0 for the run's own lines.
  virtual void on_log(std::string_view branch, std::uint64_t node, std::string_view text) = 0;
  /// After a resume: the end of what a step had written before it. The whole log has come by on_log() already.
  virtual void on_earlier_output(std::uint64_t /*node*/, std::string_view /*text*/) {}
  virtual void on_node_started(const FlowNode& node) = 0;
  virtual void on_node_ended(const FlowNode& node) = 0;
  /// All branches that wait, whenever that set changes.
  virtual void on_waiting(const std::vector<Waiting>& waiting) = 0;
  /// An abort was ordered and is durable: what runs is being interrupted, post conditions follow.
  virtual void on_aborting() = 0;
  virtual void on_finished(std::string_view result) = 0;
  /// Whenever something about it has changed; after a resume all that is known comes again.
  virtual void on_agent(const AgentReport& /*agent*/) {}
  /// What the script says about its own pipeline: {options, triggers, parameters} as Declarative has them, or
  /// {properties, parameters} of the step; each replaces what was told before. After a resume it comes again.
  virtual void on_properties(const data::Value& /*properties*/) {}
};

}  // namespace windlass::engine

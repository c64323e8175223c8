// What the live tree knows of a run: stages and branches with what happens in them now. Fed as a RunObserver; pure, no
// clock and no terminal. tree_picture.h draws it.
//
// Invariant: memory follows the number of stages, not of steps: a step that ended well leaves nothing behind, and of
// the failed ones a stage keeps its last few.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/console.h"

namespace windlass::cli {

/// A line of the tree: a stage or a branch.
struct TreeRow {
  engine::FlowNode node;
  std::uint64_t parent = 0;             ///< the row around it, 0 for the top
  std::vector<std::uint64_t> children;  ///< in the order in which they began
  std::string path;                     ///< "Test / unit"
  std::string last_line;                ///< newest output inside, without control sequences
  bool line_is_fresh = false;           ///< last_line is output of the step that runs now, no `+ command` of set -x
  std::string step;                     ///< what runs now: "sh", with its label if it has one
  [[nodiscard]] bool ended() const { return node.ended_millis != 0; }
};

class TreeModel : public engine::RunObserver {
 public:
  static constexpr std::size_t kTailLines = 10;

  void on_run(std::string_view job, std::uint64_t number) override;
  void on_log(std::string_view branch, std::uint64_t node, std::string_view text) override;
  void on_earlier_output(std::uint64_t node, std::string_view text) override { on_log({}, node, text); }
  void on_node_started(const engine::FlowNode& node) override;
  void on_node_ended(const engine::FlowNode& node) override;
  void on_waiting(const std::vector<engine::Waiting>& waiting) override { waiting_ = waiting; }
  void on_aborting() override { aborting_ = true; }
  void on_finished(std::string_view result) override;

  /// Rows by id; 0 is the run itself, whose children are the outermost stages.
  [[nodiscard]] const TreeRow& row(std::uint64_t id) const { return rows_.at(id); }
  [[nodiscard]] std::size_t row_count() const { return rows_.size() - 1; }
  [[nodiscard]] const std::string& id() const { return id_; }  ///< "app#7"; empty before the run begins
  [[nodiscard]] const std::string& result() const { return result_; }
  [[nodiscard]] bool finished() const { return !result_.empty(); }
  [[nodiscard]] bool aborting() const { return aborting_; }

  /// What the branch of that row waits for; nullptr: nothing worth a word. Only for a row without a running child.
  [[nodiscard]] const engine::Waiting* waiting_in(const TreeRow& row) const;
  /// The nodes that ended badly and everything around them, by id: what first_cause() of run_list.h looks at.
  [[nodiscard]] std::vector<engine::FlowNode> bad_nodes() const;
  /// The last lines that a step wrote, oldest first.
  [[nodiscard]] std::vector<std::string> tail_of(std::uint64_t node) const;

 private:
  /// A block or step: every one that runs, and those that ended badly.
  struct Node {
    engine::FlowNode node;
    std::uint64_t row = 0;  ///< the innermost row around it, itself included
    std::deque<std::string> tail;
    std::string partial;  ///< the beginning of a line whose end has not come
  };
  void add_line(Node& node, std::string_view line);
  void forget_inside(std::uint64_t block);
  void bound_failures(std::uint64_t parent);

  std::map<std::uint64_t, TreeRow> rows_{{0, {}}};
  std::map<std::uint64_t, Node> nodes_;
  std::set<std::uint64_t> failures_;  ///< of nodes_, those that ended badly
  std::vector<engine::Waiting> waiting_;
  std::string id_;
  std::string result_;
  bool aborting_ = false;
};

}  // namespace windlass::cli

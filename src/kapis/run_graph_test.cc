#include "kapis/run_graph.h"

#include <gtest/gtest.h>

#include "kapis/run_facts.h"

namespace windlass::kapis {
namespace {

using runs::FlowNode;
using runs::FlowNodeBook;

FlowNode node(std::uint64_t id, std::uint64_t parent, const std::string& step, const std::string& result = "",
              std::int64_t ended = 0) {
  FlowNode out;
  out.id = id;
  out.parent = parent;
  out.step = step;
  out.label = step == "sh" ? "" : "L" + std::to_string(id);
  out.line = 7;
  out.result = result;
  out.ended_millis = ended;
  return out;
}

std::vector<std::uint64_t> ids(const RunGraph::Page& page) {
  std::vector<std::uint64_t> out;
  for (const auto* one : page.nodes) out.push_back(one->id);
  return out;
}

/// T67: a million steps are looked at once.
TEST(RunGraph, LooksOnlyAtWhatHasChanged) {
  FlowNodeBook book;
  book.put(node(1, 0, "stage"));
  for (std::uint64_t id = 2; id <= 1000; ++id) book.put(node(id, 1, "sh"));
  RunGraph graph;
  graph.take(book.look());
  EXPECT_EQ(graph.path_of(*graph.nodes().find(3)), "L1 / sh@7 (2)");
  EXPECT_TRUE(graph.failed().empty());
  book.put(node(600, 1, "sh", "FAILURE", 5));
  book.put(node(1001, 1, "sh"));
  const auto now = book.look();
  EXPECT_LE(graph.news(now), 2 * runs::FlowNodes::kPart);
  graph.take(now);
  EXPECT_EQ(graph.news(now), 0u);
  EXPECT_EQ(graph.failed(), (std::set<std::uint64_t>{600}));
  EXPECT_EQ(graph.path_of(*graph.nodes().find(1001)), "L1 / sh@7 (1000)");
}

TEST(RunGraph, OneThatComesLateIsNamedAsInItsPlace) {
  FlowNodeBook book;
  book.put(node(1, 0, "sh"));
  book.put(node(5, 0, "sh"));
  RunGraph graph;
  graph.take(book.look());
  book.put(node(3, 0, "sh"));
  graph.take(book.look());
  EXPECT_EQ(graph.path_of(*graph.nodes().find(3)), "sh@7 (2)");
  EXPECT_EQ(graph.path_of(*graph.nodes().find(5)), "sh@7 (3)");
}

TEST(RunGraph, AnOlderLookIsNotTaken) {
  FlowNodeBook book;
  book.put(node(1, 0, "sh"));
  const auto before = book.look();
  book.put(node(2, 0, "sh"));
  RunGraph graph;
  graph.take(book.look());
  graph.take(before);
  EXPECT_EQ(graph.nodes().size(), 2u);
}

TEST(RunGraph, PagesHaveTheBlocksAroundTheirNodes) {
  FlowNodeBook book;
  book.put(node(1, 0, "stage"));
  book.put(node(2, 1, "dir"));
  for (std::uint64_t id = 3; id <= 10; ++id) book.put(node(id, 2, "sh"));
  RunGraph graph;
  graph.take(book.look());
  auto page = graph.page(0, 3);
  EXPECT_EQ(ids(page), (std::vector<std::uint64_t>{1, 2, 8, 9, 10}));
  EXPECT_EQ(page.before, 8u);
  page = graph.page(page.before, 6);
  EXPECT_EQ(ids(page), (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(page.before, 2u);
  page = graph.page(page.before, 6);
  EXPECT_EQ(ids(page), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(page.before, 0u);
  EXPECT_EQ(graph.page(0, 100).before, 0u);
  EXPECT_EQ(graph.page(0, 0).before, 11u);
}

TEST(RunGraphs, KeepsThoseThatWereLookedAtLast) {
  RunGraphs graphs;
  for (int i = 0; i < 40; ++i) {
    graphs.put("run " + std::to_string(i), {1, std::make_shared<RunGraph>()});
    ASSERT_NE(graphs.find("run 0"), nullptr);
  }
  EXPECT_EQ(graphs.find("run 5"), nullptr);
  EXPECT_NE(graphs.find("run 39"), nullptr);
}

TEST(FailureFacts, TheEarliestFailureThatCounts) {
  const runs::FlowNodes nodes = {node(1, 0, "catchError", "SUCCESS", 3), node(2, 1, "sh", "FAILURE", 2),
                                 node(3, 0, "stage", "FAILURE", 9), node(4, 3, "sh", "FAILURE", 8),
                                 node(5, 0, "sh", "FAILURE", 9)};
  runs::RunInfo run;
  run.phase = runs::Phase::ended;
  run.result = "FAILURE";
  const FailureFacts failures(run, nodes, failed_in(nodes));
  EXPECT_EQ(failures.counted(*nodes.find(2)), Counted::caught);
  EXPECT_EQ(failures.counted(*nodes.find(3)), Counted::yes);
  EXPECT_EQ(failures.counted(*nodes.find(1)), Counted::none);
  ASSERT_NE(failures.first_cause(), nullptr);
  EXPECT_EQ(failures.first_cause()->id, 4u);
}

TEST(FailureFacts, ABranchThatFailfastStopped) {
  const runs::FlowNodes nodes = {node(1, 0, "parallel", "FAILURE", 9), node(2, 1, "branch", "FAILURE", 4),
                                 node(3, 1, "branch", "ABORTED", 5), node(4, 3, "sh", "ABORTED", 5)};
  const runs::RunInfo run;
  const FailureFacts failures(run, nodes, failed_in(nodes));
  EXPECT_EQ(failures.counted(*nodes.find(2)), Counted::yes);
  EXPECT_EQ(failures.counted(*nodes.find(4)), Counted::failfast);
  EXPECT_EQ(failures.first_cause()->id, 2u);
}

}  // namespace
}  // namespace windlass::kapis

#include "runs/flow_nodes.h"

#include <gtest/gtest.h>

namespace windlass::runs {
namespace {

engine::FlowNode node(std::uint64_t id, const std::string& result = "") {
  engine::FlowNode out;
  out.id = id;
  out.result = result;
  return out;
}

std::vector<std::uint64_t> ids(FlowNodes::Iterator from, FlowNodes::Iterator to) {
  std::vector<std::uint64_t> out;
  for (; from != to; ++from) out.push_back(from->id);
  return out;
}

TEST(FlowNodes, AreInOrderWhateverCameFirst) {
  FlowNodeBook book;
  for (const std::uint64_t id : {700, 3, 1, 699, 2, 5000}) book.put(node(id));
  const auto seen = book.look();
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(ids(seen.begin(), seen.end()), (std::vector<std::uint64_t>{1, 2, 3, 699, 700, 5000}));
  EXPECT_EQ(ids(seen.from(3), seen.end()), (std::vector<std::uint64_t>{3, 699, 700, 5000}));
  EXPECT_EQ(ids(seen.from(4), seen.end()), (std::vector<std::uint64_t>{699, 700, 5000}));
  EXPECT_EQ(ids(seen.from(701), seen.end()), (std::vector<std::uint64_t>{5000}));
  EXPECT_EQ(seen.from(5001), seen.end());
  EXPECT_EQ((--seen.end())->id, 5000u);
  ASSERT_NE(seen.find(699), nullptr);
  EXPECT_EQ(seen.find(698), nullptr);
  EXPECT_EQ(FlowNodes().find(1), nullptr);
}

TEST(FlowNodes, WhatWasSeenDoesNotChangeAndTheRestIsShared) {
  FlowNodeBook book;
  for (std::uint64_t id = 1; id <= 1000; ++id) book.put(node(id));
  const auto before = book.look();
  book.put(node(300, "SUCCESS"));
  book.put(node(1001));
  const auto after = book.look();
  EXPECT_EQ(before.size(), 1000u);
  EXPECT_EQ(before.find(300)->result, "");
  EXPECT_EQ(before.find(1001), nullptr);
  EXPECT_EQ(after.size(), 1001u);
  EXPECT_EQ(after.find(300)->result, "SUCCESS");
  ASSERT_EQ(after.parts().size(), 4u);
  EXPECT_EQ(after.parts()[0], before.parts()[0]);
  EXPECT_NE(after.parts()[1], before.parts()[1]);
  EXPECT_EQ(after.parts()[2], before.parts()[2]);
  EXPECT_NE(after.parts()[3], before.parts()[3]);
}

}  // namespace
}  // namespace windlass::runs

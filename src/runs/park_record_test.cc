#include "runs/park_record.h"

#include <gtest/gtest.h>

#include "data/binary.h"

namespace windlass::runs {
namespace {

using data::Value;

TEST(ParkRecord, ComesBackAsItWas) {
  ParkRecord record;
  record.due_millis = 1'795'539'152'000;
  record.sequence = 17;
  record.forbids_resume = true;
  record.waiting.push_back({"a/b", "input", "Deploy?", 7, 12, Value::map_of("id", "Go", "message", "Deploy?"), {}});
  record.waiting.push_back({"", "lock", "[Resource: z]", 9, 13, {}, Value::map_of("resource", "z")});
  record.claims.locks.push_back({3, {"x", "y"}, "a"});
  record.claims.nodes.push_back({4, "built-in", "/w/p@2", 1, true});
  record.claims.lock_queue.push_back({5, {"z"}, true, 11});
  record.claims.executor_queue.push_back({6, "built-in", 10});
  record.claims.passed = 2;
  const auto bytes = encode(record).value();
  EXPECT_LT(bytes.size(), 600u);
  const auto again = decode_park_record(bytes).value();
  EXPECT_EQ(encode(again).value(), bytes);
  EXPECT_EQ(again.waiting[0].input.get_string("id"), "Go");
  EXPECT_TRUE(again.waiting[1].input.is_null());
  EXPECT_EQ(again.claims.locks[0].names, (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(again.claims.nodes[0].workspace_only);
  EXPECT_TRUE(again.claims.lock_queue[0].front);
  EXPECT_EQ(again.claims.passed, 2);
}

TEST(ParkRecord, WhatIsNoRecordIsRefused) {
  EXPECT_FALSE(decode_park_record("?"));
  EXPECT_FALSE(decode_park_record(data::encode_binary(Value::map_of("version", std::int64_t{99})).value()));
  EXPECT_FALSE(decode_park_record(data::encode_binary(Value::list_of(1)).value()));
}

}  // namespace
}  // namespace windlass::runs

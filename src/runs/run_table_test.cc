#include "runs/run_table.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <stdlib.h>

namespace windlass::runs {
namespace {

struct RunTableTest : testing::Test {
  RunTableTest() {
    char name[] = "/tmp/windlass-runs-XXXXXX";
    folder = ::mkdtemp(name);
  }
  ~RunTableTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<RunTable> open() {
    return RunTable::open(folder + "/runs.db",
                          std::make_shared<journal::KeyRing>(journal::SealKey::from_bytes(key).value()))
        .value();
  }
  static RunRequest request(const std::string& uid) {
    RunRequest out;
    out.uid = uid;
    out.project = "p";
    out.pipeline = "x";
    out.name = "x-" + uid;
    out.script = "echo 1";
    out.parameters = {{"PW", "sesame-open"}};
    return out;
  }

  std::string folder;
  std::string key = std::string(32, 'k');
};

TEST_F(RunTableTest, OneObjectIsOneRunAndNumbersGoOn) {
  auto table = open();
  bool fresh = false;
  EXPECT_EQ(table->accept(request("a"), 10, fresh)->info.number, 1u);
  EXPECT_TRUE(fresh);
  EXPECT_EQ(table->accept(request("a"), 20, fresh)->info.number, 1u);
  EXPECT_FALSE(fresh);
  auto far = request("b");
  far.at_least_number = 7;
  EXPECT_EQ(table->accept(far, 30, fresh)->info.number, 7u);
  table = open();
  EXPECT_EQ(table->accept(request("c"), 40, fresh)->info.number, 8u);
  EXPECT_EQ(table->of_job("p/x", 2)->front().info.number, 8u);
}

TEST_F(RunTableTest, WhatHasNotEndedComesBackWithItsRequest) {
  bool fresh = false;
  auto table = open();
  ASSERT_TRUE(table->accept(request("a"), 10, fresh));
  ASSERT_TRUE(table->accept(request("b"), 11, fresh));
  ASSERT_TRUE(table->set_started("a", 12));
  ASSERT_TRUE(table->set_ended("b", "SUCCESS", 13));
  table = open();
  const auto rows = table->unfinished().value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].info.phase, Phase::running);
  EXPECT_EQ(rows[0].request.script, "echo 1");
  EXPECT_EQ(rows[0].request.parameters.front().second, "sesame-open");
  EXPECT_EQ(table->find("b")->value().info.result, "SUCCESS");
  EXPECT_TRUE(table->find("b")->value().request.script.empty());
}

TEST_F(RunTableTest, OnlyEndedRunsAreRemoved) {
  bool fresh = false;
  auto table = open();
  ASSERT_TRUE(table->accept(request("a"), 10, fresh));
  ASSERT_TRUE(table->remove("a"));
  EXPECT_TRUE(table->find("a")->has_value());
  ASSERT_TRUE(table->set_ended("a", "ABORTED", 11));
  ASSERT_TRUE(table->remove("a"));
  EXPECT_FALSE(table->find("a")->has_value());
}

TEST_F(RunTableTest, RequestsAreSealedOnDisk) {
  bool fresh = false;
  ASSERT_TRUE(open()->accept(request("a"), 10, fresh));
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    EXPECT_EQ(bytes.str().find("sesame-open"), std::string::npos) << entry.path();
  }
}

TEST_F(RunTableTest, AParkedRunComesBackWithItsRecordInsteadOfItsRequest) {
  bool fresh = false;
  auto table = open();
  for (const char* uid : {"a", "b"}) {
    ASSERT_TRUE(table->accept(request(uid), 10, fresh));
    ASSERT_TRUE(table->set_started(uid, 12));
  }
  ASSERT_TRUE(table->set_parked({{"a", "what a waits for"}, {"b", "what b waits for"}}));
  ASSERT_TRUE(table->set_back({"b"}));
  table = open();
  const auto rows = table->unfinished().value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].parked, "what a waits for");
  EXPECT_EQ(rows[0].request.script, "");
  EXPECT_EQ(rows[0].request.project, "p");
  EXPECT_EQ(rows[1].parked, "");
  EXPECT_EQ(rows[1].request.script, "echo 1");
  std::ostringstream bytes;
  bytes << std::ifstream(folder + "/runs.db").rdbuf() << std::ifstream(folder + "/runs.db-wal").rdbuf();
  EXPECT_EQ(bytes.str().find("what a waits for"), std::string::npos);
}

TEST_F(RunTableTest, ATableOfTheFirstVersionIsBroughtUp) {
  bool fresh = false;
  ASSERT_TRUE(open()->accept(request("a"), 10, fresh));
  {
    auto first = store::Database::open(folder + "/runs.db", {}).value();
    ASSERT_TRUE(first.exec("DROP TABLE parked"));
    ASSERT_TRUE(first.exec("PRAGMA user_version=1"));
  }
  auto table = open();
  ASSERT_TRUE(table->set_parked({{"a", "record"}}));
  EXPECT_EQ(table->unfinished()->front().parked, "record");
}

}  // namespace
}  // namespace windlass::runs

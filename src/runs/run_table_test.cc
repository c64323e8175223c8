#include "runs/run_table.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <span>
#include <sstream>
#include <stdlib.h>

#include "store/image.h"

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

TEST_F(RunTableTest, JobsInParts) {
  auto table = open();
  bool fresh = false;
  for (const auto* name : {"c", "a", "b"}) {
    auto one = request(name);
    one.pipeline = name;
    ASSERT_TRUE(table->accept(one, 10, fresh));
  }
  using Names = std::vector<std::string>;
  EXPECT_EQ(table->jobs("", 2).value(), (Names{"p/a", "p/b"}));
  EXPECT_EQ(table->jobs("p/b", 2).value(), (Names{"p/c"}));
  EXPECT_EQ(table->jobs("p/c", 2).value(), Names());
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

RunOrder an_order() {
  return {.ref = "u:b:1",
          .job = "p/x",
          .parameters = {{"PW", "sesame-open"}, {"A", "1"}},
          .secret_parameters = {"PW"},
          .cause = "Started by upstream",
          .by = "p/y#1",
          .user_id = "ada",
          .start_millis = 0};
}

TEST_F(RunTableTest, AnOrderBecomesOneRun) {
  auto table = open();
  ASSERT_TRUE(table->order(an_order()));
  ASSERT_TRUE(table->order(an_order()));
  table = open();
  ASSERT_EQ(table->orders().value().size(), 1u);
  auto asked = request("a");
  asked.upstream = "u:b:1";
  asked.parameters = {{"PW", ""}, {"A", "1"}};
  bool fresh = false;
  const auto run = table->accept(asked, 10, fresh);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->request.parameters.front().second, "sesame-open");
  EXPECT_EQ(run->info.cause, "Started by upstream");
  EXPECT_TRUE(table->orders().value().empty());
  ASSERT_TRUE(table->order(an_order())) << "ordered again after a crash";
  EXPECT_TRUE(table->orders().value().empty());
  EXPECT_EQ(table->find_upstream("u:b:1").value()->info.uid, "a");
  asked.uid = "b";
  EXPECT_EQ(table->accept(asked, 11, fresh).error().kind, ErrorKind::not_found);
}

TEST_F(RunTableTest, WhatIsKnownOfJobsAndProjectsIsKept) {
  auto table = open();
  bool fresh = false;
  ASSERT_TRUE(table->accept(request("a"), 10, fresh));
  ASSERT_TRUE(table->set_started("a", 12));
  ASSERT_TRUE(table->set_properties("p/x", {.disable_concurrent = true, .cron = "@daily"}));
  ASSERT_TRUE(table->note_milestone({"p/x", 1, 7}));
  ASSERT_TRUE(table->note_milestone({"p/x", 1, 5}));
  ASSERT_TRUE(table->set_limits("p", {.max_running = 3}));
  ASSERT_TRUE(table->set_limits("q", {.max_running = 3}));
  ASSERT_TRUE(table->set_limits("q", {}));
  ASSERT_TRUE(table->set_held("a", "ada", 20));
  table = open();
  EXPECT_EQ(table->properties().value().at("p/x").cron, "@daily");
  EXPECT_EQ(table->accept(request("b"), 13, fresh)->info.number, 2u);
  EXPECT_EQ(table->last_start("p/x").value(), 12);
  EXPECT_EQ(table->milestones().value().at(0).newest, 7u);
  EXPECT_EQ(table->limits().value().size(), 1u);
  EXPECT_EQ(table->find("a").value()->info.held_by, "ada");
}

/// The tables as each older version had them.
constexpr store::ImageObject kOld[] = {
    {store::ImageObject::Kind::table, "runs", "runs",
     "CREATE TABLE runs(id INTEGER PRIMARY KEY, uid TEXT NOT NULL, project TEXT NOT NULL, pipeline TEXT NOT NULL, "
     "branch TEXT NOT NULL, job TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, "
     "cause TEXT NOT NULL, queued INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, "
     "result TEXT NOT NULL, request BLOB NOT NULL) STRICT"},
    {store::ImageObject::Kind::index, "by_uid", "runs", "CREATE UNIQUE INDEX by_uid ON runs(uid)"},
    {store::ImageObject::Kind::index, "by_number", "runs", "CREATE UNIQUE INDEX by_number ON runs(job, number)"},
    {store::ImageObject::Kind::index, "unfinished", "runs", "CREATE INDEX unfinished ON runs(id) WHERE ended = 0"},
    {store::ImageObject::Kind::table_without_rowid, "jobs", "jobs",
     "CREATE TABLE jobs(name TEXT NOT NULL PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {store::ImageObject::Kind::table_without_rowid, "parked", "parked",
     "CREATE TABLE parked(uid TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID"},
};

TEST_F(RunTableTest, OlderFilesAreBroughtToThisVersion) {
  for (const std::uint32_t version : {1u, 2u}) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    const auto tables = std::span(kOld).first(version == 1 ? std::size(kOld) - 1 : std::size(kOld));
    const auto image = store::make_image(tables, 0x574c526e, version);
    ASSERT_TRUE(image) << image.error().text();
    std::ofstream(folder + "/runs.db", std::ios::binary) << *image;
    {
      auto old = store::Database::open(folder + "/runs.db", {}).value();
      ASSERT_TRUE(
          old.exec("INSERT INTO runs VALUES(1, 'old', 'p', 'x', '', 'p/x', 6, 'x-old', 'ada', 'c', 1, 2, 3, "
                   "'SUCCESS', x'')"));
      ASSERT_TRUE(old.exec("INSERT INTO jobs VALUES('p/x', 7)"));
    }
    auto table = open();
    bool fresh = false;
    EXPECT_EQ(table->accept(request("a"), 10, fresh)->info.number, 7u);
    EXPECT_EQ(table->find("old").value()->info.result, "SUCCESS");
    ASSERT_TRUE(table->order(an_order()));
    ASSERT_TRUE(table->set_parked({{"a", "record"}}));
    table = open();
    EXPECT_EQ(table->orders().value().size(), 1u);
    EXPECT_EQ(table->unfinished()->front().parked, "record");
    auto database = store::Database::open(folder + "/runs.db", {}).value();
    const auto checked = store::check_tables(database, RunTable::schema());
    EXPECT_TRUE(checked) << checked.error().text();
  }
}

TEST_F(RunTableTest, RequestsAreSealedOnDisk) {
  bool fresh = false;
  ASSERT_TRUE(open()->accept(request("a"), 10, fresh));
  ASSERT_TRUE(open()->order(an_order()));
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

}  // namespace
}  // namespace windlass::runs

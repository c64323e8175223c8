// Numbers, lists, ownership and finding of runs; the index lost and found.
#include "journal/state_folder.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal/journal_testing.h"
#include "store/database.h"

namespace windlass::journal {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using State = RunInfo::State;

class StateFolderTest : public ::testing::Test {
 protected:
  RunSpec next_spec(const std::string& job) {
    auto spec = make_spec(job);
    spec.created_ms += ++made;
    return spec;
  }
  RunInfo run_to_end(const std::string& job, const std::string& result) {
    auto journal = state->create_run(next_spec(job)).value();
    EXPECT_TRUE(journal->finish({result, 1000}).has_value());
    EXPECT_TRUE(journal->commit().has_value());
    return info_of(*journal);
  }
  RunInfo leave_unfinished(const std::string& job) {
    auto journal = state->create_run(next_spec(job)).value();
    EXPECT_TRUE(journal->commit().has_value());
    return info_of(*journal);
  }
  std::int64_t made = 0;
  TemporaryFolder folder;
  std::unique_ptr<StateFolder> state = StateFolder::open(folder.path + "/deep/state").value();
};

TEST(EncodeJob, IsReadableSafeAndOneToOne) {
  const std::pair<std::string, std::string> kTable[] = {
      {"demo", "demo"}, {"a/b", "a%2fb"},       {"..", "%2e."},   {".", "%2e"},    {"../../etc", "%2e.%2f..%2fetc"},
      {"a b", "a%20b"}, {"main.v1", "main.v1"}, {"%2f", "%252f"}, {"ü", "%c3%bc"}, {"a~b", "a%7eb"},
  };
  for (const auto& [job, name] : kTable) EXPECT_EQ(encode_job(job).value(), name);
  EXPECT_FALSE(encode_job("").has_value());
  EXPECT_FALSE(encode_job(std::string("a\0b", 3)).has_value());
  EXPECT_FALSE(encode_job(std::string(5000, 'a')).has_value());
  const auto one = encode_job(std::string(3000, '/') + "a").value();
  const auto two = encode_job(std::string(3000, '/') + "b").value();
  EXPECT_LE(one.size(), 120U);
  EXPECT_NE(one, two);
}

TEST_F(StateFolderTest, NumbersCountPerJob) {
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 1U);
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 2U);
  EXPECT_EQ(run_to_end("b/c", "SUCCESS").number, 1U);
  state = StateFolder::open(folder.path + "/deep/state").value();
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 3U);
  ASSERT_TRUE(state->remove_run(state->find("a#3").value()).has_value());
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 4U);
}

/// The index may lose its newest rows in a power cut: an older row of the same run must not become wrong by that.
TEST_F(StateFolderTest, ARunThatNeverBeganKeepsItsUid) {
  auto spec = next_spec("a");
  spec.number = 7;
  std::string uid;
  {
    auto journal = state->create_run(spec).value();
    uid = journal->header().uid;
    state.reset();  // the process goes before the first commit
  }
  state = StateFolder::open(folder.path + "/deep/state").value();
  EXPECT_EQ(state->create_run(spec).value()->header().uid, uid);
}

TEST_F(StateFolderTest, EverythingIsPrivate) {
  run_to_end("a", "SUCCESS");
  leave_unfinished("a");
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path)) {
    struct stat status{};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077, 0U) << file.path();
  }
}

TEST_F(StateFolderTest, ProcessesAtOnceNeverGetTheSameNumber) {
  constexpr int kProcesses = 4;
  constexpr int kRuns = 15;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto mine = StateFolder::open(folder.path + "/shared");  // all of them make it
      if (!mine) ::_exit(1);
      for (int n = 0; n < kRuns; ++n) {
        auto journal = (*mine)->create_run(make_spec("same"));
        if (!journal || !(*journal)->commit()) ::_exit(2);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::set<std::uint64_t> numbers;
  auto shared = StateFolder::open(folder.path + "/shared").value();
  for (const auto& run : shared->list().value()) {
    numbers.insert(run.number);
    EXPECT_EQ(run.state, State::interrupted);
    EXPECT_TRUE(shared->read_run(run).value()->verify().has_value());
  }
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(kProcesses * kRuns));
  EXPECT_EQ(*numbers.rbegin(), static_cast<std::uint64_t>(kProcesses * kRuns));
}

TEST_F(StateFolderTest, AllRunsOfAServerAreItsOwnWhileItLives) {
  ASSERT_TRUE(state->create_run(make_spec("aside")).value()->commit());
  const auto run = state->find("aside#1").value();
  EXPECT_EQ(run.state, State::interrupted);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto mine = StateFolder::open(folder.path + "/deep/state").value();
    if (!mine->claim() || !mine->resume_run(run)) ::_exit(1);  // owned for a moment, then put aside
    [[maybe_unused]] const auto wrote = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto seen = state->find("aside#1").value();
  EXPECT_EQ(seen.state, State::running);
  EXPECT_EQ(seen.owner_pid, child);
  EXPECT_TRUE(seen.of_server);
  EXPECT_TRUE(state->read_run(seen));
  for (const auto& refused :
       {state->resume_run(run).error(), state->create_run(make_spec("new")).error(), state->remove_run(run).error(),
        StateFolder::open(folder.path + "/deep/state").value()->claim().error()}) {
    EXPECT_EQ(refused.kind, ErrorKind::conflict);
    EXPECT_THAT(refused.message, HasSubstr("belong to the server of process " + std::to_string(child)));
  }
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(state->resume_run(run));
}

TEST_F(StateFolderTest, ALiveRunCannotBeTakenAndAKilledOneCan) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto mine = StateFolder::open(folder.path + "/deep/state").value();
    auto journal = mine->create_run(make_spec("live")).value();
    if (!journal->commit()) ::_exit(1);
    [[maybe_unused]] const auto wrote = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto run = state->find("live#1").value();
  EXPECT_EQ(run.state, State::running);
  EXPECT_EQ(run.owner_pid, child);
  const auto refused = state->resume_run(run);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("process " + std::to_string(child)));
  EXPECT_EQ(state->remove_run(run).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(state->read_run(run).value()->verify().has_value());
  EXPECT_FALSE(state->newest_unfinished().value().has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(state->newest_unfinished().value()->id(), "live#1");
  auto taken = state->resume_run(run);
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  EXPECT_EQ(state->find("1").value().state, State::running);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(StateFolderTest, FindsWhatPeopleType) {
  run_to_end("a", "SUCCESS");
  run_to_end("a", "FAILURE");
  run_to_end("x#y", "FAILURE");
  EXPECT_EQ(state->find("a#2").value().end->result, "FAILURE");
  EXPECT_EQ(state->find("2").value().id(), "a#2");
  EXPECT_EQ(state->find("#2").value().id(), "a#2");
  EXPECT_EQ(state->find("x#y#1").value().job, "x#y");
  const auto uid = state->find("a#1").value().uid;
  EXPECT_EQ(state->find(uid).value().id(), "a#1");
  EXPECT_EQ(state->find(uid.substr(0, 12)).value().id(), "a#1");
  EXPECT_THAT(state->find("1").error().message, HasSubstr("several jobs have a run 1"));
  for (const auto* id : {"", "a#9", "nothing", "99", "#", "zzzz", "a#"})
    EXPECT_EQ(state->find(id).error().kind, ErrorKind::not_found) << id;
}

TEST_F(StateFolderTest, ListsNewestFirstAndKnowsPreviousRuns) {
  run_to_end("a", "SUCCESS");
  run_to_end("a", "FAILURE");
  leave_unfinished("a");
  run_to_end("b", "SUCCESS");
  auto live = state->create_run(make_spec("a")).value();
  ASSERT_TRUE(live->commit().has_value());
  const auto runs = state->list().value();
  ASSERT_EQ(runs.size(), 5U);
  EXPECT_EQ(runs[0].id(), "a#4");
  EXPECT_EQ(runs[0].state, State::running);
  EXPECT_EQ(runs[0].owner_pid, ::getpid());
  EXPECT_EQ(runs[1].id(), "b#1");
  EXPECT_EQ(runs[2].state, State::interrupted);
  EXPECT_EQ(runs[3].end->result, "FAILURE");
  EXPECT_EQ(state->list(2).value().size(), 2U);
  EXPECT_EQ(state->newest().value()->id(), "a#4");
  EXPECT_EQ(state->newest_unfinished().value()->id(), "a#3");
  EXPECT_EQ(state->previous("a", 4).value()->id(), "a#2");
  EXPECT_EQ(state->previous("a", 4, "SUCCESS").value()->id(), "a#1");
  EXPECT_FALSE(state->previous("a", 1).value().has_value());
  EXPECT_FALSE(state->previous("c", 9).value().has_value());
}

TEST_F(StateFolderTest, RunsOfOneJobAreLookedThroughAsFarAsIsAsked) {
  constexpr std::uint64_t kRuns = 20;  // more than are read at first
  for (std::uint64_t i = 1; i < kRuns; ++i) run_to_end("a", i == 3 ? "FAILURE" : "SUCCESS");
  run_to_end("b", "SUCCESS");
  leave_unfinished("a");
  const auto look = [&](std::uint64_t before, const std::function<bool(const RunInfo&)>& last) {
    std::vector<std::uint64_t> seen;
    EXPECT_TRUE(state->look_through("a", before, [&](const RunInfo& run) {
      EXPECT_EQ(run.job, "a");
      seen.push_back(run.number);
      return !last(run);
    }));
    return seen;
  };
  const auto all = look(UINT64_MAX, [](const RunInfo&) { return false; });
  EXPECT_EQ(all.size(), kRuns);
  EXPECT_TRUE(std::ranges::is_sorted(all, std::greater()));
  EXPECT_THAT(look(UINT64_MAX, [](const RunInfo& run) { return run.state == State::interrupted; }), ElementsAre(kRuns));
  EXPECT_EQ(look(UINT64_MAX, [](const RunInfo& run) { return run.end && run.end->result == "FAILURE"; }).back(), 3U);
  EXPECT_THAT(look(3, [](const RunInfo&) { return false; }), ElementsAre(2U, 1U));
  EXPECT_TRUE(state->look_through("c", UINT64_MAX, [](const RunInfo&) { return true; }));
}

TEST_F(StateFolderTest, ALostOrDamagedIndexIsMadeAgain) {
  run_to_end("a", "SUCCESS");
  leave_unfinished("b/c");
  for (const bool damaged : {false, true}) {
    const auto before = state->list().value();
    state.reset();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(folder.path + "/deep/state/index.db" + end);
    if (damaged) std::ofstream(folder.path + "/deep/state/index.db") << std::string(9000, 'j');
    state = StateFolder::open(folder.path + "/deep/state").value();
    EXPECT_EQ(state->find("a#1").value().end->result, "SUCCESS");
    EXPECT_EQ(state->newest_unfinished().value()->id(), "b/c#1");
    EXPECT_EQ(state->list().value().size(), 2U);
  }
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 2U);
}

class IndexDamageTest : public StateFolderTest {
 protected:
  /// Changes the index as SQLite would and opens the folder again; what it said about damage goes to `told`.
  void change(const std::string& sql) {
    state.reset();
    {
      auto db = store::Database::open(folder.path + "/deep/state/index.db", {}).value();
      ASSERT_TRUE(db.exec(sql.c_str()).has_value()) << sql;
    }
    told.clear();
    state = StateFolder::open(folder.path + "/deep/state", nullptr, [this](const std::string& sentence) {
              told += sentence;
            }).value();
  }
  std::vector<std::string> listed() {
    std::vector<std::string> out;
    for (const auto& run : state->list().value()) out.push_back(run.id() + (run.end ? " " + run.end->result : ""));
    return out;
  }
  std::string told;
};

TEST_F(IndexDamageTest, ARowThatWasChangedIsNamedAndMadeAgain) {
  run_to_end("a", "SUCCESS");
  run_to_end("b", "FAILURE");
  leave_unfinished("a");
  const auto before = listed();
  const std::pair<std::string, std::string> kChanges[] = {
      {"UPDATE runs SET result='SUCCESS' WHERE job='b'", "row 2, of the run b#1, is not as it was written"},
      {"UPDATE runs SET ended_ms=1 WHERE job='a' AND number=2", "row 3, of the run a#2, is not as it was written"},
      {"UPDATE runs SET job='c' WHERE job='b'", "of the run c#1"},
      {"UPDATE runs SET checksum=x'00' WHERE job='b'", "row 2, of the run b#1"},
      {"UPDATE jobs SET next=1 WHERE name='a'", "row of the job a is not as it was written"},
  };
  for (const auto& [sql, sentence] : kChanges) {
    change(sql);
    EXPECT_EQ(listed(), before) << sql;
    EXPECT_EQ(state->find("b#1").value().end->result, "FAILURE") << sql;
    EXPECT_EQ(state->previous("a", 2).value()->id(), "a#1") << sql;
    EXPECT_THAT(told, HasSubstr(sentence)) << sql;
    EXPECT_THAT(told, HasSubstr("made again from the folders of the runs")) << sql;
  }
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 3U);
}

TEST_F(IndexDamageTest, ANumberThatWasDeletedIsNotGivenOutAgainAfterDamage) {
  run_to_end("a", "SUCCESS");
  run_to_end("a", "SUCCESS");
  ASSERT_TRUE(state->remove_run(state->find("a#2").value()).has_value());
  change("UPDATE runs SET result='FAILURE'");
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 3U);
  EXPECT_EQ(listed(), (std::vector<std::string>{"a#3 SUCCESS", "a#1 SUCCESS"}));
}

TEST_F(IndexDamageTest, DamageIsFoundByWhatAsksForOneRunOnly) {
  run_to_end("a", "SUCCESS");
  run_to_end("a", "SUCCESS");
  change("UPDATE runs SET result='FAILURE' WHERE number=1");
  EXPECT_EQ(state->previous("a", 2).value()->end->result, "SUCCESS");
  EXPECT_THAT(told, HasSubstr("of the run a#1"));
  change("UPDATE jobs SET next=1");
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 3U);
  EXPECT_THAT(told, HasSubstr("row of the job a"));
}

TEST_F(IndexDamageTest, AnIndexOfTheFirstVersionGetsItsChecksums) {
  run_to_end("a", "SUCCESS");
  run_to_end("a", "FAILURE");
  change(
      "ALTER TABLE runs DROP COLUMN checksum;ALTER TABLE jobs DROP COLUMN checksum;DELETE FROM runs WHERE number=1;"
      "UPDATE jobs SET next=7;PRAGMA user_version=1");
  EXPECT_EQ(listed(), (std::vector<std::string>{"a#1 SUCCESS", "a#2 FAILURE"}));
  EXPECT_EQ(told, "");
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 7U);
  change("UPDATE runs SET result='SUCCESS' WHERE number=2");
  EXPECT_THAT(listed(), ::testing::Contains("a#2 FAILURE"));
  EXPECT_THAT(told, HasSubstr("of the run a#2"));
}

TEST_F(StateFolderTest, ARunThatNeverBeganIsNotListed) {
  {
    auto journal = state->create_run(make_spec("a")).value();
  }
  EXPECT_TRUE(state->list().value().empty());
  EXPECT_FALSE(state->newest().value().has_value());
  EXPECT_EQ(run_to_end("a", "SUCCESS").number, 2U);
}

TEST_F(StateFolderTest, ProblemsAreOneSentence) {
  std::ofstream(folder.path + "/file") << "x";
  const auto on_file = StateFolder::open(folder.path + "/file");
  ASSERT_FALSE(on_file.has_value());
  EXPECT_THAT(on_file.error().message, HasSubstr("is a file where a folder is needed"));
  if (::geteuid() == 0) {
    const auto no_place = StateFolder::open("/proc/windlass-state");
    ASSERT_FALSE(no_place.has_value());
    EXPECT_THAT(no_place.error().message, HasSubstr("cannot create the folder /proc/windlass-state"));
  }
  const auto run = leave_unfinished("a");
  std::ofstream(folder.path + "/deep/state/keys/state.key", std::ios::trunc) << "short";
  state = StateFolder::open(folder.path + "/deep/state").value();
  EXPECT_THAT(state->resume_run(run).error().message, HasSubstr("state.key is damaged"));
  std::ofstream(folder.path + "/deep/state/keys/state.key", std::ios::trunc) << std::string(32, 'k');
  EXPECT_THAT(state->resume_run(run).error().message, HasSubstr("keys/state.key is not the one"));
}

TEST_F(StateFolderTest, ARunThatTheIndexHasLostIsFoundByItsName) {
  run_to_end("demo", "SUCCESS");
  leave_unfinished("demo");
  ASSERT_TRUE(store::Database::open(folder.path + "/deep/state/index.db", {})->exec("DELETE FROM runs"));
  EXPECT_EQ(state->find("demo#1")->end->result, "SUCCESS");
  EXPECT_EQ(state->find("demo#2")->state, State::interrupted);
  EXPECT_EQ(state->find("demo#3").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace windlass::journal

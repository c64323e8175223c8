// Runs that share a commit log: one sync for many, and nothing that was told is lost when a process or a machine dies.
#include "journal/commit_log.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <latch>
#include <map>
#include <thread>

#include "journal/commit_recovery.h"
#include "journal/commit_rows.h"
#include "journal/journal_testing.h"
#include "journal/schema.h"
#include "store/database.h"
#include "store/disk.h"
#include "store/fault_disk.h"

namespace windlass::journal {
namespace {

using namespace testing_support;
using store::FaultDisk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Digest digest(std::uint8_t value) { return {value}; }

CommitRecord commit(std::uint8_t before, std::uint8_t after) {
  CommitRecord record;
  record.before = digest(before);
  record.after = digest(after);
  if (before == 0) record.wrapped_run = "key";
  return record;
}

std::vector<std::size_t> follow(const std::vector<CommitRecord>& records) {
  std::vector<const CommitRecord*> pointers;
  for (const auto& record : records) pointers.push_back(&record);
  return follow_commits(pointers);
}

TEST(FollowCommits, TheHistoryIsWhatLeadsToTheNewest) {
  EXPECT_THAT(follow({}), IsEmpty());
  EXPECT_THAT(follow({commit(0, 1), commit(1, 2), commit(2, 3)}), ElementsAre(0, 1, 2));
  // One that was given up: the run went on from before it.
  EXPECT_THAT(follow({commit(0, 1), commit(1, 2), commit(1, 3)}), ElementsAre(0, 2));
  // Those that change nothing that the state says.
  EXPECT_THAT(follow({commit(4, 5), commit(5, 5), commit(5, 6)}), ElementsAre(0, 1, 2));
  // Made twice under the same number, and deleted in between.
  EXPECT_THAT(follow({commit(0, 1), commit(0, 2), commit(2, 3)}), ElementsAre(1, 2));
  CommitRecord removed;
  removed.kind = CommitRecord::Kind::removed;
  EXPECT_THAT(follow({commit(0, 1), removed}), IsEmpty());
  EXPECT_THAT(follow({commit(0, 1), removed, commit(0, 2)}), ElementsAre(2));
}

TEST(CommitRecords, AreReadAsTheyWereWritten) {
  CommitRecord record = commit(3, 4);
  record.job = "a/b";
  record.number = 7;
  record.wrapped_run = std::string("\0k", 2);
  record.wrapped_secret = "s";
  record.ends = true;
  record.rows = "rows";
  const auto bytes = encode_commit(record);
  const auto back = decode_commit(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(encode_commit(*back), bytes);
  EXPECT_EQ(back->number, 7U);
  EXPECT_TRUE(back->ends);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_commit(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
}

/// Made from docs/formats/commit-log.md by another program: every kind of row, checksums and all.
TEST(CommitFormat, ASegmentThatAnotherProgramWroteIsReadAndPlayed) {
  const auto bytes = store::read_file("fuzz/seeds/commit_log/segment", 1 << 20).value().substr(1);
  std::vector<CommitSegments::Found> found;
  ASSERT_TRUE(read_commit_segment(bytes, 1, "segment", found).has_value());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].end.offset + 20 + encode_commit(found[1].record).size(), found[1].end.offset);
  EXPECT_EQ(found[2].end.offset, bytes.size());
  EXPECT_EQ(found[2].record.kind, CommitRecord::Kind::removed);
  EXPECT_TRUE(found[0].record.creates());
  EXPECT_TRUE(found[1].record.ends);
  TemporaryFolder folder;
  ASSERT_TRUE(store::make_disk()->write_file(folder.path + "/run.db", make_run_image("k", "s").value()).has_value());
  auto db = store::Database::open(folder.path + "/run.db", {}).value();
  RowStatements statements;
  for (const auto* one : {&found[0].record, &found[1].record}) {
    auto transaction = store::Transaction::begin(db, store::Transaction::Kind::write).value();
    const auto played = play_rows(db, statements, one->rows);
    ASSERT_TRUE(played.has_value()) << played.error().text();
    ASSERT_TRUE(transaction.commit().has_value());
  }
  // The second does not follow a state that is not there.
  EXPECT_EQ(play_rows(db, statements, found[1].record.rows).error().kind, ErrorKind::conflict);
  auto row = db.prepare(
                   "SELECT (SELECT count(*) FROM entries)*100+(SELECT count(*) FROM records)*10+"
                   "(SELECT last_line FROM branches), result FROM state")
                 .value();
  ASSERT_TRUE(row.next().value());
  EXPECT_EQ(row.integer(0), 102);
  EXPECT_EQ(row.bytes(1), "SUCCESS");
}

/// A server's state folder on a disk that can be cut, and runs in it.
class SharedCommits : public ::testing::Test {
 protected:
  std::unique_ptr<StateFolder> open(const std::string& path, std::shared_ptr<FaultDisk> disk) {
    auto state =
        StateFolder::open(path, std::move(disk), [this](const std::string& what) { notices_.push_back(what); });
    EXPECT_TRUE(state.has_value()) << state.error().text();
    return state ? std::move(*state) : nullptr;
  }
  std::unique_ptr<StateFolder> serve(const std::string& path, std::shared_ptr<FaultDisk> disk) {
    auto state = open(path, std::move(disk));
    if (state == nullptr) return nullptr;
    auto claimed = state->claim();
    EXPECT_TRUE(claimed.has_value()) << claimed.error().text();
    return state;
  }
  static void add(RunJournal& journal, std::uint64_t ordinal) {
    ASSERT_TRUE(journal.append(make_entry(EntryType::intent, "b", ordinal, "x")).has_value());
    ASSERT_TRUE(journal.append_line("b", ordinal, "line " + std::to_string(ordinal) + "\n").has_value());
  }
  static RunInfo make_ended_run(StateFolder& state) {
    auto run = state.create_run(make_spec("job")).value();
    EXPECT_TRUE(run->finish({"SUCCESS", 1}).has_value());
    EXPECT_TRUE(run->commit().has_value());
    return info_of(*run);
  }
  /// Everything of the run there can be read and is whole; how many entries it has.
  std::uint64_t look(const std::string& path, std::shared_ptr<FaultDisk> disk, const std::string& id) {
    auto state = open(path, std::move(disk));
    if (state == nullptr) return 0;
    auto run = state->find(id);
    if (!run) return 0;
    auto reader = state->read_run(*run);
    EXPECT_TRUE(reader.has_value()) << reader.error().text();
    if (!reader) return 0;
    const auto report = (*reader)->verify();
    EXPECT_TRUE(report.has_value()) << report.error().text();
    return report ? report->entries : 0;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path + "/state";
  std::vector<std::string> notices_;
};

TEST_F(SharedCommits, ManyRunsAreOneSync) {
  auto disk = std::make_shared<FaultDisk>("one");
  auto state = serve(path_, disk);
  std::vector<std::unique_ptr<RunJournal>> runs;
  for (int i = 0; i < 20; ++i) {
    runs.push_back(state->create_run(make_spec("job")).value());
    ASSERT_TRUE(runs.back()->commit().has_value());
  }
  disk->fail_sync(0, FaultDisk::Fault::none, false);
  CommitLog::Ticket last = 0;
  for (auto& run : runs) {
    add(*run, 1);
    last = run->enqueue().value().value();
    EXPECT_EQ(run->durable().sequence, 0U) << "not before it is on disk";
    EXPECT_FALSE(run->dirty());
  }
  ASSERT_TRUE(state->commits()->write(last).has_value());
  EXPECT_EQ(disk->syncs(), 1U);
  for (auto& run : runs) {
    EXPECT_EQ(run->arrive().value().sequence, 1U);
    EXPECT_TRUE(run->verify().has_value());
  }
  EXPECT_EQ(disk->syncs(), 1U);
}

TEST_F(SharedCommits, AnEndedRunLandsWhenItIsReadOrOnAnotherThread) {
  auto disk = std::make_shared<FaultDisk>("one");
  auto state = serve(path_, disk);
  const auto late = state->late_runs();
  const auto end = [&] {
    auto run = state->create_run(make_spec("job")).value();
    add(*run, 1);
    EXPECT_TRUE(run->commit().has_value());
    EXPECT_TRUE(run->land().has_value());
    EXPECT_TRUE(run->finish({"SUCCESS", 5}).has_value());
    EXPECT_TRUE(run->commit().has_value());
    EXPECT_TRUE(run->is_laid_by());
    EXPECT_EQ(run->append(make_entry(EntryType::note, "", 0, "x")).error().kind, ErrorKind::conflict);
    return run;
  };
  const auto is_ended = [&](StateFolder& folder, const RunInfo& info) {
    return folder.read_run(info).value()->end().value().has_value();
  };
  // By whoever has it, and reads.
  auto first = end();
  const auto info = info_of(*first);
  EXPECT_TRUE(state->find(info.id())->end.has_value()) << "the index knows";
  EXPECT_TRUE(is_ended(*state, info));
  EXPECT_FALSE(first->is_laid_by());
  // By another reader of this process, instead of the thread that was to do it.
  auto second = end();
  const auto other = info_of(*second);
  const auto folder = second->folder();
  late->give_away(folder, [journal = std::move(second)]() mutable { journal.reset(); });
  auto reading = StateFolder::open(path_, disk).value();
  reading->share_late_runs(late);
  EXPECT_TRUE(is_ended(*reading, other));
  late->finish(folder);
  // By that thread, while somebody who wants to delete it waits.
  auto third = end();
  const auto last = info_of(*third);
  std::latch begun(1);
  late->give_away(third->folder(), [&begun, journal = std::move(third)]() mutable {
    begun.count_down();
    journal.reset();
  });
  std::thread elsewhere([&, where = path_ + "/runs/job/3"] { late->finish(where); });
  begun.wait();
  EXPECT_TRUE(state->remove_run(last).has_value());
  // And by nobody: with the folder.
  auto fourth = end();
  const auto left = info_of(*fourth);
  late->give_away(fourth->folder(), [journal = std::move(fourth)]() mutable { journal.reset(); });
  elsewhere.join();
  reading.reset();
  state.reset();
  EXPECT_TRUE(is_ended(*StateFolder::open(path_, disk).value(), left));
}

TEST_F(SharedCommits, WhoReadsAnEndThatCouldNotBeWrittenIsToldSo) {
  auto disk = std::make_shared<FaultDisk>("one");
  auto state = serve(path_, disk);
  auto run = state->create_run(make_spec("job")).value();
  add(*run, 1);
  ASSERT_TRUE(run->commit().has_value());
  ASSERT_TRUE(run->land().has_value());
  ASSERT_TRUE(run->finish({"SUCCESS", 5}).has_value());
  ASSERT_TRUE(run->commit().has_value());
  const auto info = info_of(*run);
  const auto folder = run->folder();
  const auto late = state->late_runs();
  disk->fail_write(1, FaultDisk::Fault::disk_full, true);
  late->give_away(folder, [journal = std::move(run)]() mutable { journal.reset(); });
  late->finish(folder);
  const auto read = state->read_run(info);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(read.error().message, HasSubstr("the commit log has it"));
  EXPECT_FALSE(late->wait_for_all().has_value()) << "a backup must not have less either";
  disk->fail_write(0, FaultDisk::Fault::none, false);
  state.reset();
  state = serve(path_, disk);
  EXPECT_TRUE(state->read_run(info).value()->end().value().has_value());
  ASSERT_TRUE(state->remove_run(info).has_value());
  EXPECT_TRUE(state->late_runs()->wait_for_all().has_value());
}

TEST_F(SharedCommits, ACheckKnowsTheRunsOfAKilledServerOfWhichTheLogHasMore) {
  // A real disk: the check looks at that of this machine.
  auto state = serve(path_, nullptr);
  auto run = state->create_run(make_spec("job")).value();
  add(*run, 1);
  ASSERT_TRUE(run->commit().has_value());
  const auto killed = folder_.path + "/killed";
  std::filesystem::copy(path_, killed, std::filesystem::copy_options::recursive);
  const auto before = check_state(killed, true).value();
  EXPECT_THAT(before.findings, IsEmpty());
  EXPECT_THAT(before.behind, ElementsAre("job#1"));
  EXPECT_FALSE(before.has_told_behind);
  EXPECT_EQ(look(killed, nullptr, "job#1"), 1U) << "whoever opens it brings the journals to where the log is";
  const auto after = check_state(killed, true).value();
  EXPECT_THAT(after.behind, IsEmpty());
  EXPECT_EQ(after.totals.entries, 1U);
}

TEST_F(SharedCommits, WhileOneBatchIsOnItsWayTheNextGathers) {
  auto state = serve(path_, std::make_shared<FaultDisk>("one"));
  auto run = state->create_run(make_spec("job")).value();
  add(*run, 1);
  ASSERT_TRUE(run->append(make_entry(EntryType::result, "b", 1, "0")).has_value());
  ASSERT_TRUE(run->put_record({"stash", "s", "1"}, false).has_value());
  ASSERT_TRUE(run->put_node({.id = 3, .kind = 1, .step = "sh"}).has_value());
  const auto ticket = run->enqueue().value();
  ASSERT_TRUE(ticket.has_value());
  // What is asked of the journal meanwhile counts what is on its way.
  EXPECT_EQ(run->append(make_entry(EntryType::result, "b", 1, "1")).error().kind, ErrorKind::conflict);
  EXPECT_EQ(run->put_record({"stash", "s", "2"}, false).error().kind, ErrorKind::already_exists);
  EXPECT_EQ(run->program_bytes("Jenkinsfile").value(), "node { sh 'make' }");
  ASSERT_TRUE(run->put_node({.id = 3, .kind = 1, .step = "sh", .end_ms = 9}).has_value());
  add(*run, 2);
  EXPECT_FALSE(run->enqueue().value().has_value()) << "one at a time";
  // Whoever cannot wait commits both.
  EXPECT_EQ(run->commit().value().sequence, 3U);
  EXPECT_EQ(run->arrive().value().sequence, 3U);
  const auto report = run->verify();
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report->nodes, 1U);
}

TEST_F(SharedCommits, APowerCutAtEachWriteAndSyncLosesNothingThatWasTold) {
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE("write or sync " + std::to_string(n));
    const auto path = folder_.path + "/state" + std::to_string(n);
    const auto left = folder_.path + "/left" + std::to_string(n);
    auto disk = std::make_shared<FaultDisk>("one");
    std::map<std::string, std::uint64_t> told, told_then;
    bool cut = false;
    disk->call_before(n, [&] {
      told_then = told;
      cut = disk->copy_durable(path, left).has_value();
    });
    auto state = serve(path, disk);
    std::vector<std::unique_ptr<RunJournal>> runs;
    for (std::uint64_t round = 1; round <= 4; ++round) {
      if (round < 3) {
        runs.push_back(state->create_run(make_spec("job")).value());
        const std::string large(100'000, 'l');
        ASSERT_TRUE(runs.back()->append(make_entry(EntryType::note, "", 0, large)).has_value());
      }
      for (auto& run : runs) {
        add(*run, run->last_line("b") + 1);
        ASSERT_TRUE(run->enqueue().has_value());
      }
      ASSERT_TRUE(state->commits()->write(state->commits()->newest()).has_value());
      for (auto& run : runs) {
        ASSERT_TRUE(run->arrive().has_value());
        if (round == 2) ASSERT_TRUE(run->land().has_value());
        told[info_of(*run).id()] = run->durable().sequence;
      }
      if (round == 3) {
        for (auto& run : runs) ASSERT_TRUE(run->land().has_value());
        ASSERT_TRUE(state->commits()->rotate().has_value());
        ASSERT_TRUE(state->commits()->retire().has_value());
      }
    }
    ASSERT_TRUE(runs[0]->finish({"SUCCESS", 5}).has_value());
    ASSERT_TRUE(runs[0]->commit().has_value());
    if (!cut) break;
    for (const auto& [id, sequence] : told_then) {
      // The first that looks mends, whoever it is; and a server that begins there goes on.
      EXPECT_GE(look(left, std::make_shared<FaultDisk>("two"), id), sequence) << id;
      auto server = serve(left, std::make_shared<FaultDisk>("two"));
      auto run = server->find(id).value();
      if (run.end) continue;
      auto again = server->resume_run(run);
      ASSERT_TRUE(again.has_value()) << again.error().text();
      add(**again, (*again)->last_line("b") + 1);
      ASSERT_TRUE((*again)->commit().has_value());
    }
    EXPECT_THAT(notices_, IsEmpty());
    runs.clear();
    std::filesystem::remove_all(path);
    std::filesystem::remove_all(left);
    if (HasFailure()) return;
  }
}

TEST_F(SharedCommits, AProcessThatDiesBetweenTheLogAndTheDatabaseLosesNothing) {
  std::string id;
  {
    auto state = serve(path_, std::make_shared<FaultDisk>("one"));
    auto run = state->create_run(make_spec("job")).value();
    add(*run, 1);
    ASSERT_TRUE(run->commit().has_value());
    add(*run, 2);
    ASSERT_TRUE(run->finish({"FAILURE", 7}).has_value());
    ASSERT_TRUE(state->commits()->write(run->enqueue().value().value()).has_value());
    id = info_of(*run).id();
  }
  auto state = serve(path_, std::make_shared<FaultDisk>("one"));
  EXPECT_EQ(state->find(id)->end->result, "FAILURE");
  auto reader = state->read_run(*state->find(id)).value();
  EXPECT_EQ(reader->verify()->entries, 2U);
  // The same holds for whoever is no server.
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(SharedCommits, OneThatIsNoServerBringsWhatIsLeftIntoTheDatabasesBeforeItWrites) {
  RunInfo info;
  {
    auto state = serve(path_, std::make_shared<FaultDisk>("one"));
    auto run = state->create_run(make_spec("job")).value();
    add(*run, 1);
    ASSERT_TRUE(state->commits()->write(run->enqueue().value().value()).has_value());
    info = info_of(*run);
  }
  auto disk = std::make_shared<FaultDisk>("one");
  auto state = open(path_, disk);
  auto run = state->resume_run(info);
  ASSERT_TRUE(run.has_value()) << run.error().text();
  EXPECT_EQ((*run)->last_line("b"), 1U);
  EXPECT_TRUE(read_commit_segments(path_, *disk)->numbers.empty());
  // It commits by itself from here on.
  add(**run, 2);
  EXPECT_FALSE((*run)->enqueue().value().has_value());
  ASSERT_TRUE((*run)->commit().has_value());
}

TEST_F(SharedCommits, ACommitWhoseSyncFailedIsNoPartOfAHistoryThatWentOnWithoutIt) {
  auto disk = std::make_shared<FaultDisk>("one");
  RunInfo info;
  {
    auto state = serve(path_, disk);
    auto run = state->create_run(make_spec("job")).value();
    auto other = state->create_run(make_spec("job")).value();
    add(*run, 1);
    add(*other, 1);
    ASSERT_TRUE(run->commit().has_value());
    ASSERT_TRUE(other->commit().has_value());
    info = info_of(*run);
    disk->fail_sync(1, FaultDisk::Fault::io_error, false);
    add(*run, 2);
    EXPECT_FALSE(run->commit().has_value());
    EXPECT_FALSE(run->commit().has_value()) << "what is on disk is not known";
    run.reset();
    // Others go on, in a segment of their own.
    add(*other, 2);
    ASSERT_TRUE(other->commit().has_value());
    auto again = state->resume_run(info);
    ASSERT_TRUE(again.has_value()) << again.error().text();
    EXPECT_EQ((*again)->last_line("b"), 1U);
    add(**again, 2);
    add(**again, 3);
    ASSERT_TRUE((*again)->commit().has_value());
  }
  const auto left = folder_.path + "/left";
  ASSERT_TRUE(disk->copy_durable(path_, left).has_value());
  EXPECT_EQ(look(left, std::make_shared<FaultDisk>("two"), info.id()), 3U);
  EXPECT_THAT(notices_, IsEmpty());
}

TEST_F(SharedCommits, TheRunBeforeIsFoundAmongThoseThatGoOn) {
  auto state = serve(path_, std::make_shared<FaultDisk>("one"));
  std::vector<std::unique_ptr<RunJournal>> runs;
  for (int i = 0; i < 4; ++i) {
    runs.push_back(state->create_run(make_spec("job")).value());
    add(*runs.back(), 1);
    ASSERT_TRUE(runs.back()->commit().has_value());
  }
  const auto info = info_of(*runs[1]);
  runs[1].reset();  // out of memory, as one that is parked
  EXPECT_FALSE(state->previous("job", 4).value().has_value());
  runs[1] = state->resume_run(info).value();
  ASSERT_TRUE(runs[1]->finish({"SUCCESS", 9}).has_value());
  ASSERT_TRUE(runs[1]->commit().has_value());
  EXPECT_EQ(state->previous("job", 4).value()->number, 2U);
  EXPECT_FALSE(state->previous("job", 4, "FAILURE").value().has_value());
}

TEST_F(SharedCommits, ARunThatWasDeletedStaysDeleted) {
  auto disk = std::make_shared<FaultDisk>("one");
  RunInfo info;
  {
    auto state = serve(path_, disk);
    info = make_ended_run(*state);
    ASSERT_TRUE(state->remove_run(info).has_value());
  }
  const auto left = folder_.path + "/left";
  ASSERT_TRUE(disk->copy_durable(path_, left).has_value());
  auto state = open(left, std::make_shared<FaultDisk>("two"));
  EXPECT_THAT(state->list().value(), IsEmpty());
}

TEST_F(SharedCommits, AStartDoesNotReadWhatHasLanded) {
  auto disk = std::make_shared<FaultDisk>("one");
  RunInfo info;
  {
    auto state = serve(path_, disk);
    info = make_ended_run(*state);
    state->commits()->note_landed();
  }
  ASSERT_EQ(read_commit_segments(path_, *disk)->records.size(), 1U);
  const auto seen = read_lagging_segments(path_, *disk).value();
  EXPECT_TRUE(seen.is_unread);
  EXPECT_TRUE(seen.records.empty());
  EXPECT_EQ(seen.numbers.size(), 1U);
  {
    auto state = serve(path_, disk);
    auto& log = *state->commits();
    EXPECT_TRUE(log.mentions("job", 1) && log.mentions("another", 7)) << "nobody has read whom the segment names";
    ASSERT_TRUE(state->remove_run(info).has_value());
  }
  const auto left = folder_.path + "/left";
  ASSERT_TRUE(disk->copy_durable(path_, left).has_value());
  {
    auto state = open(left, std::make_shared<FaultDisk>("two"));
    EXPECT_THAT(state->list().value(), IsEmpty()) << "a power cut has brought a deleted run back";
  }
  auto state = serve(path_, disk);
  ASSERT_TRUE(state->commits()->retire().has_value());
  EXPECT_FALSE(state->commits()->mentions("job", 1));
}

TEST_F(SharedCommits, AStartReadsAllWhereOneRecordHasNotLanded) {
  auto disk = std::make_shared<FaultDisk>("one");
  {
    auto state = serve(path_, disk);
    auto run = state->create_run(make_spec("job")).value();
    add(*run, 1);
    ASSERT_TRUE(run->commit().has_value());
    state->commits()->note_landed();
    ASSERT_TRUE(state->commits()->rotate().has_value());
    add(*run, 2);
    const auto ticket = run->enqueue().value().value();
    ASSERT_TRUE(state->commits()->write(ticket).has_value());
  }
  const auto seen = read_lagging_segments(path_, *disk).value();
  EXPECT_FALSE(seen.is_unread);
  EXPECT_EQ(seen.records.size(), 2U);
  auto state = serve(path_, disk);
  EXPECT_FALSE(state->commits()->mentions("another", 7));
  EXPECT_EQ(look(path_, disk, "job#1"), 2U);
}

TEST_F(SharedCommits, ACheckPassesOverTheJournalsThatLackSomethingAndOverNoOther) {
  // Another machine's, as far as the check can see.
  auto disk = std::make_shared<FaultDisk>("one");
  RunInfo info;
  {
    auto state = serve(path_, disk);
    auto first = state->create_run(make_spec("job")).value(), second = state->create_run(make_spec("job")).value();
    add(*first, 1);
    ASSERT_TRUE(first->commit().has_value());
    add(*second, 1);
    ASSERT_TRUE(second->commit().has_value());
    info = info_of(*second);
  }
  const auto whole = check_state(path_, true).value();
  EXPECT_THAT(whole.findings, IsEmpty());
  EXPECT_EQ(whole.runs.size(), 2U);
  {
    auto state = serve(path_, disk);
    auto second = state->resume_run(info).value();
    add(*second, 2);
    ASSERT_TRUE(state->commits()->write(second->enqueue().value().value()).has_value());
  }
  const auto behind = check_state(path_, true).value();
  ASSERT_EQ(behind.findings.size(), 1U);
  EXPECT_THAT(behind.findings[0], HasSubstr("has what 1 journals may lack"));
  ASSERT_EQ(behind.runs.size(), 1U);
  EXPECT_EQ(behind.runs[0].number, 1U);
}

TEST_F(SharedCommits, SegmentsGoWhenTheDatabasesAreOnDisk) {
  auto disk = std::make_shared<FaultDisk>("one");
  auto state = serve(path_, disk);
  auto run = state->create_run(make_spec("job")).value();
  add(*run, 1);
  ASSERT_TRUE(run->commit().has_value());
  add(*run, 2);
  const auto ticket = run->enqueue().value().value();
  auto& log = *state->commits();
  ASSERT_TRUE(log.write(ticket).has_value());
  ASSERT_TRUE(log.rotate().has_value());
  ASSERT_TRUE(log.retire().has_value());
  ASSERT_TRUE(run->arrive().has_value());
  ASSERT_TRUE(log.retire().has_value());
  EXPECT_TRUE(log.has_older()) << "a commit in it is not in its database yet";
  ASSERT_TRUE(run->land().has_value());
  ASSERT_TRUE(log.retire().has_value());
  EXPECT_FALSE(log.has_older());
  EXPECT_FALSE(log.mentions("job", 1));
  EXPECT_EQ(read_commit_segments(path_, *disk)->numbers.size(), 1U);
  const auto left = folder_.path + "/left";
  ASSERT_TRUE(disk->copy_durable(path_, left).has_value());
  EXPECT_EQ(look(left, std::make_shared<FaultDisk>("two"), "job#1"), 2U);
}

TEST_F(SharedCommits, WhatIsBehindATornEndOrBeforeAGapIsNoPartOfTheLog) {
  auto disk = std::make_shared<FaultDisk>("one");
  {
    auto state = serve(path_, disk);
    auto run = state->create_run(make_spec("job")).value();
    for (std::uint64_t i = 1; i <= 3; ++i) {
      add(*run, i);
      ASSERT_TRUE(run->commit().has_value());
    }
  }
  const auto file = path_ + "/commits/000000000001.log";
  auto bytes = store::read_file(file, 1 << 20).value();
  const auto count = [&] { return read_commit_segments(path_, *disk)->records.size(); };
  EXPECT_EQ(count(), 3U);
  for (const auto size : {bytes.size() - 1, bytes.size() / 2, std::size_t{10}, std::size_t{0}}) {
    std::filesystem::resize_file(file, size);
    EXPECT_LT(count(), 3U) << size;
  }
  // The bytes of another segment are no records of this one.
  std::ofstream(path_ + "/commits/000000000002.log", std::ios::binary) << bytes;
  EXPECT_EQ(count(), 0U);
  std::filesystem::remove(path_ + "/commits/000000000002.log");
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_EQ(count(), 3U);
  std::ofstream(path_ + "/commits/000000000003.log", std::ios::binary) << "";
  EXPECT_EQ(count(), 0U) << "it had been deleted, with the one behind it";
}

TEST_F(SharedCommits, ADatabaseThatTheLogDoesNotFitIsToldAndLeftAlone) {
  auto disk = std::make_shared<FaultDisk>("one");
  {
    auto state = serve(path_, disk);
    auto run = state->create_run(make_spec("job")).value();
    add(*run, 1);
    ASSERT_TRUE(run->commit().has_value());
    ASSERT_TRUE(run->land().has_value());
    ASSERT_TRUE(state->commits()->rotate().has_value());
    ASSERT_TRUE(state->commits()->retire().has_value());
    add(*run, 2);
    ASSERT_TRUE(run->commit().has_value());
  }
  std::filesystem::remove(path_ + "/runs/job/1/run.db");
  std::filesystem::remove(path_ + "/runs/job/1/run.db-wal");
  open(path_, std::make_shared<FaultDisk>("two"));
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_THAT(notices_[0], HasSubstr("is gone, and the commit log has only the end of it"));
}

}  // namespace
}  // namespace windlass::journal

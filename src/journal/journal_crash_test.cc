// What happens to a journal: kill -9, power cuts, a full disk, cuts at every entry, damaged bytes.
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal/journal_testing.h"
#include "journal/log_packing.h"
#include "journal/schema.h"
#include "store/database.h"
#include "store/disk.h"
#include "store/fault_disk.h"

namespace windlass::journal {
namespace {

using namespace testing_support;
using store::FaultDisk;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// Runs SQL on a database behind the journal's back, as damage does.
void tamper(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  char* problem = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK) << (problem ? problem : "");
  sqlite3_free(problem);
  sqlite3_close(db);
}

TEST(JournalCrash, AChildKilledAnywhereLosesNothingThatItSaidWasDurable) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int round = 0; round < 25; ++round) {
    TemporaryFolder folder;
    int report[2];
    ASSERT_EQ(::pipe(report), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(report[0]);
      auto journal = StateFolder::open(folder.path).value()->create_run(make_spec("victim")).value();
      for (std::uint64_t i = 1;; ++i) {
        write_step(*journal, i % 2 == 0 ? "even" : "odd", (i + 1) / 2);
        const std::uint64_t durable = journal->durable().sequence;
        if (::write(report[1], &durable, sizeof durable) != sizeof durable) ::_exit(1);
      }
    }
    ::close(report[1]);
    // Some time after a random number of reports; the reports themselves pace it, so no sleep is needed.
    std::uint64_t durable = 0;
    const auto reports = std::uniform_int_distribution<>(0, 40)(random);
    for (int i = 0; i < reports; ++i) ASSERT_EQ(::read(report[0], &durable, sizeof durable), ssize_t{sizeof durable});
    for (int i = std::uniform_int_distribution<>(0, 200'000)(random); i > 0; --i) asm volatile("");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (std::uint64_t next = 0; ::read(report[0], &next, sizeof next) == ssize_t{sizeof next};) durable = next;
    ::close(report[0]);

    auto state = StateFolder::open(folder.path).value();
    auto run = state->newest_unfinished().value();
    if (!run) {
      EXPECT_EQ(durable, 0U);
      continue;
    }
    auto journal = state->resume_run(*run);
    ASSERT_TRUE(journal.has_value()) << journal.error().text();
    const auto entries = (*journal)->load_entries().value();
    EXPECT_GE(entries.size(), durable);
    for (std::size_t i = 0; i < entries.size(); ++i)
      EXPECT_EQ(entries[i].payload, i % 2 == 1 ? "0" : entries[i].payload);
    const auto report_of = (*journal)->verify();
    ASSERT_TRUE(report_of.has_value()) << report_of.error().text();
    if (::testing::Test::HasFailure()) return;
    ASSERT_TRUE((*journal)->append(make_entry(EntryType::resumed, "", 0, "")).has_value());
    ASSERT_TRUE((*journal)->commit().has_value());
  }
}

TEST(JournalCrash, APowerCutLeavesEveryCommit) {
  TemporaryFolder folder;
  auto disk = std::make_shared<FaultDisk>();
  const std::string path = folder.path + "/state";
  auto state = StateFolder::open(path, disk).value();
  auto journal = state->create_run(make_spec("a")).value();
  for (std::uint64_t i = 1; i <= 6; ++i) {
    if (i == 4) {
      const std::string large(100'000, 'l');
      ASSERT_TRUE(journal->append(make_entry(EntryType::note, "", 0, large)).has_value());
    }
    write_step(*journal, "b", i);
    // What is not committed may be anywhere; it must not be in the way.
    ASSERT_TRUE(journal->append_text("not committed\n").has_value());
    const std::string after = folder.path + "/after" + std::to_string(i);
    ASSERT_TRUE(disk->copy_durable(path, after).has_value());
    auto there = StateFolder::open(after).value();
    const auto run = there->newest_unfinished().value();
    ASSERT_TRUE(run.has_value());
    auto resumed = there->resume_run(*run);
    ASSERT_TRUE(resumed.has_value()) << resumed.error().text();
    EXPECT_EQ((*resumed)->load_entries().value().size(), journal->durable().sequence);
    EXPECT_EQ((*resumed)->log_size().value(), journal->durable().log_bytes);
    const auto report = (*resumed)->verify();
    EXPECT_TRUE(report.has_value()) << report.error().text();
  }
}

TEST(JournalCrash, APowerCutLeavesTheFirstCommit) {
  TemporaryFolder folder;
  auto disk = std::make_shared<FaultDisk>();
  auto state = StateFolder::open(folder.path + "/state", disk).value();
  for (const std::string job : {"new job", "new job", "other"}) {
    auto journal = state->create_run(make_spec(job)).value();
    ASSERT_TRUE(journal->append(make_entry(EntryType::note, "", 0, "first")).has_value());
    ASSERT_TRUE(journal->commit().has_value());
    const std::string after = folder.path + "/after " + job + std::to_string(journal->header().number);
    ASSERT_TRUE(disk->copy_durable(folder.path + "/state", after).has_value());
    auto there = StateFolder::open(after).value();
    const auto run = there->newest().value();
    ASSERT_TRUE(run.has_value());
    EXPECT_EQ(run->uid, journal->header().uid);
    auto resumed = there->resume_run(*run);
    ASSERT_TRUE(resumed.has_value()) << resumed.error().text();
    EXPECT_EQ((*resumed)->load_entries().value().size(), 1U);
  }
}

TEST(JournalCrash, EachWriteAndSyncThatFailsPoisonsTheJournalAndLosesNothing) {
  for (const bool sync : {false, true}) {
    for (const auto fault : {FaultDisk::Fault::disk_full, FaultDisk::Fault::io_error}) {
      int failures = 0;
      for (std::uint64_t n = 1;; ++n) {
        SCOPED_TRACE((sync ? "sync " : "write ") + std::to_string(n));
        TemporaryFolder folder;
        auto disk = std::make_shared<FaultDisk>();
        auto state = StateFolder::open(folder.path, disk).value();
        auto journal = state->create_run(make_spec("a")).value();
        write_step(*journal, "b", 1);
        const auto before = journal->durable();
        sync ? disk->fail_sync(n, fault, false) : disk->fail_write(n, fault, false);
        const std::string large(70'000, 'l');
        ASSERT_TRUE(journal->append(make_entry(EntryType::result, "b", 2, large)).has_value());
        ASSERT_TRUE(journal->append_line("b", 2, "line\n").value());
        const auto done = journal->commit();
        if (done.has_value()) break;
        ++failures;
        EXPECT_EQ(done.error().kind,
                  fault == FaultDisk::Fault::disk_full ? ErrorKind::exhausted : ErrorKind::unavailable);
        EXPECT_THAT(done.error().message, HasSubstr(folder.path));
        // Poisoned: the same sentence for everything, although the disk works again.
        EXPECT_EQ(journal->append_text("x").error().message, done.error().message);
        EXPECT_EQ(journal->commit().error().message, done.error().message);
        EXPECT_EQ(journal->durable().sequence, before.sequence);
        const auto run = info_of(*journal);
        journal.reset();
        auto resumed = state->resume_run(run);
        ASSERT_TRUE(resumed.has_value()) << resumed.error().text();
        EXPECT_GE((*resumed)->load_entries().value().size(), before.sequence);
        write_step(**resumed, "c", 1);
        const auto report = (*resumed)->verify();
        EXPECT_TRUE(report.has_value()) << report.error().text();
        if (::testing::Test::HasFailure()) return;
      }
      EXPECT_GE(failures, sync ? 3 : 4);
    }
  }
}

TEST(JournalCrash, FailuresWhileARunIsMadeAreErrors) {
  for (const bool sync : {false, true}) {
    for (std::uint64_t n = 1; n < 100; ++n) {
      SCOPED_TRACE((sync ? "sync " : "write ") + std::to_string(n));
      TemporaryFolder folder;
      auto disk = std::make_shared<FaultDisk>();
      sync ? disk->fail_sync(n, FaultDisk::Fault::disk_full, true)
           : disk->fail_write(n, FaultDisk::Fault::disk_full, true);
      bool finished = false;
      {
        auto state = StateFolder::open(folder.path + "/state", disk);
        if (!state) {
          EXPECT_THAT(state.error().message, HasSubstr("the disk is full"));
        } else if (auto journal = (*state)->create_run(make_spec("a")); !journal) {
          EXPECT_THAT(journal.error().message, HasSubstr("the disk is full"));
        } else if (auto done = (*journal)->commit(); !done) {
          EXPECT_THAT(done.error().message, HasSubstr("the disk is full"));
        } else {
          finished = true;
        }
      }
      // With room again everything works, in the same folder.
      auto state = StateFolder::open(folder.path + "/state");
      ASSERT_TRUE(state.has_value()) << state.error().text();
      auto journal = (*state)->create_run(make_spec("a"));
      ASSERT_TRUE(journal.has_value()) << journal.error().text();
      EXPECT_TRUE((*journal)->commit().has_value());
      EXPECT_TRUE((*journal)->verify().has_value());
      if (finished) break;
    }
  }
}

class CutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto journal = state->create_run(make_spec("a/b")).value();
    const std::string large(100'000, 'l');
    ASSERT_TRUE(journal->append(make_entry(EntryType::note, "", 0, large)).has_value());
    for (std::uint64_t i = 1; i <= 4; ++i) write_step(*journal, i % 2 == 0 ? "x" : "y", (i + 1) / 2);
    ASSERT_TRUE(journal->finish({"SUCCESS", 9}).has_value());
    ASSERT_TRUE(journal->append_text("Finished: SUCCESS\n").has_value());
    ASSERT_TRUE(journal->commit().has_value());
    run = info_of(*journal);
    entries = journal->load_entries().value();
    log = journal->read_log(0, 1U << 20).value();
    database = journal->folder() + "/run.db";
  }
  TemporaryFolder folder;
  std::unique_ptr<StateFolder> state = StateFolder::open(folder.path + "/state").value();
  RunInfo run;
  std::vector<Entry> entries;
  std::string log;
  std::string database;
};

TEST_F(CutTest, AtEveryEntryTheRestIsAValidJournal) {
  for (std::uint64_t at = 0; at <= entries.size(); ++at) {
    SCOPED_TRACE(at);
    auto copy = copy_cut(*state, run, at, folder.path + "/cut" + std::to_string(at));
    ASSERT_TRUE(copy.has_value()) << copy.error().text();
    const auto info = (*copy)->newest_unfinished().value();
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->id(), "a/b#1");
    EXPECT_EQ(info->uid, run.uid);
    auto journal = (*copy)->resume_run(*info);
    ASSERT_TRUE(journal.has_value()) << journal.error().text();
    const auto report = (*journal)->verify();
    ASSERT_TRUE(report.has_value()) << report.error().text();
    const auto left = (*journal)->load_entries().value();
    ASSERT_EQ(left.size(), at);
    for (std::size_t i = 0; i < at; ++i) EXPECT_EQ(left[i].payload, entries[i].payload);
    EXPECT_TRUE(log.starts_with((*journal)->read_log(0, 1U << 20).value()));
    for (const auto& node : (*journal)->nodes().value())
      EXPECT_EQ(node.end_ms, node.id + 1 <= static_cast<std::int64_t>(at) ? 20 : 0);
    EXPECT_FALSE((*journal)->end().value().has_value());
    write_step(**journal, "z", 1);
    EXPECT_TRUE((*journal)->verify().has_value());
  }
  EXPECT_EQ(copy_cut(*state, run, entries.size() + 1, folder.path + "/toofar").error().kind, ErrorKind::invalid);
}

TEST_F(CutTest, TamperedRowsAreNamed) {
  const std::pair<const char*, const char*> kTable[] = {
      {"DELETE FROM entries WHERE sequence=4", "entry 4: it is missing"},
      {"DELETE FROM entries WHERE sequence>=8", "entry 8: entries 8 to 9 were committed and are missing"},
      {"DELETE FROM entries", "entry 1: entries 1 to 9 were committed"},
      {"UPDATE entries SET ordinal=77 WHERE sequence=3", "entry 3: its checksum"},
      {"UPDATE entries SET step='bat' WHERE sequence=2", "entry 2: its checksum"},
      {"UPDATE entries SET payload=zeroblob(length(payload)) WHERE sequence=5", "entry 5: its checksum"},
      {"UPDATE entries SET checksum=zeroblob(16) WHERE sequence=6", "entry 6: its checksum"},
      {"UPDATE entries SET branch=99 WHERE sequence=6", "entry 6: its branch is missing"},
      {"UPDATE branches SET path='other' WHERE id=2", "its checksum"},
      {"UPDATE branches SET last_line=50 WHERE id=2", "its line count does not match"},
      {"DELETE FROM entries WHERE sequence=9; UPDATE state SET sequence=8", "the state row: its checksum"},
      {"UPDATE state SET result='FAILURE'", "the state row: its checksum"},
      {"DELETE FROM state", "the state row: it is missing"},
      {"UPDATE run SET job='c'", "the header: its checksum"},
      {"DELETE FROM run", "the header: it is missing"},
      {"DELETE FROM log WHERE row=2", "log row 2: it is missing"},
      {"UPDATE log SET bytes=x'41' WHERE row=3", "log row 3: its checksum"},
      {"DELETE FROM log WHERE row=(SELECT max(row) FROM log)", "it was committed and is missing at the end"},
      {"UPDATE nodes SET cause='x' WHERE id=2", "flow node 2: its checksum"},
      {"DELETE FROM nodes WHERE id=2", "the flow nodes: some are missing"},
      {"DELETE FROM records", "the records: some are missing"},
      {"UPDATE records SET payload=x'00'", "its checksum"},
      {"UPDATE streams SET stored=1", "its length does not match"},
      {"UPDATE programs SET bytes=x'00' WHERE role='Jenkinsfile'", "program part Jenkinsfile"},
      {"DELETE FROM programs", "the program: some parts are missing"},
  };
  for (const auto& [sql, finding] : kTable) {
    SCOPED_TRACE(sql);
    std::filesystem::copy_file(database, database + ".good", std::filesystem::copy_options::overwrite_existing);
    tamper(database, sql);
    auto reader = state->read_run(run);
    const Result<VerifyReport> report = reader ? (*reader)->verify() : Result<VerifyReport>(fail(reader.error()));
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(report.error().message, HasSubstr(finding));
    EXPECT_THAT(report.error().message, HasSubstr(database));
    reader = fail(ErrorKind::not_found, "closed");
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
    std::filesystem::rename(database + ".good", database);
  }
  EXPECT_TRUE(state->read_run(run).value()->verify().has_value());
}

TEST_F(CutTest, ABlobThatIsChangedOrGoneIsNamed) {
  const auto blob = std::filesystem::directory_iterator(state->read_run(run).value()->folder() + "/blobs")->path();
  {
    std::ofstream(blob, std::ios::in | std::ios::out) << "X";
  }
  EXPECT_THAT(state->read_run(run).value()->verify().error().message, HasSubstr("entry 1: its payload"));
  std::filesystem::remove(blob);
  EXPECT_THAT(state->read_run(run).value()->load_entries().error().message,
              HasSubstr("entry 1: its payload cannot be read"));
}

TEST_F(CutTest, DamagedBytesAreDetectedOrHarmless) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::ifstream in(database, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  int detected = 0;
  int harmless = 0;
  for (int round = 0; round < 300; ++round) {
    auto bad = good;
    const auto at = std::uniform_int_distribution<std::size_t>(0, bad.size() - 1)(random);
    bad[at] = static_cast<char>(bad[at] ^ (1 << std::uniform_int_distribution<>(0, 7)(random)));
    {
      std::ofstream(database, std::ios::binary | std::ios::trunc) << bad;
    }
    auto reader = state->read_run(run);
    const Result<VerifyReport> report = reader ? (*reader)->verify() : Result<VerifyReport>(fail(reader.error()));
    if (!report) {
      EXPECT_THAT(report.error().kind, AnyOf(ErrorKind::corrupt, ErrorKind::unsupported)) << report.error().text();
      EXPECT_THAT(report.error().message, HasSubstr("run.db"));
      ++detected;
    } else {
      // A bit that nobody reads (free space in a page, a counter of SQLite): all content must be as it was.
      ++harmless;
      const auto same = (*reader)->load_entries().value();
      ASSERT_EQ(same.size(), entries.size());
      for (std::size_t i = 0; i < same.size(); ++i) EXPECT_EQ(same[i].payload, entries[i].payload);
      EXPECT_EQ((*reader)->read_log(0, 1U << 20).value(), log);
    }
    reader = fail(ErrorKind::not_found, "closed");
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(detected, 3) << harmless;  // most of a small database is free space
}

TEST(JournalCrash, ALogThatLostItsTailIsNotTakenForAShorterOne) {
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  for (std::uint64_t i = 1; i <= 5; ++i) write_step(*journal, "b", i);
  const auto run = info_of(*journal);
  const std::string log = journal->folder() + "/run.db-wal";
  journal.reset();
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 3000);
  auto resumed = state->resume_run(run);
  ASSERT_FALSE(resumed.has_value());
  EXPECT_EQ(resumed.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(resumed.error().message, HasSubstr("were committed and are missing at the end"));
  std::filesystem::resize_file(log, 0);
  resumed = state->resume_run(run);
  ASSERT_FALSE(resumed.has_value());
  EXPECT_THAT(resumed.error().message, HasSubstr("entry 1"));
  EXPECT_EQ(state->list().value().at(0).state, RunInfo::State::damaged);
}

TEST(JournalCrash, ANewerFormatIsRefusedWithASentence) {
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  ASSERT_TRUE(journal->commit().has_value());
  const auto run = info_of(*journal);
  const std::string database = journal->folder() + "/run.db";
  journal.reset();
  tamper(database, "PRAGMA user_version=5");
  EXPECT_EQ(state->resume_run(run).error().kind, ErrorKind::unsupported);
  EXPECT_THAT(state->resume_run(run).error().message, HasSubstr("format version 5"));
}

/// Makes a run's file what `version` would have written: fewer columns, checksums without them.
void make_older(const std::string& file, std::uint32_t version) {
  auto db = store::Database::open(file, {}).value();
  auto header = db.prepare("SELECT checksum FROM run").value();
  ASSERT_TRUE(header.next().value());
  const auto head = to_digest(header.bytes(0));
  header = {};
  auto rows =
      db.prepare(
            "SELECT row,start,path,token,position,after_entry,bytes,node,time_ms,log.line,before,packed FROM log "
            "LEFT JOIN branches ON branches.id=log.branch ORDER BY row")
          .value();
  auto chain = head;
  std::vector<std::pair<std::int64_t, Digest>> links;
  while (rows.next().value()) {
    const auto number = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
    StoredLog log{
        .row = number(0),
        .start = number(1),
        .branch = std::string(rows.bytes(2)),
        .token = std::string(rows.bytes(3)),
        .position = number(4),
        .after_entry = number(5),
        .bytes = number(11) != 0 ? unpack_log(rows.bytes(6), number(11)).value() : std::string(rows.bytes(6))};
    if (version >= kLogLines) {
      log.addressed = true;
      log.node = number(7);
      log.time_ms = rows.integer(8);
      log.line = number(9);
      log.before = number(10);
    }
    chain = next_link(chain, log);
    links.emplace_back(rows.integer(0), chain);
  }
  rows = {};
  for (const auto& [row, link] : links) {
    auto update = db.prepare("UPDATE log SET checksum=?2 WHERE row=?1").value();
    ASSERT_TRUE(update.run(row, store::Blob{view(link)}).has_value());
  }
  auto old =
      db.prepare("SELECT epoch,sequence,chain,log_rows,log_bytes,nodes,records,programs,ended_ms,result FROM state")
          .value();
  ASSERT_TRUE(old.next().value());
  const auto number = [&](int column) { return static_cast<std::uint64_t>(old.integer(column)); };
  const StateRow state{.epoch = number(0),
                       .sequence = number(1),
                       .chain = to_digest(old.bytes(2)),
                       .log_rows = number(3),
                       .log_bytes = number(4),
                       .log_chain = chain,
                       .nodes = number(5),
                       .records = number(6),
                       .programs = number(7),
                       .ended_ms = old.integer(8),
                       .result = std::string(old.bytes(9))};
  old = {};
  auto update = db.prepare("UPDATE state SET log_chain=?1,checksum=?2").value();
  ASSERT_TRUE(update.run(store::Blob{view(chain)}, store::Blob{view(state_digest(head, state))}).has_value());
  update = {};
  std::string sql;
  if (version < kLogLines) sql = "DROP INDEX log_of_line;DROP INDEX log_of_node;";
  for (const std::string_view column : {"line", "before", "packed", "node", "time_ms"}) {
    if (version >= kLogLines) break;
    if (version >= kLogNodes && (column == "node" || column == "time_ms")) continue;
    sql += "ALTER TABLE log DROP COLUMN " + std::string(column) + ";";
  }
  ASSERT_TRUE(db.exec((sql + "PRAGMA user_version=" + std::to_string(version)).c_str()).has_value());
}

TEST(JournalCrash, AnOlderFormatIsReadAndUpgradedWithTheNextCommit) {
  for (const std::uint32_t version : {1u, 2u}) {
    SCOPED_TRACE("version " + std::to_string(version));
    TemporaryFolder folder;
    auto state = StateFolder::open(folder.path).value();
    auto journal = state->create_run(make_spec("a")).value();
    journal->mark_log(7, 1234);
    ASSERT_TRUE(journal->append_line("", 1, "one\ntwo\n").has_value());
    ASSERT_TRUE(journal->commit().has_value());
    journal->mark_log(9, 1235);
    ASSERT_TRUE(journal->append_output("", "t", 0, 5, "three").has_value());
    ASSERT_TRUE(journal->commit().has_value());
    const auto run = info_of(*journal);
    EXPECT_EQ(journal->read_log_rows(1, 9).value()[0].node, 7u);
    const std::string database = journal->folder() + "/run.db";
    journal.reset();
    make_older(database, version);
    const std::uint64_t first = version >= 2 ? 7 : 0;
    {
      const auto old = state->read_run(run).value();
      EXPECT_TRUE(old->verify().has_value());
      EXPECT_EQ(old->read_log_rows(1, 9).value()[0].node, first);
      EXPECT_EQ(old->log_lines().value(), 3u);
      EXPECT_EQ(old->find_line(3).value().offset, 8u);
      EXPECT_EQ(old->read_log_rows(2, 9).value()[0].line, 2u);
      EXPECT_EQ(old->read_node_log({first}, 4, 99).value().text, version >= 2 ? "two\n" : "two\nthree");
    }
    const auto opened_before = state->read_run(run).value();
    journal = state->resume_run(run).value();
    EXPECT_EQ(journal->read_log(0, 99).value(), "one\ntwo\nthree");
    journal->mark_log(8, 5678);
    ASSERT_TRUE(journal->append_line("", 2, "\nfour\n").has_value());
    ASSERT_TRUE(journal->commit().has_value());
    const auto rows = journal->read_log_rows(1, 9).value();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].node, first);
    EXPECT_EQ(rows[2].node, 8u);
    EXPECT_EQ(rows[2].time_ms, 5678);
    EXPECT_EQ(rows[2].line, 2u);
    EXPECT_EQ(journal->find_line(4).value().offset, 14u);
    EXPECT_EQ(journal->read_node_log({first, 8}, 0, 99).value().text,
              version >= 2 ? "one\ntwo\n\nfour\n" : "one\ntwo\nthree\nfour\n");
    const auto report = journal->verify();
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
    EXPECT_EQ(opened_before->read_log(0, 99).value(), "one\ntwo\nthree\nfour\n");
    EXPECT_EQ(opened_before->find_line(4).value().offset, 14u) << "a reader from before the upgrade";
  }
}

TEST(JournalCrash, CompressedRowsOfVersion3StayInAFileThatIsUpgraded) {
  TemporaryFolder folder;
  auto state = StateFolder::open(folder.path).value();
  auto journal = state->create_run(make_spec("a")).value();
  const std::string text(5000, 'x'), more(6000, 'y');
  ASSERT_TRUE(journal->append_output("", "t", 0, text.size(), text).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  const auto run = info_of(*journal);
  const std::string database = journal->folder() + "/run.db";
  journal.reset();
  make_older(database, 3);
  EXPECT_TRUE(state->read_run(run).value()->verify().has_value());
  journal = state->resume_run(run).value();
  ASSERT_TRUE(journal->append_output("", "t", text.size(), text.size() + more.size(), more).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_TRUE(journal->verify().has_value());
  EXPECT_EQ(journal->read_log(0, 20'000).value(), text + more);
  journal.reset();
  // What the checksum is over is found, in either.
  for (const auto* row : {"1", "2"}) {
    tamper(database, std::string("UPDATE log SET time_ms=time_ms+1 WHERE row=") + row);
    EXPECT_THAT(state->read_run(run).value()->verify().error().message, HasSubstr(std::string("log row ") + row));
    tamper(database, std::string("UPDATE log SET time_ms=time_ms-1 WHERE row=") + row);
  }
  EXPECT_TRUE(state->read_run(run).value()->verify().has_value());
}

}  // namespace
}  // namespace windlass::journal

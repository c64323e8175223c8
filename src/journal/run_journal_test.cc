// Writing and reading back one run: entries, results, log, nodes, records, program, secrets, end.
#include "journal/run_journal.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>

#include "journal/journal_testing.h"
#include "journal/output_gate.h"
#include "journal/seal.h"

namespace windlass::journal {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string read_all(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class RunJournalTest : public ::testing::Test {
 protected:
  std::unique_ptr<RunJournal> start() { return state->create_run(make_spec()).value(); }
  /// Lets go of the journal as a killed process does, and takes the run again.
  std::unique_ptr<RunJournal> again(std::unique_ptr<RunJournal> journal) {
    const auto info = info_of(*journal);
    journal.reset();
    auto opened = state->resume_run(info);
    EXPECT_TRUE(opened.has_value()) << opened.error().text();
    return std::move(*opened);
  }
  TemporaryFolder folder;
  std::unique_ptr<StateFolder> state = StateFolder::open(folder.path).value();
};

TEST_F(RunJournalTest, EntriesComeBackAsTheyWereWritten) {
  auto journal = start();
  const std::string large(200'000, 'L');
  auto intent = make_entry(EntryType::intent, "a/b", 1, "payload");
  intent.arguments = journal->argument_digest("arguments");
  EXPECT_EQ(journal->append(intent).value(), 1U);
  EXPECT_EQ(journal->append(make_entry(EntryType::progress, "a/b", 1, large)).value(), 2U);
  EXPECT_EQ(journal->append(make_entry(EntryType::abort, "", 0, "")).value(), 3U);
  EXPECT_TRUE(journal->dirty());
  EXPECT_EQ(journal->durable().sequence, 0U);
  EXPECT_EQ(journal->commit().value().sequence, 3U);
  EXPECT_FALSE(journal->dirty());

  journal = again(std::move(journal));
  const auto entries = journal->load_entries().value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].sequence, 1U);
  EXPECT_EQ(entries[0].type, EntryType::intent);
  EXPECT_EQ(entries[0].effect, EffectKind::task);
  EXPECT_EQ(entries[0].key, (EffectKey{"a/b", 1}));
  EXPECT_EQ(entries[0].step, "sh");
  EXPECT_EQ(entries[0].line, 7);
  EXPECT_EQ(entries[0].column, 3);
  EXPECT_EQ(entries[0].arguments, journal->argument_digest("arguments"));
  EXPECT_EQ(entries[0].payload_kind, 1);
  EXPECT_EQ(entries[0].payload, "payload");
  EXPECT_EQ(entries[0].time_ms, 1'700'000'000'123);
  EXPECT_EQ(entries[1].payload, large);
  EXPECT_EQ(entries[2].payload, "");
  EXPECT_FALSE(entries[2].wiped);
  EXPECT_EQ(journal->append(make_entry(EntryType::note, "", 0, "x")).value(), 4U);
  EXPECT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->load_entries().value().size(), 4U);
  EXPECT_EQ(journal->verify().value().blobs, 1U);
}

TEST_F(RunJournalTest, HeaderKeepsItsInputsAndCountsOwners) {
  auto journal = start();
  const auto seed = journal->seed();
  EXPECT_EQ(journal->header().epoch, 1U);
  ASSERT_TRUE(journal->commit().has_value());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->header().epoch, 2U);
  EXPECT_EQ(journal->header().job, "folder/main");
  EXPECT_EQ(journal->header().number, 1U);
  EXPECT_EQ(journal->header().semantics, 3U);
  EXPECT_EQ(journal->header().created_ms, 1'700'000'000'000);
  EXPECT_EQ(journal->header().inputs, "parameters and environment");
  EXPECT_EQ(journal->header().secrets, "credential hunter2");
  EXPECT_EQ(journal->header().uid.size(), 32U);
  EXPECT_EQ(journal->seed(), seed);
  auto other = state->create_run(make_spec("other")).value();
  EXPECT_NE(other->seed(), seed);
  EXPECT_NE(other->argument_digest("x"), journal->argument_digest("x"));
}

TEST_F(RunJournalTest, TheFirstResultOfAnEffectWins) {
  auto journal = start();
  ASSERT_TRUE(journal->append(make_entry(EntryType::result, "b", 2, "first")).has_value());
  const auto in_batch = journal->append(make_entry(EntryType::result, "b", 2, "second"));
  ASSERT_FALSE(in_batch.has_value());
  EXPECT_EQ(in_batch.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(journal->append(make_entry(EntryType::result, "b", 1, "late")).has_value());
  EXPECT_TRUE(journal->append(make_entry(EntryType::result, "c", 2, "other branch")).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->append(make_entry(EntryType::result, "b", 2, "second")).error().kind, ErrorKind::conflict);
  EXPECT_EQ(journal->append(make_entry(EntryType::result, "b", 1, "second")).error().kind, ErrorKind::conflict);
  journal = again(std::move(journal));
  EXPECT_EQ(journal->append(make_entry(EntryType::result, "b", 2, "third")).error().kind, ErrorKind::conflict);
  EXPECT_EQ(journal->find_result({"b", 2}).value()->payload, "first");
  EXPECT_EQ(journal->find_result({"c", 2}).value()->payload, "other branch");
  EXPECT_FALSE(journal->find_result({"b", 3}).value().has_value());
  EXPECT_FALSE(journal->find_result({"nobody", 1}).value().has_value());
  EXPECT_EQ(journal->append(make_entry(EntryType::result, "b", 0, "x")).error().kind, ErrorKind::invalid);
  EXPECT_EQ(journal->load_entries().value().size(), 3U);
}

TEST_F(RunJournalTest, WhatWasNotCommittedIsNotThere) {
  auto journal = start();
  ASSERT_TRUE(journal->append(make_entry(EntryType::intent, "", 1, "one")).has_value());
  ASSERT_TRUE(journal->append_line("", 1, "one\n").value());
  ASSERT_TRUE(journal->commit().has_value());
  ASSERT_TRUE(journal->append(make_entry(EntryType::result, "", 1, "lost")).has_value());
  ASSERT_TRUE(journal->append_line("", 2, "lost\n").value());
  ASSERT_TRUE(journal->put_record({"k", "lost", ""}, false).has_value());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->load_entries().value().size(), 1U);
  EXPECT_EQ(journal->last_line(""), 1U);
  EXPECT_EQ(journal->read_log(0, 100).value(), "one\n");
  EXPECT_TRUE(journal->records("").value().empty());
  EXPECT_TRUE(journal->append(make_entry(EntryType::result, "", 1, "now")).has_value());
}

TEST_F(RunJournalTest, LinesAreDroppedOnReplayAndGapsRefused) {
  auto journal = start();
  EXPECT_TRUE(journal->append_line("", 1, "a\n").value());
  EXPECT_TRUE(journal->append_line("", 2, "b\n").value());
  EXPECT_FALSE(journal->append_line("", 1, "a\n").value());
  EXPECT_TRUE(journal->append_line("x", 1, "[x] a\n").value());
  EXPECT_EQ(journal->append_line("", 4, "d\n").error().kind, ErrorKind::internal);
  EXPECT_EQ(journal->append_line("", 0, "d\n").error().kind, ErrorKind::internal);
  ASSERT_TRUE(journal->commit().has_value());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->last_line(""), 2U);
  EXPECT_EQ(journal->last_line("x"), 1U);
  EXPECT_EQ(journal->last_line("y"), 0U);
  EXPECT_FALSE(journal->append_line("", 2, "b\n").value());
  EXPECT_TRUE(journal->append_line("", 3, "c\n").value());
  ASSERT_TRUE(journal->append_text("Resuming build\n").has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->read_log(0, 1000).value(), "a\nb\n[x] a\nc\nResuming build\n");
  EXPECT_TRUE(journal->verify().has_value());
}

TEST_F(RunJournalTest, OutputGoesOnByOffset) {
  auto journal = start();
  EXPECT_TRUE(journal->append_output("b", "t1", 0, 10, "hello\n").value());
  EXPECT_TRUE(journal->append_output("b", "t1", 10, 15, "").value());
  EXPECT_FALSE(journal->append_output("b", "t1", 0, 10, "hello\n").value());
  EXPECT_EQ(journal->append_output("b", "t1", 12, 20, "x").error().kind, ErrorKind::conflict);
  EXPECT_EQ(journal->append_output("b", "t1", 16, 20, "x").error().kind, ErrorKind::conflict);
  ASSERT_TRUE(journal->commit().has_value());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->stream_end("t1"), 15U);
  EXPECT_EQ(journal->stream_end("t2"), 0U);
  const std::string big(700'000, 'z');
  EXPECT_TRUE(journal->append_output("b", "t1", 15, 700'015, big).value());
  ASSERT_TRUE(journal->commit().has_value());
  for (int i = 0; i < 200; ++i)  // more streams than are kept in memory
    ASSERT_TRUE(journal->append_output("b", "s" + std::to_string(i), 0, 1, "s").value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->stream_end("t1"), 700'015U);
  EXPECT_EQ(journal->stream_end("s7"), 1U);
  EXPECT_EQ(journal->read_log(0, 1U << 20).value(), "hello\n" + big + std::string(200, 's'));
  EXPECT_TRUE(journal->verify().has_value());
}

TEST_F(RunJournalTest, TheLogIsReadFromAnyOffset) {
  auto journal = start();
  std::string whole;
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const std::string line = "line " + std::to_string(i) + std::string(i * 37 % 90, '.') + "\n";
    ASSERT_TRUE(journal->append_line(i % 3 == 0 ? "x" : "", i % 3 == 0 ? i / 3 : i - i / 3, line).value());
    whole += line;
    if (i % 4 == 0) ASSERT_TRUE(journal->commit().has_value());
  }
  ASSERT_TRUE(journal->commit().has_value());
  ASSERT_EQ(journal->log_size().value(), whole.size());
  for (std::size_t at = 0; at <= whole.size() + 2; at += 7) {
    for (const std::size_t size : {1U, 50U, 5000U})
      EXPECT_EQ(journal->read_log(at, size).value(), at < whole.size() ? whole.substr(at, size) : "");
  }
  std::string joined;
  for (std::uint64_t first = 1;;) {
    const auto rows = journal->read_log_rows(first, 5).value();
    if (rows.empty()) break;
    for (const auto& row : rows) {
      EXPECT_EQ(row.row, first++);
      EXPECT_EQ(row.start, joined.size());
      joined += row.bytes;
    }
  }
  EXPECT_EQ(joined, whole);
}

TEST_F(RunJournalTest, NodesAreWrittenAgainAndRecordsOnlyOnRequest) {
  auto journal = start();
  FlowNode node{.id = 4,
                .parent = 2,
                .kind = 9,
                .display_name = "Build",
                .step = "stage",
                .branch = "b",
                .start_ms = 5,
                .detail = "d"};
  ASSERT_TRUE(journal->put_node(node).has_value());
  ASSERT_TRUE(journal->put_record({"stash", "sources", "a.tar"}, false).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  node.end_ms = 9;
  node.result = "FAILURE";
  node.cause = "script returned exit code 2";
  ASSERT_TRUE(journal->put_node(node).has_value());
  EXPECT_EQ(journal->put_record({"stash", "sources", "b.tar"}, false).error().kind, ErrorKind::already_exists);
  ASSERT_TRUE(journal->put_record({"stash", "sources", "b.tar"}, true).has_value());
  ASSERT_TRUE(journal->put_record({"junit", "1", std::string(300'000, 'j')}, false).has_value());
  ASSERT_TRUE(journal->put_record({"junit", "2", "gone"}, false).has_value());
  ASSERT_TRUE(journal->remove_record("junit", "2").has_value());
  EXPECT_EQ(journal->remove_record("junit", "2").error().kind, ErrorKind::not_found);
  ASSERT_TRUE(journal->commit().has_value());
  journal = again(std::move(journal));
  EXPECT_THAT(journal->nodes().value(), ElementsAre(node));
  EXPECT_THAT(journal->records("stash").value(), ElementsAre(Record{"stash", "sources", "b.tar"}));
  EXPECT_EQ(journal->records("").value().size(), 2U);
  EXPECT_EQ(journal->find_record("junit", "1").value()->size(), 300'000U);
  EXPECT_FALSE(journal->find_record("junit", "2").value().has_value());
  EXPECT_TRUE(journal->verify().has_value());
}

TEST_F(RunJournalTest, TheProgramIsKeptByHashAndSharedWhenLarge) {
  auto journal = start();
  ASSERT_TRUE(journal->add_program("load:a.groovy", "echo 'a'").has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->add_program("prelude", "another").error().kind, ErrorKind::conflict);
  EXPECT_TRUE(journal->add_program("prelude", std::string(100'000, 'p')).has_value());
  EXPECT_FALSE(journal->dirty());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->program().value().size(), 3U);
  EXPECT_EQ(journal->program_bytes("Jenkinsfile").value(), "node { sh 'make' }");
  EXPECT_EQ(journal->program_bytes("prelude").value(), std::string(100'000, 'p'));
  EXPECT_EQ(journal->program_bytes("nothing").error().kind, ErrorKind::not_found);
  auto second = start();
  ASSERT_TRUE(second->commit().has_value());
  EXPECT_EQ(second->program_bytes("prelude").value(), std::string(100'000, 'p'));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path + "/programs"), {}), 1);
}

TEST_F(RunJournalTest, ClearSecretsAreInNoFileAndAreGoneAfterTheEnd) {
  const std::string secret = "correct horse battery staple";
  auto spec = make_spec();
  spec.secrets = secret;
  spec.inputs = "inputs with " + secret;
  auto journal = state->create_run(spec).value();
  auto entry = make_entry(EntryType::result, "", 1, secret);
  entry.secrecy = Secrecy::secret;
  ASSERT_TRUE(journal->append(entry).has_value());
  entry.ordinal = 2;
  const std::string large = std::string(100'000, 'x') + secret;
  entry.payload = large;
  ASSERT_TRUE(journal->append(entry).has_value());
  ASSERT_TRUE(journal->append(make_entry(EntryType::result, "", 3, "kept " + secret)).has_value());
  ASSERT_TRUE(journal->put_record({"k", "k", secret}, false).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  std::size_t files = 0;
  const auto expect_clear_of = [&](std::string_view bytes) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path)) {
      if (!file.is_regular_file()) continue;
      ++files;
      EXPECT_EQ(read_all(file.path()).find(bytes), std::string::npos) << file.path();
    }
  };
  expect_clear_of(secret);
  EXPECT_GE(files, 5U);

  journal = again(std::move(journal));
  EXPECT_EQ(journal->load_entries().value()[0].payload, secret);
  EXPECT_EQ(journal->load_entries().value()[1].payload, large);
  const std::string database = read_all(journal->folder() + "/run.db");
  ASSERT_TRUE(journal->finish({"SUCCESS", 99}).has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_FALSE(journal->header().secrets.has_value());
  const auto info = info_of(*journal);
  journal.reset();
  auto reader = state->read_run(info).value();
  EXPECT_FALSE(reader->header().secrets.has_value());
  EXPECT_EQ(reader->header().inputs, spec.inputs);
  const auto entries = reader->load_entries().value();
  EXPECT_TRUE(entries[0].wiped);
  EXPECT_EQ(entries[0].payload, "");
  EXPECT_TRUE(entries[1].wiped);
  EXPECT_EQ(entries[2].payload, "kept " + secret);
  EXPECT_TRUE(reader->verify().has_value());
  // The wrapped key stood in the page of `seal` (page 4) from the start; no file has it any more.
  const std::string page = database.substr(3 * 4096, 4096);
  const std::string wrapped = page.substr(page.size() - 72, 72);  // one of the two cells ends the page
  const std::string other = page.substr(page.size() - 72 - 77, 72);
  int left = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path)) {
    if (!file.is_regular_file()) continue;
    const auto bytes = read_all(file.path());
    left += (bytes.find(wrapped) != std::string::npos) + (bytes.find(other) != std::string::npos);
  }
  EXPECT_EQ(left, 1) << "the run's key stays, the secret key goes";
}

TEST_F(RunJournalTest, AnEndedRunTakesNothingMore) {
  auto journal = start();
  ASSERT_TRUE(journal->append_text("Finished: UNSTABLE\n").has_value());
  ASSERT_TRUE(journal->finish({"UNSTABLE", 55}).has_value());
  EXPECT_FALSE(journal->end().value().has_value());
  ASSERT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->end().value()->result, "UNSTABLE");
  EXPECT_EQ(journal->append(make_entry(EntryType::note, "", 0, "")).error().kind, ErrorKind::conflict);
  EXPECT_THAT(journal->append_text("x").error().message, HasSubstr("folder/main#1 has ended"));
  EXPECT_TRUE(journal->commit().has_value());
  journal = again(std::move(journal));
  EXPECT_EQ(journal->end().value()->ended_ms, 55);
  EXPECT_FALSE(journal->append_text("x").has_value());
  EXPECT_EQ(journal->read_log(0, 100).value(), "Finished: UNSTABLE\n");
}

TEST_F(RunJournalTest, LimitsAreErrors) {
  auto journal = start();
  EXPECT_EQ(journal->append(make_entry(EntryType::note, std::string(5000, 'b'), 1, "")).error().kind,
            ErrorKind::invalid);
  const std::string huge(kMaxPayload + 1, 'x');
  EXPECT_EQ(journal->append(make_entry(EntryType::note, "", 1, huge)).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(journal->put_record({"k", "k", huge}, false).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(journal->put_node({.id = 0}).error().kind, ErrorKind::invalid);
  EXPECT_TRUE(journal->commit().has_value());
  EXPECT_EQ(journal->load_entries().value().size(), 0U);
}

TEST(OutputGate, LetsThingsGoInOrderOnceTheyAreDurable) {
  OutputGate<std::string> gate;
  gate.hold(2, "a");
  gate.hold(0, "b");
  gate.hold(3, "c");
  EXPECT_FALSE(gate.take(1).has_value());
  EXPECT_EQ(gate.take(2), "a");
  EXPECT_EQ(gate.take(2), "b");
  EXPECT_FALSE(gate.take(2).has_value());
  EXPECT_EQ(gate.take(9), "c");
  EXPECT_TRUE(gate.empty());
}

TEST(Seal, OpensOnlyWithItsKeyAndContextAndWhole) {
  const auto key = SealKey::make().value();
  const auto sealed = key.seal("context", "clear text");
  EXPECT_EQ(sealed.size(), 10 + kSealOverhead);
  EXPECT_EQ(key.unseal("context", sealed).value(), "clear text");
  EXPECT_EQ(key.unseal("other", sealed).error().kind, ErrorKind::corrupt);
  EXPECT_FALSE(SealKey::make().value().unseal("context", sealed).has_value());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto bent = sealed;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE(key.unseal("context", bent).has_value());
    EXPECT_FALSE(i != 0 && key.unseal("context", sealed.substr(0, i)).has_value());
  }
  const auto outer = SealKey::make().value();
  EXPECT_EQ(SealKey::unwrap(outer, "c", key.wrap_with(outer, "c")).value().bytes(), key.bytes());
  EXPECT_NE(key.seal("context", "clear text"), sealed);
}

}  // namespace
}  // namespace windlass::journal

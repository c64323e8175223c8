// Phases of steps, from a real journal.
#include "runs/run_phases.h"

#include <gtest/gtest.h>

#include "journal/journal_testing.h"

namespace windlass::runs {
namespace {

using namespace journal::testing_support;

struct RunPhases : testing::Test {
  void entry(journal::EntryType type, std::uint64_t ordinal, std::string_view step, std::int64_t time) {
    journal::NewEntry one;
    one.type = type;
    one.effect = journal::EffectKind::task;
    one.ordinal = ordinal;
    one.step = step;
    one.line = 3;
    one.time_ms = time;
    ASSERT_TRUE(run->append(one).has_value());
  }
  static engine::FlowNode node(std::uint64_t id, std::string step, std::int64_t begin, std::int64_t end) {
    engine::FlowNode out;
    out.id = id;
    out.step = std::move(step);
    out.line = 3;
    out.started_millis = begin;
    out.ended_millis = end;
    return out;
  }

  TemporaryFolder folder;
  std::unique_ptr<journal::StateFolder> state = journal::StateFolder::open(folder.path).value();
  std::unique_ptr<journal::RunJournal> run = state->create_run(make_spec("a")).value();
};

TEST_F(RunPhases, AShellThatWaitedForItsAgentRanTheRestOfItsTime) {
  entry(journal::EntryType::intent, 1, "sh", 1000);
  ASSERT_TRUE(run->put_record({"connect", " 1", "200"}, true).has_value());
  entry(journal::EntryType::result, 1, "sh", 1500);
  entry(journal::EntryType::intent, 2, "sh", 1500);
  entry(journal::EntryType::result, 2, "sh", 1600);
  ASSERT_TRUE(run->commit().has_value());
  const auto phases = read_phases(*run, {node(5, "sh", 1000, 1500), node(6, "sh", 1500, 1600)}, 9999).value();
  EXPECT_EQ(phases.at(5).connect, 200);
  EXPECT_EQ(phases.at(5).run, 300);
  EXPECT_EQ(phases.at(6).connect, 0);
  EXPECT_EQ(phases.at(6).run, 100);
}

TEST_F(RunPhases, ARecordThatIsNoNumberOrTooLargeTakesNoMoreThanThereIs) {
  entry(journal::EntryType::intent, 1, "sh", 1000);
  ASSERT_TRUE(run->put_record({"connect", " 1", "999999"}, true).has_value());
  entry(journal::EntryType::result, 1, "sh", 1500);
  entry(journal::EntryType::intent, 2, "sh", 1500);
  ASSERT_TRUE(run->put_record({"connect", " 2", "soon"}, true).has_value());
  ASSERT_TRUE(run->commit().has_value());
  const auto phases = read_phases(*run, {node(5, "sh", 1000, 1500), node(6, "sh", 1500, 0)}, 1700).value();
  EXPECT_EQ(phases.at(5).connect, 500);
  EXPECT_EQ(phases.at(5).run, 0);
  EXPECT_EQ(phases.at(6).connect, 0);
  EXPECT_EQ(phases.at(6).run, 200);
  EXPECT_TRUE(phases.at(6).open);
}

}  // namespace
}  // namespace windlass::runs

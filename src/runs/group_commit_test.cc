// The engine's group commit with a real log on a disk that fails; here, because engine does not know store.
#include "engine/group_commit.h"

#include <deque>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <string>
#include <vector>

#include "journal/state_folder.h"
#include "store/fault_disk.h"

namespace windlass::engine {
namespace {

/// A loop and a pool that go on when they are told to.
class HeldReactor final : public Reactor {
 public:
  void watch(int, std::function<void()>) override {}
  void unwatch(int) override {}
  TimerId after(std::chrono::milliseconds, Callback callback) override {
    timers.push_back(std::move(callback));
    return timers.size();
  }
  void cancel(TimerId) override {}
  void post(Callback callback) override { posted.push_back(std::move(callback)); }
  void offload(Callback work) override { offloaded.push_back(std::move(work)); }
  void on_interrupt(std::function<void(int)>) override {}
  void run() override {}
  void stop() override {}

  static void next(std::deque<Callback>& queue) {
    ASSERT_FALSE(queue.empty());
    auto callback = std::move(queue.front());
    queue.pop_front();
    callback();
  }
  void finish_all() {
    while (!posted.empty() || !offloaded.empty()) next(posted.empty() ? offloaded : posted);
  }
  std::deque<Callback> posted, offloaded, timers;
};

class GroupCommitTest : public ::testing::Test {
 protected:
  GroupCommitTest() {
    char name[] = "/tmp/windlass-group-XXXXXX";
    folder_ = ::mkdtemp(name);
    disk_ = std::make_shared<store::FaultDisk>();
    state_ = journal::StateFolder::open(folder_ + "/state", disk_).value();
    EXPECT_TRUE(state_->claim().has_value());
  }
  ~GroupCommitTest() override {
    runs_.clear();
    state_.reset();
    std::filesystem::remove_all(folder_);
  }
  journal::RunJournal& run() {
    runs_.push_back(state_->create_run({.job = "job"}).value());
    EXPECT_TRUE(runs_.back()->commit().has_value());
    EXPECT_TRUE(runs_.back()->land().has_value());
    return *runs_.back();
  }
  void write(GroupCommit& group, journal::RunJournal& journal) {
    ASSERT_TRUE(journal.append_text("line\n").has_value());
    ASSERT_TRUE(journal.enqueue().value().has_value());
    group.write([&group, &journal] {
      ASSERT_TRUE(journal.arrive().has_value());
      group.land_later([&journal] { ASSERT_TRUE(journal.land().has_value()); });
    });
  }
  std::size_t segments() { return journal::read_commit_segments(folder_ + "/state", *disk_)->numbers.size(); }

  std::string folder_;
  std::shared_ptr<store::FaultDisk> disk_;
  std::unique_ptr<journal::StateFolder> state_;
  std::vector<std::unique_ptr<journal::RunJournal>> runs_;
  HeldReactor reactor_;
};

TEST_F(GroupCommitTest, WhatComesWhileAGroupIsOnItsWayIsTheNextGroup) {
  GroupCommit group(reactor_, state_->commits(), [](std::string_view) {});
  for (int i = 0; i < 5; ++i) run();
  write(group, *runs_[0]);
  reactor_.next(reactor_.offloaded);
  for (int i = 1; i < 5; ++i) write(group, *runs_[static_cast<std::size_t>(i)]);
  EXPECT_TRUE(reactor_.offloaded.empty()) << "one group at a time";
  disk_->fail_sync(0, store::FaultDisk::Fault::none, false);
  reactor_.next(reactor_.posted);
  EXPECT_EQ(runs_[0]->log_size().value(), 5U);
  EXPECT_EQ(runs_[4]->log_size().value(), 0U);
  reactor_.finish_all();
  EXPECT_EQ(disk_->syncs(), 1U);
  for (auto& one : runs_) EXPECT_EQ(one->log_size().value(), 5U);
}

TEST_F(GroupCommitTest, SettledIsWhatWasCommittedBeforeItWasAskedFor) {
  GroupCommit group(reactor_, state_->commits(), [](std::string_view) {});
  auto& one = run();
  std::vector<std::string> told;
  const auto settle = [&](const std::string& name) {
    group.settle([&told, name](const Result<>& done) { told.push_back(name + (done ? "" : " failed")); });
  };
  settle("first");
  reactor_.next(reactor_.offloaded);  // a new segment has begun
  ASSERT_TRUE(one.append_text("behind it\n").has_value());
  ASSERT_TRUE(one.commit().has_value());
  group.land_later([&one] { ASSERT_TRUE(one.land().has_value()); });
  settle("second");
  reactor_.next(reactor_.posted);
  EXPECT_EQ(told, std::vector<std::string>{"first"}) << "the second commit is in the new segment";
  reactor_.finish_all();
  EXPECT_EQ(told, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(segments(), 1U);
  EXPECT_EQ(state_->commits()->size(), 0U);
}

TEST_F(GroupCommitTest, WhatALogAloneHasComesIntoItsFileLaterOrWhenSomebodyReads) {
  GroupCommit group(reactor_, state_->commits(), [](std::string_view) {});
  const auto seen = [&](const std::string& id) {
    const auto other = journal::StateFolder::open(folder_ + "/state", disk_).value();
    return other->read_run(other->find(id).value()).value()->log_size().value();
  };
  for (int i = 0; i < 3; ++i) write(group, run());
  reactor_.finish_all();
  EXPECT_EQ(seen("job#1"), 0U) << "durable, and in its file a little later";
  write(group, *runs_[0]);
  reactor_.finish_all();
  ASSERT_EQ(reactor_.timers.size(), 2U) << "one for all that land, one for the size of the log";
  EXPECT_EQ(runs_[1]->log_size().value(), 5U) << "whoever has the run sees all of it";
  group.land_all();
  EXPECT_EQ(seen("job#1"), 10U);
  EXPECT_EQ(seen("job#3"), 5U);
  write(group, *runs_[2]);
  reactor_.finish_all();
  EXPECT_EQ(seen("job#3"), 5U);
  for (int i = 0; i < 3 && !reactor_.timers.empty(); ++i) reactor_.next(reactor_.timers);
  reactor_.finish_all();
  EXPECT_EQ(seen("job#3"), 10U);
}

TEST_F(GroupCommitTest, AFailedWriteDoesNotKeepTheLogForEver) {
  std::vector<std::string> complaints;
  GroupCommit group(reactor_, state_->commits(), [&](std::string_view text) { complaints.emplace_back(text); });
  auto& one = run();
  disk_->fail_sync(1, store::FaultDisk::Fault::io_error, false);
  ASSERT_TRUE(one.append_text("line\n").has_value());
  ASSERT_TRUE(one.enqueue().value().has_value());
  bool failed = false;
  group.write([&] { failed = !one.arrive(); });
  reactor_.finish_all();
  EXPECT_TRUE(failed);
  runs_.clear();
  auto& other = run();
  write(group, other);
  bool settled = false;
  group.settle([&](const Result<>& done) { settled = done.has_value(); });
  reactor_.finish_all();
  while (!settled && !reactor_.timers.empty()) {
    reactor_.next(reactor_.timers);
    reactor_.finish_all();
  }
  EXPECT_TRUE(settled);
  EXPECT_EQ(segments(), 1U);
  EXPECT_TRUE(complaints.empty());
}

}  // namespace
}  // namespace windlass::engine

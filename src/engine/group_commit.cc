#include "engine/group_commit.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace windlass::engine {

namespace {

constexpr std::uint64_t kMuch = std::uint64_t{8} << 20;  ///< bytes of a segment
constexpr std::chrono::seconds kLong{30};                ///< that a commit lies in the log alone
constexpr std::chrono::milliseconds kSoon{20};
/// A commit comes into its run's file after this time or twice as long, and later where there is much to do.
constexpr std::chrono::milliseconds kLandAfter{500};
constexpr int kLandAtOnce = 4;  ///< runs in a turn of the loop: others do not wait behind all of them
constexpr std::chrono::milliseconds kTryAgain{250};

}  // namespace

GroupCommit::GroupCommit(Reactor& reactor, std::shared_ptr<journal::CommitLog> log,
                         std::function<void(std::string_view)> complain)
    : reactor_(reactor), log_(std::move(log)), complain_(std::move(complain)) {}

void GroupCommit::write(Reactor::Callback done) {
  waiting_.push_back(std::move(done));
  begin();
}

void GroupCommit::begin() {
  if (busy_ || waiting_.empty()) return;
  busy_ = true;
  writing_ = std::exchange(waiting_, {});
  reactor_.offload([this, log = log_, newest = log_->newest()] {
    // Whether it went well each run is told by its journal.
    static_cast<void>(log->write(newest));
    reactor_.post([this] { written(); });
  });
}

void GroupCommit::written() {
  busy_ = false;
  auto done = std::exchange(writing_, {});
  begin();  // those that came meanwhile are on their way while these go on
  for (auto& callback : done) callback();
  log_->note_landed();
  look_at_size();
}

void GroupCommit::land_later(Reactor::Callback land) {
  young_.push_back(std::move(land));
  if (landing_timer_ == 0 && !is_landing_) wait_to_land();
}

void GroupCommit::wait_to_land() {
  landing_timer_ = reactor_.after(kLandAfter, [this] {
    landing_timer_ = 0;
    land_some();
  });
}

void GroupCommit::land_some() {
  for (int i = 0; i < kLandAtOnce && !old_.empty(); ++i) {
    auto land = std::move(old_.front());
    old_.pop_front();
    land();
  }
  is_landing_ = !old_.empty();
  if (is_landing_) return reactor_.post([this] { land_some(); });
  log_->note_landed();
  old_ = std::exchange(young_, {});
  if (!old_.empty() && landing_timer_ == 0) wait_to_land();
}

void GroupCommit::land_all() {
  for (auto* queue : {&old_, &young_}) {
    for (auto& land : std::exchange(*queue, {})) land();
  }
}

void GroupCommit::look_at_size() {
  if (is_shortening_) return;
  if (log_->size() >= kMuch) return shorten();
  if (timer_ != 0 || log_->size() == 0) return;
  timer_ = reactor_.after(kLong, [this] {
    timer_ = 0;
    shorten();
  });
}

/// A new segment; those before it go when all that they hold is in databases that were synced.
void GroupCommit::shorten() {
  if (std::exchange(is_shortening_, true)) return;
  reactor_.cancel(std::exchange(timer_, 0));
  for (auto& asked : std::exchange(asked_to_settle_, {})) settling_.push_back(std::move(asked));
  // What it has goes when it has landed.
  std::ranges::move(std::exchange(young_, {}), std::back_inserter(old_));
  if (!old_.empty() && !std::exchange(is_landing_, true)) {
    reactor_.cancel(std::exchange(landing_timer_, 0));
    reactor_.post([this] { land_some(); });
  }
  reactor_.offload([this, log = log_, newest = log_->newest()] {
    // Also what waits: whoever wants all of it settled wants it behind the new segment. If it fails, its run says so.
    static_cast<void>(log->write(newest));
    auto done = log->size() == 0 ? Result<>{} : log->rotate();
    if (done) done = log->retire();
    reactor_.post([this, done = std::move(done)] { shortened(done); });
  });
}

void GroupCommit::shortened(const Result<>& done) {
  is_shortening_ = false;
  if (!done) complain_("the commit log cannot be made smaller: " + done.error().text());
  const bool is_left = !done || log_->has_older();
  for (auto& told : std::exchange(settling_, {})) {
    if (done && is_left && !log_->keeps_all()) {
      settling_.push_back(std::move(told));  // some of it has not landed yet
    } else {
      told(done && is_left
               ? fail(ErrorKind::unavailable, {"a run's journal could not be written; what was committed of it stays "
                                               "in the commit log until the next start",
                                               "某次运行的日志无法写入；已提交的内容保留在提交日志中，直到下次启动"})
               : done);
    }
  }
  if (!asked_to_settle_.empty()) return shorten();
  if (timer_ != 0 || (!is_left && settling_.empty())) return;
  const auto pause = !settling_.empty() ? kSoon : !old_.empty() ? kTryAgain : std::chrono::milliseconds(kLong);
  timer_ = reactor_.after(pause, [this] {
    timer_ = 0;
    shorten();
  });
}

void GroupCommit::settle(std::function<void(Result<>)> done) {
  asked_to_settle_.push_back(std::move(done));
  shorten();
}

}  // namespace windlass::engine

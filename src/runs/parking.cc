// Runs that only wait leave memory, and come back when something is due: time, an answer, a lock, an order.
//
// Order on disk: a run leaves when its record is in the table; the record is gone, durably, before its journal is
// opened for writing again. So at any crash point there is either a record that says the same as the journal, or none.
#include <algorithm>
#include <malloc.h>

#include "engine/open_run.h"
#include "runs/run_core.h"

namespace windlass::runs {

namespace {

using Away = LiveRun::Away;

constexpr std::size_t kMostOnTheWay = 128;    ///< at once: others do not wait behind all who come back
constexpr int kMostOpening = 4;               ///< journals that are read beside the loop at once
constexpr std::size_t kMostAtOnce = 512;      ///< that leave in one transaction
constexpr std::int64_t kWorthLeaving = 1000;  ///< whoever is due sooner stays
constexpr std::size_t kTrimAfter = 64;        ///< runs, until what they had goes back to the system
constexpr std::chrono::milliseconds kTryAgain{2000};
constexpr std::size_t kMostRecord = 8192;  ///< bytes; a run that needs more stays

/// What coming back costs, roughly: a run leaves only where that is less than twenty milliseconds.
bool is_cheap(const engine::RunActor::Leave& run) {
  constexpr std::uint64_t kInstructionsPerMilli = 400'000;
  constexpr std::uint64_t kEntriesPerMilli = 100;
  constexpr std::uint64_t kMostMillis = 20;
  return run.instructions / kInstructionsPerMilli + run.entries / kEntriesPerMilli < kMostMillis;
}

}  // namespace

LiveRun* RunCore::at(std::uint64_t order) {
  const auto found = runs_.find(order);
  return found == runs_.end() ? nullptr : found->second.get();
}

// ---- leaving
// ----------------------------------------------------------------------------------------------------------

void RunCore::look_for_idle() {
  const auto pause = std::clamp<std::int64_t>(options_.park_after_millis / 4, 20, 2000);
  idle_timer_ = reactor_.after(std::chrono::milliseconds(pause), [this] { look_for_idle(); });
  const auto now = options_.now_millis();
  const bool is_short = options_.memory_is_short && options_.memory_is_short();
  std::vector<LiveRun*> still;  // not touched since the last look
  for (auto& [order, run] : runs_) {
    if (!run->ready || run->info().phase != Phase::running) continue;
    if (run->still_since == 0 || run->seen_turns != run->actor()->turns()) {
      run->seen_turns = run->actor()->turns();
      run->still_since = now;
      if (!is_short) continue;
    }
    still.push_back(run.get());
  }
  std::ranges::sort(still, {}, [](const LiveRun* run) { return run->still_since; });
  std::vector<std::pair<LiveRun*, engine::RunActor::Leave>> leaving;
  std::size_t left = still.size();
  for (auto* run : still) {
    const bool must = is_short || left > options_.most_waiting_here;
    if (!must && now - run->still_since < options_.park_after_millis) break;
    if (leaving.size() == kMostAtOnce) break;
    const auto leave = run->actor()->may_leave();
    if (!leave || !is_cheap(*leave)) continue;
    const auto least = must ? kWorthLeaving : std::min(kWorthLeaving, options_.park_after_millis);
    if (leave->due_millis != 0 && leave->due_millis - now < least) continue;
    leaving.emplace_back(run, *leave);
    --left;
  }
  if (!leaving.empty()) this->leave(leaving);
}

void RunCore::leave(const std::vector<std::pair<LiveRun*, engine::RunActor::Leave>>& runs) {
  std::vector<std::pair<std::string, std::string>> records;
  std::vector<std::pair<LiveRun*, std::int64_t>> leaving;
  for (const auto& [run, leave] : runs) {
    if (!run->actor()->settle()) continue;
    auto record = encode(ParkRecord{leave.due_millis, run->durable_sequence().value_or(0), leave.forbids_resume,
                                    run->info().waiting, resources_.claims_of(run->claimant())});
    if (!record || record->size() > kMostRecord) continue;
    records.emplace_back(run->info().uid, std::move(*record));
    leaving.emplace_back(run, leave.due_millis);
  }
  if (records.empty()) return;
  const auto pass = [this](std::string_view point) {
    if (options_.fault != nullptr) options_.fault->pass(point);
  };
  pass("before-park");
  if (auto done = table_->set_parked(records); !done) {
    options_.log("runs that wait stay in memory: " + done.error().text());
    return;
  }
  pass("after-park");
  for (const auto& [run, due_millis] : leaving) {
    run->actor()->leave();
    run->leave();
    run->away = Away::parked;
    run->was_parked = true;
    run->from_another_process = false;
    run->still_since = 0;
    set_due(*run, due_millis);
    resources_.park(run->claimant(), parked_calls(*run));
  }
  left_since_trim_ += leaving.size();
  if (left_since_trim_ >= kTrimAfter) {
    left_since_trim_ = 0;
    ::malloc_trim(0);
  }
}

engine::SharedResources::ParkedCalls RunCore::parked_calls(LiveRun& run) {
  const auto order = by_uid_.at(run.info().uid);
  return {[this, order] {
            if (auto* waiting = at(order)) call_back(*waiting);
          },
          [this, order](std::uint64_t newer, std::int64_t) {
            auto* waiting = at(order);
            if (waiting == nullptr) return;
            give(*waiting, {[newer](engine::RunActor& actor) -> Result<> {
                              actor.abort_superseded(newer);
                              return {};
                            },
                            [](const Result<>&) {}, true});
          }};
}

void RunCore::set_due(LiveRun& run, std::int64_t due_millis) {
  run.due_millis = due_millis;
  if (due_millis == 0) return;
  run.due_timer = reactor_.after(std::chrono::milliseconds(due_millis - options_.now_millis()),
                                 [this, order = by_uid_.at(run.info().uid)] {
                                   auto* due = at(order);
                                   if (due == nullptr) return;
                                   due->due_timer = 0;
                                   call_back(*due);
                                 });
}

// ---- coming back
// ------------------------------------------------------------------------------------------------------

/// Whoever has been due for longest comes first.
void RunCore::call_back(LiveRun& run) {
  if (run.away != Away::parked) return;
  run.away = Away::called;
  const auto now = options_.now_millis();
  const auto since = !run.was_parked                             ? 0
                     : run.due_millis != 0 && run.orders.empty() ? std::min(run.due_millis, now)
                                                                 : now;
  called_.emplace(since, by_uid_.at(run.info().uid));
  if (std::exchange(fetching_posted_, true)) return;
  reactor_.post([this] {
    fetching_posted_ = false;
    fetch_called();
  });
}

void RunCore::fetch_called() {
  std::vector<LiveRun*> coming;
  std::vector<std::string> uids;
  auto next = called_.begin();
  for (; next != called_.end() && on_the_way_ + coming.size() < kMostOnTheWay; ++next) {
    auto* run = at(next->second);
    if (run == nullptr || run->away != Away::called) continue;
    coming.push_back(run);
    if (run->was_parked) uids.push_back(run->info().uid);
  }
  const auto pass = [this](std::string_view point) {
    if (options_.fault != nullptr) options_.fault->pass(point);
  };
  if (!uids.empty()) {
    pass("before-return");
    if (auto done = table_->set_back(uids); !done) {
      options_.log("runs that are due cannot come back yet: " + done.error().text());
      if (std::exchange(fetching_posted_, true)) return;
      reactor_.after(kTryAgain, [this] {
        fetching_posted_ = false;
        fetch_called();
      });
      return;
    }
    pass("after-return");
  }
  called_.erase(called_.begin(), next);
  for (auto* run : coming) {
    run->away = Away::on_the_way;
    ++on_the_way_;
    reactor_.cancel(std::exchange(run->due_timer, 0));
  }
  begin(coming);
}

/// Opening its journal is the larger part of coming back, and nothing that only the loop's thread may do.
Result<> RunCore::reopen(LiveRun& run, data::Value credentials) {
  journal::RunInfo known;
  known.job = run.info().job;
  known.number = run.info().number;
  to_open_.push_back({run.info().uid, std::move(credentials), WL_TRY(state_->resume_elsewhere(known))});
  open_next();
  return {};
}

void RunCore::open_next() {
  for (; opening_ < kMostOpening && !to_open_.empty(); ++opening_) {
    auto next = std::make_shared<Reopening>(std::move(to_open_.front()));
    to_open_.pop_front();
    reactor_.offload([this, next] {
      next->journal = next->open();
      reactor_.post([this, next] {
        --opening_;
        open_next();
        reopened(*next);
      });
    });
  }
}

void RunCore::reopened(Reopening& reopening) {
  auto* run = live(reopening.uid);
  if (run == nullptr) return;
  const auto begun = [&]() -> Result<> {
    auto journal = WL_TRY(std::move(reopening.journal));
    auto opened = WL_TRY(engine::open_kept_journal(std::move(journal), *state_));
    return begin_opened(*run, std::move(reopening.credentials), std::move(opened));
  };
  if (auto done = begun(); !done) cannot_begin(*run, done.error());
}

/// It is there, or will never be.
void RunCore::arrived(LiveRun& run) {
  const auto was = std::exchange(run.away, Away::here);
  reactor_.cancel(std::exchange(run.due_timer, 0));
  run.due_millis = 0;
  run.was_parked = false;
  if (was != Away::on_the_way) return;
  --on_the_way_;
  if (called_.empty() || std::exchange(fetching_posted_, true)) return;
  reactor_.post([this] {
    fetching_posted_ = false;
    fetch_called();
  });
}

/// Nobody waits behind a run that cannot come just now.
void RunCore::call_later(LiveRun& run) {
  if (run.away != Away::on_the_way) return;
  run.away = Away::called;
  --on_the_way_;
  if (called_.empty() || std::exchange(fetching_posted_, true)) return;
  reactor_.post([this] {
    fetching_posted_ = false;
    fetch_called();
  });
}

/// A run that was parked when the process before this one ended: its record says all that is needed of it.
Result<bool> RunCore::take_up_parked(LiveRun& run, const std::string& bytes) {
  if (bytes.empty()) return false;
  auto record = decode_park_record(bytes);
  if (!record) {
    options_.log("the run " + run.info().job + "#" + std::to_string(run.info().number) +
                 " is read from its journal: " + record.error().text());
    // It must not be believed later, when the journal has gone on.
    WL_CHECK_OK(table_->set_back({run.info().uid}));
    return false;
  }
  run.away = Away::parked;
  run.was_parked = true;
  run.parked_sequence = record->sequence;
  run.from_another_process = true;
  run.set_waiting(std::move(record->waiting));
  resources_.park(run.claimant(), record->claims, parked_calls(run));
  set_due(run, record->due_millis);
  if (record->forbids_resume) call_back(run);
  return true;
}

}  // namespace windlass::runs

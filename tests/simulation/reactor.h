// The engine's loop on the simulation's clock. The pool is the same thread a little later; descriptors are numbers that
// simulated agents say are readable. When it goes away, nothing that was planned on it happens any more.
#pragma once

#include <memory>
#include <random>
#include <unordered_map>

#include "clock.h"
#include "engine/reactor.h"

namespace windlass::simulation {

class SimulatedReactor final : public engine::Reactor {
 public:
  SimulatedReactor(Clock& clock, std::mt19937_64& random) : clock_(clock), random_(random) {}
  ~SimulatedReactor() override { die(); }
  /// The process is dead: nothing that it planned happens, and nothing that it still does in this call leaves it.
  void die() { *alive_ = false; }
  [[nodiscard]] bool is_dead() const { return !*alive_; }

  void watch(int fd, std::function<void()> readable) override {
    watches_[fd] = std::make_shared<std::function<void()>>(std::move(readable));
  }
  void unwatch(int fd) override { watches_.erase(fd); }
  /// What the kernel would say of a descriptor.
  void is_readable(int fd) {
    post([this, fd] {
      const auto found = watches_.find(fd);
      if (found == watches_.end()) return;
      const auto kept = found->second;  // it may be unwatched in its own call
      (*kept)();
    });
  }

  TimerId after(std::chrono::milliseconds delay, Callback callback) override {
    const auto id = next_timer_++;
    // A negative delay is an order among those that are due; the clock calls what is late at once.
    timers_[id] =
        clock_.at(clock_.now() + delay.count(), [this, alive = alive_, id, call = std::move(callback)]() mutable {
          if (!*alive) return;
          timers_.erase(id);
          call();
        });
    return id;
  }
  void cancel(TimerId timer) override {
    const auto found = timers_.find(timer);
    if (found == timers_.end()) return;
    clock_.forget(found->second);
    timers_.erase(found);
  }
  void post(Callback callback) override {
    clock_.in(0, [alive = alive_, call = std::move(callback)]() mutable {
      if (*alive) call();
    });
  }
  void offload(Callback work) override {
    clock_.in(static_cast<std::int64_t>(random_() % 50), [alive = alive_, call = std::move(work)]() mutable {
      if (*alive) call();
    });
  }
  void on_interrupt(std::function<void(int)>) override {}
  void run() override {}
  void stop() override { was_stopped_ = true; }
  /// A run has ended the loop of all.
  [[nodiscard]] bool was_stopped() const { return was_stopped_; }

 private:
  Clock& clock_;
  std::mt19937_64& random_;
  bool was_stopped_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unordered_map<int, std::shared_ptr<std::function<void()>>> watches_;
  std::unordered_map<TimerId, Clock::Place> timers_;
  TimerId next_timer_ = 1;
};

}  // namespace windlass::simulation

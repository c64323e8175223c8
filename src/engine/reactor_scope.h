// One object's part of a reactor: what it asked the loop to call later is dropped when it goes. A run that has ended
// can be destroyed although timers of it are set and messages to it are on their way.
//
// Work on the pool cannot be called back: busy() tells that some is under way, and the owner keeps the object until it
// is over. Threads: as Reactor.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>
#include <utility>

#include "engine/reactor.h"

namespace windlass::engine {

class ReactorScope {
 public:
  using Callback = Reactor::Callback;
  using TimerId = Reactor::TimerId;

  explicit ReactorScope(Reactor& base) : base_(base), alive_(std::make_shared<Life>()) {}
  ~ReactorScope() {
    for (const auto& [id, timer] : timers_) base_.cancel(timer);
    alive_->over = true;
  }
  ReactorScope(const ReactorScope&) = delete;
  ReactorScope& operator=(const ReactorScope&) = delete;

  [[nodiscard]] Reactor& base() { return base_; }
  [[nodiscard]] bool busy() const { return alive_->on_pool.load() != 0; }

  void watch(int fd, std::function<void()> readable) { base_.watch(fd, std::move(readable)); }
  void unwatch(int fd) { base_.unwatch(fd); }
  TimerId after(std::chrono::milliseconds delay, Callback callback) {
    const auto id = next_++;
    timers_[id] = base_.after(delay, [this, id, callback = std::move(callback)]() mutable {
      timers_.erase(id);
      callback();
    });
    return id;
  }
  void cancel(TimerId timer) {
    const auto found = timers_.find(timer);
    if (found == timers_.end()) return;
    base_.cancel(found->second);
    timers_.erase(found);
  }
  void post(Callback callback) {
    base_.post([life = alive_, callback = std::move(callback)]() mutable {
      if (!life->over) callback();
    });
  }
  /// `callback`, which does nothing once this scope is gone. For others who call on the loop's thread.
  template <class F>
  auto guarded(F callback) {
    return [life = alive_, callback = std::move(callback)](auto&&... arguments) mutable {
      if (!life->over) callback(std::forward<decltype(arguments)>(arguments)...);
    };
  }
  void offload(Callback work) {
    ++alive_->on_pool;
    base_.offload([life = alive_, work = std::move(work)]() mutable {
      work();
      work = nullptr;
      --life->on_pool;
    });
  }
  void on_interrupt(std::function<void(int)> callback) { base_.on_interrupt(std::move(callback)); }
  void run() { base_.run(); }
  void stop() { base_.stop(); }

 private:
  struct Life {
    bool over = false;  ///< the loop's thread only
    std::atomic<int> on_pool{0};
  };
  Reactor& base_;
  std::shared_ptr<Life> alive_;
  std::unordered_map<TimerId, TimerId> timers_;
  TimerId next_ = 1;
};

}  // namespace windlass::engine

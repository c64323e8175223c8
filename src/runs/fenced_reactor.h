// A loop that asks before each piece of work whether this process may still act: what is begun after another replica
// may have taken over would be done twice.
//
// In front of the engine's loop, so that no effect, and nothing that leads to one, has to ask by itself. `fence` is
// called on the loop's thread and the pool's; it returns, or ends the process.
#pragma once

#include <functional>
#include <utility>

#include "engine/reactor.h"

namespace windlass::runs {

class FencedReactor final : public engine::Reactor {
 public:
  /// `inner` must outlive it.
  FencedReactor(engine::Reactor& inner, std::function<void()> fence) : inner_(inner), fence_(std::move(fence)) {}

  void watch(int fd, std::function<void()> readable) override {
    inner_.watch(fd, [this, readable = std::move(readable)] {
      fence_();
      readable();
    });
  }
  void unwatch(int fd) override { inner_.unwatch(fd); }
  TimerId after(std::chrono::milliseconds delay, Callback callback) override {
    return inner_.after(delay, behind(std::move(callback)));
  }
  void cancel(TimerId timer) override { inner_.cancel(timer); }
  void post(Callback callback) override { inner_.post(behind(std::move(callback))); }
  void offload(Callback work) override { inner_.offload(behind(std::move(work))); }
  void on_interrupt(std::function<void(int signal)> callback) override { inner_.on_interrupt(std::move(callback)); }
  void run() override { inner_.run(); }
  void stop() override { inner_.stop(); }

 private:
  Callback behind(Callback work) {
    return [this, work = std::move(work)]() mutable {
      fence_();
      work();
    };
  }

  engine::Reactor& inner_;
  std::function<void()> fence_;
};

}  // namespace windlass::runs

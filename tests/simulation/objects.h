// Objects and their controllers in one life of the server: the real object core on the simulated disk, the real
// reconcilers on the simulated clock. What a dead process still does in the call in which it died leaves nothing.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "clock.h"
#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/job_facts.h"
#include "controllers/object_feed.h"
#include "controllers/pipeline_controller.h"
#include "controllers/pipeline_run_controller.h"
#include "controllers/project_controller.h"
#include "controllers/project_limits.h"
#include "controllers/retention_controller.h"
#include "controllers/run_history.h"
#include "controllers/run_port.h"
#include "controllers/timer_controller.h"
#include "objects/embedded_core.h"
#include "objects/object_store.h"
#include "runs/run_core.h"
#include "store/fault_disk.h"

namespace windlass::simulation {

/// The loop of the server's thread; its time is the simulation's.
class SimulatedTimers final : public rt::Timers {
 public:
  explicit SimulatedTimers(simulation::Clock& clock) : clock_(clock) {}
  ~SimulatedTimers() override { *alive_ = false; }
  [[nodiscard]] Moment now() const override { return Moment(std::chrono::milliseconds(clock_.now())); }
  Id at(Moment when, std::function<void()> call) override;
  void cancel(Id id) override;

 private:
  simulation::Clock& clock_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::map<Id, std::pair<simulation::Clock::Place, std::function<void()>>> planned_;
  Id next_ = 1;
};

/// Calls from coroutines of the loop that are answered a little later; of a dead process, none but with an error.
class Calls {
 public:
  Calls(boost::asio::io_context& io, SimulatedTimers& timers, std::mt19937_64& random)
      : io_(io), timers_(timers), random_(random) {}

  /// `work` is given a function to answer with, once, at any time.
  template <class T, class Work>
  boost::asio::awaitable<T> ask(Work work, T when_dead) {
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
        [this](auto handler, Work inner, T dead) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          const auto id = next_++;
          const auto answer = [this, id, shared](T out) {
            if (pending_.erase(id) == 0) return;
            boost::asio::post(io_, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          };
          auto last = std::make_shared<T>(std::move(dead));
          pending_[id] = [answer, last] { answer(std::move(*last)); };
          if (is_dead_) {
            const auto end = pending_.at(id);
            return end();
          }
          const auto delay = std::chrono::milliseconds(random_() % 4);
          auto kept = std::make_shared<Work>(std::move(inner));
          timers_.at(timers_.now() + delay, [this, id, kept, answer] {
            if (is_dead_ || !pending_.contains(id)) return;
            (*kept)([this, answer](T out) {
              if (!is_dead_) answer(std::move(out));
            });
          });
        },
        boost::asio::use_awaitable, std::move(work), std::move(when_dead));
  }
  void die() { is_dead_ = true; }
  [[nodiscard]] bool is_dead() const { return is_dead_; }
  /// Ends what a dead process waits for.
  void fail_all();

 private:
  boost::asio::io_context& io_;
  SimulatedTimers& timers_;
  std::mt19937_64& random_;
  bool is_dead_ = false;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::function<void()>> pending_;
};

class ObjectLife {
 public:
  struct Options {
    std::string path;
    std::shared_ptr<store::FaultDisk> disk;
    std::function<std::int64_t()> now_millis;
    std::function<void(std::string_view)> log;
    std::function<void(const objects::WatchEvent&)> seen;  ///< each change of a PipelineRun, as a client's watch
  };
  static Result<std::unique_ptr<ObjectLife>> begin(Clock& clock, std::mt19937_64& random, Options options);
  ~ObjectLife();

  /// Once the runs are there; `recovered`.
  void start(runs::RunCore& core);
  void run_changed(const runs::RunInfo& run);
  void properties_changed(const std::string& job, const runs::JobProperties& properties);
  /// Everything that can happen without time passing.
  void turn();
  /// The process is dead.
  void die();
  /// Lets all that waits come to nothing; false: something does not.
  bool end();

  [[nodiscard]] objects::ObjectStore& store();
  /// Does it in this process; a dead one does nothing more, and says so by an error of the store.
  void spawn(std::function<boost::asio::awaitable<void>()> work);
  /// Of a store that nobody writes now.
  [[nodiscard]] std::int64_t newest_version();
  [[nodiscard]] std::vector<controllers::Failure> failures() const;
  [[nodiscard]] bool is_dead() const { return calls_.is_dead(); }
  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] SimulatedTimers& timers() { return timers_; }

  struct Impl;

 private:
  ObjectLife(Clock& clock, std::mt19937_64& random, Options options);
  boost::asio::io_context io_{1};
  SimulatedTimers timers_;
  Calls calls_;
  std::unique_ptr<Impl> impl_;
};

/// "Pipeline" of any group that the program knows.
const objects::ResourceType& kind(std::string_view name);

}  // namespace windlass::simulation

// RunServices for one effect on the pool: log text and secrets are collected under a lock and handed to the actor on
// the reactor's thread, in order and before the result.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/run_actor.h"
#include "steps/effect.h"

namespace windlass::engine {

class EffectRunServices final : public steps::RunServices, public std::enable_shared_from_this<EffectRunServices> {
 public:
  EffectRunServices(RunActor& actor, const PendingEffect& effect);

  /// What is said from now on comes behind what the effect has said before.
  void follow_on();
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  /// Reactor's thread: writes what was logged so far into the run's log.
  void drain();

  void log(std::string_view text) override;
  [[nodiscard]] bool cancelled() const override { return cancelled_.load(std::memory_order_relaxed); }
  std::vector<std::pair<std::string, data::Value>> records(std::string_view kind, std::string_view key) override;
  Result<std::string> run_folder(std::string_view name) override;
  std::optional<data::Value> credential(std::string_view id) override;
  void mask(std::string_view secret) override;
  [[nodiscard]] std::string masked(std::string_view text) const override;
  [[nodiscard]] std::string fact(std::string_view name) const override;
  [[nodiscard]] std::int64_t now_millis() const override { return now_; }
  std::string log_tail(std::size_t max_bytes) override;
  Result<std::vector<steps::OtherRun>> runs_of(std::string_view job) override;
  Result<steps::OtherRunContent> read_run(const steps::OtherRun& run, std::string_view record_kind) override;

 private:
  RunActor& actor_;
  std::string branch_;
  std::string token_;       ///< names the effect's own text in the log
  std::uint64_t said_ = 0;  ///< bytes of it so far
  std::uint64_t node_;
  std::int64_t now_;
  std::map<std::string, std::string> facts_;
  data::Value credentials_;
  std::string folder_;
  std::string state_path_;
  std::shared_ptr<journal::LateRuns> late_runs_;
  std::shared_ptr<const RunActor::Records> records_;
  std::string tail_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::string pending_log_;
  std::vector<std::string> pending_secrets_;
  std::vector<std::string> secrets_;  ///< of the run when the effect began, and its own
  bool drain_posted_ = false;
  bool reads_runs_ = false;
};

}  // namespace windlass::engine

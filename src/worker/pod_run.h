// The run as an effect sees it in a pod: all that it may ask came with the request, the log is standard error, secrets
// go to standard output.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "steps/effect.h"
#include "steps/remote_effect.h"
#include "worker/output.h"

namespace windlass::worker {

class PodRun final : public steps::RunServices {
 public:
  /// All of them must live as long as this.
  PodRun(const steps::RemoteRequest& request, const std::atomic<bool>& cancelled, Output& output, int log_fd)
      : request_(request), cancelled_(cancelled), output_(output), log_fd_(log_fd) {}

  void log(std::string_view text) override;
  [[nodiscard]] bool cancelled() const override { return cancelled_.load(std::memory_order_relaxed); }
  std::vector<std::pair<std::string, data::Value>> records(std::string_view kind, std::string_view key) override;
  /// SCRATCH/files/NAME: what was sent before the request, and what goes back before the result.
  Result<std::string> run_folder(std::string_view name) override;
  [[nodiscard]] bool keeps_files() const override { return false; }
  std::optional<data::Value> credential(std::string_view id) override;
  void mask(std::string_view secret) override;
  [[nodiscard]] std::string masked(std::string_view text) const override;
  [[nodiscard]] std::string fact(std::string_view name) const override;
  [[nodiscard]] std::int64_t now_millis() const override { return request_.now_millis; }
  std::string log_tail(std::size_t) override { return {}; }
  Result<std::vector<steps::OtherRun>> runs_of(std::string_view job) override;
  Result<steps::OtherRunContent> read_run(const steps::OtherRun& run, std::string_view record_kind) override;

 private:
  const steps::RemoteRequest& request_;
  const std::atomic<bool>& cancelled_;
  Output& output_;
  int log_fd_;
  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;
};

}  // namespace windlass::worker

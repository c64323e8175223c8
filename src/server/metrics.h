// /metrics in Prometheus' text format: requests by surface, route and status, runs by phase, reason and result, queue
// and executors, journals and logs, the process. Counters begin with the process. One thread (the reactor's).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "runs/run_types.h"

namespace windlass::server {

class Metrics {
 public:
  /// `route` is a text of the program, empty where nothing is served.
  void count_request(std::string_view surface, std::string_view method, std::string_view route, int status,
                     double seconds);
  /// Told of every change; counts each run's start and end once.
  void note_run(const runs::RunInfo& run);
  [[nodiscard]] std::string text(const runs::Load& load, std::int64_t uptime_millis) const;
  /// What projects take on disk: those that take most by name, the rest together. Nothing where nothing is measured.
  static std::string text_of_storage(const std::map<std::string, runs::ProjectStorage>& projects, std::uint64_t limit);

 private:
  static constexpr std::array<double, 8> kBounds = {0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30};
  static constexpr std::array<double, 8> kRunBounds = {1, 5, 15, 60, 300, 900, 3600, 14400};
  template <std::size_t N>
  struct Histogram {
    std::array<std::uint64_t, N> below{};
    std::uint64_t count = 0;
    double sum = 0;
    void add(const std::array<double, N>& bounds, double value);
  };

  struct Known {
    runs::Phase phase = runs::Phase::queued;
    std::vector<std::string> reasons;  ///< why it does not move: codes
  };
  std::map<std::tuple<std::string_view, std::string_view, std::string_view, int>, std::uint64_t> requests_;
  std::map<std::string_view, Histogram<8>> durations_;
  std::map<std::string, std::uint64_t> ended_;
  std::uint64_t accepted_ = 0;
  Histogram<8> run_seconds_, queue_seconds_;
  std::map<std::string, Known> known_;  ///< of runs that go on
};

}  // namespace windlass::server

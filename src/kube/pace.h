// How fast we may ask: a budget of our own, what the server says when it is too much (429 and Retry-After), and how
// long to wait before the next try of something that fails. Pure: time and chance are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace windlass::kube {

using PaceMoment = std::chrono::steady_clock::time_point;

struct PaceOptions {
  double per_second = 0;  ///< requests; 0: no budget, the server's word alone counts
  double burst = 100;
  std::chrono::milliseconds max_pause{60'000};  ///< however long the server asks for
};

/// One for all calls of a client, so that one refusal makes all of them wait.
class Pace {
 public:
  explicit Pace(PaceOptions options = {}) : options_(options), tokens_(options.burst) {}

  /// When the next request may go; it counts as gone. Never before `now`.
  PaceMoment next(PaceMoment now);
  /// The server refused: nothing goes before `retry_after` is over (0: it did not say; a second). Returns the end.
  PaceMoment refused(PaceMoment now, std::chrono::seconds retry_after);
  [[nodiscard]] PaceMoment paused_until() const { return paused_until_; }

 private:
  PaceOptions options_;
  double tokens_;
  std::optional<PaceMoment> counted_;  ///< when tokens_ was right
  PaceMoment paused_until_{};
};

struct BackoffOptions {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds most{30'000};
  double factor = 2;
  std::chrono::milliseconds forgiven{120'000};  ///< well for so long: the next failure is a first one
};

/// How long to wait between tries of something that should always be there.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options = {}) : options_(options), next_(options.first) {}

  /// After a failure at `now`. `chance` in [0, 1): the pause is between half and the whole of what it could be, so that
  /// many who failed together do not come back together.
  std::chrono::milliseconds failed(PaceMoment now, double chance);
  /// It works since `now`.
  void worked(PaceMoment now);

 private:
  BackoffOptions options_;
  std::chrono::milliseconds next_;
  std::optional<PaceMoment> well_since_;
};

}  // namespace windlass::kube

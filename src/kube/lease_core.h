// Who holds a lease, as a pure function of what was seen and written when: coordination.k8s.io/v1 Lease objects.
//
// No clock of another machine is believed. Who waits takes the lease when the record has not changed for its duration
// by his own clock; who holds it stops a margin before his last renewal, counted from when he *sent* it, is that old.
// So the holder's end comes before anybody else's beginning, whatever the network did in between. `now` must be a clock
// that runs on while the machine sleeps (CLOCK_BOOTTIME): a holder that wakes up late sees at once that it holds
// nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "data/value.h"

namespace windlass::kube {

struct LeaseOptions {
  std::string namespace_, name;
  std::string identity;                     ///< of this process: different for each start
  std::chrono::seconds duration{15};        ///< how long the record counts; whole seconds, as Kubernetes has it
  std::chrono::milliseconds margin{2'000};  ///< by how much the holder stops earlier
  std::chrono::milliseconds renew{5'000};   ///< how often the holder renews
  std::chrono::milliseconds look{2'000};    ///< how often the others look
};

class LeaseCore {
 public:
  using Moment = std::chrono::nanoseconds;  ///< since boot

  explicit LeaseCore(LeaseOptions options) : options_(std::move(options)) {}

  /// What the server has, read at `now`; null: no such object.
  void observed(const data::Value* lease, Moment now);

  /// Somebody knows for certain that the process that holds it by the last record has ended: nobody has to wait.
  void holder_ended() { ended_ = record_; }

  struct Step {
    enum class Kind : std::uint8_t {
      create,  ///< `object`; AlreadyExists: look again
      update,  ///< `object`, whose resourceVersion makes a second writer fail; Conflict: look again
      look,    ///< read it at `at`
    };
    Kind kind = Kind::look;
    data::Value object;
    Moment at{0};
  };
  /// What to do next; `wall_millis` is only written for people.
  [[nodiscard]] Step next(Moment now, std::int64_t wall_millis) const;

  /// The server took our object, which was sent at `sent`; `lease` is what it answered.
  void written(const data::Value& lease, Moment sent);
  /// The object that gives the lease back; null when we do not hold it.
  [[nodiscard]] data::Value release(Moment now, std::int64_t wall_millis) const;

  [[nodiscard]] bool holds(Moment now) const { return now < deadline_; }
  /// Until when effects may be performed; in the past: not at all.
  [[nodiscard]] Moment deadline() const { return deadline_; }
  /// Who has it by the last record; empty: nobody.
  [[nodiscard]] const std::string& holder() const { return holder_; }

 private:
  [[nodiscard]] data::Value object(std::int64_t wall_millis, bool ours_already, bool give_back) const;

  LeaseOptions options_;
  data::Value lease_;            ///< as the server had it last; null: none
  std::string holder_, record_;  ///< record_: what changes with each renewal
  std::string ended_;            ///< the record whose holder has ended
  Moment unchanged_since_{0};
  Moment deadline_{0};
  Moment renewed_{0};
};

}  // namespace windlass::kube

// Which of several replicas acts: the one that holds a lease in the cluster. LeaseCore decides, this does what it says.
//
// may_act() is asked before every effect. It is true until a moment of CLOCK_BOOTTIME that comes before anybody else
// may take the lease, so a process that was paused, or that the cluster does not hear, knows by itself that it has
// lost. There is no way back: who has lost ends, and a new process asks anew.
//
// Who waits need not wait for the end of the lease where he knows that the holder is dead. He does where both use one
// folder of one machine, whose lock the kernel gives to one process: names of holders carry which folder that is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kube/client.h"
#include "kube/lease_core.h"

namespace windlass::cluster {

/// "HOST/FOLDER/RANDOM": `folder` is the same for two processes only if one lock keeps them apart.
std::string lease_identity(std::string_view host, std::string_view folder, std::string_view random);
/// Empty: not one of ours.
std::string_view folder_of_identity(std::string_view identity);

struct LeaderOptions {
  kube::LeaseOptions lease;  ///< with the identity
  /// Which folder this process has locked, as in the identity; empty: none.
  std::string folder;
  std::function<std::chrono::nanoseconds()> boot_time;  ///< CLOCK_BOOTTIME; any thread
  std::function<std::int64_t()> wall_millis;
  std::function<void(std::string_view)> log;
};

class Leader {
 public:
  /// `client` must outlive it; its calls should be shorter than the lease.
  Leader(kube::Client& client, LeaderOptions options);
  ~Leader();
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;

  /// `leads` is called once, when we hold the lease; `lost` once after that, with why, when we do not any more.
  void start(std::function<void()> leads, std::function<void(std::string why)> lost);
  /// Any thread.
  [[nodiscard]] bool may_act() const;
  /// Gives the lease back, so that nobody has to wait: when nothing of this process acts any more. Until `deadline`.
  boost::asio::awaitable<void> release(rt::Timers::Moment deadline);
  /// Renews no more; neither callback is called any more.
  void stop();

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

/// The clock that runs on while the machine sleeps.
std::chrono::nanoseconds boot_time();

}  // namespace windlass::cluster

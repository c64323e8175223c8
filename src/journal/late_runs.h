// Runs of this process that have ended, while their own files do not have all of it: what is left to do takes syncs,
// and waits for its turn on another thread. Whoever reads such a run, deletes it or copies its folder does it himself,
// or waits for who is at it.
//
// Not what is durable: the commit log has it. Any thread, but for what says otherwise.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"

namespace windlass::journal {

class LateRuns {
 public:
  using Work = std::move_only_function<void()>;
  /// `land` does what is left, on the loop's thread, while the journal is the loop's. `folder` is the run's.
  void add(const std::string& folder, std::function<void()> land);
  /// `rest` does it from now on, once, on any thread.
  void give_away(const std::string& folder, Work rest);
  /// Does the rest, unless somebody else has.
  void finish(const std::string& folder);
  /// It has landed.
  void landed(const std::string& folder);
  /// Its journal goes: nobody lands it any more whom the loop could ask.
  void left(const std::string& folder);
  /// It was deleted.
  void forget(const std::string& folder);
  /// It cannot be done in this process: who reads the run is told so, instead of seeing less of it. The next start has
  /// all of it from the commit log.
  void give_up(const std::string& folder, const Error& why);
  /// Returns when it is done; where it is not by then, after ten seconds. `is_loop`: this is the loop's thread.
  /// Errors: unavailable, after give_up().
  [[nodiscard]] Result<> wait(const std::string& folder, bool is_loop);
  /// The same for all that are there; the first error of them. The loop's thread.
  [[nodiscard]] Result<> wait_for_all();

 private:
  struct Late {
    std::function<void()> land;
    bool is_given_away = false;
    std::string why;  ///< why it was given up
    Work rest;        ///< until somebody is at it
  };
  /// One that is neither given away nor given up is of no use to anybody; the mutex is held.
  void drop(std::map<std::string, Late>::iterator run);

  std::mutex mutex_;
  std::condition_variable gone_;
  std::map<std::string, Late> runs_;  ///< by folder
};

}  // namespace windlass::journal

// Commits of many runs, made durable together: while one group is on its way to disk, the next gathers.
//
// Not the log itself (journal/commit_log.h), which it writes on the reactor's pool and keeps small: now and then the
// databases are synced and what the log has of them is dropped. One thread (the reactor's) but for that.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/reactor.h"
#include "engine/reactor_scope.h"
#include "journal/commit_log.h"

namespace windlass::engine {

class GroupCommit {
 public:
  /// `complain` is told when the log cannot be made smaller.
  GroupCommit(Reactor& reactor, std::shared_ptr<journal::CommitLog> log,
              std::function<void(std::string_view)> complain);

  /// Calls back when all that is in the log now was written, or could not be: RunJournal::arrive() tells.
  void write(Reactor::Callback done);
  /// Calls `land` (RunJournal::land()) a little later, when more of that run may have come, or in land_all().
  void land_later(Reactor::Callback land);
  /// What the log alone has comes into the runs' own files now: before somebody reads runs that are not his own.
  void land_all();
  /// Calls back when all that was committed until now is on disk in the runs' own files, and no longer in the log; or
  /// with why it is not.
  void settle(std::function<void(Result<>)> done);

 private:
  void begin();
  void written();
  void wait_to_land();
  void land_some();
  void look_at_size();
  void shorten();
  void shortened(const Result<>& done);

  ReactorScope reactor_;
  std::shared_ptr<journal::CommitLog> log_;
  std::function<void(std::string_view)> complain_;
  std::vector<Reactor::Callback> waiting_, writing_;
  bool busy_ = false;
  std::deque<Reactor::Callback> young_, old_;  ///< that wait to land: since the timer was set, and before
  Reactor::TimerId landing_timer_ = 0;
  bool is_landing_ = false;
  using Settled = std::function<void(Result<>)>;
  std::vector<Settled> asked_to_settle_;  ///< since the log was last shortened
  std::vector<Settled> settling_;         ///< what they wait for is behind the segment that was begun for them
  bool is_shortening_ = false;
  Reactor::TimerId timer_ = 0;
};

}  // namespace windlass::engine

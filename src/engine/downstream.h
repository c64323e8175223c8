// Runs of other pipelines that somebody else keeps: how `build` finds, starts and watches one on a server. Without it
// (`windlass run`) the runs of --job-file are actors of this process (child_runs.h).
//
// One thread (the reactor's); what is called back comes on it, from a later turn.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::engine {

/// What a pipeline says of one of its parameters.
struct JobParameter {
  std::string type;  ///< "choice", "password" …
  std::string name;
  std::vector<std::string> choices;
};

/// A pipeline that a run may start.
struct DownstreamJob {
  std::string job;                                      ///< its full name
  std::string script;                                   ///< its Jenkinsfile, which may declare parameters
  std::optional<std::vector<JobParameter>> parameters;  ///< as it is configured; nothing: only its script knows
};

struct DownstreamOrder {
  std::string ref;  ///< which effect of which run: one run per reference, however often it is ordered
  std::string job;
  std::string by_job;  ///< the run that orders
  std::uint64_t by_number = 0;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::set<std::string> secret_parameters;  ///< nobody may read their values
  std::string cause;                        ///< the first lines of its log
  std::string user_id;
  std::int64_t start_millis = 0;  ///< not before that; 0: as its pipeline has it
};

struct DownstreamState {
  std::string job;
  std::uint64_t number = 0;  ///< 0: not accepted yet
  bool begun = false;        ///< or ended before it began
  bool ended = false;
  std::string result;
  std::string problem;  ///< why there is no such run and never will be
  data::Value facts;    ///< what scripts may ask, of one that goes on; null otherwise
};

class Downstream {
 public:
  virtual ~Downstream() = default;
  /// The pipeline that `name` means in a run of `from`; nothing when there is none that it may start.
  virtual void find(const std::string& from, const std::string& name,
                    std::function<void(Result<std::optional<DownstreamJob>>)> done) = 0;
  /// Durable when it returns. An order or a run of that reference that is there already stands.
  virtual Result<> order(const DownstreamOrder& order) = 0;
  virtual DownstreamState state(const std::string& ref) = 0;
  /// `moved` is called for each step of that run (begun, ended, gone) until forget().
  virtual void watch(const std::string& ref, const void* watcher, std::function<void()> moved) = 0;
  virtual void forget(const void* watcher) = 0;
  virtual void stop(const std::string& ref, const std::string& cause) = 0;
};

}  // namespace windlass::engine

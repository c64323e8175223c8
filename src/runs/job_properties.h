// What a Jenkinsfile says about its own pipeline: `options`, `triggers`, `parameters`, or the step `properties`. As in
// Jenkins a run sets them when it comes to that place, and they hold for the runs after it; what a Declarative pipeline
// says in plain literals holds for that very run too. Pure. Source: pipeline-language 2.7, 2.9, 6.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"

namespace windlass::runs {

struct UpstreamTrigger {
  std::vector<std::string> projects;  ///< as they were written
  std::string threshold = "SUCCESS";  ///< the worst result that still starts it
  friend bool operator==(const UpstreamTrigger&, const UpstreamTrigger&) = default;
};

struct JobProperties {
  bool disable_concurrent = false;
  bool abort_previous = false;            ///< a newer run ends an older one instead of waiting for it
  std::int64_t quiet_millis = 0;          ///< before a run begins
  std::int64_t rate_millis = 0;           ///< at least so long from one beginning to the next
  bool rate_spares_users = false;         ///< runs that a person starts do not wait for that
  std::int64_t max_running = 0;           ///< runs of it at once; 0: any number
  std::optional<std::int64_t> keep_runs;  ///< of the discarder; -1: all
  std::optional<std::int64_t> keep_days;  ///< the same
  std::string cron;                       ///< lines of `cron` triggers
  std::vector<UpstreamTrigger> upstream;
  std::vector<std::string> categories;  ///< of throttling: those of the server that its runs count in
  /// Its GenericTrigger, in the shape of `spec.pipeline.generic_webhook` with `post_variables`; null: none.
  data::Value webhook;
  /// A list in the shape of `spec.pipeline.parameters`, for those who show a form; null: none. No password's default.
  data::Value parameters;

  friend bool operator==(const JobProperties&, const JobProperties&) = default;
};

/// From what a run tells (RunObserver::on_properties): {options, triggers, parameters} as Declarative gives them, or
/// {properties, parameters}.
/// What is not known here is left out.
JobProperties job_properties_of(const data::Value& told);

/// Whether a script has a GenericTrigger of which not everything is known before it runs.
bool leaves_webhook_open(const data::Value& told);
/// The same of its parameters.
bool leaves_parameters_open(const data::Value& told);

/// For the store, and back.
data::Value to_value(const JobProperties& properties);
JobProperties job_properties_from(const data::Value& value);

/// Whether a result is as good as the threshold asks for: SUCCESS > UNSTABLE > FAILURE > NOT_BUILT > ABORTED.
bool reaches(const std::string& result, const std::string& threshold);

}  // namespace windlass::runs

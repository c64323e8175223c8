#include "runs/job_book.h"

#include <algorithm>

#include "engine/declared_properties.h"

namespace windlass::runs {

Result<JobBook> JobBook::open(RunTable& table, std::function<void(const std::string&)> changed) {
  JobBook out(table, std::move(changed));
  out.properties_ = WL_TRY(table.properties());
  return out;
}

JobProperties JobBook::properties(const std::string& job) const {
  const auto found = properties_.find(job);
  return found == properties_.end() ? JobProperties() : found->second;
}

Result<> JobBook::set(const std::string& job, JobProperties properties) {
  auto& known = properties_[job];
  if (known == properties) return {};
  WL_CHECK_OK(table_->set_properties(job, properties));
  known = std::move(properties);
  changed_(job);
  return {};
}

Result<> JobBook::note_script(const std::string& job, const std::string& script) {
  const auto hash = std::hash<std::string>()(script);
  auto [seen, fresh] = scripts_.try_emplace(job, hash);
  if (!fresh && seen->second == hash) return {};
  seen->second = hash;
  const auto told = engine::declared_properties(script);
  if (!told) return {};
  auto properties_now = job_properties_of(*told);
  // What is only known when it runs stays as the last run had it until this one tells.
  if (leaves_webhook_open(*told)) properties_now.webhook = properties(job).webhook;
  if (leaves_parameters_open(*told)) properties_now.parameters = properties(job).parameters;
  return set(job, std::move(properties_now));
}

Result<JobRules> JobBook::rules(const RunRequest& request) {
  const auto job = request.job();
  const auto own = properties(job);
  JobRules out;
  out.exclusive = request.disable_concurrent || own.disable_concurrent;
  out.abort_previous = own.abort_previous;
  out.max_running = request.max_running == 0 ? own.max_running
                    : own.max_running == 0   ? request.max_running
                                             : std::min(request.max_running, own.max_running);
  out.rate_millis = own.rate_millis;
  out.rate_spares_users = own.rate_spares_users;
  if (own.rate_millis != 0) out.last_start = WL_TRY(table_->last_start(job));
  return out;
}

}  // namespace windlass::runs

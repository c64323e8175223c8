#include "worker/pod_run.h"

#include <algorithm>

#include "proc/spawn.h"
#include "text/masker.h"

namespace windlass::worker {

void PodRun::log(std::string_view text) {
  // A log that cannot be written is no reason to leave the work half done.
  static_cast<void>(write_whole(log_fd_, text));
}

std::vector<std::pair<std::string, data::Value>> PodRun::records(std::string_view kind, std::string_view key) {
  std::vector<std::pair<std::string, data::Value>> out;
  for (const auto& record : request_.records) {
    if (record.kind == kind && (key.empty() || record.key == key)) out.emplace_back(record.key, record.payload);
  }
  return out;
}

Result<std::string> PodRun::run_folder(std::string_view name) {
  auto path = request_.scratch + "/files/" + std::string(name);
  WL_CHECK_OK(proc::ensure_folder(path, 0700));
  return path;
}

std::optional<data::Value> PodRun::credential(std::string_view id) {
  const auto found =
      std::ranges::find_if(request_.credentials, [id](const auto& one) { return one.get_string("id") == id; });
  if (found == request_.credentials.end()) return std::nullopt;
  return *found;
}

void PodRun::mask(std::string_view secret) {
  if (secret.empty()) return;
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(secrets_, secret) != secrets_.end()) return;
  secrets_.emplace_back(secret);
  output_.write(steps::encode_mask(secret));
}

std::string PodRun::masked(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return text::mask_all(*text::SecretSet::make(secrets_), text);
}

std::string PodRun::fact(std::string_view name) const {
  const auto found = request_.facts.find(std::string(name));
  return found == request_.facts.end() ? std::string() : found->second;
}

Result<std::vector<steps::OtherRun>> PodRun::runs_of(std::string_view job) {
  std::vector<steps::OtherRun> out;
  for (const auto& one : request_.runs) {
    if (one.run.job == job) out.push_back(one.run);
  }
  return out;
}

Result<steps::OtherRunContent> PodRun::read_run(const steps::OtherRun& run, std::string_view record_kind) {
  for (const auto& one : request_.runs) {
    if (!one.has_content || one.run.job != run.job || one.run.number != run.number) continue;
    steps::OtherRunContent content{.files = request_.scratch + "/files", .parameters = one.parameters, .records = {}};
    const auto* needs = steps::find_needs(request_.effect);
    if (needs != nullptr && needs->reads_runs == record_kind) content.records = one.records;
    return content;
  }
  return fail(ErrorKind::not_found,
              "run " + std::to_string(run.number) + " of " + run.job + " was not sent to the pod");
}

}  // namespace windlass::worker

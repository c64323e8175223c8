#include "controllers/retention_controller.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "controllers/names.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using objects::to_result;

namespace {

constexpr std::int64_t kDay = 24LL * 3600 * 1000;
constexpr std::int64_t kLongestWait = 3600LL * 1000;

const objects::ResourceType& run_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelineruns"); }
const objects::ResourceType& pipeline_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelines"); }

/// A limit of the discarder; 0: none.
std::int64_t limit_of(const Value& discarder, std::string_view field) {
  const auto text = discarder.get_string(field);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : 0;
}

const Value* discarder_of(const Value& pipeline) {
  const Value* spec = pipeline.find("spec");
  if (spec == nullptr) return nullptr;
  const bool multi = spec->get_string("type") == "multi-branch-pipeline";
  const Value* block = spec->find(multi ? "multi_branch_pipeline" : "pipeline");
  return block != nullptr ? block->find("discarder") : nullptr;
}

std::int64_t ended_at(const Value& run) {
  const Value* status = run.find("status");
  return status != nullptr ? objects::parse_rfc3339(status->get_string("completionTime")) : 0;
}
std::uint64_t number_of(const Value& run) {
  return std::strtoull(objects::annotation(run, names::kRunId).c_str(), nullptr, 10);
}
bool succeeded(const Value& run) {
  const Value* status = run.find("status");
  return status != nullptr && status->get_string("phase") == "Succeeded";
}
std::string branch_of(const Value& run) {
  const Value* spec = run.find("spec");
  const Value* scm = spec != nullptr ? spec->find("scm") : nullptr;
  return scm != nullptr ? scm->get_string("refName") : std::string();
}

}  // namespace

Discarded runs_to_discard(const Value& pipeline, const std::vector<Value>& runs, std::int64_t now_millis,
                          const runs::JobProperties& declared) {
  Discarded out;
  const bool is_declared = declared.keep_runs || declared.keep_days;
  const Value* discarder = discarder_of(pipeline);
  if (discarder == nullptr && !is_declared) return out;
  const auto limit = [](std::optional<std::int64_t> value) { return std::max<std::int64_t>(0, value.value_or(0)); };
  const auto count = is_declared ? limit(declared.keep_runs) : limit_of(*discarder, "num_to_keep");
  const auto days = is_declared ? limit(declared.keep_days) : limit_of(*discarder, "days_to_keep");
  if (count == 0 && days == 0) return out;
  // Newest first, per branch; what has not ended is not looked at.
  std::map<std::string, std::vector<std::size_t>> branches;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (ended_at(runs[i]) != 0 && !objects::is_being_deleted(runs[i])) branches[branch_of(runs[i])].push_back(i);
  }
  for (auto& [branch, ended] : branches) {
    std::sort(ended.begin(), ended.end(), [&](std::size_t a, std::size_t b) {
      // Times have seconds only: within one, numbers tell which is newer.
      const auto key = [&](std::size_t i) {
        return std::tuple(ended_at(runs[i]), number_of(runs[i]), objects::meta_text(runs[i], "name"));
      };
      return key(b) < key(a);
    });
    bool success_seen = false;
    for (std::size_t place = 0; place < ended.size(); ++place) {
      const auto& run = runs[ended[place]];
      const bool last_success = succeeded(run) && !std::exchange(success_seen, success_seen || succeeded(run));
      if (place == 0 || last_success || objects::annotation(run, names::kKeep) == "true") continue;
      const auto age = now_millis - ended_at(run);
      const bool too_many = count != 0 && static_cast<std::int64_t>(place) >= count;
      const bool too_old = days != 0 && age > days * kDay;
      if (too_many || too_old) {
        out.runs.push_back(ended[place]);
      } else if (days != 0) {
        const auto left = days * kDay - age + 1;
        out.next_in_millis = std::min(out.next_in_millis.value_or(left), left);
      }
    }
  }
  return out;
}

std::vector<Key> RetentionReconciler::pipeline_of_ended_run(const Value& run) {
  const auto pipeline = objects::label(run, names::kPipelineLabel);
  if (pipeline.empty() || ended_at(run) == 0) return {};
  return {Key{objects::meta_text(run, "namespace"), pipeline}};
}

rt::Task<Requeue> RetentionReconciler::reconcile(Key key) {
  auto pipeline = co_await store_.look(pipeline_type(), key.namespace_, key.name);
  if (!pipeline) {
    if (pipeline.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(pipeline.error()));
  }
  const auto declared = facts_.of(key);
  if (objects::is_being_deleted(*pipeline)) co_return Requeue{};
  if (discarder_of(*pipeline) == nullptr && !declared.keep_runs && !declared.keep_days) co_return Requeue{};
  if (!objects::check_label_value(key.name).empty()) co_return Requeue{};  // no run can carry it as a label
  objects::ListOptions options;
  options.namespace_ = key.namespace_;
  options.labels =
      WL_CO_TRY(to_result(objects::LabelSelector::parse(std::string(names::kPipelineLabel) + "=" + key.name)));
  const auto runs = WL_CO_TRY(to_result(co_await store_.list(run_type(), std::move(options)))).items;
  const auto discarded = runs_to_discard(*pipeline, runs, now_millis_(), declared);
  for (const auto i : discarded.runs) {
    objects::DeleteOptions unchanged;
    unchanged.resource_version = objects::meta_text(runs[i], "resourceVersion");
    unchanged.uid = objects::meta_text(runs[i], "uid");
    auto gone = co_await store_.remove(run_type(), key.namespace_, objects::meta_text(runs[i], "name"), unchanged);
    // Changed since it was read: looked at again with the change.
    if (!gone && gone.error().code != 404 && gone.error().code != 409) co_return fail(objects::to_error(gone.error()));
  }
  if (!discarded.runs.empty()) {
    co_await events_.record(*pipeline, EventType::normal, "RunsDiscarded",
                            "old runs were deleted as the discarder says");
  }
  if (!discarded.next_in_millis) co_return Requeue{};
  co_return Requeue{std::chrono::milliseconds(std::clamp<std::int64_t>(*discarded.next_in_millis, 1000, kLongestWait))};
}

}  // namespace windlass::controllers

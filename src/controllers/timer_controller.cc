#include "controllers/timer_controller.h"

#include <algorithm>
#include <cstdlib>

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "controllers/pipeline_run_rules.h"
#include "objects/metadata.h"
#include "text/cron.h"

namespace windlass::controllers {

using data::Value;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kLate = 20;                       ///< behind the minute, so that it has begun for every clock
constexpr std::int64_t kLongestLook = 6 * 60 * kMinute;  ///< clocks are set and zones change

const objects::ResourceType& pipeline_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelines"); }
const objects::ResourceType& run_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelineruns"); }

std::string cron_of(const Value& pipeline) {
  const Value* at = pipeline.find("spec");
  for (const auto key : {"pipeline", "timer_trigger"}) at = at == nullptr ? nullptr : at->find(key);
  return at == nullptr ? std::string() : at->get_string("cron");
}

}  // namespace

TimerPlan plan_timer(const Value& pipeline, std::int64_t now_millis, const std::string& declared) {
  if (objects::is_being_deleted(pipeline)) return {};
  const auto job = objects::meta_text(pipeline, "namespace") + "/" + objects::meta_text(pipeline, "name");
  // Apart from each other: each may have a time zone of its own.
  std::vector<text::CronTable> tables;
  for (const auto& cron : {cron_of(pipeline), declared}) {
    if (cron.empty()) continue;
    if (auto table = text::CronTable::parse(cron, job))
      tables.push_back(std::move(*table));  // else its own controller says so
  }
  TimerPlan out;
  const auto last = std::strtoll(objects::annotation(pipeline, names::kTimerLast).c_str(), nullptr, 10);
  const auto minute = now_millis - now_millis % kMinute;
  const bool run_missed = objects::annotation(pipeline, names::kTimerMissed) == "run-once" && last != 0;
  for (const auto& table : tables) {
    if (table.fires_at(minute)) {
      if (last < minute) out.fire = minute;
    } else if (run_missed && !out.fire) {
      if (const auto missed = table.previous_before(minute); missed && *missed > last) out.fire = *missed;
    }
    if (const auto next = table.next_after(now_millis)) {
      const auto wait = std::min(kLongestLook, std::max<std::int64_t>(0, *next - now_millis) + kLate);
      out.again_millis = std::min(out.again_millis.value_or(wait), wait);
    }
  }
  return out;
}

rt::Task<Requeue> TimerReconciler::reconcile(Key key) {
  auto pipeline = co_await store_.look(pipeline_type(), key.namespace_, key.name);
  if (!pipeline) {
    if (pipeline.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(pipeline.error()));
  }
  const auto plan = plan_timer(*pipeline, now_millis_(), facts_.of(key).cron);
  if (plan.fire) WL_CO_TRY_VOID(co_await fire(*pipeline, *plan.fire));
  Requeue out;
  if (plan.again_millis) out.after = std::chrono::milliseconds(*plan.again_millis);
  co_return out;
}

rt::Task<> TimerReconciler::fire(const Value& pipeline, std::int64_t minute_millis) {
  const auto space = objects::meta_text(pipeline, "namespace"), name = objects::meta_text(pipeline, "name");
  auto run = new_run(pipeline, Value(), Value(), {{std::string(names::kRunTrigger), "timer"}});
  objects::erase_meta(run, "generateName");
  objects::set_meta(run, "name", name + "-t-" + std::to_string(minute_millis / kMinute));
  auto made = co_await store_.create(run_type(), space, std::move(run));
  if (!made && made.error().code != 409) co_return fail(objects::to_error(made.error()));
  auto noted =
      co_await store_.modify(pipeline_type(), space, name, [minute_millis](Value one) -> objects::Outcome<Value> {
        ensure_annotation(one, names::kTimerLast, std::to_string(minute_millis));
        return one;
      });
  if (!noted && noted.error().code != 404) co_return fail(objects::to_error(noted.error()));
  if (made) {
    co_await events_.record(pipeline, EventType::normal, "TimerFired",
                            "the run " + objects::meta_text(*made, "name") + " was made for its minute");
  }
  co_return Result<>();
}

}  // namespace windlass::controllers

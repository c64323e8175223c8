#include "controllers/pipeline_run_controller.h"

#include <algorithm>

#include "controllers/downstream.h"
#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "controllers/pipeline_run_rules.h"
#include "controllers/run_history.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using objects::to_error;
using runs::Phase;
using runs::RunInfo;

namespace {

constexpr std::size_t kNumbersLookedAt = 50;        ///< numbers rise, so the newest have the highest
constexpr std::chrono::milliseconds kEndPoll{200};  ///< an aborted run is waited for before its object goes
/// A run that may begin at once is shown when it has, not twice; one that waits for its turn is shown waiting.
constexpr std::chrono::milliseconds kFirstShow{300};

const objects::ResourceType& run_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelineruns"); }
const objects::ResourceType& pipeline_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelines"); }
const objects::ResourceType& map_type() { return *objects::find_resource("", "v1", "configmaps"); }

objects::Modifier only(std::string uid, objects::Modifier change) {
  return only_of(run_type(), std::move(uid), std::move(change));
}

std::string spec_text(const Value& object, std::string_view map, std::string_view key) {
  const auto* spec = object.find("spec");
  const auto* inner = spec == nullptr ? nullptr : spec->find(map);
  return inner == nullptr ? std::string() : inner->get_string(key);
}

}  // namespace

Key PipelineRunReconciler::key_of(const RunInfo& run) { return {run.job.substr(0, run.job.find('/')), run.name}; }

bool PipelineRunReconciler::concerns(const Value& object) {
  return objects::is_being_deleted(object) || !is_final(object);
}

rt::Task<Requeue> PipelineRunReconciler::reconcile(Key key) {
  auto found = co_await store_.look(run_type(), key.namespace_, key.name);
  if (!found && found.error().code != 404) co_return fail(to_error(found.error()));
  if (const auto left = left_.find(key); left != left_.end()) {
    const auto uid = left->second;
    if (!found || objects::meta_text(*found, "uid") != uid) {
      const auto again = WL_CO_TRY(co_await forget(uid));
      if (again.after) co_return again;
    }
    left_.erase(key);
  }
  if (!found) co_return Requeue{};
  const auto object = std::move(*found);
  if (objects::is_being_deleted(object)) co_return co_await clean_up(object);
  if (is_final(object)) co_return Requeue{};
  const auto uid = objects::meta_text(object, "uid");
  auto run = WL_CO_TRY(co_await service_.find(uid));
  if (!run) {
    if (says_begun(object)) {
      WL_CO_TRY_VOID(co_await refuse(key, uid, "Unknown", "RecordLost",
                                     "this run had begun, and the run store of this server knows nothing of it; it is "
                                     "not started again"));
      co_return Requeue{};
    }
    run = WL_CO_TRY(co_await accept(key, object));
    if (!run) co_return Requeue{};
    if (options_.are_claimed) co_return Requeue{kFirstShow};
  }
  WL_CO_TRY_VOID(co_await obey(object, *run));
  if (const auto left = until_first_show(*run); left > std::chrono::milliseconds(0)) co_return Requeue{left};
  if (run->phase == Phase::ended) {
    WL_CO_TRY_VOID(co_await start_followers(*run));
    auto kept = WL_CO_TRY(co_await service_.kept_facts(uid));
    if (run->agents.empty()) run->agents = std::move(kept.agents);
    run->keep_log = kept.keep_log;
  }
  co_return co_await show(key, object, *run);
}

/// Its own claim brings it here the moment that it begins; four requests then are in the way of those that it waits
/// for.
std::chrono::milliseconds PipelineRunReconciler::until_first_show(const RunInfo& run) const {
  if (!options_.are_claimed || run.phase != Phase::running) return {};
  const auto age = std::chrono::milliseconds(std::max<std::int64_t>(0, now_millis_() - run.started_millis));
  return std::max(kFirstShow - age, std::chrono::milliseconds(0));
}

rt::Task<std::optional<RunInfo>> PipelineRunReconciler::accept(const Key& key, const Value& object) {
  using Nothing = std::optional<RunInfo>;
  const auto uid = objects::meta_text(object, "uid");
  const auto pipeline_name = spec_text(object, "pipelineRef", "name");
  if (pipeline_name.empty()) {
    auto marked = co_await store_.modify(run_type(), key.namespace_, key.name,
                                         only(uid, [](Value one) -> objects::Outcome<Value> {
                                           ensure_label(one, names::kRunOrphan, "true");
                                           return one;
                                         }));
    if (!marked) co_return fail(to_error(marked.error()));
    WL_CO_TRY_VOID(co_await refuse(key, uid, "Unknown", "SKIPPED", "spec.pipelineRef.name says no pipeline"));
    co_return Nothing();
  }
  const auto* snapshot = object.find("spec")->find("pipelineSpec");
  Value spec = snapshot != nullptr && snapshot->find("type") != nullptr ? *snapshot : Value();
  auto pipeline = co_await store_.get(pipeline_type(), key.namespace_, pipeline_name);
  if (!pipeline) {
    if (pipeline.error().code != 404) co_return fail(to_error(pipeline.error()));
    WL_CO_TRY_VOID(co_await refuse(
        key, uid, "Pending", "PipelineNotFound",
        "there is no pipeline " + pipeline_name + " in " + key.namespace_ + "; the run starts when it appears"));
    co_return Nothing();
  }
  if (spec.is_null()) {
    if (const auto* own = pipeline->find("spec")) spec = *own;
  }
  const auto max_running = runs_at_once(*pipeline);
  const auto highest = WL_CO_TRY(co_await highest_number(key.namespace_, pipeline_name));
  auto request = request_of(object, spec, highest + 1);
  if (!request) {
    const bool unsupported = request.error().kind == ErrorKind::unsupported;
    WL_CO_TRY_VOID(
        co_await refuse(key, uid, "Failed", unsupported ? "NotSupported" : "InvalidRequest", request.error().message));
    co_await events_.record(object, EventType::warning, "TriggerFailed", request.error().message);
    if (const auto order = objects::annotation(object, names::kRunOrder); !order.empty()) {
      WL_CO_TRY_VOID(co_await service_.refuse_order(order, request.error().message));
    }
    co_return Nothing();
  }
  request->max_running = max_running;
  // The finalizer first: a run that exists is never left behind by its object.
  if (!options_.are_claimed) {
    auto marked = co_await store_.modify(run_type(), key.namespace_, key.name,
                                         only(uid, [](Value one) -> objects::Outcome<Value> {
                                           if (!objects::is_being_deleted(one))
                                             add_finalizer(one, names::kRunFinalizer);
                                           return one;
                                         }));
    if (!marked) co_return fail(to_error(marked.error()));
    if (objects::is_being_deleted(*marked)) co_return Nothing();
  }
  const auto request_order = request->upstream;
  auto accepted = WL_CO_TRY(co_await service_.accept(std::move(*request)));
  if (!accepted) {
    const auto& why = accepted.error().message;
    const auto code = accepted.error().code;
    const bool is_full = code != runs::Refusal::Code::not_ordered;
    if (is_full && !request_order.empty()) WL_CO_TRY_VOID(co_await service_.refuse_order(request_order, why));
    WL_CO_TRY_VOID(co_await refuse(key, uid, "Failed",
                                   code == runs::Refusal::Code::queue_full     ? "QueueFull"
                                   : code == runs::Refusal::Code::storage_full ? "StorageFull"
                                                                               : "NotOrdered",
                                   why));
    co_return Nothing();
  }
  auto run = std::move(*accepted);
  if (const auto secrets = secret_parameters(spec); !secrets.empty()) {
    // Sealed with the run by now: nobody reads them on the object.
    auto hidden = co_await store_.modify(
        run_type(), key.namespace_, key.name, only(uid, [secrets](Value one) -> objects::Outcome<Value> {
          auto inner = one.find("spec") != nullptr ? *one.find("spec") : Value::map();
          if (const auto* list = inner.find("parameters")) {
            auto masked = Value::list();
            for (auto parameter : list->items()) {
              if (std::find(secrets.begin(), secrets.end(), parameter.get_string("name")) != secrets.end()) {
                parameter.set("value", "");
              }
              masked.push(std::move(parameter));
            }
            inner.set("parameters", std::move(masked));
            one.set("spec", std::move(inner));
          }
          return one;
        }));
    if (!hidden) co_return fail(to_error(hidden.error()));
  }
  co_await events_.record(object, EventType::normal, "Started",
                          "run #" + std::to_string(run.number) + " of " + pipeline_name + " was accepted");
  co_return Nothing(std::move(run));
}

/// Numbers go on behind those that objects carry already, wherever they come from: looked for once for each pipeline,
/// because the store may be an older copy. Afterwards it counts by itself.
rt::Task<std::uint64_t> PipelineRunReconciler::highest_number(std::string namespace_, std::string pipeline) {
  const auto job = namespace_ + "/" + pipeline;
  if (counted_.contains(job)) co_return std::uint64_t{0};
  if (options_.saw_all && options_.saw_all()) {
    counted_.insert(job);
    co_return numbers_[job];
  }
  objects::ListOptions all;
  all.namespace_ = std::move(namespace_);
  all.newest_first = true;
  all.counted_by = names::kRunId;
  all.limit = kNumbersLookedAt;
  all.metadata_only = true;
  if (auto parsed = objects::LabelSelector::parse(std::string(names::kPipelineLabel) + "=" + pipeline)) {
    all.labels = std::move(*parsed);
  }
  auto siblings = co_await store_.list(run_type(), std::move(all));
  if (!siblings) co_return fail(to_error(siblings.error()));
  std::uint64_t highest = 0;
  for (const auto& one : siblings->items) {
    highest =
        std::max<std::uint64_t>(highest, std::strtoull(objects::annotation(one, names::kRunId).c_str(), nullptr, 10));
  }
  counted_.insert(job);
  co_return highest;
}

void PipelineRunReconciler::saw(const Value& object) {
  const auto number = std::strtoull(objects::annotation(object, names::kRunId).c_str(), nullptr, 10);
  if (number == 0) return;
  auto& highest = numbers_[objects::meta_text(object, "namespace") + "/" + spec_text(object, "pipelineRef", "name")];
  highest = std::max<std::uint64_t>(highest, number);
}

bool PipelineRunReconciler::run_changed(const RunInfo& run) {
  if (options_.are_claimed && run.phase == Phase::ended && run.started_millis == 0) left_[key_of(run)] = run.uid;
  const auto known = ails_.find(run.uid);
  auto now = run.phase == Phase::ended ? std::string() : what_ails(run);
  if ((known == ails_.end() ? std::string() : known->second) == now) return false;
  if (now.empty()) {
    ails_.erase(known);
  } else {
    ails_.insert_or_assign(run.uid, std::move(now));
  }
  return true;
}

rt::Task<> PipelineRunReconciler::refuse(const Key& key, const std::string& uid, const std::string& phase,
                                         const std::string& reason, const std::string& message) {
  auto written =
      co_await store_.modify(run_type(), key.namespace_, key.name,
                             only(uid,
                                  [phase, reason, message, now = now_millis_()](Value one) -> objects::Outcome<Value> {
                                    show_refusal(one, phase, reason, message, now);
                                    return one;
                                  }),
                             objects::Part::status);
  if (!written && written.error().code != 404) co_return fail(to_error(written.error()));
  co_return Result<>();
}

rt::Task<> PipelineRunReconciler::obey(const Value& object, const RunInfo& run) {
  const auto* spec = object.find("spec");
  const auto action = spec == nullptr ? std::string() : spec->get_string("action");
  if (action.empty() || run.phase == Phase::ended) co_return Result<>();
  const std::string user = run.user_id.empty() ? "somebody" : run.user_id;
  Result<> done;
  if (action == "Stop") {
    done = co_await service_.stop(run.uid, user, runs::Stop::ask_once);
    if (!done && done.error().kind != ErrorKind::conflict) co_return fail(done.error());
    co_return Result<>();
  }
  // Once for each time that it was written: afterwards others may pause it, or let it go.
  const auto taken = action + " " + std::to_string(objects::metadata_of(object).get_int("generation", 0));
  if (objects::annotation(object, names::kActionTaken) == taken) co_return Result<>();
  if (action == "Pause") done = co_await service_.pause(run.uid, user);
  if (action == "Resume") done = co_await service_.resume(run.uid, user);
  if (!done && done.error().kind != ErrorKind::conflict) co_return fail(done.error());
  auto marked =
      co_await store_.modify(run_type(), objects::meta_text(object, "namespace"), objects::meta_text(object, "name"),
                             only(run.uid, [taken](Value one) -> objects::Outcome<Value> {
                               objects::set_annotation(one, names::kActionTaken, taken);
                               return one;
                             }));
  if (!marked && marked.error().code != 404) co_return fail(to_error(marked.error()));
  co_return Result<>();
}

rt::Task<Requeue> PipelineRunReconciler::show(const Key& key, const Value& object, const RunInfo& run) {
  const auto now = now_millis_();
  const auto nodes = WL_CO_TRY(co_await service_.nodes(run.uid));
  auto data = run_data(run, nodes);
  auto stored =
      co_await store_.modify(map_type(), key.namespace_, key.name, [data](Value one) -> objects::Outcome<Value> {
        if (const auto* before = one.find("data"); before == nullptr || !(*before == data)) one.set("data", data);
        return one;
      });
  if (!stored && stored.error().code != 404) co_return fail(to_error(stored.error()));
  if (!stored) {
    auto owner = Value::map_of("apiVersion", "devops.kubesphere.io/v1alpha3", "kind", "PipelineRun", "name", key.name,
                               "uid", run.uid, "controller", true);
    auto metadata = Value::map_of("name", key.name, "ownerReferences", Value::list_of(std::move(owner)));
    auto made = co_await store_.create(map_type(), key.namespace_,
                                       Value::map_of("metadata", std::move(metadata), "data", std::move(data)));
    if (!made && made.error().code != 409) co_return fail(to_error(made.error()));
  }
  Value wanted = object;
  const bool changed = show_run(wanted, run, now) || !has_finalizer(object, names::kRunFinalizer);
  const auto news = changed ? agent_news(object, wanted) : std::nullopt;
  constexpr std::size_t kMostTold = 4096;
  if (!run.agents.empty()) {
    if (told_ends_.size() >= kMostTold && !told_ends_.contains(run.uid)) told_ends_.erase(told_ends_.begin());
    for (const auto& end : agent_ends(run, began_millis_, told_ends_[run.uid])) {
      if (news && news->reason == end.reason && news->message == end.message) continue;
      co_await events_.record(object, EventType::warning, end.reason, end.message);
    }
  }
  if (!changed) co_return Requeue{};
  // Metadata and status are written apart, as the protocol has it; the end is told last, when all else is there.
  auto marked = co_await store_.modify(run_type(), key.namespace_, key.name,
                                       only(run.uid, [run, now](Value one) -> objects::Outcome<Value> {
                                         if (objects::is_being_deleted(one)) return one;
                                         add_finalizer(one, names::kRunFinalizer);
                                         show_run(one, run, now);
                                         return one;
                                       }));
  if (!marked && marked.error().code != 404) co_return fail(to_error(marked.error()));
  if (!marked && run.started_millis == 0) {
    left_[key] = run.uid;
    co_return Requeue{kEndPoll};
  }
  auto written = co_await store_.modify(run_type(), key.namespace_, key.name,
                                        only(run.uid,
                                             [run, now](Value one) -> objects::Outcome<Value> {
                                               show_run(one, run, now);
                                               return one;
                                             }),
                                        objects::Part::status);
  if (!written && written.error().code != 404) co_return fail(to_error(written.error()));
  if (news && written) {
    co_await events_.record(object, news->ails ? EventType::warning : EventType::normal, news->reason, news->message);
  }
  co_return Requeue{};
}

rt::Task<> PipelineRunReconciler::start_followers(const RunInfo& run) {
  const auto upstream = RunHistory::pipeline_of(run);
  for (const auto& key : facts_.waiting_for(upstream, run.result)) {
    if (!WL_CO_TRY(co_await may_follow(store_, upstream, key.namespace_))) continue;
    const auto pipeline = co_await store_.get(pipeline_type(), key.namespace_, key.name);
    if (!pipeline && pipeline.error().code == 404) continue;
    if (!pipeline) co_return fail(to_error(pipeline.error()));
    if (objects::is_being_deleted(*pipeline)) continue;
    auto next = new_run(*pipeline, Value(), Value(),
                        {{std::string(names::kRunTrigger), "upstream"},
                         {std::string(names::kRunUpstream), run.job + "#" + std::to_string(run.number)},
                         {std::string(names::kUpstreamCause), run.cause}});
    objects::erase_meta(next, "generateName");
    objects::set_meta(next, "name", derived_name(key.name, "u", run.uid + " " + key.text()));
    auto made = co_await store_.create(run_type(), key.namespace_, std::move(next));
    if (!made && made.error().code != 409) co_return fail(to_error(made.error()));
    if (made) {
      co_await events_.record(
          *pipeline, EventType::normal, "UpstreamEnded",
          "the run " + objects::meta_text(*made, "name") + " follows " + run.job + " #" + std::to_string(run.number));
    }
  }
  co_return Result<>();
}

rt::Task<Requeue> PipelineRunReconciler::end(std::string uid) {
  auto stopped = co_await service_.stop(std::move(uid), "the deletion of its object", runs::Stop::ask_once);
  if (!stopped && stopped.error().kind != ErrorKind::conflict) co_return fail(stopped.error());
  co_return Requeue{kEndPoll};
}

rt::Task<Requeue> PipelineRunReconciler::forget(std::string uid) {
  const auto run = WL_CO_TRY(co_await service_.find(uid));
  if (run && run->phase != Phase::ended) co_return co_await end(std::move(uid));
  if (run) WL_CO_TRY_VOID(co_await service_.remove(std::move(uid)));
  co_return Requeue{};
}

rt::Task<Requeue> PipelineRunReconciler::clean_up(const Value& object) {
  if (!has_finalizer(object, names::kRunFinalizer)) co_return Requeue{};
  const auto uid = objects::meta_text(object, "uid");
  const auto run = WL_CO_TRY(co_await service_.find(uid));
  if (run && run->phase != Phase::ended) co_return co_await end(uid);
  if (const auto order = objects::annotation(object, names::kRunOrder); !order.empty() && !run) {
    WL_CO_TRY_VOID(co_await service_.refuse_order(order, "its object was deleted before it was accepted"));
  }
  if (objects::annotation(object, names::kRunKeepRecord) != "true") WL_CO_TRY_VOID(co_await service_.remove(uid));
  auto gone =
      co_await store_.modify(run_type(), objects::meta_text(object, "namespace"), objects::meta_text(object, "name"),
                             only(uid, [](Value one) -> objects::Outcome<Value> {
                               remove_finalizer(one, names::kRunFinalizer);
                               return one;
                             }));
  if (!gone && gone.error().code != 404) co_return fail(to_error(gone.error()));
  co_return Requeue{};
}

}  // namespace windlass::controllers

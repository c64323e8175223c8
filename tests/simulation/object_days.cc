// People who work with objects: they make projects, pipelines and PipelineRuns, stop and delete some, and end a
// project. What must hold of the objects, whatever dies and when:
//   what was acknowledged is there, until somebody or a discarder deletes it, and then all of it is gone: the object,
//   its ConfigMap, its run, its journal; a final phase stays; each object has its run and each run its object; what a
//   status says is what the run says (ill 31); a project's end leaves nothing; no controller is stuck on anything.
#include <algorithm>
#include <utility>

#include "controllers/names.h"
#include "life.h"
#include "objects/metadata.h"
#include "world.h"

namespace windlass::simulation {

namespace asio = boost::asio;
namespace names = controllers::names;
using data::Value;

namespace {

constexpr char kSpace[] = "o", kEnding[] = "q";
constexpr std::size_t kKept = 3;  ///< runs of the pipeline with a discarder
constexpr char kFew[] = "few", kTimer[] = "timer";
constexpr std::int64_t kConflict = 409, kNotFound = 404;

/// Pipelines of the objects beside those that everybody starts.
const Pipeline& pipeline_of(const std::string& name) {
  static const Pipeline few{.name = kFew, .script = "node { sh 'mark few' }", .marks = {"few"}, .attempts = {}};
  static const Pipeline timer{.name = kTimer, .script = "node { sh 'mark tick' }", .marks = {"tick"}, .attempts = {}};
  if (name == kFew) return few;
  if (name == kTimer) return timer;
  const auto& all = pipelines();
  return *std::ranges::find(all, name, &Pipeline::name);
}

std::string text_at(const Value& object, const char* map, const char* key) {
  const auto* inner = object.find(map);
  return inner == nullptr ? std::string() : inner->get_string(key);
}

bool is_there(const objects::Outcome<Value>& made) { return made || made.error().code == kConflict; }

}  // namespace

bool World::is_of_objects(const std::string& job) { return job.starts_with("o/") || job.starts_with("q/"); }

// ---- wishes

void World::want(std::string what, std::function<asio::awaitable<bool>(objects::ObjectStore&)> act) {
  wishes_.push_back(std::make_shared<Wish>(std::move(what), std::move(act)));
  try_wish(wishes_.back());
}

void World::try_wish(const std::shared_ptr<Wish>& wish) {
  if (wish->is_done) return;
  if (is_up() && life_->objects) {
    auto* objects = life_->objects.get();
    objects->spawn([this, wish, objects]() -> asio::awaitable<void> {
      const bool is_done = co_await wish->act(objects->store());
      if (!is_done || objects->is_dead() || std::exchange(wish->is_done, true)) co_return;
      trace(wish->what);
    });
  }
  clock_.in(between(1, 30) * kSecond, [this, wish] { try_wish(wish); });
}

bool World::wishes_are_done() const {
  return std::ranges::all_of(wishes_, [](const auto& wish) { return wish->is_done; });
}

bool World::is_set_up() const {
  return std::all_of(wishes_.begin(), wishes_.begin() + set_up_wishes_, [](const auto& wish) { return wish->is_done; });
}

// ---- what they do

void World::want_pipeline(const std::string& space, const std::string& name, const std::string& script, Value more) {
  more.set("name", name);
  more.set("jenkinsfile", script);
  auto spec = Value::map_of("type", "pipeline");
  spec.set("pipeline", std::move(more));
  auto object = Value::map_of("metadata", Value::map_of("name", name));
  object.set("spec", std::move(spec));
  want("pipeline " + space + "/" + name, [space, object](objects::ObjectStore& store) -> asio::awaitable<bool> {
    co_return is_there(co_await store.create(kind("Pipeline"), space, object));
  });
}

void World::set_up_objects() {
  for (const std::string space : {kSpace, kEnding}) {
    want("project " + space, [space](objects::ObjectStore& store) -> asio::awaitable<bool> {
      auto project = Value::map_of("metadata", Value::map_of("name", space));
      co_return is_there(co_await store.create(kind("DevOpsProject"), "", std::move(project)));
    });
  }
  for (const auto& one : pipelines()) want_pipeline(kSpace, one.name, one.script, Value::map());
  want_pipeline(kSpace, kFew, pipeline_of(kFew).script,
                Value::map_of("discarder", Value::map_of("num_to_keep", std::to_string(kKept))));
  want_pipeline(kSpace, kTimer, pipeline_of(kTimer).script,
                Value::map_of("timer_trigger", Value::map_of("cron", "H/20 * * * *")));
  for (const auto* name : {"approval", "serial"}) want_pipeline(kEnding, name, pipeline_of(name).script, Value::map());
  set_up_wishes_ = std::ssize(wishes_);
  // A project ends in the middle of what its runs do.
  const auto day = options_.hours * kHour;
  for (int i = 0; i < 4; ++i) {
    clock_.in(between(kMinute, day / 2), [this, i] { make_object(kEnding, i % 2 == 0 ? "approval" : "serial"); });
  }
  clock_.in(between(day / 4, day), [this] { end_project(kEnding); });
}

void World::arrive_object() {
  if (between(1, 4) == 1) return make_object(kSpace, kFew);
  const auto& all = pipelines();
  make_object(kSpace, all[static_cast<std::size_t>(between(0, std::ssize(all) - 1))].name);
}

void World::make_object(const std::string& space, const std::string& pipeline) {
  if (ended_projects_.contains(space)) return;
  const auto name = "w-" + std::to_string(next_uid_++);
  const auto place = space + "/" + name;
  asked_[place].pipeline = pipeline;
  auto metadata = Value::map_of("name", name, "labels", Value::map());
  metadata.find("labels")->set(std::string(names::kPipelineLabel), pipeline);
  auto object = Value::map_of("metadata", std::move(metadata), "spec",
                              Value::map_of("pipelineRef", Value::map_of("name", pipeline)));
  want("run " + place, [this, space, name, place, object](objects::ObjectStore& store) -> asio::awaitable<bool> {
    if (ended_projects_.contains(space)) co_return true;
    auto made = co_await store.create(kind("PipelineRun"), space, object);
    // Where an answer was lost it may be there, and gone again by now.
    if (!made && made.error().code == kConflict) {
      made = co_await store.get(kind("PipelineRun"), space, name);
      if (!made && made.error().code == kNotFound && asked_[place].is_deleted) co_return true;
    }
    if (!made) co_return false;
    auto& asked = asked_[place];
    const auto uid = objects::meta_text(*made, "uid");
    if (!asked.uid.empty() && asked.uid != uid) finding(place + " was " + asked.uid + " and is " + uid);
    asked.uid = uid;
    asked.is_made = true;
    co_return true;
  });
  if (between(1, 8) == 1) {
    clock_.in(between(1, 20 * kMinute), [this, space, name, place] {
      if (asked_[place].is_deleted || ended_projects_.contains(space) || asked_[place].uid.empty()) return;
      if (const auto run = runs_.find(asked_[place].uid); run == runs_.end() || !run->second.result.empty()) return;
      runs_[asked_[place].uid].is_stopped = true;
      want("stop of " + place, [space, name](objects::ObjectStore& store) -> asio::awaitable<bool> {
        auto stopped =
            co_await store.modify(kind("PipelineRun"), space, name, [](Value one) -> objects::Outcome<Value> {
              if (auto* spec = one.find("spec")) spec->set("action", "Stop");
              return one;
            });
        co_return stopped || stopped.error().code == kNotFound;
      });
    });
  }
  if (between(1, 8) == 1) clock_.in(between(1, kHour), [this, place] { delete_object(place); });
}

void World::delete_object(const std::string& place) {
  auto& asked = asked_[place];
  const auto space = place.substr(0, place.find('/'));
  if (is_over_ || asked.is_deleted || asked.uid.empty() || ended_projects_.contains(space)) return;
  asked.is_deleted = true;
  auto& run = object_run(asked.uid, space + "/" + asked.pipeline, "");
  run.is_stopped = run.is_gone = true;
  want("deletion of " + place, [space, place](objects::ObjectStore& store) -> asio::awaitable<bool> {
    auto gone = co_await store.remove(kind("PipelineRun"), space, place.substr(space.size() + 1));
    co_return gone || gone.error().code == kNotFound;
  });
}

void World::end_project(const std::string& space) {
  ended_projects_.insert(space);
  for (auto& [uid, run] : runs_) {
    if (run.is_object && run.id.starts_with(space + "/")) run.is_stopped = run.is_gone = true;
  }
  want("end of project " + space, [space](objects::ObjectStore& store) -> asio::awaitable<bool> {
    auto gone = co_await store.remove(kind("DevOpsProject"), "", space);
    co_return gone || gone.error().code == kNotFound;
  });
}

/// It would fire for ever. Its runs are its own, so they go with it.
void World::end_timer() {
  for (auto& [uid, run] : runs_) {
    if (run.is_object && run.pipeline->name == kTimer) run.is_stopped = run.is_gone = true;
  }
  want("end of the timer", [](objects::ObjectStore& store) -> asio::awaitable<bool> {
    auto gone = co_await store.remove(kind("Pipeline"), kSpace, kTimer);
    co_return gone || gone.error().code == kNotFound;
  });
}

// ---- what is told

World::Run& World::object_run(const std::string& uid, const std::string& job, const std::string& upstream) {
  auto [found, is_new] = runs_.try_emplace(uid);
  auto& run = found->second;
  if (!is_new) return run;
  const auto space = job.substr(0, job.find('/')), pipeline = job.substr(job.find('/') + 1);
  run.pipeline = &pipeline_of(pipeline);
  run.is_object = true;
  run.upstream = upstream;
  run.request.uid = uid;
  if (pipeline == kTimer) ++fired_;
  // What goes by itself is not held against anything later.
  if (ended_projects_.contains(space) || (is_over_ && pipeline == kTimer)) run.is_stopped = run.is_gone = true;
  return run;
}

/// A run of an object has ended. Of those that a discarder takes this is the last look.
void World::settle(const std::string& uid) {
  auto& run = runs_[uid];
  if (run.is_gone || (run.pipeline->name != kFew && run.pipeline->name != kTimer)) return;
  run.is_gone = true;
  // While the disk fails a journal may lack what only the commit log has.
  if (is_up() && is_disk_bad_) return;
  auto state = look_at_journals();
  if (state && (*state)->find(run.id)) {
    read_log(**state, uid);
    check_run(uid);
  }
}

void World::seen(const objects::WatchEvent& event) {
  version_seen_ = std::max(version_seen_, event.version);
  if (event.kind == objects::WatchEvent::Kind::bookmark) return;
  const auto uid = objects::meta_text(event.object, "uid");
  const auto phase = text_at(event.object, "status", "phase");
  const auto found = final_seen_.find(uid);
  if (found != final_seen_.end() && found->second != phase) {
    finding(objects::meta_text(event.object, "name") + " was " + found->second + " and is " + phase);
  }
  if (!text_at(event.object, "status", "completionTime").empty()) final_seen_[uid] = phase;
}

// ---- what must hold at the end

asio::awaitable<void> World::look_at_objects(objects::ObjectStore& store) {
  const auto all_of = [&store](const char* name, const std::string& space) -> asio::awaitable<std::vector<Value>> {
    objects::ListOptions options;
    options.namespace_ = space;
    auto found = co_await store.list(kind(name), std::move(options));
    co_return found ? std::move(found->items) : std::vector<Value>();
  };
  for (const auto& space : ended_projects_) {
    for (const auto* name : {"DevOpsProject", "Namespace"}) {
      const auto left = co_await store.get(kind(name), "", space);
      if (left || left.error().code != kNotFound) finding("the " + std::string(name) + " " + space + " is still there");
    }
    for (const auto* name : {"Pipeline", "PipelineRun", "ConfigMap", "Event"}) {
      const auto left = co_await all_of(name, space);
      if (!left.empty())
        finding(std::to_string(left.size()) + " " + name + " of the ended project " + space + " are left");
    }
    for (const auto* name : {"approval", "serial"}) {
      const auto left = life_->core->of_job(space + "/" + name, 100, 0);
      if (left && !left->empty()) finding("runs of the ended project are left: " + left->front().uid);
    }
  }
  const auto runs = co_await all_of("PipelineRun", "");
  check_starts(runs);
  std::set<std::string> uids;
  std::size_t few = 0;
  for (const auto& object : runs) {
    const auto uid = objects::meta_text(object, "uid"), name = objects::meta_text(object, "name");
    uids.insert(uid);
    few += objects::label(object, names::kPipelineLabel) == kFew ? 1 : 0;
    const auto phase = text_at(object, "status", "phase");
    if (text_at(object, "status", "completionTime").empty()) finding(name + " is " + phase + " for ever");
    const auto run = life_->core->find(uid);
    if (!run || !*run) {
      finding(name + " has no run");
      continue;
    }
    const auto& result = (*run)->result;
    const auto* wanted = result == "SUCCESS" || result == "UNSTABLE" ? "Succeeded"
                         : result == "FAILURE"                       ? "Failed"
                                                                     : "";
    if (*wanted != '\0' && phase != wanted) finding(name + " is " + phase + " and its run " + result);
    if (*wanted == '\0' && phase == "Succeeded") finding(name + " is " + phase + " and its run " + result);
    if (objects::annotation(object, names::kRunId) != std::to_string((*run)->number)) {
      finding(name + " says another number than " + std::to_string((*run)->number));
    }
    const auto map = co_await store.get(kind("ConfigMap"), objects::meta_text(object, "namespace"), name);
    if (!map || text_at(*map, "data", "status").find(result) == std::string::npos) {
      finding("the ConfigMap of " + name + " does not have its result");
    }
  }
  if (few > kKept + 2) finding(std::to_string(few) + " runs of a pipeline that keeps " + std::to_string(kKept));
  for (const auto& map : co_await all_of("ConfigMap", kSpace)) {
    const auto name = objects::meta_text(map, "name");
    const bool has_run =
        std::ranges::any_of(runs, [&](const auto& run) { return objects::meta_text(run, "name") == name; });
    if (!has_run) finding("the ConfigMap " + name + " has lost its run");
  }
  for (const auto& [place, asked] : asked_) {
    const auto space = place.substr(0, place.find('/'));
    const bool is_left = uids.contains(asked.uid);
    if (asked.is_deleted && is_left) finding(place + " is still there");
    if (asked.is_deleted || ended_projects_.contains(space) || asked.pipeline == kFew) continue;
    if (asked.is_made && !is_left) finding(place + " was acknowledged and is gone");
  }
  for (const auto& one : pipelines()) {
    const auto kept = life_->core->of_job(std::string(kSpace) + "/" + one.name, 10'000, 0);
    if (!kept) finding("the runs of " + one.name + " cannot be read");
    for (const auto& run : kept ? *kept : std::vector<runs::RunInfo>()) {
      if (!uids.contains(run.uid)) finding("the run " + run.name + " has lost its object");
    }
  }
  const auto timer = life_->core->of_job(std::string(kSpace) + "/" + kTimer, 10, 0);
  if (timer && !timer->empty()) finding("runs of the deleted timer are left");
}

void World::check_objects() {
  constexpr std::int64_t kEnough = 2;  ///< hours
  if (fired_ == 0 && options_.hours > kEnough) finding("the timer never fired");
  for (const auto& wish : wishes_) {
    if (!wish->is_done) finding("never done: " + wish->what);
  }
  for (const auto& failure : life_->objects->failures()) finding(failure.key.text() + ": " + failure.reason);
  auto* objects = life_->objects.get();
  auto is_done = std::make_shared<bool>(false);
  objects->spawn([this, objects, is_done]() -> asio::awaitable<void> {
    co_await look_at_objects(objects->store());
    *is_done = true;
  });
  const auto until = clock_.now() + kHour;
  while (!*is_done && clock_.now() < until) step(until);
  if (!*is_done) finding("the objects cannot be looked at");
}

}  // namespace windlass::simulation

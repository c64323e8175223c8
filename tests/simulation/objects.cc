#include "objects.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <utility>

#include "objects/metadata.h"
#include "store/migrate.h"

namespace windlass::simulation {

namespace asio = boost::asio;
using data::Value;
using objects::ApiTask;
using objects::Outcome;

namespace {

constexpr std::size_t kGarbagePart = 20, kWatchPart = 50;
constexpr std::int64_t kKeptChanges = 400;  ///< few, so that watches are too late now and then
constexpr int kTrimEvery = 50;
constexpr std::size_t kHistory = 10, kJobsAtOnce = 50;

class PlainSealer final : public objects::Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view) override { return std::string(plain); }
  Result<std::string> open(std::string_view sealed, std::string_view) override { return std::string(sealed); }
};

/// The embedded store without its threads: each call is a transaction of its own, a little later.
class SimulatedStore final : public objects::ObjectStore {
 public:
  SimulatedStore(asio::io_context& io, SimulatedTimers& timers, Calls& calls, std::mt19937_64& random,
                 store::Database database, objects::EmbeddedCore core, std::function<std::int64_t()> now)
      : io_(io),
        timers_(timers),
        calls_(calls),
        random_(random),
        database_(std::move(database)),
        core_(std::move(core)),
        now_(std::move(now)) {}

  ApiTask<Value> get(const objects::ResourceType& type, std::string space, std::string name) override {
    co_return co_await read<Value>([&type, space = std::move(space), name = std::move(name)](
                                       objects::EmbeddedCore& core) { return core.get(type, space, name); });
  }
  ApiTask<objects::ListResult> list(const objects::ResourceType& type, objects::ListOptions options) override {
    co_return co_await read<objects::ListResult>(
        [&type, options = std::move(options)](objects::EmbeddedCore& core) { return core.list(type, options); });
  }
  ApiTask<Value> create(const objects::ResourceType& type, std::string space, Value object, bool dry_run) override {
    co_return co_await write(type, [this, &type, space = std::move(space), object = std::move(object), dry_run] {
      return core_.create(type, space, object, moment(), dry_run);
    });
  }
  ApiTask<Value> update(const objects::ResourceType& type, std::string space, std::string name, Value object,
                        objects::Part part, bool dry_run) override {
    co_return co_await write(
        type, [this, &type, space = std::move(space), name = std::move(name), object = std::move(object), part,
               dry_run] { return core_.update(type, space, name, object, part, moment(), dry_run); });
  }
  ApiTask<Value> modify(const objects::ResourceType& type, std::string space, std::string name,
                        objects::Modifier modifier, objects::Part part, bool dry_run) override {
    co_return co_await write(
        type, [this, &type, space = std::move(space), name = std::move(name), modifier = std::move(modifier), part,
               dry_run] { return core_.modify(type, space, name, modifier, part, moment(), dry_run); });
  }
  ApiTask<Value> remove(const objects::ResourceType& type, std::string space, std::string name,
                        objects::DeleteOptions options) override {
    co_return co_await write(
        type, [this, &type, space = std::move(space), name = std::move(name), options = std::move(options)] {
          return core_.remove(type, space, name, options, moment());
        });
  }
  std::unique_ptr<objects::Watcher> watch(const objects::ResourceType& type, objects::WatchOptions options) override {
    return std::make_unique<SimulatedWatcher>(*this, type, std::move(options));
  }

  /// What a dead process left, too.
  void collect() {
    if (std::exchange(is_collecting_, true)) return;
    timers_.at(timers_.now() + std::chrono::milliseconds(random_() % 20), [this] {
      is_collecting_ = false;
      if (calls_.is_dead()) return;
      const auto more = in_transaction<bool>(store::Transaction::Kind::write,
                                             [this] { return core_.collect_garbage(kGarbagePart, moment()); });
      if (calls_.is_dead()) return;
      stir(nullptr);
      if (more && *more) collect();
    });
  }
  std::int64_t newest() {
    const auto version =
        in_transaction<std::int64_t>(store::Transaction::Kind::read, [this] { return core_.newest_version(); });
    return version ? *version : 0;
  }

 private:
  class SimulatedWatcher final : public objects::Watcher {
   public:
    SimulatedWatcher(SimulatedStore& store, const objects::ResourceType& type, objects::WatchOptions options)
        : store_(store),
          type_(type),
          options_(std::move(options)),
          position_(options_.from),
          changed_(store.io_, store.timers_) {
      place_ = store_.watchers_.insert(store_.watchers_.end(), this);
    }
    ~SimulatedWatcher() override { store_.watchers_.erase(place_); }

    ApiTask<std::vector<objects::WatchEvent>> next(std::chrono::steady_clock::time_point deadline) override {
      for (;;) {
        if (std::exchange(is_woken_, false)) co_return std::vector<objects::WatchEvent>();
        is_stirred_ = false;
        using Changes = std::pair<std::int64_t, std::vector<objects::Change>>;
        auto part = co_await store_.read<Changes>([this](objects::EmbeddedCore& core) -> Outcome<Changes> {
          auto newest = core.newest_version();
          if (!newest) return std::unexpected(std::move(newest).error());
          auto changes = core.changes(type_, options_.namespace_, position_, kWatchPart);
          if (!changes) return std::unexpected(std::move(changes).error());
          const auto to = changes->size() == kWatchPart ? changes->back().version : *newest;
          return Changes{to, std::move(*changes)};
        });
        if (!part) co_return std::unexpected(std::move(part).error());
        position_ = std::max(position_, part->first);
        std::vector<objects::WatchEvent> events;
        for (auto& change : part->second) {
          if (!options_.labels.matches(objects::metadata_of(change.object).find("labels")) ||
              !options_.fields.matches(change.object)) {
            continue;
          }
          using Kind = objects::WatchEvent::Kind;
          const auto was = change.kind;
          events.push_back({was == objects::Change::Kind::added      ? Kind::added
                            : was == objects::Change::Kind::modified ? Kind::modified
                                                                     : Kind::deleted,
                            change.version, std::move(change.object)});
        }
        if (!events.empty() || store_.timers_.now() >= deadline) co_return events;
        if (is_stirred_ || is_woken_) continue;
        (void)co_await changed_.wait(deadline);
      }
    }
    [[nodiscard]] std::int64_t position() const override { return position_; }
    void wake() override {
      is_woken_ = true;
      changed_.notify();
    }
    void stir(const objects::ResourceType* type) {
      if (type != nullptr && type != &type_) return;
      is_stirred_ = true;
      changed_.notify();
    }

   private:
    SimulatedStore& store_;
    std::list<SimulatedWatcher*>::iterator place_;
    const objects::ResourceType& type_;
    objects::WatchOptions options_;
    std::int64_t position_;
    rt::Signal changed_;
    bool is_woken_ = false, is_stirred_ = false;
  };

  template <class T>
  static Outcome<T> dead() {
    return objects::unavailable("the process is dead");
  }
  objects::Moment moment() {
    return {now_(), [this] { return random_(); }};
  }
  template <class T, class Work>
  Outcome<T> in_transaction(store::Transaction::Kind kind, Work work) {
    auto transaction = store::Transaction::begin(database_, kind);
    if (!transaction) return objects::unavailable(transaction.error().message);
    Outcome<T> out = work();
    if (kind == store::Transaction::Kind::read) return out;
    if (!out) return out;  // rolled back
    if (auto done = transaction->commit(); !done) return objects::unavailable(done.error().message);
    return out;
  }
  template <class T, class Work>
  ApiTask<T> read(Work work) {
    return calls_.ask<Outcome<T>>(
        [this, work = std::move(work)](auto answer) {
          answer(in_transaction<T>(store::Transaction::Kind::read, [&] { return work(core_); }));
        },
        dead<T>());
  }
  template <class Work>
  ApiTask<Value> write(const objects::ResourceType& type, Work work) {
    return calls_.ask<Outcome<Value>>(
        [this, &type, work = std::move(work)](auto answer) {
          auto out = in_transaction<Value>(store::Transaction::Kind::write, work);
          if (calls_.is_dead()) return;
          if (++writes_ % kTrimEvery == 0) {
            (void)in_transaction<bool>(store::Transaction::Kind::write, [this]() -> Outcome<bool> {
              auto trimmed = core_.trim_changes(kKeptChanges);
              if (!trimmed) return std::unexpected(std::move(trimmed).error());
              return true;
            });
            if (calls_.is_dead()) return;
          }
          const bool is_done = out.has_value();
          answer(std::move(out));
          if (!is_done) return;
          stir(&type);
          collect();
        },
        dead<Value>());
  }
  /// Those that watch this kind; null: any.
  void stir(const objects::ResourceType* type) {
    for (auto* watcher : watchers_) watcher->stir(type);
  }

  asio::io_context& io_;
  SimulatedTimers& timers_;
  Calls& calls_;
  std::mt19937_64& random_;
  store::Database database_;
  objects::EmbeddedCore core_;
  std::function<std::int64_t()> now_;
  std::list<SimulatedWatcher*> watchers_;
  std::uint64_t writes_ = 0;
  bool is_collecting_ = false;
};

/// The runs, asked as the server asks its engine: on another thread, a little later.
class CoreRuns final : public controllers::RunPort {
 public:
  CoreRuns(Calls& calls, runs::RunCore& core) : calls_(calls), core_(core) {}
  rt::Task<runs::Acceptance> accept(runs::RunRequest request) override {
    return calls_.ask<Result<runs::Acceptance>>(
        [this, request = std::move(request)](auto answer) { core_.accept_soon(request, answer); },
        dead<runs::Acceptance>());
  }
  rt::Task<std::optional<runs::RunInfo>> find(std::string uid) override {
    using Found = std::optional<runs::RunInfo>;
    return calls_.ask<Result<Found>>([this, uid = std::move(uid)](auto answer) { answer(core_.find(uid)); },
                                     dead<Found>());
  }
  rt::Task<runs::FlowNodes> nodes(std::string uid) override {
    using Nodes = runs::FlowNodes;
    return calls_.ask<Result<Nodes>>(
        [this, uid = std::move(uid)](auto answer) { answer(core_.nodes(uid).value_or(Nodes())); }, dead<Nodes>());
  }
  rt::Task<> stop(std::string uid, std::string user, runs::Stop how) override {
    return calls_.ask<Result<>>(
        [this, uid = std::move(uid), user = std::move(user), how](auto answer) { core_.stop(uid, user, how, answer); },
        dead<void>());
  }
  rt::Task<> pause(std::string uid, std::string user) override {
    return calls_.ask<Result<>>(
        [this, uid = std::move(uid), user = std::move(user)](auto answer) { core_.pause(uid, user, answer); },
        dead<void>());
  }
  rt::Task<> resume(std::string uid, std::string user) override {
    return calls_.ask<Result<>>(
        [this, uid = std::move(uid), user = std::move(user)](auto answer) { core_.resume(uid, user, answer); },
        dead<void>());
  }
  rt::Task<> remove(std::string uid) override {
    return calls_.ask<Result<>>([this, uid = std::move(uid)](auto answer) { answer(core_.remove(uid)); }, dead<void>());
  }
  rt::Task<> refuse_order(std::string ref, std::string why) override {
    return calls_.ask<Result<>>(
        [this, ref = std::move(ref), why = std::move(why)](auto answer) { answer(core_.refuse_order(ref, why)); },
        dead<void>());
  }
  rt::Task<> set_limits(std::string project, runs::ProjectLimits limits) override {
    return calls_.ask<Result<>>(
        [this, project = std::move(project), limits](auto answer) { answer(core_.set_limits(project, limits)); },
        dead<void>());
  }
  rt::Task<controllers::KeptFacts> kept_facts(std::string) override { co_return controllers::KeptFacts(); }

 private:
  template <class T>
  static Result<T> dead() {
    return fail(ErrorKind::cancelled, "the process is dead");
  }
  Calls& calls_;
  runs::RunCore& core_;
};

}  // namespace

const objects::ResourceType& kind(std::string_view name) {
  const auto& all = objects::resource_types();
  return *std::ranges::find(all, name, [](const auto& one) { return std::string_view(one.kind); });
}

// ---- the loop

rt::Timers::Id SimulatedTimers::at(Moment when, std::function<void()> call) {
  const Id id = next_++;
  if (when == Moment::max()) return id;
  const auto millis = std::chrono::ceil<std::chrono::milliseconds>(when.time_since_epoch()).count();
  const auto place = clock_.at(std::max(millis, clock_.now()), [this, id, alive = alive_] {
    if (!*alive) return;
    auto due = planned_.extract(id);
    if (!due.empty()) due.mapped().second();
  });
  planned_.emplace(id, std::pair(place, std::move(call)));
  return id;
}

void SimulatedTimers::cancel(Id id) {
  auto found = planned_.extract(id);
  if (!found.empty()) clock_.forget(found.mapped().first);
}

void Calls::fail_all() {
  while (!pending_.empty()) {
    const auto end = pending_.begin()->second;
    end();
  }
}

// ---- a life

struct ObjectLife::Impl {
  Impl(asio::io_context& io, SimulatedTimers& timers_, Calls& calls_, Options options_)
      : io(io), timers(timers_), calls(calls_), options(std::move(options_)) {}

  controllers::EventRecorder recorder(std::string name) {
    return controllers::EventRecorder(*store, std::move(name), options.now_millis, options.log);
  }
  controllers::ControllerOptions named(std::string name) {
    controllers::ControllerOptions out;
    out.name = std::move(name);
    out.log = options.log;
    out.timers = &timers;
    return out;
  }

  /// The reconcilers that the server has, but for those that convert scripts and look at Secrets (a thread, a cluster).
  struct Plane {
    Plane(Impl& life, runs::RunCore& core)
        : port(life.calls, core),
          events(life.recorder("simulation")),
          project_rules(*life.store, events, life.options.now_millis, [](const auto&) { return Result<>(); }),
          pipeline_rules(*life.store, events, life.history, life.facts, life.options.now_millis),
          run_rules(*life.store, port, life.facts, events, life.options.now_millis),
          timer_rules(*life.store, life.facts, events, life.options.now_millis),
          retention_rules(*life.store, life.facts, events, life.options.now_millis),
          limit_rules(*life.store, port, events),
          projects(life.io, *life.store, kind("DevOpsProject"), project_rules, life.named("project")),
          pipelines(life.io, *life.store, kind("Pipeline"), pipeline_rules, life.named("pipeline")),
          runs(life.io, *life.store, kind("PipelineRun"), run_rules, of_runs(life)),
          timers(life.io, *life.store, kind("Pipeline"), timer_rules, life.named("timer")),
          retention(life.io, *life.store, kind("Pipeline"), retention_rules, life.named("retention")),
          limits(life.io, *life.store, kind("DevOpsProject"), limit_rules, life.named("limits")) {
      retention.also(kind("PipelineRun"), controllers::RetentionReconciler::pipeline_of_ended_run, true);
      projects.also(kind("Namespace"), controllers::ProjectReconciler::project_of_namespace);
    }
    static controllers::ControllerOptions of_runs(Impl& life) {
      auto out = life.named("pipelinerun");
      out.parallel = 32;
      out.wanted = controllers::PipelineRunReconciler::concerns;
      return out;
    }
    [[nodiscard]] std::vector<controllers::Controller*> all() {
      return {&projects, &pipelines, &runs, &timers, &retention, &limits};
    }

    CoreRuns port;
    controllers::EventRecorder events;
    controllers::ProjectReconciler project_rules;
    controllers::PipelineReconciler pipeline_rules;
    controllers::PipelineRunReconciler run_rules;
    controllers::TimerReconciler timer_rules;
    controllers::RetentionReconciler retention_rules;
    controllers::ProjectLimitsReconciler limit_rules;
    controllers::Controller projects, pipelines, runs, timers, retention, limits;
  };

  asio::io_context& io;
  SimulatedTimers& timers;
  Calls& calls;
  Options options;
  PlainSealer sealer;
  std::unique_ptr<SimulatedStore> store;
  controllers::RunHistory history;
  controllers::JobFacts facts;
  std::unique_ptr<Plane> plane;
  std::unique_ptr<controllers::ObjectFeed> feed;
};

ObjectLife::ObjectLife(Clock& clock, std::mt19937_64& random, Options options)
    : timers_(clock),
      calls_(io_, timers_, random),
      impl_(std::make_unique<Impl>(io_, timers_, calls_, std::move(options))) {}

ObjectLife::~ObjectLife() = default;

Result<std::unique_ptr<ObjectLife>> ObjectLife::begin(Clock& clock, std::mt19937_64& random, Options options) {
  std::unique_ptr<ObjectLife> life(new ObjectLife(clock, random, std::move(options)));
  auto& impl = *life->impl_;
  const store::Database::Options full{.vfs = impl.options.disk->vfs()};
  auto database =
      WL_TRY(store::open_or_make(impl.options.path, objects::EmbeddedCore::schema(), full, impl.options.disk.get()));
  auto core = WL_TRY(objects::EmbeddedCore::open(database, impl.sealer));
  impl.store = std::make_unique<SimulatedStore>(life->io_, life->timers_, life->calls_, random, std::move(database),
                                                std::move(core), impl.options.now_millis);
  return life;
}

void ObjectLife::start(runs::RunCore& core) {
  for (const auto& [job, properties] : core.properties()) impl_->facts.set(job, properties);
  for (std::string after;;) {
    auto latest = core.latest_of_jobs(kHistory, after, kJobsAtOnce);
    if (!latest) break;
    for (const auto& run : latest->runs) impl_->history.note(run);
    if (latest->last.empty()) break;
    after = std::move(latest->last);
  }
  impl_->plane = std::make_unique<Impl::Plane>(*impl_, core);
  controllers::ObjectFeed::Options options;
  options.timers = &timers_;
  impl_->feed = std::make_unique<controllers::ObjectFeed>(io_, *impl_->store, kind("PipelineRun"), std::move(options),
                                                          [this](const objects::WatchEvent& event) {
                                                            if (!calls_.is_dead()) impl_->options.seen(event);
                                                          });
  impl_->feed->start();
  for (auto* controller : impl_->plane->all()) controller->start();
  impl_->store->collect();
}

void ObjectLife::run_changed(const runs::RunInfo& run) {
  if (!impl_->plane) return;
  const bool visible = impl_->history.note(run);
  const auto key = controllers::PipelineRunReconciler::key_of(run);
  if (visible) {
    impl_->plane->runs.enqueue(key);
    impl_->plane->pipelines.enqueue(controllers::RunHistory::pipeline_of(run));
  } else {
    impl_->plane->runs.enqueue_after(key, std::chrono::seconds(1));
  }
}

void ObjectLife::properties_changed(const std::string& job, const runs::JobProperties& properties) {
  impl_->facts.set(job, properties);
  const auto slash = job.find('/');
  if (!impl_->plane || slash == std::string::npos) return;
  const controllers::Key key{job.substr(0, slash), job.substr(slash + 1)};
  impl_->plane->pipelines.enqueue(key);
  impl_->plane->timers.enqueue(key);
  impl_->plane->retention.enqueue(key);
}

void ObjectLife::turn() {
  io_.restart();
  while (!calls_.is_dead() && io_.poll_one() > 0) {
  }
}

void ObjectLife::die() { calls_.die(); }

bool ObjectLife::end() {
  calls_.die();
  if (impl_->plane) {
    for (auto* controller : impl_->plane->all()) controller->stop();
    impl_->feed->stop();
  }
  for (int i = 0; i < 1000; ++i) {
    calls_.fail_all();
    io_.restart();
    while (io_.poll() > 0) io_.restart();
    if (io_.stopped()) break;
  }
  io_.restart();
  io_.poll();
  return io_.stopped();
}

objects::ObjectStore& ObjectLife::store() { return *impl_->store; }

void ObjectLife::spawn(std::function<asio::awaitable<void>()> work) {
  asio::co_spawn(io_, std::move(work), asio::detached);
}

std::int64_t ObjectLife::newest_version() { return impl_->store->newest(); }

std::vector<controllers::Failure> ObjectLife::failures() const {
  std::vector<controllers::Failure> out;
  if (!impl_->plane) return out;
  for (const auto* controller : impl_->plane->all()) {
    for (auto& one : controller->failures()) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace windlass::simulation

#include "runs/run_service.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>
#include <thread>

#include "data/binary.h"
#include "engine/stored_run.h"
#include "runs/fenced_reactor.h"
#include "runs/run_core.h"
#include "runs/run_record.h"
#include "runs/run_restart.h"

namespace windlass::runs {

namespace asio = boost::asio;
using data::Value;

namespace {

constexpr std::size_t kPoolThreads = 16;  ///< blocking effects of all runs at once
constexpr std::size_t kOpenReaders = 16;  ///< journals that stay open for reading
constexpr std::size_t kMostKept = 4096;   ///< runs about which answers are kept
constexpr std::size_t kMostLogPart = 4u << 20;

}  // namespace

struct RunService::Impl {
  Impl(asio::io_context& io_, RunServiceOptions options_) : io(io_), options(std::move(options_)) {}

  asio::io_context& io;
  RunServiceOptions options;
  engine::SystemReactor reactor{kPoolThreads};
  std::optional<FencedReactor> fenced;  ///< in front of it, where another process may take over
  std::unique_ptr<RunCore> core;
  std::thread thread;
  asio::thread_pool reading{1};
  std::unique_ptr<journal::StateFolder> reading_state;  ///< the reading thread's
  struct OpenReader {
    std::string id;
    std::unique_ptr<journal::RunReader> reader;
  };
  std::list<OpenReader> readers;  ///< the reading thread's; newest first
  /// What looks at all of a run, however long that is: from the first such look on. Nobody waits for it but those who
  /// asked for another.
  std::optional<asio::thread_pool> apart;
  std::unique_ptr<journal::StateFolder> apart_state;  ///< that thread's
  std::function<void(const RunInfo&, const RunDelta&)> changed = [](const RunInfo&, const RunDelta&) {};
  std::function<void(const std::vector<engine::SharedResources::NodeLoad>&)> load_changed = [](const auto&) {};
  std::function<void(const std::string&, const JobProperties&)> properties_changed = [](const auto&, const auto&) {};
  std::map<std::string, JobProperties> stored_properties;  ///< when it started
  struct Waiter {
    asio::steady_timer timer;
    bool told = false;
  };
  std::unordered_multimap<std::string, Waiter*> waiters;
  std::unordered_map<std::string, std::shared_ptr<bool>> kept;  ///< by uid: answers about it hold
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  /// Runs `work` on the engine's thread and continues on the reactor with what it gives.
  template <class T, class Work>
  rt::Task<T> ask(Work work) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          reactor.post([this, shared, inner = std::move(inner)]() mutable {
            Result<T> out = inner(*core);
            asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          });
        },
        asio::use_awaitable, std::move(work));
  }

  /// The same where `work` gets the core and a function that it is to tell its value, then or later.
  template <class T, class Work>
  rt::Task<T> ask_for(Work work) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          reactor.post([this, shared, inner = std::move(inner)]() mutable {
            inner(*core, std::function<void(Result<T>)>([this, shared](Result<T> out) {
              asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
            }));
          });
        },
        asio::use_awaitable, std::move(work));
  }

  /// The same on the reading thread.
  template <class T, class Work>
  rt::Task<T> read(std::string id, Work work) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
        [this](auto handler, std::string run, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          asio::post(reading, [this, shared, run = std::move(run), inner = std::move(inner)]() mutable {
            Result<T> out = [&]() -> Result<T> { return inner(*WL_TRY(reader_of(run))); }();
            asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          });
        },
        asio::use_awaitable, std::move(id), std::move(work));
  }

  /// The same of a run that has begun; `none` while its journal is not there yet, which comes a moment later.
  template <class T, class Work>
  rt::Task<T> read(const RunInfo& info, T none, Work work) {
    const bool ended = info.phase == Phase::ended;
    auto out = co_await read<T>(info.job + "#" + std::to_string(info.number), std::move(work));
    if (!out && out.error().kind == ErrorKind::not_found && !ended) co_return none;
    co_return out;
  }

  /// `work` gets a folder of its own, on the thread for long looks.
  template <class T, class Work>
  rt::Task<T> look_apart(Work work) {
    if (!apart) apart.emplace(1);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          asio::post(*apart, [this, shared, inner = std::move(inner), late = core->late_runs()]() mutable {
            Result<T> out = [&]() -> Result<T> {
              if (!apart_state) {
                apart_state = WL_TRY(journal::StateFolder::open(options.folder + "/state"));
                apart_state->share_late_runs(late);
              }
              return inner(*apart_state);
            }();
            asio::post(io, [shared, out = std::move(out)]() mutable { (*shared)(std::move(out)); });
          });
        },
        asio::use_awaitable, std::move(work));
  }

  Result<journal::RunReader*> reader_of(const std::string& id) {
    for (auto it = readers.begin(); it != readers.end(); ++it) {
      if (it->id != id) continue;
      readers.splice(readers.begin(), readers, it);
      return readers.front().reader.get();
    }
    auto known = WL_TRY(reading_state->find(id));
    readers.push_front({id, WL_TRY(reading_state->read_run(known))});
    if (readers.size() > kOpenReaders) readers.pop_back();
    return readers.front().reader.get();
  }

  void forget_reader(const std::string& id) {
    asio::post(reading, [this, id] { readers.remove_if([&](const auto& open) { return open.id == id; }); });
  }

  void outdate(const std::string& uid) {
    const auto found = kept.find(uid);
    if (found == kept.end()) return;
    *found->second = false;
    kept.erase(found);
  }

  void wake(const std::string& uid) {
    auto [begin, end] = waiters.equal_range(uid);
    for (auto it = begin; it != end; ++it) {
      it->second->told = true;
      it->second->timer.cancel();
    }
  }

  void tell(const RunInfo& info, const RunDelta& delta) {
    outdate(info.uid);
    // Its end has wiped its secrets: who looked before knows a header with them.
    if (info.phase == Phase::ended) forget_reader(info.job + "#" + std::to_string(info.number));
    wake(info.uid);
    changed(info, delta);
  }

  /// "JOB#NUMBER" of a run that has a journal.
  rt::Task<std::optional<RunInfo>> begun(std::string uid) {
    auto info =
        WL_CO_TRY(co_await ask<std::optional<RunInfo>>([uid](RunCore& runs) { return runs.find_to_read(uid); }));
    if (!info) co_return fail(ErrorKind::not_found, "there is no such run");
    if (info->started_millis == 0) co_return std::optional<RunInfo>();
    co_return info;
  }

  /// Starts a coroutine on the server's reactor for whoever waits on the engine's.
  template <class T, class Start>
  void from_reactor(Start start, std::function<void(Result<T>)> done) {
    asio::post(io, [this, start = std::move(start), done = std::move(done)]() mutable {
      asio::co_spawn(
          io,
          [start = std::move(start), done = std::move(done)]() mutable -> asio::awaitable<void> {
            done(co_await start());
          },
          asio::detached);
    });
  }

  void ask_credentials(const std::string& project, std::function<void(Result<Value>)> done) {
    from_reactor<Value>([this, project] { return options.credentials(project); }, std::move(done));
  }
};

RunService::RunService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<RunService>> RunService::start(asio::io_context& io, RunServiceOptions options,
                                                      std::shared_ptr<const journal::KeyRing> key) {
  auto impl = std::make_unique<Impl>(io, std::move(options));
  auto* raw = impl.get();
  RunCoreOptions core;
  core.folder = raw->options.folder;
  core.agent_binary = raw->options.agent_binary;
  core.executors = raw->options.executors;
  core.labels = raw->options.labels;
  core.most_log_bytes = raw->options.most_log_bytes;
  core.most_project_bytes = raw->options.most_project_bytes;
  core.remote_nodes = raw->options.remote_nodes;
  if (raw->options.settings) core.settings = *raw->options.settings;
  core.throttle = raw->options.throttle;
  core.park_after_millis = raw->options.park_after_millis;
  core.most_waiting_here = raw->options.most_waiting_here;
  core.memory_is_short = raw->options.memory_is_short;
  core.fault = raw->options.fault;
  core.now_millis = raw->options.now_millis;
  core.random = raw->options.random;
  core.log = raw->options.log;
  core.credentials = [raw](const std::string& project, std::function<void(Result<Value>)> done) {
    raw->ask_credentials(project, std::move(done));
  };
  if (raw->options.claim) {
    core.claim = [raw](const RunInfo& run, std::function<void(Result<>)> done) {
      raw->from_reactor<void>([raw, run] { return raw->options.claim(run); }, std::move(done));
    };
  }
  core.find_pipeline = [raw](const std::string& from, const std::string& name, auto done) {
    raw->from_reactor<std::optional<engine::DownstreamJob>>(
        [raw, from, name] { return raw->options.find_pipeline(from, name); }, std::move(done));
  };
  core.make_run = [raw](const RunOrder& order, auto done) {
    raw->from_reactor<void>([raw, order] { return raw->options.make_run(order); }, std::move(done));
  };
  core.properties_changed = [raw, alive = raw->alive](const std::string& job, const JobProperties& properties) {
    asio::post(raw->io, [raw, alive, job, properties] {
      if (*alive) raw->properties_changed(job, properties);
    });
  };
  core.changed = [raw, alive = raw->alive](const RunInfo& info, RunDelta delta) {
    asio::post(raw->io, [raw, alive, info, delta = std::move(delta)] {
      if (*alive) raw->tell(info, delta);
    });
  };
  core.load_changed = [raw, alive = raw->alive](const std::vector<engine::SharedResources::NodeLoad>& load) {
    asio::post(raw->io, [raw, alive, load] {
      if (*alive) raw->load_changed(load);
    });
  };
  engine::Reactor* loop = &raw->reactor;
  if (raw->options.fence) loop = &raw->fenced.emplace(raw->reactor, raw->options.fence);
  raw->core = WL_TRY(RunCore::open(*loop, std::move(core), std::move(key)));
  raw->reading_state = WL_TRY(journal::StateFolder::open(raw->options.folder + "/state"));
  raw->reading_state->share_late_runs(raw->core->late_runs());
  raw->stored_properties = raw->core->properties();
  WL_CHECK_OK(raw->core->recover());
  raw->thread = std::thread([raw] { raw->reactor.run(); });
  return std::unique_ptr<RunService>(new RunService(std::move(impl)));
}

RunService::~RunService() {
  *impl_->alive = false;
  impl_->reactor.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->reactor.end_pool();
  impl_->core.reset();
  impl_->reading.join();
  if (impl_->apart) impl_->apart->join();
}

void RunService::on_change(std::function<void(const RunInfo&, const RunDelta&)> changed) {
  impl_->changed = std::move(changed);
}
void RunService::on_load(std::function<void(const std::vector<engine::SharedResources::NodeLoad>&)> changed) {
  impl_->load_changed = std::move(changed);
}

const std::map<std::string, JobProperties>& RunService::stored_properties() const { return impl_->stored_properties; }

void RunService::on_properties(std::function<void(const std::string&, const JobProperties&)> changed) {
  impl_->properties_changed = std::move(changed);
}

rt::Task<> RunService::set_limits(std::string project, ProjectLimits limits) {
  return impl_->ask<void>(
      [project = std::move(project), limits](RunCore& runs) { return runs.set_limits(project, limits); });
}

rt::Task<Acceptance> RunService::accept(RunRequest request) {
  const auto uid = request.uid;
  auto out = co_await impl_->ask_for<Acceptance>([request = std::move(request)](RunCore& runs, auto done) mutable {
    runs.accept_soon(std::move(request), std::move(done));
  });
  if (out && *out) impl_->wake(uid);
  co_return out;
}

rt::Task<std::optional<RunInfo>> RunService::find_accepted(std::string uid,
                                                           std::chrono::steady_clock::time_point deadline) {
  Impl::Waiter waiter{asio::steady_timer(impl_->io, deadline)};
  const auto place = impl_->waiters.emplace(uid, &waiter);
  auto info = co_await find(uid);
  if (info && !*info) {
    // Accepted while it was looked for: then there is nothing to wait for.
    if (!waiter.told) co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    info = co_await find(uid);
  }
  impl_->waiters.erase(place);
  co_return info;
}

rt::Task<std::optional<RunInfo>> RunService::find(std::string uid) {
  return impl_->ask<std::optional<RunInfo>>([uid = std::move(uid)](RunCore& runs) { return runs.find(uid); });
}

rt::Task<std::optional<RunInfo>> RunService::find(std::string job, std::uint64_t number) {
  return impl_->ask<std::optional<RunInfo>>(
      [job = std::move(job), number](RunCore& runs) { return runs.find(job, number); });
}

rt::Task<std::vector<RunInfo>> RunService::of_job(std::string job, std::size_t limit, std::uint64_t before) {
  return impl_->ask<std::vector<RunInfo>>(
      [job = std::move(job), limit, before](RunCore& runs) { return runs.of_job(job, limit, before); });
}

rt::Task<LatestRuns> RunService::latest_of_jobs(std::size_t each, std::string after, std::size_t most) {
  return impl_->ask<LatestRuns>(
      [each, after = std::move(after), most](RunCore& runs) { return runs.latest_of_jobs(each, after, most); });
}

rt::Task<ProjectStorage> RunService::storage(std::string project) {
  return impl_->ask<ProjectStorage>(
      [project = std::move(project)](RunCore& runs) -> Result<ProjectStorage> { return runs.storage(project); });
}

rt::Task<std::map<std::string, ProjectStorage>> RunService::storage_of_all() {
  using All = std::map<std::string, ProjectStorage>;
  return impl_->ask<All>([](RunCore& runs) -> Result<All> { return runs.storage_of_all(); });
}

rt::Task<Load> RunService::load() {
  return impl_->ask<Load>([](RunCore& runs) -> Result<Load> { return runs.load(); });
}

rt::Task<> RunService::stop(std::string uid, std::string user, Stop how) {
  return impl_->ask_for<void>([uid = std::move(uid), user = std::move(user), how](RunCore& runs, RunCore::Done done) {
    runs.stop(uid, user, how, std::move(done));
  });
}

rt::Task<> RunService::pause(std::string uid, std::string user) {
  return impl_->ask_for<void>([uid = std::move(uid), user = std::move(user)](RunCore& runs, RunCore::Done done) {
    runs.pause(uid, user, std::move(done));
  });
}

rt::Task<> RunService::resume(std::string uid, std::string user) {
  return impl_->ask_for<void>([uid = std::move(uid), user = std::move(user)](RunCore& runs, RunCore::Done done) {
    runs.resume(uid, user, std::move(done));
  });
}

rt::Task<> RunService::answer(std::string uid, Answer answer) {
  return impl_->ask_for<void>([uid = std::move(uid), answer = std::move(answer)](RunCore& runs, RunCore::Done done) {
    runs.answer(uid, answer, std::move(done));
  });
}

rt::Task<> RunService::refuse_order(std::string ref, std::string why) {
  return impl_->ask<void>(
      [ref = std::move(ref), why = std::move(why)](RunCore& runs) { return runs.refuse_order(ref, why); });
}

rt::Task<std::vector<RestartChoice>> RunService::restart_choices(std::string job, std::uint64_t number) {
  return impl_->look_apart<std::vector<RestartChoice>>([job = std::move(job), number](journal::StateFolder& state) {
    return runs::restart_choices(state, job, number);
  });
}

rt::Task<RestartPreview> RunService::preview_restart(std::string job, std::uint64_t number, std::uint64_t node,
                                                     std::string user) {
  return impl_->look_apart<RestartPreview>(
      [job = std::move(job), number, node, user = std::move(user)](journal::StateFolder& state) {
        return runs::preview_restart(state, job, number, node, user);
      });
}

rt::Task<> RunService::check_restart_stage(std::string job, std::uint64_t number, std::string stage) {
  return impl_->look_apart<void>([job = std::move(job), number, stage = std::move(stage)](journal::StateFolder& state) {
    return runs::check_restart_stage(state, job, number, stage);
  });
}

std::shared_ptr<const bool> RunService::unchanged(const std::string& uid) {
  // Bounded: when there are too many, all answers that are kept are made anew.
  if (impl_->kept.size() >= kMostKept) {
    for (auto& [id, holds] : impl_->kept) *holds = false;
    impl_->kept.clear();
  }
  auto& holds = impl_->kept[uid];
  if (!holds) holds = std::make_shared<bool>(true);
  return holds;
}

void RunService::release_memory() {
  impl_->reactor.post([raw = impl_.get()] { raw->core->release_memory(); });
  asio::post(impl_->reading, [raw = impl_.get()] { raw->readers.clear(); });
}

rt::Task<> RunService::set_executors(int count) {
  return impl_->ask<void>([count](RunCore& runs) {
    runs.set_executors(count);
    return Result<>();
  });
}

rt::Task<> RunService::set_settings(std::shared_ptr<const RunSettings> settings) {
  return impl_->ask<void>([settings = std::move(settings)](RunCore& runs) {
    runs.set_settings(*settings);
    return Result<>();
  });
}

rt::Task<> RunService::set_throttle(std::map<std::string, std::int64_t> limits) {
  return impl_->ask<void>([limits = std::move(limits)](RunCore& runs) {
    runs.set_throttle(limits);
    return Result<>();
  });
}

rt::Task<> RunService::begin_state_rotation() {
  return impl_->ask_for<void>([](RunCore& runs, RunCore::Done done) { runs.begin_state_rotation(std::move(done)); });
}

rt::Task<> RunService::renew_state_keys() {
  return impl_->ask<void>([](RunCore& runs) { return runs.renew_state_keys(); });
}

rt::Task<> RunService::seal_anew() {
  return impl_->ask<void>([](RunCore& runs) { return runs.seal_anew(); });
}

rt::Task<std::shared_ptr<void>> RunService::freeze(std::function<Result<>(const std::vector<FrozenRun>&)> look) {
  using Held = std::shared_ptr<void>;
  co_return co_await impl_->ask<Held>(
      [look = std::move(look), raw = impl_.get(), alive = impl_->alive](RunCore& runs) -> Result<Held> {
        const auto going_on = WL_TRY(runs.frozen());
        WL_CHECK_OK(look(going_on));
        runs.hold_deletions(1);
        return Held(nullptr, [raw, alive](void*) {
          // The last holder may outlive the service; it goes on the server's reactor, as the service does.
          if (*alive) raw->reactor.post([raw] { raw->core->hold_deletions(-1); });
        });
      });
}

rt::Task<> RunService::remove(std::string uid) {
  const auto info = WL_CO_TRY(co_await find(uid));
  if (!info) co_return Result<>();
  impl_->outdate(uid);
  impl_->forget_reader(info->job + "#" + std::to_string(info->number));
  co_return co_await impl_->ask<void>([uid](RunCore& runs) { return runs.remove(uid); });
}

rt::Task<FlowNodes> RunService::nodes(std::string uid) {
  auto live = WL_CO_TRY(co_await impl_->ask<std::optional<FlowNodes>>(
      [uid](RunCore& runs) -> Result<std::optional<FlowNodes>> { return runs.nodes(uid); }));
  if (live) co_return std::move(*live);
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return FlowNodes();
  co_return co_await impl_->read<FlowNodes>(*info, FlowNodes(), [](journal::RunReader& run) -> Result<FlowNodes> {
    FlowNodeBook out;
    for (const auto& node : WL_TRY(run.nodes())) out.put(engine::flow_node_from(node));
    return out.look();
  });
}

rt::Task<KeptFacts> RunService::kept_facts(std::string uid) {
  auto known = WL_CO_TRY(co_await impl_->ask<std::optional<KeptFacts>>(
      [uid](RunCore& runs) -> Result<std::optional<KeptFacts>> { return runs.kept_facts(uid); }));
  if (known) co_return std::move(*known);
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return KeptFacts();
  co_return co_await impl_->read<KeptFacts>(*info, KeptFacts(), [](journal::RunReader& run) -> Result<KeptFacts> {
    return KeptFacts{.agents = WL_TRY(read_agents(run)), .keep_log = WL_TRY(read_keep_log(run))};
  });
}

rt::Task<LogPart> RunService::log(std::string uid, std::uint64_t offset, std::size_t max_bytes) {
  max_bytes = std::min(max_bytes, kMostLogPart);
  // One turn of the engine's loop for both.
  using Found = std::pair<std::optional<LogPart>, std::optional<RunInfo>>;
  const auto [part, info] = WL_CO_TRY(co_await impl_->ask<Found>([=](RunCore& runs) -> Result<Found> {
    if (auto text = runs.short_log(uid, offset, max_bytes)) return Found(std::move(text), std::nullopt);
    return Found(std::nullopt, WL_TRY(runs.find_to_read(uid)));
  }));
  if (part) co_return *part;
  if (!info) co_return fail(ErrorKind::not_found, "there is no such run");
  if (info->started_millis == 0) co_return LogPart{.more = true};
  const bool ended = info->phase == Phase::ended;
  co_return co_await impl_->read<LogPart>(*info, LogPart{.more = true},
                                          [=](journal::RunReader& run) -> Result<LogPart> {
                                            LogPart out;
                                            out.text = WL_TRY(run.read_log(offset, max_bytes));
                                            out.next = offset + out.text.size();
                                            out.total = WL_TRY(run.log_size());
                                            out.more = !ended || out.next < out.total;
                                            return out;
                                          });
}

rt::Task<LogPart> RunService::log_of(std::string uid, std::vector<std::uint64_t> nodes, std::uint64_t offset,
                                     std::size_t max_bytes) {
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return LogPart{.more = true};
  const bool ended = info->phase == Phase::ended;
  max_bytes = std::min(max_bytes, kMostLogPart);
  co_return co_await impl_->read<LogPart>(
      *info, LogPart{.more = true},
      [nodes = std::move(nodes), offset, max_bytes, ended](journal::RunReader& run) -> Result<LogPart> {
        auto part = WL_TRY(run.read_node_log(nodes, offset, max_bytes));
        LogPart out;
        out.text = std::move(part.text);
        out.next = offset + out.text.size();
        out.total = part.total;
        out.more = !ended || out.next < out.total;
        return out;
      });
}

rt::Task<Lines> RunService::log_lines(std::string uid, LinesWanted wanted) {
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return Lines();
  co_return co_await impl_->read<Lines>(*info, Lines(),
                                        [wanted](journal::RunReader& run) { return read_lines(run, wanted); });
}

rt::Task<bool> RunService::look_into(std::string uid, std::function<Result<>(journal::RunReader&)> work) {
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return false;
  co_return co_await impl_->read<bool>(*info, false, [work = std::move(work)](journal::RunReader& run) -> Result<bool> {
    WL_CHECK_OK(work(run));
    return true;
  });
}

rt::Task<bool> RunService::look_at_all(std::string uid, std::function<Result<>(journal::RunReader&)> work) {
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return false;
  auto done = co_await impl_->look_apart<bool>([id = info->job + "#" + std::to_string(info->number),
                                                work = std::move(work)](journal::StateFolder& state) -> Result<bool> {
    const auto known = WL_TRY(state.find(id));
    const auto reader = WL_TRY(state.read_run(known));
    WL_CHECK_OK(work(*reader));
    return true;
  });
  const bool is_not_there = !done && done.error().kind == ErrorKind::not_found && info->phase != Phase::ended;
  if (is_not_there) co_return false;
  co_return done;
}

rt::Task<std::vector<RunService::Artifact>> RunService::artifacts(std::string uid) {
  using List = std::vector<Artifact>;
  const auto info = WL_CO_TRY(co_await impl_->begun(uid));
  if (!info) co_return List();
  co_return co_await impl_->read<List>(*info, List(), [](journal::RunReader& run) -> Result<List> {
    List out;
    for (const auto& record : WL_TRY(run.records("artifact"))) {
      const auto facts = WL_TRY(data::decode_binary(record.payload));
      out.push_back({record.key, static_cast<std::uint64_t>(facts.get_int("size")),
                     run.folder() + "/files/artifacts/" + record.key});
    }
    return out;
  });
}

rt::Task<> RunService::wait(std::string uid, std::uint64_t version, std::chrono::steady_clock::time_point deadline) {
  Impl::Waiter waiter{asio::steady_timer(impl_->io, deadline)};
  const auto place = impl_->waiters.emplace(uid, &waiter);
  auto info = co_await find(uid);
  if (info && *info && (*info)->version <= version && (*info)->phase != Phase::ended && !waiter.told) {
    co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  impl_->waiters.erase(place);
  if (!info) co_return fail(info.error());
  co_return Result<>();
}

}  // namespace windlass::runs

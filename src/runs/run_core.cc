#include "runs/run_core.h"

#include <algorithm>
#include <chrono>

#include "engine/open_run.h"
#include "journal/state_keys.h"
#include "runs/run_restart.h"

namespace windlass::runs {

using data::Value;

namespace {

constexpr std::chrono::milliseconds kSweep{200};
constexpr std::chrono::seconds kReadAgain{2};
constexpr std::chrono::milliseconds kLookAtLoad{20};
constexpr std::chrono::milliseconds kRecoveryLook{10};
constexpr int kMostClosing = 64;                ///< journals of ended runs that are open on the pool
constexpr std::size_t kMostEnds = 1024;         ///< of which more is known than that they have ended …
constexpr std::size_t kMostNodesOfEnds = 8192;  ///< … and nodes of all of them

Reason reason(std::string code, Value evidence = Value::map()) { return {std::move(code), std::move(evidence)}; }

}  // namespace

Result<std::unique_ptr<RunCore>> RunCore::open(engine::Reactor& reactor, RunCoreOptions options,
                                               std::shared_ptr<const journal::KeyRing> key) {
  auto table = WL_TRY(RunTable::open(options.folder + "/runs.db", std::move(key), options.disk));
  auto state = WL_TRY(journal::StateFolder::open(options.folder + "/state", options.disk, options.log));
  WL_CHECK_OK(state->claim());
  std::unique_ptr<RunCore> core(new RunCore(reactor, std::move(options), std::move(table), std::move(state)));
  core->resources_.set_executors("built-in", core->options_.executors);
  core->queue_.set_categories(core->options_.throttle);
  core->resources_.set_slots(core->options_.throttle);
  auto* raw = core.get();
  core->book_ = WL_TRY(JobBook::open(*core->table_, [raw](const std::string& job) {
    raw->options_.properties_changed(job, raw->book_->properties(job));
  }));
  for (const auto& one : WL_TRY(core->table_->milestones())) {
    core->resources_.know_milestone(one.job, one.ordinal, one.newest);
  }
  core->resources_.keep_milestones([raw](const std::string& job, std::int64_t ordinal, std::uint64_t newest) {
    if (auto kept = raw->table_->note_milestone({job, ordinal, newest}); !kept) {
      raw->options_.log("a milestone of " + job + " could not be noted: " + kept.error().text());
    }
  });
  for (const auto& [project, limits] : WL_TRY(core->table_->limits())) core->queue_.set_limits(project, limits);
  core->look_for_idle();
  return core;
}

RunCore::RunCore(engine::Reactor& reactor, RunCoreOptions options, std::unique_ptr<RunTable> table,
                 std::unique_ptr<journal::StateFolder> state)
    : reactor_(reactor),
      options_(std::move(options)),
      table_(std::move(table)),
      state_(std::move(state)),
      storage_(reactor, state_->path() + "/runs", options_.most_project_bytes) {
  DownstreamOptions downstream;
  downstream.find = options_.find_pipeline;
  downstream.make = options_.make_run;
  downstream.live = [this](const std::string& uid) { return live(uid); };
  downstream.stop = [this](const std::string& uid, const std::string& cause) {
    stop_for(uid, cause, Stop::ask_once, [](const Result<>&) {});  // one that has ended is what is wanted
  };
  downstream.log = options_.log;
  downstream_ = std::make_unique<DownstreamRuns>(reactor_, *table_, std::move(downstream));
  group_commit_ = std::make_unique<engine::GroupCommit>(reactor_, state_->commits(), options_.log);
}

/// The process leaves: shells go on, journals keep what they have; nothing is ended.
RunCore::~RunCore() {
  resources_.holding(true);
  for (auto& [order, run] : runs_) run->finish();
}

LiveRun& RunCore::add(RunRow row) {
  const auto order = next_++;
  by_uid_[row.info.uid] = order;
  auto run = std::make_unique<LiveRun>(order, std::move(row), [this](LiveRun& changed) { announce(changed); });
  return *(runs_[order] = std::move(run));
}

LiveRun* RunCore::live(const std::string& uid) {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : runs_.at(found->second).get();
}

// ---- what is asked
// ----------------------------------------------------------------------------------------------------

void RunCore::begin_state_rotation(Done done) {
  if (auto begun = journal::begin_state_rotation(state_->path(), options_.fault); !begun) return done(begun);
  if (auto renewed = state_->renew_keys(); !renewed) return done(renewed);
  group_commit_->settle(std::move(done));
}

Result<Acceptance> RunCore::accept(const RunRequest& request) {
  if (auto refused = WL_TRY(refusal(request))) return Acceptance(std::unexpect, std::move(*refused));
  bool fresh = false;
  auto row = WL_TRY(table_->accept(request, options_.now_millis(), fresh));
  if (!fresh) {
    if (auto* known = live(request.uid)) return Acceptance(look(*known));
    if (row.info.ended_millis != 0) return Acceptance(std::move(row.info));
    // It stands in the table of a call that was told otherwise: the disk failed after it, or while it was being synced.
    for (auto& left : WL_TRY(table_->unfinished())) {
      if (left.info.uid == request.uid) return accepted(std::move(left));
    }
    return Acceptance(std::move(row.info));
  }
  return accepted(std::move(row));
}

/// Of a request that nothing is known of yet.
Result<std::optional<Refusal>> RunCore::refusal(const RunRequest& request) {
  const bool is_full = queue_.full(request.project);
  const bool is_over = storage_.is_full(request.project);
  if (!is_full && !is_over && request.upstream.empty()) return std::nullopt;
  if (live(request.uid) != nullptr || WL_TRY(table_->find(request.uid))) return std::nullopt;
  if (is_full) {
    return Refusal{Refusal::Code::queue_full, "the project " + request.project + " has " +
                                                  std::to_string(queue_.queued_limit(request.project)) +
                                                  " runs in the queue, and no more may wait; start it again later"};
  }
  if (is_over) {
    const auto now = storage_.of(request.project);
    return Refusal{
        Refusal::Code::storage_full,
        "the " + std::to_string(now.runs) + " runs that the project " + request.project + " keeps take " +
            std::to_string(now.bytes >> 20) + " MiB, and this server lets a project keep " +
            std::to_string(now.most >> 20) +
            " (windlass.maxProjectMiB): delete some or let their pipelines discard them, then start it again"};
  }
  if (request.upstream.empty() || WL_TRY(table_->find_order(request.upstream))) return std::nullopt;
  return Refusal{Refusal::Code::not_ordered,
                 "no run has ordered this one, or its order was taken by another object already"};
}

void RunCore::accept_soon(RunRequest request, std::function<void(Result<Acceptance>)> done) {
  asking_.push_back({std::move(request), std::move(done)});
  if (asking_.size() > 1) return;
  reactor_.post([this] { accept_waiting(); });
}

void RunCore::accept_waiting() {
  auto all = std::exchange(asking_, {});
  std::vector<RunRequest> together;
  std::vector<Asking*> of;
  std::unordered_set<std::string> uids;
  for (auto& one : all) {
    const auto& request = one.request;
    // What needs a look of its own is looked at alone: one that is there, one for an order, a queue with an end, a
    // project that keeps too much.
    if (!request.upstream.empty() || queue_.queued_limit(request.project) > 0 || live(request.uid) != nullptr ||
        storage_.is_full(request.project)) {
      continue;
    }
    const auto known = table_->find(request.uid);
    if (!known || *known || !uids.insert(request.uid).second) continue;
    together.push_back(request);
    of.push_back(&one);
  }
  if (together.size() > 1) {
    if (auto rows = table_->accept_all(together, options_.now_millis())) {
      for (std::size_t i = 0; i < of.size(); ++i) std::exchange(of[i]->done, nullptr)(accepted(std::move((*rows)[i])));
    }
    // Else each by itself, so that whoever is wrong is told so and nobody else.
  }
  for (auto& one : all) {
    if (one.done) one.done(accept(one.request));
  }
}

Result<Acceptance> RunCore::accepted(RunRow row) {
  WL_CHECK_OK(book_->note_script(row.request.job(), row.request.script));
  auto& run = add(std::move(row));
  enqueue(run, false, true);
  auto info = look(run);
  if (!info.upstream.empty()) {
    downstream_->moved(info.upstream);
    if (const auto cause = downstream_->stopped(info.upstream)) {
      stop_for(info.uid, *cause, Stop::ask_once, [](const Result<>&) {});
      return Acceptance(WL_TRY(table_->find(info.uid)).value().info);
    }
  }
  pump();
  return Acceptance(std::move(info));
}

Result<std::optional<RunInfo>> RunCore::find(const std::string& uid) {
  if (auto* known = live(uid)) return look(*known);
  if (const auto found = ends_.find(uid); found != ends_.end()) return found->second.info;
  auto row = WL_TRY(table_->find(uid));
  if (!row) return std::nullopt;
  return std::move(row->info);
}

std::optional<LogPart> RunCore::short_log(const std::string& uid, std::uint64_t offset, std::size_t max_bytes) {
  const auto* known = live(uid);
  const auto* text = known == nullptr ? nullptr : known->short_log();
  if (text == nullptr || offset > text->size()) return std::nullopt;
  LogPart out{.text = text->substr(offset, max_bytes), .total = text->size(), .more = true};
  out.next = offset + out.text.size();
  return out;
}

Result<std::optional<RunInfo>> RunCore::find_to_read(const std::string& uid) {
  auto* known = live(uid);
  if (known != nullptr && known->actor() != nullptr) {
    auto landed = known->actor()->land();
    // Never less of it than was told; but one that is stuck says itself what is wrong, and must be looked at for that.
    if (!landed && known->info().phase != Phase::stuck) return fail(std::move(landed).error());
  }
  return find(uid);
}

Result<std::optional<RunInfo>> RunCore::find(const std::string& job, std::uint64_t number) {
  auto row = WL_TRY(table_->find(job, number));
  if (!row) return std::nullopt;
  if (auto* known = live(row->info.uid)) return look(*known);
  return std::move(row->info);
}

Result<std::vector<RunInfo>> RunCore::of_job(const std::string& job, std::size_t limit, std::uint64_t before) {
  std::vector<RunInfo> out;
  for (auto& row : WL_TRY(table_->of_job(job, limit, before))) {
    auto* known = live(row.info.uid);
    out.push_back(known != nullptr ? look(*known) : std::move(row.info));
  }
  return out;
}

Result<LatestRuns> RunCore::latest_of_jobs(std::size_t each, const std::string& after, std::size_t most) {
  LatestRuns out;
  for (const auto& job : WL_TRY(table_->jobs(after, most))) {
    for (auto& run : WL_TRY(of_job(job, each, 0))) out.runs.push_back(std::move(run));
    out.last = job;
  }
  return out;
}

std::optional<FlowNodes> RunCore::nodes(const std::string& uid) {
  if (const auto found = ends_.find(uid); found != ends_.end()) return found->second.nodes;
  auto* known = live(uid);
  if (known == nullptr || known->actor() == nullptr || known->away != LiveRun::Away::here) return std::nullopt;
  return known->nodes();
}

std::optional<KeptFacts> RunCore::kept_facts(const std::string& uid) {
  const auto found = ends_.find(uid);
  if (found == ends_.end()) return std::nullopt;
  return KeptFacts{.agents = found->second.info.agents, .keep_log = found->second.info.keep_log};
}

Result<> RunCore::remove(const std::string& uid) {
  if (live(uid) != nullptr) return fail(ErrorKind::conflict, "the run has not ended; stop it first");
  auto row = WL_TRY(table_->find(uid));
  if (!row) return {};
  if (deletions_held_ > 0) return fail(ErrorKind::unavailable, "a backup is being made; nothing is deleted meanwhile");
  auto known = state_->find(row->info.job + "#" + std::to_string(row->info.number));
  if (known) WL_CHECK_OK(state_->remove_run(*known));
  storage_.forget(row->info);
  forget_end(uid);
  return table_->remove(uid);
}

Result<std::vector<FrozenRun>> RunCore::frozen() const {
  group_commit_->land_all();
  WL_CHECK_OK(state_->late_runs()->wait_for_all());
  std::vector<FrozenRun> out;
  out.reserve(runs_.size());
  for (const auto& [order, run] : runs_) {
    out.push_back({run->info().job, run->info().number, run->durable_sequence()});
  }
  return out;
}

Load RunCore::load() const {
  Load out;
  out.journal_entries = ended_entries_;
  out.log_bytes = ended_log_bytes_;
  for (const auto& [order, run] : runs_) {
    out.journal_entries += run->entries_written();
    out.log_bytes += run->log_bytes();
    switch (run->info().phase) {
      case Phase::queued:
        ++out.queued;
        break;
      case Phase::running:
        ++out.running;
        out.parked += run->away != LiveRun::Away::here ? 1 : 0;
        break;
      case Phase::stuck:
        ++out.stuck;
        break;
      case Phase::ended:
        break;
    }
  }
  out.nodes = resources_.load();
  return out;
}

// ---- beginning
// --------------------------------------------------------------------------------------------------------

void RunCore::begin(const std::vector<LiveRun*>& runs) {
  std::map<std::string, std::vector<std::string>> by_project;
  for (auto* run : runs) {
    run->starting = true;
    if (options_.claim && run->info().started_millis == 0 && !run->claimed) {
      claim(*run);
      continue;
    }
    by_project[run->request().project].push_back(run->info().uid);
  }
  for (auto& [project, uids] : by_project) {
    options_.credentials(project, [this, all = std::move(uids)](Result<Value> list) mutable {
      reactor_.post([this, all, list = std::make_shared<const Result<Value>>(std::move(list))]() mutable {
        begin_each(std::move(all), 0, std::move(list));
      });
    });
  }
}

/// Another store that finds the object later, when this one is lost, must not begin the run again.
void RunCore::claim(LiveRun& run) {
  options_.claim(run.info(), [this, uid = run.info().uid](Result<> done) {
    reactor_.post([this, uid, done = std::move(done)] { claimed(uid, done); });
  });
}

void RunCore::claimed(const std::string& uid, const Result<>& done) {
  auto* run = live(uid);
  if (run == nullptr) return;
  if (done) {
    run->claimed = true;
    claimed_.push_back(uid);
    if (claimed_.size() > 1) return;
    reactor_.post([this] {
      std::vector<LiveRun*> all;
      for (const auto& one : std::exchange(claimed_, {})) {
        if (auto* there = live(one)) all.push_back(there);
      }
      begin(all);
    });
    return;
  }
  const auto& info = run->info();
  if (done.error().kind == ErrorKind::not_found || run->stops != 0) {
    run->starting = false;
    if (auto ended = end_row(*run, "ABORTED"); !ended) get_stuck(*run, "storage", ended.error());
    return;
  }
  options_.log(info.job + "#" + std::to_string(info.number) + " cannot begin yet: " + done.error().text());
  run->set_phase(info.phase, reason("claim", Value::map_of("message", done.error().message)));
  reactor_.after(kReadAgain, [this, uid] {
    if (auto* waiting = live(uid)) begin({waiting});
  });
}

/// One in each turn of the loop: whoever asks for something meanwhile does not wait for all of them.
void RunCore::begin_each(std::vector<std::string> uids, std::size_t at, std::shared_ptr<const Result<Value>> list) {
  if (at == uids.size()) return;
  begin_with(uids[at], *list);
  if (at + 1 == uids.size()) return;
  reactor_.post([this, uids = std::move(uids), at, list = std::move(list)]() mutable {
    begin_each(std::move(uids), at + 1, std::move(list));
  });
}

void RunCore::begin_with(const std::string& uid, Result<Value> credentials) {
  auto* run = live(uid);
  if (run == nullptr) return;
  if (!credentials) {
    // Not a run without credentials: one that waits until they can be read.
    options_.log("the credentials of " + run->request().project + " cannot be read: " + credentials.error().text());
    run->set_phase(run->info().phase, reason("credentials", Value::map_of("message", credentials.error().message)));
    call_later(*run);
    reactor_.after(kReadAgain, [this, uid] {
      auto* waiting = live(uid);
      if (waiting == nullptr) return;
      if (waiting->away == LiveRun::Away::here) return begin({waiting});
      waiting->away = LiveRun::Away::parked;
      call_back(*waiting);
    });
    return;
  }
  if (auto done = prepare(*run, std::move(*credentials)); !done) cannot_begin(*run, done.error());
}

void RunCore::cannot_begin(LiveRun& run, const Error& why) {
  run.finish();
  get_stuck(run, why.kind == ErrorKind::corrupt ? "damaged" : "storage", why);
}

Result<> RunCore::prepare(LiveRun& run, Value credentials) {
  if (run.was_parked) return reopen(run, std::move(credentials));
  const auto& script = run.request().script;
  const bool is_new = run.info().started_millis == 0;
  const bool wants_libraries = engine::may_want_libraries(options_.settings.libraries, script);
  const bool wants_plan = run.request().restart_of != 0 && run.request().restart_step != 0;
  if (!is_new || (!wants_libraries && !wants_plan)) return open_and_begin(run, std::move(credentials), {});
  // A plan is an evaluation of the whole run that is restarted.
  std::shared_ptr<const RunRequest> restart = wants_plan ? std::make_shared<RunRequest>(run.request()) : nullptr;
  reactor_.offload([this, uid = run.info().uid, known = options_.settings.libraries, script, wants_libraries,
                    restart = std::move(restart), folder = state_->path(), late = state_->late_runs(),
                    credentials = std::move(credentials)]() mutable {
    Ready ready;
    if (wants_libraries) {
      ready.libraries = engine::FetchedLibraries::fetch(std::move(known), engine::RunInputs().script_name, script,
                                                        credentials, folder);
    }
    if (restart) {
      ready.restart =
          std::make_shared<const Result<engine::RestartPlan>>(plan_restart(folder, std::move(late), *restart));
    }
    reactor_.post([this, uid, ready = std::move(ready), credentials = std::move(credentials)]() mutable {
      auto* waiting = live(uid);
      if (waiting == nullptr) return;
      auto done = open_and_begin(*waiting, std::move(credentials), ready);
      if (!done) cannot_begin(*waiting, done.error());
    });
  });
  return {};
}

/// It waits for what happens: from here on it takes orders.
void RunCore::became_live(const std::string& uid) {
  auto* run = live(uid);
  if (run == nullptr || run->actor() == nullptr) return;
  run->ready = true;
  arrived(*run);
  recovering_.erase(uid);
  check_recovery();
  for (auto& order : std::exchange(run->orders, {})) carry_out(*run, std::move(order));
}

/// Its journal with what it begins with; nothing where it has ended without its script.
Result<std::optional<engine::OpenedRun>> RunCore::open_run(LiveRun& run, const Ready& ready) {
  const auto& info = run.info();
  const auto id = info.job + "#" + std::to_string(info.number);
  auto known = state_->find(id);
  if (known && known->end) {
    WL_CHECK_OK(end_row(run, known->end->result, known->end->ended_ms, {}, true));
    return std::nullopt;
  }
  if (known) return WL_TRY(engine::open_kept_run(*state_, *known));
  if (known.error().kind != ErrorKind::not_found) return fail(std::move(known).error());
  if (run.request().restart_of == 0)
    return WL_TRY(engine::open_new_run(*state_, inputs_of(run, ready.libraries), info.number));
  auto restart =
      open_restart(*state_, run.request(), info.number, inputs_of(run, ready.libraries), ready.restart.get());
  if (!restart && (restart.error().kind == ErrorKind::not_found || restart.error().kind == ErrorKind::invalid ||
                   restart.error().kind == ErrorKind::unsupported || restart.error().kind == ErrorKind::conflict)) {
    // What it restarts has gone or changed since it was asked for: nothing of it can ever run.
    options_.log(id + " cannot restart #" + std::to_string(run.request().restart_of) + ": " + restart.error().text());
    WL_CHECK_OK(end_row(run, "FAILURE", 0, reason("restart", Value::map_of("message", restart.error().message))));
    return std::nullopt;
  }
  return WL_TRY(std::move(restart));
}

Result<> RunCore::open_and_begin(LiveRun& run, Value credentials, const Ready& ready) {
  run.starting = false;
  if (run.stops != 0 && run.info().started_millis == 0) return end_row(run, "ABORTED");
  auto opened = WL_TRY(open_run(run, ready));
  if (!opened) return {};
  return begin_opened(run, std::move(credentials), std::move(*opened));
}

Result<> RunCore::begin_opened(LiveRun& run, Value credentials, engine::OpenedRun opened) {
  run.starting = false;
  const auto uid = run.info().uid;
  opened.inputs.credentials = std::move(credentials);
  auto run_hooks = hooks();
  run_hooks.observer = &run;
  run_hooks.shared_key = &run;
  run_hooks.run_uid = run.info().uid;
  run.told_properties = [this, job = run.info().job](const Value& told) {
    if (auto noted = book_->note(job, told); !noted) options_.log("what " + job + " says: " + noted.error().text());
  };
  if (!run.was_parked) {
    const auto now = options_.now_millis();
    WL_CHECK_OK(table_->set_started(uid, now));
    run.set_started(now);
    downstream_->moved(run.info().upstream);
  }
  if (auto ending = WL_TRY(engine::end_unstarted(opened, run_hooks))) {
    WL_CHECK_OK(end_row(run, ending->result, 0, {}, true));
    return {};
  }
  run.forget_request();
  return run.begin(reactor_, *state_, std::move(run_hooks), std::move(opened),
                   {[this, uid] { became_live(uid); }, [this, uid] { ended(uid); }});
}

engine::RunInputs RunCore::inputs_of(const LiveRun& run, const Libraries& libraries) const {
  const auto& request = run.request();
  engine::RunInputs inputs;
  inputs.script = request.script;
  inputs.script_path = "Jenkinsfile";
  inputs.job = run.info().job;
  inputs.number = run.info().number;
  inputs.cause = request.cause;
  inputs.user_id = request.user_id;
  inputs.user_name = request.user_name.empty() ? request.user_id : request.user_name;
  inputs.started_millis = options_.now_millis();
  inputs.secret_seed = options_.random();
  inputs.parameters = request.parameters;
  inputs.secret_parameters = request.secret_parameters;
  inputs.boolean_parameters = request.boolean_parameters;
  inputs.upstream = request.upstream;
  inputs.environment = options_.settings.environment;
  for (const auto& [name, value] : request.environment) inputs.environment[name] = value;
  inputs.labels = options_.labels;
  inputs.labels.insert(inputs.labels.end(), options_.settings.labels.begin(), options_.settings.labels.end());
  inputs.services = options_.settings.services;
  inputs.tools = options_.settings.tools;
  inputs.libraries = libraries ? libraries->libraries() : options_.settings.libraries;
  return inputs;
}

engine::LocalRunHooks RunCore::hooks() {
  engine::LocalRunHooks hooks;
  hooks.now_millis = options_.now_millis;
  hooks.agent_binary = options_.agent_binary;
  hooks.connect_agent = options_.connect_agent;
  hooks.remote_nodes = options_.remote_nodes;
  hooks.complain = [this](std::string_view text) { options_.log(text); };
  hooks.inputs_wait = true;
  hooks.shared = &resources_;
  hooks.group_commit = group_commit_.get();
  hooks.downstream = downstream_.get();
  hooks.retells = false;
  hooks.fault = options_.fault;
  return hooks;
}

// ---- ending
// -----------------------------------------------------------------------------------------------------------

void RunCore::ended(const std::string& uid) {
  auto* run = live(uid);
  if (run == nullptr || run->actor() == nullptr) return;
  auto ending = run->actor()->close();
  run->ready = false;
  if (!ending) {
    const auto code = ending.error().kind == ErrorKind::conflict ? "replay" : "storage";
    get_stuck(*run, code, ending.error());
    // Its locks stay taken and its workspace is kept: the actor stays.
    return;
  }
  (void)end_row(*run, ending->result, 0, {}, true);
}

Result<> RunCore::end_row(LiveRun& run, const std::string& result, std::int64_t ended_millis, Reason why,
                          bool journal_knows) {
  const auto uid = run.info().uid;
  const auto ended = ended_millis != 0 ? ended_millis : options_.now_millis();
  if (auto done = table_->set_ended(uid, result, ended, journal_knows); !done) {
    options_.log("the end of run " + run.info().job + "#" + std::to_string(run.info().number) +
                 " could not be noted: " + done.error().text());
    if (!journal_knows) return done;
  }
  ended_entries_ += run.entries_written();
  ended_log_bytes_ += run.log_bytes();
  arrived(run);
  recovering_.erase(uid);
  resources_.forget(&run);
  run.set_ended(result, ended, std::move(why));
  if (journal_knows) remember_end(run);
  downstream_->moved(run.info().upstream);
  run.settle({}, fail(ErrorKind::conflict, "the run has ended already"));
  check_recovery();
  if (auto found = announced_.find(uid); found != announced_.end()) announced_.erase(found);
  tell(run);
  const auto order = by_uid_.at(uid);
  by_uid_.erase(uid);
  storage_.measure(run.info(), still_kept(uid));
  auto node = runs_.extract(order);
  queue_.remove(order);
  leaving_.push_back(std::move(node.mapped()));
  if (leaving_.size() == 1) reactor_.post([this] { sweep(); });
  pump();
  return {};
}

void RunCore::remember_end(LiveRun& run) {
  if (run.actor() == nullptr || ends_.contains(run.info().uid)) return;
  End end{run.info(), run.nodes()};
  if (end.nodes.size() > kMostNodesOfEnds / 8) return;
  end.info.keep_log = run.actor()->keeps_log();
  nodes_of_ends_ += end.nodes.size();
  ends_.emplace(run.info().uid, std::move(end));
  ends_in_order_.push_back(run.info().uid);
  while (ends_in_order_.size() > kMostEnds || nodes_of_ends_ > kMostNodesOfEnds) {
    forget_end(ends_in_order_.front());
    ends_in_order_.pop_front();
  }
}

void RunCore::forget_end(const std::string& uid) {
  const auto found = ends_.find(uid);
  if (found == ends_.end()) return;
  nodes_of_ends_ -= found->second.nodes.size();
  ends_.erase(found);
}

void RunCore::sweep() {
  for (auto& run : leaving_) {
    if (!run->quiet()) continue;
    leave_journal(*run);
    run.reset();
  }
  std::erase(leaving_, nullptr);
  if (!leaving_.empty()) reactor_.after(kSweep, [this] { sweep(); });
}

/// The commit log has its end: that its own file gets it, and is closed, nobody waits for who does not read it.
void RunCore::leave_journal(LiveRun& run) {
  auto journal = run.give_up_journal();
  const auto late = state_->late_runs();
  if (!journal || !late || closing_ >= kMostClosing) return;
  ++closing_;
  const auto folder = journal->folder();
  late->give_away(folder, [journal = std::move(journal)]() mutable { journal.reset(); });
  reactor_.offload([this, late, folder] {
    late->finish(folder);
    reactor_.post([this] { --closing_; });
  });
}

void RunCore::get_stuck(LiveRun& run, std::string code, const Error& why) {
  options_.log("the run " + run.info().job + "#" + std::to_string(run.info().number) +
               " cannot go on here: " + why.text());
  arrived(run);
  recovering_.erase(run.info().uid);
  resources_.stop_waiting(&run);
  run.set_phase(Phase::stuck, reason(std::move(code), Value::map_of("message", why.text())));
  check_recovery();
  const Error told(ErrorKind::unavailable, "the run cannot go on here: " + why.text());
  run.settle(fail(told), fail(told));
}

/// Asked when it has been measured: it may have been deleted meanwhile.
std::function<bool()> RunCore::still_kept(const std::string& uid) {
  return [this, uid] {
    if (live(uid) != nullptr) return true;
    const auto row = table_->find(uid);
    return row && *row;
  };
}

void RunCore::tell(LiveRun& run) {
  limit_log(run);
  if (options_.most_project_bytes != 0 && run.info().started_millis != 0 && run.info().phase != Phase::ended) {
    storage_.moved(run.info(), still_kept(run.info().uid));
  }
  options_.changed(run.info(), run.take_delta());
  // All that hold or wait are counted for it: not for each change of each run.
  if (std::exchange(load_posted_, true)) return;
  reactor_.after(kLookAtLoad, [this] {
    load_posted_ = false;
    auto load = resources_.load();
    if (load == told_load_) return;
    options_.load_changed(load);
    told_load_ = std::move(load);
  });
}

void RunCore::announce(LiveRun& run) {
  if (std::exchange(announced_[run.info().uid], true)) return;
  reactor_.post([this, uid = run.info().uid] {
    if (announced_.erase(uid) == 0) return;
    if (auto* known = live(uid)) tell(*known);
  });
}

// ---- after a restart
// --------------------------------------------------------------------------------------------------

Result<> RunCore::recover() {
  storage_.measure_all();
  auto rows = WL_TRY(table_->unfinished());
  WL_CHECK_OK(downstream_->recover());
  if (rows.empty()) return {};
  holding_ = true;
  resources_.holding(true);
  std::vector<LiveRun*> begun;
  for (auto& row : rows) {
    const auto uid = row.info.uid;
    const auto record = std::move(row.parked);
    const bool had_begun =
        row.info.started_millis != 0 || state_->find(row.info.job + "#" + std::to_string(row.info.number)).has_value();
    auto& run = add(std::move(row));
    enqueue(run, had_begun, record.empty());
    if (!had_begun || WL_TRY(take_up_parked(run, record))) continue;
    run.away = LiveRun::Away::parked;
    recovering_.insert(uid);
    begun.push_back(&run);
  }
  // Before all that are due: nothing is granted until it is known what these hold.
  for (auto* run : begun) call_back(*run);
  check_recovery();
  pump();
  return {};
}

/// Once each run that had begun is live, or cannot go on, what they hold is known: then others may take the rest.
void RunCore::check_recovery() {
  if (!holding_) return;
  if (!recovering_.empty()) {
    if (std::exchange(recovery_posted_, true)) return;
    reactor_.after(kRecoveryLook, [this] {
      recovery_posted_ = false;
      // A restart from a step that enters a block of its prefix has told all, though it is not live yet.
      std::erase_if(recovering_, [this](const std::string& uid) {
        auto* run = live(uid);
        if (run == nullptr) return true;
        if (run->actor() == nullptr || !run->actor()->holds_all()) return false;
        arrived(*run);
        return true;
      });
      check_recovery();
    });
    return;
  }
  holding_ = false;
  resources_.holding(false);
}

}  // namespace windlass::runs

#include "world.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "controllers/downstream.h"
#include "data/value.h"
#include "journal/key_ring.h"
#include "life.h"

namespace windlass::simulation {

namespace fs = std::filesystem;
using data::Value;

namespace {

constexpr std::int64_t kToEnd = 30 * kHour;  ///< after the day, without faults
constexpr char kProject[] = "p";

std::size_t count(const std::string& text, const std::string& line) {
  std::size_t found = 0;
  for (std::size_t at = text.find(line); at != std::string::npos; at = text.find(line, at + 1)) {
    if ((at == 0 || text[at - 1] == '\n') && text[at + line.size()] == '\n') ++found;
  }
  return found;
}

}  // namespace

World::World(Options options) : options_(std::move(options)), random_(options_.seed), agent_(clock_, random_) {
  fs::remove_all(options_.folder);
  fs::create_directories(options_.folder + "/data");
}

World::~World() {
  if (life_ && life_->http) life_->http->end();
  if (life_ && life_->objects) life_->objects->end();
  life_.reset();
  fs::remove_all(options_.folder);
}

std::string World::boot() const { return "boot " + std::to_string(report_.power_cuts); }

Result<std::unique_ptr<journal::StateFolder>> World::look_at_journals() const {
  // As a backup does: the journals have all that is durable.
  if (is_up()) (void)life_->core->frozen();
  return journal::StateFolder::open(options_.folder + (is_doomed_ ? "/next" : "/data") + "/state",
                                    std::make_shared<store::FaultDisk>(boot()));
}

std::int64_t World::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

bool World::is_up() const { return life_ != nullptr && life_->core != nullptr && !is_doomed_; }

void World::finding(std::string text) {
  trace("FINDING " + text);
  report_.findings.push_back(std::move(text));
}

void World::trace(const std::string& text) {
  auto line = std::to_string(clock_.now()) + " " + text;
  // Where it is played is no part of the history.
  for (auto at = line.find(options_.folder); at != std::string::npos; at = line.find(options_.folder)) {
    line.erase(at, options_.folder.size());
  }
  for (const char c : line) report_.history = (report_.history ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  if (options_.trace) std::cerr << line << "\n";
}

// ---- the server

void World::begin_life() {
  ++report_.lives;
  trace("the server starts");
  life_ = std::make_unique<Life>(clock_, random_, boot());
  if (auto known = life_->disk->adopt(options_.folder + "/data"); !known) finding(known.error().text());
  auto objects = ObjectLife::begin(clock_, random_,
                                   {.path = options_.folder + "/data/objects.db",
                                    .disk = life_->disk,
                                    .now_millis = [this] { return clock_.wall(); },
                                    .log = [this](std::string_view text) { trace("log: " + std::string(text)); },
                                    .seen = [this](const objects::WatchEvent& event) { seen(event); }});
  if (!objects) return finding("the server does not open its objects again: " + objects.error().text());
  life_->objects = std::move(*objects);
  if (const auto newest = life_->objects->newest_version(); newest < version_seen_) {
    finding("objects of the version " + std::to_string(version_seen_) + " were seen, and the newest is " +
            std::to_string(newest));
  }
  life_->http = std::make_unique<HttpLife>(
      *life_->objects, report_.lives, [this] { return clock_.wall(); },
      [this](std::string_view text) { trace("http: " + std::string(text)); });
  runs::RunCoreOptions options;
  options.folder = options_.folder + "/data";
  options.executors = 4;
  options.park_after_millis = 30'000;
  options.disk = life_->disk;
  options.connect_agent = agent_.connector(life_->reactor);
  options.now_millis = [this] { return clock_.wall(); };
  options.random = [this] { return random_(); };
  options.log = [this](std::string_view text) { trace("log: " + std::string(text)); };
  options.credentials = [](const std::string&, auto done) { done(Value::list()); };
  options.find_pipeline = [life = life_.get()](const std::string& from, const std::string& name, auto done) {
    if (is_of_objects(from)) {
      return life->objects->spawn([life, from, name, done]() -> boost::asio::awaitable<void> {
        auto found = co_await controllers::find_downstream(life->objects->store(), from, name);
        if (life->objects->is_dead()) co_return;
        life->reactor.post([done, found = std::move(found)]() mutable { done(std::move(found)); });
      });
    }
    for (const auto& pipeline : pipelines()) {
      if (name != pipeline.name && name != std::string(kProject) + "/" + pipeline.name) continue;
      return done(
          std::optional(engine::DownstreamJob{kProject + ("/" + pipeline.name), pipeline.script, std::nullopt}));
    }
    done(std::optional<engine::DownstreamJob>());
  };
  options.make_run = [this, life = life_.get()](const runs::RunOrder& order, auto done) {
    if (is_of_objects(order.job)) {
      return life->objects->spawn([life, order, done]() -> boost::asio::awaitable<void> {
        auto made = co_await controllers::make_downstream(life->objects->store(), order);
        if (life->objects->is_dead()) co_return;
        life->reactor.post([done, made = std::move(made)]() mutable { done(std::move(made)); });
      });
    }
    // The object of an order has a name made of it: it is there once, however often it is asked for.
    const std::string uid = "order-" + order.ref;
    if (!runs_.contains(uid)) {
      auto& run = runs_[uid];
      for (const auto& pipeline : pipelines()) {
        if (order.job == kProject + ("/" + pipeline.name)) run.pipeline = &pipeline;
      }
      run.upstream = order.ref;
      run.request.uid = uid;
      run.request.name = uid;
      run.request.project = kProject;
      run.request.pipeline = run.pipeline->name;
      run.request.script = run.pipeline->script;
      run.request.parameters = order.parameters;
      run.request.upstream = order.ref;
      clock_.in(between(1, 500), [this, uid] { request(uid); });
    }
    done(Result<>());
  };
  options.properties_changed = [life = life_.get()](const std::string& job, const runs::JobProperties& properties) {
    if (!life->reactor.is_dead()) life->objects->properties_changed(job, properties);
  };
  options.changed = [this, life = life_.get()](const runs::RunInfo& info, runs::RunDelta delta) {
    if (life->reactor.is_dead()) return;
    heard(info, delta);
    if (life->http->tells_events() && info.phase == runs::Phase::ended) ends_.push_back(info.uid);
    life->http->run_changed(info, delta);
    if (is_of_objects(info.job)) life->objects->run_changed(info);
  };
  options.load_changed = [](const auto&) {};
  auto core = runs::RunCore::open(
      life_->reactor, std::move(options),
      std::make_shared<journal::KeyRing>(journal::SealKey::from_bytes(std::string(32, 'k')).value()));
  if (!core) return finding("the server does not start again: " + core.error().text());
  life_->core = std::move(*core);
  if (auto recovered = life_->core->recover(); !recovered) {
    finding("the server does not recover: " + recovered.error().text());
  }
  // As the controllers do: what was not told may have happened, where a write failed and stood there all the same.
  for (auto& [uid, run] : runs_) {
    if ((!run.is_accepted && !run.is_object) || !run.result.empty()) continue;
    if (const auto info = life_->core->find(uid); info && *info && (*info)->phase == runs::Phase::ended)
      heard(**info, {});
  }
  if (is_up()) life_->objects->start(*life_->core);
}

/// The process dies here; what it leaves is put aside, since this may be in the middle of a write.
void World::doom(bool is_power_cut) {
  if (!is_up()) return;
  trace(is_power_cut ? "the machine loses its power" : "the server is killed");
  if (is_power_cut) ++report_.power_cuts;
  is_doomed_ = true;
  is_disk_bad_ = false;
  life_->reactor.die();
  life_->objects->die();
  const std::string next = options_.folder + "/next";
  fs::create_directories(next);
  if (!is_power_cut) {
    fs::copy(options_.folder + "/data", next, fs::copy_options::recursive);
  } else if (auto copied = life_->disk->copy_durable(options_.folder + "/data", next); !copied) {
    finding("what is durable cannot be copied: " + copied.error().text());
  }
}

void World::bury() {
  if (!is_doomed_) return;
  // Whoever looks first brings the journals to where the commit log is; mostly that is the next server.
  if (between(1, 3) == 1) read_logs();
  life_->http->end();
  if (!life_->objects->end()) finding("something of the controllers waits for ever");
  life_.reset();
  is_doomed_ = false;
  fs::remove_all(options_.folder + "/data");
  fs::rename(options_.folder + "/next", options_.folder + "/data");
  clock_.in(between(1, 20) * kSecond, [this] { begin_life(); });
}

// ---- people

void World::arrive() {
  if (is_over_) return;
  // They come in crowds.
  const auto next = between(1, 10);
  clock_.in(next <= 2 ? between(1, kHour) : next <= 4 ? 0 : between(1, kMinute), [this] { arrive(); });
  // A `build` of a pipeline that nobody has made yet fails, as it should.
  if (is_set_up()) {
    if (between(1, 6) == 1) return arrive_by_http();
    if (between(1, 3) == 1) return arrive_object();
  }
  int all = 0;
  for (const auto& pipeline : pipelines()) all += pipeline.weight;
  auto pick = between(1, all);
  const Pipeline* chosen = nullptr;
  for (const auto& pipeline : pipelines()) {
    pick -= pipeline.weight;
    if (pick <= 0 && chosen == nullptr) chosen = &pipeline;
  }
  const std::string uid = "run-" + std::to_string(next_uid_++);
  auto& run = runs_[uid];
  run.pipeline = chosen;
  run.request.uid = uid;
  run.request.name = uid;
  run.request.project = kProject;
  run.request.pipeline = chosen->name;
  run.request.script = chosen->script;
  run.request.cause = "Started by user admin";
  run.request.user_id = "admin";
  run.request.by_user = true;
  request(uid);
  if (between(1, 10) == 1) clock_.in(between(1, 20 * kMinute), [this, uid] { stop(uid); });
}

/// Until the server says that it has it.
void World::request(const std::string& uid) {
  auto& run = runs_[uid];
  if (run.is_accepted) return;
  if (is_up()) {
    // Alone, or with others that ask in the same turn.
    const auto heard = [this, uid, reactor = &life_->reactor](const Result<runs::Acceptance>& accepted) {
      if (!reactor->is_dead()) was_accepted(uid, accepted);
    };
    if (between(1, 2) == 1) {
      heard(life_->core->accept(run.request));
    } else {
      life_->core->accept_soon(run.request, heard);
    }
  }
  // Who hears nothing asks again.
  if (!run.is_accepted) clock_.in(between(1, 30) * kSecond, [this, uid] { request(uid); });
}

void World::was_accepted(const std::string& uid, const Result<runs::Acceptance>& answer) {
  auto& run = runs_[uid];
  if (!answer && is_disk_bad_) return;
  if (!answer) return finding(uid + " is not accepted: " + answer.error().text());
  const auto& accepted = *answer;
  if (!accepted) return finding(uid + " is refused: " + accepted.error().message);
  const std::string id = accepted->job + "#" + std::to_string(accepted->number);
  if (run.is_accepted && run.id != id) finding(uid + " is " + run.id + " and " + id);
  if (std::exchange(run.is_accepted, true)) return;
  run.id = id;
  trace(uid + " is " + run.id);
  if (run.pipeline->asks) look_after(uid);
}

/// Answers it some time after it has asked.
void World::look_after(const std::string& uid) {
  auto& run = runs_[uid];
  if (!run.result.empty()) return;
  if (is_up()) {
    const auto info = life_->core->find(uid);
    if (info && *info && (*info)->paused()) {
      for (const auto& waiting : (*info)->waiting) {
        if (waiting.code != "input" || between(1, 3) != 1) continue;
        runs::Answer answer;
        answer.input = waiting.input.get_string("id");
        answer.approved = true;
        answer.parameters = Value::map_of("WHO", "somebody");
        answer.user_id = answer.user_name = "admin";
        life_->core->answer(uid, answer, [this, uid, reactor = &life_->reactor](const Result<>& done) {
          if (reactor->is_dead() || !done) return;
          if (std::exchange(runs_[uid].is_answered, true)) finding(uid + " took an answer twice");
          trace(uid + " has its answer");
        });
        break;
      }
    }
  }
  clock_.in(between(1, 5) * kMinute, [this, uid] { look_after(uid); });
}

void World::stop(const std::string& uid) {
  auto& run = runs_[uid];
  if (!is_up() || !run.result.empty()) return;
  run.is_stopped = true;
  trace("stop " + uid);
  life_->core->stop(uid, "admin", runs::Stop::ask, [](const Result<>&) {});
}

// ---- faults

void World::plan_fault() {
  clock_.in(between(1, 2) == 1 ? between(1, kHour) : between(1, 2 * kMinute), [this] {
    if (is_over_) return;
    fault();
    plan_fault();
  });
}

void World::fault() {
  if (!is_up()) return;
  switch (between(1, 9)) {
    case 1:
    case 2:
      return doom(false);
    case 3:
    case 4:
      return life_->disk->call_before(static_cast<std::uint64_t>(between(1, 60)), [this] { doom(false); });
    case 5:
      return doom(true);
    case 6:
      return life_->disk->call_before(static_cast<std::uint64_t>(between(1, 60)), [this] { doom(true); });
    case 7:
      trace("links are cut");
      return agent_.cut_links(between(1, 30) * kSecond);
    case 8:
      return spoil_disk();
    default:
      if (between(1, 3) != 1) return;
      trace("the shim dies");
      ++report_.shims;
      agent_.kill_shim();
      for (auto& [uid, run] : runs_) run.is_bereft = run.is_bereft || run.result.empty();
  }
}

/// It is full, or writes or syncs fail, for some minutes; then somebody makes room and starts the server again.
void World::spoil_disk() {
  const auto kind = between(1, 2) == 1 ? store::FaultDisk::Fault::disk_full : store::FaultDisk::Fault::io_error;
  trace(kind == store::FaultDisk::Fault::disk_full ? "the disk is full" : "the disk fails");
  ++report_.bad_disks;
  is_disk_bad_ = true;
  const auto from = static_cast<std::uint64_t>(between(1, 20));
  if (between(1, 2) == 1) {
    life_->disk->fail_write(from, kind, true);
  } else {
    life_->disk->fail_sync(from, kind, true);
  }
  clock_.in(between(1, 10) * kMinute, [this, life = report_.lives] {
    if (!is_up() || report_.lives != life) return;
    life_->disk->fail_write(0, store::FaultDisk::Fault::none, false);
    life_->disk->fail_sync(0, store::FaultDisk::Fault::none, false);
    doom(false);
  });
}

// ---- what is told, and whether it holds

void World::heard(const runs::RunInfo& info, const runs::RunDelta& delta) {
  if (is_of_objects(info.job)) {
    auto& known = object_run(info.uid, info.job, info.upstream);
    const std::string id = info.job + "#" + std::to_string(info.number);
    if (known.is_accepted && known.id != id) finding(info.uid + " is " + known.id + " and " + id);
    known.id = id;
    if (!std::exchange(known.is_accepted, true)) {
      trace(info.name + " is " + id);
      if (known.pipeline->asks) clock_.in(between(1, 5) * kMinute, [this, uid = info.uid] { look_after(uid); });
    }
  }
  const auto found = runs_.find(info.uid);
  if (found == runs_.end()) return finding("a run that nobody started: " + info.uid);
  auto& run = found->second;
  if (delta.log_bytes != 0) run.log_told = delta.log_bytes;
  if (info.phase == runs::Phase::stuck && !is_disk_bad_) finding(info.uid + " is stuck: " + info.reason.code);
  if (info.phase != runs::Phase::ended) {
    if (!run.result.empty()) finding(info.uid + " had ended with " + run.result + " and goes on");
    return;
  }
  if (run.result.empty()) {
    trace(info.uid + " ended: " + info.result);
    if (run.is_object) {
      clock_.in(0, [this, uid = info.uid] { settle(uid); });
    } else {
      clock_.in(between(kMinute, kHour), [this, uid = info.uid] { retire(uid); });
    }
  }
  if (!run.result.empty() && run.result != info.result) {
    finding(info.uid + " had ended with " + run.result + ", now with " + info.result);
  }
  run.result = info.result;
}

/// What was told of a log must be there, and what has been there once must stay as it is.
void World::read_log(journal::StateFolder& state, const std::string& uid) {
  auto& run = runs_[uid];
  const auto known = state.find(run.id);
  std::string log;
  if (known) {
    run.owner = known->uid;
    auto reader = state.read_run(*known);
    // The index may know one that never began.
    const bool never_began = !reader && reader.error().kind == ErrorKind::not_found;
    if (!reader && !never_began) return finding(uid + " cannot be read: " + reader.error().text());
    auto text = never_began ? Result<std::string>() : (*reader)->read_log(0, std::size_t{64} << 20);
    if (!text) return finding("the log of " + uid + " cannot be read: " + text.error().text());
    log = std::move(*text);
    const auto waits = never_began ? Result<std::vector<journal::Record>>() : (*reader)->records("connect");
    if (waits) waits_for_agent_ += waits->size();
  }
  if (log.size() < run.log_told) {
    finding("of the log of " + uid + " " + std::to_string(run.log_told) + " bytes were told and " +
            std::to_string(log.size()) + " are left");
  }
  if (!log.starts_with(run.log_seen)) finding("the log of " + uid + " was rewritten");
  run.log_seen = std::move(log);
}

void World::read_logs() {
  auto state = look_at_journals();
  if (!state) return finding("the state folder cannot be read: " + state.error().text());
  for (auto& [uid, run] : runs_) {
    // An ended run's is looked at once more, and when it goes.
    if (run.id.empty() || run.is_gone || (run.is_read && !is_over_)) continue;
    run.is_read = !run.result.empty();
    read_log(**state, uid);
  }
}

/// What a server tells of a log from memory is what stands in the journal.
void World::look_at_logs() {
  if (is_over_) return;
  if (is_up() && life_->reactor.was_stopped()) finding("a run has stopped the loop of all runs");
  for (auto& [uid, run] : runs_) {
    if (!is_up() || is_disk_bad_) break;
    const auto kept = run.result.empty() ? life_->core->short_log(uid, 0, SIZE_MAX) : std::nullopt;
    if (!kept || kept->text.empty() || run.id.empty())
      continue;  // of one that has not committed anything there is no file
    const auto state = look_at_journals();
    const auto known = state ? (*state)->find(run.id) : Result<journal::RunInfo>(fail(state.error()));
    auto reader = known ? (*state)->read_run(*known) : Result<std::unique_ptr<journal::RunReader>>(fail(known.error()));
    const auto log = reader ? (*reader)->read_log(0, SIZE_MAX) : Result<std::string>(fail(reader.error()));
    if (!is_up() || (log && *log == kept->text)) continue;
    finding("the log of " + uid + " is another one in memory: " +
            (log ? std::to_string(kept->text.size()) + " bytes, and " + std::to_string(log->size()) + " in its journal"
                 : log.error().text()));
  }
  clock_.in(between(1, 10) * kMinute, [this] { look_at_logs(); });
}

/// Ended runs do not stay for ever.
void World::retire(const std::string& uid) {
  auto& run = runs_[uid];
  if (is_over_) return;
  // While the disk fails a journal may lack what only the commit log has.
  if (!is_up() || run.result.empty() || is_disk_bad_) {
    clock_.in(kMinute, [this, uid] { retire(uid); });
    return;
  }
  if (auto state = look_at_journals(); state) read_log(**state, uid);
  check_run(uid);
  run.is_gone = true;
  trace(uid + " is deleted");
  const auto removed = life_->core->remove(uid);
  if (!removed && !is_doomed_ && !is_disk_bad_) finding(uid + " cannot be deleted: " + removed.error().text());
}

/// A run whose agent died meanwhile, or whose end somebody ordered, may end as it likes; so may those that wait for it
/// or that it has ordered.
bool World::may_fail(const Run& run) const {
  const auto is_hurt = [](const Run& one) { return one.is_stopped || one.is_bereft; };
  if (is_hurt(run)) return true;
  const bool is_parent = run.pipeline->name == "parent";
  return std::any_of(runs_.begin(), runs_.end(), [&](const auto& entry) {
    const Run& other = entry.second;
    if (!is_hurt(other)) return false;
    return is_parent ? !other.upstream.empty() : !run.upstream.empty() && other.pipeline->name == "parent";
  });
}

void World::check_run(const std::string& uid) {
  Run& run = runs_[uid];
  ++report_.results[run.result.empty() ? "none" : run.result];
  if (!run.is_accepted) finding(uid + " was never accepted");
  if (run.result.empty()) {
    const auto info = is_up() ? life_->core->find(uid) : Result<std::optional<runs::RunInfo>>();
    const bool known = info && *info;
    finding(uid + " (" + run.id + ") has not ended" +
            (known ? ": phase " + std::to_string(static_cast<int>((*info)->phase)) + " " + (*info)->reason.code +
                         (*info)->reason.evidence.get_string("message")
                   : std::string()));
  }
  if (run.result != "SUCCESS" && !may_fail(run)) {
    finding(uid + " (" + run.id + ") ended with " + run.result);
    trace("its log:\n" + run.log_seen);
  }
  const auto passed = [&](const std::string& mark) {
    const auto found = agent_.marks().find({run.owner, mark});
    return found == agent_.marks().end() ? 0 : found->second;
  };
  for (const auto& mark : run.pipeline->marks) {
    const int times = passed(mark);
    const auto lines = static_cast<int>(count(run.log_seen, mark + " done"));
    if (times > 1) finding(uid + " did " + mark + " " + std::to_string(times) + " times");
    if (run.result != "SUCCESS") continue;
    if (times != 1) finding(uid + " succeeded and did " + mark + " " + std::to_string(times) + " times");
    if (lines != 1) finding("the log of " + uid + " has " + std::to_string(lines) + " lines of " + mark);
  }
  for (const auto& mark : run.pipeline->attempts) {
    if (run.result == "SUCCESS" && passed(mark) < 1) finding(uid + " succeeded without " + mark);
  }
}

void World::check() {
  read_logs();
  for (const auto& text : agent_.findings()) finding(text);
  constexpr std::uint64_t kSome = 20;
  if (agent_.started() > kSome && waits_for_agent_ == 0) finding("no run says that it waited for its agent");
  for (const auto& [token, task] : agent_.tasks()) {
    // One that has ended is forgotten by the real agent when its server has been away for long.
    if (!task.has_ended) finding("the task " + token + " still runs");
  }
  for (const auto& [uid, run] : runs_) {
    if (!run.is_gone) check_run(uid);
  }
}

void World::step(std::int64_t until) {
  clock_.step(until);
  if (is_up() && life_->objects) life_->objects->turn();
  bury();
}

Report World::play() {
  begin_life();
  const std::int64_t day = options_.hours * kHour;
  set_up_objects();
  clock_.in(between(1, 5 * kMinute), [this] { arrive(); });
  plan_fault();
  look_at_logs();
  while (clock_.now() < day) step(day);
  is_over_ = true;
  trace("the day is over");
  if (is_up()) life_->disk->call_before(0, nullptr);
  end_timer();
  const auto ended = [this] {
    return wishes_are_done() && std::ranges::all_of(starts_, [](const auto& one) { return one->is_acknowledged; }) &&
           std::all_of(runs_.begin(), runs_.end(),
                       [](const auto& entry) { return !entry.second.result.empty() || entry.second.is_gone; });
  };
  while (clock_.now() < day + kToEnd && !(ended() && is_up())) step(day + kToEnd);
  // Agents are told to forget a little later, and objects show it.
  const auto until = clock_.now() + 10 * kMinute;
  while (clock_.now() < until) step(until);
  check();
  if (is_up() && life_->http->connections() != 0) {
    finding(std::to_string(life_->http->connections()) + " connections are left");
  }
  if (is_up()) check_objects();
  report_.runs = runs_.size();
  report_.objects = asked_.size();
  report_.tasks = agent_.started();
  report_.events = clock_.events();
  return std::move(report_);
}

}  // namespace windlass::simulation

// What people and newer runs order: stop, pause, resume, answer, give up. Orders to a run that is not there yet, or
// away, wait for it.
#include <algorithm>

#include "runs/run_core.h"

namespace windlass::runs {

using data::Value;

void RunCore::stop(const std::string& uid, const std::string& user, Stop how, Done done) {
  stop_for(uid, "Aborted by " + user, how, std::move(done));
}

void RunCore::stop_for(const std::string& uid, const std::string& cause, Stop how, Done done) {
  auto* run = live(uid);
  if (run == nullptr) return done(fail(ErrorKind::conflict, "the run has ended already"));
  // What is stuck cannot unwind: whoever stops it gives it up. What has not begun needs no unwinding.
  if (run->info().phase == Phase::stuck) {
    return done(give_up(*run));
  }
  if (!run->is_there()) {
    return done(end_row(*run, "ABORTED"));
  }
  const int wanted = how == Stop::ask ? run->stops + 1 : how == Stop::ask_once ? 1 : how == Stop::term ? 2 : 3;
  const int more = std::max(0, std::min(wanted, 3) - run->stops);
  run->stops += more;
  const auto order = [more, cause](engine::RunActor& actor) -> Result<> {
    for (int i = 0; i < more; ++i) actor.abort_run(cause);
    return {};
  };
  give(*run, {order, std::move(done), true});
}

/// It is asked to end, and ended more and more firmly where that does not help.
void RunCore::limit_log(LiveRun& run) {
  const auto most = options_.most_log_bytes;
  const auto size = run.log_size();
  if (most == 0 || size <= most || run.info().phase != Phase::running) return;
  const int wanted = size > 4 * most ? 3 : size > most + most / 2 ? 2 : 1;
  if (run.log_stops >= wanted) return;
  run.log_stops = wanted;
  const auto sentence = "The log of this run is longer than " + std::to_string(most >> 20) +
                        " MiB, the limit of this server (windlass.maxLogMiB): the run is stopped";
  reactor_.post([this, uid = run.info().uid, sentence, wanted] {
    if (live(uid) == nullptr) return;
    stop_for(uid, sentence,
             wanted == 1   ? Stop::ask_once
             : wanted == 2 ? Stop::term
                           : Stop::kill,
             [](const Result<>&) {});
  });
}

Result<> RunCore::give_up(LiveRun& run) {
  if (run.leftovers) return {};
  const auto uid = run.info().uid;
  group_commit_->land_all();
  const auto known = state_->find(run.info().job + "#" + std::to_string(run.info().number));
  if (!known) return end_row(run, "ABORTED");
  std::uint64_t epoch = UINT32_MAX;  // of a journal that cannot be read: nobody comes after us
  if (auto reader = state_->read_run(*known)) epoch = (*reader)->header().epoch + 1;
  run.leftovers = std::make_unique<engine::LeftoverTasks>(
      reactor_, engine::LeftoverTasks::Options{.state_folder = state_->path(),
                                               .agent_binary = options_.agent_binary,
                                               .run_uid = known->uid,
                                               .epoch = epoch,
                                               .connect_agent = options_.connect_agent});
  run.leftovers->end([this, uid] {
    auto* gone = live(uid);
    if (gone == nullptr || end_row(*gone, "ABORTED")) return;
    reactor_.post([this, uid] {  // not from inside of its call; it may be given up again
      if (auto* kept = live(uid)) kept->leftovers.reset();
    });
  });
  return {};
}

void RunCore::pause(const std::string& uid, const std::string& user, Done done) {
  hold(uid, user, true, std::move(done));
}
void RunCore::resume(const std::string& uid, const std::string& user, Done done) {
  hold(uid, user, false, std::move(done));
}

void RunCore::hold(const std::string& uid, const std::string& by, bool on, Done done) {
  auto* run = live(uid);
  if (run == nullptr) return done(fail(ErrorKind::conflict, "the run has ended already"));
  if (run->info().phase == Phase::stuck) {
    return done(fail(ErrorKind::conflict, "the run cannot go on here: it is stuck"));
  }
  if (run->is_there()) {
    return give(*run, {[by, on](engine::RunActor& actor) { return on ? actor.pause(by) : actor.resume(by); },
                       std::move(done), false});
  }
  const auto now = options_.now_millis();
  const auto who = on ? by : std::string();
  if (run->info().held_by.empty() != on) return done({});
  if (auto kept = table_->set_held(uid, who, now); !kept) return done(std::move(kept));
  queue_.hold(run->order(), who);
  run->set_held(who, now);
  look(*run);
  pump();
  done({});
}

void RunCore::answer(const std::string& uid, const Answer& answer, Done done) {
  auto* run = live(uid);
  const bool is_there = run != nullptr && (run->actor() != nullptr || run->away != LiveRun::Away::here);
  if (!is_there) return done(fail(ErrorKind::not_found, "the run waits for no answer"));
  const auto& waiting = run->info().waiting;
  const bool waits = std::ranges::any_of(
      waiting, [&](const auto& one) { return one.code == "input" && one.input.get_string("id") == answer.input; });
  // Nobody is called back for what it does not wait for.
  if (!waits) {
    return done(fail(engine::RunActor::no_such_input(run->info().job, run->info().number, answer.input)));
  }
  give(*run, {[answer](engine::RunActor& actor) {
                return actor.answer_input({.id = answer.input,
                                           .approved = answer.approved,
                                           .parameters = answer.parameters,
                                           .user_id = answer.user_id,
                                           .user_name = answer.user_name});
              },
              std::move(done), false});
}

void RunCore::give(LiveRun& run, LiveRun::Order order) {
  if (run.ready) return carry_out(run, std::move(order));
  run.orders.push_back(std::move(order));
  call_back(run);
}

void RunCore::carry_out(LiveRun& run, LiveRun::Order order) {
  if (auto given = order.give(*run.actor()); !given) return order.done(std::move(given));
  const auto promise = run.promise(std::move(order.done));
  run.actor()->after_commit([&run, promise] { run.keep(promise); });
}

void RunCore::supersede(LiveRun& run, std::uint64_t newer) {
  if (run.info().phase == Phase::stuck) return;
  if (!run.is_there()) {
    // Where the disk refuses it now, the next look at the queue ends it.
    (void)end_row(run, "NOT_BUILT", 0, {"superseded", Value::map_of("number", static_cast<std::int64_t>(newer))});
    return;
  }
  const auto order = [newer](engine::RunActor& actor) -> Result<> {
    actor.abort_superseded(newer);
    return {};
  };
  give(run, {order, [](const Result<>&) {}, true});
}

}  // namespace windlass::runs

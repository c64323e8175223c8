// What people do to a run that goes on: stop, term, kill, pause, resume. Our own API; the old one has only `stop`,
// whose repetition means the next harder manner. Source: docs/compat/windlass.md.
#include "kapis/answers.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;

namespace {

/// How it is right after the order: {"number", "phase", "result", "pausedBy"}.
ApiTask<Response> as_it_is(Call& call, const runs::RunInfo& run) {
  const auto now = WL_API_TRY(to_outcome(co_await call.services.runs.find(run.uid)));
  const auto& shown = now ? *now : run;
  co_return json_answer(Value::map_of("number", static_cast<std::int64_t>(shown.number), "phase", phase_of(shown),
                                      "result", shown.result, "pausedBy", shown.held_by));
}

ApiTask<Response> end(Call& call, runs::Stop how) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  WL_API_TRY(to_outcome(co_await call.services.runs.stop(run.uid, call.user.name, how)));
  co_return co_await as_it_is(call, run);
}
ApiTask<Response> stop(Call& call) { co_return co_await end(call, runs::Stop::ask_once); }
ApiTask<Response> term(Call& call) { co_return co_await end(call, runs::Stop::term); }
ApiTask<Response> kill(Call& call) { co_return co_await end(call, runs::Stop::kill); }

ApiTask<Response> pause(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  WL_API_TRY(to_outcome(co_await call.services.runs.pause(run.uid, call.user.name)));
  co_return co_await as_it_is(call, run);
}
ApiTask<Response> resume(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  WL_API_TRY(to_outcome(co_await call.services.runs.resume(run.uid, call.user.name)));
  co_return co_await as_it_is(call, run);
}

constexpr Right kChange{"update", kDevops, "pipelineruns", "d", ""};

constexpr Route kRoutes[] = {
    {"POST", "windlass", "/projects/{d}/pipelines/{p}/runs/{r}/stop", kChange, Failures::plain, stop,
     "interrupts it: post conditions happen"},
    {"POST", "windlass", "/projects/{d}/pipelines/{p}/runs/{r}/term", kChange, Failures::plain, term,
     "interrupts it and does not wait for what is being interrupted"},
    {"POST", "windlass", "/projects/{d}/pipelines/{p}/runs/{r}/kill", kChange, Failures::plain, kill,
     "ends it where it stands, with its shells"},
    {"POST", "windlass", "/projects/{d}/pipelines/{p}/runs/{r}/pause", kChange, Failures::plain, pause,
     "holds it up: no further step begins"},
    {"POST", "windlass", "/projects/{d}/pipelines/{p}/runs/{r}/resume", kChange, Failures::plain, resume,
     "lets a paused one go on"},
};

}  // namespace

std::span<const Route> run_action_routes() { return kRoutes; }

}  // namespace windlass::kapis

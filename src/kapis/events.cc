// GET events: what happens, as it happens, for whoever may see it. Server-sent events that can be resumed.
// Format: docs/formats/event-stream.md.
#include <algorithm>
#include <chrono>
#include <memory>

#include "kapis/event_hub.h"
#include "kapis/event_stream.h"
#include "kapis/run_access.h"

namespace windlass::kapis {

using net::Response;
using objects::ApiTask;

namespace {

constexpr std::size_t kMostStreams = 2000, kMostStreamsOfOne = 100;

objects::Outcome<EventsWanted> wanted_of(const Call& call) {
  EventsWanted out;
  const auto kinds = call.request.parameter("kinds").value_or("");
  if (kinds.empty()) out.kinds.fill(true);
  for (std::size_t at = 0; !kinds.empty() && at <= kinds.size();) {
    const auto end = std::min(kinds.find(',', at), kinds.size());
    const auto name = kinds.substr(at, end - at);
    at = end + 1;
    bool known = false;
    for (std::size_t i = 0; i < runs::kEventKinds; ++i) {
      if (runs::to_string(static_cast<runs::EventKind>(i)) != name) continue;
      known = out.kinds[i] = true;
    }
    if (!known) {
      return objects::bad_request("there are no events of kind '" + name +
                                  "'; kinds are run, node, log, approval, queue, agent and object");
    }
  }
  out.project = call.request.parameter("project").value_or("");
  const auto pipeline = call.request.parameter("pipeline").value_or("");
  const auto run = call.request.parameter("run").value_or("");
  if (!pipeline.empty() && out.project.empty()) return objects::bad_request("pipeline= needs project= as well");
  if (!run.empty() && pipeline.empty()) return objects::bad_request("run= needs project= and pipeline= as well");
  if (!pipeline.empty()) out.job = out.project + "/" + pipeline;
  if (!run.empty()) {
    if (run.size() > 9 || run.find_first_not_of("0123456789") != std::string::npos || std::stoul(run) == 0) {
      return objects::bad_request("run= is the number of a run");
    }
    out.number = std::stoul(run);
  }
  return out;
}

ApiTask<Response> follow(Call& call) {
  auto& hub = call.services.events;
  auto wanted = WL_API_TRY(wanted_of(call));
  if (!wanted.project.empty()) {
    const auto decision =
        rights::decide(call.user, {"get", std::string(kDevops), "devopsprojects", "", "", wanted.project});
    if (!decision.allowed) {
      co_return objects::forbidden({kDevops, "devopsprojects", "", wanted.project}, decision.reason);
    }
  }
  if (hub.followers() >= kMostStreams || hub.followers_of(call.user.name) >= kMostStreamsOfOne) {
    co_return objects::unavailable("too many event streams are open; close some");
  }
  std::optional<rt::Timers::Moment> end;
  if (const auto wait = call.request.parameter("wait")) {
    if (wait->empty() || wait->size() > 4 || wait->find_first_not_of("0123456789") != std::string::npos) {
      co_return objects::bad_request("wait= is a number of seconds");
    }
    end = hub.timers().now() + std::chrono::seconds(std::stoul(*wait));
  }
  // A browser that comes back repeats its first address and says in the header where it really was.
  std::string cursor(call.request.headers.get("Last-Event-ID"));
  if (cursor.empty()) cursor = call.request.parameter("cursor").value_or("");
  const auto position = hub.position(cursor);
  auto head = call.request;
  head.body.clear();
  EventStream::Client client{
      call.user, [&services = call.services, head = std::move(head)] { return services.authenticate(head); }};
  auto stream = std::make_shared<EventStream>(hub, call.services.now_millis, std::move(client), std::move(wanted),
                                              position.value_or(hub.ring().newest()), end);
  // Of an earlier life of this server, or none of ours: the client must read its state anew.
  if (!cursor.empty() && !position) stream->begin_with_gap("unknown");
  co_return stream_answer(std::move(stream));
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/events",
     {},
     Failures::plain,
     follow,
     "what happens, as server-sent events: cursor, project, pipeline, run, kinds, wait",
     "cursor project pipeline run kinds wait",
     "text/event-stream"},
};

}  // namespace

std::span<const Route> event_routes() { return kRoutes; }

}  // namespace windlass::kapis

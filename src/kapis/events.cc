// GET events: what happens, as it happens, for whoever may see it. Server-sent events that can be resumed.
//
// Each stream remembers one position and asks the ring for what is behind it: nothing is queued for a client that does
// not read. Whom an event may be told is decided when it is sent, with the roles that the caller has then.
// Format: docs/formats/event-stream.md.
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <unordered_map>

#include "data/json.h"
#include "kapis/event_hub.h"
#include "kapis/run_access.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kPart = 64u * 1024;         ///< written at once: all that a stream holds
constexpr std::chrono::milliseconds kGather{20};  ///< after a part, what comes meanwhile goes together
constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::chrono::seconds kLookAgain{1};  ///< who the caller is, and may see
constexpr std::size_t kMostStreams = 2000, kMostStreamsOfOne = 100;

/// What a client asked for.
struct Wanted {
  std::array<bool, runs::kEventKinds> kinds{};
  std::string project, job;
  std::uint64_t number = 0;

  [[nodiscard]] bool has(const runs::Event& event) const {
    if (!kinds[static_cast<std::size_t>(event.kind)]) return false;
    if (!project.empty() && event.space != project && !(event.space.empty() && event.name == project)) return false;
    if (!job.empty() && event.job != job && !event.job.starts_with(job + "/")) return false;
    return number == 0 || event.number == number;
  }
};

objects::Outcome<Wanted> wanted_of(const Call& call) {
  Wanted out;
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

/// One stream while it is written.
class Stream {
 public:
  Stream(Services& services, net::Request request, rights::User user, Wanted wanted, std::uint64_t position,
         std::optional<Clock::time_point> end)
      : services_(services),
        request_(std::move(request)),
        user_(std::move(user)),
        wanted_(std::move(wanted)),
        position_(position),
        end_(end),
        follower_(services.events, user_.name) {}

  EventHub::Follower& follower() { return follower_; }

  /// The stream does not begin where the client stopped.
  void begin_with_gap(std::string why) { gap_ = std::move(why); }

  rt::Task<> run(net::BodyWriter& writer) {
    auto& hub = services_.events;
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    // The first piece is a cursor: who reads state now and follows from here misses nothing.
    std::string part = "retry: 1000\nevent: hello\nid: " + hub.cursor(position_) +
                       "\ndata: {\"now\":" + std::to_string(services_.now_millis()) + "}\n\n";
    bool told = false;  // anything but hello
    for (;;) {
      if (Clock::now() >= look_again_ && !look_again()) co_return Result<>();
      if (!hub.ring().keeps(position_)) gap_ = "dropped";
      if (!gap_.empty()) {
        position_ = hub.ring().newest();
        part += "event: gap\nid: " + hub.cursor(position_) + "\ndata: {\"reason\":\"" + gap_ + "\"}\n\n";
        gap_.clear();
        told = true;
      }
      told = collect(part) || told;
      if (!part.empty()) {
        WL_CO_TRY_VOID(co_await writer.write(part));
        part.clear();
        if (hub.stopped() || (end_ && told)) co_return Result<>();
        if (hub.ring().newest() > position_) continue;  // more than one part: at once
        pause.expires_after(kGather);
        co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (writer.closed()) co_return Result<>();
        if (hub.ring().newest() > position_) continue;
      }
      if (hub.stopped() || writer.closed() || (end_ && Clock::now() >= *end_)) co_return Result<>();
      auto until = Clock::now() + kHeartbeat;
      if (end_) until = std::min(until, *end_);
      co_await follower_.wait(position_, until);
      if (hub.stopped() || writer.closed()) co_return Result<>();
      if (hub.ring().newest() > position_) continue;
      if (end_ && Clock::now() >= *end_) co_return Result<>();
      // An id without data moves the client's place on and calls nobody.
      part = ": \nid: " + hub.cursor(position_) + "\n\n";
    }
  }

 private:
  /// Roles may have changed and tokens ended since. False: the caller is nobody any more.
  bool look_again() {
    look_again_ = Clock::now() + kLookAgain;
    auto user = services_.authenticate(request_);
    if (!user || user->name != user_.name) return false;
    user_ = std::move(*user);
    may_.clear();
    return true;
  }

  bool may_see(const runs::Event& event) {
    if (event.resource.empty() || user_.global == rights::GlobalRole::admin) return true;
    // Rights go by project; where there is none, by name.
    const auto key = std::string(event.group) + "/" + std::string(event.resource) + "/" +
                     (event.space.empty() ? "/" + event.name : event.space);
    const auto known = may_.find(key);
    if (known != may_.end()) return known->second;
    if (may_.size() > 10'000) may_.clear();
    const bool allowed = rights::decide(user_, {"get", std::string(event.group), std::string(event.resource), "",
                                                event.space, event.name})
                             .allowed;
    may_.emplace(key, allowed);
    return allowed;
  }

  /// Appends what is new and may be seen, and goes on. True when there was any.
  bool collect(std::string& part) {
    bool any = false;
    std::uint64_t reached = position_;
    bool all = true;
    services_.events.ring().each(position_, [&](std::uint64_t position, const runs::Event& event) {
      if (part.size() >= kPart) return all = false;
      reached = position;
      if (!wanted_.has(event) || !may_see(event)) return true;
      any = true;
      part.append("event: ").append(runs::to_string(event.kind)).append("\nid: ");
      part.append(services_.events.cursor(position)).append("\ndata: ").append(event.data).append("\n\n");
      return true;
    });
    position_ = all ? services_.events.ring().newest() : reached;
    return any;
  }

  Services& services_;
  net::Request request_;  ///< its head, to look again who calls
  rights::User user_;
  Wanted wanted_;
  std::uint64_t position_;
  std::optional<Clock::time_point> end_;
  std::string gap_;
  Clock::time_point look_again_ = Clock::now() + kLookAgain;
  std::unordered_map<std::string, bool> may_;
  EventHub::Follower follower_;
};

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
  std::optional<Clock::time_point> end;
  if (const auto wait = call.request.parameter("wait")) {
    if (wait->empty() || wait->size() > 4 || wait->find_first_not_of("0123456789") != std::string::npos) {
      co_return objects::bad_request("wait= is a number of seconds");
    }
    end = Clock::now() + std::chrono::seconds(std::stoul(*wait));
  }
  // A browser that comes back repeats its first address and says in the header where it really was.
  std::string cursor(call.request.headers.get("Last-Event-ID"));
  if (cursor.empty()) cursor = call.request.parameter("cursor").value_or("");
  const auto position = hub.position(cursor);
  auto head = call.request;
  head.body.clear();
  auto stream = std::make_shared<Stream>(call.services, std::move(head), call.user, std::move(wanted),
                                         position.value_or(hub.ring().newest()), end);
  // Of an earlier life of this server, or none of ours: the client must read its state anew.
  if (!cursor.empty() && !position) stream->begin_with_gap("unknown");
  Response out;
  out.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("X-Accel-Buffering", "no");
  out.stream = [stream](net::BodyWriter& writer) -> rt::Task<> {
    writer.on_closed([weak = std::weak_ptr(stream)] {
      if (const auto alive = weak.lock()) alive->follower().wake();
    });
    co_return co_await stream->run(writer);
  };
  co_return out;
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

#include "kapis/event_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace windlass::kapis {

namespace {

constexpr std::size_t kPart = 64u * 1024;         ///< written at once: all that a stream holds
constexpr std::chrono::milliseconds kGather{20};  ///< after a part, what comes meanwhile goes together
constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::chrono::seconds kLookAgain{1};  ///< who the caller is, and may see

}  // namespace

bool EventsWanted::has(const runs::Event& event) const {
  if (!kinds[static_cast<std::size_t>(event.kind)]) return false;
  if (!project.empty() && event.space != project && !(event.space.empty() && event.name == project)) return false;
  if (!job.empty() && event.job != job && !event.job.starts_with(job + "/")) return false;
  return number == 0 || event.number == number;
}

EventStream::EventStream(EventHub& hub, std::function<std::int64_t()> now_millis, Client client, EventsWanted wanted,
                         std::uint64_t position, std::optional<rt::Timers::Moment> end)
    : hub_(hub),
      now_millis_(std::move(now_millis)),
      client_(std::move(client)),
      wanted_(std::move(wanted)),
      position_(position),
      end_(end),
      look_again_(hub.timers().now() + kLookAgain),
      follower_(hub, client_.user.name) {}

rt::Task<> EventStream::run(net::BodyWriter& writer) {
  auto& timers = hub_.timers();
  // The first piece is a cursor: who reads state now and follows from here misses nothing.
  std::string part = "retry: 1000\nevent: hello\nid: " + hub_.cursor(position_) +
                     "\ndata: {\"now\":" + std::to_string(now_millis_()) + "}\n\n";
  bool told = false;  // anything but hello
  for (;;) {
    if (timers.now() >= look_again_ && !look_again()) co_return Result<>();
    if (!hub_.ring().keeps(position_)) gap_ = "dropped";
    if (!gap_.empty()) {
      position_ = hub_.ring().newest();
      part += "event: gap\nid: " + hub_.cursor(position_) + "\ndata: {\"reason\":\"" + gap_ + "\"}\n\n";
      gap_.clear();
      told = true;
    }
    told = collect(part) || told;
    if (!part.empty()) {
      WL_CO_TRY_VOID(co_await writer.write(part));
      part.clear();
      if (hub_.stopped() || (end_ && told)) co_return Result<>();
      if (hub_.ring().newest() > position_) continue;  // more than one part: at once
      co_await follower_.rest(timers.now() + kGather);
      if (writer.closed()) co_return Result<>();
      if (hub_.ring().newest() > position_) continue;
    }
    if (hub_.stopped() || writer.closed() || (end_ && timers.now() >= *end_)) co_return Result<>();
    auto until = timers.now() + kHeartbeat;
    if (end_) until = std::min(until, *end_);
    co_await follower_.wait(position_, until);
    if (hub_.stopped() || writer.closed()) co_return Result<>();
    if (hub_.ring().newest() > position_) continue;
    if (end_ && timers.now() >= *end_) co_return Result<>();
    // An id without data moves the client's place on and calls nobody.
    part = ": \nid: " + hub_.cursor(position_) + "\n\n";
  }
}

bool EventStream::look_again() {
  look_again_ = hub_.timers().now() + kLookAgain;
  auto user = client_.look_again();
  if (!user || user->name != client_.user.name) return false;
  client_.user = std::move(*user);
  may_.clear();
  return true;
}

bool EventStream::may_see(const runs::Event& event) {
  if (event.resource.empty() || client_.user.global == rights::GlobalRole::admin) return true;
  // Rights go by project; where there is none, by name.
  const auto key = std::string(event.group) + "/" + std::string(event.resource) + "/" +
                   (event.space.empty() ? "/" + event.name : event.space);
  const auto known = may_.find(key);
  if (known != may_.end()) return known->second;
  if (may_.size() > 10'000) may_.clear();
  const bool allowed = rights::decide(client_.user, {"get", std::string(event.group), std::string(event.resource), "",
                                                     event.space, event.name})
                           .allowed;
  may_.emplace(key, allowed);
  return allowed;
}

bool EventStream::collect(std::string& part) {
  bool any = false;
  std::uint64_t reached = position_;
  bool all = true;
  hub_.ring().each(position_, [&](std::uint64_t position, const runs::Event& event) {
    if (part.size() >= kPart) return all = false;
    reached = position;
    if (!wanted_.has(event) || !may_see(event)) return true;
    any = true;
    part.append("event: ").append(runs::to_string(event.kind)).append("\nid: ");
    part.append(hub_.cursor(position)).append("\ndata: ").append(event.data).append("\n\n");
    return true;
  });
  position_ = all ? hub_.ring().newest() : reached;
  return any;
}

net::Response stream_answer(std::shared_ptr<EventStream> stream) {
  net::Response out;
  out.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("X-Accel-Buffering", "no");
  out.stream = [stream = std::move(stream)](net::BodyWriter& writer) -> rt::Task<> {
    writer.on_closed([weak = std::weak_ptr(stream)] {
      if (const auto alive = weak.lock()) alive->follower().wake();
    });
    co_return co_await stream->run(writer);
  };
  return out;
}

}  // namespace windlass::kapis

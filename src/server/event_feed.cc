#include "server/event_feed.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "data/json.h"
#include "kapis/run_event.h"
#include "objects/metadata.h"

namespace windlass::server {

namespace asio = boost::asio;
using data::Value;
using runs::Event;
using runs::EventKind;

namespace {

constexpr std::chrono::seconds kLookEvery{60};
constexpr std::chrono::milliseconds kFirstPause{200}, kLongestPause{10'000};

/// What people look at. Kubernetes' own events and leases would be a second telling of the same.
constexpr std::string_view kWatched[] = {"devopsprojects",       "pipelines",       "pipelineruns",     "secrets",
                                         "configmaps",           "templates",       "clustertemplates", "steptemplates",
                                         "clustersteptemplates", "gitrepositories", "webhooks"};

std::string_view word_of(runs::Phase phase, bool paused) {
  switch (phase) {
    case runs::Phase::queued:
      return "queued";
    case runs::Phase::running:
      return paused ? "paused" : "running";
    case runs::Phase::ended:
      return "ended";
    case runs::Phase::stuck:
      return "stuck";
  }
  return "";
}

Value reason_of(const runs::Reason& reason) {
  return reason.code.empty() ? Value() : Value::map_of("code", reason.code, "evidence", reason.evidence);
}

}  // namespace

/// One kind of objects, from now on and for ever. Where the store no longer has what happened, everybody hears of a
/// gap.
struct EventFeed::Watch : std::enable_shared_from_this<EventFeed::Watch> {
  Watch(EventFeed& feed_, const objects::ResourceType& type_) : feed(&feed_), type(type_), timer(feed_.io_) {}

  EventFeed* feed;
  const objects::ResourceType& type;
  asio::steady_timer timer;
  objects::Watcher* watcher = nullptr;
  bool stopping = false;
  bool lost = false;    ///< changes have gone by unseen
  std::string trouble;  ///< what was logged last; empty: all is well

  void tell(const objects::WatchEvent& change) {
    using Kind = objects::WatchEvent::Kind;
    if (change.kind == Kind::bookmark || !feed->hub_.wanted()) return;
    const auto name = objects::meta_text(change.object, "name");
    Event event;
    event.kind = EventKind::object;
    event.group = type.group;
    event.resource = type.plural;
    event.space = objects::meta_text(change.object, "namespace");
    event.name = name;
    event.time_millis = feed->now_();
    event.thing = "object/" + std::string(type.plural) + "/" + event.space + "/" + name;
    if (type.plural == "pipelines") event.job = event.space + "/" + name;
    event.data = data::format_json(Value::map_of("time", event.time_millis, "change",
                                                 change.kind == Kind::added      ? "added"
                                                 : change.kind == Kind::modified ? "modified"
                                                                                 : "deleted",
                                                 "group", type.group, "version", type.version, "resource", type.plural,
                                                 "kind", type.kind, "namespace", event.space, "name", name, "uid",
                                                 objects::meta_text(change.object, "uid"), "resourceVersion",
                                                 objects::meta_text(change.object, "resourceVersion")));
    feed->hub_.add(std::move(event));
  }

  objects::ApiTask<std::int64_t> follow(std::int64_t from) {
    if (from == 0) {
      objects::ListOptions one;
      one.limit = 1;
      one.metadata_only = true;
      auto list = co_await feed->store_.list(type, one);
      if (!list) co_return std::unexpected(std::move(list).error());
      from = list->resource_version;
    }
    if (std::exchange(lost, false)) feed->hub_.lose_all();
    lost = true;  // until this watch has ended in order
    if (!std::exchange(trouble, {}).empty() && feed->log_) {
      feed->log_("changes of " + std::string(type.plural) + " can be followed again");
    }
    const auto watch =
        feed->store_.watch(type, {.namespace_ = {}, .labels = {}, .fields = {}, .from = from, .metadata_only = true});
    while (!stopping) {
      watcher = watch.get();
      auto events = co_await watch->next(std::chrono::steady_clock::now() + kLookEvery);
      watcher = nullptr;
      if (!events) co_return std::unexpected(std::move(events).error());
      feed->hub_.expire(feed->now_());
      for (const auto& event : *events) {
        if (!stopping) tell(event);
      }
    }
    co_return 0;
  }

  static asio::awaitable<void> run(std::shared_ptr<Watch> self) {
    auto pause = kFirstPause;
    while (!self->stopping) {
      auto done = co_await self->follow(0);
      if (done || self->stopping) co_return;
      if (self->feed->log_ && self->trouble != done.error().message) {
        self->trouble = done.error().message;
        self->feed->log_("changes of " + std::string(self->type.plural) +
                         " cannot be followed: " + done.error().message);
      }
      self->timer.expires_after(pause);
      pause = std::min(pause * 2, kLongestPause);
      co_await self->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
};

EventFeed::EventFeed(asio::io_context& io, objects::ObjectStore& store, kapis::EventHub& hub,
                     std::function<std::int64_t()> now_millis, std::function<void(std::string_view)> log)
    : io_(io), store_(store), hub_(hub), now_(std::move(now_millis)), log_(std::move(log)) {}

EventFeed::~EventFeed() { stop(); }

void EventFeed::start() {
  for (const auto& type : objects::resource_types()) {
    if (std::find(std::begin(kWatched), std::end(kWatched), type.plural) == std::end(kWatched)) continue;
    watches_.push_back(std::make_shared<Watch>(*this, type));
    asio::co_spawn(io_, Watch::run(watches_.back()), asio::detached);
  }
}

void EventFeed::stop() {
  for (const auto& watch : watches_) {
    watch->stopping = true;
    watch->timer.cancel();
    if (watch->watcher != nullptr) watch->watcher->wake();
  }
}

void EventFeed::run_changed(const runs::RunInfo& run, const runs::RunDelta& delta) {
  if (!hub_.wanted()) return;
  const auto now = now_();
  auto& known = runs_[run.uid];

  const bool queued = run.phase == runs::Phase::queued;
  if (queued != known.queued || (queued && run.reason.code != known.reason)) {
    auto place = kapis::run_event(EventKind::queue, run, now);
    auto in_queue = kapis::run_members(run, now);
    in_queue.set("waits", queued);
    in_queue.set("reason", queued ? reason_of(run.reason) : Value());
    in_queue.set("since", run.queued_millis);
    place.data = data::format_json(in_queue);
    hub_.add(std::move(place));
  }
  known.queued = queued;
  known.reason = queued ? run.reason.code : std::string();

  for (const auto& node : delta.nodes) {
    auto event = kapis::run_event(EventKind::node, run, now);
    event.thing += "/" + std::to_string(node.id);
    auto one = kapis::run_members(run, now);
    one.set("node",
            Value::map_of("id", static_cast<std::int64_t>(node.id), "parent", static_cast<std::int64_t>(node.parent),
                          "step", node.step, "label", node.label, "line", static_cast<std::int64_t>(node.line),
                          "branch", node.branch, "started", node.started_millis, "ended", node.ended_millis, "result",
                          node.result, "cause", node.cause));
    event.data = data::format_json(one);
    hub_.add(std::move(event));
  }
  if (delta.log_bytes != 0) {
    auto event = kapis::run_event(EventKind::log, run, now);
    auto one = kapis::run_members(run, now);
    one.set("bytes", static_cast<std::int64_t>(delta.log_bytes));
    event.data = data::format_json(one);
    hub_.add(std::move(event));
  }

  std::set<std::string> inputs;
  for (const auto& one : run.waiting) {
    if (one.code != "input") continue;
    const auto id = one.input.get_string("id");
    inputs.insert(id);
    if (known.inputs.contains(id)) continue;
    hub_.add(kapis::asked_event(run, one, now));
  }
  for (const auto& id : known.inputs) {
    if (inputs.contains(id)) continue;
    auto closed = kapis::run_members(run, now);
    closed.set("id", id);
    closed.set("waits", false);
    auto event = kapis::run_event(EventKind::approval, run, now);
    event.thing += "/" + id;
    event.data = data::format_json(closed);
    hub_.add(std::move(event));
  }
  known.inputs = std::move(inputs);
  // Last of all, so that who hears of an end has heard everything.
  auto codes = Value::list();
  for (const auto& one : run.waiting) {
    if (codes.size() < 20) codes.push(one.code);
  }
  auto told = kapis::run_event(EventKind::run, run, now);
  auto data = kapis::run_members(run, now);
  data.set("phase", word_of(run.phase, run.paused()));
  data.set("result", run.result);
  data.set("reason", reason_of(run.reason));
  data.set("waiting", std::move(codes));
  data.set("queued", run.queued_millis);
  data.set("started", run.started_millis);
  data.set("ended", run.ended_millis);
  data.set("version", static_cast<std::int64_t>(run.version));
  told.data = data::format_json(data);
  hub_.add(std::move(told));
  if (run.phase == runs::Phase::ended) runs_.erase(run.uid);
}

void EventFeed::load_changed(const std::vector<engine::SharedResources::NodeLoad>& nodes) {
  if (!hub_.wanted()) return;
  for (const auto& node : nodes) {
    auto facts =
        Value::map_of("node", node.node, "executors", node.executors, "busy", node.busy, "waiting", node.waiting);
    auto text = data::format_json(facts);
    auto& known = load_[node.node];
    if (known == text) continue;
    known = std::move(text);
    Event event;
    event.kind = EventKind::agent;
    event.thing = "agent/" + node.node;
    event.name = node.node;
    event.time_millis = now_();
    facts.set("time", event.time_millis);
    event.data = data::format_json(facts);
    hub_.add(std::move(event));
  }
}

}  // namespace windlass::server

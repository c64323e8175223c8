// What becomes of pods: versions of their objects to events, the wait for the agent, and the end with its evidence.
#include <algorithm>
#include <charconv>

#include "clouds/fleet_parts.h"
#include "clouds/url_check.h"
#include "kube/pod_log.h"
#include "objects/metadata.h"

namespace windlass::clouds {

using boost::asio::awaitable;
using data::Value;
using kube::resources::pods;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kTailLines = 30;
constexpr std::uint64_t kTailBytes = 64U << 10U;
constexpr std::size_t kMaxEvents = 50;
constexpr std::size_t kEvidenceBytes = 8U << 10U;
/// Events are written beside the object, not with it.
constexpr auto kEventsAfter = 300ms;
/// A pod that says nothing of itself: its events may (volumes, sandbox).
constexpr auto kQuietPod = 10s;
/// An agent calls as soon as its container runs: one that has not by then is looked into.
constexpr auto kQuietAgent = 5s;

std::uint64_t version_of(const Value& object) {
  const auto text = objects::meta_text(object, "resourceVersion");
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::int64_t seconds_of(rt::Timers::Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    if (!out.back().empty() && out.back().back() == '\r') out.back().pop_back();
    at = end + 1;
  }
  return out;
}

}  // namespace

// ---- telling

void PodFleet::Impl::emit(const LifePtr& life, PodEvent event) {
  if (!life->listener || stopped) return;
  event.namespace_ = life->namespace_;
  event.pod = life->name;
  boost::asio::post(client.io(), [self = shared_from_this(), listener = life->listener, event = std::move(event)] {
    if (!self->stopped) listener(event);
  });
}
void PodFleet::Impl::emit_line(const LifePtr& life, std::string line) {
  emit(life, {.kind = PodEvent::Kind::line, .line = std::move(line)});
}
void PodFleet::Impl::emit_trouble(const LifePtr& life, PodEvent::Kind kind, const Trouble& trouble) {
  emit(life, {.kind = kind, .trouble = trouble});
}

// ---- namespaces

SpacePtr PodFleet::Impl::space(const std::string& namespace_) {
  auto& out = spaces[namespace_];
  if (!out) {
    out = std::make_shared<Space>(client.io(), client.timers());
    out->namespace_ = namespace_;
    if (started && !stopped) spawn(learn(shared_from_this(), out));
  }
  return out;
}

/// Lists a namespace once, as it is in the store, then watches it for ever.
Work PodFleet::Impl::learn(std::shared_ptr<Impl> self, SpacePtr space) {
  auto backoff = self->backoff();
  std::vector<Value> found;
  std::string next;
  do {
    kube::ListQuery query{.namespace_ = space->namespace_,
                          .labels = store_selector(self->options.store_id),
                          .limit = 500,
                          .continue_ = next};
    auto page = co_await self->client.list(pods(), std::move(query));
    if (self->stopped) co_return;
    if (!page) {
      space->refusal = page.error();
      space->changed.notify();
      found.clear();
      next.clear();
      co_await self->sleep(self->now() + self->pause_after_failure(backoff));
      if (self->stopped) co_return;
      continue;
    }
    if (auto* items = page->find("items")) {
      for (auto& one : items->mutable_items()) found.push_back(std::move(one));
    }
    space->refusal.reset();
    next = objects::meta_text(*page, "continue");
  } while (space->refusal || !next.empty());
  for (const auto& pod : found) self->saw_stray(space, pod, false);
  space->known = true;
  kube::InformerOptions informer;
  informer.backoff = self->options.watch_backoff;
  space->informer = std::make_unique<kube::Informer>(
      self->client, pods(),
      kube::InformerQuery{.namespace_ = space->namespace_, .labels = store_selector(self->options.store_id)},
      [raw = self.get(), where = std::weak_ptr<Space>(space)](const kube::Delta& delta) {
        if (const auto known = where.lock()) raw->saw(known, delta);
      },
      informer);
  space->informer->start();
  space->changed.notify();
  self->sweep_pods(space);
  self->fill_warm();
  self->spawn(sweep_leases(self, space));
}

bool PodFleet::Impl::sees(const std::string& namespace_) const {
  const auto found = spaces.find(namespace_);
  return found != spaces.end() && found->second->informer && found->second->informer->core().is_synced() &&
         found->second->informer->core().trouble().message.empty();
}

void PodFleet::Impl::saw(const SpacePtr& space, const kube::Delta& delta) {
  if (stopped) return;
  const bool deleted = delta.kind == kube::Delta::Kind::deleted;
  const auto key = space->namespace_ + "/" + objects::meta_text(delta.object, "name");
  if (deleted) {
    online.erase(objects::meta_text(delta.object, "name"));
    // There is room in the quota.
    for (const auto& [other, life] : by_pod) {
      if (life->waits_for_quota && life->namespace_ == space->namespace_) {
        life->changed.notify();
        break;
      }
    }
  }
  if (!deleted) saw_deletion(space, delta.object);
  const auto found = by_pod.find(key);
  if (found == by_pod.end()) return saw_stray(space, delta.object, deleted);
  const auto life = found->second;
  const auto uid = objects::meta_text(delta.object, "uid");
  if (!life->state.uid().empty() && life->state.uid() != uid) return;
  const auto marks = marks_of(delta.object);
  if (marks.run != life->run || marks.effect != life->effect) {
    // Another's of the same name (the creation will tell), or an idle one that is ours in a moment.
    if (!life->there || !deleted) return;
  }
  if (deleted && !life->there) return;
  if (deleted) return lost(life);
  feed(life, delta.object);
}

void PodFleet::Impl::saw_stray(const SpacePtr& space, const Value& pod, bool deleted) {
  const auto name = objects::meta_text(pod, "name");
  const auto key = space->namespace_ + "/" + name;
  if (by_pod.contains(key)) return;
  if (deleted) {
    space->strays.erase(name);
    caps.drop(key);
    admit();
    return fill_warm();
  }
  auto terms = terms_of(pod);
  if (options.is_ours && !options.is_ours(terms.cloud)) return;
  auto& stray = space->strays[name];
  if (auto uid = objects::meta_text(pod, "uid"); uid != stray.uid) {
    stray.uid = std::move(uid);
    stray.removing = false;
  }
  stray.marks = marks_of(pod);
  stray.terms = std::move(terms);
  stray.being_deleted = objects::is_being_deleted(pod);
  const auto* status = pod.find("status");
  const auto phase = status != nullptr ? status->get_string("phase") : std::string();
  const auto* containers = status != nullptr ? status->find("containerStatuses") : nullptr;
  const bool over =
      phase == "Failed" || phase == "Succeeded" ||
      std::ranges::any_of(containers != nullptr ? containers->items() : Value::List{}, [](const Value& one) {
        const auto* state = one.find("state");
        return state != nullptr && state->find("terminated") != nullptr;
      });
  const bool was_over = std::exchange(stray.over, over);
  if (over && !was_over && stray.marks.idle_since > 0) sweep_now();
  if (stray.being_deleted || phase == "Failed" || phase == "Succeeded") {
    caps.drop(key);
    admit();
  } else if (!stray.removing) {
    caps.hold(key, claim_of(stray.terms));
  }
}

// ---- one pod

void PodFleet::Impl::feed(const LifePtr& life, const Value& pod) {
  if (life->vanished) return;
  if (!life->there) {
    if (!life->claims.empty()) {
      life->seen = pod;
      return;
    }
    tell_created(life, life->adopting);
  }
  const auto version = version_of(pod);
  // The answer to a creation has no more than metadata: of a version that the watch was quicker with it is no news.
  const bool is_whole = pod.find("spec") != nullptr;
  if (version < life->version || (version == life->version && !is_whole)) return;
  life->version = version;
  if (life->url.empty()) life->url = agent_url(pod, life->terms.agent_container);
  apply(life, life->state.saw(pod, options.wall_millis(), life->leaving));
  if (life->leaving) life->changed.notify();
}

/// The API server has it no more.
void PodFleet::Impl::lost(const LifePtr& life) {
  if (std::exchange(life->vanished, true)) return;
  if (life->leaving) {
    if (!life->launching && !life->changing_hands) forget(life, false);
    life->changed.notify();
    return;
  }
  // Its owner may be what went first: it is looked at before the next pod.
  if (life->lease) life->lease->object = Value();
  apply(life, life->state.gone());
}

void PodFleet::Impl::apply(const LifePtr& life, PodNews news) {
  if (stopped || life->leaving) return;
  if (news.healed) emit(life, {.kind = PodEvent::Kind::healed});
  // Before its lines: of a node that is up only those of its end are shown.
  if (news.trouble) emit_trouble(life, PodEvent::Kind::trouble, *news.trouble);
  for (auto& line : news.lines) emit_line(life, std::move(line));
  if (news.became_ready) {
    emit(life, {.kind = PodEvent::Kind::ready});
    cool(life);
  }
  if (news.is_over()) {
    if (!std::exchange(life->finishing, true)) {
      spawn(finish(shared_from_this(), life, *news.trouble, std::move(news.tails)));
    }
  } else if (news.ask_events && !std::exchange(life->asking_events, true)) {
    spawn(ask_events(shared_from_this(), life, now() + kEventsAfter));
  }
  if (news.became_ready || news.is_over()) life->changed.notify();
}

Work PodFleet::Impl::finish(std::shared_ptr<Impl> self, LifePtr life, Trouble trouble, std::vector<std::string> tails) {
  const bool unexplained = trouble.code == "pod-deleted";
  // A scheduler of Kubernetes before 1.25 says by an event alone for whom it has deleted a pod.
  if (unexplained && !life->state.uid().empty()) co_await self->sleep(self->now() + kEventsAfter);
  if (self->stopped) co_return;
  if (!life->vanished || unexplained) {
    auto events = co_await self->events_of(life);
    if (self->stopped) co_return;
    if (unexplained && was_preempted(events, trouble)) self->emit_line(life, "ERROR: " + sentence(trouble));
    for (auto& line : life->state.saw_events(events, self->options.wall_millis()).lines) {
      self->emit_line(life, std::move(line));
    }
    const auto facts = life->state.containers();
    for (const auto& name : tails) {
      const auto fact = std::ranges::find(facts, name, &ContainerFacts::name);
      if (fact == facts.end()) continue;
      auto text = co_await self->tail(life, name);
      if (self->stopped) co_return;
      self->emit_line(life, tail_heading(*fact));
      self->emit_line(life, "-----Logs-------------");
      for (auto& line : lines_of(text)) self->emit_line(life, std::move(line));
    }
  }
  if (std::exchange(life->failed, true)) co_return;
  self->emit_trouble(life, PodEvent::Kind::failed, trouble);
  self->leave(life, false);
}

Work PodFleet::Impl::ask_events(std::shared_ptr<Impl> self, LifePtr life, rt::Timers::Moment at) {
  co_await self->sleep(at);
  if (!self->is_over(life) && !life->vanished) {
    auto events = co_await self->events_of(life);
    if (!self->is_over(life) && !life->finishing) {
      self->apply(life, life->state.saw_events(events, self->options.wall_millis()));
    }
  }
  life->asking_events = false;
}

/// Oldest first; nothing where they may not be read. One that went while no server ran is known by its name, which no
/// other pod has had.
awaitable<std::vector<Value>> PodFleet::Impl::events_of(LifePtr life) {
  const auto uid = life->state.uid();
  kube::ListQuery query{.namespace_ = life->namespace_,
                        .fields = uid.empty() ? "involvedObject.name=" + life->name : "involvedObject.uid=" + uid,
                        .limit = kMaxEvents};
  auto list = co_await client.list(kube::resources::events(), std::move(query));
  std::vector<Value> out;
  if (!list) co_return out;
  if (auto* items = list->find("items")) out = std::move(items->mutable_items());
  std::ranges::sort(out, {}, [](const Value& one) { return one.get_string("lastTimestamp"); });
  co_return out;
}

/// The last lines of a container's log, or nothing: in time.
awaitable<std::string> PodFleet::Impl::tail(LifePtr life, std::string container) {
  struct Box {
    Box(boost::asio::io_context& io, rt::Timers& timers) : done(io, timers) {}
    std::string text;
    bool ready = false;
    rt::Signal done;
  };
  auto box = std::make_shared<Box>(client.io(), client.timers());
  const auto deadline = now() + options.tail_limit;
  const auto read = [](std::shared_ptr<Impl> self, std::shared_ptr<Box> into, kube::LogQuery query,
                       rt::Timers::Moment until) -> Work {
    auto log = co_await kube::PodLog::open(self->client, std::move(query));
    while (log && into->text.size() < 2 * kTailBytes) {
      auto piece = co_await (*log)->read(until);
      if (!piece || piece->empty()) break;
      into->text += *piece;
    }
    into->ready = true;
    into->done.notify();
  };
  spawn(read(shared_from_this(), box,
             {.namespace_ = life->namespace_,
              .pod = life->name,
              .container = std::move(container),
              .tail_lines = kTailLines,
              .limit_bytes = kTailBytes},
             deadline));
  while (!box->ready && now() < deadline && !stopped) (void)co_await box->done.wait(deadline);
  co_return box->text;
}

// ---- the wait for the agent

/// The informer may have missed a pod that came and went while it was away.
awaitable<bool> PodFleet::Impl::still_there(LifePtr life) {
  const auto found = spaces.find(life->namespace_);
  if (found != spaces.end() && found->second->informer &&
      found->second->informer->core().find(life->pod_key()) != nullptr) {
    co_return true;
  }
  auto pod = co_await client.get(pods(), life->namespace_, life->name);
  if (is_over(life)) co_return false;
  if (pod) feed(life, *pod);
  if (!pod && pod.error().code == 404) lost(life);
  co_return !is_over(life) && !life->vanished;
}

awaitable<Trouble> PodFleet::Impl::agent_trouble(LifePtr life, std::int64_t seconds) {
  Trouble out;
  out.code = "pod-agent";
  out.evidence = Value::map_of("url", life->url, "seconds", seconds, "container", life->terms.agent_container);
  auto check = address_problem(life->url);
  if (check.is_null() && options.check_url) check = co_await options.check_url(life->url);
  if (!check.is_null()) out.evidence.set("check", std::move(check));
  auto lines = lines_of(co_await tail(life, life->terms.agent_container));
  // It is kept as the run's reason: the newest lines, and not much of them.
  std::size_t bytes = 0;
  const auto enough = std::ranges::find_if(lines.rbegin(), lines.rend(),
                                           [&](const auto& line) { return (bytes += line.size()) > kEvidenceBytes; });
  lines.erase(lines.begin(), enough.base());
  auto list = Value::list();
  for (const auto& line : lines) list.push(line);
  out.evidence.set("log", std::move(list));
  const auto last = std::ranges::find_if(lines.rbegin(), lines.rend(), [](const auto& line) { return !line.empty(); });
  if (last != lines.rend()) out.evidence.set("tail", *last);
  co_return out;
}

Work PodFleet::Impl::watch_connecting(std::shared_ptr<Impl> self, LifePtr life) {
  const auto limit = std::chrono::seconds(std::max(1, life->terms.connect_timeout_seconds));
  const auto over = [&] { return self->is_over(life) || life->finishing || life->vanished; };
  const auto say = [&](const Trouble& trouble) {
    self->emit_line(life, (trouble.final ? "ERROR: " : "WARNING: ") + sentence(trouble));
    const auto* log = trouble.evidence.find("log");
    if (log != nullptr && log->size() > 0) {
      self->emit_line(life, "- " + life->terms.agent_container + " -- running");
      self->emit_line(life, "-----Logs-------------");
      for (const auto& line : log->items()) self->emit_line(life, line.text());
    }
    self->emit_trouble(life, PodEvent::Kind::trouble, trouble);
  };
  // While the cluster is not seen, nobody can be blamed for not being ready.
  auto began = self->now();
  auto deadline = began + limit;
  auto next = began + kQuietPod;
  while (!life->state.is_ready()) {
    (void)co_await life->changed.wait(std::min(next, deadline));
    if (over()) co_return;
    if (life->state.is_ready()) break;
    if (self->now() < std::min(next, deadline)) continue;
    if (!self->sees(life->namespace_)) deadline = std::max(deadline, self->now() + self->options.reminder);
    if (self->now() >= deadline) {
      auto trouble = life->state.trouble().value_or(Trouble{});
      if (trouble.code.empty()) {
        trouble.code = "pod-not-ready";
        trouble.evidence.set("seconds", seconds_of(self->now() - began));
        if (auto why = life->state.why_not_ready(); !why.empty()) trouble.evidence.set("message", why);
      }
      clouds::finish(trouble, true);
      life->finishing = true;
      self->emit_line(life, "Failed to launch " + life->name);
      say(trouble);
      self->spawn(finish(self, life, trouble, {}));
      co_return;
    }
    if (!co_await self->still_there(life) || over()) co_return;
    if (!std::exchange(life->asking_events, true)) self->spawn(ask_events(self, life, self->now()));
    next = self->now() + self->options.reminder;
  }
  began = self->now();
  deadline = began + limit;
  next = began + std::min<rt::Timers::Clock::duration>(kQuietAgent, self->options.reminder);
  bool told = false;
  while (!life->connected) {
    (void)co_await life->changed.wait(std::min(next, deadline));
    if (over()) co_return;
    if (life->connected) break;
    const auto at = self->now();
    if (at < std::min(next, deadline)) continue;
    const auto seconds = seconds_of(at - began);
    if (at >= deadline) {
      auto trouble = co_await self->agent_trouble(life, seconds);
      if (over()) co_return;
      if (life->connected) break;
      clouds::finish(trouble, true);
      life->finishing = true;
      self->emit_line(life, "Failed to launch " + life->name);
      say(trouble);
      self->spawn(finish(self, life, trouble, {}));
      co_return;
    }
    if (told) {
      self->emit_line(life, "Waiting for agent to connect (" + std::to_string(seconds) + "/" +
                                std::to_string(limit.count()) + "): " + life->name);
    }
    if (!co_await self->still_there(life) || over()) co_return;
    next = (told ? at : began) + self->options.reminder;
    if (std::exchange(told, true)) continue;
    const auto trouble = co_await self->agent_trouble(life, seconds);
    if (over()) co_return;
    if (!life->connected) say(trouble);
  }
  if (told) self->emit(life, {.kind = PodEvent::Kind::healed});
}

}  // namespace windlass::clouds

// Pods that nobody needs any more: deleted, kept for the next or for people; their owners; and the sweeps that find
// what was left over.
#include <algorithm>

#include "clouds/fleet_parts.h"
#include "objects/metadata.h"

namespace windlass::clouds {

using boost::asio::awaitable;
using data::Value;
using kube::resources::leases;
using kube::resources::pods;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kPatchTries = 5;
constexpr std::chrono::milliseconds kWarmLease{3'600'000};  ///< longer than any pod takes to be made
constexpr std::int64_t kSpeakEvery = 3'600'000;             ///< for its idle pods, a store that is there …
constexpr std::int64_t kForgotten = 24 * kSpeakEvery;       ///< … and one that is no more has said nothing for so long
constexpr auto kReadyFirst = 3s;
constexpr auto kMostAway =
    5min;  ///< the agent of an idle pod calls again within seconds, the server may be away longer

bool keeps(pods::Retention retention, const PodState& state) {
  switch (retention) {
    case pods::Retention::never:
      return false;
    case pods::Retention::always:
      return true;
    case pods::Retention::on_failure:
      return state.phase() == "Failed" || state.phase() == "Unknown";
    case pods::Retention::evicted:
      return state.reason() == "Evicted";
  }
  return false;
}

}  // namespace

void PodFleet::Impl::leave(const LifePtr& life, bool reusable) {
  if (stopped || std::exchange(life->leaving, true)) return;
  life->reusable = reusable;
  given_back.insert(life->key);
  life->changed.notify();
  // Who is still making it sees that it is given back, and ends with this.
  if (!life->launching) spawn(run_leaving(shared_from_this(), life));
}

Work PodFleet::Impl::run_leaving(std::shared_ptr<Impl> self, LifePtr life) {
  bool kept = false;
  if (life->there && !life->vanished) {
    const bool idle = life->reusable && life->terms.idle_minutes > 0 && life->state.is_ready() &&
                      !life->state.is_over() && life->connected;
    life->changing_hands = true;
    if (idle) {
      kept = co_await self->try_idle(life);
    } else if (keeps(life->terms.retention, life->state)) {
      kept = co_await self->try_keep(life);
    }
    if (self->stopped) co_return;
    life->changing_hands = false;
  }
  if (!kept) {
    // The place is free at once, as an agent's is; the pod takes its time to end.
    self->caps.drop(life->pod_key());
    self->admit();
    const bool maybe_there = life->lease || life->adopting;
    if (life->there && life->connected && !life->failed) co_await self->let_it_be_told_ready(life);
    if (self->stopped) co_return;
    if (!life->vanished && maybe_there) {
      const auto uid = life->state.uid();
      const bool away = uid.empty() ? co_await self->remove_unseen(life)
                                    : co_await self->remove_pod(life->namespace_, life->name, uid);
      if (!away) co_return;
      if (life->there) self->emit(life, {.kind = PodEvent::Kind::ending});
    }
    if (life->there) {
      self->log("Terminated Kubernetes instance for agent " + life->pod_key());
      self->log("Disconnected computer " + life->name);
    }
  }
  self->drop_lease(life);
  // What the API server still has of it is told as deleted, or is somebody else's by now.
  const auto space = self->spaces.find(life->namespace_);
  const bool known = space != self->spaces.end() && space->second->informer &&
                     space->second->informer->core().find(life->pod_key()) != nullptr;
  const auto named = self->by_pod.find(life->pod_key());
  const bool named_again = named == self->by_pod.end() || named->second != life;
  if (kept || life->vanished || !known || named_again) self->forget(life, kept);
}

/// Of one that is deleted before its kubelet has told that its containers run, the kubelet of 1.20 forgets all but the
/// processes for a minute. That is told a second or two after the agent has called.
Work PodFleet::Impl::let_it_be_told_ready(LifePtr life) {
  const auto deadline = now() + kReadyFirst;
  while (!stopped && !life->vanished && !life->state.is_ready() && !life->state.is_over() && now() < deadline) {
    (void)co_await life->changed.wait(deadline);
  }
}

/// Nothing more comes for this order.
void PodFleet::Impl::forget(const LifePtr& life, bool kept) {
  const auto mine = by_key.find(life->key);
  if (mine != by_key.end() && mine->second == life) by_key.erase(mine);
  const auto pod = by_pod.find(life->pod_key());
  if (pod != by_pod.end() && pod->second == life) by_pod.erase(pod);
  if (life->listener) emit(life, {.kind = PodEvent::Kind::gone, .kept = kept});
  life->listener = nullptr;
}

/// True: it stays, and is nobody's; false: it is to be deleted.
awaitable<bool> PodFleet::Impl::try_keep(LifePtr life) {
  auto backoff = this->backoff();
  for (unsigned tries = 0; tries < kPatchTries && !stopped; ++tries) {
    const auto answer = co_await client.patch(pods(), life->namespace_, life->name, kube::PatchKind::merge,
                                              keep_patch(options.store_id));
    if (answer) {
      caps.drop(life->pod_key());
      if (!stopped) admit();
      emit_line(life, "Pod " + life->pod_key() + " is kept, as its retention policy " +
                          std::string(pods::to_string(life->terms.retention)) + " says");
      co_return true;
    }
    if (answer.error().code == 404) break;
    if (answer.error().code < 500) {
      log("the pod " + life->pod_key() +
          " cannot be kept as its retention policy says, and is deleted: " + answer.error().message);
      break;
    }
    co_await sleep(now() + pause_after_failure(backoff));
  }
  co_return false;
}

awaitable<bool> PodFleet::Impl::try_idle(LifePtr life) {
  const auto space = this->space(life->namespace_);
  const auto wall = options.wall_millis();
  const auto answer =
      co_await client.patch(pods(), life->namespace_, life->name, kube::PatchKind::merge, idle_patch(wall));
  if (stopped || !answer) co_return false;
  // It goes on to count: it is there.
  by_pod.erase(life->pod_key());
  saw_stray(space, *answer, false);
  for (const auto& [key, other] : by_key) {
    if (!other->admitted && other->launching) other->changed.notify();
  }
  co_return true;
}

awaitable<bool> PodFleet::Impl::remove_pod(std::string namespace_, std::string name, std::string uid) {
  auto backoff = this->backoff();
  bool said = false;
  while (!stopped) {
    const auto answer = co_await client.remove(pods(), namespace_, name, {.uid = uid});
    // 409: another one of that name.
    if (answer || answer.error().code == 404 || answer.error().code == 409) co_return true;
    if (!std::exchange(said, true)) {
      log("the pod " + namespace_ + "/" + name + " cannot be deleted yet: " + answer.error().message);
    }
    co_await sleep(now() + pause_after_failure(backoff));
  }
  co_return false;
}

/// Of an order whose pod was never seen: a creation whose answer never came may have made it.
awaitable<bool> PodFleet::Impl::remove_unseen(LifePtr life) {
  auto backoff = this->backoff();
  while (!stopped) {
    const auto pod = co_await client.get(pods(), life->namespace_, life->name);
    if (pod) {
      const auto marks = marks_of(*pod);
      const bool ours =
          marks.store == label_value(options.store_id) && marks.run == life->run && marks.effect == life->effect;
      if (!ours) co_return true;
      co_return co_await remove_pod(life->namespace_, life->name, objects::meta_text(*pod, "uid"));
    }
    if (pod.error().code == 404) co_return true;
    co_await sleep(now() + pause_after_failure(backoff));
  }
  co_return false;
}

// ---- leases

void PodFleet::Impl::drop_lease(const LifePtr& life) {
  const auto lease = std::exchange(life->lease, nullptr);
  if (!lease || --lease->users > 0) return;
  spawn(linger(shared_from_this(), lease, lease->turn));
}

/// Another fleet of this store, which sees the namespace by other credentials, may have pods of the run there.
bool PodFleet::Impl::owns_others(const RunLease& lease) const {
  const auto space = spaces.find(lease.namespace_);
  if (space == spaces.end() || !space->second->informer) return false;
  return std::ranges::any_of(space->second->informer->core().objects(), [&](const auto& one) {
    return marks_of(one.second).run == label_value(lease.run) && !objects::is_being_deleted(one.second) &&
           options.is_ours && !options.is_ours(terms_of(one.second).cloud);
  });
}

/// A run that wants its next pod a moment later finds its lease.
Work PodFleet::Impl::linger(std::shared_ptr<Impl> self, std::shared_ptr<RunLease> lease, std::uint64_t turn) {
  co_await self->sleep(self->now() + self->options.lease_linger);
  auto backoff = self->backoff();
  while (!self->stopped && lease->turn == turn && !lease->busy) {
    if (self->owns_others(*lease)) {
      // The last of them deletes it, or a sweep when the run is over.
      self->run_leases.erase(lease->namespace_ + "\n" + lease->run);
      co_return;
    }
    lease->busy = true;
    objects::Outcome<Value> answer = lease->object;
    // Of a pod of an earlier process its owner was never looked at.
    if (lease->object.is_null()) {
      answer =
          co_await self->client.get(leases(), lease->namespace_, lease_name(self->options.store_id, lease->run), true);
    }
    if (answer && marks_of(*answer).store == label_value(self->options.store_id)) {
      const auto uid = objects::meta_text(*answer, "uid");
      answer = co_await self->client.remove(leases(), lease->namespace_, lease_name(self->options.store_id, lease->run),
                                            {.uid = uid});
    }
    lease->busy = false;
    const bool away = answer || answer.error().code == 404 || answer.error().code == 409;
    // Away, or nobody knows: whoever wants it next looks.
    lease->object = Value();
    lease->changed.notify();
    if (away) {
      if (lease->turn == turn) self->run_leases.erase(lease->namespace_ + "\n" + lease->run);
      co_return;
    }
    co_await self->sleep(self->now() + self->pause_after_failure(backoff));
  }
}

// ---- sweeps

bool PodFleet::Impl::evict_idle(const std::string& cloud) {
  SpacePtr where;
  std::string name;
  std::int64_t oldest = 0;
  for (const auto& [key, space] : spaces) {
    for (const auto& [one, stray] : space->strays) {
      if (stray.marks.idle_since == 0 || stray.removing || stray.being_deleted || stray.terms.cloud != cloud) continue;
      if (where && stray.marks.idle_since >= oldest) continue;
      where = space;
      name = one;
      oldest = stray.marks.idle_since;
    }
  }
  if (!where) return false;
  auto& stray = where->strays.find(name)->second;
  stray.removing = true;
  spawn(remove_stray(shared_from_this(), where, name, stray.uid));
  caps.drop(where->namespace_ + "/" + name);
  admit();
  return true;
}

Work PodFleet::Impl::remove_stray(std::shared_ptr<Impl> self, SpacePtr space, std::string name, std::string uid) {
  if (!co_await self->remove_pod(space->namespace_, name, uid)) co_return;
  self->log("Deleted the pod " + space->namespace_ + "/" + name + ", which no run needs");
}

void PodFleet::Impl::sweep_pods(const SpacePtr& space) {
  const auto wall = options.wall_millis();
  for (auto& [name, stray] : space->strays) {
    if (stray.removing || stray.being_deleted) continue;
    bool needed = false;
    if (online.contains(name) || stray.marks.idle_since == 0) {
      stray.away_since.reset();
    } else if (!stray.away_since) {
      stray.away_since = now();
    }
    if (stray.marks.idle_since > 0 && (stray.over || (stray.away_since && now() - *stray.away_since >= kMostAway))) {
      needed = false;  // of no use to anybody
    } else if (stray.marks.idle_since > 0 && stray.terms.project.empty()) {
      needed = idle_of(*space, stray.terms) <= warm_of(*space, stray.terms);  // those before it are being removed
    } else if (stray.marks.idle_since > 0) {
      needed = wall - stray.marks.idle_since < std::int64_t{60'000} * stray.terms.idle_minutes;
    } else {
      const auto key = key_of(stray.marks.run, stray.marks.effect);
      const auto order = by_key.find(key);
      // An order that has its pod needs no second one; one that has none may be about to find this.
      needed = order != by_key.end()
                   ? !order->second->there
                   : !given_back.contains(key) && !is_left_over(stray.marks) && options.is_alive(stray.marks.run);
    }
    if (needed) continue;
    stray.removing = true;
    caps.drop(space->namespace_ + "/" + name);
    spawn(remove_stray(shared_from_this(), space, name, stray.uid));
  }
  admit();
}

Work PodFleet::Impl::sweep_leases(std::shared_ptr<Impl> self, SpacePtr space) {
  std::string next;
  do {
    auto page = co_await self->client.list(leases(), {.namespace_ = space->namespace_,
                                                      .labels = store_selector(self->options.store_id),
                                                      .limit = 500,
                                                      .continue_ = next,
                                                      .metadata_only = true});
    if (self->stopped || !page) co_return;
    next = objects::meta_text(*page, "continue");
    std::vector<std::pair<std::string, std::string>> over;
    if (const auto* items = page->find("items")) {
      for (const auto& lease : items->items()) {
        const auto run = marks_of(lease).run;
        if (run.empty() || objects::is_being_deleted(lease)) continue;
        // One name served all stores once. Nobody makes pods under it any more.
        const bool outdated = objects::meta_text(lease, "name") != lease_name(self->options.store_id, run);
        if (!outdated) {
          if (self->options.is_alive(run) || self->run_leases.contains(space->namespace_ + "\n" + run)) continue;
          // Another fleet's may be in use at this moment; what has been there for so long is nobody's.
          const auto made = objects::parse_rfc3339(objects::meta_text(lease, "creationTimestamp"));
          if (run == marks::kWarm && self->options.wall_millis() - made < kWarmLease.count()) continue;
        }
        over.emplace_back(objects::meta_text(lease, "name"), objects::meta_text(lease, "uid"));
      }
    }
    for (auto& [name, uid] : over) {
      (void)co_await self->client.remove(leases(), space->namespace_, name, {.uid = uid});
      if (self->stopped) co_return;
    }
  } while (!next.empty());
}

/// Idle pods are nobody's, so nothing takes them away when the folder of their server is lost. A store that has some
/// says each hour that it is there; those of one that has said nothing for a day go, by whoever sweeps the namespace.
Work PodFleet::Impl::sweep_idle(std::shared_ptr<Impl> self, SpacePtr space) {
  struct Said {
    std::int64_t newest = 0;
    std::vector<std::pair<std::string, std::string>> leases;  ///< name, uid
    std::vector<std::int64_t> when;
  };
  std::map<std::string, Said> stores;
  std::string next;
  do {
    auto page = co_await self->client.list(leases(), {.namespace_ = space->namespace_,
                                                      .labels = idle_lease_selector(),
                                                      .limit = 500,
                                                      .continue_ = next,
                                                      .metadata_only = true});
    if (self->stopped || !page) co_return;
    next = objects::meta_text(*page, "continue");
    const auto* items = page->find("items");
    for (const auto& lease : items == nullptr ? Value::List{} : items->items()) {
      if (objects::is_being_deleted(lease)) continue;
      auto& said = stores[marks_of(lease).store];
      const auto made = objects::parse_rfc3339(objects::meta_text(lease, "creationTimestamp"));
      said.newest = std::max(said.newest, made);
      said.leases.emplace_back(objects::meta_text(lease, "name"), objects::meta_text(lease, "uid"));
      said.when.push_back(made);
    }
  } while (!next.empty());
  const auto own = label_value(self->options.store_id);
  const auto wall = self->options.wall_millis();
  // Whichever fleet of this store has them.
  const bool has_idle = space->informer && std::ranges::any_of(space->informer->core().objects(), [](const auto& one) {
                          return marks_of(one.second).idle_since > 0 && !objects::is_being_deleted(one.second);
                        });
  auto& ours = stores[own];
  if (has_idle && wall - ours.newest >= kSpeakEvery) {
    const auto made = co_await self->client.create(leases(), space->namespace_,
                                                   idle_lease(self->options.store_id, wall), {.metadata_only = true});
    if (self->stopped || (!made && made.error().reason != "AlreadyExists")) co_return;
    ours.newest = std::max(ours.newest, wall - kSpeakEvery);
  }
  for (const auto& [store, said] : stores) {
    const bool is_gone = store != own && !store.empty() && wall - said.newest >= kForgotten;
    if (is_gone && !co_await remove_forgotten(self, space, store)) continue;
    for (std::size_t i = 0; i < said.leases.size(); ++i) {
      // Of those of a store that is there its newest counts, while it has any.
      const bool is_old = store == own && (!has_idle || wall - said.when[i] >= 2 * kSpeakEvery);
      if (!is_gone && !is_old) continue;
      (void)co_await self->client.remove(leases(), space->namespace_, said.leases[i].first,
                                         {.uid = said.leases[i].second});
      if (self->stopped) co_return;
    }
  }
}

/// True when none is left.
awaitable<bool> PodFleet::Impl::remove_forgotten(std::shared_ptr<Impl> self, SpacePtr space, std::string store) {
  std::string next;
  bool is_done = true;
  do {
    auto page = co_await self->client.list(pods(), {.namespace_ = space->namespace_,
                                                    .labels = std::string(marks::kStore) + "=" + store,
                                                    .limit = 500,
                                                    .continue_ = next,
                                                    .metadata_only = true});
    if (self->stopped || !page) co_return false;
    next = objects::meta_text(*page, "continue");
    const auto* items = page->find("items");
    for (const auto& pod : items == nullptr ? Value::List{} : items->items()) {
      const auto marks = marks_of(pod);
      // One that became idle lately is of a store that is there after all.
      if (marks.idle_since == 0 || self->options.wall_millis() - marks.idle_since < kForgotten) continue;
      if (objects::is_being_deleted(pod)) continue;
      const auto name = objects::meta_text(pod, "name");
      const bool is_gone = co_await self->remove_pod(space->namespace_, name, objects::meta_text(pod, "uid"));
      if (self->stopped) co_return false;
      is_done = is_done && is_gone;
      if (is_gone) {
        self->log("Deleted the idle pod " + space->namespace_ + "/" + name + ": its server, with the store " + store +
                  ", has not been there for a day");
      }
    }
  } while (!next.empty());
  co_return is_done;
}

Work PodFleet::Impl::run_sweeps(std::shared_ptr<Impl> self) {
  while (!self->stopped) {
    std::erase_if(self->given_back, [&](const std::string& key) {
      return !self->by_key.contains(key) && !self->options.is_alive(run_of_key(key));
    });
    std::erase_if(self->settled, [&](const auto& run) { return !self->options.is_alive(run.first); });
    const auto lives = self->by_key;
    for (const auto& [key, life] : lives) {
      if (life->leaving || self->is_alive(life->run)) continue;
      // Once may be the moment between its end and our being told.
      if (++life->unwanted < 2) continue;
      self->log("the pod " + life->pod_key() + " was not given back by its run, which is over");
      self->leave(life, false);
    }
    const auto all = self->spaces;
    for (const auto& [name, space] : all) {
      if (!space->known) continue;
      self->sweep_pods(space);
      self->fill_warm();
      self->spawn(sweep_leases(self, space));
      self->spawn(sweep_idle(self, space));
    }
    const auto next = self->now() + self->options.sweep;
    while (!self->stopped && !self->sweep_asked && self->now() < next) (void)co_await self->changed.wait(next);
    self->sweep_asked = false;
  }
}

}  // namespace windlass::clouds

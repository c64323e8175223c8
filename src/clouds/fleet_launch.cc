// From an order to its pod: known again, reused, or made under its owner.
#include "clouds/fleet_parts.h"
#include "objects/metadata.h"

namespace windlass::clouds {

using boost::asio::awaitable;
using data::Value;
using kube::resources::leases;
using kube::resources::pods;
using namespace std::chrono_literals;

namespace {

constexpr auto kQuick = 200ms;

std::string pod_text(const Life& life) {
  return life.terms.cloud + (life.terms.cloud.empty() ? "" : " ") + life.namespace_ + "/" + life.name;
}

}  // namespace

PodClaim claim_of(const PodTerms& terms) {
  return {.cloud = terms.cloud,
          .template_id = terms.template_id,
          .project = terms.project,
          .cloud_cap = terms.cloud_cap,
          .instance_cap = terms.instance_cap};
}

// ---- what is told of an order without a pod

void PodFleet::Impl::tell_before(const LifePtr& life, const CreateStep& step) {
  if (step.trouble.code.empty() || (life->told && *life->told == step.trouble)) return;
  const bool same_kind = life->told && life->told->code == step.trouble.code;
  life->told = step.trouble;
  // An outage changes its words from try to try; the log has the first ones.
  if (!same_kind) emit_line(life, step.line.empty() ? "WARNING: " + sentence(step.trouble) : step.line);
  emit_trouble(life, PodEvent::Kind::trouble, step.trouble);
}

void PodFleet::Impl::heal_before(const LifePtr& life) {
  if (!std::exchange(life->told, std::nullopt)) return;
  emit(life, {.kind = PodEvent::Kind::healed});
}

void PodFleet::Impl::fail_before(const LifePtr& life, const CreateStep& step) {
  emit_line(life, step.line.empty() ? "ERROR: " + sentence(step.trouble) : step.line);
  emit_trouble(life, PodEvent::Kind::trouble, step.trouble);
  emit_trouble(life, PodEvent::Kind::failed, step.trouble);
  life->failed = true;
  leave(life, false);
}

void PodFleet::Impl::tell_created(const LifePtr& life, bool adopted) {
  if (std::exchange(life->there, true)) return;
  heal_before(life);
  life->adopted = adopted;
  if (!adopted) life->created_at = options.wall_millis();
  life->connected = online.contains(life->name);
  if (life->connected) life->state.set_online();
  if (!adopted) emit_line(life, "Created Pod: " + pod_text(*life));
  emit(life, {.kind = PodEvent::Kind::created, .adopted = adopted});
}

void PodFleet::Impl::replay(const LifePtr& life) {
  if (!life->there) {
    if (life->told) emit_trouble(life, PodEvent::Kind::trouble, *life->told);
    return;
  }
  emit(life, {.kind = PodEvent::Kind::created, .adopted = true});
  if (life->state.is_ready()) emit(life, {.kind = PodEvent::Kind::ready});
  if (const auto& trouble = life->state.trouble()) emit_trouble(life, PodEvent::Kind::trouble, *trouble);
}

// ---- the way to a pod

Work PodFleet::Impl::run_order(std::shared_ptr<Impl> self, LifePtr life) {
  auto space = self->space(life->namespace_);
  const bool made = co_await self->find_or_make(space, life);
  self->launched(life, made);
}

Work PodFleet::Impl::run_adoption(std::shared_ptr<Impl> self, LifePtr life) {
  auto space = self->space(life->namespace_);
  const bool found = co_await self->find_again(space, life);
  self->launched(life, found);
}

void PodFleet::Impl::launched(const LifePtr& life, bool made) {
  life->launching = false;
  life->manifest = Value();
  if (stopped) return;
  if (life->leaving) return spawn(run_leaving(shared_from_this(), life));
  if (made) spawn(watch_connecting(shared_from_this(), life));
}

awaitable<bool> PodFleet::Impl::find_or_make(SpacePtr space, LifePtr life) {
  if (!co_await wait_known(space, life)) co_return false;
  for (const auto& [name, stray] : space->strays) {
    if (stray.marks.run != life->run || stray.marks.effect != life->effect) continue;
    if (stray.being_deleted || stray.removing) continue;
    life->adopting = true;  // whoever tells of it first: this order has not made it
    use_name(life, std::string(name));
    use_lease(life);
    co_return co_await find_again(space, life);
  }
  if (!co_await wait_admitted(space, life)) co_return false;
  if (life->there) co_return true;  // an idle one
  if (!co_await make_lease(life)) co_return false;
  if (!co_await make_secrets(life)) co_return false;
  co_return co_await make_pod(life);
}

/// Every order waits until the namespace was listed once, from the API server's store and not from its memory: what an
/// earlier process made is in that list, and nobody else makes pods of ours.
awaitable<bool> PodFleet::Impl::wait_known(SpacePtr space, LifePtr life) {
  while (!space->known) {
    if (is_over(life)) co_return false;
    if (space->refusal) {
      const auto step = judge_creation(*space->refusal, space->namespace_, pod_text(*life), ~0U);
      if (step.kind == CreateStep::Kind::refused) {
        fail_before(life, step);
        co_return false;
      }
      tell_before(life, step);
    }
    (void)co_await space->changed.wait(rt::Timers::Moment::max());
  }
  co_return !is_over(life);
}

awaitable<bool> PodFleet::Impl::wait_admitted(SpacePtr space, LifePtr life) {
  if (life->run != marks::kWarm && co_await take_idle(space, life)) co_return true;
  if (is_over(life)) co_return false;
  heal_before(life);
  const auto claim = claim_of(life->terms);
  caps.wait(life->pod_key(), claim);
  admit();
  while (!life->admitted) {
    if (const auto full = caps.full(claim)) {
      // Who keeps a pod for the next one does not keep out somebody who needs one now.
      if (full->cloud && evict_idle(full->what)) continue;
      CreateStep step;
      step.trouble.code = "pod-cap";
      step.trouble.evidence =
          Value::map_of("cap", full->cap, "what", (full->cloud ? "cloud " : "template ") + full->what);
      if (!life->told) {
        life->told = step.trouble;
        emit_trouble(life, PodEvent::Kind::waiting, step.trouble);
      }
    }
    co_await pause(life, rt::Timers::Moment::max());
    if (is_over(life)) break;
    if (!life->admitted && life->run != marks::kWarm && co_await take_idle(space, life)) co_return true;
  }
  heal_before(life);
  if (!is_over(life)) co_return true;
  caps.drop(life->pod_key());
  if (!stopped) admit();
  co_return false;
}

void PodFleet::Impl::admit() {
  for (const auto& key : caps.admit()) {
    const auto found = by_pod.find(key);
    if (found == by_pod.end()) {
      caps.drop(key);
      continue;
    }
    found->second->admitted = true;
    found->second->changed.notify();
  }
}

awaitable<bool> PodFleet::Impl::take_idle(SpacePtr space, LifePtr life) {
  for (;;) {
    std::string name;
    for (const auto& [one, stray] : space->strays) {
      if (stray.marks.idle_since == 0 || stray.removing || stray.being_deleted || stray.over) continue;
      if (stray.terms.template_id != life->terms.template_id || stray.terms.cloud != life->terms.cloud) continue;
      if (stray.terms.digest != life->terms.digest || !online.contains(one)) continue;
      name = one;
      break;
    }
    if (name.empty()) co_return false;
    space->strays.find(name)->second.removing = true;  // nobody else's
    // The run begins with it and is given an owner for it meanwhile: until then the sweep knows it by its run.
    use_lease(life);
    const bool is_owned = !life->lease->object.is_null();
    auto taken = co_await client.patch(pods(), space->namespace_, name, kube::PatchKind::merge,
                                       take_patch(life->run, life->effect, life->run_name, life->terms,
                                                  is_owned ? owner_reference(life->lease->object) : Value()));
    if (stopped) co_return false;
    if (!taken) {
      if (taken.error().code == 404) {
        space->strays.erase(name);
        continue;
      }
      // Whether it is taken is not known: the sweep finds out. A new one does as well.
      if (const auto stray = space->strays.find(name); stray != space->strays.end()) stray->second.removing = false;
      co_return false;
    }
    use_name(life, name);
    caps.drop(life->pod_key());  // another project's now
    caps.hold(life->pod_key(), claim_of(life->terms));
    admit();  // its own place is free
    tell_created(life, true);
    feed(life, *taken);
    if (!is_owned) spawn(give_owner(shared_from_this(), life));
    taken_warm(life->namespace_, life->terms);
    co_return true;
  }
}

void PodFleet::Impl::use_name(const LifePtr& life, const std::string& name) {
  caps.drop(life->pod_key());
  by_pod.erase(life->pod_key());
  life->name = name;
  life->state = PodState(life->namespace_, name);
  if (const auto found = spaces.find(life->namespace_); found != spaces.end()) found->second->strays.erase(name);
  by_pod[life->pod_key()] = life;
  caps.hold(life->pod_key(), claim_of(life->terms));
}

void PodFleet::Impl::use_lease(const LifePtr& life) {
  if (life->lease) return;
  auto& lease = run_leases[life->namespace_ + "\n" + life->run];
  if (!lease) {
    lease = std::make_shared<RunLease>(client.io(), client.timers());
    lease->namespace_ = life->namespace_;
    lease->run = life->run;
    lease->run_name = life->run_name;
  }
  ++lease->users;
  ++lease->turn;
  life->lease = lease;
}

/// One try, for all who want it.
awaitable<objects::Outcome<void>> PodFleet::Impl::ask_lease(LifePtr life) {
  auto lease = life->lease;
  while (lease->busy && !is_over(life)) (void)co_await lease->changed.wait(now() + 30s);
  if (!lease->object.is_null() || is_over(life)) co_return objects::Outcome<void>();
  lease->busy = true;
  auto answer =
      co_await client.create(leases(), lease->namespace_, lease_object(options.store_id, lease->run, lease->run_name),
                             {.metadata_only = true});
  if (!answer && answer.error().reason == "AlreadyExists") {
    const auto name = lease_name(options.store_id, lease->run);
    answer = co_await client.get(leases(), lease->namespace_, name);
    if (answer && objects::is_being_deleted(*answer)) {
      answer = objects::unavailable("the lease of the run is being deleted");
    } else if (answer && marks_of(*answer).store != label_value(options.store_id)) {
      answer = objects::forbidden(leases().subject(name), "it is another server's");
    } else if (!answer && answer.error().code == 404) {
      answer = objects::unavailable("the lease of the run went away");
    }
  }
  lease->busy = false;
  if (answer) lease->object = std::move(*answer);
  lease->changed.notify();
  if (!answer) co_return std::unexpected(std::move(answer).error());
  co_return objects::Outcome<void>();
}

/// The owner, before there is anything to own.
awaitable<bool> PodFleet::Impl::make_lease(LifePtr life) {
  use_lease(life);
  auto backoff = this->backoff();
  for (unsigned tries = 0;; ++tries) {
    const auto there = co_await ask_lease(life);
    if (is_over(life)) co_return false;
    if (there) {
      if (life->told && life->told->code == "pod-api") heal_before(life);
      co_return true;
    }
    const auto step = judge_creation(there.error(), life->namespace_, pod_text(*life), tries);
    if (!co_await pause_before_retry(life, step, backoff)) co_return false;
  }
}

/// Of a pod that its run has already. Without an owner the run goes on all the same: the sweep is left.
Work PodFleet::Impl::give_owner(std::shared_ptr<Impl> self, LifePtr life) {
  auto backoff = self->backoff();
  while (!self->is_over(life) && !life->vanished) {
    auto given = co_await self->ask_lease(life);
    if (self->is_over(life) || life->vanished) co_return;
    if (given) {
      const auto answer =
          co_await self->client.patch(pods(), life->namespace_, life->name, kube::PatchKind::merge,
                                      owner_patch(life->state.uid(), owner_reference(life->lease->object)));
      if (answer || self->stopped) co_return;
      given = std::unexpected(answer.error());
    }
    if (given.error().code == 404 || given.error().code == 409) co_return;  // gone, or another one of that name
    if (given.error().code < 500 && given.error().code != 429) {
      self->log("the pod " + life->pod_key() + " has no owner: " + given.error().message);
      co_return;
    }
    co_await pause(life, self->now() + self->pause_after_failure(backoff));
  }
}

/// False: it is over.
awaitable<bool> PodFleet::Impl::pause_before_retry(LifePtr life, const CreateStep& step, kube::Backoff& backoff) {
  if (step.kind == CreateStep::Kind::refused) {
    fail_before(life, step);
    co_return false;
  }
  tell_before(life, step);
  life->waits_for_quota = step.trouble.code == "pod-quota";
  co_await pause(life, now() + (step.quick ? kQuick : pause_after_failure(backoff)));
  life->waits_for_quota = false;
  co_return !is_over(life);
}

/// Secrets that the kubelet needs with the pod: the lease's until there is a pod to own them, so that nothing of them
/// is left whatever dies here.
awaitable<bool> PodFleet::Impl::make_secrets(LifePtr life) {
  auto backoff = this->backoff();
  for (std::size_t at = 0; at < life->secrets.size();) {
    if (is_over(life)) co_return false;
    auto secret = life->secrets[at];
    objects::set_label(secret, marks::kStore, label_value(options.store_id));
    objects::set_label(secret, marks::kRun, label_value(life->run));
    objects::set_meta(secret, "ownerReferences", Value::list_of(owner_reference(life->lease->object)));
    const auto name = objects::meta_text(secret, "name");
    auto answer = co_await client.create(kube::resources::secrets(), life->namespace_, secret);
    if (!answer && answer.error().reason == "AlreadyExists") {
      // Of a try whose answer never came, or of an earlier process; its words may have changed since.
      answer = co_await client.get(kube::resources::secrets(), life->namespace_, name);
      if (answer && marks_of(*answer).store != label_value(options.store_id)) {
        answer = objects::forbidden(kube::resources::secrets().subject(name), "it is another server's");
      } else if (!answer && answer.error().code == 404) {
        answer = objects::unavailable("the secret of the pod went away");
      } else if (answer) {
        answer =
            co_await client.patch(kube::resources::secrets(), life->namespace_, name, kube::PatchKind::merge, secret);
      }
    }
    if (stopped) co_return false;
    if (!answer) {
      const auto step = judge_creation(answer.error(), life->namespace_, pod_text(*life), 0);
      if (!co_await pause_before_retry(life, step, backoff)) co_return false;
      continue;
    }
    ++at;
  }
  co_return true;
}

/// From now on they go with the pod. What the API server does not take stays with the lease, which ends with the run.
awaitable<bool> PodFleet::Impl::give_secrets(LifePtr life, Value pod) {
  const auto owner =
      Value::map_of("apiVersion", "v1", "kind", "Pod", "name", life->name, "uid", objects::meta_text(pod, "uid"));
  for (const auto& secret : std::exchange(life->secrets, {})) {
    const auto name = objects::meta_text(secret, "name");
    const auto answer =
        co_await client.patch(kube::resources::secrets(), life->namespace_, name, kube::PatchKind::merge,
                              Value::map_of("metadata", Value::map_of("ownerReferences", Value::list_of(owner))));
    if (stopped) co_return false;
    if (!answer) log("the secret " + name + " stays until the end of its run: " + answer.error().message);
  }
  co_return true;
}

awaitable<bool> PodFleet::Impl::make_pod(LifePtr life) {
  auto backoff = this->backoff();
  for (unsigned tries = 0;; ++tries) {
    if (is_over(life)) co_return false;
    mark_pod(life->manifest, options.store_id, life->run, life->effect, life->run_name, life->terms,
             owner_reference(life->lease->object));
    // The rest of it comes by the watch as well.
    auto answer = co_await client.create(pods(), life->namespace_, life->manifest, {.metadata_only = true});
    if (stopped) co_return false;
    if (answer) co_return co_await make_claims(life, std::move(*answer));
    auto step = judge_creation(answer.error(), life->namespace_, pod_text(*life), tries);
    if (step.kind == CreateStep::Kind::look) {
      auto found = co_await look_for_pod(life);
      if (stopped) co_return false;
      if (!found) co_return true;
      step = std::move(*found);
    }
    if (!co_await pause_before_retry(life, step, backoff)) co_return false;
    if (life->lease->object.is_null() && !co_await make_lease(life)) co_return false;
  }
}

/// There is a pod of that name: an answer that never came, an earlier process, or a stranger.
awaitable<std::optional<CreateStep>> PodFleet::Impl::look_for_pod(LifePtr life) {
  CreateStep step;
  auto pod = co_await client.get(pods(), life->namespace_, life->name);
  if (!pod) {
    if (pod.error().code == 404) {
      step.quick = true;
      co_return step;
    }
    step = judge_creation(pod.error(), life->namespace_, pod_text(*life), 0);
    step.kind = CreateStep::Kind::again;
    co_return step;
  }
  const auto marks = marks_of(*pod);
  if (marks.store == label_value(options.store_id) && marks.run == life->run && marks.effect == life->effect) {
    if (objects::is_being_deleted(*pod)) {
      step.quick = true;
      co_return step;
    }
    if (stopped || !co_await make_claims(life, std::move(*pod))) {
      step.quick = true;
      co_return step;
    }
    co_return std::nullopt;
  }
  step.kind = CreateStep::Kind::refused;
  step.trouble.code = "pod-name";
  step.trouble.evidence = Value::map_of("pod", life->pod_key());
  clouds::finish(step.trouble, true);
  co_return step;
}

/// Claims of volumes that live and die with the pod; it waits for them. Told as created is what has them all.
awaitable<bool> PodFleet::Impl::make_claims(LifePtr life, Value pod) {
  if (!co_await give_secrets(life, pod)) co_return false;
  auto backoff = this->backoff();
  for (unsigned tries = 0; !life->claims.empty(); ++tries) {
    if (is_over(life)) co_return false;
    auto claim = life->claims.back();
    objects::set_meta(claim, "ownerReferences",
                      Value::list_of(Value::map_of("apiVersion", "v1", "kind", "Pod", "name", life->name, "uid",
                                                   objects::meta_text(pod, "uid"))));
    objects::set_label(claim, marks::kRun, life->run);
    const auto answer =
        co_await client.create(kube::resources::persistent_volume_claims(), life->namespace_, std::move(claim));
    if (stopped) co_return false;
    if (!answer && answer.error().reason != "AlreadyExists") {
      const auto step = judge_creation(answer.error(), life->namespace_, pod_text(*life), tries);
      if (!co_await pause_before_retry(life, step, backoff)) co_return false;
      continue;
    }
    life->claims.pop_back();
  }
  tell_created(life, life->adopting);
  feed(life, pod);
  if (!life->seen.is_null()) feed(life, std::exchange(life->seen, Value()));
  co_return true;
}

/// A pod that is there by all that is known; it may have gone meanwhile.
awaitable<bool> PodFleet::Impl::find_again(SpacePtr space, LifePtr life) {
  if (!co_await wait_known(space, life)) co_return false;
  auto backoff = this->backoff();
  for (;;) {
    if (is_over(life)) co_return false;
    auto pod = co_await client.get(pods(), life->namespace_, life->name);
    if (is_over(life)) co_return false;
    if (pod) {
      const auto marks = marks_of(*pod);
      if (marks.store == label_value(options.store_id) && marks.run == life->run && (life->effect == marks.effect)) {
        const auto project = life->terms.project;
        life->terms = terms_of(*pod);
        if (life->terms.project.empty()) life->terms.project = project;
        use_name(life, life->name);
        use_lease(life);
        tell_created(life, true);
        if (!life->claims.empty()) co_return co_await make_claims(life, std::move(*pod));
        feed(life, *pod);
        if (objects::owner_uids(*pod).empty()) spawn(give_owner(shared_from_this(), life));
        co_return true;
      }
    }
    if (pod || pod.error().code == 404) {
      use_lease(life);
      tell_created(life, true);
      lost(life);
      co_return false;
    }
    const auto step = judge_creation(pod.error(), life->namespace_, pod_text(*life), 0);
    if (!co_await pause_before_retry(life, step, backoff)) co_return false;
  }
}

}  // namespace windlass::clouds

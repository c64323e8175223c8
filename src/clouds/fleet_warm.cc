// Pods that are idle before anybody needs them: made as for a run that only hands them on.
#include <algorithm>

#include "clouds/fleet_parts.h"

namespace windlass::clouds {

using namespace std::chrono_literals;

namespace {

constexpr auto kAfterFailure = 60s;
/// A run that has got a warm pod has its first line within this. What takes the pod's place costs API server and node
/// more than that run does, and would be waited for.
constexpr auto kAfterTaking = 250ms;

std::string warm_key(const WarmTemplate& one) { return one.namespace_ + "\n" + one.cloud + "\n" + one.template_id; }

bool is_of(const PodTerms& terms, const WarmTemplate& one) {
  return terms.cloud == one.cloud && terms.template_id == one.template_id && terms.digest == one.digest;
}

}  // namespace

std::size_t PodFleet::Impl::idle_of(const Space& space, const PodTerms& terms) const {
  return static_cast<std::size_t>(std::ranges::count_if(space.strays, [&](const auto& one) {
    const auto& stray = one.second;
    return stray.marks.idle_since > 0 && !stray.removing && !stray.being_deleted && !stray.over &&
           stray.terms.cloud == terms.cloud && stray.terms.template_id == terms.template_id &&
           stray.terms.digest == terms.digest;
  }));
}

std::size_t PodFleet::Impl::warm_of(const Space& space, const PodTerms& terms) const {
  std::size_t out = 0;
  for (const auto& one : warm) {
    if (one.namespace_ == space.namespace_ && is_of(terms, one)) out += one.count;
  }
  return out;
}

void PodFleet::Impl::fill_warm() {
  if (!started || stopped) return;
  for (const auto& one : warm) {
    const auto space = spaces.find(one.namespace_);
    if (space == spaces.end() || !space->second->known) continue;
    if (const auto until = warm_not_before.find(warm_key(one));
        until != warm_not_before.end() && now() < until->second) {
      continue;
    }
    auto have = idle_of(*space->second, {.cloud = one.cloud, .template_id = one.template_id, .digest = one.digest});
    for (const auto& [key, life] : by_key) {
      if (life->run == marks::kWarm && life->namespace_ == one.namespace_ && is_of(life->terms, one)) ++have;
    }
    for (; have < one.count; ++have) {
      auto plan = one.make();
      if (!plan) {
        log("no pod of template " + one.template_id + " can be kept warm: " + plan.error().text());
        warm_not_before[warm_key(one)] = now() + kAfterFailure;
        break;
      }
      plan->idle_minutes = std::max(1, plan->idle_minutes);
      if (caps.full(claim_of(terms_of(*plan, "")))) break;  // who needs one comes first
      Order what{.plan = std::move(*plan),
                 .run_uid = std::string(marks::kWarm),
                 .effect_key = "",
                 .project = "",
                 .run_name = "warm"};
      what.effect_key = what.plan.name;
      (void)order(std::move(what), [raw = this, key = warm_key(one)](const PodEvent& event) {
        if (event.kind == PodEvent::Kind::gone) raw->fill_warm();
        if (event.kind != PodEvent::Kind::failed) return;
        raw->warm_not_before[key] = raw->now() + kAfterFailure;
        raw->log("the pod " + event.namespace_ + "/" + event.pod + " was to be kept warm: " + sentence(event.trouble));
      });
    }
  }
}

void PodFleet::Impl::taken_warm(const std::string& namespace_, const PodTerms& terms) {
  for (const auto& one : warm) {
    if (one.namespace_ != namespace_ || !is_of(terms, one)) continue;
    auto& until = warm_not_before[warm_key(one)];
    until = std::max(until, now() + kAfterTaking);
    spawn(fill_warm_later(shared_from_this()));
  }
}

Work PodFleet::Impl::fill_warm_later(std::shared_ptr<Impl> self) {
  co_await self->sleep(self->now() + kAfterTaking);
  self->fill_warm();
}

void PodFleet::Impl::cool_down() {
  for (const auto& [name, space] : spaces) {
    if (space->known) sweep_pods(space);
  }
  const auto lives = by_key;
  for (const auto& [key, life] : lives) {
    if (life->run != marks::kWarm || life->leaving) continue;
    if (std::ranges::none_of(warm, [&](const auto& one) {
          return one.count > 0 && one.namespace_ == life->namespace_ && is_of(life->terms, one);
        })) {
      leave(life, false);
    }
  }
}

void PodFleet::Impl::cool(const LifePtr& life) {
  if (life->run == marks::kWarm && life->connected && life->state.is_ready()) leave(life, true);
}

}  // namespace windlass::clouds

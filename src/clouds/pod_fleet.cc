#include "clouds/pod_fleet.h"

#include "clouds/fleet_parts.h"
#include "kube/exec.h"
#include "kube/pod_log.h"

namespace windlass::clouds {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMaxLog = 32U << 20U;
constexpr auto kExecLimit = 60s;
constexpr auto kAgain = 300ms;
constexpr std::size_t kMaxWords = 4096;

/// Of a container: it will run by itself in a moment, as far as anybody knows. The second is a kubelet's own answer,
/// also of one that has ended; what has a wrong name is refused by the API server before.
bool is_just_starting(const objects::ApiStatus& status) {
  return (status.code == 400 &&
          (status.message.ends_with("ContainerCreating") || status.message.ends_with("PodInitializing"))) ||
         (status.code == 500 && status.message.contains("container not found"));
}

LifePtr life_of(PodFleet::Impl& impl, std::string key, std::string run, std::string effect, std::string namespace_,
                std::string name) {
  auto life = std::make_shared<Life>(impl.client.io(), impl.client.timers(), std::move(namespace_), std::move(name));
  life->key = std::move(key);
  life->run = std::move(run);
  life->effect = std::move(effect);
  impl.by_key[life->key] = life;
  impl.by_pod[life->pod_key()] = life;
  return life;
}

}  // namespace

PodFleet::PodFleet(kube::Client& client, FleetOptions options)
    : impl_(std::make_shared<Impl>(client, std::move(options))) {}
PodFleet::~PodFleet() { stop(); }

void PodFleet::start() {
  if (std::exchange(impl_->started, true) || impl_->stopped) return;
  for (const auto& one : impl_->options.namespaces) (void)impl_->space(one);
  for (const auto& [name, space] : impl_->spaces) {
    if (!space->known) impl_->spawn(Impl::learn(impl_, space));
  }
  impl_->spawn(Impl::run_sweeps(impl_));
}

void PodFleet::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  for (const auto& [name, space] : impl_->spaces) {
    if (space->informer) space->informer->stop();
    space->changed.notify();
  }
  for (const auto& [key, life] : impl_->by_key) life->changed.notify();
  for (const auto& [key, life] : impl_->by_pod) life->changed.notify();
  for (const auto& [key, lease] : impl_->run_leases) lease->changed.notify();
  impl_->changed.notify();
}

void PodFleet::launch(Order order, PodListener listener) {
  auto& impl = *impl_;
  if (impl.stopped) return;
  auto key = Impl::key_of(order.run_uid, order.effect_key);
  if (const auto found = impl.by_key.find(key); found != impl.by_key.end() && !found->second->leaving) {
    found->second->listener = std::move(listener);
    return impl.replay(found->second);
  }
  (void)impl.order(std::move(order), std::move(listener));
}

LifePtr PodFleet::Impl::order(Order order, PodListener listener) {
  auto& impl = *this;
  auto key = key_of(order.run_uid, order.effect_key);
  impl.given_back.erase(key);
  auto terms = terms_of(order.plan, order.project);
  auto life = life_of(impl, std::move(key), std::move(order.run_uid), std::move(order.effect_key),
                      std::move(order.plan.namespace_), std::move(order.plan.name));
  life->run_name = std::move(order.run_name);
  life->terms = std::move(terms);
  life->manifest = std::move(order.plan.manifest);
  life->secrets = std::move(order.plan.secrets);
  life->claims = std::move(order.plan.claims);
  life->listener = std::move(listener);
  impl.spawn(run_order(shared_from_this(), life));
  return life;
}

void PodFleet::adopt(std::string run_uid, std::string effect_key, std::string namespace_, std::string name,
                     PodListener listener) {
  auto& impl = *impl_;
  if (impl.stopped) return;
  auto key = Impl::key_of(run_uid, effect_key);
  if (const auto found = impl.by_key.find(key); found != impl.by_key.end() && !found->second->leaving) {
    found->second->listener = std::move(listener);
    return impl.replay(found->second);
  }
  auto life =
      life_of(impl, std::move(key), std::move(run_uid), std::move(effect_key), std::move(namespace_), std::move(name));
  life->adopting = true;
  life->listener = std::move(listener);
  impl.spawn(Impl::run_adoption(impl_, life));
}

void PodFleet::connected(std::string_view namespace_, std::string_view name) {
  const auto key = std::string(namespace_) + "/" + std::string(name);
  impl_->online.emplace(name);
  const auto found = impl_->by_pod.find(key);
  if (found == impl_->by_pod.end()) {
    // An idle one may be what somebody waits for.
    for (const auto& [other, life] : impl_->by_key) {
      if (life->launching && !life->admitted) life->changed.notify();
    }
    return;
  }
  const LifePtr life = found->second;
  life->connected = true;
  if (life->connected_at == 0) life->connected_at = impl_->options.wall_millis();
  life->state.set_online();
  life->changed.notify();
  impl_->cool(life);
}

void PodFleet::connected(std::string_view name) {
  for (const auto& [key, life] : impl_->by_pod) {
    if (life->name == name) return connected(std::string(life->namespace_), name);
  }
  connected("", name);
}

std::optional<std::string> PodFleet::uid_of(std::string_view name) const {
  for (const auto& [namespace_, space] : impl_->spaces) {
    const auto found = impl_->by_pod.find(namespace_ + "/" + std::string(name));
    if (found != impl_->by_pod.end() && !found->second->state.uid().empty()) return found->second->state.uid();
    const auto stray = space->strays.find(name);
    if (stray != space->strays.end() && !stray->second.uid.empty()) return stray->second.uid;
  }
  return std::nullopt;
}

void PodFleet::disconnected(std::string_view namespace_, std::string_view name) {
  const auto key = std::string(namespace_) + "/" + std::string(name);
  impl_->online.erase(std::string(name));
  if (const auto found = impl_->by_pod.find(key); found != impl_->by_pod.end()) found->second->connected = false;
}

void PodFleet::release(std::string_view run_uid, std::string_view effect_key, bool reusable) {
  const auto key = Impl::key_of(run_uid, effect_key);
  const auto found = impl_->by_key.find(key);
  if (found != impl_->by_key.end()) return impl_->leave(LifePtr(found->second), reusable);
  // Of an earlier process, and never asked for in this one.
  impl_->given_back.insert(key);
  sweep_now();
}

void PodFleet::settle(std::string_view run_uid, const std::vector<std::string>& effect_keys) {
  impl_->settled[label_value(run_uid)] = {effect_keys.begin(), effect_keys.end()};
  sweep_now();
}

void PodFleet::saw_memory(std::string_view namespace_, std::string_view name, std::string_view container,
                          std::uint64_t bytes) {
  const auto found = impl_->by_pod.find(std::string(namespace_) + "/" + std::string(name));
  if (found != impl_->by_pod.end()) found->second->state.saw_memory(container, bytes);
}

data::Value PodFleet::times_of(std::string_view namespace_, std::string_view name) const {
  auto out = data::Value::map();
  const auto found = impl_->by_pod.find(std::string(namespace_) + "/" + std::string(name));
  if (found == impl_->by_pod.end() || found->second->created_at == 0) return out;
  const auto& life = *found->second;
  const auto& seen = life.state.times();
  const auto put = [&](std::string_view key, std::int64_t when) {
    if (when != 0) out.set(std::string(key), when);
  };
  put("created", life.created_at);
  put("scheduled", seen.scheduled);
  put("initialized", seen.initialized);
  put("ready", seen.ready);
  put("connected", life.connected_at);
  return out;
}

void PodFleet::add_namespace(const std::string& namespace_) {
  if (!impl_->stopped) (void)impl_->space(namespace_);
}

void PodFleet::keep_warm(std::vector<WarmTemplate> all) {
  impl_->warm = std::move(all);
  impl_->warm_not_before.clear();
  for (const auto& one : impl_->warm) add_namespace(one.namespace_);
  impl_->cool_down();
  impl_->fill_warm();
}

void PodFleet::sweep_now() { impl_->sweep_now(); }

kube::ApiTask<void> PodFleet::exec_agent(std::string namespace_, std::string pod, std::string container) {
  auto impl = impl_;
  const auto deadline = impl->now() + kExecLimit;
  const kube::ExecQuery query{
      .namespace_ = std::move(namespace_),
      .pod = std::move(pod),
      .container = container,
      .command = {"/windlass/bin/windlass-agent", "pod", "--detach", "--container=" + container}};
  auto opened = co_await kube::Exec::open(impl->client, query);
  while (!opened && is_just_starting(opened.error()) && !impl->stopped && impl->now() < deadline) {
    co_await impl->sleep(impl->now() + kAgain);
    opened = co_await kube::Exec::open(impl->client, query);
  }
  auto exec = WL_API_TRY(std::move(opened));
  std::string words;
  for (;;) {
    auto message = WL_API_TRY(co_await exec->read(deadline));
    if (message.kind != kube::ChannelMessage::Kind::result) {
      if (words.size() < kMaxWords) words += message.bytes.substr(0, kMaxWords - words.size());
      continue;
    }
    if (message.result.failure) co_return std::unexpected(std::move(*message.result.failure));
    if (message.result.exit_code == 0) co_return objects::Outcome<void>();
    while (!words.empty() && (words.back() == '\n' || words.back() == '\r')) words.pop_back();
    co_return objects::internal("the agent did not start in container " + container + " (exit code " +
                                std::to_string(message.result.exit_code) + ")" + (words.empty() ? "" : ": " + words));
  }
}

kube::ApiTask<std::string> PodFleet::container_log(std::string namespace_, std::string pod, std::string container,
                                                   LogOptions options) {
  auto impl = impl_;
  kube::LogQuery query{.namespace_ = std::move(namespace_), .pod = std::move(pod), .container = std::move(container)};
  if (options.tail_lines > 0) query.tail_lines = options.tail_lines;
  if (options.since_seconds > 0) query.since_seconds = options.since_seconds;
  if (options.limit_bytes > 0) query.limit_bytes = options.limit_bytes;
  const auto deadline = impl->now() + kExecLimit;
  auto log = co_await kube::PodLog::open(impl->client, query);
  // A run begins when its agent has called; its node may not have told yet that the other containers run as well.
  while (!log && is_just_starting(log.error()) && !impl->stopped && impl->now() < deadline) {
    co_await impl->sleep(impl->now() + kAgain);
    log = co_await kube::PodLog::open(impl->client, query);
  }
  if (!log) co_return std::unexpected(std::move(log).error());
  std::string out;
  for (;;) {
    auto piece = WL_API_TRY(co_await (*log)->read(deadline));
    if (piece.empty()) co_return out;
    out += piece;
    if (out.size() > kMaxLog) {
      objects::ApiStatus large;
      large.code = 413;
      large.reason = "RequestEntityTooLarge";
      large.message = "the log of the container is larger than 32 MiB; ask for its last lines";
      co_return std::unexpected(std::move(large));
    }
  }
}

PodFleet::Load PodFleet::load() const {
  Load out;
  out.waiting = impl_->caps.waiting();
  out.held = impl_->caps.held();
  for (const auto& [name, space] : impl_->spaces) {
    for (const auto& [pod, stray] : space->strays) out.idle += stray.marks.idle_since > 0 && !stray.removing ? 1 : 0;
    if (!out.trouble.empty()) continue;
    if (space->refusal) out.trouble = space->refusal->message;
    if (space->informer) out.trouble = space->informer->core().trouble().message;
  }
  return out;
}

}  // namespace windlass::clouds

#include "clouds/pod_nodes.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <set>
#include <utility>

#include "clouds/pod_state.h"
#include "data/yaml.h"
#include "text/codec.h"
#include "text/digest.h"
#include "text/label_expression.h"

namespace windlass::clouds {

namespace asio = boost::asio;
using data::Value;

namespace {

constexpr std::size_t kLetters = 16;  ///< of a name that nobody else has
constexpr std::size_t kMostShownYaml = std::size_t{256} << 10;

/// One order of a run, from its request until the run has given the node back.
struct Held {
  std::uint64_t ticket = 0;
  nodes::RemoteNodeEvents events;  ///< empty functions once nobody listens
  std::string run_uid, effect_key, cloud;
  std::string namespace_, pod;  ///< once it is there
  std::optional<pods::PodPlan> plan;
  Value docker;  ///< which container has which image
  bool up = false;
  bool waits_ready = false, is_ready = false;  ///< the run begins when all containers are, not with the agent's call
  std::optional<Trouble> trouble;
  PodFleet* fleet = nullptr;  ///< that was asked; the cloud may be another's by now
};
using HeldPtr = std::shared_ptr<Held>;

Value facts_of(const Held& held) {
  const auto& plan = *held.plan;
  Value containers = Value::list();
  for (const auto& container : plan.containers) {
    containers.push(Value::map_of("name", container.name, "injected", container.injected, "image", container.image));
  }
  Value out = Value::map_of("cloud", held.cloud, "namespace", held.namespace_, "pod", held.pod, "run", held.run_uid,
                            "effect", held.effect_key, "template", plan.template_name, "agent", plan.agent_container,
                            "reused", plan.idle_minutes > 0);
  out.set("containers", std::move(containers));
  if (held.docker.is_list()) out.set("docker", held.docker);
  return out;
}

/// A container for each image, and what their registries ask for. Returns which container has which.
Result<Value> add_docker(const pods::Clouds& clouds, pods::PodPlan& plan,
                         const std::vector<nodes::DockerWanted>& wanted) {
  Value out = Value::list();
  std::vector<pods::RegistryLogin> logins;
  for (const auto& one : wanted) {
    auto name = WL_TRY(pods::add_docker_container(
        clouds, plan, {.name = {}, .image = one.image, .args = one.args, .always_pull = one.always_pull}));
    // By a digest: what is kept of this is in the run's journal, and arguments may hold a secret.
    const auto digest = text::encode_hex(text::digest("SHA-256", one.image + "\n" + one.args).value_or(""));
    out.push(Value::map_of("image", one.image, "digest", digest, "name", std::move(name)));
    if (!one.user.empty()) logins.push_back({one.registry, one.user, one.password});
  }
  pods::add_pull_secret(plan, logins);
  // What one run's credentials have fetched is not for the next.
  if (!wanted.empty()) plan.idle_minutes = 0;
  return out;
}

/// Whether somebody has said how to see that a container is ready: steps that use it want it so.
bool has_probe(const Value& manifest) {
  const auto* spec = manifest.find("spec");
  const auto* list = spec == nullptr ? nullptr : spec->find("containers");
  for (const auto& one : list == nullptr ? Value::List{} : list->items()) {
    if (one.find("readinessProbe") != nullptr || one.find("startupProbe") != nullptr) return true;
  }
  return false;
}

std::string project_of(const std::string& job) { return job.substr(0, job.find('/')); }

/// The manifest as people read it, without what only the agent may know.
std::string shown(Value manifest, const std::string& planned, const std::string& name) {
  if (auto* spec = manifest.find("spec")) {
    for (const auto* kind : {"containers", "initContainers"}) {
      auto* list = spec->find(kind);
      if (list == nullptr) continue;
      for (auto& container : list->mutable_items()) {
        auto* env = container.find("env");
        if (env == nullptr) continue;
        for (auto& variable : env->mutable_items()) {
          if (variable.get_string("name") == "JENKINS_SECRET") variable.set("value", "********");
        }
      }
    }
  }
  auto text = data::format_yaml(manifest);
  // One that was there already has its own name; all else is the same.
  for (auto at = text.find(planned); planned != name && at != std::string::npos; at = text.find(planned, at)) {
    text.replace(at, planned.size(), name);
    at += name.size();
  }
  if (text.size() > kMostShownYaml) text.resize(kMostShownYaml);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

struct PodNodes::Impl : std::enable_shared_from_this<PodNodes::Impl> {
  Impl(asio::io_context& io_, agents::AgentHub& hub_, PodNodesOptions options_, pods::Clouds clouds_)
      : io(io_),
        hub(hub_),
        options(std::move(options_)),
        clouds(std::make_shared<const pods::Clouds>(std::move(clouds_))),
        built_in_unlabelled(options.built_in_unlabelled),
        built_in_labelled(options.built_in_labelled) {}

  asio::io_context& io;
  agents::AgentHub& hub;
  PodNodesOptions options;
  mutable std::mutex mutex;
  std::shared_ptr<const pods::Clouds> clouds;  ///< under the mutex
  std::atomic<bool> built_in_unlabelled, built_in_labelled;
  std::atomic<std::uint64_t> next_ticket{1};
  // Reactor thread:
  std::map<std::string, PodFleet*> fleets;
  std::map<std::string, std::string> unserved;  ///< by cloud: why there is no fleet
  std::map<std::uint64_t, HeldPtr> held;
  std::map<std::string, HeldPtr> by_pod;       ///< "NAME": agents know no namespace, and names are ours
  std::map<std::string, std::uint64_t> kills;  ///< "POD/CONTAINER": processes that the kernel had ended, by its agent
  std::set<std::string> entered;               ///< "POD/CONTAINER" in which our agent was started by exec

  std::shared_ptr<const pods::Clouds> now() const {
    const std::lock_guard lock(mutex);
    return clouds;
  }
  PodFleet* fleet_of(const std::string& cloud) {
    const auto found = fleets.find(cloud);
    return found == fleets.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::string why_unserved(const std::string& cloud) const {
    const auto known = unserved.find(cloud);
    return known == unserved.end() ? "the cloud " + cloud + " is not connected to a cluster" : known->second;
  }
  /// The fleet that has the pod of these facts.
  PodFleet* fleet_of(const Value& facts) {
    const auto known = by_pod.find(facts.get_string("pod"));
    if (known != by_pod.end() && known->second->fleet != nullptr) return known->second->fleet;
    return fleet_of(facts.get_string("cloud"));
  }
  /// Each once: several clouds may be in one cluster.
  std::set<PodFleet*> all_fleets() const {
    std::set<PodFleet*> out;
    for (const auto& [cloud, fleet] : fleets) out.insert(fleet);
    return out;
  }
  void refuse(const HeldPtr& one, std::string text) {
    held.erase(one->ticket);
    if (!one->events.lost) return;
    nodes::NodeTrouble why;
    why.code = "pod-request";
    why.evidence = Value::map_of("message", text);
    why.text = std::move(text);
    why.retry_helps = false;
    why.is_refusal = true;
    one->events.lost(std::move(why));
  }

  void acquire(std::uint64_t ticket, nodes::RemoteNodeRequest request, nodes::RemoteNodeEvents events) {
    auto one = std::make_shared<Held>();
    one->ticket = ticket;
    one->events = std::move(events);
    one->run_uid = request.run_uid;
    one->effect_key = request.effect_key;
    held[ticket] = one;
    pods::PodRequest asked;
    asked.label = request.label;
    asked.declared = request.declared;
    asked.job = request.job;
    asked.number = request.number;
    asked.run_uid = request.run_uid;
    asked.run_url = asked.build_url = request.run_url;
    asked.suffix = request.suffix;
    asked.effect_key = request.effect_key;
    asked.agent_image = options.agent_image;
    asked.secret_of = options.secret_of;
    const auto known = now();
    auto plan = pods::plan_pod(*known, asked);
    if (!plan) return refuse(one, plan.error().message);
    if (auto docker = add_docker(*known, *plan, request.docker)) {
      one->docker = std::move(*docker);
    } else {
      return refuse(one, docker.error().message);
    }
    auto* fleet = fleet_of(plan->cloud);
    if (fleet == nullptr) return refuse(one, why_unserved(plan->cloud));
    one->fleet = fleet;
    one->cloud = plan->cloud;
    one->plan = *plan;
    one->waits_ready = has_probe(plan->manifest);
    for (const auto& warning : plan->warnings) {
      if (one->events.say) one->events.say("WARNING: " + warning);
    }
    Order order;
    order.plan = std::move(*plan);
    order.run_uid = request.run_uid;
    order.effect_key = request.effect_key;
    order.project = project_of(request.job);
    order.run_name = request.job + "#" + std::to_string(request.number);
    fleet->launch(std::move(order), listener(one));
  }

  void attach(std::uint64_t ticket, std::string run_uid, std::string effect_key, const Value& facts,
              nodes::RemoteNodeEvents events) {
    auto one = std::make_shared<Held>();
    one->ticket = ticket;
    one->events = std::move(events);
    one->run_uid = run_uid;
    one->effect_key = effect_key;
    one->cloud = facts.get_string("cloud");
    one->namespace_ = facts.get_string("namespace");
    one->pod = facts.get_string("pod");
    one->up = true;
    held[ticket] = one;
    hub.has_called(one->pod);
    auto* fleet = fleet_of(one->cloud);
    if (fleet == nullptr) {
      Trouble gone;
      gone.code = "pod-cloud";
      gone.evidence = Value::map_of("pod", one->pod, "cloud", one->cloud);
      if (const auto why = unserved.find(one->cloud); why != unserved.end()) gone.evidence.set("message", why->second);
      lose(one, told(*one, gone));
      return;
    }
    one->fleet = fleet;
    by_pod[one->pod] = one;
    if (hub.is_connected(one->pod)) fleet->connected(one->namespace_, one->pod);
    fleet->adopt(std::move(run_uid), std::move(effect_key), one->namespace_, one->pod, listener(one));
  }

  PodListener listener(const HeldPtr& one) {
    return [weak = weak_from_this(), one](const PodEvent& event) {
      if (auto self = weak.lock()) self->take(one, event);
    };
  }

  void take(const HeldPtr& one, const PodEvent& event) {
    switch (event.kind) {
      case PodEvent::Kind::waiting:
        if (one->events.waits) one->events.waits(told(*one, event.trouble));
        ail(one, event.trouble);
        return;
      case PodEvent::Kind::created:
        one->namespace_ = event.namespace_;
        one->pod = event.pod;
        by_pod[one->pod] = one;
        wait_for_pod(one);
        if (hub.is_connected(one->pod)) connected(one);
        return;
      case PodEvent::Kind::line:
        // Of a node that is up only what it ended with: the run has its own lines by then.
        if (one->events.say && (!one->up || (one->trouble && one->trouble->final))) one->events.say(event.line);
        return;
      case PodEvent::Kind::trouble:
        one->trouble = event.trouble;
        if (event.trouble.final) return;  // `failed` follows
        if (one->events.waits) one->events.waits(told(*one, event.trouble));
        ail(one, event.trouble);
        // Of one that is not up its lines have said it.
        if (one->events.say && one->up) one->events.say(sentence(event.trouble));
        return;
      case PodEvent::Kind::healed:
        one->trouble.reset();
        wait_for_pod(one);
        ail(one, {});
        return;
      case PodEvent::Kind::ready:
        one->is_ready = true;
        if (one->waits_ready && hub.is_connected(one->pod)) connected(one);
        return;
      case PodEvent::Kind::failed: {
        lose(one, told(*one, event.trouble));
        return;
      }
      case PodEvent::Kind::ending:
        // A kubelet that has not seen the containers run yet comes to them a minute later; those that end by themselves
        // are not waited for.
        hub.gone(event.pod, Error(ErrorKind::unavailable, "the pod " + event.pod + " is being deleted"));
        return;
      case PodEvent::Kind::gone:
        if (!event.pod.empty() && !event.kept) {
          hub.gone(event.pod, Error(ErrorKind::unavailable, "the pod " + event.pod + " is gone"));
        }
        if (const auto found = by_pod.find(one->pod); found != by_pod.end() && found->second == one)
          by_pod.erase(found);
        std::erase_if(entered, [&](const auto& name) { return name.starts_with(one->pod + "/"); });
        std::erase_if(kills, [&](const auto& known) { return known.first.starts_with(one->pod + "/"); });
        held.erase(one->ticket);
        return;
    }
  }

  static nodes::NodeTrouble told(const Held& one, const Trouble& trouble) {
    nodes::NodeTrouble out;
    out.code = trouble.code;
    for (const auto& reason : trouble.reasons) out.reason += (out.reason.empty() ? "" : ", ") + reason;
    out.text = sentence(trouble);
    out.retry_helps = trouble.error != AgentError::ignored;
    out.evidence = trouble.evidence;
    out.node = one.pod;
    return out;
  }
  static void ail(const HeldPtr& one, const Trouble& trouble) {
    if (one->events.ails) one->events.ails(told(*one, trouble));
  }
  static void wait_for_pod(const HeldPtr& one) {
    if (one->events.waits && !one->up) {
      one->events.waits({.code = "pod", .reason = {}, .text = one->pod, .evidence = {}, .node = one->pod});
    }
  }

  /// The kernel ends what takes most, which as a rule is a step's program and not the agent: the container lives, and
  /// all that the step tells is an exit code.
  void saw_kills(const std::string& pod, const std::string& container, const nodes::MemoryUse& use) {
    const auto [known, is_first] = kills.try_emplace(pod + "/" + container, use.kills);
    const bool is_news = !is_first && use.kills > known->second;
    known->second = use.kills;
    const auto found = by_pod.find(pod);
    if (!is_news || found == by_pod.end()) return;
    const auto one = found->second;
    Trouble trouble;
    trouble.code = "pod-memory-process";
    trouble.evidence = Value::map_of("container", container, "peak", format_bytes(use.peak));
    if (use.limit != 0) trouble.evidence.set("limit", format_bytes(use.limit));
    if (one->events.say) one->events.say(sentence(trouble));
    ail(one, trouble);
    ail(one, one->trouble.value_or(Trouble{}));
  }

  /// What is told first is why; then whoever speaks to its agents hears that they are gone.
  void lose(const HeldPtr& one, nodes::NodeTrouble trouble) {
    const Error why(ErrorKind::unavailable, trouble.text);
    if (one->events.lost) one->events.lost(std::move(trouble));
    one->events = {};
    if (!one->pod.empty()) hub.gone(one->pod, why);
  }

  void connected(const HeldPtr& one) {
    if (one->fleet != nullptr) one->fleet->connected(one->namespace_, one->pod);
    if ((one->waits_ready && !one->is_ready) || std::exchange(one->up, true)) return;
    if (one->events.say) {
      one->events.say("Agent " + one->pod + " is provisioned from template " + one->plan->template_name);
      if (one->plan->show_raw_yaml) one->events.say("---\n" + shown(one->plan->manifest, one->plan->name, one->pod));
    }
    nodes::RemoteNode node;
    node.name = one->pod;
    node.labels = one->plan->labels;
    // Its own name is one of them: another than was planned where the pod was there before.
    if (const auto at = (" " + node.labels + " ").find(" " + one->plan->name + " "); at != std::string::npos) {
      node.labels.replace(at, one->plan->name.size(), one->pod);
    }
    node.root = one->plan->root;
    node.facts = facts_of(*one);
    if (const auto* fleet = fleet_of(one->cloud)) node.times = fleet->times_of(one->namespace_, one->pod);
    if (one->events.up) one->events.up(std::move(node));
  }

  /// What a cloud's templates have ready in advance. A template that cannot be a pod is said, and has none.
  std::vector<WarmTemplate> warm_of(const std::shared_ptr<const pods::Clouds>& known, const pods::Cloud& cloud) {
    std::vector<WarmTemplate> out;
    for (std::size_t at = 0; at < cloud.templates.size(); ++at) {
      const auto count = cloud.templates[at].min_idle.value_or(0);
      if (count <= 0) continue;
      auto make = [weak = weak_from_this(), known, name = cloud.name, at]() -> Result<pods::PodPlan> {
        const auto self = weak.lock();
        const auto* of = known->find(name);
        if (!self || of == nullptr) return fail(ErrorKind::unavailable, "the cloud is gone");
        pods::PodRequest asked;
        asked.suffix = self->options.random_letters(kLetters);
        asked.agent_image = self->options.agent_image;
        asked.secret_of = self->options.secret_of;
        return pods::plan_template(*known, *of, at, asked);
      };
      const auto sample = make();
      if (!sample) {
        options.log("no pod of template " + cloud.templates[at].name + " is kept idle: " + sample.error().text());
        continue;
      }
      out.push_back({.cloud = cloud.name,
                     .template_id = sample->template_id,
                     .namespace_ = sample->namespace_,
                     .digest = pods::plan_digest(*sample),
                     .count = static_cast<unsigned>(count),
                     .make = std::move(make)});
    }
    return out;
  }

  /// Our agent in a container that keeps its own first process; whoever calls it waits until it is there.
  void enter(const std::string& cloud, const std::string& space, const std::string& pod, const std::string& container) {
    auto* fleet = fleet_of(cloud);
    if (fleet == nullptr || !entered.insert(pod + "/" + container).second) return;
    asio::co_spawn(
        io,
        [](std::shared_ptr<Impl> self, PodFleet& fleet, std::string space, std::string pod,
           std::string container) -> asio::awaitable<void> {
          auto done = co_await fleet.exec_agent(space, pod, container);
          if (done) co_return;
          self->entered.erase(pod + "/" + container);
          const auto found = self->by_pod.find(pod);
          if (found == self->by_pod.end()) co_return;
          self->options.log("pod " + pod + ": " + done.error().message);
          if (found->second->events.say) {
            found->second->events.say("ERROR: the agent cannot be started in container " + container + ": " +
                                      done.error().message);
          }
        }(shared_from_this(), *fleet, space, pod, container),
        asio::detached);
  }
};

PodNodes::PodNodes(asio::io_context& io, agents::AgentHub& hub, PodNodesOptions options, pods::Clouds clouds)
    : impl_(std::make_shared<Impl>(io, hub, std::move(options), std::move(clouds))) {}
PodNodes::~PodNodes() = default;

void PodNodes::serve(const std::string& cloud, PodFleet& fleet) {
  impl_->fleets[cloud] = &fleet;
  impl_->unserved.erase(cloud);
}
void PodNodes::cannot_serve(const std::string& cloud, std::string why) {
  impl_->fleets.erase(cloud);
  impl_->unserved[cloud] = std::move(why);
}

void PodNodes::use(pods::Clouds clouds) {
  auto fresh = std::make_shared<const pods::Clouds>(std::move(clouds));
  const std::lock_guard lock(impl_->mutex);
  impl_->clouds = std::move(fresh);
}

void PodNodes::use_built_in(bool unlabelled, bool labelled) {
  impl_->built_in_unlabelled = unlabelled;
  impl_->built_in_labelled = labelled;
}

void PodNodes::keep_warm() {
  const auto known = impl_->now();
  std::map<PodFleet*, std::vector<WarmTemplate>> all;
  for (const auto& [cloud, fleet] : impl_->fleets) all[fleet];
  for (const auto& cloud : known->clouds) {
    auto* fleet = impl_->fleet_of(cloud.name);
    if (fleet == nullptr) continue;
    for (auto& one : impl_->warm_of(known, cloud)) all[fleet].push_back(std::move(one));
  }
  for (auto& [fleet, warm] : all) fleet->keep_warm(std::move(warm));
}

void PodNodes::connected(const std::string& agent) {
  const auto found = impl_->by_pod.find(agent);
  if (found != impl_->by_pod.end()) return impl_->connected(found->second);
  for (auto* fleet : impl_->all_fleets()) fleet->connected(agent);
}

void PodNodes::disconnected(const std::string& agent) {
  const auto found = impl_->by_pod.find(agent);
  if (found == impl_->by_pod.end()) {
    for (auto* fleet : impl_->all_fleets()) fleet->disconnected("", agent);
    return;
  }
  if (auto* fleet = found->second->fleet) fleet->disconnected(found->second->namespace_, agent);
}

bool PodNodes::built_in_takes(bool has_label) const {
  return has_label ? impl_->built_in_labelled.load() : impl_->built_in_unlabelled.load();
}

std::optional<nodes::NodeTrouble> PodNodes::refuses(const std::string& label, const Value& declared) {
  const auto known = impl_->now();
  nodes::NodeTrouble why;
  why.code = "pod-label";
  why.is_refusal = true;
  why.evidence = Value::map_of("label", label);
  text::LabelExpression any;
  if (!label.empty()) {
    auto parsed = text::LabelExpression::parse(label);
    if (!parsed) {
      why.code = "pod-label-syntax";
      why.text = parsed.error().message;
      why.evidence.set("message", why.text);
      return why;
    }
    any = std::move(*parsed);
  }
  if (pods::offers(*known, any, declared)) return std::nullopt;
  if (label.empty()) {
    why.code = "pod-label-none";
    why.text = "no template of a cloud takes work without a label";
    return why;
  }
  std::string near;
  for (const auto& one : pods::nearest_labels(*known, label)) near += (near.empty() ? "" : ", ") + one;
  why.text = "There are no nodes with the label ‘" + label + "’" +
             (near.empty() ? std::string() : "; templates have the labels " + near);
  if (!near.empty()) why.evidence.set("nearest", near);
  return why;
}

std::optional<std::string> PodNodes::pod_uid(std::string_view name) const {
  for (const auto* fleet : impl_->all_fleets()) {
    if (auto uid = fleet->uid_of(name)) return uid;
  }
  return std::nullopt;
}

void PodNodes::saw_memory(const Value& facts, const std::string& container, const nodes::MemoryUse& use) {
  asio::post(impl_->io,
             [impl = impl_, cloud = facts.get_string("cloud"), space = facts.get_string("namespace"),
              pod = facts.get_string("pod"), name = container.empty() ? facts.get_string("agent") : container, use] {
               if (auto* fleet = impl->fleet_of(cloud)) fleet->saw_memory(space, pod, name, use.peak);
               impl->saw_kills(pod, name, use);
             });
}

std::vector<std::string> PodNodes::clouds() const {
  std::vector<std::string> out;
  for (const auto& cloud : impl_->now()->clouds) out.push_back(cloud.name);
  return out;
}

std::uint64_t PodNodes::acquire(nodes::RemoteNodeRequest request, nodes::RemoteNodeEvents events) {
  const auto ticket = impl_->next_ticket++;
  asio::post(impl_->io, [impl = impl_, ticket, request = std::move(request), events = std::move(events)]() mutable {
    impl->acquire(ticket, std::move(request), std::move(events));
  });
  return ticket;
}

std::uint64_t PodNodes::attach(const std::string& run_uid, const std::string& effect_key, const Value& facts,
                               nodes::RemoteNodeEvents events) {
  const auto ticket = impl_->next_ticket++;
  asio::post(impl_->io, [impl = impl_, ticket, run_uid, effect_key, facts, events = std::move(events)]() mutable {
    impl->attach(ticket, std::move(run_uid), std::move(effect_key), facts, std::move(events));
  });
  return ticket;
}

void PodNodes::drop(std::uint64_t ticket, bool abandon) {
  asio::post(impl_->io, [impl = impl_, ticket, abandon] {
    const auto found = impl->held.find(ticket);
    if (found == impl->held.end()) return;
    const auto one = found->second;
    one->events = {};
    if (!abandon) return;
    if (one->fleet != nullptr) one->fleet->release(one->run_uid, one->effect_key, false);
  });
}

void PodNodes::release(const Value& facts, bool failed) {
  asio::post(impl_->io, [impl = impl_, facts, failed] {
    if (auto* fleet = impl->fleet_of(facts)) {
      fleet->release(facts.get_string("run"), facts.get_string("effect"), !failed);
    }
  });
}

void PodNodes::settle(const std::string& run_uid, const std::vector<std::string>& effect_keys) {
  asio::post(impl_->io, [impl = impl_, run_uid, effect_keys] {
    for (auto* fleet : impl->all_fleets()) fleet->settle(run_uid, effect_keys);
  });
}

void PodNodes::container_log(const Value& facts, nodes::ContainerLogWanted wanted,
                             std::function<void(Result<std::string>)> done) {
  asio::co_spawn(
      impl_->io,
      [](std::shared_ptr<Impl> impl, Value pod, nodes::ContainerLogWanted what,
         std::function<void(Result<std::string>)> answer) -> asio::awaitable<void> {
        auto* fleet = impl->fleet_of(pod);
        if (fleet == nullptr) {
          answer(fail(ErrorKind::unavailable, "the cloud " + pod.get_string("cloud") + " is not connected"));
          co_return;
        }
        LogOptions options;
        options.tail_lines = what.tail_lines;
        options.since_seconds = what.since_seconds;
        options.limit_bytes = what.limit_bytes;
        auto text =
            co_await fleet->container_log(pod.get_string("namespace"), pod.get_string("pod"), what.container, options);
        if (text) {
          answer(std::move(*text));
        } else {
          answer(fail(ErrorKind::unavailable, text.error().message));
        }
      }(impl_, facts, std::move(wanted), std::move(done)),
      asio::detached);
}

Result<proc::Fd> PodNodes::call(const Value& facts, const std::string& container) {
  const auto pod = facts.get_string("pod");
  if (container.empty() || container == facts.get_string("agent")) return impl_->hub.call(pod, "");
  std::string names;
  if (const auto* list = facts.find("containers")) {
    for (const auto& one : list->items()) {
      const auto name = one.get_string("name");
      if (name == container) {
        if (!one.get_bool("injected")) {
          asio::post(impl_->io, [impl = impl_, cloud = facts.get_string("cloud"), space = facts.get_string("namespace"),
                                 pod, container] { impl->enter(cloud, space, pod, container); });
        }
        return impl_->hub.call(pod, container);
      }
      names += (names.empty() ? "" : ", ") + name;
    }
  }
  return fail(ErrorKind::not_found,
              "container " + container + " was not found in pod " + pod + "; it has the containers " + names);
}

}  // namespace windlass::clouds

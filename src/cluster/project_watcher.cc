#include "cluster/project_watcher.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <utility>

#include "cluster/object_shape.h"
#include "kube/pace.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;
using objects::Outcome;
using objects::ResourceType;
using objects::WatchEvent;

namespace {

constexpr std::string_view kProjectLabel = "kubesphere.io/devopsproject";
constexpr std::size_t kListPart = 100;
constexpr std::chrono::seconds kLookEvery{60};
constexpr kube::BackoffOptions kPauses{.first = std::chrono::milliseconds(500),
                                       .most = std::chrono::milliseconds(10'000),
                                       .factor = 2,
                                       .forgiven = std::chrono::milliseconds(30'000)};

const ResourceType& namespaces() { return *objects::find_resource("", "v1", "namespaces"); }

const objects::LabelSelector& of_projects() {
  static const auto kSelector =
      objects::LabelSelector::parse(std::string(kProjectLabel)).value_or(objects::LabelSelector());
  return kSelector;
}

}  // namespace

ApiTask<ProjectNamespaces> project_namespaces(ClusterStore& store) {
  objects::ListOptions options;
  options.labels = of_projects();
  options.metadata_only = true;
  auto found = WL_API_TRY(co_await store.list(namespaces(), std::move(options)));
  ProjectNamespaces out;
  out.resource_version = found.resource_version;
  std::ranges::sort(found.items, {}, [](const Value& one) { return objects::meta_text(one, "name"); });
  for (auto& one : found.items) {
    out.names.push_back(objects::meta_text(one, "name"));
    out.objects.push_back(std::move(one));
  }
  co_return out;
}

struct ProjectWatcher::Impl : std::enable_shared_from_this<ProjectWatcher::Impl> {
  /// One namespace. A shared owner of it may outlive its place in `members`: then it is to end.
  struct Member {
    explicit Member(Impl& impl) : changed(impl.client.io(), impl.client.timers()) {}
    rt::Signal changed;
    objects::Watcher* watcher = nullptr;
    bool ended = false;
    bool watched = false;    ///< else it is listed now and then
    std::int64_t known = 0;  ///< told up to this version
    std::string trouble;     ///< what was logged last

    void end() {
      ended = true;
      if (watcher != nullptr) watcher->wake();
      changed.notify();
    }
  };

  Impl(kube::Client& client_, ClusterStore& store_, ProjectRights& rights_, const ResourceType& type_,
       objects::WatchOptions options_, std::function<void(std::string_view)> log_)
      : client(client_),
        store(store_),
        rights(rights_),
        type(type_),
        options(std::move(options_)),
        log(std::move(log_)),
        handed(options.from),
        came(client_.io(), client_.timers()),
        taken(client_.io(), client_.timers()),
        ended(client_.io(), client_.timers()) {}

  kube::Client& client;
  ClusterStore& store;
  ProjectRights& rights;
  const ResourceType& type;
  objects::WatchOptions options;
  std::function<void(std::string_view)> log;
  std::map<std::string, std::shared_ptr<Member>> members;
  std::size_t watching = 0;
  std::vector<WatchEvent> waiting;  ///< of one member at a time
  std::int64_t handed;
  rt::Signal came, taken, ended;
  objects::Watcher* spaces = nullptr;
  bool started = false, stopped = false, woken = false;

  [[nodiscard]] double chance() const { return client.credentials().surroundings().chance(); }

  /// Gives them to whoever asks, in turn with the other members: each keeps at most one message.
  boost::asio::awaitable<void> tell(std::vector<WatchEvent> events) {
    if (events.empty()) co_return;
    while (!waiting.empty() && !stopped) (void)co_await taken.wait(rt::Timers::Moment::max());
    if (stopped) co_return;
    waiting = std::move(events);
    came.notify();
  }

  // ---- one namespace

  /// What is there and newer than what was told. The version to watch from.
  ApiTask<std::int64_t> list(std::string name, std::shared_ptr<Member> member) {
    objects::ListOptions part;
    part.namespace_ = std::move(name);
    part.labels = options.labels;
    part.fields = options.fields;
    part.metadata_only = options.metadata_only;
    part.limit = kListPart;
    std::int64_t version = 0;
    do {
      auto found = WL_API_TRY(co_await store.list(type, part));
      if (part.continue_.empty()) version = found.resource_version;
      part.continue_ = std::move(found.continue_);
      std::vector<WatchEvent> events;
      for (auto& object : found.items) {
        const auto of = version_of(object);
        if (!of || *of > member->known)
          events.push_back({WatchEvent::Kind::added, of.value_or(version), std::move(object)});
      }
      co_await tell(std::move(events));
    } while (!part.continue_.empty() && !stopped && !member->ended);
    member->known = version;
    co_return version;
  }

  /// Until it breaks, or the member is to end (true).
  ApiTask<bool> follow(std::string name, std::shared_ptr<Member> member) {
    auto wanted = options;
    wanted.namespace_ = std::move(name);
    wanted.from = member->known;
    const auto watcher = store.watch(type, std::move(wanted));
    while (!stopped && !member->ended) {
      member->watcher = watcher.get();
      auto events = co_await watcher->next(client.timers().now() + kLookEvery);
      member->watcher = nullptr;
      if (!events) co_return std::unexpected(std::move(events).error());
      member->known = std::max(member->known, watcher->position());
      std::erase_if(*events, [](const WatchEvent& event) { return event.kind == WatchEvent::Kind::bookmark; });
      co_await tell(std::move(*events));
    }
    co_return true;
  }

  ApiTask<bool> attend(std::string name, std::shared_ptr<Member> member, bool& list_first) {
    if (!WL_API_TRY(co_await rights.ensure(name))) co_return true;
    if (std::exchange(list_first, false)) (void)WL_API_TRY(co_await list(name, member));
    if (member->watched) co_return co_await follow(name, member);
    (void)co_await member->changed.wait(client.timers().now() + kLookEvery);
    list_first = true;
    co_return member->ended;
  }

  static boost::asio::awaitable<void> serve(std::shared_ptr<Impl> self, std::string name,
                                            std::shared_ptr<Member> member, bool list_first) {
    kube::Backoff backoff(kPauses);
    while (!self->stopped && !member->ended) {
      auto done = co_await self->attend(name, member, list_first);
      if (self->stopped || member->ended) break;
      if (done && !*done) continue;
      if (!done) {
        const auto& said = done.error();
        if (said.code == 403) self->rights.forget(name);
        if (said.code != 410 && self->log && member->trouble != said.message) {
          member->trouble = said.message;
          self->log("the " + std::string(self->type.plural) + " of the project's namespace " + name +
                    " cannot be followed: " + said.message + "; it is tried again");
        }
        list_first = true;
      }
      const auto pause = backoff.failed(self->client.timers().now(), self->chance());
      (void)co_await member->changed.wait(self->client.timers().now() + pause);
    }
    if (member->watched) --self->watching;
  }

  // ---- the namespaces

  void begin(const std::string& name, bool list_first) {
    if (members.contains(name)) return;
    auto member = std::make_shared<Member>(*this);
    member->watched = watching < kMostWatched;
    if (member->watched) ++watching;
    member->known = list_first ? 0 : options.from;
    members[name] = member;
    boost::asio::co_spawn(client.io(), serve(shared_from_this(), name, std::move(member), list_first),
                          boost::asio::detached);
  }

  void end(const std::string& name) {
    const auto found = members.find(name);
    if (found == members.end()) return;
    found->second->end();
    members.erase(found);
  }

  void see(const Value& space, bool list_first) {
    const auto name = objects::meta_text(space, "name");
    if (objects::label(space, kProjectLabel).empty()) return end(name);
    if (objects::is_being_deleted(space)) rights.leave(name);
    begin(name, list_first);
  }

  ApiTask<bool> follow_namespaces(bool first) {
    const auto now = WL_API_TRY(co_await project_namespaces(store));
    for (auto it = members.begin(); it != members.end();) {
      const auto name = (it++)->first;
      if (!std::ranges::binary_search(now.names, name)) end(name);
    }
    for (const auto& space : now.objects) {
      // Changed since whoever asks has listed: it may have become a project's meanwhile.
      const auto version = version_of(space);
      see(space, !first || !version || *version > options.from);
    }
    objects::WatchOptions wanted;
    wanted.labels = of_projects();
    wanted.from = now.resource_version;
    wanted.metadata_only = true;
    const auto watcher = store.watch(namespaces(), std::move(wanted));
    while (!stopped) {
      spaces = watcher.get();
      auto events = co_await watcher->next(client.timers().now() + kLookEvery);
      spaces = nullptr;
      if (!events) co_return std::unexpected(std::move(events).error());
      for (const auto& event : *events) {
        if (event.kind == WatchEvent::Kind::bookmark) continue;
        if (event.kind == WatchEvent::Kind::deleted) {
          end(objects::meta_text(event.object, "name"));
        } else {
          see(event.object, true);
        }
      }
    }
    co_return true;
  }

  static boost::asio::awaitable<void> run(std::shared_ptr<Impl> self) {
    kube::Backoff backoff(kPauses);
    for (bool first = true; !self->stopped; first = false) {
      auto done = co_await self->follow_namespaces(first);
      if (self->stopped) break;
      if (!done && done.error().code != 410 && self->log) {
        self->log("the namespaces of projects cannot be followed: " + done.error().message + "; it is tried again");
      }
      const auto pause = backoff.failed(self->client.timers().now(), self->chance());
      (void)co_await self->ended.wait(self->client.timers().now() + pause);
    }
  }

  void stop() {
    if (std::exchange(stopped, true)) return;
    if (spaces != nullptr) spaces->wake();
    for (const auto& [name, member] : members) member->end();
    ended.notify();
    taken.notify();
    came.notify();
  }
};

ProjectWatcher::ProjectWatcher(kube::Client& client, ClusterStore& store, ProjectRights& rights,
                               const ResourceType& type, objects::WatchOptions options,
                               std::function<void(std::string_view)> log)
    : impl_(std::make_shared<Impl>(client, store, rights, type, std::move(options), std::move(log))) {}
ProjectWatcher::~ProjectWatcher() { impl_->stop(); }

ApiTask<std::vector<WatchEvent>> ProjectWatcher::next(std::chrono::steady_clock::time_point deadline) {
  const auto impl = impl_;
  if (!std::exchange(impl->started, true)) {
    boost::asio::co_spawn(impl->client.io(), Impl::run(impl), boost::asio::detached);
  }
  while (impl->waiting.empty() && !impl->stopped && !std::exchange(impl->woken, false)) {
    if (!co_await impl->came.wait(deadline)) break;
  }
  auto out = std::exchange(impl->waiting, {});
  for (const auto& event : out) impl->handed = std::max(impl->handed, event.version);
  if (!out.empty()) impl->taken.notify();
  co_return out;
}

std::int64_t ProjectWatcher::position() const { return impl_->handed; }

void ProjectWatcher::wake() {
  impl_->woken = true;
  impl_->came.notify();
}

}  // namespace windlass::cluster

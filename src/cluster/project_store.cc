#include "cluster/project_store.h"

#include <utility>

#include "cluster/project_watcher.h"
#include "objects/metadata.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;
using objects::ListOptions;
using objects::ListResult;
using objects::Outcome;
using objects::Part;
using objects::ResourceType;

bool ProjectStore::is_confined(const ResourceType& type) {
  return type.group.empty() && (type.plural == "secrets" || type.plural == "configmaps");
}

ProjectStore::ProjectStore(kube::Client& client, ClusterStoreOptions options, ProjectRightsOptions rights)
    : client_(client), store_(client, std::move(options)), rights_(client, rights), log_(std::move(rights.log)) {}

/// The call, with our rights bound first; once more where somebody has taken them away meanwhile.
template <class T>
ApiTask<T> ProjectStore::within(const ResourceType& type, std::string namespace_, std::function<ApiTask<T>()> call) {
  if (!is_confined(type) || namespace_.empty()) co_return co_await call();
  const bool bound = WL_API_TRY(co_await rights_.ensure(namespace_));
  auto out = co_await call();
  if (out || out.error().code != 403) co_return out;
  rights_.forget(namespace_);
  const bool bound_now = WL_API_TRY(co_await rights_.ensure(namespace_));
  if (!bound && !bound_now) {
    auto status = std::move(out).error();
    status.message = "the namespace " + namespace_ + " is no project's (label kubesphere.io/devopsproject), and this " +
                     "server has no rights on " + std::string(type.plural) + " elsewhere: " + status.message;
    co_return std::unexpected(std::move(status));
  }
  co_return co_await call();
}

ApiTask<Value> ProjectStore::get(const ResourceType& type, std::string namespace_, std::string name) {
  return within<Value>(type, namespace_, [this, &type, namespace_, name = std::move(name)] {
    return store_.get(type, namespace_, name);
  });
}

ApiTask<Value> ProjectStore::look(const ResourceType& type, std::string namespace_, std::string name) {
  if (is_confined(type)) return get(type, std::move(namespace_), std::move(name));
  return store_.look(type, std::move(namespace_), std::move(name));
}

ApiTask<ListResult> ProjectStore::list(const ResourceType& type, ListOptions options) {
  if (is_confined(type) && options.namespace_.empty()) return in_all_projects(type, std::move(options));
  const auto namespace_ = options.namespace_;
  return within<ListResult>(type, namespace_,
                            [this, &type, options = std::move(options)] { return store_.list(type, options); });
}

ApiTask<Value> ProjectStore::create(const ResourceType& type, std::string namespace_, Value object, bool dry_run) {
  return within<Value>(type, namespace_, [this, &type, namespace_, object = std::move(object), dry_run] {
    return store_.create(type, namespace_, object, dry_run);
  });
}

ApiTask<Value> ProjectStore::update(const ResourceType& type, std::string namespace_, std::string name, Value object,
                                    Part part, bool dry_run) {
  return within<Value>(type, namespace_,
                       [this, &type, namespace_, name = std::move(name), object = std::move(object), part, dry_run] {
                         return store_.update(type, namespace_, name, object, part, dry_run);
                       });
}

ApiTask<Value> ProjectStore::modify(const ResourceType& type, std::string namespace_, std::string name,
                                    objects::Modifier modifier, Part part, bool dry_run) {
  return within<Value>(type, namespace_,
                       [this, &type, namespace_, name = std::move(name), modifier = std::move(modifier), part,
                        dry_run] { return store_.modify(type, namespace_, name, modifier, part, dry_run); });
}

ApiTask<Value> ProjectStore::remove(const ResourceType& type, std::string namespace_, std::string name,
                                    objects::DeleteOptions options) {
  return within<Value>(type, namespace_,
                       [this, &type, namespace_, name = std::move(name), options = std::move(options)] {
                         return store_.remove(type, namespace_, name, options);
                       });
}

std::unique_ptr<objects::Watcher> ProjectStore::watch(const ResourceType& type, objects::WatchOptions options) {
  if (is_confined(type) && options.namespace_.empty()) {
    return std::make_unique<ProjectWatcher>(client_, store_, rights_, type, std::move(options), log_);
  }
  return store_.watch(type, std::move(options));
}

/// Parts are namespaces, or parts of one: "NAMESPACE\n" and where it goes on there.
ApiTask<ListResult> ProjectStore::in_all_projects(const ResourceType& type, ListOptions options) {
  const auto spaces = WL_API_TRY(co_await project_namespaces(store_));
  ListResult out;
  out.resource_version = spaces.resource_version;
  const auto line = options.continue_.find('\n');
  const auto from = options.continue_.substr(0, line == std::string::npos ? 0 : line);
  auto inner = line == std::string::npos ? std::string() : options.continue_.substr(line + 1);
  for (const auto& name : spaces.names) {
    if (name < from) continue;
    auto one = options;
    one.namespace_ = name;
    one.continue_ = name == from ? std::exchange(inner, {}) : std::string();
    if (options.limit != 0) one.limit = options.limit - out.items.size();
    auto part = co_await list(type, std::move(one));
    // Gone, or taken from its project, since it was listed.
    if (!part && (part.error().code == 403 || part.error().code == 404)) continue;
    if (!part) co_return std::unexpected(std::move(part).error());
    std::move(part->items.begin(), part->items.end(), std::back_inserter(out.items));
    out.total += part->total;
    if (options.limit == 0) continue;
    if (!part->continue_.empty()) {
      out.continue_ = name + "\n" + part->continue_;
      co_return out;
    }
    if (out.items.size() >= options.limit && name != spaces.names.back()) {
      // The next part begins with the namespace behind this one.
      out.continue_ = name + std::string(1, '-') + "\n";
      co_return out;
    }
  }
  co_return out;
}

}  // namespace windlass::cluster

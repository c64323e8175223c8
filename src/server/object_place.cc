#include "server/object_place.h"

#include "cluster/project_store.h"
#include "data/json.h"

namespace windlass::server {

/// Secrets at rest: bound to namespace and name, with the folder's keys.
class ObjectPlace::KeySealer final : public objects::Sealer {
 public:
  explicit KeySealer(std::shared_ptr<const journal::KeyRing> keys) : keys_(std::move(keys)) {}
  std::string seal(std::string_view plain, std::string_view context) override {
    return keys_->seal("object " + std::string(context), plain);
  }
  Result<std::string> open(std::string_view sealed, std::string_view context) override {
    return keys_->unseal("object " + std::string(context), sealed);
  }
  Result<std::optional<std::string>> seal_anew(std::string_view sealed, std::string_view context) override {
    return keys_->resealed("object " + std::string(context), sealed);
  }

 private:
  std::shared_ptr<const journal::KeyRing> keys_;
};

ObjectPlace::ObjectPlace() = default;
ObjectPlace::~ObjectPlace() = default;

Result<std::unique_ptr<ObjectPlace>> ObjectPlace::in_folder(boost::asio::io_context& io, const DataFolder& folder,
                                                            std::shared_ptr<const journal::KeyRing> keys,
                                                            std::function<std::int64_t()> now_millis,
                                                            std::function<std::uint64_t()> random) {
  std::unique_ptr<ObjectPlace> out(new ObjectPlace());
  out->sealer_ = std::make_unique<KeySealer>(std::move(keys));
  objects::EmbeddedStoreOptions options;
  options.path = folder.file("objects.db");
  options.now_millis = std::move(now_millis);
  options.random = std::move(random);
  out->embedded_ = WL_TRY(objects::EmbeddedStore::open(io, *out->sealer_, std::move(options)));
  return out;
}

std::unique_ptr<ObjectPlace> ObjectPlace::in_cluster(Replica& replica, const std::string& project_role,
                                                     std::function<void(std::string_view)> log) {
  std::unique_ptr<ObjectPlace> out(new ObjectPlace());
  cluster::ClusterStoreOptions options;
  options.may_write = [&replica] { return replica.may_act(); };
  if (project_role.empty()) {
    out->cluster_ = std::make_unique<cluster::ClusterStore>(replica.client(), std::move(options));
  } else {
    cluster::ProjectRightsOptions rights;
    rights.role = project_role;
    rights.may_write = options.may_write;
    rights.log = std::move(log);
    out->cluster_ = std::make_unique<cluster::ProjectStore>(replica.client(), std::move(options), std::move(rights));
  }
  out->replica_ = &replica;
  return out;
}

objects::ObjectStore& ObjectPlace::store() {
  if (embedded_) return *embedded_;
  return *cluster_;
}

net::Response ObjectPlace::elsewhere() const {
  objects::ApiStatus status;
  status.code = 501;
  status.reason = "NotImplemented";
  status.message = "this server works on the objects of the cluster " +
                   (replica_ != nullptr ? replica_->cluster() : std::string()) +
                   " and serves none itself; ask that cluster's API server, with its kubeconfig";
  return net::Response::text(status.code, data::format_json(status.to_value()), "application/json");
}

void ObjectPlace::release_memory() {
  if (embedded_) embedded_->release_memory();
}

}  // namespace windlass::server

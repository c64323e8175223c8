// Where the objects of a server are: in a store of its own folder, or in a cluster's API server. Chosen once, at the
// start; what stands on it sees `store()` and nothing else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "journal/key_ring.h"
#include "net/http.h"
#include "objects/embedded_store.h"
#include "server/data_folder.h"
#include "server/replica.h"

namespace windlass::server {

class ObjectPlace {
 public:
  /// Everything given must outlive it.
  static Result<std::unique_ptr<ObjectPlace>> in_folder(boost::asio::io_context& io, const DataFolder& folder,
                                                        std::shared_ptr<const journal::KeyRing> keys,
                                                        std::function<std::int64_t()> now_millis,
                                                        std::function<std::uint64_t()> random);
  /// `project_role` not empty: the server may read Secrets and ConfigMaps in projects only, where it binds this
  /// ClusterRole to itself.
  static std::unique_ptr<ObjectPlace> in_cluster(Replica& replica, const std::string& project_role,
                                                 std::function<void(std::string_view)> log);
  ~ObjectPlace();
  ObjectPlace(const ObjectPlace&) = delete;
  ObjectPlace& operator=(const ObjectPlace&) = delete;

  [[nodiscard]] objects::ObjectStore& store();
  /// Of the folder; nullptr in a cluster.
  [[nodiscard]] objects::EmbeddedStore* embedded() { return embedded_.get(); }
  /// nullptr where there is no cluster.
  [[nodiscard]] Replica* replica() { return replica_; }
  /// The answer to who speaks Kubernetes' protocol with a server whose objects are in a cluster: where they are.
  [[nodiscard]] net::Response elsewhere() const;
  void release_memory();

 private:
  class KeySealer;
  ObjectPlace();

  std::unique_ptr<KeySealer> sealer_;
  std::unique_ptr<objects::EmbeddedStore> embedded_;
  std::unique_ptr<objects::ObjectStore> cluster_;
  Replica* replica_ = nullptr;
};

}  // namespace windlass::server

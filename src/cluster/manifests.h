// Windlass in a cluster, as the objects that somebody applies: namespaces, our kinds, accounts with the rights of
// kube/needs.h and no others, Services under the names that KubeSphere's clients know, the volume, the Deployment.
//
// Pure: options in, objects out, in the order in which they have to be made. What is there already, and whose it is, is
// installation.h's matter. Keys are made by the server in its folder; the only secret here is the first password, if it
// is given.
//
// The pod passes Kubernetes' profile "restricted". The volume is mounted above the data folder, because a volume's own
// root belongs to root and its group, and the folder is the server's alone (0700).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::cluster {

/// What the server's folder is on.
struct Storage {
  enum class Kind : unsigned char {
    claim,   ///< a PersistentVolumeClaim; `name`: its storage class, empty: the cluster's default
    node,    ///< the same, on a PersistentVolume of ours: the folder `path` of the node `name`
    memory,  ///< an emptyDir: everything is gone with the pod. To try it
  };
  Kind kind = Kind::claim;
  std::string name, path;
  std::string size = "8Gi";
};
/// "", "class:NAME", "node:NODE:/FOLDER", "memory". Errors: invalid.
Result<Storage> parse_storage(std::string_view text);

struct InstallOptions {
  std::string namespace_ = "kubesphere-devops-system";
  std::string workers = "kubesphere-devops-worker";  ///< the namespace of agents' pods
  std::string image, agent_image;
  std::string version;      ///< of this program: a label
  std::string pull_secret;  ///< for `image`
  Storage storage;
  std::string casc;  ///< text of Configuration as Code; empty: the chart's templates
  /// "configmap/NAME" or "secret/NAME" with kubesphere.yaml; it may be missing, and come later.
  std::string config = "configmap/devops-config";
  /// Of the Secret devops-jenkins, as KubeSphere's chart makes it, for the first administrator; empty: the manifests
  /// have no Secret, and the pod takes the one that is there.
  std::string first_password;
  bool tls_only = false;  ///< else plain HTTP is taken from other pods too, as KubeSphere's parts speak it
};

inline constexpr std::string_view kServerName = "devops-apiserver";  ///< Deployment and Service
inline constexpr std::string_view kServerAccount = "windlass";
inline constexpr std::string_view kFirstPassword = "devops-jenkins";  ///< Secret
inline constexpr std::string_view kAgentsAccount = "devops-jenkins";

/// Errors: invalid (which option, and why).
Result<std::vector<data::Value>> install_manifests(const InstallOptions& options);

}  // namespace windlass::cluster

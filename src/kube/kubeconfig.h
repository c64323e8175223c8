// kubeconfig files: one or several merged as kubectl does, and from one context how to reach a cluster and as whom.
// Pure: texts in, values out; what stands in files of their own is named here and read by credentials.h.
//
// Merging (KUBECONFIG=a:b): of clusters, users and contexts the first of a name wins as a whole, of current-context the
// first that is set. Paths are relative to the file that names them. Source: kubernetes.io, "Organizing Cluster
// Access", and client-go's clientcmd/api/v1 by behaviour.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "net/url.h"

namespace windlass::kube {

/// Bytes that stand here, or in a file that may change. At most one is set; `data` wins where a kubeconfig has both.
struct DataOrFile {
  std::string data;
  std::string file;  ///< absolute
  [[nodiscard]] bool empty() const { return data.empty() && file.empty(); }
};

/// A program that prints credentials (`users[].user.exec`).
struct ExecPlugin {
  std::string api_version;  ///< client.authentication.k8s.io/v1 or v1beta1
  std::string command;      ///< looked up in PATH, or absolute
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string install_hint;
  bool provide_cluster_info = false;
};

/// Who we are.
struct Identity {
  std::string token;
  std::string token_file;  ///< absolute; read again as it changes
  std::string user, password;
  DataOrFile certificate, key;
  std::optional<ExecPlugin> exec;
  std::string impersonate;
  std::vector<std::string> impersonate_groups;
  std::vector<std::pair<std::string, std::string>> impersonate_extra;
};

/// How to reach a cluster and as whom: all that a client is made of.
struct Access {
  std::string name;  ///< of the context, or "in-cluster": for messages
  net::Url server;
  DataOrFile authority;  ///< PEM; empty: the system's authorities
  bool skip_tls_verify = false;
  std::string tls_server_name;
  std::optional<net::Url> proxy;  ///< the kubeconfig's own; else the environment decides
  std::string namespace_ = "default";
  Identity identity;
};

struct Kubeconfig {
  struct Named {
    std::string name;
    data::Value value;
    std::string folder;  ///< of the file it came from, for its paths
  };
  std::vector<Named> clusters, users, contexts;
  std::string current_context;
};

/// One file's text. `folder` is where it lies, `path` how messages name it. Errors: invalid; no message holds a secret.
Result<Kubeconfig> read_kubeconfig(std::string_view text, const std::string& path, const std::string& folder);
/// What is in `more` and not in `into` yet.
void merge_kubeconfig(Kubeconfig& into, Kubeconfig more);

/// What `context` (empty: the current one) says. Errors: not_found (with the contexts there are), invalid, unsupported
/// (what only an old client could do, with what to do instead).
Result<Access> select_context(const Kubeconfig& config, std::string_view context);

/// The files to read: `explicit_path`, else those of KUBECONFIG, else ~/.kube/config. Those of KUBECONFIG may be
/// missing.
struct KubeconfigPaths {
  std::vector<std::string> paths;
  bool may_be_missing = false;
};
KubeconfigPaths kubeconfig_paths(const std::string& explicit_path, const net::Environment& environment);

/// A pod's own access: the service account that Kubernetes mounts. Errors: not_found (this is no pod: the variables are
/// not set), invalid. `namespace_text` is what the file `namespace` there holds.
Result<Access> in_cluster_access(const net::Environment& environment, std::string_view namespace_text);
inline constexpr std::string_view kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

}  // namespace windlass::kube

// `windlass server`: everything one process serves, wired together. What the parts do is theirs; here they meet.
//
// One reactor thread (the caller's io_context); the store has its own two. Everything but /healthz, /readyz, /livez and
// /login needs a token, and everything that changes or shows something asks rights/.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"
#include "base/result.h"
#include "kube/credentials.h"
#include "kube/kubeconfig.h"
#include "server/config.h"

namespace windlass::server {

class Replica;

/// Pods of clusters as agents; also where the objects are our own.
struct PodAgentsOptions {
  std::string listen;                  ///< where agents call, and for nothing else; empty: pods are no agents here
  std::optional<kube::Access> access;  ///< without a replica: the cluster of clouds that name none
  kube::Surroundings surroundings;     ///< what credentials of other clusters come from
  std::string url;                     ///< the same as pods reach it; empty: Configuration as Code says
  std::string image;                   ///< holds the agent's programs
};

/// Where Jenkins' Configuration as Code is.
struct CascOptions {
  std::string path;                     ///< file or folder; empty: none
  std::string map_namespace, map_name;  ///< of a ConfigMap with it; empty: none
  /// Of the environment, for ${…} in it; empty: there is none.
  std::function<std::string(const std::string& name)> variable = [](const std::string&) { return std::string(); };
};

struct ServerOptions {
  std::string data_folder;
  std::string listen = "127.0.0.1:9090";
  PodAgentsOptions pod_agents;
  CascOptions casc;
  Replica* replica = nullptr;  ///< its turn has come: the objects are in its cluster, the folder is its. Outlives us
  std::string project_role;    ///< with a replica: ObjectPlace::in_cluster
  std::string first_password;  ///< folder of first_password.h; empty: none
  std::optional<bool> plain_everywhere;  ///< plain HTTP from other machines too; nothing: as the configuration says
  std::string version;
  int executors = 2;                        ///< of the built-in node
  std::vector<std::string> labels;          ///< of the built-in node
  std::int64_t park_after_millis = 30'000;  ///< how long a run only waits before it leaves memory
  std::function<bool()> memory_is_short;    ///< then all such runs leave; empty: never. Any thread
  Fault* fault = nullptr;                   ///< crash tests
  std::string agent_binary;                 ///< empty: beside this program
  ServerConfig config;
  std::string key_file;          ///< kept elsewhere; empty: FOLDER/key
  std::string config_file;       ///< read again while the server runs; empty: there is none
  bool executors_given = false;  ///< on the command line: the file's is not taken
  std::function<void(bool json)> set_log_format = [](bool) {};
  std::function<std::int64_t()> now_millis;
  std::function<std::uint64_t()> random;      ///< any thread
  std::function<void(std::string_view)> log;  ///< one line, without its end; any thread
  std::function<void()> audit_point;          ///< tests: called around each write and sync of the audit log
};

class Server {
 public:
  /// Ready when it returns: stores open, listening, FOLDER/address written. Errors have one sentence for the person.
  static Result<std::unique_ptr<Server>> start(boost::asio::io_context& io, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const std::string& address() const;
  /// Reads the configuration file again and says what came of it (SIGHUP).
  void reload();
  /// Stops taking requests, lets the running ones end for at most ten seconds, removes FOLDER/address.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Every route of KubeSphere's API, a line each: method, path, right, what it does, with tabs between.
std::string explain_routes();

}  // namespace windlass::server

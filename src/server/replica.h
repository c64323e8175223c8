// A server that works on the objects of a cluster, before and around its work: who it is there, whether it is its turn.
//
//   folder's lock (one process of a machine) ─► lease (one replica of all) ─► our kinds installed ─► ready()
//
// Until then it stands by: /livez is answered, /readyz is 503. The lease lives on a thread of its own, so that whatever
// the server does it is renewed, and whoever loses it hears of it. From then on fence() ends the process: nothing that
// another replica may have begun is done here, and what starts this process anew starts one that stands by.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kube/client.h"
#include "server/data_folder.h"

namespace windlass::server {

struct ReplicaOptions {
  std::string data_folder;
  std::string listen;  ///< for health checks while it stands by
  kube::Access access;
  kube::Surroundings surroundings;
  std::string lease_namespace, lease_name;
  std::string host;                           ///< of the lease's holder, for people
  std::string version;                        ///< of this program
  std::function<void(std::string_view)> log;  ///< any thread
  /// Ends the process at once, with a sentence; does not return. Any thread.
  std::function<void(const std::string& why)> end;
};

class Replica {
 public:
  /// Makes the folder. Errors: forbidden (a folder that other machines share), those of DataFolder, of the access.
  static Result<std::unique_ptr<Replica>> make(boost::asio::io_context& io, ReplicaOptions options);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  /// Stands by; `ready` is called once, on the io_context's thread, when it is this one's turn. An error: it will not
  /// be, and why.
  void start(std::function<void(Result<>)> ready);
  /// Stands by no more; the io_context has then no work of it left. While a server works: after that.
  void stop();
  /// After everything has stopped: gives the lease back.
  void release();

  /// The folder, locked; once.
  DataFolder take_folder();
  [[nodiscard]] kube::Client& client();
  /// Any thread.
  [[nodiscard]] bool may_act() const;
  /// Returns while this process may act; else ends it. Any thread.
  void fence() const;
  /// "https://10.0.0.1:6443": for sentences.
  [[nodiscard]] std::string cluster() const;

 private:
  struct Impl;
  explicit Replica(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::server

// A Kubernetes API server as the rest of the program sees it: objects as data::Value, failures as objects::ApiStatus,
// the same as the embedded store's. What every call has: a deadline, kept connections, credentials that stay current,
// one more try after 401 where there is something newer, waiting as the server asks for it (429, Retry-After).
//
// Reactor thread. Calls may run beside each other. An answer that never came leaves open whether the server acted:
// code 503 or 504; who creates objects gives them names of his own, so that a second try says AlreadyExists.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "kube/credentials.h"
#include "kube/kubeconfig.h"
#include "kube/pace.h"
#include "kube/resource.h"
#include "kube/reviews.h"
#include "net/http_client.h"
#include "objects/object_store.h"

namespace windlass::kube {

using objects::ApiTask;

struct ClientOptions {
  std::string user_agent = "windlass";
  std::string field_manager = "windlass";  ///< who owns the fields that we write
  std::chrono::milliseconds call_limit{30'000};
  std::size_t max_answer_bytes = 128U << 20U;
  unsigned max_tries = 10;  ///< of a call that the server puts off
  PaceOptions pace;
  std::size_t max_calls = 32;
  std::size_t max_streams = 512;
};

enum class PatchKind : std::uint8_t { json, merge, strategic, apply };

struct ListQuery {
  std::string namespace_;  ///< empty: all
  std::string labels, fields;
  std::size_t limit = 0;  ///< 0: all at once
  std::string continue_;
  std::string version;  ///< "0": from the server's memory; "": the newest
  bool metadata_only = false;
};

struct WriteOptions {
  std::string subresource;  ///< "status"
  bool dry_run = false;
  bool force = false;          ///< of an apply: take fields that others own
  bool metadata_only = false;  ///< of a creation: only that is answered
};

class Client {
 public:
  /// All three must outlive it, and it every stream that it gave. Errors: invalid (the access cannot be used).
  static Result<std::unique_ptr<Client>> make(boost::asio::io_context& io, rt::Timers& timers,
                                              net::Connector& connector, Access access, Surroundings surroundings,
                                              ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  ApiTask<data::Value> get(Resource resource, std::string namespace_, std::string name, bool metadata_only = false);
  /// One page: the List object, with metadata.continue where more follow.
  ApiTask<data::Value> list(Resource resource, ListQuery query);
  ApiTask<data::Value> create(Resource resource, std::string namespace_, data::Value object, WriteOptions options = {});
  /// Replaces; the object's resourceVersion makes it fail with Conflict where somebody was first.
  ApiTask<data::Value> update(Resource resource, std::string namespace_, std::string name, data::Value object,
                              WriteOptions options = {});
  ApiTask<data::Value> patch(Resource resource, std::string namespace_, std::string name, PatchKind kind,
                             data::Value body, WriteOptions options = {});
  /// The object as it is at last (finalizers), or a Status.
  ApiTask<data::Value> remove(Resource resource, std::string namespace_, std::string name,
                              objects::DeleteOptions options = {});
  /// Of a pod: its object goes without its node's word that its processes have ended (a grace period of 0).
  ApiTask<data::Value> remove_at_once(Resource resource, std::string namespace_, std::string name, std::string uid);

  ApiTask<Person> review_token(std::string token, std::vector<std::string> audiences);
  ApiTask<Verdict> review_access(Person person, Attributes what);
  ApiTask<Verdict> may_we(Attributes what);

  /// Any path that answers JSON: discovery, /version.
  ApiTask<data::Value> get_path(std::string path);

  /// The body of an answer as it comes (watch, log); `deadline` is for its head.
  ApiTask<std::unique_ptr<net::HttpAnswer>> open(std::string path, rt::Timers::Moment deadline,
                                                 std::string accept = "application/json");
  /// A WebSocket of one of these subprotocols; gives the one that the server took in the headers.
  ApiTask<net::Upgrade> open_websocket(std::string path, std::string protocols, rt::Timers::Moment deadline);

  /// Ends all calls and streams, with code kCancelled; idempotent.
  void close();
  [[nodiscard]] const Access& access() const;
  [[nodiscard]] Credentials& credentials();
  [[nodiscard]] boost::asio::io_context& io();
  [[nodiscard]] rt::Timers& timers();
  [[nodiscard]] net::HttpClient& http();
  [[nodiscard]] const ClientOptions& options() const;

 private:
  struct Impl;
  explicit Client(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::kube

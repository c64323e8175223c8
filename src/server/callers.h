// Who calls: the bearer of a token of ours, of KubeSphere's or of the cluster's, or an account's name with its password
// (HTTP Basic), with what Configuration as Code gives them beside their roles. Reactor thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "casc/configuration.h"
#include "identity/identity.h"
#include "kube/client.h"
#include "net/http.h"
#include "rights/grants.h"
#include "rt/task.h"
#include "server/cluster_sign_in.h"
#include "server/config.h"
#include "server/passwords.h"

namespace windlass::server {

/// The token of a request: Bearer, or the password of Basic; KubeSphere's own front passes its users' on in a header of
/// its own.
std::string token_of(const net::Request& request);

class Callers {
 public:
  /// `book` and `passwords` must outlive it.
  Callers(identity::Identity& book, Passwords& passwords, std::function<std::int64_t()> now_millis,
          const ServerConfig& config);

  /// The configuration file as it is now.
  void configure(const ServerConfig& config);
  /// Configuration as Code as it is now; null: there is none.
  void use(const casc::Configuration* configuration);
  /// There is a cluster that can be asked; it must outlive the io_context's last run.
  void use(kube::Client& cluster);

  /// Whose token it is, of those that are known here. Who is known to KubeSphere only is somebody without roles.
  std::optional<rights::User> authenticate(std::string_view token);
  std::optional<rights::User> find_user(std::string_view name);
  /// Who calls, as far as it is known at once: the cluster's people for a while after it was asked, passwords for a
  /// while after they were checked.
  std::optional<rights::User> at_once(const net::Request& request);
  /// Somebody, nobody, or what is to be answered instead: 503 where the cluster cannot be asked, 429 where passwords
  /// are being guessed or too many are checked at once.
  struct Caller {
    std::optional<rights::User> user;
    std::optional<net::Response> refusal;
  };
  /// The same, and a password is checked, the cluster is asked about a token that nobody here knows.
  boost::asio::awaitable<Caller> identify(const net::Request& request);
  /// Whether the cluster lets them do what roles here do not. Errors: unavailable.
  rt::Task<bool> also_allowed(rights::User user, rights::Attributes what);

 private:
  void grant();
  std::optional<rights::User> authenticate_without_grants(std::string_view token);

  identity::Identity& book_;
  Passwords& passwords_;
  std::function<std::int64_t()> now_millis_;
  ServerConfig config_;
  std::optional<casc::Authorization> authorization_;  ///< of Configuration as Code
  rights::GrantTable grants_;
  std::uint64_t generation_ = 0;
  std::unique_ptr<ClusterSignIn> sign_in_;  ///< null: there is no cluster
};

}  // namespace windlass::server

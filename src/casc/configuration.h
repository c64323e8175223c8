// What a JCasC document says, typed: the part that has a meaning here. Secrets stay in it as texts; only write() leaves
// them out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "pods/pods.h"

namespace windlass::casc {

using pods::Pair;

enum class NodeMode : std::uint8_t { normal, exclusive };

/// The built-in node.
struct BuiltIn {
  std::optional<NodeMode> mode;
  std::optional<int> executors;
  std::string labels;
};

struct Role {
  enum class Scope : std::uint8_t { global, items, agents };
  Scope scope = Scope::global;
  std::string name, pattern;
  std::vector<std::string> permissions;  ///< "Overall/Administer"
  std::vector<std::string> users, groups;
  std::string path;  ///< where it stands
};

struct Authorization {
  enum class Kind : std::uint8_t { unset, unsecured, logged_in, roles, matrix };
  Kind kind = Kind::unset;
  bool anonymous_read = false;
  std::vector<Role> roles;  ///< of a matrix: one for each user or group, without a name
  std::string path;         ///< where it stands
};

struct Ldap {
  std::string server, root_dn, manager_dn, manager_password, user_search_base, user_search, group_search_base,
      group_search_filter, display_name_attribute, mail_attribute;
};

struct Account {
  std::string id, name, password;
};

struct Realm {
  enum class Kind : std::uint8_t { unset, local, ldap, other };
  Kind kind = Kind::unset;
  std::string other;  ///< the symbol of another one
  std::vector<Account> accounts;
  std::vector<Ldap> ldaps;
};

struct Mailer {
  std::string host, user, password, reply_to, default_suffix, charset;
  int port = 0;
  bool ssl = false, starttls = false;
};

struct SonarServer {
  std::string name, url, credentials_id, token;
};

struct Library {
  std::string name, default_version, remote, credentials_id, library_path;
  bool implicit = false, allow_override = true, in_changesets = true;
};

struct GitLabServer {
  std::string name, url, credentials_id;
};

struct Tool {
  std::string kind, name, home;
};

struct TokenLogin {
  bool enabled = false;
  std::string server;
  int cache_size = 20, cache_seconds = 300;
};

/// Of `credentials.system`: what a cloud's credentialsId may name. Those of pipelines are objects of their projects.
struct Credential {
  enum class Kind : std::uint8_t {
    token,            ///< `secret` is a bearer's
    password,         ///< of `user`
    kubeconfig,       ///< `secret` is a file's text
    certificate,      ///< `certificate` and, in `secret`, its key; PEM
    service_account,  ///< of the pod that the server is in
  };
  Kind kind = Kind::token;
  std::string id, user, secret, certificate, authority;
  friend bool operator==(const Credential&, const Credential&) = default;
};

struct Configuration {
  BuiltIn built_in;
  std::optional<int> quiet_period, checkout_retries;
  std::string system_message;
  pods::Clouds clouds;  ///< root_url is location's
  Authorization authorization;
  Realm realm;
  std::string url, admin_address;
  std::optional<Mailer> mailer;
  std::vector<SonarServer> sonar;
  std::vector<Library> libraries;
  std::vector<GitLabServer> gitlab;
  std::vector<Pair> env;
  std::vector<Tool> tools;
  std::optional<TokenLogin> token_login;
  std::string event_receiver;
  std::vector<Credential> credentials;
};

/// As one JCasC document, which reads back the same but for secrets: they are `********`.
data::Value write(const Configuration& configuration);

}  // namespace windlass::casc

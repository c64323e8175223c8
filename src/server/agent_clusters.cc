#include "server/agent_clusters.h"

#include <algorithm>

#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

namespace {

/// The API server as pods of its own cluster call it.
bool is_own_name(const net::Url& url) {
  constexpr std::string_view kNames[] = {"kubernetes", "kubernetes.default", "kubernetes.default.svc",
                                         "kubernetes.default.svc.cluster.local"};
  return url.scheme == "https" && url.port == 443 && std::ranges::find(kNames, url.host) != std::end(kNames);
}

/// PEM, or PEM in base64, as Jenkins takes both.
std::string as_pem(const std::string& text) {
  if (text.empty() || text.find("-----BEGIN") != std::string::npos) return text;
  const auto decoded = text::decode_base64_lenient(text);
  return decoded.find("-----BEGIN") != std::string::npos ? decoded : text;
}

/// All that decides where calls go and as whom: two clouds that differ in any of it have a client each.
std::string key_of(const kube::Access& access) {
  const auto& who = access.identity;
  std::vector<std::string> parts = {access.server.scheme,
                                    access.server.authority(),
                                    access.server.path,
                                    access.authority.data,
                                    access.authority.file,
                                    access.skip_tls_verify ? "skip" : "check",
                                    access.tls_server_name,
                                    access.proxy ? access.proxy->scheme + "://" + access.proxy->user + ":" +
                                                       access.proxy->password + "@" + access.proxy->authority()
                                                 : "",
                                    who.token,
                                    who.token_file,
                                    who.user,
                                    who.password,
                                    who.certificate.data,
                                    who.certificate.file,
                                    who.key.data,
                                    who.key.file};
  if (who.exec) {
    parts.push_back(who.exec->api_version);
    parts.push_back(who.exec->command);
    parts.insert(parts.end(), who.exec->arguments.begin(), who.exec->arguments.end());
    for (const auto& [name, value] : who.exec->environment) parts.push_back(name + "=" + value);
  }
  std::string all;
  for (const auto& part : parts) all += std::to_string(part.size()) + ":" + part;
  // What is in memory for as long as the process lives should not be the words themselves.
  return text::encode_hex(text::digest("SHA-256", all).value_or(""));
}

Result<kube::Identity> identity_of(const casc::Credential& credential, kube::Access& access) {
  using Kind = casc::Credential::Kind;
  kube::Identity out;
  switch (credential.kind) {
    case Kind::token:
      out.token = credential.secret;
      break;
    case Kind::password:
      out.user = credential.user;
      out.password = credential.secret;
      break;
    case Kind::certificate:
      out.certificate.data = credential.certificate;
      out.key.data = credential.secret;
      if (access.authority.empty() && !access.skip_tls_verify) access.authority.data = as_pem(credential.authority);
      break;
    case Kind::service_account:
      out.token_file = std::string(kube::kServiceAccountFolder) + "/token";
      break;
    case Kind::kubeconfig: {
      const auto what = "the kubeconfig of credential " + credential.id;
      const auto config = WL_TRY(kube::read_kubeconfig(credential.secret, what, "/"));
      auto chosen = WL_TRY(kube::select_context(config, ""));
      // What the cloud says about the server stands above what the file says.
      if (access.server.host.empty()) access.server = chosen.server;
      if (access.authority.empty() && !access.skip_tls_verify) {
        access.authority = chosen.authority;
        access.skip_tls_verify = chosen.skip_tls_verify;
      }
      access.tls_server_name = chosen.tls_server_name;
      access.proxy = chosen.proxy;
      out = std::move(chosen.identity);
      break;
    }
  }
  return out;
}

}  // namespace

Result<std::optional<kube::Access>> access_of(const pods::Cloud& cloud,
                                              const std::vector<casc::Credential>& credentials,
                                              const kube::Access* own) {
  const auto of_cloud = "cloud " + cloud.name + ": ";
  const auto* credential = [&]() -> const casc::Credential* {
    const auto at = std::ranges::find(credentials, cloud.credentials_id, &casc::Credential::id);
    return cloud.credentials_id.empty() || at == credentials.end() ? nullptr : &*at;
  }();
  kube::Access out;
  out.name = "cloud " + cloud.name;
  if (!cloud.server_url.empty()) {
    out.server = WL_TRY(net::parse_url(cloud.server_url, of_cloud + "serverUrl"));
    if (out.server.scheme != "https" && out.server.scheme != "http") {
      return fail(ErrorKind::invalid, of_cloud + "serverUrl begins with neither https:// nor http://");
    }
    // The chart's credential of its own cluster is the service account of the pod, which is what the server has there
    // anyway.
    if (is_own_name(out.server) && credential == nullptr) return std::nullopt;
    if (own != nullptr && credential == nullptr && own->server.authority() == out.server.authority())
      return std::nullopt;
  } else if (credential == nullptr || credential->kind != casc::Credential::Kind::kubeconfig) {
    // A credential without a server is one of the server that we know.
    if (credential == nullptr && (cloud.credentials_id.empty() || own != nullptr)) return std::nullopt;
    if (own == nullptr) return fail(ErrorKind::invalid, of_cloud + "its serverUrl is missing");
    out.server = own->server;
    out.authority = own->authority;
  }
  if (!cloud.credentials_id.empty() && credential == nullptr) {
    return fail(ErrorKind::not_found,
                of_cloud + "there is no credential " + cloud.credentials_id +
                    "; write it below credentials.system.domainCredentials (string, usernamePassword, "
                    "file with a kubeconfig, x509ClientCert)");
  }
  out.skip_tls_verify = cloud.skip_tls_verify;
  if (!cloud.server_certificate.empty() && !out.skip_tls_verify) out.authority.data = as_pem(cloud.server_certificate);
  if (credential != nullptr) {
    out.identity = WL_TRY(identity_of(*credential, out));
  } else {
    // Never our own token to somebody else's server because nobody has said whom to be there.
    return fail(ErrorKind::invalid, of_cloud + "another cluster needs a credentialsId");
  }
  if (out.server.host.empty())
    return fail(ErrorKind::invalid, of_cloud + "neither it nor its kubeconfig names a server");
  if (!cloud.namespace_.empty()) out.namespace_ = cloud.namespace_;
  return out;
}

cluster::CallLimits limits_of(const pods::Cloud& cloud) {
  return {.call = std::chrono::seconds(cloud.connect_timeout_seconds + cloud.read_timeout_seconds),
          .at_once = static_cast<std::size_t>(cloud.max_requests)};
}

AgentClusters::AgentClusters(boost::asio::io_context& io, AgentClustersOptions options)
    : io_(io), options_(std::move(options)) {}

AgentClusters::~AgentClusters() { stop(); }

Result<clouds::PodFleet*> AgentClusters::fleet_of(const pods::Cloud& cloud,
                                                  const std::vector<casc::Credential>& credentials) {
  const auto* own = options_.client != nullptr ? &options_.client->access()
                    : options_.access          ? &*options_.access
                                               : nullptr;
  auto access = WL_TRY(access_of(cloud, credentials, own));
  if (!access && own == nullptr) {
    return fail(ErrorKind::not_found, "cloud " + cloud.name +
                                          " names no serverUrl, and this server was given no cluster (--cluster or "
                                          "--kubeconfig)");
  }
  const auto limits = limits_of(cloud);
  const auto key =
      access ? key_of(*access) + " " + std::to_string(limits.call.count()) + " " + std::to_string(limits.at_once)
             : std::string("own");
  if (primary_.empty()) primary_ = key;
  key_of_cloud_[cloud.name] = key;
  if (const auto known = clusters_.find(key); known != clusters_.end()) return known->second.fleet.get();
  Cluster made;
  if (access || options_.client == nullptr) {
    made.connection =
        WL_TRY(cluster::Connection::make(io_, access ? *access : *own, options_.surroundings, options_.user_agent,
                                         cluster::Connection::Use::objects, access ? limits : cluster::CallLimits()));
  }
  auto& client = made.connection ? made.connection->client() : *options_.client;
  auto fleet = options_.fleet;
  // Pods of clouds that nobody knows any more are the first one's to clean up.
  fleet.is_ours = [this, key](std::string_view name) {
    const auto known = key_of_cloud_.find(name);
    return known == key_of_cloud_.end() ? key == primary_ : key == known->second;
  };
  made.fleet = std::make_unique<clouds::PodFleet>(client, std::move(fleet));
  if (started_) made.fleet->start();
  return clusters_.emplace(key, std::move(made)).first->second.fleet.get();
}

void AgentClusters::keep(const std::set<clouds::PodFleet*>& needed) {
  for (auto& [key, one] : clusters_) {
    // It stays as it is, with nothing to do: what waits in it may still be heard.
    if (!needed.contains(one.fleet.get())) one.fleet->keep_warm({});
  }
}

void AgentClusters::start() {
  started_ = true;
  for (auto& [key, one] : clusters_) one.fleet->start();
}

void AgentClusters::stop() {
  for (auto& [key, one] : clusters_) {
    one.fleet->stop();
    if (one.connection) one.connection->close();
  }
}

}  // namespace windlass::server

#include "server/agent_pods.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <set>
#include <unordered_map>

#include "agents/agent_hub.h"
#include "clouds/pod_fleet.h"
#include "clouds/pod_nodes.h"
#include "clouds/url_check.h"
#include "pods/default_templates.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMostKnownEnds = 10'000;

}  // namespace

struct AgentPods::Impl {
  Impl(boost::asio::io_context& io_, AgentPodsOptions options_) : io(io_), options(std::move(options_)) {}

  boost::asio::io_context& io;
  AgentPodsOptions options;
  std::unique_ptr<net::Connector> connector;
  std::unique_ptr<agents::AgentHub> hub;
  std::unique_ptr<AgentClusters> clusters;
  std::unique_ptr<clouds::PodNodes> nodes;
  std::set<std::string> given_urls;             ///< where agents are told to call, by whoever set the clouds up
  std::vector<std::string> hosts;               ///< of https:// where agents call
  std::unordered_map<std::string, bool> alive;  ///< what is_alive said of a run

  /// A run that was never asked for counts as alive until somebody has looked; the next sweep knows.
  bool is_alive(const std::string& uid) {
    const auto known = alive.find(uid);
    boost::asio::co_spawn(
        io,
        [](Impl* self, std::string run) -> boost::asio::awaitable<void> {
          auto answer = co_await self->options.is_alive(run);
          if (!answer) co_return;
          if (self->alive.size() > kMostKnownEnds) self->alive.clear();
          self->alive[run] = *answer;
        }(this, uid),
        boost::asio::detached);
    return known == alive.end() || known->second;
  }

  struct Read {
    pods::Clouds clouds;
    std::vector<casc::Credential> credentials;
    bool unlabelled = false, labelled = false;
  };
  [[nodiscard]] Read read(const casc::Configuration* configuration) const {
    Read out;
    if (configuration != nullptr) {
      out.clouds = configuration->clouds;
      out.credentials = configuration->credentials;
      const auto& built_in = configuration->built_in;
      out.labelled = built_in.executors.value_or(0) > 0;
      out.unlabelled = out.labelled && built_in.mode.value_or(casc::NodeMode::normal) == casc::NodeMode::normal;
    }
    if (out.clouds.clouds.empty()) out.clouds.clouds.push_back(pods::default_cloud());
    if (options.host_takes_work) out.labelled = true;
    if (out.clouds.root_url.empty()) out.clouds.root_url = options.agent_url;
    out.clouds.agent_authority = options.agent_authority;
    out.clouds.proxy_variables = options.proxy_variables;
    std::set<std::string> called;
    if (auto host = pods::secret_host(options.agent_url); !host.empty()) called.insert(std::move(host));
    const auto port = ":" + std::to_string(options.agent_port);
    for (const auto& cloud : out.clouds.clouds) {
      auto url = cloud.jenkins_url;
      while (url.ends_with('/')) url.pop_back();
      if (auto host = pods::secret_host(url); !host.empty() && url.ends_with(port)) called.insert(std::move(host));
    }
    out.clouds.agent_hosts.assign(called.begin(), called.end());
    return out;
  }

  void take(const casc::Configuration* configuration) {
    auto fresh = read(configuration);
    given_urls.clear();
    const auto give = [this](std::string url) {
      if (!url.empty()) given_urls.insert(url.ends_with('/') ? url : url + "/");
    };
    give(fresh.clouds.root_url);
    for (const auto& cloud : fresh.clouds.clouds) give(cloud.jenkins_url);
    if (fresh.clouds.agent_hosts != hosts) {
      hosts = fresh.clouds.agent_hosts;
      if (options.hosts_changed) options.hosts_changed(hosts);
    }
    nodes->use_built_in(fresh.unlabelled, fresh.labelled);
    // A cloud that cannot be had is that cloud's matter: the others are served.
    std::set<clouds::PodFleet*> needed;
    for (const auto& cloud : fresh.clouds.clouds) {
      const auto fleet = clusters->fleet_of(cloud, fresh.credentials);
      if (!fleet) {
        options.log("no pods of " + fleet.error().text());
        nodes->cannot_serve(cloud.name, fleet.error().text());
        continue;
      }
      needed.insert(*fleet);
      nodes->serve(cloud.name, **fleet);
      (*fleet)->add_namespace(cloud.namespace_.empty() ? fresh.clouds.default_namespace : cloud.namespace_);
    }
    clusters->keep(needed);
    nodes->use(std::move(fresh.clouds));
    nodes->keep_warm();
  }
};

AgentPods::AgentPods(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AgentPods::~AgentPods() = default;

Result<std::unique_ptr<AgentPods>> AgentPods::make(boost::asio::io_context& io, rt::Timers& timers,
                                                   AgentPodsOptions options) {
  auto impl = std::make_unique<Impl>(io, std::move(options));
  auto* raw = impl.get();
  agents::AgentHubOptions hub;
  hub.secret_of = impl->options.secret_of;
  hub.own_secret_of = impl->options.own_secret_of;
  hub.pod_of = [raw](std::string_view name) { return raw->nodes->pod_uid(name); };
  hub.log = impl->options.log;
  hub.connected = [raw](const std::string& name) { raw->nodes->connected(name); };
  hub.disconnected = [raw](const std::string& name) { raw->nodes->disconnected(name); };
  impl->hub = std::make_unique<agents::AgentHub>(io, timers, std::move(hub));
  clouds::FleetOptions fleet;
  fleet.store_id = impl->options.store_id;
  fleet.wall_millis = impl->options.now_millis;
  fleet.is_alive = [raw](std::string_view uid) { return raw->is_alive(std::string(uid)); };
  fleet.log = [raw](const std::string& line) { raw->options.log(line); };
  impl->connector = net::make_tcp_connector(io, timers);
  fleet.check_url = [raw, &io, &timers](std::string url) -> boost::asio::awaitable<data::Value> {
    // A pipeline may give its pods another address; this server calls none that a pipeline has written.
    if (!raw->given_urls.contains(url)) {
      co_return data::Value::map_of("code", "url-changed", "given",
                                    raw->given_urls.empty() ? std::string("none") : *raw->given_urls.begin());
    }
    co_return co_await clouds::check_url(io, timers, *raw->connector, std::move(url));
  };
  auto clusters = std::move(impl->options.clusters);
  clusters.fleet = std::move(fleet);
  impl->clusters = std::make_unique<AgentClusters>(io, std::move(clusters));
  clouds::PodNodesOptions nodes;
  nodes.secret_of = impl->options.secret_of;
  nodes.agent_image = impl->options.agent_image;
  nodes.random_letters = [raw](std::size_t count) {
    constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz0123456789";
    std::string out;
    while (out.size() < count) out += kLetters[raw->options.random() % kLetters.size()];
    return out;
  };
  nodes.log = impl->options.log;
  impl->nodes = std::make_unique<clouds::PodNodes>(io, *impl->hub, std::move(nodes), pods::Clouds());
  return std::unique_ptr<AgentPods>(new AgentPods(std::move(impl)));
}

void AgentPods::start() { impl_->clusters->start(); }

void AgentPods::stop() {
  impl_->clusters->stop();
  impl_->hub->stop();  // it stays: runs go on until the process ends, and call
}

nodes::RemoteNodes& AgentPods::nodes() { return *impl_->nodes; }

bool AgentPods::serves(std::string_view path) { return agents::AgentHub::serves(path); }

net::Response AgentPods::accept(const net::Request& request) { return impl_->hub->accept(request); }

void AgentPods::use(const casc::Configuration* configuration) { impl_->take(configuration); }

}  // namespace windlass::server

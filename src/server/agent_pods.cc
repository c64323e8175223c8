#include "server/agent_pods.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <map>
#include <sys/stat.h>
#include <unordered_map>

#include "agents/agent_hub.h"
#include "casc/casc.h"
#include "clouds/pod_fleet.h"
#include "clouds/pod_nodes.h"
#include "pods/default_templates.h"
#include "store/disk.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMostCasc = std::size_t{8} << 20;
constexpr std::size_t kMostKnownEnds = 10'000;

/// The file, or those of the folder.
Result<std::vector<std::string>> names_at(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml"))) names.push_back(entry.path());
  }
  std::ranges::sort(names);
  if (names.empty())
    return fail(ErrorKind::not_found, "the folder " + path + " has no *.yaml of Configuration as Code");
  return names;
}

/// Changes when one of them does; nothing is read. Links are followed: a mounted ConfigMap is a folder of such.
std::string stamp_of(const std::string& path) {
  const auto names = names_at(path);
  std::string stamp;
  for (const auto& name : names.value_or(std::vector<std::string>())) {
    struct stat status{};
    if (::stat(name.c_str(), &status) != 0) continue;
    stamp += name + " " + std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
             std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + "\n";
  }
  return stamp;
}

Result<std::vector<casc::File>> read_files(const std::string& path) {
  std::vector<casc::File> out;
  for (const auto& name : WL_TRY(names_at(path))) {
    out.push_back({.name = name, .text = WL_TRY(store::read_file(name, kMostCasc))});
  }
  return out;
}

}  // namespace

struct AgentPods::Impl {
  Impl(boost::asio::io_context& io_, AgentPodsOptions options_) : io(io_), options(std::move(options_)) {}

  boost::asio::io_context& io;
  AgentPodsOptions options;
  std::unique_ptr<agents::AgentHub> hub;
  std::unique_ptr<clouds::PodFleet> fleet;
  std::unique_ptr<clouds::PodNodes> nodes;
  std::string stamp;
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
    bool unlabelled = false, labelled = false;
  };
  Result<Read> read() {
    Read out;
    if (options.casc.empty()) {
      out.clouds.clouds.push_back(pods::default_cloud());
    } else {
      const auto files = WL_TRY(read_files(options.casc));
      casc::Sources sources;
      sources.variable = [this](std::string_view name) -> std::optional<std::string> {
        auto value = options.variable ? options.variable(std::string(name)) : std::string();
        return value.empty() ? std::nullopt : std::optional(std::move(value));
      };
      sources.file = [](std::string_view path) { return store::read_file(std::string(path), kMostCasc); };
      auto read = WL_TRY(casc::read(files, sources));
      out.clouds = std::move(read.configuration.clouds);
      const auto& built_in = read.configuration.built_in;
      out.labelled = built_in.executors.value_or(0) > 0;
      out.unlabelled = out.labelled && built_in.mode.value_or(casc::NodeMode::normal) == casc::NodeMode::normal;
      for (const auto& finding : read.findings) {
        options.log("configuration as code: " + finding.file + ":" + std::to_string(finding.line) + ": " +
                    finding.path + ": " + finding.sentence);
      }
    }
    if (options.host_takes_work) out.labelled = true;
    if (out.clouds.root_url.empty()) out.clouds.root_url = options.agent_url;
    return out;
  }

  Result<> take() {
    // Taken before: what changes while it is read is looked at again.
    stamp = options.casc.empty() ? std::string() : stamp_of(options.casc);
    auto fresh = WL_TRY(read());
    nodes->use_built_in(fresh.unlabelled, fresh.labelled);
    for (const auto& cloud : fresh.clouds.clouds) {
      nodes->serve(cloud.name, *fleet);
      if (!cloud.namespace_.empty()) fleet->add_namespace(cloud.namespace_);
    }
    fleet->add_namespace(fresh.clouds.default_namespace);
    nodes->use(std::move(fresh.clouds));
    return {};
  }
};

AgentPods::AgentPods(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AgentPods::~AgentPods() = default;

Result<std::unique_ptr<AgentPods>> AgentPods::make(boost::asio::io_context& io, rt::Timers& timers,
                                                   kube::Client& client, AgentPodsOptions options) {
  auto impl = std::make_unique<Impl>(io, std::move(options));
  auto* raw = impl.get();
  agents::AgentHubOptions hub;
  hub.secret_of = impl->options.secret_of;
  hub.log = impl->options.log;
  hub.connected = [raw](const std::string& name) { raw->nodes->connected(name); };
  hub.disconnected = [raw](const std::string& name) { raw->nodes->disconnected(name); };
  impl->hub = std::make_unique<agents::AgentHub>(io, timers, std::move(hub));
  clouds::FleetOptions fleet;
  fleet.store_id = impl->options.store_id;
  fleet.wall_millis = impl->options.now_millis;
  fleet.is_alive = [raw](std::string_view uid) { return raw->is_alive(std::string(uid)); };
  fleet.log = [raw](const std::string& line) { raw->options.log(line); };
  impl->fleet = std::make_unique<clouds::PodFleet>(client, std::move(fleet));
  clouds::PodNodesOptions nodes;
  nodes.secret_of = impl->options.secret_of;
  nodes.agent_image = impl->options.agent_image;
  nodes.log = impl->options.log;
  impl->nodes = std::make_unique<clouds::PodNodes>(io, *impl->hub, std::move(nodes), pods::Clouds());
  WL_CHECK_OK(impl->take());
  return std::unique_ptr<AgentPods>(new AgentPods(std::move(impl)));
}

void AgentPods::start() { impl_->fleet->start(); }

void AgentPods::stop() {
  impl_->fleet->stop();
  impl_->hub.reset();
}

nodes::RemoteNodes& AgentPods::nodes() { return *impl_->nodes; }

bool AgentPods::serves(std::string_view path) { return agents::AgentHub::serves(path); }

net::Response AgentPods::accept(const net::Request& request) {
  return impl_->hub ? impl_->hub->accept(request) : net::Response::text(503, "stopping\n");
}

Result<> AgentPods::reload() { return impl_->take(); }

void AgentPods::look() {
  if (impl_->options.casc.empty() || stamp_of(impl_->options.casc) == impl_->stamp) return;
  const auto done = impl_->take();
  impl_->options.log(done ? std::string("configuration as code: taken anew")
                          : "configuration as code is not taken: " + done.error().text());
}

}  // namespace windlass::server

#include "server/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>

#include "catalog/catalog.h"
#include "controllers/downstream.h"
#include "controllers/run_claim.h"
#include "controllers/run_credentials.h"
#include "controllers/run_history.h"
#include "identity/identity.h"
#include "jenkinsfile/step_catalog.h"
#include "journal/frequent_sealer.h"
#include "kapis/kapis.h"
#include "kubeapi/kube_api.h"
#include "net/http_server.h"
#include "runs/run_service.h"
#include "server/agent_pods.h"
#include "server/audit.h"
#include "server/callers.h"
#include "server/casc_map.h"
#include "server/casc_pages.h"
#include "server/control_plane.h"
#include "server/data_folder.h"
#include "server/event_feed.h"
#include "server/first_password.h"
#include "server/front_page.h"
#include "server/idle_memory.h"
#include "server/live_casc.h"
#include "server/live_config.h"
#include "server/login.h"
#include "server/metrics.h"
#include "server/object_place.h"
#include "server/operations.h"
#include "server/replica.h"
#include "server/run_settings.h"
#include "server/token_review.h"
#include "store/disk.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

using net::Request;
using net::Response;

namespace {

constexpr std::chrono::minutes kTidyEvery{1};
constexpr int kUploadsEvery = 60;  ///< of those
constexpr std::chrono::seconds kStopGrace{10};
constexpr std::chrono::milliseconds kLookAtStop{50};
constexpr std::chrono::seconds kIdleLook{2};
constexpr std::chrono::seconds kCascLook{2};
constexpr std::int64_t kAgentsCertificate = std::int64_t{30} * 86'400;  ///< seconds; it is good for a year
constexpr std::chrono::milliseconds kRelease{100};
constexpr std::size_t kMostCertificate = 1u << 20;
constexpr std::size_t kMostKept = std::size_t{16} << 20;
constexpr int kDefaultExecutors = 2;

bool may_see_runs(const rights::User& user, const std::string& project) {
  return rights::decide(user, {.verb = "list",
                               .group = "devops.kubesphere.io",
                               .resource = "pipelineruns",
                               .subresource = {},
                               .namespace_ = project,
                               .name = {}})
      .allowed;
}
constexpr std::size_t kHistory = 10;  ///< runs of each pipeline that its weather is made from
/// The chart's ConfigMap with the settings of Maven: a managed file for each of its keys.
constexpr controllers::ManagedFiles kManagedFiles{"kubesphere-devops-worker", "ks-devops-agent"};
constexpr std::size_t kJobsAtOnce = 50;

std::string host_of(const std::string& listen) {
  auto host = listen.substr(0, listen.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

bool is_loopback(const std::string& host) { return host.starts_with("127.") || host == "::1" || host == "localhost"; }

}  // namespace

struct Server::Impl {
  Impl(boost::asio::io_context& io_, ServerOptions options_, DataFolder folder_, identity::Identity identity_)
      : io(io_),
        options(std::move(options_)),
        folder(std::move(folder_)),
        identity(std::move(identity_)),
        known_steps(jenkinsfile::make_step_catalog(steps)),
        worker(io_) {}

  boost::asio::io_context& io;
  ServerOptions options;
  DataFolder folder;
  identity::Identity identity;
  std::unique_ptr<ObjectPlace> place;
  catalog::Catalog steps;
  std::unique_ptr<jenkinsfile::BasicCatalog> known_steps;
  rt::Worker worker;
  controllers::RunHistory history;
  controllers::JobFacts job_facts;
  controllers::RenderedTemplates rendered;
  std::unique_ptr<controllers::TriggerIndex> triggers;
  Passwords passwords{identity, io, options.now_millis};
  Callers callers{identity, passwords, options.now_millis, options.config};
  Login login{identity, passwords, worker, options.now_millis};
  std::unique_ptr<Audit> audit;
  std::unique_ptr<kubeapi::KubeApi> kube;
  std::unique_ptr<LiveCasc> casc;
  std::unique_ptr<CascMap> casc_map;
  std::unique_ptr<CascPages> casc_pages;
  std::unique_ptr<rt::Timers> timers;
  std::unique_ptr<AgentPods> pods;  ///< null: pods are no agents here. Outlives the runs
  std::unique_ptr<net::HttpServer> agents_http;
  std::shared_ptr<net::TlsContext> agents_tls;  ///< until there is agents_http
  std::vector<std::string> agent_hosts;         ///< for which its certificate is
  std::int64_t agents_certificate_until = std::numeric_limits<std::int64_t>::max();
  std::unique_ptr<runs::RunService> runs;
  std::unique_ptr<uploads::UploadStore> uploads;
  std::unique_ptr<Operations> operations;
  std::unique_ptr<kapis::EventHub> events;
  std::unique_ptr<EventFeed> feed;
  std::unique_ptr<kapis::Kapis> kapis;
  std::unique_ptr<ControlPlane> control;
  std::unique_ptr<net::HttpServer> http;
  std::string address;
  bool stopping = false;
  Metrics metrics;
  std::int64_t started_millis = options.now_millis();
  boost::asio::steady_timer tidy_timer{io};
  boost::asio::steady_timer idle_timer{io};
  boost::asio::steady_timer casc_timer{io};
  std::uint64_t most_project_bytes = 0;  ///< the limit that this process began with; 0: none
  std::uint64_t happened = 0;            ///< requests and changes of runs
  std::unique_ptr<LiveConfig> config;

  /// The certificate that clients see: of the files that the configuration names, else of the folder.
  Result<std::shared_ptr<net::TlsContext>> certificate_of(const ServerConfig& from) {
    net::CertificatePair pair;
    if (!from.tls_certificate.empty()) {
      pair.certificate = WL_TRY(store::read_file(from.tls_certificate, kMostCertificate));
      pair.key = WL_TRY(store::read_file(from.tls_key, kMostCertificate));
      auto made = net::TlsContext::make(pair);
      if (!made) {
        return fail(ErrorKind::invalid,
                    {"the certificate {} and the key {} cannot be used: {}", "无法使用证书 {} 与密钥 {}：{}"},
                    {from.tls_certificate, from.tls_key, made.error()});
      }
      return made;
    }
    const auto host = host_of(options.listen);
    std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
    if (!is_loopback(host) && host != "0.0.0.0" && host != "::" && !host.empty()) names.push_back(host);
    pair = WL_TRY(folder.certificate(names, options.now_millis() / 1000));
    return net::TlsContext::make(pair);
  }

  /// What may change while the server runs.
  Result<> take(const ServerConfig& fresh) {
    auto tls = WL_TRY(certificate_of(fresh));
    http->set_tls(std::move(tls));
    options.config.tls_certificate = fresh.tls_certificate;
    options.config.tls_key = fresh.tls_key;
    if (agents_http) renew_agents_certificate();
    callers.configure(fresh);
    options.set_log_format(fresh.json_log);
    if (fresh.throttle != config->now().throttle) {
      boost::asio::co_spawn(
          io,
          [this, limits = fresh.throttle]() -> boost::asio::awaitable<void> {
            (void)co_await runs->set_throttle(limits);
          },
          boost::asio::detached);
    }
    const auto executors = fresh.executors.value_or(first_executors);
    if (options.executors_given) {
      if (fresh.executors != config->now().executors) {
        options.log("windlass.executors is not taken: --executors was given");
      }
    } else if (executors != options.executors) {
      options.executors = executors;
      boost::asio::co_spawn(
          io, [this, executors]() -> boost::asio::awaitable<void> { (void)co_await runs->set_executors(executors); },
          boost::asio::detached);
    }
    return {};
  }
  int first_executors = 0;  ///< where nobody says how many

  void run_changed(const runs::RunInfo& run, const runs::RunDelta& delta) {
    ++happened;
    feed->run_changed(run, delta);
    const bool visible = history.note(run);
    control->run_changed(run, visible);
    metrics.note_run(run);
    if (visible) control->pipeline_changed(controllers::RunHistory::pipeline_of(run));
  }

  /// What has expired goes, and when tokens were used is written down: at the start, then each minute.
  boost::asio::awaitable<void> keep_tidy() {
    for (int minute = 0; !stopping; ++minute) {
      if (minute % kUploadsEvery == 0) co_await control->tidy_uploads();
      if (auto gone = identity.tidy_tokens(options.now_millis()); !gone) {
        options.log("expired tokens cannot be taken away: " + gone.error().text());
      }
      tidy_timer.expires_after(kTidyEvery);
      co_await tidy_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }

  /// What work has left behind goes as soon as there is none.
  boost::asio::awaitable<void> keep_small() {
    IdleWatch watch;
    while (!stopping) {
      idle_timer.expires_after(kIdleLook);
      co_await idle_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (stopping) co_return;
      if (!watch.look(happened + control->visits())) continue;
      place->release_memory();
      runs->release_memory();
      kapis->release_memory();
      // Behind what the others have been asked for; they have their own threads and nothing else to do.
      idle_timer.expires_after(kRelease);
      co_await idle_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      co_await worker.run([] {
        give_back_memory();
        return true;
      });
    }
  }

  /// The connection to the cluster goes when nobody needs it any more.
  boost::asio::awaitable<void> leave_cluster() {
    const auto end = std::chrono::steady_clock::now() + kStopGrace;
    while (http->connections() > 0 && std::chrono::steady_clock::now() < end) {
      tidy_timer.expires_after(kLookAtStop);
      co_await tidy_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    options.replica->stop();
  }

  /// Pipelines say how their last runs went as soon as the server is up.
  boost::asio::awaitable<void> load_history() {
    // In parts: neither memory nor the thread of the runs is taken by ten thousand of them at once.
    std::string after;
    while (!stopping) {
      auto latest = co_await runs->latest_of_jobs(kHistory, after, kJobsAtOnce);
      if (!latest) {
        options.log("the history of runs cannot be read: " + latest.error().text());
        co_return;
      }
      for (const auto& run : latest->runs) {
        if (history.note(run)) control->pipeline_changed(controllers::RunHistory::pipeline_of(run));
      }
      if (latest->last.empty()) co_return;
      after = std::move(latest->last);
    }
  }

  static std::string_view surface_of(const Request& request) {
    if (kubeapi::KubeApi::serves(request.path)) return "kubernetes";
    if (kapis::Kapis::serves(request)) return "kapis";
    if (Login::serves(request.path)) return "login";
    return "other";
  }

  /// What can be told without asking anybody: a run's view that was told before and holds.
  objects::ApiTask<bool> check_password(std::string peer, std::string user, std::string password) {
    const auto answer = co_await passwords.check(std::move(peer), std::move(user), std::move(password));
    if (answer.verdict == Passwords::Verdict::good) co_return true;
    if (answer.verdict == Passwords::Verdict::wrong) co_return false;
    co_return objects::too_many_requests(answer.verdict == Passwords::Verdict::closed
                                             ? "too many wrong passwords; try again in five minutes"
                                             : "too many passwords at once; try again in a moment",
                                         static_cast<int>(answer.retry_seconds));
  }

  std::optional<Response> at_once(const Request& request) {
    if (request.method != "GET" || !request.path.starts_with("/kapis/windlass.io/")) return std::nullopt;
    const auto asked = std::chrono::steady_clock::now();
    const auto user = callers.at_once(request);
    auto out = user ? kapis->at_once(request, *user) : std::nullopt;
    if (out) {
      ++happened;
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked;
      metrics.count_request("kapis", "GET", out->route, out->status, took.count());
    }
    return out;
  }

  /// What agents in pods are shown: a certificate of the file's, or one of the folder's authority for where they call.
  Result<> show_agents_certificate() {
    net::CertificatePair pair;
    if (!options.config.tls_certificate.empty()) {
      pair.certificate = WL_TRY(store::read_file(options.config.tls_certificate, kMostCertificate));
      pair.key = WL_TRY(store::read_file(options.config.tls_key, kMostCertificate));
    } else {
      const auto now = options.now_millis() / 1000;
      const auto names = agent_hosts.empty() ? std::vector<std::string>{"localhost"} : agent_hosts;
      const auto signer = WL_TRY(folder.authority(now));
      pair = WL_TRY(net::make_server_certificate(signer, names, now));
      agents_certificate_until = now + kAgentsCertificate;
    }
    auto tls = WL_TRY(net::TlsContext::make(pair));
    if (agents_http) {
      agents_http->set_tls(std::move(tls));
    } else {
      agents_tls = std::move(tls);
    }
    return {};
  }
  void renew_agents_certificate() {
    if (auto shown = show_agents_certificate(); !shown) {
      options.log("agents in pods are shown no new certificate: " + shown.error().text());
    }
  }

  /// Pods as agents, and the address where they call: in TLS, and plain for those that are told an http:// address.
  /// Their secret is good for nothing else.
  Result<> make_pods(const journal::KeyRing& keys, Replica* replica) {
    const auto& wanted = options.pod_agents;
    timers = rt::make_timers(io);
    AgentPodsOptions made;
    if (replica != nullptr) made.clusters.client = &replica->client();
    made.clusters.access = wanted.access;
    made.clusters.surroundings = wanted.surroundings;
    made.clusters.user_agent = "windlass/" + options.version;
    made.store_id = WL_TRY(folder.store_id(options.random()));
    made.agent_image = wanted.image;
    made.agent_url = wanted.url;
    if (options.config.tls_certificate.empty()) {
      made.agent_authority = WL_TRY(folder.authority(options.now_millis() / 1000)).certificate;
    } else if (!options.config.tls_authority.empty()) {
      made.agent_authority = WL_TRY(store::read_file(options.config.tls_authority, kMostCertificate));
    }
    const auto colon = wanted.listen.rfind(':');
    const auto* const end = wanted.listen.data() + wanted.listen.size();
    if (colon != std::string::npos) {
      (void)std::from_chars(wanted.listen.data() + colon + 1, end, made.agent_port);
    }
    made.hosts_changed = [this](std::vector<std::string> hosts) {
      agent_hosts = std::move(hosts);
      if (agents_http) renew_agents_certificate();
    };
    for (const auto& [name, other] :
         {std::pair{"http_proxy", "HTTP_PROXY"}, {"https_proxy", "HTTPS_PROXY"}, {"no_proxy", "NO_PROXY"}}) {
      auto value = wanted.surroundings.variable(name);
      if (value.empty()) value = wanted.surroundings.variable(other);
      if (!value.empty()) made.proxy_variables.push_back({name, std::move(value)});
    }
    made.host_takes_work = options.executors_given && options.executors > 0;
    made.secret_of = [key = keys.derive("secrets of agents")](std::string_view name) {
      return text::encode_hex(text::hmac("HmacSHA256", key, name).value_or(""));
    };
    made.own_secret_of = [key = keys.derive("own secrets of agents")](std::string_view name, std::string_view pod_uid) {
      const auto whose = std::string(name) + "\n" + std::string(pod_uid);
      return text::encode_hex(text::hmac("HmacSHA256", key, whose).value_or(""));
    };
    made.now_millis = options.now_millis;
    made.random = options.random;
    made.is_alive = [this](std::string uid) -> rt::Task<bool> {
      const auto run = WL_CO_TRY(co_await runs->find(std::move(uid)));
      co_return run && run->result.empty();
    };
    made.log = options.log;
    pods = WL_TRY(AgentPods::make(io, *timers, std::move(made)));
    pods->use(configuration());
    WL_CHECK_OK(show_agents_certificate());
    net::HttpServerOptions agents_options;
    agents_options.tls = std::move(agents_tls);
    agents_http = std::make_unique<net::HttpServer>(
        io, std::move(agents_options),
        [this](Request request) -> rt::Task<Response> {
          if (AgentPods::serves(request.path)) co_return pods->accept(request);
          co_return Response::text(404, "agents call here, and nobody else\n");
        },
        options.log);
    const auto bound = WL_TRY(agents_http->listen(wanted.listen));
    options.log("agents in pods call " + bound);
    return {};
  }

  /// Of this machine as a node.
  [[nodiscard]] std::vector<std::string> labels() const {
    auto out = options.labels;
    const auto more = run_settings(configuration(), options.casc.variable).labels;
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  [[nodiscard]] const casc::Configuration* configuration() const {
    return casc->current() == nullptr ? nullptr : &casc->current()->configuration;
  }

  rt::Task<> rotate_key() {
    WL_CO_TRY_VOID(co_await operations->rotate_key());
    co_return casc->keep_again();
  }

  /// Configuration as Code, as it is at the start.
  Result<> load_casc(const std::shared_ptr<journal::KeyRing>& keys) {
    constexpr std::string_view kSealed = "configuration as code";
    LiveCascOptions made;
    made.path = options.casc.path;
    made.variable = options.casc.variable;
    made.apply = [this](const casc::Configuration* fresh) { return use_casc(fresh); };
    if (!options.casc.map_name.empty()) {
      made.kept = [this, keys, kSealed]() -> Result<std::string> {
        return keys->unseal(kSealed, WL_TRY(store::read_file(folder.file("casc"), kMostKept)));
      };
      made.keep = [this, keys, kSealed](const std::string& text) {
        return folder.replace("casc", keys->seal(kSealed, text));
      };
    }
    made.log = options.log;
    casc = std::make_unique<LiveCasc>(std::move(made));
    return casc->load();
  }

  /// What runs that begin are given.
  [[nodiscard]] std::shared_ptr<const runs::RunSettings> settings_of(const casc::Configuration* from) const {
    auto out = run_settings(from, options.casc.variable);
    out.services.set("mostFilesMiB", options.config.max_files_mib);
    return std::make_shared<const runs::RunSettings>(std::move(out));
  }

  /// What begins from now on has it.
  Result<> use_casc(const casc::Configuration* fresh) {
    callers.use(fresh);
    if (pods) pods->use(fresh);
    boost::asio::co_spawn(
        io,
        [this, settings = settings_of(fresh)]() -> boost::asio::awaitable<void> {
          (void)co_await runs->set_settings(settings);
        },
        boost::asio::detached);
    return {};
  }

  /// Changes of the files are taken within seconds.
  boost::asio::awaitable<void> keep_casc() {
    while (!stopping) {
      casc_timer.expires_after(kCascLook);
      co_await casc_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (!stopping) casc->look();
      if (!stopping && options.now_millis() / 1000 > agents_certificate_until) renew_agents_certificate();
    }
  }

  rt::Task<Response> handle(Request request) {
    const auto surface = surface_of(request);
    const auto began = std::chrono::steady_clock::now();
    AuditLine line{.time_millis = options.now_millis(),
                   .user = {},
                   .peer = request.peer,
                   .method = request.method,
                   .path = request.path,
                   .status = 500};
    const bool changes = line.method != "GET" && line.method != "HEAD" && line.method != "OPTIONS";
    auto answered = co_await answer(std::move(request), line.user);
    if (changes) {
      if (answered) line.status = answered->status;
      // What cannot be noted is not told: the change may have happened, and its client hears that it is not known.
      if (auto noted = co_await audit->write(line); !noted) {
        options.log("the audit log cannot be written: " + noted.error().text());
        answered = Response::text(503, "the audit log of this server cannot be written\n");
      }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    metrics.count_request(surface, line.method, answered ? answered->route : std::string_view(),
                          answered ? answered->status : 500, took.count());
    co_return answered;
  }

  rt::Task<Response> answer(Request request, std::string& who) {
    if (request.path == "/healthz" || request.path == "/livez") co_return Response::text(200, "ok");
    if (request.path == "/readyz") co_return Response::text(stopping ? 503 : 200, stopping ? "stopping" : "ok");
    if (request.path == "/oauth/authenticate") {
      co_return review_token(request, [this](std::string_view token) { return callers.authenticate(token); });
    }
    if (pods && AgentPods::serves(request.path)) co_return pods->accept(request);
    ++happened;
    if (Login::serves(request.path)) co_return co_await login.handle(std::move(request));
    const auto caller = co_await callers.identify(request);
    if (caller.refusal) co_return *caller.refusal;
    const auto& user = caller.user;
    if (user) who = user->name;
    if (kubeapi::KubeApi::serves(request.path)) {
      if (place->embedded() == nullptr) co_return place->elsewhere();
      co_return co_await kube->handle(std::move(request), user.value_or(rights::User{}));
    }
    if (kapis::Kapis::serves(request)) {
      co_return co_await kapis->handle(std::move(request), user.value_or(rights::User{}));
    }
    if (CascPages::serves(request.path)) co_return co_await casc_pages->handle(std::move(request), user);
    if (request.path == "/" && (request.method == "GET" || request.method == "HEAD")) {
      if (auto page = front_page(request, user, address, options.version)) co_return std::move(*page);
    }
    if (!user) {
      auto response = Response::text(
          401, "this path needs a token (Authorization: Bearer TOKEN), or an account's name and password (Basic)\n");
      response.headers.add("WWW-Authenticate", "Bearer realm=\"windlass\"");
      co_return response;
    }
    if (request.path == "/metrics") {
      // Names of nodes and results, and of projects only what the caller may see of them.
      const auto load = WL_CO_TRY(co_await runs->load());
      auto storage = WL_CO_TRY(co_await runs->storage_of_all());
      std::erase_if(storage, [&](const auto& one) { return !may_see_runs(*user, one.first); });
      auto out = Response::text(200,
                                metrics.text(load, options.now_millis() - started_millis) +
                                    Metrics::text_of_storage(storage, most_project_bytes) + casc_metrics(*casc) +
                                    passwords.metrics(),
                                "text/plain; version=0.0.4; charset=utf-8");
      out.route = "/metrics";
      co_return out;
    }
    co_return Response::text(404, "nothing is served at " + request.path + "\n");
  }
};

std::string explain_routes() {
  std::string out;
  for (const auto& route : kapis::all_routes()) {
    const std::string root = route.version == "gitops" ? "/kapis/gitops.kubesphere.io/v1alpha1"
                             : route.version == "windlass"
                                 ? "/kapis/windlass.io/v1"
                                 : "/kapis/devops.kubesphere.io/" + std::string(route.version);
    std::string right =
        route.right.resource == "token" ? "anybody who has a token of the pipeline" : "anybody with a token";
    if (!route.right.verb.empty()) {
      right = std::string(route.right.verb) + " " + std::string(route.right.resource);
      if (!route.right.group.empty()) right += "." + std::string(route.right.group);
    }
    out += std::string(route.method) + "\t" + root + std::string(route.path) + "\t" + right + "\t" +
           std::string(route.what) + "\n";
  }
  return out;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::start(boost::asio::io_context& io, ServerOptions options) {
  auto folder =
      options.replica != nullptr ? options.replica->take_folder() : WL_TRY(DataFolder::open(options.data_folder));
  if (options.replica == nullptr) WL_CHECK_OK(folder.lock());
  if (!options.key_file.empty()) folder.use_key(options.key_file);
  auto book = WL_TRY(identity::Identity::open(folder.file("identity.db")));
  WL_TRY(book.ensure_account("admin", rights::GlobalRole::admin));
  auto impl = std::make_unique<Impl>(io, std::move(options), std::move(folder), std::move(book));
  const auto keys = WL_TRY(impl->folder.keys());
  const auto hash_key = keys->derive("fingerprints of credentials");
  auto* const replica = impl->options.replica;
  impl->place =
      replica != nullptr
          ? ObjectPlace::in_cluster(*replica, impl->options.project_role, impl->options.log)
          : WL_TRY(ObjectPlace::in_folder(io, impl->folder, keys, impl->options.now_millis, impl->options.random));
  WL_CHECK_OK(impl->load_casc(keys));
  impl->callers.use(impl->configuration());
  if (replica != nullptr) impl->callers.use(replica->client());
  impl->casc_map = std::make_unique<CascMap>(io, impl->place->store(), *impl->casc, impl->options.casc.map_namespace,
                                             impl->options.casc.map_name, impl->options.now_millis, impl->options.log);
  impl->casc_pages = std::make_unique<CascPages>(*impl->casc, *impl->casc_map);
  impl->triggers = std::make_unique<controllers::TriggerIndex>(impl->place->store(), impl->job_facts);
  impl->kube =
      std::make_unique<kubeapi::KubeApi>(impl->place->store(), impl->options.now_millis, impl->options.version);
  impl->audit = WL_TRY(Audit::open(io, impl->folder.file("audit.log"), impl->options.audit_point));
  runs::RunServiceOptions run_options;
  run_options.folder = WL_TRY(impl->folder.subfolder("runs"));
  run_options.agent_binary = impl->options.agent_binary;
  run_options.executors = impl->options.executors;
  run_options.most_log_bytes = static_cast<std::uint64_t>(impl->options.config.max_log_mib) << 20;
  impl->most_project_bytes = static_cast<std::uint64_t>(impl->options.config.max_project_mib) << 20;
  run_options.most_project_bytes = impl->most_project_bytes;
  run_options.labels = impl->options.labels;
  run_options.settings = impl->settings_of(impl->configuration());
  run_options.throttle = impl->options.config.throttle;
  run_options.park_after_millis = impl->options.park_after_millis;
  run_options.memory_is_short = impl->options.memory_is_short;
  run_options.fault = impl->options.fault;
  run_options.now_millis = impl->options.now_millis;
  run_options.random = impl->options.random;
  run_options.log = impl->options.log;
  run_options.credentials = [raw = impl.get()](std::string project) {
    return controllers::credentials_of(raw->place->store(), std::move(project), kManagedFiles);
  };
  run_options.find_pipeline = [raw = impl.get()](std::string from, std::string name) {
    return controllers::find_downstream(raw->place->store(), std::move(from), std::move(name));
  };
  run_options.make_run = [raw = impl.get()](runs::RunOrder order) {
    return controllers::make_downstream(raw->place->store(), std::move(order));
  };
  if (replica != nullptr) {
    run_options.fence = [replica] { replica->fence(); };
    run_options.claim = [raw = impl.get(),
                         id = WL_TRY(impl->folder.store_id(impl->options.random()))](runs::RunInfo run) {
      return controllers::claim_run(raw->place->store(), std::move(run), id);
    };
  }
  if (!impl->options.pod_agents.listen.empty()) {
    WL_CHECK_OK(impl->make_pods(*keys, replica));
    run_options.remote_nodes = &impl->pods->nodes();
  }
  impl->runs = WL_TRY(runs::RunService::start(io, std::move(run_options), keys));
  if (impl->pods) impl->pods->start();
  impl->uploads = WL_TRY(uploads::UploadStore::open(
      io, impl->folder.file("uploads"),
      {.most_bytes = static_cast<std::uint64_t>(impl->options.config.max_upload_mib) << 20}));
  impl->operations = std::make_unique<Operations>(
      io, impl->folder, keys, impl->place->embedded(), *impl->runs, *impl->uploads,
      OperationsOptions{impl->options.version, impl->options.now_millis, impl->options.log, impl->options.fault});
  const auto keyed_hash = [hash_key](std::string_view bytes) {
    return text::encode_base64(text::hmac("HmacSHA256", hash_key, bytes).value_or(""), text::Base64::url, false);
  };
  kapis::EventHubOptions event_options;
  auto cursor_key = std::make_shared<journal::FrequentSealer>(WL_TRY(journal::SealKey::make()));
  event_options.seal = [cursor_key](std::string_view clear) { return cursor_key->seal("event cursor", clear); };
  event_options.unseal = [cursor_key](std::string_view sealed) -> std::optional<std::string> {
    auto clear = cursor_key->unseal("event cursor", sealed);
    if (!clear) return std::nullopt;
    return std::move(*clear);
  };
  event_options.life = impl->options.random();
  impl->events = std::make_unique<kapis::EventHub>(io, std::move(event_options));
  impl->feed =
      std::make_unique<EventFeed>(io, impl->place->store(), *impl->events, impl->options.now_millis, impl->options.log);
  impl->kapis = std::make_unique<kapis::Kapis>(
      kapis::Services{impl->place->store(),
                      *impl->runs,
                      *impl->events,
                      *impl->uploads,
                      impl->worker,
                      *impl->known_steps,
                      *impl->triggers,
                      impl->options.now_millis,
                      keyed_hash,
                      [raw = impl.get()] { return raw->labels(); },
                      [raw = impl.get()](std::string_view name) { return raw->callers.find_user(name); },
                      [raw = impl.get()](const Request& request) { return raw->callers.at_once(request); },
                      impl->options.version,
                      &impl->identity,
                      [raw = impl.get()] { return raw->operations->backup(); },
                      [raw = impl.get()] { return raw->rotate_key(); },
                      [raw = impl.get()](rights::User user, rights::Attributes what) {
                        return raw->callers.also_allowed(std::move(user), std::move(what));
                      },
                      [raw = impl.get()] { return casc_facts(*raw->casc); },
                      [raw = impl.get()] { return raw->casc_map->reload(); },
                      &impl->rendered,
                      [raw = impl.get()](std::string peer, std::string user, std::string password) {
                        return raw->check_password(std::move(peer), std::move(user), std::move(password));
                      },
                      {},
                      {},
                      {}});
  ControlPlaneOptions control_options;
  control_options.now_millis = impl->options.now_millis;
  control_options.keyed_hash = keyed_hash;
  control_options.log = impl->options.log;
  control_options.forget_members = [raw = impl.get()](const std::string& project) {
    return raw->identity.remove_project(project);
  };
  control_options.uploads = impl->uploads.get();
  control_options.rendered = &impl->rendered;
  control_options.expire_events = replica == nullptr;
  control_options.runs_are_claimed = replica != nullptr;
  control_options.fault = impl->options.fault;
  impl->control =
      std::make_unique<ControlPlane>(io, impl->place->store(), *impl->runs, impl->history, impl->job_facts,
                                     *impl->triggers, impl->worker, *impl->known_steps, std::move(control_options));

  net::HttpServerOptions http_options;
  http_options.tls = WL_TRY(impl->certificate_of(impl->options.config));
  http_options.in_pieces = kapis::takes_pieces;
  http_options.plain_from_loopback_only =
      !impl->options.plain_everywhere.value_or(impl->options.config.plain_everywhere);
  impl->http = std::make_unique<net::HttpServer>(
      io, std::move(http_options), [raw = impl.get()](Request request) { return raw->handle(std::move(request)); },
      impl->options.log, [raw = impl.get()](const Request& request) { return raw->at_once(request); });
  const auto bound = WL_TRY(impl->http->listen(impl->options.listen));
  impl->address = "http://" + bound;
  WL_CHECK_OK(impl->folder.write_address(impl->address));
  impl->runs->on_change(
      [raw = impl.get()](const runs::RunInfo& run, const runs::RunDelta& delta) { raw->run_changed(run, delta); });
  impl->runs->on_load([raw = impl.get()](const auto& nodes) { raw->feed->load_changed(nodes); });
  impl->feed->start();
  for (const auto& [job, properties] : impl->runs->stored_properties()) impl->job_facts.set(job, properties);
  impl->runs->on_properties([raw = impl.get()](const std::string& job, const runs::JobProperties& properties) {
    raw->job_facts.set(job, properties);
    raw->control->properties_changed(job);
  });
  impl->control->start();
  impl->operations->start();
  boost::asio::co_spawn(io, impl->load_history(), boost::asio::detached);
  boost::asio::co_spawn(io, impl->keep_tidy(), boost::asio::detached);
  boost::asio::co_spawn(io, impl->keep_small(), boost::asio::detached);
  boost::asio::co_spawn(io, impl->keep_casc(), boost::asio::detached);
  impl->casc_map->start();
  impl->options.log("listening on " + impl->address);
  impl->first_executors = impl->options.config.executors ? kDefaultExecutors : impl->options.executors;
  impl->config = std::make_unique<LiveConfig>(
      io, impl->options.config_file, impl->options.config,
      [raw = impl.get()](const ServerConfig& fresh) { return raw->take(fresh); }, impl->options.log);
  impl->config->start();
  if (impl->options.executors > 0) {
    impl->options.log("steps on the built-in node run as this server's user, with its rights");
  }
  if (!impl->options.first_password.empty()) {
    const auto& files = impl->options.first_password;
    const auto name = take_first_password(impl->identity, files);
    if (!name) {
      impl->options.log("the password in " + files + " is not taken: " + name.error().text());
    } else if (!name->empty()) {
      impl->options.log("the administrator " + *name + " has the password in " + files + ", until it is changed here");
    }
  }
  if (const auto secret = impl->login.offer_setup(); !secret.empty()) {
    impl->options.log("nobody can log in yet; set the password of admin: " + impl->address + "/login?setup=" + secret);
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { stop(); }

const std::string& Server::address() const { return impl_->address; }

void Server::reload() {
  impl_->config->reload(true);
  (void)impl_->casc->reload();  // says itself what is wrong
}

void Server::stop() {
  if (std::exchange(impl_->stopping, true)) return;
  impl_->folder.remove_address();
  impl_->tidy_timer.cancel();
  impl_->idle_timer.cancel();
  impl_->casc_timer.cancel();
  impl_->casc_map->stop();
  if (impl_->pods) {
    impl_->agents_http->stop(std::chrono::seconds(0));
    impl_->pods->stop();
  }
  impl_->config->stop();
  impl_->control->stop();
  impl_->feed->stop();
  impl_->events->stop();
  impl_->http->stop(kStopGrace);
  if (impl_->options.replica != nullptr) {
    boost::asio::co_spawn(impl_->io, impl_->leave_cluster(), boost::asio::detached);
  }
}

}  // namespace windlass::server

#include "server/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <optional>

#include "catalog/catalog.h"
#include "controllers/run_credentials.h"
#include "controllers/run_history.h"
#include "identity/identity.h"
#include "identity/jwt.h"
#include "jenkinsfile/step_catalog.h"
#include "kapis/kapis.h"
#include "kubeapi/kube_api.h"
#include "net/http_server.h"
#include "objects/embedded_store.h"
#include "runs/run_service.h"
#include "server/audit.h"
#include "server/control_plane.h"
#include "server/data_folder.h"
#include "server/login.h"
#include "server/metrics.h"
#include "server/token_review.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

using net::Request;
using net::Response;

namespace {

constexpr std::size_t kHistory = 10;  ///< runs of each pipeline that its weather is made from

/// Secrets at rest: bound to namespace and name, with the folder's key.
class KeySealer final : public objects::Sealer {
 public:
  explicit KeySealer(journal::SealKey key) : key_(std::move(key)) {}
  std::string seal(std::string_view plain, std::string_view context) override {
    return key_.seal("object " + std::string(context), plain);
  }
  Result<std::string> open(std::string_view sealed, std::string_view context) override {
    return key_.unseal("object " + std::string(context), sealed);
  }

 private:
  journal::SealKey key_;
};

std::string host_of(const std::string& listen) {
  auto host = listen.substr(0, listen.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

bool is_loopback(const std::string& host) { return host.starts_with("127.") || host == "::1" || host == "localhost"; }

/// The token of a request: Bearer, or the password of Basic. KubeSphere's own front passes its users' on in a header of
/// its own.
std::string token_of(const Request& request) {
  auto header = request.headers.get("Authorization");
  if (header.empty()) header = request.headers.get("X-KubeSphere-Authorization");
  constexpr std::string_view kBearer = "Bearer ", kBasic = "Basic ";
  if (header.starts_with(kBearer)) return std::string(header.substr(kBearer.size()));
  if (header.starts_with(kBasic)) {
    auto plain = text::decode_base64(header.substr(kBasic.size()));
    if (plain) {
      const auto colon = plain->find(':');
      if (colon != std::string::npos) return plain->substr(colon + 1);
    }
  }
  return {};
}

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
  std::unique_ptr<KeySealer> sealer;
  std::unique_ptr<objects::EmbeddedStore> store;
  catalog::Catalog steps;
  std::unique_ptr<jenkinsfile::BasicCatalog> known_steps;
  rt::Worker worker;
  controllers::RunHistory history;
  Login login{identity, worker, options.now_millis};
  std::unique_ptr<Audit> audit;
  std::unique_ptr<kubeapi::KubeApi> kube;
  std::unique_ptr<runs::RunService> runs;
  std::unique_ptr<kapis::Kapis> kapis;
  std::unique_ptr<ControlPlane> control;
  std::unique_ptr<net::HttpServer> http;
  std::string address;
  bool stopping = false;
  Metrics metrics;
  std::int64_t started_millis = options.now_millis();

  void run_changed(const runs::RunInfo& run) {
    const bool visible = history.note(run);
    control->run_changed(run, visible);
    metrics.note_run(run);
    if (visible) control->pipelines().enqueue(controllers::RunHistory::pipeline_of(run));
  }

  /// Pipelines say how their last runs went as soon as the server is up.
  boost::asio::awaitable<void> load_history() {
    auto latest = co_await runs->latest_of_jobs(kHistory);
    if (!latest) {
      options.log("the history of runs cannot be read: " + latest.error().text());
      co_return;
    }
    for (const auto& run : *latest) {
      if (history.note(run)) control->pipelines().enqueue(controllers::RunHistory::pipeline_of(run));
    }
  }

  /// Whose token it is: one of ours, or KubeSphere's. Who is known to KubeSphere only is somebody without roles.
  std::optional<rights::User> authenticate(std::string_view token) {
    const auto now = options.now_millis();
    if (options.config.jwt_secret.empty() || !identity::looks_like_jwt(token)) {
      return identity.authenticate(token, now);
    }
    auto claims = identity::verify_jwt(token, options.config.jwt_secret, now / 1000, options.config.clock_skew);
    if (!claims) return std::nullopt;
    auto user = identity.find_user(claims->username);
    if (!user) {
      user.emplace();
      user->name = claims->username;
      user->groups = {"system:authenticated"};
    }
    user->uid = claims->uid;
    return user;
  }

  static std::string_view surface_of(const Request& request) {
    if (kubeapi::KubeApi::serves(request.path)) return "kubernetes";
    if (kapis::Kapis::serves(request)) return "kapis";
    if (Login::serves(request.path)) return "login";
    return "other";
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
    metrics.count_request(surface, answered ? answered->status : 500, took.count());
    co_return answered;
  }

  rt::Task<Response> answer(Request request, std::string& who) {
    if (request.path == "/healthz" || request.path == "/livez") co_return Response::text(200, "ok");
    if (request.path == "/readyz") co_return Response::text(stopping ? 503 : 200, stopping ? "stopping" : "ok");
    if (request.path == "/oauth/authenticate") {
      co_return review_token(request, [this](std::string_view token) { return authenticate(token); });
    }
    if (Login::serves(request.path)) co_return co_await login.handle(std::move(request));
    auto token = token_of(request);
    if (token.empty()) token = Login::session_of(request);
    std::optional<rights::User> user;
    if (!token.empty()) user = authenticate(token);
    if (user) who = user->name;
    if (kubeapi::KubeApi::serves(request.path)) {
      co_return co_await kube->handle(std::move(request), user.value_or(rights::User{}));
    }
    if (kapis::Kapis::serves(request)) {
      co_return co_await kapis->handle(std::move(request), user.value_or(rights::User{}));
    }
    if (!user) {
      auto response = Response::text(401, "this path needs a token: Authorization: Bearer TOKEN\n");
      response.headers.add("WWW-Authenticate", "Bearer realm=\"windlass\"");
      co_return response;
    }
    if (request.path == "/metrics") {
      // Names of nodes and results only, nothing of a project; still only for somebody.
      const auto load = WL_CO_TRY(co_await runs->load());
      co_return Response::text(200, metrics.text(load, options.now_millis() - started_millis),
                               "text/plain; version=0.0.4; charset=utf-8");
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
    std::string right = "anybody with a token";
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
  auto folder = WL_TRY(DataFolder::open(options.data_folder));
  WL_CHECK_OK(folder.lock());
  auto book = WL_TRY(identity::Identity::open(folder.file("identity.db")));
  WL_TRY(book.ensure_account("admin", rights::GlobalRole::admin));
  auto impl = std::make_unique<Impl>(io, std::move(options), std::move(folder), std::move(book));
  auto key = WL_TRY(impl->folder.key());
  const auto hash_key = key.derive("fingerprints of credentials");
  impl->sealer = std::make_unique<KeySealer>(std::move(key));
  objects::EmbeddedStoreOptions store_options;
  store_options.path = impl->folder.file("objects.db");
  store_options.now_millis = impl->options.now_millis;
  store_options.random = impl->options.random;
  impl->store = WL_TRY(objects::EmbeddedStore::open(io, *impl->sealer, std::move(store_options)));
  impl->kube = std::make_unique<kubeapi::KubeApi>(*impl->store, impl->options.now_millis, impl->options.version);
  impl->audit = WL_TRY(Audit::open(io, impl->folder.file("audit.log")));
  runs::RunServiceOptions run_options;
  run_options.folder = WL_TRY(impl->folder.subfolder("runs"));
  run_options.agent_binary = impl->options.agent_binary;
  run_options.executors = impl->options.executors;
  run_options.labels = impl->options.labels;
  run_options.now_millis = impl->options.now_millis;
  run_options.random = impl->options.random;
  run_options.log = impl->options.log;
  run_options.credentials = [raw = impl.get()](std::string project) {
    return controllers::credentials_of(*raw->store, std::move(project));
  };
  auto run_key = WL_TRY(impl->folder.key());
  impl->runs = WL_TRY(runs::RunService::start(io, std::move(run_options), std::move(run_key)));
  const auto keyed_hash = [hash_key](std::string_view bytes) {
    return text::encode_base64(text::hmac("HmacSHA256", hash_key, bytes).value_or(""), text::Base64::url, false);
  };
  impl->kapis = std::make_unique<kapis::Kapis>(
      kapis::Services{*impl->store,
                      *impl->runs,
                      impl->worker,
                      *impl->known_steps,
                      impl->options.now_millis,
                      keyed_hash,
                      [raw = impl.get()] { return raw->options.labels; },
                      [raw = impl.get()](std::string_view name) { return raw->identity.find_user(name); },
                      impl->options.version,
                      {},
                      {}});
  ControlPlaneOptions control_options;
  control_options.now_millis = impl->options.now_millis;
  control_options.keyed_hash = keyed_hash;
  control_options.log = impl->options.log;
  impl->control = std::make_unique<ControlPlane>(io, *impl->store, *impl->runs, impl->history, impl->worker,
                                                 *impl->known_steps, std::move(control_options));

  const auto host = host_of(impl->options.listen);
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  if (!is_loopback(host) && host != "0.0.0.0" && host != "::" && !host.empty()) names.push_back(host);
  auto pair = WL_TRY(impl->folder.certificate(names, impl->options.now_millis() / 1000));
  net::HttpServerOptions http_options;
  http_options.tls = WL_TRY(net::TlsContext::make(pair));
  http_options.plain_from_loopback_only = true;
  impl->http = std::make_unique<net::HttpServer>(
      io, std::move(http_options), [raw = impl.get()](Request request) { return raw->handle(std::move(request)); },
      impl->options.log);
  const auto bound = WL_TRY(impl->http->listen(impl->options.listen));
  impl->address = "http://" + bound;
  WL_CHECK_OK(impl->folder.write_address(impl->address));
  impl->runs->on_change([raw = impl.get()](const runs::RunInfo& run) { raw->run_changed(run); });
  impl->control->start();
  boost::asio::co_spawn(io, impl->load_history(), boost::asio::detached);
  impl->options.log("listening on " + impl->address);
  if (impl->options.executors > 0) {
    impl->options.log("steps on the built-in node run as this server's user, with its rights");
  }
  if (const auto secret = impl->login.offer_setup(); !secret.empty()) {
    impl->options.log("nobody can log in yet; set the password of admin: " + impl->address + "/login?setup=" + secret);
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { stop(); }

const std::string& Server::address() const { return impl_->address; }

void Server::stop() {
  if (std::exchange(impl_->stopping, true)) return;
  impl_->folder.remove_address();
  impl_->control->stop();
  impl_->http->stop(std::chrono::seconds(10));
}

}  // namespace windlass::server

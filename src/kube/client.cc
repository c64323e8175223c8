#include "kube/client.h"

#include <utility>

#include "data/base64.h"
#include "data/json.h"
#include "kube/api_answer.h"
#include "net/websocket_accept.h"

namespace windlass::kube {

using data::Value;
using objects::ApiStatus;
using objects::Outcome;
using Moment = rt::Timers::Moment;

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kMetadataOnly =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view kMetadataListOnly =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
constexpr std::uint32_t kMaxDepth = 256;

std::string_view media_type(PatchKind kind) {
  switch (kind) {
    case PatchKind::json:
      return "application/json-patch+json";
    case PatchKind::merge:
      return "application/merge-patch+json";
    case PatchKind::strategic:
      return "application/strategic-merge-patch+json";
    case PatchKind::apply:
      return "application/apply-patch+yaml";
  }
  return kJson;
}

std::string_view text_of(objects::Propagation propagation) {
  switch (propagation) {
    case objects::Propagation::background:
      return "Background";
    case objects::Propagation::foreground:
      return "Foreground";
    case objects::Propagation::orphan:
      return "Orphan";
  }
  return "Background";
}

/// What is asked, without what may be secret in it.
std::string asked(const net::ClientRequest& request) {
  return request.method + " " + request.target.substr(0, request.target.find('?'));
}

/// Worth another try later, by the server's own word.
bool is_put_off(const ApiStatus& status, std::string_view method) {
  if (status.code == 429) return true;
  return status.code >= 500 && status.retry_after_seconds > 0 && method == "GET";
}

}  // namespace

struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
  Impl(boost::asio::io_context& io_, rt::Timers& timers_, net::Connector& connector, Access access,
       Surroundings surroundings, net::HttpClientOptions http_options, ClientOptions options_)
      : io(io_),
        timers(timers_),
        options(std::move(options_)),
        credentials(io_, timers_, std::move(access), std::move(surroundings)),
        pace(options.pace),
        waiting(io_, timers_),
        http(io_, timers_, connector, with_tls(std::move(http_options))) {}

  boost::asio::io_context& io;
  rt::Timers& timers;
  ClientOptions options;
  Credentials credentials;
  Pace pace;
  rt::Signal waiting;  ///< calls that wait for their turn; woken by close()
  net::HttpClient http;
  bool closed = false;

  net::HttpClientOptions with_tls(net::HttpClientOptions out) {
    out.tls = [this] { return credentials.tls(); };
    return out;
  }

  /// Waits for its turn and adds what every request has.
  ApiTask<net::ClientRequest> prepare(net::ClientRequest request, Moment deadline) {
    const auto now = timers.now();
    const auto turn = pace.next(now);
    if (turn > deadline) {
      auto late = objects::unavailable("the API server asks to wait longer than this call may take").error();
      late.code = 429;
      late.reason = "TooManyRequests";
      late.retry_after_seconds = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(turn - now).count());
      co_return std::unexpected(std::move(late));
    }
    if (turn > now) (void)co_await waiting.wait(turn);
    if (closed) co_return std::unexpected(status_of(Error(ErrorKind::cancelled, "the client was closed")));
    auto headers = co_await credentials.headers(deadline);
    if (!headers) co_return std::unexpected(status_of(headers.error()));
    if (credentials.certificate_changed()) http.drop_idle();
    for (auto& [name, value] : *headers) request.headers.add(std::move(name), std::move(value));
    request.headers.add("User-Agent", options.user_agent);
    co_return request;
  }

  /// To an answer that is not put off; `send` does one try.
  template <class T, class Send>
  ApiTask<T> tries(net::ClientRequest request, Moment deadline, Send send) {
    auto self = shared_from_this();
    bool renewed = false;
    for (unsigned count = 1;; ++count) {
      auto ready = WL_API_TRY(co_await prepare(request, deadline));
      Outcome<T> answer = co_await send(std::move(ready));
      if (answer || closed) co_return answer;
      const auto& status = answer.error();
      if (status.code == 401 && !std::exchange(renewed, true) && credentials.refused()) continue;
      if (!is_put_off(status, request.method) || count >= options.max_tries) co_return answer;
      // All calls wait, not this one alone.
      (void)pace.refused(timers.now(), std::chrono::seconds(status.retry_after_seconds));
    }
  }

  ApiTask<std::unique_ptr<net::HttpAnswer>> good_answer(net::ClientRequest request, Moment deadline,
                                                        net::HttpClient::Use use) {
    const auto what = asked(request);
    auto answer = co_await http.send(std::move(request), deadline, use);
    if (!answer) co_return std::unexpected(status_of(answer.error()));
    const int code = (*answer)->status();
    if (code >= 200 && code < 300) co_return std::move(*answer);
    const auto headers = (*answer)->headers();
    auto body = co_await (*answer)->read_all(1U << 20U, deadline);
    co_return std::unexpected(read_status(code, headers, body ? *body : std::string(), what));
  }

  ApiTask<Value> json_answer(net::ClientRequest request, Moment deadline) {
    const auto what = asked(request);
    auto answer = WL_API_TRY(co_await good_answer(std::move(request), deadline, net::HttpClient::Use::call));
    auto body = co_await answer->read_all(options.max_answer_bytes, deadline);
    if (!body) {
      auto status = status_of(body.error());
      if (body.error().kind == ErrorKind::exhausted) {
        status.code = 413;  // trying again helps only who asks for less
        status.reason = "RequestEntityTooLarge";
      }
      co_return std::unexpected(std::move(status));
    }
    data::JsonParseOptions limits;
    limits.max_bytes = options.max_answer_bytes;
    limits.max_depth = kMaxDepth;
    auto parsed = data::parse_json(*body, limits);
    if (!parsed || !parsed->is_map()) {
      co_return objects::internal("the API server's answer to " + what + " is no JSON object" +
                                  (parsed ? "" : " (" + parsed.error().message + ")"));
    }
    co_return std::move(*parsed);
  }

  ApiTask<Value> call(std::string method, Result<std::string> path, const Value* body = nullptr,
                      std::string_view content_type = kJson, std::string_view accept = kJson) {
    if (!path) co_return objects::bad_request(path.error().message);
    auto self = shared_from_this();
    const auto deadline = timers.now() + options.call_limit;
    net::ClientRequest request{.method = std::move(method), .target = std::move(*path), .headers = {}, .body = {}};
    request.headers.add("Accept", std::string(accept));
    if (body != nullptr) {
      request.headers.add("Content-Type", std::string(content_type));
      request.body = data::format_json(*body);
    }
    co_return co_await tries<Value>(std::move(request), deadline, [this, deadline](net::ClientRequest ready) {
      return json_answer(std::move(ready), deadline);
    });
  }

  Query write_query(const WriteOptions& write, bool named_manager) const {
    Query out;
    if (named_manager && !options.field_manager.empty()) out.emplace_back("fieldManager", options.field_manager);
    if (write.dry_run) out.emplace_back("dryRun", "All");
    if (write.force) out.emplace_back("force", "true");
    return out;
  }
};

Client::Client(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() { close(); }

Result<std::unique_ptr<Client>> Client::make(boost::asio::io_context& io, rt::Timers& timers, net::Connector& connector,
                                             Access access, Surroundings surroundings, ClientOptions options) {
  net::HttpClientOptions http;
  http.origin = access.server;
  http.server_name = access.tls_server_name;
  http.proxy = access.proxy;
  if (!http.proxy) {
    http.proxy =
        WL_TRY(net::proxy_for(access.server, [&](std::string_view name) { return surroundings.variable(name); }));
  }
  http.max_calls = options.max_calls;
  // All that a burst has used: a handshake costs more than many a call.
  http.max_idle = options.max_calls;
  http.max_streams = options.max_streams;
  return std::unique_ptr<Client>(new Client(std::make_shared<Impl>(
      io, timers, connector, std::move(access), std::move(surroundings), std::move(http), std::move(options))));
}

void Client::close() {
  if (std::exchange(impl_->closed, true)) return;
  impl_->waiting.notify();
  impl_->http.close();
}
const Access& Client::access() const { return impl_->credentials.access(); }
Credentials& Client::credentials() { return impl_->credentials; }
boost::asio::io_context& Client::io() { return impl_->io; }
rt::Timers& Client::timers() { return impl_->timers; }
net::HttpClient& Client::http() { return impl_->http; }
const ClientOptions& Client::options() const { return impl_->options; }

ApiTask<Value> Client::get(Resource resource, std::string namespace_, std::string name, bool metadata_only) {
  auto impl = impl_;
  co_return co_await impl->call("GET", resource_path(resource, namespace_, name), nullptr, kJson,
                                metadata_only ? kMetadataOnly : kJson);
}

ApiTask<Value> Client::list(Resource resource, ListQuery query) {
  auto impl = impl_;
  Query out;
  if (!query.labels.empty()) out.emplace_back("labelSelector", query.labels);
  if (!query.fields.empty()) out.emplace_back("fieldSelector", query.fields);
  if (query.limit > 0) out.emplace_back("limit", std::to_string(query.limit));
  if (!query.continue_.empty()) out.emplace_back("continue", query.continue_);
  if (!query.version.empty() && query.continue_.empty()) out.emplace_back("resourceVersion", query.version);
  co_return co_await impl->call("GET", resource_path(resource, query.namespace_, "", "", out), nullptr, kJson,
                                query.metadata_only ? kMetadataListOnly : kJson);
}

ApiTask<Value> Client::create(Resource resource, std::string namespace_, Value object, WriteOptions options) {
  auto impl = impl_;
  co_return co_await impl->call(
      "POST", resource_path(resource, namespace_, "", options.subresource, impl->write_query(options, true)), &object,
      kJson, options.metadata_only ? kMetadataOnly : kJson);
}

ApiTask<Value> Client::update(Resource resource, std::string namespace_, std::string name, Value object,
                              WriteOptions options) {
  auto impl = impl_;
  co_return co_await impl->call(
      "PUT", resource_path(resource, namespace_, name, options.subresource, impl->write_query(options, true)), &object);
}

ApiTask<Value> Client::patch(Resource resource, std::string namespace_, std::string name, PatchKind kind, Value body,
                             WriteOptions options) {
  auto impl = impl_;
  if (kind == PatchKind::apply) {
    // managedFields in an apply are refused, and we are not whom they are about.
    if (Value* metadata = body.find("metadata")) metadata->mutable_members().erase("managedFields");
  }
  co_return co_await impl->call(
      "PATCH", resource_path(resource, namespace_, name, options.subresource, impl->write_query(options, true)), &body,
      media_type(kind));
}

ApiTask<Value> Client::remove(Resource resource, std::string namespace_, std::string name,
                              objects::DeleteOptions options) {
  auto impl = impl_;
  Value body =
      Value::map_of("apiVersion", "v1", "kind", "DeleteOptions", "propagationPolicy", text_of(options.propagation));
  Value preconditions = Value::map();
  if (!options.uid.empty()) preconditions.set("uid", options.uid);
  if (!options.resource_version.empty()) preconditions.set("resourceVersion", options.resource_version);
  if (preconditions.size() > 0) body.set("preconditions", std::move(preconditions));
  if (options.dry_run) body.set("dryRun", Value::list_of("All"));
  co_return co_await impl->call("DELETE", resource_path(resource, namespace_, name), &body);
}

ApiTask<Value> Client::remove_at_once(Resource resource, std::string namespace_, std::string name, std::string uid) {
  auto impl = impl_;
  const Value body = Value::map_of("apiVersion", "v1", "kind", "DeleteOptions", "gracePeriodSeconds", 0,
                                   "preconditions", Value::map_of("uid", uid));
  co_return co_await impl->call("DELETE", resource_path(resource, namespace_, name), &body);
}

ApiTask<Person> Client::review_token(std::string token, std::vector<std::string> audiences) {
  auto impl = impl_;
  const auto body = token_review(token, audiences);
  const auto answer = WL_API_TRY(co_await impl->call("POST", resource_path(resources::token_reviews(), "", ""), &body));
  co_return read_token_review(answer, audiences);
}

ApiTask<Verdict> Client::review_access(Person person, Attributes what) {
  auto impl = impl_;
  const auto body = subject_access_review(person, what);
  const auto answer =
      WL_API_TRY(co_await impl->call("POST", resource_path(resources::subject_access_reviews(), "", ""), &body));
  co_return read_access_review(answer);
}

ApiTask<Verdict> Client::may_we(Attributes what) {
  auto impl = impl_;
  const auto body = self_subject_access_review(what);
  const auto answer =
      WL_API_TRY(co_await impl->call("POST", resource_path(resources::self_subject_access_reviews(), "", ""), &body));
  co_return read_access_review(answer);
}

ApiTask<Value> Client::get_path(std::string path) {
  auto impl = impl_;
  co_return co_await impl->call("GET", std::move(path));
}

ApiTask<std::unique_ptr<net::HttpAnswer>> Client::open(std::string path, Moment deadline, std::string accept) {
  auto impl = impl_;
  net::ClientRequest request{.method = "GET", .target = std::move(path), .headers = {}, .body = {}};
  request.headers.add("Accept", std::move(accept));
  co_return co_await impl->tries<std::unique_ptr<net::HttpAnswer>>(
      std::move(request), deadline, [raw = impl.get(), deadline](net::ClientRequest ready) {
        return raw->good_answer(std::move(ready), deadline, net::HttpClient::Use::stream);
      });
}

namespace {

ApiTask<net::Upgrade> upgrade_once(net::HttpClient& http, net::ClientRequest request, std::string key,
                                   Moment deadline) {
  const auto what = asked(request);
  request.headers.add("Sec-WebSocket-Key", key);
  auto upgrade = co_await http.upgrade(std::move(request), deadline);
  if (!upgrade) co_return std::unexpected(status_of(upgrade.error()));
  if (upgrade->status == 101) {
    // Only who has understood the question gives this answer: no cache, no server of something else.
    if (upgrade->headers.get("Sec-WebSocket-Accept") != net::websocket_accept(key)) {
      co_return objects::internal("the API server's answer to " + what + " is no WebSocket");
    }
    co_return std::move(*upgrade);
  }
  if (upgrade->status < 300) {
    co_return objects::internal("the API server, or something before it, takes " + what +
                                " for an ordinary request: no WebSocket");
  }
  co_return std::unexpected(read_status(upgrade->status, upgrade->headers, upgrade->body, what));
}

}  // namespace

ApiTask<net::Upgrade> Client::open_websocket(std::string path, std::string protocols, Moment deadline) {
  auto impl = impl_;
  net::ClientRequest request{.method = "GET", .target = std::move(path), .headers = {}, .body = {}};
  request.headers.add("Connection", "Upgrade");
  request.headers.add("Upgrade", "websocket");
  request.headers.add("Sec-WebSocket-Version", "13");
  request.headers.add("Sec-WebSocket-Protocol", std::move(protocols));
  co_return co_await impl->tries<net::Upgrade>(
      std::move(request), deadline, [raw = impl.get(), deadline](net::ClientRequest ready) {
        std::string nonce;
        for (int i = 0; i < 2; ++i) {
          const auto part = raw->credentials.surroundings().random();
          nonce.append(reinterpret_cast<const char*>(&part), sizeof part);
        }
        return upgrade_once(raw->http, std::move(ready), data::encode_base64(nonce), deadline);
      });
}

}  // namespace windlass::kube

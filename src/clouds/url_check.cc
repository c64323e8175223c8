#include "clouds/url_check.h"

#include <boost/asio/awaitable.hpp>

#include "net/http.h"
#include "net/http_client.h"
#include "net/url.h"

namespace windlass::clouds {

using data::Value;
using namespace std::chrono_literals;

namespace {

constexpr auto kLimit = 5s;
constexpr std::size_t kMostBody = 4096;
/// An agent without its secret is refused by these words; nobody else knows them (agents/agent_hub.cc).
constexpr std::string_view kOurPath = "/kapis/windlass.io/v1/agents/check/link";
constexpr std::string_view kOurWords = "the secret is not that of the agent check";
constexpr std::string_view kTheirPath = "/tcpSlaveAgentListener/";

struct Answer {
  int status = 0;
  bool is_jenkins = false;
  std::string body;
};

rt::Task<Answer> get(net::HttpClient& client, std::string target, rt::Timers::Moment deadline) {
  net::ClientRequest request;
  request.target = std::move(target);
  auto answer = WL_CO_TRY(co_await client.send(std::move(request), deadline));
  Answer out;
  out.status = answer->status();
  out.is_jenkins = !answer->headers().get("X-Jenkins").empty() || !answer->headers().get("X-Hudson").empty();
  if (auto body = co_await answer->read_all(kMostBody, deadline)) out.body = std::move(*body);
  answer->close();
  co_return out;
}

Value of_error(const Error& error, const net::Url& url) {
  const auto code = error.kind == ErrorKind::not_found ? "url-name"
                    : error.kind == ErrorKind::timeout ? "url-timeout"
                    : error.kind == ErrorKind::invalid ? "url-no-http"
                                                       : "url-refused";
  return Value::map_of("code", code, "host", url.host, "address", url.authority(), "message", error.message);
}

Value of_answer(std::string_view code, int status, std::string_view path) {
  auto phrase = std::to_string(status);
  if (const auto words = net::reason_phrase(status); !words.empty()) phrase += " " + std::string(words);
  return Value::map_of("code", code, "status", phrase, "path", path);
}

}  // namespace

Value address_problem(const std::string& url) {
  if (url.empty()) return Value::map_of("code", "url-none");
  const auto parsed = net::parse_url(url, "JENKINS_URL");
  if (!parsed) return Value::map_of("code", "url-invalid");
  const auto& host = parsed->host;
  if (host == "localhost" || host.starts_with("127.") || host == "::1" || host == "0.0.0.0") {
    return Value::map_of("code", "url-loopback");
  }
  return {};
}

boost::asio::awaitable<Value> check_url(boost::asio::io_context& io, rt::Timers& timers, net::Connector& connector,
                                        std::string url) {
  const auto parsed = net::parse_url(url, "JENKINS_URL");
  if (!parsed) co_return Value::map_of("code", "url-invalid");
  const auto deadline = timers.now() + kLimit;
  if (parsed->is_tls()) {
    auto stream = co_await connector.connect(parsed->host, parsed->port, deadline);
    if (!stream) co_return of_error(stream.error(), *parsed);
    (*stream)->close();
    co_return Value::map_of("code", "url-open", "address", parsed->authority());
  }
  net::HttpClientOptions options;
  options.origin = *parsed;
  net::HttpClient client(io, timers, connector, std::move(options));
  const auto ours = co_await get(client, std::string(kOurPath), deadline);
  if (!ours) co_return of_error(ours.error(), *parsed);
  if (ours->status == 403 && ours->body.starts_with(kOurWords)) co_return Value::map_of("code", "url-ours");
  const auto theirs = co_await get(client, std::string(kTheirPath), deadline);
  client.close();
  if (theirs && (theirs->is_jenkins || ours->is_jenkins))
    co_return of_answer("url-jenkins", theirs->status, kTheirPath);
  co_return of_answer("url-other", ours->status, kOurPath);
}

}  // namespace windlass::clouds

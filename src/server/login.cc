#include "server/login.h"

#include <sodium.h>

#include "data/json.h"
#include "server/first_password.h"

namespace windlass::server {

using net::Request;
using net::Response;

namespace {

constexpr std::string_view kCookie = "windlass";
constexpr std::int64_t kSession = 12 * 3'600'000;
constexpr std::size_t kMostBody = 16 * 1024;

std::string random_text() {
  static constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string out(40, '\0');
  randombytes_buf(out.data(), out.size());
  for (char& c : out) c = kLetters[static_cast<unsigned char>(c) % kLetters.size()];
  return out;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && !a.empty() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// A field of the body, a form or JSON.
std::string field(const Request& request, std::string_view name) {
  if (request.headers.get("Content-Type").starts_with("application/json")) {
    const auto body = data::parse_json(request.body);
    return body && body->is_map() ? body->get_string(name) : std::string();
  }
  std::string_view rest = request.body;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (net::percent_decode(pair.substr(0, equals), true) != std::optional(std::string(name))) continue;
    return net::percent_decode(pair.substr(equals + 1), true).value_or("");
  }
  return {};
}

bool chinese(const Request& request) { return request.headers.get("Accept-Language").starts_with("zh"); }

/// Did a page of this server send it? Browsers say where a request comes from; other clients have no cookies.
bool of_our_origin(const Request& request) {
  const auto site = request.headers.get("Sec-Fetch-Site");
  if (!site.empty()) return site == "same-origin";
  const auto origin = request.headers.get("Origin");
  if (origin.empty()) return false;
  const auto host = request.headers.get("Host");
  const auto at = origin.find("://");
  return at != std::string_view::npos && !host.empty() && origin.substr(at + 3) == host;
}

void guard(Response& response) {
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Referrer-Policy", "no-referrer");  // a link with a secret stays here
  response.headers.add("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
}

}  // namespace

std::string Login::offer_setup() {
  if (has_administrator(identity_)) return setup_secret_ = {};
  return setup_secret_ = random_text();
}

std::string Login::session_of(const Request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (!reads && !of_our_origin(request)) return {};
  std::string_view cookies = request.headers.get("Cookie");
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    auto one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(kCookie) && one.substr(kCookie.size()).starts_with('=')) {
      return std::string(one.substr(kCookie.size() + 1));
    }
  }
  return {};
}

bool Login::is_of_another_site(const Request& request) {
  const bool says = !request.headers.get("Origin").empty() || !request.headers.get("Sec-Fetch-Site").empty();
  return says && !of_our_origin(request);
}

Response Login::form(const Request& request, const std::string& setup, const std::string& problem, int status) const {
  const bool zh = chinese(request);
  const auto title = setup.empty() ? (zh ? "登录 Windlass" : "Log in to Windlass")
                                   : (zh ? "设置管理员 admin 的密码" : "Set the password of the administrator, admin");
  std::string page = "<!doctype html><html lang=\"" + std::string(zh ? "zh" : "en") +
                     "\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
                     title +
                     "</title><style>body{font:16px system-ui;max-width:22em;margin:15vh auto;padding:0 1em}"
                     "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5em;margin:.3em 0 1em}"
                     "p{color:#b00}</style><h1>" +
                     title + "</h1>";
  if (!problem.empty()) page += "<p role=\"alert\">" + problem + "</p>";
  page += "<form method=\"post\" action=\"/login\">";
  if (setup.empty()) {
    page += "<label>" + std::string(zh ? "用户名" : "User") +
            "<input name=\"user\" autocomplete=\"username\" required></label>";
  } else {
    page += "<input type=\"hidden\" name=\"setup\" value=\"" + setup + "\">";
  }
  page += "<label>" + std::string(zh ? "密码（至少 10 个字符）" : "Password (10 characters or more)") +
          "<input name=\"password\" type=\"password\" required autocomplete=\"" +
          (setup.empty() ? "current-password" : "new-password") + "\"></label><button>" +
          (setup.empty() ? (zh ? "登录" : "Log in") : (zh ? "设置" : "Set it")) + "</button></form></html>";
  auto out = Response::text(status, std::move(page), "text/html; charset=utf-8");
  guard(out);
  return out;
}

Response Login::session_for(const Request& request, const std::string& user) {
  auto token = identity_.create_token(
      {.user = user, .name = "session", .expires_millis = now_millis_() + kSession, .session = true}, now_millis_());
  if (!token) return Response::text(503, "no session can be made: " + token.error().message + "\n");
  Response out;
  if (request.headers.get("Accept").find("application/json") != std::string_view::npos) {
    out = Response::json(200, data::format_json(data::Value::map_of("user", user, "token", *token, "expires",
                                                                    now_millis_() + kSession)));
  } else {
    out = Response::text(303, "");
    out.headers.add("Location", "/");
  }
  guard(out);
  out.headers.add("Set-Cookie", std::string(kCookie) + "=" + *token + "; HttpOnly; SameSite=Strict; Path=/; Max-Age=" +
                                    std::to_string(kSession / 1000) + (request.tls ? "; Secure" : ""));
  return out;
}

rt::Task<Response> Login::set_up(const Request& request, std::string secret, std::string password) {
  const bool zh = chinese(request);
  if (!same(secret, setup_secret_)) {
    co_return form(request, "",
                   zh ? "该链接已失效；重启服务器会给出新的链接"
                      : "This link is no longer valid; a restart of the server logs a new one",
                   403);
  }
  auto hash = co_await worker_.run([password] { return identity::hash_password(password); });
  if (!hash) co_return form(request, secret, hash.error().message, 400);
  if (!same(secret, setup_secret_))
    co_return form(request, "", zh ? "该链接已被使用" : "This link was used meanwhile", 403);
  if (auto done = identity_.set_password_hash("admin", *hash); !done) co_return fail(done.error());
  setup_secret_.clear();
  co_return session_for(request, "admin");
}

rt::Task<Response> Login::enter(const Request& request) {
  const bool zh = chinese(request);
  const auto user = field(request, "user"), password = field(request, "password");
  const auto answer = co_await passwords_.check(request.peer, user, password);
  if (answer.verdict == Passwords::Verdict::good) co_return session_for(request, user);
  if (answer.verdict == Passwords::Verdict::wrong) {
    co_return form(request, "", zh ? "用户名或密码错误" : "Wrong user or password", 401);
  }
  const bool is_closed = answer.verdict == Passwords::Verdict::closed;
  auto out =
      form(request, "",
           is_closed ? (zh ? "错误次数过多，请五分钟后再试" : "Too many wrong passwords; try again in five minutes")
                     : (zh ? "同时登录的请求过多，请稍后再试" : "Too many passwords at once; try again in a moment"),
           429);
  out.headers.add("Retry-After", std::to_string(answer.retry_seconds));
  co_return out;
}

rt::Task<Response> Login::handle(Request request) {
  if (request.path == "/logout") {
    auto out = Response::text(303, "");
    guard(out);
    out.headers.add("Location", "/login");
    out.headers.add("Set-Cookie", std::string(kCookie) + "=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    if (const auto token = session_of(request); !token.empty() && request.method == "POST") {
      if (auto done = identity_.revoke_token(token); !done) co_return fail(done.error());
    }
    co_return out;
  }
  if (request.method == "GET" || request.method == "HEAD") {
    const auto setup = request.parameter("setup").value_or("");
    co_return form(request, same(setup, setup_secret_) ? setup : "", "", 200);
  }
  if (request.method != "POST") co_return Response::text(405, "/login takes GET and POST\n");
  if (request.body.size() > kMostBody) co_return Response::text(413, "that is no login\n");
  // A browser says where a form comes from: other sites do not log anybody in here.
  if (is_of_another_site(request)) {
    co_return Response::text(403, "this form was sent by another site\n");
  }
  if (auto setup = field(request, "setup"); !setup.empty()) {
    co_return co_await set_up(request, std::move(setup), field(request, "password"));
  }
  co_return co_await enter(request);
}

}  // namespace windlass::server

#include "server/front_page.h"

#include <string_view>

#include "text/html.h"

namespace windlass::server {

using net::Request;
using net::Response;

std::optional<Response> front_page(const Request& request, const std::optional<rights::User>& user,
                                   const std::string& address, const std::string& version) {
  const bool is_browser = request.headers.get("Accept").find("text/html") != std::string_view::npos;
  if (!user) {
    if (!is_browser) return std::nullopt;
    auto out = Response::text(303, "");
    out.headers.add("Location", "/login");
    out.headers.add("Cache-Control", "no-store");
    return out;
  }
  const bool zh = request.headers.get("Accept-Language").starts_with("zh");
  // As the client reached it: behind a proxy the server's own address is of no use to anybody.
  const auto host = request.headers.get("Host");
  const auto url = host.empty() ? address : (request.tls ? "https://" : "http://") + std::string(host);
  const auto say = [zh](std::string_view english, std::string_view chinese) {
    return std::string(zh ? chinese : english);
  };
  std::string page =
      "<!doctype html><html lang=\"" + say("en", "zh") +
      "\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Windlass</title><style>"
      "body{font:16px system-ui;max-width:42em;margin:10vh auto;padding:0 1em}pre{background:#f2f2f2;padding:.8em;"
      "overflow:auto}button{font:inherit;padding:.4em 1em}</style><h1>Windlass " +
      text::in_html(version) + "</h1><p>" + say("You are logged in as ", "当前登录身份：") + "<b>" +
      text::in_html(user->name) + "</b>.</p><p>" +
      say("Pipelines and runs are worked with from the command line, by kubectl and by the APIs:",
          "请通过命令行、kubectl 或 API 使用流水线与运行：") +
      "</p><pre>windlass login " + text::in_html(url) + " --user " + text::in_html(user->name) +
      "\nwindlass project create shop\nwindlass pipeline create shop/build --file Jenkinsfile\n"
      "windlass start shop/build --follow</pre><ul><li><a href=\"/kapis/windlass.io/v1/openapi\">OpenAPI</a></li>"
      "<li><a href=\"/apidocs.json\">KubeSphere API</a></li></ul><form method=\"post\" action=\"/logout\"><button>" +
      say("Log out", "退出登录") + "</button></form></html>";
  auto out = Response::text(200, std::move(page), "text/html; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
  out.route = "/";
  return out;
}

}  // namespace windlass::server

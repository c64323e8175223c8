// windlass login: which server the client commands talk to, and as whom.
#include <cstdio>
#include <iostream>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/echo_off.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr OptionRow kOptions[] = {
    {"URL",
     "URL",
     Shape::value,
     {"the server, such as https://ci.example:9090", "服务器地址，如 https://ci.example:9090"}},
    {"--user", "NAME", Shape::value, {"log in with a password (default admin)", "使用密码登录的用户（默认 admin）"}},
    {"--token-stdin",
     "",
     Shape::flag,
     {"read an API token from standard input instead", "改为从标准输入读取 API 令牌"}},
    {"--ca",
     "FILE",
     Shape::value,
     {"the authority of its certificate (FOLDER/ca.pem)", "服务器证书的 CA（FOLDER/ca.pem）"}},
    kOutputRow,
};

constexpr Example kExamples[] = {
    {"windlass login http://127.0.0.1:9090", {"asks for the password of admin", "询问 admin 的密码"}},
    {"windlass token create --data F | windlass login http://127.0.0.1:9090 --token-stdin",
     {"with a token", "使用令牌"}},
};

/// A line of standard input, without its end; nothing is echoed.
std::string secret_line(const Invocation& in, const std::string& prompt) {
  if (in.stdin_is_terminal) std::fprintf(stderr, "%s", prompt.c_str());
  const EchoOff hidden(in.stdin_is_terminal);
  std::string line;
  std::getline(std::cin, line);
  if (in.stdin_is_terminal) std::fprintf(stderr, "\n");
  while (line.ends_with('\r') || line.ends_with('\n')) line.pop_back();
  return line;
}

int run(const Invocation& in, const ParsedOptions& options) {
  ServerPlace place;
  place.url = options.get("URL");
  while (place.url.ends_with('/')) place.url.pop_back();
  if (!place.url.starts_with("http://") && !place.url.starts_with("https://")) {
    return complain(say(in.language, {"login: the address of a server begins with http:// or https://",
                                      "login：服务器地址须以 http:// 或 https:// 开头"}),
                    kExitUsage);
  }
  if (const auto ca = options.get("--ca"); !ca.empty()) place.ca_file = absolute_path(in.working_folder, ca);
  if (options.has("--token-stdin")) {
    place.token = secret_line(in, say(in.language, {"token: ", "令牌："}));
  } else {
    place.user = options.get("--user", "admin");
    const auto password = secret_line(in, say(in.language, {"password of {}: ", "{} 的密码："}, {place.user}));
    const Client nobody(place, in.language);
    const auto body = Value::map_of("user", place.user, "password", password);
    auto answer = nobody.send("POST", "/login", &body);
    if (!answer) return complain_of("login", answer.error(), in.language);
    const auto value = data::parse_json(answer->body);
    if (answer->status != 200 || !value || value->get_string("token").empty()) {
      return complain(answer->status == 429
                          ? say(in.language, {"login: too many wrong passwords; try again in five minutes",
                                              "login：错误次数过多，请五分钟后再试"})
                          : say(in.language, {"login: wrong user or password", "login：用户名或密码错误"}),
                      kExitUsage);
    }
    place.token = value->get_string("token");
  }
  const Client client(place, in.language);
  auto known = client.json("GET", "/kapis/devops.kubesphere.io/v1alpha3/ci/nodelabels");
  if (!known) return complain_of("login", known.error(), in.language);
  if (auto kept = keep_server_place(in, place); !kept) return complain_of("login", kept.error(), in.language);
  if (const auto form = form_of(options); form != Form::words) {
    // Who one is now, by the server; the token is in the file and nowhere else.
    auto who = client.json("GET", "/kapis/windlass.io/v1/whoami");
    if (!who) return complain_of("login", who.error(), in.language);
    who->set("server", place.url);
    return print_whole(form, *who);
  }
  std::fprintf(stderr, "%s\n", say(in.language, {"logged in to {}", "已登录 {}"}, {place.url}).c_str());
  return kExitSuccess;
}

}  // namespace

const Command kLoginCommand{"login",
                            {"choose the server that client commands talk to", "选择客户端命令所使用的服务器"},
                            "URL [--user NAME | --token-stdin]",
                            kOptions,
                            {"A login with a password lasts twelve hours, one with a token as long as the token.",
                             "密码登录有效期十二小时；令牌登录与令牌同期。"},
                            run,
                            Group::server,
                            kExamples};

}  // namespace windlass::cli

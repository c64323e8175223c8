// windlass token, windlass kubeconfig: ways into a server for who owns its folder.
#include <charconv>
#include <chrono>
#include <ctime>

#include "cli/commands.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "identity/identity.h"
#include "server/data_folder.h"
#include "text/codec.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// "90d", "12h", "30m", "45s" as milliseconds; nothing for anything else.
std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, count);
  if (error != std::errc() || end != text.data() + text.size() - 1 || count <= 0 || count > 1'000'000)
    return std::nullopt;
  switch (text.back()) {
    case 's':
      return count * 1000;
    case 'm':
      return count * 60'000;
    case 'h':
      return count * 3'600'000;
    case 'd':
      return count * 86'400'000;
    default:
      return std::nullopt;
  }
}

struct Opened {
  server::DataFolder folder;
  identity::Identity identity;
};
Result<Opened> open(const std::string& path) {
  auto folder = WL_TRY(server::DataFolder::open(path));
  auto identity = WL_TRY(identity::Identity::open(folder.file("identity.db")));
  WL_TRY(identity.ensure_account("admin", rights::GlobalRole::admin));
  return Opened{std::move(folder), std::move(identity)};
}

constexpr OptionRow kTokenOptions[] = {
    {"ACTION", "create", Shape::value, {"create: print a new token, nothing else", "create：打印一个新令牌"}},
    {"--data", "FOLDER", Shape::value, {"the server's folder", "服务器的数据目录"}},
    {"--user", "NAME", Shape::value, {"whose token (default admin)", "令牌所属用户（默认 admin）"}},
    {"--name", "TEXT", Shape::value, {"what it is for", "用途说明"}},
    {"--expires",
     "DURATION",
     Shape::value,
     {"such as 12h or 90d (default: never)", "有效期，如 12h、90d（默认永不过期）"}},
};

int run_token(const Invocation& in, const ParsedOptions& options) {
  if (options.get("ACTION") != "create") {
    return complain(
        say(in.language, {"token: what is offered is: windlass token create", "token：用法：windlass token create"}),
        kExitUsage);
  }
  if (options.get("--data").empty()) {
    return complain(
        say(in.language, {"token: --data FOLDER names the server's folder", "token：请用 --data 指定服务器的数据目录"}),
        kExitUsage);
  }
  identity::NewToken token;
  token.user = options.get("--user", "admin");
  token.name = options.get("--name");
  const auto now = now_millis();
  if (const auto text = options.get("--expires"); !text.empty()) {
    const auto duration = parse_duration(text);
    if (!duration) {
      return complain(say(in.language,
                          {"token: --expires takes a duration such as 30m, 12h or 90d, not {}",
                           "token：--expires 的取值形如 30m、12h、90d，而不是 {}"},
                          {text}),
                      kExitUsage);
    }
    token.expires_millis = now + *duration;
  }
  auto opened = open(options.get("--data"));
  if (!opened) return complain("token: " + opened.error().text(), kExitInternal);
  auto made = opened->identity.create_token(token, now);
  if (!made) return complain("token: " + made.error().text(), kExitUsage);
  return print(*made + "\n") ? kExitSuccess : kExitInternal;
}

constexpr OptionRow kKubeconfigOptions[] = {
    {"--data", "FOLDER", Shape::value, {"the server's folder", "服务器的数据目录"}},
    {"--user", "NAME", Shape::value, {"whose token (default admin)", "令牌所属用户（默认 admin）"}},
};

int run_kubeconfig(const Invocation& in, const ParsedOptions& options) {
  if (options.get("--data").empty()) {
    return complain(say(in.language, {"kubeconfig: --data FOLDER names the server's folder",
                                      "kubeconfig：请用 --data 指定服务器的数据目录"}),
                    kExitUsage);
  }
  auto opened = open(options.get("--data"));
  if (!opened) return complain("kubeconfig: " + opened.error().text(), kExitInternal);
  auto address = opened->folder.address();
  if (!address) {
    return complain(say(in.language,
                        {"kubeconfig: no server runs on this folder; start it first: windlass server --data {}",
                         "kubeconfig：该目录上没有服务器在运行，请先启动：windlass server --data {}"},
                        {options.get("--data")}),
                    kExitUsage);
  }
  auto authority = opened->folder.authority(now_millis() / 1000);
  if (!authority) return complain("kubeconfig: " + authority.error().text(), kExitInternal);
  identity::NewToken token;
  token.user = options.get("--user", "admin");
  token.name = "kubeconfig";
  auto made = opened->identity.create_token(token, now_millis());
  if (!made) return complain("kubeconfig: " + made.error().text(), kExitUsage);
  std::string secure = "https" + address->substr(address->find("://"));
  if (const auto any = secure.find("//0.0.0.0:"); any != std::string::npos) secure.replace(any + 2, 7, "127.0.0.1");
  // JSON is YAML; kubectl reads it as it is.
  using data::Value;
  auto config = Value::map_of("apiVersion", "v1", "kind", "Config", "current-context", "windlass");
  config.set("clusters", Value::list_of(Value::map_of("name", "windlass", "cluster",
                                                      Value::map_of("server", secure, "certificate-authority-data",
                                                                    text::encode_base64(authority->certificate)))));
  config.set("users", Value::list_of(Value::map_of("name", token.user, "user", Value::map_of("token", *made))));
  config.set("contexts", Value::list_of(Value::map_of("name", "windlass", "context",
                                                      Value::map_of("cluster", "windlass", "user", token.user))));
  return print(data::format_json(config, {.layout = data::JsonLayout::json_lib, .indent = 2}) + "\n") ? kExitSuccess
                                                                                                      : kExitInternal;
}

}  // namespace

const Command kTokenCommand{
    "token",
    {"make API tokens for a server", "为服务器创建 API 令牌"},
    "create --data FOLDER [--user NAME] [--name TEXT] [--expires DURATION]",
    kTokenOptions,
    {"For who owns the server's folder; beside a running server too. Use it as: Authorization: Bearer TOKEN.",
     "仅限数据目录的所有者；服务器运行时也可使用。用法：Authorization: Bearer TOKEN。"},
    run_token,
    Group::server};

const Command kKubeconfigCommand{
    "kubeconfig",
    {"print a kubeconfig for a running server", "打印运行中服务器的 kubeconfig"},
    "--data FOLDER [--user NAME]",
    kKubeconfigOptions,
    {"With a new token, an https:// address and the server's own authority: kubectl --kubeconfig <(windlass kubeconfig "
     "…).",
     "包含新令牌、https:// 地址与服务器自己的 CA：kubectl --kubeconfig <(windlass kubeconfig …)。"},
    run_kubeconfig,
    Group::server};

}  // namespace windlass::cli

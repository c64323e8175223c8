// windlass token, windlass kubeconfig: ways into a server.
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
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
/// `may_be_new`: tokens can be made before the first start.
Result<Opened> open(const std::string& path, bool may_be_new) {
  auto folder = WL_TRY(may_be_new ? server::DataFolder::open(path) : server::DataFolder::open_existing(path));
  auto identity = WL_TRY(identity::Identity::open(folder.file("identity.db")));
  WL_TRY(identity.ensure_account("admin", rights::GlobalRole::admin));
  return Opened{std::move(folder), std::move(identity)};
}

constexpr OptionRow kTokenOptions[] = {
    {"ACTION",
     "create|list|revoke",
     Shape::value,
     {"create prints a new token, nothing else", "create 打印一个新令牌，不输出其他内容"}},
    {"ID", "ID", Shape::value, {"which token to revoke (list shows it)", "要撤销的令牌（见 list）"}},
    {"--data",
     "FOLDER",
     Shape::value,
     {"the server's folder, for its owner; without it the server that one is logged in to is asked",
      "服务器的数据目录（限其所有者）；不指定则询问已登录的服务器"}},
    {"--user",
     "NAME",
     Shape::value,
     {"whose token (default: oneself; with --data admin)", "令牌所属用户（默认本人；配合 --data 时为 admin）"}},
    {"--name", "TEXT", Shape::value, {"what it is for", "用途说明"}},
    {"--expires",
     "DURATION",
     Shape::value,
     {"such as 12h or 90d (default: never)", "有效期，如 12h、90d（默认永不过期）"}},
    {"--scope",
     "read|project:NAME",
     Shape::repeated,
     {"less than all that its user may: only reading, only these projects", "缩小权限：只读，或仅限这些项目"}},
    kOutputRow,
};

constexpr Example kTokenExamples[] = {
    {"windlass token create --data F --user ci --scope project:shop --expires 90d",
     {"for a script that works on one project", "供只操作一个项目的脚本使用"}},
    {"windlass token list", {"one's own, at the server", "本人在服务器上的令牌"}},
};

/// The tokens wherever they are kept: in the folder, or at a server.
class Tokens {
 public:
  static Result<Tokens> open(const Invocation& in, const ParsedOptions& options) {
    Tokens out;
    if (const auto folder = options.get("--data"); !folder.empty()) {
      out.opened_.emplace(WL_TRY(cli::open(folder, options.get("ACTION") == "create")));
    } else {
      out.client_.emplace(WL_TRY(Client::open(in)));
    }
    return out;
  }
  Result<std::string> create(const ParsedOptions& options, std::int64_t lasts_millis) {
    if (opened_) {
      identity::NewToken token;
      token.user = options.get("--user", "admin");
      token.name = options.get("--name");
      if (lasts_millis != 0) token.expires_millis = now_millis() + lasts_millis;
      for (const auto& scope : options.all("--scope")) token.scopes += (token.scopes.empty() ? "" : " ") + scope;
      return opened_->identity.create_token(token, now_millis());
    }
    auto body = data::Value::map_of("name", options.get("--name"));
    if (options.has("--user")) body.set("user", options.get("--user"));
    if (lasts_millis != 0) body.set("expiresIn", lasts_millis / 1000);
    auto scopes = data::Value::list();
    for (const auto& scope : options.all("--scope")) scopes.push(scope);
    body.set("scopes", std::move(scopes));
    return WL_TRY(client_->json("POST", std::string(kTokensPath), &body)).get_string("token");
  }
  Result<std::vector<identity::TokenInfo>> list(const ParsedOptions& options) {
    if (opened_) return opened_->identity.tokens(options.get("--user"));
    auto path = std::string(kTokensPath);
    if (options.has("--user")) path += "?user=" + options.get("--user");
    const auto answer = WL_TRY(client_->json("GET", path));
    std::vector<identity::TokenInfo> out;
    const auto* items = answer.find("items");
    if (items == nullptr) return out;
    for (const auto& item : items->items()) {
      identity::TokenInfo one{.id = item.get_string("id"),
                              .user = item.get_string("user"),
                              .name = item.get_string("name"),
                              .session = item.get_bool("session"),
                              .created_millis = item.get_int("created"),
                              .expires_millis = item.get_int("expires"),
                              .used_millis = item.get_int("used")};
      if (const auto* scopes = item.find("scopes")) {
        for (const auto& word : scopes->items()) one.scopes += (one.scopes.empty() ? "" : " ") + word.text();
      }
      out.push_back(std::move(one));
    }
    return out;
  }
  Result<> revoke(const std::string& id) {
    if (opened_) return opened_->identity.revoke_token_id(id);
    if (id.find_first_not_of("abcdefghijkmnpqrstuvwxyz23456789") != std::string::npos) {
      return fail(ErrorKind::not_found, {"there is no token {}", "没有令牌 {}"}, {without_controls(id)});
    }
    WL_TRY(client_->json("DELETE", std::string(kTokensPath) + "/" + id));
    return {};
  }

 private:
  static constexpr std::string_view kTokensPath = "/kapis/windlass.io/v1/tokens";
  std::optional<Opened> opened_;
  std::optional<Client> client_;
};

std::string day(std::int64_t millis) {
  const std::time_t seconds = millis / 1000;
  std::tm parts{};
  std::array<char, 32> text{};
  ::gmtime_r(&seconds, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

int print_tokens(const Invocation& in, const std::vector<identity::TokenInfo>& tokens, Form form) {
  std::string out;
  for (const auto& token : tokens) {
    if (form != Form::words) {
      auto line = data::Value::map_of("id", token.id, "user", token.user, "name", token.name, "session", token.session,
                                      "scopes", token.scopes);
      line.set("created", token.created_millis);
      line.set("expires", token.expires_millis);
      line.set("used", token.used_millis);
      out += as_item(form, line);
      continue;
    }
    const auto ends = token.expires_millis == 0 ? say(in.language, {"never ends", "永不过期"})
                                                : say(in.language, {"until {}", "至 {}"}, {day(token.expires_millis)});
    const auto used = token.used_millis == 0 ? say(in.language, {"not used", "未使用"})
                                             : say(in.language, {"used {}", "用于 {}"}, {day(token.used_millis)});
    const auto what = token.session ? say(in.language, {"(log-in)", "（登录）"}) : without_controls(token.name);
    out += padded(token.id, 12) + padded(token.user, 16) + padded(ends, 24) + padded(used, 24) +
           padded(token.scopes.empty() ? "-" : token.scopes, 20) + what + "\n";
  }
  return print(out) ? kExitSuccess : kExitInternal;
}

int run_token(const Invocation& in, const ParsedOptions& options) {
  const auto action = options.get("ACTION");
  if (action != "create" && action != "list" && action != "revoke") {
    return complain(say(in.language, {"token: say create, list or revoke; token --help shows how",
                                      "token：请指定 create、list 或 revoke；用法见 token --help"}),
                    kExitUsage);
  }
  std::int64_t lasts = 0;
  if (const auto text = options.get("--expires"); !text.empty()) {
    const auto duration = parse_duration(text);
    if (!duration) {
      return complain(say(in.language,
                          {"token: --expires takes a duration such as 30m, 12h or 90d, not {}",
                           "token：--expires 的取值形如 30m、12h、90d，而不是 {}"},
                          {text}),
                      kExitUsage);
    }
    lasts = *duration;
  }
  if (action == "revoke" && options.get("ID").empty()) {
    return complain(say(in.language, {"token: revoke needs the token's ID, as token list shows it",
                                      "token：revoke 需要令牌的 ID，见 token list"}),
                    kExitUsage);
  }
  auto tokens = Tokens::open(in, options);
  if (!tokens) return complain_of("token", tokens.error(), in.language);
  if (action == "list") {
    const auto list = tokens->list(options);
    if (!list) return complain_of("token", list.error(), in.language);
    return print_tokens(in, *list, form_of(options));
  }
  if (action == "revoke") {
    const auto gone = tokens->revoke(options.get("ID"));
    return gone ? kExitSuccess : complain_of("token", gone.error(), in.language);
  }
  const auto made = tokens->create(options, lasts);
  if (!made) return complain_of("token", made.error(), in.language);
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
  auto opened = open(options.get("--data"), false);
  if (!opened) return complain("kubeconfig: " + error_text(opened.error(), in.language), kExitInternal);
  auto address = opened->folder.address();
  if (!address) {
    return complain(say(in.language,
                        {"kubeconfig: no server runs on this folder; start it first: windlass server --data {}",
                         "kubeconfig：该目录上没有服务器在运行，请先启动：windlass server --data {}"},
                        {options.get("--data")}),
                    kExitUsage);
  }
  auto authority = opened->folder.authority(now_millis() / 1000);
  if (!authority) return complain("kubeconfig: " + error_text(authority.error(), in.language), kExitInternal);
  identity::NewToken token;
  token.user = options.get("--user", "admin");
  token.name = "kubeconfig";
  auto made = opened->identity.create_token(token, now_millis());
  if (!made) return complain("kubeconfig: " + error_text(made.error(), in.language), kExitUsage);
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
    {"make, list and revoke API tokens of a server", "创建、列出与撤销服务器的 API 令牌"},
    "create|list|revoke [ID] [--data FOLDER] [--user NAME] [--name TEXT] [--expires DURATION] [--scope WORD]…",
    kTokenOptions,
    {"With --data for who owns the server's folder, beside a running server too; else at the server one is logged in "
     "to. Use a token\nas: Authorization: Bearer TOKEN.",
     "使用 --data 时仅限数据目录的所有者（服务器运行时也可使用）；否则作用于已登录的服务器。用法：Authorization: "
     "Bearer TOKEN。"},
    run_token,
    Group::server,
    kTokenExamples};

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

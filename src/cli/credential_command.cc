// windlass credential: a project's secrets on a server. Values come from standard input, a terminal without echo or a
// file, never from an argument, and no command shows them again.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <optional>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/echo_off.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "data/value.h"
#include "text/codec.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr std::string_view kTypePrefix = "credential.devops.kubesphere.io/";

constexpr OptionRow kOptions[] = {
    {"ACTION", "list|create|delete", Shape::value, {"what to do", "操作"}},
    {"NAME", "PROJECT[/CREDENTIAL]", Shape::value, {"the project, or the credential", "项目或凭据"}},
    {"--type",
     "basic-auth|secret-text|ssh-auth|kubeconfig",
     Shape::value,
     {"user and password; one text; user and private key; a kubeconfig (default: basic-auth with --user, else "
      "secret-text)",
      "用户名与密码；文本；用户名与私钥；kubeconfig（默认：给出 --user 时为 basic-auth，否则为 secret-text）"}},
    {"--user", "NAME", Shape::value, {"of basic-auth and ssh-auth", "用于 basic-auth 与 ssh-auth"}},
    {"--file",
     "FILE",
     Shape::value,
     {"where the secret is: key, kubeconfig, text (default: standard input)",
      "密钥、kubeconfig 或文本所在的文件（默认：标准输入）"}},
    kOutputRow,
};
constexpr Example kExamples[] = {
    {"windlass credential create shop/registry --user ci", {"asks for the password", "询问密码"}},
    {"windlass credential create shop/deploy-key --type ssh-auth --user git --file id_ed25519",
     {"a private key", "私钥"}},
    {"windlass credential list shop", {"names and types, never values", "名称与类型，不含内容"}},
};

std::string text_in(const Value& object, std::string_view map, std::string_view key) {
  const auto* members = object.find(map);
  return members == nullptr ? std::string() : members->get_string(key);
}

std::string type_of(const Value& secret) {
  auto type = secret.get_string("type");
  if (type.starts_with(kTypePrefix)) type.erase(0, kTypePrefix.size());
  return type;
}

int list(const Invocation& in, const Client& client, const std::string& path, const std::string& project, Form form) {
  const auto all = client.json("GET", path + "?limit=1000000");
  if (!all) return complain_of("credential", all.error(), in.language);
  std::string out;
  const auto* items = all->find("items");
  if (items == nullptr || items->size() == 0) {
    const auto there = client.json("GET", "/kapis/windlass.io/v1/projects/" + project);
    if (!there) return complain_of("credential", there.error(), in.language);
  } else {
    for (const auto& one : items->items()) {
      out += form != Form::words ? as_item(form, one)
                                 : padded(text_in(one, "metadata", "name"), 32) + " " + type_of(one) + "\n";
    }
  }
  return print(out) ? kExitSuccess : kExitInternal;
}

/// Of a file as it is; of standard input without the newline at its end.
Result<std::string> secret_of(const Invocation& in, const ParsedOptions& options, bool is_one_line,
                              const std::string& name) {
  if (options.has("--file")) return read_file(options.get("--file"), in.language);
  const auto prompt = say(in.language, {"secret of {}: ", "{} 的内容："}, {name});
  if (in.stdin_is_terminal) std::fprintf(stderr, "%s", prompt.c_str());
  std::string out;
  {
    const EchoOff hidden(in.stdin_is_terminal);
    if (is_one_line) {
      std::getline(std::cin, out);
    } else {
      out.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    }
  }
  if (in.stdin_is_terminal) std::fprintf(stderr, "\n");
  if (is_one_line) {
    while (out.ends_with('\r') || out.ends_with('\n')) out.pop_back();
  }
  if (out.empty()) {
    return fail(ErrorKind::invalid, say(in.language, {"no secret came; type it, or give it by standard input or --file",
                                                      "未收到内容；请输入，或通过标准输入或 --file 提供"}));
  }
  return out;
}

int create(const Invocation& in, const ParsedOptions& options, const Client& client, const std::string& path,
           const std::string& name) {
  const auto user = options.get("--user");
  const auto type = options.get("--type", user.empty() ? "secret-text" : "basic-auth");
  const bool has_user = type == "basic-auth" || type == "ssh-auth";
  if (has_user == user.empty()) {
    return complain(
        has_user ? say(in.language, {"credential: {} needs --user NAME", "credential：{} 需要 --user 名称"}, {type})
                 : say(in.language, {"credential: {} has no user", "credential：{} 没有用户名"}, {type}),
        kExitUsage);
  }
  const auto secret = secret_of(in, options, type == "basic-auth" || type == "secret-text", name);
  if (!secret) return complain_of("credential", secret.error(), in.language);
  const std::string_view key = type == "basic-auth"    ? "password"
                               : type == "secret-text" ? "secret"
                               : type == "ssh-auth"    ? "private_key"
                                                       : "content";
  auto data = Value::map();
  if (has_user) data.set("username", text::encode_base64(user));
  data.set(std::string(key), text::encode_base64(*secret));
  auto body = Value::map_of("apiVersion", "v1", "kind", "Secret", "metadata", Value::map_of("name", name), "type",
                            std::string(kTypePrefix) + type);
  body.set("data", std::move(data));
  const auto made = client.json("POST", path, &body);
  if (!made) return complain_of("credential", made.error(), in.language);
  return print_whole(form_of(options), *made);
}

int run(const Invocation& in, const ParsedOptions& options) {
  auto client = Client::open(in);
  if (!client) return complain_of("credential", client.error(), in.language);
  const auto action = options.get("ACTION", "list"), text = options.get("NAME");
  const auto project = text.substr(0, text.find('/'));
  const auto path = "/kapis/devops.kubesphere.io/v1alpha3/devops/" + percent_encoded(project) + "/credentials";
  if (action == "list" && !project.empty() && project == text)
    return list(in, *client, path, percent_encoded(project), form_of(options));
  const auto slash = text.find('/');
  const auto name = slash == std::string::npos ? std::string() : text.substr(slash + 1);
  if (action == "list" || project.empty() || name.empty() || name.find('/') != std::string::npos) {
    return complain(
        say(in.language,
            {"credential: say list PROJECT, create or delete PROJECT/CREDENTIAL; credential --help shows how",
             "credential：请指定 list 项目，或 create、delete 项目/凭据；用法见 credential --help"}),
        kExitUsage);
  }
  if (action == "create") return create(in, options, *client, path, name);
  const auto gone = client->json("DELETE", path + "/" + percent_encoded(name));
  if (!gone) return complain_of("credential", gone.error(), in.language);
  return print_whole(form_of(options), *gone);
}

}  // namespace

const Command kCredentialCommand{"credential",
                                 {"secrets of a project on the server", "服务器上项目的凭据"},
                                 "list PROJECT | create PROJECT/CREDENTIAL [--type TYPE] [--user NAME] [--file FILE] | "
                                 "delete PROJECT/CREDENTIAL",
                                 kOptions,
                                 {"", ""},
                                 run,
                                 Group::server,
                                 kExamples};

}  // namespace windlass::cli

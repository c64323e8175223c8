// windlass account, member: who may enter a server and who may do what in a project. At the server one is logged in to.
#include <iostream>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/echo_off.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "data/value.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr std::string_view kOurs = "/kapis/windlass.io/v1/";

/// Names go into paths: what an account or a project may be called needs no escaping there.
bool plain_word(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@") ==
             std::string_view::npos;
}

int bad_name(const Invocation& in, std::string_view command, const std::string& name) {
  return complain(
      name.empty()
          ? say(in.language, {"{}: whose? {} --help shows how", "{}：请指定名称；用法见 {} --help"}, {command, command})
          : say(in.language,
                {"{}: ‘{}’ is no name: letters, digits and - _ . @",
                 "{}：“{}”不是有效名称：只能含字母、数字和 - _ . @"},
                {command, without_controls(name)}),
      kExitUsage);
}

int done(std::string_view command, const Result<Value>& answer, Language language) {
  return answer ? kExitSuccess : complain_of(command, answer.error(), language);
}

std::string secret_line(const Invocation& in, const std::string& prompt) {
  if (in.stdin_is_terminal) std::fprintf(stderr, "%s", prompt.c_str());
  const EchoOff hidden(in.stdin_is_terminal);
  std::string line;
  std::getline(std::cin, line);
  if (in.stdin_is_terminal) std::fprintf(stderr, "\n");
  while (line.ends_with('\r') || line.ends_with('\n')) line.pop_back();
  return line;
}

constexpr OptionRow kAccountOptions[] = {
    {"ACTION",
     "list|create|role|disable|enable|password|delete",
     Shape::value,
     {"what to do (default list)", "操作（默认 list）"}},
    {"NAME", "NAME", Shape::value, {"the account", "账户名称"}},
    {"--role", "admin|user", Shape::value, {"for create and role (default user)", "用于 create 与 role（默认 user）"}},
    {"--password-stdin",
     "",
     Shape::flag,
     {"create: read its first password from standard input", "create：从标准输入读取初始密码"}},
    kOutputRow,
};
constexpr Example kAccountExamples[] = {
    {"windlass account create ann --password-stdin", {"an account that can log in", "可登录的账户"}},
    {"windlass account password ann", {"asks for the new one", "询问新密码"}},
    {"windlass account disable ann", {"none of its tokens opens anything", "其所有令牌立即失效"}},
};

int list_accounts(const Invocation& in, const Client& client, Form form) {
  const auto all = client.json("GET", std::string(kOurs) + "accounts");
  if (!all) return complain_of("account", all.error(), in.language);
  std::string out;
  if (const auto* items = all->find("items")) {
    for (const auto& one : items->items()) {
      if (form != Form::words) {
        out += as_item(form, one);
        continue;
      }
      const auto state = one.get_bool("disabled")   ? say(in.language, {"disabled", "已停用"})
                         : one.get_bool("password") ? say(in.language, {"password", "有密码"})
                                                    : say(in.language, {"tokens only", "仅令牌"});
      out += padded(one.get_string("name"), 32) + padded(one.get_string("role"), 8) + state + "\n";
    }
  }
  return print(out) ? kExitSuccess : kExitInternal;
}

int run_account(const Invocation& in, const ParsedOptions& options) {
  auto client = Client::open(in);
  if (!client) return complain_of("account", client.error(), in.language);
  const auto action = options.get("ACTION", "list"), name = options.get("NAME");
  if (action == "list") return list_accounts(in, *client, form_of(options));
  if (!plain_word(name)) return bad_name(in, "account", name);
  const auto path = std::string(kOurs) + "accounts";
  const auto one = path + "/" + name;
  if (action == "create") {
    auto body = Value::map_of("name", name, "role", options.get("--role", "user"));
    if (options.has("--password-stdin")) {
      body.set("password", secret_line(in, say(in.language, {"password of {}: ", "{} 的密码："}, {name})));
    }
    return done("account", client->json("POST", path, &body), in.language);
  }
  if (action == "role") {
    const auto body = Value::map_of("role", options.get("--role", "user"));
    return done("account", client->json("PUT", one, &body), in.language);
  }
  if (action == "disable" || action == "enable") {
    const auto body = Value::map_of("disabled", action == "disable");
    return done("account", client->json("PUT", one, &body), in.language);
  }
  if (action == "password") {
    const auto me = client->json("GET", std::string(kOurs) + "whoami");
    if (!me) return complain_of("account", me.error(), in.language);
    auto body = Value::map();
    if (me->get_string("name") == name) {
      body.set("old", secret_line(in, say(in.language, {"old password of {}: ", "{} 的旧密码："}, {name})));
    }
    body.set("password", secret_line(in, say(in.language, {"new password of {}: ", "{} 的新密码："}, {name})));
    return done("account", client->json("PUT", one + "/password", &body), in.language);
  }
  return done("account", client->json("DELETE", one), in.language);
}

constexpr OptionRow kMemberOptions[] = {
    {"ACTION", "list|set|remove", Shape::value, {"what to do", "操作"}},
    {"PROJECT", "PROJECT", Shape::value, {"the project", "项目名称"}},
    {"NAME", "NAME", Shape::value, {"the account", "账户名称"}},
    {"--role",
     "viewer|developer|maintainer|owner",
     Shape::value,
     {"reads; starts runs; changes pipelines; everything (default viewer)",
      "只读；可运行；可修改流水线；全部权限（默认 viewer）"}},
    kOutputRow,
};
constexpr Example kMemberExamples[] = {
    {"windlass member set shop ann --role developer", {"ann may start runs", "ann 可启动运行"}},
};

int run_member(const Invocation& in, const ParsedOptions& options) {
  auto client = Client::open(in);
  if (!client) return complain_of("member", client.error(), in.language);
  const auto action = options.get("ACTION", "list"), project = options.get("PROJECT"), name = options.get("NAME");
  if (!plain_word(project)) return bad_name(in, "member", project);
  const auto path = std::string(kOurs) + "projects/" + project + "/members";
  if (action == "list") {
    const auto all = client->json("GET", path);
    if (!all) return complain_of("member", all.error(), in.language);
    const auto form = form_of(options);
    std::string out;
    if (const auto* items = all->find("items")) {
      for (const auto& one : items->items()) {
        out += form != Form::words ? as_item(form, one)
                                   : padded(one.get_string("user"), 32) + one.get_string("role") + "\n";
      }
    }
    return print(out) ? kExitSuccess : kExitInternal;
  }
  if (!plain_word(name)) return bad_name(in, "member", name);
  if (action == "set") {
    const auto body = Value::map_of("role", options.get("--role", "viewer"));
    return done("member", client->json("PUT", path + "/" + name, &body), in.language);
  }
  return done("member", client->json("DELETE", path + "/" + name), in.language);
}

}  // namespace

const Command kAccountCommand{
    "account",
    {"accounts of the server", "服务器上的账户"},
    "[list] | create NAME | role NAME --role ROLE | disable|enable|password|delete NAME",
    kAccountOptions,
    {"Passwords are asked for, or read from standard input; they are in no argument. One administrator always remains.",
     "密码以交互方式询问或从标准输入读取，不出现在命令行参数中。始终保留至少一个管理员。"},
    run_account,
    Group::server,
    kAccountExamples};
const Command kMemberCommand{"member",
                             {"who may do what in a project", "项目成员与角色"},
                             "list PROJECT | set PROJECT NAME --role ROLE | remove PROJECT NAME",
                             kMemberOptions,
                             {"", ""},
                             run_member,
                             Group::server,
                             kMemberExamples};

}  // namespace windlass::cli

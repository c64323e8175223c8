// windlass key: the key that seals what is secret in a server's databases.
#include "cli/commands.h"
#include "cli/folder_client.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"ACTION", "rotate", Shape::value, {"what to do", "操作"}},
    {"--data",
     "FOLDER",
     Shape::value,
     {"the folder of the running server; without it the server that one is logged in to is asked",
      "运行中服务器的数据目录；不指定则向已登录的服务器请求"}},
};
constexpr Example kExamples[] = {
    {"windlass key rotate --data F",
     {"then: windlass backup … --keys FILE", "之后请执行：windlass backup … --keys FILE"}},
};

Result<> rotate(const Invocation& in, const std::string& data) {
  std::optional<Client> client;
  if (data.empty()) {
    client.emplace(WL_TRY(Client::open(in)));
  } else {
    auto place = WL_TRY(folder_or_server(in, data));
    if (!place.client) {
      return fail(ErrorKind::unavailable, say(in.language,
                                              {"no server works on {}; start it, a rotation needs no downtime",
                                               "{} 上没有服务器在运行；请先启动，轮换无需停机"},
                                              {data}));
    }
    client = std::move(place.client);
  }
  WL_TRY(client->json("POST", "/kapis/windlass.io/v1/key/rotation"));
  return {};
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.get("ACTION") != "rotate") {
    return complain(
        say(in.language, {"key: what is offered is: windlass key rotate", "key：用法：windlass key rotate"}),
        kExitUsage);
  }
  if (auto done = rotate(in, options.get("--data")); !done) return complain_of("key", done.error(), in.language);
  print(say(in.language, {"every secret is sealed by a new key; copies of the old one open older backups only",
                          "所有机密已改用新密钥加密；旧密钥的副本只能打开更早的备份"}) +
        "\n");
  return kExitSuccess;
}

}  // namespace

const Command kKeyCommand{
    "key",
    {"rotate the key that seals a server's secrets", "轮换服务器的加密密钥"},
    "rotate [--data FOLDER]",
    kOptions,
    {"While the server works. Credentials and what runs were asked for are sealed anew; when the command returns the "
     "old "
     "key opens nothing\nof the server any more. Interrupted by a crash, it goes on with the next start.",
     "在服务器运行时进行。凭证与运行请求会重新加密；命令返回后旧密钥即失效。若因崩溃中断，下次启动后继续。"},
    run,
    Group::server,
    kExamples};

}  // namespace windlass::cli

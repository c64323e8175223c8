// windlass server: the whole service in this process, until SIGTERM. The contract is docs/cli.md.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <chrono>
#include <sys/random.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/terminal_text.h"
#include "server/server.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"--data",
     "FOLDER",
     Shape::value,
     {"where the server keeps everything; made when missing", "服务器的数据目录；不存在则创建"}},
    {"--listen",
     "HOST:PORT",
     Shape::value,
     {"address (default 127.0.0.1:9090; port 0 picks one); plain and TLS on the same port",
      "监听地址（默认 127.0.0.1:9090；端口 0 自动选择）；同一端口支持明文与 TLS"}},
    {"--executors",
     "N",
     Shape::value,
     {"how many `node` blocks run on this host at once (default 2)", "本机可同时运行的 node 块数量（默认 2）"}},
    {"--label",
     "L",
     Shape::repeated,
     {"one label of this host as a node (default: base nodejs maven go python)",
      "本机节点的一个标签（默认：base nodejs maven go python）"}},
    {"--config",
     "FILE",
     Shape::value,
     {"KubeSphere's kubesphere.yaml: authentication.jwtSecret makes its tokens welcome",
      "KubeSphere 的 kubesphere.yaml：设置 authentication.jwtSecret 后接受其令牌"}},
    {"--explain-routes",
     "",
     Shape::flag,
     {"print the routes of KubeSphere's API with the right each asks for, and end",
      "列出 KubeSphere API 的全部路由及所需权限，然后退出"}},
};

constexpr Example kExamples[] = {
    {"windlass server --data ~/windlass", {"on this machine only", "仅本机"}},
    {"kubectl --kubeconfig <(windlass kubeconfig --data ~/windlass) get pipelines -A",
     {"kubectl against it", "用 kubectl 访问"}},
};

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::uint64_t random_bits() {
  std::uint64_t out = 0;
  if (::getrandom(&out, sizeof out, 0) != sizeof out) std::abort();  // the kernel has no randomness: nothing is safe
  return out;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--explain-routes")) return print(server::explain_routes()) ? kExitSuccess : kExitInternal;
  const auto folder = options.get("--data");
  if (folder.empty()) {
    return complain(
        say(in.language, {"server: --data FOLDER says where to keep everything", "server：请用 --data 指定数据目录"}),
        kExitUsage);
  }
  boost::asio::io_context io(1);
  server::ServerOptions server_options;
  server_options.data_folder = folder;
  server_options.listen = options.get("--listen", "127.0.0.1:9090");
  if (const auto config = options.get("--config"); !config.empty()) {
    auto read = server::read_config(absolute_path(in.working_folder, config));
    if (!read) return complain("server: " + read.error().message, kExitUsage);
    server_options.config = std::move(*read);
  }
  server_options.version = std::string(kVersion);
  const auto executors = options.get("--executors", "2");
  const auto parsed = std::from_chars(executors.data(), executors.data() + executors.size(), server_options.executors);
  if (parsed.ec != std::errc() || parsed.ptr != executors.data() + executors.size() || server_options.executors < 0 ||
      server_options.executors > 10'000) {
    return complain(say(in.language, {"server: --executors takes a number from 0 to 10000, not " + executors,
                                      "server：--executors 须为 0 到 10000 的数字，而不是 " + executors}),
                    kExitUsage);
  }
  server_options.labels = options.all("--label");
  if (server_options.labels.empty()) server_options.labels = {"base", "nodejs", "maven", "go", "python"};
  server_options.now_millis = now_millis;
  server_options.random = random_bits;
  server_options.log = [](std::string_view line) {
    std::fprintf(stderr, "windlass: %.*s\n", static_cast<int>(line.size()), line.data());
  };
  auto server = server::Server::start(io, std::move(server_options));
  if (!server) return complain("server: " + server.error().text(), kExitInternal);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) (*server)->stop();
  });
  io.run();
  return kExitSuccess;
}

}  // namespace

const Command kServerCommand{"server",
                             {"serve projects, pipelines and runs over HTTP and the Kubernetes protocol",
                              "通过 HTTP 与 Kubernetes 协议提供服务"},
                             "--data FOLDER [--listen HOST:PORT] [--config FILE] | --explain-routes",
                             kOptions,
                             {"Everything but health checks needs a token: windlass token create. The folder must be "
                              "yours alone (0700); a second\n"
                              "server on the same folder is refused. Stop it with SIGTERM.",
                              "除健康检查外都需要令牌：windlass token "
                              "create。数据目录须仅归本人（0700）；同一目录不能有第二个服务器。用 SIGTERM 停止。"},
                             run,
                             Group::server,
                             kExamples};

}  // namespace windlass::cli

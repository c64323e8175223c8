// windlass server: the whole service in this process, until SIGTERM. The contract is docs/cli.md.
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/random.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/service_manager.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "kube/load_access.h"
#include "server/replica.h"
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
    {"--park-after",
     "SECONDS",
     Shape::value,
     {"a run that only waits leaves memory after so long (default 30); it comes back when something is due",
      "仅在等待的运行超过该时间后移出内存（默认 30 秒）；到期时自动恢复"}},
    {"--label",
     "L",
     Shape::repeated,
     {"one label of this host as a node (default: base nodejs maven go python; with --agents-listen none)",
      "本机节点的一个标签（默认：base nodejs maven go python；使用 --agents-listen 时没有）"}},
    {"--config",
     "FILE",
     Shape::value,
     {"kubesphere.yaml, with our own keys below windlass; read again on SIGHUP and when it changes",
      "kubesphere.yaml，自有配置位于 windlass 之下；收到 SIGHUP 或文件变化时重新读取"}},
    {"--config-may-be-missing",
     "",
     Shape::flag,
     {"the file of --config may be missing and come later", "--config 指定的文件可以暂缺，稍后出现"}},
    {"--plain",
     "loopback|everywhere",
     Shape::value,
     {"from where plain HTTP is taken (default: what the file of --config says, else loopback)",
      "接受明文 HTTP 的来源（默认以 --config 文件为准，否则仅本机回环）"}},
    {"--key",
     "FILE",
     Shape::value,
     {"the key that seals credentials, kept elsewhere than in the folder (32 bytes; older ones in FILE.old)",
      "用于加密凭证的密钥文件，存放于数据目录之外（32 字节；旧密钥在 FILE.old）"}},
    {"--cluster",
     "",
     Shape::flag,
     {"the objects are those of a Kubernetes cluster, which drive this server; several replicas may wait for their "
      "turn",
      "使用 Kubernetes 集群中的对象驱动本服务器；可有多个副本等待接管"}},
    {"--kubeconfig",
     "FILE",
     Shape::value,
     {"which cluster and as whom (default: KUBECONFIG, ~/.kube/config, the pod that this runs in)",
      "集群与身份（默认：KUBECONFIG、~/.kube/config、所在的 Pod）"}},
    {"--context",
     "NAME",
     Shape::value,
     {"of the kubeconfig (default: its current one)", "kubeconfig 中的上下文（默认：当前上下文）"}},
    {"--namespace",
     "NAMESPACE",
     Shape::value,
     {"where the pods of agents and the lease of the leader are (default kubesphere-devops-worker)",
      "Agent Pod 与主副本租约所在的命名空间（默认 kubesphere-devops-worker）"}},
    {"--project-role",
     "CLUSTERROLE",
     Shape::value,
     {"Secrets and ConfigMaps are read and written in projects only: the server binds this ClusterRole to itself in "
      "their namespaces",
      "仅在项目内读写 Secret 与 ConfigMap：服务器在项目命名空间中将此 ClusterRole 绑定给自身"}},
    {"--agents-listen",
     "HOST:PORT",
     Shape::value,
     {"pods of the cluster are agents and call here, by https:// or http://, and for nothing else",
      "集群中的 Pod 作为 Agent 并连接到此地址（https:// 或 http://，仅此用途）"}},
    {"--agents-url",
     "URL",
     Shape::value,
     {"the same address as pods reach it: https://SERVICE.NAMESPACE:PORT, or http:// for plain connections (default: "
      "jenkinsUrl of --casc, else https:// and the address itself)",
      "Pod 访问该地址所用的 URL：https://SERVICE.NAMESPACE:PORT，明文则用 http://（默认：--casc 中的 "
      "jenkinsUrl，否则为 "
      "https:// 加该地址本身）"}},
    {"--agent-image",
     "IMAGE",
     Shape::value,
     {"image with windlass-agent and windlass-worker (default windlass/agent:VERSION)",
      "包含 windlass-agent 与 windlass-worker 的镜像（默认 windlass/agent:VERSION）"}},
    {"--first-password",
     "FOLDER",
     Shape::value,
     {"files jenkins-admin-user and jenkins-admin-password, a mounted Secret: the first administrator's, while none "
      "has "
      "a password; may be missing",
      "包含 jenkins-admin-user 与 jenkins-admin-password 文件的目录（挂载的 "
      "Secret）：尚无管理员设置密码时用作首个管理员的密码；可缺失"}},
    {"--casc",
     "PATH",
     Shape::value,
     {"Jenkins' Configuration as Code, a file or a folder; read again when it changes",
      "Jenkins 配置即代码，文件或目录；变化时重新读取"}},
    {"--casc-map",
     "NAMESPACE/NAME",
     Shape::value,
     {"the ConfigMap with Configuration as Code, watched (default kubesphere-devops-system/jenkins-casc-config, with "
      "--casc none; - is none)",
      "包含配置即代码并被监视的 ConfigMap（默认 kubesphere-devops-system/jenkins-casc-config；给出 --casc 时无；- "
      "表示无）"}},
    {"--lease",
     "NAME",
     Shape::value,
     {"what the lease is called (default windlass-server); replicas with one lease work in turn",
      "租约名称（默认 windlass-server）；同一租约的副本轮流工作"}},
    {"--log-format",
     "text|json",
     Shape::value,
     {"lines of the log on standard error: text, or one JSON object each (default text)",
      "标准错误日志的格式：文本，或每行一个 JSON 对象（默认文本）"}},
    {"--explain-routes",
     "",
     Shape::flag,
     {"print the routes of KubeSphere's API with the right each asks for, and end",
      "列出 KubeSphere API 的全部路由及所需权限，然后退出"}},
};

constexpr std::string_view kWorkersNamespace = "kubesphere-devops-worker", kLease = "windlass-server";
constexpr std::string_view kCascMap = "kubesphere-devops-system/jenkins-casc-config";
constexpr int kExitReplaced = 75;

constexpr Example kExamples[] = {
    {"windlass server --data ~/windlass", {"on this machine only", "仅本机"}},
    {"windlass server --data /var/lib/windlass --cluster",
     {"in, or beside, a Kubernetes cluster", "在 Kubernetes 集群中或集群外运行"}},
    {"kubectl --kubeconfig <(windlass kubeconfig --data ~/windlass) get pipelines -A",
     {"kubectl against it", "用 kubectl 访问"}},
};

constexpr ExitCode kExits[] = {
    {kExitSuccess, {"stopped by a signal", "收到信号后停止"}},
    {kExitUsage, {"the options, the folder or the kubeconfig cannot be used", "参数、数据目录或 kubeconfig 无法使用"}},
    {kExitInternal, {"it could not begin; the sentence says why", "无法启动；输出说明原因"}},
    {kExitReplaced, {"another replica may lead: start it again, and it waits", "其他副本可能已接管：重新启动即可等待"}},
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

std::int64_t monotonic_micros() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

/// One line, in one write: lines of several threads do not mix.
void log_line(std::string_view line, bool json) {
  std::string out;
  if (json) {
    const auto millis = now_millis();
    const std::time_t seconds = millis / 1000;
    std::tm utc{};
    std::array<char, 32> text{};
    ::gmtime_r(&seconds, &utc);
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    auto fraction = std::to_string(1000 + millis % 1000).substr(1);
    out = data::format_json(data::Value::map_of("time", std::string(text.data(), size) + "." + fraction + "Z",
                                                "message", std::string(line)));
  } else {
    // What others have named is in some of them: nobody writes a line of his own, or to a terminal.
    out = "windlass: ";
    for (const char c : line) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte != 0x7F) {
        out += c;
      } else if (c == '\n') {
        out += "\\n";
      } else {
        out.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xF]);
      }
    }
  }
  out += '\n';
  (void)!::write(STDERR_FILENO, out.data(), out.size());
}

/// Less than a twentieth of what this process may use is left: of its control group, of the machine.
bool memory_is_short() {
  const auto number_in = [](const char* path) -> std::optional<double> {
    std::ifstream file(path);
    double value = 0;
    return file >> value ? std::optional(value) : std::nullopt;  // "max" is no number
  };
  constexpr double kEnough = 0.95;
  const auto most = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (most && used && *used > *most * kEnough) return true;
  std::ifstream machine("/proc/meminfo");
  double total = 0;
  double available = -1;
  std::string name;
  std::string rest;
  double value = 0;
  while (machine >> name >> value && std::getline(machine, rest)) {
    if (name == "MemTotal:") total = value;
    if (name == "MemAvailable:") available = value;
  }
  return total > 0 && available >= 0 && available < total * (1 - kEnough);
}

/// This server's place in a cluster: whose turn it is, and the connection.
Result<std::unique_ptr<server::Replica>> make_replica(boost::asio::io_context& io, const Invocation& in,
                                                      const ParsedOptions& options,
                                                      const server::ServerOptions& given) {
  auto path = options.get("--kubeconfig");
  if (!path.empty()) path = absolute_path(in.working_folder, path);
  server::ReplicaOptions out;
  out.surroundings = kube::real_surroundings(in.environment);
  out.access = WL_TRY(kube::load_access(path, options.get("--context"), out.surroundings));
  out.data_folder = given.data_folder;
  out.listen = given.listen;
  out.version = given.version;
  out.log = given.log;
  out.lease_namespace = options.get("--namespace", kWorkersNamespace);
  out.lease_name = options.get("--lease", kLease);
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) out.host = host.data();
  out.end = [log = given.log](const std::string& why) {
    log("ends at once and does nothing more: " + why);
    std::_Exit(kExitReplaced);  // whatever else this process would still do, another may be doing
  };
  return server::Replica::make(io, std::move(out));
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
  if (const auto config = options.get("--config"); !config.empty()) {
    auto read = server::read_config(absolute_path(in.working_folder, config));
    const bool is_missing = !read && read.error().kind == ErrorKind::not_found;
    if (!read && !(is_missing && options.has("--config-may-be-missing"))) {
      return complain("server: " + error_text(read.error(), in.language), kExitUsage);
    }
    if (read) server_options.config = std::move(*read);
    server_options.config_file = absolute_path(in.working_folder, config);
  }
  const auto& file = server_options.config;
  server_options.listen = options.get("--listen", file.listen.value_or("127.0.0.1:9090"));
  server_options.executors_given = options.has("--executors");
  if (options.has("--key")) server_options.key_file = absolute_path(in.working_folder, options.get("--key"));
  server_options.version = std::string(kVersion);
  const auto executors = options.get("--executors", std::to_string(file.executors.value_or(2)));
  const auto parsed = std::from_chars(executors.data(), executors.data() + executors.size(), server_options.executors);
  if (parsed.ec != std::errc() || parsed.ptr != executors.data() + executors.size() || server_options.executors < 0 ||
      server_options.executors > 10'000) {
    return complain(say(in.language, {"server: --executors takes a number from 0 to 10000, not " + executors,
                                      "server：--executors 须为 0 到 10000 的数字，而不是 " + executors}),
                    kExitUsage);
  }
  const auto park = options.get("--park-after", "30");
  double seconds = 0;
  const auto read = std::from_chars(park.data(), park.data() + park.size(), seconds);
  if (read.ec != std::errc() || read.ptr != park.data() + park.size() || !(seconds >= 0 && seconds <= 86'400)) {
    return complain(say(in.language, {"server: --park-after takes seconds from 0 to 86400, not " + park,
                                      "server：--park-after 须为 0 到 86400 的秒数，而不是 " + park}),
                    kExitUsage);
  }
  server_options.park_after_millis = static_cast<std::int64_t>(seconds * 1000);
  server_options.memory_is_short = memory_is_short;
  // Crash tests: `runs/POINT:N` or `engine/POINT:N` names the place where this process dies.
  const auto crash_at = in.env("WINDLASS_TEST_CRASH_AT");
  Fault fault(crash_at.starts_with("runs/")     ? crash_at.substr(5)
              : crash_at.starts_with("engine/") ? crash_at.substr(7)
                                                : std::string());
  server_options.fault = &fault;
  server_options.labels = options.all("--label");
  if (server_options.labels.empty()) server_options.labels = file.labels.value_or(std::vector<std::string>());
  // Where pods are agents these are labels of theirs, and the host has what somebody gives it.
  if (server_options.labels.empty() && !options.has("--agents-listen")) {
    server_options.labels = {"base", "nodejs", "maven", "go", "python"};
  }
  server_options.now_millis = now_millis;
  server_options.random = random_bits;
  const auto as_json = std::make_shared<std::atomic<bool>>(file.json_log || options.get("--log-format") == "json");
  const bool format_given = options.has("--log-format");
  server_options.log = [as_json](std::string_view line) { log_line(line, *as_json); };
  server_options.set_log_format = [as_json, format_given](bool json) {
    if (!format_given) *as_json = json;
  };
  const ServiceManager manager(in.env("NOTIFY_SOCKET"));
  const bool in_cluster = options.has("--cluster");
  const bool has_agents = options.has("--agents-listen");
  for (const std::string_view of_cluster :
       {"--kubeconfig", "--context", "--namespace", "--lease", "--project-role", "--agents-url", "--agent-image"}) {
    const bool of_objects = of_cluster == "--namespace" || of_cluster == "--lease" || of_cluster == "--project-role";
    if (!in_cluster && options.has(of_cluster) && (of_objects || !has_agents)) {
      return complain(
          of_objects ? say(in.language,
                           {"server: {} means something with --cluster only", "server：{} 仅与 --cluster 一起使用"},
                           {of_cluster})
                     : say(in.language,
                           {"server: {} means something with --cluster or --agents-listen only",
                            "server：{} 仅与 --cluster 或 --agents-listen 一起使用"},
                           {of_cluster}),
          kExitUsage);
    }
  }
  server_options.project_role = options.get("--project-role");
  if (options.has("--plain")) server_options.plain_everywhere = options.get("--plain") == "everywhere";
  auto& pods = server_options.pod_agents;
  pods.listen = options.get("--agents-listen");
  pods.url = options.get("--agents-url", pods.listen.starts_with("0.0.0.0") || pods.listen.starts_with("[::]")
                                             ? std::string()
                                             : "https://" + pods.listen);
  pods.image = options.get("--agent-image", "windlass/agent:" + std::string(kVersion));
  if (options.has("--first-password")) {
    server_options.first_password = absolute_path(in.working_folder, options.get("--first-password"));
  }
  auto& casc = server_options.casc;
  if (options.has("--casc")) casc.path = absolute_path(in.working_folder, options.get("--casc"));
  const auto map = options.get("--casc-map", casc.path.empty() ? kCascMap : "-");
  if (const auto slash = map.find('/'); slash != std::string::npos && slash != 0 && slash + 1 < map.size()) {
    casc.map_namespace = map.substr(0, slash);
    casc.map_name = map.substr(slash + 1);
  } else if (map != "-") {
    return complain(say(in.language,
                        {"server: --casc-map takes NAMESPACE/NAME or -, not {}",
                         "server：--casc-map 须为 NAMESPACE/NAME 或 -，而不是 {}"},
                        {map}),
                    kExitUsage);
  }
  casc.variable = [&in](const std::string& name) { return std::string(in.env(name)); };
  pods.surroundings = kube::real_surroundings(in.environment);
  if (!in_cluster && has_agents) {
    auto path = options.get("--kubeconfig");
    if (!path.empty()) path = absolute_path(in.working_folder, path);
    auto access = kube::load_access(path, options.get("--context"), pods.surroundings);
    // Clouds may all name their own; what was asked for must be there.
    const bool asked = options.has("--kubeconfig") || options.has("--context");
    if (!access && (asked || access.error().kind != ErrorKind::not_found)) {
      return complain("server: " + error_text(access.error(), in.language), kExitUsage);
    }
    if (access) pods.access = std::move(*access);
  }
  std::unique_ptr<server::Replica> replica;
  if (in_cluster) {
    auto made = make_replica(io, in, options, server_options);
    if (!made) return complain("server: " + error_text(made.error(), in.language), kExitUsage);
    replica = std::move(*made);
    server_options.replica = replica.get();
  }
  // From here on: whoever is told that it is ready may end it at once.
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  boost::asio::signal_set hang_up(io, SIGHUP);
  std::unique_ptr<server::Server> server;
  const auto begin = [&]() -> Result<> {
    server = WL_TRY(server::Server::start(io, std::move(server_options)));
    manager.tell("READY=1\nSTATUS=" + server->address() + "\nMAINPID=" + std::to_string(::getpid()));
    return {};
  };
  Result<> begun;
  if (!replica) {
    if (begun = begin(); !begun) return complain("server: " + error_text(begun.error(), in.language), kExitInternal);
  }
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    manager.tell("STOPPING=1");
    hang_up.cancel();
    if (server) {
      server->stop();
    } else {
      replica->stop();
    }
  });
  std::function<void()> wait_for_reload = [&] {
    hang_up.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      manager.tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_micros()));
      if (server) server->reload();
      manager.tell("READY=1");
      wait_for_reload();
    });
  };
  wait_for_reload();
  if (replica) {
    manager.tell("READY=1\nSTATUS=stands by\nMAINPID=" + std::to_string(::getpid()));
    replica->start([&](Result<> turn) {
      begun = turn ? begin() : std::move(turn);
      if (!begun) io.stop();
    });
  }
  io.run();
  if (!begun) complain("server: " + error_text(begun.error(), in.language), kExitInternal);
  server.reset();
  if (replica) replica->release();
  return begun ? kExitSuccess : kExitInternal;
}

}  // namespace

const Command kServerCommand{
    "server",
    {"serve projects, pipelines and runs over HTTP and the Kubernetes protocol",
     "通过 HTTP 与 Kubernetes 协议提供服务"},
    "--data FOLDER [--listen HOST:PORT] [--config FILE] [--log-format text|json] [--cluster [--kubeconfig FILE] "
    "[--context NAME]] | --explain-routes",
    kOptions,
    {"Everything but health checks needs a token: windlass token create. The folder must be "
     "yours alone (0700); a second\n"
     "server on the same folder is refused, or with --cluster waits for its turn. Stop it with SIGTERM.",
     "除健康检查外都需要令牌：windlass token "
     "create。数据目录须仅归本人（0700）；同一目录不能有第二个服务器（使用 --cluster 时则等待接管）。用 SIGTERM "
     "停止。"},
    run,
    Group::server,
    kExamples,
    kExits};

}  // namespace windlass::cli

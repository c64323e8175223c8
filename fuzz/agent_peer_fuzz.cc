// links: windlass::nodes
// A hostile agent at the other end of a conversation: frames of every type about tasks that are started, attached to,
// stopped and forgotten meanwhile, raw bytes, and ends. What the server is told of a task keeps its promises whatever
// comes: output gapless, nothing after the end, one end, no event of a task that nobody has begun (T22, T23).
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "agentproto/codec.h"
#include "nodes/agent_connection.h"

using namespace windlass;
using namespace windlass::agentproto;

namespace {

void promise(bool is_kept) {
  if (!is_kept) __builtin_trap();
}

struct Input {
  std::string_view rest;
  std::uint8_t byte() {
    if (rest.empty()) return 0;
    const auto out = static_cast<std::uint8_t>(rest[0]);
    rest.remove_prefix(1);
    return out;
  }
  std::string bytes() {
    const auto count = std::min<std::size_t>(byte(), rest.size());
    std::string out(rest.substr(0, count));
    rest.remove_prefix(count);
    return out;
  }
  std::string token() { return std::string("t") + static_cast<char>('0' + byte() % 4); }
  /// Small ones, and those at which sums overflow.
  std::uint64_t number() {
    const auto first = byte();
    return first < 250 ? first : UINT64_MAX - (first - 250U);
  }
};

struct Watcher final : nodes::AgentEvents {
  struct Task {
    std::uint64_t at[2] = {0, 0};
    bool is_over = false, is_told = false;
  };
  std::map<std::string, Task, std::less<>> open;
  bool is_gone = false;

  Task& task(std::string_view token) {
    const auto found = open.find(token);
    promise(found != open.end() && !found->second.is_over);
    return found->second;
  }
  void on_ready(std::string_view) override { promise(!is_gone); }
  void on_started(std::string_view token, std::int64_t) override {
    auto& one = task(token);
    promise(!one.is_told);  // there is one link here, or each was told once
    one.is_told = true;
  }
  void on_output(std::string_view token, nodes::Stream stream, std::uint64_t offset, std::string_view bytes) override {
    auto& at = task(token).at[static_cast<unsigned>(stream)];
    promise(offset == at && !bytes.empty());
    at += bytes.size();
  }
  void on_exit(std::string_view token, const nodes::TaskExit& exit) override {
    auto& one = task(token);
    promise(exit.log_bytes <= one.at[0] && exit.out_bytes <= one.at[1] && exit.elapsed.count() >= 0);
    one.is_over = true;
  }
  void on_start_failed(std::string_view token, const Error&) override {
    (void)task(token), open.erase(open.find(token));
  }
  void on_resumed(std::string_view token, nodes::TaskState state) override {
    (void)task(token);
    if (state == nodes::TaskState::unknown || state == nodes::TaskState::lost) open.erase(open.find(token));
  }
  void on_lost(std::string_view token, const Error&) override {
    const auto found = open.find(token);
    promise(found != open.end());
    open.erase(found);
  }
  void on_cookie_killed(std::string_view cookie, std::uint32_t) override { promise(cookie == "c"); }
  void on_gone(const Error&) override {
    promise(!is_gone);
    is_gone = true;
  }
};

/// One frame of a type and about a task that the input chooses.
std::string frame_of(Input& in) {
  std::string out;
  const auto token = in.token();
  switch (in.byte() % 12) {
    case 0:
      append_frame(out, Welcome{.instance = in.byte() % 2 ? "one" : "two", .boot_id = "b", .epoch = 1, .version = "v"});
      break;
    case 1:
      append_frame(out, Started{token, in.number()});
      break;
    case 2: {
      const auto text = in.bytes();
      append_frame(out, StartFailed{token, text});
      break;
    }
    case 3: {
      Output output{.token = token, .stream = static_cast<std::uint8_t>(in.byte() % 3), .offset = in.number()};
      const auto text = in.bytes();
      output.bytes = text;
      append_frame(out, output);
      break;
    }
    case 4:
      append_frame(out, Exit{.token = token,
                             .code = in.byte(),
                             .signal = in.byte(),
                             .elapsed_ms = in.number(),
                             .log_bytes = in.number(),
                             .out_bytes = in.number()});
      break;
    case 5: {
      Known known;
      known.items.push_back({token, static_cast<State>(in.byte() % 4)});
      known.items.push_back({in.token(), static_cast<State>(in.byte() % 4)});
      append_frame(out, known);
      break;
    }
    case 6:
      append_frame(out, CookieKilled{.cookie = in.byte() % 2 ? "c" : "d", .killed = in.byte()});
      break;
    case 7:
      append_frame(out, Ping{in.number()});
      break;
    case 8:
      append_frame(out, Surroundings{{in.bytes()}});
      break;
    case 9:
      append_frame(out, Memory{in.number(), in.number(), in.number()});
      break;
    case 10:
      if (in.byte() == 7) append_frame(out, Refused{static_cast<std::uint8_t>(in.byte() % 5), "no"});
      break;
    default:
      out = in.bytes();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in{{reinterpret_cast<const char*>(data), size}};
  Watcher watcher;
  proc::Fd peer;
  int calls = 0;
  nodes::RemoteAgentOptions options;
  options.name = "pod";
  options.owner = "run";
  options.reach = [&]() -> Result<proc::Fd> {
    int ends[2];
    if (++calls > 3 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
      return fail(ErrorKind::unavailable, "it is gone");
    }
    peer = proc::Fd(ends[1]);
    for (auto& [token, task] : watcher.open) task.is_told = false;
    return proc::Fd(ends[0]);
  };
  auto made = nodes::call_agent(std::move(options), watcher);
  if (!made) return 0;
  auto& connection = **made;
  while (!in.rest.empty()) {
    switch (in.byte() % 16) {
      case 0: {
        const auto token = in.token();
        if (watcher.open.contains(token)) break;  // a token is started once
        nodes::TaskSpec spec;
        spec.token = token;
        spec.script = "true";
        if (connection.start(spec)) watcher.open.try_emplace(token);
        break;
      }
      case 1: {
        const auto token = in.token();
        const nodes::TaskResume task{token, in.byte() % 2 ? "one" : "two", in.byte(), in.byte()};
        if (watcher.open.contains(token)) break;
        if (connection.resume(task)) watcher.open[token] = {.at = {task.log_offset, task.out_offset}};
        break;
      }
      case 2: {
        const auto token = in.token();
        connection.forget(token);
        watcher.open.erase(token);
        break;
      }
      case 3:
        connection.stop(in.token(), std::chrono::milliseconds(in.byte()));
        break;
      case 4:
        connection.kill_by_cookie("c", std::chrono::milliseconds(1));
        break;
      case 5:
        connection.ack(in.token(), nodes::Stream::log, in.number());
        break;
      case 6:
        peer.reset();
        break;
      default: {
        const auto frame = frame_of(in);
        if (peer.is_open()) (void)!::send(peer.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      }
    }
    connection.pump();
  }
  return 0;
}

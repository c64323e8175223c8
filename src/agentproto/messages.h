// The messages of the agent protocol as plain structs. Pure data: no I/O, no meaning beyond docs/formats/agent.md §2.
// Each struct lists its fields once, for writing and reading; the order there is the order on the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::agentproto {

inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::uint32_t kMaxFrame = 16U << 20U;  ///< bytes after the length field
inline constexpr std::uint32_t kMaxList = 65'536;
inline constexpr std::size_t kMaxToken = 128;

enum class Type : std::uint8_t {
  hello = 0x01,
  welcome = 0x02,
  refused = 0x03,
  start = 0x04,
  started = 0x05,
  start_failed = 0x06,
  output = 0x07,
  ack = 0x08,
  exit = 0x09,
  query = 0x0a,
  known = 0x0b,
  stop = 0x0c,
  forget = 0x0d,
  kill_cookie = 0x0e,
  cookie_killed = 0x0f,
  ping = 0x10,
  pong = 0x11,
  goodbye = 0x12,
  surroundings = 0x13,
  memory = 0x14,
  spawn = 0x40,
  task = 0x41,
  table = 0x42,
  grown = 0x43,
  owner = 0x44,
};

inline constexpr std::uint8_t kStreamLog = 0;
inline constexpr std::uint8_t kStreamOut = 1;
inline constexpr std::uint8_t kModeScript = 0;
inline constexpr std::uint8_t kModeArgv = 1;
inline constexpr std::uint8_t kKindShell = 0;
inline constexpr std::uint8_t kKindHashBang = 1;
inline constexpr std::uint8_t kKindArgv = 2;
inline constexpr std::uint8_t kRefusedStaleEpoch = 1;
inline constexpr std::uint8_t kRefusedProtocol = 2;
inline constexpr std::uint8_t kRefusedSuperseded = 3;
inline constexpr std::uint8_t kOwnerConnected = 0;
inline constexpr std::uint8_t kOwnerDisconnected = 1;
inline constexpr std::uint8_t kOwnerGoodbye = 2;
inline constexpr std::uint8_t kOwnerRefused = 3;
inline constexpr std::uint8_t kOwnerSuperseded = 4;

enum class State : std::uint8_t { unknown = 0, running = 1, ended = 2, lost = 3 };

struct Hello {
  static constexpr Type kType = Type::hello;
  std::string owner;
  std::uint64_t epoch = 0;
  void fields(auto& f) { f(owner), f(epoch); }
};
struct Welcome {
  static constexpr Type kType = Type::welcome;
  std::string instance, boot_id;
  std::uint64_t epoch = 0;
  std::string version;
  void fields(auto& f) { f(instance), f(boot_id), f(epoch), f(version); }
};
struct Refused {
  static constexpr Type kType = Type::refused;
  std::uint8_t reason = 0;
  std::string text;
  void fields(auto& f) { f(reason), f(text); }
};
struct Start {
  static constexpr Type kType = Type::start;
  std::string token;
  std::uint8_t mode = kModeScript, capture_stdout = 0;
  std::string control_dir, cwd, cookie, script;
  std::vector<std::string> argv, env;
  std::uint8_t inherit_env = 0;  ///< `env` goes on top of what the agent itself was given
  void fields(auto& f) {
    f(token), f(mode), f(capture_stdout), f(control_dir), f(cwd), f(cookie), f(script), f(argv), f(env), f(inherit_env);
  }
};
/// What the agent itself was given: a container's environment, without what is the agent's alone.
struct Surroundings {
  static constexpr Type kType = Type::surroundings;
  std::vector<std::string> env;
  void fields(auto& f) { f(env); }
};
/// How much memory the agent's container has used; told when it has grown, and before the end of a task if the kernel
/// has ended a process of it.
struct Memory {
  static constexpr Type kType = Type::memory;
  std::uint64_t peak = 0, limit = 0, kills = 0;
  void fields(auto& f) { f(peak), f(limit), f(kills); }
};
struct Started {
  static constexpr Type kType = Type::started;
  std::string token;
  std::uint64_t pid = 0;
  void fields(auto& f) { f(token), f(pid); }
};
struct StartFailed {
  static constexpr Type kType = Type::start_failed;
  std::string token, text;
  void fields(auto& f) { f(token), f(text); }
};
struct Output {
  static constexpr Type kType = Type::output;
  std::string token;
  std::uint8_t stream = kStreamLog;
  std::uint64_t offset = 0;
  std::string_view bytes;  ///< read: a view into the frame
  void fields(auto& f) { f(token), f(stream), f(offset), f(bytes); }
};
struct Ack {
  static constexpr Type kType = Type::ack;
  std::string token;
  std::uint8_t stream = kStreamLog;
  std::uint64_t offset = 0;
  void fields(auto& f) { f(token), f(stream), f(offset); }
};
struct Exit {
  static constexpr Type kType = Type::exit;
  std::string token;
  std::uint32_t code = 0, signal = 0;
  std::uint64_t elapsed_ms = 0, log_bytes = 0, out_bytes = 0;
  void numbers(auto& f) { f(code), f(signal), f(elapsed_ms), f(log_bytes), f(out_bytes); }
  void fields(auto& f) { f(token), numbers(f); }
};
struct Query {
  static constexpr Type kType = Type::query;
  struct Item {
    std::string token;
    std::uint64_t log_offset = 0, out_offset = 0;
    void fields(auto& f) { f(token), f(log_offset), f(out_offset); }
  };
  std::vector<Item> items;
  void fields(auto& f) { f(items); }
};
struct Known {
  static constexpr Type kType = Type::known;
  struct Item {
    std::string token;
    State state = State::unknown;
    void fields(auto& f) { f(token), f(state); }
  };
  std::vector<Item> items;
  void fields(auto& f) { f(items); }
};
struct Stop {
  static constexpr Type kType = Type::stop;
  std::string token;
  std::uint32_t grace_ms = 0;
  void fields(auto& f) { f(token), f(grace_ms); }
};
struct Forget {
  static constexpr Type kType = Type::forget;
  std::string token;
  void fields(auto& f) { f(token); }
};
struct KillCookie {
  static constexpr Type kType = Type::kill_cookie;
  std::string cookie;
  std::uint32_t grace_ms = 0;
  void fields(auto& f) { f(cookie), f(grace_ms); }
};
struct CookieKilled {
  static constexpr Type kType = Type::cookie_killed;
  std::string cookie;
  std::uint32_t killed = 0;
  void fields(auto& f) { f(cookie), f(killed); }
};
struct Ping {
  static constexpr Type kType = Type::ping;
  std::uint64_t nonce = 0;
  void fields(auto& f) { f(nonce); }
};
struct Pong {
  static constexpr Type kType = Type::pong;
  std::uint64_t nonce = 0;
  void fields(auto& f) { f(nonce); }
};
struct Goodbye {
  static constexpr Type kType = Type::goodbye;
  void fields(auto&) {}
};
struct Spawn {
  static constexpr Type kType = Type::spawn;
  std::string token, owner;
  std::uint8_t kind = kKindShell, capture_stdout = 0;
  std::string control_dir, cwd, cookie, program;
  std::vector<std::string> argv, env;
  void fields(auto& f) {
    f(token), f(owner), f(kind), f(capture_stdout), f(control_dir), f(cwd), f(cookie), f(program), f(argv), f(env);
  }
};
struct Task {
  static constexpr Type kType = Type::task;
  std::string token, owner;
  State state = State::running;
  std::uint64_t pid = 0, pid_start = 0;
  std::string control_dir, cookie;
  Exit exit;  ///< its token is not sent
  std::uint8_t spilled = 0;
  std::string log_head, out_head;
  void fields(auto& f) {
    f(token), f(owner), f(state), f(pid), f(pid_start), f(control_dir), f(cookie);
    exit.numbers(f);
    f(spilled), f(log_head), f(out_head);
  }
};
struct Table {
  static constexpr Type kType = Type::table;
  std::string instance, boot_id;
  void fields(auto& f) { f(instance), f(boot_id); }
};
struct Grown {
  static constexpr Type kType = Type::grown;
  std::string token;
  std::uint64_t log_bytes = 0, out_bytes = 0;
  void fields(auto& f) { f(token), f(log_bytes), f(out_bytes); }
};
struct Owner {
  static constexpr Type kType = Type::owner;
  std::string owner;
  std::uint64_t epoch = 0;
  std::uint8_t state = kOwnerConnected;
  void fields(auto& f) { f(owner), f(epoch), f(state); }
};

/// A token is a file name too: 1..128 of [A-Za-z0-9._-], not beginning with a dot.
bool is_valid_token(std::string_view token);

}  // namespace windlass::agentproto

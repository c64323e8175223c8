// The dialer: the connection from a pod to its server. It calls the server, proves by its secret which agent it is, and
// carries the bytes of channels between that one WebSocket and the sockets of the pod's links.
//
// A process of its own, started by the shim and started again whenever it dies. It holds nothing: when it goes, every
// channel ends, and the server's ends take their conversations up again by offset. The secret comes by a descriptor,
// so that it stands in nobody's arguments and in no environment; what the server gives for it goes to the shim, which
// outlives us, before the server hears that it is kept. Source: docs/formats/agent.md §6.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/server_stream.h"
#include "base/result.h"
#include "proc/fd.h"
#include "proc/write_queue.h"
#include "websocket/frames.h"

namespace windlass::agent {

/// Where a server is called. Pure.
struct ServerAddress {
  std::string host;  ///< a name or a number, without brackets
  std::uint16_t port = 80;
  bool is_secret = false;  ///< in TLS
  std::string prefix;      ///< of the path: "" or "/jenkins"
};
/// `http[s]://HOST[:PORT][/PREFIX]`. Errors: invalid, with a sentence that names the URL.
[[nodiscard]] Result<ServerAddress> parse_server_url(std::string_view url);

/// What the dialer ends with when the server has given the agent up: there is nothing left to do in this pod.
inline constexpr int kGivenUp = 3;

struct DialerOptions {
  std::string url, name;
  std::string pod;           ///< the uid of the pod in which it is
  std::string own_folder;    ///< state of the agent that dials
  std::string authorities;   ///< of the server's certificate, for https://: PEM or a path; empty: the image's
  std::string other_folder;  ///< where the other containers' agents have theirs: FOLDER/CONTAINER
  proc::Fd secret;           ///< read to its end once
  proc::Fd keeps;            ///< takes the secret that the server gives for that one
};

class Dialer {
 public:
  explicit Dialer(DialerOptions options) : options_(std::move(options)) {}
  /// Until its parent is gone. Returns the exit code.
  int run();

 private:
  struct Channel {
    proc::Fd socket;
    proc::WriteQueue out;
    std::uint32_t interest = 0;
  };

  Result<> connect(const ServerAddress& address);
  Result<> shake_hands(const ServerAddress& address);
  /// The shim gets it, this and the next dialer call with it.
  void keep(std::string_view secret);
  void serve();
  bool read_server();
  void handle(const websocket::Message& message);
  void open(std::uint32_t id, std::string_view container);
  void read_channel(std::uint32_t id);
  void end_channel(std::uint32_t id, std::string_view why);
  void send(websocket::Opcode opcode, std::string_view payload);
  void flush();
  void hang_up();
  void say(std::string text);

  DialerOptions options_;
  std::string secret_;
  proc::Fd epoll_, server_;
  std::unique_ptr<ServerStream> stream_;  ///< over server_
  std::unique_ptr<websocket::Reader> reader_;
  proc::WriteQueue out_;
  std::uint32_t server_interest_ = 0;
  std::map<std::uint32_t, Channel> channels_;
  std::chrono::steady_clock::time_point heard_{}, pinged_{}, said_at_{};
  bool is_given_up_ = false;
  std::string said_;
  bool is_over_ = false;
};

}  // namespace windlass::agent

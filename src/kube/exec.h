// A process in a container, over a WebSocket: v5.channel.k8s.io, or v4 with older servers. What depends on the end of
// standard input does not work with v4: give a length, or a program that knows when it has enough.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/channel_protocol.h"
#include "kube/client.h"
#include "websocket/frames.h"

namespace windlass::kube {

struct ExecQuery {
  std::string namespace_, pod, container;
  std::vector<std::string> command;
  bool in = false, out = true, err = true;
  bool tty = false;
};

class Exec {
 public:
  /// Errors: 404, 403, 400 (the container does not run), 500 (there is no such program: some runtimes say so at once,
  /// others as the result), those of Client.
  static ApiTask<std::unique_ptr<Exec>> open(Client& client, ExecQuery query);
  ~Exec() { close(); }
  Exec(const Exec&) = delete;
  Exec& operator=(const Exec&) = delete;

  /// Output as it comes, at last the result. Errors: 504 at `deadline` (and it is over), 503 (broken off before the
  /// result was told: whether the process still runs is not known), 500, kCancelled. One call at a time.
  ApiTask<ChannelMessage> read(rt::Timers::Moment deadline);
  /// Waits until the bytes are sent. May run beside read(). Errors as there.
  ApiTask<void> write(std::string bytes, rt::Timers::Moment deadline);
  ApiTask<void> resize(std::uint16_t columns, std::uint16_t rows, rt::Timers::Moment deadline);
  /// False: the server speaks v4, and the process will not see an end.
  ApiTask<bool> close_stdin(rt::Timers::Moment deadline);
  /// Ends all waits. The process is told nothing; most runtimes let it go on.
  void close() { stream_->close(); }
  [[nodiscard]] ChannelVersion version() const { return version_; }

 private:
  Exec(Client& client, ChannelVersion version, net::Upgrade upgrade);
  ApiTask<void> send(websocket::Opcode opcode, std::string payload, rt::Timers::Moment deadline);

  rt::Timers& timers_;
  std::function<std::uint64_t()> random_;
  ChannelVersion version_;
  std::unique_ptr<net::ByteStream> stream_;
  websocket::Reader reader_;
  rt::Signal written_;
  bool writing_ = false;
  bool over_ = false;
};

}  // namespace windlass::kube

#include "agent/server_stream.h"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

namespace windlass::agent {

namespace {

class Plain final : public ServerStream {
 public:
  explicit Plain(int socket) : socket_(socket) {}
  Step read(char* to, std::size_t size) override {
    for (;;) {
      const auto count = ::recv(socket_, to, size, MSG_DONTWAIT);
      if (count > 0) return {State::done, static_cast<std::size_t>(count)};
      if (count < 0 && errno == EINTR) continue;
      return {count < 0 && errno == EAGAIN ? State::wait_to_read : State::ended};
    }
  }
  Step write(std::string_view bytes) override {
    for (;;) {
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) return {State::done, static_cast<std::size_t>(count)};
      if (errno == EINTR) continue;
      return {errno == EAGAIN ? State::wait_to_write : State::ended};
    }
  }

 private:
  int socket_;
};

}  // namespace

std::unique_ptr<ServerStream> plain_stream(int socket) { return std::make_unique<Plain>(socket); }

bool wait_for_socket(int socket, short events, std::chrono::steady_clock::time_point deadline) {
  pollfd waited{.fd = socket, .events = events, .revents = 0};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const int count = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

}  // namespace windlass::agent

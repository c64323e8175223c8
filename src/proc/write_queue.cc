#include "proc/write_queue.h"

#include <cerrno>
#include <sys/socket.h>

namespace windlass::proc {

bool WriteQueue::flush(int socket) {
  constexpr std::size_t kKeep = 1U << 20U;
  while (begin_ < bytes_.size()) {
    const auto sent = ::send(socket, bytes_.data() + begin_, bytes_.size() - begin_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      begin_ += static_cast<std::size_t>(sent);
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (begin_ > kKeep) {
        bytes_.erase(0, begin_);
        begin_ = 0;
      }
      return true;
    }
    return false;
  }
  clear();
  return true;
}

void WriteQueue::drop(std::size_t count) {
  constexpr std::size_t kKeep = 1U << 20U;
  begin_ += count;
  if (begin_ >= bytes_.size()) return clear();
  if (begin_ <= kKeep) return;
  bytes_.erase(0, begin_);
  begin_ = 0;
}

void WriteQueue::clear() {
  begin_ = 0;
  bytes_.clear();
}

}  // namespace windlass::proc

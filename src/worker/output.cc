#include "worker/output.h"

#include <cerrno>
#include <unistd.h>

namespace windlass::worker {

bool write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Output::write(std::string_view frame) {
  const std::lock_guard lock(mutex_);
  is_broken_ = is_broken_ || !write_whole(fd_, frame);
}

}  // namespace windlass::worker

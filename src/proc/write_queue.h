// Bytes on their way out of a non-blocking socket.
#pragma once

#include <cstddef>
#include <string>

namespace windlass::proc {

class WriteQueue {
 public:
  /// Append here, then flush().
  std::string& tail() { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
  [[nodiscard]] bool is_empty() const { return size() == 0; }
  /// Sends what the kernel takes now. False if the peer is gone (never a SIGPIPE).
  bool flush(int socket);
  void clear();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace windlass::proc

// Bytes on their way out of a non-blocking socket.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

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
  /// For who sends in another way: what is next, and that so much of it is on its way.
  [[nodiscard]] std::string_view front() const { return std::string_view(bytes_).substr(begin_); }
  void drop(std::size_t count);

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace windlass::proc

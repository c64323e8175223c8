// Tells systemd how a service is: the datagrams of Type=notify, sent to the socket that NOTIFY_SOCKET names. Without
// one nothing happens.
#pragma once

#include <string>
#include <string_view>

namespace windlass::cli {

class ServiceManager {
 public:
  /// `socket` is NOTIFY_SOCKET's value; a leading @ means the abstract namespace.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}
  /// "READY=1", "STOPPING=1", "STATUS=…", several with newlines between. Never fails: who is not heard is not waited
  /// for.
  void tell(std::string_view state) const;

 private:
  std::string socket_;
};

}  // namespace windlass::cli

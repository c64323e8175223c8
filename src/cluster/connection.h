// A cluster for as long as a process uses it: a client with what it needs, in the order in which it must go again.
//
// The lease has a connection of its own, on a loop of its own, with short calls: neither a busy server (429, whose
// pauses all calls of a client share) nor a call that hangs nor work of our own keeps it from being renewed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "kube/client.h"
#include "net/connector.h"
#include "rt/timers.h"

namespace windlass::cluster {

/// How much a cluster is asked for, where somebody says so.
struct CallLimits {
  std::chrono::milliseconds call{0};  ///< until a call has its answer; 0: as the client has it
  std::size_t at_once = 0;            ///< calls under way; 0: as the client has it
};

class Connection {
 public:
  enum class Use : std::uint8_t { objects, lease };

  /// Nothing is sent yet. `io` must outlive it. Errors: invalid (the access cannot be used).
  static Result<std::unique_ptr<Connection>> make(boost::asio::io_context& io, const kube::Access& access,
                                                  const kube::Surroundings& surroundings, std::string user_agent,
                                                  Use use, CallLimits limits = {});

  [[nodiscard]] kube::Client& client() { return *client_; }
  [[nodiscard]] rt::Timers& timers() { return *timers_; }
  /// Ends everything that waits; the io_context has then no work of it left.
  void close() { client_->close(); }

 private:
  Connection() = default;

  std::unique_ptr<rt::Timers> timers_;
  std::unique_ptr<net::Connector> connector_;
  std::unique_ptr<kube::Client> client_;
};

}  // namespace windlass::cluster

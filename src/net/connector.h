// How a connection to somebody else comes about: names, addresses, sockets. Behind an interface, so that what calls
// others can be tested with streams in memory.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "net/byte_stream.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace windlass::net {

class Connector {
 public:
  virtual ~Connector() = default;
  /// Errors: not_found (no such host), unavailable (nobody listens, no way there), timeout.
  virtual rt::Task<std::unique_ptr<ByteStream>> connect(std::string host, std::uint16_t port,
                                                        rt::Timers::Moment deadline) = 0;
};

/// TCP. Tries a name's addresses in turn, each for its share of the time. A connection whose other end has vanished
/// without a word ends within about half a minute, silent or not. Both must outlive it.
std::unique_ptr<Connector> make_tcp_connector(boost::asio::io_context& io, rt::Timers& timers);

}  // namespace windlass::net

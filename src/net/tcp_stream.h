// ByteStream over a TCP socket.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "net/byte_stream.h"

namespace windlass::net {

std::unique_ptr<ByteStream> make_tcp_stream(boost::asio::ip::tcp::socket socket);

}  // namespace windlass::net

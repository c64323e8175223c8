// TLS on a connection that has been accepted: 1.2 and newer, our certificate, no client certificates.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/byte_stream.h"
#include "net/certificate.h"

namespace windlass::net {

class TlsContext {
 public:
  /// Errors: invalid (the pair does not fit, or is no PEM).
  static Result<std::shared_ptr<TlsContext>> make(const CertificatePair& pair);
  virtual ~TlsContext() = default;
  /// Shakes hands, for `limit` at most. Errors: invalid (the other end does not speak TLS as we do, or is too slow).
  virtual rt::Task<std::unique_ptr<ByteStream>> accept(boost::asio::ip::tcp::socket socket,
                                                       std::chrono::seconds limit) = 0;
};

}  // namespace windlass::net

// TLS for connections that we open: over any ByteStream, so over a proxy's tunnel too. 1.2 and newer; the server's
// certificate is checked against what the caller trusts and the name that the caller expects.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/byte_stream.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace windlass::net {

struct TlsClientOptions {
  std::string authorities;       ///< PEM: these and no others are trusted; empty: the system's
  bool verify = true;            ///< false: anybody may answer
  std::string certificate, key;  ///< PEM: who we are; both or none
};

class TlsClientContext {
 public:
  /// Errors: invalid, one sentence that holds nothing of the key.
  static Result<std::shared_ptr<TlsClientContext>> make(const TlsClientOptions& options);
  virtual ~TlsClientContext() = default;
  /// Shakes hands over `inner` with who should be `server_name`, a DNS name or an address. Errors: forbidden (the
  /// certificate is not what it should be), unavailable, timeout.
  virtual rt::Task<std::unique_ptr<ByteStream>> connect(boost::asio::io_context& io, rt::Timers& timers,
                                                        std::unique_ptr<ByteStream> inner, std::string server_name,
                                                        rt::Timers::Moment deadline) = 0;
};

/// The common name and organisations of the first certificate of a PEM text, as Kubernetes takes them for user and
/// groups. Errors: invalid.
struct CertificateSubject {
  std::string common_name;
  std::vector<std::string> organizations;
};
Result<CertificateSubject> certificate_subject(const std::string& pem);

}  // namespace windlass::net

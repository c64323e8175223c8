// Certificates of our own: an authority made once, and the server's certificate from it. PEM texts, EC P-256.
// Pure but for OpenSSL's randomness. The moments are seconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace windlass::net {

struct CertificatePair {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM, PKCS#8, not encrypted
};

/// An authority that signs for ten years.
Result<CertificatePair> make_authority(const std::string& name, std::int64_t now);
/// A server's certificate for DNS names and IP addresses, one year and a month, signed by `authority`.
Result<CertificatePair> make_server_certificate(const CertificatePair& authority, const std::vector<std::string>& names,
                                                std::int64_t now);
/// When the first certificate of a PEM text ends, seconds since 1970. Errors: invalid.
Result<std::int64_t> certificate_end(const std::string& pem);

}  // namespace windlass::net

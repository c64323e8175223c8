// The server's folder: who may see it, who owns it now, its keys and certificates.
//
//   FOLDER/            0700, refused if wider
//     lock             flock of the one server; its process id
//     key              32 bytes, 0600: seals secrets in the databases
//     ca.pem ca.key    the authority for the server's certificate; tls.pem tls.key the certificate itself
//     objects.db identity.db
//     address          one line, http://HOST:PORT, while a server is ready
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "journal/seal.h"
#include "net/certificate.h"

namespace windlass::server {

class DataFolder {
 public:
  /// Makes the folder if it is missing. Errors: forbidden (wider than 0700, not ours), unavailable.
  static Result<DataFolder> open(const std::string& path);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  /// Takes the server's lock for as long as this lives. `conflict` names the process that has it.
  Result<> lock();
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// A folder in it, 0700, made if it is missing.
  Result<std::string> subfolder(const std::string& name);
  /// Made on first use, durable before it is returned.
  Result<journal::SealKey> key();
  Result<net::CertificatePair> authority(std::int64_t now_seconds);
  /// Made anew when it is missing, about to end, or not for these names.
  Result<net::CertificatePair> certificate(const std::vector<std::string>& names, std::int64_t now_seconds);
  Result<> write_address(const std::string& address);
  void remove_address();
  /// The line a running server left; not_found without one.
  Result<std::string> address() const;

 private:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}
  Result<net::CertificatePair> read_pair(const std::string& name) const;
  Result<> write_pair(const std::string& name, const net::CertificatePair& pair);

  std::string path_;
  int lock_ = -1;
};

}  // namespace windlass::server

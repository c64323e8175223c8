// The server's folder: who may see it, who owns it now, its keys and certificates.
//
//   FOLDER/            0700, refused if wider
//     lock             flock of the one server; its process id
//     key              32 bytes, 0600: seals secrets in the databases
//     key.old          while a rotation goes on: the keys before, newest first
//     ca.pem ca.key    the authority for the server's certificate; tls.pem tls.key the certificate itself
//     objects.db identity.db
//     store-id         16 hexadecimal digits, of a server whose objects are in a cluster: whose runs they say they are
//     casc             sealed: the ConfigMap with Configuration as Code that was taken last
//     address          one line, http://HOST:PORT, while a server is ready
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/key_ring.h"
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
  /// The same without writing anything: false while a server works on the folder.
  bool lock_existing();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// A folder in it, 0700, made if it is missing.
  Result<std::string> subfolder(const std::string& name);
  /// The folder as it is, for who only looks: nothing is made or refused for its modes.
  static Result<DataFolder> open_existing(const std::string& path);
  /// The key is this file, whoever keeps it (systemd's LoadCredential); its older ones are in FILE.old. Never written.
  void use_key(const std::string& file) { key_file_ = file; }
  /// Made on first use, durable before it is returned; with those before it while a rotation is not over.
  Result<std::shared_ptr<journal::KeyRing>> keys();
  /// The same without making one.
  [[nodiscard]] Result<std::shared_ptr<journal::KeyRing>> existing_keys() const;
  /// A rotation: first the old keys are kept in key.old, then `fresh` is the key; a crash between leaves both usable.
  Result<> begin_rotation(const journal::KeyRing& keys, const journal::SealKey& fresh);
  /// Nothing is sealed by older keys any more: they go.
  Result<> end_rotation();
  /// Who this folder's run store is to objects that are elsewhere; made once.
  Result<std::string> store_id(std::uint64_t random);
  Result<net::CertificatePair> authority(std::int64_t now_seconds);
  /// Made anew when it is missing, about to end, or not for these names.
  Result<net::CertificatePair> certificate(const std::vector<std::string>& names, std::int64_t now_seconds);
  /// Another file of the folder, as a whole and durable, instead of the one that is there.
  Result<> replace(const std::string& name, std::string_view bytes);
  Result<> write_address(const std::string& address);
  void remove_address();
  /// The line a running server left; not_found without one.
  Result<std::string> address() const;

 private:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}
  Result<net::CertificatePair> read_pair(const std::string& name) const;
  Result<> write_pair(const std::string& name, const net::CertificatePair& pair);

  [[nodiscard]] std::string key_file() const { return key_file_.empty() ? file("key") : key_file_; }

  std::string path_;
  std::string key_file_;  ///< empty: FOLDER/key
  int lock_ = -1;
};

}  // namespace windlass::server

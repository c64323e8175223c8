// Who we are, kept current: token files that are rotated, programs that print credentials, certificates in files. Gives
// the headers of each request and the TLS of each new connection.
//
// A secret goes over TLS, or to the own machine, never elsewhere. Reactor thread; a plugin runs on a thread of its own,
// one at a time, whoever waits for it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kube/exec_credential.h"
#include "kube/kubeconfig.h"
#include "net/http.h"
#include "net/tls_client.h"
#include "rt/task.h"
#include "rt/timers.h"
#include "rt/worker.h"

namespace windlass::kube {

/// What credentials come from beside the kubeconfig; main hands it down, tests replace it.
struct Surroundings {
  std::function<std::int64_t()> wall_millis;                         ///< since 1970
  std::function<Result<std::string>(const std::string&)> read_file;  ///< whole, bounded
  std::function<std::uint64_t()> random;                             ///< that nobody can foresee
  std::vector<std::string> environment;                              ///< "K=V", for plugins and proxies
  /// The value of a variable; empty: not set.
  [[nodiscard]] std::string variable(std::string_view name) const;
  /// In [0, 1).
  [[nodiscard]] double chance() const { return static_cast<double>(random() >> 11U) * 0x1.0p-53; }
};
/// The real ones: the system's clock and randomness, files of at most 1 MiB.
Surroundings real_surroundings(std::vector<std::string> environment);

class Credentials {
 public:
  /// `io` and `timers` must outlive it.
  Credentials(boost::asio::io_context& io, rt::Timers& timers, Access access, Surroundings surroundings);

  /// Authorization and Impersonate-… Errors: unavailable (a file or a program does not give what it should), timeout.
  rt::Task<std::vector<std::pair<std::string, std::string>>> headers(rt::Timers::Moment deadline);
  /// For a new connection. Certificates in files are read again at most every ten seconds.
  Result<std::shared_ptr<net::TlsClientContext>> tls();
  /// The server knows none of it (401). True: there may be something newer, try again.
  bool refused();
  /// What changed our certificate since the last call: connections made before are somebody else's.
  bool certificate_changed() { return std::exchange(certificate_changed_, false); }
  /// The certificate that we present, PEM; empty: none.
  Result<std::string> certificate();
  [[nodiscard]] const Access& access() const { return access_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }

 private:
  /// A file's content, read again after ten seconds.
  struct Kept {
    std::string path;
    std::string content;
    rt::Timers::Moment read_at{};
    bool there = false;
  };
  Result<std::string> content(Kept& kept, const std::string& what);
  Result<std::string> content(const DataOrFile& from, Kept& kept, const std::string& what);
  rt::Task<> run_plugin(rt::Timers::Moment deadline);
  [[nodiscard]] bool plugin_is_current() const;

  boost::asio::io_context& io_;
  rt::Timers& timers_;
  Access access_;
  Surroundings surroundings_;
  Kept token_, authority_, certificate_, key_;
  ExecCredential printed_;
  bool has_printed_ = false;
  bool plugin_runs_ = false;
  bool certificate_changed_ = false;
  rt::Signal plugin_ended_;
  std::unique_ptr<rt::Worker> worker_;  ///< made for the first plugin
  std::shared_ptr<net::TlsClientContext> context_;
  std::string context_made_of_;
};

}  // namespace windlass::kube

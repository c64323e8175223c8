// The configuration file while the server runs: read again on SIGHUP and when it, or the certificate it names, has
// changed. What is wrong with it is said and nothing of it is taken; what takes a restart is said too.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/config.h"

namespace windlass::server {

class LiveConfig {
 public:
  /// Takes over what may change; called with the whole new configuration. An error: nothing of it was taken.
  using Apply = std::function<Result<>(const ServerConfig& fresh)>;

  /// `file` empty: there is none, only the certificate's files are watched (none either: nothing is).
  LiveConfig(boost::asio::io_context& io, std::string file, ServerConfig now, Apply apply,
             std::function<void(std::string_view)> log);

  [[nodiscard]] const ServerConfig& now() const { return now_; }
  /// Looks every two seconds.
  void start();
  void stop();
  /// On SIGHUP: says what came of it even where nothing differs.
  void reload(bool asked_for);

 private:
  /// Which bytes a file has, as far as the system tells cheaply.
  struct Print {
    std::uint64_t inode = 0;
    std::int64_t size = 0, seconds = 0, nanoseconds = 0;
    bool operator==(const Print&) const = default;
  };
  static Print print_of(const std::string& path);
  [[nodiscard]] std::vector<Print> prints() const;
  boost::asio::awaitable<void> watch();

  boost::asio::io_context& io_;
  std::string file_;
  ServerConfig now_;
  Apply apply_;
  std::function<void(std::string_view)> log_;
  boost::asio::steady_timer timer_;
  std::vector<Print> seen_;
  bool stopping_ = false;
};

}  // namespace windlass::server

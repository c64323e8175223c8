// Passwords of accounts as clients send them: to the log-in page, or with each request (HTTP Basic).
//
// A check takes a tenth of a second and 64 MiB by intention, so it happens on a thread of its own, one at a time, and
// few of one address wait for it. What was right is known for a while by a keyed digest that is bound to the password's
// hash: a changed password and a disabled account are seen at once. Who guesses waits: five wrong passwords for a name
// from one address close it to that address for five minutes, whichever way they came, and an address with many wrong
// ones for many names gets one check a second. No password is kept or logged. Reactor thread.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "identity/identity.h"
#include "rt/worker.h"

namespace windlass::server {

class Passwords {
 public:
  static constexpr int kMostWrong = 5;                         ///< of a name from an address …
  static constexpr std::int64_t kClosedMillis = 5 * 60'000;    ///< … closes it that long
  static constexpr int kMostWrongNames = 20;                   ///< wrong ones of an address, whatever the names …
  static constexpr std::int64_t kPaceMillis = 1'000;           ///< … then one check in that time
  static constexpr int kMostWaiting = 16, kMostOfAddress = 4;  ///< checks that go on or wait
  static constexpr std::chrono::minutes kKnown{5};             ///< since it was used last
  static constexpr std::size_t kMostKnown = 1'024, kMostGuesses = 10'000;

  /// `book` and `io` must outlive it.
  Passwords(identity::Identity& book, boost::asio::io_context& io, std::function<std::int64_t()> now_millis);
  ~Passwords();
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  enum class Verdict : std::uint8_t {
    good,
    wrong,
    closed,  ///< too many wrong ones: not looked at
    busy,    ///< too many at once, or too fast: not looked at
  };
  struct Answer {
    Verdict verdict = Verdict::wrong;
    std::int64_t retry_seconds = 0;  ///< of closed and busy
  };

  /// Whether that password was right a while ago and is that of the account still.
  [[nodiscard]] bool is_known(const std::string& user, std::string_view password);
  /// `peer`: ADDRESS:PORT. The same work for a name that nobody has.
  boost::asio::awaitable<Answer> check(std::string peer, std::string user, std::string password);

  struct Counts {
    std::uint64_t good = 0, wrong = 0, refused = 0;
  };
  /// Of checks, since the start; what was known is none.
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// The same for /metrics.
  [[nodiscard]] std::string metrics() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Guesses {
    int wrong = 0, checking = 0;
    std::int64_t closed_until = 0;
  };
  struct Address {
    int wrong = 0, checking = 0;
    std::int64_t last_wrong = 0;
  };
  struct Flight;  ///< a check of the same user and password goes on

  [[nodiscard]] std::string key_of(const std::string& user, std::string_view password, std::string_view hash) const;
  void remember(std::string key);
  /// Takes a place for a check, if there is one.
  bool begin(Guesses& guesses, Address& address);
  void note_wrong(Guesses& guesses, Address& address);

  identity::Identity& book_;
  boost::asio::io_context& io_;
  std::function<std::int64_t()> now_millis_;
  std::array<unsigned char, 32> secret_{};                  ///< of the digests; new with each start
  std::map<std::string, Clock::time_point> known_;          ///< by digest: when it was used last
  std::map<std::string, std::shared_ptr<Flight>> flights_;  ///< by digest
  std::map<std::string, Guesses> guesses_;                  ///< by address and name
  std::map<std::string, Address> addresses_;
  int waiting_ = 0;
  Counts counts_;
  rt::Worker worker_;
};

}  // namespace windlass::server

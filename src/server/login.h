// /login and /logout: a password becomes a session, and the first administrator sets a password by a one-time link.
//
// A session is an API token of twelve hours in a cookie that scripts of pages cannot read and other sites do not send;
// so it survives a restart and can be revoked like any other. With it only reading and requests of our own origin are
// accepted (T08). Who guesses waits: five wrong passwords for a name from one address close it to that address for
// five minutes. Hashing happens on a worker, never on the reactor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "identity/identity.h"
#include "net/http.h"
#include "rt/task.h"
#include "rt/worker.h"

namespace windlass::server {

class Login {
 public:
  Login(identity::Identity& identity, rt::Worker& worker, std::function<std::int64_t()> now_millis)
      : identity_(identity), worker_(worker), now_millis_(std::move(now_millis)) {}

  static bool serves(std::string_view path) { return path == "/login" || path == "/logout"; }
  rt::Task<net::Response> handle(net::Request request);

  /// The secret of the one-time link, new with each start of the server while no administrator has a password; empty
  /// once there is one.
  std::string offer_setup();
  /// The token in the request's session cookie, if the request may use it: reading, or sent by a page of ours.
  static std::string session_of(const net::Request& request);

 private:
  struct Guesses {
    int wrong = 0;
    std::int64_t closed_until = 0;
  };
  rt::Task<net::Response> enter(const net::Request& request);
  rt::Task<net::Response> set_up(const net::Request& request, std::string secret, std::string password);
  net::Response session_for(const net::Request& request, const std::string& user);
  net::Response form(const net::Request& request, const std::string& setup, const std::string& problem,
                     int status) const;

  identity::Identity& identity_;
  rt::Worker& worker_;
  std::function<std::int64_t()> now_millis_;
  std::string setup_secret_;
  std::map<std::string, Guesses> guesses_;  ///< by address and name; bounded
};

}  // namespace windlass::server

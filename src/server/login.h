// /login and /logout: a password becomes a session, and the first administrator sets a password by a one-time link.
//
// A session is an API token of twelve hours in a cookie that scripts of pages cannot read and other sites do not send;
// so it survives a restart and can be revoked like any other. With it only reading and requests of our own origin are
// accepted (T08). Passwords are checked by passwords.h; hashing happens on a worker, never on the reactor.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "identity/identity.h"
#include "net/http.h"
#include "rt/task.h"
#include "rt/worker.h"
#include "server/passwords.h"

namespace windlass::server {

class Login {
 public:
  Login(identity::Identity& identity, Passwords& passwords, rt::Worker& worker,
        std::function<std::int64_t()> now_millis)
      : identity_(identity), passwords_(passwords), worker_(worker), now_millis_(std::move(now_millis)) {}

  static bool serves(std::string_view path) { return path == "/login" || path == "/logout"; }
  rt::Task<net::Response> handle(net::Request request);

  /// The secret of the one-time link, new with each start of the server while no administrator has a password; empty
  /// once there is one.
  std::string offer_setup();
  /// The token in the request's session cookie, if the request may use it: reading, or sent by a page of ours.
  static std::string session_of(const net::Request& request);
  /// Whether a browser sent it for a page that is not ours: what it adds by itself then counts for nothing.
  static bool is_of_another_site(const net::Request& request);

 private:
  rt::Task<net::Response> enter(const net::Request& request);
  rt::Task<net::Response> set_up(const net::Request& request, std::string secret, std::string password);
  net::Response session_for(const net::Request& request, const std::string& user);
  net::Response form(const net::Request& request, const std::string& setup, const std::string& problem,
                     int status) const;

  identity::Identity& identity_;
  Passwords& passwords_;
  rt::Worker& worker_;
  std::function<std::int64_t()> now_millis_;
  std::string setup_secret_;
};

}  // namespace windlass::server

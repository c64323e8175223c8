// The audit log: who changed what, append-only. FOLDER/audit.log (0600), one JSON object a line, each with a checksum
// over itself and all before it, so that a line that was changed, taken out or put in is found (T69).
//
//   {"time":1795953600000,"user":"ada","peer":"127.0.0.1","method":"POST","path":"/apis/…","status":201,"chain":"…"}
//
// chain = SHA-256 in hex over the chain of the line before (64 zeros for the first) and the line without its chain
// member. What may be written is names and numbers: no bodies, no queries, no tokens. An answer leaves after its line
// is on disk; lines that come during a sync share the next one. One thread (the reactor's).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rt/task.h"
#include "rt/worker.h"

namespace windlass::server {

struct AuditLine {
  std::int64_t time_millis = 0;
  std::string user;  ///< empty: nobody
  std::string peer;
  std::string method;
  std::string path;  ///< without the query
  int status = 0;
};

class Audit {
 public:
  /// Goes on behind the last whole line; what a crash left of another one is cut off.
  /// `at_point` (tests) is called before and after each write, and after each sync.
  static Result<std::unique_ptr<Audit>> open(boost::asio::io_context& io, const std::string& path,
                                             std::function<void()> at_point = {});
  ~Audit();
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  /// Returns when the line is on disk.
  rt::Task<> write(const AuditLine& line);

 private:
  Audit(boost::asio::io_context& io, int fd, std::string chain, std::function<void()> at_point)
      : io_(io), worker_(io), fd_(fd), chain_(std::move(chain)), at_point_(std::move(at_point)) {}
  boost::asio::io_context& io_;
  rt::Worker worker_;
  int fd_;
  std::string chain_;
  std::function<void()> at_point_;
  std::uint64_t written_ = 0, synced_ = 0;
  bool syncing_ = false;
  std::vector<boost::asio::steady_timer*> waiting_;
};

/// How many lines there are; `corrupt` names the first that does not fit.
Result<std::uint64_t> verify_audit(const std::string& path);

}  // namespace windlass::server

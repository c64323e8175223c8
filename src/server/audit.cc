#include "server/audit.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

#include "data/json.h"
#include "store/database.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostPath = 2048;
constexpr std::size_t kMostTail = 16 * 1024;  ///< longer than any line
const std::string kFirst(64, '0');
constexpr std::string_view kChainMember = ",\"chain\":\"";

std::string next_chain(const std::string& before, std::string_view line) {
  return text::encode_hex(text::digest("SHA-256", before + std::string(line)).value_or(""));
}

/// The line without its chain member, and the chain; false for what is no line of ours.
bool split(std::string_view line, std::string& plain, std::string& chain) {
  const auto at = line.rfind(kChainMember);
  if (at == std::string_view::npos || !line.ends_with("\"}")) return false;
  chain = line.substr(at + kChainMember.size(), line.size() - at - kChainMember.size() - 2);
  plain = std::string(line.substr(0, at)) + "}";
  return chain.size() == kFirst.size();
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(asio::io_context& io, const std::string& path,
                                           std::function<void()> at_point) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(store::make_system_error(errno, path, "open"));
  const auto size = ::lseek(fd, 0, SEEK_END);
  std::string tail(std::min<std::size_t>(static_cast<std::size_t>(std::max<off_t>(size, 0)), kMostTail), '\0');
  if (::pread(fd, tail.data(), tail.size(), size - static_cast<off_t>(tail.size())) !=
      static_cast<ssize_t>(tail.size())) {
    ::close(fd);
    return fail(ErrorKind::unavailable, {"cannot read {}", "无法读取 {}"}, {path});
  }
  const auto end = tail.rfind('\n');
  if (end != tail.size() - 1 && !tail.empty()) {
    const auto whole = end == std::string::npos ? 0 : end + 1;
    if (::ftruncate(fd, size - static_cast<off_t>(tail.size() - whole)) != 0) {
      ::close(fd);
      return fail(store::make_system_error(errno, path, "cut"));
    }
    tail.resize(whole);
  }
  std::string chain = kFirst, plain;
  if (!tail.empty()) {
    const auto begin = tail.size() < 2 ? std::string::npos : tail.rfind('\n', tail.size() - 2);
    const auto last = std::string_view(tail).substr(begin == std::string::npos ? 0 : begin + 1);
    if (!split(last.substr(0, last.size() - 1), plain, chain)) {
      ::close(fd);
      return fail(ErrorKind::corrupt,
                  {"{} is damaged at its end; look at it with: windlass audit --data FOLDER",
                   "{} 的末尾已损坏；请用 windlass audit --data 目录 查看"},
                  {path});
    }
  }
  return std::unique_ptr<Audit>(new Audit(io, fd, std::move(chain), std::move(at_point)));
}

Audit::~Audit() { ::close(fd_); }

rt::Task<> Audit::write(const AuditLine& line) {
  auto object = data::Value::map_of("time", line.time_millis, "user", line.user, "peer", line.peer, "method",
                                    line.method, "path", line.path.substr(0, kMostPath), "status", line.status);
  const auto plain = data::format_json(object);
  auto chain = next_chain(chain_, plain);
  const auto bytes = plain.substr(0, plain.size() - 1) + std::string(kChainMember) + chain + "\"}\n";
  if (at_point_) at_point_();
  if (::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    co_return fail(store::make_system_error(errno, "audit.log", "write"));
  }
  if (at_point_) at_point_();
  chain_ = std::move(chain);
  const auto mine = ++written_;
  while (synced_ < mine) {
    if (syncing_) {
      asio::steady_timer timer(io_, asio::steady_timer::time_point::max());
      waiting_.push_back(&timer);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    syncing_ = true;
    const auto reaches = written_;
    const int failed = co_await worker_.run([fd = fd_] { return ::fdatasync(fd) == 0 ? 0 : errno; });
    syncing_ = false;
    if (at_point_) at_point_();
    if (failed == 0) synced_ = reaches;
    for (auto* timer : std::exchange(waiting_, {})) timer->cancel();
    if (failed != 0) co_return fail(store::make_system_error(failed, "audit.log", "sync"));
  }
  co_return Result<>();
}

Result<std::uint64_t> verify_audit(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, {"there is no {}", "没有 {}"}, {path});
  std::string before = kFirst, line, plain, chain;
  std::uint64_t count = 0;
  while (std::getline(file, line)) {
    // A line without its end was never on disk as a whole: a server is writing it, or died while it did.
    if (file.eof()) break;
    if (!split(line, plain, chain) || next_chain(before, plain) != chain) {
      return fail(ErrorKind::corrupt,
                  {"{} does not fit at line {}: it, or one before it, was changed, taken out or put in",
                   "{} 在第 {} 行处不符：该行或之前的行被修改、删除或插入"},
                  {path, count + 1});
    }
    before = chain;
    ++count;
  }
  return count;
}

}  // namespace windlass::server

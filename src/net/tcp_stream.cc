#include "net/tcp_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

namespace windlass::net {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

std::unexpected<Error> failed(const boost::system::error_code& error, std::string_view doing) {
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
    return fail(ErrorKind::cancelled, "the connection was closed");
  }
  return fail(ErrorKind::unavailable, std::string(doing) + " a connection: " + error.message());
}

class TcpStream final : public ByteStream {
 public:
  explicit TcpStream(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto endpoint = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  }

  rt::Task<std::size_t> read_some(std::span<char> into) override {
    auto [error, count] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kAwait);
    if (error == asio::error::eof || error == asio::error::connection_reset) co_return std::size_t{0};
    if (error) co_return failed(error, "reading from");
    co_return count;
  }
  rt::Task<> write_all(std::string_view bytes) override {
    // Most answers fit into what the kernel takes at once: those need no turn of the loop.
    if (socket_.is_open()) {
      const auto taken = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
      if (bytes.empty()) co_return Result<>();
    }
    auto [error, count] = co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), kAwait);
    if (error) co_return failed(error, "writing to");
    co_return Result<>();
  }
  rt::Task<bool> wait_readable() override {
    auto [error] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kAwait);
    if (error) co_return failed(error, "waiting for");
    char one = 0;
    const auto count = ::recv(socket_.native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    co_return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
  [[nodiscard]] bool is_quiet() const override {
    if (!socket_.is_open()) return false;
    char one = 0;
    const auto count = ::recv(socket_.native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  void close() override {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }
  [[nodiscard]] bool is_tls() const override { return false; }
  [[nodiscard]] std::string peer() const override { return peer_; }

 private:
  mutable asio::ip::tcp::socket socket_;  ///< asio gives its number of a changeable one only
  std::string peer_;
};

}  // namespace

std::unique_ptr<ByteStream> make_tcp_stream(asio::ip::tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace windlass::net

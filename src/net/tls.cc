#include "net/tls.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

namespace windlass::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class TlsStream final : public ByteStream {
 public:
  TlsStream(tcp::socket socket, std::shared_ptr<ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {
    boost::system::error_code ignored;
    stream_.next_layer().set_option(tcp::no_delay(true), ignored);
    const auto endpoint = stream_.next_layer().remote_endpoint(ignored);
    if (!ignored) peer_ = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  }
  rt::Task<> shake_hands() {
    auto [error] = co_await stream_.async_handshake(ssl::stream_base::server, kAwait);
    if (error) co_return fail(ErrorKind::invalid, "the TLS handshake with " + peer_ + " failed: " + error.message());
    co_return Result<>();
  }
  rt::Task<std::size_t> read_some(std::span<char> into) override {
    auto [error, count] = co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), kAwait);
    if (error == asio::error::eof || error == ssl::error::stream_truncated || error == asio::error::connection_reset) {
      co_return std::size_t{0};
    }
    if (error) co_return fail(ErrorKind::cancelled, "reading from a connection: " + error.message());
    co_return count;
  }
  rt::Task<> write_all(std::string_view bytes) override {
    auto [error, count] = co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), kAwait);
    if (error) co_return fail(ErrorKind::cancelled, "writing to a connection: " + error.message());
    co_return Result<>();
  }
  rt::Task<bool> wait_readable() override {
    auto [error] = co_await stream_.next_layer().async_wait(tcp::socket::wait_read, kAwait);
    if (error) co_return fail(ErrorKind::cancelled, "waiting for a connection: " + error.message());
    // A close_notify looks like data from outside; a client that sends it is about to go, and one that sends a further
    // request while an answer streams is not served on this connection either.
    char one = 0;
    const auto count = ::recv(stream_.next_layer().native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) co_return false;
    co_return one != 0x15;  // an alert record
  }
  [[nodiscard]] bool is_quiet() const override {
    char one = 0;
    const auto count = ::recv(stream_.next_layer().native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  void close() override {
    boost::system::error_code ignored;
    stream_.next_layer().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.next_layer().close(ignored);
  }
  [[nodiscard]] bool is_tls() const override { return true; }
  [[nodiscard]] std::string peer() const override { return peer_; }

 private:
  std::shared_ptr<ssl::context> context_;
  mutable ssl::stream<tcp::socket> stream_;  ///< asio gives its socket's number of a changeable one only
  std::string peer_;
};

class Context final : public TlsContext {
 public:
  explicit Context(std::shared_ptr<ssl::context> context) : context_(std::move(context)) {}
  rt::Task<std::unique_ptr<ByteStream>> accept(tcp::socket socket, std::chrono::seconds limit) override {
    asio::steady_timer timer(socket.get_executor(), limit);
    auto stream = std::make_unique<TlsStream>(std::move(socket), context_);
    auto waiting = std::make_shared<bool>(true);
    timer.async_wait([raw = stream.get(), waiting](const boost::system::error_code& late) {
      if (!late && *waiting) raw->close();
    });
    auto done = co_await stream->shake_hands();
    *waiting = false;
    timer.cancel();
    if (!done) co_return fail(std::move(done).error());
    co_return stream;
  }

 private:
  std::shared_ptr<ssl::context> context_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::make(const CertificatePair& pair) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_options(ssl::context::no_compression | ssl::context::single_dh_use, error);
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_select_cb(
      context->native_handle(),
      [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void*) {
        unsigned char* chosen = nullptr;
        if (SSL_select_next_proto(&chosen, size, kProtocols, sizeof kProtocols - 1, in, in_size) !=
            OPENSSL_NPN_NEGOTIATED) {
          return SSL_TLSEXT_ERR_NOACK;
        }
        *out = chosen;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  context->use_certificate_chain(asio::buffer(pair.certificate), error);
  if (!error) context->use_private_key(asio::buffer(pair.key), ssl::context::pem, error);
  if (error) return fail(ErrorKind::invalid, "the server's certificate or key cannot be used: " + error.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return fail(ErrorKind::invalid, "the server's certificate and key do not belong together");
  }
  return std::make_shared<Context>(std::move(context));
}

}  // namespace windlass::net

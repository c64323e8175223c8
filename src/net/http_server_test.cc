// The server from outside: raw sockets on the loopback, plain and TLS.
#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <future>
#include <gtest/gtest.h>
#include <optional>
#include <thread>

namespace windlass::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class Server : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    server_.emplace(
        io_, options,
        [this](Request request) -> rt::Task<Response> {
          if (request.path == "/fail") co_return fail(ErrorKind::internal, "a secret detail");
          if (request.path == "/refused-upload") co_return Response::text(413, "too much");
          if (request.incoming) {
            std::size_t size = 0, longest = 0;
            for (;;) {
              auto part = co_await request.incoming->next();
              if (!part) co_return Response::text(400, part.error().message);
              if (part->empty()) break;
              size += part->size();
              longest = std::max(longest, part->size());
            }
            co_return Response::text(200, std::to_string(size) + (longest <= 64 * 1024 ? " in pieces" : " at once"));
          }
          if (request.path == "/stream") {
            Response response;
            response.headers.add("Content-Type", "text/plain");
            response.stream = [](BodyWriter& writer) -> rt::Task<> {
              for (const char* piece : {"one ", "two ", "three"}) WL_CO_TRY_VOID(co_await writer.write(piece));
              co_return Result<>();
            };
            co_return response;
          }
          if (request.path == "/wait") {
            Response response;
            response.stream = [this](BodyWriter& writer) -> rt::Task<> {
              WL_CO_TRY_VOID(co_await writer.write("begun"));
              asio::steady_timer timer(io_, std::chrono::hours(1));
              writer.on_closed([&] { timer.cancel(); });
              boost::system::error_code error;
              co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
              writer.on_closed(nullptr);
              client_went_.set_value();
              co_return fail(ErrorKind::cancelled, "gone");
            };
            co_return response;
          }
          auto response = Response::text(200, request.method + " " + request.path + " " + request.body);
          response.headers.add("X-Injected", "a\r\nSet-Cookie: b");
          co_return response;
        },
        [this](std::string_view text) { complaints_ += text; });
    auto address = server_->listen("127.0.0.1:0");
    ASSERT_TRUE(address) << address.error().message;
    port_ = static_cast<unsigned short>(std::stoi(address->substr(address->rfind(':') + 1)));
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Server() override {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      server_->stop(std::chrono::seconds(0));
      guard_.reset();
    });
    thread_.join();
  }
  tcp::socket connect() {
    tcp::socket socket(client_);
    socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port_));
    return socket;
  }
  static std::string read_all(tcp::socket& socket) {
    std::string out;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(out), error);
    return out;
  }
  std::string ask(std::string_view bytes) {
    auto socket = connect();
    asio::write(socket, asio::buffer(bytes));
    return read_all(socket);
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  asio::io_context client_;
  std::optional<HttpServer> server_;
  std::promise<void> client_went_;
  std::string complaints_;
  std::thread thread_;
  unsigned short port_ = 0;
};

TEST_F(Server, AnswersRequestsOfOneConnectionInOrder) {
  start();
  const auto out =
      ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
          "GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto a = out.find("GET /a "), b = out.find("POST /b hi"), c = out.find("GET /c ");
  EXPECT_TRUE(a < b && b < c && c != std::string::npos) << out;
  EXPECT_EQ(out.find("Set-Cookie"), std::string::npos) << "a header value with a line break is not written";
}

TEST_F(Server, AnErrorsTextStaysInside) {
  start();
  const auto out = ask("GET /fail HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(out.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(out.find("secret"), std::string::npos);
}

TEST_F(Server, StreamsAreChunkedOrEndWithTheConnection) {
  start();
  EXPECT_TRUE(
      ask("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n"));
  // Such a connection is closed behind the answer, and its client has to know before it asks again.
  EXPECT_NE(ask("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_TRUE(ask("GET /stream HTTP/1.0\r\n\r\n").ends_with("\r\n\r\none two three"));
  const auto head = ask("HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST_F(Server, AStreamNoticesThatItsClientWentAway) {
  start();
  auto gone = client_went_.get_future();
  {
    auto socket = connect();
    asio::write(socket, asio::buffer(std::string_view("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n")));
    std::string out;
    asio::read_until(socket, asio::dynamic_buffer(out), "begun");
  }
  EXPECT_EQ(gone.wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST_F(Server, ASilentClientIsClosedAndOthersAreServed) {
  HttpServerOptions options;
  options.head_timeout = std::chrono::seconds(1);
  start(options);
  auto slow = connect();
  asio::write(slow, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHo")));
  EXPECT_TRUE(ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(read_all(slow), "") << "closed without an answer";
}

TEST_F(Server, MalformedRequestsAreRefusedAndTheConnectionEnds) {
  start();
  EXPECT_TRUE(ask("NONSENSE\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(Server, ABodyInPiecesIsNeverWholeInMemory) {
  HttpServerOptions options;
  options.max_body_bytes = 10;
  options.in_pieces = [](std::string_view, std::string_view target) { return target.ends_with("upload"); };
  start(options);
  const std::string big(3'000'000, 'x');
  const auto head = [&](const std::string& path) {
    return "PUT /" + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) + "\r\n";
  };
  const std::string last = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const auto out = ask(head("upload") + "\r\n" + big + last);
  EXPECT_NE(out.find("3000000 in pieces"), std::string::npos) << out;
  EXPECT_NE(out.find("GET /last"), std::string::npos) << "the connection goes on: " << out;
  EXPECT_TRUE(ask(head("other") + "\r\n").starts_with("HTTP/1.1 413 ")) << "the limit of others stands";
  EXPECT_NE(ask("PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").find("malformed"),
            std::string::npos);

  // Whoever asks first is told before anything is sent; whoever does not reads the answer though nobody took the body.
  auto asks = connect();
  asio::write(asks, asio::buffer(head("upload") + "Expect: 100-continue\r\n\r\n"));
  std::string told;
  asio::read_until(asks, asio::dynamic_buffer(told), "\r\n\r\n");
  EXPECT_TRUE(told.starts_with("HTTP/1.1 100 ")) << told;
  auto refused = connect();
  asio::write(refused, asio::buffer(head("refused-upload") + "Expect: 100-continue\r\n\r\n"));
  std::string answer;
  asio::read_until(refused, asio::dynamic_buffer(answer), "too much");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  const auto unread = ask(head("refused-upload") + "\r\n" + big);
  EXPECT_TRUE(unread.starts_with("HTTP/1.1 413 ")) << unread;
  EXPECT_NE(unread.find("Connection: close"), std::string::npos);
}

TEST(HttpServerLife, MayGoBeforeTheLoopTurns) {
  asio::io_context io;
  for (const bool is_stopped : {false, true}) {
    HttpServer server(io, {}, [](Request) -> rt::Task<Response> { co_return Response(); }, [](std::string_view) {});
    ASSERT_TRUE(server.listen("127.0.0.1:0"));
    if (is_stopped) server.stop(std::chrono::seconds(10));
  }
  io.run();  // what the two have begun ends, and nothing is left to wait for
  EXPECT_TRUE(io.stopped());
}

TEST_F(Server, OnePortSpeaksPlainAndTls) {
  auto authority = make_authority("test authority", std::time(nullptr));
  ASSERT_TRUE(authority);
  auto pair = make_server_certificate(*authority, {"127.0.0.1", "localhost"}, std::time(nullptr));
  ASSERT_TRUE(pair) << pair.error().message;
  auto tls = TlsContext::make(*pair);
  ASSERT_TRUE(tls) << tls.error().message;
  HttpServerOptions options;
  options.tls = *tls;
  start(options);
  EXPECT_TRUE(ask("GET /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 "));
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.add_certificate_authority(asio::buffer(authority->certificate));
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
  asio::ssl::stream<tcp::socket> stream(connect(), context);
  stream.handshake(asio::ssl::stream_base::client);
  asio::write(stream, asio::buffer(std::string_view("GET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")));
  std::string out;
  boost::system::error_code error;
  asio::read(stream, asio::dynamic_buffer(out), error);
  EXPECT_NE(out.find("GET /t "), std::string::npos) << out;
}

}  // namespace
}  // namespace windlass::net

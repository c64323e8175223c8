// A server that says what a test tells it to: for each connection a list of replies, for each reply what it sends,
// when, and what becomes of the connection then. Keeps the requests it got.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/testing/memory_stream.h"

namespace windlass::net {

struct Reply {
  enum class Then : unsigned char { keep, close, reset, silence };
  std::vector<std::string> pieces;       ///< sent one by one
  std::chrono::milliseconds between{0};  ///< before each piece
  Then then = Then::keep;

  static Reply json(int status, const std::string& body, const std::string& headers = {}) {
    return {{"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + headers +
             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body}};
  }
  /// A chunked answer, one chunk for each text; `whole`: with the last chunk.
  static Reply chunks(const std::vector<std::string>& texts, bool whole, Then then = Then::keep,
                      std::chrono::milliseconds between = {}) {
    Reply out{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, between, then};
    for (const auto& text : texts) {
      char size[20];
      const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
      out.pieces.push_back(std::string(size, end) + "\r\n" + text + "\r\n");
    }
    if (whole) out.pieces.emplace_back("0\r\n\r\n");
    return out;
  }
};

class ScriptedPeer {
 public:
  /// `script[n]`: the replies of the n-th connection; those behind the last get the last one's.
  ScriptedPeer(boost::asio::io_context& io, rt::Timers& timers, std::vector<std::vector<Reply>> script)
      : io_(io),
        timers_(timers),
        script_(std::move(script)),
        connector(io, timers, [this](std::unique_ptr<MemoryStream> stream, std::size_t number) {
          const auto& replies = script_[std::min(number, script_.size() - 1)];
          boost::asio::co_spawn(io_, serve(std::shared_ptr<MemoryStream>(std::move(stream)), replies, number),
                                boost::asio::detached);
        }) {}
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

 private:
  boost::asio::io_context& io_;
  rt::Timers& timers_;
  std::vector<std::vector<Reply>> script_;

 public:
  MemoryConnector connector;
  std::vector<std::string> requests;                ///< heads and bodies, in the order of arrival
  std::vector<std::size_t> by_connection;           ///< which connection each came by
  std::vector<std::shared_ptr<MemoryStream>> kept;  ///< silent ones

 private:
  boost::asio::awaitable<void> serve(std::shared_ptr<MemoryStream> stream, std::vector<Reply> replies,
                                     std::size_t number) {
    std::string buffer;
    for (auto& reply : replies) {
      std::size_t need = std::string::npos;
      for (;;) {
        const auto head = buffer.find("\r\n\r\n");
        if (head != std::string::npos) {
          need = head + 4;
          if (const auto at = buffer.find("Content-Length: "); at < head)
            need += std::strtoul(buffer.c_str() + at + 16, nullptr, 10);
          if (buffer.size() >= need) break;
        }
        char space[4096];
        auto count = co_await stream->read_some(space);
        if (!count || *count == 0) co_return;
        buffer.append(space, *count);
      }
      requests.push_back(buffer.substr(0, need));
      by_connection.push_back(number);
      buffer.erase(0, need);
      for (const auto& piece : reply.pieces) {
        if (reply.between.count() > 0) co_await rt::sleep_until(io_, timers_, timers_.now() + reply.between);
        if (!co_await stream->write_all(piece)) co_return;
      }
      if (reply.then == Reply::Then::close) co_return stream->close();
      if (reply.then == Reply::Then::reset) co_return stream->reset();
      if (reply.then == Reply::Then::silence) {
        kept.push_back(stream);
        co_return;
      }
    }
    // The script is over: the connection is left open and says nothing more.
    kept.push_back(stream);
  }
};

}  // namespace windlass::net

// Two ends of a connection in memory, and a connector that gives them out: what calls somebody is tested against a
// script, byte by byte, on a clock that the test moves. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/byte_stream.h"
#include "net/connector.h"

namespace windlass::net {

/// What one end has written and the other one has not read.
struct MemoryPipe {
  MemoryPipe(boost::asio::io_context& io, rt::Timers& timers) : changed(io, timers) {}
  std::string bytes;
  bool ended = false;   ///< no more comes
  bool broken = false;  ///< ended as a reset does
  rt::Signal changed;
};

class MemoryStream final : public ByteStream {
 public:
  MemoryStream(std::shared_ptr<MemoryPipe> in, std::shared_ptr<MemoryPipe> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { close(); }

  rt::Task<std::size_t> read_some(std::span<char> into) override {
    auto in = in_;
    auto closed = closed_;
    while (in->bytes.empty() && !in->ended && !*closed) (void)co_await in->changed.wait(rt::Timers::Moment::max());
    if (*closed) co_return fail(ErrorKind::cancelled, "the connection was closed");
    if (in->bytes.empty() && in->broken)
      co_return fail(ErrorKind::unavailable, "reading from a connection: Connection reset by peer");
    const auto count = std::min(into.size(), in->bytes.size());
    in->bytes.copy(into.data(), count);
    in->bytes.erase(0, count);
    co_return count;
  }
  rt::Task<> write_all(std::string_view bytes) override {
    if (*closed_) co_return fail(ErrorKind::cancelled, "the connection was closed");
    if (out_->ended) co_return fail(ErrorKind::unavailable, "writing to a connection: Broken pipe");
    out_->bytes += bytes;
    out_->changed.notify();
    co_return Result<>();
  }
  rt::Task<bool> wait_readable() override {
    auto in = in_;
    auto closed = closed_;
    while (in->bytes.empty() && !in->ended && !*closed) (void)co_await in->changed.wait(rt::Timers::Moment::max());
    co_return !in->bytes.empty();
  }
  [[nodiscard]] bool is_quiet() const override { return !*closed_ && in_->bytes.empty() && !in_->ended; }
  void close() override {
    if (std::exchange(*closed_, true)) return;
    in_->ended = out_->ended = true;
    in_->changed.notify();
    out_->changed.notify();
  }
  /// The other end sees a reset.
  void reset() {
    out_->broken = true;
    close();
  }
  [[nodiscard]] bool is_tls() const override { return false; }
  [[nodiscard]] std::string peer() const override { return "memory"; }

 private:
  std::shared_ptr<MemoryPipe> in_, out_;
  std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
};

/// Each connection goes to `accept` with the number of those before it; it may keep the stream or let it go.
class MemoryConnector final : public Connector {
 public:
  using Accept = std::function<void(std::unique_ptr<MemoryStream> server, std::size_t number)>;
  MemoryConnector(boost::asio::io_context& io, rt::Timers& timers, Accept accept)
      : io_(io), timers_(timers), accept_(std::move(accept)) {}

  rt::Task<std::unique_ptr<ByteStream>> connect(std::string host, std::uint16_t port, rt::Timers::Moment) override {
    asked.push_back(host + ":" + std::to_string(port));
    if (refuse) co_return fail(ErrorKind::unavailable, "no connection to " + asked.back() + ": Connection refused");
    auto up = std::make_shared<MemoryPipe>(io_, timers_), down = std::make_shared<MemoryPipe>(io_, timers_);
    accept_(std::make_unique<MemoryStream>(up, down), asked.size() - 1);
    co_return std::make_unique<MemoryStream>(down, up);
  }

  std::vector<std::string> asked;
  bool refuse = false;

 private:
  boost::asio::io_context& io_;
  rt::Timers& timers_;
  Accept accept_;
};

}  // namespace windlass::net

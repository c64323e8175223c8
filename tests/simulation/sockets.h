// A connection without a network: two ends with a window between them, so that whoever does not read stops whoever
// writes. It can be cut, and what was on its way is lost then.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "net/byte_stream.h"
#include "rt/timers.h"

namespace windlass::simulation {

struct SimulatedPipe {
  SimulatedPipe(boost::asio::io_context& io, rt::Timers& timers) : changed(io, timers) {}
  static constexpr std::size_t kWindow = 8u * 1024;
  std::string bytes;
  bool is_ended = false;
  rt::Signal changed;

  void end() {
    is_ended = true;
    changed.notify();
  }
};

class SimulatedSocket final : public net::ByteStream {
 public:
  using Pipe = std::shared_ptr<SimulatedPipe>;
  SimulatedSocket(Pipe in, Pipe out) : in_(std::move(in)), out_(std::move(out)) {}
  ~SimulatedSocket() override { close(); }

  static std::pair<std::unique_ptr<SimulatedSocket>, std::unique_ptr<SimulatedSocket>> pair(boost::asio::io_context& io,
                                                                                            rt::Timers& timers) {
    auto up = std::make_shared<SimulatedPipe>(io, timers), down = std::make_shared<SimulatedPipe>(io, timers);
    return {std::make_unique<SimulatedSocket>(down, up), std::make_unique<SimulatedSocket>(up, down)};
  }

  rt::Task<std::size_t> read_some(std::span<char> into) override {
    const auto in = in_;
    const auto closed = closed_;
    while (in->bytes.empty() && !in->is_ended && !*closed) (void)co_await in->changed.wait(rt::Timers::Moment::max());
    if (*closed) co_return fail(ErrorKind::cancelled, "the connection was closed");
    const auto count = std::min(into.size(), in->bytes.size());
    in->bytes.copy(into.data(), count);
    in->bytes.erase(0, count);
    in->changed.notify();
    co_return count;
  }
  rt::Task<> write_all(std::string_view bytes) override {
    const auto out = out_;
    const auto closed = closed_;
    while (!bytes.empty()) {
      if (*closed) co_return fail(ErrorKind::cancelled, "the connection was closed");
      if (out->is_ended) co_return fail(ErrorKind::unavailable, "writing to a connection: Broken pipe");
      const auto count = std::min(SimulatedPipe::kWindow - out->bytes.size(), bytes.size());
      out->bytes += bytes.substr(0, count);
      bytes.remove_prefix(count);
      if (count != 0) out->changed.notify();
      if (!bytes.empty()) (void)co_await out->changed.wait(rt::Timers::Moment::max());
    }
    co_return Result<>();
  }
  rt::Task<bool> wait_readable() override {
    const auto in = in_;
    const auto closed = closed_;
    while (in->bytes.empty() && !in->is_ended && !*closed) (void)co_await in->changed.wait(rt::Timers::Moment::max());
    co_return !in->bytes.empty();
  }
  [[nodiscard]] bool is_quiet() const override { return !*closed_ && in_->bytes.empty() && !in_->is_ended; }
  /// What was written and not read yet still arrives.
  void close() override {
    if (std::exchange(*closed_, true)) return;
    in_->end();
    out_->end();
  }
  /// Nothing arrives any more, in neither direction.
  void cut() {
    in_->bytes.clear();
    out_->bytes.clear();
    close();
  }
  [[nodiscard]] bool is_tls() const override { return false; }
  [[nodiscard]] std::string peer() const override { return "simulated"; }

 private:
  Pipe in_, out_;
  std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
};

}  // namespace windlass::simulation

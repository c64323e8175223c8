#include "kube/exec.h"

#include <array>
#include <utility>

#include "data/utf8.h"
#include "kube/api_answer.h"

namespace windlass::kube {

using objects::ApiStatus;
using websocket::Opcode;

namespace {

constexpr std::size_t kMaxMessage = 4U << 20U;
constexpr std::size_t kPiece = 32U << 10U;

bool is_utf8(std::string_view text) { return data::find_invalid_utf8(text) == std::string_view::npos; }

std::unexpected<ApiStatus> late(std::string_view what) {
  return std::unexpected(status_of(Error(ErrorKind::timeout, std::string(what))));
}

}  // namespace

Exec::Exec(Client& client, ChannelVersion version, net::Upgrade upgrade)
    : timers_(client.timers()),
      random_(client.credentials().surroundings().random),
      version_(version),
      stream_(std::move(upgrade.stream)),
      reader_(websocket::Reader::Role::client, kMaxMessage, &is_utf8),
      written_(client.io(), client.timers()) {
  reader_.feed(upgrade.first);
}

ApiTask<std::unique_ptr<Exec>> Exec::open(Client& client, ExecQuery query) {
  Query out;
  if (!query.container.empty()) out.emplace_back("container", query.container);
  for (auto& word : query.command) out.emplace_back("command", std::move(word));
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  out.emplace_back("stdin", flag(query.in));
  out.emplace_back("stdout", flag(query.out));
  out.emplace_back("stderr", flag(query.err && !query.tty));  // a terminal has one output
  out.emplace_back("tty", flag(query.tty));
  auto path = resource_path(resources::pods(), query.namespace_, query.pod, "exec", out);
  if (!path) co_return objects::bad_request(path.error().message);
  auto& timers = client.timers();
  auto upgrade = WL_API_TRY(co_await client.open_websocket(std::move(*path), std::string(kChannelProtocols),
                                                           timers.now() + client.options().call_limit));
  const auto protocol = std::string(upgrade.headers.get("Sec-WebSocket-Protocol"));
  const auto version = channel_version(protocol);
  if (!version) {
    upgrade.stream->close();
    co_return objects::internal("the API server chose the exec protocol '" + protocol.substr(0, 60) +
                                "', which was not offered; it speaks neither v5 nor v4.channel.k8s.io");
  }
  co_return std::unique_ptr<Exec>(new Exec(client, *version, std::move(upgrade)));
}

ApiTask<ChannelMessage> Exec::read(rt::Timers::Moment deadline) {
  auto space = std::make_unique_for_overwrite<char[]>(kPiece);
  const rt::Deadline limit(timers_, deadline, [this] { stream_->close(); });
  for (;;) {
    if (over_) co_return std::unexpected(status_of(Error(ErrorKind::cancelled, "the exec is over")));
    auto message = reader_.next();
    if (!message) {
      over_ = true;
      (void)co_await send(Opcode::close, websocket::close_payload(reader_.error_code(), ""), deadline);
      stream_->close();
      co_return objects::internal(message.error().message);
    }
    if (*message) {
      auto& got = **message;
      if (got.opcode == Opcode::ping) {
        auto sent = co_await send(Opcode::pong, std::move(got.payload), deadline);
        if (!sent) co_return std::unexpected(std::move(sent).error());
        continue;
      }
      if (got.opcode == Opcode::pong) continue;
      if (got.opcode == Opcode::close) {
        over_ = true;
        stream_->close();
        std::string why = "the exec ended without telling how";
        if (!got.payload.empty()) why += ": " + got.payload;
        co_return objects::unavailable(why);
      }
      auto read = read_channel(got.payload, version_);
      if (!read) {
        over_ = true;
        stream_->close();
        co_return objects::internal(read.error().message);
      }
      if (read->kind == ChannelMessage::Kind::nothing) continue;
      if (read->kind == ChannelMessage::Kind::result) {
        over_ = true;
        (void)co_await send(Opcode::close, websocket::close_payload(1000, ""), deadline);
        stream_->close();
      }
      co_return std::move(*read);
    }
    auto count = co_await stream_->read_some({space.get(), kPiece});
    if (limit.is_over()) {
      over_ = true;
      co_return late("the process said nothing in time");
    }
    if (!count) {
      over_ = true;
      co_return std::unexpected(status_of(count.error()));
    }
    if (*count == 0) {
      over_ = true;
      co_return objects::unavailable("the exec broke off without telling how it ended");
    }
    reader_.feed({space.get(), *count});
  }
}

ApiTask<void> Exec::send(Opcode opcode, std::string payload, rt::Timers::Moment deadline) {
  while (writing_) {
    if (!co_await written_.wait(deadline)) co_return late("the container did not take its input in time");
  }
  writing_ = true;
  const rt::Deadline limit(timers_, deadline, [this] { stream_->close(); });
  const auto frame = websocket::format_frame(opcode, payload, static_cast<std::uint32_t>(random_()));
  auto done = co_await stream_->write_all(frame);
  writing_ = false;
  written_.notify_one();
  if (limit.is_over()) co_return late("the container did not take its input in time");
  if (!done) co_return std::unexpected(status_of(done.error()));
  co_return objects::Outcome<void>();
}

ApiTask<void> Exec::write(std::string bytes, rt::Timers::Moment deadline) {
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    auto sent = co_await send(Opcode::binary, stdin_message(std::string_view(bytes).substr(at, kPiece)), deadline);
    if (!sent) co_return std::unexpected(std::move(sent).error());
  }
  co_return objects::Outcome<void>();
}

ApiTask<void> Exec::resize(std::uint16_t columns, std::uint16_t rows, rt::Timers::Moment deadline) {
  co_return co_await send(Opcode::binary, resize_message(columns, rows), deadline);
}

ApiTask<bool> Exec::close_stdin(rt::Timers::Moment deadline) {
  auto message = close_stdin_message(version_);
  if (message.empty()) co_return false;
  auto sent = co_await send(Opcode::binary, std::move(message), deadline);
  if (!sent) co_return std::unexpected(std::move(sent).error());
  co_return true;
}

}  // namespace windlass::kube

#include "agent/dialer.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "agent/name_lookup.h"
#include "agent/state_folder.h"
#include "agentproto/channels.h"
#include "proc/endpoint.h"

namespace windlass::agent {

using namespace agentproto;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kConnectLimit{10};
constexpr seconds kPingEvery{20};
constexpr seconds kSilenceLimit{70};
constexpr seconds kSayAgain{60};
constexpr milliseconds kFirstPause{100}, kLongestPause{10'000};
constexpr std::size_t kQueueLimit = 1U << 20U;     ///< bytes that wait for a slow server; then nothing more is read
constexpr std::size_t kChannelLimit = 64U << 20U;  ///< bytes that wait for a link that does not read
constexpr std::size_t kMostChannels = 1024;
constexpr std::size_t kPiece = 256U << 10U;
constexpr std::size_t kMostHead = 16U << 10U;
constexpr std::uint64_t kTagServer = 0;
constexpr std::uint16_t kSecretPort = 443;

std::uint32_t random_word() {
  std::uint32_t word = 0;
  (void)!::getrandom(&word, sizeof word, 0);
  return word;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8U | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

/// The value of a header in an answer's head; names compare without case.
std::string_view header_of(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2);
    line = line.substr(0, line.find("\r\n"));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (::strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    line.remove_prefix(name.size() + 1);
    const auto begin = line.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
  }
  return {};
}

}  // namespace

Result<ServerAddress> parse_server_url(std::string_view url) {
  const std::string shown(url.substr(0, 200));
  ServerAddress out;
  constexpr std::string_view kPlain = "http://", kSecret = "https://";
  if (url.starts_with(kSecret)) {
    out.is_secret = true;
    out.port = kSecretPort;
    url.remove_prefix(kSecret.size());
  } else if (url.starts_with(kPlain)) {
    url.remove_prefix(kPlain.size());
  } else {
    return fail(ErrorKind::invalid, "JENKINS_URL is '" + shown + "': it must begin with http:// or https://");
  }
  const auto slash = url.find('/');
  auto authority = url.substr(0, slash);
  if (slash != std::string_view::npos) {
    auto path = url.substr(slash);
    path = path.substr(0, path.find_first_of("?#"));
    while (!path.empty() && path.back() == '/') path.remove_suffix(1);
    out.prefix = path;
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return fail(ErrorKind::invalid, "JENKINS_URL " + shown + " lacks a ]");
    out.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else {
    const auto colon = authority.find(':');
    out.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  if (!port.empty()) {
    const auto* end = port.data() + port.size();
    const auto parsed = std::from_chars(port.data() + 1, end, out.port);
    if (port.front() != ':' || parsed.ec != std::errc{} || parsed.ptr != end || out.port == 0) {
      return fail(ErrorKind::invalid, "the port in JENKINS_URL " + shown + " is no number from 1 to 65535");
    }
  }
  const auto is_plain = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  };
  if (out.host.empty() || !is_plain(out.host) || !is_plain(out.prefix) || out.host.contains('@')) {
    return fail(ErrorKind::invalid, "JENKINS_URL " + shown + " names no host");
  }
  return out;
}

int Dialer::run() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  constexpr std::size_t kMostSecret = 4096;
  char bytes[kMostSecret];
  for (;;) {
    const auto count = ::read(options_.secret.get(), bytes, sizeof bytes);
    if (count <= 0 || secret_.size() > kMostSecret) break;
    secret_.append(bytes, static_cast<std::size_t>(count));
  }
  options_.secret.reset();
  epoll_ = proc::Fd(::epoll_create1(EPOLL_CLOEXEC));
  auto pause = kFirstPause;
  for (;;) {
    const auto address = parse_server_url(options_.url);
    const auto before = Clock::now();
    auto done = address ? connect(*address) : Result<>(fail(address.error()));
    if (done) {
      say("connected to " + options_.url + " as " + options_.name);
      serve();
      say("the connection to " + options_.url + " has ended");
      if (Clock::now() - before > kSayAgain) pause = kFirstPause;
    } else {
      say(done.error().text());
    }
    hang_up();
    if (is_given_up_) return kGivenUp;
    ::poll(nullptr, 0, static_cast<int>(pause.count()) + static_cast<int>(random_word() % 100U));
    pause = std::min(pause * 2, kLongestPause);
  }
}

void Dialer::say(std::string text) {
  // The container's log is where people look; the same again only now and then.
  if (text == said_ && Clock::now() - said_at_ < kSayAgain) return;
  said_ = std::move(text);
  said_at_ = Clock::now();
  complain(options_.own_folder, said_);
}

Result<> Dialer::connect(const ServerAddress& address) {
  const auto where = options_.url;
  auto addresses = look_up(address.host, address.port);
  if (!addresses) return fail(std::move(addresses.error()).while_doing("calling " + where));
  std::string why;
  for (const auto& candidate : *addresses) {
    proc::Fd socket(::socket(candidate.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) continue;
    int error = 0;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&candidate.storage), candidate.size) != 0) {
      error = errno;
      if (error == EINPROGRESS) {
        socklen_t size = sizeof error;
        if (!wait_for_socket(socket.get(), POLLOUT, Clock::now() + kConnectLimit)) {
          error = ETIMEDOUT;
        } else {
          ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        }
      }
    }
    if (error == 0) {
      // A shell's first output follows the word that it has begun; Nagle would keep it until that is acknowledged,
      // which takes a peer that has nothing to say 40 ms.
      const int at_once = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
      server_ = std::move(socket);
      return shake_hands(address);
    }
    why = std::strerror(error);
  }
  return fail(ErrorKind::unavailable, "cannot reach " + where + ": " + why);
}

Result<> Dialer::shake_hands(const ServerAddress& address) {
  std::string nonce(16, '\0');
  (void)!::getrandom(nonce.data(), nonce.size(), 0);
  const bool is_six = address.host.contains(':');
  const std::string request =
      "GET " + address.prefix + "/kapis/windlass.io/v1/agents/" + options_.name +
      "/link HTTP/1.1\r\nHost: " + (is_six ? "[" + address.host + "]" : address.host) +
      (address.port == (address.is_secret ? kSecretPort : 80) ? "" : ":" + std::to_string(address.port)) +
      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: " +
      base64(nonce) + "\r\nSec-WebSocket-Protocol: " + std::string(kChannelProtocol) + "\r\n" +
      std::string(kPodHeader) + ": " + options_.pod + "\r\nAuthorization: Bearer " + secret_ + "\r\n\r\n";
  const auto deadline = Clock::now() + kConnectLimit;
  if (address.is_secret) {
    stream_ = WL_TRY(tls_stream(
        server_.get(), {.host = address.host, .shown = options_.url, .authorities = options_.authorities}, deadline));
  } else {
    stream_ = plain_stream(server_.get());
  }
  const auto wait = [&](ServerStream::State state) {
    return wait_for_socket(server_.get(), state == ServerStream::State::wait_to_write ? POLLOUT : POLLIN, deadline);
  };
  std::string_view rest = request;
  while (!rest.empty()) {
    const auto step = stream_->write(rest);
    if (step.state == ServerStream::State::done) {
      rest.remove_prefix(step.count);
    } else if (step.state == ServerStream::State::ended || !wait(step.state)) {
      return fail(ErrorKind::unavailable, options_.url + " does not take what is sent");
    }
  }
  std::string head;
  std::size_t end = std::string::npos;
  while ((end = head.find("\r\n\r\n")) == std::string::npos) {
    if (head.size() > kMostHead) return fail(ErrorKind::invalid, options_.url + " answers no HTTP");
    char piece[2048];
    const auto step = stream_->read(piece, sizeof piece);
    if (step.state == ServerStream::State::ended) {
      return fail(ErrorKind::unavailable, options_.url + " closed the connection without an answer");
    }
    if (step.state == ServerStream::State::done) {
      head.append(piece, step.count);
    } else if (!wait(step.state)) {
      return fail(ErrorKind::timeout, options_.url + " takes the connection but does not answer");
    }
  }
  const std::string first(head.substr(0, std::min<std::size_t>(head.find("\r\n"), 120)));
  const std::string_view fields = std::string_view(head).substr(0, end + 2);
  if (first.starts_with("HTTP/1.1 410")) {
    is_given_up_ = true;
    return fail(ErrorKind::not_found, options_.url + " has given up the agent " + options_.name + ": it ends");
  }
  // Only a server of ours speaks this protocol, so the name in its answer proves as much as the digest of the RFC.
  if (!first.starts_with("HTTP/1.1 101") || header_of(fields, "Sec-WebSocket-Protocol") != kChannelProtocol) {
    return fail(ErrorKind::forbidden,
                options_.url + " does not take the agent " + options_.name + ": it answered '" + first + "'");
  }
  reader_ = std::make_unique<websocket::Reader>(websocket::Reader::Role::client, kMaxChannelMessage);
  reader_->feed(std::string_view(head).substr(end + 4));
  if (const auto given = header_of(fields, kSecretHeader); !given.empty()) keep(given);
  return {};
}

void Dialer::keep(std::string_view secret) {
  if (secret.size() > PIPE_BUF) return;
  // What does not reach the shim is not used: the server takes the first one until it hears otherwise.
  if (::write(options_.keeps.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size())) return;
  secret_ = secret;
  send(websocket::Opcode::text, kSecretKept);
}

void Dialer::serve() {
  is_over_ = false;
  heard_ = pinged_ = Clock::now();
  server_interest_ = EPOLLIN;
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagServer}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, server_.get(), &event);
  epoll_event events[64];
  is_over_ = !read_server();  // what came with the head
  while (!is_over_) {
    flush();
    const int count = ::epoll_wait(epoll_.get(), events, 64, 5'000);
    for (int i = 0; i < count && !is_over_; ++i) {
      const auto tag = events[i].data.u64;
      if (tag == kTagServer) {
        if ((events[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) is_over_ = !read_server();
      } else {
        read_channel(static_cast<std::uint32_t>(tag - 1));
      }
    }
    const auto now = Clock::now();
    if (now - heard_ > kSilenceLimit) return;
    if (now - pinged_ > kPingEvery) {
      pinged_ = now;
      send(websocket::Opcode::ping, {});
    }
  }
}

bool Dialer::read_server() {
  for (;;) {
    for (;;) {
      auto message = reader_->next();
      if (!message) return false;
      if (!*message) break;
      heard_ = Clock::now();
      if ((*message)->opcode == websocket::Opcode::close) return false;
      handle(**message);
    }
    char piece[64U << 10U];
    const auto step = stream_->read(piece, sizeof piece);
    if (step.state == ServerStream::State::ended) return false;
    if (step.state != ServerStream::State::done) return true;
    reader_->feed({piece, step.count});
  }
}

void Dialer::handle(const websocket::Message& message) {
  if (message.opcode == websocket::Opcode::ping) return send(websocket::Opcode::pong, message.payload);
  if (message.opcode != websocket::Opcode::binary) return;
  const auto parsed = parse_channel_message(message.payload);
  if (!parsed) {
    is_over_ = true;
    return;
  }
  if (parsed->kind == ChannelKind::open) return open(parsed->channel, parsed->bytes);
  const auto found = channels_.find(parsed->channel);
  if (found == channels_.end()) return;  // it has ended here meanwhile
  if (parsed->kind == ChannelKind::close) {
    channels_.erase(found);
    return;
  }
  found->second.out.tail() += parsed->bytes;
  if (found->second.out.size() > kChannelLimit) end_channel(parsed->channel, "the agent there does not read");
}

void Dialer::open(std::uint32_t id, std::string_view container) {
  channels_.erase(id);
  if (channels_.size() >= kMostChannels) return end_channel(id, "too many channels");
  if (!container.empty() && !is_container_name(container)) return end_channel(id, "not a container's name");
  const auto folder = container.empty() ? options_.own_folder : options_.other_folder + "/" + std::string(container);
  auto socket = proc::connect_in(folder, kSocketName);
  if (!socket) {
    return end_channel(id, "no agent in container " + std::string(container) + ": " + socket.error().text());
  }
  epoll_event event{.events = EPOLLIN, .data = {.u64 = std::uint64_t{id} + 1}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket->get(), &event);
  channels_[id] = Channel{.socket = std::move(*socket), .interest = EPOLLIN};
}

void Dialer::read_channel(std::uint32_t id) {
  const auto found = channels_.find(id);
  if (found == channels_.end()) return;
  std::vector<char> piece(kPiece);
  while (out_.size() < kQueueLimit) {
    const auto count = ::recv(found->second.socket.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return end_channel(id, {});
    send(websocket::Opcode::binary,
         format_channel_message(id, ChannelKind::data, {piece.data(), static_cast<std::size_t>(count)}));
  }
}

void Dialer::end_channel(std::uint32_t id, std::string_view why) {
  channels_.erase(id);
  send(websocket::Opcode::binary, format_channel_message(id, ChannelKind::close, why));
}

void Dialer::send(websocket::Opcode opcode, std::string_view payload) {
  out_.tail() += websocket::format_frame(opcode, payload, random_word());
}

void Dialer::flush() {
  const auto want = [this](int fd, std::uint64_t tag, std::uint32_t& now, std::uint32_t wanted) {
    if (now == wanted) return;
    now = wanted;
    epoll_event event{.events = wanted, .data = {.u64 = tag}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
  };
  std::vector<std::uint32_t> dead;
  while (!out_.is_empty()) {
    const auto step = stream_->write(out_.front());
    if (step.state == ServerStream::State::ended) is_over_ = true;
    if (step.state != ServerStream::State::done) break;
    out_.drop(step.count);
  }
  const bool is_full = out_.size() >= kQueueLimit;
  for (auto& [id, channel] : channels_) {
    if (!channel.out.is_empty() && !channel.out.flush(channel.socket.get())) {
      dead.push_back(id);
      continue;
    }
    want(channel.socket.get(), std::uint64_t{id} + 1, channel.interest,
         (is_full ? 0U : static_cast<std::uint32_t>(EPOLLIN)) |
             (channel.out.is_empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT)));
  }
  for (const auto id : dead) end_channel(id, {});
  want(server_.get(), kTagServer, server_interest_,
       EPOLLIN | (out_.is_empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT)));
}

void Dialer::hang_up() {
  channels_.clear();
  stream_.reset();
  server_.reset();
  reader_.reset();
  out_.clear();
}

}  // namespace windlass::agent

// An HTTP server on a free port that records what it was asked and answers as a test tells it to: the other side of
// steps that send something. One connection at a time, HTTP/1.1, every answer closes the connection.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace windlass::steps {

struct SeenRequest {
  std::string method, target, body;
  std::map<std::string, std::string> headers;  ///< names in lower case
};

struct PeerAnswer {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;  ///< "Name: value"
  bool hangs_up = false;             ///< closes without an answer
};

/// A listening socket of 127.0.0.1 on a free port.
inline int listen_on_loopback(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(fd, 16);
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

class HttpPeer {
 public:
  using Handler = std::function<PeerAnswer(const SeenRequest&)>;

  explicit HttpPeer(Handler handler = [](const SeenRequest&) { return PeerAnswer{}; })
      : handler_(std::move(handler)), fd_(listen_on_loopback(port_)), thread_([this] { serve(); }) {}
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;
  ~HttpPeer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }

  [[nodiscard]] std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<SeenRequest> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      converse(connection);
      ::close(connection);
    }
  }

  static bool fill(int connection, std::string& buffer) {
    char bytes[8192];
    const auto count = ::recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  void converse(int connection) {
    std::string buffer;
    std::size_t end = std::string::npos;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!fill(connection, buffer)) return;
    }
    SeenRequest request;
    const auto head = buffer.substr(0, end);
    buffer.erase(0, end + 4);
    std::size_t at = head.find("\r\n");
    const auto first = head.substr(0, at);
    request.method = first.substr(0, first.find(' '));
    request.target = first.substr(first.find(' ') + 1, first.rfind(' ') - first.find(' ') - 1);
    while (at != std::string::npos && at < head.size()) {
      const auto next = head.find("\r\n", at + 2);
      const auto line = head.substr(at + 2, (next == std::string::npos ? head.size() : next) - at - 2);
      auto name = line.substr(0, line.find(':'));
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      auto value = line.substr(line.find(':') + 1);
      while (value.starts_with(' ')) value.erase(0, 1);
      request.headers[name] = value;
      at = next;
    }
    if (request.headers["transfer-encoding"] == "chunked") {
      for (;;) {
        while (buffer.find("\r\n") == std::string::npos) {
          if (!fill(connection, buffer)) return;
        }
        const auto size = std::stoul(buffer, nullptr, 16);
        buffer.erase(0, buffer.find("\r\n") + 2);
        while (buffer.size() < size + 2) {
          if (!fill(connection, buffer)) return;
        }
        request.body += buffer.substr(0, size);
        buffer.erase(0, size + 2);
        if (size == 0) break;
      }
    } else if (const auto length = request.headers["content-length"]; !length.empty()) {
      while (buffer.size() < std::stoul(length)) {
        if (!fill(connection, buffer)) return;
      }
      request.body = buffer.substr(0, std::stoul(length));
    }
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
    }
    const auto answer = handler_(request);
    if (answer.hangs_up) return;
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + (answer.status < 400 ? " OK" : " Refused") +
                       "\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n";
    for (const auto& header : answer.headers) text += header + "\r\n";
    text += "\r\n" + (request.method == "HEAD" ? std::string() : answer.body);
    for (std::size_t sent = 0; sent < text.size();) {
      const auto count = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  Handler handler_;
  int port_ = 0;
  int fd_;
  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::thread thread_;
};

}  // namespace windlass::steps

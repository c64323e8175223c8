// An SMTP server on a free port that keeps what it is given: the other side of steps that send mails. It offers LOGIN
// and PLAIN, accepts every recipient but `nobody@…`, and serves one connection at a time.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "steps/testing/http_peer.h"

namespace windlass::steps {

struct SeenMail {
  std::string from;
  std::vector<std::string> to;
  std::string data;
};

class SmtpPeer {
 public:
  SmtpPeer() : fd_(listen_on_loopback(port_)), thread_([this] { serve(); }) {}
  SmtpPeer(const SmtpPeer&) = delete;
  SmtpPeer& operator=(const SmtpPeer&) = delete;
  ~SmtpPeer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<SeenMail> mails() {
    const std::lock_guard lock(mutex_);
    return mails_;
  }
  [[nodiscard]] std::vector<std::string> commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
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
  static void say(int connection, const std::string& text) {
    const auto line = text + "\r\n";
    [[maybe_unused]] const auto sent = ::send(connection, line.data(), line.size(), MSG_NOSIGNAL);
  }
  static std::string between(const std::string& line, char open, char close) {
    const auto from = line.find(open);
    const auto to = line.find(close);
    return from == std::string::npos || to == std::string::npos ? "" : line.substr(from + 1, to - from - 1);
  }

  void converse(int connection) {
    std::string buffer;
    auto take = [&](const std::string& end, std::string& out) {
      std::size_t at = 0;
      while ((at = buffer.find(end)) == std::string::npos) {
        char bytes[8192];
        const auto count = ::recv(connection, bytes, sizeof bytes, 0);
        if (count <= 0) return false;
        buffer.append(bytes, static_cast<std::size_t>(count));
      }
      out = buffer.substr(0, at);
      buffer.erase(0, at + end.size());
      return true;
    };
    SeenMail mail;
    say(connection, "220 peer ESMTP");
    for (std::string line; take("\r\n", line);) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(line);
      }
      if (line.starts_with("EHLO")) {
        say(connection, "250-peer");
        say(connection, "250 AUTH PLAIN");
      } else if (line.starts_with("AUTH PLAIN")) {
        if (line == "AUTH PLAIN") {
          say(connection, "334 ");
          if (!take("\r\n", line)) return;
          const std::lock_guard lock(mutex_);
          commands_.push_back(line);
        }
        say(connection, "235 welcome");
      } else if (line.starts_with("MAIL FROM:")) {
        mail = {.from = between(line, '<', '>'), .to = {}, .data = {}};
        say(connection, "250 ok");
      } else if (line.starts_with("RCPT TO:")) {
        const auto to = between(line, '<', '>');
        if (to.starts_with("nobody@")) {
          say(connection, "550 no such user");
        } else {
          mail.to.push_back(to);
          say(connection, "250 ok");
        }
      } else if (line == "DATA") {
        say(connection, "354 go on");
        if (!take("\r\n.\r\n", mail.data)) return;
        {
          const std::lock_guard lock(mutex_);
          mails_.push_back(mail);
        }
        say(connection, "250 kept");
      } else if (line == "QUIT") {
        say(connection, "221 bye");
        return;
      } else {
        say(connection, "250 ok");
      }
    }
  }

  int port_ = 0;
  int fd_;
  std::mutex mutex_;
  std::vector<SeenMail> mails_;
  std::vector<std::string> commands_;
  std::thread thread_;
};

}  // namespace windlass::steps

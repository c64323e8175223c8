#include "net/response_reader.h"

#include <gtest/gtest.h>

namespace windlass::net {
namespace {

struct Got {
  int status = 0;
  std::string body;
  std::string error;
  ErrorKind kind = ErrorKind::internal;
  bool complete = false;
  bool keep_alive = false;
  std::string rest;
};

Got read(std::string_view bytes, std::size_t piece, bool to_head = false, bool ends = true) {
  Got out;
  ResponseReader reader(1024);
  reader.begin(to_head);
  std::string buffer;
  const auto wrong = [&](const Error& error) {
    out.error = error.message;
    out.kind = error.kind;
    return out;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer += bytes.substr(at, piece);
    const auto taken = reader.feed(buffer);
    if (!taken) return wrong(taken.error());
    buffer.erase(0, *taken);
    if (reader.state() != ResponseReader::State::head) {
      out.status = reader.status();
      out.body += reader.take_body();
    }
  }
  if (ends) {
    if (const auto end = reader.end(); !end) return wrong(end.error());
  }
  out.complete = reader.state() == ResponseReader::State::complete;
  out.keep_alive = reader.keep_alive();
  out.rest = buffer;
  return out;
}

TEST(ResponseReader, BodiesOfEachKindInPiecesOfEverySize) {
  const std::string kLength = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const std::string kChunks =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
  const std::string kEnd = "HTTP/1.1 500 Internal Server Error\r\n\r\nhello";
  for (const auto& bytes : {kLength, kChunks, kEnd}) {
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      const auto got = read(bytes, piece);
      ASSERT_EQ(got.error, "") << bytes << piece;
      EXPECT_EQ(got.body, "hello") << bytes << piece;
      EXPECT_TRUE(got.complete);
      EXPECT_EQ(got.keep_alive, &bytes != &kEnd && got.status != 500);
    }
  }
}

TEST(ResponseReader, AnswersWithoutABodyLeaveWhatFollows) {
  EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\nX", 64, false, false).rest, "X");
  EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nX", 64, false, false).rest, "X");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nX", 64, true, false).rest, "X");
  const auto upgraded = read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81", 64, false, false);
  EXPECT_EQ(upgraded.status, 101);
  EXPECT_TRUE(upgraded.complete);
  EXPECT_EQ(upgraded.rest, "\x81");
}

TEST(ResponseReader, WhatEndsInTheMiddleIsSaid) {
  const std::string_view kCut[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n",
      "HTTP/1.1 200 O",
      "",
  };
  for (const auto& bytes : kCut) {
    for (std::size_t piece = 1; piece <= bytes.size() + 1; ++piece) {
      const auto got = read(bytes, piece);
      EXPECT_EQ(got.kind, ErrorKind::unavailable) << bytes << " " << got.error;
      EXPECT_TRUE(got.error.starts_with("the server closed the connection")) << got.error;
    }
  }
}

TEST(ResponseReader, WhatIsNoHttpIsRefused) {
  const std::pair<std::string, ErrorKind> kCases[] = {
      {"SSH-2.0-OpenSSH\r\n", ErrorKind::invalid},
      {"\x15\x03\x01\x00\x02\x02\x46", ErrorKind::invalid},
      {"HTTP/2 200\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(5000, 'x'), ErrorKind::invalid},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x'), ErrorKind::exhausted},
      {"HTTP/1.1 99999 OK\r\n\r\n", ErrorKind::invalid},
  };
  for (const auto& [bytes, kind] : kCases) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, bytes.size()}) {
      const auto got = read(bytes, piece);
      EXPECT_FALSE(got.error.empty()) << bytes.substr(0, 60);
      EXPECT_EQ(got.kind, kind) << bytes.substr(0, 60) << ": " << got.error;
    }
  }
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(read(interim, 64).kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace windlass::net

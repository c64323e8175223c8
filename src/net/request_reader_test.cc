#include "net/request_reader.h"

#include <gtest/gtest.h>

namespace windlass::net {
namespace {

struct Read {
  std::vector<Request> requests;
  int refused = 0;
};

/// Feeds `bytes` in pieces of `size`.
Read read(std::string_view bytes, std::size_t size, std::size_t head = 1024, std::size_t body = 64) {
  Read out;
  RequestReader reader(head, body);
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size() || !buffer.empty();) {
    const auto piece = bytes.substr(std::min(at, bytes.size()), size);
    at += piece.size();
    buffer += piece;
    for (;;) {
      auto taken = reader.feed(buffer);
      if (!taken) {
        out.refused = taken.error().status;
        return out;
      }
      buffer.erase(0, *taken);
      if (reader.state() != RequestReader::State::complete) break;
      out.requests.push_back(reader.take());
      if (buffer.empty()) break;
    }
    if (piece.empty()) break;
  }
  return out;
}

TEST(RequestReader, RequestsInPiecesOfEverySize) {
  constexpr std::string_view kBytes =
      "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;e=1\r\nde\r\n0\r\nT: x\r\n\r\n"
      "DELETE /d HTTP/1.0\r\n\r\n";
  for (std::size_t size = 1; size <= kBytes.size(); ++size) {
    auto got = read(kBytes, size);
    ASSERT_EQ(got.refused, 0) << size;
    ASSERT_EQ(got.requests.size(), 4u) << size;
    EXPECT_EQ(got.requests[0].target, "/a?x=1");
    EXPECT_EQ(got.requests[1].body, "hello");
    EXPECT_EQ(got.requests[2].body, "abcde");
    EXPECT_EQ(got.requests[3].method, "DELETE");
  }
}

TEST(RequestReader, AnEmptyChunkedBodyInPiecesOfEverySize) {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    auto got = read(bytes, size);
    ASSERT_EQ(got.refused, 0) << size;
    ASSERT_EQ(got.requests.size(), 2u) << size;
    EXPECT_EQ(got.requests[1].target, "/b");
  }
}

TEST(RequestReader, FramingThatCanBeReadTwoWaysIsRefused) {
  const std::pair<std::string_view, int> kCases[] = {
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3,3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"GET / HTTP/1.1\nHost: a\n\n", 0},
      {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400},
  };
  for (const auto& [bytes, status] : kCases) {
    auto got = read(bytes, bytes.size());
    EXPECT_EQ(got.refused, status) << bytes;
    EXPECT_TRUE(got.requests.empty()) << bytes;
  }
}

TEST(RequestReader, LimitsOfHeadAndBody) {
  EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", 100).refused, 431);
  EXPECT_EQ(read("GET /" + std::string(5000, 'x'), 4096).refused, 431);
  std::string chunks = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunks += "5\r\nabcde\r\n";
  EXPECT_EQ(read(chunks, 50).refused, 413);
}

TEST(RequestReader, ExpectContinueIsAskedOnce) {
  RequestReader reader(1024, 1024);
  ASSERT_TRUE(reader.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_TRUE(reader.wants_continue());
  EXPECT_FALSE(reader.wants_continue());
  ASSERT_TRUE(reader.feed("ab"));
  EXPECT_EQ(reader.take().body, "ab");
}

TEST(Target, QueriesAndSegments) {
  Request request;
  ASSERT_TRUE(parse_target("/a/b%2Fc//d?x=1&y=a+b%26&z", request));
  EXPECT_EQ(request.segments(), (std::vector<std::string>{"a", "b/c", "d"}));
  EXPECT_EQ(request.parameter("y"), "a b&");
  EXPECT_EQ(request.parameter("z"), "");
  EXPECT_EQ(request.parameter("w"), std::nullopt);
  EXPECT_FALSE(parse_target("/a%zz", request));
  EXPECT_FALSE(parse_target("/a?x=%4", request));
  EXPECT_FALSE(parse_target("http://host/", request));
  EXPECT_FALSE(parse_target("*", request));
}

TEST(RequestReader, ABodyInPiecesHasNoLimitAndTheNextRequestFollows) {
  for (const std::string& body :
       {"Content-Length: 3000\r\n\r\n" + std::string(3000, 'x'),
        "Transfer-Encoding: chunked\r\n\r\nbb8\r\n" + std::string(3000, 'x') + "\r\n0\r\n\r\n"}) {
    const std::string bytes = "PUT /big HTTP/1.1\r\nHost: h\r\n" + body + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
    for (const std::size_t size : {1u, 7u, 100u, 5000u}) {
      RequestReader reader(1024, 64, [](std::string_view method, std::string_view target) {
        return method == "PUT" && target == "/big";
      });
      std::string buffer, got, next;
      bool has_head = false;
      for (std::size_t at = 0; at < bytes.size(); at += size) {
        buffer += bytes.substr(at, size);
        for (bool goes_on = true; goes_on;) {
          auto taken = reader.feed(buffer);
          ASSERT_TRUE(taken) << taken.error().message;
          buffer.erase(0, *taken);
          goes_on = *taken > 0;
          if (!reader.comes_in_pieces()) {
            if (reader.state() == RequestReader::State::complete) next = reader.take().target;
            continue;
          }
          if (!std::exchange(has_head, true)) {
            EXPECT_EQ(reader.take_head().target, "/big");
          }
          const auto part = reader.take_part();
          EXPECT_LE(part.size(), size);
          got += part;
          if (reader.state() == RequestReader::State::complete) reader.finish();
        }
      }
      EXPECT_EQ(got, std::string(3000, 'x')) << size;
      EXPECT_EQ(next, "/next") << size;
    }
  }
}

}  // namespace
}  // namespace windlass::net

// An API server in memory, small enough to be true: what a test says about each request is its answer, on a clock that
// the test moves. Objects of one kind are kept with versions and conflicts; a watch is a stream that the test writes
// to.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "kube/client.h"
#include "net/testing/memory_stream.h"
#include "net/testing/scripted_peer.h"
#include "objects/metadata.h"
#include "rt/testing/manual_timers.h"

namespace windlass::cluster {

struct Asked {
  std::string method, target;
  data::Value body;
};

class SmallServer {
 public:
  using Answer = std::function<net::Reply(const Asked&)>;

  SmallServer(boost::asio::io_context& io, rt::Timers& timers)
      : connector(io, timers, [this, &io](std::unique_ptr<net::MemoryStream> stream, std::size_t) {
          boost::asio::co_spawn(io, serve(std::shared_ptr<net::MemoryStream>(std::move(stream))),
                                boost::asio::detached);
        }) {}
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  net::MemoryConnector connector;
  Answer answer;
  std::vector<Asked> asked;
  bool silent = false;                                      ///< takes what is asked and never answers
  std::vector<std::shared_ptr<net::MemoryStream>> streams;  ///< of watches, in the order of their beginning

  static net::Reply failure(int code, const std::string& reason, const std::string& kind = "things",
                            const std::string& name = "x") {
    return net::Reply::json(code, R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"reason":")" + reason +
                                      R"(","message":")" + reason + R"(","details":{"kind":")" + kind +
                                      R"(","name":")" + name + R"("}})");
  }
  /// The n-th watch hears of something.
  void tell(std::size_t watch, const std::string& line) {
    const auto text = line + "\n";
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
    auto& stream = *streams.at(watch);
    boost::asio::co_spawn(
        io_of(),
        [&stream, chunk = std::string(size, end) + "\r\n" + text + "\r\n"]() -> boost::asio::awaitable<void> {
          (void)co_await stream.write_all(chunk);
        },
        boost::asio::detached);
  }
  boost::asio::io_context* io = nullptr;

 private:
  boost::asio::io_context& io_of() { return *io; }

  boost::asio::awaitable<void> serve(std::shared_ptr<net::MemoryStream> stream) {
    std::string buffer;
    for (;;) {
      std::size_t head = std::string::npos, need = 0;
      for (;;) {
        head = buffer.find("\r\n\r\n");
        if (head != std::string::npos) {
          need = head + 4;
          if (const auto at = buffer.find("Content-Length: "); at < head) {
            need += std::strtoul(buffer.c_str() + at + 16, nullptr, 10);
          }
          if (buffer.size() >= need) break;
        }
        char space[4096];
        auto count = co_await stream->read_some(space);
        if (!count || *count == 0) co_return;
        buffer.append(space, *count);
      }
      Asked one;
      const auto first = buffer.substr(0, buffer.find("\r\n"));
      one.method = first.substr(0, first.find(' '));
      one.target = first.substr(one.method.size() + 1, first.rfind(' ') - one.method.size() - 1);
      if (need > head + 4) {
        auto body = data::parse_json(std::string_view(buffer).substr(head + 4, need - head - 4));
        if (body) one.body = std::move(*body);
      }
      buffer.erase(0, need);
      asked.push_back(one);
      if (silent) continue;
      const auto reply = answer(one);
      for (const auto& piece : reply.pieces) {
        if (!co_await stream->write_all(piece)) co_return;
      }
      if (reply.then == net::Reply::Then::reset) co_return stream->reset();
      if (reply.then == net::Reply::Then::silence) {
        streams.push_back(stream);
        co_return;
      }
    }
  }
};

/// Objects of a kind with versions: what PUT, POST, GET and DELETE of one do.
class SmallStore {
 public:
  std::map<std::string, data::Value> objects;  ///< by path
  int version = 100;

  net::Reply answer(const Asked& one) {
    const auto path = one.target.substr(0, one.target.find('?'));
    if (one.method == "POST") {
      const auto at = path + "/" + objects::meta_text(one.body, "name");
      if (objects.contains(at)) return SmallServer::failure(409, "AlreadyExists");
      return keep(at, one.body, true);
    }
    const bool is_status = path.ends_with("/status");
    const auto at = is_status ? path.substr(0, path.size() - 7) : path;
    const auto found = objects.find(at);
    if (found == objects.end()) return SmallServer::failure(404, "NotFound");
    if (one.method == "GET") return net::Reply::json(200, data::format_json(found->second));
    if (one.method == "DELETE") {
      objects.erase(found);
      return net::Reply::json(200, R"({"kind":"Status","status":"Success","details":{"uid":"gone"}})");
    }
    if (objects::meta_text(one.body, "resourceVersion") != objects::meta_text(found->second, "resourceVersion")) {
      return SmallServer::failure(409, "Conflict");
    }
    return keep(at, one.body, false);
  }

 private:
  net::Reply keep(const std::string& at, data::Value object, bool fresh) {
    objects::set_meta(object, "resourceVersion", std::to_string(++version));
    if (fresh) objects::set_meta(object, "uid", "u" + std::to_string(version));
    objects[at] = object;
    return net::Reply::json(fresh ? 201 : 200, data::format_json(object));
  }
};

/// A client of a SmallServer, and the loop that both run on.
struct SmallWorld {
  SmallWorld() : server(io, timers) {
    server.io = &io;
    server.answer = [this](const Asked& one) { return store.answer(one); };
    client = make_client(std::chrono::seconds(30));
  }
  ~SmallWorld() {
    client->close();
    timers.settle();
  }
  SmallWorld(const SmallWorld&) = delete;
  SmallWorld& operator=(const SmallWorld&) = delete;

  std::unique_ptr<kube::Client> make_client(std::chrono::milliseconds limit, std::size_t most = 1U << 20U) {
    kube::Access access;
    access.name = "test";
    access.server = *net::parse_url("http://127.0.0.1:8001", "x");
    access.identity.token = token;
    kube::Surroundings surroundings;
    surroundings.wall_millis = [] { return std::int64_t{1'800'000'000'000}; };
    surroundings.random = [this] { return random += 0x9E3779B97F4A7C15ULL; };
    surroundings.read_file = [](const std::string& path) -> Result<std::string> {
      return fail(ErrorKind::unavailable, path + " cannot be read");
    };
    kube::ClientOptions options;
    options.call_limit = limit;
    options.max_answer_bytes = most;
    return std::move(
        *kube::Client::make(io, timers, server.connector, std::move(access), std::move(surroundings), options));
  }
  template <class T>
  objects::Outcome<T> wait(objects::ApiTask<T> task) {
    std::optional<objects::Outcome<T>> out;
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { out = co_await std::move(task); }, boost::asio::detached);
    EXPECT_TRUE(timers.run_until([&] { return out.has_value(); }));
    return out ? std::move(*out) : objects::Outcome<T>(objects::internal("it never ended"));
  }
  static data::Value json(std::string_view text) {
    auto out = data::parse_json(text);
    EXPECT_TRUE(out) << text;
    return out ? std::move(*out) : data::Value();
  }

  boost::asio::io_context io;
  rt::ManualTimers timers{io};
  SmallStore store;
  SmallServer server;
  std::uint64_t random = 1;
  std::string token;  ///< of clients that are made from now on
  std::unique_ptr<kube::Client> client;
};

}  // namespace windlass::cluster

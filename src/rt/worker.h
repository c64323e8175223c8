// Work that takes the processor for a while, away from the reactor: `auto out = co_await worker.run([…] { … });`
// One thread of its own; jobs wait in order, so a hostile text costs those who wait for the same worker and no others.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace windlass::rt {

class Worker {
 public:
  /// `io` must outlive it.
  explicit Worker(boost::asio::io_context& io) : io_(io), pool_(1) {}
  /// Waits for the jobs that were given.
  ~Worker() { pool_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `work` on the thread and goes on here with what it gives. What it captures must outlive it or be its own;
  /// then it is destroyed here, before that: whoever goes on finds it gone, and the worker may be in it.
  template <class F>
  boost::asio::awaitable<std::invoke_result_t<F&>> run(F work) {
    using T = std::invoke_result_t<F&>;
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
        [this](auto handler, F inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          boost::asio::post(pool_, [this, shared, inner = std::move(inner)]() mutable {
            auto out = inner();
            boost::asio::post(io_, [shared, inner = std::move(inner), out = std::move(out)]() mutable {
              {
                [[maybe_unused]] const auto done = std::move(inner);
              }
              (*shared)(std::move(out));
            });
          });
        },
        boost::asio::use_awaitable, std::move(work));
  }

 private:
  boost::asio::io_context& io_;
  boost::asio::thread_pool pool_;
};

}  // namespace windlass::rt

// Task<T>: a coroutine that gives a Result<T>. The one public header with Asio in it.
//
// Rules for everything that waits: no lock and no reference into a container is held across a co_await; every wait has
// a deadline; parameters are taken by value or outlive the call.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace windlass::rt {

template <class T = void>
using Task = boost::asio::awaitable<Result<T>>;

}  // namespace windlass::rt

/// WL_TRY for a coroutine: `auto object = WL_CO_TRY(co_await store.get(key));`
#define WL_CO_TRY(...)                                                                \
  __extension__({                                                                     \
    auto wl_try_result = (__VA_ARGS__);                                               \
    if (!wl_try_result) co_return ::windlass::fail(std::move(wl_try_result).error()); \
    std::move(wl_try_result).value();                                                 \
  })
/// The same for Result<>.
#define WL_CO_TRY_VOID(...)                                                           \
  do {                                                                                \
    auto wl_try_result = (__VA_ARGS__);                                               \
    if (!wl_try_result) co_return ::windlass::fail(std::move(wl_try_result).error()); \
  } while (false)

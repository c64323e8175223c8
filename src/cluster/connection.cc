#include "cluster/connection.h"

namespace windlass::cluster {

namespace {
constexpr std::chrono::milliseconds kLeaseCall{3'000};
constexpr std::size_t kLeaseCalls = 2;
constexpr std::size_t kMostAnswer = 32U << 20U;  ///< lists come in parts that fit
}  // namespace

Result<std::unique_ptr<Connection>> Connection::make(boost::asio::io_context& io, const kube::Access& access,
                                                     const kube::Surroundings& surroundings, std::string user_agent,
                                                     Use use, CallLimits limits) {
  std::unique_ptr<Connection> out(new Connection());
  out->timers_ = rt::make_timers(io);
  out->connector_ = net::make_tcp_connector(io, *out->timers_);
  kube::ClientOptions options;
  options.user_agent = std::move(user_agent);
  options.max_answer_bytes = kMostAnswer;
  if (limits.call.count() != 0) options.call_limit = limits.call;
  if (limits.at_once != 0) options.max_calls = limits.at_once;
  if (use == Use::lease) {
    options.call_limit = kLeaseCall;
    options.max_calls = kLeaseCalls;
    options.max_tries = 1;
  }
  out->client_ = WL_TRY(kube::Client::make(io, *out->timers_, *out->connector_, access, surroundings, options));
  return out;
}

}  // namespace windlass::cluster

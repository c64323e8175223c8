#include "kapis/event_hub.h"

#include <utility>

#include "kapis/numbers.h"
#include "text/codec.h"

namespace windlass::kapis {

namespace {

constexpr std::size_t kLongestCursor = 256;
constexpr std::size_t kDigits = 20;  ///< of the largest position

}  // namespace

EventHub::EventHub(boost::asio::io_context& io, EventHubOptions options)
    : io_(io),
      options_(std::move(options)),
      own_timers_(options_.timers == nullptr ? rt::make_timers(io) : nullptr),
      timers_(options_.timers == nullptr ? *own_timers_ : *options_.timers),
      ring_(options_.limits) {}

void EventHub::add(runs::Event event) {
  ring_.add(std::move(event));
  for (auto* one : followers_) one->changed_.notify();
}

void EventHub::lose_all() {
  ring_.lose_all();
  for (auto* one : followers_) one->changed_.notify();
}

std::string EventHub::cursor(std::uint64_t position) {
  wanted_ = true;
  // Of one length always: how long a number is would tell something too.
  auto digits = std::to_string(position);
  digits.insert(0, kDigits - digits.size(), '0');
  return text::encode_base64(options_.seal(std::to_string(options_.life) + "." + digits), text::Base64::url, false);
}

std::optional<std::uint64_t> EventHub::position(std::string_view cursor) const {
  if (cursor.empty() || cursor.size() > kLongestCursor) return std::nullopt;
  const auto sealed = text::decode_base64(cursor, text::Base64::url);
  if (!sealed) return std::nullopt;
  const auto clear = options_.unseal(*sealed);
  if (!clear) return std::nullopt;
  const auto dot = clear->find('.');
  if (dot == std::string::npos || number_of(clear->substr(0, dot)) != options_.life) return std::nullopt;
  return number_of(std::string_view(*clear).substr(dot + 1));
}

std::size_t EventHub::followers_of(const std::string& user) const {
  const auto found = by_user_.find(user);
  return found == by_user_.end() ? 0 : found->second;
}

void EventHub::stop() {
  stopped_ = true;
  for (auto* one : followers_) one->wake();
}

EventHub::Follower::Follower(EventHub& hub, std::string user)
    : hub_(hub), user_(std::move(user)), changed_(hub.io_, hub.timers_), woken_(hub.io_, hub.timers_) {
  place_ = hub_.followers_.insert(hub_.followers_.end(), this);
  ++hub_.by_user_[user_];
}

EventHub::Follower::~Follower() {
  hub_.followers_.erase(place_);
  if (--hub_.by_user_[user_] == 0) hub_.by_user_.erase(user_);
}

boost::asio::awaitable<void> EventHub::Follower::wait(std::uint64_t after, rt::Timers::Moment deadline) {
  if (hub_.stopped_ || hub_.ring_.newest() > after) co_return;
  (void)co_await changed_.wait(deadline);
}

boost::asio::awaitable<void> EventHub::Follower::rest(rt::Timers::Moment until) {
  if (!hub_.stopped_) (void)co_await woken_.wait(until);
}

void EventHub::Follower::wake() {
  changed_.notify();
  woken_.notify();
}

}  // namespace windlass::kapis

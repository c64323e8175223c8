#include "controllers/events.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

#include "objects/metadata.h"

namespace windlass::controllers {

namespace asio = boost::asio;
using data::Value;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t kKeptMillis = 60 * 60 * 1000;
constexpr milliseconds kBetweenLooks{5 * 60 * 1000};
constexpr std::size_t kLookedAtOnce = 100;
constexpr std::size_t kMaxMessage = 1024;  ///< as Kubernetes has it
constexpr std::size_t kMaxNamePart = 230;
constexpr double kBurst = 25;  ///< events of one object
constexpr double kMillisPerEvent = 5 * 60 * 1000;
constexpr std::size_t kMostAllowances = 4096;

const objects::ResourceType& event_type() { return *objects::find_resource("", "v1", "events"); }

/// FNV-1a, 64 bit: names the occurrence.
std::string fingerprint(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&](unsigned char c) { hash = (hash ^ c) * 0x100000001b3ULL; };
  for (const auto part : parts) {
    for (const char c : part) mix(static_cast<unsigned char>(c));
    mix(0xff);
  }
  std::array<char, 17> out{};
  std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash));
  return out.data();
}

std::string namespace_of(const Value& object) {
  auto out = objects::meta_text(object, "namespace");
  if (!out.empty()) return out;
  if (const Value* status = object.find("status")) out = status->get_string("adminNamespace");
  return out.empty() ? "default" : out;
}

std::int64_t last_happened(const Value& event) {
  std::int64_t last = objects::parse_rfc3339(objects::meta_text(event, "creationTimestamp"));
  for (const auto* field : {"lastTimestamp", "eventTime", "firstTimestamp"}) {
    last = std::max(last, objects::parse_rfc3339(event.get_string(field)));
  }
  return last;
}

}  // namespace

bool EventRecorder::may_say(const std::string& uid) {
  const auto now = now_millis_();
  if (allowances_.size() >= kMostAllowances && !allowances_.contains(uid)) {
    // Those that have all of it again are as good as unknown.
    std::erase_if(allowances_, [now](const auto& one) {
      return one.second.left + static_cast<double>(now - one.second.at_millis) / kMillisPerEvent >= kBurst;
    });
    if (allowances_.size() >= kMostAllowances) allowances_.clear();
  }
  auto [found, is_new] = allowances_.try_emplace(uid, Allowance{kBurst, now});
  auto& allowance = found->second;
  allowance.left =
      std::min(kBurst, allowance.left +
                           static_cast<double>(std::max<std::int64_t>(now - allowance.at_millis, 0)) / kMillisPerEvent);
  allowance.at_millis = now;
  if (allowance.left < 1) return false;
  allowance.left -= 1;
  return true;
}

boost::asio::awaitable<void> EventRecorder::record(const Value& object, EventType type, std::string reason,
                                                   std::string message) {
  if (message.size() > kMaxMessage) {
    message.resize(kMaxMessage - 3);
    while (!message.empty() && (static_cast<unsigned char>(message.back()) & 0xC0) == 0x80) message.pop_back();
    if (!message.empty() && static_cast<unsigned char>(message.back()) >= 0xC0) message.pop_back();
    message += "...";
  }
  const auto uid = objects::meta_text(object, "uid");
  if (!may_say(uid)) co_return;
  const std::string_view type_name = type == EventType::normal ? "Normal" : "Warning";
  const auto space = namespace_of(object);
  auto name = objects::meta_text(object, "name").substr(0, kMaxNamePart);
  name += "." + fingerprint({uid, type_name, reason, message});
  const auto now = objects::format_rfc3339(now_millis_());
  const objects::Modifier again = [now](Value event) -> objects::Outcome<Value> {
    event.set("count", event.get_int("count") + 1);
    event.set("lastTimestamp", now);
    return event;
  };
  auto counted = co_await store_.modify(event_type(), space, name, again);
  if (!counted && counted.error().code == 404) {
    Value involved =
        Value::map_of("kind", object.get_string("kind"), "namespace", objects::meta_text(object, "namespace"), "name",
                      objects::meta_text(object, "name"), "uid", uid, "apiVersion", object.get_string("apiVersion"),
                      "resourceVersion", objects::meta_text(object, "resourceVersion"));
    Value event = Value::map_of("metadata", Value::map_of("name", name), "involvedObject", std::move(involved),
                                "reason", reason, "message", message, "source", Value::map_of("component", component_),
                                "firstTimestamp", now, "lastTimestamp", now, "count", 1, "type", type_name);
    counted = co_await store_.create(event_type(), space, std::move(event));
    if (!counted && counted.error().code == 409) counted = co_await store_.modify(event_type(), space, name, again);
  }
  if (counted || counted.error().code == 404 || counted.error().code == 403) co_return;
  if (log_) log_("the event " + reason + " of " + name + " is lost: " + counted.error().message);
}

// ---- old ones
// -------------------------------------------------------------------------------------------------------------------

struct EventExpiry::Impl : std::enable_shared_from_this<EventExpiry::Impl> {
  Impl(asio::io_context& io_, objects::ObjectStore& store_, std::function<std::int64_t()> now,
       std::function<void(std::string_view)> log_)
      : io(io_), store(store_), now_millis(std::move(now)), log(std::move(log_)), timer(io_) {}

  asio::io_context& io;
  objects::ObjectStore& store;
  std::function<std::int64_t()> now_millis;
  std::function<void(std::string_view)> log;
  asio::steady_timer timer;
  bool stopping = false;

  void complain(std::string_view what, const objects::ApiStatus& why) const {
    if (log) log("old events are not " + std::string(what) + ": " + why.message);
  }

  asio::awaitable<milliseconds> look() {
    const auto now = now_millis();
    std::int64_t next = now + kKeptMillis;
    objects::ListOptions wanted;
    wanted.limit = kLookedAtOnce;
    do {
      auto part = co_await store.list(event_type(), wanted);
      if (!part) {
        complain("looked for", part.error());
        co_return kBetweenLooks;
      }
      for (const auto& event : part->items) {
        const auto due = last_happened(event) + kKeptMillis;
        if (due > now) {
          next = std::min(next, due);
          continue;
        }
        objects::DeleteOptions same;
        same.resource_version = objects::meta_text(event, "resourceVersion");
        auto gone = co_await store.remove(event_type(), objects::meta_text(event, "namespace"),
                                          objects::meta_text(event, "name"), same);
        if (!gone && gone.error().code != 404 && gone.error().code != 409) complain("deleted", gone.error());
      }
      wanted.continue_ = std::move(part->continue_);
    } while (!wanted.continue_.empty() && !stopping);
    co_return std::max(kBetweenLooks, milliseconds(next - now + 1));
  }

  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    while (!stopping) {
      const auto pause = co_await look();
      if (stopping) co_return;
      timer.expires_after(pause);
      (void)co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
};

EventExpiry::EventExpiry(asio::io_context& io, objects::ObjectStore& store, std::function<std::int64_t()> now_millis,
                         std::function<void(std::string_view)> log)
    : impl_(std::make_shared<Impl>(io, store, std::move(now_millis), std::move(log))) {}

EventExpiry::~EventExpiry() { stop(); }

void EventExpiry::start() { asio::co_spawn(impl_->io, impl_->run(), asio::detached); }

void EventExpiry::stop() {
  if (std::exchange(impl_->stopping, true)) return;
  impl_->timer.cancel();
}

asio::awaitable<milliseconds> EventExpiry::look() { return impl_->look(); }

}  // namespace windlass::controllers

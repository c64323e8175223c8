#include "controllers/events.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

namespace {

constexpr std::int64_t kKeptMillis = 60 * 60 * 1000;
constexpr std::size_t kMaxMessage = 1024;  ///< as Kubernetes has it
constexpr std::size_t kMaxNamePart = 230;

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

}  // namespace

boost::asio::awaitable<void> EventRecorder::record(const Value& object, EventType type, std::string reason,
                                                   std::string message) {
  if (message.size() > kMaxMessage) {
    message.resize(kMaxMessage - 3);
    while (!message.empty() && (static_cast<unsigned char>(message.back()) & 0xC0) == 0x80) message.pop_back();
    if (!message.empty() && static_cast<unsigned char>(message.back()) >= 0xC0) message.pop_back();
    message += "...";
  }
  const auto uid = objects::meta_text(object, "uid");
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

rt::Task<Requeue> EventExpiry::reconcile(Key key) {
  auto event = co_await store_.get(event_type(), key.namespace_, key.name);
  if (!event) {
    if (event.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(event.error()));
  }
  std::int64_t last = 0;
  for (const auto* field : {"lastTimestamp", "eventTime", "firstTimestamp"}) {
    last = std::max(last, objects::parse_rfc3339(event->get_string(field)));
  }
  last = std::max(last, objects::parse_rfc3339(objects::meta_text(*event, "creationTimestamp")));
  const auto left = last + kKeptMillis - now_millis_();
  if (left > 0) co_return Requeue{std::chrono::milliseconds(std::min(left, kKeptMillis) + 1)};
  objects::DeleteOptions same;
  same.resource_version = objects::meta_text(*event, "resourceVersion");
  auto gone = co_await store_.remove(event_type(), key.namespace_, key.name, same);
  if (!gone && gone.error().code != 404 && gone.error().code != 409) co_return fail(objects::to_error(gone.error()));
  co_return Requeue{};
}

}  // namespace windlass::controllers

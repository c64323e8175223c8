#include "server/casc_map.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "objects/metadata.h"

namespace windlass::server {

using controllers::EventType;

namespace {

constexpr std::chrono::minutes kLookAnyway{5};
constexpr std::chrono::seconds kTryAgain{2};

const objects::ResourceType& config_maps() { return *objects::find_kind("", "ConfigMap"); }

std::vector<casc::File> files_in(const data::Value& map) {
  std::vector<casc::File> out;
  const auto* texts = map.find("data");
  if (texts == nullptr) return out;
  for (const auto& [key, text] : texts->members()) {
    if (text.is_string() && (key.ends_with(".yaml") || key.ends_with(".yml"))) {
      out.push_back({.name = objects::meta_text(map, "name") + "#" + key, .text = text.text()});
    }
  }
  std::ranges::sort(out, {}, &casc::File::name);
  return out;
}

objects::FieldSelector called(const std::string& name) {
  return objects::FieldSelector::parse("metadata.name=" + name).value_or(objects::FieldSelector());
}

}  // namespace

CascMap::CascMap(boost::asio::io_context& io, objects::ObjectStore& store, LiveCasc& casc, std::string namespace_,
                 std::string name, std::function<std::int64_t()> now_millis, std::function<void(std::string_view)> log)
    : io_(io),
      store_(store),
      casc_(casc),
      namespace_(std::move(namespace_)),
      name_(std::move(name)),
      log_(log),
      events_(store, "windlass-configuration", std::move(now_millis), log),
      timer_(io) {}

void CascMap::start() {
  if (!name_.empty()) boost::asio::co_spawn(io_, watch(), boost::asio::detached);
}

void CascMap::stop() {
  stopping_ = true;
  timer_.cancel();
  if (watcher_) watcher_->wake();
}

boost::asio::awaitable<void> CascMap::pause() {
  timer_.expires_after(kTryAgain);
  co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

boost::asio::awaitable<void> CascMap::watch() {
  while (!stopping_) {
    const auto from = co_await look();
    if (stopping_) co_return;
    if (!from) {
      // Said once, until it can be read or is something else.
      const auto before = std::exchange(said_, from.error().message);
      if (said_ != before) log_("the ConfigMap " + namespace_ + "/" + name_ + " cannot be read: " + said_);
      co_await pause();
      continue;
    }
    said_.clear();
    objects::WatchOptions options;
    options.namespace_ = namespace_;
    options.fields = called(name_);
    options.from = *from;
    watcher_ = store_.watch(config_maps(), std::move(options));
    const auto events = co_await watcher_->next(std::chrono::steady_clock::now() + kLookAnyway);
    watcher_.reset();
    if (!events && !stopping_) co_await pause();
  }
}

rt::Task<std::int64_t> CascMap::look() {
  objects::ListOptions options;
  options.namespace_ = namespace_;
  options.fields = called(name_);
  const auto found = co_await store_.list(config_maps(), std::move(options));
  if (!found) co_return fail(ErrorKind::unavailable, found.error().message);
  const auto version = found->resource_version;
  if (found->items.empty()) {
    (void)casc_.set_map(std::nullopt);
    co_return version;
  }
  const auto map = found->items.front();
  auto taken = casc_.set_map(files_in(map));
  if (taken && *taken) {
    const auto* now = casc_.current();
    co_await events_.record(
        map, EventType::normal, "ConfigurationTaken",
        "taken; " + std::to_string(now == nullptr ? 0 : now->findings.size()) + " keys do nothing here");
  } else if (!taken) {
    co_await events_.record(map, EventType::warning, "ConfigurationRefused",
                            "not taken, what was there before holds: " + taken.error().message);
  }
  co_return version;
}

rt::Task<> CascMap::reload() {
  if (!name_.empty()) {
    if (auto done = co_await look(); !done) co_return fail(std::move(done).error());
  }
  co_return casc_.reload();
}

}  // namespace windlass::server

#include "server/live_config.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <sys/stat.h>

namespace windlass::server {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLookEvery{2};

}  // namespace

LiveConfig::LiveConfig(asio::io_context& io, std::string file, ServerConfig now, Apply apply,
                       std::function<void(std::string_view)> log)
    : io_(io),
      file_(std::move(file)),
      now_(std::move(now)),
      apply_(std::move(apply)),
      log_(std::move(log)),
      timer_(io),
      seen_(prints()) {}

LiveConfig::Print LiveConfig::print_of(const std::string& path) {
  struct stat info{};
  if (path.empty() || ::stat(path.c_str(), &info) != 0) return {};
  return {info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

std::vector<LiveConfig::Print> LiveConfig::prints() const {
  return {print_of(file_), print_of(now_.tls_certificate), print_of(now_.tls_key)};
}

void LiveConfig::start() {
  for (const auto& key : now_.unknown) log_("the configuration: " + key + " is no key that is known; it means nothing");
  if (!file_.empty()) asio::co_spawn(io_, watch(), asio::detached);
}

void LiveConfig::stop() {
  stopping_ = true;
  timer_.cancel();
}

asio::awaitable<void> LiveConfig::watch() {
  while (!stopping_) {
    timer_.expires_after(kLookEvery);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (stopping_) co_return;
    if (prints() != seen_) reload(false);
  }
}

void LiveConfig::reload(bool asked_for) {
  if (file_.empty()) {
    if (asked_for) log_("there is no configuration file to read again (--config)");
    return;
  }
  const auto before = prints();
  const bool certificate_changed = before.size() == seen_.size() && (before[1] != seen_[1] || before[2] != seen_[2]);
  seen_ = before;
  const auto refuse = [&](const Error& error) {
    log_("the configuration is not taken, the server goes on with what it had: " + error.message);
  };
  auto fresh = read_config(file_);
  if (!fresh) return refuse(fresh.error());
  if (auto taken = apply_(*fresh); !taken) return refuse(taken.error());
  const auto changes = compare_config(now_, *fresh);
  for (const auto& change : changes) log_("the configuration: " + change.sentence);
  for (const auto& key : fresh->unknown) {
    log_("the configuration: " + key + " is no key that is known; it means nothing");
  }
  if (certificate_changed && !fresh->tls_certificate.empty()) {
    log_("the certificate " + fresh->tls_certificate + " was read again");
  } else if (changes.empty() && asked_for) {
    log_("the configuration was read again; nothing in it differs");
  }
  now_ = std::move(*fresh);
  seen_ = prints();
}

}  // namespace windlass::server

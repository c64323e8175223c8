#include "server/passwords.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sodium.h>
#include <utility>

namespace windlass::server {

namespace asio = boost::asio;

namespace {

/// Room for one more; what is in use stays.
template <class Map>
void make_room(Map& map, std::size_t most) {
  if (map.size() < most) return;
  for (auto it = map.begin(); it != map.end();) {
    if (it->second.checking != 0) {
      ++it;
      continue;
    }
    map.erase(it);
    return;
  }
}

}  // namespace

struct Passwords::Flight {
  explicit Flight(asio::io_context& io) : landed(io, asio::steady_timer::time_point::max()) {}
  asio::steady_timer landed;
  bool good = false;
};

Passwords::Passwords(identity::Identity& book, asio::io_context& io, std::function<std::int64_t()> now_millis)
    : book_(book), io_(io), now_millis_(std::move(now_millis)), worker_(io) {
  randombytes_buf(secret_.data(), secret_.size());
}
Passwords::~Passwords() { sodium_memzero(secret_.data(), secret_.size()); }

std::string Passwords::key_of(const std::string& user, std::string_view password, std::string_view hash) const {
  crypto_generichash_state state;
  std::string out(crypto_generichash_BYTES, '\0');
  crypto_generichash_init(&state, secret_.data(), secret_.size(), out.size());
  for (const std::string_view part : {std::string_view(user), password, hash}) {
    const auto size = static_cast<std::uint64_t>(part.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

bool Passwords::is_known(const std::string& user, std::string_view password) {
  if (known_.empty() || !book_.refresh()) return false;
  const auto hash = book_.password_hash(user);
  if (hash.empty()) return false;
  const auto found = known_.find(key_of(user, password, hash));
  if (found == known_.end()) return false;
  const auto now = Clock::now();
  if (now - found->second > kKnown) {
    known_.erase(found);
    return false;
  }
  found->second = now;
  return true;
}

void Passwords::remember(std::string key) {
  const auto now = Clock::now();
  if (known_.size() >= kMostKnown) {
    std::erase_if(known_, [&](const auto& one) { return now - one.second > kKnown; });
    if (known_.size() >= kMostKnown) {
      known_.erase(std::ranges::min_element(known_, {}, [](const auto& one) { return one.second; }));
    }
  }
  known_[std::move(key)] = now;
}

bool Passwords::begin(Guesses& guesses, Address& address) {
  const auto since = now_millis_() - address.last_wrong;
  const bool is_paced = address.wrong >= kMostWrongNames && since >= 0 && since < kPaceMillis;
  if (is_paced || waiting_ >= kMostWaiting || address.checking >= kMostOfAddress ||
      guesses.wrong + guesses.checking >= kMostWrong) {
    return false;
  }
  ++waiting_;
  ++address.checking;
  ++guesses.checking;
  return true;
}

void Passwords::note_wrong(Guesses& guesses, Address& address) {
  const auto now = now_millis_();
  if (++guesses.wrong >= kMostWrong) {
    guesses.wrong = 0;
    guesses.closed_until = now + kClosedMillis;
  }
  if (now - address.last_wrong > kClosedMillis) address.wrong = 0;
  address.wrong = std::min(address.wrong + 1, kMostWrongNames);
  address.last_wrong = now;
}

std::string Passwords::metrics() const {
  std::string out =
      "# HELP windlass_password_checks_total passwords looked at, or refused unseen, since the start\n"
      "# TYPE windlass_password_checks_total counter\n";
  for (const auto& [result, count] :
       {std::pair("good", counts_.good), std::pair("wrong", counts_.wrong), std::pair("refused", counts_.refused)}) {
    out += std::string("windlass_password_checks_total{result=\"") + result + "\"} " + std::to_string(count) + "\n";
  }
  return out;
}

asio::awaitable<Passwords::Answer> Passwords::check(std::string peer, std::string user, std::string password) {
  // What another process has changed counts.
  (void)book_.refresh();
  const auto address_name = peer.substr(0, peer.rfind(':'));
  const auto guessed = address_name + " " + user.substr(0, 64);
  const auto now = now_millis_();
  if (const auto found = guesses_.find(guessed); found != guesses_.end() && found->second.closed_until > now) {
    ++counts_.refused;
    co_return Answer{Verdict::closed, (found->second.closed_until - now) / 1000 + 1};
  }
  if (is_known(user, password)) co_return Answer{Verdict::good};
  const auto hash = book_.password_hash(user);
  const auto key = key_of(user, password, hash);
  // Clients that send many requests at once send one password: it is checked once.
  if (const auto found = flights_.find(key); found != flights_.end()) {
    const auto flight = found->second;
    co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return Answer{flight->good ? Verdict::good : Verdict::wrong};
  }
  if (!guesses_.contains(guessed)) make_room(guesses_, kMostGuesses);
  if (!addresses_.contains(address_name)) make_room(addresses_, kMostGuesses);
  if (!begin(guesses_[guessed], addresses_[address_name])) {
    ++counts_.refused;
    co_return Answer{Verdict::busy, 1};
  }
  const auto flight = flights_[key] = std::make_shared<Flight>(io_);
  flight->good = co_await worker_.run([hash, password] { return identity::verify_password(hash, password); });
  flights_.erase(key);
  // They are where they were: what is being checked is not forgotten.
  auto& guesses = guesses_[guessed];
  auto& address = addresses_[address_name];
  --waiting_;
  --address.checking;
  --guesses.checking;
  flight->landed.cancel();
  if (flight->good) {
    ++counts_.good;
    if (guesses.checking == 0) guesses_.erase(guessed);
    remember(key);
  } else {
    ++counts_.wrong;
    note_wrong(guesses, address);
  }
  co_return Answer{flight->good ? Verdict::good : Verdict::wrong};
}

}  // namespace windlass::server

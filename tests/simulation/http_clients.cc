// People who work over HTTP: they start runs under keys of their own, follow what happens, and are bad at it: they send
// half of a request, leave before the answer, do not read, are cut off, and come back. What must hold, whatever dies
// and when: a start that was acknowledged exists exactly once, and under one uid; who resumes an event stream has
// missed no end of a run, unless it was told of a gap; nobody's slowness is felt by others; and in the end no
// connection is left.
#include <algorithm>
#include <array>
#include <utility>

#include "controllers/names.h"
#include "controllers/pipeline_run_rules.h"
#include "data/json.h"
#include "http_life.h"
#include "life.h"
#include "net/response_reader.h"
#include "objects/metadata.h"
#include "world.h"

namespace windlass::simulation {

namespace asio = boost::asio;
namespace names = controllers::names;
using data::Value;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t kPrompt = 5 * kSecond;  ///< an answer of a server whose disk is well

std::string request_of(const std::string& method, const std::string& path, const std::string& more,
                       const std::string& body) {
  auto out = method + " " + path + " HTTP/1.1\r\nHost: simulation\r\n" + more;
  if (method == "POST") out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + body;
}

}  // namespace

/// One session of a client in this life of the server. Whatever it hears from a dead process it has not heard.
struct World::Session {
  Session(Life& life, std::int64_t patience)
      : objects(*life.objects),
        http(*life.http),
        socket(life.http->connect()),
        end(objects.timers(), objects.timers().now() + milliseconds(patience), [held = socket] { held->close(); }) {
    reader.begin();
  }

  ObjectLife& objects;
  HttpLife& http;
  std::shared_ptr<SimulatedSocket> socket;
  rt::Deadline end;
  net::ResponseReader reader;
  std::string rest;

  asio::awaitable<void> pause(std::int64_t millis) { return http.pause(millis); }
  /// More of the answer; false: there is no more, and it is not whole.
  asio::awaitable<bool> read_more() {
    for (;;) {
      if (!rest.empty()) {
        const auto taken = reader.feed(rest);
        if (!taken) co_return false;
        rest.erase(0, *taken);
        if (*taken != 0) co_return true;
      }
      // What the reader has left comes again in front of what follows.
      std::array<char, 2048> part;
      const auto count = co_await socket->read_some(part);
      if (objects.is_dead() || !count || *count == 0) co_return false;
      rest.append(part.data(), *count);
    }
  }
  std::string take_body() {
    return reader.state() == net::ResponseReader::State::head ? std::string() : reader.take_body();
  }
  /// Its body; nothing where the connection ended first.
  asio::awaitable<std::optional<std::string>> read_answer() {
    std::string body;
    while (reader.state() != net::ResponseReader::State::complete) {
      if (!co_await read_more()) co_return std::nullopt;
      body += take_body();
    }
    co_return body;
  }
};

// ---- starts

void World::start_by_http() {
  const auto& all = pipelines();
  auto start = std::make_shared<HttpStart>();
  start->pipeline = all[static_cast<std::size_t>(between(0, std::ssize(all) - 1))].name;
  start->key = "key " + std::to_string(next_uid_++);
  starts_.push_back(start);
  ask_for(start);
}

void World::ask_for(const std::shared_ptr<HttpStart>& start) {
  if (start->is_acknowledged && start->is_asked_again) return;
  if (is_up() && life_->http) {
    auto* life = life_.get();
    life->objects->spawn([this, life, start] { return start_session(*life, start); });
  }
  clock_.in(between(1, 30) * kSecond, [this, start] { ask_for(start); });
}

asio::awaitable<void> World::start_session(Life& life, std::shared_ptr<HttpStart> start) {
  Session session(life, between(10, 40) * kSecond);
  const auto text = request_of("POST", "/" + start->pipeline, "Idempotency-Key: " + start->key + "\r\n", start->key);
  // The same connection for another question first, now and then.
  if (between(1, 3) == 1) {
    if (!co_await session.socket->write_all(request_of("GET", "/now", "", ""))) co_return;
    if (!co_await session.read_answer()) co_return;
    session.reader.begin();
  }
  const auto manner = between(1, 8);
  if (manner == 1) {  // half of it, and then nothing
    (void)co_await session.socket->write_all(std::string_view(text).substr(0, text.size() / 2));
    co_await session.pause(between(1, 60) * kSecond);
    co_return session.socket->cut();
  }
  if (manner == 2) {  // all of it, and away
    (void)co_await session.socket->write_all(text);
    co_await session.pause(between(0, 5));
    co_return session.socket->cut();
  }
  const auto asked = clock_.now();
  const auto step = manner == 3 ? std::size_t{20} : text.size();
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!co_await session.socket->write_all(std::string_view(text).substr(at, step))) co_return;
    if (manner == 3) co_await session.pause(between(1, 300));
  }
  const auto sent = clock_.now();
  const auto body = co_await session.read_answer();
  if (!body || session.objects.is_dead()) co_return;
  if (clock_.now() - sent > kPrompt && !is_disk_bad_) {
    finding("the answer to " + start->key + " of " + std::to_string(asked) + " took " +
            std::to_string(clock_.now() - sent) + " ms");
  }
  if (session.reader.status() != 201) co_return;
  const auto made = data::parse_json(*body);
  const auto uid = made ? made->get_string("uid") : std::string();
  if (!start->uid.empty() && start->uid != uid) {
    finding("the key " + start->key + " was " + start->uid + " and is " + uid);
  }
  start->is_asked_again = start->is_acknowledged;
  if (std::exchange(start->is_acknowledged, true)) co_return;
  start->uid = uid;
  trace("acknowledged: " + start->key);
  auto& asked_object = asked_["o/" + made->get_string("name")];
  asked_object.pipeline = start->pipeline;
  asked_object.uid = uid;
  asked_object.is_made = true;
}

// ---- those who follow

void World::follow_by_http() {
  followers_.push_back(std::make_shared<HttpFollower>());
  come_back(followers_.back());
}

void World::come_back(const std::shared_ptr<HttpFollower>& follower) {
  if (is_over_) return;
  if (is_up() && life_->http && !std::exchange(follower->is_there, true)) {
    auto* life = life_.get();
    life->objects->spawn([this, life, follower]() -> asio::awaitable<void> {
      co_await follow_session(*life, follower);
      follower->is_there = false;
    });
  }
  clock_.in(between(1, 20) * kMinute, [this, follower] { come_back(follower); });
}

/// What one server-sent event says; true: nothing, there are no more.
bool World::take_event(HttpFollower& follower, std::string_view event) {
  std::string kind;
  std::string_view text;
  for (std::size_t at = 0; at < event.size();) {
    const auto stop = std::min(event.find('\n', at), event.size());
    const auto line = event.substr(at, stop - at);
    at = stop + 1;
    if (line.starts_with("event: ")) kind = line.substr(7);
    if (line.starts_with("id: ")) follower.cursor = line.substr(4);
    if (line.starts_with("data: ")) text = line.substr(6);
  }
  if (kind == "hello" && follower.life != report_.lives) {
    follower.life = report_.lives;
    follower.from = ends_.size();
  }
  if (kind == "gap") follower.from = ends_.size();
  if (kind != "run") return kind.empty();
  const auto run = data::parse_json(text);
  if (run && run->get_string("phase") == "ended") follower.ended.insert(run->get_string("uid"));
  return false;
}

asio::awaitable<void> World::follow_session(Life& life, std::shared_ptr<HttpFollower> follower) {
  const auto stay = between(1, 30) * kMinute;
  Session session(life, stay + 30 * kMinute);
  const auto until = clock_.now() + stay;
  const auto resume = follower->cursor.empty() ? std::string() : "Last-Event-ID: " + follower->cursor + "\r\n";
  if (!co_await session.socket->write_all(request_of("GET", "/events", resume, ""))) co_return;
  std::string text;
  while (clock_.now() < until && !is_over_) {
    if (between(1, 400) == 1) co_await session.pause(between(1, 5 * kMinute));  // and does not read
    if (session.objects.is_dead() || session.reader.state() == net::ResponseReader::State::complete) co_return;
    if (!co_await session.read_more()) co_return;
    text += session.take_body();
    for (auto end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n")) {
      // Of a heartbeat that was read late nothing follows: more stands behind it.
      if (take_event(*follower, std::string_view(text).substr(0, end)) && session.http.is_newest(follower->cursor)) {
        check_follower(*follower);
      }
      text.erase(0, end + 2);
    }
  }
  between(1, 2) == 1 ? session.socket->cut() : session.socket->close();
}

void World::check_follower(HttpFollower& follower) {
  if (follower.life != report_.lives) return;
  for (auto at = std::max(follower.from, follower.checked); at < ends_.size(); ++at) {
    follower.checked = at + 1;
    if (!follower.ended.contains(ends_[at])) finding("a follower has missed the end of " + ends_[at]);
  }
}

// ---- those who are in nobody's way

/// Takes something large and does not read it, or reads it a little at a time.
asio::awaitable<void> World::slow_session(Life& life) {
  Session session(life, between(1, 20) * kMinute);
  if (!co_await session.socket->write_all(request_of("GET", "/large", "", ""))) co_return;
  const bool reads = between(1, 2) == 1;
  while (!session.objects.is_dead() && !is_over_ && !session.end.is_over()) {
    co_await session.pause(between(1, 30) * kSecond);
    if (reads && !co_await session.read_more()) co_return;
    if (session.reader.state() == net::ResponseReader::State::complete) co_return;
  }
}

/// Asks something easy, which is answered at once whatever the others do.
asio::awaitable<void> World::quick_session(Life& life) {
  Session session(life, kMinute);
  const auto asked = clock_.now();
  if (!co_await session.socket->write_all(request_of("GET", "/now", "", ""))) co_return;
  if (!co_await session.read_answer() || session.objects.is_dead()) co_return;
  if (clock_.now() - asked > kSecond) finding("an easy answer took " + std::to_string(clock_.now() - asked) + " ms");
}

void World::arrive_by_http() {
  const auto manner = between(1, 10);
  if (manner <= 6) return start_by_http();
  if (manner == 7 && followers_.size() < kMostFollowers) return follow_by_http();
  if (!is_up() || !life_->http) return;
  auto* life = life_.get();
  life->objects->spawn([this, life, manner] { return manner == 8 ? slow_session(*life) : quick_session(*life); });
}

// ---- what must hold at the end

void World::check_starts(const std::vector<Value>& runs) {
  for (const auto& start : starts_) {
    if (!start->is_acknowledged) finding("never acknowledged: " + start->key);
    std::size_t found = 0;
    for (const auto& object : runs) {
      if (objects::annotation(object, names::kIdempotency) != start->key) continue;
      ++found;
      if (objects::meta_text(object, "uid") != start->uid) finding(start->key + " was acknowledged as another object");
    }
    if (found != 1) finding(start->key + " is there " + std::to_string(found) + " times");
  }
}

}  // namespace windlass::simulation

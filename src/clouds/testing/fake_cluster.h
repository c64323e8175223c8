// An API server in memory, over the streams of net/testing: as much of one as pods, leases, claims, events and logs
// need, with watches that go on and faults where a test wants them. It keeps what it was asked. One thread.
//
// What it holds to as the real one does: names are unique, versions grow, a merge patch with null takes away, a watch
// behind a selector tells what leaves it as deleted, a uid in a deletion's preconditions counts. The same behaviour is
// asked of a real API server by tests/cluster/fleet_test.cc.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"
#include "net/testing/memory_stream.h"
#include "objects/metadata.h"
#include "objects/patch.h"
#include "text/codec.h"

namespace windlass::clouds {

class FakeCluster {
 public:
  struct Fault {
    enum class Kind : unsigned char {
      answer,       ///< `code` and `body`, nothing happens
      lose_before,  ///< the connection goes before anything happens
      lose_after,   ///< it happens, and nobody is told
    };
    Kind kind = Kind::answer;
    int code = 500;
    std::string body;
  };

  FakeCluster(boost::asio::io_context& io, rt::Timers& timers)
      : connector(io, timers,
                  [this](std::unique_ptr<net::MemoryStream> stream, std::size_t) {
                    auto shared = std::shared_ptr<net::MemoryStream>(std::move(stream));
                    open_.push_back(shared);
                    boost::asio::co_spawn(io_, serve(shared), boost::asio::detached);
                  }),
        io_(io) {}
  FakeCluster(const FakeCluster&) = delete;
  FakeCluster& operator=(const FakeCluster&) = delete;

  net::MemoryConnector connector;
  std::vector<std::string> calls;  ///< "POST pods/p 201"; watches as "WATCH pods"
  /// Asked before each call with "POST pods/p".
  std::function<std::optional<Fault>(const std::string&)> fault;
  std::map<std::string, std::string> logs;    ///< "pod/container"
  std::string no_log = "no log";              ///< what is said of others
  unsigned without_owner = 0;                 ///< pods created without one that is there
  bool grace = false;                         ///< deleted pods stay until remove()
  std::function<std::int64_t()> wall_millis;  ///< when what is made now was made; empty: when the tests began

  // ---- what a test sees and does
  [[nodiscard]] const data::Value* find(const std::string& plural, const std::string& name) const {
    const auto found = objects_.find(plural + "/" + name);
    return found == objects_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::size_t count(const std::string& plural) const {
    std::size_t out = 0;
    for (const auto& [key, object] : objects_) out += key.starts_with(plural + "/") ? 1 : 0;
    return out;
  }
  [[nodiscard]] std::size_t called(const std::string& beginning) const {
    std::size_t out = 0;
    for (const auto& call : calls) out += call.starts_with(beginning) ? 1 : 0;
    return out;
  }
  void add(const std::string& plural, data::Value object) {
    const auto name = objects::meta_text(object, "name");
    if (objects::meta_text(object, "uid").empty()) objects::set_meta(object, "uid", "uid-" + std::to_string(++uids_));
    put(plural + "/" + name, std::move(object));
  }
  /// `status` in JSON becomes the pod's.
  void set_status(const std::string& pod, const std::string& status) {
    auto object = objects_.at("pods/" + pod);
    object.set("status", *data::parse_json(status));
    put("pods/" + pod, std::move(object));
  }
  void mark_deleted(const std::string& pod, std::int64_t grace_seconds = 30) {
    auto object = objects_.at("pods/" + pod);
    objects::set_meta(object, "deletionTimestamp", "2027-01-15T08:00:00Z");
    object.find("metadata")->set("deletionGracePeriodSeconds", grace_seconds);
    put("pods/" + pod, std::move(object));
  }
  void remove(const std::string& plural, const std::string& name) {
    const auto found = objects_.find(plural + "/" + name);
    if (found == objects_.end()) return;
    auto object = std::move(found->second);
    objects_.erase(found);
    objects::set_meta(object, "resourceVersion", std::to_string(++version_));
    changed({.version = version_, .plural = plural, .before = object, .after = data::Value()});
  }
  /// What Kubernetes' collector does: what has owners none of which is there goes, and then what that owned.
  void collect() {
    std::vector<std::string> gone;
    do {
      gone.clear();
      for (const auto& [key, object] : objects_) {
        if (!objects::owner_uids(object).empty() && !owned(object)) gone.push_back(key);
      }
      for (const auto& key : gone) remove(key.substr(0, key.find('/')), key.substr(key.find('/') + 1));
    } while (!gone.empty());
  }
  /// Nobody answers, and all connections break.
  void go_down() {
    connector.refuse = true;
    watches_.clear();
    for (const auto& one : open_) one->reset();
    open_.clear();
  }
  void come_up() { connector.refuse = false; }
  /// Versions before now are no longer kept: watches of them get 410.
  void forget_history() {
    history_.clear();
    oldest_ = version_;
  }
  [[nodiscard]] std::size_t watching() const { return watches_.size(); }

 private:
  struct Change {
    std::uint64_t version = 0;
    std::string plural;
    data::Value before, after;  ///< null: not there
  };
  struct Watching {
    std::shared_ptr<net::MemoryStream> stream;
    std::string plural, selector;
  };
  struct Request {
    std::string method, plural, name, subresource, body;
    bool metadata_only = false;
    std::map<std::string, std::string> query;
  };

  [[nodiscard]] bool owned(const data::Value& object) const {
    for (const auto& uid : objects::owner_uids(object)) {
      for (const auto& [key, owner] : objects_) {
        if (objects::meta_text(owner, "uid") == uid) return true;
      }
    }
    return false;
  }
  void put(const std::string& key, data::Value object) {
    objects::set_meta(object, "namespace", "ns");
    objects::set_meta(object, "resourceVersion", std::to_string(++version_));
    auto& kept = objects_[key];
    Change change{.version = version_, .plural = key.substr(0, key.find('/')), .before = kept, .after = object};
    kept = std::move(object);
    changed(std::move(change));
  }
  static bool selects(const std::string& selector, const data::Value& object) {
    if (object.is_null()) return false;
    const auto equals = selector.find('=');
    return selector.empty() || objects::label(object, selector.substr(0, equals)) == selector.substr(equals + 1);
  }
  static std::string event_text(const Change& change, const std::string& selector) {
    const bool was = selects(selector, change.before), is = selects(selector, change.after);
    if (!was && !is) return {};
    const auto* type = !was ? "ADDED" : is ? "MODIFIED" : "DELETED";
    auto object = is ? change.after : change.before;
    objects::set_meta(object, "resourceVersion", std::to_string(change.version));
    return std::string("{\"type\":\"") + type + "\",\"object\":" + data::format_json(object) + "}\n";
  }
  static std::string chunk(const std::string& text) {
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
    return std::string(size, end) + "\r\n" + text + "\r\n";
  }
  void send(const std::shared_ptr<net::MemoryStream>& stream, std::string bytes) {
    const auto write = [](std::shared_ptr<net::MemoryStream> to, std::string what) -> boost::asio::awaitable<void> {
      (void)co_await to->write_all(what);
    };
    boost::asio::co_spawn(io_, write(stream, std::move(bytes)), boost::asio::detached);
  }
  void changed(Change change) {
    for (const auto& watch : watches_) {
      if (watch.plural != change.plural) continue;
      if (const auto text = event_text(change, watch.selector); !text.empty()) send(watch.stream, chunk(text));
    }
    history_.push_back(std::move(change));
  }

  static std::string answer_text(int code, const std::string& body, const std::string& type = "application/json") {
    return "HTTP/1.1 " + std::to_string(code) + " X\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string status_text(int code, const std::string& reason, const std::string& message) {
    return data::format_json(data::Value::map_of("kind", "Status", "apiVersion", "v1", "status", "Failure", "code",
                                                 code, "reason", reason, "message", message));
  }
  static Request parse(const std::string& text, std::size_t head) {
    Request out;
    out.method = text.substr(0, text.find(' '));
    auto target = text.substr(out.method.size() + 1, text.find(' ', out.method.size() + 1) - out.method.size() - 1);
    out.body = text.substr(head);
    out.metadata_only = text.find("as=PartialObjectMetadata;") < head;
    if (const auto mark = target.find('?'); mark != std::string::npos) {
      auto rest = target.substr(mark + 1);
      target.resize(mark);
      while (!rest.empty()) {
        auto pair = rest.substr(0, rest.find('&'));
        rest.erase(0, pair.size() + 1);
        const auto equals = pair.find('=');
        out.query[pair.substr(0, equals)] = text::decode_form_url(pair.substr(equals + 1)).value_or("");
      }
    }
    // …/namespaces/ns/pods/p/log
    const auto at = target.find("/namespaces/");
    auto rest = target.substr(at + 12);
    rest.erase(0, rest.find('/') + 1);
    out.plural = rest.substr(0, rest.find('/'));
    rest.erase(0, out.plural.size() + 1);
    out.name = rest.substr(0, rest.find('/'));
    rest.erase(0, out.name.size() + 1);
    out.subresource = rest;
    return out;
  }

  boost::asio::awaitable<void> serve(std::shared_ptr<net::MemoryStream> stream) {
    std::string buffer;
    for (;;) {
      std::size_t need = std::string::npos, head = 0;
      for (;;) {
        head = buffer.find("\r\n\r\n");
        if (head != std::string::npos) {
          head += 4;
          need = head;
          if (const auto at = buffer.find("Content-Length: "); at < head) {
            need += std::strtoul(buffer.c_str() + at + 16, nullptr, 10);
          }
          if (buffer.size() >= need) break;
        }
        char space[4096];
        auto count = co_await stream->read_some(space);
        if (!count || *count == 0) co_return;
        buffer.append(space, *count);
      }
      auto request = parse(buffer.substr(0, need), head);
      buffer.erase(0, need);
      if (request.method == "GET" && request.query.contains("watch")) {
        if (begin_watch(stream, request)) co_return;
        continue;
      }
      auto what = request.method + " " + request.plural;
      if (request.method == "POST") {
        const auto body = data::parse_json(request.body);
        request.name = body ? objects::meta_text(*body, "name") : "";
      }
      if (!request.name.empty()) what += "/" + request.name;
      if (!request.subresource.empty()) what += "/" + request.subresource;
      const auto trouble = fault ? fault(what) : std::nullopt;
      if (trouble && trouble->kind == Fault::Kind::lose_before) {
        calls.push_back(what + " lost");
        co_return stream->reset();
      }
      std::string text;
      if (trouble && trouble->kind == Fault::Kind::answer) {
        text = answer_text(trouble->code, trouble->body);
      } else {
        text = act(request);
      }
      calls.push_back(what + " " + text.substr(9, 3));
      if (trouble && trouble->kind == Fault::Kind::lose_after) co_return stream->reset();
      if (!co_await stream->write_all(text)) co_return;
    }
  }

  bool begin_watch(const std::shared_ptr<net::MemoryStream>& stream, Request& request) {
    calls.push_back("WATCH " + request.plural);
    const auto from = std::strtoull(request.query["resourceVersion"].c_str(), nullptr, 10);
    if (from < oldest_) {
      send(stream, answer_text(410, status_text(410, "Expired", "too old resource version")));
      return false;
    }
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto selector = request.query["labelSelector"];
    for (const auto& change : history_) {
      if (change.plural != request.plural || change.version <= from) continue;
      if (const auto event = event_text(change, selector); !event.empty()) text += chunk(event);
    }
    send(stream, text);
    watches_.push_back({.stream = stream, .plural = request.plural, .selector = selector});
    return true;
  }

  std::string act(Request& request) {
    const auto key = request.plural + "/" + request.name;
    const auto missing = [&] {
      return answer_text(404, status_text(404, "NotFound", request.plural + " \"" + request.name + "\" not found"));
    };
    if (request.method == "POST") {
      if (objects_.contains(key)) {
        return answer_text(
            409, status_text(409, "AlreadyExists", request.plural + " \"" + request.name + "\" already exists"));
      }
      auto object = *data::parse_json(request.body);
      // When the clock of the tests begins, unless they say what it shows.
      objects::set_meta(object, "creationTimestamp",
                        wall_millis ? objects::format_rfc3339(wall_millis()) : "2027-01-15T08:00:00Z");
      objects::set_meta(object, "uid", "uid-" + std::to_string(++uids_));
      if (request.plural == "pods") without_owner += owned(object) ? 0 : 1;
      if (request.plural == "pods") object.set("status", data::Value::map_of("phase", "Pending"));
      put(key, std::move(object));
      auto answer = objects_.at(key);
      if (request.metadata_only) {
        answer = data::Value::map_of("kind", "PartialObjectMetadata", "metadata", *answer.find("metadata"));
      }
      return answer_text(201, data::format_json(answer));
    }
    if (request.name.empty()) return list(request);
    const auto found = objects_.find(key);
    if (found == objects_.end()) return missing();
    if (request.subresource == "log") {
      const auto log = logs.find(request.name + "/" + request.query["container"]);
      if (log == logs.end()) return answer_text(400, status_text(400, "BadRequest", no_log));
      return answer_text(200, log->second, "text/plain");
    }
    if (request.method == "GET") return answer_text(200, data::format_json(found->second));
    if (request.method == "PATCH") {
      put(key, objects::apply_merge_patch(found->second, *data::parse_json(request.body)));
      return answer_text(200, data::format_json(objects_.at(key)));
    }
    const auto body = data::parse_json(request.body);
    const auto* conditions = body ? body->find("preconditions") : nullptr;
    if (conditions != nullptr && conditions->get_string("uid") != objects::meta_text(found->second, "uid")) {
      return answer_text(409, status_text(409, "Conflict", "the UID in the precondition does not match"));
    }
    const auto* seconds = body ? body->find("gracePeriodSeconds") : nullptr;
    if (grace && request.plural == "pods" && seconds == nullptr) {
      if (!objects::is_being_deleted(found->second)) mark_deleted(request.name);
      return answer_text(200, data::format_json(objects_.at(key)));
    }
    const auto text = data::format_json(found->second);
    remove(request.plural, request.name);
    return answer_text(200, text);
  }

  std::string list(Request& request) {
    auto items = data::Value::list();
    const auto field = request.query["fieldSelector"];
    for (const auto& [key, object] : objects_) {
      if (!key.starts_with(request.plural + "/") || !selects(request.query["labelSelector"], object)) continue;
      if (field.starts_with("involvedObject.uid=")) {
        const auto* about = object.find("involvedObject");
        if (about == nullptr || about->get_string("uid") != field.substr(19)) continue;
      }
      if (field.starts_with("involvedObject.name=")) {
        const auto* about = object.find("involvedObject");
        if (about == nullptr || about->get_string("name") != field.substr(20)) continue;
      }
      items.push(object);
    }
    return answer_text(200, data::format_json(data::Value::map_of(
                                "kind", "List", "apiVersion", "v1", "metadata",
                                data::Value::map_of("resourceVersion", std::to_string(version_)), "items", items)));
  }

  boost::asio::io_context& io_;
  std::map<std::string, data::Value> objects_;  ///< "pods/p"
  std::vector<Change> history_;
  std::vector<Watching> watches_;
  std::vector<std::shared_ptr<net::MemoryStream>> open_;
  std::uint64_t version_ = 100, oldest_ = 0;
  unsigned uids_ = 0;
};

}  // namespace windlass::clouds

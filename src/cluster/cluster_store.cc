#include "cluster/cluster_store.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <utility>

#include "cluster/cluster_watcher.h"
#include "cluster/object_shape.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;
using objects::ListOptions;
using objects::ListResult;
using objects::Outcome;
using objects::Part;
using objects::ResourceType;

namespace {

constexpr std::chrono::milliseconds kFirstPause{10}, kLongestPause{1000};
constexpr unsigned kListTries = 3;
constexpr unsigned kNameTries = 5;

std::unexpected<objects::ApiStatus> failed(const ResourceType& type, objects::ApiStatus status) {
  return std::unexpected(explain(type, std::move(status)));
}

Outcome<Value> answer_of(const ResourceType& type, Outcome<Value> answer) {
  if (!answer) return failed(type, std::move(answer).error());
  shape_answer(type, *answer);
  return answer;
}

/// The characters behind generateName, from Kubernetes' alphabet: no vowels, so no words.
std::string suffix(const kube::Surroundings& surroundings) {
  static constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string out;
  for (int i = 0; i < 5; ++i) out += kLetters[surroundings.random() % kLetters.size()];
  return out;
}

kube::WriteOptions write_options(const ResourceType& type, Part part, bool dry_run) {
  kube::WriteOptions out;
  if (part == Part::status && type.has_status) out.subresource = "status";
  out.dry_run = dry_run;
  return out;
}

/// The server may have acted or not.
/// The greatest where the object has none.
std::uint64_t number_in(const Value& object, const std::string& annotation) {
  std::uint64_t out = 0;
  const auto text = annotation.empty() ? std::string() : objects::annotation(object, annotation);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : UINT64_MAX;
}

bool is_unanswered(const objects::ApiStatus& status) {
  return status.code == 504 || (status.code == 503 && status.retry_after_seconds == 0);
}

/// What is to be written of an object that is stored so.
Outcome<Value> change_of(const ResourceType& type, const std::string& name, const Value& stored,
                         const objects::Modifier& modifier, Part part) {
  auto wanted = modifier(stored);
  if (!wanted) return wanted;
  const auto subject = type.subject(name);
  const auto uid = objects::meta_text(stored, "uid");
  if (!wanted->has_members()) return objects::bad_request("the body must be an object");
  if (const auto given = objects::meta_text(*wanted, "name"); !given.empty() && given != name) {
    return objects::bad_request("the name of the object (" + given + ") does not match the name on the URL (" + name +
                                ")");
  }
  if (const auto given = objects::meta_text(*wanted, "uid"); !given.empty() && given != uid) {
    return objects::conflict(subject,
                             "Precondition failed: UID in precondition: " + given + ", UID in object meta: " + uid);
  }
  if (const auto given = objects::meta_text(*wanted, "resourceVersion");
      !given.empty() && given != objects::meta_text(stored, "resourceVersion")) {
    return objects::conflict(
        subject, "the object has been modified; please apply your changes to the latest version and try again");
  }
  return shape_update(type, stored, std::move(*wanted), part);
}

}  // namespace

ClusterStore::ClusterStore(kube::Client& client, ClusterStoreOptions options)
    : client_(client),
      options_(std::move(options)),
      known_(std::make_shared<KnownObjects>(options_.kept, options_.kept_for)) {}

Outcome<void> ClusterStore::may_write() const {
  if (!options_.may_write || options_.may_write()) return {};
  return std::unexpected(
      objects::unavailable("this server does not lead any more, so it writes nothing; another one goes on").error());
}

ApiTask<Value> ClusterStore::get(const ResourceType& type, std::string namespace_, std::string name) {
  const auto mark = known_->mark();
  auto answer = answer_of(type, co_await client_.get(kube::resource_of(type), std::move(namespace_), std::move(name)));
  if (answer) known_->answered(type, *answer, mark, client_.timers().now());
  co_return answer;
}

ApiTask<Value> ClusterStore::look(const ResourceType& type, std::string namespace_, std::string name) {
  if (auto known = known_->watched(type, namespace_, name, client_.timers().now())) co_return std::move(*known);
  co_return co_await get(type, std::move(namespace_), std::move(name));
}

// ---- lists

ApiTask<ListResult> ClusterStore::page(const ResourceType& type, ListOptions options) {
  const auto fields = split_fields(type, options.fields);
  kube::ListQuery query;
  if (type.namespaced) query.namespace_ = std::move(options.namespace_);
  query.labels = selector_text(options.labels);
  query.fields = fields.query;
  query.limit = options.limit;
  query.continue_ = std::move(options.continue_);
  query.metadata_only = options.metadata_only;
  auto list = co_await client_.list(kube::resource_of(type), query);
  // Objects may be a megabyte each, and whoever makes them so must not keep the others from being seen.
  while (!list && list.error().code == 413 && query.limit > 1) {
    query.limit = std::max<std::size_t>(1, query.limit / 4);
    list = co_await client_.list(kube::resource_of(type), query);
  }
  if (!list) co_return failed(type, std::move(list).error());
  ListResult out;
  out.resource_version = WL_API_TRY(version_of(*list));
  out.continue_ = objects::meta_text(*list, "continue");
  if (Value* items = list->find("items"); items != nullptr && items->is_list()) {
    out.items = std::move(items->mutable_items());
  }
  for (auto& object : out.items) shape_answer(type, object);
  if (!fields.rest.empty()) {
    std::erase_if(out.items, [&](const Value& object) { return !fields.rest.matches(object); });
  }
  co_return out;
}

/// All pages as one; begun again where a page is asked for too late (410).
ApiTask<ListResult> ClusterStore::whole(const ResourceType& type, ListOptions options) {
  options.limit = options_.page;
  for (unsigned count = 1;; ++count) {
    ListResult out;
    auto next = options;
    for (bool first = true;; first = false) {
      auto part = co_await page(type, next);
      if (!part && part.error().code == 410 && !first && count < kListTries) break;
      if (!part) co_return std::unexpected(std::move(part).error());
      if (first) out.resource_version = part->resource_version;
      std::move(part->items.begin(), part->items.end(), std::back_inserter(out.items));
      if (part->continue_.empty()) co_return out;
      next.continue_ = std::move(part->continue_);
    }
  }
}

/// The server lists by name. Which are the newest is found by their metadata, and only those are read that are asked
/// for.
ApiTask<ListResult> ClusterStore::newest_first(const ResourceType& type, ListOptions options) {
  auto all = options;
  all.continue_.clear();
  // What is left to be looked at here may be content.
  const bool by_content = !split_fields(type, options.fields).rest.empty();
  all.metadata_only = !by_content;
  auto out = WL_API_TRY(co_await whole(type, std::move(all)));
  out.total = out.items.size();
  struct Place {
    std::string second;
    std::uint64_t number = 0;
    std::string name;
    std::size_t at = 0;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> order;
  order.reserve(out.items.size());
  for (std::size_t at = 0; at < out.items.size(); ++at) {
    const auto& one = out.items[at];
    order.push_back({objects::meta_text(one, "creationTimestamp"), number_in(one, options.counted_by),
                     objects::meta_text(one, "name"), at});
  }
  std::sort(order.begin(), order.end(), std::greater<>());
  const auto begin = std::min(options.offset, order.size());
  const auto count = options.limit == 0 ? order.size() - begin : std::min(options.limit, order.size() - begin);
  std::vector<Value> items;
  items.reserve(count);
  for (std::size_t at = begin; at < begin + count; ++at) {
    auto& object = out.items[order[at].at];
    if (by_content || options.metadata_only) {
      items.push_back(std::move(object));
      continue;
    }
    auto whole_one = co_await get(type, objects::meta_text(object, "namespace"), objects::meta_text(object, "name"));
    if (whole_one) {
      items.push_back(std::move(*whole_one));
    } else if (whole_one.error().code != 404) {
      co_return std::unexpected(std::move(whole_one).error());
    }
  }
  out.items = std::move(items);
  co_return out;
}

ApiTask<ListResult> ClusterStore::list(const ResourceType& type, ListOptions options) {
  if (options.newest_first) return newest_first(type, std::move(options));
  if (options.limit == 0 && options.continue_.empty()) return whole(type, std::move(options));
  return page(type, std::move(options));
}

// ---- writes

ApiTask<Value> ClusterStore::create(const ResourceType& type, std::string namespace_, Value object, bool dry_run) {
  WL_API_TRY(may_write());
  if (!object.has_members()) co_return objects::bad_request("the body must be an object");
  const auto own_namespace = objects::meta_text(object, "namespace");
  if (type.namespaced && !own_namespace.empty() && own_namespace != namespace_) {
    co_return objects::bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  if (!type.namespaced) namespace_.clear();
  const auto resource = kube::resource_of(type);
  const auto options = write_options(type, Part::main, dry_run);
  const auto generate = objects::meta_text(object, "generateName");
  if (!objects::meta_text(object, "name").empty() || generate.empty()) {
    co_return answer_of(type, co_await client_.create(resource, namespace_,
                                                      shape_new(type, namespace_, "", std::move(object)), options));
  }
  // The name is made here, so that what was not answered can be looked for and is not made twice. generateName stays:
  // of a project it is the name that people know. For its sake a name that is taken is called a ServerTimeout by 1.20.
  for (unsigned count = 1;; ++count) {
    const auto name = generate.substr(0, 58) + suffix(client_.credentials().surroundings());
    const auto sent = shape_new(type, namespace_, name, object);
    auto made = co_await client_.create(resource, namespace_, sent, options);
    if (made) co_return answer_of(type, std::move(made));
    if (made.error().code == 409 && made.error().reason == "AlreadyExists" && count < kNameTries) continue;
    const bool may_be_taken = made.error().reason == "ServerTimeout";
    if ((is_unanswered(made.error()) || may_be_taken) && !dry_run) {
      auto there = co_await client_.get(resource, namespace_, name);
      const Value* spec = sent.find("spec");
      if (there && spec != nullptr && there->find("spec") != nullptr && *there->find("spec") == *spec) {
        co_return answer_of(type, std::move(there));
      }
      if (there && may_be_taken && count < kNameTries) continue;
    }
    co_return failed(type, std::move(made).error());
  }
}

ApiTask<Value> ClusterStore::write(const ResourceType& type, std::string namespace_, std::string name, Value object,
                                   Part part, bool dry_run) {
  WL_API_TRY(may_write());
  const auto mark = known_->mark();
  auto answer = answer_of(type, co_await client_.update(kube::resource_of(type), namespace_, name, std::move(object),
                                                        write_options(type, part, dry_run)));
  if (answer && !dry_run) {
    known_->answered(type, *answer, mark, client_.timers().now());
  } else if (!answer) {
    known_->forget(type, namespace_, name);
  }
  co_return answer;
}

ApiTask<Value> ClusterStore::update(const ResourceType& type, std::string namespace_, std::string name, Value object,
                                    Part part, bool dry_run) {
  // As the embedded store has it: without a version it replaces whatever is there.
  return modify(
      type, std::move(namespace_), std::move(name),
      [object = std::move(object)](Value) -> Outcome<Value> { return object; }, part, dry_run);
}

/// The server refuses it if anything has changed since. Whatever is no change and no success by what was known then is
/// for a fresh look to say.
ApiTask<std::optional<Value>> ClusterStore::modify_kept(const ResourceType& type, std::string namespace_,
                                                        std::string name, objects::Modifier modifier, Part part,
                                                        bool dry_run) {
  const auto stored = known_->recent(type, namespace_, name, client_.timers().now());
  if (!stored) co_return std::nullopt;
  auto sent = change_of(type, name, *stored, modifier, part);
  if (!sent || *sent == *stored) co_return std::nullopt;
  auto done = co_await write(type, namespace_, name, std::move(*sent), part, dry_run);
  if (done) co_return std::move(*done);
  if (done.error().code == 409 || done.error().code == 404) co_return std::nullopt;
  co_return std::unexpected(std::move(done).error());
}

ApiTask<Value> ClusterStore::modify(const ResourceType& type, std::string namespace_, std::string name,
                                    objects::Modifier modifier, Part part, bool dry_run) {
  WL_API_TRY(may_write());
  if (!type.namespaced) namespace_.clear();
  if (auto done = WL_API_TRY(co_await modify_kept(type, namespace_, name, modifier, part, dry_run))) {
    co_return std::move(*done);
  }
  std::string uid;
  auto pause = kFirstPause;
  for (unsigned count = 1;; ++count) {
    const auto stored = WL_API_TRY(co_await get(type, namespace_, name));
    // Of the same name, but not what the first look was about.
    if (const auto now = objects::meta_text(stored, "uid"); std::exchange(uid, now) != now && count > 1) {
      co_return objects::conflict(type.subject(name), "it was deleted and made again meanwhile");
    }
    auto sent = WL_API_TRY(change_of(type, name, stored, modifier, part));
    if (sent == stored) co_return stored;
    auto done = co_await write(type, namespace_, name, std::move(sent), part, dry_run);
    if (done || done.error().code != 409 || count >= options_.max_tries) co_return done;
    // Others write too: a short pause, each time longer, so that not all come again together.
    const auto chance = client_.credentials().surroundings().chance();
    auto& timers = client_.timers();
    co_await rt::sleep_until(client_.io(), timers,
                             timers.now() + std::chrono::milliseconds(static_cast<std::int64_t>(
                                                static_cast<double>(pause.count()) * (0.5 + chance / 2))));
    pause = std::min(pause * 2, kLongestPause);
  }
}

ApiTask<Value> ClusterStore::remove(const ResourceType& type, std::string namespace_, std::string name,
                                    objects::DeleteOptions options) {
  WL_API_TRY(may_write());
  if (!type.namespaced) namespace_.clear();
  auto gone = co_await client_.remove(kube::resource_of(type), namespace_, name, std::move(options));
  if (!gone) co_return failed(type, std::move(gone).error());
  if (gone->get_string("kind") != "Status") co_return answer_of(type, std::move(gone));
  // It went at once: what it was is no longer known, but for what it was called.
  Value metadata = Value::map_of("name", name);
  if (type.namespaced) metadata.set("namespace", namespace_);
  if (const Value* details = gone->find("details")) metadata.set("uid", details->get_string("uid"));
  Value out = Value::map_of("metadata", std::move(metadata));
  shape_answer(type, out);
  co_return out;
}

std::unique_ptr<objects::Watcher> ClusterStore::watch(const ResourceType& type, objects::WatchOptions options) {
  // Of the whole kind with its content it tells what is known too.
  const bool whole = options.namespace_.empty() && options.labels.empty() && options.fields.empty();
  if (!whole || options.metadata_only) return std::make_unique<ClusterWatcher>(client_, type, std::move(options));
  return std::make_unique<ClusterWatcher>(
      client_, type, std::move(options),
      WatchListener{.began = [known = known_, &type] { known->watch_began(type); },
                    .ended = [known = known_, &type] { known->watch_ended(type); },
                    .told = [known = known_, &type, &timers = client_.timers()](
                                const objects::WatchEvent& event) { known->told(type, event, timers.now()); }});
}

}  // namespace windlass::cluster

// The store against an API server that does what a test says: conflicts, names, kinds that are missing, watches.
#include "cluster/cluster_store.h"

#include "cluster/object_shape.h"
#include "cluster/testing/small_server.h"
#include "objects/metadata.h"

namespace windlass::cluster {
namespace {

using namespace std::chrono_literals;
using data::Value;
using net::Reply;
using objects::Outcome;
using objects::Part;

const objects::ResourceType& type(std::string_view plural) {
  for (const auto& one : objects::resource_types()) {
    if (one.plural == plural) return one;
  }
  std::abort();
}

constexpr std::string_view kRun = "/apis/devops.kubesphere.io/v1alpha3/namespaces/p/pipelineruns";

Outcome<Value> count_up(Value object) {
  const auto count = objects::annotation(object, "count");
  objects::set_annotation(object, "count", std::to_string(1 + (count.empty() ? 0 : std::stoi(count))));
  return object;
}

TEST(ClusterStore, AModifyThatSomebodyIsFasterThanReadsAgain) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(world.wait(
      store.create(type("pipelineruns"), "p", Value::map_of("metadata", Value::map_of("name", "r")), false)));
  int gets = 0;
  world.server.answer = [&](const Asked& one) {
    // After each of the first three looks somebody else writes.
    auto reply = world.store.answer(one);
    if (one.method == "GET" && ++gets <= 3) {
      auto& object = world.store.objects[std::string(kRun) + "/r"];
      objects::set_meta(object, "resourceVersion", std::to_string(++world.store.version));
      objects::set_annotation(object, "other", std::to_string(gets));
    }
    return reply;
  };
  const auto done = world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(gets, 4);
  EXPECT_EQ(objects::annotation(*done, "count"), "1");
  EXPECT_EQ(objects::annotation(*done, "other"), "3");
}

TEST(ClusterStore, AnObjectOfOursThatWasJustAnsweredIsWrittenWithoutALook) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(world.wait(
      store.create(type("pipelineruns"), "p", Value::map_of("metadata", Value::map_of("name", "r")), false)));
  ASSERT_TRUE(world.wait(store.get(type("pipelineruns"), "p", "r")));
  auto before = world.server.asked.size();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false)));
  }
  EXPECT_EQ(world.server.asked.size(), before + 3);
  EXPECT_EQ(objects::annotation(world.store.objects[std::string(kRun) + "/r"], "count"), "3");
  // Somebody else wrote: what was known is refused, and the change is made of what is there.
  auto& object = world.store.objects[std::string(kRun) + "/r"];
  objects::set_meta(object, "resourceVersion", std::to_string(++world.store.version));
  objects::set_annotation(object, "count", "7");
  before = world.server.asked.size();
  ASSERT_TRUE(world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false)));
  EXPECT_EQ(world.server.asked.size(), before + 3) << "refused, a look, written";
  EXPECT_EQ(objects::annotation(world.store.objects[std::string(kRun) + "/r"], "count"), "8");
  // What is known is no reason to do nothing.
  objects::set_meta(object, "resourceVersion", std::to_string(++world.store.version));
  objects::set_annotation(object, "count", "0");
  const auto nothing = world.wait(
      store.modify(type("pipelineruns"), "p", "r", [](Value one) -> Outcome<Value> { return one; }, Part::main, false));
  ASSERT_TRUE(nothing);
  EXPECT_EQ(objects::annotation(*nothing, "count"), "0");
  // Nor to say that something is gone, or that it is not.
  world.store.objects.erase(std::string(kRun) + "/r");
  EXPECT_EQ(world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false)).error().code, 404);
}

TEST(ClusterStore, WhatChangesNothingIsNotWritten) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(
      world.wait(store.create(type("pipelines"), "p", Value::map_of("metadata", Value::map_of("name", "a")), false)));
  const auto before = world.server.asked.size();
  ASSERT_TRUE(world.wait(store.modify(
      type("pipelines"), "p", "a", [](Value object) -> Outcome<Value> { return object; }, Part::main, false)));
  EXPECT_EQ(world.server.asked.size(), before + 1) << "a look, and no write";
}

TEST(ClusterStore, AnObjectThatTookTheNameMeanwhileIsNotTouched) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(world.wait(
      store.create(type("pipelineruns"), "p", Value::map_of("metadata", Value::map_of("name", "r")), false)));
  bool replaced = false;
  world.server.answer = [&](const Asked& one) {
    auto reply = world.store.answer(one);
    if (one.method == "GET" && !std::exchange(replaced, true)) {
      auto& object = world.store.objects[std::string(kRun) + "/r"];
      objects::set_meta(object, "uid", "another");
      objects::set_meta(object, "resourceVersion", "999");
    }
    return reply;
  };
  const auto done = world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, 409);
  EXPECT_EQ(objects::annotation(world.store.objects[std::string(kRun) + "/r"], "count"), "");
}

TEST(ClusterStore, TheStatusGoesToItsSubresourceAndTheRestToTheObject) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(world.wait(
      store.create(type("pipelineruns"), "p", Value::map_of("metadata", Value::map_of("name", "r")), false)));
  const auto set = [](Value object) -> Outcome<Value> {
    object.set("status", Value::map_of("phase", "Running"));
    objects::set_annotation(object, "a", "1");
    return object;
  };
  ASSERT_TRUE(world.wait(store.modify(type("pipelineruns"), "p", "r", set, Part::status, false)));
  const auto status_write = world.server.asked.back();
  EXPECT_TRUE(status_write.target.starts_with(std::string(kRun) + "/r/status?")) << status_write.target;
  EXPECT_EQ(objects::annotation(status_write.body, "a"), "") << "only the status";
  ASSERT_TRUE(world.wait(store.modify(type("pipelineruns"), "p", "r", set, Part::main, false)));
  EXPECT_TRUE(world.server.asked.back().target.starts_with(std::string(kRun) + "/r?"));
  // A kind without the sub-resource: the status is a part of the object.
  ASSERT_TRUE(world.wait(
      store.create(type("devopsprojects"), "", Value::map_of("metadata", Value::map_of("name", "d")), false)));
  ASSERT_TRUE(world.wait(store.modify(type("devopsprojects"), "", "d", set, Part::status, false)));
  EXPECT_TRUE(world.server.asked.back().target.starts_with("/apis/devops.kubesphere.io/v1alpha3/devopsprojects/d?"));
}

TEST(ClusterStore, GeneratedNamesAreMadeHereAndAnAnswerThatWasLostIsLookedFor) {
  SmallWorld world;
  ClusterStore store(*world.client);
  const auto wanted =
      Value::map_of("metadata", Value::map_of("generateName", "a-"), "spec", Value::map_of("action", "Stop"));
  int posts = 0;
  world.server.answer = [&](const Asked& one) {
    if (one.method == "POST" && ++posts == 1) return SmallServer::failure(409, "AlreadyExists");
    // As a server of 1.20 says it of an object that has a generateName.
    if (one.method == "POST" && posts == 2) return SmallServer::failure(500, "ServerTimeout");
    if (one.method == "GET" && posts == 2) {
      return Reply::json(200, R"({"metadata": {"name": "other"}, "spec": {"action": "Pause"}})");
    }
    auto reply = world.store.answer(one);
    // The object is made, and the answer does not come.
    if (one.method == "POST") reply = Reply::json(504, "{}");
    return reply;
  };
  const auto made = world.wait(store.create(type("pipelineruns"), "p", wanted, false));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(posts, 3);
  EXPECT_EQ(world.store.objects.size(), 1u);
  const auto name = objects::meta_text(*made, "name");
  EXPECT_TRUE(name.starts_with("a-") && name.size() == 7) << name;
  EXPECT_EQ(objects::meta_text(*made, "generateName"), "a-");
}

TEST(ClusterStore, AKindThatIsMissingIsNoObjectThatIsGone) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [](const Asked&) {
    return Reply{{"HTTP/1.1 404 X\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\n404 page not found\n"}};
  };
  const auto got = world.wait(store.get(type("pipelineruns"), "p", "r"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, 503);
  EXPECT_NE(got.error().message.find("windlass cluster crds | kubectl apply -f -"), std::string::npos);
  const auto listed = world.wait(store.list(type("pipelineruns"), {}));
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, 503);
  world.server.answer = [](const Asked&) { return SmallServer::failure(404, "NotFound"); };
  EXPECT_EQ(world.wait(store.get(type("pipelineruns"), "p", "r")).error().code, 404);
}

TEST(ClusterStore, ListsAreWholeAndBeginAgainWhereAPageCameTooLate) {
  SmallWorld world;
  ClusterStore store(*world.client, {.may_write = {}, .page = 2});
  int late = 1;
  world.server.answer = [&](const Asked& one) {
    if (one.target.find("continue=t") == std::string::npos) {
      return Reply::json(200, R"({"metadata":{"resourceVersion":"7","continue":"t"},
        "items":[{"metadata":{"name":"a","managedFields":[1]}},{"metadata":{"name":"b"}}]})");
    }
    if (late-- > 0) return SmallServer::failure(410, "Expired");
    return Reply::json(200, R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"c"}}]})");
  };
  const auto all = world.wait(store.list(type("pipelines"), {}));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->items.size(), 3u);
  EXPECT_EQ(all->resource_version, 7) << "as of the first page";
  EXPECT_EQ(world.server.asked.size(), 4u);
  EXPECT_EQ(all->items[0].get_string("kind"), "Pipeline");
  EXPECT_EQ(objects::metadata_of(all->items[0]).find("managedFields"), nullptr);
  objects::ListOptions part;
  part.limit = 2;
  part.labels = *objects::LabelSelector::parse("a=1,b in (x,y),!c,d notin (z)");
  const auto first = world.wait(store.list(type("pipelines"), part));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->continue_, "t");
  EXPECT_NE(world.server.asked.back().target.find("labelSelector=a%3D1%2Cb%20in%20%28x%2Cy%29%2C%21c%2Cd%21%3Dz"),
            std::string::npos)
      << world.server.asked.back().target;
}

TEST(ClusterStore, HugeObjectsComeInSmallerParts) {
  SmallWorld world;
  const auto client = world.make_client(30s, 10'000);
  ClusterStore store(*client, {.may_write = {}, .page = 16});
  std::vector<std::string> limits;
  world.server.answer = [&](const Asked& one) {
    const auto at = one.target.find("limit=") + 6;
    limits.push_back(one.target.substr(at, one.target.find('&', at) - at));
    const auto count = std::stoul(limits.back());
    std::string items;
    for (std::size_t i = 0; i < count; ++i) {
      items += (i == 0 ? "" : ",") + std::string(R"({"metadata":{"name":"n"},"x":")") + std::string(4000, 'x') + "\"}";
    }
    return Reply::json(200, R"({"metadata":{"resourceVersion":"7"},"items":[)" + items + "]}");
  };
  const auto all = world.wait(store.list(type("pipelines"), {}));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->items.size(), 1u);
  EXPECT_EQ(limits, (std::vector<std::string>{"16", "4", "1"}));
  client->close();
  world.timers.settle();
}

TEST(ClusterStore, TheNewestFirstReadsOnlyWhatIsAskedFor) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [&](const Asked& one) {
    const auto path = one.target.substr(0, one.target.find('?'));
    if (path != kRun) {
      return Reply::json(200, R"({"metadata":{"name":")" + path.substr(path.rfind('/') + 1) + R"("},"spec":{"x":1}})");
    }
    return Reply::json(200, R"({"metadata":{"resourceVersion":"7"},"items":[
      {"kind":"PartialObjectMetadata","metadata":{"name":"old","namespace":"p","creationTimestamp":"2026-01-01T00:00:00Z"}},
      {"kind":"PartialObjectMetadata","metadata":{"name":"newest","namespace":"p","creationTimestamp":"2026-01-03T00:00:00Z"}},
      {"kind":"PartialObjectMetadata","metadata":{"name":"new","namespace":"p","creationTimestamp":"2026-01-02T00:00:00Z"}}]})");
  };
  objects::ListOptions options;
  options.namespace_ = "p";
  options.newest_first = true;
  options.limit = 1;
  options.offset = 1;
  const auto some = world.wait(store.list(type("pipelineruns"), options));
  ASSERT_TRUE(some) << some.error().message;
  EXPECT_EQ(some->total, 3u);
  ASSERT_EQ(some->items.size(), 1u);
  EXPECT_EQ(objects::meta_text(some->items[0], "name"), "new");
  EXPECT_NE(some->items[0].find("spec"), nullptr);
  EXPECT_EQ(world.server.asked.size(), 2u);
}

TEST(ClusterStore, OfTheSameSecondWhatHasTheGreaterNumberIsNewer) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [&](const Asked&) {
    auto items = Value::list();
    for (const auto& [name, number] : {std::pair{"b", "9"}, {"d", ""}, {"a", "10"}, {"c", "8"}}) {
      auto metadata = Value::map_of("name", name, "namespace", "p", "creationTimestamp", "2026-01-01T00:00:00Z");
      if (*number != 0) metadata.set("annotations", Value::map_of("number", number));
      items.push(Value::map_of("kind", "PartialObjectMetadata", "metadata", std::move(metadata)));
    }
    return Reply::json(200, data::format_json(Value::map_of("metadata", Value::map_of("resourceVersion", "7"), "items",
                                                            std::move(items))));
  };
  objects::ListOptions options;
  options.namespace_ = "p";
  options.newest_first = options.metadata_only = true;
  options.counted_by = "number";
  const auto all = world.wait(store.list(type("pipelineruns"), options));
  ASSERT_TRUE(all) << all.error().message;
  std::string order;
  for (const auto& one : all->items) order += objects::meta_text(one, "name");
  EXPECT_EQ(order, "dabc");
}

TEST(ClusterStore, WhoDoesNotLeadWritesNothing) {
  SmallWorld world;
  bool leads = true;
  ClusterStore store(*world.client, {.may_write = [&] { return leads; }});
  const auto named = Value::map_of("metadata", Value::map_of("name", "a"));
  ASSERT_TRUE(world.wait(store.create(type("pipelines"), "p", named, false)));
  leads = false;
  const auto before = world.server.asked.size();
  EXPECT_EQ(world.wait(store.create(type("pipelines"), "p", named, false)).error().code, 503);
  EXPECT_EQ(world.wait(store.update(type("pipelines"), "p", "a", named, Part::main, false)).error().code, 503);
  EXPECT_EQ(world.wait(store.modify(type("pipelines"), "p", "a", count_up, Part::main, false)).error().code, 503);
  EXPECT_EQ(world.wait(store.remove(type("pipelines"), "p", "a", {})).error().code, 503);
  EXPECT_EQ(world.server.asked.size(), before);
  EXPECT_TRUE(world.wait(store.get(type("pipelines"), "p", "a"))) << "reading is no effect";
}

TEST(ClusterStore, WhatAnApiServerRefusesIsPutRight) {
  // An Event about something without a namespace, in the namespace of its project.
  const auto event =
      shape_new(type("events"), "p", "",
                SmallWorld::json(R"({"metadata":{"name":"e","uid":"x"},"involvedObject":{"name":"p"}})"));
  EXPECT_EQ(event.find("involvedObject")->get_string("namespace"), "p");
  EXPECT_EQ(event.get_string("apiVersion"), "v1");
  EXPECT_EQ(objects::meta_text(event, "uid"), "");
  // A finalizer on an object that is on its way out; fields of the server.
  const auto stored = SmallWorld::json(
      R"({"metadata":{"name":"a","uid":"u","resourceVersion":"5","deletionTimestamp":"2026-01-01T00:00:00Z",
          "finalizers":["x","y"]},"status":{"phase":"Running"}})");
  const auto wanted =
      SmallWorld::json(R"({"metadata":{"name":"a","uid":"other","finalizers":["y","z"]},"status":{"phase":"Failed"}})");
  const auto sent = shape_update(type("pipelineruns"), stored, wanted, Part::main);
  EXPECT_EQ(objects::finalizers_of(sent), std::vector<std::string>{"y"});
  EXPECT_EQ(objects::meta_text(sent, "uid"), "u");
  EXPECT_EQ(objects::meta_text(sent, "resourceVersion"), "5");
  EXPECT_EQ(sent.find("status")->get_string("phase"), "Running");
  // Fields that custom resources cannot be selected by are looked at here.
  const auto split = split_fields(type("pipelines"), *objects::FieldSelector::parse("metadata.name=a,spec.type!=b"));
  EXPECT_EQ(split.query, "metadata.name=a");
  EXPECT_TRUE(split.rest.matches(SmallWorld::json(R"({"spec":{"type":"c"}})")));
  EXPECT_FALSE(split.rest.matches(SmallWorld::json(R"({"spec":{"type":"b"}})")));
  EXPECT_EQ(split_fields(type("secrets"), *objects::FieldSelector::parse("type!=Opaque")).query, "type!=Opaque");
}

// ---- watches

Reply stream() { return {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, {}, Reply::Then::silence}; }
std::string event(const std::string& kind, const std::string& name, int version) {
  return R"({"type":")" + kind + R"(","object":{"kind":"PartialObjectMetadata","metadata":{"name":")" + name +
         R"(","resourceVersion":")" + std::to_string(version) + R"("}}})";
}

TEST(ClusterStore, AWatchGoesOnWhereItBroke) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [](const Asked&) { return stream(); };
  objects::WatchOptions options;
  options.from = 5;
  options.metadata_only = true;
  auto watch = store.watch(type("secrets"), options);
  const auto soon = [&] { return world.timers.now() + 60s; };
  auto none = world.wait(watch->next(world.timers.now() + 1s));
  ASSERT_TRUE(none && none->empty());
  ASSERT_EQ(world.server.streams.size(), 1u);
  EXPECT_NE(world.server.asked[0].target.find("resourceVersion=5"), std::string::npos);
  world.server.tell(0, event("ADDED", "a", 6));
  auto events = world.wait(watch->next(soon()));
  ASSERT_TRUE(events && events->size() == 1u);
  EXPECT_EQ(events->front().kind, objects::WatchEvent::Kind::added);
  EXPECT_EQ(events->front().object.get_string("kind"), "Secret");
  EXPECT_EQ(watch->position(), 6);
  // A bookmark moves it on, and then the connection goes.
  world.server.tell(0, event("BOOKMARK", "", 9));
  events = world.wait(watch->next(soon()));
  ASSERT_TRUE(events);
  EXPECT_EQ(watch->position(), 9);
  world.server.streams[0]->reset();
  none = world.wait(watch->next(world.timers.now() + 5s));
  ASSERT_TRUE(none && none->empty());
  ASSERT_EQ(world.server.streams.size(), 2u);
  EXPECT_NE(world.server.asked[1].target.find("resourceVersion=9"), std::string::npos);
  world.server.tell(1, event("DELETED", "a", 10));
  events = world.wait(watch->next(soon()));
  ASSERT_TRUE(events && events->size() == 1u);
  EXPECT_EQ(events->front().kind, objects::WatchEvent::Kind::deleted);
  // Too old: the caller has to list.
  world.server.tell(1, R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})");
  events = world.wait(watch->next(soon()));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, 410);
}

TEST(ClusterStore, WhoLooksAtWhatIsWatchedAsksNobody) {
  SmallWorld world;
  ClusterStore store(*world.client);
  ASSERT_TRUE(world.wait(
      store.create(type("pipelineruns"), "p", Value::map_of("metadata", Value::map_of("name", "r")), false)));
  world.server.answer = [&](const Asked& one) {
    if (one.target.find("watch=") == std::string::npos) return world.store.answer(one);
    return stream();
  };
  const auto look = [&] {
    const auto found = world.wait(store.look(type("pipelineruns"), "p", "r"));
    return found ? objects::annotation(*found, "count") : found.error().message;
  };
  auto before = world.server.asked.size();
  EXPECT_EQ(look(), "");
  EXPECT_EQ(look(), "");
  EXPECT_EQ(world.server.asked.size(), before + 2) << "nobody watches";
  auto watch = store.watch(type("pipelineruns"), {});
  (void)world.wait(watch->next(world.timers.now() + 1s));
  EXPECT_EQ(look(), "");
  before = world.server.asked.size();
  EXPECT_EQ(look(), "");
  EXPECT_EQ(world.server.asked.size(), before);
  // What others write is told, what we write is known.
  auto& object = world.store.objects[std::string(kRun) + "/r"];
  objects::set_annotation(object, "count", "7");
  objects::set_meta(object, "resourceVersion", std::to_string(++world.store.version));
  world.server.tell(0, R"({"type":"MODIFIED","object":)" + data::format_json(object) + "}");
  (void)world.wait(watch->next(world.timers.now() + 1s));
  EXPECT_EQ(look(), "7");
  ASSERT_TRUE(world.wait(store.modify(type("pipelineruns"), "p", "r", count_up, Part::main, false)));
  EXPECT_EQ(look(), "8");
  EXPECT_EQ(world.server.asked.size(), before + 1) << "the write";
}

TEST(ClusterStore, AWatchIsWokenAndEndsWithItsOwner) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [](const Asked&) { return stream(); };
  auto watch = store.watch(type("pipelines"), {});
  std::optional<Outcome<std::vector<objects::WatchEvent>>> out;
  boost::asio::co_spawn(
      world.io, [&]() -> boost::asio::awaitable<void> { out = co_await watch->next(rt::Timers::Moment::max()); },
      boost::asio::detached);
  world.timers.settle();
  EXPECT_FALSE(out);
  watch->wake();
  world.timers.settle();
  ASSERT_TRUE(out);
  EXPECT_TRUE(*out && (*out)->empty());
  watch.reset();
  world.timers.settle();
}

TEST(ClusterStore, AServerThatStaysAwayIsToldAfterAFewTries) {
  SmallWorld world;
  ClusterStore store(*world.client);
  world.server.answer = [](const Asked&) { return Reply::json(503, "{}"); };
  auto watch = store.watch(type("pipelines"), {});
  const auto events = world.wait(watch->next(rt::Timers::Moment::max()));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, 503);
  EXPECT_EQ(world.server.asked.size(), 5u);
}

}  // namespace
}  // namespace windlass::cluster

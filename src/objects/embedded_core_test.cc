// The promises of the Kubernetes API, against a database in memory-like form: a file in a temporary folder.
#include "objects/embedded_core.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "data/json.h"
#include "objects/metadata.h"
#include "store/image.h"

namespace windlass::objects {
namespace {

using data::Value;

/// Marks what went through it; refuses bytes that were sealed for another place.
class MarkingSealer final : public Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view context) override {
    std::string out = "sealed:" + std::string(context) + ":";
    for (const char c : plain) out += static_cast<char>(c ^ 0x5a);
    return out;
  }
  Result<std::string> open(std::string_view sealed, std::string_view context) override {
    const auto prefix = "sealed:" + std::string(context) + ":";
    if (!sealed.starts_with(prefix)) return fail(ErrorKind::corrupt, "the seal is for another place");
    std::string out;
    for (const char c : sealed.substr(prefix.size())) out += static_cast<char>(c ^ 0x5a);
    return out;
  }
};

class Objects : public ::testing::Test {
 protected:
  Objects() {
    std::string folder = (std::filesystem::temp_directory_path() / "objects-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    auto image = store::make_image(EmbeddedCore::schema().objects, EmbeddedCore::schema().application,
                                   EmbeddedCore::schema().version);
    EXPECT_TRUE(image);
    std::ofstream(folder_ / "objects.db", std::ios::binary) << *image;
    store::Database::Options options;
    options.sync = store::Database::Sync::normal;
    auto database = store::Database::open((folder_ / "objects.db").string(), options);
    EXPECT_TRUE(database) << database.error().message;
    database_.emplace(std::move(*database));
    auto core = EmbeddedCore::open(*database_, sealer_);
    EXPECT_TRUE(core) << core.error().message;
    core_.emplace(std::move(*core));
    moment_.now_millis = 1'700'000'000'000;
    moment_.random = [this] { return random_ += 0x9E3779B97F4A7C15ULL; };
    EXPECT_TRUE(create(namespaces_, "", R"({"metadata":{"name":"p"}})"));
  }
  ~Objects() override {
    core_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  static Value json(std::string_view text) {
    auto value = data::parse_json(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : Value();
  }
  Outcome<Value> create(const ResourceType& type, std::string_view space, std::string_view text) {
    return core_->create(type, space, json(text), moment_, false);
  }
  Outcome<Value> update(const ResourceType& type, const Value& object, Part part = Part::main) {
    return core_->update(type, meta_text(object, "namespace"), meta_text(object, "name"), object, part, moment_, false);
  }
  void collect_all() {
    for (int i = 0; i < 100; ++i) {
      auto more = core_->collect_garbage(2, moment_);
      ASSERT_TRUE(more) << more.error().message;
      if (!*more) return;
    }
    FAIL() << "garbage collection does not end";
  }

  const ResourceType& namespaces_ = *find_resource("", "v1", "namespaces");
  const ResourceType& secrets_ = *find_resource("", "v1", "secrets");
  const ResourceType& pipelines_ = *find_resource("devops.kubesphere.io", "v1alpha3", "pipelines");
  const ResourceType& runs_ = *find_resource("devops.kubesphere.io", "v1alpha3", "pipelineruns");
  std::filesystem::path folder_;
  std::optional<store::Database> database_;
  MarkingSealer sealer_;
  std::optional<EmbeddedCore> core_;
  Moment moment_;
  std::uint64_t random_ = 1;
};

TEST_F(Objects, CreateFillsWhatTheStoreOwns) {
  auto made = create(pipelines_, "p", R"({"metadata":{"name":"a","uid":"mine","resourceVersion":"7","generation":9},
                                          "spec":{"type":"pipeline"}})");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(meta_text(*made, "uid").size(), 36u);
  EXPECT_EQ(meta_text(*made, "creationTimestamp"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(metadata_of(*made).get_int("generation"), 1);
  EXPECT_EQ(meta_text(*made, "namespace"), "p");
  EXPECT_EQ(made->get_string("kind"), "Pipeline");
  auto again = core_->get(pipelines_, "p", "a");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *made);
}

TEST_F(Objects, AGeneratedNameThatIsTakenIsFollowedByAnother) {
  // Five characters and two halves of a uid; the second object gets the first one's characters first.
  const std::uint64_t numbers[] = {1, 1, 1, 1, 1, 10, 11, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 20, 21};
  std::size_t next = 0;
  moment_.random = [&] { return numbers[next++]; };
  const auto first = create(runs_, "p", R"({"metadata":{"generateName":"build-"}})");
  ASSERT_TRUE(first);
  const auto second = create(runs_, "p", R"({"metadata":{"generateName":"build-"}})");
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_NE(meta_text(*first, "name"), meta_text(*second, "name"));
  moment_.random = [] { return std::uint64_t{3}; };
  ASSERT_TRUE(create(runs_, "p", R"({"metadata":{"generateName":"x-"}})"));
  const auto none = create(runs_, "p", R"({"metadata":{"generateName":"x-"}})");
  ASSERT_FALSE(none) << "there is an end to it";
  EXPECT_EQ(none.error().code, 409);
}

TEST_F(Objects, NamesAreGeneratedAndChecked) {
  auto generated = create(runs_, "p", R"({"metadata":{"generateName":"build-"}})");
  ASSERT_TRUE(generated);
  EXPECT_TRUE(meta_text(*generated, "name").starts_with("build-"));
  EXPECT_EQ(meta_text(*generated, "name").size(), 11u);
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{}})").error().code, 422);
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{"name":"A_B"}})").error().code, 422);
  EXPECT_EQ(create(pipelines_, "nowhere", R"({"metadata":{"name":"a"}})").error().code, 404);
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{"name":"a","namespace":"q"}})").error().code, 400);
  ASSERT_TRUE(create(pipelines_, "p", R"({"metadata":{"name":"a"}})"));
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{"name":"a"}})").error().reason, "AlreadyExists");
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{"name":"b","labels":{"x":"not ok"}}})").error().code, 422);
}

TEST_F(Objects, AnUpdateOfAnOldVersionIsAConflict) {
  auto first =
      create(pipelines_, "p", R"({"metadata":{"name":"a"},"spec":{"type":"pipeline","pipeline":{"name":"1"}}})");
  ASSERT_TRUE(first);
  auto second = *first;
  second.find("spec")->find("pipeline")->set("name", "2");
  auto updated = update(pipelines_, second);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(metadata_of(*updated).get_int("generation"), 2);
  EXPECT_EQ(update(pipelines_, second).error().reason, "Conflict");
  auto same = update(pipelines_, *updated);
  ASSERT_TRUE(same);
  EXPECT_EQ(meta_text(*same, "resourceVersion"), meta_text(*updated, "resourceVersion")) << "nothing changed";
  auto other_uid = *updated;
  set_meta(other_uid, "uid", "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(update(pipelines_, other_uid).error().code, 409);
}

TEST_F(Objects, WhatTheSchemaRefusesIsNamedAndWhatItDoesNotKnowGoes) {
  auto wrong = create(pipelines_, "p", R"({"metadata":{"name":"a"},"spec":{"type":"none"}})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, 422);
  EXPECT_EQ(wrong.error().causes.at(0).field, "spec.type");
  auto made = create(pipelines_, "p", R"({"metadata":{"name":"a"},"spec":{"type":"pipeline","typo":1}})");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->find("spec")->find("typo"), nullptr);
}

TEST_F(Objects, StatusHasItsOwnDoor) {
  auto run = create(runs_, "p", R"({"metadata":{"name":"r"},"spec":{"action":"Stop"},"status":{"phase":"Forged"}})");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->find("status"), nullptr);
  auto status = *run;
  status.set("status", Value::map_of("phase", "Running"));
  status.find("spec")->set("action", "Pause");
  auto written = update(runs_, status, Part::status);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->find("status")->get_string("phase"), "Running");
  EXPECT_EQ(written->find("spec")->get_string("action"), "Stop") << "the rest stays";
  auto main = *written;
  main.set("status", Value::map_of("phase", "Forged"));
  main.find("spec")->set("action", "Resume");
  auto changed = update(runs_, main);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->find("status")->get_string("phase"), "Running");
  EXPECT_EQ(changed->find("spec")->get_string("action"), "Resume");
}

TEST_F(Objects, FinalizersHoldADeletedObject) {
  ASSERT_TRUE(create(pipelines_, "p", R"({"metadata":{"name":"a","finalizers":["x/y"]}})"));
  auto waiting = core_->remove(pipelines_, "p", "a", {}, moment_);
  ASSERT_TRUE(waiting);
  EXPECT_TRUE(is_being_deleted(*waiting));
  auto added = *waiting;
  set_finalizers(added, {"x/y", "z/late"});
  auto kept = update(pipelines_, added);
  ASSERT_TRUE(kept);
  EXPECT_EQ(finalizers_of(*kept), std::vector<std::string>{"x/y"}) << "none may come now";
  auto done = *kept;
  set_finalizers(done, {});
  ASSERT_TRUE(update(pipelines_, done));
  EXPECT_EQ(core_->get(pipelines_, "p", "a").error().code, 404);
}

TEST_F(Objects, DependentsGoWithTheirLastOwner) {
  auto one = create(pipelines_, "p", R"({"metadata":{"name":"one"}})");
  auto two = create(pipelines_, "p", R"({"metadata":{"name":"two"}})");
  ASSERT_TRUE(one && two);
  const auto reference = [](const Value& owner) {
    return R"({"apiVersion":"v1","kind":"Pipeline","name":")" + meta_text(owner, "name") + R"(","uid":")" +
           meta_text(owner, "uid") + "\"}";
  };
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(
        create(runs_, "p",
               R"({"metadata":{"name":"r)" + std::to_string(i) + R"(","ownerReferences":[)" + reference(*one) + "]}}"));
  }
  ASSERT_TRUE(
      create(runs_, "p",
             R"({"metadata":{"name":"both","ownerReferences":[)" + reference(*one) + "," + reference(*two) + "]}}"));
  ASSERT_TRUE(core_->remove(pipelines_, "p", "one", {}, moment_));
  collect_all();
  auto left = core_->list(runs_, {.namespace_ = "p", .labels = {}, .fields = {}, .limit = 0, .continue_ = ""});
  ASSERT_TRUE(left);
  ASSERT_EQ(left->items.size(), 1u);
  EXPECT_EQ(meta_text(left->items[0], "name"), "both");
  EXPECT_EQ(owner_uids(left->items[0]), std::vector<std::string>{meta_text(*two, "uid")});
}

TEST_F(Objects, ForegroundDeletionWaitsForDependents) {
  auto owner = create(pipelines_, "p", R"({"metadata":{"name":"a"}})");
  ASSERT_TRUE(owner);
  ASSERT_TRUE(create(runs_, "p",
                     R"({"metadata":{"name":"r","finalizers":["f/f"],"ownerReferences":[{"apiVersion":"v1",
      "kind":"Pipeline","name":"a","uid":")" +
                         meta_text(*owner, "uid") + "\"}]}}"));
  ASSERT_TRUE(core_->remove(
      pipelines_, "p", "a",
      {.uid = "", .resource_version = "", .propagation = Propagation::foreground, .dry_run = false}, moment_));
  collect_all();
  EXPECT_TRUE(core_->get(pipelines_, "p", "a")) << "its run still waits for a finalizer";
  auto run = core_->get(runs_, "p", "r");
  ASSERT_TRUE(run);
  EXPECT_TRUE(is_being_deleted(*run));
  set_finalizers(*run, {});
  ASSERT_TRUE(update(runs_, *run));
  collect_all();
  EXPECT_EQ(core_->get(pipelines_, "p", "a").error().code, 404);
}

TEST_F(Objects, ANamespaceTakesItsContentWithIt) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(create(pipelines_, "p", R"({"metadata":{"generateName":"x-"}})"));
  ASSERT_TRUE(core_->remove(namespaces_, "", "p", {}, moment_));
  EXPECT_EQ(create(pipelines_, "p", R"({"metadata":{"name":"late"}})").error().code, 403);
  collect_all();
  EXPECT_EQ(core_->get(namespaces_, "", "p").error().code, 404);
  EXPECT_EQ(core_->list(pipelines_, {})->items.size(), 0u);
}

TEST_F(Objects, AWatchOfAnEmptyStoreSeesTheFirstWrite) {
  const std::int64_t of_an_empty_store = 1;
  auto first = core_->changes(namespaces_, "", of_an_empty_store, 100);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->size(), 1u);
  EXPECT_GT((*first)[0].version, of_an_empty_store);
}

TEST_F(Objects, AWatchSeesEveryChangeOnceInOrder) {
  auto from = core_->newest_version();
  ASSERT_TRUE(from);
  auto a = create(pipelines_, "p", R"({"metadata":{"name":"a","labels":{"k":"1"}}})");
  ASSERT_TRUE(a);
  auto changed = *a;
  set_label(changed, "k", "2");
  ASSERT_TRUE(update(pipelines_, changed));
  ASSERT_TRUE(create(runs_, "p", R"({"metadata":{"name":"other"}})"));
  ASSERT_TRUE(core_->remove(pipelines_, "p", "a", {}, moment_));
  auto changes = core_->changes(pipelines_, "p", *from, 100);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 3u);
  EXPECT_EQ((*changes)[0].kind, Change::Kind::added);
  EXPECT_EQ((*changes)[1].kind, Change::Kind::modified);
  ASSERT_TRUE((*changes)[1].labels_before);
  EXPECT_EQ((*changes)[1].labels_before->get_string("k"), "1");
  EXPECT_EQ((*changes)[2].kind, Change::Kind::deleted);
  EXPECT_EQ(meta_text((*changes)[2].object, "resourceVersion"), std::to_string((*changes)[2].version));
  ASSERT_TRUE(core_->trim_changes(1));
  EXPECT_EQ(core_->changes(pipelines_, "p", *from, 100).error().code, 410);
}

TEST_F(Objects, ListsComeInPartsOfOneVersion) {
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(create(
        pipelines_, "p",
        R"({"metadata":{"name":"n)" + std::to_string(i) + R"(","labels":{"odd":")" + std::to_string(i % 2) + "\"}}}"));
  }
  std::vector<std::string> names;
  std::string token;
  std::int64_t version = 0;
  do {
    auto part = core_->list(pipelines_, {.namespace_ = "", .labels = {}, .fields = {}, .limit = 3, .continue_ = token});
    ASSERT_TRUE(part);
    if (version == 0) version = part->resource_version;
    EXPECT_EQ(part->resource_version, version);
    for (const auto& item : part->items) names.push_back(meta_text(item, "name"));
    token = part->continue_;
    ASSERT_TRUE(create(runs_, "p", R"({"metadata":{"generateName":"r-"}})"));
  } while (!token.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"n0", "n1", "n2", "n3", "n4", "n5", "n6"}));
  auto odd = core_->list(
      pipelines_,
      {.namespace_ = "p", .labels = *LabelSelector::parse("odd=1"), .fields = {}, .limit = 0, .continue_ = ""});
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->items.size(), 3u);
  EXPECT_EQ(core_->list(pipelines_, {.namespace_ = "", .labels = {}, .fields = {}, .limit = 0, .continue_ = "x"})
                .error()
                .code,
            400);
}

TEST_F(Objects, SecretsAreSealedOnTheDiskAndBoundToTheirPlace) {
  auto made = create(secrets_, "p", R"({"metadata":{"name":"s"},"stringData":{"password":"hunter2"}})");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->find("data")->get_string("password"), "aHVudGVyMg==");
  EXPECT_EQ(made->find("stringData"), nullptr);
  EXPECT_EQ(core_->get(secrets_, "p", "s")->find("data")->get_string("password"), "aHVudGVyMg==");
  for (const auto* file : {"objects.db", "objects.db-wal"}) {
    std::ifstream in(folder_ / file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find("aHVudGVyMg"), std::string::npos) << file;
  }
  ASSERT_TRUE(database_->exec("UPDATE objects SET name = 't' WHERE name = 's'"));
  EXPECT_EQ(core_->get(secrets_, "p", "t").error().code, 500);
}

TEST_F(Objects, ADryRunLeavesNoTrace) {
  auto before = core_->newest_version();
  EXPECT_TRUE(core_->create(pipelines_, "p", json(R"({"metadata":{"name":"a"}})"), moment_, true));
  EXPECT_EQ(core_->get(pipelines_, "p", "a").error().code, 404);
  ASSERT_TRUE(create(pipelines_, "p", R"({"metadata":{"name":"a"}})"));
  EXPECT_TRUE(core_->remove(
      pipelines_, "p", "a",
      {.uid = "", .resource_version = "", .propagation = Propagation::background, .dry_run = true}, moment_));
  EXPECT_TRUE(core_->get(pipelines_, "p", "a"));
  EXPECT_EQ(*core_->newest_version(), *before + 1);
}

TEST_F(Objects, RunsOfAPipelineAreListedByPages) {
  const auto run = [&](const std::string& name, const std::string& pipeline) {
    return create(
        runs_, "p",
        R"({"metadata":{"name":")" + name + R"(","labels":{"devops.kubesphere.io/pipeline":")" + pipeline + "\"}}}");
  };
  for (const auto* name : {"c", "a", "e", "b", "d"}) ASSERT_TRUE(run(name, "one"));
  ASSERT_TRUE(run("x", "two"));
  ASSERT_TRUE(create(runs_, "p", R"({"metadata":{"name":"y"}})"));
  ListOptions options;
  options.namespace_ = "p";
  options.labels = LabelSelector::parse("devops.kubesphere.io/pipeline=one").value();
  const auto names = [&] {
    std::string out;
    const auto found = core_->list(runs_, options);
    EXPECT_TRUE(found);
    for (const auto& one : found->items) out += meta_text(one, "name");
    return out;
  };
  EXPECT_EQ(names(), "abcde");
  options.limit = 2;
  options.continue_ = core_->list(runs_, options)->continue_;
  EXPECT_EQ(names(), "cd");
  options.continue_.clear();
  options.newest_first = true;
  EXPECT_EQ(names(), "db");
  options.offset = 3;
  EXPECT_EQ(names(), "ac");
  EXPECT_EQ(core_->list(runs_, options)->total, 5u);
  // Another label: another list.
  auto moved = *core_->get(runs_, "p", "d");
  set_label(moved, "devops.kubesphere.io/pipeline", "two");
  ASSERT_TRUE(update(runs_, moved));
  options.offset = 0;
  EXPECT_EQ(names(), "be");
  options.labels = LabelSelector::parse("devops.kubesphere.io/pipeline=two").value();
  EXPECT_EQ(names(), "xd");
  // As a file of version 1 has it.
  core_.reset();
  ASSERT_TRUE(database_->exec("DROP INDEX objects_pipeline"));
  ASSERT_TRUE(database_->exec("ALTER TABLE objects DROP COLUMN pipeline"));
  ASSERT_TRUE(database_->exec("PRAGMA user_version = 1"));
  const auto migrated = store::bring_up_to_date(*database_, EmbeddedCore::schema());
  ASSERT_TRUE(migrated) << migrated.error().text();
  EXPECT_TRUE(*migrated);
  const auto checked = store::check_tables(*database_, EmbeddedCore::schema());
  EXPECT_TRUE(checked) << checked.error().text();
  core_.emplace(EmbeddedCore::open(*database_, sealer_).value());
  EXPECT_EQ(names(), "xd");
}

TEST(Rfc3339, RoundTrip) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(parse_rfc3339("2023-11-14T22:13:20Z"), 1'700'000'000'000);
  EXPECT_EQ(parse_rfc3339("2023-11-14T23:13:20.250+01:00"), 1'700'000'000'250);
  EXPECT_EQ(parse_rfc3339("2023-13-14T22:13:20Z"), 0);
  EXPECT_EQ(parse_rfc3339("yesterday"), 0);
}

}  // namespace
}  // namespace windlass::objects

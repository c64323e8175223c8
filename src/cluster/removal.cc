#include "cluster/removal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "cluster/definitions.h"
#include "cluster/manifests.h"
#include "kube/needs.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;
using State = AppliedObject::State;

namespace {

constexpr std::chrono::milliseconds kLook{200};
constexpr std::size_t kPage = 500;
constexpr std::string_view kStore = "windlass.io/store";  ///< label of pods and leases (clouds/pod_marks.h)
/// Of objects of people (controllers/names.h).
constexpr std::array<std::string_view, 4> kFinalizers = {
    "devopsproject.finalizers.kubesphere.io", "pipeline.finalizers.kubesphere.io",
    "pipelinerun.finalizers.kubesphere.io", "finalizers.kubesphere.io/credential"};

class Removal {
 public:
  Removal(kube::Client& client, RemovalOptions options, std::function<void(const AppliedObject&)> tell)
      : client_(client), options_(std::move(options)), tell_(std::move(tell)) {}

  ApiTask<bool> run() {
    // Everything that any installation can have, whatever it was installed with.
    InstallOptions any;
    any.namespace_ = options_.namespace_;
    any.workers = options_.workers;
    any.image = any.agent_image = any.casc = any.first_password = "any";
    any.storage = {.kind = Storage::Kind::node, .name = "any", .path = "/any", .size = "1Gi"};
    auto made = install_manifests(any);
    if (!made) co_return objects::bad_request(made.error().text());
    std::ranges::reverse(*made);
    for (const auto& wanted : *made) {
      if (!is_to_go(wanted.get_string("kind"))) continue;
      if (!WL_API_TRY(co_await remove(wanted))) co_return false;
    }
    if (!WL_API_TRY(co_await remove_bindings())) co_return false;
    if (!options_.data) co_return true;
    for (const auto* resource : {&kube::resources::pods(), &kube::resources::leases()}) {
      if (!WL_API_TRY(co_await remove_all(*resource))) co_return false;
    }
    for (const auto* type : custom_types()) {
      if (!WL_API_TRY(co_await let_go(kube::resource_of(*type)))) co_return false;
    }
    co_return co_await let_go(kube::resources::secrets());
  }

 private:
  [[nodiscard]] bool is_to_go(std::string_view kind) const {
    if (kind == "Namespace" || kind == "CustomResourceDefinition") return false;
    const bool is_data =
        kind == "PersistentVolume" || kind == "PersistentVolumeClaim" || kind == "ConfigMap" || kind == "Secret";
    return options_.data || !is_data;
  }

  void told(const kube::Resource& resource, const Value& object, State state, std::string message = {}) const {
    tell_({.state = state,
           .kind = resource.kind,
           .namespace_ = objects::meta_text(object, "namespace"),
           .name = objects::meta_text(object, "name"),
           .message = std::move(message)});
  }
  bool failed(const kube::Resource& resource, const Value& object, const objects::ApiStatus& why) const {
    told(resource, object, State::failed, why.message);
    return false;
  }

  ApiTask<bool> remove(Value wanted) {
    const auto* resource = resource_of_manifest(wanted);
    if (resource == nullptr) co_return objects::internal("there is no path for the kind " + wanted.get_string("kind"));
    const auto stored =
        co_await client_.get(*resource, objects::meta_text(wanted, "namespace"), objects::meta_text(wanted, "name"));
    if (!stored && stored.error().code == 404) co_return true;
    if (!stored) co_return failed(*resource, wanted, stored.error());
    if (whose(*stored, wanted) != State::same) {
      told(*resource, wanted, State::kept);
      co_return true;
    }
    co_return co_await remove_stored(*resource, *stored, wanted.get_string("kind") == "Deployment");
  }

  /// `whole`: with all that it owns, and until that is away.
  ApiTask<bool> remove_stored(kube::Resource resource, Value stored, bool whole) {
    const auto space = objects::meta_text(stored, "namespace");
    const auto name = objects::meta_text(stored, "name");
    const auto uid = objects::meta_text(stored, "uid");
    const auto gone = co_await client_.remove(
        resource, space, name,
        {.uid = uid, .propagation = whole ? objects::Propagation::foreground : objects::Propagation::background});
    if (!gone && gone.error().code != 404) co_return failed(resource, stored, gone.error());
    auto& timers = client_.timers();
    const auto deadline = timers.now() + options_.patience;
    while (whole) {
      const auto left = co_await client_.get(resource, space, name, true);
      if (!left && left.error().code == 404) break;
      if (!left) co_return failed(resource, stored, left.error());
      if (objects::meta_text(*left, "uid") != uid) break;
      if (timers.now() >= deadline) {
        told(resource, stored, State::failed,
             "its pods have not ended after " + std::to_string(options_.patience.count() / 1000) + " s");
        co_return false;
      }
      co_await rt::sleep_until(client_.io(), timers, timers.now() + kLook);
    }
    told(resource, stored, State::removed);
    co_return true;
  }

  ApiTask<std::vector<Value>> all_of(kube::Resource resource, std::string namespace_, std::string labels,
                                     bool metadata_only) {
    std::vector<Value> out;
    kube::ListQuery query{.namespace_ = std::move(namespace_),
                          .labels = std::move(labels),
                          .fields = {},
                          .limit = kPage,
                          .continue_ = {},
                          .version = {},
                          .metadata_only = metadata_only};
    do {
      auto page = co_await client_.list(resource, query);
      // A kind that the cluster does not have has no objects.
      if (!page && page.error().code == 404) break;
      if (!page) co_return std::unexpected(std::move(page).error());
      query.continue_ = objects::meta_text(*page, "continue");
      if (auto* items = page->find("items")) {
        for (auto& one : items->mutable_items()) out.push_back(std::move(one));
      }
    } while (!query.continue_.empty());
    co_return out;
  }

  /// Without those that are not in the list any more.
  ApiTask<bool> set_finalizers(kube::Resource resource, Value object, Value left) {
    auto metadata =
        Value::map_of("finalizers", std::move(left), "resourceVersion", objects::meta_text(object, "resourceVersion"));
    const auto done =
        co_await client_.patch(resource, objects::meta_text(object, "namespace"), objects::meta_text(object, "name"),
                               kube::PatchKind::merge, Value::map_of("metadata", std::move(metadata)));
    if (!done && done.error().code != 404) co_return failed(resource, object, done.error());
    co_return true;
  }

  /// The server's rights in projects, which each keeps a finalizer for as long as there is a server.
  ApiTask<bool> remove_bindings() {
    const auto& resource = *resource_of_manifest(Value::map_of("kind", "RoleBinding"));
    const auto label = std::string(kManagedBy) + "=" + std::string(kWindlass);
    for (auto& one : WL_API_TRY(co_await all_of(resource, "", label, false))) {
      const Value* subjects = one.find("subjects");
      const bool ours = objects::meta_text(one, "name") == kube::kProjectRole && subjects != nullptr &&
                        subjects->size() == 1 && subjects->items()[0].get_string("namespace") == options_.namespace_;
      if (!ours) continue;
      if (!WL_API_TRY(co_await set_finalizers(resource, one, Value::list()))) co_return false;
      if (!WL_API_TRY(co_await remove_stored(resource, one, false))) co_return false;
    }
    co_return true;
  }

  ApiTask<bool> remove_all(kube::Resource resource) {
    for (auto& one : WL_API_TRY(co_await all_of(resource, options_.workers, std::string(kStore), true))) {
      if (!WL_API_TRY(co_await remove_stored(resource, std::move(one), false))) co_return false;
    }
    co_return true;
  }

  ApiTask<bool> let_go(kube::Resource resource) {
    for (auto& one : WL_API_TRY(co_await all_of(resource, "", "", true))) {
      const Value* finalizers = objects::metadata_of(one).find("finalizers");
      if (finalizers == nullptr) continue;
      Value left = Value::list();
      for (const auto& name : finalizers->items()) {
        if (std::ranges::find(kFinalizers, name.text()) == kFinalizers.end()) left.push(name);
      }
      if (left.size() == finalizers->size()) continue;
      if (!WL_API_TRY(co_await set_finalizers(resource, one, std::move(left)))) co_return false;
      told(resource, one, State::changed);
    }
    co_return true;
  }

  kube::Client& client_;
  RemovalOptions options_;
  std::function<void(const AppliedObject&)> tell_;
};

}  // namespace

ApiTask<bool> remove_installation(kube::Client& client, RemovalOptions options,
                                  std::function<void(const AppliedObject&)> tell) {
  Removal removal(client, std::move(options), std::move(tell));
  co_return co_await removal.run();
}

}  // namespace windlass::cluster

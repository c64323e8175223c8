// GitRepository and Webhook objects of a project. What looks into repositories comes later (later.cc).
// Source: kubesphere API 4.6, crds 10.
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;

namespace {

/// The five handlers of a kind; `Plural` is the kind's plural name as a constant of its own.
template <const char* Plural>
struct Objects {
  static const objects::ResourceType& type() { return resource(Plural); }

  static ApiTask<Response> list(Call& call) { return list_answer(call, type(), call.at("d")); }
  static ApiTask<Response> create(Call& call) {
    auto object = WL_API_TRY(call.object());
    objects::set_meta(object, "namespace", call.at("d"));
    co_return json_answer(WL_API_TRY(co_await call.services.store.create(type(), call.at("d"), std::move(object))));
  }
  static ApiTask<Response> get(Call& call) {
    co_return json_answer(WL_API_TRY(co_await call.services.store.get(type(), call.at("d"), call.at("name"))));
  }
  static ApiTask<Response> update(Call& call) {
    auto body = WL_API_TRY(call.object());
    objects::set_meta(body, "namespace", call.at("d"));
    co_return json_answer(WL_API_TRY(co_await call.services.store.modify(
        type(), call.at("d"), call.at("name"),
        [body](Value stored) -> Outcome<Value> { return replaced(stored, body); })));
  }
  static ApiTask<Response> remove(Call& call) {
    WL_API_TRY(co_await call.services.store.remove(type(), call.at("d"), call.at("name")));
    co_return deleted_answer();
  }
};

constexpr char kRepositories[] = "gitrepositories";
constexpr char kWebhooks[] = "webhooks";
using Repositories = Objects<kRepositories>;
using Webhooks = Objects<kWebhooks>;

constexpr Right of(std::string_view verb, std::string_view plural) { return {verb, kDevops, plural, "d", "name"}; }
constexpr Right all_of(std::string_view verb, std::string_view plural) { return {verb, kDevops, plural, "d", ""}; }

constexpr Route kRoutes[] = {
    {"GET", "v1alpha3", "/DP/gitrepositories", all_of("list", kRepositories), Failures::plain, Repositories::list,
     "repositories known to a project"},
    {"POST", "v1alpha3", "/DP/gitrepositories", all_of("create", kRepositories), Failures::plain, Repositories::create,
     "a new one"},
    {"GET", "v1alpha3", "/DP/gitrepositories/{name}", of("get", kRepositories), Failures::plain, Repositories::get,
     "one of them"},
    {"PUT", "v1alpha3", "/DP/gitrepositories/{name}", of("update", kRepositories), Failures::plain,
     Repositories::update, "replaces it"},
    {"DELETE", "v1alpha3", "/DP/gitrepositories/{name}", of("delete", kRepositories), Failures::plain,
     Repositories::remove, "deletes it"},
    {"GET", "v1alpha3", "/DP/webhooks", all_of("list", kWebhooks), Failures::plain, Webhooks::list,
     "webhooks of a project"},
    {"POST", "v1alpha3", "/DP/webhooks", all_of("create", kWebhooks), Failures::plain, Webhooks::create, "a new one"},
    {"GET", "v1alpha3", "/DP/webhooks/{name}", of("get", kWebhooks), Failures::plain, Webhooks::get, "one of them"},
    {"PUT", "v1alpha3", "/DP/webhooks/{name}", of("update", kWebhooks), Failures::plain, Webhooks::update,
     "replaces it"},
    {"DELETE", "v1alpha3", "/DP/webhooks/{name}", of("delete", kWebhooks), Failures::plain, Webhooks::remove,
     "deletes it"},
};

}  // namespace

std::span<const Route> repository_routes() { return kRoutes; }

}  // namespace windlass::kapis

// Pipelines as objects. What is about their runs is not here. Source: kubesphere API 4.2.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "controllers/names.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

constexpr std::chrono::seconds kPatience{3};
constexpr std::chrono::milliseconds kLook{10};

const objects::ResourceType& pipelines() { return resource("pipelines"); }

ApiTask<Response> list(Call& call) {
  const auto type = call.request.parameter("type").value_or("");
  co_return co_await list_answer(call, pipelines(), call.at("d"), [type](const Value& pipeline) {
    const Value* spec = pipeline.find("spec");
    return type.empty() || (spec != nullptr && spec->get_string("type") == type);
  });
}

/// The namespace of a project; 404 when there is no such project. One that was just made gets its namespace in a
/// moment.
ApiTask<std::string> namespace_of(Call& call) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    auto project = WL_API_TRY(co_await call.services.store.get(resource("devopsprojects"), "", call.at("d")));
    const Value* status = project.find("status");
    auto space = status != nullptr ? status->get_string("adminNamespace") : std::string();
    if (!space.empty()) co_return space;
    if (std::chrono::steady_clock::now() >= deadline) break;
    timer.expires_after(kLook);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return objects::conflict(resource("devopsprojects").subject(call.at("d")),
                              "the project has no namespace yet; try again");
}

ApiTask<Response> create(Call& call) {
  auto pipeline = WL_API_TRY(call.object());
  auto space = WL_API_TRY(co_await namespace_of(call));
  objects::erase_meta(pipeline, "namespace");
  objects::set_annotation(pipeline, names::kCreator, call.user.name);
  mark_pending(pipeline, names::kPipelineSync, call.services.now_millis());
  // A script that comes with the pipeline is one to convert.
  if (objects::annotation(pipeline, names::kPipelineEditMode).empty() &&
      objects::annotation(pipeline, names::kPipelineJson).empty()) {
    objects::set_annotation(pipeline, names::kPipelineEditMode, "raw");
  }
  auto made = WL_API_TRY(co_await call.services.store.create(pipelines(), std::move(space), std::move(pipeline)));
  co_return json_answer(made);
}

ApiTask<Response> get(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(pipelines(), call.at("d"), call.at("p"))));
}

std::string script_of(const Value& pipeline) {
  const Value* spec = pipeline.find("spec");
  const Value* block = spec != nullptr ? spec->find("pipeline") : nullptr;
  return block != nullptr ? block->get_string("jenkinsfile") : std::string();
}

/// A body that was read before the last change does not take the script back: consoles since 3.4 send the whole object
/// to change a setting, older ones to change the script. One without a resource version is taken as it is.
bool is_stale(const Value& stored, const Value& body) {
  const auto version = objects::meta_text(body, "resourceVersion");
  return !version.empty() && version != objects::meta_text(stored, "resourceVersion") &&
         objects::metadata_of(body).get_int("generation", -1) != objects::metadata_of(stored).get_int("generation", -2);
}

ApiTask<Response> update(Call& call) {
  auto body = WL_API_TRY(call.object());
  auto changed =
      co_await call.services.store.modify(pipelines(), call.at("d"), call.at("p"),
                                          [body, now = call.services.now_millis()](Value stored) -> Outcome<Value> {
                                            Value wanted = replaced(stored, body);
                                            Value* spec = wanted.find("spec");
                                            Value* block = spec != nullptr ? spec->find("pipeline") : nullptr;
                                            const auto before = script_of(stored), after = script_of(wanted);
                                            if (block != nullptr && before != after) {
                                              if (is_stale(stored, body) || block->find("jenkinsfile") == nullptr) {
                                                block->set("jenkinsfile", before);
                                              } else {
                                                objects::set_annotation(wanted, names::kPipelineEditMode, "raw");
                                              }
                                            }
                                            mark_pending(wanted, names::kPipelineSync, now);
                                            return wanted;
                                          });
  if (!changed && changed.error().code == 404) {
    // The original's answer for a pipeline that is not there.
    co_return objects::bad_request(changed.error().message);
  }
  co_return json_answer(WL_API_TRY(std::move(changed)));
}

ApiTask<Response> update_script(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto mode = call.request.parameter("mode").value_or("");
  if (mode != "raw" && mode != "json") {
    co_return objects::bad_request("mode must be raw or json, not '" + mode + "'");
  }
  const Value* text = body.find("data");
  if (text == nullptr || !text->is_string()) co_return objects::bad_request("the body must be {\"data\":\"…\"}");
  WL_API_TRY(co_await call.services.store.modify(
      pipelines(), call.at("d"), call.at("p"), [mode, script = text->text()](Value pipeline) -> Outcome<Value> {
        if (mode == "json") {
          objects::set_annotation(pipeline, names::kPipelineJson, script);
        } else {
          Value* spec = pipeline.find("spec");
          Value* block = spec != nullptr ? spec->find("pipeline") : nullptr;
          if (block == nullptr)
            return objects::bad_request("the pipeline has no script of its own: it is multi-branch");
          block->set("jenkinsfile", script);
        }
        objects::set_annotation(pipeline, names::kPipelineEditMode, mode);
        return pipeline;
      }));
  co_return changed_answer();
}

ApiTask<Response> remove(Call& call) {
  WL_API_TRY(co_await call.services.store.remove(pipelines(), call.at("d"), call.at("p")));
  co_return deleted_answer();
}

/// Branches are of multi-branch pipelines only, and those come later.
ApiTask<Response> branches(Call& call) {
  auto pipeline = WL_API_TRY(co_await call.services.store.get(pipelines(), call.at("d"), call.at("p")));
  const Value* spec = pipeline.find("spec");
  if (spec == nullptr || spec->get_string("type") != "multi-branch-pipeline") {
    co_return objects::bad_request("the pipeline " + call.at("p") + " is not multi-branch: it has no branches");
  }
  objects::ApiStatus status;
  status.code = 501;
  status.reason = "NotImplemented";
  status.message = "branches of repositories are not discovered by this version";
  co_return std::unexpected(std::move(status));
}

constexpr Right of_pipeline(std::string_view verb) { return {verb, kDevops, "pipelines", "d", "p"}; }

constexpr Route kRoutes[] = {
    {"GET",
     "v1alpha3",
     "/DP/pipelines",
     {"list", kDevops, "pipelines", "d", ""},
     Failures::crud,
     list,
     "pipelines of a project; ?type=pipeline|multi-branch-pipeline"},
    {"POST",
     "v1alpha3",
     "/DP/pipelines",
     {"create", kDevops, "pipelines", "d", ""},
     Failures::crud,
     create,
     "a new pipeline"},
    {"GET", "v1alpha3", "/DP/pipelines/{p}", of_pipeline("get"), Failures::crud, get, "one pipeline"},
    {"PUT", "v1alpha3", "/DP/pipelines/{p}", of_pipeline("update"), Failures::crud, update, "replaces a pipeline"},
    {"PUT", "v1alpha3", "/DP/pipelines/{p}/jenkinsfile", of_pipeline("update"), Failures::crud, update_script,
     "changes the script (?mode=raw) or its JSON (?mode=json)"},
    {"DELETE", "v1alpha3", "/DP/pipelines/{p}", of_pipeline("delete"), Failures::crud, remove, "deletes a pipeline"},
    {"GET", "v1alpha3", "/DP/pipelines/{p}/branches", of_pipeline("get"), Failures::plain, branches,
     "branches of a multi-branch pipeline; 501 (they are not discovered), 400 for another pipeline"},
    {"GET", "v1alpha3", "/DP/pipelines/{p}/branches/{b}", of_pipeline("get"), Failures::plain, branches,
     "one of them; the same"},
};

}  // namespace

std::span<const Route> pipeline_routes() { return kRoutes; }

}  // namespace windlass::kapis

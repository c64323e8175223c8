// DevOps projects of a workspace. Source: kubesphere API 4.1.
#include "controllers/names.h"
#include "data/json.h"
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

const objects::ResourceType& projects() { return resource("devopsprojects"); }

bool is_in(const Value& project, const std::string& workspace) {
  return objects::label(project, names::kWorkspaceLabel) == workspace;
}

bool may_read(const rights::User& user, const Value& project) {
  return rights::decide(user,
                        {"get", std::string(kDevops), "devopsprojects", "", "", objects::meta_text(project, "name")})
      .allowed;
}

/// Only what the user may read; the list is for everybody.
ApiTask<Response> list_for(Call& call, rights::User user) {
  co_return co_await list_answer(call, projects(), "", [&call, user = std::move(user)](const Value& project) {
    return is_in(project, call.at("ws")) && may_read(user, project);
  });
}

ApiTask<Response> list(Call& call) { return list_for(call, call.user); }

ApiTask<Response> list_of_member(Call& call) {
  if (call.at("user") == call.user.name) co_return co_await list_for(call, call.user);
  if (!call.user.is_admin()) {
    co_return objects::forbidden({"", "workspacemembers", "", call.at("user")}, "only admins see what others may see");
  }
  auto member = call.services.find_user(call.at("user"));
  co_return co_await list_for(call, member.value_or(rights::User{}));
}

ApiTask<bool> is_taken(Call& call, const std::string& display_name) {
  auto all = WL_API_TRY(co_await list_objects(call, projects(), ""));
  for (const auto& project : all) {
    if (is_in(project, call.at("ws")) && objects::meta_text(project, "generateName") == display_name) co_return true;
  }
  co_return false;
}

/// Keeps a name while it is checked and made, so that two requests at once do not both find it free.
class NameHeld {
 public:
  NameHeld(std::set<std::string>& held, std::string name) : held_(held), name_(std::move(name)) {
    good_ = held_.insert(name_).second;
  }
  ~NameHeld() {
    if (good_) held_.erase(name_);
  }
  NameHeld(const NameHeld&) = delete;
  NameHeld& operator=(const NameHeld&) = delete;
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::set<std::string>& held_;
  std::string name_;
  bool good_ = false;
};

ApiTask<Response> create(Call& call) {
  auto project = WL_API_TRY(call.object());
  const auto display_name = objects::meta_text(project, "generateName");
  if (display_name.empty()) co_return objects::bad_request("metadata.generateName is required: it is the name shown");
  const NameHeld held(call.services.names_being_made, call.at("ws") + "/" + display_name);
  if (!held.good() || WL_API_TRY(co_await is_taken(call, display_name))) {
    co_return objects::conflict(projects().subject(display_name),
                                "the workspace " + call.at("ws") + " has a project of that name");
  }
  objects::erase_meta(project, "name");
  objects::erase_meta(project, "namespace");
  objects::set_label(project, names::kWorkspaceLabel, call.at("ws"));
  // Who made it is who called, whatever the body says.
  objects::set_annotation(project, names::kCreator, call.user.name);
  mark_pending(project, names::kProjectSync, call.services.now_millis());
  auto made = WL_API_TRY(co_await call.services.store.create(projects(), "", std::move(project)));
  co_return json_answer(made);
}

ApiTask<Value> find(Call& call) {
  const auto& name = call.at("d");
  if (call.is_set("generateName")) {
    auto all = WL_API_TRY(co_await list_objects(call, projects(), ""));
    for (auto& project : all) {
      if (is_in(project, call.at("ws")) && objects::meta_text(project, "generateName") == name) {
        co_return std::move(project);
      }
    }
    co_return objects::not_found(projects().subject(name));
  }
  auto project = WL_API_TRY(co_await call.services.store.get(projects(), "", name));
  if (!is_in(project, call.at("ws"))) co_return objects::not_found(projects().subject(name));
  co_return project;
}

ApiTask<Response> get(Call& call) {
  if (call.is_set("check")) {
    if (!call.is_set("generateName")) co_return objects::bad_request("check needs generateName=true");
    co_return json_answer(Value::map_of("exist", WL_API_TRY(co_await is_taken(call, call.at("d")))));
  }
  auto project = WL_API_TRY(co_await find(call));
  // By the name shown, the right could not be checked before it was found.
  if (!may_read(call.user, project)) co_return objects::not_found(projects().subject(call.at("d")));
  co_return json_answer(project);
}

ApiTask<Response> update(Call& call) {
  auto body = WL_API_TRY(call.object());
  WL_API_TRY(co_await find(call));
  auto made = WL_API_TRY(co_await call.services.store.modify(
      projects(), "", call.at("d"),
      [body, workspace = call.at("ws"), now = call.services.now_millis()](Value stored) -> Outcome<Value> {
        Value wanted = replaced(stored, body);
        objects::set_label(wanted, names::kWorkspaceLabel, workspace);
        mark_pending(wanted, names::kProjectSync, now);
        return wanted;
      }));
  co_return json_answer(made);
}

ApiTask<Response> remove(Call& call) {
  WL_API_TRY(co_await find(call));
  WL_API_TRY(co_await call.services.store.remove(projects(), "", call.at("d")));
  co_return deleted_answer();
}

// ---- our own: projects by their names, of whatever workspace; who works on a cluster's objects serves no others

ApiTask<Response> list_named(Call& call) {
  co_return co_await list_answer(call, projects(), "",
                                 [&call](const Value& project) { return may_read(call.user, project); });
}

ApiTask<Response> create_named(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto name = body.get_string("name"), workspace = body.get_string("workspace");
  if (name.empty()) co_return objects::bad_request("name is required: it becomes the project's namespace too");
  auto project = Value::map_of("metadata", Value::map_of("name", name));
  if (!workspace.empty()) objects::set_label(project, names::kWorkspaceLabel, workspace);
  objects::set_annotation(project, names::kCreator, call.user.name);
  mark_pending(project, names::kProjectSync, call.services.now_millis());
  const auto made = WL_API_TRY(co_await call.services.store.create(projects(), "", std::move(project)));
  co_return Response::json(201, data::format_json(made));
}

ApiTask<Response> get_named(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(projects(), "", call.at("d"))));
}

ApiTask<Response> remove_named(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.remove(projects(), "", call.at("d"))));
}

constexpr Right kAnybody{};
constexpr Right of_project(std::string_view verb) { return {verb, kDevops, "devopsprojects", "", "d"}; }

constexpr Route kRoutes[] = {
    {"GET", "v1alpha3", "/WS", kAnybody, Failures::crud, list, "projects of a workspace that the caller may read"},
    {"GET", "v1alpha3", "/workspaces/{ws}/workspacemembers/{user}/namespaces", kAnybody, Failures::crud, list_of_member,
     "projects of a workspace that a member may read"},
    {"GET", "v1alpha3", "/workspaces/{ws}/workspacemembers/{user}/devops", kAnybody, Failures::crud, list_of_member,
     "the same, by the older path"},
    {"POST",
     "v1alpha3",
     "/WS",
     {"create", kDevops, "devopsprojects", "", ""},
     Failures::crud,
     create,
     "a new project; generateName is its name for people"},
    {"GET", "v1alpha3", "/WS/{d}", kAnybody, Failures::crud, get,
     "one project; ?generateName=true by the name shown, &check=true whether it is taken"},
    {"PUT", "v1alpha3", "/WS/{d}", of_project("update"), Failures::crud, update, "replaces a project"},
    {"DELETE", "v1alpha3", "/WS/{d}", of_project("delete"), Failures::crud, remove, "deletes a project and all in it"},
    {"GET", "windlass", "/projects", kAnybody, Failures::plain, list_named, "projects that the caller may read"},
    {"POST",
     "windlass",
     "/projects",
     {"create", kDevops, "devopsprojects", "", ""},
     Failures::plain,
     create_named,
     "a new project of that name"},
    {"GET", "windlass", "/projects/{d}", of_project("get"), Failures::plain, get_named, "one project"},
    {"DELETE", "windlass", "/projects/{d}", of_project("delete"), Failures::plain, remove_named,
     "deletes a project and all in it"},
};

}  // namespace

std::span<const Route> project_routes() { return kRoutes; }

}  // namespace windlass::kapis

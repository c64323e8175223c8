#include "controllers/project_controller.h"

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using objects::to_result;

namespace {

const objects::ResourceType& project_type() {
  return *objects::find_resource(names::kGroup, "v1alpha3", "devopsprojects");
}
const objects::ResourceType& namespace_type() { return *objects::find_resource("", "v1", "namespaces"); }

/// The namespaces that are labelled with the project. A name that is no value of a label has none; an empty selector
/// would be every namespace there is.
rt::Task<std::vector<Value>> namespaces_of(objects::ObjectStore& store, const std::string& project) {
  if (project.empty() || !objects::check_label_value(project).empty()) co_return std::vector<Value>();
  objects::ListOptions options;
  options.labels =
      WL_CO_TRY(to_result(objects::LabelSelector::parse(std::string(names::kProjectLabel) + "=" + project)));
  auto found = WL_CO_TRY(to_result(co_await store.list(namespace_type(), std::move(options))));
  std::erase_if(found.items,
                [&](const Value& space) { return objects::label(space, names::kProjectLabel) != project; });
  co_return std::move(found.items);
}

/// Whether another project controls the namespace, whatever its label says.
bool is_anothers(const Value& space, const std::string& uid) {
  const Value* owners = objects::metadata_of(space).find("ownerReferences");
  if (owners == nullptr) return false;
  for (const auto& owner : owners->items()) {
    if (owner.get_bool("controller") && owner.get_string("uid") != uid) return true;
  }
  return false;
}

/// The labels, annotation and owner that a project's namespace has.
bool dress(Value& space, const Value& project) {
  bool changed = ensure_label(space, names::kProjectLabel, objects::meta_text(project, "name"));
  changed |= ensure_label(space, names::kManagedLabel, "true");
  if (const auto workspace = objects::label(project, names::kWorkspaceLabel); !workspace.empty()) {
    changed |= ensure_label(space, names::kWorkspaceLabel, workspace);
  }
  if (const auto creator = objects::annotation(project, names::kCreator); !creator.empty()) {
    changed |= ensure_annotation(space, names::kCreator, creator);
  }
  const auto uid = objects::meta_text(project, "uid");
  Value* owners = objects::metadata_of(space).find("ownerReferences");
  if (owners != nullptr) {
    for (const auto& owner : owners->items()) {
      if (owner.get_string("uid") == uid) return changed;
    }
  } else {
    objects::set_meta(space, "ownerReferences", Value::list());
    owners = objects::metadata_of(space).find("ownerReferences");
  }
  owners->push(Value::map_of("apiVersion", project_type().api_version(), "kind", "DevOpsProject", "name",
                             objects::meta_text(project, "name"), "uid", uid, "controller", true, "blockOwnerDeletion",
                             true));
  return true;
}

}  // namespace

std::vector<Key> ProjectReconciler::project_of_namespace(const Value& space) {
  const auto project = objects::label(space, names::kProjectLabel);
  if (project.empty()) return {};
  return {{"", project}};
}

rt::Task<Requeue> ProjectReconciler::reconcile(Key key) {
  auto found = co_await store_.get(project_type(), "", key.name);
  if (!found) {
    if (found.error().code != 404) co_return fail(objects::to_error(found.error()));
    // Also of one that somebody deleted past its finalizer.
    if (const auto forgotten = forget_members_(key.name); !forgotten) co_return fail(forgotten.error());
    co_return Requeue{};
  }
  Value project = std::move(*found);
  if (objects::is_being_deleted(project)) co_return co_await finish(std::move(project));

  if (!has_finalizer(project, names::kProjectFinalizer)) {
    project = WL_CO_TRY(
        to_result(co_await store_.modify(project_type(), "", key.name, [](Value object) -> objects::Outcome<Value> {
          if (!objects::is_being_deleted(object)) {
            add_finalizer(object, names::kProjectFinalizer);
          }
          return object;
        })));
    if (objects::is_being_deleted(project)) co_return co_await finish(std::move(project));
  }
  const Space space = WL_CO_TRY(co_await ensure_namespace(project));
  const auto before = objects::annotation(project, std::string(names::kProjectSync) + std::string(names::kSyncMessage));
  const objects::Modifier record = [space, now = now_millis_()](Value object) -> objects::Outcome<Value> {
    if (!space.name.empty()) {
      const Value* status = object.find("status");
      if (status == nullptr || status->get_string("adminNamespace") != space.name) {
        if (status == nullptr || !status->has_members()) object.set("status", Value::map());
        object.find("status")->set("adminNamespace", space.name);
      }
    }
    write_sync(object, names::kProjectSync, {space.problem.empty(), space.problem}, now);
    return object;
  };
  project = WL_CO_TRY(to_result(co_await store_.modify(project_type(), "", key.name, record)));
  if (space.created) {
    co_await events_.record(project, EventType::normal, "NamespaceCreated",
                            "the namespace " + space.name + " was created");
  }
  if (!space.problem.empty() && space.problem != before) {
    co_await events_.record(project, EventType::warning, "NamespaceRefused", space.problem);
  }
  co_return Requeue{};
}

rt::Task<ProjectReconciler::Space> ProjectReconciler::ensure_namespace(const Value& project) {
  const auto name = objects::meta_text(project, "name");
  const auto uid = objects::meta_text(project, "uid");
  std::string space;
  if (const Value* status = project.find("status")) space = status->get_string("adminNamespace");
  if (space.empty()) {
    const auto labelled = WL_CO_TRY(co_await namespaces_of(store_, name));
    for (const auto& one : labelled) {
      if (is_anothers(one, uid) || objects::is_being_deleted(one)) continue;
      space = objects::meta_text(one, "name");
      if (space == name) break;
    }
    if (space.empty()) space = name;
  }
  auto existing = co_await store_.get(namespace_type(), "", space);
  if (!existing && existing.error().code != 404) co_return fail(objects::to_error(existing.error()));
  if (!existing) {
    Value made = Value::map_of("metadata", Value::map_of("name", space));
    dress(made, project);
    auto created = co_await store_.create(namespace_type(), "", std::move(made));
    if (created) co_return Space{space, "", true};
    if (created.error().code == 422) {
      co_return Space{"", "the project's name is no name for a namespace: " + created.error().message};
    }
    co_return fail(objects::to_error(created.error()));
  }
  if (objects::is_being_deleted(*existing)) {
    // Comes again when it is gone: namespaces are watched.
    co_return Space{space, "the namespace " + space + " is being deleted; it is made again when it is gone"};
  }
  if (objects::label(*existing, names::kProjectLabel) != name || is_anothers(*existing, uid)) {
    co_return Space{"", "the namespace " + space + " exists and does not belong to this project; label it " +
                            std::string(names::kProjectLabel) + "=" + name + " to hand it over"};
  }
  Value dressed = *existing;
  if (dress(dressed, project)) {
    WL_CO_TRY(to_result(
        co_await store_.modify(namespace_type(), "", space, [project](Value object) -> objects::Outcome<Value> {
          dress(object, project);
          return object;
        })));
  }
  co_return Space{space, ""};
}

/// The project goes when its namespaces are gone.
rt::Task<Requeue> ProjectReconciler::finish(Value project) {
  if (!has_finalizer(project, names::kProjectFinalizer)) co_return Requeue{};
  const auto name = objects::meta_text(project, "name");
  const auto uid = objects::meta_text(project, "uid");
  const auto spaces = WL_CO_TRY(co_await namespaces_of(store_, name));
  std::string waits;
  for (const auto& space : spaces) {
    if (is_anothers(space, uid)) continue;
    const auto space_name = objects::meta_text(space, "name");
    waits = space_name;
    if (objects::is_being_deleted(space)) continue;
    // This namespace, not one that somebody makes of its name meanwhile.
    objects::DeleteOptions same;
    same.uid = objects::meta_text(space, "uid");
    auto gone = co_await store_.remove(namespace_type(), "", space_name, std::move(same));
    if (!gone && gone.error().code != 404) co_return fail(objects::to_error(gone.error()));
  }
  if (!waits.empty()) {
    // The watch of namespaces calls again; the pause only covers a change that it merged away.
    co_return Requeue{std::chrono::seconds(5)};
  }
  // Before the object goes: until then a crash leads here again, and nobody comes back with a project of the same name.
  if (const auto forgotten = forget_members_(name); !forgotten) co_return fail(forgotten.error());
  if (fault_ != nullptr) fault_->pass("members-forgotten");
  auto gone = co_await store_.modify(project_type(), "", name, [](Value object) -> objects::Outcome<Value> {
    remove_finalizer(object, names::kProjectFinalizer);
    return object;
  });
  if (!gone && gone.error().code != 404) co_return fail(objects::to_error(gone.error()));
  co_return Requeue{};
}

}  // namespace windlass::controllers

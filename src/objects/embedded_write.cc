// Create, update, delete: the rules of the Kubernetes API about metadata that a client may not break.
#include <algorithm>

#include "data/json.h"
#include "objects/embedded_core.h"
#include "objects/metadata.h"
#include "objects/schema.h"

namespace windlass::objects {

using data::Value;

namespace {

constexpr std::size_t kMaxObjectBytes = 3u << 20;  ///< as etcd's clients allow
constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

std::string make_uid(const Moment& moment) {
  const std::uint64_t high = (moment.random() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000;
  const std::uint64_t low = (moment.random() & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    const std::uint64_t bits = i < 16 ? high >> (60 - 4 * i) : low >> (60 - 4 * (i - 16));
    out += kDigits[bits & 15];
  }
  return out;
}

/// The five characters behind generateName: no vowels, so no words; Kubernetes' alphabet.
std::string make_suffix(const Moment& moment) {
  static constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string out;
  for (int i = 0; i < 5; ++i) out += kLetters[moment.random() % kLetters.size()];
  return out;
}

bool same_but(const Value& a, const Value& b, std::initializer_list<std::string_view> ignored) {
  const auto skip = [&](std::string_view key) {
    return std::find(ignored.begin(), ignored.end(), key) != ignored.end();
  };
  for (const auto& [key, value] : a.members()) {
    if (skip(key)) continue;
    const Value* other = b.find(key);
    if (other == nullptr || !(*other == value)) return false;
  }
  return std::all_of(b.members().begin(), b.members().end(),
                     [&](const auto& entry) { return skip(entry.key) || a.find(entry.key) != nullptr; });
}

/// Fields of metadata that only the store writes.
void take_system_fields(Value& object, const Value& from) {
  for (const auto* field : {"uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
                            "selfLink", "namespace", "name", "generateName"}) {
    if (const Value* value = metadata_of(from).find(field)) {
      set_meta(object, field, *value);
    } else {
      erase_meta(object, field);
    }
  }
}

std::vector<FieldError> check_metadata(const Value& object) {
  std::vector<FieldError> problems;
  const auto check_map = [&](std::string_view map, bool label_values) {
    const Value* members = metadata_of(object).find(map);
    if (members == nullptr || members->is_null()) return;
    const std::string path = "metadata." + std::string(map);
    if (!members->has_members()) {
      problems.push_back({"FieldValueInvalid", path, "Invalid value: must be a map of texts"});
      return;
    }
    std::size_t bytes = 0;
    for (const auto& [key, value] : members->members()) {
      bytes += key.size() + value.text().size();
      if (auto problem = check_qualified_name(key); !problem.empty()) {
        problems.push_back({"FieldValueInvalid", path, "Invalid value: \"" + key + "\": " + problem});
      }
      if (!value.is_string()) {
        problems.push_back({"FieldValueInvalid", path, "Invalid value: the value of \"" + key + "\" must be text"});
      } else if (label_values) {
        if (auto problem = check_label_value(value.text()); !problem.empty()) {
          problems.push_back({"FieldValueInvalid", path, "Invalid value: \"" + value.text() + "\": " + problem});
        }
      }
    }
    if (!label_values && bytes > 1024 * 1024) {
      problems.push_back({"FieldValueTooLong", path, "Too long: must have at most 1048576 bytes"});
    }
  };
  check_map("labels", true);
  check_map("annotations", false);
  if (const Value* owners = metadata_of(object).find("ownerReferences"); owners != nullptr) {
    for (std::size_t i = 0; i < owners->size(); ++i) {
      for (const auto* field : {"apiVersion", "kind", "name", "uid"}) {
        if (owners->items()[i].get_string(field).empty()) {
          problems.push_back(
              {"FieldValueRequired", "metadata.ownerReferences[" + std::to_string(i) + "]." + field, "Required value"});
        }
      }
    }
  }
  return problems;
}

}  // namespace

Outcome<Value> EmbeddedCore::write(const ResourceType& type, Value object, Change::Kind kind, const Value* before) {
  if (auto done = bump_.run(); !done) return store_failure(done.error());
  auto version = newest_version();
  if (!version) return std::unexpected(std::move(version).error());
  set_meta(object, "resourceVersion", std::to_string(*version));
  const auto resource = storage_name(type);
  const auto namespace_ = meta_text(object, "namespace");
  const auto name = meta_text(object, "name");
  const auto uid = meta_text(object, "uid");
  auto body = data::format_json(object);
  if (body.size() > kMaxObjectBytes) {
    return bad_request("the object is larger than " + std::to_string(kMaxObjectBytes) + " bytes");
  }
  if (type.kind == "Secret" && type.group.empty()) body = sealer_->seal(body, namespace_ + "/" + name);
  const auto labels_of = [](const Value& of) {
    const Value* labels = metadata_of(of).find("labels");
    return labels != nullptr && labels->has_members() ? data::format_json(*labels) : std::string("{}");
  };
  if (kind == Change::Kind::deleted) {
    if (auto done = erase_.run(resource, namespace_, name); !done) return store_failure(done.error());
    if (auto done = owners_clear_.run(uid); !done) return store_failure(done.error());
  } else {
    const auto labels = labels_of(object);
    const auto pipeline = is_run(type) ? label(object, kPipelineLabel) : std::string();
    if (auto done =
            put_.run(resource, namespace_, name, uid, *version, store::Blob{labels}, store::Blob{body}, pipeline);
        !done) {
      return store_failure(done.error());
    }
    const auto owners = owner_uids(object);
    if (before == nullptr || owner_uids(*before) != owners) {
      if (auto done = owners_clear_.run(uid); !done) return store_failure(done.error());
      for (const auto& owner : owners) {
        if (auto done = owners_add_.run(owner, uid); !done) return store_failure(done.error());
      }
    }
  }
  Result<> logged;
  if (before != nullptr && kind == Change::Kind::modified) {
    const auto labels = labels_of(*before);
    logged =
        log_.run(*version, static_cast<int>(kind), resource, namespace_, name, store::Blob{labels}, store::Blob{body});
  } else {
    logged = log_.run(*version, static_cast<int>(kind), resource, namespace_, name, nullptr, store::Blob{body});
  }
  if (!logged) return store_failure(logged.error());
  if (written_.newest == 0) written_.before = *version - 1;
  written_.newest = *version;
  written_.resources.insert(resource);
  return object;
}

Outcome<void> EmbeddedCore::check_new(const ResourceType& type, std::string_view namespace_, const Value& object,
                                      const std::string& name) {
  auto problems = check_metadata(object);
  const auto name_problem = type.kind == "Namespace" ? check_dns_label(name) : check_dns_subdomain(name);
  if (!name_problem.empty()) {
    problems.push_back({"FieldValueInvalid", "metadata.name", "Invalid value: \"" + name + "\": " + name_problem});
  }
  if (!problems.empty()) return invalid(type.subject(name), std::move(problems));
  if (!type.namespaced) return {};
  auto space = find(*find_resource("", "v1", "namespaces"), "", namespace_);
  if (!space) return std::unexpected(std::move(space).error());
  if (!*space) return not_found({"", "namespaces", "Namespace", namespace_});
  if (is_being_deleted((*space)->object)) {
    return forbidden(type.subject(name), "unable to create new content in namespace " + std::string(namespace_) +
                                             " because it is being terminated");
  }
  return {};
}

Outcome<Value> EmbeddedCore::create(const ResourceType& type, std::string_view namespace_, Value object,
                                    const Moment& moment, bool dry_run) {
  if (!object.has_members()) return bad_request("the body must be an object");
  auto name = meta_text(object, "name");
  const auto generate = meta_text(object, "generateName");
  if (name.empty()) {
    if (generate.empty()) {
      return invalid(type.subject(""),
                     {{"FieldValueRequired", "metadata.name", "Required value: name or generateName is required"}});
    }
    // Among ten thousand objects two of the same name are to be expected; Kubernetes tries as often.
    constexpr int kTries = 8;
    for (int i = 0; i < kTries; ++i) {
      name = generate.substr(0, 58) + make_suffix(moment);
      auto taken = find(type, namespace_, name);
      if (!taken) return std::unexpected(std::move(taken).error());
      if (!*taken) break;
    }
  }
  const auto own_namespace = meta_text(object, "namespace");
  if (type.namespaced && !own_namespace.empty() && own_namespace != namespace_) {
    return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (auto done = check_new(type, namespace_, object, name); !done) return std::unexpected(std::move(done).error());
  auto existing = find(type, namespace_, name);
  if (!existing) return std::unexpected(std::move(existing).error());
  if (*existing) return already_exists(type.subject(name));

  Value made = Value::map_of("apiVersion", type.api_version(), "kind", type.kind);
  for (const auto& [key, value] : object.members()) {
    if (key != "apiVersion" && key != "kind" && !(key == "status" && type.has_status)) made.set(key, value);
  }
  for (const auto* field : {"resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    erase_meta(made, field);
  }
  set_meta(made, "name", name);
  if (type.namespaced) {
    set_meta(made, "namespace", namespace_);
  } else {
    erase_meta(made, "namespace");
  }
  set_meta(made, "uid", make_uid(moment));
  set_meta(made, "creationTimestamp", format_rfc3339(moment.now_millis));
  if (type.has_status || !type.group.empty()) set_meta(made, "generation", 1);
  if (type.kind == "Namespace") {
    set_label(made, "kubernetes.io/metadata.name", name);
    made.set("spec", Value::map_of("finalizers", Value::list_of("kubernetes")));
    made.set("status", Value::map_of("phase", "Active"));
  }
  if (type.kind == "Secret" && type.group.empty()) {
    // stringData is written into data, as Kubernetes does.
    if (Value* texts = made.find("stringData"); texts != nullptr && texts->has_members()) {
      Value* data = made.find("data");
      if (data == nullptr || !data->has_members()) {
        made.set("data", Value::map());
        data = made.find("data");
      }
      const Value taken = *made.find("stringData");
      for (const auto& [key, value] : taken.members()) data->set(key, encode_secret_text(value.text()));
    }
    made.mutable_members().erase("stringData");
    if (made.get_string("type").empty()) made.set("type", "Opaque");
  }
  prune(type, made);
  if (auto problems = check_schema(type, made); !problems.empty())
    return invalid(type.subject(name), std::move(problems));
  if (dry_run) return made;
  return write(type, std::move(made), Change::Kind::added, nullptr);
}

Outcome<Value> EmbeddedCore::store_updated(const ResourceType& type, Row stored, Value object, Part part,
                                           bool dry_run) {
  const Value& old = stored.object;
  const auto name = meta_text(old, "name");
  if (!object.has_members()) return bad_request("the body must be an object");
  if (const auto given = meta_text(object, "name"); !given.empty() && given != name) {
    return bad_request("the name of the object (" + given + ") does not match the name on the URL (" + name + ")");
  }
  if (const auto given = meta_text(object, "namespace"); !given.empty() && given != meta_text(old, "namespace")) {
    return bad_request("the namespace of the object does not match the namespace on the URL");
  }
  if (const auto uid = meta_text(object, "uid"); !uid.empty() && uid != meta_text(old, "uid")) {
    return conflict(type.subject(name), "Precondition failed: UID in precondition: " + uid +
                                            ", UID in object meta: " + meta_text(old, "uid"));
  }
  if (const auto version = meta_text(object, "resourceVersion");
      !version.empty() && version != std::to_string(stored.version)) {
    return conflict(type.subject(name),
                    "the object has been modified; please apply your changes to the latest version and try again");
  }
  Value made;
  if (part == Part::status) {
    made = old;
    if (const Value* status = object.find("status")) {
      made.set("status", *status);
    } else {
      made.mutable_members().erase("status");
    }
  } else {
    made = Value::map_of("apiVersion", type.api_version(), "kind", type.kind);
    for (const auto& [key, value] : object.members()) {
      if (key != "apiVersion" && key != "kind" && !(key == "status" && type.has_status)) made.set(key, value);
    }
    if (type.has_status) {
      if (const Value* status = old.find("status")) made.set("status", *status);
    }
    take_system_fields(made, old);
    if (auto problems = check_metadata(made); !problems.empty())
      return invalid(type.subject(name), std::move(problems));
    if (type.kind == "Secret" && type.group.empty()) {
      if (const Value* texts = made.find("stringData"); texts != nullptr && texts->has_members()) {
        const Value taken = *texts;
        if (made.find("data") == nullptr) made.set("data", Value::map());
        for (const auto& [key, value] : taken.members()) {
          made.find("data")->set(key, encode_secret_text(value.text()));
        }
      }
      made.mutable_members().erase("stringData");
      if (made.get_string("type").empty()) made.set("type", old.get_string("type", "Opaque"));
    }
    if (is_being_deleted(old)) {
      // Finalizers may only go now; what a client adds is dropped.
      const auto before = finalizers_of(old);
      auto kept = finalizers_of(made);
      std::erase_if(kept,
                    [&](const std::string& f) { return std::find(before.begin(), before.end(), f) == before.end(); });
      set_finalizers(made, kept);
    }
    if (!same_but(made, old, {"metadata", "status"})) {
      if (metadata_of(old).find("generation") != nullptr) {
        set_meta(made, "generation", metadata_of(old).get_int("generation") + 1);
      }
    }
  }
  prune(type, made);
  if (auto problems = check_schema(type, made); !problems.empty())
    return invalid(type.subject(name), std::move(problems));
  erase_meta(made, "resourceVersion");
  Value compared = old;
  erase_meta(compared, "resourceVersion");
  if (made == compared) return stored.object;  // nothing changed: no new version, no event
  if (dry_run) return made;
  if (is_being_deleted(made) && finalizers_of(made).empty() && type.kind != "Namespace") {
    return erase(type, std::move(made));
  }
  return write(type, std::move(made), Change::Kind::modified, &stored.object);
}

Outcome<Value> EmbeddedCore::update(const ResourceType& type, std::string_view namespace_, std::string_view name,
                                    Value object, Part part, const Moment& moment, bool dry_run) {
  return modify(
      type, namespace_, name, [&](Value) -> Outcome<Value> { return std::move(object); }, part, moment, dry_run);
}

Outcome<Value> EmbeddedCore::modify(const ResourceType& type, std::string_view namespace_, std::string_view name,
                                    const Modifier& change, Part part, const Moment&, bool dry_run) {
  auto stored = find(type, namespace_, name);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return not_found(type.subject(name));
  auto changed = change((*stored)->object);
  if (!changed) return std::unexpected(std::move(changed).error());
  return store_updated(type, std::move(**stored), std::move(*changed), part, dry_run);
}

Outcome<Value> EmbeddedCore::erase(const ResourceType& type, Value object) {
  const auto uid = meta_text(object, "uid");
  auto gone = write(type, std::move(object), Change::Kind::deleted, nullptr);
  if (!gone) return gone;
  if (auto done = garbage_add_.run(kGarbageOfOwner, uid); !done) return store_failure(done.error());
  return gone;
}

Outcome<Value> EmbeddedCore::remove(const ResourceType& type, std::string_view namespace_, std::string_view name,
                                    const DeleteOptions& options, const Moment& moment) {
  auto found = find(type, namespace_, name);
  if (!found) return std::unexpected(std::move(found).error());
  if (!*found) return not_found(type.subject(name));
  Value object = (*found)->object;
  const Value before = object;
  if (!options.uid.empty() && options.uid != meta_text(object, "uid")) {
    return conflict(type.subject(name), "Precondition failed: UID in precondition: " + options.uid +
                                            ", UID in object meta: " + meta_text(object, "uid"));
  }
  if (!options.resource_version.empty() && options.resource_version != std::to_string((*found)->version)) {
    return conflict(type.subject(name),
                    "Precondition failed: ResourceVersion in precondition: " + options.resource_version +
                        ", ResourceVersion in object meta: " + std::to_string((*found)->version));
  }
  auto finalizers = finalizers_of(object);
  const auto add = [&](std::string_view finalizer) {
    if (std::find(finalizers.begin(), finalizers.end(), finalizer) == finalizers.end()) {
      finalizers.emplace_back(finalizer);
    }
  };
  if (options.propagation == Propagation::foreground) add(kForeground);
  if (options.propagation == Propagation::orphan) add(kOrphan);
  if (options.dry_run) return object;
  const auto uid = meta_text(object, "uid");
  if (type.kind == "Namespace") {
    if (is_being_deleted(object)) return object;
    set_meta(object, "deletionTimestamp", format_rfc3339(moment.now_millis));
    object.set("status", Value::map_of("phase", "Terminating"));
    if (auto done = garbage_add_.run(kGarbageOfNamespace, std::string(name)); !done) return store_failure(done.error());
    return write(type, std::move(object), Change::Kind::modified, &before);
  }
  if (finalizers.empty()) return erase(type, std::move(object));
  if (is_being_deleted(object) && finalizers == finalizers_of(object)) return object;
  set_finalizers(object, finalizers);
  if (!is_being_deleted(object)) {
    set_meta(object, "deletionTimestamp", format_rfc3339(moment.now_millis));
    set_meta(object, "deletionGracePeriodSeconds", 0);
    if (metadata_of(object).find("generation") != nullptr) {
      set_meta(object, "generation", metadata_of(object).get_int("generation") + 1);
    }
  }
  if (options.propagation != Propagation::background) {
    const int kind = options.propagation == Propagation::foreground ? kGarbageForeground : kGarbageOrphan;
    if (auto done = garbage_add_.run(kind, uid); !done) return store_failure(done.error());
  }
  return write(type, std::move(object), Change::Kind::modified, &before);
}

}  // namespace windlass::objects

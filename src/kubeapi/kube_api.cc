#include "kubeapi/kube_api.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "data/json.h"
#include "data/yaml.h"
#include "kubeapi/admission.h"
#include "kubeapi/discovery.h"
#include "kubeapi/openapi.h"
#include "kubeapi/openapi_protobuf.h"
#include "kubeapi/protobuf.h"
#include "kubeapi/resource_path.h"
#include "kubeapi/table.h"
#include "objects/managed_fields.h"
#include "objects/metadata.h"
#include "objects/patch.h"
#include "objects/schema.h"
#include "objects/secrets.h"

namespace windlass::kubeapi {

using data::Value;
using net::Request;
using net::Response;
using objects::ApiStatus;
using objects::ApiTask;
using objects::is_secret;
using objects::mask_secret;
using objects::Outcome;
using objects::restore_masked;

namespace {

constexpr std::int64_t kDefaultWatchSeconds = 30 * 60;
constexpr std::chrono::seconds kBookmarkEvery{60};
constexpr std::size_t kListPart = 500;

Response status_response(const ApiStatus& status) {
  auto out = Response::json(status.code, data::format_json(status.to_value()));
  if (status.retry_after_seconds > 0) out.headers.add("Retry-After", std::to_string(status.retry_after_seconds));
  return out;
}
Response json_response(int status, const Value& value) { return Response::json(status, data::format_json(value)); }

bool is_true(const std::optional<std::string>& value) { return value && (*value == "true" || *value == "1"); }

/// What `Accept` asks for beside plain objects.
struct Wanted {
  bool table = false;
  bool partial = false;
};
Wanted wanted_of(const Request& request) {
  Wanted out;
  auto accept = request.headers.get("Accept");
  while (!accept.empty()) {
    const auto end = accept.find(',');
    const auto one = accept.substr(0, end);
    accept = end == std::string_view::npos ? std::string_view() : accept.substr(end + 1);
    if (one.find("application/json") == std::string_view::npos) continue;
    if (one.find("as=Table") != std::string_view::npos) {
      if (one.find("v=v1beta1") != std::string_view::npos) continue;
      out.table = true;
    }
    if (one.find("as=PartialObjectMetadata") != std::string_view::npos) out.partial = true;
    break;
  }
  return out;
}

TableRows rows_of(const Request& request) {
  const auto include = request.parameter("includeObject").value_or("Metadata");
  return include == "None" ? TableRows::none : include == "Object" ? TableRows::object : TableRows::metadata;
}

Outcome<Value> body_of(const Request& request) {
  const auto type = request.headers.get("Content-Type");
  if (type.find("protobuf") != std::string_view::npos) return decode_protobuf(request.body);
  if (type.find("yaml") != std::string_view::npos) {
    auto documents = data::parse_yaml_documents(request.body);
    if (!documents) return objects::bad_request(documents.error().message);
    if (documents->size() != 1) return objects::bad_request("the body must be one document");
    return std::move(documents->front());
  }
  data::JsonParseOptions options;
  options.max_depth = 128;
  options.max_elements = 1'000'000;
  options.allow_lone_surrogates = false;  // no text of Unicode: what is kept must be readable by everybody
  auto value = data::parse_json(request.body, options);
  if (!value) return objects::bad_request(value.error().message);
  return std::move(*value);
}

/// `fieldValidation=Strict`: unknown fields are an error and not dropped in silence.
Outcome<void> check_strict(const Request& request, const objects::ResourceType& type, const Value& object) {
  if (request.parameter("fieldValidation").value_or("") != "Strict") return {};
  Value copy = object;
  std::string unknown;
  for (const auto& field : objects::prune(type, copy)) {
    unknown += (unknown.empty() ? "" : ", ") + std::string("unknown field \"") + field + "\"";
  }
  if (unknown.empty()) return {};
  return objects::bad_request(std::string(type.kind) + " in version \"" + std::string(type.version) +
                              "\" cannot be handled as a " + std::string(type.kind) +
                              ": strict decoding error: " + unknown);
}

/// Who writes: as it says, else the program it says it is.
std::string manager_of(const Request& request) {
  auto name = request.parameter("fieldManager").value_or("");
  if (name.empty()) {
    const auto agent = request.headers.get("User-Agent");
    name = agent.substr(0, std::min(agent.find('/'), agent.size()));
  }
  return name.empty() ? "unknown" : name.substr(0, 128);
}

bool is_dry_run(const Request& request) { return request.parameter("dryRun").value_or("") == "All"; }

std::string event_name(objects::WatchEvent::Kind kind) {
  switch (kind) {
    case objects::WatchEvent::Kind::added:
      return "ADDED";
    case objects::WatchEvent::Kind::modified:
      return "MODIFIED";
    case objects::WatchEvent::Kind::deleted:
      return "DELETED";
    case objects::WatchEvent::Kind::bookmark:
      return "BOOKMARK";
  }
  return "ERROR";
}

Value partial(const Value& object) {
  return Value::map_of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/v1", "metadata",
                       objects::metadata_of(object));
}

}  // namespace

struct KubeApi::Target {
  ResourcePath path;
  bool is_watch = false;
  std::string verb;
  [[nodiscard]] const objects::ResourceType& type() const { return *path.type; }
};

bool KubeApi::serves(std::string_view path) {
  const auto below = [&](std::string_view root) {
    return path == root || (path.starts_with(root) && path.size() > root.size() && path[root.size()] == '/');
  };
  return below("/api") || below("/apis") || below("/openapi") || path == "/version";
}

rt::Task<Response> KubeApi::handle(Request request, rights::User user) {
  std::string_view route;
  auto answered = co_await answer(request, user, route);
  auto out = answered ? std::move(*answered) : status_response(answered.error());
  out.route = route;
  co_return out;
}

ApiTask<Response> KubeApi::answer(const Request& request, const rights::User& user, std::string_view& route) {
  auto segments = request.segments();
  // KubeSphere's front may name a cluster: this server is every cluster.
  if (segments.size() > 3 && segments[0].starts_with("api") && segments[1] == "clusters") {
    segments.erase(segments.begin() + 1, segments.begin() + 3);
  }
  if (!user.authenticated()) co_return objects::unauthorized();
  if (segments.empty()) co_return objects::not_found({"", "paths", "Path", request.path});
  const bool core = segments[0] == "api";
  const auto get_only = request.method == "GET" || request.method == "HEAD";
  if (segments[0] == "openapi") {
    if (segments.size() == 2 && segments[1] == "v3") co_return json_response(200, openapi_index());
    if (segments.size() == 2 && segments[1] == "v2") {
      const auto document = openapi_v2(version_);
      // What kubectl before 1.25 asks for is this alone; later ones write the type with a dot.
      const auto accept = request.headers.get("Accept");
      if (accept.find("com.github.proto-openapi.spec.v2") != std::string_view::npos) {
        const bool named = accept.find(kOpenApiProtobuf) != std::string_view::npos;
        auto out = Response::text(200, openapi_v2_protobuf(document), named ? kOpenApiProtobuf : kPlainBytes);
        out.headers.add("Vary", "Accept");
        co_return out;
      }
      co_return json_response(200, document);
    }
    if (segments.size() >= 4 && segments[1] == "v3") {
      const bool of_core = segments[2] == "api";
      auto document = openapi_v3(of_core ? "" : segments[3], segments.back(), version_);
      if (document) co_return json_response(200, *document);
    }
    co_return objects::not_found({"", "paths", "Path", request.path});
  }
  if (segments[0] == "version") co_return json_response(200, server_version(version_));
  if (segments.size() == 1) co_return json_response(200, core ? core_versions() : group_list());
  if (!core && segments.size() == 2 && get_only) {
    auto found = group(segments[1]);
    if (!found) co_return objects::not_found({"", "groups", "APIGroup", segments[1]});
    co_return json_response(200, *found);
  }
  if (segments.size() == (core ? 2u : 3u) && get_only) {
    auto found = resource_list(core ? "" : segments[1], segments.back());
    if (!found) co_return objects::not_found({"", "versions", "APIVersion", segments.back()});
    co_return json_response(200, *found);
  }
  if (!core && segments[1] == "authorization.k8s.io" && segments.size() == 4 && request.method == "POST") {
    co_return review(request, user, segments[3]);
  }
  Target target;
  const std::vector<std::string> rest(segments.begin() + 1, segments.end());
  auto path = parse_resource_path(rest, core);
  if (!path) {
    ApiStatus status;
    status.code = 404;
    status.reason = "NotFound";
    status.message = "the server could not find the requested resource";
    co_return std::unexpected(std::move(status));
  }
  target.path = std::move(*path);
  route = target.type().plural;
  target.is_watch = target.path.watch || (get_only && is_true(request.parameter("watch")));
  co_return co_await resource(request, user, std::move(target));
}

ApiTask<Response> KubeApi::resource(const Request& request, const rights::User& user, Target target) {
  const bool one = !target.path.name.empty();
  const auto& method = request.method;
  if (method == "GET" || method == "HEAD") {
    target.verb = target.is_watch ? "watch" : one ? "get" : "list";
  } else if (method == "POST" && !one) {
    target.verb = "create";
  } else if (method == "PUT" && one) {
    target.verb = "update";
  } else if (method == "PATCH" && one) {
    target.verb = "patch";
  } else if (method == "DELETE") {
    target.verb = one ? "delete" : "deletecollection";
  } else {
    co_return objects::method_not_supported("the server does not allow this method on the requested resource");
  }
  const auto& type = target.type();
  rights::Attributes attributes{target.verb,
                                std::string(type.group),
                                std::string(type.plural),
                                target.path.subresource,
                                target.path.namespace_,
                                target.path.name};
  if (auto decision = rights::decide(user, attributes); !decision.allowed) {
    co_return objects::forbidden(
        type.subject(target.path.name),
        "User \"" + user.name + "\" cannot " + target.verb + " resource \"" + std::string(type.plural) +
            "\" in API group \"" + std::string(type.group) + "\"" +
            (target.path.namespace_.empty() ? std::string(" at the cluster scope")
                                            : " in the namespace \"" + target.path.namespace_ + "\"") +
            ": " + decision.reason);
  }
  const auto part = target.path.subresource == "status" ? objects::Part::status : objects::Part::main;
  if (target.verb == "get") {
    auto object = WL_API_TRY(co_await store_.get(type, target.path.namespace_, target.path.name));
    co_return object_response(request, target, 200, std::move(object));
  }
  if (target.verb == "list") co_return co_await list(request, target);
  if (target.verb == "watch") co_return co_await watch(request, target);
  if (target.verb == "create") {
    auto body = WL_API_TRY(body_of(request));
    if (type.namespaced && target.path.namespace_.empty()) {
      co_return objects::bad_request("an object of this kind is created in a namespace");
    }
    if (const auto kind = body.get_string("kind"); !kind.empty() && kind != type.kind) {
      co_return objects::bad_request("the kind in the body (" + kind + ") is not that of the URL (" +
                                     std::string(type.kind) + ")");
    }
    if (auto strict = check_strict(request, type, body); !strict) co_return std::unexpected(std::move(strict).error());
    if (is_secret(type)) restore_masked(body, Value::map());
    body = WL_API_TRY(admit(user, type, target.path.namespace_, Value(), std::move(body)));
    auto made = WL_API_TRY(co_await store_.create(type, target.path.namespace_, std::move(body), is_dry_run(request)));
    co_return object_response(request, target, 201, std::move(made));
  }
  if (target.verb == "update") {
    auto body = WL_API_TRY(body_of(request));
    if (auto strict = check_strict(request, type, body); !strict) co_return std::unexpected(std::move(strict).error());
    if (target.path.subresource == "finalize") {
      // Namespaces end when they are empty; there is no finalizer of a client to take away.
      auto object = WL_API_TRY(co_await store_.get(type, "", target.path.name));
      co_return object_response(request, target, 200, std::move(object));
    }
    const objects::FieldManager manager{manager_of(request), objects::format_rfc3339(now_millis_())};
    auto updated = co_await store_.modify(
        type, target.path.namespace_, target.path.name,
        [body = std::move(body), user, &type, space = target.path.namespace_, secret = is_secret(type), part,
         manager](Value stored) -> Outcome<Value> {
          Value wanted = body;
          if (secret) restore_masked(wanted, stored);
          if (part == objects::Part::status) return wanted;
          if (is_admitted(type)) {
            auto admitted = admit(user, type, space, stored, std::move(wanted));
            if (!admitted) return admitted;
            wanted = std::move(*admitted);
          }
          return objects::note_update(type, stored, std::move(wanted), manager);
        },
        part, is_dry_run(request));
    if (!updated) co_return std::unexpected(std::move(updated).error());
    co_return object_response(request, target, 200, std::move(*updated));
  }
  if (target.verb == "patch") co_return co_await patch(request, user, target);
  if (target.verb == "delete") co_return co_await remove(request, target);
  co_return co_await remove_collection(request, target);
}

Response KubeApi::object_response(const Request& request, const Target& target, int status, Value object) const {
  if (is_secret(target.type())) mask_secret(object);
  const auto wanted = wanted_of(request);
  if (wanted.table) {
    const auto version = objects::meta_text(object, "resourceVersion");
    const std::vector<Value> items{std::move(object)};
    return json_response(status, make_table(target.type(), items, rows_of(request), now_millis_(), version, "", true));
  }
  return json_response(status, wanted.partial ? partial(object) : object);
}

// ---- list and watch
// --------------------------------------------------------------------------------------------------

namespace {

Outcome<objects::ListOptions> list_options(const Request& request, const ResourcePath& path) {
  objects::ListOptions out;
  out.namespace_ = path.namespace_;
  auto labels = objects::LabelSelector::parse(request.parameter("labelSelector").value_or(""));
  if (!labels) return std::unexpected(std::move(labels).error());
  out.labels = std::move(*labels);
  auto fields = request.parameter("fieldSelector").value_or("");
  if (!path.name.empty()) fields += (fields.empty() ? "" : ",") + ("metadata.name=" + path.name);
  auto selector = objects::FieldSelector::parse(fields);
  if (!selector) return std::unexpected(std::move(selector).error());
  out.fields = std::move(*selector);
  out.continue_ = request.parameter("continue").value_or("");
  if (const auto limit = request.parameter("limit"); limit && !limit->empty()) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), value);
    if (error != std::errc() || end != limit->data() + limit->size()) {
      return objects::bad_request("the limit '" + *limit + "' is no number");
    }
    out.limit = value;
  }
  return out;
}

}  // namespace

ApiTask<Response> KubeApi::list(const Request& request, const Target& target) {
  const auto& type = target.type();
  auto options = WL_API_TRY(list_options(request, target.path));
  auto found = WL_API_TRY(co_await store_.list(type, std::move(options)));
  if (is_secret(type)) {
    for (auto& item : found.items) mask_secret(item);
  }
  const auto version = std::to_string(found.resource_version);
  const auto wanted = wanted_of(request);
  if (wanted.table) {
    co_return json_response(
        200, make_table(type, found.items, rows_of(request), now_millis_(), version, found.continue_, true));
  }
  Value metadata = Value::map_of("resourceVersion", version);
  if (!found.continue_.empty()) metadata.set("continue", found.continue_);
  Value items = Value::list();
  for (auto& item : found.items) {
    items.push(wanted.partial ? partial(item) : std::move(item));
  }
  Value out = wanted.partial ? Value::map_of("kind", "PartialObjectMetadataList", "apiVersion", "meta.k8s.io/v1")
                             : Value::map_of("kind", std::string(type.kind) + "List", "apiVersion", type.api_version());
  out.set("metadata", std::move(metadata));
  out.set("items", std::move(items));
  co_return json_response(200, out);
}

ApiTask<Response> KubeApi::watch(const Request& request, const Target& target) {
  const auto& type = target.type();
  auto options = WL_API_TRY(list_options(request, target.path));
  const auto from_text = request.parameter("resourceVersion").value_or("");
  std::vector<Value> first;
  objects::WatchOptions watch_options;
  watch_options.namespace_ = options.namespace_;
  watch_options.labels = options.labels;
  watch_options.fields = options.fields;
  if (from_text.empty() || from_text == "0") {
    // From now, after what there is.
    auto part_options = options;
    part_options.limit = 0;
    part_options.continue_.clear();
    auto found = WL_API_TRY(co_await store_.list(type, std::move(part_options)));
    first = std::move(found.items);
    watch_options.from = found.resource_version;
  } else {
    const auto [end, error] =
        std::from_chars(from_text.data(), from_text.data() + from_text.size(), watch_options.from);
    if (error != std::errc() || end != from_text.data() + from_text.size()) {
      co_return objects::bad_request("resource version '" + from_text + "' is no number");
    }
  }
  std::int64_t seconds = kDefaultWatchSeconds;
  if (const auto text = request.parameter("timeoutSeconds"); text && !text->empty()) {
    std::from_chars(text->data(), text->data() + text->size(), seconds);
    seconds = std::clamp<std::int64_t>(seconds, 1, 24 * 3600);
  }
  const bool bookmarks = is_true(request.parameter("allowWatchBookmarks"));
  const auto wanted = wanted_of(request);
  const auto rows = rows_of(request);
  Response response;
  response.headers.add("Content-Type", "application/json");
  response.stream = [this, &type, watch_options = std::move(watch_options), first = std::move(first), seconds,
                     bookmarks, wanted, rows](net::BodyWriter& writer) mutable -> rt::Task<> {
    bool columns = true;
    const auto line = [&](const std::string& kind, Value object) {
      if (is_secret(type) && object.find("data") != nullptr) mask_secret(object);
      if (wanted.table && kind != "BOOKMARK" && kind != "ERROR") {
        const auto version = objects::meta_text(object, "resourceVersion");
        const std::vector<Value> items{std::move(object)};
        object = make_table(type, items, rows, now_millis_(), version, "", std::exchange(columns, false));
      } else if (wanted.partial && kind != "ERROR") {
        object = partial(object);
      }
      return data::format_json(Value::map_of("type", kind, "object", std::move(object))) + "\n";
    };
    std::string bytes;
    for (auto& object : first) bytes += line("ADDED", std::move(object));
    first.clear();
    if (!bytes.empty()) WL_CO_TRY_VOID(co_await writer.write(bytes));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    auto watcher = store_.watch(type, std::move(watch_options));
    writer.on_closed([&watcher] { watcher->wake(); });
    while (!writer.closed()) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= end) break;
      auto events = co_await watcher->next(std::min(end, now + kBookmarkEvery));
      bytes.clear();
      if (!events) {
        // As Kubernetes: the failure is the last event of the stream.
        bytes = line("ERROR", events.error().to_value());
        WL_CO_TRY_VOID(co_await writer.write(bytes));
        break;
      }
      for (auto& event : *events) bytes += line(event_name(event.kind), std::move(event.object));
      if (events->empty() && bookmarks && !writer.closed()) {
        bytes += line("BOOKMARK", Value::map_of("kind", type.kind, "apiVersion", type.api_version(), "metadata",
                                                Value::map_of("resourceVersion", std::to_string(watcher->position()),
                                                              "creationTimestamp", Value())));
      }
      if (!bytes.empty()) WL_CO_TRY_VOID(co_await writer.write(bytes));
    }
    writer.on_closed(nullptr);
    co_return Result<>();
  };
  co_return response;
}

// ---- patch, delete, reviews
// ------------------------------------------------------------------------------------------

ApiTask<Response> KubeApi::patch(const Request& request, const rights::User& user, const Target& target) {
  const auto& type = target.type();
  auto content = request.headers.get("Content-Type");
  content = content.substr(0, content.find(';'));
  enum class Kind : unsigned char { json, merge, strategic, apply };
  Kind kind = Kind::merge;
  Value body;
  if (content == "application/json-patch+json") {
    kind = Kind::json;
  } else if (content == "application/merge-patch+json") {
    kind = Kind::merge;
  } else if (content == "application/strategic-merge-patch+json") {
    // Kubernetes offers it for its own kinds only.
    if (!type.group.empty() && type.group != "coordination.k8s.io") {
      ApiStatus status;
      status.code = 415;
      status.reason = "UnsupportedMediaType";
      status.message =
          "the body of the request was in an unknown format - accepted media types include: "
          "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
      co_return std::unexpected(std::move(status));
    }
    kind = Kind::strategic;
  } else if (content == "application/apply-patch+yaml") {
    kind = Kind::apply;
  } else {
    ApiStatus status;
    status.code = 415;
    status.reason = "UnsupportedMediaType";
    status.message =
        "a patch needs the content type application/json-patch+json, application/merge-patch+json, "
        "application/strategic-merge-patch+json or application/apply-patch+yaml";
    co_return std::unexpected(std::move(status));
  }
  if (kind == Kind::apply) {
    auto documents = data::parse_yaml_documents(request.body);
    if (!documents) co_return objects::bad_request(documents.error().message);
    if (documents->size() != 1) co_return objects::bad_request("the body must be one document");
    if (request.parameter("fieldManager").value_or("").empty()) {
      co_return objects::bad_request(
          "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required "
          "for apply patch");
    }
    body = std::move(documents->front());
  } else {
    body = WL_API_TRY(body_of(request));
  }
  const auto part = target.path.subresource == "status" ? objects::Part::status : objects::Part::main;
  const bool secret = is_secret(type);
  const objects::FieldManager manager{manager_of(request), objects::format_rfc3339(now_millis_())};
  const bool force = is_true(request.parameter("force"));
  auto patched = co_await store_.modify(
      type, target.path.namespace_, target.path.name,
      [kind, body, secret, user, space = target.path.namespace_, &request, &type, manager, force,
       part](Value stored) -> Outcome<Value> {
        // A patch of a secret sees it as its author does: what it copies or tests is the mask, never a value.
        const Value before = stored;
        if (secret) mask_secret(stored);
        Outcome<Value> out;
        switch (kind) {
          case Kind::json:
            out = objects::apply_json_patch(std::move(stored), body);
            break;
          case Kind::merge:
            out = objects::apply_merge_patch(std::move(stored), body);
            break;
          case Kind::strategic:
            out = objects::apply_strategic_patch(std::move(stored), body);
            break;
          case Kind::apply:
            // Of status there is no ownership: what is applied there is merged.
            out = part == objects::Part::status ? objects::apply_strategic_patch(std::move(stored), body)
                                                : objects::apply_config(type, stored, body, manager, force);
            break;
        }
        if (!out) return out;
        if (auto strict = check_strict(request, type, *out); !strict) return std::unexpected(std::move(strict).error());
        if (secret) restore_masked(*out, before);
        out = admit(user, type, space, before, std::move(*out));
        if (!out || kind == Kind::apply || part == objects::Part::status) return out;
        return objects::note_update(type, before, std::move(*out), manager);
      },
      part, is_dry_run(request));
  if (!patched && patched.error().code == 404 && kind == Kind::apply) {
    // Server-side apply makes what is missing.
    if (secret) restore_masked(body, Value::map());
    body = WL_API_TRY(objects::apply_config(type, Value(), body, manager, force));
    body = WL_API_TRY(admit(user, type, target.path.namespace_, Value(), std::move(body)));
    auto made = WL_API_TRY(co_await store_.create(type, target.path.namespace_, std::move(body), is_dry_run(request)));
    co_return object_response(request, target, 201, std::move(made));
  }
  if (!patched) co_return std::unexpected(std::move(patched).error());
  co_return object_response(request, target, 200, std::move(*patched));
}

namespace {

Outcome<objects::DeleteOptions> delete_options(const Request& request) {
  objects::DeleteOptions out;
  out.dry_run = is_dry_run(request);
  auto policy = request.parameter("propagationPolicy").value_or("");
  if (!request.body.empty()) {
    auto body = body_of(request);
    if (!body) return std::unexpected(std::move(body).error());
    if (policy.empty()) policy = body->get_string("propagationPolicy");
    if (const Value* preconditions = body->find("preconditions")) {
      out.uid = preconditions->get_string("uid");
      out.resource_version = preconditions->get_string("resourceVersion");
    }
    if (const Value* dry = body->find("dryRun"); dry != nullptr && dry->size() > 0) out.dry_run = true;
    if (body->get_bool("orphanDependents")) policy = "Orphan";
  }
  if (policy == "Foreground") {
    out.propagation = objects::Propagation::foreground;
  } else if (policy == "Orphan") {
    out.propagation = objects::Propagation::orphan;
  } else if (!policy.empty() && policy != "Background") {
    return objects::bad_request("propagationPolicy must be Background, Foreground or Orphan, not '" + policy + "'");
  }
  return out;
}

}  // namespace

ApiTask<Response> KubeApi::remove(const Request& request, const Target& target) {
  auto options = WL_API_TRY(delete_options(request));
  const auto& type = target.type();
  auto gone = WL_API_TRY(co_await store_.remove(type, target.path.namespace_, target.path.name, std::move(options)));
  if (objects::is_being_deleted(gone)) co_return object_response(request, target, 200, std::move(gone));
  co_return json_response(
      200, Value::map_of("kind", "Status", "apiVersion", "v1", "metadata", Value::map(), "status", "Success", "details",
                         Value::map_of("name", target.path.name, "group", type.group, "kind", type.plural, "uid",
                                       objects::meta_text(gone, "uid"))));
}

ApiTask<Response> KubeApi::remove_collection(const Request& request, const Target& target) {
  const auto& type = target.type();
  if (type.namespaced && target.path.namespace_.empty()) {
    co_return objects::method_not_supported("the server does not allow this method on the requested resource");
  }
  auto options = WL_API_TRY(list_options(request, target.path));
  auto deletion = WL_API_TRY(delete_options(request));
  options.limit = kListPart;
  Value items = Value::list();
  do {
    auto found = WL_API_TRY(co_await store_.list(type, options));
    options.continue_ = found.continue_;
    for (auto& item : found.items) {
      auto gone = co_await store_.remove(type, objects::meta_text(item, "namespace"), objects::meta_text(item, "name"),
                                         deletion);
      if (!gone && gone.error().code != 404) co_return std::unexpected(std::move(gone).error());
      if (is_secret(type)) mask_secret(item);
      items.push(std::move(item));
    }
  } while (!options.continue_.empty());
  co_return json_response(200, Value::map_of("kind", std::string(type.kind) + "List", "apiVersion", type.api_version(),
                                             "metadata", Value::map(), "items", std::move(items)));
}

Outcome<Response> KubeApi::review(const Request& request, const rights::User& user, std::string_view plural) const {
  auto body = body_of(request);
  if (!body) return std::unexpected(std::move(body).error());
  const Value* spec = body->find("spec");
  if (spec == nullptr) return objects::bad_request("the review lacks its spec");
  if (plural == "selfsubjectrulesreviews") {
    Value status = Value::map_of("incomplete", !user.is_admin(), "nonResourceRules", Value::list());
    Value rules = Value::list();
    if (user.is_admin()) {
      rules.push(Value::map_of("verbs", Value::list_of("*"), "apiGroups", Value::list_of("*"), "resources",
                               Value::list_of("*")));
    }
    status.set("resourceRules", std::move(rules));
    body->set("status", std::move(status));
    return json_response(201, *body);
  }
  if (plural != "selfsubjectaccessreviews") {
    return objects::forbidden({"authorization.k8s.io", plural, "SubjectAccessReview", ""},
                              "reviews for others are not offered here");
  }
  rights::Decision decision;
  if (const Value* a = spec->find("resourceAttributes")) {
    rights::Attributes attributes{a->get_string("verb"),        a->get_string("group"),     a->get_string("resource"),
                                  a->get_string("subresource"), a->get_string("namespace"), a->get_string("name")};
    decision = rights::decide(user, attributes);
  } else {
    decision = {user.is_admin(), "paths outside of resources are for the role admin"};
  }
  Value status = Value::map_of("allowed", decision.allowed);
  if (!decision.reason.empty()) status.set("reason", decision.reason);
  body->set("status", std::move(status));
  return json_response(201, *body);
}

}  // namespace windlass::kubeapi

#include "kapis/apidocs.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace windlass::kapis {

using data::Value;

namespace {

/// A path as documents have it: the older family written out, "**" as a parameter.
std::string documented(const Route& route) {
  std::string out = route.version == "gitops"     ? "/kapis/gitops.kubesphere.io/v1alpha1"
                    : route.version == "windlass" ? "/kapis/windlass.io/v1"
                                                  : "/kapis/devops.kubesphere.io/" + std::string(route.version);
  for (std::string_view rest = route.path.substr(1); !rest.empty();) {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto word = rest.substr(0, end);
    rest = rest.substr(std::min(end + 1, rest.size()));
    out += "/";
    out += word == "DP" ? "devops/{d}" : word == "WS" ? "workspaces/{ws}/devops" : word == "**" ? "{rest}" : word;
  }
  return out;
}

Value parameters_of(const std::string& path) {
  Value out = Value::list();
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
    out.push(Value::map_of("name", path.substr(at + 1, path.find('}', at) - at - 1), "in", "path", "required", true,
                           "type", "string"));
  }
  return out;
}

}  // namespace

Value api_docs(std::span<const Route> routes, std::string_view windlass_version) {
  Value paths = Value::map();
  for (const auto& route : routes) {
    const auto path = documented(route);
    if (paths.find(path) == nullptr) paths.set(path, Value::map());
    std::string method(route.method == "ANY" ? "GET" : route.method);
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool absent = route.what.starts_with("501");
    Value responses = Value::map();
    responses.set(absent ? "501" : "200", Value::map_of("description", absent ? "not offered" : "OK"));
    responses.set("401", Value::map_of("description", "a token is needed"));
    if (!route.right.verb.empty()) responses.set("403", Value::map_of("description", "the caller may not"));
    paths.find(path)->set(method, Value::map_of("summary", route.what, "parameters", parameters_of(path), "security",
                                                Value::list_of(Value::map_of("Bearer", Value::list())), "responses",
                                                std::move(responses)));
  }
  return Value::map_of(
      "swagger", "2.0", "info", Value::map_of("title", "KubeSphere DevOps API", "version", windlass_version),
      "securityDefinitions",
      Value::map_of("Bearer", Value::map_of("type", "apiKey", "name", "Authorization", "in", "header")), "paths",
      std::move(paths));
}

Value open_api(std::span<const Route> routes, std::string_view windlass_version) {
  const auto text = Value::map_of("type", "string");
  const auto plain = [&](std::string_view what) {
    return Value::map_of("description", what, "content", Value::map_of("text/plain", Value::map_of("schema", text)));
  };
  Value paths = Value::map();
  for (const auto& route : routes) {
    if (route.version != "windlass") continue;
    const auto path = documented(route);
    if (paths.find(path) == nullptr) paths.set(path, Value::map());
    std::string method(route.method);
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    auto parameters = Value::list();
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
      parameters.push(Value::map_of("name", path.substr(at + 1, path.find('}', at) - at - 1), "in", "path", "required",
                                    true, "schema", text));
    }
    for (auto rest = route.query; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      parameters.push(Value::map_of("name", rest.substr(0, end), "in", "query", "required", false, "schema", text));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto schema = Value::map_of("type", route.media == "application/json" ? "object" : "string");
    auto responses = Value::map_of("200",
                                   Value::map_of("description", route.what, "content",
                                                 Value::map_of(route.media, Value::map_of("schema", schema))),
                                   "400", plain("what is wrong with the request, one sentence"), "401",
                                   Value::map_of("description", "a token is needed: a Kubernetes Status"));
    if (!route.right.verb.empty()) {
      responses.set("403",
                    Value::map_of("description", "the caller may not " + std::string(route.right.verb) + " " +
                                                     std::string(route.right.resource) + ": a Kubernetes Status"));
    }
    if (path.find('{') != std::string::npos) responses.set("404", plain("there is none"));
    auto operation =
        Value::map_of("summary", route.what, "parameters", std::move(parameters), "security",
                      Value::list_of(Value::map_of("token", Value::list())), "responses", std::move(responses));
    if (route.method == "POST" || route.method == "PUT") {
      const auto body = Value::map_of("schema", Value::map_of("type", "object"));
      operation.set("requestBody", Value::map_of("required", true, "content", Value::map_of("application/json", body)));
    }
    paths.find(path)->set(method, std::move(operation));
  }
  const auto token = Value::map_of("type", "http", "scheme", "bearer");
  return Value::map_of("openapi", "3.0.3", "info",
                       Value::map_of("title", "Windlass", "version", windlass_version, "description",
                                     "What the older APIs cannot say. The meaning of each member is in "
                                     "docs/compat/windlass.md."),
                       "components", Value::map_of("securitySchemes", Value::map_of("token", token)), "paths",
                       std::move(paths));
}

}  // namespace windlass::kapis

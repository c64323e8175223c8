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

}  // namespace windlass::kapis

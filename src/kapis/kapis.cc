#include "kapis/kapis.h"

#include <algorithm>

#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/apidocs.h"
#include "kapis/run_graph.h"
#include "rights/grants.h"
#include "text/codec.h"

namespace windlass::kapis {

using data::Value;
using net::Request;
using net::Response;
using objects::ApiStatus;
using objects::Outcome;

namespace {

constexpr std::string_view kGitops = "gitops.kubesphere.io";
constexpr std::string_view kWindlass = "windlass.io";

/// The words of a path, each of DP and WS in both its forms.
std::vector<std::vector<std::string>> written_out(std::string_view path) {
  std::vector<std::vector<std::string>> out(1);
  const auto append = [](std::vector<std::vector<std::string>>& to, std::initializer_list<std::string_view> words) {
    for (auto& one : to) one.insert(one.end(), words.begin(), words.end());
  };
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto word = path.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (word != "DP" && word != "WS") {
      append(out, {word});
      continue;
    }
    auto other = out;
    if (word == "DP") {
      append(out, {"devops", "{d}"});
      append(other, {"namespaces", "{d}"});
    } else {
      append(out, {"workspaces", "{ws}", "devops"});
      append(other, {"workspaces", "{ws}", "namespaces"});
    }
    out.insert(out.end(), other.begin(), other.end());
  }
  return out;
}

bool matches(const std::vector<std::string>& words, const std::vector<std::string>& segments,
             std::map<std::string, std::string, std::less<>>& parameters) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "**") return i < segments.size();
    if (i >= segments.size()) return false;
    if (word.front() == '{') {
      parameters[word.substr(1, word.size() - 2)] = segments[i];
    } else if (word != segments[i]) {
      return false;
    }
  }
  return words.size() == segments.size();
}

/// A literal word is closer than a parameter, a parameter closer than "**".
bool closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto rank = [](const std::string& word) { return word == "**" ? 2 : word.front() == '{' ? 1 : 0; };
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (rank(a[i]) != rank(b[i])) return rank(a[i]) < rank(b[i]);
  }
  return a.size() > b.size();
}

/// A member that is null is one that is not there, as for the original's programs; an API server would refuse it.
void drop_nulls(Value& value) {
  if (value.is_list()) {
    for (auto& one : value.mutable_items()) drop_nulls(one);
    return;
  }
  if (!value.is_map()) return;
  std::vector<std::string> nulls;
  for (const auto& [key, one] : value.members()) {
    if (one.is_null()) nulls.push_back(key);
  }
  for (const auto& key : nulls) value.mutable_members().erase(key);
  for (const auto& [key, one] : value.members()) {
    if (one.is_list() || one.is_map()) drop_nulls(*value.find(key));
  }
}

}  // namespace

const std::string& Call::at(std::string_view name) const {
  static const std::string kNone;
  const auto found = parameters.find(name);
  return found != parameters.end() ? found->second : kNone;
}

Outcome<Value> Call::json() const {
  if (request.body.empty()) return Value();
  data::JsonParseOptions options;
  options.max_bytes = 4u << 20;
  options.max_depth = 100;
  options.max_elements = 500'000;
  options.allow_lone_surrogates = false;
  auto value = data::parse_json(request.body, options);
  if (!value) return objects::bad_request(value.error().message);
  return std::move(*value);
}

Outcome<Value> Call::object() const {
  auto value = json();
  if (value && !value->has_members()) return objects::bad_request("the body must be a JSON object");
  if (value) drop_nulls(*value);
  return value;
}

std::string Call::form(std::string_view name) const {
  std::string_view rest = request.body;
  if (request.headers.get("Content-Type").find("json") == std::string_view::npos) {
    while (!rest.empty()) {
      const auto end = rest.find('&');
      const auto part = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      const auto sign = part.find('=');
      if (net::percent_decode(part.substr(0, sign), true).value_or("") != name) continue;
      if (sign == std::string_view::npos) return {};
      return net::percent_decode(part.substr(sign + 1), true).value_or("");
    }
  }
  return request.parameter(name).value_or("");
}

bool Call::is_set(std::string_view query) const {
  const auto value = request.parameter(query).value_or("");
  return value == "true" || value == "1";
}

std::vector<Route> all_routes() {
  std::vector<Route> out;
  for (const auto& family :
       {project_routes(),   pipeline_routes(),   run_routes(),        build_routes(),      blue_pipeline_routes(),
        view_routes(),      windlass_routes(),   run_action_routes(), trigger_routes(),    event_routes(),
        log_routes(),       compare_routes(),    script_routes(),     test_routes(),       people_routes(),
        operation_routes(), credential_routes(), template_routes(),   repository_routes(), editor_routes(),
        setting_routes(),   binary_routes(),     later_routes()}) {
    out.insert(out.end(), family.begin(), family.end());
  }
  return out;
}

std::optional<ApiPath> parse_api_path(const Request& request) {
  auto segments = request.segments();
  std::size_t at = 0;
  const auto word = [&](std::size_t i) { return i < segments.size() ? std::string_view(segments[i]) : ""; };
  ApiPath out;
  if (word(0) == "kapis") {
    at = 1;
    if (word(1) == "clusters" || word(1) == "klusters") at = 3;  // this server is every cluster
    const auto group = word(at), version = word(at + 1);
    if (group == kDevops && (version == "v1alpha2" || version == "v1alpha3")) {
      out.version = version;
    } else if (group == kGitops && version == "v1alpha1") {
      out.version = "gitops";
    } else if (group == kWindlass && version == "v1") {
      out.version = "windlass";
    } else {
      return std::nullopt;
    }
    at += 2;
  } else if (word(0) == "v1alpha2" || word(0) == "v1alpha3") {
    out.version = segments[0];
    at = 1;
  } else if (word(0) == "v1alpha1") {
    out.version = "gitops";
    at = 1;
  } else {
    return std::nullopt;
  }
  if (word(at) == "klusters" || (word(at) == "clusters" && segments.size() > at + 2)) at += 2;
  out.segments.assign(segments.begin() + static_cast<std::ptrdiff_t>(std::min(at, segments.size())), segments.end());
  return out;
}

Kapis::Kapis(Services services) : services_(std::move(services)) {
  services_.graphs = std::make_shared<RunGraphs>();
  for (const auto& route : all_routes()) {
    for (auto& words : written_out(route.path)) patterns_.push_back({route, std::move(words)});
  }
}

const Kapis::Pattern* Kapis::find(const std::string& method, const ApiPath& path,
                                  std::map<std::string, std::string, std::less<>>& parameters, bool& known) const {
  const Pattern* best = nullptr;
  for (const auto& pattern : patterns_) {
    if (pattern.route.version != path.version) continue;
    std::map<std::string, std::string, std::less<>> found;
    if (!matches(pattern.words, path.segments, found)) continue;
    known = true;
    if (pattern.route.method != method && pattern.route.method != "ANY") continue;
    if (best != nullptr && !closer(pattern.words, best->words)) continue;
    best = &pattern;
    parameters = std::move(found);
  }
  return best;
}

std::string kept_key(std::string_view path, const rights::User& user) {
  std::string out(path);
  out += '\n';
  out += user.name;
  out += user.global == rights::GlobalRole::admin ? '!' : ' ';
  for (const auto& [project, role] : user.projects) {
    out += project;
    out += static_cast<char>('0' + static_cast<int>(role));
  }
  for (const auto& group : user.groups) out += ' ' + group;
  for (const auto& grant : user.grants) out += '\n' + std::to_string(grant->generation) + grant->why;
  if (!user.scopes.everything()) out += '\n' + rights::to_string(user.scopes);
  return out;
}

Response kept_answer(const Services::Kept& kept, const Request& request, std::int64_t now_millis,
                     std::string_view cursor) {
  Response out;
  out.headers.add("ETag", kept.tag);
  if (request.headers.get("If-None-Match") == kept.tag) {
    out.status = 304;
    return out;
  }
  out.headers.add("Content-Type", "application/json");
  out.body.reserve(kept.body.size() + cursor.size() + 48);
  out.body.append(kept.body).append(",\"now\":").append(std::to_string(now_millis));
  out.body.append(",\"cursor\":\"").append(cursor).append("\"}");
  return out;
}

std::optional<Response> Kapis::at_once(const Request& request, const rights::User& user) {
  if (services_.kept.empty() || !request.query.empty()) return std::nullopt;
  const auto found = services_.kept.find(kept_key(request.path, user));
  if (found == services_.kept.end()) return std::nullopt;
  if (!*found->second.holds) {
    services_.kept.erase(found);
    return std::nullopt;
  }
  // What is kept is how the run is now: from here on events complete it.
  auto out = kept_answer(found->second, request, services_.now_millis(), services_.events.cursor());
  out.route = "/projects/{d}/pipelines/{p}/runs/{r}";
  return out;
}

void Kapis::release_memory() {
  services_.kept.clear();
  services_.expected.clear();
  services_.graphs->clear();
  services_.ranges.clear();
}

rt::Task<Response> Kapis::handle(Request request, rights::User user) {
  const auto path = parse_api_path(request);
  const bool known_user = user.authenticated();
  if (!known_user && !path) co_return status_answer(objects::unauthorized().error());
  if (known_user && request.path == "/apidocs.json") co_return json_answer(api_docs(all_routes(), services_.version));
  Call call{std::move(request), std::move(user), {}, services_};
  bool known = false;
  const auto method = call.request.method == "HEAD" ? "GET" : call.request.method;
  const Pattern* pattern = path ? find(method, *path, call.parameters, known) : nullptr;
  const bool own_token =
      pattern != nullptr && pattern->route.right.verb.empty() && pattern->route.right.resource == "token";
  if (!known_user && !own_token) co_return status_answer(objects::unauthorized().error());
  if (pattern == nullptr) {
    auto out = Response::text(known ? 405 : 404, known ? "405: Method Not Allowed\n" : "404: Page Not Found\n");
    co_return out;
  }
  const auto& right = pattern->route.right;
  if (!right.verb.empty()) {
    rights::Attributes asked{std::string(right.verb),
                             std::string(right.group),
                             std::string(right.resource),
                             "",
                             right.namespace_.empty() ? std::string() : call.at(right.namespace_),
                             right.name.empty() ? std::string() : call.at(right.name)};
    if (right.resource == "pipelineruns") asked.pipeline = call.at("p");
    auto decision = rights::decide(call.user, asked);
    if (!decision.allowed && services_.also_allowed) {
      // Beside our own roles, what the cluster's say of the same right.
      const auto also = co_await services_.also_allowed(call.user, asked);
      if (!also) {
        auto out = Response::text(503, also.error().message + "\n");
        out.route = pattern->route.path;
        co_return out;
      }
      decision.allowed = *also;
    }
    if (!decision.allowed) {
      const objects::Subject subject{right.group, right.resource, "", asked.name};
      auto out = status_answer(objects::forbidden(subject, decision.reason).error());
      out.route = pattern->route.path;
      co_return out;
    }
  }
  auto answered = co_await pattern->route.handler(call);
  auto out = answered ? std::move(*answered) : failure_answer(answered.error(), pattern->route.failures);
  out.route = pattern->route.path;
  co_return out;
}

}  // namespace windlass::kapis

#include "server/casc_pages.h"

#include "data/json.h"
#include "data/yaml.h"
#include "text/html.h"

namespace windlass::server {

using data::Value;
using net::Response;

namespace {

constexpr std::string_view kRoot = "/configuration-as-code";

Response html(std::string body) { return Response::text(200, std::move(body), "text/html;charset=utf-8"); }

Response found() {
  auto out = Response::text(302, "");
  out.headers.add("Location", std::string(kRoot));
  return out;
}

/// Findings as Jenkins lists what is wrong: one that only does nothing here is not wrong.
Response checked(const Result<casc::Outcome>& outcome) {
  Value list = Value::list();
  if (!outcome) {
    list.push(Value::map_of("line", -1, "message", outcome.error().message));
  } else {
    for (const auto& one : outcome->findings) {
      if (one.kind == casc::Finding::Kind::unused) continue;
      list.push(Value::map_of("line", one.line, "message", one.path + ": " + one.sentence));
    }
  }
  return Response::json(outcome ? 200 : 400, data::format_json(list));
}

}  // namespace

bool CascPages::serves(std::string_view path) {
  return path == kRoot || (path.starts_with(kRoot) && path[kRoot.size()] == '/');
}

rt::Task<Response> CascPages::handle(net::Request request, std::optional<rights::User> user) {
  auto action = request.path.substr(kRoot.size());
  while (action.starts_with('/')) action.erase(0, 1);
  while (action.ends_with('/')) action.pop_back();
  Response out;
  if (!user) {
    out = Response::text(401, "this path needs a token: Authorization: Bearer TOKEN\n");
    out.headers.add("WWW-Authenticate", "Bearer realm=\"windlass\"");
  } else if (!user->is_admin()) {
    out = Response::text(403, user->name + " is missing the Overall/Manage permission\n");
  } else if (action != "reload" && action != "replace" && action != "checkNewSource" && action != "check" &&
             action != "export") {
    out = Response::text(404, "of Configuration as Code there are reload, replace, checkNewSource, check and export\n");
  } else if (request.method != "POST") {
    out = Response::text(405, "405: Method Not Allowed; POST it\n");
    out.headers.add("Allow", "POST");
  } else if (action == "check") {
    out = checked(casc_.read({{.name = "the document", .text = request.body}}));
  } else if (action == "export") {
    const auto* now = casc_.current();
    out = Response::text(200, now == nullptr ? "{}\n" : data::format_yaml(casc::write(now->configuration)),
                         "application/x-yaml; charset=utf-8");
    out.headers.add("Content-Disposition", "attachment; filename=jenkins.yaml");
  } else if (action == "checkNewSource") {
    // The sources are the server's own: whatever path is asked about, what holds or does not is they.
    out = html(casc_.problem().empty() ? "<div/>" : "<div class=error>" + text::in_html(casc_.problem()) + "</div>");
  } else if (auto done = co_await map_.reload(); done) {
    out = found();
  } else if (done.error().kind == ErrorKind::unavailable) {
    out = Response::text(503, done.error().message + "\n");
  } else {
    out = html("<html><body><h1>Oops!</h1><p>" + text::in_html(done.error().message) + "</p></body></html>");
  }
  out.route = kRoot;
  co_return out;
}

Value casc_facts(const LiveCasc& casc) {
  const auto* now = casc.current();
  Value findings = Value::list();
  Value used = Value::list();
  if (now != nullptr) {
    for (const auto& path : now->taken) used.push(path);
    for (const auto& one : now->findings) {
      findings.push(Value::map_of("file", one.file, "line", one.line, "kind", casc::to_string(one.kind), "path",
                                  one.path, "message", one.sentence));
    }
  }
  Value out = Value::map_of("problem", casc.problem(), "used", std::move(used), "findings", std::move(findings));
  out.set("configuration", now == nullptr ? Value() : casc::write(now->configuration));
  return out;
}

std::string casc_metrics(const LiveCasc& casc) {
  const auto& counts = casc.counts();
  const auto* now = casc.current();
  std::string out;
  out +=
      "# HELP windlass_configuration_loads_total Configuration as Code read, by what came of it\n"
      "# TYPE windlass_configuration_loads_total counter\n";
  out += "windlass_configuration_loads_total{result=\"taken\"} " + std::to_string(counts.taken) + "\n";
  out += "windlass_configuration_loads_total{result=\"refused\"} " + std::to_string(counts.refused) + "\n";
  out +=
      "# HELP windlass_configuration_holds whether what stands in the files and the ConfigMap is what holds\n"
      "# TYPE windlass_configuration_holds gauge\n";
  out += std::string("windlass_configuration_holds ") + (casc.problem().empty() ? "1" : "0") + "\n";
  out +=
      "# HELP windlass_configuration_findings keys that do nothing here\n"
      "# TYPE windlass_configuration_findings gauge\n";
  out += "windlass_configuration_findings " + std::to_string(now == nullptr ? 0 : now->findings.size()) + "\n";
  return out;
}

}  // namespace windlass::server

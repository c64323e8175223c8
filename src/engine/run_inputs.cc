#include "engine/run_inputs.h"

namespace windlass::engine {
namespace {

using data::Value;

Value strings(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const auto& s : list) out.push(s);
  return out;
}
std::vector<std::string> strings_of(const Value* value) {
  std::vector<std::string> out;
  if (value != nullptr) {
    for (const auto& item : value->items()) out.push_back(item.text());
  }
  return out;
}
Value text_map(const std::map<std::string, std::string>& map) {
  Value out = Value::map();
  for (const auto& [k, v] : map) out.set(k, v);
  return out;
}
std::map<std::string, std::string> text_map_of(const Value* value) {
  std::map<std::string, std::string> out;
  if (value != nullptr) {
    for (const auto& entry : value->members()) out[entry.key] = entry.value.text();
  }
  return out;
}

}  // namespace

Value to_value(const RunInputs& in) {
  Value v = Value::map();
  v.set("script_name", in.script_name);
  v.set("script", in.script);
  v.set("script_path", in.script_path);
  v.set("project_folder", in.project_folder);
  v.set("job", in.job);
  v.set("number", static_cast<std::int64_t>(in.number));
  v.set("cause", in.cause);
  v.set("user_id", in.user_id);
  v.set("user_name", in.user_name);
  v.set("started_millis", in.started_millis);
  v.set("secret_seed", static_cast<std::int64_t>(in.secret_seed));
  v.set("time_zone", in.time_zone);
  Value parameters = Value::list();
  for (const auto& [k, p] : in.parameters) parameters.push(Value::list_of(k, p));
  v.set("parameters", std::move(parameters));
  v.set("secret_parameters", strings({in.secret_parameters.begin(), in.secret_parameters.end()}));
  v.set("boolean_parameters", strings({in.boolean_parameters.begin(), in.boolean_parameters.end()}));
  v.set("environment", text_map(in.environment));
  v.set("labels", strings(in.labels));
  Value nodes = Value::list();
  for (const auto& n : in.nodes) {
    nodes.push(Value::map_of("name", n.name, "labels", strings(n.labels), "environment", text_map(n.environment)));
  }
  v.set("nodes", std::move(nodes));
  Value libraries = Value::list();
  for (const auto& l : in.libraries) {
    Value one = Value::map_of("name", l.name, "folder", l.folder, "implicit", l.implicit);
    if (!l.repository.empty()) {
      one.set("repository", l.repository);
      one.set("version", l.version);
    }
    if (l.configured) {
      one.set("configured", true);
      one.set("default_version", l.default_version);
      one.set("allow_override", l.allow_override);
      one.set("credentials_id", l.credentials_id);
      one.set("path", l.path);
    }
    libraries.push(std::move(one));
  }
  v.set("libraries", std::move(libraries));
  Value tools = Value::list();
  for (const auto& t : in.tools) {
    Value one = Value::map_of("name", t.name, "folder", t.folder);
    if (!t.kind.empty()) one.set("kind", t.kind);
    tools.push(std::move(one));
  }
  v.set("tools", std::move(tools));
  v.set("job_files", text_map(in.job_files));
  v.set("upstream", in.upstream);
  v.set("credentials", in.credentials);
  v.set("services", in.services);
  v.set("answers", in.answers);
  if (in.scm) {
    const auto& s = *in.scm;
    v.set("scm", Value::map_of("folder", s.folder, "commit", s.commit, "branch", s.branch, "url", s.url, "author_name",
                               s.author_name, "author_email", s.author_email, "committer_name", s.committer_name,
                               "committer_email", s.committer_email, "message", s.message));
  }
  v.set("sandbox", in.sandbox);
  v.set("keep_workspace", in.keep_workspace);
  v.set("state_folder", in.state_folder);
  v.set("previous_result", in.previous_result);
  if (in.restart_stage) v.set("restart_stage", *in.restart_stage);
  v.set("restart_of", static_cast<std::int64_t>(in.restart_of));
  v.set("restart_with_stashes", in.restart_with_stashes);
  v.set("max_instructions", static_cast<std::int64_t>(in.max_instructions));
  v.set("max_bytes", static_cast<std::int64_t>(in.max_bytes));
  v.set("max_depth", static_cast<std::int64_t>(in.max_depth));
  return v;
}

Result<RunInputs> run_inputs_from(const Value& v) {
  if (!v.is_map()) return fail(ErrorKind::corrupt, {"the inputs of the run cannot be read", "无法读取该运行的输入"});
  RunInputs in;
  in.script_name = v.get_string("script_name", in.script_name);
  in.script = v.get_string("script");
  in.script_path = v.get_string("script_path");
  in.project_folder = v.get_string("project_folder");
  in.job = v.get_string("job");
  in.number = static_cast<std::uint64_t>(v.get_int("number", 1));
  in.cause = v.get_string("cause", in.cause);
  in.user_id = v.get_string("user_id");
  in.user_name = v.get_string("user_name");
  in.started_millis = v.get_int("started_millis");
  in.secret_seed = static_cast<std::uint64_t>(v.get_int("secret_seed"));
  in.time_zone = v.get_string("time_zone");
  if (const auto* list = v.find("parameters")) {
    for (const auto& pair : list->items()) {
      if (pair.is_list() && pair.size() == 2)
        in.parameters.emplace_back(pair.items()[0].text(), pair.items()[1].text());
    }
  }
  for (auto& name : strings_of(v.find("secret_parameters"))) in.secret_parameters.insert(std::move(name));
  for (auto& name : strings_of(v.find("boolean_parameters"))) in.boolean_parameters.insert(std::move(name));
  in.environment = text_map_of(v.find("environment"));
  in.labels = strings_of(v.find("labels"));
  if (const auto* list = v.find("nodes")) {
    for (const auto& n : list->items()) {
      in.nodes.push_back({n.get_string("name"), strings_of(n.find("labels")), text_map_of(n.find("environment"))});
    }
  }
  if (const auto* list = v.find("libraries")) {
    for (const auto& l : list->items()) {
      in.libraries.push_back({.name = l.get_string("name"),
                              .folder = l.get_string("folder"),
                              .implicit = l.get_bool("implicit"),
                              .repository = l.get_string("repository"),
                              .version = l.get_string("version"),
                              .configured = l.get_bool("configured"),
                              .default_version = l.get_string("default_version"),
                              .allow_override = l.get_bool("allow_override", true),
                              .credentials_id = l.get_string("credentials_id"),
                              .path = l.get_string("path"),
                              .problem = {}});
    }
  }
  if (const auto* list = v.find("tools")) {
    for (const auto& t : list->items()) {
      in.tools.push_back({t.get_string("name"), t.get_string("folder"), t.get_string("kind")});
    }
  }
  in.job_files = text_map_of(v.find("job_files"));
  in.upstream = v.get_string("upstream");
  if (const auto* c = v.find("credentials")) in.credentials = *c;
  if (const auto* s = v.find("services")) in.services = *s;
  if (const auto* a = v.find("answers")) in.answers = *a;
  if (const auto* s = v.find("scm")) {
    in.scm = ScmInput{s->get_string("folder"),         s->get_string("commit"),
                      s->get_string("branch"),         s->get_string("url"),
                      s->get_string("author_name"),    s->get_string("author_email"),
                      s->get_string("committer_name"), s->get_string("committer_email"),
                      s->get_string("message")};
  }
  in.sandbox = v.get_bool("sandbox");
  in.keep_workspace = v.get_bool("keep_workspace");
  in.state_folder = v.get_string("state_folder");
  in.previous_result = v.get_string("previous_result");
  if (const auto* stage = v.find("restart_stage")) in.restart_stage = stage->text();
  in.restart_of = static_cast<std::uint64_t>(v.get_int("restart_of"));
  in.restart_with_stashes = v.get_bool("restart_with_stashes");
  in.max_instructions = static_cast<std::uint64_t>(v.get_int("max_instructions"));
  in.max_bytes = static_cast<std::uint64_t>(v.get_int("max_bytes"));
  in.max_depth = static_cast<std::uint32_t>(v.get_int("max_depth"));
  return in;
}

}  // namespace windlass::engine

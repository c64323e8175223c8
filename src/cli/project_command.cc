// windlass project, pipeline: what is on a server, made and deleted without YAML. For everything else there is kubectl.
#include <chrono>
#include <functional>
#include <thread>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

// Not Kubernetes' protocol: a server that works on a cluster's objects leaves that to the cluster.
constexpr std::string_view kProjects = "/kapis/windlass.io/v1/projects";
constexpr std::string_view kPipelines = "/kapis/devops.kubesphere.io/v1alpha3/devops/";

std::string meta(const Value& object, std::string_view field) {
  const auto* metadata = object.find("metadata");
  return metadata == nullptr ? std::string() : metadata->get_string(field);
}

std::string annotation(const Value& object, std::string_view key) {
  const auto* metadata = object.find("metadata");
  const auto* all = metadata == nullptr ? nullptr : metadata->find("annotations");
  return all == nullptr ? std::string() : all->get_string(key);
}

int print_list(const Value& list, Form form, const std::function<std::string(const Value&)>& line) {
  std::string out;
  if (const auto* items = list.find("items")) {
    for (const auto& item : items->items()) out += form == Form::words ? line(item) + "\n" : as_item(form, item);
  }
  print(out);
  return kExitSuccess;
}

int wrong_action(const Invocation& in, std::string_view command) {
  return complain(say(in.language,
                      {"{}: say list, create or delete; {} --help shows how",
                       "{}：请指定 list、create 或 delete；用法见 {} --help"},
                      {command, command}),
                  kExitUsage);
}

/// The project that was just made, once pipelines can be made in it; whoever comes next need not wait.
Result<Value> wait_until_ready(const Client& client, const std::string& path, Language language) {
  constexpr std::chrono::milliseconds kPause{30};
  constexpr std::string_view kSync = "devopsproject.devops.kubesphere.io/sync";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (;;) {
    auto project = WL_TRY(client.json("GET", path));
    const auto status = annotation(project, std::string(kSync) + "status");
    if (status == "successful") return project;
    if (status == "failed") return fail(ErrorKind::invalid, annotation(project, std::string(kSync) + "msg"));
    if (std::chrono::steady_clock::now() > deadline)
      return fail(ErrorKind::unavailable, say(language, {"the project was made, but is not ready after 30 s",
                                                         "项目已创建，但 30 秒后仍未就绪"}));
    std::this_thread::sleep_for(kPause);
  }
}

constexpr OptionRow kProjectOptions[] = {
    {"ACTION", "list|create|delete", Shape::value, {"what to do", "操作"}},
    {"PROJECT", "PROJECT", Shape::value, {"its name", "项目名称"}},
    kOutputRow,
};

int run_project(const Invocation& in, const ParsedOptions& options) {
  auto client = Client::open(in);
  if (!client) return complain_of("project", client.error(), in.language);
  const auto action = options.get("ACTION", "list"), name = options.get("PROJECT");
  const auto form = form_of(options);
  const std::string path(kProjects);
  if (action == "list") {
    auto all = client->json("GET", path + "?limit=1000000");
    if (!all) return complain_of("project", all.error(), in.language);
    return print_list(*all, form, [](const Value& one) { return meta(one, "name"); });
  }
  if (name.empty()) return wrong_action(in, "project");
  if (action == "create") {
    const auto body = Value::map_of("name", name);
    auto made = client->json("POST", path, &body);
    if (!made) return complain_of("project", made.error(), in.language);
    const auto ready = wait_until_ready(*client, path + "/" + percent_encoded(name), in.language);
    if (!ready) return complain_of("project", ready.error(), in.language);
    return print_whole(form, *ready);
  }
  if (action == "delete") {
    auto gone = client->json("DELETE", path + "/" + percent_encoded(name));
    if (!gone) return complain_of("project", gone.error(), in.language);
    return print_whole(form, *gone);
  }
  return wrong_action(in, "project");
}

constexpr OptionRow kPipelineOptions[] = {
    {"ACTION", "list|create|delete", Shape::value, {"what to do", "操作"}},
    {"NAME", "PROJECT[/PIPELINE]", Shape::value, {"the project, or the pipeline", "项目或流水线"}},
    {"--file",
     "FILE",
     Shape::value,
     {"its Jenkinsfile (create; replaces that of one that is there)", "Jenkinsfile（用于 create；已存在则替换）"}},
    kOutputRow,
};
constexpr Example kPipelineExamples[] = {
    {"windlass pipeline create shop/build --file Jenkinsfile", {"makes or changes it", "创建或修改"}},
    {"windlass pipeline list shop", {"what there is and how it went", "列出流水线及其状况"}},
};

std::string pipeline_line(const Value& pipeline) {
  std::string weather, last;
  if (const auto facts = data::parse_json(annotation(pipeline, "pipeline.devops.kubesphere.io/jenkins-metadata"))) {
    weather = std::to_string(facts->get_int("weatherScore", 100)) + "%";
    if (const auto* run = facts->find("latestRun"); run != nullptr && run->is_map()) {
      last = "#" + run->get_string("id") + " " +
             (run->get_string("state") == "FINISHED" ? run->get_string("result") : run->get_string("state"));
    }
  }
  return padded(meta(pipeline, "name"), 32) + " " + padded(weather, 5) + " " + last;
}

/// A pipeline may be made with a script that is not valid, but nobody wants to hear of it from its first run.
void tell_problems(const Invocation& in, const Client& client, const std::string& file, const std::string& script) {
  const auto body = Value::map_of("script", script);
  const auto found = client.json("POST", "/kapis/windlass.io/v1/script/check", &body);
  const auto* problems = found ? found->find("problems") : nullptr;
  if (problems == nullptr || problems->size() == 0) return;
  for (const auto& one : problems->items()) {
    const auto line = one.get_int("line");
    const auto place =
        line == 0 ? file : file + ":" + std::to_string(line) + ":" + std::to_string(one.get_int("column"));
    (void)complain(without_controls(place + ": " + one.get_string("message")), kExitSuccess);
  }
  (void)complain(say(in.language, {"pipeline: it is kept as it is, and its runs will fail",
                                   "pipeline：已按原样保存，但其运行将会失败"}),
                 kExitSuccess);
}

int run_pipeline(const Invocation& in, const ParsedOptions& options) {
  auto client = Client::open(in);
  if (!client) return complain_of("pipeline", client.error(), in.language);
  const auto action = options.get("ACTION", "list"), text = options.get("NAME");
  const auto form = form_of(options);
  if (text.empty()) return wrong_action(in, "pipeline");
  const auto project = text.substr(0, text.find('/'));
  const auto path = std::string(kPipelines) + percent_encoded(project) + "/pipelines";
  if (action == "list") {
    auto all = client->json("GET", path + "?limit=1000000");
    if (!all) return complain_of("pipeline", all.error(), in.language);
    if (const auto* items = all->find("items"); items == nullptr || items->size() == 0) {
      auto there = client->json("GET", std::string(kProjects) + "/" + percent_encoded(project));
      if (!there) return complain_of("pipeline", there.error(), in.language);
    }
    return print_list(*all, form, pipeline_line);
  }
  auto name = parse_run_name(text, false, in.language);
  if (!name) return complain_of("pipeline", name.error(), in.language);
  if (action == "delete") {
    auto gone = client->json("DELETE", path + "/" + name->pipeline);
    if (!gone) return complain_of("pipeline", gone.error(), in.language);
    return print_whole(form, *gone);
  }
  if (action != "create") return wrong_action(in, "pipeline");
  auto script = read_file(options.get("--file", "Jenkinsfile"), in.language);
  if (!script) return complain_of("pipeline", script.error(), in.language);
  auto there = client->json("GET", path + "/" + name->pipeline);
  if (!there && there.error().kind != ErrorKind::not_found) return complain_of("pipeline", there.error(), in.language);
  auto block = Value::map();
  if (there) {
    const auto* spec = there->find("spec");
    if (const auto* known = spec == nullptr ? nullptr : spec->find("pipeline")) block = *known;
  }
  block.set("name", name->pipeline);
  block.set("jenkinsfile", *script);
  if (there) {
    auto wanted = *there;
    wanted.set("spec", Value::map_of("type", "pipeline", "pipeline", std::move(block)));
    auto done = client->json("PUT", path + "/" + name->pipeline, &wanted);
    if (!done) return complain_of("pipeline", done.error(), in.language);
    tell_problems(in, *client, options.get("--file", "Jenkinsfile"), *script);
    return print_whole(form, *done);
  }
  auto body = Value::map_of("metadata", Value::map_of("name", name->pipeline));
  body.set("spec", Value::map_of("type", "pipeline", "pipeline", std::move(block)));
  auto done = client->json("POST", path, &body);
  if (!done) return complain_of("pipeline", done.error(), in.language);
  tell_problems(in, *client, options.get("--file", "Jenkinsfile"), *script);
  return print_whole(form, *done);
}

}  // namespace

const Command kProjectCommand{"project",
                              {"projects of the server", "服务器上的项目"},
                              "list | create PROJECT | delete PROJECT",
                              kProjectOptions,
                              {"", ""},
                              run_project,
                              Group::server};
const Command kPipelineCommand{"pipeline",
                               {"pipelines of the server", "服务器上的流水线"},
                               "list PROJECT | create PROJECT/PIPELINE --file FILE | delete PROJECT/PIPELINE",
                               kPipelineOptions,
                               {"", ""},
                               run_pipeline,
                               Group::server,
                               kPipelineExamples};

}  // namespace windlass::cli

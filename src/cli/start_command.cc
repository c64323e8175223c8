// windlass start, stop, input: runs of pipelines on a server.
#include <cstdio>

#include "cli/approvals_text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/stop_local.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

Result<Value> parameters_of(const ParsedOptions& options, Language language) {
  auto list = Value::list();
  for (const auto& one : options.all("--param")) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::invalid,
                  say(language, {"--param takes NAME=VALUE, not ‘{}’", "--param 须为 名称=值，而不是“{}”"}, {one}));
    }
    list.push(Value::map_of("name", one.substr(0, equals), "value", one.substr(equals + 1)));
  }
  return list;
}

std::string name_of(const RunName& run) { return run.project + "/" + run.pipeline + "#" + std::to_string(run.number); }

// ---- start
constexpr OptionRow kStartOptions[] = {
    {"PIPELINE", "PROJECT/PIPELINE", Shape::value, {"what to run", "要运行的流水线"}},
    {"--param", "K=V", Shape::repeated, {"a build parameter", "构建参数"}},
    {"--follow",
     "",
     Shape::flag,
     {"print its log until it ends; the exit code is its result's", "输出日志直到结束；退出码为其结果"}},
    kOutputRow,
};
constexpr Example kStartExamples[] = {
    {"windlass start shop/build --param BRANCH=main --follow", {"and watch", "并跟随"}},
};

int run_start(const Invocation& in, const ParsedOptions& options) {
  auto run = parse_run_name(options.get("PIPELINE"), false, in.language);
  if (!run) return complain_of("start", run.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("start", client.error(), in.language);
  auto parameters = parameters_of(options, in.language);
  if (!parameters) return complain_of("start", parameters.error(), in.language);
  run->number = 0;
  const auto body = Value::map_of("parameters", std::move(*parameters));
  // A parameter that the pipeline does not have is a slip of the keyboard here, not something to leave out silently.
  auto made = client->json("POST", Client::runs_path(*run) + "?unknownParameters=refuse", &body);
  if (!made) return complain_of("start", made.error(), in.language);
  run->number = std::strtoull(made->get_string("id").c_str(), nullptr, 10);
  if (const auto form = form_of(options); form != Form::words) {
    print(as_whole(form, *made));
  } else if (options.has("--follow")) {
    std::fprintf(stderr, "%s\n", name_of(*run).c_str());
  } else {
    print(name_of(*run) + "\n");
  }
  if (!options.has("--follow")) return kExitSuccess;
  auto ended = follow_log(*client, *run);
  if (!ended) return complain_of("start", ended.error(), in.language);
  return exit_code_of_result(ended->get_string("result"));
}

// ---- stop
constexpr OptionRow kStopOptions[] = {
    {"RUN", "PROJECT/PIPELINE[#N]", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"--wait", "", Shape::flag, {"until it has ended, a minute at most", "等待其结束，至多一分钟"}},
    {"--local", "", Shape::flag, {"a run of this machine's state folder: ID", "本机状态目录中的运行：ID"}},
    {"--state", "FOLDER", Shape::value, {"the same, of that state folder", "同上，指定状态目录"}},
    {"--force",
     "",
     Shape::flag,
     {"with --local: end it without its post conditions", "与 --local 合用：不执行 post 条件直接结束"}},
    kOutputRow,
};
constexpr Example kStopExamples[] = {
    {"windlass stop shop/build#7", {"a run on the server", "服务器上的运行"}},
    {"windlass stop --local app#3", {"a run that was interrupted, or is suspended", "被中断或挂起的本地运行"}},
};

int run_stop(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--local") || options.has("--state")) {
    return stop_local(in, options.get("RUN"), options.get("--state"), options.has("--force"));
  }
  auto name = parse_run_name(options.get("RUN"), false, in.language);
  if (!name) return complain_of("stop", name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("stop", client.error(), in.language);
  auto run = client->resolve(*name);
  if (!run) return complain_of("stop", run.error(), in.language);
  const auto body = Value::map();
  auto stopped = client->json(
      "POST", Client::runs_path(*run) + "/stop/" + (options.has("--wait") ? "?blocking=true&timeOutInSecs=60" : ""),
      &body);
  if (!stopped) return complain_of("stop", stopped.error(), in.language);
  if (const auto form = form_of(options); form != Form::words) return print_whole(form, *stopped);
  print(name_of(*run) + " " + stopped->get_string("state") + " " + stopped->get_string("result") + "\n");
  return kExitSuccess;
}

// ---- pause, resume
constexpr OptionRow kPauseOptions[] = {
    {"RUN", "PROJECT/PIPELINE[#N]", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    kOutputRow,
};

int run_hold(const Invocation& in, const ParsedOptions& options, const std::string& what) {
  auto name = parse_run_name(options.get("RUN"), false, in.language);
  if (!name) return complain_of(what, name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of(what, client.error(), in.language);
  auto run = client->resolve(*name);
  if (!run) return complain_of(what, run.error(), in.language);
  const auto body = Value::map();
  auto done = client->json("POST", Client::view_path(*run) + "/" + what, &body);
  if (!done) return complain_of(what, done.error(), in.language);
  if (const auto form = form_of(options); form != Form::words) return print_whole(form, *done);
  print(name_of(*run) + " " + done->get_string("phase") + "\n");
  return kExitSuccess;
}
int run_pause(const Invocation& in, const ParsedOptions& options) { return run_hold(in, options, "pause"); }
int run_resume(const Invocation& in, const ParsedOptions& options) { return run_hold(in, options, "resume"); }

// ---- input
constexpr OptionRow kInputOptions[] = {
    {"RUN", "PROJECT/PIPELINE[#N]", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"--proceed", "", Shape::flag, {"answer: go on", "回答：继续"}},
    {"--abort", "", Shape::flag, {"answer: do not", "回答：中止"}},
    {"--id", "ID", Shape::value, {"which question, where several wait", "有多个问题等待时，指定其一"}},
    {"--param", "K=V", Shape::repeated, {"a value of the question", "问题的参数值"}},
    kOutputRow,
};
constexpr Example kInputExamples[] = {
    {"windlass input shop/deploy", {"what the newest run asks", "最新运行在询问什么"}},
    {"windlass input shop/deploy --proceed --param WHERE=here", {"answers it", "回答"}},
};

int run_input(const Invocation& in, const ParsedOptions& options) {
  auto name = parse_run_name(options.get("RUN"), false, in.language);
  if (!name) return complain_of("input", name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("input", client.error(), in.language);
  auto run = client->resolve(*name);
  if (!run) return complain_of("input", run.error(), in.language);
  auto view = client->json("GET", Client::view_path(*run));
  if (!view) return complain_of("input", view.error(), in.language);
  std::vector<std::pair<std::string, Value>> questions;  // flow node and question
  if (const auto* waiting = view->find("waiting")) {
    for (const auto& one : waiting->items()) {
      if (const auto* question = one.find("input")) {
        questions.emplace_back(std::to_string(one.get_int("node")), *question);
        if (const auto* approvals = one.find("approvals")) questions.back().second.set("approvals", *approvals);
      }
    }
  }
  const auto form = form_of(options);
  const bool answer = options.has("--proceed") || options.has("--abort");
  const std::pair<std::string, Value>* chosen = nullptr;
  for (const auto& question : questions) {
    const auto& one = question.second;
    const auto id = one.get_string("id");
    if (!answer && form != Form::words) {
      print(as_item(form, one));
      continue;
    }
    if (!answer) {
      std::string line = id + "\t" + without_controls(one.get_string("message"));
      if (const auto* parameters = one.find("parameters")) {
        for (const auto& parameter : parameters->items()) line += "\t" + parameter.get_string("name");
      }
      print(line + "\n");
      if (const auto approvals = approvals_text(one, in.language); !approvals.empty()) print("  " + approvals + "\n");
      continue;
    }
    if (options.get("--id").empty() || options.get("--id") == id) {
      if (chosen != nullptr) {
        return complain(say(in.language,
                            {"input: several questions wait; --id says which: windlass input {}",
                             "input：有多个问题在等待；请用 --id 指定：windlass input {}"},
                            {name_of(*run)}),
                        kExitUsage);
      }
      chosen = &question;
    }
  }
  if (!answer) {
    if (questions.empty()) {
      std::fprintf(stderr, "%s\n",
                   say(in.language, {"{} asks nothing", "{} 没有等待回答的问题"}, {name_of(*run)}).c_str());
    }
    return kExitSuccess;
  }
  if (chosen == nullptr) {
    return complain(
        say(in.language, {"input: {} asks nothing of that name", "input：{} 没有这样的问题"}, {name_of(*run)}),
        kExitUsage);
  }
  auto parameters = parameters_of(options, in.language);
  if (!parameters) return complain_of("input", parameters.error(), in.language);
  auto body = Value::map_of("id", chosen->second.get_string("id"), "parameters", std::move(*parameters));
  if (options.has("--abort")) body.set("abort", true);
  auto done = client->json("POST", Client::runs_path(*run) + "/nodes/0/steps/" + chosen->first + "/", &body);
  if (!done) return complain_of("input", done.error(), in.language);
  if (done->get_string("allow") == "false") return complain("input: " + done->get_string("message"), kExitUsage);
  if (form == Form::words && done->has_members() && done->find("wanted") != nullptr) {
    print(approvals_text(Value::map_of("approvals", *done), in.language) + "\n");
    return kExitSuccess;
  }
  return print_whole(form, *done);
}

}  // namespace

const Command kStartCommand{"start",
                            {"start a run on the server", "在服务器上启动运行"},
                            "PROJECT/PIPELINE [--param K=V] [--follow]",
                            kStartOptions,
                            {"", ""},
                            run_start,
                            Group::server,
                            kStartExamples};
const Command kStopCommand{
    "stop",
    {"stop a run", "停止运行"},
    "PROJECT/PIPELINE[#N] [--wait] | --local [ID] [--force]",
    kStopOptions,
    {"The first time it is interrupted and its post conditions happen; again: it does not wait for "
     "what is being interrupted; a third time it ends where it stands.",
     "第一次中断并执行 post 条件；再次停止则不再等待被中断的步骤；第三次立即结束。"},
    run_stop,
    Group::server,
    kStopExamples};
const Command kPauseCommand{
    "pause",
    {"hold up a run on the server", "暂停服务器上的运行"},
    "PROJECT/PIPELINE[#N]",
    kPauseOptions,
    {"No further step begins until it is resumed; a shell that runs goes on. A run in the queue stays there.",
     "在恢复之前不再开始新的步骤；正在执行的脚本会继续。排队中的运行将保持排队。"},
    run_pause,
    Group::server};
const Command kResumeCommand{"resume",
                             {"let a paused run on the server go on", "恢复服务器上暂停的运行"},
                             "PROJECT/PIPELINE[#N]",
                             kPauseOptions,
                             {"", ""},
                             run_resume,
                             Group::server};
const Command kInputCommand{"input",
                            {"show and answer what a run on the server asks", "查看并回答服务器上运行的提问"},
                            "PROJECT/PIPELINE[#N] [--proceed|--abort]",
                            kInputOptions,
                            {"", ""},
                            run_input,
                            Group::server,
                            kInputExamples};

}  // namespace windlass::cli

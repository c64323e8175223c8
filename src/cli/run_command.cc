// windlass run: a Jenkinsfile, here and now. The contract is docs/cli.md.
#include <chrono>
#include <csignal>
#include <optional>

#include "cli/budgets.h"
#include "cli/commands.h"
#include "cli/restart.h"
#include "cli/run_options.h"
#include "cli/run_show.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "engine/local_run.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;

constexpr OptionRow kOptions[] = {
    {"FILE",
     "FILE",
     Shape::value,
     {"the Jenkinsfile, as --file", "Jenkinsfile，同 --file"},
     {"What to run", "运行什么"}},
    {"--file",
     "FILE",
     Shape::value,
     {"the Jenkinsfile (default: Jenkinsfile); - reads standard input",
      "Jenkinsfile 的路径（默认 Jenkinsfile）；- 表示标准输入"}},
    {"--dir",
     "FOLDER",
     Shape::value,
     {"the project folder (default: the Jenkinsfile's); a git work tree becomes scm",
      "项目目录（默认 Jenkinsfile 所在目录）；若为 git 工作树则作为 scm"}},
    {"--job", "NAME", Shape::value, {"the job's full name (default: the folder's)", "任务全名（默认目录名）"}},
    {"--param", "K=V", Shape::repeated, {"a build parameter", "构建参数"}},
    {"--env",
     "K=V",
     Shape::repeated,
     {"an environment variable of the controller and of every node; BRANCH_NAME=… plays a branch",
      "控制器与所有节点的环境变量；BRANCH_NAME=… 模拟分支"}},
    {"--label",
     "L",
     Shape::repeated,
     {"one label of the built-in node", "内置节点的一个标签"},
     {"What the pipeline finds", "流水线可用的环境"}},
    {"--node",
     "JSON",
     Shape::repeated,
     {"a further node: {\"name\":…,\"labels\":\"a b\",\"env\":{…}}",
      "另一个节点：{\"name\":…,\"labels\":\"a b\",\"env\":{…}}"}},
    {"--library",
     "NAME=FOLDER",
     Shape::repeated,
     {"a shared library: a folder, or URL[@VERSION] of a git repository", "共享库：目录，或 git 仓库的 URL[@VERSION]"}},
    {"--library-implicit",
     "NAME=FOLDER",
     Shape::repeated,
     {"the same, loaded without @Library", "同上，无需 @Library 即加载"}},
    {"--credentials", "FILE", Shape::value, {"credentials: a JSON list", "凭证：JSON 列表文件"}},
    {"--tool", "NAME=FOLDER", Shape::repeated, {"a tool installation", "一个工具安装"}},
    {"--job-file",
     "NAME=FILE",
     Shape::repeated,
     {"a pipeline that the build step can start", "build 步骤可以启动的流水线"}},
    {"--input",
     "JSON",
     Shape::repeated,
     {"the answer to the next input: {\"action\":\"proceed\",\"params\":{…}}; with \"id\" to that one",
      "对下一个 input 的回答：{\"action\":\"proceed\",\"params\":{…}}；带 \"id\" 则回答指定的 input"}},
    {"--keep-workspace",
     "",
     Shape::flag,
     {"keep what the last run of the job left in the workspace", "保留上次运行留下的工作区"}},
    {"--output",
     "auto|tree|plain|json",
     Shape::value,
     {"live tree on a terminal, console text, or one JSON event a line (default: auto)",
      "终端上的实时树、控制台文本或每行一个 JSON 事件（默认 auto）"},
     {"Output and state", "输出与状态"}},
    {"--state",
     "FOLDER",
     Shape::value,
     {"where journals, logs and workspaces are kept", "保存运行记录、日志与工作区的目录"}},
    {"--resume",
     "ID",
     Shape::optional_value,
     {"go on with an interrupted run (default: the newest)", "继续一次被中断的运行（默认最新的）"}},
    {"--restart-stage",
     "STAGE",
     Shape::value,
     {"a new run that skips the top-level stages before this one, with the Jenkinsfile, parameters and project of the "
      "run it restarts; credentials are given again",
      "新的运行，跳过此顶层阶段之前的阶段，沿用被重启运行的 Jenkinsfile、参数与项目；凭证需重新提供"}},
    {"--restart-step",
     "STEP",
     Shape::value,
     {"a new run that begins at this step of an ended one, with the variables it had there: a node's number, or @ and "
      "a "
      "journal entry; windlass replay ID --steps lists them",
      "新的运行，从已结束运行的此步骤开始，并带有当时的变量：节点编号，或 @ 加记录编号；windlass replay ID --steps "
      "可列出"}},
    {"--restart-of",
     "ID",
     Shape::value,
     {"which run that is (default: the job's last)", "重启哪次运行（默认该任务最近一次）"}},
    {"--sandbox",
     "",
     Shape::flag,
     {"refuse what Jenkins' sandbox refuses", "拒绝 Jenkins 沙箱拒绝的调用"},
     {"Limits", "限制"}},
    kMaxInstructions,
    kMaxMemory,
    kMaxDepth,
};

constexpr Example kExamples[] = {
    {"windlass run", {"the Jenkinsfile of this folder, with a live tree", "运行本目录的 Jenkinsfile，显示实时树"}},
    {"windlass run --param VERSION=1.2 --output plain | tee build.log",
     {"Jenkins' console text, byte for byte", "逐字节相同的 Jenkins 控制台文本"}},
    {"windlass run --library shared=../shared-library --credentials ~/ci-credentials.json",
     {"with a shared library and credentials", "使用共享库与凭证"}},
    {"windlass run --env BRANCH_NAME=main --input '{\"action\":\"proceed\"}'",
     {"as if it were the branch main; the first input is approved", "模拟 main 分支；批准第一个 input"}},
    {"windlass run --resume", {"go on after a crash, a reboot or two Ctrl-C", "在崩溃、重启或两次 Ctrl-C 之后继续"}},
};

constexpr ExitCode kExits[] = {
    {0, {"SUCCESS", "SUCCESS"}},
    {1, {"FAILURE", "FAILURE"}},
    {2, {"UNSTABLE", "UNSTABLE"}},
    {3, {"ABORTED", "ABORTED"}},
    {4, {"NOT_BUILT", "NOT_BUILT"}},
    {5, {"the Jenkinsfile is not valid; nothing ran", "Jenkinsfile 无效；未执行任何内容"}},
    {64, {"the command line is wrong", "命令行错误"}},
    {70, {"a fault of Windlass itself", "Windlass 自身故障"}},
    {130, {"ended by a second Ctrl-C; --resume goes on", "被第二次 Ctrl-C 结束；可用 --resume 继续"}},
};

int exit_code_of(const engine::RunEnding& ending) {
  if (ending.killed) return kExitKilled;
  if (ending.invalid) return kExitInvalid;
  if (ending.result == "SUCCESS") return kExitSuccess;
  if (ending.result == "UNSTABLE") return kExitUnstable;
  if (ending.result == "ABORTED") return kExitAborted;
  if (ending.result == "NOT_BUILT") return kExitNotBuilt;
  return kExitFailure;
}

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int run(const Invocation& in, const ParsedOptions& options) {
  // `windlass run | head`: whoever reads may leave. What is printed then is lost; the run is not.
  ::signal(SIGPIPE, SIG_IGN);
  std::optional<engine::RunInputs> inputs;
  if (!options.has("--resume")) {
    auto gathered = gather_inputs(in, options, now_millis());
    if (!gathered) return complain("run: " + error_text(gathered.error(), in.language), kExitUsage);
    inputs = std::move(*gathered);
  }
  auto state = open_state(in, options.get("--state"));
  if (!state) return complain("run: " + error_text(state.error(), in.language), kExitInternal);
  if (options.has("--restart-stage") && options.has("--restart-step")) {
    return complain(say(in.language, {"run: either --restart-stage or --restart-step, not both",
                                      "run：--restart-stage 与 --restart-step 只能选一个"}),
                    kExitUsage);
  }
  if (inputs && options.has("--restart-stage")) {
    auto again = restart_inputs(**state, std::move(*inputs), options.get("--restart-stage"),
                                options.get("--restart-of"), in.language);
    if (!again) return complain("run: " + error_text(again.error(), in.language), kExitUsage);
    inputs = std::move(*again);
  } else if (options.has("--restart-of") && !options.has("--restart-step")) {
    return complain(say(in.language, {"run: --restart-of needs --restart-stage or --restart-step",
                                      "run：--restart-of 需要 --restart-stage 或 --restart-step"}),
                    kExitUsage);
  }
  std::optional<engine::RestartPlan> plan;
  if (inputs && options.has("--restart-step")) {
    auto planned =
        plan_step_restart(**state, *inputs, options.get("--restart-step"), options.get("--restart-of"), in.language);
    if (!planned) return complain("run: " + error_text(planned.error(), in.language), kExitUsage);
    plan = std::move(*planned);
    for (const auto& moved : plan->moved) complain("run: " + moved_text(moved, in.language), 0);
    auto of = inputs_of(**state, plan->run);
    if (!of) return complain("run: " + error_text(of.error(), in.language), kExitInternal);
    inputs->job = of->job;
  }
  std::optional<journal::RunInfo> target;
  if (!inputs) {
    auto found = find_run_to_resume(**state, options.get("--resume"), in.language);
    if (!found) {
      bool theirs = found.error().kind == ErrorKind::not_found || found.error().kind == ErrorKind::invalid;
      return complain("run --resume: " + error_text(found.error(), in.language), theirs ? kExitUsage : kExitInternal);
    }
    target = std::move(*found);
  }
  bool over = target && target->state == journal::RunInfo::State::ended;
  auto output = options.get("--output", "auto");
  if (output == "auto") output = in.stdout_is_terminal && !in.dumb() ? "tree" : "plain";
  if (output == "tree" && over) output = "plain";  // nothing lives: its log says it all
  auto job = target ? target->job : inputs->job;
  ShownRun shown;
  shown.started_millis = target ? target->created_ms : inputs->started_millis;
  if (output == "tree") shown.expected = expected_durations(**state, job);
  auto stored = target ? inputs_of(**state, *target)
                : plan ? inputs_of(**state, plan->run)
                       : Result<engine::RunInputs>(*inputs);
  if (!stored) return complain("run --resume: " + error_text(stored.error(), in.language), kExitInternal);
  shown.file = stored->script_path;
  shown.script = stored->script;
  RunShow show(in, output, std::move(shown), now_millis);

  auto ending = plan      ? engine::run_restarted(**state, *plan, std::move(*inputs), show.hooks())
                : !target ? engine::run_new(**state, std::move(*inputs), show.hooks())
                : over    ? engine::run_print(**state, *target, show.hooks())
                          : engine::run_resume(**state, *target, show.hooks());
  if (!ending) {
    show.give_up();
    return complain("run: " + error_text(ending.error(), in.language), kExitInternal);
  }
  show.end(*ending, **state, options.get("--state"));
  return exit_code_of(*ending);
}

}  // namespace

const Command kRunCommand{"run",
                          {"run a Jenkinsfile here, now", "在本机立即运行 Jenkinsfile"},
                          "[FILE] [--param K=V]… [--output auto|tree|plain|json] [OPTION…]",
                          kOptions,
                          {"Ctrl-C aborts as a user would: post conditions run. A second one within 3 seconds ends the "
                           "shells and Windlass at "
                           "once. Runs are kept; windlass runs lists them.",
                           "Ctrl-C 如同用户中止：会执行 post。3 秒内再按一次立即结束 shell 与 "
                           "Windlass。运行记录会保留，windlass runs 可列出。"},
                          run,
                          Group::pipelines,
                          kExamples,
                          kExits};

}  // namespace windlass::cli

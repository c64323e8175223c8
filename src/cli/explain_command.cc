// windlass explain: why a run on the server waits, failed, was skipped or was slow. Facts come from the server as
// codes; the words are here, in both languages.
#include <algorithm>
#include <set>

#include "cli/approvals_text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "pods/trouble_texts.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr OptionRow kOptions[] = {
    {"RUN", "PROJECT/PIPELINE[#N]", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    kOutputRow,
};
constexpr Example kExamples[] = {{"windlass explain shop/build", {"the newest run", "最新的运行"}}};

constexpr std::size_t kSlowest = 5;
constexpr std::size_t kMostPods = 10;
constexpr std::int64_t kWorthTelling = 1000;  ///< of a pod's phase, or of a trouble that has passed, milliseconds

struct Sentence {
  std::string_view code;
  Text text;
};
constexpr Sentence kReasons[] = {
    {"quiet-period", {"it waits for its quiet period to pass", "正在等待静默期结束"}},
    {"concurrent-build",
     {"its pipeline runs one at a time, and run #{} has not ended", "该流水线一次只运行一个，运行 #{} 尚未结束"}},
    {"busy", {"{} runs are under way, which is as many as this server takes", "已有 {} 个运行在进行，达到服务器上限"}},
    {"paused", {"{} has paused it", "被 {} 暂停"}},
    {"rate-limit", {"its pipeline begins runs only so often", "该流水线限制了运行的启动频率"}},
    {"pipeline-limit",
     {"{} runs of its pipeline are under way, and no more may be", "该流水线已有 {} 个运行在进行，达到上限"}},
    {"project-limit",
     {"{} runs of its project are under way, and no more may be", "该项目已有 {} 个运行在进行，达到上限"}},
    {"throttle",
     {"{} runs of its category of throttling are under way, and no more may be",
      "其限流类别已有 {} 个运行在进行，达到上限"}},
    {"superseded", {"run #{} took its place", "已被运行 #{} 取代"}},
    {"replay", {"its record and its script disagree: {}", "运行记录与脚本不一致：{}"}},
    {"claim", {"its object does not say yet that the run begins here: {}", "其对象尚未标明运行在此开始：{}"}},
    {"credentials", {"the credentials of its project cannot be read: {}", "无法读取项目的凭证：{}"}},
    {"restart", {"it could not begin: {}", "无法开始：{}"}},
    {"damaged", {"its journal is damaged: {}", "运行记录已损坏：{}"}},
    {"storage", {"its journal cannot be written: {}", "无法写入运行记录：{}"}},
};
constexpr Sentence kWaits[] = {
    {"paused", {"{} has paused it", "被 {} 暂停"}},
    {"input", {"waits for an answer: {}", "等待回答：{}"}},
    {"lock", {"waits for a lock: {}", "等待锁：{}"}},
    {"throttle", {"waits for a place in the category {}", "等待限流类别 {} 的名额"}},
    {"executor", {"waits for an executor of {}", "等待 {} 的执行器"}},
    {"pod", {"waits for its pod {}", "等待其 Pod {}"}},
    {"timer", {"sleeps", "休眠中"}},
    {"shell", {"a shell runs", "正在执行脚本"}},
    {"build", {"waits for the run of {}", "等待 {} 的运行"}},
};

std::string sentence(std::span<const Sentence> all, std::string_view code, const std::string& detail,
                     Language language) {
  for (const auto& one : all) {
    if (one.code == code) return say(language, one.text, {detail});
  }
  return std::string(code) + (detail.empty() ? "" : ": " + detail);
}

std::string evidence_of(const Value& reason) {
  const auto* evidence = reason.find("evidence");
  if (evidence == nullptr) return {};
  for (const auto key : {"number", "by", "running", "message"}) {
    if (const auto* found = evidence->find(key)) {
      return found->is_int() ? std::to_string(found->as_int()) : without_controls(found->text());
    }
  }
  return {};
}

/// "stage Build, sh in line 7".
std::string place_of(const Value& run, const Value& node, Language language) {
  std::string stage;
  const auto* nodes = run.find("nodes");
  for (auto parent = node.get_int("parent"); nodes != nullptr && parent != 0;) {
    const Value* found = nullptr;
    for (const auto& one : nodes->items()) {
      if (one.get_int("id") == parent) found = &one;
    }
    if (found == nullptr) break;
    if (found->get_string("step") == "stage" && stage.empty()) stage = without_controls(found->get_string("label"));
    parent = found->get_int("parent");
  }
  std::string out;
  if (!stage.empty()) out += say(language, {"stage {}, ", "阶段 {}，"}, {stage});
  out += without_controls(node.get_string("step"));
  if (const auto line = node.get_int("line"); line != 0) {
    out += say(language, {" in line {}", "（第 {} 行）"}, {std::to_string(line)});
  }
  return out;
}

/// Where its Jenkinsfile is not valid, so that nothing of it ran.
std::string invalid_place(const Value& cause, Language language) {
  const auto line = cause.get_int("line");
  if (line == 0) return say(language, {"its Jenkinsfile is not valid", "Jenkinsfile 无效"});
  return say(language, {"its Jenkinsfile is not valid, line {}, column {}", "Jenkinsfile 无效，第 {} 行第 {} 列"},
             {std::to_string(line), std::to_string(cause.get_int("column"))});
}

/// Where its script ended with an exception that no step has thrown.
std::string script_place(const Value& cause, Language language) {
  const auto line = cause.get_int("line");
  if (line == 0) return say(language, {"its script", "其脚本"});
  return say(language, {"its script in line {}", "其脚本（第 {} 行）"}, {std::to_string(line)});
}

std::string trouble_line(const std::string& code, const Value& evidence, Language language) {
  return without_controls(pods::trouble_sentence(code, evidence, language == Language::chinese));
}

/// What befell the newest of its pods, and what the time went into until their agents were there.
void explain_pods(const Value& run, Language language, std::vector<std::string>& out) {
  const auto* agents = run.find("agents");
  if (agents == nullptr) return;
  const auto now = run.get_int("now");
  for (std::size_t i = agents->size() - std::min(kMostPods, agents->size()); i < agents->size(); ++i) {
    const auto& agent = agents->items()[i];
    const auto name = without_controls(agent.get_string("name"));
    const auto subject =
        name.empty() ? say(language, {"its pod: ", "其 Pod："}) : say(language, {"pod {}: ", "Pod {}："}, {name});
    const auto* troubles = agent.find("troubles");
    for (const auto& one : troubles == nullptr ? Value::List{} : troubles->items()) {
      const auto since = one.get_int("since"), until = one.get_int("until");
      const bool open = until == 0 && !one.get_bool("final");
      // What it still waits for has been told.
      if (open && !agent.get_bool("up")) continue;
      // Some are over in the moment that they happen.
      const bool passed = until != 0 && until - since < kWorthTelling;
      const bool is_moment = one.get_string("code") == "pod-memory-process";
      if (passed && !is_moment) continue;
      const auto* evidence = one.find("evidence");
      auto line = subject + trouble_line(one.get_string("code"), evidence == nullptr ? Value() : *evidence, language);
      if (!one.get_bool("final") && !is_moment) {
        line += say(language, {", for {}", "，已 {}"}, {short_duration((open ? now : until) - since)});
      }
      out.push_back(std::move(line));
    }
    std::string phases;
    const auto* times = agent.find("times");
    const auto phase = [&](std::string_view from, std::string_view to, Text text) {
      const auto begin = times == nullptr ? 0 : times->get_int(from), end = times == nullptr ? 0 : times->get_int(to);
      if (begin == 0 || end - begin < kWorthTelling) return;
      phases +=
          (phases.empty() ? "" : say(language, {", ", "，"})) + say(language, text, {short_duration(end - begin)});
    };
    phase("asked", "created", {"{} until it was made", "创建 {}"});
    phase("created", "scheduled", {"{} until it had a node", "调度 {}"});
    phase("scheduled", "initialized", {"{} for its init containers and their images", "初始化容器及其镜像 {}"});
    phase("initialized", "ready", {"{} for its containers and their images", "容器及其镜像 {}"});
    phase("ready", "connected", {"{} until its agent had called", "代理连接 {}"});
    if (!phases.empty()) out.push_back(subject + phases);
  }
}

std::vector<std::string> explain(const Value& run, Language language) {
  std::vector<std::string> out;
  const auto phase = run.get_string("phase"), result = run.get_string("result");
  const auto now = run.get_int("now"), started = run.get_int("started");
  const auto end = run.get_int("ended") != 0 ? run.get_int("ended") : now;
  const auto took = short_duration(started == 0 ? 0 : end - started);
  const auto* reason = run.find("reason");
  if (phase == "queued") {
    out.push_back(
        say(language, {"it is in the queue for {}", "已排队 {}"}, {short_duration(now - run.get_int("queued"))}));
  } else if (phase == "ended") {
    out.push_back(say(language, {"it ended {} after {}", "结果为 {}，历时 {}"}, {result, took}));
  } else if (phase == "stuck") {
    out.push_back(say(language, {"it cannot go on here; nothing of it is lost", "无法在此继续；数据未丢失"}));
  } else {
    out.push_back(say(language, {"it runs for {}", "已运行 {}"}, {took}));
  }
  if (reason != nullptr && !reason->is_null()) {
    out.push_back(sentence(kReasons, reason->get_string("code"), evidence_of(*reason), language));
  }
  if (const auto* waiting = run.find("waiting")) {
    for (const auto& one : waiting->items()) {
      const auto code = one.get_string("code");
      const auto* evidence = one.find("evidence");
      auto line = evidence != nullptr && pods::is_trouble(code)
                      ? trouble_line(code, *evidence, language)
                      : sentence(kWaits, code, without_controls(one.get_string("detail")), language);
      if (const auto since = one.get_int("since"); since != 0) {
        line += say(language, {", for {}", "，已 {}"}, {short_duration(now - since)});
      }
      out.push_back(std::move(line));
      if (auto approvals = approvals_text(one, language); !approvals.empty()) out.push_back(std::move(approvals));
    }
  }
  explain_pods(run, language, out);
  if (const auto* cause = run.find("firstCause"); cause != nullptr && !cause->is_null() && result != "SUCCESS") {
    const auto code = cause->get_string("code");
    out.push_back(say(language, {"first cause: {}: {}", "首要原因：{}：{}"},
                      {code == "invalid"  ? invalid_place(*cause, language)
                       : code == "script" ? script_place(*cause, language)
                                          : place_of(run, *cause, language),
                       without_controls(cause->get_string("cause"))}));
    if (const auto others = cause->get_int("others"); others > 0) {
      out.push_back(others == 1 ? say(language, {"its Jenkinsfile has one more error", "Jenkinsfile 中还有 1 个错误"})
                                : say(language, {"its Jenkinsfile has {} more errors", "Jenkinsfile 中还有 {} 个错误"},
                                      {std::to_string(others)}));
    }
  }
  std::vector<const Value*> steps;
  if (const auto* nodes = run.find("nodes")) {
    std::set<std::int64_t> blocks;
    for (const auto& node : nodes->items()) blocks.insert(node.get_int("parent"));
    for (const auto& node : nodes->items()) {
      if (node.get_string("result") == "NOT_BUILT" && !node.get_string("cause").empty()) {
        out.push_back(say(language, {"stage {} was skipped: {}", "阶段 {} 被跳过：{}"},
                          {without_controls(node.get_string("label")), without_controls(node.get_string("cause"))}));
      }
      if (!blocks.contains(node.get_int("id"))) steps.push_back(&node);
    }
  }
  const auto duration = [&](const Value& node) {
    return (node.get_int("ended") != 0 ? node.get_int("ended") : now) - node.get_int("started");
  };
  std::sort(steps.begin(), steps.end(), [&](const auto* a, const auto* b) { return duration(*a) > duration(*b); });
  for (std::size_t i = 0; i < std::min(kSlowest, steps.size()) && duration(*steps[i]) >= 1000; ++i) {
    out.push_back(say(language, {"{} of it: {}", "其中 {}：{}"},
                      {short_duration(duration(*steps[i])), place_of(run, *steps[i], language)}));
  }
  return out;
}

int run(const Invocation& in, const ParsedOptions& options) {
  auto name = parse_run_name(options.get("RUN"), false, in.language);
  if (!name) return complain_of("explain", name.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("explain", client.error(), in.language);
  auto found = client->resolve(*name);
  if (!found) return complain_of("explain", found.error(), in.language);
  auto view = client->json("GET", Client::view_path(*found) + "?limit=5000");
  if (!view) return complain_of("explain", view.error(), in.language);
  if (const auto form = form_of(options); form != Form::words) return print_whole(form, *view);
  std::string text = found->project + "/" + found->pipeline + "#" + std::to_string(found->number) + "\n";
  for (const auto& line : explain(*view, in.language)) text += "  " + line + "\n";
  print(text);
  return kExitSuccess;
}

}  // namespace

const Command kExplainCommand{"explain",
                              {"why a run on the server waits, failed, was skipped or was slow",
                               "说明服务器上的运行为何等待、失败、被跳过或缓慢"},
                              "PROJECT/PIPELINE[#N]",
                              kOptions,
                              {"", ""},
                              run,
                              Group::server,
                              kExamples};

}  // namespace windlass::cli

// windlass diff: two runs of a pipeline on the server beside each other. The server gives the facts; the words are
// here, in both languages.
#include <algorithm>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr OptionRow kOptions[] = {
    {"RUN", "PROJECT/PIPELINE[#N]", Shape::value, {"which run (default: the newest)", "哪次运行（默认最新的）"}},
    {"OTHER",
     "#N",
     Shape::value,
     {"the run to compare it with: a number, or written in full (default: the one before)",
      "与之比较的运行：编号或完整名称（默认前一次）"}},
    kOutputRow,
};
constexpr Example kExamples[] = {
    {"windlass diff shop/build#41 shop/build#42", {"what has changed", "有哪些变化"}},
    {"windlass diff shop/build", {"the newest run beside the one before", "最新运行与前一次的对比"}},
};

std::string clean(const Value& value, std::string_view name) { return without_controls(value.get_string(name)); }

std::string shown(const Value* value, Language language) {
  if (value == nullptr || value->is_null()) return say(language, {"(none)", "（无）"});
  if (value->has_members()) return say(language, {"(secret)", "（机密）"});
  return without_controls(value->text());
}

std::string revision(const Value& side, const std::string& from) {
  if (const auto* all = side.find("revisions")) {
    for (const auto& one : all->items()) {
      if (one.get_string("from") == from) return clean(one, "commit").substr(0, 12);
    }
  }
  return "-";
}

class Report {
 public:
  Report(const Value& facts, Language language) : facts_(facts), language_(language) {}

  std::string text() {
    head();
    parameters();
    revisions();
    definition();
    stages();
    cause();
    log();
    if (same_) line({"nothing else differs", "其余没有差别"});
    return std::move(out_);
  }

 private:
  const Value& side(std::string_view name) const {
    static const Value kNone;
    const auto* found = facts_.find(name);
    return found == nullptr ? kNone : *found;
  }
  void line(const Text& text, std::initializer_list<std::string_view> values = {}) {
    out_ += say(language_, text, values) + "\n";
  }
  std::string side_line(std::string_view name) const {
    const auto& run = side(name);
    const auto result = run.get_string("result");
    return "#" + std::to_string(run.get_int("number")) + " " + (result.empty() ? clean(run, "phase") : result) + " " +
           short_duration(run.get_int("duration"));
  }

  void head() {
    out_ += clean(facts_, "project") + "/" + clean(facts_, "pipeline") + ": " + side_line("a") + "  →  " +
            side_line("b") + "\n";
  }

  void parameters() {
    const auto* all = facts_.find("parameters");
    if (all == nullptr || all->is_null()) {
      line({"parameters: not known before both runs have ended", "参数：两次运行都结束后才可比较"});
      return;
    }
    if (all->size() == 0) return;
    same_ = false;
    line({"parameters:", "参数："});
    for (const auto& one : all->items()) {
      out_ += "  " + clean(one, "name") + ": " + shown(one.find("a"), language_) + "  →  " +
              shown(one.find("b"), language_) + "\n";
    }
  }

  void revisions() {
    std::vector<std::string> places;
    for (const auto* name : {"a", "b"}) {
      const auto* all = side(name).find("revisions");
      if (all == nullptr) continue;
      for (const auto& one : all->items()) {
        const auto from = one.get_string("from");
        if (std::ranges::find(places, from) == places.end()) places.push_back(from);
      }
    }
    for (const auto& from : places) {
      const auto before = revision(side("a"), from), after = revision(side("b"), from);
      if (before == after) continue;
      same_ = false;
      line({"commit of {}: {}  →  {}", "{} 的提交：{}  →  {}"}, {without_controls(from), before, after});
    }
  }

  void definition() {
    const auto& definition = side("definition");
    if (definition.get_bool("same")) return;
    same_ = false;
    line({"Jenkinsfile:", "Jenkinsfile："});
    if (const auto* changes = definition.find("changes")) {
      for (const auto& one : changes->items()) {
        const auto kind = one.get_string("kind");
        out_ += std::string("  ") +
                (kind == "removed" ? "- "
                 : kind == "added" ? "+ "
                                   : "  ") +
                clean(one, "text") + "\n";
      }
    }
  }

  void stages() {
    const auto* all = facts_.find("stages");
    if (all == nullptr || all->size() == 0) return;
    line({"stages:", "阶段："});
    for (const auto& one : all->items()) {
      const auto *a = one.find("a"), *b = one.find("b");
      const bool has_a = a != nullptr && !a->is_null(), has_b = b != nullptr && !b->is_null();
      auto text = "  " + clean(one, "path") + ": ";
      if (has_a && has_b) {
        const auto before = a->get_string("result"), after = b->get_string("result");
        text += before == after ? before : before + "  →  " + after;
        const auto took = a->get_int("duration"), takes = b->get_int("duration");
        text += "  " + short_duration(took) + "  →  " + short_duration(takes);
        if (before != after) same_ = false;
      } else {
        same_ = false;
        text += say(language_, has_a ? Text{"only in the first", "仅在前者"} : Text{"only in the second", "仅在后者"});
      }
      out_ += text + "\n";
    }
  }

  void cause() {
    for (const auto* name : {"a", "b"}) {
      const auto* cause = side(name).find("firstCause");
      if (cause == nullptr || cause->is_null()) continue;
      line({"first cause of #{}: {} in line {}: {}", "#{} 的首要原因：{}（第 {} 行）：{}"},
           {std::to_string(side(name).get_int("number")), clean(*cause, "step"), std::to_string(cause->get_int("line")),
            clean(*cause, "cause")});
    }
  }

  void log() {
    const auto& log = side("log");
    for (const auto& [list, count, mark, name] :
         {std::tuple{"onlyA", "countA", "- ", "a"}, std::tuple{"onlyB", "countB", "+ ", "b"}}) {
      const auto* lines = log.find(list);
      if (lines == nullptr || lines->size() == 0) continue;
      same_ = false;
      line({"only in the log of #{} ({} lines):", "仅出现在 #{} 的日志中（{} 行）："},
           {std::to_string(side(name).get_int("number")), std::to_string(log.get_int(count))});
      for (const auto& one : lines->items()) {
        out_ += std::string("  ") + mark + std::to_string(one.get_int("number")) + ": " + clean(one, "text") + "\n";
      }
    }
    if (!log.get_bool("complete")) {
      line({"the logs are longer than what is compared", "日志超出比较范围，只比较了前面的部分"});
    }
  }

  const Value& facts_;
  Language language_;
  std::string out_;
  bool same_ = true;
};

int run(const Invocation& in, const ParsedOptions& options) {
  auto first = parse_run_name(options.get("RUN"), false, in.language);
  if (!first) return complain_of("diff", first.error(), in.language);
  auto client = Client::open(in);
  if (!client) return complain_of("diff", client.error(), in.language);
  auto second = *first;
  const auto other = options.get("OTHER");
  if (other.empty()) {
    auto newest = client->resolve(*first);
    if (!newest) return complain_of("diff", newest.error(), in.language);
    second = *newest;
    const auto before = client->json("GET", Client::view_path({first->project, first->pipeline, 0}) +
                                                "?limit=1&before=" + std::to_string(second.number));
    if (!before) return complain_of("diff", before.error(), in.language);
    const auto* items = before->find("items");
    if (items == nullptr || items->size() == 0) {
      return complain(
          "diff: " + say(in.language, {"there is no run before #{} to compare it with", "#{} 之前没有可比较的运行"},
                         {std::to_string(second.number)}),
          kExitUsage);
    }
    first->number = static_cast<std::uint64_t>(items->items()[0].get_int("number"));
  } else {
    auto named = parse_run_name(other.starts_with('#') ? first->project + "/" + first->pipeline + other : other, true,
                                in.language);
    if (!named) return complain_of("diff", named.error(), in.language);
    second = *named;
    auto found = client->resolve(*first);
    if (!found) return complain_of("diff", found.error(), in.language);
    *first = *found;
  }
  if (first->project != second.project || first->pipeline != second.pipeline) {
    return complain(
        "diff: " + say(in.language, {"only runs of one pipeline can be compared", "只能比较同一流水线的运行"}),
        kExitUsage);
  }
  const auto facts = client->json("GET", Client::view_path(*first) + "/compare/" + std::to_string(second.number));
  if (!facts) return complain_of("diff", facts.error(), in.language);
  if (const auto form = form_of(options); form != Form::words) return print_whole(form, *facts);
  print(Report(*facts, in.language).text());
  return kExitSuccess;
}

}  // namespace

const Command kDiffCommand{"diff",
                           {"what differs between two runs on the server", "比较服务器上的两次运行"},
                           "PROJECT/PIPELINE[#N] [#M]",
                           kOptions,
                           {"", ""},
                           run,
                           Group::server,
                           kExamples};

}  // namespace windlass::cli

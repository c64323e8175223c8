// windlass steps [STEP…]: the steps there are, from their descriptions.
#include <algorithm>

#include "catalog/alternatives.h"
#include "catalog/catalog.h"
#include "catalog/help.h"
#include "cli/commands.h"
#include "cli/terminal_text.h"
#include "data/json.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"STEP…",
     "STEP",
     Shape::repeated,
     {"steps to explain; without one, all are listed", "要说明的步骤；省略则列出全部"}},
    {"--search",
     "WORD",
     Shape::value,
     {"only steps whose name or help has this word", "只列出名称或说明中含有该词的步骤"}},
    {"--output", "text|json", Shape::value, {"a list, or one JSON object a step", "列表，或每个步骤一个 JSON 对象"}},
};

catalog::Language catalog_language(Language language) {
  return language == Language::chinese ? catalog::Language::chinese : catalog::Language::english;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

bool mentions(const catalog::StepDescription& step, const std::string& word) {
  for (auto text : {step.name, step.help.en, step.help.zh}) {
    if (lower(text).find(word) != std::string::npos) return true;
  }
  return false;
}

data::Value as_json(const catalog::StepDescription& step, catalog::Language language) {
  auto parameters = data::Value::list();
  for (const auto& parameter : step.parameters) {
    auto entry = data::Value::map_of("name", parameter.name, "required", parameter.required, "help",
                                     parameter.help.in(language));
    if (!parameter.choices.empty()) entry.set("choices", parameter.choices);
    parameters.push(std::move(entry));
  }
  return data::Value::map_of("name", step.name, "signature", catalog::signature_text(step), "block", step.block,
                             "needsNode", step.needs_node, "help", step.help.in(language), "returns", step.returns_type,
                             "parameters", std::move(parameters));
}

int explain(const Invocation& in, const std::vector<std::string>& names, bool json) {
  catalog::Catalog catalog;
  auto language = catalog_language(in.language);
  bool first = true;
  for (const auto& name : names) {
    const auto* step = catalog.find_step(name);
    if (step == nullptr) {
      auto sentence = say(in.language, {"steps: there is no step {}", "steps：没有步骤 {}"}, {name});
      if (const auto instead = catalog::instead_of(name); !instead.empty()) {
        sentence += say(in.language, {"; use {} instead", "；请改用 {}"}, {std::string(instead)});
      } else if (auto near = catalog.nearest_step(name)) {
        sentence += say(in.language, {"; did you mean {}?", "；您是否想用 {}？"}, {*near});
      }
      return complain(sentence, kExitUsage);
    }
    if (json) {
      print(data::format_json(as_json(*step, language)) + "\n");
      continue;
    }
    auto text = catalog::help_text(*step, language);
    auto signature = catalog::signature_text(*step);
    if (text.starts_with(signature)) text = paint(signature, Ink::bold, in.color()) + text.substr(signature.size());
    print((first ? "" : "\n") + text);
    first = false;
  }
  return kExitSuccess;
}

/// One line a step: its name and the first sentence of its help, cut to the terminal's width.
int list(const Invocation& in, const std::string& word, bool json) {
  catalog::Catalog catalog;
  auto language = catalog_language(in.language);
  std::vector<const catalog::StepDescription*> found;
  std::size_t widest = 0;
  for (const auto& step : catalog.steps()) {
    if (!word.empty() && !mentions(step, lower(word))) continue;
    found.push_back(&step);
    widest = std::max(widest, step.name.size());
  }
  if (found.empty()) {
    return complain(say(in.language, {"steps: no step mentions {}", "steps：没有步骤提到 {}"}, {word}), kExitFailure);
  }
  for (const auto* step : found) {
    if (json) {
      print(data::format_json(as_json(*step, language)) + "\n");
      continue;
    }
    auto help = step->help.in(language);
    help = help.substr(0, help.find('\n'));
    auto line = paint(padded(step->name, widest + 2), Ink::cyan, in.color());
    auto room = in.columns > widest + 20 ? in.columns - widest - 2 : SIZE_MAX;
    print(line + shortened(help, room) + "\n");
  }
  return kExitSuccess;
}

int run(const Invocation& in, const ParsedOptions& options) {
  bool json = options.get("--output", "text") == "json";
  if (options.has("STEP")) return explain(in, options.all("STEP"), json);
  return list(in, options.get("--search"), json);
}

constexpr Example kExamples[] = {
    {"windlass steps", {"all steps", "全部步骤"}},
    {"windlass steps sh archiveArtifacts", {"what these take and return", "说明这些步骤的参数与返回值"}},
    {"windlass steps --search test", {"steps whose name or help has that word", "名称或说明中含有该词的步骤"}},
};

}  // namespace

const Command kStepsCommand{"steps",
                            {"list the steps of the language, or explain one", "列出所有步骤，或说明某个步骤"},
                            "[--search WORD] [STEP…]",
                            kOptions,
                            {"", ""},
                            run,
                            Group::pipelines,
                            kExamples};

}  // namespace windlass::cli

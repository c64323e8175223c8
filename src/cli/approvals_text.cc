#include "cli/approvals_text.h"

#include "cli/terminal_text.h"

namespace windlass::cli {

std::string approvals_text(const data::Value& asked, Language language) {
  const auto* approvals = asked.find("approvals");
  if (approvals == nullptr || !approvals->is_map()) return {};
  std::string people;
  if (const auto* by = approvals->find("by"); by != nullptr && by->is_list()) {
    for (const auto& one : by->items()) {
      if (!one.is_string()) continue;
      people += (people.empty() ? "" : say(language, {", ", "、"})) + without_controls(one.text());
    }
  }
  const auto given = std::to_string(approvals->get_int("given")), wanted = std::to_string(approvals->get_int("wanted"));
  if (people.empty()) {
    return say(language, {"{} people must approve, nobody has yet", "需要 {} 人批准，尚无人批准"}, {wanted});
  }
  if (const auto answers = approvals->get_int("answers"); answers > 1) {
    return say(language,
               {"{} of {} people have approved with the same answer ({} different ones): {}",
                "{}/{} 人以相同的回答批准（共 {} 种回答）：{}"},
               {given, wanted, std::to_string(answers), people});
  }
  return say(language, {"{} of {} people have approved: {}", "{}/{} 人已批准：{}"}, {given, wanted, people});
}

}  // namespace windlass::cli

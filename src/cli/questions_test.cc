#include "cli/questions.h"

#include <deque>
#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::cli {
namespace {

class Questions : public ::testing::Test {
 protected:
  /// The answer as JSON for what is typed; "^C" interrupts, and after the last line input ends.
  std::string answered(std::deque<std::string> typed, Language language = Language::english) {
    written.clear();
    Dialogue dialogue;
    dialogue.write = [this](std::string_view text) {
      written += text;
      return true;
    };
    dialogue.read = [&](std::string_view prompt, bool hidden) -> Typed {
      written += prompt;
      if (typed.empty()) return {Typed::Kind::end, ""};
      auto line = typed.front();
      typed.pop_front();
      if (line == "^C") return {Typed::Kind::interrupted, ""};
      if (hidden) hidden_lines += line;
      return {Typed::Kind::line, line};
    };
    auto answer = ask(question, language, dialogue);
    return answer ? data::format_json(*answer) : "nobody";
  }
  void parameters(std::string_view json) { question.parameters = *data::parse_json(json); }

  engine::Question question{"Go", "Deploy?\nReally?", "Ship it", {}};
  std::string written, hidden_lines;
};

TEST_F(Questions, AsksForTheDecisionUntilItIsOne) {
  EXPECT_EQ(answered({"maybe", "y"}), R"({"action":"proceed","params":{}})");
  EXPECT_EQ(written, "Deploy?\nReally?\n  Ship it? [y/n]   Ship it? [y/n] ");
  EXPECT_EQ(answered({"n"}), R"({"action":"abort"})");
  EXPECT_EQ(answered({}), "nobody");
  EXPECT_EQ(answered({"^C"}), R"({"action":"abort"})");
}

TEST_F(Questions, ParametersHaveDefaultsChoicesAndTypes) {
  parameters(R"([{"$class":"string","name":"WHO","defaultValue":"me","description":"who"},
                 {"$class":"choice","name":"WHERE","choices":["eu","us"]},
                 {"$class":"booleanParam","name":"DRY","defaultValue":true}])");
  EXPECT_EQ(answered({"", "", "", "y"}), R"({"action":"proceed","params":{}})");
  EXPECT_NE(written.find("  WHO (who) [me]: "), std::string::npos) << written;
  EXPECT_NE(written.find("  WHERE\n    1) eu\n    2) us\n   [eu]: "), std::string::npos) << written;
  EXPECT_EQ(answered({"you", "mars", "2", "perhaps", "no", "y"}),
            R"({"action":"proceed","params":{"WHO":"you","WHERE":"us","DRY":false}})");
}

TEST_F(Questions, APasswordIsNotShown) {
  parameters(R"([{"$class":"password","name":"PIN","defaultValue":"old-pin"}])");
  EXPECT_EQ(answered({"1234", "y"}), R"({"action":"proceed","params":{"PIN":"1234"}})");
  EXPECT_EQ(hidden_lines, "1234");
  EXPECT_EQ(written.find("old-pin"), std::string::npos);
}

TEST_F(Questions, WhatAPipelineWroteCannotMoveTheCursor) {
  question.message = "\x1b[2Jclean";
  parameters(R"([{"$class":"string","name":"A\u001b[1m","defaultValue":"\u0007x"}])");
  (void)answered({"", "y"}, Language::chinese);
  EXPECT_EQ(written, "clean\n  A [x]:   Ship it？[y/n] ");
}

}  // namespace
}  // namespace windlass::cli

// The live tree as lines: a pure function of the model, the style and a clock reading, so that every picture can be
// tested. tree_view.h puts them on a terminal.
//
// Invariant: no line is wider than style.width and frame() has at most style.height - 1 lines, whatever the run does
// and however small the terminal is. What runs is shown before what is done.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/language.h"
#include "cli/tree_model.h"

namespace windlass::cli {

struct TreeStyle {
  std::size_t width = 80;
  std::size_t height = 24;
  bool color = true;
  bool ascii = false;  ///< for terminals without UTF-8 and consoles with a small font
  Language language = Language::english;
};

/// What is known of a run before it begins.
struct TreeFacts {
  std::int64_t started_millis = 0;
  std::map<std::string, std::int64_t> expected;  ///< milliseconds by stage path; "" is the whole run
  std::string file;                              ///< the Jenkinsfile as it was named: "Jenkinsfile"
};

/// The picture while the run goes on. Done stages fold when there is little room.
std::vector<std::string> frame(const TreeModel& model, const TreeFacts& facts, const TreeStyle& style,
                               std::int64_t now_millis);

/// What stays: every stage (the good ones of a large tree folded), the result, and for a bad one its first cause with
/// the last lines of its output. `hints` are lines for the end: how to go on.
std::vector<std::string> summary(const TreeModel& model, const TreeFacts& facts, const TreeStyle& style,
                                 std::int64_t now_millis, const std::vector<std::string>& hints);

}  // namespace windlass::cli

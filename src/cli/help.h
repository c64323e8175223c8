// What --help prints, made from the commands' rows. Pure: the terminal is in the style.
#pragma once

#include <string>

#include "cli/command.h"

namespace windlass::cli {

struct HelpStyle {
  Language language = Language::english;
  bool color = false;
  std::size_t width = 80;
};

/// The width that help is wrapped at on a terminal of `columns`: long lines are hard to read, so at most 100; 80
/// without a terminal.
std::size_t help_width(std::size_t columns);

/// `windlass --help`: the commands by group.
std::string overview(const HelpStyle& style);
/// `windlass COMMAND --help`.
std::string help_of(const Command& command, const HelpStyle& style);

std::string_view group_title(Group group, Language language);

}  // namespace windlass::cli

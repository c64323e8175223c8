// Completion scripts for bash, zsh and fish, made from the commands' rows. Names that are only known later (runs,
// steps) are asked of `windlass completion --list WHAT` when Tab is pressed.
#pragma once

#include <string>

#include "cli/language.h"

namespace windlass::cli {

std::string bash_completion();
std::string zsh_completion(Language language);
std::string fish_completion(Language language);

}  // namespace windlass::cli

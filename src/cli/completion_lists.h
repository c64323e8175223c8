// What `windlass completion --list` answers while somebody types: runs, steps, and what the Jenkinsfile or the run of
// the command line so far has. Never an error that a person sees: what cannot be known is an empty list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace windlass::cli {

struct Candidate {
  std::string value;
  std::string help;  ///< one line; may be empty
};

/// `line`: the words after the program's name, without the one that is being typed; a word that is `=` stands between
/// an option and its value, as bash breaks words.
Result<std::vector<Candidate>> completion_list(const Invocation& in, std::string_view what,
                                               const std::vector<std::string>& line);

}  // namespace windlass::cli

// POSIX shell words: quoting an argument, splitting a command line without running it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::text {

/// The argument as one shell word: unchanged when it is plainly safe, else in single quotes.
std::string shell_quote(std::string_view argument);
/// Always in single quotes.
std::string shell_quote_always(std::string_view argument);
std::string shell_join(const std::vector<std::string>& arguments);
/// Splits as a POSIX shell would, with quotes and backslashes but no expansions. Errors: invalid (unclosed quote).
Result<std::vector<std::string>> split_shell_words(std::string_view line);

}  // namespace windlass::text

// The findings of one text, as compilers print them: for `windlass lint`, and for `windlass run` of an invalid file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/language.h"

namespace windlass::cli {

struct LintStyle {
  bool json = false;
  bool color = false;
  bool warnings = true;
  Language language = Language::english;
  std::vector<std::string> library_functions = {};  ///< known ones
};

/// Checks `text`, which came from `file` (shown as it is; a path with vars/ or src/ is library code), and writes every
/// finding. True: there is no error.
bool report_findings(const std::string& file, std::string text, const LintStyle& style,
                     const std::function<bool(std::string_view)>& write);

}  // namespace windlass::cli

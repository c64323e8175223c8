#include "cli/language.h"

namespace windlass::cli {

Language language_of(std::string_view lc_all, std::string_view lc_messages, std::string_view lang) {
  auto chosen = !lc_all.empty() ? lc_all : !lc_messages.empty() ? lc_messages : lang;
  return chosen.starts_with("zh") ? Language::chinese : Language::english;
}

}  // namespace windlass::cli

// The difference between two texts as edits, for editors: what is not named in them is not touched. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::jenkinsfile {

/// The bytes [begin, end) become `text`. Offsets are of the text before; edits are in order and do not overlap.
struct TextEdit {
  std::size_t begin = 0, end = 0;
  std::string text;
};

/// The edits that make `after` of `before`: by lines, within a changed line by its common beginning and end. Never in
/// the middle of a UTF-8 character.
std::vector<TextEdit> edits_between(std::string_view before, std::string_view after);
std::string apply_edits(std::string_view before, const std::vector<TextEdit>& edits);

}  // namespace windlass::jenkinsfile

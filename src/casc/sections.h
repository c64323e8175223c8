// Which parts of a JCasC document mean something here: the rows that `windlass casc check` shows. A row is changed with
// the code that begins to use a section.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace windlass::casc {

enum class Use : std::uint8_t {
  acts,  ///< the server does what it says
  read,  ///< it is in the typed configuration, and the server does not act on it yet
  none,  ///< Jenkins knows it, and nothing here asks for it
};

struct Section {
  std::string_view path;  ///< "jenkins.clouds"; a key below it belongs to it
  Use use = Use::none;
  std::string_view english, chinese;
};

std::span<const Section> sections();

/// The section with the longest path that `path` is or is in; nullptr: none.
const Section* find_section(std::string_view path);

}  // namespace windlass::casc

// links: windlass::text
// Any glob against any path: no crash, and what matches must be reachable by a pruned walk. Input: pattern, newline,
// path.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/ant_glob.h"

using namespace windlass::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t cut = std::min(input.find('\n'), size);
  std::string_view pattern = input.substr(0, cut);
  std::string_view path = cut < size ? input.substr(cut + 1) : std::string_view();
  auto glob = AntGlob::compile(pattern);
  if (!glob) return 0;
  if (glob->matches(path)) {
    for (std::size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
      bool more = path.find_first_not_of('/', slash) != path.npos;
      if (more && !glob->may_match_below(path.substr(0, slash))) std::abort();
    }
  }
  std::string prefix = glob->literal_prefix();
  if (glob->is_literal() && !glob->matches(prefix)) std::abort();
  auto set = AntFileSet::compile(pattern, path);
  if (set) (void)set->matches("a/b/c.txt");
  return 0;
}

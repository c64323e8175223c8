// Keeps the live tree on a terminal: draws over the picture before, line by line, and takes it away when something else
// is to be written. Knows about cursors and nothing about runs; what it writes goes through a Writer, so tests can play
// the terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::cli {

class LiveRegion {
 public:
  using Writer = std::function<bool(std::string_view)>;  ///< false: nobody reads any more

  explicit LiveRegion(Writer writer) : write_(std::move(writer)) {}
  ~LiveRegion();
  LiveRegion(const LiveRegion&) = delete;
  LiveRegion& operator=(const LiveRegion&) = delete;

  /// Puts `lines` where the picture before stood; only lines that changed are written. One write. `columns` and `rows`
  /// are the terminal's size now: when it became narrower, the lines of the picture before have wrapped.
  void draw(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows);
  /// Takes the picture away and shows the cursor again: the next writer begins at its place.
  void clear();
  /// Writes `lines` instead of the picture, to stay.
  void leave(const std::vector<std::string>& lines);

 private:
  [[nodiscard]] std::size_t height_now(std::size_t columns) const;
  Writer write_;
  std::vector<std::string> drawn_;
  std::size_t columns_ = 0;
  std::size_t rows_ = 0;
  bool cursor_hidden_ = false;
};

}  // namespace windlass::cli

// The region is tried on a terminal that is played: a grid that knows the sequences the region uses, wraps, scrolls and
// wraps again when it is resized.
#include "cli/live_region.h"

#include <charconv>
#include <gtest/gtest.h>

namespace windlass::cli {
namespace {

class PlayedTerminal {
 public:
  PlayedTerminal(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows) {}

  bool write(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\x1b') {
        auto end = i + 2;
        while (text[end] < '@') ++end;
        control(text.substr(i + 2, end - i - 2), text[end]);
        i = end;
      } else if (text[i] == '\n') {
        column_ = 0;
        down();
      } else if (text[i] == '\r') {
        column_ = 0;
      } else {
        if (column_ == columns_) {
          column_ = 0;
          down();
          wrapped_[row_] = true;
        }
        line().resize(std::max(line().size(), column_ + 1), ' ');
        line()[column_++] = text[i];
      }
    }
    return true;
  }

  /// Joins what was wrapped and wraps it again; the cursor stays at its text.
  void resize(std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines;
    std::size_t cursor_line = 0;
    for (std::size_t i = 0; i < screen_.size(); ++i) {
      if (wrapped_[i] && !lines.empty()) {
        lines.back() += screen_[i];
      } else {
        lines.push_back(screen_[i]);
      }
      if (i == row_) cursor_line = lines.size() - 1;
    }
    columns_ = columns;
    rows_ = rows;
    screen_.clear();
    wrapped_.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i == cursor_line) row_ = screen_.size();
      for (std::size_t at = 0; at == 0 || at < lines[i].size(); at += columns) {
        screen_.push_back(lines[i].substr(at, columns));
        wrapped_.push_back(at > 0);
      }
    }
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& l : screen_) {
      auto end = l.find_last_not_of(' ');
      out += (end == std::string::npos ? "" : l.substr(0, end + 1)) + "\n";
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
  }
  [[nodiscard]] bool cursor_shown() const { return cursor_shown_; }

 private:
  std::string& line() { return screen_[row_]; }
  void down() {
    if (++row_ == screen_.size()) {
      screen_.emplace_back();
      wrapped_.push_back(false);
    }
  }
  /// Rows above the screen are scrolled away: no cursor gets there.
  [[nodiscard]] std::size_t top() const { return screen_.size() > rows_ ? screen_.size() - rows_ : 0; }
  void control(std::string_view parameters, char kind) {
    std::size_t n = 1;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), n);
    if (kind == 'F') {
      row_ = std::max(row_ > n ? row_ - n : 0, top());
      column_ = 0;
    } else if (kind == 'K') {
      line().resize(std::min(line().size(), column_));
    } else if (kind == 'J') {
      line().resize(std::min(line().size(), column_));
      screen_.resize(row_ + 1);
      wrapped_.resize(row_ + 1);
    } else if (kind == 'h' || kind == 'l') {
      cursor_shown_ = kind == 'h';
    } else {
      ADD_FAILURE() << "unknown sequence " << kind;
    }
  }

  std::size_t columns_, rows_;
  std::size_t row_ = 0, column_ = 0;
  std::vector<std::string> screen_{""};
  std::vector<bool> wrapped_{false};
  bool cursor_shown_ = true;
};

class LiveRegionTest : public ::testing::Test {
 protected:
  PlayedTerminal terminal{20, 6};
  std::size_t written = 0;
  LiveRegion region{[this](std::string_view text) {
    written += text.size();
    return terminal.write(text);
  }};
};

TEST_F(LiveRegionTest, DrawsOverThePictureBefore) {
  terminal.write("$ run\n");
  region.draw({"one", "two"}, 20, 6);
  EXPECT_EQ(terminal.text(), "$ run\none\ntwo\n");
  EXPECT_FALSE(terminal.cursor_shown());
  region.draw({"one", "2", "three"}, 20, 6);
  EXPECT_EQ(terminal.text(), "$ run\none\n2\nthree\n");
  region.draw({"1"}, 20, 6);
  EXPECT_EQ(terminal.text(), "$ run\n1\n");
  region.leave({"done"});
  EXPECT_EQ(terminal.text(), "$ run\ndone\n");
  EXPECT_TRUE(terminal.cursor_shown());
}

TEST_F(LiveRegionTest, UnchangedLinesAreNotSentAgain) {
  region.draw({"a long line of text", "x"}, 20, 6);
  written = 0;
  region.draw({"a long line of text", "y"}, 20, 6);
  EXPECT_LT(written, 16U);
  EXPECT_EQ(terminal.text(), "a long line of text\ny\n");
}

TEST_F(LiveRegionTest, ANarrowerTerminalHasWrappedThePicture) {
  terminal.write("$ run\n");
  region.draw({"0123456789abcdef", "two"}, 20, 6);
  terminal.resize(10, 6);
  EXPECT_EQ(terminal.text(), "$ run\n0123456789\nabcdef\ntwo\n");
  region.draw({"0123…", "two"}, 10, 6);
  EXPECT_EQ(terminal.text(), "$ run\n0123…\ntwo\n");
  terminal.resize(20, 6);
  region.draw({"0123456789abcdef", "two"}, 20, 6);
  EXPECT_EQ(terminal.text(), "$ run\n0123456789abcdef\ntwo\n");
}

TEST_F(LiveRegionTest, ClearGivesThePlaceToOthers) {
  region.draw({"one", "two"}, 20, 6);
  region.clear();
  EXPECT_TRUE(terminal.cursor_shown());
  terminal.write("a warning\n");
  region.draw({"one", "two"}, 20, 6);
  EXPECT_EQ(terminal.text(), "a warning\none\ntwo\n");
}

TEST_F(LiveRegionTest, WhatIsTypedIsOverwritten) {
  region.draw({"one"}, 20, 6);
  terminal.write("^C");
  region.draw({"one"}, 20, 6);
  EXPECT_EQ(terminal.text(), "one\n");
}

TEST_F(LiveRegionTest, ThePictureGoesWithTheRegion) {
  {
    LiveRegion inner([this](std::string_view text) { return terminal.write(text); });
    inner.draw({"one"}, 20, 6);
  }
  EXPECT_EQ(terminal.text(), "\n");
  EXPECT_TRUE(terminal.cursor_shown());
}

}  // namespace
}  // namespace windlass::cli

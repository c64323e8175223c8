#include "cli/terminal_text.h"

#include <gtest/gtest.h>

namespace windlass::cli {
namespace {

using Lines = std::vector<std::string>;

TEST(TerminalText, WrapsAtSpacesAndBetweenWideCharacters) {
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("一二三四", 4), (Lines{"一二", "三四"}));
  EXPECT_EQ(wrapped("一二，三", 4), (Lines{"一", "二，", "三"}));  // no line begins with a closing mark
  EXPECT_EQ(wrapped("incomprehensible x", 5), (Lines{"incomprehensible", "x"}));
  EXPECT_EQ(wrapped("a\n\nb", 9), (Lines{"a", "", "b"}));
  EXPECT_EQ(wrapped("", 9), (Lines{""}));
}

TEST(TerminalText, ShortensByColumns) {
  EXPECT_EQ(shortened("short", 5), "short");
  EXPECT_EQ(shortened("longer", 5), "long…");
  EXPECT_EQ(shortened("中文字", 5), "中文…");
  EXPECT_EQ(shortened("中文字", 4), "中…");
  EXPECT_EQ(shortened("x", 0), "");
}

TEST(TerminalText, PadsByColumns) {
  EXPECT_EQ(padded("中", 4), "中  ");
  EXPECT_EQ(padded("long", 2), "long");
}

TEST(TerminalText, TakesControlSequencesOut) {
  EXPECT_EQ(without_controls("\x1b[1;31mred\x1b[0m \x1b]0;title\x07text"), "red text");
  EXPECT_EQ(without_controls("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
  EXPECT_EQ(without_controls("\x1b(Bset\x1b=\x1b[?25lx"), "setx");
  EXPECT_EQ(without_controls("10%\r20%\r100%"), "100%");
  EXPECT_EQ(without_controls("end\r\n"), "end");
  EXPECT_EQ(without_controls("a\tb\x07\x7f"), "a b");
  EXPECT_EQ(without_controls("a\xc2\x9b"
                             "31mb"),
            "a31mb");  // the 8-bit CSI
  EXPECT_EQ(without_controls("a\xe2\x80\xae"
                             "b"),
            "ab");                                                      // right-to-left override
  EXPECT_EQ(without_controls("\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd");  // no UTF-8
  for (std::string_view cut : {"\x1b", "\x1b[", "\x1b[12", "\x1b]x", "\x1b]x\x1b", "\x1b("}) {
    EXPECT_EQ(without_controls(cut), "") << cut.size();
  }
}

TEST(TerminalText, DurationsAreShort) {
  EXPECT_EQ(short_duration(-5), "0.0s");
  EXPECT_EQ(short_duration(420), "0.4s");
  EXPECT_EQ(short_duration(9'999), "9.9s");
  EXPECT_EQ(short_duration(59'999), "59s");
  EXPECT_EQ(short_duration(185'000), "3m05s");
  EXPECT_EQ(short_duration(7'620'000), "2h07m");
  EXPECT_EQ(short_duration(273'600'000), "3d04h");
}

TEST(TerminalText, FillsInOrder) {
  EXPECT_EQ(filled("{} and {}", {"a", "b"}), "a and b");
  EXPECT_EQ(filled("{} and {}", {"{}"}), "{} and {}");
  EXPECT_EQ(filled("none", {"a"}), "none");
}

}  // namespace
}  // namespace windlass::cli

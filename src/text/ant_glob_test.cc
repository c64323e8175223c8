#include "text/ant_glob.h"

#include <gtest/gtest.h>

namespace windlass::text {
namespace {

TEST(AntGlob, Matches) {
  struct {
    const char* pattern;
    const char* path;
    bool expected;
  } rows[] = {
      {"*.txt", "a.txt", true},
      {"*.txt", "d/a.txt", false},
      {"**/*.txt", "a.txt", true},
      {"**/*.txt", "d/e/a.txt", true},
      {"d/**", "d", true},
      {"d/**", "d/e/f", true},
      {"d/", "d/e/f", true},
      {"d/", "x/e", false},
      {"**/CVS/*", "a/CVS/b", true},
      {"**/CVS/*", "a/CVS/b/c", false},
      {"org/apache/**/CVS/*", "org/apache/CVS/Entries", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"a?c", "a\303\251c", true},
      {"**", "any/thing", true},
      {"**", "", true},
      {"*", "", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXbYbZ", false},
      {"a\\b\\*.c", "a/b/x.c", true},
      {"/abs/*", "/abs/x", true},
      {"/abs/*", "abs/x", false},
      {"**/a/**/b", "a/a/b/b", true},
      {"**/a/**/b", "x/b/a", false},
      {"a/**/**/b", "a/b", true},
      {"target/*.jar", "target/app.jar", true},
      {"A.TXT", "a.txt", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(AntGlob::compile(row.pattern)->matches(row.path), row.expected) << row.pattern << ' ' << row.path;
  EXPECT_TRUE(AntGlob::compile("\303\211/A.T?T", false)->matches("\303\251/a.txt"));
}

TEST(AntGlob, PruningAndPrefix) {
  auto glob = *AntGlob::compile("src/main/**/*.java");
  EXPECT_EQ(glob.literal_prefix(), "src/main");
  EXPECT_TRUE(glob.may_match_below(""));
  EXPECT_TRUE(glob.may_match_below("src"));
  EXPECT_TRUE(glob.may_match_below("src/main/deep/er"));
  EXPECT_FALSE(glob.may_match_below("test"));
  EXPECT_FALSE(AntGlob::compile("a/*.txt")->may_match_below("a/b"));
  EXPECT_EQ(AntGlob::compile("a/b.txt")->literal_prefix(), "a/b.txt");
  EXPECT_TRUE(AntGlob::compile("a/b.txt")->is_literal());
  EXPECT_EQ(AntGlob::compile("**/x")->literal_prefix(), "");
  EXPECT_EQ(AntGlob::compile("out/")->literal_prefix(), "out");
}

TEST(AntGlob, FileSets) {
  auto set = *AntFileSet::compile("**/*.jar, docs/", "**/test-*.jar,docs/private/**");
  EXPECT_TRUE(set.matches("a/b.jar"));
  EXPECT_FALSE(set.matches("a/test-b.jar"));
  EXPECT_TRUE(set.matches("docs/x/y"));
  EXPECT_FALSE(set.matches("docs/private/y"));
  EXPECT_FALSE(set.may_match_below("docs/private"));
  EXPECT_FALSE(AntFileSet::compile("")->matches(".git/config"));
  EXPECT_TRUE(AntFileSet::compile("", "", {.default_excludes = false})->matches(".git/config"));
  EXPECT_TRUE(AntFileSet::compile("a b.txt")->matches("a b.txt"));
  EXPECT_TRUE(AntFileSet::compile("a b.txt", "", {.split_on_space = true})->matches("b.txt"));
  EXPECT_FALSE(AntGlob::compile(std::string(5000, 'a')));
}

TEST(AntGlob, HardPatternsAreQuick) {
  std::string pattern;
  std::string path;
  for (int i = 0; i < 100; ++i) pattern += "**/a/";
  for (int i = 0; i < 1000; ++i) path += "a/";
  EXPECT_FALSE(AntGlob::compile(pattern + "b")->matches(path));
  EXPECT_FALSE(AntGlob::compile(std::string(2000, '*') + "b")->matches(std::string(20000, 'a')));
}

}  // namespace
}  // namespace windlass::text

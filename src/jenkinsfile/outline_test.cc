#include "jenkinsfile/outline.h"

#include <gtest/gtest.h>

namespace windlass::jenkinsfile {
namespace {

std::vector<std::string> shown(const std::string& script) {
  const auto outline = outline_of(script);
  EXPECT_TRUE(outline.whole);
  std::vector<std::string> out;
  for (const auto& one : outline.entries) {
    out.push_back((one.kind == OutlineEntry::Kind::branch ? "branch " : "") + one.path + (one.repeated ? " *" : ""));
  }
  return out;
}

using Strings = std::vector<std::string>;

TEST(Outline, DeclarativeStagesAndBranches) {
  const std::string script =
      "pipeline {\n  agent any\n  stages {\n    stage('Build') { steps { echo 'x' } }\n    stage('Test') {\n"
      "      parallel {\n        stage('Linux') { steps { echo 'l' } }\n"
      "        stage('Mac') { stages { stage('Deep') { steps { echo 'm' } } } }\n      }\n    }\n  }\n}\n";
  EXPECT_EQ(shown(script), (Strings{"Build", "Test", "branch Test / Linux", "Test / Linux / Linux", "branch Test / Mac",
                                    "Test / Mac / Mac", "Test / Mac / Mac / Deep"}));
  const auto outline = outline_of(script);
  EXPECT_EQ(outline.entries[0].begin.line, 4u);
  EXPECT_EQ(script.substr(outline.entries[0].first_byte, outline.entries[0].last_byte - outline.entries[0].first_byte),
            "stage('Build') { steps { echo 'x' } }");
  EXPECT_EQ(outline.entries[3].parent, 2);
}

TEST(Outline, ScriptedStagesBranchesAndLoops) {
  EXPECT_EQ(
      shown("node { stage('A') { parallel(one: { stage('B') { echo '1' } }, two: { echo '2' }) }\n"
            "for (x in [1, 2]) { stage('L') { } }\n[1].each { stage('E') { } }\nstage(\"${x}\") { stage('I') { } }\n"
            "stage('A') { } }\n"),
      (Strings{"A", "branch A / one", "A / one / B", "branch A / two", "L *", "E *", "I", "A (2)"}));
}

TEST(Outline, AMatrixHasItsCells) {
  EXPECT_EQ(shown("pipeline { agent any\nstages { stage('M') { matrix {\n"
                  "axes { axis { name 'OS'\nvalues 'linux', 'mac' }\naxis { name 'DB'\nvalues 'pg', 'my' } }\n"
                  "excludes { exclude { axis { name 'OS'\nvalues 'mac' }\naxis { name 'DB'\nnotValues 'pg' } } }\n"
                  "stages { stage('One') { steps { echo 'q' } } } } } } }"),
            (Strings{"M", "branch M / Matrix - OS = 'linux', DB = 'pg'",
                     "M / Matrix - OS = 'linux', DB = 'pg' / Matrix - OS = 'linux', DB = 'pg'",
                     "M / Matrix - OS = 'linux', DB = 'pg' / Matrix - OS = 'linux', DB = 'pg' / One",
                     "branch M / Matrix - OS = 'linux', DB = 'my'",
                     "M / Matrix - OS = 'linux', DB = 'my' / Matrix - OS = 'linux', DB = 'my'",
                     "M / Matrix - OS = 'linux', DB = 'my' / Matrix - OS = 'linux', DB = 'my' / One",
                     "branch M / Matrix - OS = 'mac', DB = 'pg'",
                     "M / Matrix - OS = 'mac', DB = 'pg' / Matrix - OS = 'mac', DB = 'pg'",
                     "M / Matrix - OS = 'mac', DB = 'pg' / Matrix - OS = 'mac', DB = 'pg' / One"}));
}

TEST(Outline, AMatrixOfWhatOnlyRunsIsRepeatedAndNoGroovyIsNothing) {
  EXPECT_EQ(shown("pipeline { agent any\nstages { stage('M') { matrix { axes { axis { name 'O'\nvalues \"${x}\" } }\n"
                  "stages { stage('One') { steps { echo 'q' } } } } } } }"),
            (Strings{"M", "M / One *"}));
  EXPECT_FALSE(outline_of("pipeline {").whole);
  EXPECT_FALSE(outline_of(std::string(2u << 20, ' ')).whole);
  EXPECT_TRUE(outline_of("").entries.empty());
}

TEST(Outline, WhatIsNoLiteralIsNoNameAndNoBranch) {
  EXPECT_EQ(shown("stage(x, y)\nstage(\"${x}\") { stage('I') { } }\nparallel(a: b, c: { stage('C') { } "
                  "})\nfoo.\"${x}\"('a')\n"),
            (Strings{"I", "branch c", "c / C"}));
}

TEST(Outline, IsBounded) {
  std::string script;
  for (int i = 0; i < 6000; ++i) script += "stage('s" + std::to_string(i) + "') { }\n";
  const auto outline = outline_of(script);
  EXPECT_FALSE(outline.whole);
  EXPECT_EQ(outline.entries.size(), kMostOutlineEntries);
}

}  // namespace
}  // namespace windlass::jenkinsfile
